//! Finds the item that a URL names.

use drivesim::address::Address;
use drivesim::{Item, ItemId};

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::ids::BadId;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::state::app::App;

/// Finds an item by its wire id.
pub(crate) fn by_wire_id(found: &ResolvedDrive, id: &str) -> Result<ItemId, GraphError> {
    found.ids().parse_item(id, found.root).map_err(|bad| match bad {
        BadId::OtherDrive => GraphError::not_found(),
        // The message of the personal service.
        BadId::OtherDriveType => {
            GraphError::invalid("ObjectHandle is Invalid").with_inner_code(ErrorCode::InvalidResourceId)
        }
        BadId::Malformed => GraphError::invalid("The request is malformed or incorrect.")
            .with_inner_code(ErrorCode::InvalidResourceId),
    })
}

/// Returns the address of the item that a URL names; an item named by path need not exist.
pub(crate) fn address(app: &App, found: &ResolvedDrive, name: &ItemLocator) -> Result<Address, GraphError> {
    let top = match &name.id {
        Some(id) => by_wire_id(found, id)?,
        None => found.root,
    };
    let top = found.drive.at(top);
    if name.path.is_empty() {
        return Ok(top);
    }
    let above = if name.id.is_some() { app.sim.path(&top)? } else { "/".to_owned() };
    Ok(found.drive.at(join(&above, &name.path)))
}

/// Finds the item that a URL names.
pub(crate) fn find(app: &App, found: &ResolvedDrive, name: &ItemLocator) -> Result<Item, GraphError> {
    Ok(app.sim.item(address(app, found, name)?)?)
}

/// Joins the path of a folder and a path below it.
pub(crate) fn join(folder: &str, below: &str) -> String {
    format!("{}/{below}", folder.trim_end_matches('/'))
}
