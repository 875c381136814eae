//! Compares two simulators of one origin.

#[cfg(feature = "serde")]
mod serde_form;

use drivesim_core::outline::{DriveHeader, write_header};
use drivesim_core::{Difference, Drive};

use crate::drives::DriveCell;
use crate::error::Error;
use crate::sim::Sim;

/// The difference between two simulators; created by [`Sim::diff`].
///
/// It prints as the lines of an outline, each with a mark: `+` was created, `-` was removed, `>` was moved or renamed
/// and is shown at its current place, `~` was changed. Folders on the path to a difference have no mark.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "serde_form::DiffForm", try_from = "serde_form::DiffForm")
)]
pub struct Diff {
    differences: Vec<(String, Difference)>,
    text: String,
}

impl Diff {
    /// Returns whether there are no differences.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the differences with the names of their drives, each folder before the items in it.
    pub fn differences(&self) -> impl Iterator<Item = (&str, &Difference)> {
        self.differences.iter().map(|(drive, difference)| (drive.as_str(), difference))
    }
}

impl std::fmt::Display for Diff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Sim {
    /// Returns the difference from this simulator to `after`: items created, removed, renamed, moved or changed.
    ///
    /// Items are the same if their ids are, so the two simulators must have one origin: one is a fork of the other, or
    /// both are forks of a third. The cost grows with the number of changes. Drives are the same if their ids, names
    /// and rules are.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("Docs/\n  a.txt = \"hi\"\nold.txt\n").build()?;
    /// let before = sim.fork();
    /// sim.copy("/Docs/a.txt", "/", CopyOptions::default())?;
    /// sim.rename("/old.txt", "new.txt")?;
    /// assert_eq!(before.diff(&sim)?.to_string(), "+ a.txt = \"hi\"\n> new.txt # was /old.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`drivesim_core::Error::TooDeep`] for a difference deeper than an outline may be.
    pub fn diff(&self, after: &Sim) -> Result<Diff, Error> {
        let (one, two) = (self.state(), after.state());
        one.run_due();
        two.run_due();
        let (before, after) = (one.drives.all(), two.drives.all());
        let mut diff = Diff { differences: Vec::new(), text: String::new() };
        let in_before =
            |cell: &DriveCell| before.iter().map(|cell| &**cell).find(|other| is_same(other, cell));
        let removed = before.iter().filter(|cell| !after.iter().any(|other| is_same(cell, other)));
        let mut pairs: Vec<Sides<'_>> = removed.map(|cell| (Some(&**cell), None)).collect();
        pairs.extend(after.iter().map(|cell| (in_before(cell), Some(&**cell))));
        pairs.sort_by_key(|(before, after)| before.or(*after).map(|cell| cell.number));
        let is_alone = pairs.len() == 1 && before.len() == 1 && after.len() == 1;
        for sides in pairs {
            let header = match sides {
                (_, Some(cell)) => two.drives.header_of(cell),
                (Some(cell), None) => one.drives.header_of(cell),
                (None, None) => continue,
            };
            diff.add(sides, is_alone, &header)?;
        }
        Ok(diff)
    }
}

impl Diff {
    /// Adds the difference of one drive, which may be in only one of the simulators.
    fn add(&mut self, (before, after): Sides<'_>, is_alone: bool, header: &DriveHeader) -> Result<(), Error> {
        let (differences, text) = match (before, after) {
            (Some(before), Some(after)) => compare_cells(before, after)?,
            (Some(only), None) => {
                let drive = only.fork();
                compare(&drive, &drive.emptied())?
            }
            (None, Some(only)) => {
                let drive = only.fork();
                compare(&drive.emptied(), &drive)?
            }
            (None, None) => return Ok(()),
        };
        let mark = match (before, after) {
            (Some(_), Some(_)) => ' ',
            (Some(_), None) => '-',
            _ => '+',
        };
        if !is_alone && (mark != ' ' || !text.is_empty()) {
            self.text.push(mark);
            self.text.push(' ');
            // Writing to a string cannot fail.
            let _ = write_header(&mut self.text, header);
        }
        self.text += &text;
        self.differences.extend(differences.into_iter().map(|difference| (header.name.clone(), difference)));
        Ok(())
    }
}

/// A drive before and after; one is missing if it was added or removed.
type Sides<'a> = (Option<&'a DriveCell>, Option<&'a DriveCell>);
type Comparison = (Vec<Difference>, String);

/// Returns whether two cells are of one drive. The id is not enough: forks that each add a drive give it the same id.
fn is_same(one: &DriveCell, two: &DriveCell) -> bool {
    one.drive_ref == two.drive_ref && one.profile == two.profile
}

fn compare_cells(before: &DriveCell, after: &DriveCell) -> Result<Comparison, Error> {
    let (before, after) = (before.fork(), after.fork());
    compare(&before, &after)
}

fn compare(before: &Drive, after: &Drive) -> Result<Comparison, Error> {
    Ok((before.diff(after)?, before.diff_outline(after)?))
}
