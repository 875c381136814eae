//! Serves the status of a job at its monitor URL, which needs no token.

use axum::http::{StatusCode, header};
use drivesim::job::{JobId, JobReport};
use drivesim::{Job, JobStatus};
use uuid::Uuid;

use crate::graph::api::Api;
use crate::graph::context::{DriveContext, GraphContext};
use crate::graph::drive_type::DriveType;
use crate::graph::error::GraphError;
use crate::graph::operation::GraphResult;
use crate::graph::options::{CopyError, GraphOptions, MonitorStatus, RedirectShows};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::{drive, ids};
use crate::http::response::{ApiResponse, JobNote};
use crate::http::url;
use crate::json::ordered::{Map, Value, json};
use crate::state::secret::Purpose;

/// The value that the service sends instead of a time.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// Returns the monitor URL of a job.
///
/// ASSUMED: A monitor answers like the API that accepted the copy, and like the drive of the source (option
/// `wire.monitor_status`).
pub(crate) fn url(context: DriveContext<'_>, job: &Job) -> String {
    let DriveContext { app, request, drive: source } = context;
    let version = match (source.api, source.drive_type) {
        (Api::OneDrive, _) | (Api::SharePoint, DriveType::Business) => source.version,
        (Api::Graph, DriveType::Business) => Api::SharePoint.version(),
        (_, DriveType::Personal) => Api::Graph.version(),
    };
    let id = job.id().to_string();
    let mut url = format!("{}{version}/monitor/{id}", request.base);
    app.signer.push_signature(&mut url, Purpose::Monitor, id.len());
    url
}

/// Responds with the status of a job.
pub(crate) fn serve(context: GraphContext<'_>, id: &str) -> GraphResult {
    let GraphContext { app, route, .. } = context;
    let job = Uuid::parse_str(id).ok().and_then(|id| app.sim.job(JobId::from_uuid(id)));
    // The URL is opaque: other spellings of the id are accepted only if they differ in letter case alone.
    //
    // ASSUMED: A monitor that is not known, or no longer known, is 404 on all drives. A personal drive was seen to
    // answer 500 `operationNotFound` (onedrive-api-docs#766) (no option: no drive is known).
    let job =
        job.filter(|job| job.id().to_string().eq_ignore_ascii_case(id)).ok_or_else(GraphError::not_found)?;
    let report = job.poll();
    let source = drive::by_ref(app, job.source_drive(), route.api)?;
    let wire = source.as_ref().map_or(GraphOptions::BUSINESS, |source| source.wire);
    let view = MonitorView { context, job: &job, report: &report, source, wire };
    let response = match route.api {
        Api::SharePoint => view.business()?,
        Api::Graph => view.personal("itemCopy")?,
        Api::OneDrive => view.personal("ItemCopy")?,
    };
    Ok(response.with_job_note(JobNote::polled(&job, &report)))
}

/// A job as its monitor shows it.
struct MonitorView<'a> {
    context: GraphContext<'a>,
    job: &'a Job,
    report: &'a JobReport,
    /// The drive of the source, if it still exists.
    source: Option<ResolvedDrive>,
    /// The wire options of that drive.
    wire: GraphOptions,
}

/// The new item of a completed job.
struct CopiedItem {
    wire_id: ids::WireId,
    url: String,
}

impl MonitorView<'_> {
    fn target(&self) -> Result<Option<ResolvedDrive>, GraphError> {
        drive::by_ref(self.context.app, self.job.target_drive(), self.context.route.api)
    }

    /// Returns the new item of a completed job. If its drive is gone, this fails with 404, so that clients do not poll
    /// forever.
    fn new_item(&self) -> Result<Option<CopiedItem>, GraphError> {
        let Some(item) = self.report.item() else { return Ok(None) };
        let target = self.target()?.ok_or_else(GraphError::not_found)?;
        let wire_id = target.ids().item(item, item == target.root);
        let url = format!("{}/items/{}", target.url(self.context.request), url::encode_segment(&wire_id));
        Ok(Some(CopiedItem { wire_id, url }))
    }

    /// Returns why a job failed.
    fn error(&self) -> Option<Value> {
        let is_direct = self.context.route.api.is_direct();
        let error = GraphError::from(self.report.error().cloned()?).for_endpoint(is_direct);
        let target = self.target().ok().flatten();
        Some(error.to_job_error(|path| {
            let target = target.as_ref()?;
            let item = self.context.app.sim.item(target.at(path)).ok()?;
            Some(target.ids().item(item.id, item.parent.is_none()).to_string())
        }))
    }
}

/// Returns the name of a status on the wire.
///
/// DIFFERS(pages on monitors): A job has one of four states and never waits or is cancelled; the pages list more.
fn status_name(status: JobStatus) -> &'static str {
    match status {
        JobStatus::NotStarted => "notStarted",
        JobStatus::InProgress => "inProgress",
        JobStatus::Completed => "completed",
        JobStatus::Failed => "failed",
    }
}

