//! Lists the changes of the model's drives: the last change of each item, and tombstones.

use drivesim::item::ItemKind;

use super::{Key, Model, ModelDrive};

/// A tombstone: an item that was deleted or replaced, with everything below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The number of the change.
    pub number: u64,
    /// The item.
    pub key: Key,
    /// Its old folder.
    pub parent: Option<Key>,
    /// Its last name.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// The number of visible bytes in it.
    pub size: u128,
}

/// An entry that a page of changes must contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// An item in its current state.
    Changed(Key),
    /// A tombstone.
    Gone(Gone),
}

impl Model {
    /// Returns the changes of a drive after a change, each with its number. Changes with the same number are in no
    /// order.
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

    /// Removes the tombstone of an item that is restored.
    pub(super) fn forget_gone(&mut self, key: Key) {
        for drive in &mut self.drives {
            drive.gone.retain(|gone| gone.key != key);
        }
    }
}
