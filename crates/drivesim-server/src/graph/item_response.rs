//! Responds with one item, also to changes.

use axum::http::{Method, StatusCode};
use drivesim::Item;

use crate::graph::child_page;
use crate::graph::drive_item::ItemRenderer;
use crate::graph::error::GraphError;
use crate::graph::expand::Expand;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt;
use crate::state::app::App;

/// Reserves memory for a response with an item, before it is changed: its description and the body of the request may
/// be long.
pub(crate) fn reserve(request: &ApiRequest, item: Option<&Item>, n_sent: usize) -> Result<(), GraphError> {
    let description = item.and_then(|item| item.description.as_deref());
    let n_description = description.map_or(0, excerpt::n_bytes_in_json);
    Ok(request.response_budget().reserve(n_description + n_sent)?)
}

/// Answers with an item, rendered with `$select` and `$expand` of the query.
pub(crate) fn render(
    status: StatusCode,
    (app, request, found): (&App, &ApiRequest, &ResolvedDrive),
    item: &Item,
) -> Result<ApiResponse, GraphError> {
    let expand = Expand::read(app, request, found)?;
    let shower = ItemRenderer::for_item(app, request, found, item)?;
    let shown = shower.render(item, request.query("$select"));
    let shown = shown.with_context(found.context(request, "/items/$entity"));
    if !expand.adds_members() {
        return Ok(ApiResponse::json(status, shown));
    }
    let n_bytes = expand.added_bytes(item).min(app.options.limits.max_answer) + child_page::CHILD_BYTES;
    // For a change it was reserved before.
    let mut permit = request.response_budget().take();
    let is_read = request.method == Method::GET;
    if is_read {
        permit.grow(n_bytes)?;
    }
    let end = if is_read { app.options.limits.max_answer } else { permit.n_bytes() };
    let mut json = Vec::with_capacity(n_bytes.min(end));
    expand.write((app, request, found), (item, &shown), &mut json, end)?;
    if json.capacity() > permit.n_bytes() {
        json.shrink_to_fit();
    }
    // The response is usually smaller than the estimate. Only the item and its first child can exceed it.
    if permit.resize(json.capacity()).is_err() {
        permit.grow_anyway(json.capacity() - permit.n_bytes());
    }
    Ok(ApiResponse::written(status, (json, permit)))
}
