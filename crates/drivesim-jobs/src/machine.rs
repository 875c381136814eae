//! Defines the states of a job and the moves between them.

use std::fmt;

use crate::percent::Percent;

/// The state of a job. There are no others, so a `match` needs no wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Status {
    /// The job was accepted and has not read anything yet.
    NotStarted,
    /// The job is running.
    InProgress,
    /// The job has ended successfully.
    Completed,
    /// The job has ended with an error.
    Failed,
}

impl Status {
    /// Returns whether no other state can follow.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotStarted => "notStarted",
            Self::InProgress => "inProgress",
            Self::Completed => "completed",
            Self::Failed => "failed",
        })
    }
}

/// The error of a move that a job cannot make.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job cannot go from `{from}` to `{to}`")]
pub struct IllegalMove {
    /// The current state of the job, which does not change.
    pub from: Status,
    /// The requested state.
    pub to: Status,
}

// The message, which `unwrap` and `assert_eq` show.
impl fmt::Debug for IllegalMove {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The state of a job that ends in a `T` or fails with an `E`.
///
/// A job moves from not started to in progress to completed or failed, and in no other way. What is *reported* about a
/// job may differ; this is what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine<T, E> {
    state: State<T, E>,
    /// The highest progress made, at most 99.9 %: 100 % follows from the state alone.
    reached: Percent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State<T, E> {
    NotStarted,
    InProgress,
    Ended(Result<T, E>),
}

impl<T, E> Machine<T, E> {
    /// Creates a job that has not started.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::NotStarted, reached: Percent::ZERO }
    }

    /// Returns the state.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            State::NotStarted => Status::NotStarted,
            State::InProgress => Status::InProgress,
            State::Ended(Ok(_)) => Status::Completed,
            State::Ended(Err(_)) => Status::Failed,
        }
    }

    /// Returns the outcome of the job, if it has ended.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Result<T, E>> {
        match &self.state {
            State::Ended(outcome) => Some(outcome),
            State::NotStarted | State::InProgress => None,
        }
    }

    /// Returns the progress of the job: 100 % exactly when completed; the progress of a failed job no longer changes.
    #[must_use]
    pub const fn percent(&self) -> Percent {
        match self.status() {
            Status::Completed => Percent::DONE,
            Status::NotStarted | Status::InProgress | Status::Failed => self.reached,
        }
    }

    /// Starts the job.
    ///
    /// # Errors
    ///
    /// [`IllegalMove`] if it has already started; its state does not change then.
    pub fn start(&mut self) -> Result<(), IllegalMove> {
        self.check_move(Status::NotStarted, Status::InProgress)?;
        self.state = State::InProgress;
        Ok(())
    }

    /// Records the progress of a job in progress, and returns its progress.
    ///
    /// Lower progress than recorded before changes nothing, progress above 99.9 % counts as 99.9 %, and a job that is
    /// not in progress makes none.
    pub fn progress(&mut self, percent: Percent) -> Percent {
        if matches!(self.state, State::InProgress) {
            self.reached = self.reached.max(percent.min(Percent::ALMOST));
        }
        self.percent()
    }

    /// Completes the job with `outcome`.
    ///
    /// # Errors
    ///
    /// [`IllegalMove`] unless it is in progress; its state does not change then.
    pub fn complete(&mut self, outcome: T) -> Result<(), IllegalMove> {
        self.check_move(Status::InProgress, Status::Completed)?;
        self.state = State::Ended(Ok(outcome));
        Ok(())
    }

    /// Fails the job with `error`.
    ///
    /// # Errors
    ///
    /// [`IllegalMove`] unless it is in progress; its state does not change then.
    pub fn fail(&mut self, error: E) -> Result<(), IllegalMove> {
        self.check_move(Status::InProgress, Status::Failed)?;
        self.state = State::Ended(Err(error));
        Ok(())
    }

    fn check_move(&self, only_from: Status, to: Status) -> Result<(), IllegalMove> {
        let from = self.status();
        if from == only_from { Ok(()) } else { Err(IllegalMove { from, to }) }
    }
}

