//! The only place for the verbs that take one drive as a whole, as an outline.

use std::sync::atomic::Ordering;

use drivesim_core::Detail;
use drivesim_core::outline::{DriveHeader, DriveOutline, Outline, parse};

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
        let drive = cell.read();
        Ok(drive.whole_outline(detail)?)
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
    /// [`Error::NoDrive`], [`Error::Outline`], [`Error::NotItsLine`], [`Error::Seed`]; the drive is as it was then.
    pub fn replace_outline(&self, drive: &str, outline: &str) -> Result<(), Error> {
        let outline = parse(outline)?;
        let sim = self.state();
        let now = sim.settle();
        let cell = sim.drives.named(drive)?;
        let drives = only_its_own(outline, &cell.header)?;
        {
            let mut drive = cell.write();
            drives.iter().try_for_each(|of| drive.replace_all(&of.lines, sim.timestamp(now)))?;
            cell.n_removals.fetch_add(1, Ordering::Relaxed);
        }
        sim.after_removal(&cell, now);
        Ok(())
    }
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
            && is_so(&line.access, &own.access);
        if !is_own {
            return Err(Error::NotItsLine { at: line.at, drive: own.name.clone() });
        }
    }
    Ok(outline.drives.into_iter().next())
}
