//! Names source and target of a copy by their paths in the errors of its job, because their ids may be stale by then.

use drivesim_core::{Error as DriveError, ItemId};

use crate::address::DriveRef;
use crate::error::Error;
use crate::job_state::CopyRequest;
use crate::state::Shared;

impl CopyRequest {
    /// Replaces ids of items by paths in the error of a failed job.
    pub(crate) fn name_endpoints(&self, sim: &Shared, error: Error) -> Error {
        let (Some(paths), Error::Drive(DriveError::NotFound { item })) = (&self.paths, &error) else {
            return error;
        };
        // In two drives the same id may name both ends: then the end that is gone is meant, the source first.
        let is_source = *item == self.spec.source.to_string();
        let is_target = *item == self.spec.target.to_string();
        let path = match (is_source, is_target) {
            (true, true) if exists(sim, &self.source_drive, self.spec.source) => &paths.target,
            (true, _) => &paths.source,
            (_, true) => &paths.target,
            (false, false) => return error,
        };
        DriveError::NotFound { item: path.clone() }.into()
    }
}

fn exists(sim: &Shared, drive: &DriveRef, item: ItemId) -> bool {
    sim.drives.by_ref(drive).is_ok_and(|cell| cell.read().item(item).is_ok())
}
