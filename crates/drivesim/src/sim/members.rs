//! Implements the verbs on members of items, which only one service has.

use drivesim_core::{Error as DriveError, Json, MemberChange, Members};

use crate::address::Address;
use crate::error::Error;
use crate::sim::Sim;
use crate::sim::resolve::resolve_any_or_binned;

impl Sim {
    /// Returns the members of an item that were set. An item in the bin is named by its id.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let outline = r#"a.txt # tags=["approved"] comment_count=10"#;
    /// let sim = Sim::builder().profile(Profile::BOX).outline(outline).build()?;
    /// let members = sim.members("/a.txt")?;
    /// assert_eq!(members.get("tags").map(|tags| tags.as_str()), Some(r#"["approved"]"#));
    /// assert_eq!(members.iter().count(), 2);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::members`](drivesim_core::Drive::members).
    pub fn members(&self, item: impl Into<Address>) -> Result<Members, Error> {
        let (sim, address) = (self.state(), item.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let drive = cell.read();
        let item = resolve_any_or_binned(&drive, &address)?;
        Ok(drive.members(item)?.clone())
    }

    /// Sets a member of an item to a JSON value, as the service itself does: the item's tags and times stay, no access
    /// level forbids it, and the change feed does not contain it.
    ///
    /// The members and their shapes are defined by [`Profile::members`](drivesim_core::Profile::members). For a change
    /// by a client use [`Sim::update`] with [`Update::member`](crate::options::Update::member).
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().profile(Profile::BOX).outline("a.txt\n").build()?;
    /// sim.set_member("/a.txt", "classification", r##"{"name":"Top Secret","color":"#FF0000"}"##)?;
    /// assert_eq!(sim.item("/a.txt")?.members, sim.members("/a.txt")?);
    /// let refused = sim.set_member("/a.txt", "tags", "[7]").unwrap_err();
    /// assert_eq!(refused.to_string(), "tags[0] must be a non-empty string, not 7");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_members`](drivesim_core::Drive::set_members); [`BadMember`](drivesim_core::Error::BadMember) for a
    /// text that is not JSON, too.
    pub fn set_member(&self, item: impl Into<Address>, name: &str, json: &str) -> Result<(), Error> {
        let value: Json = json.parse().map_err(|error| DriveError::BadMember {
            member: name.to_owned(),
            fault: format!("{name} must be JSON: {error}"),
        })?;
        self.set_members(item, &[(name.to_owned(), Some(value))])
    }

    /// Removes a member of an item; the item is then shown like one whose member was never set.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().profile(Profile::BOX).outline("a.txt # is_package=true").build()?;
    /// sim.clear_member("/a.txt", "is_package")?;
    /// assert!(sim.members("/a.txt")?.is_empty());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_members`](drivesim_core::Drive::set_members).
    pub fn clear_member(&self, item: impl Into<Address>, name: &str) -> Result<(), Error> {
        self.set_members(item, &[(name.to_owned(), None)])
    }

    /// Sets several members of an item, and removes those without a value, all or none of them; otherwise like
    /// [`Sim::set_member`].
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// # use drivesim::item::Json;
    /// let sim = Sim::builder().profile(Profile::BOX).outline("a.txt # is_package=true").build()?;
    /// let changes = [("uploader_display_name".to_owned(), Some(Json::text("Ellis Wiggins"))), ("is_package".to_owned(), None)];
    /// sim.set_members("/a.txt", &changes)?;
    /// assert_eq!(format!("{:?}", sim.members("/a.txt")?), r#"{"uploader_display_name": "Ellis Wiggins"}"#);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_members`](drivesim_core::Drive::set_members).
    pub fn set_members(&self, item: impl Into<Address>, changes: &[MemberChange]) -> Result<(), Error> {
        let (sim, address) = (self.state(), item.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let mut drive = cell.write();
        let item = resolve_any_or_binned(&drive, &address)?;
        Ok(drive.set_members(item, changes)?)
    }
}
