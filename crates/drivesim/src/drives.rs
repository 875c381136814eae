//! Keeps the drives of a simulator by id and by name, each behind its own lock.

mod cell;
mod new;
mod replace;
mod spin_lock;
mod traffic;

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use dashmap::DashMap;
use drivesim_core::outline::{Bounds, DriveHeader};
use drivesim_core::{Capacity, Drive};
use parking_lot::Mutex;

use crate::address::DriveRef;
use crate::error::Error;
use crate::ids::DriveId;
use crate::owner::Owner;

#[cfg(test)]
pub(crate) use self::cell::tests::{call_hook, with_hook};
pub(crate) use self::cell::{DriveCell, DriveWriteGuard};
pub(crate) use self::new::NewDrive;
use self::new::{NewCell, check_drive_wire_id};
pub(crate) use self::replace::{ReplacementDrive, is_name_only, replace_in_place};
pub(crate) use self::traffic::TrafficCounter;

/// Up to this many drives a linear scan is faster than a lookup.
const FEW: usize = 8;

/// All drives.
#[derive(Debug)]
pub(crate) struct Drives {
    /// The capacity that all drives share.
    pub(crate) capacity: Capacity,
    /// Counts the bytes that the drives have released and created.
    pub(crate) traffic: Arc<TrafficCounter>,
    cells: DashMap<DriveId, Arc<DriveCell>>,
    ids: DashMap<String, DriveId>,
    /// All drives in listing order, the first drive first. Many calls scan them or use the first.
    ordered: ArcSwap<Vec<Arc<DriveCell>>>,
    /// How many drives were ever created. While this is locked no drive is added or removed.
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

    /// Adds a drive. Fails if another has its name.
    ///
    /// `make` starts from an empty drive of [`NewDrive`].
    pub(crate) fn add(
        &self,
        seed: u64,
        header: DriveHeader,
        has_header: bool,
        make: impl FnOnce(NewDrive<'_>) -> Result<Drive, Error>,
    ) -> Result<Arc<DriveCell>, Error> {
        let name = header.name.clone();
        let mut n_made = self.n_made.lock();
        // No entry of the map is held: it would lock a shard of the map, which other threads use.
        if self.ids.contains_key(&name) {
            return Err(Error::DriveExists { name });
        }
        let made = NewCell { seed, number: *n_made, header, has_header };
        *n_made += 1;
        let cell = Arc::new(made.cell(self.traffic.clone(), make)?);
        #[cfg(test)]
        call_hook(&cell);
        check_drive_wire_id(&self.all(), &cell)?;
        cell.lock().join(&self.capacity)?;
        self.cells.insert(cell.id, cell.clone());
        self.ids.insert(name, cell.id);
        let mut ordered = Vec::clone(&self.ordered.load());
        ordered.push(cell.clone());
        self.ordered.store(Arc::new(ordered));
        Ok(cell)
    }

    /// Removes a drive. Threads that still hold it finish their operation.
    pub(crate) fn remove(&self, id: DriveId) -> Option<Arc<DriveCell>> {
        let _no_changes = self.n_made.lock();
        let (_, cell) = self.cells.remove(&id)?;
        self.ids.remove(cell.drive_ref.name());
        let remaining = self.ordered.load().iter().filter(|cell| cell.id != id).cloned().collect();
        self.ordered.store(Arc::new(remaining));
        let mut drive = cell.lock();
        drive.leave_capacity();
        // Snapshots may hold all of it.
        self.traffic.add_released(drive.n_bytes());
        drop(drive);
        Some(cell)
    }

    /// Creates an independent copy of all drives as of one moment. Locks are taken in the order of the drives.
    pub(crate) fn fork(&self) -> Drives {
        let n_made = self.n_made.lock();
        let cells = self.all();
        let mut numbered: Vec<_> = cells.iter().enumerate().collect();
        numbered.sort_unstable_by_key(|(_, cell)| cell.number);
        let locked: Vec<_> = numbered.into_iter().map(|(place, cell)| (place, cell, cell.read())).collect();
        let fork = Drives::new(self.capacity.bounds());
        *fork.n_made.lock() = *n_made;
        let mut forked_cells = Vec::with_capacity(locked.len());
        for (place, cell, drive) in locked {
            let mut forked = drive.clone();
            forked.join_as_it_is(&fork.capacity);
            let forked = Arc::new(cell.with_drive(forked, fork.traffic.clone()));
            fork.ids.insert(forked.drive_ref.name().to_owned(), forked.id);
            fork.cells.insert(forked.id, forked.clone());
            forked_cells.push((place, forked));
        }
        forked_cells.sort_unstable_by_key(|(place, _)| *place);
        fork.ordered.store(Arc::new(forked_cells.into_iter().map(|(_, forked)| forked).collect()));
        // A thread that frees items of a drive in portions does not know its fork.
        fork.all().iter().for_each(|forked| forked.reclaim());
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

    /// Returns the drive of a reference.
    pub(crate) fn by_ref(&self, drive: &DriveRef) -> Result<Arc<DriveCell>, Error> {
        self.get(drive.id).map_err(|_| Error::NoDrive { name: drive.name().to_owned() })
    }

    pub(crate) fn by_name(&self, name: &str) -> Result<Arc<DriveCell>, Error> {
        let id = self.ids.get(name).map(|id| *id);
        let no_drive = || Error::NoDrive { name: name.to_owned() };
        self.get(id.ok_or_else(no_drive)?).map_err(|_| no_drive())
    }

    /// Returns the owner of a drive. The drive of an outline without `drive` lines belongs to `me`, unless another
    /// does.
    pub(crate) fn owner_of<'a>(&self, cell: &'a DriveCell) -> Option<&'a Owner> {
        owner_among(&self.all(), cell)
    }

