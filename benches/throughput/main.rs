//! Measures how many requests the program answers in a second against a bare route that answers as many bytes.
//!
//! The load comes from `wrk`; each figure is the middle of several short rounds, in each of which the program and the bare
//! route are measured one right after the other, in turns first, so that other work on the machine falls on both alike.

mod bare;
mod copies;
mod live;
mod load;
mod program;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use drivesim_benches::report::{self, Goal, Report};

use crate::bare::Bare;
use crate::live::File;
use crate::program::Program;

/// Measures drivesim's server against a bare route, in the same run. It needs `wrk`, and the program built beside it:
/// `cargo build --release -p drivesim-cli`.
#[derive(Debug, Parser)]
struct Args {
    /// How many seconds each measurement takes.
    #[arg(long, default_value_t = 1)]
    seconds: u32,
    /// How many rounds there are.
    #[arg(long, default_value_t = 15)]
    rounds: u32,
    /// Only see to it that answers are made of what there is, without any load.
    #[arg(long)]
    no_load: bool,
    /// Fail if a goal is missed.
    #[arg(long)]
    check: bool,
}

/// What is asked, which part of the rate of the bare route it should reach, and a file that the answer shows.
struct Question {
    name: &'static str,
    path: String,
    least: f64,
    file: File,
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
    let program = Program::start()?;
    let (questions, file) = questions(&program)?;
    for question in &questions {
        live::check(&program, &question.path, &question.file)?;
    }
    if args.no_load {
        println!("# answers are made of what there is; nothing was measured");
        return Ok(true);
    }
    let mut report = Report;
    let start = program::start_time(args.rounds)?;
    report.add("start to the first answer", start, "ms", Goal::AtMost(20.0));
    let mut is_reached = start < 20.0;
    for question in &questions {
        is_reached &= measure(args, &mut report, &program, question)? >= question.least;
    }
    let rate = copies::rate_of_graph(&program.url, args.seconds)?;
    report.add("Graph: copies of one file, each with its wait", rate, "1/s", Goal::None);
    let rate = copies::rate_of_box(&program.url, &file, args.seconds)?;
    report.add("Box: copies of one file", rate, "1/s", Goal::None);
    println!("# goals {}", if is_reached { "reached" } else { "missed" });
    Ok(is_reached || !args.check)
}

/// Finds out the ids that the questions have in them, and that of a file of Box.
fn questions(program: &Program) -> Result<([Question; 4], String)> {
    let id = |value: &serde_json::Value| value["id"].as_str().map(str::to_owned).context("an id");
    let item = id(&program.get("/v1.0/me/drive/root:/Small/f00.txt")?)?;
    let small = id(&program.get("/v1.0/me/drive/root:/Small")?)?;
    let wide = id(&program.get("/2.0/folders/0/items")?["entries"][0])?;
    let file = id(&program.get(&format!("/2.0/folders/{wide}/items"))?["entries"][0])?;
    let name = "f00.txt".to_owned();
    let path = format!("/v1.0/me/drive/items/{item}");
    let of_graph = File { method: "PATCH", path: path.clone(), name: name.clone() };
    let of_box = File { method: "PUT", path: format!("/2.0/files/{file}"), name };
    let questions = [
        Question { name: "Graph: GET item by id", path, least: 0.6, file: of_graph.clone() },
        Question {
            name: "Graph: GET children, 20 items",
            path: format!("/v1.0/me/drive/items/{small}/children"),
            least: 0.4,
            file: of_graph,
        },
        Question { name: "Box: GET file", path: of_box.path.clone(), least: 0.6, file: of_box.clone() },
        Question {
            name: "Box: GET folder items, 100 items",
            path: format!("/2.0/folders/{wide}/items?limit=100"),
            least: 0.3,
            file: of_box,
        },
    ];
    Ok((questions, file))
}

/// Measures a question in several rounds and tells what came of it; returns the ratio.
fn measure(args: &Args, report: &mut Report, program: &Program, question: &Question) -> Result<f64> {
    let url = format!("{}{}", program.url, question.path);
    let n_bytes = program.get_bytes(&question.path)?.len();
    let bare = Bare::start(n_bytes)?;
    let (mut rates, mut bare_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..args.rounds {
        let ours = || load::rate(&url, args.seconds);
        let theirs = || load::rate(&bare.url(), args.seconds);
        let (rate, bare_rate) = if round % 2 == 0 {
            (ours()?, theirs()?)
        } else {
            let bare_rate = theirs()?;
            (ours()?, bare_rate)
        };
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
