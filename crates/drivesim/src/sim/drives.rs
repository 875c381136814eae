//! Implements the verbs that add, remove and find drives.

use drivesim_core::Profile;

use crate::address::DriveRef;
use crate::drive_spec::DriveSpec;
use crate::error::Error;
use crate::ids::DriveId;
use crate::owner::Owner;
use crate::sim::Sim;

impl Sim {
    /// Adds an empty drive. A name alone stands for a plain drive without an owner.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// # use drivesim::drive::{DriveSpec, Owner};
    /// let sim = Sim::builder().build()?;
    /// let site = DriveSpec::new("team").profile(Profile::BUSINESS).owner(Owner::site("marketing"));
    /// let team = sim.add_drive(site)?;
    /// sim.create_folder(team.at("/"), "Docs")?;
    ///
    /// let files = DriveSpec::new("files").profile(Profile::BOX).option("max_versions", "7")?;
    /// let files = sim.add_drive(files)?;
    /// assert_eq!(sim.profile_of(&files)?.max_versions, Some(7));
    /// assert!(sim.outline()?.contains("drive files profile=box max_versions=7\n"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// A `drive` line of an outline describes a drive too:
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::drive::DriveSpec;
    /// # use drivesim::outline::DriveHeader;
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive(DriveSpec::try_from(DriveHeader {
    ///     name: "team".to_owned(),
    ///     profile: Some("business".to_owned()),
    ///     id: Some("6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B".to_owned()),
    ///     ..DriveHeader::default()
    /// })?)?;
    /// assert_eq!(sim.wire_ids(&team)?.drive(), Some("6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`]; [`Error::NoOwner`] for an owner with an empty id; [`Error::DriveWireId`] for a wire id
    /// that the service does not have or that is taken.
    pub fn add_drive(&self, spec: impl Into<DriveSpec>) -> Result<DriveRef, Error> {
        let DriveSpec { header, profile } = spec.into();
        if let Some(owner) = &header.owner {
            owner.parse::<Owner>()?;
        }
        let sim = self.state();
        let at = sim.timestamp(sim.run_due());
        let cell = sim.drives.add(sim.seed, header, false, |new| {
            let mut drive = new.drive(profile, at)?;
            drive.begin_epoch(sim.epoch << 32);
            Ok(drive)
        })?;
        Ok(cell.drive_ref.clone())
    }

    /// Removes a drive with all its items. Jobs that copy to it fail; those that have already read it continue.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive("team")?;
    /// sim.remove_drive(&team)?;
    /// assert!(sim.drive("team").is_err());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn remove_drive(&self, drive: impl Into<DriveRef>) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.run_due();
        let drive = drive.into();
        let no_drive = || Error::NoDrive { name: drive.name().to_owned() };
        let cell = sim.drives.remove(drive.id).ok_or_else(no_drive)?;
        sim.after_removal(&cell, now);
        Ok(())
    }

    /// Returns the drives, oldest first, without those that callers may not read.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// sim.add_drive("team")?;
    /// let names: Vec<String> = sim.drives().iter().map(|drive| drive.name().to_owned()).collect();
    /// assert_eq!(names, ["drive", "team"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn drives(&self) -> Vec<DriveRef> {
        let drives = self.state().drives.all();
        drives.iter().filter(|cell| !cell.is_closed()).map(|cell| cell.drive_ref.clone()).collect()
    }

    /// Returns all drives, oldest first, including those that callers may not read: for setting access levels.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::access::Access;
    /// let sim = Sim::builder().build()?;
    /// sim.set_access("/", Some(Access::None))?;
    /// assert!(sim.drives().is_empty());
    /// let drives = sim.all_drives();
    /// assert_eq!(drives.iter().map(|drive| drive.name()).collect::<Vec<_>>(), ["drive"]);
    /// sim.set_access(drives[0].at("/"), None)?;
    /// assert_eq!(sim.drives(), drives);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn all_drives(&self) -> Vec<DriveRef> {
        self.state().drives.all().iter().map(|cell| cell.drive_ref.clone()).collect()
    }

    /// Returns the drive with this name.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive home\na.txt\ndrive work\nb.txt\n").build()?;
    /// assert!(sim.exists(sim.drive("work")?.at("/b.txt")));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], also for a drive that callers may not read.
    pub fn drive(&self, name: &str) -> Result<DriveRef, Error> {
        let cell = self.state().drives.by_name(name)?;
        if cell.is_closed() {
            return Err(Error::NoDrive { name: name.to_owned() });
        }
        Ok(cell.drive_ref.clone())
    }

    /// Returns the oldest drive: the one that paths and ids refer to which name no drive.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let drive = sim.first_drive()?;
    /// assert_eq!(sim.item(drive.at("/a.txt"))?, sim.item("/a.txt")?);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`] if all drives were removed.
    pub fn first_drive(&self) -> Result<DriveRef, Error> {
        Ok(self.state().drives.first()?.drive_ref.clone())
    }

    /// Returns the drive with this id.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let drive = sim.first_drive()?;
    /// assert_eq!(sim.drive_by_id(drive.id())?, drive);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], also for a drive that callers may not read.
    pub fn drive_by_id(&self, id: DriveId) -> Result<DriveRef, Error> {
        let cell = self.state().drives.get(id)?;
        if cell.is_closed() {
            return Err(Error::NoDrive { name: id.to_string() });
        }
        Ok(cell.drive_ref.clone())
    }

    /// Returns the owner of a drive, if it has one. The drive of an outline without `drive` lines belongs to
    /// [`Owner::Me`], unless another drive does.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::drive::Owner;
    /// let sim = Sim::builder().outline("drive team profile=business owner=site:marketing\n").build()?;
    /// assert_eq!(sim.owner_of(sim.drive("team")?)?, Some(Owner::site("marketing")));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn owner_of(&self, drive: impl Into<DriveRef>) -> Result<Option<Owner>, Error> {
        let sim = self.state();
        let cell = sim.drives.by_ref(&drive.into())?;
        Ok(sim.drives.owner_of(&cell).cloned())
    }

    /// Returns the rules of a drive.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().profile(Profile::BOX).build()?;
    /// assert_eq!(sim.profile_of(sim.first_drive()?)?, Profile::BOX);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn profile_of(&self, drive: impl Into<DriveRef>) -> Result<Profile, Error> {
        Ok(self.state().drives.by_ref(&drive.into())?.profile.clone())
    }
}
