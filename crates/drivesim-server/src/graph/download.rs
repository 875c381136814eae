//! Serves the contents of files at signed URLs, and redirects `/content` to them.
//!
//! DIFFERS(the services): The URL of a download stays valid while the item exists; that of the services expires within
//! an hour.

use axum::http::{StatusCode, header};

use crate::graph::api::Api;
use crate::graph::context::GraphContext;
use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::{download_url, drive, mime_type, precondition, tags};
use crate::http::attachment;
use crate::http::range_response::{self, RangeNotSatisfiable};
use crate::http::response::ApiResponse;
use crate::state::download_ticket::{self, DownloadTicket};

/// Redirects to the content of a file: 302, or 304 if the client already has it (driveItem: get content).
pub(crate) fn redirect(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let file = context.find_item(locator)?;
    if file.is_folder() {
        // ASSUMED: The content of a folder is 400: the pages only say that files have content (option
        // `wire.folder_content_status`).
        let error = GraphError::invalid("A folder has no content to download.");
        return Err(error.with_status(drive.wire.folder_content_status));
    }
    if precondition::is_not_modified(context, &file)? {
        let response = ApiResponse::empty(StatusCode::NOT_MODIFIED);
        return Ok(match tags::etag(drive.ids(), drive.tag_rules(), &file) {
            Some(etag) => response.with_header(header::ETAG, etag.to_string()),
            None => response,
        });
    }
    let url = download_url::of(context.app, context.request, &drive.drive_ref, file.id);
    Ok(ApiResponse::empty(StatusCode::FOUND).with_header(header::LOCATION, url))
}

/// Responds with the content of a file, or with a range of it.
pub(crate) fn serve(context: GraphContext<'_>, ticket: &str) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let DownloadTicket { drive, file: id, version } =
        download_ticket::read(ticket).ok_or_else(GraphError::not_found)?;
    let drive = app.sim.drive_by_id(drive).map_err(|_| GraphError::not_found())?;
    let drive = drive::by_ref(app, &drive, Api::Graph)?.ok_or_else(GraphError::not_found)?;
    let file = app.sim.item(drive.at(id))?;
    let content = match version {
        0 => app.sim.content(drive.at(id))?,
        past => app.sim.version_content(drive.at(id), past)?,
    };
    let etag = tags::etag(drive.ids(), drive.tag_rules(), &file).filter(|_| version == 0);
    let with_etag = |response: ApiResponse| match &etag {
        Some(etag) => response.with_header(header::ETAG, etag.to_string()),
        None => response,
    };
    if etag.is_some() && precondition::is_not_modified(context.in_drive(&drive), &file)? {
        return Ok(with_etag(ApiResponse::empty(StatusCode::NOT_MODIFIED)));
    }
    // RFC 9110, 13.1.5: without a match of `If-Range`, the range is ignored.
    let if_range_holds = request.header("if-range").is_none_or(|tag| etag.as_deref() == Some(tag.trim()));
    let range = request.strict_header(header::RANGE)?.filter(|_| if_range_holds);
    let response = range_response::range_response(content, mime_type::of(&file.name), range.as_deref());
    let response = response.map_err(|RangeNotSatisfiable { size }| {
        let message = format!("The file has {size} bytes, none of them is in the range.");
        GraphError::invalid_range(message).with_header(header::CONTENT_RANGE, format!("bytes */{size}"))
    })?;
    Ok(with_etag(attachment::as_attachment(response, &file.name)))
}
