//! Implements the peers of drivesim in the comparison: the floor, and other libraries that copy trees.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use indextree::{Arena, NodeId};
use vfs::{MemoryFS, VfsPath};

use crate::trees::{file_name, folder_name};

/// A record of 48 bytes, the unit of the goals.
pub type Record = [u64; 6];

/// Creates `n_items` records.
pub fn records(n_items: usize) -> Vec<Record> {
    (0..n_items as u64).map(|number| [number; 6]).collect()
}

/// Measures the floor: cloning records into fresh memory.
pub fn clone_records(records: &[Record]) -> Duration {
    let start = Instant::now();
    let copy = black_box(records.to_vec());
    let spent = start.elapsed();
    drop(copy);
    spent
}

/// Measures copying records into warm memory.
pub fn copy_records(records: &[Record], warm: &mut [Record]) -> Duration {
    let start = Instant::now();
    warm.copy_from_slice(black_box(records));
    black_box(&warm);
    start.elapsed()
}

/// A tree in an arena of `indextree`, with a name and a size for each node.
pub struct IndexTree {
    arena: Arena<(String, u64)>,
    root: NodeId,
    source: NodeId,
}

impl IndexTree {
    pub fn wide(n_folders: usize, n_files: usize) -> IndexTree {
        let mut arena = Arena::new();
        let root = arena.new_node((String::new(), 0));
        let source = arena.new_node(("source".to_owned(), 0));
        root.append(source, &mut arena);
        for number in 0..n_folders {
            let folder = arena.new_node((folder_name(number), 0));
            source.append(folder, &mut arena);
            for at in 0..n_files {
                let file = arena.new_node((file_name(number, at), (at * 37 % 100_000) as u64));
                folder.append(file, &mut arena);
            }
        }
        IndexTree { arena, root, source }
    }

    /// Copies the tree node by node, as users of the library do. Also returns the number of nodes afterwards.
    pub fn copy(&mut self) -> (Duration, usize) {
        let start = Instant::now();
        let copy = self.arena.new_node(self.arena[self.source].get().clone());
        self.root.append(copy, &mut self.arena);
        let mut stack = vec![(self.source, copy)];
        while let Some((from, to)) = stack.pop() {
            let mut child = self.arena[from].first_child();
            while let Some(from) = child {
                let new = self.arena.new_node(self.arena[from].get().clone());
                to.append(new, &mut self.arena);
                if self.arena[from].first_child().is_some() {
                    stack.push((from, new));
                }
                child = self.arena[from].next_sibling();
            }
        }
        (start.elapsed(), self.arena.len())
    }
}

/// A tree as a map from paths.
pub struct PathMap(HashMap<PathBuf, u64>);

impl PathMap {
    pub fn wide(n_folders: usize, n_files: usize) -> PathMap {
        let mut map = HashMap::from([(PathBuf::from("/source"), 0)]);
        for number in 0..n_folders {
            let folder = Path::new("/source").join(folder_name(number));
            for at in 0..n_files {
                map.insert(folder.join(file_name(number, at)), (at * 37 % 100_000) as u64);
            }
            map.insert(folder, 0);
        }
        PathMap(map)
    }

    /// Copies all paths below the source to another folder. Also returns the number of paths afterwards.
    pub fn copy(&mut self, to: &str) -> (Duration, usize) {
        let start = Instant::now();
        let below = self.0.iter().filter_map(|(path, &size)| {
            let rest = path.strip_prefix("/source").ok()?;
            Some((Path::new(to).join(rest), size))
        });
        let copied: Vec<(PathBuf, u64)> = below.collect();
        self.0.extend(copied);
        (start.elapsed(), self.0.len())
    }
}

/// A tree in the in-memory file system of the crate `vfs`.
pub struct Vfs(VfsPath);

impl Vfs {
    pub fn wide(n_folders: usize, n_files: usize) -> Vfs {
        let root: VfsPath = MemoryFS::new().into();
        let make = |number: usize| -> vfs::VfsResult<()> {
            let folder = root.join("source")?.join(folder_name(number))?;
            folder.create_dir_all()?;
            for at in 0..n_files {
                folder.join(file_name(number, at))?.create_file()?;
            }
            Ok(())
        };
        (0..n_folders).try_for_each(make).expect("a file system in memory");
        Vfs(root)
    }

    pub fn copy(&self, name: &str) -> Duration {
        let paths = self.0.join("source").and_then(|from| Ok((from, self.0.join(name)?)));
        let (from, to) = paths.expect("good paths");
        let start = Instant::now();
        from.copy_dir(&to).expect("nothing has the name");
        start.elapsed()
    }
}

/// A tree of empty files in tmpfs.
pub struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    /// Creates the tree. Returns `None` if there is no tmpfs.
    pub fn wide(n_folders: usize, n_files: usize) -> Option<Tmpfs> {
        let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
        let is_tmpfs = |line: &str| line.split(' ').skip(1).take(2).eq(["/dev/shm", "tmpfs"]);
        mounts.lines().find(|line| is_tmpfs(line))?;
        let dir = tempfile::tempdir_in("/dev/shm").ok()?;
        for number in 0..n_folders {
            let folder = dir.path().join("source").join(folder_name(number));
            std::fs::create_dir_all(&folder).ok()?;
            for at in 0..n_files {
                std::fs::File::create(folder.join(file_name(number, at))).ok()?;
            }
        }
        Some(Tmpfs(dir))
    }

    /// Copies the tree with `cp -r`.
    pub fn copy(&self, name: &str) -> Option<Duration> {
        let start = Instant::now();
        let status = Command::new("cp").arg("-r").arg("source").arg(name).current_dir(self.0.path()).status();
        status.ok()?.success().then(|| start.elapsed())
    }
}
