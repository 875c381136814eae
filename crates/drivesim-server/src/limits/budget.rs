//! Counts the bytes that a server keeps beside its drives, within a limit for each part and one for all.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;

use crate::limits::Limits;

/// A part of the memory that a server keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BudgetPart {
    /// Bodies of requests, and the values that they are parsed into.
    Bodies,
    /// Responses that are being made or sent.
    Responses,
    /// Upload sessions of all services.
    Uploads,
    /// The journal of the admin API.
    Journal,
    /// Events of Box.
    Events,
    /// Hashes of contents.
    Hashes,
    /// Jobs that have ended.
    Jobs,
    /// Pages of drives that only snapshots still hold.
    Snapshots,
}

impl BudgetPart {
    pub(crate) const ALL: [BudgetPart; 8] = [
        BudgetPart::Bodies,
        BudgetPart::Responses,
        BudgetPart::Uploads,
        BudgetPart::Journal,
        BudgetPart::Events,
        BudgetPart::Hashes,
        BudgetPart::Jobs,
        BudgetPart::Snapshots,
    ];

    /// Returns the key of the part in `GET /_drivesim/health`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            BudgetPart::Bodies => "bodies",
            BudgetPart::Responses => "answers",
            BudgetPart::Uploads => "uploads",
            BudgetPart::Journal => "journal",
            BudgetPart::Events => "events",
            BudgetPart::Hashes => "hashes",
            BudgetPart::Jobs => "jobs",
            BudgetPart::Snapshots => "snapshots",
        }
    }

    /// Returns the name of the part's own limit, and the limit.
    ///
    /// A part that outlives its request gets at most a fraction of [`Limits::max_memory`]. These parts together leave
    /// more than a fifth for bodies and responses, so that no client can fill the budget and stop the others.
    fn limit(self, limits: &Limits) -> (&'static str, usize) {
        let (name, own, fraction) = match self {
            BudgetPart::Bodies => ("max_bodies", limits.max_bodies, 1),
            BudgetPart::Responses => ("max_answers", limits.max_answers, 1),
            BudgetPart::Uploads => ("max_session_bytes", limits.max_session_bytes, 2),
            BudgetPart::Snapshots => ("max_snapshot_bytes", limits.max_snapshot_bytes, 8),
            BudgetPart::Journal => ("max_journal_bytes", limits.max_journal_bytes, 16),
            BudgetPart::Events => ("max_event_bytes", limits.max_event_bytes, 32),
            BudgetPart::Hashes => ("max_hash_bytes", limits.max_hash_bytes, 32),
            BudgetPart::Jobs => ("max_ended_job_bytes", limits.max_ended_job_bytes, 32),
        };
        let most = limits.max_memory / fraction;
        if own <= most { (name, own) } else { ("max_memory", most) }
    }
}

/// The limit that is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverBudget {
    /// The field of [`Limits`].
    pub(crate) limit: &'static str,
    /// The number of bytes that it allows.
    pub(crate) most: usize,
}

impl fmt::Display for OverBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} allows {} bytes", self.limit, self.most)
    }
}

/// A number of bytes that stays within a limit.
#[derive(Debug)]
struct Gauge {
    n_used: AtomicUsize,
    limit: &'static str,
    most: usize,
}

impl Gauge {
    fn new((limit, most): (&'static str, usize)) -> Gauge {
        Gauge { n_used: AtomicUsize::new(0), limit, most }
    }

    fn add(&self, n_bytes: usize) -> Result<(), OverBudget> {
        let grown = |held: usize| held.checked_add(n_bytes).filter(|&held| held <= self.most);
        let is_granted = self.n_used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok();
        if is_granted { Ok(()) } else { Err(OverBudget { limit: self.limit, most: self.most }) }
    }

    /// Adds bytes even beyond the limit.
    fn add_anyway(&self, n_bytes: usize) {
        self.n_used.fetch_add(n_bytes, Ordering::Relaxed);
    }

    fn subtract(&self, n_bytes: usize) {
        self.n_used.fetch_sub(n_bytes, Ordering::Relaxed);
    }

    fn held(&self) -> usize {
        self.n_used.load(Ordering::Relaxed)
    }
}

/// The memory of a server. Clones share the count.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Gauges>);

#[derive(Debug)]
struct Gauges {
    total: Gauge,
    parts: [Gauge; BudgetPart::ALL.len()],
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        let parts = BudgetPart::ALL.map(|part| Gauge::new(part.limit(limits)));
        Budget(Arc::new(Gauges { total: Gauge::new(("max_memory", limits.max_memory)), parts }))
    }

    /// Returns a share of a part, with no bytes.
    pub(crate) fn empty_permit(&self, part: BudgetPart) -> Permit {
        Permit { budget: self.clone(), part, n_bytes: 0 }
    }

    /// Takes `n_bytes` for a part.
    pub(crate) fn take(&self, part: BudgetPart, n_bytes: usize) -> Result<Permit, OverBudget> {
        let mut share = self.empty_permit(part);
        share.resize(n_bytes)?;
        Ok(share)
    }

    /// Returns the number of bytes that are held, and the limit.
    pub(crate) fn usage(&self) -> (usize, usize) {
        (self.0.total.held(), self.0.total.most)
    }

    /// Returns the number of bytes that a part holds, and its limit.
    pub(crate) fn usage_of(&self, part: BudgetPart) -> (usize, usize) {
        let gauge = self.gauge(part);
        (gauge.held(), gauge.most)
    }

    fn gauge(&self, part: BudgetPart) -> &Gauge {
        &self.0.parts[part as usize]
    }
}

/// A number of bytes of a part. They are released when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    budget: Budget,
    part: BudgetPart,
    n_bytes: usize,
}

