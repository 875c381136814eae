//! The only place that answers with one item.

use axum::http::{StatusCode, header};
use serde_json::Value;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::expand::Expand;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{drive, item, json, precondition, query, tags};
use crate::reply::Reply;

/// Says whether there is an item of a name.
pub(crate) fn is_there(app: &App, route: &Route, name: &ItemName) -> bool {
    drive::find(app, route).and_then(|found| item::find(app, &found, name)).is_ok()
}

/// What is hashed faster than a request is read.
const LITTLE: u64 = 128 << 10;

/// Says whether an item is shown in next to no time.
pub(crate) fn is_short(app: &App, route: &Route, name: &ItemName) -> bool {
    match drive::find(app, route).and_then(|found| item::find(app, &found, name)) {
        Ok(item) => item.is_folder() || item.size <= LITTLE,
        // A listing may be meant.
        Err(_) => name.of_root().is_none(),
    }
}

/// Answers with an item.
pub(crate) fn item(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    query::check(call, &["select", "expand"])?;
    let found = drive::find(app, route)?;
    let looked_at = item::find(app, &found, name)?;
    let etag = tags::etag(&found.drive, found.flavour, &looked_at);
    let reply = match precondition::is_known(call, &found, &looked_at)? {
        true => Reply::empty(StatusCode::NOT_MODIFIED),
        false => Reply::json(StatusCode::OK, shown(app, call, &found, &looked_at)?),
    };
    Ok(match etag {
        Some(etag) => reply.with(header::ETAG, etag),
        None => reply,
    })
}

/// Shows an item as the query wants it.
pub(crate) fn shown(
    app: &App,
    call: &Call,
    found: &Found,
    looked_at: &drivesim::Item,
) -> Result<Value, Refusal> {
    let expand = Expand::read(app, call, found)?;
    let context = found.context(call, "/items/$entity");
    let shown = item::show(app, call, found, looked_at, call.query("$select"))?;
    let mut value = json::with_context(context, shown);
    expand.put_into((app, call, found), looked_at, &mut value)?;
    Ok(value)
}
