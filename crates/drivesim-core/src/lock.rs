//! Defines locks on items: what is locked, and what a lock prevents.

use std::fmt;

use crate::cow_map::CowMap;
use crate::item::ItemId;

/// The scope of a lock.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum LockScope {
    /// The item alone.
    Item,
    /// The item and everything below it.
    Tree,
}

/// Identifies a lock of a drive until it is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct LockId(u64);

impl fmt::Display for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {}", self.0)
    }
}

/// An operation that a lock may prevent.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum LockedOp {
    /// Changing a file's content, restoring or deleting one of its versions, changing times or description.
    Write,
    /// Renaming or moving it, or moving an item into it.
    Move,
    /// Deleting it.
    Delete,
    /// Copying it, or a file in it.
    CopyFrom,
    /// Copying an item into it.
    CopyTo,
    /// Restoring an item into it from the bin.
    Restore,
    /// Creating an item in it.
    Create,
}

/// The operations that a lock prevents; all others work as without the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct LockRules {
    /// Prevents [`LockedOp::Write`].
    pub write: bool,
    /// Prevents [`LockedOp::Move`].
    pub moving: bool,
    /// Prevents [`LockedOp::Delete`].
    pub delete: bool,
    /// Prevents [`LockedOp::CopyFrom`].
    pub copy_from: bool,
    /// Prevents [`LockedOp::CopyTo`].
    pub copy_to: bool,
    /// Prevents [`LockedOp::Restore`].
    pub restore: bool,
    /// Prevents [`LockedOp::Create`].
    pub create: bool,
}

impl LockRules {
    /// Prevents every change; a locked item may be read and copied.
    pub const ALL_CHANGES: LockRules = LockRules {
        write: true,
        moving: true,
        delete: true,
        copy_from: false,
        copy_to: true,
        restore: true,
        create: true,
    };

    /// Returns whether a lock prevents this operation.
    pub fn refuse(&self, operation: LockedOp) -> bool {
        match operation {
            LockedOp::Write => self.write,
            LockedOp::Move => self.moving,
            LockedOp::Delete => self.delete,
            LockedOp::CopyFrom => self.copy_from,
            LockedOp::CopyTo => self.copy_to,
            LockedOp::Restore => self.restore,
            LockedOp::Create => self.create,
        }
    }
}

/// The locks of a drive. An item may have several locks, each released separately. A clone shares the locks until one
/// side changes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locks {
    by_id: CowMap<LockId, (ItemId, LockScope)>,
    n_made: u64,
}

impl Locks {
    /// Creates an empty set of locks; the first lock gets this number.
    pub(crate) fn numbered_from(first: u64) -> Locks {
        Locks { by_id: CowMap::default(), n_made: first.saturating_sub(1) }
    }

    pub(crate) fn add(&mut self, item: ItemId, scope: LockScope) -> LockId {
        self.n_made += 1;
        let id = LockId(self.n_made);
        self.by_id.insert(id, (item, scope));
        id
    }

    /// Releases a lock; returns whether it existed.
    pub(crate) fn remove(&mut self, id: LockId) -> bool {
        self.by_id.remove(&id).is_some()
    }

    /// Returns the locked items, oldest lock first, without the locks in `own`.
    pub(crate) fn except<'a>(&'a self, own: &'a [LockId]) -> impl Iterator<Item = (ItemId, LockScope)> + 'a {
        self.by_id.iter().filter(|(id, _)| !own.contains(id)).map(|(_, lock)| *lock)
    }

    /// Drops the locks of removed items.
    pub(crate) fn retain(&mut self, exists: impl Fn(ItemId) -> bool) {
        self.by_id.retain(|_, (item, _)| exists(*item));
    }
}
