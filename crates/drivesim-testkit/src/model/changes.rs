//! The only place for the model's list of changes: the number of the last one of each item, and what is gone.

use drivesim::ItemKind;

use super::{Key, Model, ModelDrive};

/// An item that was deleted or replaced, with all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The number of the change.
    pub number: u64,
    /// The item.
    pub key: Key,
    /// The folder it was in.
    pub parent: Option<Key>,
    /// The name it had.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// How many bytes could be seen in it.
    pub size: u128,
}

/// What a look at the changes must show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// An item as it is now.
    Changed(Key),
    /// That an item is gone.
    Gone(Gone),
}

impl Model {
    /// Returns what changed in a drive after a change, each with its number; what has the same number is in no order.
    pub fn changes_since(&self, drive: &ModelDrive, since: u64) -> Vec<(u64, Expectation)> {
        let items = self.items.iter().filter(|(_, item)| item.drive == drive.number && item.changed > since);
        let items = items.filter(|(key, _)| self.visible(**key).is_some());
        let items = items.map(|(key, item)| (item.changed, Expectation::Changed(*key)));
        let gone = drive.gone.iter().filter(|gone| gone.number > since);
        let gone = gone.map(|gone| (gone.number, Expectation::Gone(gone.clone())));
        let mut all: Vec<(u64, Expectation)> = items.chain(gone).collect();
        all.sort_by_key(|(number, _)| *number);
        all
    }

    /// Forgets that an item was gone: it is back.
    pub(super) fn forget_gone(&mut self, key: Key) {
        for drive in &mut self.drives {
            drive.gone.retain(|gone| gone.key != key);
        }
    }
}
