//! The only place that runs the load generator and reads what it says.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Returns how many requests a second were answered: one thread, 16 connections. An answer that is an error fails.
pub fn rate(url: &str, seconds: u32) -> Result<f64> {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c16", &format!("-d{seconds}s"), url]);
    let output = wrk.output().context("wrk does not start; Debian has it in a package of that name")?;
    let told = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk: {}", String::from_utf8_lossy(&output.stderr));
    ensure!(!told.contains("Non-2xx") && !told.contains("Socket errors"), "{url}: {told}");
    let line = told.lines().find_map(|line| line.strip_prefix("Requests/sec:")).context("a rate")?;
    line.trim().parse().context("a rate")
}
