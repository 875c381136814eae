//! Checks `my_copy`, which copies files and folders of the file system, against the properties of a copy.

use std::fs;
use std::io;
use std::path::Path;

use drivesim::{Conflict, Profile};
use drivesim_testkit::copy_properties::{Check, Copier, CopyRequest, Outcome, Tree, Unsupported};

/// The code that is checked: it would be in your crate.
fn my_copy(from: &Path, folder: &Path, name: &str) -> io::Result<()> {
    let to = folder.join(name);
    let is_name = !["", ".", ".."].contains(&name) && !name.contains(['/', '\0']);
    if !is_name || !folder.is_dir() || to.exists() || to.starts_with(from) {
        return Err(io::Error::other("refused"));
    }
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir(&to)?;
    for found in fs::read_dir(from)? {
        let found = found?;
        my_copy(&found.path(), &to, found.file_name().to_str().ok_or(io::ErrorKind::InvalidData)?)?;
    }
    Ok(())
}

struct Mine(tempfile::TempDir);

impl Copier for Mine {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        Ok(tree.write_dir(&self.0)?)
    }

    fn copy(&mut self, request: &CopyRequest) -> Outcome<Option<String>> {
        if request.conflict != Conflict::Fail {
            return Err(Unsupported("conflict behaviors").into());
        }
        let root = self.0.path();
        let (source, target) = (root.join(&request.source[1..]), root.join(&request.target[1..]));
        my_copy(&source, &target, request.wanted_name())?;
        Ok(None)
    }

    fn tree(&mut self) -> Outcome<Tree> {
        Ok(Tree::read_dir(&self.0)?)
    }
}

fn check() -> Check {
    Check::new(Profile::PLAIN).cases(8)
}

fn new() -> Mine {
    Mine(tempfile::tempdir().unwrap())
}

#[test]
fn my_copy_is_a_copy() {
    println!("{}", check().run(new));
}

// Or each property as a test of its own: `my_copy_keeps::paths_are_kept` and the others.
drivesim_testkit::copy_property_tests!(my_copy_keeps, check(), new);
