//! Defines the interface that promises are tested through: a drive behind an adapter, and the results of its copies.

use std::any::Any;
use std::panic::resume_unwind;
use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::item::{Times, Timestamp};
use drivesim::{Conflict, CopyOptions, Profile};

use super::views::{Binned, Code, Facts, Feed, Id, Seen, SeenVersion, Tag};

/// How a copy ended.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The call failed; no job was created.
    Refused(Code),
    /// The call succeeded, and its job failed.
    Failed(Code),
    /// The job completed, with the path of the new item; for a copy of children only, of the target.
    Completed(String),
}

/// A drive that the promises are tested on: an adapter to the code under test.
///
/// Items are named by path (`/Docs/a.txt`), those of another drive by its name and a path there (`team:/Docs`); those
/// in the bin have no path and are named by id. A method that has a body here is optional: if an adapter leaves it out,
/// the promises that need it are skipped. A wrapper that cannot fail with a [`Code`] must translate its errors.
pub trait Subject: Sized {
    /// Returns whether the subject has drives of this profile. Promises about other profiles only are skipped.
    fn offers(_profile: &Profile) -> bool {
        true
    }

    /// Creates a drive of a profile with the content of the outline.
    fn new(profile: &Profile, outline: &str) -> Self;

    /// Returns the drive as an outline. The quoting of names and the order of siblings do not matter.
    fn outline(&self) -> String;

    /// Copies an item into the folder `target` and runs the job to its end, at any pace. Copies of past versions are
    /// requested only from a subject that supports [`Subject::versions`].
    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended;

    /// Lists the names in a folder, in the order of the subject.
    ///
    /// # Errors
    /// The code of the failure.
    fn names(&self, _folder: &str) -> Result<Vec<String>, Code> {
        unsupported("names")
    }

