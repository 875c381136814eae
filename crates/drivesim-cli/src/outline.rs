//! Runs the command `outline`: reads and prints.

use drivesim::Error;
use drivesim::outline::{Detail, parse};

use crate::Completeness;
use crate::args::OutlineArgs;
use crate::failure::Failure;
use crate::read::{ReadSource, SourceKind, read_all};
use crate::report::print;

/// Runs the command.
pub(crate) fn run(args: &OutlineArgs) -> Result<Completeness, Failure> {
    let kind = SourceKind::of(&args.read.source, args.read.outline)?;
    let read = read_all(&args.read)?;
    let text = match (args.times, kind) {
        (false, _) => read.sim.outline()?,
        (true, SourceKind::Outline) => read.sim.outline_with(Detail::Attributes)?,
        (true, SourceKind::Folder | SourceKind::File) => outline_with_modified_times(&read)?,
    };
    print(&text)?;
    if args.read.strict && !read.left_out.is_empty() {
        return Ok(Completeness::Partial);
    }
    Ok(Completeness::Whole)
}

/// Returns the outline of what was read from the disk, with its modification times. The times of creation are left out:
/// they are those of the simulation.
fn outline_with_modified_times(read: &ReadSource) -> Result<String, Error> {
    let mut outline = parse(&read.sim.outline_with(Detail::Attributes)?)?;
    for line in outline.drives.iter_mut().flat_map(|drive| &mut drive.lines) {
        line.attributes.created = None;
    }
    Ok(outline.to_string())
}
