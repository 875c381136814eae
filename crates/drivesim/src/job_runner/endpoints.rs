//! Names source and target of a copy by their paths in the errors of its job, because their ids may be stale by then.

use std::sync::Arc;

use drivesim_core::{Drive, Error as DriveError, ItemId};

use crate::error::Error;
use crate::ids::DriveId;
use crate::job_runner::CopyRequest;
use crate::sim::Shared;

/// The source or target of a copy as it was when the copy was requested.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) drive: Arc<str>,
    /// The path of the source or of the target folder.
    pub(crate) path: String,
}

impl Endpoint {
    /// Returns the end of a copy for an item that was found in the drive.
    pub(crate) fn of(name: &Arc<str>, drive: &Drive, item: ItemId) -> Endpoint {
        Endpoint { drive: name.clone(), path: drive.path(item).unwrap_or_else(|_| item.to_string()) }
    }
}

/// Source and target of a copy.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) source: Endpoint,
    pub(crate) target: Endpoint,
}

impl CopyRequest {
    /// Replaces ids by paths and drive names in the error of a failed job.
    pub(crate) fn name_endpoints(&self, sim: &Shared, error: Error) -> Error {
        let Some(ends) = &self.endpoints else { return error };
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

    fn named_in_drive(&self, sim: &Shared, ends: &Endpoints, error: DriveError) -> DriveError {
        let DriveError::NotFound { item } = error else { return error };
        // In two drives the same id may name both ends: then the end that is gone is meant, the source first.
        let is_source = item == self.spec.source.to_string();
        let is_target = item == self.spec.target.to_string();
        let item = match (is_source, is_target) {
            (true, true) if exists(sim, self.source_drive, self.spec.source) => ends.target.path.clone(),
            (true, _) => ends.source.path.clone(),
            (_, true) => ends.target.path.clone(),
            (false, false) => item,
        };
        DriveError::NotFound { item }
    }
}

fn exists(sim: &Shared, drive: DriveId, item: ItemId) -> bool {
    sim.drives.get(drive).is_ok_and(|cell| cell.read().item(item).is_ok())
}
