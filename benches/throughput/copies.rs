//! The only place that copies a file again and again, as a client does: asks, and asks on until it is done.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Returns how many copies a second one client makes.
pub fn rate(url: &str, seconds: u32) -> Result<f64> {
    let config = ureq::Agent::config_builder().http_status_as_error(true).max_redirects(0).build();
    let agent: ureq::Agent = config.into();
    let (start, time) = (Instant::now(), Duration::from_secs(u64::from(seconds)));
    let mut n_copies = 0;
    while start.elapsed() < time {
        n_copies += 1;
        copy(&agent, url, &format!("copy {n_copies}.txt"))?;
    }
    Ok(f64::from(n_copies) / start.elapsed().as_secs_f64())
}

fn copy(agent: &ureq::Agent, url: &str, name: &str) -> Result<()> {
    let asked = agent
        .post(format!("{url}/v1.0/me/drive/root:/Small/f00.txt:/copy"))
        .header("content-type", "application/json")
        .send(&json!({ "name": name }).to_string())?;
    let monitor = asked.headers().get("location").context("a monitor")?.to_str()?.to_owned();
    loop {
        let text = agent.get(&monitor).call()?.body_mut().read_to_string()?;
        let status: Value = serde_json::from_str(&text)?;
        match status["status"].as_str() {
            Some("completed") => return Ok(()),
            Some("notStarted" | "inProgress") => {}
            _ => ensure!(false, "the copy failed: {text}"),
        }
    }
}
