//! Defines the metadata of items: times, users, tags, description and members of items, shared by items of one verb.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use crate::actor::ME;
use crate::members::Members;
use crate::traffic::{count_parted, is_shared, make_mut_counted};

/// Times, users, tags, description and members of an item.
///
/// Items created by one verb share their metadata, so that a copy needs one for all its items. An item that is changed gets
/// its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
    pub(crate) fs_created_at: Timestamp,
    pub(crate) fs_modified_at: Timestamp,
    pub(crate) created_by: UserId,
    pub(crate) modified_by: UserId,
    /// How often the item itself was changed.
    pub(crate) etag: u32,
    /// How often its content was changed.
    pub(crate) ctag: u32,
    pub(crate) description: Option<Arc<str>>,
    pub(crate) members: Members,
}

/// The metadata for an unknown handle; no item has it.
pub(crate) static NO_METADATA: Metadata = Metadata::new(Timestamp::UNIX_EPOCH, 0);

impl Metadata {
    /// Returns the metadata of an item that is created now.
    pub(crate) const fn new(at: Timestamp, by: UserId) -> Metadata {
        Metadata {
            created_at: at,
            modified_at: at,
            fs_created_at: at,
            fs_modified_at: at,
            created_by: by,
            modified_by: by,
            etag: 0,
            ctag: 0,
            description: None,
            members: Members::NONE,
        }
    }

    /// Records a change of the item itself.
    pub(crate) fn change(&mut self, at: Timestamp, by: UserId) {
        (self.modified_at, self.modified_by) = (at, by);
        self.etag = self.etag.wrapping_add(1);
    }

    /// Returns the texts of the metadata.
    pub(crate) fn texts(&self) -> MetadataTexts {
        MetadataTexts { description: self.description.clone(), members: self.members.clone() }
    }

    /// Converts dropped metadata into its texts.
    pub(crate) fn into_texts(self) -> MetadataTexts {
        MetadataTexts { description: self.description, members: self.members }
    }

    /// Returns how many bytes the texts of the metadata take.
    pub(crate) fn n_text_bytes(&self) -> u64 {
        text_bytes(self.description.as_deref(), &self.members)
    }

    /// Records a change of the content of the item.
    pub(crate) fn change_content(&mut self) {
        self.ctag = self.ctag.wrapping_add(1);
    }
}

/// Returns how many bytes a description and members take.
pub(crate) fn text_bytes(description: Option<&str>, members: &Members) -> u64 {
    description.map_or(0, |text| text.len() as u64) + members.n_bytes()
}

/// The texts of metadata: the parts of unbounded size.
pub(crate) struct MetadataTexts {
    description: Option<Arc<str>>,
    members: Members,
}

impl MetadataTexts {
    /// Returns how many bytes they take.
    pub(crate) fn n_bytes(&self) -> u64 {
        text_bytes(self.description.as_deref(), &self.members)
    }

    /// Counts the texts that a clone of the drive may still hold. The drive drops them, except for those of `kept`.
    pub(crate) fn count_parted_except(self, kept: Option<&Metadata>) {
        let is_kept = |text: &Arc<str>| {
            let kept = kept.and_then(|metadata| metadata.description.as_ref());
            kept.is_some_and(|kept| Arc::ptr_eq(text, kept))
        };
        let description = self.description.as_ref().filter(|text| !is_kept(text) && is_shared(text));
        let keeps_members = kept.is_some_and(|metadata| self.members.is_same(&metadata.members));
        let members = Some(&self.members).filter(|members| !keeps_members && members.is_shared());
        let n_bytes = text_bytes(description.map(|text| &**text), members.unwrap_or(&Members::NONE));
        count_parted(usize::try_from(n_bytes).unwrap_or(usize::MAX));
    }
}

/// The handle of a user's name in a drive.
pub(crate) type UserId = u32;

/// The users who changed something in a drive. They are few, so none is dropped before all items of the drive are.
#[derive(Clone, Debug)]
pub(crate) struct Users {
    names: Arc<Vec<Arc<str>>>,
    ids: Arc<HashMap<Arc<str>, UserId, FixedState>>,
    n_bytes: u64,
}

/// Approximately how many bytes a user takes besides the name: a pointer to it in each table, its counters, spare
/// capacity.
const USER_BYTES: u64 = 96;

impl Users {
    /// Creates a table in which [`ME`] has handle 0.
    pub(crate) fn new() -> Users {
        let mut users = Users { names: Arc::default(), ids: Arc::default(), n_bytes: 0 };
        users.intern(ME);
        Users { n_bytes: 0, ..users }
    }

    /// Returns approximately how many bytes all users except [`ME`] take.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Returns the handle of a user.
    pub(crate) fn intern(&mut self, name: &str) -> UserId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let (id, name) = (self.names.len() as UserId, Arc::<str>::from(name));
        self.n_bytes += name.len() as u64 + USER_BYTES;
        make_mut_counted(&mut self.names, |names| names.len() * 16).push(Arc::clone(&name));
        make_mut_counted(&mut self.ids, |ids| ids.len() * 32).insert(name, id);
        id
    }

    /// Returns the name of a user.
    pub(crate) fn name(&self, id: UserId) -> Arc<str> {
        self.names.get(id as usize).cloned().unwrap_or_else(|| Arc::from(ME))
    }
}
