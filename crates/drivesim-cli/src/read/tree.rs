//! The only place that walks a real folder: its names, sizes, times and, if asked for, bytes.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use drivesim::{DriveRef, Error, Pace, Sim, Timestamp};
use walkdir::{DirEntry, WalkDir};

use super::plant::{Planter, Seed};
use super::{LeftOut, Read, builder};
use crate::args::ReadArgs;
use crate::failure::Failure;
use crate::progress::Reading;

/// What the folder at the top of everything is called.
const ROOT_NAME: &str = "root";

/// Reads a folder with all below it into a fresh drive.
pub(super) fn read(args: &ReadArgs, pace: Pace) -> Result<Read, Failure> {
    let source = &args.source;
    let top = top_name(source)?;
    check_listable(source)?;
    let sim = builder(args, pace).build()?;
    let mut planter = Planter::new(&sim, only_drive(&sim)?)?;
    planter.plant(0, &top, Seed::Folder, fs::metadata(source).ok().as_ref().and_then(modified_at))?;
    let left_out = plant_below(source, &mut planter, 1, args.with_content);
    Ok(Read { sim, left_out })
}

/// Reads what is in a folder into the root of a drive.
pub(super) fn read_into(
    sim: &Sim,
    drive: DriveRef,
    source: &Path,
    with_content: bool,
) -> Result<Vec<LeftOut>, Failure> {
    check_listable(source)?;
    let mut planter = Planter::new(sim, drive)?;
    Ok(plant_below(source, &mut planter, 0, with_content))
}

/// Refuses a folder that cannot be listed before anything is made of it.
fn check_listable(source: &Path) -> anyhow::Result<()> {
    fs::read_dir(source).with_context(|| format!("cannot read {source:?}"))?;
    Ok(())
}

fn only_drive(sim: &Sim) -> Result<DriveRef, Error> {
    sim.drives().into_iter().next().ok_or_else(|| Error::NoDrive { name: String::new() })
}

/// Puts what is in a folder, in `depth` folders of the drive, in the order of names, so that runs are repeatable.
fn plant_below(source: &Path, planter: &mut Planter<'_>, depth: usize, with_content: bool) -> Vec<LeftOut> {
    let (mut left_out, reading) = (Vec::new(), Reading::start());
    let mut folder = source.to_owned();
    let mut walk = WalkDir::new(source).min_depth(1).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        reading.tick();
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                left_out.push(unreadable(&folder, &error));
                continue;
            }
        };
        let depth = depth.saturating_add(entry.depth()).saturating_sub(1);
        if let Err(why) = plant(planter, depth, &entry, with_content) {
            left_out.push(LeftOut { what: format!("{:?}", entry.path()), why });
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        } else if entry.file_type().is_dir() {
            folder = entry.into_path();
        }
    }
    reading.end();
    left_out
}

/// Returns what the folder is called: as it was given, or where the path ends in dots, as it really is.
pub(super) fn top_name(source: &Path) -> anyhow::Result<String> {
    let name = match source.file_name() {
        Some(name) => Some(name.to_owned()),
        None => {
            let real = source.canonicalize().with_context(|| format!("cannot read {source:?}"))?;
            real.file_name().map(ToOwned::to_owned)
        }
    };
    let Some(name) = name else { return Ok(ROOT_NAME.to_owned()) };
    name.into_string().map_err(|name| anyhow!("the name {name:?} is not UTF-8"))
}

/// Puts what stands at an entry into the drive, or says why it is left out.
fn plant(
    planter: &mut Planter<'_>,
    depth: usize,
    entry: &DirEntry,
    with_content: bool,
) -> Result<(), String> {
    let name = entry.file_name().to_str().ok_or("its name is not UTF-8")?;
    let kind = entry.file_type();
    if kind.is_symlink() {
        return Err("it is a link".to_owned());
    }
    if !kind.is_dir() && !kind.is_file() {
        return Err("it is a special file".to_owned());
    }
    let found = entry.metadata().map_err(|error| cause(&error))?;
    let seed = match (kind.is_dir(), with_content) {
        (true, _) => Seed::Folder,
        (false, false) => Seed::Sized(found.len()),
        (false, true) => Seed::Bytes(bytes_of(entry.path(), found.len())?),
    };
    planter.plant(depth, name, seed, modified_at(&found)).map_err(|error| error.to_string())
}

/// Reads a file that was seen to have `size` bytes.
///
/// An empty one is not opened: the files of `/proc` that say so may go on without end when they are read.
fn bytes_of(path: &Path, size: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    if size == 0 {
        return Ok(bytes);
    }
    let room = usize::try_from(size).map(|size| bytes.try_reserve_exact(size));
    if !matches!(room, Ok(Ok(()))) {
        return Err(format!("{size} bytes do not fit into memory"));
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    // One byte more than there should be tells a file that grows.
    let n_read = file.take(size.saturating_add(1)).read_to_end(&mut bytes);
    match n_read.map_err(|error| error.to_string())? as u64 {
        n_read if n_read == size => Ok(bytes),
        _ => Err("it changed while it was read".to_owned()),
    }
}

/// Returns when something was changed, if a drive can tell that time.
fn modified_at(found: &Metadata) -> Option<Timestamp> {
    found.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
}

/// Says what could not be read; where the system does not say it, that is the rest of the folder last gone into.
fn unreadable(folder: &Path, error: &walkdir::Error) -> LeftOut {
    LeftOut { what: format!("{:?}", error.path().unwrap_or(folder)), why: cause(error) }
}

/// Says what was wrong without the path, which is told already.
fn cause(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_called_what_it_was_given_as() {
        for (path, name) in
            [("a/b", "b"), ("a/b/", "b"), ("a/b/.", "b"), ("/", ROOT_NAME), ("/../.", ROOT_NAME)]
        {
            assert_eq!(top_name(Path::new(path)).unwrap(), name, "{path}");
        }
    }

    #[test]
    fn a_path_that_ends_in_dots_is_called_what_it_really_is() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(top_name(&here.join("src/..")).unwrap(), "drivesim-cli");
    }

    #[test]
    fn a_file_that_has_not_its_size_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "four").unwrap();
        assert_eq!(bytes_of(&path, 4), Ok(b"four".to_vec()));
        for size in [3, 5] {
            assert_eq!(bytes_of(&path, size), Err("it changed while it was read".to_owned()));
        }
        assert!(bytes_of(&path, u64::MAX).unwrap_err().contains("do not fit"));
        assert!(bytes_of(&dir.path().join("none"), 1).is_err());
    }

    #[test]
    fn a_time_that_no_drive_can_tell_is_left_off() {
        let dir = tempfile::tempdir().unwrap();
        let file = File::create(dir.path().join("a")).unwrap();
        let far = std::time::UNIX_EPOCH + std::time::Duration::from_secs(300_000_000_000);
        // Not every file system holds such a time; one that does not has nothing to leave off.
        if file.set_modified(far).is_ok() {
            let found = file.metadata().unwrap();
            assert_eq!(modified_at(&found).is_none(), found.modified().unwrap() == far);
        }
    }
}
