//! Reads that must not wait. A read that would have to wait is given up as a whole.

use std::cell::Cell;

/// How a thread reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitMode {
    /// It may wait.
    MayWait,
    /// It must not wait.
    MustNotWait,
    /// It would have had to wait: its results from then on are invalid.
    GaveUp,
}

thread_local! {
    static WAIT_MODE: Cell<WaitMode> = const { Cell::new(WaitMode::MayWait) };
}

/// Restores the previous state, also if the read panics.
struct RestoreMode(WaitMode);

impl Drop for RestoreMode {
    fn drop(&mut self) {
        WAIT_MODE.set(self.0);
    }
}

/// Reads simulators without waiting, and returns what `look` returns; `None` if it would have had to wait. For servers,
/// whose connection threads must not block.
///
/// On this thread nothing in `look` waits for the lock of a drive, runs the due work of jobs, polls a job that moves by
/// polls, or reads more than a page of items. Where it would have to, it reads empty drives from then on, and its
/// result is discarded: call it again where it may wait. So `look` must change nothing.
///
/// ```
/// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
/// # use drivesim::no_wait::without_waiting;
/// let sim = Sim::builder().pace(Pace::polls(1)).outline("a.txt\nDocs/\n").build()?;
/// assert_eq!(without_waiting(|| sim.exists("/a.txt")), Some(true));
/// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
/// assert_eq!(without_waiting(|| job.poll()), None);
/// assert_eq!(job.poll().status, JobStatus::Completed);
/// # Ok::<(), drivesim::Error>(())
/// ```
pub fn without_waiting<R>(look: impl FnOnce() -> R) -> Option<R> {
    let _before = RestoreMode(WAIT_MODE.replace(WaitMode::MustNotWait));
    let result = look();
    (!has_given_up()).then_some(result)
}

/// Returns whether this thread is in [`without_waiting`] and has found that it would have to wait.
///
/// ```
/// assert!(!drivesim::no_wait::has_given_up());
/// ```
pub fn has_given_up() -> bool {
    WAIT_MODE.get() == WaitMode::GaveUp
}

/// Returns whether this thread must not wait.
pub(crate) fn must_not_wait() -> bool {
    WAIT_MODE.get() != WaitMode::MayWait
}

/// Gives the read up if this thread must not wait; returns whether it must not.
pub(crate) fn give_up() -> bool {
    let must_not_wait = must_not_wait();
    if must_not_wait {
        WAIT_MODE.set(WaitMode::GaveUp);
    }
    must_not_wait
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_that_was_given_up_does_not_affect_the_next_one() {
        assert!(!give_up());
        assert_eq!(without_waiting(give_up), None);
        assert_eq!(without_waiting(has_given_up), Some(false));
        assert_eq!(without_waiting(|| without_waiting(give_up)), Some(None));
        assert!(std::panic::catch_unwind(|| without_waiting(|| panic!("must not wait"))).is_err());
        assert!(!must_not_wait());
    }
}
