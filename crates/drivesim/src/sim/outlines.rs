//! The only place for the verbs that take one drive as a whole, as an outline.

use drivesim_core::outline::{Bounds, DriveHeader, DriveOutline, Outline, is_owner, parse_within};
use drivesim_core::{Detail, Profile};

use crate::builder::{ONLY_DRIVE, set_options};
use crate::drives::{Drives, Wanted, is_name_only, replace_in_place};
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Prints what is in a drive as an outline, whatever access it gives, without its `drive` line.
    ///
    /// ```
    /// # use drivesim::{Detail, Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive("team", Profile::BUSINESS)?;
    /// sim.create_folder(team.at("/"), "Docs")?;
    /// assert_eq!(sim.drive_outline("team", Detail::Names)?, "Docs/\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], [`drivesim_core::Error::TooDeep`].
    pub fn drive_outline(&self, drive: &str, detail: Detail) -> Result<String, Error> {
        let sim = self.state();
        sim.settle();
        let cell = sim.drives.named(drive)?;
        Ok(cell.fork().whole_outline(detail)?)
    }

    /// Lets a drive hold what an outline says and nothing of what it held, not even in its bin. All happens at one
    /// moment; no access level and no lock refuses it.
    ///
    /// The drive keeps its id, root, rules, owner, access level and quota. All other ids are stale from then on, also
    /// those of items that the outline has again. Jobs that fill the drive fail as when their new item is deleted; one
    /// that has not started yet finds what is there when it does. The outline may begin with the `drive` line of this
    /// drive, which changes nothing.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let old = sim.item("/a.txt")?.id;
    /// sim.replace_outline("drive", "a.txt = \"new\"\nDocs/\n")?;
    /// sim.assert_outline("a.txt = \"new\"\nDocs/\n");
    /// assert!(!sim.exists(old));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], [`Error::Outline`], also for more than all drives may hold together; [`Error::NotItsLine`],
    /// [`Error::Seed`]; the drive is as it was then.
    pub fn replace_outline(&self, drive: &str, outline: &str) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.settle();
        let cell = sim.drives.named(drive)?;
        // What the drive holds goes.
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

    /// Lets there be the drives of an outline, in its order, and no others. All happens at one moment; no access level
    /// and no lock refuses it.
    ///
    /// What [`Sim::outline`] prints comes back: a drive whose `drive` line says what is so keeps its id, root, quota
    /// and access level, and holds the items of the outline as after [`Sim::replace_outline`]. A drive whose line says
    /// something else is removed and made anew under its name; a drive without a line is removed. A line that gives
    /// only a name leaves the rest of a drive as it is; a new drive without `profile=` is plain.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// # use drivesim::outline::parse;
    /// let sim = Sim::builder().outline("drive me profile=business owner=me\na.txt\ndrive team profile=box\n").build()?;
    /// let before = parse(&sim.outline()?)?;
    /// sim.delete("/a.txt")?;
    /// sim.remove_drive("team")?;
    /// sim.add_drive("other", Profile::PERSONAL)?;
    /// sim.replace_drives(before)?;
    /// sim.assert_outline("drive me profile=business owner=me\na.txt\ndrive team profile=box\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`] for two drives of one name, [`Error::NoProfile`], [`Error::NoOwner`], [`Error::Option`],
    /// [`Error::DriveWireId`], [`Error::Seed`]; nothing has happened then.
    pub fn replace_drives(&self, outline: Outline) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.settle();
        outline.check_within(sim.drives.capacity.bounds())?;
        let wanted: Vec<Wanted> =
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

/// Reads what a drive of an outline is to be. Its profile is that of the drive of its name if its line has none.
fn wanted(drives: &Drives, drive: DriveOutline) -> Result<Wanted, Error> {
    let has_header = drive.header.is_some();
    let only = || DriveHeader { name: ONLY_DRIVE.to_owned(), ..DriveHeader::default() };
    let mut header = drive.header.unwrap_or_else(only);
    let same_name = drives.named(&header.name).ok();
    let is_owned_by_nobody = |owner: &&String| !is_owner(owner);
    if let Some(owner) = header.owner.as_ref().filter(is_owned_by_nobody) {
        return Err(Error::NoOwner { owner: owner.clone() });
    }
    if !(is_name_only(&header) && same_name.is_some()) && header.profile.is_none() {
        let own = same_name.and_then(|cell| cell.header.profile.clone());
        header.profile = Some(own.unwrap_or_else(|| Profile::PLAIN.name.to_owned()));
    }
    let mut profile = Profile::PLAIN;
    if let Some(name) = &header.profile {
        profile = Profile::named(name).ok_or_else(|| Error::NoProfile { profile: name.clone() })?;
    }
    set_options(&mut profile, &header)?;
    Ok(Wanted { header, has_header, profile, lines: drive.lines })
}

/// Returns the one drive of an outline, whose line says nothing that is not so.
fn only_its_own(outline: Outline, own: &DriveHeader) -> Result<Option<DriveOutline>, Error> {
    let is_so = |said: &Option<String>, own: &Option<String>| said.is_none() || said == own;
    for (number, drive) in outline.drives.iter().enumerate() {
        let Some(line) = &drive.header else { continue };
        let is_own = number == 0
            && line.name == own.name
            && line.options.is_empty()
            && is_so(&line.profile, &own.profile)
            && is_so(&line.owner, &own.owner)
            && is_so(&line.access, &own.access)
            && is_so(&line.id, &own.id);
        if !is_own {
            return Err(Error::NotItsLine { at: line.at, drive: own.name.clone() });
        }
    }
    Ok(outline.drives.into_iter().next())
}
