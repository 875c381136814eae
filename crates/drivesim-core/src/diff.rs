//! Compares two states of one drive: what was created, removed, renamed, moved or changed.
//!
//! Items with the same id are the same item, so the two drives must have one origin: one is a clone of the other, or
//! both are clones of a third. Pages that both share are skipped, so the cost of a comparison depends on what has
//! changed.

mod compare;
mod print;
#[cfg(feature = "serde")]
mod serde_form;

use crate::item::Item;

/// An item and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Located {
    /// Its path.
    pub path: String,
    /// The item.
    pub item: Item,
}

/// The change of one item between two states of a drive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", try_from = "self::serde_form::DifferenceForm")
)]
pub struct Difference {
    /// The item before; `None` if it did not exist.
    pub before: Option<Located>,
    /// The item after; `None` if it does not exist.
    pub after: Option<Located>,
    /// Whether its content has changed.
    pub content_changed: bool,
    /// Whether its times, description or versions have changed beyond what its other changes imply: any change sets the
    /// time of modification; a write sets the times of the content, as does a move if the service resets them; and each
    /// write creates one version.
    pub facts_changed: bool,
}

impl Difference {
    /// Returns whether the item did not exist before: it was created, copied or restored.
    pub fn is_created(&self) -> bool {
        self.before.is_none()
    }

    /// Returns whether the item does not exist any more, in the bin or not.
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
