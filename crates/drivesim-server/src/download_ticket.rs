//! The only place that writes and reads what the URL of a download is known by, so that it needs no token.
//!
//! It names drive, item and version by arithmetic, with a check that only this drive's ids give. The version is 0 for
//! whatever the file holds when it is asked for.

use data_encoding::BASE32_NOPAD;
use drivesim::{DriveId, DriveRef, ItemId};
use uuid::Uuid;

use crate::app::App;
use crate::mix::mix;

/// Writes drive, item and version, each hidden by the check that ends it.
pub(crate) fn write(drive: &DriveRef, file: ItemId, version: u32) -> String {
    let check = check(drive.id(), file, version);
    let mask = check.to_be_bytes();
    let mut bytes = Vec::with_capacity(36);
    bytes.extend(drive.id().as_uuid().into_bytes());
    bytes.extend((file.to_bits() ^ check).to_be_bytes());
    bytes.extend(version.to_be_bytes());
    for (byte, mask) in bytes.iter_mut().zip(mask.iter().cycle()).skip(24) {
        *byte ^= mask;
    }
    bytes.extend(mask);
    BASE32_NOPAD.encode(&bytes)
}

/// Reads them again; `None` if the ticket was not written here.
pub(crate) fn read(app: &App, text: &str) -> Option<(DriveRef, ItemId, u32)> {
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
    let (drive, rest) = bytes.split_first_chunk::<16>()?;
    let (item, rest) = rest.split_first_chunk::<8>()?;
    let (version, rest) = rest.split_first_chunk::<4>()?;
    let given = u64::from_be_bytes(rest.try_into().ok()?);
    let mask = (given >> 32) as u32;
    let (item, version) = (u64::from_be_bytes(*item) ^ given, u32::from_be_bytes(*version) ^ mask);
    let (drive, item) = (DriveId::from_uuid(Uuid::from_bytes(*drive)), ItemId::from_bits(item));
    let is_ours = check(drive, item, version) == given;
    Some((app.sim.drive_of(drive).ok().filter(|_| is_ours)?, item, version))
}

/// Returns what proves that an id was given away here.
fn check(drive: DriveId, file: ItemId, version: u32) -> u64 {
    let (high, low) = drive.as_uuid().as_u64_pair();
    mix(high ^ mix(file.to_bits() ^ mix(low ^ u64::from(version))))
}
