//! Prints and replaces whole drives as outlines.

use std::sync::Arc;

use drivesim_core::outline::{Bounds, DriveHeader, DriveOutline, Outline, parse_within, write_header};
use drivesim_core::{Detail, Profile};

use crate::address::{Address, DriveRef};
use crate::drive_spec::{ONLY_DRIVE, set_options};
use crate::drives::{DriveCell, Drives, ReplacementDrive, is_name_only, replace_in_place};
use crate::error::Error;
use crate::owner::Owner;
use crate::sim::Sim;

/// A drive as text.
#[derive(Default)]
pub(crate) struct DriveText {
    /// Its `drive` line.
    pub(crate) header: DriveHeader,
    /// Whether it was built with one.
    pub(crate) has_header: bool,
    /// Whether its owner is the default one.
    pub(crate) has_default_owner: bool,
    /// Its items as an outline.
    pub(crate) items: String,
}

impl Sim {
    /// Prints all drives as an outline, whatever their access levels: each after its `drive` line, if there are several
    /// or the drive was built from such a line.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("b\nDocs/\n  a = 1024 B\n").build()?;
    /// assert_eq!(sim.outline()?, "b\nDocs/\n  a = 1 KiB\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`drivesim_core::Error::TooDeep`].
    pub fn outline(&self) -> Result<String, Error> {
        self.outline_with(Detail::Names)
    }

    /// Prints all drives as an outline, with attributes such as times and owners depending on `detail`.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::Detail;
    /// let sim = Sim::builder().outline("a # description=\"the first\"\n").build()?;
    /// assert!(sim.outline_with(Detail::Attributes)?.contains("description=\"the first\""));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`drivesim_core::Error::TooDeep`].
    pub fn outline_with(&self, detail: Detail) -> Result<String, Error> {
        let drives = self.outlines(detail)?;
        let mut text = String::new();
        for drive in &drives {
            if drives.len() > 1 || drive.has_header {
                // Writing to a string cannot fail.
                let _ = write_header(&mut text, &drive.header);
            }
            text += &drive.items;
        }
        Ok(text)
    }

    pub(crate) fn outlines(&self, detail: Detail) -> Result<Vec<DriveText>, Error> {
        let sim = self.state();
        sim.run_due();
        let print = |cell: &Arc<DriveCell>| {
            let items = cell.fork().whole_outline(detail)?;
            let (header, has_header) = (sim.drives.header_of(cell), cell.has_header);
            Ok(DriveText { has_default_owner: header.owner != cell.header.owner, header, has_header, items })
        };
        sim.drives.all().iter().map(print).collect()
    }

    /// Prints the items below a folder as an outline.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a\n").build()?;
    /// assert_eq!(sim.outline_of("/Docs")?, "a\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::outline`](drivesim_core::Drive::outline).
    pub fn outline_of(&self, folder: impl Into<Address>) -> Result<String, Error> {
        self.read_fork(folder.into(), |drive, folder| drive.outline(folder, Detail::Names))
    }

    /// Prints the items of a drive as an outline, whatever their access levels, without its `drive` line.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::Detail;
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive("team")?;
    /// sim.create_folder(team.at("/"), "Docs")?;
    /// assert_eq!(sim.drive_outline(&team, Detail::Names)?, "Docs/\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], [`drivesim_core::Error::TooDeep`].
    pub fn drive_outline(&self, drive: impl Into<DriveRef>, detail: Detail) -> Result<String, Error> {
        let sim = self.state();
        sim.run_due();
        let cell = sim.drives.by_ref(&drive.into())?;
        Ok(cell.fork().whole_outline(detail)?)
    }

