//! Responds with one item, also to changes.

use axum::http::StatusCode;
use drivesim::Item;

use crate::graph::child_page;
use crate::graph::context::DriveContext;
use crate::graph::drive_item::ItemRenderer;
use crate::graph::error::GraphError;
use crate::graph::expand::Expand;
use crate::graph::operation::GraphResult;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt;

/// Reserves memory for a response with an item, before it is changed: its description and the body of the request may
/// be long.
pub(crate) fn reserve(request: &ApiRequest, item: Option<&Item>, n_sent: usize) -> Result<(), GraphError> {
    let description = item.and_then(|item| item.description.as_deref());
    let n_description = description.map_or(0, excerpt::n_bytes_in_json);
    Ok(request.response_budget().reserve(n_description + n_sent)?)
}

/// Responds with an item, rendered with `$select` and `$expand` of the query.
pub(crate) fn render(context: DriveContext<'_>, status: StatusCode, item: &Item) -> GraphResult {
    let DriveContext { app, request, drive } = context;
    let expand = Expand::read(context)?;
    let renderer = ItemRenderer::for_item(context, item)?;
    let view = renderer.render(item, request.query("$select"));
    let view = view.with_context(drive.context(request, "/items/$entity"));
    if !expand.adds_members() {
        return Ok(ApiResponse::json(status, view));
    }
    let n_bytes = expand.added_bytes(item).min(app.options.limits.max_answer) + child_page::CHILD_BYTES;
    // For a change it was reserved before.
    let mut permit = request.response_budget().take();
    if context.is_read() {
        permit.grow(n_bytes)?;
    }
    let end = if context.is_read() { app.options.limits.max_answer } else { permit.n_bytes() };
    let mut json = Vec::with_capacity(n_bytes.min(end));
    expand.write(context, item, &view, &mut json, end)?;
    if json.capacity() > permit.n_bytes() {
        json.shrink_to_fit();
    }
    // The response is usually smaller than the estimate. Only the item and its first child can exceed it.
    if permit.resize(json.capacity()).is_err() {
        permit.grow_anyway(json.capacity() - permit.n_bytes());
    }
    Ok(ApiResponse::written(status, (json, permit)))
}
