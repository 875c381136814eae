//! Rejects tokens at signed URLs, which carry their own permission.

use axum::http::{StatusCode, header};
use drivesim::drive::DriveRef;
use drivesim::job::JobId;
use uuid::Uuid;

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::fragments;
use crate::graph::options::{GraphOptions, TokenAtUrl};
use crate::graph::route::Resource;
use crate::http::request::ApiRequest;
use crate::state::app::App;
use crate::state::download_ticket as ticket;
use crate::state::uploads::UploadKey;

/// Returns what a drive does with a token at a URL.
type TokenRule = fn(&GraphOptions) -> TokenAtUrl;

/// Rejects a request with an `Authorization` header at the URL of an upload, a download or a monitor, on drives that do
/// so: 401 `unauthenticated` (data-transfer-project pull request 1416, onedrive-uploader issue 39, onedrive-api-docs
/// issue 1901; the page on createUploadSession warns of it).
///
/// ASSUMED: The URL of an upload, a download or a monitor rejects an `Authorization` header of any scheme: only bearer
/// tokens were seen (no option: rare).
pub(crate) fn check(app: &App, request: &ApiRequest, resource: &Resource) -> Result<(), GraphError> {
    if !request.headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let Some((drive, rule)) = drive_of(app, resource) else { return Ok(()) };
    let Ok(profile) = app.sim.profile_of(&drive) else { return Ok(()) };
    let wire = GraphOptions::of(&profile).map_err(|fault| GraphError::wrong_option(drive.name(), &fault))?;
    if rule(&wire) == TokenAtUrl::Ignored {
        return Ok(());
    }
    let error = GraphError::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, "Unauthenticated");
    Err(error.with_header(header::WWW_AUTHENTICATE, "Bearer"))
}

/// Finds the drive of a signed URL.
///
/// ASSUMED: Whether a monitor rejects tokens depends on the drive of the source of the copy (option
/// `wire.token_at_monitor`).
fn drive_of(app: &App, resource: &Resource) -> Option<(DriveRef, TokenRule)> {
    match resource {
        Resource::Upload(id) => {
            let key = UploadKey { id: Uuid::parse_str(id).ok()?, drive: None };
            let drive = fragments::read(app, key, |_, upload| upload.drive.drive_ref.clone()).ok()?;
            Some((drive, |wire| wire.token_at_upload))
        }
        Resource::Download(text) => {
            let drive = app.sim.drive_by_id(ticket::read(text)?.drive).ok()?;
            Some((drive, |wire| wire.token_at_download))
        }
        Resource::Monitor(id) => {
            let job = app.sim.job(JobId::from_uuid(Uuid::parse_str(id).ok()?))?;
            let drive = app.sim.drive_by_id(job.source_drive().id()).ok()?;
            Some((drive, |wire| wire.token_at_monitor))
        }
        Resource::Drives(_) | Resource::Drive | Resource::Item(_) => None,
    }
}
