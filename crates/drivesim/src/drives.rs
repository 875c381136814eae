//! The only place that keeps the drives of a simulator: by id and by name, one lock each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use drivesim_core::Drive;
use drivesim_core::outline::DriveHeader;
use parking_lot::RwLock;

use crate::error::Error;
use crate::ids::DriveId;

/// What callers may do with a drive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Look at it and change it.
    #[default]
    Write,
    /// Look at it.
    Read,
    /// Nothing: it is as if it were not there.
    None,
}

/// A drive and its lock.
#[derive(Debug)]
pub(crate) struct DriveCell {
    pub(crate) id: DriveId,
    pub(crate) name: String,
    /// Drives are listed, and locked two at a time, in the order in which they were made.
    pub(crate) number: u64,
    pub(crate) header: DriveHeader,
    /// Whether the drive was given with a `drive` line.
    pub(crate) has_header: bool,
    pub(crate) access: Access,
    pub(crate) drive: RwLock<Drive>,
}

/// All drives.
#[derive(Debug, Default)]
pub(crate) struct Drives {
    cells: DashMap<DriveId, Arc<DriveCell>>,
    ids: DashMap<String, DriveId>,
    /// The oldest drive, which calls mean that name none.
    oldest: RwLock<Option<Arc<DriveCell>>>,
    n_made: AtomicU64,
}

impl Drives {
    /// Adds a drive under a name that no other has.
    ///
    /// `make` is told from which number on the contents of the drive are generated.
    pub(crate) fn add(
        &self,
        seed: u64,
        header: DriveHeader,
        has_header: bool,
        make: impl FnOnce(u64) -> Result<Drive, Error>,
    ) -> Result<Arc<DriveCell>, Error> {
        let name = header.name.clone();
        let Entry::Vacant(entry) = self.ids.entry(name.clone()) else {
            return Err(Error::DriveExists { name });
        };
        let number = self.n_made.fetch_add(1, Ordering::Relaxed);
        let drive = make(number << 40 | 1)?;
        let id = DriveId::new(seed, number);
        let access = match header.access.as_deref() {
            Some("read") => Access::Read,
            Some("none") => Access::None,
            _ => Access::Write,
        };
        let cell =
            Arc::new(DriveCell { id, name, number, header, has_header, access, drive: RwLock::new(drive) });
        self.cells.insert(id, cell.clone());
        entry.insert(id);
        self.oldest.write().get_or_insert_with(|| cell.clone());
        Ok(cell)
    }

    /// Removes a drive; who still holds it finishes with it.
    pub(crate) fn remove(&self, id: DriveId) -> Option<Arc<DriveCell>> {
        let (_, cell) = self.cells.remove(&id)?;
        self.ids.remove(&cell.name);
        let mut oldest = self.oldest.write();
        let next = self.all().into_iter().next();
        if oldest.as_ref().is_some_and(|oldest| oldest.id == id) {
            *oldest = next;
        }
        Some(cell)
    }

    pub(crate) fn get(&self, id: DriveId) -> Result<Arc<DriveCell>, Error> {
        // The guard is dropped at once: no lock of the map is held while a drive is used.
        let cell = self.cells.get(&id).map(|cell| cell.clone());
        cell.ok_or_else(|| Error::NoDrive { name: id.to_string() })
    }

    pub(crate) fn named(&self, name: &str) -> Result<Arc<DriveCell>, Error> {
        let id = self.ids.get(name).map(|id| *id);
        let no_drive = || Error::NoDrive { name: name.to_owned() };
        self.get(id.ok_or_else(no_drive)?).map_err(|_| no_drive())
    }

    /// Returns all drives, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<DriveCell>> {
        let mut cells: Vec<_> = self.cells.iter().map(|cell| cell.clone()).collect();
        cells.sort_by_key(|cell| cell.number);
        cells
    }

    /// Returns the oldest drive.
    pub(crate) fn first(&self) -> Result<Arc<DriveCell>, Error> {
        let oldest = self.oldest.read().clone();
        oldest.ok_or_else(|| Error::NoDrive { name: "(the first drive)".to_owned() })
    }
}

/// Looks at two drives at one moment. Locks are taken in the order of the drives, so no two calls can wait for
/// each other; one drive is locked once.
pub(crate) fn read_both<R>(a: &DriveCell, b: &DriveCell, look: impl FnOnce(&Drive, &Drive) -> R) -> R {
    if a.id == b.id {
        let both = a.drive.read();
        return look(&both, &both);
    }
    if a.number < b.number {
        let a = a.drive.read();
        let b = b.drive.read();
        look(&a, &b)
    } else {
        let b = b.drive.read();
        let a = a.drive.read();
        look(&a, &b)
    }
}
