//! Renders errors as responses and as the `error` of a job.

use axum::http::{StatusCode, header};

use crate::graph::error::{GraphError, TAKEN_IN_JOB};
use crate::http::response::ApiResponse;
use crate::json::excerpt::{self, Excerpt};
use crate::json::ordered::{Map, Value, json};
use crate::state::app::App;

impl GraphError {
    /// Returns the error as the status of a job shows it. `id_at` returns the id of the item at a path.
    ///
    /// ASSUMED: The target of a detail is the item that has the taken name (no option: no other reading is known).
    pub(crate) fn to_job_error(&self, id_at: impl Fn(&str) -> Option<String>) -> Value {
        if self.details.is_empty() {
            let mut error = self.job_error();
            if let (Some(inner), Value::Object(error)) = (self.inner_code, &mut error) {
                error.insert(self.inner_key().to_owned(), json!({ "code": inner.as_str() }));
            }
            return error;
        }
        let detail = |detail: &GraphError| {
            let mut error = detail.job_error();
            if let Some(id) = detail.taken_path.as_deref().and_then(&id_at) {
                error["target"] = json!(id);
            }
            error
        };
        let details: Vec<Value> = self.details.iter().map(detail).collect();
        json!({ "message": "Errors occurred during copy/move operation.", "details": details })
    }

    fn job_error(&self) -> Value {
        let message = if self.is_name_conflict() { TAKEN_IN_JOB } else { &self.message };
        json!({ "code": self.code.as_str(), "message": message })
    }

    /// Returns the name of the member with the more specific code.
    fn inner_key(&self) -> &'static str {
        if self.is_direct { "innererror" } else { "innerError" }
    }

    /// Returns the response.
    pub(crate) fn to_response(&self, app: &App, request_id: &str, client_id: &str) -> ApiResponse {
        let mut inner = Map::new();
        if let Some(code) = self.inner_code {
            inner.insert("code".to_owned(), json!(code.as_str()));
        }
        // The service sends no time zone here.
        let now = app.sim.now().to_string();
        inner.insert("date".to_owned(), json!(now.trim_end_matches('Z').split('.').next()));
        inner.insert("request-id".to_owned(), json!(request_id));
        inner.insert("client-request-id".to_owned(), json!(Excerpt(client_id).to_string()));
        let (code, inner_key) = (self.code.as_str(), self.inner_key());
        let error =
            json!({ "code": code, "message": excerpt::shorten_message(&self.message), inner_key: inner });
        let response = ApiResponse::json(self.status, json!({ "error": error }));
        let response = match self.header.as_deref() {
            Some((name, value)) => response.with_header(name.clone(), value.clone()),
            None => response,
        };
        match self.status {
            // ASSUMED: `Retry-After` is one second where something is full (no option: no other reading is known).
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                response.with_header(header::RETRY_AFTER, "1")
            }
            _ => response,
        }
    }
}
