//! Defines points in simulated time.

use std::time::Duration;

pub(crate) const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// A point in time, as the span since the simulation's start, to the nanosecond.
///
/// The simulation's time has no calendar: for a date, add it to the start. Sums saturate at [`SimTime::MAX`], the end
/// of time, which is also when a job that never ends is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct SimTime(Duration);

impl SimTime {
    /// The start of the simulation.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// The end of time, some 580 thousand million years after the start.
    pub const MAX: Self = Self(Duration::MAX);

    /// Returns the time `since_start` after the simulation's start.
    #[must_use]
    pub const fn new(since_start: Duration) -> Self {
        Self(since_start)
    }

    /// Returns the span since the simulation's start.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        self.0
    }

    /// Returns the nanoseconds since the simulation's start.
    #[must_use]
    pub const fn as_nanos(self) -> u128 {
        self.0.as_nanos()
    }

    /// Returns the first later time, one nanosecond after this one; [`SimTime::MAX`] stays.
    #[must_use]
    pub const fn next_instant(self) -> Self {
        self.saturating_add(Duration::from_nanos(1))
    }

    /// Returns the time `span` later, saturating at [`SimTime::MAX`].
    #[must_use]
    pub const fn saturating_add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }

    /// Returns the span since `earlier`, or zero if that is later.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the time `n_nanos` later, saturating: the exact arithmetic on due times is done in `u128`.
    pub(crate) fn saturating_add_nanos(self, n_nanos: u128) -> Self {
        duration_of_nanos(n_nanos).map_or(Self::MAX, |span| self.saturating_add(span))
    }
}

impl From<Duration> for SimTime {
    fn from(since_start: Duration) -> Self {
        Self::new(since_start)
    }
}

/// Returns the span of `n_nanos`, or `None` if no [`Duration`] is that long.
pub(crate) fn duration_of_nanos(n_nanos: u128) -> Option<Duration> {
    let seconds = u64::try_from(n_nanos / NANOS_PER_SECOND).ok()?;
    let nanos = u32::try_from(n_nanos % NANOS_PER_SECOND).ok()?;
    Some(Duration::new(seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_instant_is_one_nanosecond_later() {
        assert_eq!(SimTime::ZERO.next_instant().as_nanos(), 1);
        assert_eq!(SimTime::MAX.next_instant(), SimTime::MAX);
    }

    #[test]
    fn a_duration_is_the_time_since_the_start() {
        let second = Duration::from_secs(1);
        assert_eq!(SimTime::from(second), SimTime::new(second));
        assert_eq!(SimTime::from(second).as_nanos(), 1_000_000_000);
    }

    #[test]
    fn sums_stop_at_the_end_of_time() {
        let second = Duration::from_secs(1);
        assert_eq!(SimTime::new(second).saturating_add(second), SimTime::new(Duration::from_secs(2)));
        assert_eq!(SimTime::MAX.saturating_add(second), SimTime::MAX);
        assert_eq!(SimTime::ZERO.saturating_add_nanos(u128::MAX), SimTime::MAX);
        assert_eq!(SimTime::ZERO.saturating_add_nanos(SimTime::MAX.as_nanos()), SimTime::MAX);
    }

    #[test]
    fn the_span_since_a_later_time_is_zero() {
        let later = SimTime::new(Duration::from_secs(3));
        assert_eq!(later.saturating_since(SimTime::ZERO), Duration::from_secs(3));
        assert_eq!(SimTime::ZERO.saturating_since(later), Duration::ZERO);
    }

    #[test]
    fn nanoseconds_convert_back_to_the_same_span() {
        for span in [Duration::ZERO, Duration::from_nanos(1_999_999_999), Duration::MAX] {
            assert_eq!(duration_of_nanos(span.as_nanos()), Some(span));
        }
        assert_eq!(duration_of_nanos(Duration::MAX.as_nanos() + 1), None);
    }
}
