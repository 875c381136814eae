//! Mirrors a drive and follows a copy job to its end: a sync loop as an example.
//!
//! It knows nothing of drivesim. It needs only a small trait and a closure, which a client of the service implements in
//! production and a few lines over drivesim in `tests.rs`.

use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// An item of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// How many bytes it holds.
    pub size: u64,
    /// Whether it can be listed itself.
    pub is_folder: bool,
}

/// Lists folders of a drive.
pub trait Remote {
    /// Why a listing failed.
    type Error;

    /// Lists a folder; `None` if it does not exist.
    ///
    /// # Errors
    /// When the listing fails.
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, Self::Error>;
}

/// The items of a drive at the last pull, by path: the size of each file, `None` for a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mirror {
    items: BTreeMap<String, Option<u64>>,
}

/// The paths that differ between two pulls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// New items.
    pub added: Vec<String>,
    /// Items with another size or kind.
    pub changed: Vec<String>,
    /// Items that no longer exist.
    pub removed: Vec<String>,
}

impl Mirror {
    /// Returns all items by path.
    pub fn items(&self) -> &BTreeMap<String, Option<u64>> {
        &self.items
    }

    /// Lists the whole drive again and returns what has changed.
    ///
    /// # Errors
    /// When a listing fails; the mirror does not change then.
    pub fn pull<R: Remote>(&mut self, remote: &R) -> Result<Changes, R::Error> {
        let mut found = BTreeMap::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let path = if folder.is_empty() { "/" } else { &folder };
            // A folder may be deleted between two listings. Then it does not exist, and nor does anything in it.
            let Some(entries) = remote.list(path)? else {
                found.remove(&folder);
                continue;
            };
            for entry in entries {
                let path = format!("{folder}/{}", entry.name);
                found.insert(path.clone(), (!entry.is_folder).then_some(entry.size));
                if entry.is_folder {
                    folders.push(path);
                }
            }
        }
        let is_changed = |(path, now): &(&String, &Option<u64>)| {
            self.items.get(*path).is_some_and(|before| before != *now)
        };
        let changes = Changes {
            added: found.keys().filter(|path| !self.items.contains_key(*path)).cloned().collect(),
            changed: found.iter().filter(is_changed).map(|(path, _)| path.clone()).collect(),
            removed: self.items.keys().filter(|path| !found.contains_key(*path)).cloned().collect(),
        };
        self.items = found;
        Ok(changes)
    }
}

/// The state of a copy job at a poll.
#[derive(Clone, Debug, PartialEq)]
pub enum Poll {
    /// It is running; the number is the percentage done.
    Running(f64),
    /// It is done.
    Done,
    /// It failed with this error code.
    Failed(String),
}

/// Polls a copy job until it has ended, or `max_polls` times, and waits between two polls.
///
/// # Errors
/// The code of the job's failure; `timeout` if it has not ended.
pub fn follow(
    mut poll: impl FnMut() -> Poll,
    mut wait: impl FnMut(),
    max_polls: usize,
) -> Result<(), String> {
    for _ in 0..max_polls {
        match poll() {
            Poll::Running(_) => wait(),
            Poll::Done => return Ok(()),
            Poll::Failed(code) => return Err(code),
        }
    }
    Err("timeout".to_owned())
}
