//! Defines items as callers see them: id, kind and metadata.

#[cfg(feature = "serde")]
pub(crate) mod serde_form;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::members::Members;

/// Whether an item is a file or a folder.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ItemKind {
    /// Holds bytes.
    File,
    /// Holds other items.
    Folder,
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ItemKind::File => "file",
            ItemKind::Folder => "folder",
        })
    }
}

/// Identifies one item of one drive. An id is never reused.
///
/// The id is computed from the item's slot in the arena and the number of items that the slot has held, so a lookup
/// needs no map, and the id of a deleted item is detected as stale. It prints as 16 hexadecimal digits and parses back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId {
    pub(crate) generation: u32,
    pub(crate) slot: u32,
}

impl ItemId {
    /// Returns the id as one number, the generation in the upper half.
    pub fn to_bits(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.slot)
    }

    /// Returns the id for which [`ItemId::to_bits`] returned `bits`.
    pub const fn from_bits(bits: u64) -> ItemId {
        ItemId { generation: (bits >> 32) as u32, slot: bits as u32 }
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.to_bits())
    }
}

/// The error for a text that is not an item id: it is not 16 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item id is 16 hexadecimal digits")]
pub struct ParseItemIdError;

impl FromStr for ItemId {
    type Err = ParseItemIdError;

    fn from_str(text: &str) -> Result<ItemId, ParseItemIdError> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            return Err(ParseItemIdError);
        }
        u64::from_str_radix(text, 16).map(ItemId::from_bits).map_err(|_| ParseItemIdError)
    }
}

/// The state of one item at the time of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", try_from = "self::serde_form::ItemForm")
)]
pub struct Item {
    /// The item's id.
    pub id: ItemId,
    /// The id of the folder it is in; `None` for the root.
    pub parent: Option<ItemId>,
    /// The name as stored; empty for the root.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// The size in bytes: for a file its own, for a folder that of all files below it, including those that may not be
    /// read.
    pub size: u64,
    /// The number of children of a folder; 0 for a file.
    pub child_count: u32,
    /// When the item was created in this drive.
    pub created_at: Timestamp,
    /// When the item itself was last modified: its content, name, parent, times or description.
    pub modified_at: Timestamp,
    /// When the content was created, as set by the client that stored it: Graph's `fileSystemInfo`, Box's
    /// `content_created_at`.
    pub fs_created_at: Timestamp,
    /// When the content was last modified, as set by the client that stored it.
    pub fs_modified_at: Timestamp,
    /// The user who created the item.
    pub created_by: Arc<str>,
    /// The user who last modified it.
    pub modified_by: Arc<str>,
    /// The description; `None` if it was not set.
    pub description: Option<Arc<str>>,
    /// The members that are set, if the service has any.
    pub members: Members,
    /// How often the item itself was changed since its creation.
    pub etag: u32,
    /// How often its content was changed since its creation; for a folder, if the service counts that, the items below
    /// it.
    pub ctag: u32,
    /// The number of the current version of a file, from 1; 0 for a folder.
    pub version: u32,
}

impl Item {
    /// Returns whether the item is a folder.
    pub fn is_folder(&self) -> bool {
        self.kind == ItemKind::Folder
    }
}
