//! Fails tests whose assumptions do not hold. Tests may panic; other code may not.

use std::fmt::{Debug, Display};

/// Fails the test.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion that fails panics")]
pub(crate) fn fail(message: impl Display) -> ! {
    panic!("{message}");
}

/// Returns the value, or fails the test with a message that names what was expected.
#[track_caller]
pub(crate) fn expect_ok<T, E: Debug>(result: Result<T, E>, what: impl Display) -> T {
    result.unwrap_or_else(|error| fail(format_args!("{what}: {error:?}")))
}
