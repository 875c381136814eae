//! Handles requests for one item.

use axum::http::{StatusCode, header};

use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::route::Route;
use crate::graph::{drive, item, item_response, precondition, query, tags};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;

/// Returns whether an item exists.
pub(crate) fn exists(app: &App, route: &Route, name: &ItemLocator) -> bool {
    drive::find(app, route).and_then(|found| item::find(app, &found, name)).is_ok()
}

/// Answers with an item.
pub(crate) fn item(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    query::check(request, &["select", "expand"])?;
    let found = drive::find(app, route)?;
    let item = item::find(app, &found, name)?;
    let etag = tags::etag(found.ids(), found.tag_rules(), &item);
    let reply = match precondition::is_not_modified(request, &found, &item)? {
        true => ApiResponse::empty(StatusCode::NOT_MODIFIED),
        false => item_response::render(StatusCode::OK, (app, request, &found), &item)?,
    };
    Ok(match etag {
        Some(etag) => reply.with_header(header::ETAG, etag.to_string()),
        None => reply,
    })
}
