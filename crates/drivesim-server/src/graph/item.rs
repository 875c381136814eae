//! Finds the item that a URL names.

use drivesim::address::Address;
use drivesim::{Item, ItemId};

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::ids::BadId;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::state::app::App;

/// Finds an item by its wire id.
pub(crate) fn by_wire_id(drive: &ResolvedDrive, id: &str) -> Result<ItemId, GraphError> {
    drive.ids().parse_item(id, drive.root).map_err(|error| match error {
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
pub(crate) fn address(
    app: &App,
    drive: &ResolvedDrive,
    locator: &ItemLocator,
) -> Result<Address, GraphError> {
    let start = match &locator.id {
        Some(id) => by_wire_id(drive, id)?,
        None => drive.root,
    };
    let start = drive.at(start);
    if locator.path.is_empty() {
        return Ok(start);
    }
    let start_path = if locator.id.is_some() { app.sim.path(&start)? } else { "/".to_owned() };
    Ok(drive.at(join(&start_path, &locator.path)))
}

/// Finds the item that a URL names.
pub(crate) fn find(app: &App, drive: &ResolvedDrive, locator: &ItemLocator) -> Result<Item, GraphError> {
    Ok(app.sim.item(address(app, drive, locator)?)?)
}

/// Joins the path of a folder and a path below it.
pub(crate) fn join(folder: &str, below: &str) -> String {
    format!("{}/{below}", folder.trim_end_matches('/'))
}
