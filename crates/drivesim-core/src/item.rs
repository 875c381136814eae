//! The only place for what an item is to the outside: its id, its kind and what a look at it shows.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::members::Members;

/// Returns whether an item holds bytes or other items.
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

/// Names one item of one drive for as long as the item lives; it is never given to another item.
///
/// The id is arithmetic on the item's place in the arena and on how often that place was used before,
/// so looking one up needs no map and the id of a deleted item is recognised as stale.
/// It prints as 16 hexadecimal digits and parses back.
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

    /// Returns the id that [`ItemId::to_bits`] gave as `bits`.
    pub const fn from_bits(bits: u64) -> ItemId {
        ItemId { generation: (bits >> 32) as u32, slot: bits as u32 }
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.to_bits())
    }
}

/// Says that a text is not an item id: it is not 16 hexadecimal digits.
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

/// Shows one item as it was at the moment of the look.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", try_from = "crate::serde_forms::ItemForm")
)]
pub struct Item {
    /// The item's id.
    pub id: ItemId,
    /// The id of the folder it is in; `None` for the root.
    pub parent: Option<ItemId>,
    /// The name as it was given; empty for the root.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// Bytes held: of a file its own, of a folder those of all files below it, those that may not be read too.
    pub size: u64,
    /// How many items a folder directly holds; 0 for a file.
    pub child_count: u32,
    /// When the item was made in this drive.
    pub created_at: Timestamp,
    /// When the item itself was last changed: its content, name, place, times or description.
    pub modified_at: Timestamp,
    /// When the content was made, as the client says who put it here: Graph's `fileSystemInfo`, Box's `content_created_at`.
    pub fs_created_at: Timestamp,
    /// When the content was last changed, as the client says who put it here.
    pub fs_modified_at: Timestamp,
    /// Who made the item.
    pub created_by: Arc<str>,
    /// Who last changed it.
    pub modified_by: Arc<str>,
    /// What the item is about; `None` if nobody said.
    pub description: Option<Arc<str>>,
    /// The members that were set of it, where the service has any.
    pub members: Members,
    /// How often the item itself was changed since it was made.
    pub etag: u32,
    /// How often its content was changed since; of a folder, where the service counts that, what is below it.
    pub ctag: u32,
    /// The number of the version a file has, from 1; 0 for a folder.
    pub version: u32,
}

impl Item {
    /// Returns whether the item is a folder.
    pub fn is_folder(&self) -> bool {
        self.kind == ItemKind::Folder
    }
}
