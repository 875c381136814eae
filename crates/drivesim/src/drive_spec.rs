//! Describes a drive that is to be added.

use drivesim_core::outline::DriveHeader;
use drivesim_core::{Access, Profile};

use crate::error::Error;
use crate::owner::Owner;

/// The name of the drive of a simulator whose outline has no `drive` line.
pub(crate) const ONLY_DRIVE: &str = "drive";

/// A drive that is to be added: its name, and everything that a `drive` line of an outline can set. By default it is
/// plain and belongs to nobody.
///
/// ```
/// # use drivesim::{Profile, Sim};
/// # use drivesim::drive::{DriveSpec, Owner};
/// let sim = Sim::builder().build()?;
/// let spec = DriveSpec::new("files").profile(Profile::BOX).owner(Owner::user("ann"));
/// let files = sim.add_drive(spec.option("max_versions", "7")?.option("wire.copy_root_status", "400")?)?;
/// let line = "drive files profile=box owner=user:ann max_versions=7 wire.copy_root_status=400\n";
/// assert!(sim.outline()?.contains(line));
/// # Ok::<(), drivesim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct DriveSpec {
    pub(crate) header: DriveHeader,
    pub(crate) profile: Profile,
}

impl DriveSpec {
    /// Describes a plain drive with this name.
    pub fn new(name: impl Into<String>) -> DriveSpec {
        let profile = Profile::PLAIN;
        let header = DriveHeader {
            name: name.into(),
            profile: Some(profile.name().to_owned()),
            ..DriveHeader::default()
        };
        DriveSpec { header, profile }
    }

    /// Sets the rules of the drive. Options that were set before are dropped.
    pub fn profile(self, profile: Profile) -> DriveSpec {
        let mut header = DriveHeader { options: Vec::new(), ..self.header };
        print_profile(&mut header, &profile);
        DriveSpec { header, profile }
    }

    /// Returns the rules of the drive, with its options.
    ///
    /// ```
    /// # use drivesim::Profile;
    /// # use drivesim::drive::DriveSpec;
    /// let spec = DriveSpec::new("files").profile(Profile::BOX).option("max_versions", "7")?;
    /// assert_eq!(spec.rules().max_versions, Some(7));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn rules(&self) -> &Profile {
        &self.profile
    }

    /// Sets the owner of the drive.
    pub fn owner(self, owner: Owner) -> DriveSpec {
        DriveSpec { header: DriveHeader { owner: Some(owner.to_string()), ..self.header }, ..self }
    }

    /// Sets the access level of the whole drive.
    pub fn access(self, access: Access) -> DriveSpec {
        DriveSpec { header: DriveHeader { access: Some(access.to_string()), ..self.header }, ..self }
    }

    /// Sets the wire id of the drive, in place of the one that the server generates.
    pub fn wire_id(self, id: impl Into<String>) -> DriveSpec {
        DriveSpec { header: DriveHeader { id: Some(id.into()), ..self.header }, ..self }
    }

    /// Sets one of the [options](Profile::options) of the profile, or an option of the server, `wire.NAME`, which the
    /// server checks.
    ///
    /// # Errors
    /// [`Error::Option`] if the profile has no such option, or the option no such value.
    pub fn option(self, name: &str, value: &str) -> Result<DriveSpec, Error> {
        let DriveSpec { mut header, mut profile } = self;
        header.options.push((name.to_owned(), value.to_owned()));
        set_options(&mut profile, &mut header)?;
        Ok(DriveSpec { header, profile })
    }
}

impl From<&str> for DriveSpec {
    fn from(name: &str) -> DriveSpec {
        DriveSpec::new(name)
    }
}

impl TryFrom<DriveHeader> for DriveSpec {
    type Error = Error;

    /// Describes a drive by a `drive` line of an outline; without a profile it is plain.
    ///
    /// # Errors
    /// [`Error::NoProfile`], [`Error::NoOwner`], [`Error::NoAccess`], [`Error::Option`].
    fn try_from(mut header: DriveHeader) -> Result<DriveSpec, Error> {
        let name = header.profile.as_deref().unwrap_or(Profile::PLAIN.name());
        let no_profile = || Error::NoProfile { profile: name.to_owned() };
        let mut profile = Profile::named(name).ok_or_else(no_profile)?;
        if let Some(owner) = &header.owner {
            owner.parse::<Owner>()?;
        }
        if let Some(access) = header.access.as_deref().filter(|access| Access::named(access).is_none()) {
            return Err(Error::NoAccess { access: access.to_owned() });
        }
        set_options(&mut profile, &mut header)?;
        print_profile(&mut header, &profile);
        Ok(DriveSpec { header, profile })
    }
}

/// Sets the options of a `drive` line, and gives them their present names there. The last of several values counts.
pub(crate) fn set_options(profile: &mut Profile, header: &mut DriveHeader) -> Result<(), Error> {
    let mut options: Vec<(String, String)> = Vec::new();
    for (name, value) in &header.options {
        let set = profile.set_option(name, value);
        set.map_err(|fault| Error::Option { at: header.at, drive: header.name.clone(), fault })?;
        let name = Profile::option_renamed(name).unwrap_or(name);
        options.retain(|(other, _)| other != name);
        options.push((name.to_owned(), value.clone()));
    }
    header.options = options;
    Ok(())
}

/// Writes a profile into a `drive` line: its name, and the wire options that the line does not have.
pub(crate) fn print_profile(header: &mut DriveHeader, profile: &Profile) {
    header.profile = Some(profile.name().to_owned());
    for (name, value) in profile.wire.iter() {
        let name = format!("wire.{name}");
        if header.options.iter().all(|(other, _)| *other != name) {
            header.options.push((name, value.to_owned()));
        }
    }
}
