//! Reads the change feed and searches items.

use drivesim_core::{ChangeToken, Changes, Item};

use crate::address::{Address, DriveRef};
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Returns the delta token of this moment in a drive: changes from now on follow it.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a\n").build()?;
    /// let drive = sim.first_drive()?;
    /// let token = sim.change_token(&drive)?;
    /// assert!(sim.changes(&drive, Some(token), 100)?.changes.is_empty());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn change_token(&self, drive: impl Into<DriveRef>) -> Result<ChangeToken, Error> {
        let sim = self.state();
        sim.run_due();
        Ok(sim.drives.by_ref(&drive.into())?.read().change_token())
    }

    /// Returns at most `limit` of the items of a drive that changed since `token`, each once and in its current state,
    /// deleted ones as tombstones; without a token all items first.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::feed::Change;
    /// let sim = Sim::builder().outline("a\nb\n").build()?;
    /// let drive = sim.first_drive()?;
    /// let token = sim.change_token(&drive)?;
    /// sim.write("/a", "new")?;
    /// sim.rename("/a", "c")?;
    /// sim.delete("/b")?;
    /// let changes = sim.changes(&drive, Some(token), 100)?.changes;
    /// assert!(matches!(&changes[0], Change::Changed(item) if item.name == "c" && item.size == 3));
    /// assert!(matches!(&changes[1], Change::Deleted(gone) if gone.name == "b"));
    /// assert_eq!(changes.len(), 2);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`]; see [`Drive::changes`](drivesim_core::Drive::changes).
    pub fn changes(
        &self,
        drive: impl Into<DriveRef>,
        token: Option<ChangeToken>,
        limit: usize,
    ) -> Result<Changes, Error> {
        let sim = self.state();
        sim.run_due();
        let cell = sim.drives.by_ref(&drive.into())?;
        // Even a small page may skip many items that the caller may not see.
        Ok(cell.fork().changes(token, limit)?)
    }

    /// Returns the items below a folder that have `text` in their names, ignoring case.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  Report.txt\n  notes.txt\nold reports/\n").build()?;
    /// let found = sim.search("/", "report")?;
    /// let names: Vec<&str> = found.iter().map(|item| item.name.as_str()).collect();
    /// assert_eq!(names, ["Report.txt", "old reports"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::search`](drivesim_core::Drive::search).
    pub fn search(&self, folder: impl Into<Address>, text: &str) -> Result<Vec<Item>, Error> {
        self.search_at(folder, text, 0, usize::MAX)
    }

    /// Calls `each` with every item that [`Sim::search`] finds, so that not all need to be kept.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a1\na2\nb\n").build()?;
    /// let mut n_bytes = 0;
    /// sim.search_each("/", "a", |item| n_bytes += item.name.len())?;
    /// assert_eq!(n_bytes, 4);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::search`](drivesim_core::Drive::search).
    pub fn search_each(
        &self,
        folder: impl Into<Address>,
        text: &str,
        each: impl FnMut(Item),
    ) -> Result<(), Error> {
        self.read_fork(folder.into(), |drive, folder| drive.search_each(folder, text, each))
    }

    /// Searches like [`Sim::search`], but skips the first `skip` items and returns at most `limit`.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a1\na2\na3\n").build()?;
    /// assert_eq!(sim.search_at("/", "a", 1, 1)?[0].name, "a2");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::search`](drivesim_core::Drive::search).
    pub fn search_at(
        &self,
        folder: impl Into<Address>,
        text: &str,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Item>, Error> {
        self.read_fork(folder.into(), |drive, folder| drive.search(folder, text, skip, limit))
    }
}
