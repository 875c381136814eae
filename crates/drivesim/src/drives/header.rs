//! Applies the `drive` lines of outlines.

use drivesim_core::Profile;
use drivesim_core::outline::DriveHeader;

use crate::error::Error;

/// The name of the drive of a simulator whose outline has no `drive` line.
pub(crate) const ONLY_DRIVE: &str = "drive";

/// Sets the options of a `drive` line.
pub(crate) fn set_options(profile: &mut Profile, header: &DriveHeader) -> Result<(), Error> {
    for (option, value) in &header.options {
        let refused = |fault| Error::Option { at: header.at, drive: header.name.clone(), fault };
        profile.set_option(option, value).map_err(refused)?;
    }
    Ok(())
}
