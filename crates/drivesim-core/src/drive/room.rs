//! The only place that says how much a drive holds and whether more fits.

use jiff::Timestamp;

use crate::drive::Drive;
use crate::error::Error;
use crate::tree::{ROOT, Walk};

/// How much a drive may hold and holds, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Quota {
    /// How much may be used; without it as much as fits 64 bits.
    pub total: Option<u64>,
    /// How much is used, counted as the service does; see [`QuotaCounts`](crate::QuotaCounts).
    pub used: u64,
    /// How much of it may still be used.
    pub remaining: u64,
    /// How much is in the bin, whether it counts or not.
    pub deleted: u64,
}

/// How near a drive is to its quota, in the words of Microsoft Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum QuotaState {
    /// At least a tenth is left, or there is no quota.
    Normal,
    /// Less than a tenth is left.
    Nearing,
    /// Less than a hundredth is left.
    Critical,
    /// Nothing is left.
    Exceeded,
}

impl Quota {
    /// Returns how near the drive is to its quota.
    pub fn state(&self) -> QuotaState {
        let Some(total) = self.total else { return QuotaState::Normal };
        let (total, left) = (u128::from(total), u128::from(self.remaining));
        match left {
            0 => QuotaState::Exceeded,
            _ if left * 100 < total => QuotaState::Critical,
            _ if left * 10 < total => QuotaState::Nearing,
            _ => QuotaState::Normal,
        }
    }
}

/// How many bytes a verb adds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Growth {
    /// To what can be seen.
    pub(crate) seen: i128,
    /// To past versions.
    pub(crate) past: i128,
    /// To the bin.
    pub(crate) bin: i128,
}

impl Growth {
    /// So many bytes more that can be seen.
    pub(crate) fn seen(n_bytes: u64) -> Growth {
        Growth { seen: i128::from(n_bytes), ..Growth::default() }
    }
}

impl Drive {
    /// Sets how many bytes the drive may hold; `None` for as many as fit 64 bits. What it holds already stays.
    pub fn set_quota(&mut self, total: Option<u64>) {
        self.quota = total;
    }

    /// Returns how much the drive may hold and holds at a time, when part of what is in the bin may be over.
    pub fn quota(&self, at: Timestamp) -> Quota {
        let counts = self.profile.quota_counts;
        let (mut over, mut counted_over) = (0, 0);
        for binned in self.bin.all().take_while(|binned| binned.is_over(at)) {
            over += u128::from(binned.size);
            counted_over += if counts.bin { u128::from(binned.size) } else { 0 };
            counted_over += if counts.versions { self.past_bytes_in(binned.slot) } else { 0 };
        }
        let used = self.used() - counted_over;
        let total = u128::from(self.quota.unwrap_or(u64::MAX));
        Quota {
            total: self.quota,
            used: saturated(used),
            remaining: saturated(total.saturating_sub(used)),
            deleted: saturated(self.bin.n_bytes() - over),
        }
    }

    /// Returns how many bytes the past versions of an item and of all below it hold.
    fn past_bytes_in(&self, top: u32) -> u128 {
        let below = Walk::below(self.tree.nodes(), top).map(|(slot, _)| slot);
        below.chain([top]).map(|slot| self.tree.past_of(slot).n_bytes).sum()
    }

    /// Returns how many bytes count against the quota.
    fn used(&self) -> u128 {
        let counts = self.profile.quota_counts;
        let past = if counts.versions { self.tree.past.n_bytes } else { 0 };
        let bin = if counts.bin { self.bin.n_bytes() } else { 0 };
        u128::from(self.tree.node(ROOT).size) + past + bin
    }

    /// Refuses when a verb would make the drive hold more than it may; `size` is what the message tells.
    pub(crate) fn check_room(&self, name: &str, size: u64, growth: Growth) -> Result<(), Error> {
        let more = u64::try_from(growth.seen.max(0)).unwrap_or(u64::MAX);
        if !self.tree.has_room(more) {
            return Err(Error::SizeOverflow { name: name.to_owned(), size });
        }
        let Some(total) = self.quota else { return Ok(()) };
        let counts = self.profile.quota_counts;
        let past = if counts.versions { growth.past } else { 0 };
        let bin = if counts.bin { growth.bin } else { 0 };
        let more = growth.seen + past + bin;
        let left = u128::from(total).saturating_sub(self.used() + self.set_aside());
        // What makes nothing more is never refused, however much too much there is.
        if more <= 0 || more.unsigned_abs() <= left {
            return Ok(());
        }
        Err(Error::QuotaExceeded { name: name.to_owned(), size, left: saturated(left) })
    }

    /// Returns how many bytes are promised to copies.
    fn set_aside(&self) -> u128 {
        let past = if self.profile.quota_counts.versions { self.tree.reserved.past.n_bytes } else { 0 };
        u128::from(self.tree.promised) + u128::from(self.tree.reserved.n_bytes) + past
    }
}

fn saturated(n_bytes: u128) -> u64 {
    u64::try_from(n_bytes).unwrap_or(u64::MAX)
}
