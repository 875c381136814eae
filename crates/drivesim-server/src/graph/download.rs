//! Serves the contents of files at signed URLs, and redirects `/content` to them.
//!
//! DIFFERS(the services): The URL of a download stays valid while the item exists; that of the services expires within
//! an hour.

use axum::http::{StatusCode, header};

use crate::graph::api::Api;
use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::route::Route;
use crate::graph::{download_url, drive, item, mime_type, precondition, tags};
use crate::http::attachment;
use crate::http::range_response::{self, RangeNotSatisfiable};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;
use crate::state::download_ticket::{self as ticket, DownloadTicket};

/// Redirects to the content of a file: 302, or 304 if the client already has it (driveItem: get content).
pub(crate) fn redirect(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    let found = drive::find(app, route)?;
    let file = item::find(app, &found, name)?;
    if file.is_folder() {
        // ASSUMED: The content of a folder is 400: the pages only say that files have content (option
        // `folder_content_status`).
        let error = GraphError::invalid("A folder has no content to download.");
        return Err(error.with_status(found.wire.folder_content_status));
    }
    if precondition::is_not_modified(request, &found, &file)? {
        let reply = ApiResponse::empty(StatusCode::NOT_MODIFIED);
        let etag = tags::etag(found.ids(), found.tag_rules(), &file);
        return Ok(etag
            .into_iter()
            .fold(reply, |reply, etag| reply.with_header(header::ETAG, etag.to_string())));
    }
    Ok(ApiResponse::empty(StatusCode::FOUND)
        .with_header(header::LOCATION, download_url::of(app, request, &found.drive, file.id)))
}

/// Answers with the content of a file, or with a range of it.
pub(crate) fn serve(app: &App, request: &ApiRequest, text: &str) -> Result<ApiResponse, GraphError> {
    let DownloadTicket { drive, file: id, version } = ticket::read(text).ok_or_else(GraphError::not_found)?;
    let drive = app.sim.drive_by_id(drive).ok();
    let found = drive.and_then(|drive| drive::by_ref(app, &drive, Api::Graph));
    let found = found.ok_or_else(GraphError::not_found)?;
    let file = app.sim.item(found.drive.at(id))?;
    let content = match version {
        0 => app.sim.content(found.drive.at(id))?,
        past => app.sim.version_content(found.drive.at(id), past)?,
    };
    let etag = tags::etag(found.ids(), found.tag_rules(), &file).filter(|_| version == 0);
    let tagged = |reply: ApiResponse| match &etag {
        Some(etag) => reply.with_header(header::ETAG, etag.to_string()),
        None => reply,
    };
    if etag.is_some() && precondition::is_not_modified(request, &found, &file)? {
        return Ok(tagged(ApiResponse::empty(StatusCode::NOT_MODIFIED)));
    }
    // RFC 9110, 13.1.5: without a match of `If-Range`, the range is ignored.
    let if_range_holds = request.header("if-range").is_none_or(|tag| etag.as_deref() == Some(tag.trim()));
    let range = request.strict_header(header::RANGE)?.filter(|_| if_range_holds);
    let reply = range_response::range_response(content, mime_type::of(&file.name), range.as_deref());
    reply.map(|reply| tagged(attachment::as_attachment(reply, &file.name))).map_err(
        |RangeNotSatisfiable { size }| {
            let error = GraphError::invalid_range(format!(
                "The file has {size} bytes, none of them is in the range."
            ));
            error.with_header(header::CONTENT_RANGE, format!("bytes */{size}"))
        },
    )
}
