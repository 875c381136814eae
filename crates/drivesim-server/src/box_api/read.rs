//! Handles requests for one file or folder of Box.

use axum::http::StatusCode;

use crate::box_api::context::RequestContext;
use crate::box_api::entry_page::{EntryPage, MAX_INLINE_ENTRIES};
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::precondition::is_not_modified;
use crate::box_api::{existing_item, headers};
use crate::http::response::ApiResponse;

/// Answers with a file, also with one in the trash on drives that show them.
pub(crate) fn file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (app, request, place, id) = (context.app, context.request, context.drive, context.id());
    let shower = context.renderer();
    let fields = Fields::read(request, Fields::Standard)?;
    let found = place.file(app, id);
    if found.is_err() && place.wire.shows_trashed_files {
        let binned = app.sim.bin_item(place.at(place.file_id(id)?));
        if let Some(binned) = binned.ok().filter(|binned| !binned.item.is_folder()) {
            headers::check_rep_hints(request, binned.item.members.get("representations").is_some())?;
            return Ok(ApiResponse::json(StatusCode::OK, shower.binned(&binned, &fields)));
        }
    }
    let file = found?;
    headers::check_rep_hints(request, file.members.get("representations").is_some())?;
    if is_not_modified(request, &file)? {
        return Ok(ApiResponse::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(ApiResponse::json(StatusCode::OK, shower.item(&file, &fields)))
}

/// Answers with a folder and a page of its entries, by default the first hundred.
pub(crate) fn folder(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    let part = EntryPage::read(context.request)?;
    let folder = existing_item::folder(context)?;
    if folder.child_count > MAX_INLINE_ENTRIES && context.request.exceed_inline_budget() {
        return Ok(ApiResponse::empty(StatusCode::OK));
    }
    if is_not_modified(context.request, &folder)? {
        return Ok(ApiResponse::empty(StatusCode::NOT_MODIFIED));
    }
    part.check(context.drive, &folder)?;
    Ok(ApiResponse::json(StatusCode::OK, context.renderer().item(&folder, &fields).with_page(part)))
}
