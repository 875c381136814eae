//! The only place for locks on items: what is locked, and what a lock refuses.

use std::fmt;

use crate::cow_map::CowMap;
use crate::item::ItemId;

/// How far a lock reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum LockScope {
    /// The item alone.
    Item,
    /// The item and all below it.
    Tree,
}

/// Names a lock of a drive until it is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct LockId(u64);

impl fmt::Display for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {}", self.0)
    }
}

/// Something that a lock may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Deed {
    /// Giving a file another content, restoring or deleting one of its versions, changing times or description.
    Write,
    /// Renaming or moving it, or moving something into it.
    Move,
    /// Deleting it.
    Delete,
    /// Copying it, or a file that is in it.
    CopyFrom,
    /// Copying something into it.
    CopyTo,
    /// Restoring something into it from the bin.
    Restore,
    /// Making something new in it.
    Create,
}

/// What a lock refuses; everything else goes on as without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct LockRules {
    /// Refuses [`Deed::Write`].
    pub write: bool,
    /// Refuses [`Deed::Move`].
    pub moving: bool,
    /// Refuses [`Deed::Delete`].
    pub delete: bool,
    /// Refuses [`Deed::CopyFrom`].
    pub copy_from: bool,
    /// Refuses [`Deed::CopyTo`].
    pub copy_to: bool,
    /// Refuses [`Deed::Restore`].
    pub restore: bool,
    /// Refuses [`Deed::Create`].
    pub create: bool,
}

impl LockRules {
    /// Refuses every change; what is locked may be read and copied.
    pub const ALL_CHANGES: LockRules = LockRules {
        write: true,
        moving: true,
        delete: true,
        copy_from: false,
        copy_to: true,
        restore: true,
        create: true,
    };

    /// Returns whether a lock refuses this.
    pub fn refuse(&self, deed: Deed) -> bool {
        match deed {
            Deed::Write => self.write,
            Deed::Move => self.moving,
            Deed::Delete => self.delete,
            Deed::CopyFrom => self.copy_from,
            Deed::CopyTo => self.copy_to,
            Deed::Restore => self.restore,
            Deed::Create => self.create,
        }
    }
}

/// The locks of a drive. An item may have several; each is released by itself. A clone shares them until one side
/// changes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locks {
    by_id: CowMap<LockId, (ItemId, LockScope)>,
    n_made: u64,
}

impl Locks {
    /// Makes no locks; the first gets this number.
    pub(crate) fn numbered_from(first: u64) -> Locks {
        Locks { by_id: CowMap::default(), n_made: first.saturating_sub(1) }
    }

    pub(crate) fn add(&mut self, item: ItemId, scope: LockScope) -> LockId {
        self.n_made += 1;
        let id = LockId(self.n_made);
        self.by_id.insert(id, (item, scope));
        id
    }

    /// Gives a lock back; says whether there was one.
    pub(crate) fn remove(&mut self, id: LockId) -> bool {
        self.by_id.remove(&id).is_some()
    }

    /// Returns what is locked, oldest lock first, but for the locks in `own`.
    pub(crate) fn all_but<'a>(&'a self, own: &'a [LockId]) -> impl Iterator<Item = (ItemId, LockScope)> + 'a {
        self.by_id.iter().filter(|(id, _)| !own.contains(id)).map(|(_, lock)| *lock)
    }

    /// Forgets the locks of items that are gone.
    pub(crate) fn retain(&mut self, is_there: impl Fn(ItemId) -> bool) {
        self.by_id.retain(|_, (item, _)| is_there(*item));
    }
}
