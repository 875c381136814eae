//! Checks the options of drives that only the server knows, and warns of old names.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use drivesim::drive::DriveSpec;
use drivesim::outline::DriveOutline;
use drivesim::{Error, Profile};
use drivesim_server::check_wire_options;

/// Checks the `drive` line of a drive.
pub(super) fn check(drive: &DriveOutline) -> Result<(), Error> {
    let Some(header) = &drive.header else { return Ok(()) };
    let spec = DriveSpec::try_from(header.clone())?;
    let checked = check_wire_options(spec.rules());
    checked.map_err(|fault| Error::Option { at: header.at, drive: header.name.clone(), fault })
}

/// Warns of each option that is set by an old name, once.
pub(super) fn warn_of_old_names<'a>(drives: impl IntoIterator<Item = &'a DriveOutline>) {
    let headers = drives.into_iter().filter_map(|drive| drive.header.as_ref());
    let names: BTreeSet<&str> =
        headers.flat_map(|header| &header.options).map(|(name, _)| name.as_str()).collect();
    for name in names {
        if let Some(present) = Profile::option_renamed(name) {
            // A closed stderr is ignored.
            let _ = writeln!(io::stderr(), "warning: option {name}: use {present}");
        }
    }
}
