//! Counts and prints operations, error responses, faults and failures.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use drivesim_tests::check;
use drivesim_tests::http::{Request, Response};

use crate::args::Args;
use crate::memory::Usage;

/// Maximum number of failures whose messages are kept.
const MAX_FAILURES: usize = 20;

/// The counts of a run.
#[derive(Debug, Default)]
pub struct Stats {
    operations: Mutex<BTreeMap<&'static str, u64>>,
    errors: Mutex<BTreeMap<u16, u64>>,
    faults: Mutex<BTreeMap<&'static str, u64>>,
    failures: Mutex<Vec<String>>,
    n_failures: AtomicU64,
    n_compared: AtomicU64,
    /// The waits of the honest client in microseconds.
    waits: Mutex<Vec<u32>>,
}

impl Stats {
    /// Counts an operation of a well-behaved client.
    pub fn count_operation(&self, what: &'static str) {
        *self.operations.lock().unwrap().entry(what).or_default() += 1;
    }

    /// Counts a fault that a rude client has caused.
    pub fn count_fault(&self, what: &'static str) {
        *self.faults.lock().unwrap().entry(what).or_default() += 1;
    }

    /// Counts a comparison of a drive with its model.
    pub fn count_comparison(&self) {
        self.n_compared.fetch_add(1, Ordering::Relaxed);
    }

    pub fn fail(&self, why: impl Into<String>) {
        self.n_failures.fetch_add(1, Ordering::Relaxed);
        let mut failures = self.failures.lock().unwrap();
        if failures.len() < MAX_FAILURES {
            let why = why.into();
            eprintln!("FAILED: {why}");
            failures.push(why);
        }
    }

    pub fn record_wait(&self, wait: Duration) {
        self.waits.lock().unwrap().push(u32::try_from(wait.as_micros()).unwrap_or(u32::MAX));
        if wait > Duration::from_secs(5) {
            self.fail(format!("the honest client waited {wait:?}"));
        }
    }

    /// Counts error responses, and checks that a response is one that a service may send.
    pub fn check_response(&self, request: &Request, answer: &Response) {
        if answer.status >= 400 {
            *self.errors.lock().unwrap().entry(answer.status).or_default() += 1;
        }
        if let Err(why) = check::check_response(request, answer) {
            self.fail(why);
        }
    }

    pub fn has_no_failures(&self) -> bool {
        self.n_failures.load(Ordering::Relaxed) == 0
    }

    /// Returns quantiles of the waits in milliseconds.
    fn quantiles(&self, shares: [f64; 2]) -> [f64; 2] {
        let mut waits = self.waits.lock().unwrap().clone();
        waits.sort_unstable();
        let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or(0);
        shares.map(|share| f64::from(at(share)) / 1000.0)
    }

    /// Returns a line that reports progress.
    pub fn progress_line(&self, elapsed: Duration, memory: Usage) -> String {
        let sum = |counts: &Mutex<BTreeMap<&'static str, u64>>| counts.lock().unwrap().values().sum::<u64>();
        let [p50, p99] = self.quantiles([0.5, 0.99]);
        format!(
            "{:>5} s: {} operations, {} faults, {} comparisons, {} failures, {memory}, honest p50 {p50:.1} ms p99 {p99:.1} ms",
            elapsed.as_secs(),
            sum(&self.operations),
            sum(&self.faults),
            self.n_compared.load(Ordering::Relaxed),
            self.n_failures.load(Ordering::Relaxed),
        )
    }

    /// Prints all counts.
    pub fn report(&self, args: &Args) {
        fn rows<K: std::fmt::Display>(title: &str, counts: &Mutex<BTreeMap<K, u64>>) {
            println!("{title}");
            for (what, count) in counts.lock().unwrap().iter() {
                println!("  {what:<24} {count:>10}");
            }
        }
        println!("\nseed {}, {} s", args.seed, args.duration.as_secs());
        rows("operations", &self.operations);
        rows("errors by status", &self.errors);
        rows("faults survived", &self.faults);
        println!("comparisons with models    {:>10}", self.n_compared.load(Ordering::Relaxed));
        let [p50, p99] = self.quantiles([0.5, 0.99]);
        let n_requests = self.waits.lock().unwrap().len();
        println!("honest client: {n_requests} requests, p50 {p50:.2} ms, p99 {p99:.2} ms");
        println!("failures: {}", self.n_failures.load(Ordering::Relaxed));
    }
}
