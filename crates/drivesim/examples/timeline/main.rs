//! Runs a copy with a manual clock and draws what a test sees at each step: `cargo run -p drivesim --example timeline`.
//!
//! Writes the pictures of the README: `copy-light.svg`, `copy-dark.svg`, `badge-rust.svg` and `badge-license.svg`, in
//! `docs` or in the folder that is given as argument.

mod badge;
mod picture;

use std::path::{Path, PathBuf};
use std::time::Duration;

use drivesim::{CopyOptions, JobStatus, Pace, Sim};

const OUTLINE: &str = "Archive/\nDocs/\n  notes.txt = \"hello\"\n  2024/\n    q1.xlsx = 40 KiB\n";
const SECOND: Duration = Duration::from_secs(1);

/// What a test sees at one moment.
#[derive(Clone, Debug, PartialEq)]
struct Observation {
    /// The time since the copy was accepted, in seconds.
    seconds: u64,
    status: JobStatus,
    percent: f64,
    /// The items below `/Archive`, as an outline.
    archive: String,
}

/// Copies `/Docs` into `/Archive` and observes it once per second until it ends.
fn observe() -> Result<Vec<Observation>, drivesim::Error> {
    let sim = Sim::builder().pace(Pace::items_per_second(1)).outline(OUTLINE).build()?;
    let job = sim.copy("/Docs", "/Archive", CopyOptions::default())?;
    let mut observations = Vec::new();
    loop {
        let report = job.report();
        observations.push(Observation {
            seconds: sim.elapsed().as_secs(),
            status: report.status,
            percent: report.percent.as_f64(),
            archive: sim.outline_of("/Archive")?,
        });
        if job.outcome().is_some() {
            return Ok(observations);
        }
        sim.advance(SECOND)?;
    }
}

/// Returns all pictures, by file name.
fn draw(observations: &[Observation]) -> [(&'static str, String); 4] {
    [
        ("copy-light.svg", picture::draw(observations, &picture::LIGHT)),
        ("copy-dark.svg", picture::draw(observations, &picture::DARK)),
        ("badge-rust.svg", badge::draw("rust", &format!("{}+", env!("CARGO_PKG_RUST_VERSION")))),
        ("badge-license.svg", badge::draw("license", env!("CARGO_PKG_LICENSE"))),
    ]
}

/// Returns the folder of the pictures in a clone of the repository.
fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(docs, PathBuf::from);
    let observations = observe()?;
    for Observation { seconds, status, percent, archive } in &observations {
        println!("{seconds} s  {status:10}  {percent:>5} %  {} items", archive.lines().count());
    }
    for (name, svg) in draw(&observations) {
        std::fs::write(folder.join(name), svg)?;
    }
    Ok(())
}

#[test]
fn a_copy_is_observed_from_0_to_100_percent() -> Result<(), drivesim::Error> {
    let observations = observe()?;
    let seen: Vec<(f64, usize)> =
        observations.iter().map(|one| (one.percent, one.archive.lines().count())).collect();
    assert_eq!(seen, [(0.0, 0), (25.0, 1), (50.0, 2), (75.0, 3), (100.0, 4)]);
    assert_eq!(observations[0].status, JobStatus::NotStarted);
    assert_eq!(observations[4].status, JobStatus::Completed);
    Ok(())
}

#[test]
fn the_pictures_of_the_readme_are_current() -> Result<(), Box<dyn std::error::Error>> {
    // The package of this crate does not contain them.
    if !docs().join("copy-light.svg").exists() {
        return Ok(());
    }
    for (name, svg) in draw(&observe()?) {
        let stored = std::fs::read_to_string(docs().join(name))?;
        assert!(stored == svg, "docs/{name} is stale: cargo run -p drivesim --example timeline");
    }
    Ok(())
}
