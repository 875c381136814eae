//! Lists drives with their properties.

use std::fmt;
use std::sync::Arc;

use drivesim_core::{ItemId, Profile, WireIds};

use crate::address::DriveRef;
use crate::drives::{DriveCell, owner_among};
use crate::error::Error;
use crate::ids::DriveId;
use crate::owner::Owner;
use crate::sim::Sim;

/// A drive with its properties, as [`Sim::drive_infos`] lists it. It is a handle: it copies nothing of the drive.
#[derive(Clone)]
pub struct DriveInfo {
    cell: Arc<DriveCell>,
    /// The owner that the drive has without being given one.
    default_owner: Option<Owner>,
}

impl DriveInfo {
    fn of(drives: &[Arc<DriveCell>], cell: Arc<DriveCell>) -> DriveInfo {
        let default_owner = match &cell.owner {
            Some(_) => None,
            None => owner_among(drives, &cell).cloned(),
        };
        DriveInfo { cell, default_owner }
    }

    /// Returns the reference to the drive.
    #[must_use]
    pub fn drive(&self) -> &DriveRef {
        &self.cell.drive_ref
    }

    /// Returns the id of the drive.
    #[must_use]
    pub fn id(&self) -> DriveId {
        self.cell.id
    }

    /// Returns the name of the drive.
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell.drive_ref.name()
    }

    /// Returns the root of the drive.
    #[must_use]
    pub fn root(&self) -> ItemId {
        self.cell.root
    }

    /// Returns the rules of the drive.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.cell.profile
    }

    /// Returns the owner of the drive, if it has one.
    #[must_use]
    pub fn owner(&self) -> Option<&Owner> {
        self.cell.owner.as_ref().or(self.default_owner.as_ref())
    }

    /// Returns the wire ids that the drive was given, without those of its items.
    #[must_use]
    pub fn own_wire_ids(&self) -> &WireIds {
        &self.cell.own_wire_ids
    }

    /// Returns the current wire ids that the drive and its items were given.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive files profile=box\na.txt # id=12345\n").build()?;
    /// let drive = sim.drive_info(sim.first_drive()?)?;
    /// assert_eq!((drive.own_wire_ids().n_items(), drive.wire_ids().n_items()), (0, 1));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn wire_ids(&self) -> WireIds {
        self.cell.read().wire_ids().clone()
    }

    /// Returns whether callers may currently read nothing in the drive, as if it did not exist.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.cell.is_closed()
    }
}

impl From<DriveInfo> for DriveRef {
    fn from(info: DriveInfo) -> DriveRef {
        info.drive().clone()
    }
}

impl From<&DriveInfo> for DriveRef {
    fn from(info: &DriveInfo) -> DriveRef {
        info.drive().clone()
    }
}

impl fmt::Debug for DriveInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveInfo")
            .field("drive", self.drive())
            .field("root", &self.root())
            .field("profile", self.profile())
            .field("owner", &self.owner())
            .field("own_wire_ids", self.own_wire_ids())
            .field("is_closed", &self.is_closed())
            .finish()
    }
}

/// The drives of a simulator at one moment, oldest first; see [`Sim::drive_infos`].
#[derive(Clone)]
pub struct DriveInfos {
    drives: Arc<Vec<Arc<DriveCell>>>,
    next: usize,
    /// Whether drives that callers may not read are listed too.
    with_closed: bool,
}

impl Iterator for DriveInfos {
    type Item = DriveInfo;

    fn next(&mut self) -> Option<DriveInfo> {
        loop {
            let cell = self.drives.get(self.next)?;
            self.next += 1;
            if self.with_closed || !cell.is_closed() {
                return Some(DriveInfo::of(&self.drives, cell.clone()));
            }
        }
    }
}

impl fmt::Debug for DriveInfos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DriveInfos {{ {} drives left }}", self.drives.len() - self.next)
    }
}

impl Sim {
    /// Returns the properties of a drive, whether or not callers may read it. The cost does not grow with the number of
    /// drives.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive files profile=box\n").build()?;
    /// assert_eq!(sim.drive_info(sim.drive("files")?)?.profile().name(), "box");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn drive_info(&self, drive: impl Into<DriveRef>) -> Result<DriveInfo, Error> {
        let sim = self.state();
        let cell = sim.drives.by_ref(&drive.into())?;
        Ok(DriveInfo::of(&sim.drives.all(), cell))
    }

    /// Lists the drives with their properties, oldest first, without those that callers may not read.
    ///
    /// The list is of one moment. It holds no lock, and allocates nothing.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::drive::{DriveSpec, Owner};
    /// let sim = Sim::builder().build()?;
    /// sim.add_drive(DriveSpec::new("team").owner(Owner::site("team")))?;
    /// let of_team = sim.drive_infos().find(|drive| drive.owner() == Some(&Owner::site("team")));
    /// assert_eq!(of_team.expect("a drive").name(), "team");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn drive_infos(&self) -> DriveInfos {
        DriveInfos { drives: self.state().drives.list(), next: 0, with_closed: false }
    }

    /// Lists drives like [`Sim::drive_infos`], also those that callers may not read.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("drive files profile=box access=none\n").build()?;
    /// assert_eq!(sim.drive_infos().count(), 0);
    /// assert!(sim.all_drive_infos().all(|drive| drive.is_closed()));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn all_drive_infos(&self) -> DriveInfos {
        DriveInfos { with_closed: true, ..self.drive_infos() }
    }
}
