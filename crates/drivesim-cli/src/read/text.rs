//! Reads outline files, and determines the item to copy.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use drivesim::drive::DriveSpec;
use drivesim::error::FixtureError;
use drivesim::item::ItemKind;
use drivesim::outline::{Attributes, DriveOutline, Line, LineContent, Outline, Position, parse};
use drivesim::{Error, Pace, Profile, Sim};

use super::create_items::{ItemCreator, NewItem};
use super::source::{display_name, is_stdin};
use super::{LeftOut, ReadSource, builder, drive_options};
use crate::args::ReadArgs;
use crate::failure::Failure;

/// Reads an outline file of one drive. Several items are put into one folder named after the file.
pub(super) fn read_item(args: &ReadArgs, pace: Pace) -> Result<ReadSource, Failure> {
    let text = text_of(&args.source)?;
    let outline = || -> anyhow::Result<Outline> {
        let mut outline = outline_of(args, &text)?;
        match outline.drives.as_mut_slice() {
            [drive] => into_one_item(drive, &args.source)?,
            drives => bail!(
                "{} has {} drives, but a copy needs exactly one",
                display_name(&args.source),
                drives.len()
            ),
        }
        Ok(outline)
    };
    let first = outline()?;
    check_options(&first)?;
    let top = first.drives.first().and_then(|drive| drive.lines.first()).map(|line| line.at);
    match builder(args, pace).parsed_outline(first).build() {
        // Without its first item there is nothing to copy.
        Err(Error::Fixture(FixtureError::Refused { at, error })) if Some(at) == top => {
            Err(Error::Drive(error).into())
        }
        Err(Error::Fixture(FixtureError::Refused { .. })) => sifted(args, pace, outline()?),
        built => Ok(ReadSource { sim: built?, left_out: Vec::new() }),
    }
}

/// Reads an outline file unchanged.
pub(super) fn read_all(args: &ReadArgs) -> Result<ReadSource, Failure> {
    let text = text_of(&args.source)?;
    let outline = outline_of(args, &text)?;
    check_options(&outline)?;
    match builder(args, Pace::Instant).parsed_outline(outline).build() {
        Err(Error::Fixture(FixtureError::Refused { .. })) => {
            sifted(args, Pace::Instant, outline_of(args, &text)?)
        }
        built => Ok(ReadSource { sim: built?, left_out: Vec::new() }),
    }
}

/// Checks the options of all drives, and warns of old names.
fn check_options(outline: &Outline) -> Result<(), Error> {
    drive_options::warn_of_old_names(&outline.drives);
    outline.drives.iter().try_for_each(drive_options::check)
}

/// The longest outline that is read. A stream may be endless.
const MOST: u64 = 1 << 30;

/// Reads a whole outline. Fails at the first byte that is not UTF-8.
pub(super) fn text_of(path: &Path) -> anyhow::Result<String> {
    let bytes = bytes_of(path).with_context(|| format!("cannot read {}", display_name(path)))?;
    if bytes.len() as u64 > MOST {
        bail!("{} is longer than an outline may be, 1 GiB", display_name(path));
    }
    String::from_utf8(bytes).map_err(|error| {
        let (good, bad) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let at = end_of(&String::from_utf8_lossy(good));
        let found = bad.first().copied().unwrap_or_default();
        anyhow!(
            "{} is not an outline: {at}: expected UTF-8, found the byte 0x{found:02x}",
            display_name(path)
        )
    })
}

/// Reads at most one byte more than an outline may have.
fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match is_stdin(path) {
        true => io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes)?,
        false => File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

/// Returns the position after a text.
fn end_of(text: &str) -> Position {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
    let (_, last) = text.rsplit_once('\n').unwrap_or(("", text));
    Position { line: count(text.matches('\n').count()), column: count(last.chars().count()) }
}

/// Parses the text of an outline.
pub(super) fn parse_outline(path: &Path, text: &str) -> anyhow::Result<Outline> {
    parse(text).map_err(|error| anyhow!("{} is not an outline: {error}", display_name(path)))
}

