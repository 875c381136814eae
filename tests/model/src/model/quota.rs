//! Computes the bytes that the model's drives hold, and checks quotas.

use super::{Expected, Key, Model, ModelError, Service};

/// The bytes that a drive holds, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// The current content of all visible items.
    pub seen: u128,
    /// The items that running copies have yet to reveal.
    pub hidden: u128,
    /// Past versions that were not deleted.
    pub past: u128,
    /// The items in the bin, without past versions.
    pub bin: u128,
}

impl Used {
    /// Returns the bytes that count against the quota of a service.
    pub fn counted(&self, service: Service) -> u128 {
        if service == Service::Plain { self.seen } else { self.seen + self.past + self.bin }
    }
}

impl Model {
    /// Returns the bytes that a drive holds.
    pub fn used(&self, drive: u32) -> Used {
        let mut used = Used { seen: 0, hidden: 0, past: 0, bin: 0 };
        for (key, item) in self.items.iter().filter(|(_, item)| item.drive == drive) {
            let size = u128::from(item.bytes.size());
            match () {
                () if item.hidden => used.hidden += size,
                () if self.is_in_bin(*key) => used.bin += size,
                () => used.seen += size,
            }
            let past = item.past.iter().filter(|past| past.deleted_at.is_none());
            used.past += past.map(|past| u128::from(past.bytes.size())).sum::<u128>();
        }
        used
    }

    pub(super) fn set_quota(&mut self, drive: u32, total: Option<u64>) -> Result<Expected, ModelError> {
        let drive = self.drives.iter_mut().find(|at| at.number == drive);
        drive.ok_or(ModelError::NoDrive)?.quota = total;
        Ok(Expected::Done)
    }

    /// Fails if a file with `more` additional visible bytes does not fit the quota.
    pub(super) fn check_quota(&self, near: Key, more: u64) -> Result<(), ModelError> {
        self.check_quota_for(self.items[&near].drive, more.into(), 0, 0)
    }

    /// Fails if the quota does not allow these additional bytes: of visible or hidden items, of past versions, of the
    /// bin.
    pub(super) fn check_quota_for(
        &self,
        drive: u32,
        seen: i128,
        past: i128,
        bin: i128,
    ) -> Result<(), ModelError> {
        let used = self.used(drive);
        let current = (used.seen + used.hidden) as i128;
        if seen > 0 && current + seen > i128::from(u64::MAX) {
            return Err(ModelError::SizeOverflow);
        }
        let drive = self.drive(drive).ok_or(ModelError::NoDrive)?;
        let more = if drive.service == Service::Plain { seen } else { seen + past + bin };
        let after = (used.counted(drive.service) + used.hidden) as i128 + more;
        let fits = more <= 0 || drive.quota.is_none_or(|total| after <= total.into());
        if fits { Ok(()) } else { Err(ModelError::QuotaExceeded) }
    }
}
