//! Measures the requests per second of the program against a bare route with responses of the same size.
//!
//! The load comes from `wrk`. Each figure is the median of several short rounds. Each round measures the program and
//! the bare route directly after each other, in alternating order, so that other work affects both alike.

mod bare;
mod copies;
mod freshness;
mod load;
mod program;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use drivesim_benches::report::{self, Goal, Report};

use crate::bare::BareServer;
use crate::freshness::RenamedFile;
use crate::program::Program;

/// Measures drivesim's server against a bare route, in the same run. Needs `wrk`, and the program in the same folder:
/// `cargo build --release -p drivesim-cli`.
#[derive(Debug, Parser)]
struct Args {
    /// The seconds of each measurement.
    #[arg(long, default_value_t = 1)]
    seconds: u32,
    /// The number of rounds.
    #[arg(long, default_value_t = 15)]
    rounds: u32,
    /// Only check that responses show the current state, without any load.
    #[arg(long)]
    no_load: bool,
    /// Fail if a goal is missed.
    #[arg(long)]
    check: bool,
}

/// A request, the required ratio to the rate of the bare route, and a file that is part of the response.
struct Case {
    name: &'static str,
    path: String,
    least: f64,
    file: RenamedFile,
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
    let (cases, file) = cases(&program)?;
    for case in &cases {
        freshness::check(&program, &case.path, &case.file)?;
    }
    if args.no_load {
        println!("# responses show the current state; nothing was measured");
        return Ok(true);
    }
    let mut report = Report;
    let start = program::start_time(args.rounds)?;
    report.add("start to the first response", start, "ms", Goal::AtMost(20.0));
    let mut is_reached = start < 20.0;
    for case in &cases {
        is_reached &= measure(args, &mut report, &program, case)? >= case.least;
    }
    let rate = copies::graph_rate(&program.url, args.seconds)?;
    report.add("Graph: copies of one file, each with its wait", rate, "1/s", Goal::None);
    let rate = copies::box_rate(&program.url, &file, args.seconds)?;
    report.add("Box: copies of one file", rate, "1/s", Goal::None);
    println!("# goals {}", if is_reached { "reached" } else { "missed" });
    Ok(is_reached || !args.check)
}

/// Returns the cases with the ids of their items, and the id of a file of Box.
fn cases(program: &Program) -> Result<([Case; 4], String)> {
    let id = |value: &serde_json::Value| value["id"].as_str().map(str::to_owned).context("an id");
    let item = id(&program.get("/v1.0/me/drive/root:/Small/f00.txt")?)?;
    let small = id(&program.get("/v1.0/me/drive/root:/Small")?)?;
    let wide = id(&program.get("/2.0/folders/0/items")?["entries"][0])?;
    let file = id(&program.get(&format!("/2.0/folders/{wide}/items"))?["entries"][0])?;
    let name = "f00.txt".to_owned();
    let path = format!("/v1.0/me/drive/items/{item}");
    let of_graph = RenamedFile { method: "PATCH", path: path.clone(), name: name.clone() };
    let of_box = RenamedFile { method: "PUT", path: format!("/2.0/files/{file}"), name };
    let cases = [
        Case { name: "Graph: GET item by id", path, least: 0.6, file: of_graph.clone() },
        Case {
            name: "Graph: GET children, 20 items",
            path: format!("/v1.0/me/drive/items/{small}/children"),
            least: 0.4,
            file: of_graph,
        },
        Case { name: "Box: GET file", path: of_box.path.clone(), least: 0.6, file: of_box.clone() },
        Case {
            name: "Box: GET folder items, 100 items",
            path: format!("/2.0/folders/{wide}/items?limit=100"),
            least: 0.3,
            file: of_box,
        },
    ];
    Ok((cases, file))
}

/// Measures a case in several rounds, prints the figures and returns the ratio.
fn measure(args: &Args, report: &mut Report, program: &Program, case: &Case) -> Result<f64> {
    let url = format!("{}{}", program.url, case.path);
    let n_bytes = program.get_bytes(&case.path)?.len();
    let bare = BareServer::start(n_bytes)?;
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
    let name = case.name;
    let ratio = report::median(ratios);
    report.add(format!("{name}, {n_bytes} bytes"), report::median(rates), "1/s", Goal::None);
    report.add(format!("{name}: a bare route"), report::median(bare_rates), "1/s", Goal::None);
    report.add(format!("{name}: ratio"), ratio, "x", Goal::AtLeast(case.least));
    Ok(ratio)
}
