//! Copies a folder through Microsoft Graph and polls the monitor until the copy has ended.
//! Run its tests: `cargo test -p embed-example`. They start the server in the same process and move its clock.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

#[cfg(test)]
mod tests;

/// The pause between two polls.
pub const PAUSE: Duration = Duration::from_secs(1);

/// The reason why a copy was not made.
#[derive(Debug)]
pub enum Error {
    /// The service failed, or could not be reached.
    Http(ureq::Error),
    /// The response does not have the form of the service.
    Malformed,
    /// The copy was accepted and failed later, with this code.
    Failed(String),
}

impl From<ureq::Error> for Error {
    fn from(error: ureq::Error) -> Error {
        Error::Http(error)
    }
}

/// Copies the folder at `path` of the user's drive under a new name, next to the original.
///
/// Calls `wait` between two polls: a program sleeps there, a test moves the clock of the simulator. Returns the
/// percentages that were reported.
///
/// # Errors
/// If the request fails, or the copy.
pub fn copy_folder(
    agent: &Agent,
    base: &str,
    path: &str,
    name: &str,
    mut wait: impl FnMut(Duration),
) -> Result<Vec<f64>, Error> {
    let copy = format!("{base}/v1.0/me/drive/root:{path}:/copy");
    let body = json!({ "name": name }).to_string();
    let accepted = agent.post(&copy).header("content-type", "application/json").send(&body)?;
    let monitor = accepted.headers().get("location").and_then(|location| location.to_str().ok());
    let monitor = monitor.ok_or(Error::Malformed)?;
    let mut percentages = Vec::new();
    loop {
        let text = agent.get(monitor).call()?.body_mut().read_to_string()?;
        let job: Value = serde_json::from_str(&text).map_err(|_| Error::Malformed)?;
        percentages.extend(job["percentageComplete"].as_f64());
        match job["status"].as_str() {
            Some("completed") => return Ok(percentages),
            Some("failed") => {
                return Err(Error::Failed(job["error"]["code"].as_str().unwrap_or_default().to_owned()));
            }
            Some(_) => wait(PAUSE),
            None => return Err(Error::Malformed),
        }
    }
}
