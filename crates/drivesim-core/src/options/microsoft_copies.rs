//! Lists the options of business and personal drives for copies.

use crate::Profile;
use crate::conflict::Replaces;
use crate::name::Suffix;
use crate::options::ProfileOption;
use crate::options::microsoft::{DONE, of_both, of_business, of_personal};
use crate::options::values::{count, one_of};
use crate::profile::{
    CyclicCopy, LateConflict, PartialChildren, ReplaceOntoItself, ReplacedItem, ReplacedUntil,
};

const LATE_CONFLICT: &str = "whether a taken name fails a copy at once (`never`) or, after 202, its job (`always`); \
                             `unnamed`: at once if the request sends the name and the conflict behavior is \
                             `fail`, else its job";

/// Sets when a taken name fails. A sent name was seen to fail at once (onedrive-api-docs issue 981) and others in the
/// job, and also both in the job (issue 1769 of the same).
fn set_late_conflict(profile: &mut Profile, value: &str) -> Option<()> {
    profile.late_conflict = match value {
        "unnamed" => LateConflict::Unnamed,
        "never" => LateConflict::Never,
        "always" => LateConflict::Always,
        _ => return None,
    };
    DONE
}

/// Sets what a copy replaces. On the Graph page on copying, folders fail; on older pages, the copy overwrites the item
/// that has the name.
fn set_folder_replace(profile: &mut Profile, value: &str) -> Option<()> {
    profile.folder_replace = match value {
        "refuse" => Replaces::Files,
        "overwrite" => Replaces::SameKind,
        "overwrite_any" => Replaces::Anything,
        _ => return None,
    };
    DONE
}

pub(super) const OPTIONS: &[ProfileOption] = &[
    of_business(
        "copy_suffix",
        "joined or spaced",
        "the name of a renamed copy: `x1.ext` or `x 1.ext`",
        |profile, value| {
            profile.copy_suffix = one_of(value, &[("joined", Suffix::Joined), ("spaced", Suffix::Spaced)])?;
            DONE
        },
    ),
    of_business(
        "folder_replace",
        "refuse, overwrite or overwrite_any",
        "whether a copy may replace a folder: never, a folder by a folder, or any item by any other",
        set_folder_replace,
    ),
    of_business(
        "replace_onto_itself",
        "new_item or refuse",
        "what happens if a copy of a file would replace the file itself",
        |profile, value| {
            let (new_item, refuse) = (ReplaceOntoItself::NewItem, ReplaceOntoItself::Refuse);
            profile.replace_onto_itself = one_of(value, &[("new_item", new_item), ("refuse", refuse)])?;
            DONE
        },
    ),
    of_business(
        "replaced_until",
        "done or start",
        "how long a file that a copy replaces exists: until the copy is done, or until it starts",
        |profile, value| {
            let (done, start) = (ReplacedUntil::Done, ReplacedUntil::Start);
            profile.replaced_until = one_of(value, &[("done", done), ("start", start)])?;
            DONE
        },
    ),
    of_both(
        "replaced_item",
        "gone or bin",
        "what happens to a replaced item: it is deleted for good, or goes to the recycle bin",
        |profile, value| {
            profile.replaced_item =
                one_of(value, &[("gone", ReplacedItem::Gone), ("bin", ReplacedItem::Bin)])?;
            DONE
        },
    ),
    of_business(
        "partial_children",
        "kept or none",
        "what a copy with `childrenOnly` places if some children cannot be placed: the others, or none",
        |profile, value| {
            let (kept, none) = (PartialChildren::Kept, PartialChildren::None);
            profile.partial_children = one_of(value, &[("kept", kept), ("none", none)])?;
            DONE
        },
    ),
    of_both(
        "cyclic_copy",
        "refuse or fail",
        "what happens to a copy of a folder into itself or below: it fails with 400, or is accepted and its job fails",
        |profile, value| {
            profile.cyclic_copy =
                one_of(value, &[("refuse", CyclicCopy::Refuse), ("fail", CyclicCopy::Fail)])?;
            DONE
        },
    ),
    of_both(
        "max_copy_items",
        "30000 or another number",
        "the maximum number of items of one copy, its top item included",
        |profile, value| {
            profile.max_copy_items = Some(count(value)?);
            DONE
        },
    ),
    of_business("late_conflict", "unnamed, never or always", LATE_CONFLICT, set_late_conflict),
    of_personal("late_conflict", "never, unnamed or always", LATE_CONFLICT, set_late_conflict),
];