impl<T, E> Default for Machine<T, E> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Job = Machine<u32, &'static str>;

    /// Returns a job in `status`, at 40 % if it ever started.
    fn job(status: Status) -> Job {
        let mut job = Job::new();
        if status != Status::NotStarted {
            job.start().unwrap();
            job.progress(Percent::from_tenths(400));
        }
        match status {
            Status::Completed => job.complete(7).unwrap(),
            Status::Failed => job.fail("gone").unwrap(),
            Status::NotStarted | Status::InProgress => {}
        }
        job
    }

    fn apply(job: &mut Job, to: Status) -> Result<(), IllegalMove> {
        match to {
            Status::InProgress => job.start(),
            Status::Completed => job.complete(8),
            Status::Failed => job.fail("late"),
            Status::NotStarted => unreachable!("no move leads there"),
        }
    }

    #[test]
    fn only_legal_moves_change_the_state() {
        use Status::{Completed, Failed, InProgress, NotStarted};
        let table = [
            (NotStarted, InProgress, true),
            (NotStarted, Completed, false),
            (NotStarted, Failed, false),
            (InProgress, InProgress, false),
            (InProgress, Completed, true),
            (InProgress, Failed, true),
            (Completed, InProgress, false),
            (Completed, Completed, false),
            (Completed, Failed, false),
            (Failed, InProgress, false),
            (Failed, Completed, false),
            (Failed, Failed, false),
        ];
        for (from, to, is_legal) in table {
            let mut moved = job(from);
            assert_eq!(moved.status(), from);
            if is_legal {
                assert_eq!(apply(&mut moved, to), Ok(()), "{from} to {to}");
                assert_eq!(moved.status(), to);
            } else {
                assert_eq!(apply(&mut moved, to), Err(IllegalMove { from, to }));
                assert_eq!(moved, job(from), "a refused move changes nothing");
            }
        }
    }

    #[test]
    fn an_ended_job_has_an_outcome() {
        assert_eq!(job(Status::NotStarted).outcome(), None);
        assert_eq!(job(Status::InProgress).outcome(), None);
        assert_eq!(job(Status::Completed).outcome(), Some(&Ok(7)));
        assert_eq!(job(Status::Failed).outcome(), Some(&Err("gone")));
    }

    #[test]
    fn percent_is_a_hundred_when_completed_and_frozen_when_failed() {
        let percent = |status| job(status).percent().to_string();
        assert_eq!(percent(Status::NotStarted), "0.0");
        assert_eq!(percent(Status::InProgress), "40.0");
        assert_eq!(percent(Status::Completed), "100.0");
        assert_eq!(percent(Status::Failed), "40.0");
    }

    #[test]
    fn only_a_job_in_progress_makes_progress() {
        for status in [Status::NotStarted, Status::Completed, Status::Failed] {
            let mut still = job(status);
            assert_eq!(still.progress(Percent::from_tenths(900)), job(status).percent());
            assert_eq!(still, job(status));
        }
    }

    #[test]
    fn states_print_as_the_services_name_them() {
        let state = |status: Status| (status.to_string(), status.is_ended());
        assert_eq!(state(Status::NotStarted), ("notStarted".to_owned(), false));
        assert_eq!(state(Status::InProgress), ("inProgress".to_owned(), false));
        assert_eq!(state(Status::Completed), ("completed".to_owned(), true));
        assert_eq!(state(Status::Failed), ("failed".to_owned(), true));
        let refused = job(Status::Failed).start().unwrap_err();
        assert_eq!(refused.to_string(), "a job cannot go from `failed` to `inProgress`");
    }

    proptest! {
        #[test]
        fn progress_never_decreases_nor_reaches_a_hundred(steps in prop::collection::vec(0..2000u16, 0..30)) {
            let mut job = job(Status::InProgress);
            for tenths in steps {
                let before = job.percent();
                let after = job.progress(Percent::from_tenths(tenths));
                prop_assert_eq!(after, job.percent());
                prop_assert_eq!(after, before.max(Percent::from_tenths(tenths.min(999))));
            }
        }
    }
}