impl MonitorView<'_> {
    /// Responds like OneDrive for work and SharePoint: both percentages, and dates without meaning.
    fn business(&self) -> GraphResult {
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
        if let Some(source) = &self.source {
            let (base, drive) = (&self.context.request.base, source.wire_id());
            put(
                "@odata.context",
                json!(format!("{base}/_api/v2.1/$metadata#drives('{drive}')/operations/$entity")),
            );
        }
        put("id", json!(self.job.id().to_string()));
        put("createdDateTime", json!(NO_TIME));
        put("lastActionDateTime", json!(NO_TIME));
        let new_item = self.new_item()?;
        match self.error() {
            Some(error) => {
                put("status", json!(status_name(self.report.status)));
                put("error", error);
            }
            None => {
                put("percentageComplete", json!(self.report.percent.as_f64()));
                put("percentComplete", json!(self.report.percent.as_f64()));
                if let Some(new_item) = &new_item {
                    put("resourceId", json!(new_item.wire_id.as_str()));
                    put("resourceLocation", json!(&new_item.url));
                }
                put("status", json!(status_name(self.report.status)));
            }
        }
        Ok(self.response(Value::Object(body), new_item))
    }

    /// Returns the HTTP status of the response.
    ///
    /// DIFFERS(page on long-running actions): The monitor of a business drive is 200 throughout, as was seen
    /// (onedrive-api-docs#852); the page says 202 (option `wire.monitor_status`).
    /// DIFFERS(page on long-running actions): A personal drive answers with 200 for a completed job through Graph, as
    /// was seen (onedrive-api-docs#852); the page says 202 (option `wire.monitor_status`).
    /// ASSUMED: The monitor of a failed copy answers with 200 (option `wire.failed_monitor_status`).
    fn status(&self) -> StatusCode {
        let is_done = match self.report.status {
            JobStatus::NotStarted | JobStatus::InProgress => false,
            JobStatus::Completed => true,
            JobStatus::Failed => {
                return StatusCode::from_u16(self.wire.failed_monitor_status).unwrap_or(StatusCode::OK);
            }
        };
        match (self.wire.monitor_status, self.context.route.api) {
            (MonitorStatus::Ok, _) | (MonitorStatus::Seen, Api::SharePoint) => StatusCode::OK,
            (MonitorStatus::Accepted, _) => StatusCode::ACCEPTED,
            _ if !is_done => StatusCode::ACCEPTED,
            (MonitorStatus::Seen, Api::Graph) => StatusCode::OK,
            (MonitorStatus::SeeOther, _) | (MonitorStatus::Seen, Api::OneDrive) => StatusCode::SEE_OTHER,
        }
    }

    /// Returns a response with a body, and with a Location if it redirects.
    ///
    /// DIFFERS(pages of the OneDrive API): The 303 of the OneDrive API has both a Location and a body; the pages have
    /// one of them (option `wire.redirect_shows`).
    fn response(&self, body: Value, new_item: Option<CopiedItem>) -> ApiResponse {
        let status = self.status();
        let Some(new_item) = new_item.filter(|_| status == StatusCode::SEE_OTHER) else {
            return ApiResponse::json(status, body);
        };
        match self.wire.redirect_shows {
            RedirectShows::Both => {
                ApiResponse::json(status, body).with_header(header::LOCATION, new_item.url)
            }
            RedirectShows::Location => ApiResponse::empty(status).with_header(header::LOCATION, new_item.url),
            RedirectShows::Body => ApiResponse::json(status, body),
        }
    }

    /// Responds like OneDrive. The operation is called `ItemCopy`; through Graph a completed one was seen with a small
    /// letter.
    ///
    /// ASSUMED: The status of a failed job of a personal drive has an `error` (option `wire.copy_error`).
    fn personal(&self, operation_when_done: &str) -> GraphResult {
        let is_done = self.report.status == JobStatus::Completed;
        let operation = if is_done { operation_when_done } else { "ItemCopy" };
        let new_item = self.new_item()?;
        let mut body = json!({ "operation": operation, "percentageComplete": self.report.percent.as_f64() });
        if let Some(new_item) = &new_item {
            body["resourceId"] = json!(new_item.wire_id.as_str());
        }
        body["status"] = json!(status_name(self.report.status));
        if !is_done {
            body["statusDescription"] = json!(self.description());
        }
        if let Some(error) = self.error().filter(|_| self.wire.copy_error == CopyError::Shown) {
            body["error"] = error;
        }
        Ok(self.response(body, new_item))
    }

    /// Returns the text that was seen as `statusDescription` of running and failed jobs (onedrive-api-docs issue 666).
    ///
    /// ASSUMED: The `statusDescription` of a monitor counts folders among its files (no option: no known client reads
    /// that text).
    fn description(&self) -> String {
        let progress = self.report.progress;
        let (items, bytes) = (progress.items_done, progress.bytes_done);
        format!("Completed {items}/{} files; {bytes}/{} bytes", progress.items_total, progress.bytes_total)
    }
}
