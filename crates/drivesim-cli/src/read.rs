//! Distinguishes folders, files and outlines, and reads each of them into a new drive.

mod contents;
mod create_items;
mod drive_options;
mod fixtures;
mod source;
mod text;
mod tree;

use std::io::{self, Write as _};

use drivesim::builder::SimBuilder;
use drivesim::{ItemId, Pace, Profile, Sim};

use crate::args::ReadArgs;
use crate::failure::Failure;
use crate::read::contents::Contents;

pub(crate) use self::fixtures::{Fixtures, read_fixtures};
pub(crate) use self::source::SourceKind;

/// A drive with the items that were read.
#[derive(Debug)]
pub(crate) struct ReadSource {
    pub(crate) sim: Sim,
    pub(crate) left_out: Vec<LeftOut>,
}

/// Something that was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    what: String,
    why: String,
}

/// Reads SOURCE as one item, the only one in the root of its drive, and also returns that item.
pub(crate) fn read_item(args: &ReadArgs, pace: Pace) -> Result<(ReadSource, ItemId), Failure> {
    let read = match SourceKind::of(&args.source, args.outline)? {
        SourceKind::Folder => tree::read(args, pace, &mut contents(args))?,
        SourceKind::File => tree::read_file(args, pace, &mut contents(args))?,
        SourceKind::Outline => text::read_item(args, pace)?,
    };
    print_left_out(&read.left_out);
    let item = only_item(&read.sim)?;
    Ok((read, item))
}

/// Reads SOURCE unchanged: an outline may have several items and drives.
pub(crate) fn read_all(args: &ReadArgs) -> Result<ReadSource, Failure> {
    let read = match SourceKind::of(&args.source, args.outline)? {
        SourceKind::Folder => tree::read(args, Pace::Instant, &mut contents(args))?,
        SourceKind::File => tree::read_file(args, Pace::Instant, &mut contents(args))?,
        SourceKind::Outline => text::read_all(args)?,
    };
    print_left_out(&read.left_out);
    Ok(read)
}

fn contents(args: &ReadArgs) -> Contents {
    Contents::new(args.with_content, args.max_content)
}

fn only_item(sim: &Sim) -> Result<ItemId, Failure> {
    let item = sim.children("/")?.first().map(|item| item.id);
    item.ok_or_else(|| Failure::Usage(anyhow::anyhow!("there is nothing to copy")))
}

fn builder(args: &ReadArgs, pace: Pace) -> SimBuilder {
    let builder = Sim::builder().profile(args.profile.clone().unwrap_or(Profile::PLAIN)).pace(pace);
    // A manual clock makes runs repeatable, but a job that takes time needs one that moves.
    if pace == Pace::Instant { builder } else { builder.system_clock() }
}

fn print_left_out(left_out: &[LeftOut]) {
    let mut stderr = io::BufWriter::new(io::stderr().lock());
    for LeftOut { what, why } in left_out {
        // A closed stderr is ignored.
        let _ = writeln!(stderr, "left out {what}: {why}");
    }
}
