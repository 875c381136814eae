//! Serves the contents of files of Box at signed URLs, and redirects `/content` to them.
//!
//! DIFFERS(Box): The URL of a download from Box stays valid while the file exists; that of the service expires within a
//! quarter of an hour.

use axum::http::{StatusCode, header};

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::file_lock;
use crate::http::attachment;
use crate::http::range_response::{self, RangeNotSatisfiable};
use crate::http::response::ApiResponse;
use crate::state::download_ticket::{self as ticket, DownloadTicket};

/// The first segment after the version in the path of a download URL.
const DOWNLOAD_SEGMENT: &str = "_download";

/// Redirects to the content of a file, or of one of its versions.
pub(crate) fn redirect(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let file = context.drive.file(context.app, context.id())?;
    file_lock::check_download(context, &file)?;
    let version = match context.request.query("version").filter(|version| !version.is_empty()) {
        None => 0,
        Some(version) => context.drive.existing_version(context.app, &file, version)?,
    };
    let ticket = ticket::write(&context.app.signer, &context.drive.drive_ref, file.id, version);
    let url = format!("{}/2.0/{DOWNLOAD_SEGMENT}/{ticket}", context.request.base);
    Ok(ApiResponse::empty(StatusCode::FOUND).with_header(header::LOCATION, url))
}

/// Responds with the content of a download URL, or with a range of it.
pub(crate) fn serve(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (app, ticket_text) = (context.app, context.id());
    let unknown = || BoxError::not_found("download", ticket_text);
    let DownloadTicket { drive, file: id, version } =
        ticket::read_signed(&app.signer, ticket_text).ok_or_else(unknown)?;
    if drive != context.drive.drive_ref.id() {
        return Err(unknown());
    }
    let file = app.sim.item(context.drive.at(id)).map_err(|_| unknown())?;
    let content = match version {
        0 => app.sim.content(context.drive.at(id))?,
        number => app.sim.version_content(context.drive.at(id), number)?,
    };
    let kind = mime_guess::from_path(&file.name).first_raw().unwrap_or("application/octet-stream");
    let range = context.request.strict_header(header::RANGE)?;
    let response = range_response::range_response(content, kind, range.as_deref());
    let response = response.map_err(|RangeNotSatisfiable { size }| not_satisfiable(size))?;
    Ok(attachment::as_attachment(response, &file.name))
}

/// 416 for a range beyond the end of a file.
///
/// ASSUMED: A range beyond the end of a download from Box fails with the code `invalid_range`: no page on errors names
/// one (no option: no other reading is known).
fn not_satisfiable(size: u64) -> BoxError {
    let message = format!("The file has {size} bytes, none of them is in the range");
    let error = BoxError::new(StatusCode::RANGE_NOT_SATISFIABLE, BoxErrorCode::InvalidRange, message);
    error.with_header(header::CONTENT_RANGE, format!("bytes */{size}"))
}