    /// Returns the `drive` line as it is printed: with its owner.
    pub(crate) fn header_of(&self, cell: &DriveCell) -> DriveHeader {
        DriveHeader { owner: self.owner_of(cell).map(Owner::to_string), ..cell.header.clone() }
    }

    /// Returns all drives in listing order.
    pub(crate) fn all(&self) -> Guard<Arc<Vec<Arc<DriveCell>>>> {
        self.ordered.load()
    }

    /// Returns all drives in listing order, for longer than a moment.
    pub(crate) fn list(&self) -> Arc<Vec<Arc<DriveCell>>> {
        self.ordered.load_full()
    }

    /// Returns the first drive.
    pub(crate) fn first(&self) -> Result<Arc<DriveCell>, Error> {
        let first = self.ordered.load().first().cloned();
        first.ok_or_else(|| Error::NoDrive { name: "(the first drive)".to_owned() })
    }
}

/// Returns the owner of a drive, one of these drives. The drive of an outline without `drive` lines belongs to `me`,
/// unless another does.
pub(crate) fn owner_among<'a>(drives: &[Arc<DriveCell>], cell: &'a DriveCell) -> Option<&'a Owner> {
    let is_mine = |cell: &Arc<DriveCell>| cell.owner == Some(Owner::Me);
    match &cell.owner {
        Some(owner) => Some(owner),
        None if cell.is_unnamed() && !drives.iter().any(is_mine) => Some(&Owner::Me),
        None => None,
    }
}

/// Reads two drives at one moment. Locks are taken in the order of the drives, so two calls never deadlock. A drive is
/// locked only once if both are the same.
pub(crate) fn read_both<R>(a: &DriveCell, b: &DriveCell, read: impl FnOnce(&Drive, &Drive) -> R) -> R {
    if a.id == b.id {
        let both = a.read();
        return read(&both, &both);
    }
    if a.number < b.number {
        let a = a.read();
        let b = b.read();
        read(&a, &b)
    } else {
        let b = b.read();
        let a = a.read();
        read(&a, &b)
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

    /// Deletes an item permanently and returns how often the drive was locked for that.
    fn locks_to_purge(cell: &DriveCell, path: &str) -> u64 {
        let before = cell.n_locked.load(Ordering::Relaxed);
        {
            let mut drive = cell.write();
            let item = drive.find(path).unwrap();
            drive.delete_permanently(item).unwrap();
        }
        assert!(!cell.read().has_reclaimable());
        cell.read().check_invariants();
        cell.n_locked.load(Ordering::Relaxed) - before
    }

    #[test]
    fn a_fork_frees_what_the_original_was_still_freeing() {
        let drives = Drives::new(Bounds::NONE);
        let cell = cell(&drives);
        let check_unfinished = |drives: &Drives| {
            let fork = drives.fork();
            assert!(cell.read().has_reclaimable(), "one portion is only a small part");
            for forked in fork.all().iter() {
                assert!(!forked.read().has_reclaimable());
                forked.read().check_invariants();
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
        check_unfinished(&drives);
        let scanned = cell.read().scan_reclaimable().unwrap().run();
        cell.lock().condemn(scanned);
        check_unfinished(&drives);
        assert!(cell.lock().reclaim_some().more, "interleaved items are freed in portions");
        check_unfinished(&drives);
        cell.reclaim();
        cell.read().check_invariants();
    }

    #[test]
    fn items_made_by_a_copy_are_purged_chunk_by_chunk() {
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
    fn interleaved_items_are_purged_in_portions() {
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
        // At most 2,048 slots at once, and enough that a million items need only some hundred locks.
        assert!((2 + 20_000 / 2048..2 + 20_000 / 1024).contains(&n_locks), "{n_locks}");
        assert_eq!(cell.read().item(cell.read().find("/kept").unwrap()).unwrap().child_count, 20_000);
    }

    #[test]
    fn concurrent_purges_leave_nothing_behind() {
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
        assert!(!cell.read().has_reclaimable());
        cell.read().check_invariants();
        assert_eq!(cell.read().item(cell.read().root()).unwrap().child_count, 0);
    }
}
