//! Defines the clock, manual or the system's.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::time::SimTime;

/// The clock of a simulation. Its time starts at [`SimTime::ZERO`] and never goes back.
///
/// Every method takes `&self`, so one clock serves any number of threads.
#[derive(Debug)]
pub struct Clock {
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// A lock and not an atomic, because a time of a `Duration`'s range has 94 bits.
    Manual(Mutex<SimTime>),
    System(Instant),
}

/// The error of a clock that cannot be moved.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The clock is the system's and moves by itself.
    #[error("the system clock cannot be advanced, only a manual one can")]
    NotManual,
}

// The message, which `unwrap` and `assert_eq` show.
impl fmt::Debug for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Clock {
    /// Creates a clock that does not move until it is advanced.
    #[must_use]
    pub const fn manual() -> Self {
        Self { source: Source::Manual(Mutex::new(SimTime::ZERO)) }
    }

    /// Creates a clock that follows the system's monotonic clock, from zero at this call.
    #[must_use]
    pub fn system() -> Self {
        Self { source: Source::System(Instant::now()) }
    }

    /// Creates another clock with the same time. A manual fork is moved independently from then on; one that follows
    /// the system's clock counts from the same start.
    #[must_use]
    pub fn fork(&self) -> Self {
        let source = match &self.source {
            Source::Manual(now) => Source::Manual(Mutex::new(*lock(now))),
            Source::System(start) => Source::System(*start),
        };
        Self { source }
    }

    /// Returns whether the clock is moved by hand.
    #[must_use]
    pub const fn is_manual(&self) -> bool {
        matches!(self.source, Source::Manual(_))
    }

    /// Returns the time.
    #[must_use]
    pub fn now(&self) -> SimTime {
        match &self.source {
            Source::Manual(now) => *lock(now),
            Source::System(start) => SimTime::new(start.elapsed()),
        }
    }

    /// Advances a manual clock by `span`, at most to [`SimTime::MAX`], and returns the new time.
    ///
    /// # Errors
    ///
    /// [`ClockError::NotManual`] for the system clock.
    pub fn advance(&self, span: Duration) -> Result<SimTime, ClockError> {
        self.move_on(|now| now.saturating_add(span))
    }

    /// Advances a manual clock to `time` and returns the new time; a clock that is already past it does not move.
    ///
    /// # Errors
    ///
    /// [`ClockError::NotManual`] for the system clock.
    pub fn advance_to(&self, time: SimTime) -> Result<SimTime, ClockError> {
        self.move_on(|now| now.max(time))
    }

    /// Advances a manual clock to `time`, unless it is already past it. The system's clock moves by itself.
    pub fn follow(&self, time: SimTime) {
        if let Source::Manual(now) = &self.source {
            let mut now = lock(now);
            *now = (*now).max(time);
        }
    }

    fn move_on(&self, later: impl FnOnce(SimTime) -> SimTime) -> Result<SimTime, ClockError> {
        let Source::Manual(now) = &self.source else { return Err(ClockError::NotManual) };
        let mut now = lock(now);
        *now = later(*now);
        Ok(*now)
    }
}

/// Locks even if the last holder panicked: a time is written whole, so it is never inconsistent.
fn lock(now: &Mutex<SimTime>) -> MutexGuard<'_, SimTime> {
    now.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::new(Duration::from_secs(seconds))
    }

    #[test]
    fn a_manual_clock_moves_only_when_advanced() {
        let clock = Clock::manual();
        assert_eq!(clock.now(), SimTime::ZERO);
        assert_eq!(clock.advance(Duration::from_secs(2)), Ok(at(2)));
        assert_eq!(clock.now(), at(2));
        assert!(clock.is_manual());
    }

    #[test]
    fn a_manual_clock_never_goes_back() {
        let clock = Clock::manual();
        assert_eq!(clock.advance_to(at(5)), Ok(at(5)));
        assert_eq!(clock.advance_to(at(3)), Ok(at(5)));
        clock.follow(at(4));
        assert_eq!(clock.now(), at(5));
        clock.follow(at(6));
        assert_eq!(clock.now(), at(6));
    }

    #[test]
    fn a_manual_clock_stops_at_the_end_of_time() {
        let clock = Clock::manual();
        clock.advance(Duration::from_secs(1)).unwrap();
        assert_eq!(clock.advance(Duration::MAX), Ok(SimTime::MAX));
        assert_eq!(clock.advance(Duration::MAX), Ok(SimTime::MAX));
    }

    #[test]
    fn the_system_clock_is_not_moved_by_hand_and_never_goes_back() {
        let clock = Clock::system();
        let before = clock.now();
        assert_eq!(clock.advance(Duration::from_secs(9999)), Err(ClockError::NotManual));
        assert_eq!(clock.advance_to(SimTime::MAX), Err(ClockError::NotManual));
        clock.follow(SimTime::MAX);
        let after = clock.now();
        assert!(before <= after && after < at(9999));
        assert!(!clock.is_manual());
    }

    #[test]
    fn a_fork_has_the_same_time_and_moves_independently() {
        let clock = Clock::manual();
        clock.advance(Duration::from_secs(5)).unwrap();
        let fork = clock.fork();
        clock.advance(Duration::from_secs(1)).unwrap();
        assert_eq!((clock.now(), fork.now(), fork.is_manual()), (at(6), at(5), true));
        let system = Clock::system();
        let fork = system.fork();
        let before = system.now();
        let between = fork.now();
        assert!(before <= between && between <= system.now() && !fork.is_manual());
    }

    #[test]
    fn concurrent_steps_are_all_counted() {
        let clock = Clock::manual();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..250 {
                        let before = clock.now();
                        assert!(clock.advance(Duration::from_secs(1)).unwrap() > before);
                    }
                });
            }
        });
        assert_eq!(clock.now(), at(1000));
    }
}
