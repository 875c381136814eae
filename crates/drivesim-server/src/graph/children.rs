//! Lists the children of a folder: in pages, sorted, with the selected members.

use axum::http::{StatusCode, header};
use serde::Serialize;

use crate::graph::drive_item::ItemRenderer;
use crate::graph::error::GraphError;
use crate::graph::expand::Expand;
use crate::graph::item_locator::ItemLocator;
use crate::graph::query::PageRange;
use crate::graph::route::Route;
use crate::graph::sort_order::SortOrder;
use crate::graph::{child_page, drive, item, precondition, query};
use crate::http::listing::{ITEM_BYTES, ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;

/// The number of children up to which a listing is fast enough for a thread of connections.
const FEW: u32 = 200;

/// Answers with the children of a folder.
///
/// ASSUMED: The children of a file are an empty list (option `children_of_file`).
pub(crate) fn list(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    // The count is always included.
    query::check(request, &["select", "expand", "orderby", "top", "skiptoken", "count"])?;
    let found = drive::find(app, route)?;
    let page = PageRange::read(app, request)?;
    let order = SortOrder::read(found.drive_type, request.query("$orderby"))?;
    let expand = Expand::read(app, request, &found)?;
    let folder = item::find(app, &found, name)?;
    if found.wire.refuses_children_of_file && !folder.is_folder() {
        return Err(GraphError::invalid("A file has no children."));
    }
    // The tag of a folder does not depend on its children, so a listing is never 304.
    precondition::tags_in(request, header::IF_NONE_MATCH)?;
    if folder.child_count > FEW && request.exceed_inline_budget() {
        return Ok(ApiResponse::empty(StatusCode::OK));
    }
    let n_max = page.limit.min(folder.child_count as usize);
    let working_bytes = n_max * ITEM_BYTES + order.map_or(0, |order| order.sort_memory(folder.child_count));
    let mut list = ListWriter::new(request.response_budget(), n_max, child_page::CHILD_BYTES, working_bytes)?;
    let items = child_page::items(app, &found, &folder, page, order)?;
    let shower = ItemRenderer::for_children(app, request, &found, folder.id)?;
    let head = |n_listed: usize, is_cut: bool| Head {
        context: child_page::context(request, &found, &folder),
        count: folder.is_folder().then_some(folder.child_count),
        next_link: is_cut.then(|| {
            PageRange::next_link(request, &child_page::url(request, &found, &folder), page.offset + n_listed)
        }),
    };
    let is_cut = items.len() == page.limit && page.offset + items.len() < folder.child_count as usize;
    list.begin(&head(items.len(), is_cut), VALUE);
    // The hashes of the listed items are counted before those of their expanded children.
    let shown = shower.render_all(&items, request.query("$select"), expand.adds_members());
    for (item, shown) in items.iter().zip(shown) {
        if !list.push_with(|out, end| expand.write((app, request, &found), (item, &shown), out, end))? {
            list.replace_head(&head(list.n_entries(), true), VALUE);
            break;
        }
    }
    Ok(ApiResponse::written(StatusCode::OK, list.end(&NoMembers {})))
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
