//! Defines what promises read of a drive: plain values that any adapter can return.

use drivesim::item::Timestamp;

/// A short code for why a call failed, that of [`drivesim::Error::code`]: `itemNotFound`, `nameAlreadyExists`,
/// `invalidRequest`, ...
pub type Code = String;

/// The text by which a subject names something that has no path: an item in the bin, a lock, a job. Promises only
/// compare it and pass it to later calls.
pub type Id = String;

/// An item without its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is a folder.
    pub is_folder: bool,
    /// The size in bytes; of a folder, of all files below it.
    pub size: u64,
    /// The number of children of a folder.
    pub child_count: u32,
}

/// The metadata of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When the item was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Who last changed it.
    pub modified_by: String,
    /// When its content was created, according to the client.
    pub fs_created_at: Timestamp,
    /// When its content was last changed, according to the client.
    pub fs_modified_at: Timestamp,
    /// Its description.
    pub description: Option<String>,
    /// The tag that changes with the item. Promises only compare it with an earlier one of the same item.
    pub etag: String,
    /// The tag that changes with the content. Compared likewise.
    pub ctag: String,
}

/// A precondition on an item.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The item has this [`Facts::etag`].
    ETag(String),
    /// The item has this [`Facts::ctag`].
    CTag(String),
}

/// A version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenVersion {
    /// Its number; the first is 1.
    pub number: u32,
    /// The size in bytes.
    pub size: u64,
    /// When its content was written.
    pub modified_at: Timestamp,
    /// Who wrote it.
    pub modified_by: String,
    /// Whether it was deleted but is still listed.
    pub is_deleted: bool,
}

/// An item in the bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binned {
    /// Its id, the same as before it was deleted.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The id of the folder that contained it.
    pub folder: Id,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// Who deleted it.
    pub deleted_by: String,
    /// When it is purged; `None` if never.
    pub purge_at: Option<Timestamp>,
}

/// A changed item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// Its name, or its last name; empty for the root.
    pub name: String,
    /// Its id.
    pub id: Id,
    /// Whether it was deleted.
    pub is_gone: bool,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The changed items, in the order of their last changes.
    pub changes: Vec<Changed>,
    /// The token for the changes after these.
    pub token: String,
    /// Whether more changes are available.
    pub more: bool,
}

/// A call to a subject, with its name for failures.
pub(super) type NamedCall<S> = (&'static str, fn(&mut S) -> Result<(), Code>);
