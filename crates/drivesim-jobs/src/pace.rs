//! Defines the paces of jobs and their text form.

#[cfg(feature = "serde")]
mod serde_form;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::time::{SimTime, duration_of_nanos};

/// The speed of a job, and what moves it: the call, the clock, a poll or a step.
///
/// There are no other paces, so a `match` needs no wildcard. The text form is that of the command line, `1000items/s`, and
/// parses to the same pace:
///
/// ```
/// use drivesim_jobs::Pace;
///
/// assert_eq!("10MiB/s".parse(), Ok(Pace::bytes_per_second(10 << 20)));
/// assert_eq!(Pace::polls(3).to_string(), "3polls");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pace {
    /// The job is done within the call that starts it. Written `instant`.
    #[default]
    Instant,
    /// Items per second, whatever their sizes. Written `1000items/s`.
    ItemsPerSecond(u64),
    /// Bytes per second. An item counts one byte more than its size. Written `10MiB/s`.
    BytesPerSecond(u64),
    /// The job is done after this time, whatever its size; without items, at once. Written `2s`.
    After(Duration),
    /// The job is done at the n-th poll, and each poll does an equal share. Written `3polls`.
    Polls(u32),
    /// The job moves only when stepped. Written `held`.
    Held,
}

/// The error of a text or number that is not a pace.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaceError {
    /// The text is not one of the forms of a pace.
    #[error(
        "`{text}` is not a pace: expected `instant`, a rate in whole items (`1000items/s`) or bytes \
         (`500B/s`, `64KiB/s`, `10MiB/s`, `1GiB/s`, `1TiB/s`), a time (`250ms`, `2s`, `1m`, `1h`), a number \
         of polls (`3polls`) or `held`"
    )]
    NotAPace {
        /// The text.
        text: String,
    },
    /// The text has the form of a pace, with a number too large for it.
    #[error(
        "the number in the pace `{text}` is too large: expected one like `1000items/s`, `10MiB/s` or `2s`"
    )]
    TooLarge {
        /// The text.
        text: String,
    },
    /// A job of this pace would never end.
    #[error(
        "a job at the pace `{pace}` never ends: expected at least 1, such as `1items/s`, `1B/s` or `1polls`"
    )]
    NeverEnds {
        /// The pace.
        pace: Pace,
    },
}

// The message, which `unwrap` and `assert_eq` show.
impl fmt::Debug for PaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Pace {
    /// Returns the pace of `rate` items a second.
    #[must_use]
    pub const fn items_per_second(rate: u64) -> Self {
        Self::ItemsPerSecond(rate)
    }

    /// Returns the pace of `rate` bytes a second.
    #[must_use]
    pub const fn bytes_per_second(rate: u64) -> Self {
        Self::BytesPerSecond(rate)
    }

    /// Returns the pace of a job that is done `span` after it was accepted.
    #[must_use]
    pub const fn after(span: Duration) -> Self {
        Self::After(span)
    }

    /// Returns the pace of a job that is done at poll number `n_polls`.
    #[must_use]
    pub const fn polls(n_polls: u32) -> Self {
        Self::Polls(n_polls)
    }

    /// Fails for a pace at which no job ends. A held job ends by its steps, so it is allowed.
    ///
    /// # Errors
    ///
    /// [`PaceError::NeverEnds`] for a rate of 0 and for 0 polls.
    pub const fn check(&self) -> Result<(), PaceError> {
        match self {
            Self::ItemsPerSecond(0) | Self::BytesPerSecond(0) | Self::Polls(0) => {
                Err(PaceError::NeverEnds { pace: *self })
            }
            _ => Ok(()),
        }
    }

    /// Returns whether the clock moves the job, and not a call, a poll or a step.
    #[must_use]
    pub const fn is_timed(&self) -> bool {
        matches!(self, Self::ItemsPerSecond(_) | Self::BytesPerSecond(_) | Self::After(_))
    }

    /// Returns when a job accepted at `accepted_at` starts, if the clock starts it: at the first later instant.
    ///
    /// It needs no [`Work`](crate::Work), because that is known only once the job has started.
    #[must_use]
    pub const fn start_due(&self, accepted_at: SimTime) -> Option<SimTime> {
        if self.is_timed() { Some(accepted_at.next_instant()) } else { None }
    }
}

