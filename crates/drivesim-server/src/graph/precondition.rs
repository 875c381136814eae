//! Checks the preconditions in the headers of a request.

use axum::http::{HeaderName, header};
use drivesim::Item;
use drivesim::address::Address;

use crate::graph::context::DriveContext;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::tags;
use crate::http::request::ApiRequest;
use crate::json::excerpt::Quoted;

/// Returns a header that lists tags, if present; fails with 400 if it is malformed.
pub(crate) fn tags_in(request: &ApiRequest, name: HeaderName) -> Result<Option<String>, GraphError> {
    let malformed = |error: GraphError| error.with_inner_code(ErrorCode::MalformedEntityTag);
    let Some(header) = request.strict_header(name.clone()).map_err(|error| malformed(error.into()))? else {
        return Ok(None);
    };
    // Personal tags are sent without quotes as often as with them.
    if header.matches('"').count() % 2 != 0 {
        return Err(malformed(GraphError::invalid(format!(
            "The header {name} is not a list of tags: {}.",
            Quoted(&header)
        ))));
    }
    Ok(Some(header))
}

/// Returns whether the client has the current state of an item.
pub(crate) fn is_not_modified(context: DriveContext<'_>, item: &Item) -> Result<bool, GraphError> {
    let DriveContext { request, drive, .. } = context;
    let header = tags_in(request, header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| tags::matches(&header, drive.ids(), drive.tag_rules(), item)))
}

/// Sets the status of the drive for a failed precondition of a change or a deletion.
pub(crate) fn with_change_status(drive: &ResolvedDrive, error: GraphError) -> GraphError {
    error.with_precondition_status(drive.wire.precondition_status)
}

/// Returns the address of an item for a change. Fails if the item does not match `If-Match` now; the change fails if
/// the item does not match any more by then.
pub(crate) fn address_if_match(context: DriveContext<'_>, item: &Item) -> Result<Address, GraphError> {
    let DriveContext { request, drive, .. } = context;
    let address = drive.at(item.id);
    let Some(header) = tags_in(request, header::IF_MATCH)? else { return Ok(address) };
    // `*` only requires that the item exists; some items have no tag.
    if header.trim() == "*" {
        return Ok(address);
    }
    match tags::matching_precondition(&header, drive.ids(), drive.tag_rules(), item) {
        Some(precondition) => Ok(address.if_match(precondition)),
        None => Err(GraphError::modified()),
    }
}
