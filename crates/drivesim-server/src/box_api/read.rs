//! The only place that answers with one file or folder of Box.

use axum::http::{StatusCode, header};
use drivesim::Item;

use crate::box_api::fields::Fields;
use crate::box_api::items::{FEW, Part};
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, folders, headers};
use crate::call::Call;
use crate::reply::Reply;

/// Answers with a file; one in the trash is still shown, unless the drive wants otherwise.
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, call, place, id) = (asked.app, asked.call, asked.place, asked.id());
    let shower = asked.shower();
    let fields = Fields::read(call, Fields::Standard)?;
    let found = place.file(app, id);
    if found.is_err() && place.wire.shows_trashed_files {
        let binned = app.sim.bin_item(place.at(place.file_id(id)?));
        if let Some(binned) = binned.ok().filter(|binned| !binned.item.is_folder()) {
            headers::check_hints(call, binned.item.members.get("representations").is_some())?;
            return Ok(Reply::json(StatusCode::OK, shower.binned(&binned, &fields)));
        }
    }
    let file = found?;
    headers::check_hints(call, file.members.get("representations").is_some())?;
    if is_known(call, &file)? {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(Reply::json(StatusCode::OK, shower.item(&file, &fields)))
}

/// Answers with a folder and a part of what is in it, the first hundred entries unless others are asked for.
pub(crate) fn folder(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let part = Part::read(asked.call)?;
    let folder = folders::existing(asked)?;
    if folder.child_count > FEW && asked.call.gives_up() {
        return Ok(Reply::empty(StatusCode::OK));
    }
    if is_known(asked.call, &folder)? {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED));
    }
    part.check(asked, &folder)?;
    Ok(Reply::json(StatusCode::OK, asked.shower().item(&folder, &fields).with(part)))
}

/// Returns whether the client has an item as it is (guide to consistency).
pub(crate) fn is_known(call: &Call, item: &Item) -> Result<bool, Refusal> {
    let header = call.decisive(header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| header.trim() == "*" || names(&header, item)))
}

/// Returns whether a header of tags names the one that an item has; the root has none.
pub(crate) fn names(header: &str, item: &Item) -> bool {
    let etag = item.etag.to_string();
    item.parent.is_some()
        && header.split(',').any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == etag)
}
