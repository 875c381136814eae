//! The only place that tells folders and outline files apart and gets either into a fresh drive.

mod plant;
mod seeds;
mod text;
mod tree;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use drivesim::{ItemId, Pace, Profile, Sim, SimBuilder};

use crate::args::ReadArgs;
use crate::failure::Failure;

pub(crate) use self::seeds::read_seeds;

/// What was read, in a drive.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) sim: Sim,
    pub(crate) left_out: Vec<LeftOut>,
}

/// Something that was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    what: String,
    why: String,
}

/// What SOURCE is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceKind {
    Folder,
    Outline,
}

impl SourceKind {
    /// Looks what SOURCE is, through a link.
    pub(crate) fn of(source: &Path) -> anyhow::Result<SourceKind> {
        let found = fs::metadata(source).with_context(|| format!("cannot read {source:?}"))?;
        match found.file_type() {
            kind if kind.is_dir() => Ok(SourceKind::Folder),
            kind if kind.is_file() => Ok(SourceKind::Outline),
            _ => bail!("{source:?} is neither a folder nor a file with an outline"),
        }
    }
}

/// Reads SOURCE as one item, the only one in the root of its drive, and returns that item too.
pub(crate) fn read_item(args: &ReadArgs, pace: Pace) -> Result<(Read, ItemId), Failure> {
    let read = match SourceKind::of(&args.source)? {
        SourceKind::Folder => tree::read(args, pace)?,
        SourceKind::Outline => text::read_item(args, pace)?,
    };
    tell(&read.left_out);
    let item = only_item(&read.sim)?;
    Ok((read, item))
}

/// Reads SOURCE as it stands: an outline file may hold several items and drives.
pub(crate) fn read_all(args: &ReadArgs) -> Result<Read, Failure> {
    let read = match SourceKind::of(&args.source)? {
        SourceKind::Folder => tree::read(args, Pace::Instant)?,
        SourceKind::Outline => text::read_all(args)?,
    };
    tell(&read.left_out);
    Ok(read)
}

fn only_item(sim: &Sim) -> Result<ItemId, Failure> {
    let item = sim.children("/")?.first().map(|item| item.id);
    item.ok_or_else(|| Failure::Usage(anyhow::anyhow!("there is nothing to copy")))
}

fn builder(args: &ReadArgs, pace: Pace) -> SimBuilder {
    let builder = Sim::builder().profile(args.profile.clone().unwrap_or(Profile::PLAIN)).pace(pace);
    // A clock that stands still makes runs repeatable, but a job that takes time needs one that goes.
    if pace == Pace::Instant { builder } else { builder.system_clock() }
}

fn tell(left_out: &[LeftOut]) {
    let mut stderr = io::BufWriter::new(io::stderr().lock());
    for LeftOut { what, why } in left_out {
        // If stderr is closed, nobody is there to be told.
        let _ = writeln!(stderr, "left out {what}: {why}");
    }
}
