//! Combines fixtures: outlines with their drives, and folders that become drives.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use drivesim::builder::SimBuilder;
use drivesim::outline::{DriveHeader, DriveOutline, Outline};
use drivesim::{Profile, Sim};

use super::contents::Contents;
use super::source::{display_name, is_stdin};
use super::{LeftOut, SourceKind, drive_options, print_left_out, text, tree};
use crate::failure::Failure;

/// The drives without a fixture.
const EMPTY_DRIVES: &str = "\
drive me profile=business owner=me
drive personal profile=personal
drive box profile=box
";
const ME: &str = "me";

/// The given fixtures, and how they are read.
#[derive(Debug)]
pub(crate) struct Fixtures<'a> {
    pub(crate) paths: &'a [PathBuf],
    /// Whether all files are outlines.
    pub(crate) as_outline: bool,
    /// Whether the bytes of the files in folders are read, and how many at most.
    pub(crate) with_content: bool,
    pub(crate) max_content: u64,
}

/// A fixture: a folder, or the text of an outline.
#[derive(Debug)]
struct Source<'a> {
    path: &'a Path,
    text: Option<String>,
}

/// A drive of a fixture.
#[derive(Debug)]
struct FixtureDrive<'a> {
    path: &'a Path,
    kind: SourceKind,
    /// The drive in the outline; a folder is read once its drive exists.
    drive: DriveOutline,
}

impl FixtureDrive<'_> {
    fn name(&self) -> &str {
        self.drive.header.as_ref().map_or("", |header| &header.name)
    }
}

/// Reads all fixtures into a simulator, the drives in their order, and also returns how many items were left out.
pub(crate) fn read_fixtures(seeds: &Fixtures<'_>, builder: SimBuilder) -> Result<(Sim, usize), Failure> {
    if seeds.paths.is_empty() {
        return Ok((builder.outline(EMPTY_DRIVES).build()?, 0));
    }
    let sources = sources(seeds)?;
    let drives = gather(&sources)?;
    drive_options::warn_of_old_names(drives.iter().map(|seed| &seed.drive));
    for FixtureDrive { path, drive, .. } in &drives {
        drive_options::check(drive).map_err(|error| anyhow!("{}: {error}", display_name(path)))?;
    }
    let folders = drives.iter().filter(|seed| seed.kind == SourceKind::Folder);
    let folders: Vec<(&Path, String)> = folders.map(|seed| (seed.path, seed.name().to_owned())).collect();
    let mut n_left_out = 0;
    let sim = match builder.clone().parsed_outline(joined(drives)).build() {
        Ok(sim) => sim,
        // Finding the line of the error, and whether it can be left out, takes as long again, so it is done only now.
        Err(_) => builder.parsed_outline(joined(sifted(gather(&sources)?, &mut n_left_out)?)).build()?,
    };
    let mut contents = Contents::new(seeds.with_content, seeds.max_content);
    for (path, name) in folders {
        let left_out = tree::read_into(&sim, sim.drive(&name)?, path, &mut contents)?;
        print_left_out(&left_out);
        n_left_out += left_out.len();
    }
    Ok((sim, n_left_out))
}

fn joined(seeds: Vec<FixtureDrive<'_>>) -> Outline {
    Outline { drives: seeds.into_iter().map(|seed| seed.drive).collect() }
}

/// Determines the kinds of the fixtures, and reads the outlines.
fn sources<'a>(seeds: &Fixtures<'a>) -> anyhow::Result<Vec<Source<'a>>> {
    if seeds.paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        bail!("standard input is given twice, but can be read only once");
    }
    let read = |path: &'a PathBuf| {
        let text = match SourceKind::of(path, seeds.as_outline)? {
            SourceKind::Folder => None,
            SourceKind::Outline => Some(text::text_of(path)?),
            SourceKind::File => bail!(
                "{path:?} is a file without the extension .outline; --outline (DRIVESIM_OUTLINE=1) reads it as an outline"
            ),
        };
        Ok(Source { path, text })
    };
    seeds.paths.iter().map(read).collect()
}