/// Units of a rate in bytes a second, largest first.
const BYTE_UNITS: [Unit; 5] =
    [("TiB/s", 1 << 40), ("GiB/s", 1 << 30), ("MiB/s", 1 << 20), ("KiB/s", 1 << 10), ("B/s", 1)];

/// Units of a time in nanoseconds, largest first. With the small ones any time can be written.
const TIME_UNITS: [Unit; 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

type Unit = (&'static str, u128);

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant => f.pad("instant"),
            Self::ItemsPerSecond(rate) => f.pad(&format!("{rate}items/s")),
            Self::BytesPerSecond(rate) => f.pad(&in_largest_unit(u128::from(*rate), &BYTE_UNITS)),
            Self::After(span) => f.pad(&in_largest_unit(span.as_nanos(), &TIME_UNITS)),
            Self::Polls(n_polls) => f.pad(&format!("{n_polls}polls")),
            Self::Held => f.pad("held"),
        }
    }
}

/// Writes `amount` in the largest unit that leaves a whole number.
fn in_largest_unit(amount: u128, units: &[Unit]) -> String {
    let fits = |(_, size): &&Unit| amount >= *size && amount % *size == 0;
    match units.iter().find(fits).or(units.last()) {
        Some((name, size)) => format!("{}{name}", amount / size),
        None => amount.to_string(),
    }
}

impl FromStr for Pace {
    type Err = PaceError;

    /// Parses the text form of a pace.
    ///
    /// # Errors
    ///
    /// [`PaceError::NotAPace`] for any other text, [`PaceError::TooLarge`] for a number that does not fit,
    /// [`PaceError::NeverEnds`] like [`Pace::check`].
    fn from_str(text: &str) -> Result<Self, PaceError> {
        let pace = match text {
            "instant" => Self::Instant,
            "held" => Self::Held,
            _ => parse_amount(text)?,
        };
        pace.check()?;
        Ok(pace)
    }
}

/// Parses the forms that are a whole number and a unit.
fn parse_amount(text: &str) -> Result<Pace, PaceError> {
    let not_a_pace = || PaceError::NotAPace { text: text.to_owned() };
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0).ok_or_else(not_a_pace)?;
    let (digits, unit) = text.split_at(unit_at);
    let number: Option<u128> = digits.parse().ok();
    let in_units = |size: u128| number.and_then(|n| n.checked_mul(size));
    let pace = if let "items/s" | "item/s" = unit {
        number.and_then(|n| u64::try_from(n).ok()).map(Pace::ItemsPerSecond)
    } else if let "polls" | "poll" = unit {
        number.and_then(|n| u32::try_from(n).ok()).map(Pace::Polls)
    } else if let Some(size) = size_of(unit, &BYTE_UNITS) {
        in_units(size).and_then(|n| u64::try_from(n).ok()).map(Pace::BytesPerSecond)
    } else if let Some(size) = size_of(unit, &TIME_UNITS) {
        in_units(size).and_then(duration_of_nanos).map(Pace::After)
    } else {
        return Err(not_a_pace());
    };
    pace.ok_or_else(|| PaceError::TooLarge { text: text.to_owned() })
}

