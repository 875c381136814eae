//! The only place that compares drives with outlines in tests; its message is what a failing test shows.

use drivesim_core::outline::{Outline, parse};
use drivesim_core::{Drive, Profile, Timestamp};
use similar::TextDiff;

use crate::address::Address;
use crate::sim::Sim;

impl Sim {
    /// Asserts that all drives together look like the outline; the order of its lines in a folder is free.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("b = 1 KiB\na\n").build()?;
    /// sim.assert_outline("
    ///     a
    ///     b = 1024 B
    /// ");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Panics
    /// When they do not, with both outlines and the difference; when the text is not an outline.
    #[track_caller]
    pub fn assert_outline(&self, expected: &str) {
        match self.outline() {
            Ok(actual) => assert_same(expected, &actual),
            Err(error) => fail(&format!("the drives have no outline: {error}")),
        }
    }

    /// Asserts that what is below a folder looks like the outline.
    ///
    /// # Panics
    /// As [`Sim::assert_outline`]; when there is no such folder.
    #[track_caller]
    pub fn assert_outline_of(&self, folder: impl Into<Address>, expected: &str) {
        match self.outline_of(folder) {
            Ok(actual) => assert_same(expected, &actual),
            Err(error) => fail(&format!("the folder has no outline: {error}")),
        }
    }
}

#[track_caller]
fn assert_same(expected: &str, actual: &str) {
    let expected = match parse(expected) {
        Ok(outline) => canonical(&outline),
        Err(error) => return fail(&format!("the expected outline is wrong at {error}")),
    };
    if expected != actual {
        fail(&difference(&expected, actual));
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "an assertion that fails panics")]
fn fail(message: &str) {
    panic!("{message}");
}

/// Prints an outline as a drive that holds it would: in canonical order, sizes in their largest unit.
fn canonical(outline: &Outline) -> String {
    let mut text = String::new();
    for drive in &outline.drives {
        if let Some(header) = &drive.header {
            let _ = drivesim_core::outline::write_header(&mut text, header);
        }
        // The plain rules refuse least. What even they refuse is in no drive, so any text will do.
        let planted = Drive::from_lines(Profile::PLAIN, &drive.lines, Timestamp::UNIX_EPOCH);
        match planted.map(|drive| drive.outline(drive.root(), drivesim_core::Detail::Names)) {
            Ok(Ok(lines)) => text += &lines,
            Ok(Err(error)) => text += &format!("(no drive can hold this: {error})\n"),
            Err(error) => text += &format!("(no drive can hold this: {error})\n"),
        }
    }
    text
}

fn difference(expected: &str, actual: &str) -> String {
    let difference = TextDiff::from_lines(expected, actual);
    let difference = difference.unified_diff().context_radius(3).header("expected", "actual").to_string();
    format!(
        "the drive does not look as expected\n\nexpected:\n{}\nactual:\n{}\ndifference:\n{difference}",
        indented(expected),
        indented(actual),
    )
}

fn indented(outline: &str) -> String {
    if outline.is_empty() {
        return "    (nothing)\n".to_owned();
    }
    outline.lines().map(|line| format!("    {line}\n")).collect()
}
