//! Names source and target of a copy by their paths in the errors of its job, because their ids may be stale by then.

use drivesim_core::{Error as DriveError, ItemId};

use crate::error::Error;
use crate::ids::DriveId;
use crate::job_state::{CopyRequest, Endpoints};
use crate::state::Shared;

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
