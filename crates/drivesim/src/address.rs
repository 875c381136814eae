//! How a call names an item: by path or id, in the first drive or in another.

use std::sync::Arc;

use drivesim_core::ItemId;
pub use drivesim_core::Precondition;

use crate::ids::DriveId;

/// Names an item of a simulator.
///
/// A path or an id alone refers to the simulator's first drive; [`DriveRef::at`] names an item of any drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(crate) drive: Option<DriveRef>,
    pub(crate) item: ItemRef,
    /// The precondition of the call.
    pub(crate) precondition: Option<Precondition>,
}

impl Address {
    /// Adds a precondition: the call fails, and changes nothing, if the item does not match it.
    ///
    /// A copy checks it once, when it is requested; its job does not check it again when it starts.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::address::{Address, Precondition};
    /// let sim = Sim::builder().outline("a.txt = \"one\"\n").build()?;
    /// let seen = Precondition::ETag(sim.item("/a.txt")?.etag);
    /// sim.write("/a.txt", "two")?;
    /// let refused = sim.write(Address::from("/a.txt").if_match(seen), "three");
    /// assert_eq!(refused.unwrap_err().code(), "resourceModified");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn if_match(self, expected: Precondition) -> Address {
        Address { precondition: Some(expected), ..self }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ItemRef {
    Path(String),
    Id(ItemId),
}

impl From<&str> for Address {
    fn from(path: &str) -> Address {
        Address { drive: None, item: ItemRef::Path(path.to_owned()), precondition: None }
    }
}

impl From<&String> for Address {
    fn from(path: &String) -> Address {
        Address::from(path.as_str())
    }
}

impl From<String> for Address {
    fn from(path: String) -> Address {
        Address { drive: None, item: ItemRef::Path(path), precondition: None }
    }
}

/// Names an item of the first drive. Drives count their ids separately: an item of another drive is named by
/// [`DriveRef::at`].
impl From<ItemId> for Address {
    fn from(id: ItemId) -> Address {
        Address { drive: None, item: ItemRef::Id(id), precondition: None }
    }
}

impl From<&Address> for Address {
    fn from(address: &Address) -> Address {
        address.clone()
    }
}

/// Names a drive of a simulator. [`Sim::drive`](crate::Sim::drive) finds it by name,
/// [`Sim::first_drive`](crate::Sim::first_drive) is the one that paths alone refer to.
///
/// A path is not the name of a drive:
///
/// ```compile_fail
/// # let sim = drivesim::Sim::builder().build()?;
/// sim.quota("/Docs/a.txt")?;
/// # Ok::<(), drivesim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DriveRef {
    pub(crate) id: DriveId,
    pub(crate) name: Arc<str>,
}

impl DriveRef {
    /// Returns the drive's id.
    pub fn id(&self) -> DriveId {
        self.id
    }

    /// Returns the drive's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names an item of this drive by path or id.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt = 1 B\n").build()?;
    /// let other = sim.add_drive("other")?;
    /// sim.copy("/a.txt", other.at("/"), CopyOptions::default())?;
    /// assert_eq!(sim.item(other.at("/a.txt"))?.size, 1);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn at(&self, item: impl Into<Address>) -> Address {
        Address { drive: Some(self.clone()), ..item.into() }
    }
}

impl From<&DriveRef> for DriveRef {
    fn from(drive: &DriveRef) -> DriveRef {
        drive.clone()
    }
}
