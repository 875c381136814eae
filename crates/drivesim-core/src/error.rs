//! The only place for what the engine refuses: one variant for each rule, in the engine's words.

mod size;

use crate::access::Access;
use crate::capacity::Held;
use crate::conflict::Conflict;
use crate::drive::Precondition;
use crate::item::ItemKind;
use crate::lock::LockId;
use crate::name::{NameFault, Shown};
use crate::path::{PathFault, dots_hint};
use crate::wire_id::WireIdError;

/// Returns why a verb was refused. Whatever the verb, a refusal has changed nothing. Its `Debug` text is the message too.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No living, visible item has this path or id.
    #[error("{} does not exist{}", Shown(.item), dots_hint(.item))]
    NotFound {
        /// The path or id that was looked for.
        item: String,
    },
    /// The path is not one: every path is `/` or `/` and names with one `/` between two.
    #[error("{} {}", Shown(.path), fault.explained(.path))]
    BadPath {
        /// The text that was given.
        path: String,
        /// What is wrong with it.
        fault: PathFault,
    },
    /// Another item of the folder has the name.
    #[error("the name {} is taken by a {holder} in {}", Shown(.name), Shown(.folder))]
    NameTaken {
        /// The name that was wanted.
        name: String,
        /// The path of the folder.
        folder: String,
        /// What kind of item has the name.
        holder: ItemKind,
    },
    /// The service does not allow the name.
    #[error("the name {} is refused: {fault}{}", Shown(.name), slash_hint(.name, .fault))]
    BadName {
        /// The name that was given.
        name: String,
        /// The rule it breaks.
        fault: NameFault,
    },
    /// The path of the item, or of one below it, would be longer than the service allows.
    #[error("the path of {} would have {units} UTF-16 units or more, {limit} are allowed", Shown(.name))]
    PathTooLong {
        /// The name of the item that was to be placed.
        name: String,
        /// How long the longest path would be at least, in UTF-16 units, without the leading slash.
        units: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A folder is needed and the item is a file.
    #[error("{} is a file, a folder is needed", Shown(.item))]
    NotAFolder {
        /// The path of the item.
        item: String,
    },
    /// A file is needed and the item is a folder.
    #[error("{} is a folder, a file is needed", Shown(.item))]
    NotAFile {
        /// The path of the item.
        item: String,
    },
    /// The verb does not work on the root of a drive.
    #[error("the root of a drive cannot be {verb}")]
    IsRoot {
        /// The verb, as a participle: renamed, moved, deleted, copied.
        verb: &'static str,
    },
    /// The target is the source itself or lies below it.
    #[error("{} cannot go into itself or below, to {}", Shown(.source_path), Shown(.target_path))]
    IntoItself {
        /// The path of the item that was to be moved or copied.
        source_path: String,
        /// The path of the folder it was to go to.
        target_path: String,
    },
    /// Only a folder has children that could be copied without it.
    #[error("{} is a file: only the children of a folder can be copied without it", Shown(.item))]
    ChildrenOfAFile {
        /// The path of the file.
        item: String,
    },
    /// A copy of children only makes no new top item that could have a name.
    #[error("a copy of children only takes no name, {} was given", Shown(.name))]
    ChildrenOnlyWithName {
        /// The name that was given.
        name: String,
    },
    /// The copy has more items than the service allows in one job.
    #[error("{} has more items than the {limit} that one copy may have", Shown(.item))]
    TooManyItems {
        /// The path of the source.
        item: String,
        /// How many items one copy may have.
        limit: u32,
    },
    /// The sizes of the drive's files would no longer fit 64 bits.
    #[error("with {size} bytes more for {} the drive would hold more than 2^64 - 1 bytes", Shown(.name))]
    SizeOverflow {
        /// The name of the item that was to be placed.
        name: String,
        /// How many bytes it has.
        size: u64,
    },
    /// The drive has no room for another item.
    #[error("no room for {}: a drive holds at most 268,435,456 items", Shown(.name))]
    DriveFull {
        /// The name of the item that was to be placed.
        name: String,
    },
    /// The drives that share a [`Capacity`](crate::Capacity) have no room for more.
    #[error("no room for {}: all drives together hold at most {limit} {held}", Shown(.name))]
    OverCapacity {
        /// The name of the item that was to be placed.
        name: String,
        /// Of what there would be too much.
        held: Held,
        /// How much there may be.
        limit: u64,
    },
    /// The profile of the drive does not offer this conflict behaviour for this verb.
    #[error("a {profile} drive does not offer the conflict behaviour {conflict} here")]
    ConflictNotOffered {
        /// The name of the profile.
        profile: &'static str,
        /// The behaviour that was asked for.
        conflict: Conflict,
    },
    /// The tree is deeper than an outline may be.
    #[error("{} is more than {limit} folders deep, an outline goes no deeper", Shown(.item))]
    TooDeep {
        /// The name of the first item that is too deep.
        item: String,
        /// How deep an outline may be.
        limit: usize,
    },
    /// The item is not as the caller expects it to be.
    #[error("{} has changed: {expected} is expected, it has {found}", Shown(.item))]
    TagMismatch {
        /// The path of the item; in the bin, the path it was deleted from.
        item: String,
        /// The tag it was to have.
        expected: Precondition,
        /// The tag of that kind it has.
        found: u32,
    },
    /// A precondition was set for an item that is still to be made.
    #[error("{} does not exist, so it is not as expected", Shown(.item))]
    NothingToMatch {
        /// The path at which there is nothing.
        item: String,
    },
    /// Callers may look at the item but not change it; or something below it may not be read or changed and all would
    /// have to be.
    #[error("no {needed} access to {}{}", if *.is_below { "all below " } else { "" }, Shown(.item))]
    AccessDenied {
        /// The path of the item; in the bin, the path it was deleted from.
        item: String,
        /// What the verb needs.
        needed: Access,
        /// Whether it is something below the item that is withheld, and not the item itself.
        is_below: bool,
    },
    /// The item is locked, one above it is locked with all below it, or one below it that would go along is.
    #[error("{} is locked", Shown(.item))]
    Locked {
        /// The path of the item that is locked.
        item: String,
    },
    /// The drive's quota has no room for so many bytes.
    #[error("{size} bytes for {} do not fit: {left} bytes of the quota are left", Shown(.name))]
    QuotaExceeded {
        /// The name of the item that was to be placed.
        name: String,
        /// How many bytes it has.
        size: u64,
        /// How many bytes are left.
        left: u64,
    },
    /// The file has no such version, or it was deleted.
    #[error("{} has no version {number}", Shown(.item))]
    NoVersion {
        /// The path of the file.
        item: String,
        /// The number that was asked for.
        number: u32,
    },
    /// The version is the one the file has; only others are restored or deleted.
    #[error("version {number} is the one that {} has, only earlier ones are restored or deleted", Shown(.item))]
    CurrentVersion {
        /// The path of the file.
        item: String,
        /// The number that was asked for.
        number: u32,
    },
    /// The service does not let callers set this time.
    #[error("a {profile} drive does not let the times of an item be set, only those of its content")]
    TimesNotSettable {
        /// The name of the profile.
        profile: &'static str,
    },
    /// Items of this kind have no such member in drives of this profile.
    #[error("a {kind} of a {profile} drive has no member {}{}", Shown(.member), members_hint(.there))]
    NoMember {
        /// The name that was given.
        member: String,
        /// What kind of item it was to be set of.
        kind: ItemKind,
        /// The name of the profile.
        profile: &'static str,
        /// The members that there are.
        there: Vec<&'static str>,
    },
    /// The value of a member does not have the shape that the service describes.
    #[error("{fault}")]
    BadMember {
        /// The name of the member.
        member: String,
        /// What is wrong, with the place in the value.
        fault: String,
    },
    /// The description is longer than the service allows.
    #[error("a description of {units} UTF-16 units, {limit} are allowed")]
    DescriptionTooLong {
        /// How long it is.
        units: usize,
        /// How long it may be.
        limit: usize,
    },
    /// The folder has something in it, and was to be deleted only without.
    #[error("{} is not empty", Shown(.folder))]
    NotEmpty {
        /// The path of the folder.
        folder: String,
    },
    /// The item was not deleted by itself, or it is no longer in the bin.
    #[error("{} is not in the bin", Shown(.item))]
    NotInBin {
        /// The id that was looked for.
        item: String,
    },
    /// Nothing has this lock, or it was given back.
    #[error("there is no {lock}")]
    NoLock {
        /// The lock.
        lock: LockId,
    },
    /// The item cannot be given this id of the wire.
    #[error(transparent)]
    WireId(WireIdError),
    /// Changes after this token were forgotten, or the token is not of this drive: everything must be read anew.
    #[error("the changes since then are not known any more: read everything anew")]
    ResyncRequired,
    /// Some items of a copy could not be placed; the others were.
    #[error("{} of the items could not be copied, the first because {}", .details.len(), first(.details))]
    SomeFailed {
        /// Why, for each such item in canonical order.
        details: Vec<Error>,
    },
}

