//! The only place that lists what is in a folder: by pages, sorted, with the members that are wanted.

use axum::http::StatusCode;
use drivesim::Item;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::expand::Expand;
use crate::graph::order::{NATURAL, Order};
use crate::graph::query::Page;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{drive, ids, item, json, query};
use crate::reply::Reply;

/// Answers with the children of a folder. That the children of a file are an empty list is *assumed*.
pub(crate) fn list(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    query::check(call, &["select", "expand", "orderby", "top", "skiptoken"])?;
    let found = drive::find(app, route)?;
    let page = Page::read(app, call)?;
    let order = Order::read(found.flavour, call.query("$orderby"))?;
    let expand = Expand::read(app, call, &found)?;
    let folder = item::find(app, &found, name)?;
    let items = items(app, &found, &folder, page, order)?;
    let mut shown = show((app, call, &found), &folder, &items, call.query("$select"))?;
    for (child, value) in items.iter().zip(&mut shown) {
        expand.put_into((app, call, &found), child, value)?;
    }
    let mut answer = Map::new();
    answer.insert("@odata.context".to_owned(), json!(context(call, &found, &folder)));
    if folder.is_folder() {
        answer.insert("@odata.count".to_owned(), json!(folder.child_count));
    }
    let last = page.from + items.len();
    if items.len() == page.most && last < folder.child_count as usize {
        let link = Page::next_link(call, &url(call, &found, &folder), last);
        answer.insert("@odata.nextLink".to_owned(), json!(link));
    }
    answer.insert("value".to_owned(), Value::Array(shown));
    Ok(Reply::json(StatusCode::OK, Value::Object(answer)))
}

/// Returns a part of the children of a folder.
pub(crate) fn items(
    app: &App,
    found: &Found,
    folder: &Item,
    page: Page,
    order: Order,
) -> Result<Vec<Item>, Refusal> {
    if !folder.is_folder() {
        return Ok(Vec::new());
    }
    let address = found.drive.at(folder.id);
    if order == NATURAL {
        let from = u32::try_from(page.from).unwrap_or(u32::MAX);
        return Ok(app.sim.children_at(address, from, page.most)?);
    }
    let mut items = app.sim.children(address)?;
    order.sort(&mut items);
    Ok(items.into_iter().skip(page.from).take(page.most).collect())
}

/// Shows children of a folder with the members that are selected.
pub(crate) fn show(
    (app, call, found): (&App, &Call, &Found),
    folder: &Item,
    items: &[Item],
    select: Option<&str>,
) -> Result<Vec<Value>, Refusal> {
    let above = app.sim.path(found.drive.at(folder.id))?;
    let show =
        |child: &Item| item::show_at((app, call, found), child, &item::join(&above, &child.name), select);
    Ok(items.iter().map(show).collect())
}

/// Returns the URL of the children of a folder.
pub(crate) fn url(call: &Call, found: &Found, folder: &Item) -> String {
    format!("{}/items/{}/children", found.url(call), json::url_segment(&id_of(found, folder)))
}

/// Returns what says that an answer has children of a folder.
pub(crate) fn context(call: &Call, found: &Found, folder: &Item) -> String {
    found.context(call, &format!("/items('{}')/children", id_of(found, folder)))
}

fn id_of(found: &Found, folder: &Item) -> String {
    ids::item_id(&found.drive, found.flavour, folder.id, folder.parent.is_none())
}
