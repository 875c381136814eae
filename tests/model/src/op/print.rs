//! Prints operations of a history, one per line.

use std::fmt;

use drivesim::{Conflict, CopyOptions, Pace};

use super::{AddressBy, HistoryOp, Indirect, ItemSelector, ItemUpdate, Op, Selected, Selector, Tag};

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
        let child = Optional("or in it to", self.child.as_ref());
        write!(f, "{what} {} of drive {}{by}{tag}{child}", self.pick, self.drive)
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

/// An optional argument of an op, with the word before it.
struct Optional<T>(&'static str, Option<T>);

impl<T: fmt::Debug> fmt::Display for Optional<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Optional(word, value) = self;
        value.as_ref().map_or(Ok(()), |value| write!(f, " {word} {value:?}"))
    }
}

/// The times that an op sets, printed in seconds.
struct PrintedTimes([Option<i128>; 4]);

impl fmt::Display for PrintedTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["created", "modified", "content-created", "content-modified"];
        names.into_iter().zip(self.0).try_for_each(|(name, time)| {
            let seconds = time.map(|nanos| nanos / 1_000_000_000);
            write!(f, "{}", Optional(name, seconds))
        })
    }
}

struct PrintedOptions<'a>(&'a CopyOptions);

impl fmt::Display for PrintedOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CopyOptions { name, conflict, children_only, versions, visibility, on_failure, .. } = self.0;
        let pace = self.0.pace.unwrap_or(Pace::Instant);
        let (name, visible, left) = (
            Optional("as", name.as_ref()),
            Optional("seen", *visibility),
            Optional("leftovers", *on_failure),
        );
        let whole = if *children_only { " without itself" } else { "" };
        write!(f, "{whole}{name}{}, versions {versions:?}, pace {pace}{visible}{left}", OnConflict(*conflict))
    }
}

impl fmt::Debug for HistoryOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for HistoryOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.user {
            0 => write!(f, "{}", self.op),
            user => write!(f, "user {user}: {}", self.op),
        }
    }
}

impl fmt::Display for Op<Selected> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::CreateFolder { parent, name, conflict } => {
                write!(f, "create folder {name:?} in {parent}{}", OnConflict(*conflict))
            }
            Op::CreateFile { parent, name, text, conflict } => {
                write!(f, "create file {name:?} = {text:?} in {parent}{}", OnConflict(*conflict))
            }
            Op::CreateSized { parent, name, size } => {
                write!(f, "create file {name:?} = {size} B in {parent}")
            }
            Op::Write { file, text } => {
                write!(f, "write {text:?} to {file}")
            }
            Op::Rename { item, name } => write!(f, "rename {item} to {name:?}"),
            Op::Move { item, target, name, conflict } => {
                write!(f, "move {item} to {target}{}{}", Optional("as", name.as_ref()), OnConflict(*conflict))
            }
            Op::Update { item, update: ItemUpdate { target, name, conflict, text, times } } => {
                let (name, text) = (Optional("name", name.as_ref()), Optional("text", text.as_ref()));
                let target = Optional("folder", target.as_ref());
                write!(
                    f,
                    "update {item}:{target}{name}{text}{}{}",
                    PrintedTimes(*times),
                    OnConflict(*conflict)
                )
            }
            Op::SetTimes { item, times } => write!(f, "set times of {item}:{}", PrintedTimes(*times)),
            Op::SetDescription { item, text } => write!(f, "describe {item} as {text:?}"),
            _ => self.fmt_rest(f),
        }
    }
}

impl Op<Selected> {
    fn fmt_rest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::RestoreVersion { file, number } => write!(f, "restore version {number} of {file}"),
            Op::DeleteVersion { file, number } => write!(f, "delete version {number} of {file}"),
            Op::Delete { item } => write!(f, "delete {item}"),
            Op::DeletePermanently { item } => write!(f, "delete {item} permanently"),
            Op::RestoreItem { item, folder, name, conflict } => {
                let (folder, name) = (Optional("to", folder.as_ref()), Optional("as", name.as_ref()));
                write!(f, "restore {item}{folder}{name}{}", OnConflict(*conflict))
            }
            Op::Extra(Indirect::RestoreOver { item, pick, conflict }) => {
                write!(f, "restore {item} as its neighbour {pick}{}", OnConflict(*conflict))
            }
            Op::Purge { item } => write!(f, "purge {item}"),
            Op::PurgeAll { drive } => write!(f, "purge all of drive {drive}"),
            Op::SetAccess { item, access: Some(access) } => write!(f, "set access of {item} to {access}"),
            Op::SetAccess { item, access: None } => write!(f, "unset access of {item}"),
            Op::SetQuota { drive, total: Some(more) } => {
                write!(f, "set quota of drive {drive} to used + {more} B")
            }
            Op::SetQuota { drive, total: None } => write!(f, "unset quota of drive {drive}"),
            Op::Lock { item, scope } => write!(f, "lock {item}, {scope:?}"),
            Op::Unlock { lock } => write!(f, "unlock lock {lock}"),
            Op::Copy { source, target, options } => {
                write!(f, "copy {source} to {target}{}", PrintedOptions(options))
            }
            Op::Poll { job } => write!(f, "poll job {job}"),
            Op::Step { job, n_items } => write!(f, "step job {job} by {n_items} items"),
            Op::Extra(Indirect::InjectFault { job, how }) => {
                write!(f, "inject fault into job {job}: {how:?}")
            }
            Op::Advance { by } => write!(f, "advance by {by:?}"),
            Op::AddDrive { rules, .. } => write!(f, "add a drive, {}", rules.name()),
            Op::RemoveDrive { .. } => write!(f, "remove the drive that was added"),
            Op::RunUntilIdle => write!(f, "run until idle"),
            // Histories have none of the others.
            other => f.write_str(other.name()),
        }
    }
}
