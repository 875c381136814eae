//! The only place that compares drives with outlines in tests; its message is what a failing test shows.

use drivesim_core::outline::{DriveHeader, Outline, parse, write_header};
use drivesim_core::{Detail, Drive, Profile, Timestamp};
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
        let expected = match parse(expected) {
            Ok(outline) => outline,
            Err(error) => return fail(&format!("the expected text is not an outline: {error}")),
        };
        let actual = match self.outlines(Detail::Names) {
            Ok(drives) => drives,
            Err(error) => return fail(&format!("the drives have no outline: {error}")),
        };
        assert_same(&expected, actual);
    }

    /// Asserts that what is below a folder looks like the outline.
    ///
    /// # Panics
    /// As [`Sim::assert_outline`]; when there is no such folder.
    #[track_caller]
    pub fn assert_outline_of(&self, folder: impl Into<Address>, expected: &str) {
        let expected = match parse(expected) {
            Ok(outline) => outline,
            Err(error) => return fail(&format!("the expected text is not an outline: {error}")),
        };
        match self.outline_of(folder) {
            Ok(actual) => assert_same(&expected, vec![(DriveHeader::default(), false, actual)]),
            Err(error) => fail(&format!("the folder has no outline: {error}")),
        }
    }

    /// Asserts that what is different in this simulator, compared with one of the same origin, prints like this; see
    /// [`Diff`](crate::Diff). A common margin is dropped.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\nArchive/\n").build()?;
    /// let before = sim.fork();
    /// sim.copy("/Docs", "/Archive", CopyOptions::default())?;
    /// sim.assert_diff_from(&before, "
    ///       Archive/
    ///     +   Docs/
    ///     +     a.txt
    /// ");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Panics
    /// When it does not, with both and the difference.
    #[track_caller]
    pub fn assert_diff_from(&self, before: &Sim, expected: &str) {
        let actual = match before.diff(self) {
            Ok(diff) => diff.to_string(),
            Err(error) => return fail(&format!("the difference has no outline: {error}")),
        };
        let expected = without_margin(expected);
        if expected != actual {
            fail(&difference(&expected, &actual));
        }
    }
}

/// Drops empty lines at both ends and the spaces that all lines begin with.
fn without_margin(text: &str) -> String {
    let lines: Vec<&str> = text.lines().skip_while(|line| line.trim().is_empty()).collect();
    let n_lines = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    let margin = lines[..n_lines].iter().map(|line| line.len() - line.trim_start_matches(' ').len()).min();
    let margin = margin.unwrap_or(0);
    lines[..n_lines].iter().map(|line| format!("{}\n", &line[margin.min(line.len())..])).collect()
}

/// Compares an outline with drives: their `drive` lines, whether given with one, and their items.
#[track_caller]
fn assert_same(expected: &Outline, actual: Vec<(DriveHeader, bool, String)>) {
    // One drive may be described without its line, and a line may leave the profile out.
    let without_lines = actual.len() == 1 && expected.drives.iter().all(|drive| drive.header.is_none());
    let profile_of = |name: &str| {
        let header = actual.iter().find(|(header, ..)| header.name == name);
        header.and_then(|(header, ..)| header.profile.clone())
    };
    let expected = canonical(expected, profile_of);
    let mut text = String::new();
    for (header, _, items) in &actual {
        if !without_lines {
            let _ = write_header(&mut text, header);
        }
        text += items;
    }
    if expected != text {
        fail(&difference(&expected, &text));
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "an assertion that fails panics")]
fn fail(message: &str) {
    panic!("{message}");
}

/// Prints an outline as a drive that holds it would: in canonical order, sizes in their largest unit.
fn canonical(outline: &Outline, profile_of: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for drive in &outline.drives {
        if let Some(mut header) = drive.header.clone() {
            header.profile = header.profile.or_else(|| profile_of(&header.name));
            let _ = write_header(&mut text, &header);
        }
        // The plain rules refuse least. What even they refuse is in no drive, so any text will do.
        let planted = Drive::from_lines(Profile::PLAIN, &drive.lines, Timestamp::UNIX_EPOCH);
        match planted.map(|drive| drive.outline(drive.root(), Detail::Names)) {
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