impl Error {
    /// Returns a short word for the kind of refusal: that of Microsoft Graph where it has one.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound { .. } | Error::NoVersion { .. } | Error::NotInBin { .. } => "itemNotFound",
            Error::NameTaken { .. } => "nameAlreadyExists",
            Error::PathTooLong { .. } => "pathIsTooLong",
            Error::TooManyItems { .. } => "totalAffectedItemCountExceeded",
            Error::SizeOverflow { .. }
            | Error::DriveFull { .. }
            | Error::OverCapacity { .. }
            | Error::QuotaExceeded { .. } => "quotaLimitReached",
            Error::ConflictNotOffered { .. } | Error::TooDeep { .. } | Error::TimesNotSettable { .. } => {
                "notSupported"
            }
            Error::SomeFailed { .. } => "someItemsFailed",
            Error::TagMismatch { .. } | Error::NothingToMatch { .. } => "resourceModified",
            Error::AccessDenied { .. } => "accessDenied",
            Error::Locked { .. } => "resourceLocked",
            Error::ResyncRequired => "resyncRequired",
            Error::BadPath { .. }
            | Error::CurrentVersion { .. }
            | Error::NoMember { .. }
            | Error::BadMember { .. }
            | Error::DescriptionTooLong { .. }
            | Error::NoLock { .. }
            | Error::BadName { .. }
            | Error::WireId(_)
            | Error::NotAFolder { .. }
            | Error::NotAFile { .. }
            | Error::NotEmpty { .. }
            | Error::IsRoot { .. }
            | Error::IntoItself { .. }
            | Error::ChildrenOfAFile { .. }
            | Error::ChildrenOnlyWithName { .. } => "invalidRequest",
        }
    }
}

/// Returns the name to use where a path was given for a name; empty for other faults.
fn slash_hint(name: &str, fault: &NameFault) -> String {
    let last = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match fault {
        NameFault::ForbiddenCharacter { character: '/' } if !last.is_empty() => {
            format!("; a name is the last part of a path, here {}", Shown(last))
        }
        _ => String::new(),
    }
}

/// Returns which members there are, or where there are any.
fn members_hint(there: &[&str]) -> String {
    if there.is_empty() {
        "; only box drives have any".to_owned()
    } else {
        format!("; it has {}", there.join(", "))
    }
}

fn first(details: &[Error]) -> String {
    details.first().map(Error::to_string).unwrap_or_default()
}