impl Permit {
    /// Returns another share of the same part, with no bytes.
    pub(crate) fn empty_like(&self) -> Permit {
        self.budget.empty_permit(self.part)
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Returns the limit of the part.
    pub(crate) fn part_limit(&self) -> usize {
        self.budget.usage_of(self.part).1
    }

    /// Changes the number of bytes. Shrinking always succeeds; after an error the number is unchanged.
    pub(crate) fn resize(&mut self, n_bytes: usize) -> Result<(), OverBudget> {
        let (gauge, total) = (self.budget.gauge(self.part), &self.budget.0.total);
        if let Some(more) = n_bytes.checked_sub(self.n_bytes) {
            gauge.add(more)?;
            total.add(more).inspect_err(|_| gauge.subtract(more))?;
        } else {
            gauge.subtract(self.n_bytes - n_bytes);
            total.subtract(self.n_bytes - n_bytes);
        }
        self.n_bytes = n_bytes;
        Ok(())
    }

    /// Takes over the bytes of another share of the same part.
    pub(crate) fn absorb(&mut self, mut other: Permit) {
        debug_assert_eq!(self.part, other.part);
        self.n_bytes += std::mem::take(&mut other.n_bytes);
    }

    /// Takes more bytes, even beyond the limit. It serves memory that was held before under another name, and responses
    /// to changes that are made already, which are short or have reserved their memory (`response_budget.rs`).
    pub(crate) fn grow_anyway(&mut self, n_bytes: usize) {
        self.budget.gauge(self.part).add_anyway(n_bytes);
        self.budget.0.total.add_anyway(n_bytes);
        self.n_bytes += n_bytes;
    }

    /// Takes more bytes.
    pub(crate) fn grow(&mut self, n_bytes: usize) -> Result<(), OverBudget> {
        self.resize(self.n_bytes.saturating_add(n_bytes))
    }
}

/// Bytes, and the share that counts them.
struct Counted<B> {
    bytes: B,
    _share: Permit,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Counted<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Permit {
    /// Ties the share to some bytes: it is released when their last clone is dropped.
    pub(crate) fn hold(self, bytes: impl AsRef<[u8]> + Send + 'static) -> Bytes {
        Bytes::from_owner(Counted { bytes, _share: self })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Shrinking never fails.
        let _ = self.resize(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_absorbed_another_releases_both() {
        let budget = budget();
        let (mut one, other) =
            (budget.take(BudgetPart::Bodies, 5).unwrap(), budget.take(BudgetPart::Bodies, 6).unwrap());
        one.absorb(other);
        assert_eq!((one.n_bytes(), budget.usage_of(BudgetPart::Bodies).0), (11, 11));
        drop(one);
        assert_eq!(budget.usage().0, 0);
    }

    fn budget() -> Budget {
        Budget::new(&Limits::default().max_memory(100).max_bodies(60).max_answers(80))
    }

    #[test]
    fn a_part_is_bounded_by_its_own_limit_which_the_error_names() {
        let budget = budget();
        let mut share = budget.take(BudgetPart::Bodies, 50).unwrap();
        assert_eq!(share.grow(11), Err(OverBudget { limit: "max_bodies", most: 60 }));
        assert_eq!((share.n_bytes(), budget.usage_of(BudgetPart::Bodies)), (50, (50, 60)));
        share.grow(10).unwrap();
        drop(share);
        assert_eq!((budget.usage_of(BudgetPart::Bodies), budget.usage()), ((0, 60), (0, 100)));
    }

    #[test]
    fn all_parts_share_one_limit_and_a_failed_take_takes_nothing() {
        let budget = budget();
        let _bodies = budget.take(BudgetPart::Bodies, 60).unwrap();
        assert_eq!(
            budget.take(BudgetPart::Responses, 41).unwrap_err(),
            OverBudget { limit: "max_memory", most: 100 }
        );
        assert_eq!((budget.usage_of(BudgetPart::Responses), budget.usage()), ((0, 80), (60, 100)));
        assert!(budget.take(BudgetPart::Responses, 40).is_ok());
    }

    #[test]
    fn bytes_are_counted_until_the_last_clone_of_them_is_dropped() {
        let budget = budget();
        let bytes = budget.take(BudgetPart::Uploads, 7).unwrap().hold(vec![1, 2, 3]);
        let part = bytes.slice(1..2);
        drop(bytes);
        assert_eq!((budget.usage_of(BudgetPart::Uploads).0, &*part), (7, &[2][..]));
        drop(part);
        assert_eq!(budget.usage().0, 0);
    }

    #[test]
    fn grow_anyway_counts_beyond_the_limit_and_blocks_other_takes() {
        let budget = budget();
        let mut share = budget.empty_permit(BudgetPart::Responses);
        share.grow_anyway(150);
        assert_eq!((budget.usage_of(BudgetPart::Responses), budget.usage().0), ((150, 80), 150));
        assert!(
            budget.take(BudgetPart::Responses, 1).is_err() && budget.take(BudgetPart::Bodies, 1).is_err()
        );
        drop(share);
        assert!(budget.take(BudgetPart::Responses, 80).is_ok());
    }

    #[test]
    fn parts_that_outlive_requests_leave_memory_for_requests() {
        for limits in [Limits::default(), Limits::default().max_memory(1000).max_journal_bytes(usize::MAX)] {
            let stays = BudgetPart::ALL
                .into_iter()
                .filter(|part| ![BudgetPart::Bodies, BudgetPart::Responses].contains(part));
            let most: usize = stays.map(|part| part.limit(&limits).1).sum();
            assert!(most <= limits.max_memory / 5 * 4, "{most} of {}", limits.max_memory);
        }
        let limits = Limits::default().max_memory(1600);
        assert_eq!(BudgetPart::Journal.limit(&limits), ("max_memory", 100));
    }
}
