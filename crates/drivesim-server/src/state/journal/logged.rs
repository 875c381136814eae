//! Shows a request of the journal, as Rust values and as JSON.

use drivesim::item::Timestamp;
use drivesim::job::{JobId, JobReport};

use crate::json::ordered::{Value, json};
use crate::state::journal::messages::LoggedMessage;

/// A request in the journal of a server; see [`Server::requests`](crate::Server::requests).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The number of the request. The first is 1.
    pub number: u64,
    /// The method, as `GET`.
    pub method: String,
    /// The path, decoded; as it was sent if decoding failed. The end of a long path is replaced by the number of bytes
    /// that were cut; the same holds for the query.
    pub path: String,
    /// The query as it was sent, without secrets.
    pub query: Option<String>,
    /// The status of the response.
    pub status: u16,
    /// The API that responded: `graph`, `onedrive`, `sharepoint` or `box`; `None` for any other path.
    pub dialect: Option<&'static str>,
    /// The time of the request on the simulator's clock.
    pub at: Timestamp,
    /// The job that was accepted or polled.
    pub job: Option<JobId>,
    /// The names of parameters that were sent and had no effect: `parent.size` is a member of the body, `?size` an
    /// option of the query. After 100 names, `…` stands for the others.
    pub ignored: Vec<String>,
    /// The actual state of the job when it was polled, whatever the response reports.
    pub truth: Option<JobReport>,
    /// The message of the client.
    pub request: LoggedMessage,
    /// The message of the server.
    pub response: LoggedMessage,
}

impl LoggedRequest {
    /// Returns the request in the JSON of the admin API.
    pub(crate) fn to_json(&self) -> Value {
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
            "request": self.request.to_json(),
            "response": self.response.to_json(),
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
        "percentComplete": report.percent.as_f64(),
    });
    if let Some(error) = report.error() {
        truth["error"] = json!({ "code": error.code(), "message": error.to_string() });
    }
    truth
}
