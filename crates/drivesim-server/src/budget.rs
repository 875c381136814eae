//! Counts the bytes that a server keeps beside its drives, within a limit for each part and one for all.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;

use crate::limits::Limits;

/// A part of the memory that a server keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Bodies of requests, and the values that they are parsed into.
    Bodies,
    /// Responses that are being made or sent.
    Answers,
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

impl Part {
    pub(crate) const ALL: [Part; 8] = [
        Part::Bodies,
        Part::Answers,
        Part::Uploads,
        Part::Journal,
        Part::Events,
        Part::Hashes,
        Part::Jobs,
        Part::Snapshots,
    ];

    /// Returns the key of the part in `GET /_drivesim/health`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Part::Bodies => "bodies",
            Part::Answers => "answers",
            Part::Uploads => "uploads",
            Part::Journal => "journal",
            Part::Events => "events",
            Part::Hashes => "hashes",
            Part::Jobs => "jobs",
            Part::Snapshots => "snapshots",
        }
    }

    /// Returns the name of the part's own limit, and the limit.
    ///
    /// A part that outlives its request gets at most a fraction of [`Limits::max_memory`]. These parts together leave
    /// more than a fifth for bodies and responses, so that no client can fill the budget and stop the others.
    fn limit(self, limits: &Limits) -> (&'static str, usize) {
        let (name, own, fraction) = match self {
            Part::Bodies => ("max_bodies", limits.max_bodies, 1),
            Part::Answers => ("max_answers", limits.max_answers, 1),
            Part::Uploads => ("max_session_bytes", limits.max_session_bytes, 2),
            Part::Snapshots => ("max_snapshot_bytes", limits.max_snapshot_bytes, 8),
            Part::Journal => ("max_journal_bytes", limits.max_journal_bytes, 16),
            Part::Events => ("max_event_bytes", limits.max_event_bytes, 32),
            Part::Hashes => ("max_hash_bytes", limits.max_hash_bytes, 32),
            Part::Jobs => ("max_ended_job_bytes", limits.max_ended_job_bytes, 32),
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
    parts: [Gauge; Part::ALL.len()],
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        let parts = Part::ALL.map(|part| Gauge::new(part.limit(limits)));
        Budget(Arc::new(Gauges { total: Gauge::new(("max_memory", limits.max_memory)), parts }))
    }

    /// Returns a share of a part, with no bytes.
    pub(crate) fn share(&self, part: Part) -> Share {
        Share { budget: self.clone(), part, n_bytes: 0 }
    }

    /// Takes `n_bytes` for a part.
    pub(crate) fn take(&self, part: Part, n_bytes: usize) -> Result<Share, OverBudget> {
        let mut share = self.share(part);
        share.resize(n_bytes)?;
        Ok(share)
    }

    /// Returns the number of bytes that are held, and the limit.
    pub(crate) fn total(&self) -> (usize, usize) {
        (self.0.total.held(), self.0.total.most)
    }

    /// Returns the number of bytes that a part holds, and its limit.
    pub(crate) fn of(&self, part: Part) -> (usize, usize) {
        let gauge = self.gauge(part);
        (gauge.held(), gauge.most)
    }

    fn gauge(&self, part: Part) -> &Gauge {
        &self.0.parts[part as usize]
    }
}

/// A number of bytes of a part. They are released when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    part: Part,
    n_bytes: usize,
}

impl Share {
    /// Returns another share of the same part, with no bytes.
    pub(crate) fn sibling(&self) -> Share {
        self.budget.share(self.part)
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.n_bytes
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
    pub(crate) fn absorb(&mut self, mut other: Share) {
        debug_assert_eq!(self.part, other.part);
        self.n_bytes += std::mem::take(&mut other.n_bytes);
    }

    /// Takes more bytes, even beyond the limit. It serves memory that was held before under another name, and responses
    /// to changes that are made already, which are short or have reserved their memory (`answer_room.rs`).
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
    _share: Share,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Counted<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Share {
    /// Ties the share to some bytes: it is released when their last clone is dropped.
    pub(crate) fn hold(self, bytes: impl AsRef<[u8]> + Send + 'static) -> Bytes {
        Bytes::from_owner(Counted { bytes, _share: self })
    }
}

impl Drop for Share {
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
        let (mut one, other) = (budget.take(Part::Bodies, 5).unwrap(), budget.take(Part::Bodies, 6).unwrap());
        one.absorb(other);
        assert_eq!((one.n_bytes(), budget.of(Part::Bodies).0), (11, 11));
        drop(one);
        assert_eq!(budget.total().0, 0);
    }

    fn budget() -> Budget {
        Budget::new(&Limits::default().max_memory(100).max_bodies(60).max_answers(80))
    }

    #[test]
    fn a_part_is_bounded_by_its_own_limit_which_the_error_names() {
        let budget = budget();
        let mut share = budget.take(Part::Bodies, 50).unwrap();
        assert_eq!(share.grow(11), Err(OverBudget { limit: "max_bodies", most: 60 }));
        assert_eq!((share.n_bytes(), budget.of(Part::Bodies)), (50, (50, 60)));
        share.grow(10).unwrap();
        drop(share);
        assert_eq!((budget.of(Part::Bodies), budget.total()), ((0, 60), (0, 100)));
    }

    #[test]
    fn all_parts_share_one_limit_and_a_failed_take_takes_nothing() {
        let budget = budget();
        let _bodies = budget.take(Part::Bodies, 60).unwrap();
        assert_eq!(
            budget.take(Part::Answers, 41).unwrap_err(),
            OverBudget { limit: "max_memory", most: 100 }
        );
        assert_eq!((budget.of(Part::Answers), budget.total()), ((0, 80), (60, 100)));
        assert!(budget.take(Part::Answers, 40).is_ok());
    }

    #[test]
    fn bytes_are_counted_until_the_last_clone_of_them_is_dropped() {
        let budget = budget();
        let bytes = budget.take(Part::Uploads, 7).unwrap().hold(vec![1, 2, 3]);
        let part = bytes.slice(1..2);
        drop(bytes);
        assert_eq!((budget.of(Part::Uploads).0, &*part), (7, &[2][..]));
        drop(part);
        assert_eq!(budget.total().0, 0);
    }

    #[test]
    fn grow_anyway_counts_beyond_the_limit_and_blocks_other_takes() {
        let budget = budget();
        let mut share = budget.share(Part::Answers);
        share.grow_anyway(150);
        assert_eq!((budget.of(Part::Answers), budget.total().0), ((150, 80), 150));
        assert!(budget.take(Part::Answers, 1).is_err() && budget.take(Part::Bodies, 1).is_err());
        drop(share);
        assert!(budget.take(Part::Answers, 80).is_ok());
    }

    #[test]
    fn parts_that_outlive_requests_leave_memory_for_requests() {
        for limits in [Limits::default(), Limits::default().max_memory(1000).max_journal_bytes(usize::MAX)] {
            let stays = Part::ALL.into_iter().filter(|part| ![Part::Bodies, Part::Answers].contains(part));
            let most: usize = stays.map(|part| part.limit(&limits).1).sum();
            assert!(most <= limits.max_memory / 5 * 4, "{most} of {}", limits.max_memory);
        }
        let limits = Limits::default().max_memory(1600);
        assert_eq!(Part::Journal.limit(&limits), ("max_memory", 100));
    }
}
