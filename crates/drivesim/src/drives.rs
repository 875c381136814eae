//! The only place that keeps the drives of a simulator: by id and by name, one lock each.

mod cell;
mod new;
mod replace;
mod traffic;

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use dashmap::DashMap;
use drivesim_core::outline::{Bounds, DriveHeader};
use drivesim_core::{Capacity, Drive, ME};
use parking_lot::Mutex;

use crate::address::DriveRef;
use crate::error::Error;
use crate::ids::DriveId;

#[cfg(test)]
pub(crate) use self::cell::tests::{call_hook, with_hook};
pub(crate) use self::cell::{DriveCell, Writing};
pub(crate) use self::new::NewDrive;
use self::new::{Made, check_wire_id};
pub(crate) use self::replace::{Wanted, is_name_only, replace_in_place};
pub(crate) use self::traffic::Counter;

/// How many drives are looked through in less time than one is looked up.
const FEW: usize = 8;

/// All drives.
#[derive(Debug)]
pub(crate) struct Drives {
    /// What they may hold together.
    pub(crate) capacity: Capacity,
    /// What they have parted with and made.
    pub(crate) traffic: Arc<Counter>,
    cells: DashMap<DriveId, Arc<DriveCell>>,
    ids: DashMap<String, DriveId>,
    /// All of them in the order in which they are listed, the first one first: many calls look through them or mean
    /// the first.
    ordered: ArcSwap<Vec<Arc<DriveCell>>>,
    /// How many were ever made. While this is locked none is made or removed.
    n_made: Mutex<u64>,
}

impl Drives {
    pub(crate) fn new(bounds: Bounds) -> Drives {
        Drives {
            capacity: Capacity::new(bounds),
            traffic: Arc::default(),
            cells: DashMap::default(),
            ids: DashMap::default(),
            ordered: ArcSwap::default(),
            n_made: Mutex::default(),
        }
    }

