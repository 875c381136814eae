//! Implements the verbs on the versions of files.

use drivesim_core::{Content, Version};

use crate::address::Address;
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Lists the versions of a file, latest first; the first is the current one.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// sim.write("/a.txt", "number two")?;
    /// let sizes: Vec<u64> = sim.versions("/a.txt")?.iter().map(|version| version.size).collect();
    /// assert_eq!(sizes, [10, 3]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::versions`](drivesim_core::Drive::versions).
    pub fn versions(&self, file: impl Into<Address>) -> Result<Vec<Version>, Error> {
        self.read_fork(file.into(), |drive, file| drive.versions(file))
    }

    /// Returns the content of a version of a file.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::Content;
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// sim.write("/a.txt", "two")?;
    /// assert_eq!(sim.version_content("/a.txt", 1)?, Content::from("one"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::version_content`](drivesim_core::Drive::version_content).
    pub fn version_content(&self, file: impl Into<Address>, number: u32) -> Result<Content, Error> {
        self.read_item(file.into(), |drive, file| drive.version_content(file, number))
    }

    /// Makes a past version the current one, as a new version. No version is lost.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// sim.write("/a.txt", "two")?;
    /// sim.restore_version("/a.txt", 1)?;
    /// assert_eq!(sim.read("/a.txt")?, b"one");
    /// assert_eq!(sim.item("/a.txt")?.version, 3);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::restore_version`](drivesim_core::Drive::restore_version).
    pub fn restore_version(&self, file: impl Into<Address>, number: u32) -> Result<(), Error> {
        self.change(file.into(), |drive, file, act| drive.restore_version(file, number, act))
    }

    /// Deletes a past version of a file. The file itself does not change: its tags stay, and the change feed does not
    /// contain it.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// sim.write("/a.txt", "two")?;
    /// sim.delete_version("/a.txt", 1)?;
    /// assert_eq!(sim.versions("/a.txt")?.len(), 1);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::delete_version`](drivesim_core::Drive::delete_version).
    pub fn delete_version(&self, file: impl Into<Address>, number: u32) -> Result<(), Error> {
        self.change(file.into(), |drive, file, act| drive.delete_version(file, number, act))
    }
}
