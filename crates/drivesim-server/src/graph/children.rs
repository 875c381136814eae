//! Lists the children of a folder: in pages, sorted, with the selected members.

use axum::http::{StatusCode, header};
use drivesim::Item;
use serde::Serialize;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::drive_item::Shower;
use crate::graph::expand::Expand;
use crate::graph::order::Order;
use crate::graph::query::Page;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{drive, ids, item, precondition, query};
use crate::listing::{ITEM, List, Nothing};
use crate::reply::Reply;
use crate::url;

/// The length in bytes that most children do not exceed in JSON.
pub(crate) const CHILD: usize = 1280;
/// The number of children up to which a listing is fast enough for a thread of connections.
const FEW: u32 = 200;

/// Answers with the children of a folder.
///
/// ASSUMED: The children of a file are an empty list (option `children_of_file`).
pub(crate) fn list(app: &App, request: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    // The count is always included.
    query::check(request, &["select", "expand", "orderby", "top", "skiptoken", "count"])?;
    let found = drive::find(app, route)?;
    let page = Page::read(app, request)?;
    let order = Order::read(found.flavour, request.query("$orderby"))?;
    let expand = Expand::read(app, request, &found)?;
    let folder = item::find(app, &found, name)?;
    if found.wire.refuses_children_of_file && !folder.is_folder() {
        return Err(Refusal::invalid("A file has no children."));
    }
    // The tag of a folder does not depend on its children, so a listing is never 304.
    precondition::tags_in(request, header::IF_NONE_MATCH)?;
    if folder.child_count > FEW && request.gives_up() {
        return Ok(Reply::empty(StatusCode::OK));
    }
    let n_max = page.most.min(folder.child_count as usize);
    let working_bytes = n_max * ITEM + order.map_or(0, |order| order.n_kept(folder.child_count));
    let mut list = List::new(app, n_max, CHILD, working_bytes)?;
    let items = items(app, &found, &folder, page, order)?;
    let shower = Shower::below(app, request, &found, folder.id)?;
    let head = |n_listed: usize, is_cut: bool| Head {
        context: context(request, &found, &folder),
        count: folder.is_folder().then_some(folder.child_count),
        next_link: is_cut
            .then(|| Page::next_link(request, &url(request, &found, &folder), page.from + n_listed)),
    };
    let is_cut = items.len() == page.most && page.from + items.len() < folder.child_count as usize;
    list.begin(&head(items.len(), is_cut), VALUE);
    // The hashes of the listed items are counted before those of their expanded children.
    let shown = shower.show_all(&items, request.query("$select"), expand.is_wanted());
    for (item, shown) in items.iter().zip(shown) {
        if !list.push_with(|out, end| expand.write((app, request, &found), (item, &shown), out, end))? {
            list.begin_otherwise(&head(list.n_entries(), true), VALUE);
            break;
        }
    }
    Ok(Reply::written(StatusCode::OK, list.end(&Nothing {})))
}

/// The member that contains the children.
const VALUE: &str = "value";

/// The members before the children of a page.
#[derive(Debug, Serialize)]
struct Head {
    #[serde(rename = "@odata.context")]
    context: String,
    #[serde(rename = "@odata.count", skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

/// Returns a page of the children of a folder.
pub(crate) fn items(
    app: &App,
    found: &Found,
    folder: &Item,
    page: Page,
    order: Option<Order>,
) -> Result<Vec<Item>, Refusal> {
    if !folder.is_folder() {
        return Ok(Vec::new());
    }
    let address = found.drive.at(folder.id);
    let from = u32::try_from(page.from).unwrap_or(u32::MAX);
    match order {
        None => Ok(app.sim.listing_at(address, from, page.most)?),
        Some(Order::BY_NAME) => Ok(app.sim.children_at(address, from, page.most)?),
        Some(order) => {
            let sorted = order.sorted(app, &address)?.into_iter().skip(page.from).take(page.most);
            // Items that were deleted since are left out.
            Ok(sorted.filter_map(|item| app.sim.item(found.drive.at(item)).ok()).collect())
        }
    }
}

/// Returns the URL of the children of a folder.
pub(crate) fn url(request: &Call, found: &Found, folder: &Item) -> String {
    format!("{}/items/{}/children", found.url(request), url::segment(&id_of(found, folder)))
}

/// Returns the `@odata.context` of the children of a folder.
pub(crate) fn context(request: &Call, found: &Found, folder: &Item) -> String {
    found.context(request, &format!("/items('{}')/children", id_of(found, folder)))
}

fn id_of(found: &Found, folder: &Item) -> ids::WireId {
    found.ids().item(folder.id, folder.parent.is_none())
}
