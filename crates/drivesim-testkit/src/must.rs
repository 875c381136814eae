//! The only place where what a test of drivesim takes for granted fails it: tests may panic, other code may not.

use std::fmt::{Debug, Display};

/// Fails the test.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion that fails panics")]
pub(crate) fn fail(message: impl Display) -> ! {
    panic!("{message}");
}

/// Returns what there is, or fails the test with what it was to be.
#[track_caller]
pub(crate) fn must<T, E: Debug>(result: Result<T, E>, what: impl Display) -> T {
    result.unwrap_or_else(|error| fail(format_args!("{what}: {error:?}")))
}
