//! The only place for the versions of a file that came before the one it has.

use jiff::Timestamp;

use crate::intern::NameId;
use crate::stamp::UserId;
use crate::traffic::own;
use std::iter::Sum;
use std::ops::{AddAssign, SubAssign};
use std::sync::Arc;

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Version {
    /// Its number: the first version of a file is 1, and no number is given twice.
    pub number: u32,
    /// What the file was called as it had it; `None` where the service does not keep that.
    pub name: Option<String>,
    /// How many bytes it holds.
    pub size: u64,
    /// When it was written.
    pub modified_at: Timestamp,
    /// Who wrote it.
    pub modified_by: Arc<str>,
    /// When it was deleted; only services that go on listing such versions have any.
    pub deleted_at: Option<Timestamp>,
    /// Whether it is the one the file has now.
    pub is_current: bool,
}

/// Which versions of its files a copy takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Versions {
    /// The one each file has now.
    #[default]
    Current,
    /// That one of the file that is copied, whatever version it has now.
    Number(u32),
    /// All, the latest first as far as the service allows so many.
    All,
}

/// A version that a file no longer has.
#[derive(Clone, Debug)]
pub(crate) struct PastVersion {
    pub(crate) number: u32,
    /// What the file was called then.
    pub(crate) name: NameId,
    pub(crate) content: u32,
    pub(crate) size: u64,
    pub(crate) modified_at: Timestamp,
    pub(crate) modified_by: UserId,
    pub(crate) deleted_at: Option<Timestamp>,
}

impl PastVersion {
    /// Returns whether it was not deleted; otherwise it is only listed.
    pub(crate) fn is_kept(&self) -> bool {
        self.deleted_at.is_none()
    }

    fn n_bytes(&self) -> u128 {
        if self.is_kept() { u128::from(self.size) } else { 0 }
    }
}

/// How many past versions there are, and how many bytes those that were not deleted hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PastSum {
    pub(crate) n_versions: u64,
    pub(crate) n_bytes: u128,
}

impl AddAssign for PastSum {
    fn add_assign(&mut self, other: PastSum) {
        self.n_versions += other.n_versions;
        self.n_bytes += other.n_bytes;
    }
}

impl SubAssign for PastSum {
    fn sub_assign(&mut self, other: PastSum) {
        self.n_versions -= other.n_versions;
        self.n_bytes -= other.n_bytes;
    }
}

impl Sum for PastSum {
    fn sum<I: Iterator<Item = PastSum>>(sums: I) -> PastSum {
        let mut all = PastSum::default();
        sums.for_each(|sum| all += sum);
        all
    }
}

/// The versions of a file that was written more than once. Files without one have version 1 only.
///
/// Each belongs to one file; the past ones are shared with copies that took them along until one is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The number of the version the file has.
    pub(crate) current: u32,
    /// When it was written, and by whom.
    pub(crate) written: (Timestamp, UserId),
    /// The others, oldest first.
    past: Arc<Vec<PastVersion>>,
    /// How many bytes those that were not deleted hold.
    n_bytes: u128,
}

impl History {
    /// Returns the history of a file that has its first version still.
    pub(crate) fn first(written: (Timestamp, UserId)) -> History {
        History { current: 1, written, past: Arc::default(), n_bytes: 0 }
    }

    /// Returns the past versions, oldest first.
    pub(crate) fn past(&self) -> &[PastVersion] {
        &self.past
    }

    /// Returns a past version that was not deleted.
    pub(crate) fn find(&self, number: u32) -> Option<&PastVersion> {
        let idx = self.past.binary_search_by_key(&number, |past| past.number).ok()?;
        self.past.get(idx).filter(|past| past.is_kept())
    }

    /// Returns how many past versions there are, and how many bytes they hold.
    pub(crate) fn sum(&self) -> PastSum {
        PastSum { n_versions: self.past.len() as u64, n_bytes: self.n_bytes }
    }

    /// Returns by how many bytes the past grows if a version of this size joins it, within the limit.
    pub(crate) fn growth(&self, size: u64, max_versions: Option<u32>) -> i128 {
        let n_kept = self.past.iter().filter(|past| past.is_kept()).count();
        let kept = self.past.iter().filter(|past| past.is_kept());
        let dropped = kept.take(n_over(n_kept + 1, max_versions));
        let dropped: i128 = dropped.map(|past| past.n_bytes() as i128).sum();
        match max_versions {
            Some(0 | 1) => -dropped,
            _ => i128::from(size) - dropped,
        }
    }

    /// Lets a version join the past and a new one, written so, take its place.
    pub(crate) fn push(
        &mut self,
        past: PastVersion,
        written: (Timestamp, UserId),
        max_versions: Option<u32>,
    ) {
        self.n_bytes += past.n_bytes();
        own(&mut self.past, |past| past.len() * size_of::<PastVersion>()).push(past);
        self.current = self.current.saturating_add(1);
        self.written = written;
        self.cut(max_versions);
    }

    /// Deletes a past version; with a time it stays listed as deleted then.
    pub(crate) fn delete(&mut self, number: u32, listed_at: Option<Timestamp>) {
        let all = own(&mut self.past, |past| past.len() * size_of::<PastVersion>());
        let Some(idx) = all.iter().position(|past| past.number == number) else { return };
        self.n_bytes -= all[idx].n_bytes();
        match listed_at {
            Some(at) => all[idx].deleted_at = Some(at),
            None => drop(all.remove(idx)),
        }
    }

    /// Changes the handles of past versions, for a copy in another drive.
    pub(crate) fn translate<E>(
        &mut self,
        change: impl FnMut(&mut PastVersion) -> Result<(), E>,
    ) -> Result<(), E> {
        own(&mut self.past, |past| past.len() * size_of::<PastVersion>()).iter_mut().try_for_each(change)
    }

    /// Returns the history of a copy that takes all versions along: without deleted ones, and the oldest cut off
    /// where the target keeps fewer.
    pub(crate) fn copied(&self, max_versions: Option<u32>) -> History {
        let mut copy = self.clone();
        if copy.past.iter().any(|past| !past.is_kept()) {
            Arc::make_mut(&mut copy.past).retain(PastVersion::is_kept);
        }
        copy.cut(max_versions);
        copy
    }

    /// Drops the oldest versions over the limit: first those that were deleted and are only listed, so that they take
    /// the place of none that is kept.
    fn cut(&mut self, max_versions: Option<u32>) {
        let n_over = n_over(self.past.len(), max_versions);
        if n_over == 0 {
            return;
        }
        let mut n_deleted_over = n_over;
        let past = own(&mut self.past, |past| past.len() * size_of::<PastVersion>());
        past.retain(|past| {
            let goes = n_deleted_over > 0 && !past.is_kept();
            n_deleted_over -= usize::from(goes);
            !goes
        });
        let dropped = past.drain(..n_deleted_over);
        self.n_bytes -= dropped.map(|past| past.n_bytes()).sum::<u128>();
    }
}

/// Returns how many of `n_past` past versions are over the limit, which counts the current one too.
pub(crate) fn n_over(n_past: usize, max_versions: Option<u32>) -> usize {
    let Some(limit) = max_versions else { return 0 };
    n_past.saturating_sub(limit.max(1) as usize - 1)
}
