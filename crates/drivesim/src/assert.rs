//! Compares drives with outlines in tests, and prints the difference.

use drivesim_core::outline::{Outline, parse, write_header};
use drivesim_core::{Detail, Drive, Profile, Timestamp};
use similar::TextDiff;

use crate::address::Address;
use crate::sim::{DriveText, Sim};

impl Sim {
    /// Asserts that all drives together match the outline; the order of its lines in a folder is free.
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
    /// If they do not, with the difference and three lines around each part of it. Both outlines are printed whole if
    /// the environment has `DRIVESIM_FULL_DIFF=1`. If the text is not an outline.
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
        assert_same(&expected, &actual);
    }

    /// Asserts that the items below a folder match the outline.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a = 1 KiB\nb\n").build()?;
    /// sim.assert_outline_of("/Docs", "a = 1024 B\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Panics
    /// Like [`Sim::assert_outline`]; also if there is no such folder.
    #[track_caller]
    pub fn assert_outline_of(&self, folder: impl Into<Address>, expected: &str) {
        let expected = match parse(expected) {
            Ok(outline) => outline,
            Err(error) => return fail(&format!("the expected text is not an outline: {error}")),
        };
        match self.outline_of(folder) {
            Ok(actual) => assert_same(&expected, &[DriveText { items: actual, ..DriveText::default() }]),
            Err(error) => fail(&format!("the folder has no outline: {error}")),
        }
    }

    /// Asserts that the difference between another simulator of the same origin and this one prints like this; see
    /// [`Diff`](crate::diff::Diff). A common margin is ignored.
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
    /// If it does not, like [`Sim::assert_outline`].
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

/// Removes empty lines at both ends and the spaces that all lines begin with.
fn without_margin(text: &str) -> String {
    let lines: Vec<&str> = text.lines().skip_while(|line| line.trim().is_empty()).collect();
    let n_lines = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    let margin = lines[..n_lines].iter().map(|line| line.len() - line.trim_start_matches(' ').len()).min();
    let margin = margin.unwrap_or(0);
    lines[..n_lines].iter().map(|line| format!("{}\n", &line[margin.min(line.len())..])).collect()
}

/// Compares an outline with drives: their `drive` lines, even if they were built without, and their items.
#[track_caller]
fn assert_same(expected: &Outline, actual: &[DriveText]) {
    // A single drive may be described without its line.
    let without_lines = actual.len() == 1 && expected.drives.iter().all(|drive| drive.header.is_none());
    let expected = canonical(expected, actual);
    let mut text = String::new();
    for drive in actual {
        if !without_lines {
            let _ = write_header(&mut text, &drive.header);
        }
        text += &drive.items;
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

/// Prints an outline as a drive with its items would: in canonical order, sizes in their largest unit. A line may omit
/// the profile, and an owner that the drive was not given.
fn canonical(outline: &Outline, actual: &[DriveText]) -> String {
    let mut text = String::new();
    for drive in &outline.drives {
        if let Some(mut header) = drive.header.clone() {
            if let Some(drive) = actual.iter().find(|drive| drive.header.name == header.name) {
                header.profile = header.profile.or_else(|| drive.header.profile.clone());
                let owner = drive.header.owner.clone().filter(|_| drive.has_default_owner);
                header.owner = header.owner.or(owner);
            }
            let _ = write_header(&mut text, &header);
        }
        // The plain rules allow most. What even they forbid is in no drive, so any text will do.
        let built = Drive::from_lines(Profile::PLAIN, &drive.lines, Timestamp::UNIX_EPOCH);
        match built.map(|drive| drive.outline(drive.root(), Detail::Names)) {
            Ok(Ok(lines)) => text += &lines,
            Ok(Err(error)) => text += &format!("(no drive can hold this: {error})\n"),
            Err(error) => text += &format!("(no drive can hold this: {error})\n"),
        }
    }
    text
}

/// The environment variable that prints both outlines whole.
const FULL_DIFF: &str = "DRIVESIM_FULL_DIFF";
/// How many lines of a difference are printed.
const MANY: usize = 200;

fn difference(expected: &str, actual: &str) -> String {
    let is_full = std::env::var_os(FULL_DIFF).is_some_and(|value| !value.is_empty() && value != "0");
    if is_full { whole(expected, actual) } else { shortened(expected, actual) }
}

/// Prints where two outlines differ, with three lines around each place.
fn shortened(expected: &str, actual: &str) -> String {
    let difference = TextDiff::from_lines(expected, actual);
    let difference = difference.unified_diff().context_radius(3).to_string();
    let mut text = String::from("the drive does not look as expected (- expected, + actual):\n\n");
    text.extend(difference.lines().take(MANY).flat_map(|line| [line, "\n"]));
    match difference.lines().skip(MANY).count() {
        0 => {}
        n_more => text += &format!("({n_more} lines more)\n"),
    }
    text + &format!("\n{FULL_DIFF}=1 prints both whole\n")
}

fn whole(expected: &str, actual: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_line_of_many_prints_with_three_lines_around_it() {
        let line = |number: usize| format!("{number:03}.txt\n");
        let expected: String = (0..500).map(line).collect();
        let actual = expected.replace("247.txt", "247.md");
        let around =
            |lines: &[usize]| lines.iter().map(|&number| format!(" {}", line(number))).collect::<String>();
        let printed = format!(
            "the drive does not look as expected (- expected, + actual):\n\n@@ -245,7 +245,7 @@\n{}-247.txt\n+247.md\n{}\n\
             DRIVESIM_FULL_DIFF=1 prints both whole\n",
            around(&[244, 245, 246]),
            around(&[248, 249, 250]),
        );
        assert_eq!(shortened(&expected, &actual), printed);
        assert_eq!(whole(&expected, &actual).lines().count(), 1018);
    }

    #[test]
    fn a_long_difference_is_truncated() {
        let actual: String = (0..500).map(|number| format!("{number}\n")).collect();
        let printed = shortened("", &actual);
        assert!(
            printed.ends_with("+198\n(301 lines more)\n\nDRIVESIM_FULL_DIFF=1 prints both whole\n"),
            "{printed}"
        );
    }
}
