//! The only place that hands out what files hold: at a URL that needs no token, and where `/content` points there.
//!
//! That the URL of a download stays good while the item lives *differs* from the services, where it runs out within the
//! hour.

use axum::http::{StatusCode, header};
use drivesim::{DriveRef, ItemId};

use crate::app::App;
use crate::attachment;
use crate::call::Call;
use crate::download_ticket as ticket;
use crate::graph::drive;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, ItemName, Route};
use crate::graph::{item, precondition, tags};
use crate::ranged::{self, Beyond};
use crate::reply::Reply;

/// What stands before the ticket.
const HEAD: &str = "/_download/";

/// Returns the URL of what a file holds.
fn url(app: &App, call: &Call, drive: &DriveRef, file: ItemId) -> String {
    url_of(app, &url_head(call, drive), drive, file)
}

/// Returns what such URLs of the files of a drive begin with.
pub(crate) fn url_head(call: &Call, drive: &DriveRef) -> String {
    let mut head = String::with_capacity(call.base.len() + HEAD.len() + ticket::DRIVE);
    head.push_str(&call.base);
    head.push_str(HEAD);
    ticket::push_drive(&mut head, drive);
    head
}

/// Returns the URL of what a file holds, which begins so.
pub(crate) fn url_of(app: &App, head: &str, drive: &DriveRef, file: ItemId) -> String {
    let mut url = String::with_capacity(head.len() + ticket::FILE + ticket::SIGNATURE);
    url.push_str(head);
    ticket::push_file(&mut url, drive, file, 0);
    ticket::sign(app, &mut url);
    url
}

/// Points to what a file holds: 302, or 304 where the client has it already (driveItem: get content).
pub(crate) fn redirect(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route)?;
    let file = item::find(app, &found, name)?;
    if file.is_folder() {
        // That the content of a folder is 400 is *assumed*: the pages only say that files have content (option
        // `folder_content_status`).
        let refusal = Refusal::invalid("A folder has no content to download.");
        return Err(refusal.told_as(found.wire.folder_content_status));
    }
    if precondition::is_known(call, &found, &file)? {
        let reply = Reply::empty(StatusCode::NOT_MODIFIED);
        let etag = tags::etag(found.ids(), found.tag_rules(), &file);
        return Ok(etag.into_iter().fold(reply, |reply, etag| reply.with(header::ETAG, etag.to_string())));
    }
    Ok(Reply::empty(StatusCode::FOUND).with(header::LOCATION, url(app, call, &found.drive, file.id)))
}

/// Answers with what a file holds, or with a range of it.
pub(crate) fn answer(app: &App, call: &Call, given: &str) -> Result<Reply, Refusal> {
    let (drive, id, version) = ticket::read(app, given).ok_or_else(Refusal::not_found)?;
    let found = drive::seen(app, drive.id(), Dialect::Graph).ok_or_else(Refusal::not_found)?;
    let file = app.sim.item(found.drive.at(id))?;
    let content = match version {
        0 => app.sim.content(found.drive.at(id))?,
        past => app.sim.version_content(found.drive.at(id), past)?,
    };
    let etag = tags::etag(found.ids(), found.tag_rules(), &file).filter(|_| version == 0);
    let tagged = |reply: Reply| match &etag {
        Some(etag) => reply.with(header::ETAG, etag.to_string()),
        None => reply,
    };
    if etag.is_some() && precondition::is_known(call, &found, &file)? {
        return Ok(tagged(Reply::empty(StatusCode::NOT_MODIFIED)));
    }
    // RFC 9110, 13.1.5: whoever has part of something else gets all of this.
    let goes_on = call.header("if-range").is_none_or(|tag| etag.as_deref() == Some(tag.trim()));
    let asked = call.decisive(header::RANGE)?.filter(|_| goes_on);
    let sent = ranged::reply(content, item::mime_type(&file.name), asked.as_deref());
    sent.map(|reply| tagged(attachment::named(reply, &file.name))).map_err(|Beyond { size }| {
        let refusal =
            Refusal::invalid_range(format!("The file has {size} bytes, none of them is in the range."));
        refusal.with(header::CONTENT_RANGE, format!("bytes */{size}"))
    })
}
