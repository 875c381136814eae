//! Reads trees from folders of the file system, and writes them there.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::tree::{Entry, Tree};

impl Tree {
    /// Reads everything in a folder of the file system.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::Tree;
    ///
    /// let dir = tempfile::tempdir()?;
    /// let tree: Tree = "a/\n  b = \"hi\"\n".parse()?;
    /// tree.write_dir(dir.path())?;
    /// assert_eq!(Tree::read_dir(dir.path())?, tree);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Fails if an item cannot be read, is neither a file nor a folder, or has a name that is not UTF-8.
    pub fn read_dir(dir: impl AsRef<Path>) -> io::Result<Tree> {
        let dir = dir.as_ref();
        let mut tree = Tree::default();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for found in fs::read_dir(dir.join(&folder))? {
                let found = found?;
                let wrong = |what: &str| {
                    io::Error::new(ErrorKind::InvalidData, format!("{}: {what}", found.path().display()))
                };
                let name = found.file_name().into_string().map_err(|_| wrong("the name is no UTF-8"))?;
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let kind = found.file_type()?;
                if kind.is_dir() {
                    tree.insert(&path, Entry::Folder);
                    folders.push(path);
                } else if kind.is_file() {
                    tree.insert(&path, Entry::File(fs::read(found.path())?));
                } else {
                    return Err(wrong("it is neither a file nor a folder"));
                }
            }
        }
        Ok(tree)
    }

    /// Creates all items of the tree in an existing folder of the file system.
    ///
    /// # Errors
    /// Fails if the file system rejects an item, or if one already exists.
    pub fn write_dir(&self, dir: impl AsRef<Path>) -> io::Result<()> {
        for (path, entry) in self.iter() {
            let path = dir.as_ref().join(path.trim_start_matches('/'));
            match entry {
                Entry::Folder => fs::create_dir(path)?,
                Entry::File(bytes) => io::Write::write_all(&mut fs::File::create_new(path)?, bytes)?,
            }
        }
        Ok(())
    }
}
