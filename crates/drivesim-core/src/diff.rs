//! The only place that compares two states of one drive: what was created, removed, renamed, moved or changed.
//!
//! Items are the same if their ids are, so the two drives must have one origin: one is a clone of the other, or both
//! are of a third. Pages of items that both still share are passed over, so a comparison costs what has changed.

mod compare;
mod print;

use crate::item::Item;

/// An item and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Located {
    /// Its path.
    pub path: String,
    /// The item.
    pub item: Item,
}

/// What became of one item between two states of a drive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", try_from = "crate::serde_forms::DifferenceForm")
)]
pub struct Difference {
    /// The item as it was; `None` if it was not there.
    pub before: Option<Located>,
    /// The item as it is; `None` if it is not there.
    pub after: Option<Located>,
    /// Whether its content is another.
    pub content_changed: bool,
    /// Whether its times, description or versions are others, and that does not follow from the rest: any change sets
    /// when an item was modified; a write, and a move where the service resets them, the times of its content; and
    /// each write makes one version.
    pub facts_changed: bool,
}

impl Difference {
    /// Returns whether the item was not there before: made, copied or restored.
    pub fn is_created(&self) -> bool {
        self.before.is_none()
    }

    /// Returns whether the item is not there any more, wherever it has gone.
    pub fn is_removed(&self) -> bool {
        self.after.is_none()
    }

    /// Returns whether the item is in another folder.
    pub fn is_moved(&self) -> bool {
        self.differs(|item| item.parent)
    }

    /// Returns whether the item has another name.
    pub fn is_renamed(&self) -> bool {
        self.differs(|item| item.name.clone())
    }

    fn differs<T: PartialEq>(&self, part: impl Fn(&Item) -> T) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => part(&before.item) != part(&after.item),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
