//! Bounds what a handler does on a thread of connections, and gives it up beyond that.
//!
//! A read that is likely to be short is handled on the thread that has read its request. Handing it to another thread
//! takes 17 to 23 % more instructions for an item, without those of the kernel (docs/design/own-code.md), and looking the
//! item up first, to know whether the response is short, costs a twentieth of one (benches/README.md, throughput). If the response turns out to be long, or has to wait,
//! `ApiRequest::run_inline` drops what the handler returned and fails with [`OverInlineBudget`]; the request is then
//! handled again on another thread. Handlers report work that is too long by that error ([`InlineBudget::check`]). Hashes
//! are computed while items are written, where no error can be returned: they are left out of a response that is dropped
//! ([`InlineBudget::may_hash`]).
//!
//! Delete it, together with `drivesim::no_wait::without_waiting`, once a handover costs little beside the shortest response: then
//! each request is handled by `offload.rs`.

use std::cell::Cell;

/// As many bytes as are hashed faster than a request is read.
const MAX_HASHED: u64 = 128 << 10;

/// The reason why a request is handled again, on another thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OverInlineBudget {
    /// There is much to list or to hash.
    IsLong,
    /// The handler would have to wait for a drive, or for the due work of jobs.
    MustWait,
}

/// What a handler may still do where it runs.
#[derive(Debug, Default)]
pub(crate) struct InlineBudget(Cell<Attempt>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Attempt {
    /// No other request waits.
    #[default]
    Unlimited,
    /// Others wait. Counts the bytes that were hashed meanwhile.
    Limited(u64),
    /// It takes too long. Whatever is returned is dropped.
    Exceeded,
}

impl InlineBudget {
    /// Runs a handler within the budget, without waiting. What it returns is dropped if it exceeded the budget.
    pub(super) fn run<R>(&self, handle: impl FnOnce() -> R) -> Result<R, OverInlineBudget> {
        self.0.set(Attempt::Limited(0));
        let outcome = drivesim::no_wait::without_waiting(handle);
        match (outcome, self.0.replace(Attempt::Unlimited)) {
            (_, Attempt::Exceeded) => Err(OverInlineBudget::IsLong),
            (None, _) => Err(OverInlineBudget::MustWait),
            (Some(outcome), _) => Ok(outcome),
        }
    }

    /// Fails unless the work ahead is short, or no other request waits for it.
    pub(crate) fn check(&self, is_short: bool) -> Result<(), OverInlineBudget> {
        if is_short || self.0.get() == Attempt::Unlimited {
            return Ok(());
        }
        self.0.set(Attempt::Exceeded);
        Err(OverInlineBudget::IsLong)
    }

    /// Returns whether `n_bytes` may be hashed now. If not, the budget is exceeded.
    pub(crate) fn may_hash(&self, n_bytes: u64) -> bool {
        match self.0.get() {
            Attempt::Unlimited => true,
            Attempt::Exceeded => false,
            Attempt::Limited(n_hashed) => {
                let n_hashed = n_hashed.saturating_add(n_bytes);
                let may_hash = n_hashed <= MAX_HASHED;
                self.0.set(if may_hash { Attempt::Limited(n_hashed) } else { Attempt::Exceeded });
                may_hash
            }
        }
    }
}

/// Fails if the handler would have had to wait: what it has read since is empty.
pub(crate) fn check_wait() -> Result<(), OverInlineBudget> {
    if drivesim::no_wait::has_given_up() { Err(OverInlineBudget::MustWait) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use drivesim::{CopyOptions, Pace, Sim};

    use super::*;

    #[test]
    fn a_handler_that_does_too_much_fails_whatever_it_returns() {
        let budget = InlineBudget::default();
        assert_eq!(budget.run(|| budget.check(true)), Ok(Ok(())));
        assert_eq!(budget.run(|| _ = budget.check(false)), Err(OverInlineBudget::IsLong));
        let hashes = |sizes: &[u64]| sizes.iter().filter(|&&size| budget.may_hash(size)).count();
        assert_eq!(budget.run(|| hashes(&[MAX_HASHED - 1, 1])), Ok(2));
        assert_eq!(budget.run(|| hashes(&[MAX_HASHED, 1, 0])), Err(OverInlineBudget::IsLong));
        assert_eq!((budget.check(false), hashes(&[u64::MAX])), (Ok(()), 1));
    }

    #[test]
    fn a_handler_that_would_have_to_wait_fails() {
        let sim = Sim::builder().pace(Pace::polls(1)).outline("a.txt\nDocs/\n").build().unwrap();
        let job = sim.copy("/a.txt", "/Docs", CopyOptions::default()).unwrap();
        let budget = InlineBudget::default();
        assert_eq!(budget.run(check_wait), Ok(Ok(())));
        assert_eq!(budget.run(|| drop(job.poll())), Err(OverInlineBudget::MustWait));
        assert_eq!(check_wait(), Ok(()));
    }
}
