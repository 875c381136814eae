//! Walks a real folder: its names, sizes, times and optionally bytes.

use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use drivesim::drive::DriveRef;
use drivesim::item::Timestamp;
use drivesim::{Error, Pace, Sim};

use super::contents::{Contents, ReadError};
use super::create_items::{ItemCreator, NewItem};
use super::{LeftOut, ReadSource, builder};
use crate::args::ReadArgs;
use crate::failure::Failure;

/// The name for the root of the file system.
const ROOT_NAME: &str = "root";

/// Reads a folder with everything below it into a new drive.
pub(super) fn read(args: &ReadArgs, pace: Pace, contents: &mut Contents) -> Result<ReadSource, Failure> {
    let source = &args.source;
    let (top, children) = (top_name(source)?, listed_top(source)?);
    let sim = builder(args, pace).build()?;
    let mut creator = ItemCreator::new(&sim, only_drive(&sim)?)?;
    creator.create(0, &top, NewItem::Folder, fs::metadata(source).ok().as_ref().and_then(modified_at))?;
    let left_out = Walk { creator, contents, list: &list }.all(children, 1)?;
    Ok(ReadSource { sim, left_out })
}

/// Reads one file into a new drive.
pub(super) fn read_file(args: &ReadArgs, pace: Pace, contents: &mut Contents) -> Result<ReadSource, Failure> {
    let source = &args.source;
    let context = || format!("cannot read {source:?}");
    let (name, found) = (top_name(source)?, fs::metadata(source).with_context(context)?);
    let sim = builder(args, pace).build()?;
    let mut creator = ItemCreator::new(&sim, only_drive(&sim)?)?;
    let seed = match contents.read(source, found.len()) {
        Ok(seed) => seed,
        // Without it there is nothing to copy.
        Err(ReadError::LeftOut(why)) => return Err(Failure::Usage(anyhow!("{}: {why}", context()))),
        Err(ReadError::TooMuch(failure)) => return Err(failure),
    };
    creator.create(0, &name, seed, modified_at(&found))?;
    contents.reading.end();
    Ok(ReadSource { sim, left_out: Vec::new() })
}

/// Reads the entries of a folder into the root of a drive.
pub(super) fn read_into(
    sim: &Sim,
    drive: DriveRef,
    source: &Path,
    contents: &mut Contents,
) -> Result<Vec<LeftOut>, Failure> {
    let children = listed_top(source)?;
    let creator = ItemCreator::new(sim, drive)?;
    Walk { creator, contents, list: &list }.all(children, 0)
}

/// Lists the given folder. An error fails the command.
fn listed_top(source: &Path) -> anyhow::Result<Vec<DirEntry>> {
    list(source).with_context(|| format!("cannot read {source:?}"))
}

fn only_drive(sim: &Sim) -> Result<DriveRef, Error> {
    sim.drives().into_iter().next().ok_or_else(|| Error::NoDrive { name: String::new() })
}

/// Lists a folder in the order of names, so that runs are repeatable. Fails if any entry cannot be read.
fn list(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<DirEntry>>>()?;
    entries.sort_by_cached_key(DirEntry::file_name);
    Ok(entries)
}

/// Creates the entries of a folder in a drive, depth first.
struct Walk<'a> {
    creator: ItemCreator<'a>,
    contents: &'a mut Contents,
    /// Lists a folder: [`list`], or a function of a test that fails.
    list: &'a dyn Fn(&Path) -> io::Result<Vec<DirEntry>>,
}

