//! Checks the preconditions in the headers of requests to Box.

use axum::http::header;
use drivesim::Item;
use drivesim::address::{Address, Precondition};

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::http::request::ApiRequest;

/// Returns the address of an item with the precondition of `If-Match`. Fails with 412 if it does not hold now (guide to
/// consistency).
pub(crate) fn address_if_match(context: &RequestContext<'_>, item: &Item) -> Result<Address, BoxError> {
    let address = context.drive.at(item.id);
    match context.request.strict_header(header::IF_MATCH)? {
        None => Ok(address),
        Some(header) if header.trim() == "*" => Ok(address),
        Some(header) if matches_etag(&header, item) => Ok(address.if_match(Precondition::ETag(item.etag))),
        Some(_) => Err(BoxError::modified()),
    }
}

/// Returns whether the client has the current state of an item (guide to consistency).
pub(crate) fn is_not_modified(request: &ApiRequest, item: &Item) -> Result<bool, BoxError> {
    let header = request.strict_header(header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| header.trim() == "*" || matches_etag(&header, item)))
}

/// Returns whether a list of tags contains that of an item; the root has no tag.
fn matches_etag(header: &str, item: &Item) -> bool {
    let etag = item.etag.to_string();
    item.parent.is_some()
        && header.split(',').any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == etag)
}
