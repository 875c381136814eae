//! The only place for what the promises see of a drive beside names and contents: plain values that any adapter can give.

use drivesim::Timestamp;

use super::subject::Code;

/// A word by which a subject names something that has no path: an item in the bin, a lock, a job. Promises only hand
/// it back and compare it.
pub type Id = String;

/// What is seen of an item beside its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Bytes held, of a folder by all files below it.
    pub size: u64,
    /// How many items a folder directly holds.
    pub child_count: u32,
}

/// What is known of an item beside its name and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Who last changed it.
    pub modified_by: String,
    /// When its content was made, as the client said.
    pub fs_created_at: Timestamp,
    /// When its content was last changed, as the client said.
    pub fs_modified_at: Timestamp,
    /// What it is about.
    pub description: Option<String>,
    /// The tag that moves when the item itself changes; promises only compare it with an earlier one of the same item.
    pub etag: String,
    /// The tag that moves when its content changes, compared likewise.
    pub ctag: String,
}

/// What a caller expects of an item that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// That it has this [`Facts::etag`].
    ETag(String),
    /// That it has this [`Facts::ctag`].
    CTag(String),
}

/// A version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenVersion {
    /// Its number; the first is 1.
    pub number: u32,
    /// How many bytes it holds.
    pub size: u64,
    /// When it was written.
    pub modified_at: Timestamp,
    /// Who wrote it.
    pub modified_by: String,
    /// Whether it is listed though it was deleted.
    pub is_deleted: bool,
}

/// An item in the bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binned {
    /// The id it has kept.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The id of the folder it was in.
    pub folder: Id,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// Who deleted it.
    pub deleted_by: String,
    /// When it is purged; `None` if never.
    pub purge_at: Option<Timestamp>,
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// The name it has, or last had; empty for the root.
    pub name: String,
    /// Its id.
    pub id: Id,
    /// Whether it is gone.
    pub is_gone: bool,
}

/// A page of what has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What has changed, in the order of last changes.
    pub changes: Vec<Changed>,
    /// Stands for the moment after these.
    pub token: String,
    /// Whether there are more by now.
    pub more: bool,
}

/// A call to a subject, with what it is called when it fails.
pub(super) type Call<S> = (&'static str, fn(&mut S) -> Result<(), Code>);
