//! Handles requests for one item.

use axum::http::{StatusCode, header};

use crate::graph::context::GraphContext;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::{item, item_response, precondition, tags};
use crate::http::response::ApiResponse;

/// Returns whether an item exists.
pub(crate) fn exists(context: GraphContext<'_>, locator: &ItemLocator) -> bool {
    context.find_drive().and_then(|drive| item::find(context.app, &drive, locator)).is_ok()
}

/// Responds with an item.
pub(crate) fn item(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let item = context.find_item(locator)?;
    let etag = tags::etag(drive.ids(), drive.tag_rules(), &item);
    let response = match precondition::is_not_modified(context, &item)? {
        true => ApiResponse::empty(StatusCode::NOT_MODIFIED),
        false => item_response::render(context, StatusCode::OK, &item)?,
    };
    Ok(match etag {
        Some(etag) => response.with_header(header::ETAG, etag.to_string()),
        None => response,
    })
}
