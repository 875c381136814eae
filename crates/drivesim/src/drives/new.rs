//! Creates the cell of a new drive, with its numbers and ids.

use std::sync::Arc;

use drivesim_core::outline::DriveHeader;
use drivesim_core::{Access, Drive, Profile, Timestamp, Traffic, WireIdError};

use super::{DriveCell, TrafficCounter};
use crate::error::Error;
use crate::ids::DriveId;

/// A drive to be created: its number in the simulator, and its `drive` line.
pub(super) struct NewCell {
    pub(super) seed: u64,
    pub(super) number: u64,
    pub(super) header: DriveHeader,
    pub(super) has_header: bool,
}

/// The ids and numbers that a new drive starts with.
pub(crate) struct NewDrive<'a> {
    id: DriveId,
    /// The number of the first generated content of the drive.
    first: u64,
    header: &'a DriveHeader,
}

impl NewDrive<'_> {
    /// Creates an empty drive.
    pub(crate) fn drive(&self, profile: Profile, at: Timestamp) -> Result<Drive, Error> {
        let drive = Drive::new(profile, at).numbering_from(self.first);
        let identified = drive.identified_by(self.id.as_uuid().as_u128(), self.header.id.as_deref());
        identified.map_err(|fault| refused(self.header, fault))
    }
}

impl NewCell {
    /// Creates the drive and its cell.
    pub(super) fn cell(
        self,
        traffic: Arc<TrafficCounter>,
        make: impl FnOnce(NewDrive<'_>) -> Result<Drive, Error>,
    ) -> Result<DriveCell, Error> {
        let NewCell { seed, number, header, has_header } = self;
        let id = DriveId::new(seed, number);
        let before = Traffic::now();
        let mut drive = make(NewDrive { id, first: number << 40 | 1, header: &header })?;
        drive.begin_epoch(drive.epoch() | number);
        drive.reclaim_in_portions();
        if let Some(access) = header.access.as_deref().and_then(Access::named) {
            drive.set_access(drive.root(), Some(access))?;
        }
        traffic.add_created((Traffic::now() - before).made);
        Ok(DriveCell::new(id, number, header, has_header, drive, traffic))
    }
}

/// Fails if a wire id of a new drive is that of another drive, given or generated, or the reverse.
pub(super) fn check_drive_wire_id(others: &[Arc<DriveCell>], new: &DriveCell) -> Result<(), Error> {
    for other in others {
        let (own, others) = (&new.header.id, &other.header.id);
        if is_named(other, own.as_deref()) || is_named(new, others.as_deref()) {
            let id = own.as_ref().or(others.as_ref()).cloned().unwrap_or_default();
            return Err(refused(&new.header, WireIdError::Taken { id, holder: other.header.name.clone() }));
        }
    }
    Ok(())
}

/// Returns whether a wire id names a drive.
fn is_named(cell: &DriveCell, id: Option<&str>) -> bool {
    let profile = cell.header.profile.as_deref().and_then(Profile::named).unwrap_or(Profile::PLAIN);
    let (given, uuid) = (cell.header.id.as_deref(), cell.id.as_uuid().as_u128());
    id.is_some_and(|id| profile.wire_ids.names_drive(id, given, uuid))
}

fn refused(header: &DriveHeader, fault: WireIdError) -> Error {
    Error::DriveWireId { at: header.at, drive: header.name.clone(), fault }
}
