//! Defines the errors of the engine: one variant for each rule.

mod size;

use std::fmt;

use crate::access::Access;
use crate::capacity::CapacityKind;
use crate::conflict::Conflict;
use crate::item::ItemKind;
use crate::lock::LockId;
use crate::name::{NameFault, Quoted};
use crate::path::fault::{PathFault, dots_hint};
use crate::precondition::Precondition;
use crate::wire_id::WireIdError;

/// Why a verb failed. A verb that fails has changed nothing. The `Debug` text is the message too.
///
/// The variants are all there are: a new one is a breaking change. A server that maps each of them to a status without
/// a wildcard does not compile until the new one has a status too.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No live, visible item has this path or id.
    #[error("{} does not exist{}", Quoted(.item), dots_hint(.item))]
    NotFound {
        /// The requested path or id.
        item: String,
    },
    /// The text is not a path. A path is `/`, or `/` and names separated by single slashes.
    #[error("{} {}", Quoted(.path), fault.explained(.path))]
    BadPath {
        /// The text.
        path: String,
        /// What is wrong with it.
        fault: PathFault,
    },
    /// Another item of the folder has the name.
    #[error("the name {} is taken by a {holder} in {}", Quoted(.name), Quoted(.folder))]
    NameTaken {
        /// The requested name.
        name: String,
        /// The path of the folder.
        folder: String,
        /// The kind of the item that has the name.
        holder: ItemKind,
    },
    /// The service does not allow the name.
    #[error("the name {} is not allowed: {fault}{}", Quoted(.name), slash_hint(.name, .fault))]
    BadName {
        /// The given name.
        name: String,
        /// The rule it breaks.
        fault: NameFault,
    },
    /// The path of the item, or of one below it, would be longer than the service allows.
    #[error("the path of {} would have at least {units} UTF-16 units, {limit} are allowed", Quoted(.name))]
    PathTooLong {
        /// The name of the item to place.
        name: String,
        /// A lower bound of the length of the longest path in UTF-16 units, without the leading slash.
        units: usize,
        /// The limit.
        limit: usize,
    },
    /// A folder is needed and the item is a file.
    #[error("{} is a file, a folder is needed", Quoted(.item))]
    NotAFolder {
        /// The path of the item.
        item: String,
    },
    /// A file is needed and the item is a folder.
    #[error("{} is a folder, a file is needed", Quoted(.item))]
    NotAFile {
        /// The path of the item.
        item: String,
    },
    /// The verb does not work on the root of a drive.
    #[error("the root of a drive cannot be {verb}")]
    IsRoot {
        /// The verb.
        verb: RootVerb,
    },
    /// The target is the source itself or an item below it.
    #[error("{} cannot go into itself or below, to {}", Quoted(.source_path), Quoted(.target_path))]
    IntoItself {
        /// The path of the item to move or copy.
        source_path: String,
        /// The path of the target folder.
        target_path: String,
    },
    /// The item is a file, which has no children to copy.
    #[error("{} is a file: only the children of a folder can be copied without it", Quoted(.item))]
    ChildrenOfAFile {
        /// The path of the file.
        item: String,
    },
    /// A copy of children only creates no top item that could have a name.
    #[error("a copy of children only takes no name, {} was given", Quoted(.name))]
    ChildrenOnlyWithName {
        /// The given name.
        name: String,
    },
    /// The copy has more items than the service allows in one job.
    #[error("{} has more items than the {limit} that one copy may have", Quoted(.item))]
    TooManyItems {
        /// The path of the source.
        item: String,
        /// The maximum number of items of one copy.
        limit: u32,
    },
    /// The sizes of the drive's files would no longer fit 64 bits.
    #[error("with {size} bytes more for {} the drive would hold more than 2^64 - 1 bytes", Quoted(.name))]
    SizeOverflow {
        /// The name of the item to place.
        name: String,
        /// Its size in bytes.
        size: u64,
    },
    /// The drive has no room for another item.
    #[error("no room for {}: a drive holds at most 268,435,456 items", Quoted(.name))]
    DriveFull {
        /// The name of the item to place.
        name: String,
    },
    /// The drives that share a [`Capacity`](crate::Capacity) have no room for more.
    #[error("no room for {}: all drives together hold at most {limit} {held}", Quoted(.name))]
    OverCapacity {
        /// The name of the item to place.
        name: String,
        /// The kind of the exceeded limit.
        held: CapacityKind,
        /// The limit.
        limit: u64,
    },
    /// The profile of the drive does not offer this conflict behavior for this verb.
    #[error("a {profile} drive does not offer the conflict behavior {conflict} here")]
    ConflictNotOffered {
        /// The name of the profile.
        profile: &'static str,
        /// The requested behavior.
        conflict: Conflict,
    },
    /// The tree is deeper than an outline may be.
    #[error("{} is more than {limit} folders deep, an outline goes no deeper", Quoted(.item))]
    TooDeep {
        /// The name of the first item that is too deep.
        item: String,
        /// The maximum depth of an outline.
        limit: usize,
    },
    /// The item does not match the precondition of the caller.
    #[error("{} has changed: expected {expected}, found {found}", Quoted(.item))]
    TagMismatch {
        /// The path of the item; in the bin, the path it was deleted from.
        item: String,
        /// The expected tag.
        expected: Precondition,
        /// The item's tag of that kind.
        found: u32,
    },
    /// A precondition was set for an item that does not exist yet.
    #[error("{} does not exist, so it does not match the precondition", Quoted(.item))]
    NothingToMatch {
        /// The path of the missing item.
        item: String,
    },
    /// Callers may read the item but not change it; or an item below it may not be read or changed, and the verb needs
    /// access to all of them.
    #[error("no {needed} access to {}{}", if *.is_below { "items below " } else { "" }, Quoted(.item))]
    AccessDenied {
        /// The path of the item; in the bin, the path it was deleted from.
        item: String,
        /// The access level that the verb needs.
        needed: Access,
        /// Whether access is missing to an item below this one, not to this one.
        is_below: bool,
    },
    /// The item is locked; or an item above it is locked with everything below it; or an item below it that the verb
    /// includes is locked.
    #[error("{} is locked", Quoted(.item))]
    Locked {
        /// The path of the locked item.
        item: String,
    },
    /// The bytes do not fit the drive's quota.
    #[error("{size} bytes for {} do not fit: {left} bytes of the quota are left", Quoted(.name))]
    QuotaExceeded {
        /// The name of the item to place.
        name: String,
        /// Its size in bytes.
        size: u64,
        /// How many bytes are left.
        left: u64,
    },
    /// The file has no such version, or the version was deleted.
    #[error("{} has no version {number}", Quoted(.item))]
    NoVersion {
        /// The path of the file.
        item: String,
        /// The requested number.
        number: u32,
    },
    /// The version is the current one; only earlier ones can be restored or deleted.
    #[error("version {number} of {} is the current one, only earlier ones can be restored or deleted", Quoted(.item))]
    CurrentVersion {
        /// The path of the file.
        item: String,
        /// The requested number.
        number: u32,
    },
    /// The service does not let callers set this time.
    #[error("the times of an item cannot be set in a {profile} drive, only those of its content")]
    TimesNotSettable {
        /// The name of the profile.
        profile: &'static str,
    },
    /// Items of this kind have no such member in drives of this profile.
    #[error("a {kind} of a {profile} drive has no member {}{}", Quoted(.member), members_hint(.there))]
    NoMember {
        /// The given name.
        member: String,
        /// The kind of the item.
        kind: ItemKind,
        /// The name of the profile.
        profile: &'static str,
        /// The members that exist.
        there: Vec<&'static str>,
    },
    /// The value of a member does not have the shape that the service describes.
    #[error("{fault}")]
    BadMember {
        /// The name of the member.
        member: String,
        /// What is wrong, with the path in the value.
        fault: String,
    },
    /// The description is longer than the service allows.
    #[error("the description has {units} UTF-16 units, {limit} are allowed")]
    DescriptionTooLong {
        /// Its length.
        units: usize,
        /// The limit.
        limit: usize,
    },
    /// The folder is not empty, and was to be deleted only if empty.
    #[error("{} is not empty", Quoted(.folder))]
    NotEmpty {
        /// The path of the folder.
        folder: String,
    },
    /// The item was not deleted itself, or it is no longer in the bin.
    #[error("{} is not in the bin", Quoted(.item))]
    NotInBin {
        /// The requested id.
        item: String,
    },
    /// The lock does not exist, or it was released.
    #[error("there is no {lock}")]
    NoLock {
        /// The lock.
        lock: LockId,
    },
    /// The item cannot have this id on the wire.
    #[error(transparent)]
    WireId(WireIdError),
    /// Changes after this token were dropped, or the token belongs to another drive: the client must read everything
    /// again.
    #[error("the changes since then are not known any more: read everything again")]
    ResyncRequired,
    /// Some items of a copy could not be placed; the others were placed.
    #[error("{} of the items could not be copied, the first because {}", .details.len(), first(.details))]
    SomeFailed {
        /// The error of each such item, in canonical order.
        details: Vec<Error>,
    },
}

