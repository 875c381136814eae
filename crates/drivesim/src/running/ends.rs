//! Names the ends of a copy by their paths in the errors of its job, where ids may name nothing any more.

use std::sync::Arc;

use drivesim_core::{Drive, Error as DriveError, ItemId};

use crate::error::Error;
use crate::ids::DriveId;
use crate::running::Order;
use crate::sim::Shared;

/// One end of a copy as it was when the copy was asked for.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) drive: Arc<str>,
    /// The path of the source, or of the folder to copy to.
    pub(crate) path: String,
}

impl End {
    /// Returns an end of a copy; the item was found in the drive.
    pub(crate) fn of(name: &Arc<str>, drive: &Drive, item: ItemId) -> End {
        End { drive: name.clone(), path: drive.path(item).unwrap_or_else(|_| item.to_string()) }
    }
}

/// Both ends of a copy.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) source: End,
    pub(crate) target: End,
}

impl Order {
    /// Returns why a job failed, with the source and the target named by their paths and their drives by their names.
    pub(crate) fn named(&self, sim: &Shared, error: Error) -> Error {
        let Some(ends) = &self.ends else { return error };
        match error {
            Error::Drive(error) => Error::Drive(self.named_in_drive(sim, ends, error)),
            Error::NoDrive { name } if name == self.source_drive.to_string() => {
                Error::NoDrive { name: ends.source.drive.to_string() }
            }
            Error::NoDrive { name } if name == self.target_drive.to_string() => {
                Error::NoDrive { name: ends.target.drive.to_string() }
            }
            error => error,
        }
    }

    fn named_in_drive(&self, sim: &Shared, ends: &Ends, error: DriveError) -> DriveError {
        let DriveError::NotFound { item } = error else { return error };
        // In two drives the same id may name both ends: then the end that is gone is meant, the source first.
        let is_source = item == self.spec.source.to_string();
        let is_target = item == self.spec.target.to_string();
        let item = match (is_source, is_target) {
            (true, true) if is_there(sim, self.source_drive, self.spec.source) => ends.target.path.clone(),
            (true, _) => ends.source.path.clone(),
            (_, true) => ends.target.path.clone(),
            (false, false) => item,
        };
        DriveError::NotFound { item }
    }
}

fn is_there(sim: &Shared, drive: DriveId, item: ItemId) -> bool {
    sim.drives.get(drive).is_ok_and(|cell| cell.read().item(item).is_ok())
}
