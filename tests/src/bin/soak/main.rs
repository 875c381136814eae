//! Runs a server with well-behaved and rude clients for a given time and checks its state, responses and memory.
//!
//! `cargo run --release -p drivesim-tests --bin soak -- --minutes N [--seed S]`. It exits with 1 if an invariant is
//! broken, a drive differs from the model of its client, a response is not valid, the honest client waits for more than
//! five seconds, or more memory is allocated or resident than allowed.

mod args;
mod box_client;
mod graph_client;
mod memory;
mod model;
mod probe;
mod rude;
mod rude_bytes;
mod snapshots;
mod stats;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use drivesim::Sim;
use drivesim_server::{Limits, Server, ServerOptions};
use drivesim_tests::random::Random;

use crate::args::Args;
use crate::model::Models;
use crate::stats::Stats;

/// The drives of well-behaved clients of Graph and of Box.
const GRAPH: [&str; 2] = ["ann", "bob"];
const BOX: [&str; 1] = ["boxed"];
/// The duration of a copy.
const PACE: &str = "10ms";
/// The number of rude clients.
const N_RUDE: u64 = 3;

/// The state that all clients share.
pub struct Shared {
    pub sim: Sim,
    pub address: std::net::SocketAddr,
    pub stats: Stats,
    pub models: Models,
    pub is_over: AtomicBool,
}

impl Shared {
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

/// The function that a client runs until the time is over.
type Client = Box<dyn FnOnce(&Shared, Random) + Send>;

fn limits() -> Limits {
    let wait = Duration::from_secs(2);
    let limits = Limits::default().max_memory(128 << 20).max_content(64 << 20).max_items(200_000);
    let limits = limits.max_head_wait(wait).max_body_wait(wait).max_answer_wait(wait).max_long_poll(wait);
    limits.max_outline(2 << 20).max_answer(4 << 20)
}

fn fixture() -> String {
    let mut text = String::new();
    for name in GRAPH {
        text += &format!("drive {name} profile=business owner=user:{name}\nhome/\n");
    }
    for name in BOX {
        text += &format!("drive {name} profile=box owner=user:{name}\nhome/\n");
    }
    text + &rude::fixture()
}

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(why) => {
            eprintln!("{why}\nusage: soak [--minutes N | --seconds N] [--seed S]");
            return ExitCode::from(2);
        }
    };
    let pace = PACE.parse().expect("a pace");
    let sim = Sim::builder().pace(pace).system_clock().outline(fixture()).build().expect("a seed");
    let limits = limits();
    let options = ServerOptions::default().limits(limits.clone());
    let server = Server::start_on(sim.clone(), "127.0.0.1:0", options).expect("a server");
    let memory = memory::MemoryWatch::start();
    let shared = Arc::new(Shared {
        sim,
        address: server.address(),
        stats: Stats::default(),
        models: Models::new(GRAPH.iter().chain(&BOX).copied()),
        is_over: AtomicBool::new(false),
    });
    run(&shared, &args, &memory);
    // The memory of rude clients is freed with their connections.
    memory.wait_for_disconnects();
    shared.models.compare_all(&shared.sim, &shared.stats);
    let allowed = memory::allowed(&limits, &shared.sim);
    shared.stats.report(&args);
    memory.report(allowed);
    drop(server);
    if shared.stats.has_no_failures() && memory.fits(allowed) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs all clients until the time is over.
fn run(shared: &Arc<Shared>, args: &Args, memory: &memory::MemoryWatch) {
    let mut clients = Vec::new();
    let mut n_clients = 0;
    let mut start = |client: Client| {
        n_clients += 1;
        let (shared, random) = (shared.clone(), Random::new(args.seed * 1000 + n_clients));
        clients.push(thread::spawn(move || client(&shared, random)));
    };
    for drive in GRAPH {
        start(Box::new(move |shared, random| graph_client::run(shared, drive, random)));
    }
    for drive in BOX {
        start(Box::new(move |shared, random| box_client::run(shared, drive, random)));
    }
    for _ in 0..N_RUDE {
        start(Box::new(rude::run));
    }
    start(Box::new(|shared, _| probe::run(shared)));
    start(Box::new(snapshots::run));
    let begun = Instant::now();
    let mut next_line = Duration::from_secs(10);
    while begun.elapsed() < args.duration {
        thread::sleep(Duration::from_millis(200));
        memory.measure();
        if begun.elapsed() >= next_line {
            println!("{}", shared.stats.progress_line(begun.elapsed(), memory.last()));
            next_line += Duration::from_secs(10);
        }
    }
    shared.is_over.store(true, Ordering::Relaxed);
    for client in clients {
        if client.join().is_err() {
            shared.stats.fail("a client panicked");
        }
    }
}
