//! Computes the quota of a drive and checks whether more bytes fit.

use jiff::Timestamp;

use crate::drive::Drive;
use crate::error::Error;
use crate::tree::{ROOT, Walk};

/// The quota of a drive and its use, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Quota {
    /// The limit; without it the limit is that of 64 bits.
    pub total: Option<u64>,
    /// The bytes used, counted as the service does; see [`QuotaCounts`](crate::QuotaCounts).
    pub used: u64,
    /// The bytes that may still be used.
    pub remaining: u64,
    /// The bytes in the bin, whether they count or not.
    pub deleted: u64,
}

/// How near a drive is to its quota. The states are those of Microsoft Graph.
///
/// Closed: a new variant is a breaking change.
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

/// The bytes that a verb adds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct QuotaChange {
    /// To visible items.
    pub(crate) visible: i128,
    /// To past versions.
    pub(crate) past: i128,
    /// To the bin.
    pub(crate) bin: i128,
}

impl QuotaChange {
    /// Returns a growth of the visible items.
    pub(crate) fn visible(n_bytes: u64) -> QuotaChange {
        QuotaChange { visible: i128::from(n_bytes), ..QuotaChange::default() }
    }
}

impl Drive {
    /// Sets the quota in bytes; `None` for the limit of 64 bits. Existing items stay even if they exceed it.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.set_quota(Some(10));
    /// let content = Content::from("more than 8 bytes");
    /// let refused = drive.create_file(drive.root(), "b.txt", content, Conflict::Fail, now).unwrap_err();
    /// assert_eq!(refused.code(), "quotaLimitReached");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_quota(&mut self, total: Option<u64>) {
        self.quota = total;
    }

    /// Returns the quota and its use at a time, without items of the bin that are due to be purged by then.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.set_quota(Some(10));
    /// let quota = drive.quota(now);
    /// assert_eq!((quota.used, quota.remaining), (2, 8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn quota(&self, at: Timestamp) -> Quota {
        let counts = self.profile.quota_counts;
        let (mut expired, mut counted_expired) = (0, 0);
        for binned in self.bin.iter().take_while(|binned| binned.is_due(at)) {
            expired += u128::from(binned.size);
            counted_expired += if counts.bin { u128::from(binned.size) } else { 0 };
            counted_expired += if counts.versions { self.past_bytes_in(binned.slot) } else { 0 };
        }
        let used = self.used() - counted_expired;
        let total = u128::from(self.quota.unwrap_or(u64::MAX));
        Quota {
            total: self.quota,
            used: saturated(used),
            remaining: saturated(total.saturating_sub(used)),
            deleted: saturated(self.bin.n_bytes() - expired),
        }
    }

    /// Returns the bytes of the past versions of an item and of everything below it.
    fn past_bytes_in(&self, top: u32) -> u128 {
        let below = Walk::below(self.tree.nodes(), top).map(|(slot, _)| slot);
        below.chain([top]).map(|slot| self.tree.past_totals_of(slot).n_bytes).sum()
    }

    /// Returns how many bytes count against the quota.
    fn used(&self) -> u128 {
        let counts = self.profile.quota_counts;
        let past = if counts.versions { self.tree.past.n_bytes } else { 0 };
        let bin = if counts.bin { self.bin.n_bytes() } else { 0 };
        u128::from(self.tree.node(ROOT).size) + past + bin
    }

    /// Fails if a verb would exceed the quota. `size` is reported in the message.
    pub(crate) fn check_quota(&self, name: &str, size: u64, growth: QuotaChange) -> Result<(), Error> {
        let more = u64::try_from(growth.visible.max(0)).unwrap_or(u64::MAX);
        if !self.tree.has_room(more) {
            return Err(Error::SizeOverflow { name: name.to_owned(), size });
        }
        let Some(total) = self.quota else { return Ok(()) };
        let counts = self.profile.quota_counts;
        let past = if counts.versions { growth.past } else { 0 };
        let bin = if counts.bin { growth.bin } else { 0 };
        let more = growth.visible + past + bin;
        let left = u128::from(total).saturating_sub(self.used() + self.reserved_bytes());
        // A verb that adds nothing never fails, even if the drive exceeds its quota.
        if more <= 0 || more.unsigned_abs() <= left {
            return Ok(());
        }
        Err(Error::QuotaExceeded { name: name.to_owned(), size, left: saturated(left) })
    }

    /// Returns the bytes that are reserved for copies.
    fn reserved_bytes(&self) -> u128 {
        let past = if self.profile.quota_counts.versions { self.tree.reserved.past.n_bytes } else { 0 };
        u128::from(self.tree.hidden_bytes) + u128::from(self.tree.reserved.n_bytes) + past
    }
}

fn saturated(n_bytes: u128) -> u64 {
    u64::try_from(n_bytes).unwrap_or(u64::MAX)
}
