//! Runs the load generator and parses its output.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Returns the requests per second with one thread and 16 connections. Fails if any response is an error.
pub fn rate(url: &str, seconds: u32) -> Result<f64> {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c16", &format!("-d{seconds}s"), url]);
    let output = wrk.output().context("wrk does not start; Debian has it in a package of that name")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk: {}", String::from_utf8_lossy(&output.stderr));
    ensure!(!printed.contains("Non-2xx") && !printed.contains("Socket errors"), "{url}: {printed}");
    let line = printed.lines().find_map(|line| line.strip_prefix("Requests/sec:")).context("a rate")?;
    line.trim().parse().context("a rate")
}