    /// Replaces all items of a drive by those of an outline, and empties its bin. Everything happens at one moment; no
    /// access level and no lock forbids it.
    ///
    /// The drive keeps its id, root, rules, owner, access level and quota. All other ids are stale from then on, even
    /// those of items that the outline has too. Jobs that copy to the drive fail as if their new item were deleted; a
    /// job that has not started yet copies to the new items. The outline may begin with the `drive` line of this drive,
    /// which changes nothing.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let old = sim.item("/a.txt")?.id;
    /// sim.replace_outline(sim.first_drive()?, "a.txt = \"new\"\nDocs/\n")?;
    /// sim.assert_outline("a.txt = \"new\"\nDocs/\n");
    /// assert!(!sim.exists(old));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], [`Error::Outline`], also for more than all drives may hold together; [`Error::NotItsLine`],
    /// [`Error::Fixture`]; the drive is unchanged then.
    pub fn replace_outline(&self, drive: impl Into<DriveRef>, outline: &str) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.run_due();
        let cell = sim.drives.by_ref(&drive.into())?;
        // The current items are removed.
        let (left, (n_items, n_bytes)) = (sim.drives.capacity.left(), cell.read().held());
        let max_items = left.max_items.saturating_add(n_items);
        let max_content = left.max_content.saturating_add(n_bytes);
        let outline = parse_within(outline, Bounds { max_items, max_content, ..Bounds::NONE })?;
        let only = only_its_own(outline, &sim.drives.header_of(&cell))?;
        let lines = only.map(|of| of.lines).unwrap_or_default();
        replace_in_place(vec![(&cell, &lines)], sim.timestamp(now), || Ok(()))?;
        sim.after_removal(&cell, now);
        Ok(())
    }

    /// Replaces all drives by those of an outline, in its order. Everything happens at one moment; no access level and
    /// no lock forbids it.
    ///
    /// The output of [`Sim::outline`] restores the drives. A drive whose `drive` line matches keeps its id, root, quota
    /// and access level, and gets the items of the outline as after [`Sim::replace_outline`]. A drive whose line
    /// differs is removed and created again under its name; a drive without a line is removed. A line with only a name
    /// leaves the rest of a drive as it is; a new drive without `profile=` is plain.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::parse;
    /// let sim = Sim::builder().outline("drive me profile=business owner=me\na.txt\ndrive team profile=box\n").build()?;
    /// let before = parse(&sim.outline()?)?;
    /// sim.delete("/a.txt")?;
    /// sim.remove_drive(sim.drive("team")?)?;
    /// sim.add_drive("other")?;
    /// sim.replace_drives(before)?;
    /// sim.assert_outline("drive me profile=business owner=me\na.txt\ndrive team profile=box\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`] for two drives of one name, [`Error::NoProfile`], [`Error::NoOwner`], [`Error::Option`],
    /// [`Error::DriveWireId`], [`Error::Fixture`]; nothing has happened then.
    pub fn replace_drives(&self, outline: Outline) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.run_due();
        outline.check_within(sim.drives.capacity.bounds())?;
        let wanted: Vec<ReplacementDrive> =
            outline.drives.into_iter().map(|drive| wanted(&sim.drives, drive)).collect::<Result<_, _>>()?;
        for (number, drive) in wanted.iter().enumerate() {
            let name = &drive.header.name;
            if wanted.iter().take(number).any(|other| other.header.name == *name) {
                return Err(Error::DriveExists { name: name.clone() });
            }
        }
        let before = sim.drives.replace(sim.seed, &wanted, sim.timestamp(now), sim.epoch)?;
        before.iter().for_each(|cell| sim.after_removal(cell, now));
        Ok(())
    }
}

/// Reads the wanted state of a drive from an outline. If its line has no profile, the profile of the drive with its
/// name is used.
fn wanted(drives: &Drives, drive: DriveOutline) -> Result<ReplacementDrive, Error> {
    let has_header = drive.header.is_some();
    let only = || DriveHeader { name: ONLY_DRIVE.to_owned(), ..DriveHeader::default() };
    let mut header = drive.header.unwrap_or_else(only);
    let same_name = drives.by_name(&header.name).ok();
    if let Some(owner) = &header.owner {
        owner.parse::<Owner>()?;
    }
    if !(is_name_only(&header) && same_name.is_some()) && header.profile.is_none() {
        let own = same_name.and_then(|cell| cell.header.profile.clone());
        header.profile = Some(own.unwrap_or_else(|| Profile::PLAIN.name().to_owned()));
    }
    let mut profile = Profile::PLAIN;
    if let Some(name) = &header.profile {
        profile = Profile::named(name).ok_or_else(|| Error::NoProfile { profile: name.clone() })?;
    }
    set_options(&mut profile, &mut header)?;
    Ok(ReplacementDrive { header, has_header, profile, lines: drive.lines })
}

/// Returns the only drive of an outline, and checks that its line matches the drive.
fn only_its_own(outline: Outline, own: &DriveHeader) -> Result<Option<DriveOutline>, Error> {
    let matches = |given: &Option<String>, own: &Option<String>| given.is_none() || given == own;
    for (number, drive) in outline.drives.iter().enumerate() {
        let Some(line) = &drive.header else { continue };
        let is_own = number == 0
            && line.name == own.name
            && line.options.is_empty()
            && matches(&line.profile, &own.profile)
            && matches(&line.owner, &own.owner)
            && matches(&line.access, &own.access)
            && matches(&line.id, &own.id);
        if !is_own {
            return Err(Error::NotItsLine { at: line.at, drive: own.name.clone() });
        }
    }
    Ok(outline.drives.into_iter().next())
}