impl Walk<'_> {
    /// Creates the children of a folder, with everything below them, at `depth` in the drive.
    fn all(mut self, children: Vec<DirEntry>, depth: usize) -> Result<Vec<LeftOut>, Failure> {
        let mut left_out = Vec::new();
        let mut levels = vec![children.into_iter()];
        while let Some(level) = levels.last_mut() {
            let Some(entry) = level.next() else {
                levels.pop();
                continue;
            };
            self.contents.reading.tick();
            match self.one(&entry, depth.saturating_add(levels.len()).saturating_sub(1)) {
                Ok(Some(below)) => levels.push(below.into_iter()),
                Ok(None) => {}
                Err(ReadError::LeftOut(why)) => {
                    left_out.push(LeftOut { what: format!("{:?}", entry.path()), why });
                }
                Err(ReadError::TooMuch(failure)) => {
                    self.contents.reading.end();
                    return Err(failure);
                }
            }
        }
        self.contents.reading.end();
        Ok(left_out)
    }

    /// Creates one entry in the drive, and returns its children if it is a folder.
    ///
    /// A folder that cannot be listed is left out: an empty one in its place would be wrong.
    fn one(&mut self, entry: &DirEntry, depth: usize) -> Result<Option<Vec<DirEntry>>, ReadError> {
        let left_out = |why: &str| ReadError::LeftOut(why.to_owned());
        let failed = |error: io::Error| ReadError::LeftOut(error.to_string());
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| left_out("its name is not UTF-8"))?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_symlink() {
            return Err(left_out("it is a link"));
        }
        if !kind.is_dir() && !kind.is_file() {
            return Err(left_out("it is a special file"));
        }
        let found = entry.metadata().map_err(failed)?;
        let below = if kind.is_dir() { Some((self.list)(&entry.path()).map_err(failed)?) } else { None };
        let seed = match below {
            Some(_) => NewItem::Folder,
            None => self.contents.read(&entry.path(), found.len())?,
        };
        let created = self.creator.create(depth, name, seed, modified_at(&found));
        created.map_err(|error| ReadError::LeftOut(error.to_string()))?;
        Ok(below)
    }
}

/// Returns the name of a folder or a file: as given, or the real name if the path ends in dots.
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

/// Returns the modification time, if it is in the range of a drive.
fn modified_at(found: &Metadata) -> Option<Timestamp> {
    found.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::PathBuf;

    use super::*;

    /// Reads a folder where some folders cannot be listed, and returns the drive and what was left out.
    fn walked(files: &[&str], unlistable: &[&str]) -> (String, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let refused: Vec<PathBuf> = unlistable.iter().map(|folder| dir.path().join(folder)).collect();
        let list = |folder: &Path| match refused.iter().any(|refused| refused == folder) {
            true => Err(io::Error::from(io::ErrorKind::PermissionDenied)),
            false => list(folder),
        };
        let sim = Sim::builder().build().unwrap();
        let creator = ItemCreator::new(&sim, only_drive(&sim).unwrap()).unwrap();
        let mut contents = Contents::new(false, 0);
        let children = list(dir.path()).unwrap();
        let left_out = Walk { creator, contents: &mut contents, list: &list }.all(children, 0).unwrap();
        let top = dir.path().to_str().unwrap();
        let messages = left_out.iter().map(|LeftOut { what, why }| format!("{what}: {why}").replace(top, ""));
        (sim.outline().unwrap(), messages.collect())
    }

    #[test]
    fn a_folder_that_cannot_be_listed_is_not_in_the_drive() {
        let files = ["a/b/c", "a/d", "e/f", "g"];
        let (outline, left_out) = walked(&files, &["a/b", "e"]);
        assert_eq!(outline, "a/\n  d = 1 B\ng = 1 B\n");
        assert_eq!(left_out, ["\"/a/b\": permission denied", "\"/e\": permission denied"]);
        let (outline, left_out) = walked(&files, &[]);
        assert_eq!(outline, "a/\n  b/\n    c = 1 B\n  d = 1 B\ne/\n  f = 1 B\ng = 1 B\n");
        assert_eq!(left_out, [""; 0]);
    }

    #[test]
    fn a_folder_has_its_name_in_the_given_path() {
        for (path, name) in
            [("a/b", "b"), ("a/b/", "b"), ("a/b/.", "b"), ("/", ROOT_NAME), ("/../.", ROOT_NAME)]
        {
            assert_eq!(top_name(Path::new(path)).unwrap(), name, "{path}");
        }
    }

    #[test]
    fn a_path_that_ends_in_dots_has_its_real_name() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(top_name(&here.join("src/..")).unwrap(), "drivesim-cli");
    }

    #[test]
    fn a_time_out_of_range_is_omitted() {
        let dir = tempfile::tempdir().unwrap();
        let file = File::create(dir.path().join("a")).unwrap();
        let far = std::time::UNIX_EPOCH + std::time::Duration::from_secs(300_000_000_000);
        // Not every file system supports such a time.
        if file.set_modified(far).is_ok() {
            let found = file.metadata().unwrap();
            assert_eq!(modified_at(&found).is_none(), found.modified().unwrap() == far);
        }
    }
}