    /// Returns an item.
    ///
    /// # Errors
    /// The code of the failure.
    fn item(&self, _path: &str) -> Result<Seen, Code> {
        unsupported("item")
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The code of the failure.
    fn read(&self, _path: &str) -> Result<Vec<u8>, Code> {
        unsupported("read")
    }

    /// Creates a folder. Fails if the name is taken.
    ///
    /// # Errors
    /// The code of the failure.
    fn create_folder(&mut self, _parent: &str, _name: &str) -> Result<(), Code> {
        unsupported("create_folder")
    }

    /// Creates a file. Fails if the name is taken.
    ///
    /// # Errors
    /// The code of the failure.
    fn create_file(&mut self, _parent: &str, _name: &str, _text: &str) -> Result<(), Code> {
        unsupported("create_file")
    }

    /// Replaces the content of a file, or creates the file.
    ///
    /// # Errors
    /// The code of the failure.
    fn write(&mut self, _path: &str, _text: &str) -> Result<(), Code> {
        unsupported("write")
    }

    /// Renames an item.
    ///
    /// # Errors
    /// The code of the failure.
    fn rename(&mut self, _path: &str, _name: &str) -> Result<(), Code> {
        unsupported("rename")
    }

    /// Moves an item into the folder `target`, under another name if one is given. Fails if the name is taken.
    ///
    /// # Errors
    /// The code of the failure.
    fn move_to(&mut self, _path: &str, _target: &str, _name: Option<&str>) -> Result<(), Code> {
        unsupported("move_to")
    }

    /// Deletes an item and everything below it.
    ///
    /// # Errors
    /// The code of the failure.
    fn delete(&mut self, _path: &str) -> Result<(), Code> {
        unsupported("delete")
    }

    /// Deletes an item and everything below it for good.
    ///
    /// # Errors
    /// The code of the failure.
    fn delete_permanently(&mut self, _path: &str) -> Result<(), Code> {
        unsupported("delete_permanently")
    }

    /// Returns the current time.
    fn now(&self) -> Timestamp {
        unsupported("now")
    }

    /// Advances the clock.
    fn pass(&mut self, _time: Duration) {
        unsupported("pass")
    }

    /// Makes all later calls as another user. The first user is `me`.
    fn act_as(&mut self, _user: &str) {
        unsupported("act_as")
    }

    /// Makes the next call that changes or copies something fail unless the first item that it names has this tag.
    fn if_match(&mut self, _tag: Tag) {
        unsupported("if_match")
    }

    /// Returns the metadata of an item.
    ///
    /// # Errors
    /// The code of the failure.
    fn facts(&self, _path: &str) -> Result<Facts, Code> {
        unsupported("facts")
    }

    /// Sets times of an item.
    ///
    /// # Errors
    /// The code of the failure.
    fn set_times(&mut self, _path: &str, _times: Times) -> Result<(), Code> {
        unsupported("set_times")
    }

    /// Sets the description of an item; an empty text removes it.
    ///
    /// # Errors
    /// The code of the failure.
    fn set_description(&mut self, _path: &str, _text: &str) -> Result<(), Code> {
        unsupported("set_description")
    }

    /// Changes the given properties of an item in one step: its name, its folder, its description, its times. Fails if
    /// the name is taken.
    ///
    /// # Errors
    /// The code of the failure.
    fn update(
        &mut self,
        _path: &str,
        _name: Option<&str>,
        _target: Option<&str>,
        _description: Option<&str>,
        _times: Times,
    ) -> Result<(), Code> {
        unsupported("update")
    }

    /// Lists the versions of a file, latest first.
    ///
    /// # Errors
    /// The code of the failure.
    fn versions(&self, _file: &str) -> Result<Vec<SeenVersion>, Code> {
        unsupported("versions")
    }

    /// Reads a version of a file.
    ///
    /// # Errors
    /// The code of the failure.
    fn read_version(&self, _file: &str, _number: u32) -> Result<Vec<u8>, Code> {
        unsupported("read_version")
    }

    /// Makes a past version the current one.
    ///
    /// # Errors
    /// The code of the failure.
    fn restore_version(&mut self, _file: &str, _number: u32) -> Result<(), Code> {
        unsupported("restore_version")
    }

    /// Deletes a past version of a file.
    ///
    /// # Errors
    /// The code of the failure.
    fn delete_version(&mut self, _file: &str, _number: u32) -> Result<(), Code> {
        unsupported("delete_version")
    }

    /// Returns the id of an item.
    ///
    /// # Errors
    /// The code of the failure.
    fn id(&self, _path: &str) -> Result<Id, Code> {
        unsupported("id")
    }

    /// Finds an item by its id and returns its path.
    ///
    /// # Errors
    /// The code of the failure.
    fn path(&self, _id: &Id) -> Result<String, Code> {
        unsupported("path")
    }

    /// Lists the bin in the order in which it was filled.
    ///
    /// # Errors
    /// The code of the failure.
    fn bin(&self) -> Result<Vec<Binned>, Code> {
        unsupported("bin")
    }

    /// Restores an item from the bin, to another folder and under another name if given.
    ///
    /// # Errors
    /// The code of the failure.
    fn restore(
        &mut self,
        _id: &Id,
        _folder: Option<&str>,
        _name: Option<&str>,
        _conflict: Conflict,
    ) -> Result<(), Code> {
        unsupported("restore")
    }

    /// Purges an item of the bin.
    ///
    /// # Errors
    /// The code of the failure.
    fn purge(&mut self, _id: &Id) -> Result<(), Code> {
        unsupported("purge")
    }

    /// Purges all items of the bin.
    ///
    /// # Errors
    /// The code of the failure.
    fn empty_bin(&mut self) -> Result<(), Code> {
        unsupported("empty_bin")
    }

    /// Returns a token for the changes from now on.
    ///
    /// # Errors
    /// The code of the failure.
    fn token(&self) -> Result<String, Code> {
        unsupported("token")
    }

    /// Lists at most `limit` of the items that changed since a token. Without a token, lists all items first.
    ///
    /// # Errors
    /// The code of the failure.
    fn changes(&self, _token: Option<&str>, _limit: usize) -> Result<Feed, Code> {
        unsupported("changes")
    }

    /// Keeps the current state for [`Subject::put_back`].
    fn keep_state(&mut self) {
        unsupported("keep_state")
    }

    /// Restores the state that was kept.
    fn put_back(&mut self) {
        unsupported("put_back")
    }

    /// Finds the items below a folder whose name contains a text, and returns their paths.
    ///
    /// # Errors
    /// The code of the failure.
    fn search(&self, _folder: &str, _text: &str) -> Result<Vec<String>, Code> {
        unsupported("search")
    }

    /// Sets the access level of callers to an item and everything below it; with `None` the level is that of its
    /// folder. The caller who sets it still sees everything.
    ///
    /// # Errors
    /// The code of the failure.
    fn set_access(&mut self, _path: &str, _access: Option<Access>) -> Result<(), Code> {
        unsupported("set_access")
    }

    /// Sets how many bytes the drive may hold.
    ///
    /// # Errors
    /// The code of the failure.
    fn set_quota(&mut self, _total: Option<u64>) -> Result<(), Code> {
        unsupported("set_quota")
    }

    /// Returns how many bytes count against the quota.
    ///
    /// # Errors
    /// The code of the failure.
    fn used(&self) -> Result<u64, Code> {
        unsupported("used")
    }

    /// Locks an item and returns the lock.
    ///
    /// # Errors
    /// The code of the failure.
    fn lock(&mut self, _path: &str, _scope: LockScope) -> Result<Id, Code> {
        unsupported("lock")
    }

    /// Releases a lock.
    ///
    /// # Errors
    /// The code of the failure.
    fn unlock(&mut self, _lock: &Id) -> Result<(), Code> {
        unsupported("unlock")
    }

    /// Starts a copy like [`Subject::copy`] and returns its job, which is held until it is stepped.
    ///
    /// # Errors
    /// The code of the failure.
    fn begin_copy(&mut self, _source: &str, _target: &str, _options: CopyOptions) -> Result<Id, Code> {
        unsupported("begin_copy")
    }

    /// Makes up to `n_items` more items of a job visible, folders before their children.
    ///
    /// # Errors
    /// The code of the failure.
    fn step_copy(&mut self, _job: &Id, _n_items: usize) -> Result<(), Code> {
        unsupported("step_copy")
    }

    /// Runs a job to its end.
    fn end_copy(&mut self, _job: &Id) -> Ended {
        unsupported("end_copy")
    }

    /// Adds an empty drive; its items are named `name:/path`.
    ///
    /// # Errors
    /// The code of the failure.
    fn add_drive(&mut self, _name: &str, _profile: &Profile) -> Result<(), Code> {
        unsupported("add_drive")
    }
}

/// A feature that a subject does not support.
pub(super) struct UnsupportedFeature(pub(super) &'static str);

/// Skips the promise, with a message: its subject does not support what it needs.
///
/// For adapters that support a verb, but not all of its arguments.
pub fn unsupported(what: &'static str) -> ! {
    resume_unwind(Box::new(UnsupportedFeature(what)))
}

/// Returns the missing feature, if a panic with this payload came from [`unsupported`].
pub(crate) fn unsupported_feature(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref().map(|UnsupportedFeature(what)| *what)
}