/// Parses an outline and sets the profiles of its drives. The profile of the command line takes precedence.
fn outline_of(args: &ReadArgs, text: &str) -> anyhow::Result<Outline> {
    let mut outline = parse_outline(&args.source, text)?;
    for header in outline.drives.iter_mut().filter_map(|drive| drive.header.as_mut()) {
        let given = args.profile.as_ref().map(|profile| profile.name().to_owned());
        header.profile = given.or(header.profile.take()).or(Some(Profile::PLAIN.name().to_owned()));
    }
    Ok(outline)
}

/// Puts several items into one folder that is named after the file.
fn into_one_item(drive: &mut DriveOutline, path: &Path) -> anyhow::Result<()> {
    let n_tops = drive.lines.iter().filter(|line| line.depth == 0).take(2).count();
    if n_tops == 0 {
        bail!("{} has no item to copy", display_name(path));
    }
    if n_tops == 1 {
        return Ok(());
    }
    let name = stem_of(path)?;
    for line in &mut drive.lines {
        line.depth += 1;
    }
    let (kind, content) = (ItemKind::Folder, LineContent::Empty);
    let (attributes, at) = (Attributes::default(), Position::default());
    drive.lines.insert(0, Line { depth: 0, name, kind, content, attributes, at });
    Ok(())
}

/// The name for items of standard input.
const STDIN: &str = "stdin";

/// Returns the name for items of a file: its name without the extension.
pub(super) fn stem_of(path: &Path) -> anyhow::Result<String> {
    if is_stdin(path) {
        return Ok(STDIN.to_owned());
    }
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    Ok(stem.to_str().with_context(|| format!("the name {stem:?} is not UTF-8"))?.to_owned())
}

/// Creates the drives without the items that their profiles do not allow.
fn sifted(args: &ReadArgs, pace: Pace, mut outline: Outline) -> Result<ReadSource, Failure> {
    let mut left_out = Vec::new();
    let default_profile = args.profile.as_ref().unwrap_or(&Profile::PLAIN);
    for drive in &mut outline.drives {
        remove_invalid_lines(default_profile, drive, &mut left_out)?;
    }
    let sim = builder(args, pace).parsed_outline(outline).build()?;
    Ok(ReadSource { sim, left_out })
}

/// Removes the lines for which a drive returns an error. They are found by creating all items one by one in a temporary
/// drive.
pub(super) fn remove_invalid_lines(
    default_profile: &Profile,
    drive: &mut DriveOutline,
    left_out: &mut Vec<LeftOut>,
) -> Result<(), Error> {
    let named = drive.header.as_ref().and_then(|header| header.profile.as_deref()).and_then(Profile::named);
    let sim = Sim::builder().build()?;
    let trial =
        sim.add_drive(DriveSpec::new("trial").profile(named.unwrap_or_else(|| default_profile.clone())))?;
    let mut creator = ItemCreator::new(&sim, trial)?;
    let mut refused_depth = None;
    drive.lines.retain(|line| {
        if refused_depth.is_some_and(|depth| line.depth > depth) {
            return false;
        }
        refused_depth = None;
        let Err(error) = creator.create(line.depth, &line.name, seed_of(line), None) else { return true };
        refused_depth = Some(line.depth);
        left_out.push(LeftOut { what: format!("{:?} at {}", line.name, line.at), why: error.to_string() });
        false
    });
    Ok(())
}

fn seed_of(line: &Line) -> NewItem {
    match (line.kind, &line.content) {
        (ItemKind::Folder, _) => NewItem::Folder,
        (ItemKind::File, LineContent::Empty) => NewItem::Sized(0),
        (ItemKind::File, LineContent::Size(size)) => NewItem::Sized(*size),
        // Only the size matters in a temporary drive.
        (ItemKind::File, LineContent::Bytes(bytes)) => NewItem::Sized(bytes.len() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters() {
        for (text, line, column) in [("", 1, 1), ("ab", 1, 3), ("a\n", 2, 1), ("a\nüb", 2, 3)] {
            assert_eq!(end_of(text), Position { line, column }, "{text:?}");
        }
    }
}
