//! Checks whether an upload to Box would succeed.

use axum::http::StatusCode;
use drivesim::Item;

use crate::box_api::change_error::upload_error;
use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::upload_parts::PART_SIZE;
use crate::limits::budget;
use crate::state::app::App;
use crate::state::uploads;

/// The least size of a file in a chunked upload.
///
/// ASSUMED: The 20 MB of the guide to chunked uploads are 20,000,000 bytes (no option: no other reading is known).
pub(crate) const MIN_SIZE: u64 = 20_000_000;

/// Fails if a file could not be created.
pub(crate) fn check_new(
    context: &RequestContext<'_>,
    folder: &Item,
    name: &str,
    size: u64,
) -> Result<(), BoxError> {
    let checked = context.sim_as_caller().check_upload(context.drive.at(folder.id), name, size);
    checked.map_err(|error| upload_error(context, folder.id, error))
}

/// Fails if a new version could not be added.
pub(crate) fn check_version(
    context: &RequestContext<'_>,
    file: &Item,
    name: Option<&str>,
    size: u64,
) -> Result<(), BoxError> {
    let checked = context.sim_as_caller().check_upload_version(context.drive.at(file.id), name, size);
    checked.map_err(|error| upload_error(context, file.parent.unwrap_or(file.id), error))
}

/// Fails if a file of this size can be uploaded neither at once nor in parts.
pub(crate) fn check_size(context: &RequestContext<'_>, size: u64) -> Result<(), BoxError> {
    let max = context.app.options.limits.max_upload as u64;
    let is_accepted = size <= max || is_accepted_in_parts(context.app, size);
    if is_accepted { Ok(()) } else { Err(too_large()) }
}

/// Returns whether the limits allow a chunked upload of a file: the limit for all sessions together, and the limit for
/// one part.
pub(crate) fn is_accepted_in_parts(app: &App, size: u64) -> bool {
    let max = app.budget.usage_of(budget::BudgetPart::Uploads).1 as u64;
    size >= MIN_SIZE
        && uploads::min_memory(size, PART_SIZE) <= max
        && PART_SIZE <= app.options.limits.max_upload as u64
}

/// 403 `file_size_limit_exceeded`.
///
/// ASSUMED: A file that is larger than the limit for the upload sessions of all services together, or whose parts are larger
/// than a request may be, fails with `file_size_limit_exceeded` (no option: limit of drivesim).
pub(crate) fn too_large() -> BoxError {
    let message = "File size exceeds the folder owner\u{2019}s file size limit";
    BoxError::new(StatusCode::FORBIDDEN, BoxErrorCode::FileSizeLimitExceeded, message)
}
