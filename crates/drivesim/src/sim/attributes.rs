//! Implements the verbs on attributes of items: times, descriptions, access, wire ids.

use drivesim_core::{Access, Times, WireIds};

use crate::address::{Address, DriveRef};
use crate::error::Error;
use crate::sim::Sim;
use crate::sim::resolve::resolve_any;

impl Sim {
    /// Sets times of an item; see [`Times`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::{Times, Timestamp};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.set_times("/a.txt", Times { modified_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() })?;
    /// assert_eq!(sim.item("/a.txt")?.modified_at, Timestamp::UNIX_EPOCH);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_times`](drivesim_core::Drive::set_times).
    pub fn set_times(&self, item: impl Into<Address>, times: Times) -> Result<(), Error> {
        self.change(item.into(), |drive, item, act| drive.set_times(item, times, act))
    }

    /// Sets the description of an item; an empty text removes it.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.set_description("/a.txt", "the first letter")?;
    /// assert_eq!(sim.item("/a.txt")?.description.as_deref(), Some("the first letter"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_description`](drivesim_core::Drive::set_description).
    pub fn set_description(&self, item: impl Into<Address>, description: &str) -> Result<(), Error> {
        self.change(item.into(), |drive, item, act| drive.set_description(item, description, act))
    }

    /// Returns the access level of an item.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::access::Access;
    /// let sim = Sim::builder().outline("Docs/ # access=read\n  a.txt\n").build()?;
    /// assert_eq!((sim.access("/Docs/a.txt")?, sim.access("/")?), (Access::Read, Access::Write));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::access`](drivesim_core::Drive::access).
    pub fn access(&self, item: impl Into<Address>) -> Result<Access, Error> {
        let (sim, address) = (self.state(), item.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let drive = cell.read();
        let item = resolve_any(&drive, &address)?;
        Ok(drive.access(item)?)
    }

    /// Returns the access level that was set for an item itself; `None` if the item has the level of its folder.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::access::Access;
    /// let sim = Sim::builder().outline("Docs/ # access=read\n  a.txt\n").build()?;
    /// assert_eq!((sim.access("/Docs/a.txt")?, sim.own_access("/Docs/a.txt")?), (Access::Read, None));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::own_access`](drivesim_core::Drive::own_access).
    pub fn own_access(&self, item: impl Into<Address>) -> Result<Option<Access>, Error> {
        let (sim, address) = (self.state(), item.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let drive = cell.read();
        let item = resolve_any(&drive, &address)?;
        Ok(drive.own_access(item)?)
    }

    /// Sets the access level of an item, and of the items below it that have no level of their own. `None` restores the
    /// level of its folder. Callers of this method see all items.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::access::Access;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// sim.set_access("/Docs", Some(Access::Read))?;
    /// assert_eq!(sim.delete("/Docs/a.txt").unwrap_err().code(), "accessDenied");
    /// sim.set_access("/Docs", Some(Access::None))?;
    /// assert_eq!(sim.delete("/Docs/a.txt").unwrap_err().code(), "itemNotFound");
    /// sim.set_access("/Docs", None)?;
    /// sim.delete("/Docs/a.txt")?;
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_access`](drivesim_core::Drive::set_access).
    pub fn set_access(&self, item: impl Into<Address>, access: Option<Access>) -> Result<(), Error> {
        let (sim, address) = (self.state(), item.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let mut drive = cell.write();
        let item = resolve_any(&drive, &address)?;
        Ok(drive.set_access(item, access)?)
    }

    /// Sets the wire id of an item, in place of the one that the server generates; `None` restores that one. An outline
    /// does the same with `# id=…`. The item keeps the id when it is moved, renamed, or deleted and restored; a copy
    /// has another. Access levels do not matter here, as in [`Sim::set_access`].
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().profile(Profile::BOX).outline("Team/\na.txt\nb.txt\n").build()?;
    /// sim.set_wire_id("/Team", Some("123"))?;
    /// sim.set_wire_id("/a.txt", Some("12345"))?;
    /// let taken = sim.set_wire_id("/b.txt", Some("12345")).unwrap_err();
    /// assert_eq!(taken.to_string(), "the id \"12345\" is taken by \"/a.txt\"");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_wire_id`](drivesim_core::Drive::set_wire_id).
    pub fn set_wire_id(&self, item: impl Into<Address>, id: Option<&str>) -> Result<(), Error> {
        let (sim, address) = (self.state(), item.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let mut drive = cell.write();
        let item = resolve_any(&drive, &address)?;
        Ok(drive.set_wire_id(item, id)?)
    }

    /// Returns the current wire ids that a drive and its items were given.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::ItemKind;
    /// let sim = Sim::builder().outline("drive files profile=box\na.txt # id=12345\n").build()?;
    /// let ids = sim.wire_ids(sim.drive("files")?)?;
    /// assert_eq!(ids.find("12345", ItemKind::File), Some(sim.item("/a.txt")?.id));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn wire_ids(&self, drive: impl Into<DriveRef>) -> Result<WireIds, Error> {
        let sim = self.state();
        sim.run_due();
        let cell = sim.drives.by_ref(&drive.into())?;
        let ids = cell.read().wire_ids().clone();
        Ok(ids)
    }
}