    /// Adds a drive under a name that no other has.
    ///
    /// `make` begins with an empty drive of [`NewDrive`].
    pub(crate) fn add(
        &self,
        seed: u64,
        header: DriveHeader,
        has_header: bool,
        make: impl FnOnce(NewDrive<'_>) -> Result<Drive, Error>,
    ) -> Result<Arc<DriveCell>, Error> {
        let name = header.name.clone();
        let mut n_made = self.n_made.lock();
        // No entry of the map is held: it locks a part of the map, and others are in it.
        if self.ids.contains_key(&name) {
            return Err(Error::DriveExists { name });
        }
        let made = Made { seed, number: *n_made, header, has_header };
        *n_made += 1;
        let cell = Arc::new(made.cell(self.traffic.clone(), make)?);
        #[cfg(test)]
        call_hook(&cell);
        check_wire_id(&self.all(), &cell)?;
        cell.lock().join(&self.capacity)?;
        self.cells.insert(cell.id, cell.clone());
        self.ids.insert(name, cell.id);
        let mut ordered = Vec::clone(&self.ordered.load());
        ordered.push(cell.clone());
        self.ordered.store(Arc::new(ordered));
        Ok(cell)
    }

    /// Removes a drive; who still holds it finishes with it.
    pub(crate) fn remove(&self, id: DriveId) -> Option<Arc<DriveCell>> {
        let _still = self.n_made.lock();
        let (_, cell) = self.cells.remove(&id)?;
        self.ids.remove(cell.named.name());
        let left = self.ordered.load().iter().filter(|cell| cell.id != id).cloned().collect();
        self.ordered.store(Arc::new(left));
        let mut drive = cell.lock();
        drive.leave_capacity();
        // Snapshots may hold all of it.
        self.traffic.part_with(drive.n_bytes());
        drop(drive);
        Some(cell)
    }

    /// Makes drives of their own that are as these are at one moment. Locks are taken in the order of the drives.
    pub(crate) fn fork(&self) -> Drives {
        let n_made = self.n_made.lock();
        let cells = self.all();
        let mut numbered: Vec<_> = cells.iter().enumerate().collect();
        numbered.sort_unstable_by_key(|(_, cell)| cell.number);
        let held: Vec<_> = numbered.into_iter().map(|(place, cell)| (place, cell, cell.read())).collect();
        let fork = Drives::new(self.capacity.bounds());
        *fork.n_made.lock() = *n_made;
        let mut twins = Vec::with_capacity(held.len());
        for (place, cell, drive) in held {
            let mut twin = drive.clone();
            twin.join_as_it_is(&fork.capacity);
            let twin = Arc::new(cell.with(twin, fork.traffic.clone()));
            fork.ids.insert(twin.named.name().to_owned(), twin.id);
            fork.cells.insert(twin.id, twin.clone());
            twins.push((place, twin));
        }
        twins.sort_unstable_by_key(|(place, _)| *place);
        fork.ordered.store(Arc::new(twins.into_iter().map(|(_, twin)| twin).collect()));
        // Who frees a portion after another in a drive does not know of its twin.
        fork.all().iter().for_each(|twin| twin.free_rest());
        fork
    }

    pub(crate) fn get(&self, id: DriveId) -> Result<Arc<DriveCell>, Error> {
        let ordered = self.ordered.load();
        let cell = match ordered.len() {
            ..=FEW => ordered.iter().find(|cell| cell.id == id).cloned(),
            // The guard is dropped at once: no lock of the map is held while a drive is used.
            _ => self.cells.get(&id).map(|cell| cell.clone()),
        };
        cell.ok_or_else(|| Error::NoDrive { name: id.to_string() })
    }

    /// Returns the drive that a caller knows by its reference.
    pub(crate) fn of(&self, drive: &DriveRef) -> Result<Arc<DriveCell>, Error> {
        self.get(drive.id).map_err(|_| Error::NoDrive { name: drive.name().to_owned() })
    }

    pub(crate) fn named(&self, name: &str) -> Result<Arc<DriveCell>, Error> {
        let id = self.ids.get(name).map(|id| *id);
        let no_drive = || Error::NoDrive { name: name.to_owned() };
        self.get(id.ok_or_else(no_drive)?).map_err(|_| no_drive())
    }

    /// Returns whom a drive belongs to. The drive of an outline without `drive` lines is that of `me`, unless another is.
    pub(crate) fn owner_of<'a>(&self, cell: &'a DriveCell) -> Option<&'a str> {
        let is_mine = |cell: &Arc<DriveCell>| cell.header.owner.as_deref() == Some(ME);
        match &cell.header.owner {
            Some(owner) => Some(owner),
            None if cell.is_unnamed() && !self.all().iter().any(is_mine) => Some(ME),
            None => None,
        }
    }

    /// Returns the line of a drive as it is printed: with its owner.
    pub(crate) fn header_of(&self, cell: &DriveCell) -> DriveHeader {
        DriveHeader { owner: self.owner_of(cell).map(str::to_owned), ..cell.header.clone() }
    }

    /// Returns all drives in the order in which they are listed.
    pub(crate) fn all(&self) -> Guard<Arc<Vec<Arc<DriveCell>>>> {
        self.ordered.load()
    }

    /// Returns the first drive.
    pub(crate) fn first(&self) -> Result<Arc<DriveCell>, Error> {
        let first = self.ordered.load().first().cloned();
        first.ok_or_else(|| Error::NoDrive { name: "(the first drive)".to_owned() })
    }
}

