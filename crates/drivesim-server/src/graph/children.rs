//! Lists the children of a folder: in pages, sorted, with the selected members.

use axum::http::{StatusCode, header};
use serde::Serialize;

use crate::graph::context::GraphContext;
use crate::graph::drive_item::ItemRenderer;
use crate::graph::error::GraphError;
use crate::graph::expand::Expand;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::options::ChildrenOfFile;
use crate::graph::query::PageRange;
use crate::graph::sort_order::SortOrder;
use crate::graph::{child_page, precondition};
use crate::http::listing::{ITEM_BYTES, ListWriter, NoMembers};
use crate::http::response::ApiResponse;

/// The number of children up to which a listing is fast enough for a thread of connections.
const FEW: u32 = 200;

/// Responds with the children of a folder. The count is always included.
///
/// ASSUMED: The children of a file are an empty list (option `wire.children_of_file`).
pub(crate) fn list(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let page = PageRange::read(app, request)?;
    let sort_order = SortOrder::read(drive.drive_type, request.query("$orderby"))?;
    let expand = Expand::read(context)?;
    let folder = context.find_item(locator)?;
    if drive.wire.children_of_file == ChildrenOfFile::Refuse && !folder.is_folder() {
        return Err(GraphError::invalid("A file has no children."));
    }
    // The tag of a folder does not depend on its children, so a listing is never 304.
    precondition::tags_in(request, header::IF_NONE_MATCH)?;
    request.inline_budget().check(folder.child_count <= FEW)?;
    let n_max = page.limit.min(folder.child_count as usize);
    let sort_bytes = sort_order.map_or(0, |order| order.sort_memory(folder.child_count));
    let working_bytes = n_max * ITEM_BYTES + sort_bytes;
    let mut list = ListWriter::new(request.response_budget(), n_max, child_page::CHILD_BYTES, working_bytes)?;
    let items = child_page::items(app, &drive, &folder, page, sort_order)?;
    let renderer = ItemRenderer::for_children(context, folder.id)?;
    let head = |n_listed: usize, is_cut: bool| Head {
        context: child_page::context(request, &drive, &folder),
        count: folder.is_folder().then_some(folder.child_count),
        next_link: is_cut.then(|| {
            PageRange::next_link(request, &child_page::url(request, &drive, &folder), page.offset + n_listed)
        }),
    };
    let is_cut = items.len() == page.limit && page.offset + items.len() < folder.child_count as usize;
    list.begin(&head(items.len(), is_cut), VALUE);
    // The hashes of the listed items are counted before those of their expanded children.
    let views = renderer.render_all(&items, request.query("$select"), expand.adds_members());
    for (item, view) in items.iter().zip(views) {
        if !list.push_with(|out, end| expand.write(context, item, &view, out, end))? {
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