/// Determines the names and owners of the drives of all fixtures.
fn gather<'a>(sources: &[Source<'a>]) -> anyhow::Result<Vec<FixtureDrive<'a>>> {
    let mut seeds = Vec::new();
    for Source { path, text } in sources {
        let (kind, drives) = match text {
            None => (SourceKind::Folder, vec![DriveOutline::default()]),
            Some(text) => (SourceKind::Outline, text::parse_outline(path, text)?.drives),
        };
        seeds.extend(drives.into_iter().map(|drive| FixtureDrive { path, kind, drive }));
    }
    name_all(&mut seeds)?;
    check_names(&seeds)?;
    Ok(seeds)
}

/// Names the drives without a `drive` line. The first of them belongs to `me` unless another does.
fn name_all(seeds: &mut [FixtureDrive<'_>]) -> anyhow::Result<()> {
    let headers = seeds.iter().filter_map(|seed| seed.drive.header.as_ref());
    let mut has_mine = headers.into_iter().any(|header| header.owner.as_deref() == Some(ME));
    for FixtureDrive { path, kind, drive } in seeds {
        if drive.header.is_none() {
            let name = match kind {
                SourceKind::Folder => tree::top_name(path)?,
                SourceKind::Outline | SourceKind::File => text::stem_of(path)?,
            };
            let owner = (!has_mine).then(|| ME.to_owned());
            has_mine = true;
            drive.header = Some(DriveHeader { name, owner, ..DriveHeader::default() });
        }
        if let Some(header) = &mut drive.header {
            header.profile.get_or_insert_with(|| Profile::BUSINESS.name().to_owned());
        }
    }
    Ok(())
}

fn check_names(seeds: &[FixtureDrive<'_>]) -> anyhow::Result<()> {
    let mut paths = HashMap::new();
    for seed in seeds {
        if let Some(other) = paths.insert(seed.name(), seed.path) {
            let (name, other, path) = (seed.name(), display_name(other), display_name(seed.path));
            bail!("the seeds {other} and {path} both have a drive {name:?}, names of drives must differ");
        }
    }
    Ok(())
}

/// Removes the lines for which the drives return errors. Any other error is returned with the name of the file.
fn sifted<'a>(
    mut seeds: Vec<FixtureDrive<'a>>,
    n_left_out: &mut usize,
) -> Result<Vec<FixtureDrive<'a>>, Failure> {
    for FixtureDrive { path, drive, .. } in &mut seeds {
        let path = display_name(path);
        let mut left_out = Vec::new();
        text::remove_invalid_lines(&Profile::BUSINESS, drive, &mut left_out)?;
        for LeftOut { what, .. } in &mut left_out {
            what.push_str(&format!(" of {path}"));
        }
        print_left_out(&left_out);
        *n_left_out += left_out.len();
        let alone = Outline { drives: vec![drive.clone()] };
        Sim::builder().parsed_outline(alone).build().map_err(|error| anyhow!("{path}: {error}"))?;
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(text: &str) -> FixtureDrive<'static> {
        let drive = drivesim::outline::parse(text).unwrap().drives.remove(0);
        FixtureDrive { path: Path::new("work/seed.outline"), kind: SourceKind::Outline, drive }
    }

    fn headers(texts: &[&str]) -> String {
        let mut seeds: Vec<FixtureDrive<'_>> = texts.iter().map(|text| seed(text)).collect();
        name_all(&mut seeds).unwrap();
        joined(seeds).to_string()
    }

    #[test]
    fn the_first_drive_without_a_line_belongs_to_me_unless_another_does() {
        let first = "drive seed profile=business owner=me\n";
        assert_eq!(headers(&["", ""]), format!("{first}drive seed profile=business\n"));
        assert_eq!(headers(&["drive x profile=box", ""]), format!("drive x profile=box\n{first}"));
        let later = "drive x profile=business owner=me\n";
        assert_eq!(headers(&["", "drive x owner=me"]), format!("drive seed profile=business\n{later}"));
    }

    #[test]
    fn without_a_fixture_there_are_three_empty_drives() {
        let sim = Sim::builder().outline(EMPTY_DRIVES).build().unwrap();
        assert_eq!(sim.outline().unwrap(), EMPTY_DRIVES);
    }
}
