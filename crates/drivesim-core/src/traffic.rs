//! Counts the bytes that drives part with while clones of them still hold them, and the bytes that they make anew.
//!
//! # Rationale
//!
//! Sharing is settled deep below the verbs: pages, lists, indexes, logs. A counter that is handed down there would be in
//! the way of all code between. So a thread counts for itself, and the caller that holds a drive for a change takes what
//! was added meanwhile ([`Traffic::now`] before and after).

use std::cell::Cell;
use std::ops::Sub;
use std::sync::Arc;

/// How many bytes the drives that this thread has changed have parted with and made.
///
/// ```
/// use drivesim_core::{Conflict, Drive, Profile, Timestamp, Traffic};
///
/// let now = Timestamp::UNIX_EPOCH;
/// let mut drive = Drive::new(Profile::PLAIN, now);
/// let clone = drive.clone();
/// let before = Traffic::now();
/// drive.create_folder(drive.root(), "Docs", Conflict::Fail, now)?;
/// let parted = (Traffic::now() - before).parted;
/// assert!(parted >= 8 << 10, "a page is copied, and {clone:?} holds the old one");
/// # Ok::<(), drivesim_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Bytes that a drive does not hold any more and that a clone of it may.
    pub parted: u64,
    /// Bytes that a drive holds and held at no time before; copies of what clones share are among them.
    pub made: u64,
}

impl Sub for Traffic {
    type Output = Traffic;

    fn sub(self, before: Traffic) -> Traffic {
        Traffic { parted: self.parted.wrapping_sub(before.parted), made: self.made.wrapping_sub(before.made) }
    }
}

thread_local! {
    static TRAFFIC: Cell<Traffic> = const { Cell::new(Traffic { parted: 0, made: 0 }) };
}

impl Traffic {
    /// Returns what this thread has counted since it began.
    pub fn now() -> Traffic {
        TRAFFIC.get()
    }
}

/// Counts bytes that a clone may still hold.
pub(crate) fn part_with(n_bytes: usize) {
    let now = TRAFFIC.get();
    TRAFFIC.set(Traffic { parted: now.parted.wrapping_add(n_bytes as u64), ..now });
}

/// Counts bytes that are new.
pub(crate) fn make(n_bytes: usize) {
    let now = TRAFFIC.get();
    TRAFFIC.set(Traffic { made: now.made.wrapping_add(n_bytes as u64), ..now });
}

/// Returns whether somebody else holds it too.
pub(crate) fn is_shared<T: ?Sized>(held: &Arc<T>) -> bool {
    Arc::strong_count(held) > 1
}

/// Returns what is behind a pointer for writing. If a clone shares it, it is copied first and counted, as `n_bytes` says.
#[inline]
pub(crate) fn own<T: Clone>(held: &mut Arc<T>, n_bytes: impl FnOnce(&T) -> usize) -> &mut T {
    if is_shared(held) {
        let n_bytes = n_bytes(held);
        part_with(n_bytes);
        make(n_bytes);
    }
    Arc::make_mut(held)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::arena::Node;
    use crate::conflict::Conflict;
    use crate::content::Content;
    use crate::copy::CopySpec;
    use crate::cow::PAGE;
    use crate::drive::Drive;
    use crate::profile::Profile;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    /// Returns how many bytes of pages of records a clone has that the drive does not have.
    fn held_by(clone: &Drive, drive: &Drive) -> u64 {
        let (old, new) = (clone.tree.nodes(), drive.tree.nodes());
        let is_page = |slot: &u32| *slot as usize % PAGE == 0;
        let is_used = |slot: &u32| old.page_of(*slot).is_some_and(|page| page.iter().any(Node::is_live));
        let n_pages = old.differing(new).filter(is_page).filter(is_used).count();
        (n_pages * size_of::<[Node; PAGE]>()) as u64
    }

    fn parted(change: impl FnOnce()) -> u64 {
        let before = Traffic::now();
        change();
        (Traffic::now() - before).parted
    }

    #[test]
    fn what_a_drive_parts_with_is_what_a_clone_holds_alone() {
        let mut drive = Drive::new(Profile::PLAIN, AT);
        let folder = drive.create_folder(drive.root(), "a", Conflict::Fail, AT).unwrap();
        let files: Vec<_> = (0..20_000)
            .map(|number| {
                let name = format!("{number:05}");
                drive.create_file(folder, &name, Content::from("x"), Conflict::Fail, AT).unwrap()
            })
            .collect();
        drive.copy(&CopySpec::new(folder, drive.root()).named("b"), AT, usize::MAX).unwrap();
        let clone = drive.clone();
        assert_eq!(held_by(&clone, &drive), 0);
        let mut all = 0;
        for number in [0, 1, 300, 301, 9000, 19_999] {
            let before = held_by(&clone, &drive);
            let n_bytes = parted(|| drive.write(files[number], Content::from("y"), AT).unwrap());
            all += n_bytes;
            let more = held_by(&clone, &drive) - before;
            // Chunks, times and histories have pages too, of which each is copied once.
            assert!((more..=more + (64 << 10)).contains(&n_bytes), "{number}: {n_bytes}, {more}");
            let again = parted(|| drive.write(files[number], Content::from("z"), AT).unwrap());
            assert!(again < 1 << 10, "{number}: what is copied already is not copied again: {again}");
        }
        // What goes whole is not copied, and the clone holds it.
        let before = held_by(&clone, &drive);
        let b = drive.find("/b").unwrap();
        all += parted(|| drive.delete_permanently(b).unwrap());
        let held = held_by(&clone, &drive);
        assert!(held - before >= 20_000 * size_of::<Node>() as u64);
        assert!((held..held * 2).contains(&all), "{all}, {held}");
        drop(clone);
        assert!(parted(|| drive.delete_permanently(folder).unwrap()) < 1 << 10, "nobody else holds it");
    }

    #[test]
    fn contents_that_only_a_clone_has_count_when_they_are_swept() {
        let mut drive = Drive::new(Profile::PLAIN, AT);
        let file = drive
            .create_file(drive.root(), "a", Content::from(vec![1; 1 << 20]), Conflict::Fail, AT)
            .unwrap();
        let _clone = drive.clone();
        drive.delete_permanently(file).unwrap();
        assert!(parted(|| drive.tree.sweep_bytes()) >= 1 << 20);
    }
}
