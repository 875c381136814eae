//! The only place for what the promises are told over: a drive, whoever keeps it, and how a copy on it ended.

use std::any::Any;
use std::panic::resume_unwind;
use std::time::Duration;

use drivesim::{Access, Conflict, CopyOptions, LockScope, Profile, Times, Timestamp};

use super::seen::{Binned, Facts, Feed, Id, Seen, SeenVersion, Tag};

/// A short word for why something was refused, that of [`drivesim::Error::code`]: `itemNotFound`,
/// `nameAlreadyExists`, `invalidRequest`, ...
pub type Code = String;

/// How a copy ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The call was refused; there was no job.
    Refused(Code),
    /// The call was accepted and its job failed.
    Failed(Code),
    /// The job completed, with the path of the new item; for a copy of children only, of the target.
    Completed(String),
}

/// A drive that is held to the promises: an adapter to whatever keeps it.
///
/// Items are named by path (`/Docs/a.txt`), those of another drive by its name and a path there (`team:/Docs`); those in
/// the bin, which have no path, by id. What has a body here is optional: an adapter that cannot do it leaves it
/// out, and promises that need it are skipped. A wrapper that cannot refuse with a [`Code`] must translate.
pub trait Subject: Sized {
    /// Returns whether there are drives of this profile; what is promised of others alone is skipped.
    fn offers(_profile: &Profile) -> bool {
        true
    }

    /// Makes a drive of a profile that holds what the outline says.
    fn new(profile: &Profile, outline: &str) -> Self;

    /// Returns the drive as an outline; how names are quoted and siblings ordered does not matter.
    fn outline(&self) -> String;

    /// Copies an item into the folder `target` and sees the job to its end. The pace is the adapter's business.
    /// Copies of other versions than the current ones are asked only of a subject that offers [`Subject::versions`].
    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended;

    /// Lists the names in a folder, in the order in which the subject lists them.
    ///
    /// # Errors
    /// Why it was refused.
    fn names(&self, _folder: &str) -> Result<Vec<String>, Code> {
        lacking("names")
    }

    /// Looks at an item.
    ///
    /// # Errors
    /// Why it was refused.
    fn item(&self, _path: &str) -> Result<Seen, Code> {
        lacking("item")
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Why it was refused.
    fn read(&self, _path: &str) -> Result<Vec<u8>, Code> {
        lacking("read")
    }

    /// Makes a folder; a taken name is refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn create_folder(&mut self, _parent: &str, _name: &str) -> Result<(), Code> {
        lacking("create_folder")
    }

