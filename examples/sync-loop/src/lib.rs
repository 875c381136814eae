//! The only place for an example's sync loop: it mirrors what a drive lists, and follows a copy job to its end.
//!
//! It knows nothing of drivesim. What it needs of a drive are two small traits, which a client of the service
//! implements in production and a few lines over drivesim in `tests.rs`.

use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// An item as a listing tells of it.
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

    /// Lists a folder; `None` if it is not there.
    ///
    /// # Errors
    /// When there is no telling.
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, Self::Error>;
}

/// What a drive held when it was last looked at, by path: the size of each file, `None` for a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mirror {
    items: BTreeMap<String, Option<u64>>,
}

/// The paths that a look found otherwise than the look before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What is new.
    pub added: Vec<String>,
    /// What has another size or kind.
    pub changed: Vec<String>,
    /// What is gone.
    pub removed: Vec<String>,
}

impl Mirror {
    /// Returns all items by path.
    pub fn items(&self) -> &BTreeMap<String, Option<u64>> {
        &self.items
    }

    /// Looks at all of a drive again and tells what has changed.
    ///
    /// # Errors
    /// When a listing fails; the mirror is as it was then.
    pub fn pull<R: Remote>(&mut self, remote: &R) -> Result<Changes, R::Error> {
        let mut found = BTreeMap::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let path = if folder.is_empty() { "/" } else { &folder };
            // Between two listings a folder may go: then it is not there, and nor is anything in it.
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

/// What a look at a copy job tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    /// It goes on, and so many percent are done.
    Running(f64),
    /// It is done.
    Done,
    /// It failed, for the reason with this code.
    Failed(String),
}

/// Looks at a copy job until it has ended, or `most_looks` times, and waits between two looks.
///
/// # Errors
/// The code of the job's failure; `timeout` if it has not ended.
pub fn follow(
    mut look: impl FnMut() -> Look,
    mut wait: impl FnMut(),
    most_looks: usize,
) -> Result<(), String> {
    for _ in 0..most_looks {
        match look() {
            Look::Running(_) => wait(),
            Look::Done => return Ok(()),
            Look::Failed(code) => return Err(code),
        }
    }
    Err("timeout".to_owned())
}
