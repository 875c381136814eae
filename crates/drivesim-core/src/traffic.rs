//! Counts bytes that drives no longer hold while clones still hold them, and bytes that drives newly create.
//!
//! # Rationale
//!
//! Sharing happens deep below the verbs: in pages, lists, indexes, logs. Passing a counter down would burden all code
//! between. So each thread counts for itself, and the caller of a verb takes the difference ([`Traffic::now`] before
//! and after).

use std::cell::Cell;
use std::ops::Sub;
use std::sync::Arc;

/// How many bytes this thread's changes have removed from drives that clones may still hold, and newly created.
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
    /// Bytes that a drive no longer holds and that a clone of it may still hold.
    pub parted: u64,
    /// Bytes that are new in a drive, including copies of what it shared with clones.
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
    /// Returns the counts of this thread since its start.
    pub fn now() -> Traffic {
        TRAFFIC.get()
    }
}

/// Counts bytes that a clone may still hold.
pub(crate) fn count_parted(n_bytes: usize) {
    let now = TRAFFIC.get();
    TRAFFIC.set(Traffic { parted: now.parted.wrapping_add(n_bytes as u64), ..now });
}

/// Counts bytes that are new.
pub(crate) fn count_made(n_bytes: usize) {
    let now = TRAFFIC.get();
    TRAFFIC.set(Traffic { made: now.made.wrapping_add(n_bytes as u64), ..now });
}

/// Returns whether there are other owners.
pub(crate) fn is_shared<T: ?Sized>(pointer: &Arc<T>) -> bool {
    Arc::strong_count(pointer) > 1
}

/// Returns the value behind a pointer for writing. If it is shared, it is copied first, and `n_bytes` of it are
/// counted.
#[inline]
pub(crate) fn make_mut_counted<T: Clone>(pointer: &mut Arc<T>, n_bytes: impl FnOnce(&T) -> usize) -> &mut T {
    if is_shared(pointer) {
        let n_bytes = n_bytes(pointer);
        count_parted(n_bytes);
        count_made(n_bytes);
    }
    Arc::make_mut(pointer)
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

    /// Returns how many bytes of pages of nodes a clone has that the drive does not have.
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
    fn parted_bytes_are_those_that_only_a_clone_holds() {
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
            // Chunks, metadata and histories have pages too, each copied once.
            assert!((more..=more + (64 << 10)).contains(&n_bytes), "{number}: {n_bytes}, {more}");
            let again = parted(|| drive.write(files[number], Content::from("z"), AT).unwrap());
            assert!(again < 1 << 10, "{number}: a copied page is not copied again: {again}");
        }
        // A page that is freed whole is not copied; the clone holds it.
        let before = held_by(&clone, &drive);
        let b = drive.find("/b").unwrap();
        all += parted(|| drive.delete_permanently(b).unwrap());
        let held = held_by(&clone, &drive);
        assert!(held - before >= 20_000 * size_of::<Node>() as u64);
        assert!((held..held * 2).contains(&all), "{all}, {held}");
        drop(clone);
        assert!(parted(|| drive.delete_permanently(folder).unwrap()) < 1 << 10, "no clone holds it");
    }

    #[test]
    fn contents_that_only_a_clone_has_count_as_parted_when_they_are_swept() {
        let mut drive = Drive::new(Profile::PLAIN, AT);
        let file = drive
            .create_file(drive.root(), "a", Content::from(vec![1; 1 << 20]), Conflict::Fail, AT)
            .unwrap();
        let _clone = drive.clone();
        drive.delete_permanently(file).unwrap();
        assert!(parted(|| drive.tree.sweep_bytes()) >= 1 << 20);
    }
}
