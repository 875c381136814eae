//! The only place that tells the status of a job to who asks at its URL, which needs no token.

use axum::http::{StatusCode, header};
use drivesim::{Job, JobId, JobReport, JobStatus};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::{self, Flavour, Found};
use crate::graph::ids;
use crate::graph::refusal::Refusal;
use crate::graph::route::Dialect;
use crate::reply::{Reply, Touched};

/// What the service says instead of a time.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// Returns the URL at which the status of a job is told. That a monitor answers in the way of the API that accepted
/// the copy, and of the drive of the source, is *assumed*.
pub(crate) fn url(call: &Call, source: &Found, job: &Job) -> String {
    let way = match (source.dialect, source.flavour) {
        (Dialect::OneDrive, _) => "",
        (_, Flavour::Business) => "/_api/v2.0",
        (_, Flavour::Personal) => "/v1.0",
    };
    format!("{}{way}/monitor/{}", call.base, job.id())
}

/// Tells the status of a job. That a monitor that is not known, or no longer, is 404 on all drives is *assumed*: a
/// personal one was seen to answer 500 `operationNotFound` (onedrive-api-docs#766).
pub(crate) fn answer(app: &App, call: &Call, dialect: Dialect, id: &str) -> Result<Reply, Refusal> {
    let job = Uuid::parse_str(id).ok().and_then(|id| app.sim.job(JobId::from_uuid(id)));
    let job = job.ok_or_else(Refusal::not_found)?;
    let report = job.poll();
    let item = report.item.and_then(|item| Made::find(app, call, &job, item, dialect));
    let reply = match dialect {
        Dialect::SharePoint => business(app, call, &job, &report, item),
        Dialect::Graph => personal(&report, item, "itemCopy", StatusCode::OK),
        Dialect::OneDrive => personal(&report, item, "ItemCopy", StatusCode::SEE_OTHER),
    };
    Ok(reply.touching(Touched::looked_at(&job, &report)))
}

/// The new item of a job.
struct Made {
    wire_id: String,
    url: String,
}

impl Made {
    fn find(app: &App, call: &Call, job: &Job, item: drivesim::ItemId, dialect: Dialect) -> Option<Made> {
        let target = drive::seen(app, app.sim.drive_of(job.target_drive()).ok()?, dialect)?;
        let root = app.sim.item(target.drive.at("/")).ok()?.id;
        let wire_id = ids::item_id(&target.drive, target.flavour, item, item == root);
        let url = format!("{}/items/{}", target.url(call), crate::graph::json::url_segment(&wire_id));
        Some(Made { wire_id, url })
    }
}

/// Returns the word for a state. That a job is in one of four states and never waits or is cancelled *differs* from the
/// pages, which list more.
fn word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::NotStarted => "notStarted",
        JobStatus::InProgress => "inProgress",
        JobStatus::Completed => "completed",
        JobStatus::Failed => "failed",
    }
}

/// Returns why a job failed.
fn error_of(report: &JobReport) -> Option<Refusal> {
    report.error.clone().map(Refusal::from)
}

/// As OneDrive for work and SharePoint tell it: both percentages, dates that tell nothing. That the monitor of a
/// business drive is 200 throughout, as was seen (onedrive-api-docs#852), *differs* from the page on long-running
/// actions: 202.
fn business(app: &App, call: &Call, job: &Job, report: &JobReport, item: Option<Made>) -> Reply {
    let mut body = json!({
        "id": job.id().to_string(),
        "createdDateTime": NO_TIME,
        "lastActionDateTime": NO_TIME,
        "status": word(report.status),
    });
    let source = app.sim.drive_of(job.source_drive()).ok();
    if let Some(source) = source.and_then(|drive| drive::seen(app, drive, Dialect::SharePoint)) {
        let context =
            format!("{}/_api/v2.1/$metadata#drives('{}')/operations/$entity", call.base, source.wire_id());
        body["@odata.context"] = json!(context);
    }
    if let Some(error) = error_of(report) {
        body["error"] = error.in_job();
    } else {
        body["percentageComplete"] = json!(report.percent_complete);
        body["percentComplete"] = json!(report.percent_complete);
    }
    if let Some(made) = item {
        body["resourceId"] = json!(made.wire_id);
        body["resourceLocation"] = json!(made.url);
    }
    Reply::json(StatusCode::OK, body)
}

/// As OneDrive tells it: 202 while the job runs, `done` when it is completed. That a personal drive tells a completed
/// job with 200 through Graph, as was seen (onedrive-api-docs#852), *differs* from the page on long-running actions:
/// 202. That the 303 of the OneDrive API has both a Location and a body *differs* from its pages: they have one of them.
/// That a failed job is told with 200, and on personal drives with an `error`, is *assumed*.
/// The operation is called `ItemCopy`; through Graph a completed one was seen with a small letter.
fn personal(report: &JobReport, item: Option<Made>, when_done: &str, done: StatusCode) -> Reply {
    let operation = if report.status == JobStatus::Completed { when_done } else { "ItemCopy" };
    let mut body = json!({
        "operation": operation,
        "percentageComplete": report.percent_complete,
        "status": word(report.status),
    });
    if let Some(error) = error_of(report) {
        body["error"] = error.in_job();
        body["statusDescription"] = json!(error.message());
    }
    let made = item.map(|made| {
        body["resourceId"] = Value::String(made.wire_id);
        made.url
    });
    let status = match report.status {
        JobStatus::NotStarted | JobStatus::InProgress => StatusCode::ACCEPTED,
        JobStatus::Completed => done,
        JobStatus::Failed => StatusCode::OK,
    };
    let reply = Reply::json(status, body);
    match made {
        Some(url) if status == StatusCode::SEE_OTHER => reply.with(header::LOCATION, url),
        _ => reply,
    }
}
