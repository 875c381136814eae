//! The only place that hands out what files hold: at a URL that needs no token, and where `/content` points there.
//!
//! The URL names drive, item and version by arithmetic, with a check that only this drive's ids give. The version is 0
//! for whatever the file holds when it is asked for. That the URL of a download stays good while the item lives
//! *differs* from the services, where it runs out within the hour.

use axum::http::{Method, StatusCode, header};
use data_encoding::BASE32_NOPAD;
use drivesim::{DriveId, DriveRef, ItemId};
use uuid::Uuid;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive;
use crate::graph::ranges::{self, Asked};
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, ItemName, Route};
use crate::graph::{item, precondition, tags};
use crate::reply::Reply;

/// Returns what the member with the URL is called (resource page on driveItem; concept page on the differences of the
/// direct endpoints).
pub(crate) fn key(dialect: Dialect) -> &'static str {
    if dialect.is_direct() { "@content.downloadUrl" } else { "@microsoft.graph.downloadUrl" }
}

/// Returns the URL of what a file holds.
pub(crate) fn url(call: &Call, drive: &DriveRef, file: ItemId) -> String {
    format!("{}/_download/{}", call.base, ticket(drive, file, 0))
}

/// Points to what a file holds: 302, or 304 where the client has it already (driveItem: get content).
pub(crate) fn redirect(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route)?;
    let file = item::find(app, &found, name)?;
    if file.is_folder() {
        // That the content of a folder is 400 is *assumed*: the pages only say that files have content.
        return Err(Refusal::invalid("A folder has no content to download."));
    }
    if precondition::is_known(call, &found, &file)? {
        let reply = Reply::empty(StatusCode::NOT_MODIFIED);
        let etag = tags::etag(&found.drive, found.flavour, &file);
        return Ok(etag.into_iter().fold(reply, |reply, etag| reply.with(header::ETAG, etag)));
    }
    Ok(Reply::empty(StatusCode::FOUND).with(header::LOCATION, url(call, &found.drive, file.id)))
}

/// Answers with what a file holds, or with a range of it.
pub(crate) fn answer(app: &App, call: &Call, ticket: &str) -> Result<Reply, Refusal> {
    let (drive, id, version) = read_ticket(app, ticket).ok_or_else(Refusal::not_found)?;
    let found = drive::seen(app, drive, Dialect::Graph).ok_or_else(Refusal::not_found)?;
    let file = app.sim.item(found.drive.at(id))?;
    let content = match version {
        0 => app.sim.content(found.drive.at(id))?,
        past => app.sim.version_content(found.drive.at(id), past)?,
    };
    let etag = tags::etag(&found.drive, found.flavour, &file).filter(|_| version == 0);
    let tagged = |reply: Reply| match &etag {
        Some(etag) => reply.with(header::ETAG, etag),
        None => reply,
    };
    if etag.is_some() && precondition::is_known(call, &found, &file)? {
        return Ok(tagged(Reply::empty(StatusCode::NOT_MODIFIED)));
    }
    let size = content.size();
    // RFC 9110, 13.1.5: whoever has part of something else gets all of this.
    let goes_on = call.header("if-range").is_none_or(|tag| etag.as_deref() == Some(tag.trim()));
    let asked = call.decisive(header::RANGE)?.filter(|_| goes_on);
    let (status, range) = match ranges::asked(asked.as_deref(), size) {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Beyond => {
            let refusal =
                Refusal::invalid_range(format!("The file has {size} bytes, none of them is in the range."));
            return Err(refusal.with(header::CONTENT_RANGE, format!("bytes */{size}")));
        }
    };
    let n_bytes = (range.end - range.start).to_string();
    let said = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
    let is_head = call.method == Method::HEAD;
    let kind = item::mime_type(&file.name);
    let reply = match is_head {
        true => Reply::empty(status).with(header::CONTENT_TYPE, kind),
        false => Reply::content(status, &kind, content, range),
    };
    let reply = tagged(reply).with(header::CONTENT_LENGTH, n_bytes).with(header::ACCEPT_RANGES, "bytes");
    Ok(if status == StatusCode::OK { reply } else { reply.with(header::CONTENT_RANGE, said) })
}

/// Writes drive, item and version, each hidden by the check that ends it.
fn ticket(drive: &DriveRef, file: ItemId, version: u32) -> String {
    let check = check(drive.id(), file, version);
    let mask = check.to_be_bytes();
    let mut bytes = Vec::with_capacity(36);
    bytes.extend(drive.id().as_uuid().into_bytes());
    bytes.extend((file.to_bits() ^ check).to_be_bytes());
    bytes.extend(version.to_be_bytes());
    for (byte, mask) in bytes.iter_mut().zip(mask.iter().cycle()).skip(24) {
        *byte ^= mask;
    }
    bytes.extend(mask);
    BASE32_NOPAD.encode(&bytes)
}

fn read_ticket(app: &App, text: &str) -> Option<(DriveRef, ItemId, u32)> {
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
    let (drive, rest) = bytes.split_first_chunk::<16>()?;
    let (item, rest) = rest.split_first_chunk::<8>()?;
    let (version, rest) = rest.split_first_chunk::<4>()?;
    let given = u64::from_be_bytes(rest.try_into().ok()?);
    let mask = (given >> 32) as u32;
    let (item, version) = (u64::from_be_bytes(*item) ^ given, u32::from_be_bytes(*version) ^ mask);
    let (drive, item) = (DriveId::from_uuid(Uuid::from_bytes(*drive)), ItemId::from_bits(item));
    let is_ours = check(drive, item, version) == given;
    Some((app.sim.drive_of(drive).ok().filter(|_| is_ours)?, item, version))
}

/// Returns what proves that an id was given away here.
fn check(drive: DriveId, file: ItemId, version: u32) -> u64 {
    let name = format!("download {} {version}", file.to_bits());
    Uuid::new_v5(&drive.as_uuid(), name.as_bytes()).as_u64_pair().0
}
