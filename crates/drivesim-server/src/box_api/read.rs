//! Handles requests for one file or folder of Box.

use axum::http::StatusCode;

use crate::box_api::context::RequestContext;
use crate::box_api::entry_page::{EntryPage, MAX_INLINE_ENTRIES};
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::options::TrashedFileGet;
use crate::box_api::precondition::is_not_modified;
use crate::box_api::{existing_item, headers};
use crate::http::response::ApiResponse;

/// Responds with a file, also with one in the trash on drives that show them.
pub(crate) fn file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (app, request, drive, id) = (context.app, context.request, context.drive, context.id());
    let renderer = context.renderer();
    let fields = Fields::read(request, Fields::Standard)?;
    let file = drive.file(app, id);
    if file.is_err() && drive.wire.trashed_file_get == TrashedFileGet::Ok {
        let bin_item = app.sim.bin_item(drive.at(drive.file_id(id)?));
        if let Some(bin_item) = bin_item.ok().filter(|bin_item| !bin_item.item.is_folder()) {
            headers::check_rep_hints(request, bin_item.item.members.get("representations").is_some())?;
            return Ok(ApiResponse::json(StatusCode::OK, renderer.bin_item(&bin_item, &fields)));
        }
    }
    let file = file?;
    headers::check_rep_hints(request, file.members.get("representations").is_some())?;
    if is_not_modified(request, &file)? {
        return Ok(ApiResponse::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(ApiResponse::json(StatusCode::OK, renderer.item(&file, &fields)))
}

/// Responds with a folder and a page of its entries, by default the first hundred.
pub(crate) fn folder(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    let page = EntryPage::read(context.request)?;
    let folder = existing_item::folder(context)?;
    context.request.inline_budget().check(folder.child_count <= MAX_INLINE_ENTRIES)?;
    if is_not_modified(context.request, &folder)? {
        return Ok(ApiResponse::empty(StatusCode::NOT_MODIFIED));
    }
    page.check(context.drive, &folder)?;
    Ok(ApiResponse::json(StatusCode::OK, context.renderer().item(&folder, &fields).with_page(page)))
}
