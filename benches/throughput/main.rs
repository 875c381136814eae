//! Measures how many requests the program answers in a second against a bare route that answers as many bytes.
//!
//! The load comes from `wrk`; each figure is the middle of several rounds, in each of which the bare route is measured
//! right after the program.

mod bare;
mod copies;
mod load;
mod program;

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use drivesim_benches::report::{self, Goal, Report};
use serde_json::json;

use crate::bare::Bare;
use crate::program::Program;

/// Measures drivesim's server against a bare route, in the same run. It needs `wrk`, and the program built beside it:
/// `cargo build --release -p drivesim-cli`.
#[derive(Debug, Parser)]
struct Args {
    /// How many seconds each measurement takes.
    #[arg(long, default_value_t = 2)]
    seconds: u32,
    /// How many rounds there are.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Fail if a goal is missed.
    #[arg(long)]
    check: bool,
}

/// What is asked, and which part of the rate of the bare route it should reach.
struct Question {
    name: &'static str,
    path: String,
    least: f64,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("throughput: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<bool> {
    let mut report = Report;
    let start = program::start_time(args.rounds)?;
    report.add("start to the first answer", start.as_secs_f64() * 1e3, "ms", Goal::AtMost(20.0));
    let mut is_reached = start.as_millis() < 20;
    let program = Program::start()?;
    for question in questions(&program)? {
        let ratio = measure(args, &mut report, &program, &question)?;
        is_reached &= ratio >= question.least;
    }
    let rate = copies::rate(&program.url, args.seconds)?;
    report.add("copies of one file, each with its wait", rate, "1/s", Goal::None);
    println!("# goals {}", if is_reached { "reached" } else { "missed" });
    Ok(is_reached || !args.check)
}

/// Finds out the ids that the questions have in them.
fn questions(program: &Program) -> Result<[Question; 4]> {
    let item = program.get("/v1.0/me/drive/root:/Small/f00.txt")?["id"].clone();
    let folder = program.get("/v1.0/me/drive/root:/Small")?["id"].clone();
    let wide = program.get("/2.0/folders/0/items")?["entries"][0]["id"].clone();
    let wide = wide.as_str().context("a folder of Box")?;
    let file = program.get(&format!("/2.0/folders/{wide}/items"))?["entries"][0]["id"].clone();
    let text = |id: &serde_json::Value| id.as_str().map(str::to_owned).context("an id");
    let (item, folder, file) = (text(&item)?, text(&folder)?, text(&file)?);
    check_live(program, &file)?;
    Ok([
        Question { name: "Graph: GET item by id", path: format!("/v1.0/me/drive/items/{item}"), least: 0.6 },
        Question {
            name: "Graph: GET children, 20 items",
            path: format!("/v1.0/me/drive/items/{folder}/children"),
            least: 0.4,
        },
        Question { name: "Box: GET file", path: format!("/2.0/files/{file}"), least: 0.6 },
        Question {
            name: "Box: GET folder items, 100 items",
            path: format!("/2.0/folders/{wide}/items?limit=100"),
            least: 0.3,
        },
    ])
}

/// Sees to it that answers are made of what there is: a write between two reads must show.
fn check_live(program: &Program, file: &str) -> Result<()> {
    let path = format!("/2.0/files/{file}");
    let before = program.get(&path)?;
    program.put(&path, &json!({ "name": "renamed.txt" }))?;
    let after = program.get(&path)?;
    ensure!(after["name"] == "renamed.txt" && before["etag"] != after["etag"], "a write does not show");
    program.put(&path, &json!({ "name": before["name"] }))?;
    Ok(())
}

/// Measures a question in several rounds and tells what came of it; returns the ratio.
fn measure(args: &Args, report: &mut Report, program: &Program, question: &Question) -> Result<f64> {
    let url = format!("{}{}", program.url, question.path);
    let n_bytes = program.get_bytes(&question.path)?.len();
    let bare = Bare::start(n_bytes)?;
    let (mut rates, mut bare_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..args.rounds {
        let rate = load::rate(&url, args.seconds)?;
        let bare_rate = load::rate(&bare.url(), args.seconds)?;
        rates.push(rate);
        bare_rates.push(bare_rate);
        ratios.push(rate / bare_rate);
    }
    let name = question.name;
    let ratio = report::median(ratios);
    report.add(format!("{name}, {n_bytes} bytes"), report::median(rates), "1/s", Goal::None);
    report.add(format!("{name}: a bare route"), report::median(bare_rates), "1/s", Goal::None);
    report.add(format!("{name}: ratio"), ratio, "x", Goal::AtLeast(question.least));
    Ok(ratio)
}
