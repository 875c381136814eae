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
    drive: &ResolvedDrive,
    folder: &Item,
    page: PageRange,
    sort_order: Option<SortOrder>,
) -> Result<Vec<Item>, GraphError> {
    if !folder.is_folder() {
        return Ok(Vec::new());
    }
    let address = drive.at(folder.id);
    let from = u32::try_from(page.offset).unwrap_or(u32::MAX);
    match sort_order {
        None => Ok(app.sim.listing_at(address, from, page.limit)?),
        Some(SortOrder::BY_NAME) => Ok(app.sim.children_at(address, from, page.limit)?),
        Some(order) => {
            let sorted = order.sorted(app, &address)?.into_iter().skip(page.offset).take(page.limit);
            // Items that were deleted since are left out.
            Ok(sorted.filter_map(|item| app.sim.item(drive.at(item)).ok()).collect())
        }
    }
}

/// Returns the URL of the children of a folder.
pub(crate) fn url(request: &ApiRequest, drive: &ResolvedDrive, folder: &Item) -> String {
    format!("{}/items/{}/children", drive.url(request), url::encode_segment(&id_of(drive, folder)))
}

/// Returns the `@odata.context` of the children of a folder.
pub(crate) fn context(request: &ApiRequest, drive: &ResolvedDrive, folder: &Item) -> String {
    drive.context(request, &format!("/items('{}')/children", id_of(drive, folder)))
}

fn id_of(drive: &ResolvedDrive, folder: &Item) -> ids::WireId {
    drive.ids().item(folder.id, folder.parent.is_none())
}
