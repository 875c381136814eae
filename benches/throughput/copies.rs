//! Measures repeated copies of a file by a client that polls until each copy is complete.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Returns the copies per second of one client of Graph, which polls the monitor of each copy until it is complete.
pub fn graph_rate(url: &str, seconds: u32) -> Result<f64> {
    let copy = format!("{url}/v1.0/me/drive/root:/Small/f00.txt:/copy");
    rate(seconds, |agent, name| {
        let accepted = send(agent, &copy, &json!({ "name": name }))?;
        let monitor = accepted.headers().get("location").context("a monitor")?.to_str()?.to_owned();
        loop {
            let text = agent.get(&monitor).call()?.body_mut().read_to_string()?;
            let status: Value = serde_json::from_str(&text)?;
            match status["status"].as_str() {
                Some("completed") => return Ok(()),
                Some("notStarted" | "inProgress") => {}
                _ => ensure!(false, "the copy failed: {text}"),
            }
        }
    })
}

/// Returns the copies per second of one client of Box. They are complete when the response is sent.
pub fn box_rate(url: &str, file: &str, seconds: u32) -> Result<f64> {
    let copy = format!("{url}/2.0/files/{file}/copy");
    rate(seconds, |agent, name| {
        let copied = send(agent, &copy, &json!({ "name": name, "parent": { "id": "0" } }))?;
        let copied: Value = serde_json::from_str(&copied.into_body().read_to_string()?)?;
        ensure!(copied["name"] == name, "another copy was made: {copied}");
        Ok(())
    })
}

fn send(agent: &ureq::Agent, url: &str, body: &Value) -> Result<ureq::http::Response<ureq::Body>> {
    Ok(agent.post(url).header("content-type", "application/json").send(&body.to_string())?)
}

/// Makes copies one after another, with different names, for `seconds` seconds.
fn rate(seconds: u32, copy: impl Fn(&ureq::Agent, &str) -> Result<()>) -> Result<f64> {
    let config = ureq::Agent::config_builder().http_status_as_error(true).max_redirects(0).build();
    let agent: ureq::Agent = config.into();
    let (start, time) = (Instant::now(), Duration::from_secs(u64::from(seconds)));
    let mut n_copies = 0;
    while n_copies == 0 || start.elapsed() < time {
        n_copies += 1;
        copy(&agent, &format!("copy {n_copies}.txt"))?;
    }
    Ok(f64::from(n_copies) / start.elapsed().as_secs_f64())
}
