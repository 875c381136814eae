//! Implements the verbs that set content together with its times and a new name.

use drivesim_core::{Content, ContentFacts, ItemId};

use crate::address::Address;
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Creates a file whose content comes with times and a description. Fails if the name is taken.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::{ContentTimes, Timestamp};
    /// let sim = Sim::builder().build()?;
    /// let times = ContentTimes { modified_at: Some(Timestamp::UNIX_EPOCH), ..ContentTimes::default() };
    /// let file = sim.upload("/", "a.txt", "hi", times)?;
    /// assert_eq!(sim.item(file)?.fs_modified_at, Timestamp::UNIX_EPOCH);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::upload`](drivesim_core::Drive::upload).
    pub fn upload<'a>(
        &self,
        parent: impl Into<Address>,
        name: &str,
        content: impl Into<Content>,
        facts: impl Into<ContentFacts<'a>>,
    ) -> Result<ItemId, Error> {
        let (content, facts) = (content.into(), facts.into());
        self.change(parent.into(), |drive, parent, act| drive.upload(parent, name, content, facts, act))
    }

    /// Checks whether [`Sim::upload`] would accept a file of this size now. Changes nothing.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// assert!(sim.check_upload("/", "a.txt", 5).is_err());
    /// sim.check_upload("/", "b.txt", 5)?;
    /// sim.assert_outline("a.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Sim::upload`].
    pub fn check_upload(&self, parent: impl Into<Address>, name: &str, size: u64) -> Result<(), Error> {
        self.change(parent.into(), |drive, parent, _| drive.check_upload(parent, name, size))
    }

    /// Checks whether [`Sim::upload_version`] would accept this size now. Changes nothing.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// sim.set_quota(sim.first_drive()?, Some(10))?;
    /// sim.check_upload_version("/a.txt", None, 10)?;
    /// assert!(sim.check_upload_version("/a.txt", None, 11).is_err());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Sim::upload_version`].
    pub fn check_upload_version(
        &self,
        file: impl Into<Address>,
        name: Option<&str>,
        size: u64,
    ) -> Result<(), Error> {
        self.change(file.into(), |drive, file, _| drive.check_upload_version(file, name, size))
    }

    /// Creates a new version of a file, and sets the name and metadata that come with it, in one step or not at all.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::ContentTimes;
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// let before = sim.item("/a.txt")?.etag;
    /// sim.upload_version("/a.txt", "two", Some("b.txt"), ContentTimes::default())?;
    /// assert_eq!(sim.item("/b.txt")?.etag, before + 1);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::upload_version`](drivesim_core::Drive::upload_version).
    pub fn upload_version<'a>(
        &self,
        file: impl Into<Address>,
        content: impl Into<Content>,
        name: Option<&str>,
        facts: impl Into<ContentFacts<'a>>,
    ) -> Result<(), Error> {
        let (content, facts) = (content.into(), facts.into());
        self.change(file.into(), |drive, file, act| drive.upload_version(file, content, name, facts, act))
    }
}
