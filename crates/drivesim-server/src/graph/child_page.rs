//! Looks up the children of a folder page by page, and builds their URL and context.

use drivesim::Item;

use crate::graph::error::GraphError;
use crate::graph::ids;
use crate::graph::query::PageRange;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::sort_order::SortOrder;
use crate::http::request::ApiRequest;
use crate::http::url;
use crate::state::app::App;

/// The length in bytes that most children do not exceed in JSON.
pub(crate) const CHILD_BYTES: usize = 1280;

/// Returns a page of the children of a folder.
pub(crate) fn items(
    app: &App,
    found: &ResolvedDrive,
    folder: &Item,
    page: PageRange,
    order: Option<SortOrder>,
) -> Result<Vec<Item>, GraphError> {
    if !folder.is_folder() {
        return Ok(Vec::new());
    }
    let address = found.drive.at(folder.id);
    let from = u32::try_from(page.offset).unwrap_or(u32::MAX);
    match order {
        None => Ok(app.sim.listing_at(address, from, page.limit)?),
        Some(SortOrder::BY_NAME) => Ok(app.sim.children_at(address, from, page.limit)?),
        Some(order) => {
            let sorted = order.sorted(app, &address)?.into_iter().skip(page.offset).take(page.limit);
            // Items that were deleted since are left out.
            Ok(sorted.filter_map(|item| app.sim.item(found.drive.at(item)).ok()).collect())
        }
    }
}

/// Returns the URL of the children of a folder.
pub(crate) fn url(request: &ApiRequest, found: &ResolvedDrive, folder: &Item) -> String {
    format!("{}/items/{}/children", found.url(request), url::encode_segment(&id_of(found, folder)))
}

/// Returns the `@odata.context` of the children of a folder.
pub(crate) fn context(request: &ApiRequest, found: &ResolvedDrive, folder: &Item) -> String {
    found.context(request, &format!("/items('{}')/children", id_of(found, folder)))
}

fn id_of(found: &ResolvedDrive, folder: &Item) -> ids::WireId {
    found.ids().item(folder.id, folder.parent.is_none())
}
