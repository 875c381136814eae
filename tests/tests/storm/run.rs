//! Runs storms on threads or in parallel iterators, under a watchdog.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use rayon::prelude::*;

use super::N_VERBS;
use super::shared::Storm;
use super::worker::{Worker, WorkerReport};
use crate::model::{env_variable, seed};
use crate::threads::WATCHDOG_TIMEOUT;

/// Runs and checks a storm with a watchdog. A deadlock aborts the process, since its threads cannot be stopped.
pub(super) fn run_watched(
    storm: Storm,
    run: impl FnOnce(&Arc<Storm>) -> Vec<WorkerReport> + Send + 'static,
) -> BTreeMap<&'static str, u64> {
    let storm = Arc::new(storm);
    let (sender, receiver) = std::sync::mpsc::channel();
    let worker = std::thread::spawn({
        let storm = storm.clone();
        move || {
            let reports = run(&storm);
            sender.send(storm.check(reports)).unwrap();
        }
    });
    match receiver.recv_timeout(WATCHDOG_TIMEOUT) {
        Ok(n_done) => n_done,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
            let at_work = format!("{:?}", storm.at_work.lock().unwrap());
            let seed = storm.seed;
            let _ =
                writeln!(std::io::stderr(), "a deadlock: DRIVESIM_RANDOM_SEED={seed}, at work: {at_work}");
            std::process::abort()
        }
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            let _ = writeln!(std::io::stderr(), "DRIVESIM_RANDOM_SEED={}", storm.seed);
            std::panic::resume_unwind(worker.join().unwrap_err())
        }
    }
}

/// Runs the requested number of storms with consecutive seeds, and prints how often each verb succeeded.
pub(super) fn storms(run_one: impl Fn(u64) -> BTreeMap<&'static str, u64>) {
    let n_storms = env_variable("DRIVESIM_STORM", |text| text.parse().ok(), 1u64);
    let mut n_done: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in seed()..seed() + n_storms {
        for (name, n) in run_one(seed) {
            *n_done.entry(name).or_default() += n;
        }
    }
    let mut text = String::new();
    for (name, n) in &n_done {
        let _ = write!(text, "{name}: {n}, ");
    }
    println!("{text}");
}

fn n_threads() -> usize {
    env_variable("DRIVESIM_THREADS", |text| text.parse().ok(), 8)
}

/// Runs a storm on `n_threads` threads.
pub(super) fn by_threads(storm: &Arc<Storm>) -> Vec<WorkerReport> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads())
            .map(|number| scope.spawn(move || Worker::new(storm, number).run(number, N_VERBS)))
            .collect();
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        ended
            .into_iter()
            .map(|report| report.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Runs a storm in nested parallel iterators. A thread that waits for the inner one may run other tasks.
pub(super) fn by_iterators(storm: &Arc<Storm>) -> Vec<WorkerReport> {
    let outer = (0..n_threads()).into_par_iter();
    outer
        .flat_map(|outer| {
            (0..4).into_par_iter().map(move |inner| {
                let number = outer * 4 + inner;
                Worker::new(storm, number).run(number, N_VERBS / 8)
            })
        })
        .collect()
}
