//! Lists the options of business and personal drives for copies and their monitors.

use crate::Profile;
use crate::conflict::Replaces;
use crate::name::Suffix;
use crate::options::ProfileOption;
use crate::options::microsoft::{DONE, of_both, of_business, of_personal};
use crate::options::values::{count, either, error_status, flag};
use crate::profile::{MonitorStatus, RedirectShows, Routes, TakenName};

const LATE_CONFLICT: &str = "which taken names a copy is refused for by its job, with 202 at first: those that were \
                             not sent, none, or all";

/// Sets when a taken name fails. A sent name was seen to fail at once (onedrive-api-docs issue 981) and others in the
/// job, and also both in the job (issue 1769 of the same).
fn set_late_conflict(profile: &mut Profile, value: &str) -> Option<()> {
    profile.taken_name = match value {
        "unnamed" => TakenName::AtOnceIfNamed,
        "never" => TakenName::AtOnce,
        "always" => TakenName::InJob,
        _ => return None,
    };
    DONE
}

/// Sets what a copy replaces. On the Graph page on copying, folders fail; on older pages, the copy overwrites the item
/// that has the name.
fn set_folder_replace(profile: &mut Profile, value: &str) -> Option<()> {
    profile.copy_replaces = match value {
        "refuse" => Replaces::Files,
        "overwrite" => Replaces::SameKind,
        "overwrite_any" => Replaces::Anything,
        _ => return None,
    };
    DONE
}

/// Sets whether a copy with neither a target folder nor a name fails. Both members are optional on the pages; the
/// message of python-o365 issue 769 requires one of them.
fn set_empty_copy(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_empty_copy = either(value, "refuse", "accept")?;
    DONE
}

/// Parses the routes to which a rule applies.
fn routes(value: &str) -> Option<Routes> {
    match value {
        "onedrive_api" => Some(Routes::OneDriveApi),
        "always" => Some(Routes::All),
        "never" => Some(Routes::None),
        _ => None,
    }
}

/// Sets the routes on which `Prefer: respond-async` is required. The OneDrive API's pages call it mandatory; a copy on
/// a personal drive through Graph failed without it as well (msgraph-sdk-android issue 14).
fn set_prefer_required(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.prefer_required = routes(value)?;
    DONE
}

/// Sets the routes on which a copy must have a `parentReference`. The OneDrive API's pages mark only `name` as
/// optional; Graph's pages mark both members.
fn set_parent_required(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.parent_required = routes(value)?;
    DONE
}

/// Sets the statuses of monitors. The OneDrive API's pages have 202 and 303, those of Graph always 202; on business
/// drives always 200 was seen (onedrive-api-docs issue 852).
fn set_monitor_status(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.monitor_status = match value {
        "seen" => MonitorStatus::Seen,
        "200" => MonitorStatus::Ok,
        "202" => MonitorStatus::Accepted,
        "303" => MonitorStatus::SeeOther,
        _ => return None,
    };
    DONE
}

/// Sets the status of failed copies, which no page names. rclone reads the body for any status.
fn set_failed_monitor_status(profile: &mut Profile, value: &str) -> Option<()> {
    let status = value.parse().ok().filter(|status| matches!(status, 200 | 202));
    profile.microsoft_wire.failed_monitor_status = status.or_else(|| error_status(value))?;
    DONE
}

/// Sets whether the monitor of a failed copy has an error. A response that was seen has no `error` (onedrive-api-docs
/// issue 666).
fn set_copy_error(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.shows_copy_error = either(value, "shown", "left_out")?;
    DONE
}

/// Sets what a monitor sends with a 303. Pages of 2015 and 2017 have a `Location` and no body, a later one a body and
/// no `Location`.
fn set_redirect_shows(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.redirect_shows = match value {
        "both" => RedirectShows::Both,
        "location" => RedirectShows::Location,
        "body" => RedirectShows::Body,
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
            profile.copy_suffix =
                if either(value, "joined", "spaced")? { Suffix::Joined } else { Suffix::Spaced };
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
            profile.replaces_itself = either(value, "new_item", "refuse")?;
            DONE
        },
    ),
    of_business(
        "replaced_until",
        "done or start",
        "how long a file that a copy replaces exists: until the copy is done, or until it starts",
        |profile, value| {
            profile.replaces_at_start = either(value, "start", "done")?;
            DONE
        },
    ),
    of_both(
        "replaced_item",
        "gone or bin",
        "what happens to a replaced item: it is deleted for good, or goes to the recycle bin",
        |profile, value| {
            profile.bins_replaced = either(value, "bin", "gone")?;
            DONE
        },
    ),
    of_business(
        "partial_children",
        "kept or none",
        "what a copy with `childrenOnly` places if some children cannot be placed: the others, or none",
        |profile, value| {
            profile.children_all_or_none = either(value, "none", "kept")?;
            DONE
        },
    ),
    of_both(
        "cyclic_copy",
        "refuse or fail",
        "what happens to a copy of a folder into itself or below: it fails with 400, or is accepted and its job fails",
        |profile, value| {
            profile.cyclic_copy_in_job = either(value, "fail", "refuse")?;
            DONE
        },
    ),
    of_both(
        "max_copy_items",
        "30000 or another number",
        "the maximum number of items of one copy, its top item included",
        |profile, value| {
            profile.max_items_per_copy = Some(count(value)?);
            DONE
        },
    ),
    of_business("late_conflict", "unnamed, never or always", LATE_CONFLICT, set_late_conflict),
    of_personal("late_conflict", "never, unnamed or always", LATE_CONFLICT, set_late_conflict),
    of_personal(
        "personal_conflict",
        "ignore or refuse",
        "what happens to a copy with a conflict behaviour other than `fail`: the same as with `fail`, or 400",
        |profile, value| {
            profile.microsoft_wire.refuses_unoffered_conflict = either(value, "refuse", "ignore")?;
            DONE
        },
    ),
    of_both(
        "empty_copy",
        "accept or refuse",
        "what happens to a copy whose body has neither `parentReference` nor `name`",
        set_empty_copy,
    ),
    of_both(
        "prefer_required",
        "onedrive_api, always or never",
        "on which routes a copy must have `Prefer: respond-async`: those of the OneDrive API, all or none",
        set_prefer_required,
    ),
    of_both(
        "parent_required",
        "onedrive_api, always or never",
        "on which routes a copy must have a `parentReference`: those of the OneDrive API, all or none",
        set_parent_required,
    ),
    of_both(
        "if_match_on_copy",
        "true or false",
        "whether a copy checks the tag of its source in `If-Match`",
        |profile, value| {
            profile.microsoft_wire.if_match_on_copy = flag(value)?;
            DONE
        },
    ),
    of_both(
        "file_as_target_status",
        "400 or another status",
        "the error status for a `parentReference` that names a file",
        |profile, value| {
            profile.microsoft_wire.file_as_target_status = error_status(value)?;
            DONE
        },
    ),
    of_both(
        "monitor_status",
        "seen, 200, 202 or 303",
        "the status of the monitor of a copy: as seen on each drive and API, always 200 or 202, or 202 and then 303",
        set_monitor_status,
    ),
    of_both(
        "failed_monitor_status",
        "200, 202 or another status",
        "the status of the monitor of a failed copy",
        set_failed_monitor_status,
    ),
    of_personal(
        "copy_error",
        "shown or left_out",
        "whether the monitor of a failed copy has an `error`, which was not seen in one",
        set_copy_error,
    ),
    of_both(
        "redirect_shows",
        "both, location or body",
        "what a monitor sends with 303: a `Location`, a body, or both",
        set_redirect_shows,
    ),
];
