//! Checks the preconditions in the headers of a request.

use axum::http::{HeaderName, header};
use drivesim::Item;
use drivesim::address::Address;

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::tags;
use crate::http::request::ApiRequest;
use crate::json::excerpt::Quoted;

/// Returns a header that lists tags, if present; fails with 400 if it is malformed.
pub(crate) fn tags_in(request: &ApiRequest, name: HeaderName) -> Result<Option<String>, GraphError> {
    let malformed = |error: GraphError| error.with_inner_code(ErrorCode::MalformedEntityTag);
    let Some(header) = request.strict_header(name.clone()).map_err(|bad| malformed(bad.into()))? else {
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
pub(crate) fn is_not_modified(
    request: &ApiRequest,
    found: &ResolvedDrive,
    item: &Item,
) -> Result<bool, GraphError> {
    let header = tags_in(request, header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| tags::matches(&header, found.ids(), found.tag_rules(), item)))
}

/// Sets the status of the drive for a failed precondition of a change or a deletion.
pub(crate) fn with_change_status(found: &ResolvedDrive, error: GraphError) -> GraphError {
    error.with_precondition_status(found.wire.precondition_status)
}

/// Returns the address of an item for a change. Fails if the item does not match `If-Match` now; the change fails if
/// the item does not match any more by then.
pub(crate) fn address_if_match(
    request: &ApiRequest,
    found: &ResolvedDrive,
    item: &Item,
) -> Result<Address, GraphError> {
    let address = found.drive.at(item.id);
    let Some(header) = tags_in(request, header::IF_MATCH)? else { return Ok(address) };
    // `*` only requires that the item exists; some items have no tag.
    if header.trim() == "*" {
        return Ok(address);
    }
    match tags::matching_precondition(&header, found.ids(), found.tag_rules(), item) {
        Some(expected) => Ok(address.if_match(expected)),
        None => Err(GraphError::modified()),
    }
}
