//! Refuses tokens at URLs that carry their own permission.

use axum::http::{StatusCode, header};
use drivesim::{DriveRef, JobId, MicrosoftWire};
use uuid::Uuid;

use crate::app::App;
use crate::call::Call;
use crate::download_ticket as ticket;
use crate::graph::refusal::Refusal;
use crate::graph::route::Goal;

/// Returns whether a drive refuses a token at a URL.
type Refuses = fn(&MicrosoftWire) -> bool;

/// Refuses a request with an `Authorization` header at the URL of an upload, a download or a monitor, where the drive
/// does so: 401 `unauthenticated` (data-transfer-project pull request 1416, onedrive-uploader issue 39,
/// onedrive-api-docs issue 1901; the page on createUploadSession warns of it). That the
/// URL of an upload, a download or a monitor refuses an `Authorization` header whatever scheme it names is *assumed*:
/// only bearer tokens were seen (no option: rare).
pub(crate) fn check(app: &App, call: &Call, goal: &Goal) -> Result<(), Refusal> {
    if !call.headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let Some((drive, refuses)) = drive_of(app, goal) else { return Ok(()) };
    let is_refused = app.sim.profile_of(&drive).is_ok_and(|profile| refuses(&profile.microsoft_wire));
    if !is_refused {
        return Ok(());
    }
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Unauthenticated");
    Err(refusal.with(header::WWW_AUTHENTICATE, "Bearer"))
}

/// Finds the drive that a URL was handed out for. The drive of a monitor is that of the source of the copy, which is
/// *assumed* (option `token_at_monitor`).
fn drive_of(app: &App, goal: &Goal) -> Option<(DriveRef, Refuses)> {
    match goal {
        Goal::Upload(id) => {
            let id = Uuid::parse_str(id).ok()?;
            let drive = app.sessions.look(id, app.sim.now(), |session| session.found.drive.clone()).ok()?;
            Some((drive, |wire| wire.refuses_token_at_upload))
        }
        Goal::Download(given) => {
            let (drive, ..) = ticket::read(app, given)?;
            Some((drive, |wire| wire.refuses_token_at_download))
        }
        Goal::Monitor(id) => {
            let job = app.sim.job(JobId::from_uuid(Uuid::parse_str(id).ok()?))?;
            let drive = app.sim.drive_of(job.source_drive()).ok()?;
            Some((drive, |wire| wire.refuses_token_at_monitor))
        }
        Goal::Drives(_) | Goal::Drive | Goal::Item(_) => None,
    }
}
