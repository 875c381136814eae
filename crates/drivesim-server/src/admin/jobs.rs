//! Shows jobs through the admin API, and steps held ones.

use std::collections::HashMap;

use axum::http::StatusCode;
use drivesim::Job;
use drivesim::drive::{DriveId, DriveRef};
use drivesim::job::JobId;
use serde::Deserialize;
use uuid::Uuid;

use crate::admin::error::AdminError;
use crate::admin::error_code::AdminCode;
use crate::admin::read;
use crate::http::listing::{ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Quoted;
use crate::json::ordered::{Value, json};
use crate::state::app::App;
use crate::{box_api, graph};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    items: u64,
}

/// The maximum number of jobs in one response.
const MAX_JOBS: usize = 1000;
/// How many bytes the JSON of a job usually has at most.
const JOB_BYTES: usize = 640;

/// Responds with a page of the jobs, oldest first. The page ends early if paths are so long that the response would
/// exceed its limit.
pub(super) fn list(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    let read::PageRequest { since, limit } = read::page(request)?;
    let page = app.sim.jobs_after(since, limit.min(MAX_JOBS));
    let mut list = ListWriter::new(request.response_budget(), page.jobs.len(), JOB_BYTES, 0)?;
    list.begin(&NoMembers {}, "jobs");
    let (names, mut is_cut) = (Names::of(app), false);
    for job in &page.jobs {
        if !list.push(&to_json(app, &names, job))? {
            is_cut = true;
            break;
        }
    }
    let tail = json!({ "more": page.more || is_cut, "lastNumber": page.last_number });
    Ok(ApiResponse::written(StatusCode::OK, list.end(&tail)))
}

/// Responds with one job. This does not count as a poll, so the job does not move.
pub(super) fn show(app: &App, request: &ApiRequest, id: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    Ok(ApiResponse::json(StatusCode::OK, to_json(app, &Names::of(app), &find(app, id)?)))
}

/// Steps a held job by some items and responds with it.
pub(super) fn step(app: &App, request: &ApiRequest, id: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    let Step { items } = read::json(request, "{\"items\":N}")?;
    let job = find(app, id)?;
    job.step(usize::try_from(items).unwrap_or(usize::MAX))?;
    Ok(ApiResponse::json(StatusCode::OK, to_json(app, &Names::of(app), &job)))
}

/// Finds a job by its id or its number.
pub(super) fn find(app: &App, id: &str) -> Result<Job, AdminError> {
    let by_id = || app.sim.job(JobId::from_uuid(Uuid::parse_str(id).ok()?));
    let by_number = || app.sim.job_numbered(id.parse().ok()?);
    let not_found = || {
        let message = format!(
            "There is no job {}: it was never accepted, or it has ended and was dropped.",
            Quoted(id)
        );
        AdminError::new(AdminCode::NoJob, message)
    };
    by_id().or_else(by_number).ok_or_else(not_found)
}

/// The names of all drives, also of those without access: the admin API ignores access levels.
struct Names(HashMap<DriveId, DriveRef>);

impl Names {
    fn of(app: &App) -> Names {
        Names(app.sim.all_drives().into_iter().map(|drive| (drive.id(), drive)).collect())
    }

    fn get(&self, id: DriveId) -> Option<&str> {
        self.0.get(&id).map(DriveRef::name)
    }
}

fn to_json(app: &App, names: &Names, job: &Job) -> Value {
    let report = job.report();
    let (progress, error) = (report.progress, report.error());
    json!({
        "id": job.id().to_string(),
        "number": job.number(),
        "status": report.status.to_string(),
        "percentComplete": report.percent.as_f64(),
        "pace": job.pace().to_string(),
        "acceptedAt": job.accepted_at().to_string(),
        "sourceDrive": names.get(job.source_drive().id()),
        "targetDrive": names.get(job.target_drive().id()),
        "itemsDone": progress.items_done,
        "itemsTotal": progress.items_total,
        "bytesDone": progress.bytes_done,
        "bytesTotal": progress.bytes_total,
        "item": report.item().map(|item| show_item(app, job.target_drive().id(), item)),
        "error": error.map(|error| json!({ "code": error.code(), "message": error.to_string() })),
    })
}

/// Returns the current place of a new item: it may have been moved since, or be deleted.
fn show_item(app: &App, drive: DriveId, item: drivesim::ItemId) -> Value {
    let drive = app.sim.drive_by_id(drive).ok();
    let path = drive.as_ref().and_then(|drive| app.sim.path(drive.at(item)).ok());
    let id = drive
        .as_ref()
        .and_then(|drive| graph::wire_id(app, drive, item).or_else(|| box_api::wire_id(app, drive, item)));
    // Items that clients cannot see have no wire id; neither do deleted items of a Box drive.
    json!({ "id": id, "path": path })
}
