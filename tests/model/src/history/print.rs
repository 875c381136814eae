//! Prints verbs, one per line.

use std::fmt;

use drivesim::Conflict;

use super::{AddressBy, ItemSelector, Selector, Tag, Verb};
use crate::model::CopyWish;

impl fmt::Debug for ItemSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ItemSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.want {
            Selector::Any => "item",
            Selector::Folder => "folder",
            Selector::File => "file",
            Selector::Child => "child",
            Selector::OfJob => "item of a job",
            Selector::FolderOfJob => "folder of a job",
            Selector::Written => "rewritten file",
            Selector::Renamed => "renamed file",
            Selector::Binned => "deleted item",
            Selector::Limited => "item with access",
        };
        let by = match self.by {
            AddressBy::Path => "",
            AddressBy::Id => " by id",
            AddressBy::Stale => " by a stale id",
            AddressBy::Missing => " by a missing path",
            AddressBy::NoPath => " by an invalid path",
        };
        let tag = match self.tag {
            Tag::None => "",
            Tag::RightETag => " if its etag",
            Tag::RightCTag => " if its ctag",
            Tag::WrongETag => " if a wrong etag",
            Tag::WrongCTag => " if a wrong ctag",
        };
        write!(f, "{what} {} of drive {}{by}{tag}", self.pick, self.drive)
    }
}

/// The conflict behavior, with its preposition.
struct OnConflict(Conflict);

impl fmt::Display for OnConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Conflict::Fail => Ok(()),
            other => write!(f, ", {other} on conflict"),
        }
    }
}

/// An optional argument of a verb, with the word before it.
struct Optional<T>(&'static str, Option<T>);

impl<T: fmt::Debug> fmt::Display for Optional<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Optional(word, value) = self;
        value.as_ref().map_or(Ok(()), |value| write!(f, " {word} {value:?}"))
    }
}

/// The times that a verb sets, in seconds.
struct Times([Option<i64>; 4]);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["created", "modified", "content-created", "content-modified"];
        names.into_iter().zip(self.0).try_for_each(|(name, time)| write!(f, "{}", Optional(name, time)))
    }
}

struct PrintedOptions<'a>(&'a CopyWish);

impl fmt::Display for PrintedOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CopyWish { name, conflict, children_only, versions, pace, visibility, leftovers } = self.0;
        let (name, visible, left) =
            (Optional("as", name.as_ref()), Optional("seen", *visibility), Optional("leftovers", *leftovers));
        let whole = if *children_only { " without itself" } else { "" };
        write!(f, "{whole}{name}{}, versions {versions:?}, pace {pace}{visible}{left}", OnConflict(*conflict))
    }
}

impl fmt::Debug for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verb::As { user: 0, verb } => verb.fmt(f),
            Verb::As { user, verb } => write!(f, "user {user}: {verb}"),
            Verb::CreateFolder { parent, name, conflict } => {
                write!(f, "create folder {name:?} in {parent}{}", OnConflict(*conflict))
            }
            Verb::CreateFile { parent, name, text, conflict } => {
                write!(f, "create file {name:?} = {text:?} in {parent}{}", OnConflict(*conflict))
            }
            Verb::CreateSized { parent, name, size } => {
                write!(f, "create file {name:?} = {size} B in {parent}")
            }
            Verb::Write { file, new_name, text } => {
                write!(f, "write {text:?} to {file}{}", Optional("or in it to", new_name.as_ref()))
            }
            Verb::Rename { item, name } => write!(f, "rename {item} to {name:?}"),
            Verb::Move { item, target, name, conflict } => {
                write!(f, "move {item} to {target}{}{}", Optional("as", name.as_ref()), OnConflict(*conflict))
            }
            Verb::Update { item, target, name, conflict, text, times } => {
                let (name, text) = (Optional("name", name.as_ref()), Optional("text", text.as_ref()));
                let target = Optional("folder", target.as_ref());
                write!(f, "update {item}:{target}{name}{text}{}{}", Times(*times), OnConflict(*conflict))
            }
            Verb::SetTimes { item, times } => write!(f, "set times of {item}:{}", Times(*times)),
            Verb::SetDescription { item, text } => write!(f, "describe {item} as {text:?}"),
            _ => self.fmt_rest(f),
        }
    }
}

impl Verb {
    fn fmt_rest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verb::RestoreVersion { file, number } => write!(f, "restore version {number} of {file}"),
            Verb::DeleteVersion { file, number } => write!(f, "delete version {number} of {file}"),
            Verb::Delete { item } => write!(f, "delete {item}"),
            Verb::DeletePermanently { item } => write!(f, "delete {item} permanently"),
            Verb::RestoreItem { item, folder, name, conflict } => {
                let (folder, name) = (Optional("to", folder.as_ref()), Optional("as", name.as_ref()));
                write!(f, "restore {item}{folder}{name}{}", OnConflict(*conflict))
            }
            Verb::RestoreOver { item, pick, conflict } => {
                write!(f, "restore {item} as its neighbour {pick}{}", OnConflict(*conflict))
            }
            Verb::Purge { item } => write!(f, "purge {item}"),
            Verb::PurgeAll { drive } => write!(f, "purge all of drive {drive}"),
            Verb::SetAccess { item, access: Some(access) } => write!(f, "set access of {item} to {access}"),
            Verb::SetAccess { item, access: None } => write!(f, "unset access of {item}"),
            Verb::SetQuota { drive, more: Some(more) } => {
                write!(f, "set quota of drive {drive} to used + {more} B")
            }
            Verb::SetQuota { drive, more: None } => write!(f, "unset quota of drive {drive}"),
            Verb::Lock { item, scope } => write!(f, "lock {item}, {scope:?}"),
            Verb::Unlock { lock } => write!(f, "unlock lock {lock}"),
            Verb::Copy { source, target, wish } => {
                write!(f, "copy {source} to {target}{}", PrintedOptions(wish))
            }
            Verb::Poll { job } => write!(f, "poll job {job}"),
            Verb::Step { job, n_items } => write!(f, "step job {job} by {n_items} items"),
            Verb::InjectFault { job, how } => write!(f, "inject fault into job {job}: {how:?}"),
            Verb::Advance { by } => write!(f, "advance by {by:?}"),
            Verb::AddDrive { service } => write!(f, "add a drive, {}", service.name()),
            Verb::RemoveDrive => write!(f, "remove the drive that was added"),
            _ => write!(f, "run until idle"),
        }
    }
}
