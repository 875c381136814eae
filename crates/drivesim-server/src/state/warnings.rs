//! Keeps the warnings of what clients of the admin API should change.

use std::collections::BTreeSet;

use drivesim::Profile;
use parking_lot::Mutex;

/// The warnings since the start or the last reset. There are no more than options with old names.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Mutex<BTreeSet<String>>);

impl Warnings {
    /// Adds the warnings of a drive's options, and returns them.
    pub(crate) fn add<'a>(&self, options: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let old = options.into_iter().filter_map(|name| Some((name, Profile::option_renamed(name)?)));
        let new: Vec<String> = old.map(|(name, present)| format!("option {name}: use {present}")).collect();
        if !new.is_empty() {
            self.0.lock().extend(new.iter().cloned());
        }
        new
    }

    /// Returns all warnings.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().iter().cloned().collect()
    }

    /// Drops all warnings.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}