    /// Makes a file; a taken name is refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn create_file(&mut self, _parent: &str, _name: &str, _text: &str) -> Result<(), Code> {
        lacking("create_file")
    }

    /// Gives a file other bytes, or makes it.
    ///
    /// # Errors
    /// Why it was refused.
    fn write(&mut self, _path: &str, _text: &str) -> Result<(), Code> {
        lacking("write")
    }

    /// Gives an item another name.
    ///
    /// # Errors
    /// Why it was refused.
    fn rename(&mut self, _path: &str, _name: &str) -> Result<(), Code> {
        lacking("rename")
    }

    /// Moves an item into the folder `target`, under another name if one is given; a taken name is refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn move_to(&mut self, _path: &str, _target: &str, _name: Option<&str>) -> Result<(), Code> {
        lacking("move_to")
    }

    /// Deletes an item and all below it.
    ///
    /// # Errors
    /// Why it was refused.
    fn delete(&mut self, _path: &str) -> Result<(), Code> {
        lacking("delete")
    }

    /// Deletes an item and all below it for good.
    ///
    /// # Errors
    /// Why it was refused.
    fn delete_permanently(&mut self, _path: &str) -> Result<(), Code> {
        lacking("delete_permanently")
    }

    /// Returns the time of day.
    fn now(&self) -> Timestamp {
        lacking("now")
    }

    /// Lets time pass.
    fn pass(&mut self, _time: Duration) {
        lacking("pass")
    }

    /// Lets another user make the calls from now on; it is `me` before.
    fn act_as(&mut self, _user: &str) {
        lacking("act_as")
    }

    /// Lets the next call that changes or copies something be refused unless the first item that it names has this tag.
    fn if_match(&mut self, _tag: Tag) {
        lacking("if_match")
    }

    /// Looks at what is known of an item beside its name and what it holds.
    ///
    /// # Errors
    /// Why it was refused.
    fn facts(&self, _path: &str) -> Result<Facts, Code> {
        lacking("facts")
    }

    /// Sets times of an item.
    ///
    /// # Errors
    /// Why it was refused.
    fn set_times(&mut self, _path: &str, _times: Times) -> Result<(), Code> {
        lacking("set_times")
    }

    /// Returns what an item is about; an empty text takes that away.
    ///
    /// # Errors
    /// Why it was refused.
    fn set_description(&mut self, _path: &str, _text: &str) -> Result<(), Code> {
        lacking("set_description")
    }

    /// Changes what is given of an item in one step: its name, the folder it is in, its description, its times. A
    /// taken name is refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn update(
        &mut self,
        _path: &str,
        _name: Option<&str>,
        _target: Option<&str>,
        _description: Option<&str>,
        _times: Times,
    ) -> Result<(), Code> {
        lacking("update")
    }

    /// Lists the versions of a file, latest first.
    ///
    /// # Errors
    /// Why it was refused.
    fn versions(&self, _file: &str) -> Result<Vec<SeenVersion>, Code> {
        lacking("versions")
    }

    /// Reads a version of a file.
    ///
    /// # Errors
    /// Why it was refused.
    fn read_version(&self, _file: &str, _number: u32) -> Result<Vec<u8>, Code> {
        lacking("read_version")
    }

    /// Makes a past version the one a file has.
    ///
    /// # Errors
    /// Why it was refused.
    fn restore_version(&mut self, _file: &str, _number: u32) -> Result<(), Code> {
        lacking("restore_version")
    }

    /// Deletes a past version of a file.
    ///
    /// # Errors
    /// Why it was refused.
    fn delete_version(&mut self, _file: &str, _number: u32) -> Result<(), Code> {
        lacking("delete_version")
    }

    /// Returns the id of an item.
    ///
    /// # Errors
    /// Why it was refused.
    fn id(&self, _path: &str) -> Result<Id, Code> {
        lacking("id")
    }

    /// Finds an item by its id and returns its path.
    ///
    /// # Errors
    /// Why it was refused.
    fn path(&self, _id: &Id) -> Result<String, Code> {
        lacking("path")
    }

    /// Lists the bin in the order in which it was filled.
    ///
    /// # Errors
    /// Why it was refused.
    fn bin(&self) -> Result<Vec<Binned>, Code> {
        lacking("bin")
    }

    /// Puts an item of the bin back, into another folder and under another name if given.
    ///
    /// # Errors
    /// Why it was refused.
    fn restore(
        &mut self,
        _id: &Id,
        _folder: Option<&str>,
        _name: Option<&str>,
        _conflict: Conflict,
    ) -> Result<(), Code> {
        lacking("restore")
    }

    /// Deletes an item of the bin for good.
    ///
    /// # Errors
    /// Why it was refused.
    fn purge(&mut self, _id: &Id) -> Result<(), Code> {
        lacking("purge")
    }

    /// Deletes all items of the bin for good.
    ///
    /// # Errors
    /// Why it was refused.
    fn empty_bin(&mut self) -> Result<(), Code> {
        lacking("empty_bin")
    }

    /// Returns the token of this moment: what changes from now on.
    ///
    /// # Errors
    /// Why it was refused.
    fn token(&self) -> Result<String, Code> {
        lacking("token")
    }

    /// Lists at most `limit` of the items that changed since a token; without one all items first.
    ///
    /// # Errors
    /// Why it was refused.
    fn changes(&self, _token: Option<&str>, _limit: usize) -> Result<Feed, Code> {
        lacking("changes")
    }

    /// Keeps the state as it is, for [`Subject::put_back`].
    fn keep_state(&mut self) {
        lacking("keep_state")
    }

    /// Puts the drive back into the state that was kept.
    fn put_back(&mut self) {
        lacking("put_back")
    }

    /// Finds what is below a folder by a part of its name, and returns the paths.
    ///
    /// # Errors
    /// Why it was refused.
    fn search(&self, _folder: &str, _text: &str) -> Result<Vec<String>, Code> {
        lacking("search")
    }

    /// Sets what callers may do with an item and all below it; `None` for what they may do with its folder. Whoever sets it
    /// sees everything.
    ///
    /// # Errors
    /// Why it was refused.
    fn set_access(&mut self, _path: &str, _access: Option<Access>) -> Result<(), Code> {
        lacking("set_access")
    }

    /// Sets how many bytes the drive may hold.
    ///
    /// # Errors
    /// Why it was refused.
    fn set_quota(&mut self, _total: Option<u64>) -> Result<(), Code> {
        lacking("set_quota")
    }

    /// Returns how many bytes count against the quota.
    ///
    /// # Errors
    /// Why it was refused.
    fn used(&self) -> Result<u64, Code> {
        lacking("used")
    }

    /// Locks an item and returns the lock.
    ///
    /// # Errors
    /// Why it was refused.
    fn lock(&mut self, _path: &str, _scope: LockScope) -> Result<Id, Code> {
        lacking("lock")
    }

    /// Gives a lock back.
    ///
    /// # Errors
    /// Why it was refused.
    fn unlock(&mut self, _lock: &Id) -> Result<(), Code> {
        lacking("unlock")
    }

    /// Asks for a copy as [`Subject::copy`] does and returns its job, which stands still until it is told to go on.
    ///
    /// # Errors
    /// Why it was refused.
    fn begin_copy(&mut self, _source: &str, _target: &str, _options: CopyOptions) -> Result<Id, Code> {
        lacking("begin_copy")
    }

    /// Lets a job show so many items more, folders before what is in them.
    ///
    /// # Errors
    /// Why it was refused.
    fn step_copy(&mut self, _job: &Id, _n_items: usize) -> Result<(), Code> {
        lacking("step_copy")
    }

    /// Sees a job to its end.
    fn end_copy(&mut self, _job: &Id) -> Ended {
        lacking("end_copy")
    }

    /// Makes another drive, empty; its items are named as `name:/path`.
    ///
    /// # Errors
    /// Why it was refused.
    fn add_drive(&mut self, _name: &str, _profile: &Profile) -> Result<(), Code> {
        lacking("add_drive")
    }
}

/// What a subject does not offer.
pub(super) struct Lacking(pub(super) &'static str);

/// Leaves the promise: its subject does not offer what it needs. The promise is skipped and says so.
///
/// For adapters that offer a verb and cannot do it with all that it may be given.
pub fn lacking(what: &'static str) -> ! {
    resume_unwind(Box::new(Lacking(what)))
}

/// Returns what a subject lacks, if a panic with this payload came from [`lacking`].
pub(crate) fn lacking_of(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref().map(|Lacking(what)| *what)
}
