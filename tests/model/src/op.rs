//! Defines the operations on a simulator as data: one vocabulary for histories, the model, drivesim and the tests of
//! threads.
//!
//! An [`Op`] is the same whatever names its items: its [`Terms`] say how. A history draws ops in the terms [`Selected`],
//! before any item exists; the model applies ops in the terms [`Resolved`](crate::model::Resolved); [`play`] performs
//! ops in the terms [`Live`] on a simulator. [`Op::translate`] replaces the terms and keeps everything else.

mod name;
mod play;
mod print;
mod selected;
mod translate;

use std::fmt::Debug;
use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::feed::ChangeToken;
use drivesim::{Conflict, CopyOptions};

pub use play::{Live, LiveLock, Value, play};
pub use selected::{
    AddressBy, HistoryOp, Indirect, ItemSelector, JobFault, Selected, Selector, Service, Tag,
};
pub use translate::Translate;

/// How ops name what they work on.
pub trait Terms: Clone + Debug {
    /// An item.
    type Item: Clone + Debug;
    /// A drive.
    type Drive: Clone + Debug;
    /// A job.
    type Job: Clone + Debug;
    /// A lock.
    type Lock: Clone + Debug;
    /// The size of a quota.
    type Size: Clone + Debug;
    /// The rules of a new drive.
    type Rules: Clone + Debug;
    /// Ops that only these terms have.
    type Extra: Clone + Debug;
}

/// The properties of an item to change; the default changes nothing.
#[derive(Clone, Debug)]
pub struct ItemUpdate<I> {
    /// Its name.
    pub name: Option<String>,
    /// Its folder.
    pub target: Option<I>,
    /// What to do if the name is taken there.
    pub conflict: Conflict,
    /// Its description.
    pub text: Option<String>,
    /// Its times, in nanoseconds since the start: created, modified, created and modified by the client.
    pub times: [Option<i128>; 4],
}

impl<I> Default for ItemUpdate<I> {
    fn default() -> ItemUpdate<I> {
        ItemUpdate { name: None, target: None, conflict: Conflict::Fail, text: None, times: [None; 4] }
    }
}

/// An operation on a simulator.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are named as the verbs of a simulator and their arguments")]
pub enum Op<T: Terms> {
    CreateFolder { parent: T::Item, name: String, conflict: Conflict },
    CreateFile { parent: T::Item, name: String, text: String, conflict: Conflict },
    CreateSized { parent: T::Item, name: String, size: u64 },
    Write { file: T::Item, text: String },
    Rename { item: T::Item, name: String },
    Move { item: T::Item, target: T::Item, name: Option<String>, conflict: Conflict },
    Update { item: T::Item, update: ItemUpdate<T::Item> },
    SetTimes { item: T::Item, times: [Option<i128>; 4] },
    SetDescription { item: T::Item, text: String },
    RestoreVersion { file: T::Item, number: u32 },
    DeleteVersion { file: T::Item, number: u32 },
    Delete { item: T::Item },
    DeletePermanently { item: T::Item },
    RestoreItem { item: T::Item, folder: Option<T::Item>, name: Option<String>, conflict: Conflict },
    Purge { item: T::Item },
    PurgeAll { drive: T::Drive },
    SetAccess { item: T::Item, access: Option<Access> },
    SetQuota { drive: T::Drive, total: Option<T::Size> },
    Lock { item: T::Item, scope: LockScope },
    Unlock { lock: T::Lock },
    Copy { source: T::Item, target: T::Item, options: CopyOptions },
    Poll { job: T::Job },
    Step { job: T::Job, n_items: usize },
    Advance { by: Duration },
    StepClock,
    RunUntilIdle,
    AddDrive { name: String, rules: T::Rules },
    RemoveDrive { name: String },
    ReadItem { item: T::Item },
    ReadTags { item: T::Item },
    List { folder: T::Item },
    ListAll { drive: T::Drive },
    Search { folder: T::Item, text: String },
    ReadVersions { file: T::Item },
    ReadBin { drive: T::Drive },
    ReadChanges { drive: T::Drive, since: Option<ChangeToken>, limit: usize },
    Extra(T::Extra),
}
