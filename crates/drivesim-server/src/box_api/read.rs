//! Handles requests for one file or folder of Box.

use axum::http::{StatusCode, header};
use drivesim::Item;

use crate::box_api::fields::Fields;
use crate::box_api::items::{FEW, Part};
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, folders, headers};
use crate::call::Call;
use crate::reply::Reply;

/// Answers with a file, also with one in the trash on drives that show them.
pub(crate) fn file(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, request, place, id) = (context.app, context.call, context.place, context.id());
    let shower = context.shower();
    let fields = Fields::read(request, Fields::Standard)?;
    let found = place.file(app, id);
    if found.is_err() && place.wire.shows_trashed_files {
        let binned = app.sim.bin_item(place.at(place.file_id(id)?));
        if let Some(binned) = binned.ok().filter(|binned| !binned.item.is_folder()) {
            headers::check_hints(request, binned.item.members.get("representations").is_some())?;
            return Ok(Reply::json(StatusCode::OK, shower.binned(&binned, &fields)));
        }
    }
    let file = found?;
    headers::check_hints(request, file.members.get("representations").is_some())?;
    if is_known(request, &file)? {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(Reply::json(StatusCode::OK, shower.item(&file, &fields)))
}

/// Answers with a folder and a page of its entries, by default the first hundred.
pub(crate) fn folder(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(context.call, Fields::Standard)?;
    let part = Part::read(context.call)?;
    let folder = folders::existing(context)?;
    if folder.child_count > FEW && context.call.gives_up() {
        return Ok(Reply::empty(StatusCode::OK));
    }
    if is_known(context.call, &folder)? {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED));
    }
    part.check(context, &folder)?;
    Ok(Reply::json(StatusCode::OK, context.shower().item(&folder, &fields).with(part)))
}

/// Returns whether the client has the current state of an item (guide to consistency).
pub(crate) fn is_known(request: &Call, item: &Item) -> Result<bool, Refusal> {
    let header = request.decisive(header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| header.trim() == "*" || names(&header, item)))
}

/// Returns whether a list of tags contains that of an item; the root has no tag.
pub(crate) fn names(header: &str, item: &Item) -> bool {
    let etag = item.etag.to_string();
    item.parent.is_some()
        && header.split(',').any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == etag)
}
