//! Adds drives with everything that a `drive` line of an outline can set.

use drivesim_core::outline::{DriveHeader, is_owner};
use drivesim_core::{Access, Profile};

use crate::address::DriveRef;
use crate::builder::set_options;
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Adds an empty drive with other values for the rules of its service: options of [`Profile::options`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let files = sim.add_drive_with("files", "box", None, &[("copy_root_status", "400")])?;
    /// assert_eq!(sim.profile_of(&files)?.box_wire.copy_root_status, 400);
    /// assert!(sim.outline()?.contains("drive files profile=box copy_root_status=400\n"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`], [`Error::NoOwner`], [`Error::NoProfile`], [`Error::Option`].
    pub fn add_drive_with(
        &self,
        name: &str,
        profile: &str,
        owner: Option<&str>,
        options: &[(&str, &str)],
    ) -> Result<DriveRef, Error> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let options = options.iter().map(owned).collect();
        self.add_drive_of(DriveHeader {
            name: name.to_owned(),
            profile: Some(profile.to_owned()),
            owner: owner.map(str::to_owned),
            options,
            ..DriveHeader::default()
        })
    }

    /// Adds an empty drive as a `drive` line of an outline describes it; without a profile it is plain.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::DriveHeader;
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive_of(DriveHeader {
    ///     name: "team".to_owned(),
    ///     profile: Some("business".to_owned()),
    ///     id: Some("6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B".to_owned()),
    ///     ..DriveHeader::default()
    /// })?;
    /// assert_eq!(sim.wire_ids(&team)?.drive(), Some("6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Sim::add_drive_with`]; [`Error::NoAccess`]; [`Error::DriveWireId`] for an id that the service does
    /// not have or that is taken.
    pub fn add_drive_of(&self, header: DriveHeader) -> Result<DriveRef, Error> {
        let profile = header.profile.as_deref().unwrap_or(Profile::PLAIN.name);
        let no_profile = || Error::NoProfile { profile: profile.to_owned() };
        let mut rules = Profile::named(profile).ok_or_else(no_profile)?;
        if let Some(owner) = header.owner.as_deref().filter(|owner| !is_owner(owner)) {
            return Err(Error::NoOwner { owner: owner.to_owned() });
        }
        if let Some(access) = header.access.as_deref().filter(|access| Access::named(access).is_none()) {
            return Err(Error::NoAccess { access: access.to_owned() });
        }
        set_options(&mut rules, &header)?;
        self.make_drive(rules, header)
    }
}
