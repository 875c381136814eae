//! Defines percentages: whole tenths, rounded down.

#[cfg(feature = "serde")]
mod serde_form;

use std::fmt;

/// The progress of a job in tenths of a percent from 0 to 100, always rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Percent(u16);

impl Percent {
    /// 0 %: nothing is done.
    pub const ZERO: Self = Self(0);

    /// 99.9 %: the most that a job shows before it has completed, even with all its work done.
    pub const ALMOST: Self = Self(999);

    /// 100 %, which only a completed job shows.
    pub const DONE: Self = Self(1000);

    /// Returns the percentage for `tenths` of a percent; more than 1000 count as 1000.
    #[must_use]
    pub const fn from_tenths(tenths: u16) -> Self {
        if tenths < Self::DONE.0 { Self(tenths) } else { Self::DONE }
    }

    /// Returns the percentage for whole `percents`; more than 100 count as 100.
    #[must_use]
    pub const fn from_whole(percents: u8) -> Self {
        Self::from_tenths(percents as u16 * 10)
    }

    /// Returns `done / total` as a running job shows it: 0 of a total of 0, and never more than 99.9 %.
    #[must_use]
    pub fn on_the_way(done: u64, total: u64) -> Self {
        let tenths = (u128::from(done) * 1000).checked_div(u128::from(total)).unwrap_or(0);
        u16::try_from(tenths).map_or(Self::ALMOST, |tenths| Self(tenths).min(Self::ALMOST))
    }

    /// Returns the tenths of a percent, 0 to 1000.
    #[must_use]
    pub const fn tenths(self) -> u16 {
        self.0
    }

    /// Returns the whole percents, 0 to 100, rounded down.
    #[must_use]
    pub const fn whole(self) -> u8 {
        (self.0 / 10) as u8
    }

    /// Returns the percentage as a number from 0.0 to 100.0.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.0 / 10, self.0 % 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_rounded_down_to_a_tenth() {
        let table = [(0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.6"), (1, 1000, "0.1"), (1, 1001, "0.0")];
        for (done, total, text) in table {
            assert_eq!(Percent::on_the_way(done, total).to_string(), text);
        }
        assert_eq!(Percent::DONE.to_string(), "100.0");
        assert_eq!(format!("{:>6}|{:<5}|", Percent::from_tenths(333), Percent::ZERO), "  33.3|0.0  |");
    }

    #[test]
    fn is_below_a_hundred_before_completion() {
        for (done, total) in [(3, 3), (4, 3), (u64::MAX, 1), (u64::MAX, u64::MAX)] {
            assert_eq!(Percent::on_the_way(done, total), Percent::ALMOST);
        }
    }

    #[test]
    fn is_zero_if_there_is_nothing_to_do() {
        assert_eq!(Percent::on_the_way(0, 0), Percent::ZERO);
        assert_eq!(Percent::on_the_way(5, 0), Percent::ZERO);
    }

    #[test]
    fn converts_to_tenths_wholes_and_a_number() {
        assert_eq!(Percent::from_tenths(2000), Percent::DONE);
        assert_eq!(Percent::from_tenths(278).tenths(), 278);
        assert_eq!(Percent::from_tenths(278).whole(), 27);
        assert_eq!(Percent::DONE.whole(), 100);
        assert_eq!(Percent::from_tenths(278).as_f64(), 27.8);
    }
}
