//! Finds the items that addresses name in their drives.

use drivesim_core::{Drive, Error as DriveError, ItemId};

use crate::address::{Address, ItemRef};

/// Finds the item of an address in its drive and checks the precondition of the address.
pub(super) fn resolve(drive: &Drive, address: &Address) -> Result<ItemId, DriveError> {
    let item = match &address.item {
        ItemRef::Id(id) => *id,
        ItemRef::Path(path) => drive.find(path)?,
    };
    if let Some(expected) = address.precondition {
        drive.check_precondition(item, expected)?;
    }
    Ok(item)
}

/// Finds the item of an address, whatever its access level, and checks the precondition of the address.
pub(super) fn resolve_any(drive: &Drive, address: &Address) -> Result<ItemId, DriveError> {
    let item = match &address.item {
        ItemRef::Id(id) => *id,
        ItemRef::Path(path) => drive.find_any(path)?,
    };
    if let Some(expected) = address.precondition {
        drive.check_any_precondition(item, expected)?;
    }
    Ok(item)
}

/// Finds the item of an address, whatever its access level; an item that is named by its id may be in the bin.
pub(super) fn resolve_any_or_binned(drive: &Drive, address: &Address) -> Result<ItemId, DriveError> {
    match (&address.item, address.precondition) {
        (ItemRef::Id(id), None) => Ok(*id),
        _ => resolve_any(drive, address),
    }
}

/// Returns the id of an address of an item in the bin, which has no path.
pub(super) fn binned_id(address: &Address) -> Result<ItemId, DriveError> {
    match &address.item {
        ItemRef::Id(id) => Ok(*id),
        ItemRef::Path(path) => Err(DriveError::NotInBin { item: path.clone() }),
    }
}

/// Returns the id of an item in the bin, and checks the precondition of the address.
pub(super) fn resolve_binned(drive: &Drive, address: &Address) -> Result<ItemId, DriveError> {
    let item = binned_id(address)?;
    if let Some(expected) = address.precondition {
        drive.check_binned_precondition(item, expected)?;
    }
    Ok(item)
}