/// A verb that the root of a drive refuses. Its text is a participle, such as `copied`.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootVerb {
    /// A copy of the root; the profile may allow one of its children only.
    Copied,
    /// A rename: the root has no name.
    Renamed,
    /// A move: the root is in no folder.
    Moved,
    /// A deletion.
    Deleted,
    /// The assignment of an id on the wire: each service has its own for the root.
    AssignedAnId,
}

impl fmt::Display for RootVerb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            RootVerb::Copied => "copied",
            RootVerb::Renamed => "renamed",
            RootVerb::Moved => "moved",
            RootVerb::Deleted => "deleted",
            RootVerb::AssignedAnId => "assigned an id",
        })
    }
}

impl Error {
    /// Returns a short code of the error: that of Microsoft Graph if it has one.
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

/// Returns a hint at the right name if a path was given as a name; empty for other faults.
fn slash_hint(name: &str, fault: &NameFault) -> String {
    let last = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match fault {
        NameFault::ForbiddenCharacter { character: '/' } if !last.is_empty() => {
            format!("; a name is the last part of a path, here {}", Quoted(last))
        }
        _ => String::new(),
    }
}

/// Returns a hint at the members that exist.
fn members_hint(members: &[&str]) -> String {
    if members.is_empty() {
        "; only box drives have members".to_owned()
    } else {
        format!("; it has {}", members.join(", "))
    }
}

fn first(details: &[Error]) -> String {
    details.first().map(Error::to_string).unwrap_or_default()
}
