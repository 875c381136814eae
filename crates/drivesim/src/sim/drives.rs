//! Implements the verbs that add, remove and find drives.

use std::fmt;

use drivesim_core::outline::{DriveHeader, is_owner};
use drivesim_core::{Access, ItemId, Profile, WireIds};

use crate::address::DriveRef;
use crate::drives::{DriveCell, set_options};
use crate::error::Error;
use crate::ids::DriveId;
use crate::sim::Sim;
use crate::state::Shared;

/// The properties of a drive, as [`Sim::find_drive`] passes them.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct DriveInfo<'a> {
    /// The reference with the name.
    pub name: &'a DriveRef,
    /// Its root.
    pub root: ItemId,
    /// Its profile.
    pub profile: &'a Profile,
    /// Its owner: `me`, `user:ID`, `group:ID` or `site:ID`.
    pub owner: Option<&'a str>,
    /// The wire ids that it was given, without those of its items: see [`DriveInfo::wire_ids`].
    pub own_wire_ids: &'a WireIds,
    /// Whether callers may read nothing in it, as if it did not exist.
    pub is_closed: bool,
    cell: &'a DriveCell,
}

impl<'a> DriveInfo<'a> {
    fn at(sim: &'a Shared, cell: &'a DriveCell) -> DriveInfo<'a> {
        DriveInfo {
            name: &cell.drive_ref,
            root: cell.root,
            profile: &cell.profile,
            owner: sim.drives.owner_of(cell),
            own_wire_ids: &cell.own_wire_ids,
            is_closed: cell.is_closed(),
            cell,
        }
    }

    /// Returns the current wire ids that the drive and its items were given.
    pub fn wire_ids(&self) -> WireIds {
        self.cell.read().wire_ids().clone()
    }
}

impl fmt::Debug for DriveInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DriveInfo { name, root, profile, owner, own_wire_ids, is_closed, .. } = self;
        f.debug_struct("DriveInfo")
            .field("name", name)
            .field("root", root)
            .field("profile", profile)
            .field("owner", owner)
            .field("own_wire_ids", own_wire_ids)
            .field("is_closed", is_closed)
            .finish()
    }
}

impl Sim {
    /// Adds an empty drive.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive("team", Profile::BUSINESS)?;
    /// sim.create_folder(team.at("/"), "Docs")?;
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`].
    pub fn add_drive(&self, name: &str, profile: Profile) -> Result<DriveRef, Error> {
        self.make_drive(profile, DriveHeader { name: name.to_owned(), ..DriveHeader::default() })
    }

    /// Adds an empty drive with an owner: `me`, `user:ID`, `group:ID` or `site:ID`.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive_owned("team", Profile::BUSINESS, "site:marketing")?;
    /// assert_eq!(sim.owner_of(&team)?.as_deref(), Some("site:marketing"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`], [`Error::NoOwner`].
    pub fn add_drive_owned(&self, name: &str, profile: Profile, owner: &str) -> Result<DriveRef, Error> {
        if !is_owner(owner) {
            return Err(Error::NoOwner { owner: owner.to_owned() });
        }
        let (name, owner) = (name.to_owned(), Some(owner.to_owned()));
        self.make_drive(profile, DriveHeader { name, owner, ..DriveHeader::default() })
    }

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

    fn make_drive(&self, profile: Profile, header: DriveHeader) -> Result<DriveRef, Error> {
        let sim = self.state();
        let at = sim.timestamp(sim.run_due());
        let header = DriveHeader { profile: Some(profile.name.to_owned()), ..header };
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
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// sim.add_drive("team", Profile::BOX)?;
    /// sim.remove_drive("team")?;
    /// assert!(sim.drive("team").is_err());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn remove_drive(&self, name: &str) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.run_due();
        let cell = sim.drives.by_name(name)?;
        if sim.drives.remove(cell.id).is_none() {
            return Err(Error::NoDrive { name: name.to_owned() });
        }
        sim.after_removal(&cell, now);
        Ok(())
    }

    /// Returns the drives, oldest first, without those that callers may not read.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// sim.add_drive("team", Profile::BUSINESS)?;
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
    /// # use drivesim::{Access, Sim};
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
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn drive(&self, name: &str) -> Result<DriveRef, Error> {
        let cell = self.state().drives.by_name(name)?;
        if cell.is_closed() {
            return Err(Error::NoDrive { name: name.to_owned() });
        }
        Ok(cell.drive_ref.clone())
    }

    /// Returns the drive with this id.
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn drive_of(&self, id: DriveId) -> Result<DriveRef, Error> {
        let cell = self.state().drives.get(id)?;
        if cell.is_closed() {
            return Err(Error::NoDrive { name: id.to_string() });
        }
        Ok(cell.drive_ref.clone())
    }

    /// Returns the owner of a drive, as in its `drive` line: `me`, `user:ID`, `group:ID` or `site:ID`.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive team profile=business owner=site:marketing\n").build()?;
    /// assert_eq!(sim.owner_of(&sim.drive("team")?)?.as_deref(), Some("site:marketing"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn owner_of(&self, drive: &DriveRef) -> Result<Option<String>, Error> {
        let sim = self.state();
        let cell = sim.cell(&drive.at("/"))?;
        Ok(sim.drives.owner_of(&cell).map(str::to_owned))
    }

    /// Calls `look` with the drives in their order until it returns something. Drives that callers may not read are
    /// left out.
    ///
    /// No lock is held meanwhile: it blocks no other thread, and waits for no thread that changes a drive.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// sim.add_drive_owned("team", Profile::BUSINESS, "site:team")?;
    /// let found = sim.find_drive(|drive| (drive.owner == Some("site:team")).then(|| drive.name.clone()));
    /// assert_eq!(found.expect("a drive").name(), "team");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn find_drive<R>(&self, mut look: impl FnMut(DriveInfo<'_>) -> Option<R>) -> Option<R> {
        self.find_any_drive(|drive| if drive.is_closed { None } else { look(drive) })
    }

    /// Calls `look` like [`Sim::find_drive`], also with drives that callers may not read.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive files profile=box access=none\n").build()?;
    /// assert_eq!(sim.find_drive(|drive| Some(drive.is_closed)), None);
    /// assert_eq!(sim.find_any_drive(|drive| Some(drive.is_closed)), Some(true));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn find_any_drive<R>(&self, mut look: impl FnMut(DriveInfo<'_>) -> Option<R>) -> Option<R> {
        let sim = self.state();
        sim.drives.all().iter().find_map(|cell| look(DriveInfo::at(&sim, cell)))
    }

    /// Calls `look` with the drive of an id, like [`Sim::find_any_drive`]; `None` if there is none. The cost does not
    /// grow with the number of drives.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive files profile=box\n").build()?;
    /// let drive = sim.drive("files")?;
    /// assert_eq!(sim.look_at_drive(drive.id(), |drive| drive.profile.name), Some("box"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn look_at_drive<R>(&self, id: DriveId, look: impl FnOnce(DriveInfo<'_>) -> R) -> Option<R> {
        let sim = self.state();
        let cell = sim.drives.get(id).ok()?;
        Some(look(DriveInfo::at(&sim, &cell)))
    }

    /// Returns the rules of a drive.
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn profile_of(&self, drive: &DriveRef) -> Result<Profile, Error> {
        Ok(self.state().cell(&drive.at("/"))?.profile.clone())
    }
}
