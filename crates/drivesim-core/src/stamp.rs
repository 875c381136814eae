//! The only place for what items made by one verb share: when, by whom, how often changed since.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use crate::act::ME;
use crate::members::Members;
use crate::traffic::own;

/// Times, users, tags, description and members of an item.
///
/// Items made by one verb share one, so that a copy needs one for all its items; an item that is changed by
/// itself gets its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
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

/// The stamp of what has none, which no item does.
pub(crate) static NO_STAMP: Stamp = Stamp::new(Timestamp::UNIX_EPOCH, 0);

impl Stamp {
    /// Returns the stamp of something made just now.
    pub(crate) const fn new(at: Timestamp, by: UserId) -> Stamp {
        Stamp {
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

    /// Notes a change of the item itself.
    pub(crate) fn change(&mut self, at: Timestamp, by: UserId) {
        (self.modified_at, self.modified_by) = (at, by);
        self.etag = self.etag.wrapping_add(1);
    }

    /// Notes a change of what is in the item.
    pub(crate) fn change_content(&mut self) {
        self.ctag = self.ctag.wrapping_add(1);
    }
}

/// The handle of a user's name in a drive.
pub(crate) type UserId = u32;

/// The users who did something in a drive. They are few, so none is ever forgotten.
#[derive(Clone, Debug)]
pub(crate) struct Users {
    names: Arc<Vec<Arc<str>>>,
    ids: Arc<HashMap<Arc<str>, UserId, FixedState>>,
}

impl Users {
    /// Makes a table in which [`ME`] has handle 0.
    pub(crate) fn new() -> Users {
        let mut users = Users { names: Arc::default(), ids: Arc::default() };
        users.intern(ME);
        users
    }

    /// Returns the handle of a user.
    pub(crate) fn intern(&mut self, name: &str) -> UserId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let (id, name) = (self.names.len() as UserId, Arc::from(name));
        own(&mut self.names, |names| names.len() * 16).push(Arc::clone(&name));
        own(&mut self.ids, |ids| ids.len() * 32).insert(name, id);
        id
    }

    /// Returns the name of a user.
    pub(crate) fn name(&self, id: UserId) -> Arc<str> {
        self.names.get(id as usize).cloned().unwrap_or_else(|| Arc::from(ME))
    }
}