/// Looks at two drives at one moment. Locks are taken in the order of the drives, so no two calls can wait for
/// each other; one drive is locked once.
pub(crate) fn read_both<R>(a: &DriveCell, b: &DriveCell, look: impl FnOnce(&Drive, &Drive) -> R) -> R {
    if a.id == b.id {
        let both = a.read();
        return look(&both, &both);
    }
    if a.number < b.number {
        let a = a.read();
        let b = b.read();
        look(&a, &b)
    } else {
        let b = b.read();
        let a = a.read();
        look(&a, &b)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use drivesim_core::copy::CopySpec;
    use drivesim_core::{Conflict, Content, ItemId, Profile, Timestamp};

    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn cell(drives: &Drives) -> Arc<DriveCell> {
        let header = DriveHeader { name: "main".to_owned(), ..DriveHeader::default() };
        drives.add(1, header, false, |new| new.drive(Profile::PLAIN, AT)).unwrap()
    }

    fn fill(drive: &mut Drive, folder: ItemId, numbers: impl Iterator<Item = u32>) {
        for number in numbers {
            let name = format!("{number}.txt");
            drive.create_file(folder, &name, Content::from("x"), Conflict::Fail, AT).unwrap();
        }
    }

    /// Deletes an item for good and returns how often the drive was locked for that.
    fn locks_to_purge(cell: &DriveCell, path: &str) -> u64 {
        let before = cell.n_locked.load(Ordering::Relaxed);
        {
            let mut drive = cell.write();
            let item = drive.find(path).unwrap();
            drive.delete_permanently(item).unwrap();
        }
        assert!(!cell.read().has_garbage());
        cell.read().check_invariants();
        cell.n_locked.load(Ordering::Relaxed) - before
    }

    #[test]
    fn a_fork_frees_what_its_origin_was_still_freeing() {
        let drives = Drives::new(Bounds::NONE);
        let cell = cell(&drives);
        let more_is_left = |drives: &Drives| {
            let fork = drives.fork();
            assert!(cell.read().has_garbage(), "a portion is a small part");
            for twin in fork.all().iter() {
                assert!(!twin.read().has_garbage());
                twin.read().check_invariants();
            }
        };
        {
            let mut drive = cell.lock();
            let root = drive.root();
            let folders =
                ["large", "other"].map(|name| drive.create_folder(root, name, Conflict::Fail, AT).unwrap());
            for number in 0..30 {
                folders.iter().for_each(|&folder| fill(&mut drive, folder, number * 400..(number + 1) * 400));
            }
            drive.delete_permanently(folders[0]).unwrap();
        }
        more_is_left(&drives);
        let scanned = cell.read().scan_garbage().unwrap().run();
        cell.lock().condemn(scanned);
        more_is_left(&drives);
        assert!(cell.lock().free_some().more, "what lies between others goes in portions");
        more_is_left(&drives);
        cell.free_rest();
        cell.read().check_invariants();
    }

    #[test]
    fn what_a_copy_made_is_purged_chunk_by_chunk() {
        let drives = Drives::new(Bounds::NONE);
        let cell = cell(&drives);
        {
            let mut drive = cell.write();
            let root = drive.root();
            let folder = drive.create_folder(root, "a", Conflict::Fail, AT).unwrap();
            fill(&mut drive, folder, 0..25_000);
            for name in ["b", "c", "d"] {
                drive.copy(&CopySpec::new(folder, root).named(name), AT, usize::MAX).unwrap();
            }
            let all = drive.create_folder(root, "all", Conflict::Fail, AT).unwrap();
            for path in ["/a", "/b", "/c", "/d"] {
                let item = drive.find(path).unwrap();
                drive.move_to(item, all, None, Conflict::Fail, AT).unwrap();
            }
            drive.copy(&CopySpec::new(all, root).named("copy"), AT, usize::MAX).unwrap();
        }
        // 100,005 items in 7 chunks: the verb, the scan, each chunk.
        let n_locks = locks_to_purge(&cell, "/copy");
        assert!(n_locks <= 2 + 7, "{n_locks}");
        let before = cell.n_locked.load(Ordering::Relaxed);
        let _fork = drives.fork();
        assert_eq!(cell.n_locked.load(Ordering::Relaxed), before, "a fork only reads");
        let n_locks = locks_to_purge(&cell, "/all");
        assert!(n_locks <= 2 + 4 * (2 + 2), "{n_locks}");
    }

    #[test]
    fn what_lies_between_other_items_is_purged_in_portions() {
        let drives = Drives::new(Bounds::NONE);
        let cell = cell(&drives);
        {
            let mut drive = cell.write();
            let root = drive.root();
            let folders =
                ["gone", "kept"].map(|name| drive.create_folder(root, name, Conflict::Fail, AT).unwrap());
            for number in 0..20_000 {
                folders.iter().for_each(|&folder| fill(&mut drive, folder, number..number + 1));
            }
        }
        let n_locks = locks_to_purge(&cell, "/gone");
        // At most 2,048 slots at once, and so many that a million items take some hundred locks.
        assert!((2 + 20_000 / 2048..2 + 20_000 / 1024).contains(&n_locks), "{n_locks}");
        assert_eq!(cell.read().item(cell.read().find("/kept").unwrap()).unwrap().child_count, 20_000);
    }

    #[test]
    fn threads_that_purge_at_the_same_time_leave_nothing() {
        let drives = Drives::new(Bounds::NONE);
        let cell = cell(&drives);
        let names: Vec<String> = (0..8).map(|number| format!("f{number}")).collect();
        for name in &names {
            let mut drive = cell.write();
            let root = drive.root();
            let folder = drive.create_folder(root, name, Conflict::Fail, AT).unwrap();
            fill(&mut drive, folder, 0..1500);
        }
        std::thread::scope(|scope| {
            for name in &names {
                let cell = &cell;
                scope.spawn(move || {
                    let mut drive = cell.write();
                    let item = drive.find(&format!("/{name}")).unwrap();
                    drive.delete_permanently(item).unwrap();
                });
            }
        });
        assert!(!cell.read().has_garbage());
        cell.read().check_invariants();
        assert_eq!(cell.read().item(cell.read().root()).unwrap().child_count, 0);
    }
}
