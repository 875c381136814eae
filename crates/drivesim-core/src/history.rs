//! Holds the past versions of a file.

use jiff::Timestamp;

use crate::metadata::UserId;
use crate::name_table::NameId;
use crate::traffic::make_mut_counted;
use std::iter::Sum;
use std::ops::{AddAssign, SubAssign};
use std::sync::Arc;

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Version {
    /// Its number. The first version of a file is 1, and numbers are not reused.
    pub number: u32,
    /// The name of the file when the version was current; `None` if the service does not keep it.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written.
    pub modified_at: Timestamp,
    /// Who wrote it.
    pub modified_by: Arc<str>,
    /// When it was deleted; set only if the service still lists deleted versions.
    pub deleted_at: Option<Timestamp>,
    /// Whether it is the current version.
    pub is_current: bool,
}

/// Which versions of files a copy includes.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Versions {
    /// The current version of each file.
    #[default]
    Current,
    /// This version of the copied file, current or not.
    Number(u32),
    /// All versions, preferring the latest if the service allows fewer.
    All,
}

/// A version that is not current any more.
#[derive(Clone, Debug)]
pub(crate) struct PastVersion {
    pub(crate) number: u32,
    /// The name of the file then.
    pub(crate) name: NameId,
    pub(crate) content: u32,
    pub(crate) size: u64,
    pub(crate) modified_at: Timestamp,
    pub(crate) modified_by: UserId,
    pub(crate) deleted_at: Option<Timestamp>,
}

impl PastVersion {
    /// Returns whether it was not deleted. A deleted version is only listed.
    pub(crate) fn is_kept(&self) -> bool {
        self.deleted_at.is_none()
    }

    fn n_bytes(&self) -> u128 {
        if self.is_kept() { u128::from(self.size) } else { 0 }
    }
}

/// The number of past versions, and the bytes of those that were not deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PastTotals {
    pub(crate) n_versions: u64,
    pub(crate) n_bytes: u128,
}

impl AddAssign for PastTotals {
    fn add_assign(&mut self, other: PastTotals) {
        self.n_versions += other.n_versions;
        self.n_bytes += other.n_bytes;
    }
}

impl SubAssign for PastTotals {
    fn sub_assign(&mut self, other: PastTotals) {
        self.n_versions -= other.n_versions;
        self.n_bytes -= other.n_bytes;
    }
}

impl Sum for PastTotals {
    fn sum<I: Iterator<Item = PastTotals>>(sums: I) -> PastTotals {
        let mut all = PastTotals::default();
        sums.for_each(|sum| all += sum);
        all
    }
}

/// The versions of a file that was written more than once. A file without a history has only version 1.
///
/// A history belongs to one file. Its past versions are shared with copies that include them, until one of the files is
/// written.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The number of the current version.
    pub(crate) current: u32,
    /// When the current version was written, and by which user.
    pub(crate) written: (Timestamp, UserId),
    /// The past versions, oldest first.
    past: Arc<Vec<PastVersion>>,
    /// The bytes of past versions that were not deleted.
    n_bytes: u128,
}

impl History {
    /// Returns the history of a file whose first version is current.
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

    /// Returns the number of past versions and their bytes.
    pub(crate) fn totals(&self) -> PastTotals {
        PastTotals { n_versions: self.past.len() as u64, n_bytes: self.n_bytes }
    }

    /// Returns by how many bytes the past versions grow if one of this size is added within the limit.
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

    /// Adds a version to the past, and makes a new one, written by `written`, the current one.
    pub(crate) fn push(
        &mut self,
        past: PastVersion,
        written: (Timestamp, UserId),
        max_versions: Option<u32>,
    ) {
        self.n_bytes += past.n_bytes();
        make_mut_counted(&mut self.past, |past| past.len() * size_of::<PastVersion>()).push(past);
        self.current = self.current.saturating_add(1);
        self.written = written;
        self.cut(max_versions);
    }

    /// Deletes a past version. If a time is set, it stays listed as deleted at that time.
    pub(crate) fn delete(&mut self, number: u32, listed_at: Option<Timestamp>) {
        let all = make_mut_counted(&mut self.past, |past| past.len() * size_of::<PastVersion>());
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
        make_mut_counted(&mut self.past, |past| past.len() * size_of::<PastVersion>())
            .iter_mut()
            .try_for_each(change)
    }

    /// Returns the history of a copy that includes all versions: without deleted ones, and without the oldest if the
    /// target keeps fewer.
    pub(crate) fn copied(&self, max_versions: Option<u32>) -> History {
        let mut copy = self.clone();
        if copy.past.iter().any(|past| !past.is_kept()) {
            Arc::make_mut(&mut copy.past).retain(PastVersion::is_kept);
        }
        copy.cut(max_versions);
        copy
    }

    /// Drops the oldest versions over the limit: first deleted ones that are only listed, so that they do not displace
    /// kept ones.
    fn cut(&mut self, max_versions: Option<u32>) {
        let n_over = n_over(self.past.len(), max_versions);
        if n_over == 0 {
            return;
        }
        let mut n_deleted_over = n_over;
        let past = make_mut_counted(&mut self.past, |past| past.len() * size_of::<PastVersion>());
        past.retain(|past| {
            let is_dropped = n_deleted_over > 0 && !past.is_kept();
            n_deleted_over -= usize::from(is_dropped);
            !is_dropped
        });
        let dropped = past.drain(..n_deleted_over);
        self.n_bytes -= dropped.map(|past| past.n_bytes()).sum::<u128>();
    }
}

/// Returns how many of `n_past` past versions are over the limit. The limit includes the current version.
pub(crate) fn n_over(n_past: usize, max_versions: Option<u32>) -> usize {
    let Some(limit) = max_versions else { return 0 };
    n_past.saturating_sub(limit.max(1) as usize - 1)
}
