//! Shows a request that the journal keeps: as values of Rust and as JSON.

use drivesim::{JobId, JobReport, Timestamp};

use crate::control::messages::LoggedMessage;
use crate::ordered_json::{Value, json};

/// A request that was answered, as the journal of a server keeps it; see [`Server::requests`](crate::Server::requests).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Which one it is; the first is 1.
    pub number: u64,
    /// The method, as `GET`.
    pub method: String,
    /// The path, decoded; as it was sent if it could not be. Of a long one the end is cut off, and how much that is
    /// stands in its place; so with the query.
    pub path: String,
    /// The query as it was sent, but for secrets.
    pub query: Option<String>,
    /// The status of the response.
    pub status: u16,
    /// The dialect that answered, as `graph`, `onedrive`, `sharepoint`, `box`; `None` for a path of none of them.
    pub dialect: Option<&'static str>,
    /// When it came, in the time of the simulation.
    pub at: Timestamp,
    /// The job that was accepted or asked about.
    pub job: Option<JobId>,
    /// The names of what was sent and had no effect: `parent.size` is a member of the body, `?size` an option of the
    /// query. Of more than 100 names the first are listed, and `…` behind them.
    pub ignored: Vec<String>,
    /// What was true of the job when its status was asked for, whatever the response says of it.
    pub truth: Option<JobReport>,
    /// What the client sent.
    pub request: LoggedMessage,
    /// What the client got.
    pub response: LoggedMessage,
}

impl LoggedRequest {
    /// Returns it as the admin API shows it.
    pub(crate) fn show(&self) -> Value {
        let mut value = json!({
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "dialect": self.dialect,
            "at": self.at.to_string(),
            "job": self.job.map(|job| job.to_string()),
            "ignored": self.ignored,
            "request": self.request.show(),
            "response": self.response.show(),
        });
        if let Some(truth) = &self.truth {
            value["true"] = show_truth(truth);
        }
        value
    }
}

fn show_truth(report: &JobReport) -> Value {
    let mut truth = json!({
        "status": report.status.to_string(),
        "percentComplete": report.percent_complete,
    });
    if let Some(error) = &report.error {
        truth["error"] = json!({ "code": error.code(), "message": error.to_string() });
    }
    truth
}
