//! Answers with one item.

use axum::http::{Method, StatusCode, header};
use drivesim::Item;

use crate::app::App;
use crate::call::Call;
use crate::excerpt;
use crate::graph::drive::Found;
use crate::graph::drive_item::Shower;
use crate::graph::expand::Expand;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{children, drive, item, precondition, query, tags};
use crate::reply::Reply;

/// Returns whether there is an item of a name.
pub(crate) fn is_there(app: &App, route: &Route, name: &ItemName) -> bool {
    drive::find(app, route).and_then(|found| item::find(app, &found, name)).is_ok()
}

/// Answers with an item.
pub(crate) fn item(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    query::check(call, &["select", "expand"])?;
    let found = drive::find(app, route)?;
    let looked_at = item::find(app, &found, name)?;
    let etag = tags::etag(found.ids(), found.tag_rules(), &looked_at);
    let reply = match precondition::is_known(call, &found, &looked_at)? {
        true => Reply::empty(StatusCode::NOT_MODIFIED),
        false => reply(StatusCode::OK, (app, call, &found), &looked_at)?,
    };
    Ok(match etag {
        Some(etag) => reply.with(header::ETAG, etag.to_string()),
        None => reply,
    })
}

/// Takes room for an answer with an item, before it is changed: its description may be long, and so may what was sent.
pub(crate) fn reserve(call: &Call, item: Option<&Item>, n_sent: usize) -> Result<(), Refusal> {
    let described = item.and_then(|item| item.description.as_deref()).map_or(0, excerpt::n_bytes_in_json);
    Ok(call.answer_room().reserve(described + n_sent)?)
}

/// Answers with an item as the query wants it.
pub(crate) fn reply(
    status: StatusCode,
    (app, call, found): (&App, &Call, &Found),
    looked_at: &Item,
) -> Result<Reply, Refusal> {
    let expand = Expand::read(app, call, found)?;
    let shower = Shower::of(app, call, found, looked_at)?;
    let shown = shower.show(looked_at, call.query("$select"));
    let shown = shown.with_context(found.context(call, "/items/$entity"));
    if !expand.is_wanted() {
        return Ok(Reply::json(status, shown));
    }
    let n_bytes = expand.n_bytes(looked_at).min(app.options.limits.max_answer) + children::CHILD;
    // For a change it was taken before.
    let mut share = call.answer_room().take();
    let is_read = call.method == Method::GET;
    if is_read {
        share.grow(n_bytes)?;
    }
    let end = if is_read { app.options.limits.max_answer } else { share.n_bytes() };
    let mut json = Vec::with_capacity(n_bytes.min(end));
    expand.write((app, call, found), (looked_at, &shown), &mut json, end)?;
    if json.capacity() > share.n_bytes() {
        json.shrink_to_fit();
    }
    // Most often it is less. What goes beyond are the item and its first child.
    if share.resize(json.capacity()).is_err() {
        share.grow_anyway(json.capacity() - share.n_bytes());
    }
    Ok(Reply::written(status, (json, share)))
}