fn size_of(unit: &str, units: &[Unit]) -> Option<u128> {
    units.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_pace() -> impl Strategy<Value = Pace> {
        prop_oneof![
            Just(Pace::Instant),
            Just(Pace::Held),
            (1..=u64::MAX).prop_map(Pace::ItemsPerSecond),
            (1..=u64::MAX).prop_map(Pace::BytesPerSecond),
            (1..1u64 << 24, 0..5u32).prop_map(|(n, power)| Pace::BytesPerSecond(n << (10 * power))),
            any::<Duration>().prop_map(Pace::After),
            (0..10_000u64).prop_map(|n| Pace::After(Duration::from_millis(n))),
            (1..=u32::MAX).prop_map(Pace::Polls),
        ]
    }

    proptest! {
        #[test]
        fn a_written_pace_parses_to_the_same_pace(pace in any_pace()) {
            prop_assert_eq!(pace.to_string().parse(), Ok(pace));
        }

        #[test]
        fn any_text_parses_or_fails_without_a_panic(text in any::<String>(), n in any::<u128>(), unit in "[A-z/]{0,7}") {
            for text in [text, format!("{n}{unit}")] {
                if let Ok(pace) = text.parse::<Pace>() {
                    prop_assert_eq!(pace.to_string().parse(), Ok(pace));
                }
            }
        }
    }

    #[test]
    fn every_form_parses_and_prints() {
        let table = [
            ("instant", Pace::Instant),
            ("1000items/s", Pace::items_per_second(1000)),
            ("10MiB/s", Pace::bytes_per_second(10 << 20)),
            ("1000B/s", Pace::bytes_per_second(1000)),
            ("3KiB/s", Pace::bytes_per_second(3 << 10)),
            ("1GiB/s", Pace::bytes_per_second(1 << 30)),
            ("5TiB/s", Pace::bytes_per_second(5 << 40)),
            ("2s", Pace::after(Duration::from_secs(2))),
            ("250ms", Pace::after(Duration::from_millis(250))),
            ("1m", Pace::after(Duration::from_secs(60))),
            ("1h", Pace::after(Duration::from_secs(3600))),
            ("7us", Pace::after(Duration::from_micros(7))),
            ("0ns", Pace::after(Duration::ZERO)),
            ("18446744073709551615999999999ns", Pace::after(Duration::MAX)),
            ("3polls", Pace::polls(3)),
            ("held", Pace::Held),
        ];
        for (text, pace) in table {
            assert_eq!(text.parse(), Ok(pace), "{text}");
            assert_eq!(pace.to_string(), text);
        }
    }

    #[test]
    fn other_spellings_parse_to_the_same_pace() {
        let table = [
            ("1024KiB/s", "1MiB/s"),
            ("60s", "1m"),
            ("0s", "0ns"),
            ("1item/s", "1items/s"),
            ("1poll", "1polls"),
            ("007polls", "7polls"),
        ];
        for (text, written) in table {
            assert_eq!(text.parse::<Pace>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn other_texts_fail() {
        let texts = [
            "",
            "5",
            "s",
            "items/s",
            "fast",
            "Instant",
            " held",
            "2 s",
            "-2s",
            "+2s",
            "1.5s",
            "10MB/s",
            "3polls ",
            "٣s",
            "1000items",
            "polls3",
        ];
        for text in texts {
            assert_eq!(text.parse::<Pace>(), Err(PaceError::NotAPace { text: text.to_owned() }));
        }
    }

    #[test]
    fn a_number_that_does_not_fit_fails() {
        let texts = [
            "18446744073709551616items/s",
            "4294967296polls",
            "16777216TiB/s",
            "18446744073709551616s",
            "999999999999999999999999999999999999999999999h",
        ];
        for text in texts {
            assert_eq!(text.parse::<Pace>(), Err(PaceError::TooLarge { text: text.to_owned() }));
        }
    }

    #[test]
    fn a_pace_that_never_ends_fails() {
        for pace in [Pace::items_per_second(0), Pace::bytes_per_second(0), Pace::polls(0)] {
            assert_eq!(pace.check(), Err(PaceError::NeverEnds { pace }));
            assert_eq!(pace.to_string().parse::<Pace>(), Err(PaceError::NeverEnds { pace }));
        }
        for pace in [Pace::Instant, Pace::Held, Pace::after(Duration::ZERO), Pace::polls(1)] {
            assert_eq!(pace.check(), Ok(()));
        }
    }

    #[test]
    fn the_error_says_what_was_expected() {
        let refused = "quick".parse::<Pace>().unwrap_err().to_string();
        assert!(
            refused.starts_with(
                "`quick` is not a pace: expected `instant`, a rate in whole items (`1000items/s`)"
            )
        );
        let endless = Pace::items_per_second(0).check().unwrap_err().to_string();
        assert!(endless.starts_with("a job at the pace `0items/s` never ends: expected at least 1"));
    }

    #[test]
    fn only_paces_of_the_clock_have_a_start_time() {
        let first = Some(SimTime::new(Duration::from_nanos(1)));
        for pace in [Pace::items_per_second(1), Pace::bytes_per_second(1), Pace::after(Duration::ZERO)] {
            assert_eq!(pace.start_due(SimTime::ZERO), first);
        }
        for pace in [Pace::Instant, Pace::polls(1), Pace::Held] {
            assert_eq!(pace.start_due(SimTime::ZERO), None);
        }
    }
}
