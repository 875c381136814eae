//! Advances the clock, changes between states and shows the journal through the admin API.

use axum::http::StatusCode;
use drivesim::Sim;
use drivesim::item::Timestamp;
use serde::Deserialize;

use crate::admin::error::AdminError;
use crate::admin::error_code::AdminCode;
use crate::admin::read;
use crate::http::listing::{ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Quoted;
use crate::json::ordered::{Map, json};
use crate::limits::budget::BudgetPart;
use crate::limits::downloads::Downloads;
use crate::state::app::App;

/// The maximal number of bytes of a snapshot's name.
const MAX_NAME: usize = 255;
/// The maximal number of snapshot names in the error about a missing one.
const MOST_NAMES: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: String,
}

/// Responds with the memory that the server holds.
///
/// It locks no drive, so that it never waits for one.
pub(super) fn health(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    app.count_ended_jobs();
    let usage = |(held, most): (usize, usize)| json!({ "bytes": held, "limit": most });
    let mut held = Map::new();
    held.insert("total".to_owned(), usage(app.budget.usage()));
    for part in BudgetPart::ALL {
        held.insert(part.name().to_owned(), usage(app.budget.usage_of(part)));
    }
    // Separate from the total: drives and running jobs have their own limits.
    let (log, most) = (app.sim.change_log_bytes(), app.sim.bounds().max_change_log);
    held.insert("changeLog".to_owned(), json!({ "bytes": log, "limit": most }));
    let (running, most) = app.sim.running_job_bytes();
    held.insert("runningJobs".to_owned(), json!({ "bytes": running, "limit": most }));
    let (sent, most) = (app.downloads.n_bytes(), Downloads::max_bytes(&app.sim));
    held.insert("downloads".to_owned(), json!({ "bytes": sent, "limit": most }));
    let mut health = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "held": held });
    let warnings = app.warnings.all();
    if !warnings.is_empty() {
        health["warnings"] = json!(warnings);
    }
    Ok(ApiResponse::json(StatusCode::OK, health))
}

/// Restores the state at the start.
pub(super) fn reset(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    app.reset();
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Responds with the time.
pub(super) fn clock(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    Ok(time(&app.sim))
}

/// Advances the clock and responds with the new time.
pub(super) fn advance(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    let Advance { advance } = read::json(request, "{\"advance\":\"5s\"}")?;
    let span = read::span(&advance)?;
    // The clock would silently stop at the end of time.
    if app.sim.has_manual_clock() && app.sim.now().checked_add(span).is_err() {
        let message = format!("{} exceeds the latest time, {}.", Quoted(&advance), Timestamp::MAX);
        return Err(AdminError::new(AdminCode::BadDuration, message));
    }
    app.sim.advance(span)?;
    Ok(time(&app.sim))
}

/// Advances the clock until nothing is due any more and responds with the new time.
pub(super) fn run_until_idle(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    app.sim.run_until_idle();
    Ok(time(&app.sim))
}

fn time(sim: &Sim) -> ApiResponse {
    let kind = if sim.has_manual_clock() { "manual" } else { "system" };
    let time = json!({
        "clock": kind,
        "now": sim.now().to_string(),
        "elapsedSeconds": sim.elapsed().as_secs_f64(),
    });
    ApiResponse::json(StatusCode::OK, time)
}

/// Keeps the state under a name: 201, or 200 if it replaces an older one.
pub(super) fn snapshot(app: &App, request: &ApiRequest, name: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    if name.len() > MAX_NAME {
        let message =
            format!("The name of a snapshot may have at most {MAX_NAME} bytes, this one has {}.", name.len());
        return Err(AdminError::bad_request(message));
    }
    let most = app.options.limits.max_snapshots;
    let mut snapshots = app.snapshots.lock();
    if snapshots.get(name).is_none() && snapshots.len() >= most {
        let message = format!(
            "There are {most} snapshots, no more are kept; one can be overwritten, a reset removes all."
        );
        return Err(AdminError::new(AdminCode::TooManySnapshots, message));
    }
    let older = snapshots.insert(name, app.sim.snapshot());
    drop(snapshots);
    app.snapshots.count_bytes(&app.sim);
    let status = if older.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok(ApiResponse::json(status, json!({ "name": name })))
}

/// Restores the state with a name: 204. The journal continues.
pub(super) fn restore(app: &App, request: &ApiRequest, name: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    let snapshots = app.snapshots.lock();
    let Some(snapshot) = snapshots.get(name) else {
        if snapshots.is_dropped(name) {
            let (_, most) = app.budget.usage_of(BudgetPart::Snapshots);
            let message = format!(
                "The snapshot {} was dropped, as the oldest: what snapshots hold of drives that have changed since is \
                 more than {most} bytes, or more than all that the server keeps has room for. See max_snapshot_bytes and \
                 max_memory.",
                Quoted(name)
            );
            return Err(AdminError::new(AdminCode::DroppedSnapshot, message));
        }
        let available = if snapshots.len() == 0 { "none".to_owned() } else { names(snapshots.names()) };
        let message = format!("There is no snapshot {}; there are: {available}.", Quoted(name));
        return Err(AdminError::new(AdminCode::NoSnapshot, message));
    };
    app.sim.restore(snapshot);
    // The target files of uploads may be gone or different.
    app.forget_uploads();
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Returns a list of the first names.
fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let mut names = names.map(|name| Quoted(name).to_string());
    let first = names.by_ref().take(MOST_NAMES).collect::<Vec<String>>().join(", ");
    match names.count() {
        0 => first,
        n_more => format!("{first} and {n_more} more"),
    }
}

/// Responds with the journal.
pub(super) fn requests(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    let page = read::page(request)?;
    let mut list = ListWriter::new(request.response_budget(), 0, 0, 0)?;
    list.begin(&NoMembers {}, "requests");
    let (more, last) = app.journal.show(&mut list, page.since, page.limit)?;
    Ok(ApiResponse::written(StatusCode::OK, list.end(&json!({ "more": more, "lastNumber": last }))))
}
