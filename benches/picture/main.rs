//! Generates the table and the picture of the README from the results of `cargo bench --bench deep_copy`.
//!
//! Reads the estimates of criterion in `target/criterion`, writes `benches/deep_copy.svg`, and replaces the table in
//! `benches/README.md` between its two marks.

mod results;
mod svg;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// Draws the picture and writes the table of the README from criterion's results.
#[derive(Debug, Parser)]
struct Args {
    /// The folder with criterion's results.
    #[arg(long, default_value = "target/criterion")]
    results: PathBuf,
    /// The folder of the README and the picture.
    #[arg(long, default_value = "benches")]
    to: PathBuf,
    /// A note on the machine, after its description.
    #[arg(long, default_value = "")]
    note: String,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(n_figures) => {
            println!("{n_figures} figures in {}", args.to.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("picture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> anyhow::Result<usize> {
    let figures = results::read(&args.results)?;
    anyhow::ensure!(
        !figures.is_empty(),
        "{} has no results: cargo bench -p drivesim-benches --bench deep_copy",
        args.results.display()
    );
    std::fs::write(args.to.join("deep_copy.svg"), svg::draw(&figures))?;
    let readme = args.to.join("README.md");
    let text = std::fs::read_to_string(&readme)?;
    std::fs::write(readme, table::replace_table(&text, &figures, &machine(&args.note))?)?;
    Ok(figures.len())
}

/// Returns a description of the machine.
fn machine(note: &str) -> String {
    let cpu_info = std::fs::read_to_string(Path::new("/proc/cpuinfo")).unwrap_or_default();
    let model = cpu_info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(2).map(|load| format!(", load of the last 15 minutes {load}"));
    let note = if note.is_empty() { String::new() } else { format!("; {note}") };
    format!("{n_cores} cores of {model}{}{note}", load.unwrap_or_default())
}
