//! The only place where services differ: a service's rules as one value.

mod box_members;
mod debug;
mod members;
#[cfg(feature = "serde")]
mod serde_form;
mod wire;

use std::time::Duration;

use crate::conflict::{Conflicts, Replaces};
use crate::listing_order::ListingOrder;
use crate::lock::LockRules;
use crate::name::{NameRules, Suffix};
use crate::wire_id::WireIdForm;

pub use crate::profile::members::{CopiedMembers, MemberRule};
pub use crate::profile::wire::{
    BoxWire, ConflictsShape, FieldsBase, LinkAccess, MicrosoftWire, MonitorStatus, RedirectShows, Routes,
};

/// The rules of one service. The constants are the readings drivesim stands for; to try another reading, change
/// a field of a clone.
///
/// | | plain | business | personal | box |
/// |---|---|---|---|---|
/// | conflict behaviours of a copy | all | all | fail | fail |
/// | a taken name is refused | at once | at once if named and fail, else by the job | at once | at once |
/// | number of a renamed copy | `x 1.ext` | `x1.ext` | `x 1.ext` | – |
/// | conflict behaviours of a move | all | all | all | fail |
/// | same name in other case | another name | taken | taken | taken |
/// | names with `_vti_`, folders `Forms` | taken | refused | taken | taken |
/// | name of a copied file | checked | checked | checked | sanitised |
/// | copy of the root | children only | children only | children only | never |
/// | items in one copy | any | 30,000 | 30,000 | any |
/// | path | any | 400 UTF-16 units | 400 UTF-16 units | any |
/// | versions of a file | any | 500 | 25 | 100 |
/// | a copy keeps | – | – | – | times of contents of files, descriptions, some members |
/// | times of an item are set | by callers | by the service | by the service | by the service |
/// | a set time of the content is the item's too | – | yes | – | – |
/// | set times of the content make a version | – | yes | – | – |
/// | content tag of a folder | – | – | moves with all below | – |
/// | time in the bin | any | 93 days | 30 days | 30 days |
/// | counts against the quota | what is seen | versions, bin | versions, bin | versions, bin |
/// | a lock refuses | all changes | changes of the item | changes of the item | moves, deletes, copies, restores |
/// | order of a listing | name | folders first | natural | folders first |
/// | a copy locks both ends | – | – | – | over 500 items |
///
/// The `Debug` text of a profile is its name and the fields that differ from the constant of that name.
///
/// With the feature `serde` a profile is written in the same way: `{"name":"box","maxVersions":7}`. Each rule is given
/// whole, so `names` has all fields of [`NameRules`], also where one of them is to be changed. No form have: a `name` that is
/// not of [`Profile::ALL`]; `members` and `wire_ids` other than those of that name; forbidden characters and reserved words
/// that are no list of these profiles; `copied_members` that are no members; no versions at all (`max_versions` 0); statuses
/// that are not of errors; an offset of a day or more. Such a profile is refused with the reason where it is written, and
/// where it is read.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// What the profile is called in messages and outlines.
    pub name: &'static str,
    /// Which names are allowed and which are the same.
    pub names: NameRules,
    /// How long a path may be in UTF-16 units, without the leading slash.
    pub max_path_units: Option<usize>,
    /// How many items one copy may have, its top item included.
    pub max_items_per_copy: Option<u32>,
    /// The conflict behaviours of a copy.
    pub copy_conflicts: Conflicts,
    /// The conflict behaviours of making a file or folder.
    pub create_conflicts: Conflicts,
    /// The conflict behaviours of a move.
    pub move_conflicts: Conflicts,
    /// When a copy learns that its name is taken.
    pub taken_name: TakenName,
    /// What a copy may take the place of.
    pub copy_replaces: Replaces,
    /// Whether what a copy, a move or a restored item replaces goes to the bin; else it is deleted for good.
    pub bins_replaced: bool,
    /// Whether a copy may take the place of its own source.
    pub replaces_itself: bool,
    /// Whether a file that a copy replaces goes when the copy starts; else when its successor is complete.
    pub replaces_at_start: bool,
    /// Whether a copy of children only places none of them if one cannot be placed.
    pub children_all_or_none: bool,
    /// Whether a copy of a folder into itself or below is accepted and its job fails; else it is refused at once.
    pub cyclic_copy_in_job: bool,
    /// How the number of a renamed copy is put.
    pub copy_suffix: Suffix,
    /// How the number of a renamed new or moved item is put.
    pub create_suffix: Suffix,
    /// How the root may be copied.
    pub root_copy: RootCopy,
    /// How many versions a file has at most, the current one included; the oldest goes first.
    pub max_versions: Option<u32>,
    /// Whether a restored version brings back what the file was called then.
    pub versions_keep_names: bool,
    /// Whether a deleted version is still listed.
    pub lists_deleted_versions: bool,
    /// What a copy keeps of its source beside names and contents.
    pub copy_keeps: CopyKeeps,
    /// The members that items may have beside what all services know: name, kind of item, shape.
    pub members: &'static [MemberRule],
    /// Which of the members a copy keeps.
    pub copied_members: CopiedMembers,
    /// The etag of what is below a copied item; the item itself begins anew.
    pub copied_child_etag: u32,
    /// Whether callers may set when an item was made and changed here; the times of its content they always may.
    pub item_times_settable: bool,
    /// Whether the time at which the content of an item is said to have changed becomes that of the item too.
    pub item_time_follows_content: bool,
    /// Whether a file gets a new version when the times of its content are set.
    pub times_make_version: bool,
    /// Whether a move sets the times of the content to that of the move.
    pub move_resets_fs_times: bool,
    /// Whether the time at which a folder's content was changed is that of the folder's own last change.
    pub folder_fs_time_follows: bool,
    /// Whether the content tag of a folder moves with every change below it.
    pub folder_ctags: bool,
    /// How long a description may be in UTF-16 units.
    pub max_description_units: Option<usize>,
    /// How long deleted items stay in the bin; for good without it.
    pub bin_keeps: Option<Duration>,
    /// Whether a folder that is named for a restored item counts only if the old one is gone.
    pub restores_to_old_folder: bool,
    /// What counts against the quota beside what can be seen.
    pub quota_counts: QuotaCounts,
    /// Whether an item that may not be read is refused with an error of its own; else it is as if it were not there. In
    /// listings it never is.
    pub refuses_unreadable: bool,
    /// What a lock refuses.
    pub lock_refuses: LockRules,
    /// From how many items in it on the copy of a folder locks its source with all below it, and the folder it copies to,
    /// while it runs.
    pub copy_locks_from: Option<u32>,
    /// In which order folders are listed when nobody asks for another order.
    pub listing_order: ListingOrder,
    /// Which ids of the wire there are.
    pub wire_ids: WireIdForm,
    /// How Box tells things on the wire; of no matter to other services.
    pub box_wire: BoxWire,
    /// How Microsoft's services answer on the wire. Other services ignore it.
    pub microsoft_wire: MicrosoftWire,
}

/// What a copy keeps of its source beside names and contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct CopyKeeps {
    /// The times of the content of files; of an earlier version, the content was changed when that was written.
    pub fs_times: bool,
    /// Descriptions.
    pub description: bool,
}

/// What counts against the quota beside what can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct QuotaCounts {
    /// Past versions of files.
    pub versions: bool,
    /// What is in the bin.
    pub bin: bool,
}

/// When a copy learns that its name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum TakenName {
    /// The call is refused.
    AtOnce,
    /// The call is refused if it gave a name and wants to fail; otherwise the job fails.
    AtOnceIfNamed,
    /// The job fails.
    InJob,
}

/// How the root of a drive may be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum RootCopy {
    /// Without itself: the items in it.
    ChildrenOnly,
    /// Not at all.
    Never,
}

impl Profile {
    /// No service: case-sensitive names, no limits, all behaviours.
    pub const PLAIN: Profile = Profile {
        name: "plain",
        names: NameRules::PLAIN,
        max_path_units: None,
        max_items_per_copy: None,
        copy_conflicts: Conflicts::ALL,
        create_conflicts: Conflicts::ALL,
        move_conflicts: Conflicts::ALL,
        taken_name: TakenName::AtOnce,
        copy_suffix: Suffix::Spaced,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::ChildrenOnly,
        max_versions: None,
        versions_keep_names: false,
        lists_deleted_versions: false,
        copy_keeps: CopyKeeps { fs_times: false, description: false },
        members: &[],
        copied_members: CopiedMembers::NONE,
        copied_child_etag: 0,
        copy_replaces: Replaces::Files,
        bins_replaced: false,
        replaces_itself: true,
        replaces_at_start: false,
        children_all_or_none: false,
        cyclic_copy_in_job: false,
        item_times_settable: true,
        item_time_follows_content: false,
        times_make_version: false,
        move_resets_fs_times: false,
        folder_fs_time_follows: false,
        folder_ctags: false,
        max_description_units: None,
        bin_keeps: None,
        restores_to_old_folder: false,
        quota_counts: QuotaCounts { versions: false, bin: false },
        refuses_unreadable: false,
        lock_refuses: LockRules::ALL_CHANGES,
        copy_locks_from: None,
        listing_order: ListingOrder::Name,
        wire_ids: WireIdForm::Business,
        box_wire: BoxWire::DEFAULT,
        microsoft_wire: MicrosoftWire::BUSINESS,
    };

    /// OneDrive for work and SharePoint libraries, reached through Microsoft Graph.
    ///
    /// Behaviours and the 30,000 items: the Graph page on copying. 400 characters of a path: the support page on
    /// restrictions; that they are UTF-16 units, and that the slash at the beginning is none of them, is *assumed*
    /// (option `max_path`). That a copy through Graph puts its number behind the name without a space, as SharePoint
    /// copy jobs do, is *assumed* (option `copy_suffix`). A move may replace a file by a file (onedrive-api-docs issue
    /// 820), and fails on a folder (issue 1383 of the same). That a file that a move replaces is deleted for good is
    /// *assumed* of business drives (option `replaced_item`). A move resets the times of the content
    /// (onedrive-api-docs issue 1383). A set time of the content is the item's own (onedrive-api-docs issue 1600), and
    /// makes a version that counts against the quota (issues 778 and 1378 of the same). That a business drive refuses
    /// a taken name at once where a copy sent the name with no conflict behaviour or with `fail`, and otherwise by the
    /// job, is *assumed*: the Graph page allows both, and sightings differ (onedrive-api-docs issues 981 and 1769)
    /// (option `late_conflict`). That a copy keeps no times: the backend of rclone sets them after each. That a
    /// business drive keeps 500 versions of a file, and what is in its bin for 93 days, and that both count against
    /// the quota, is *assumed*: these are the usual settings (options `max_versions`, `bin_days`, `quota_counts`).
    /// That a lock, as on a file that somebody has open, refuses changes of the item but not copies of it is
    /// *assumed* (option `locked_copy`). Folders are listed before files, each by name: the tests of msgraphfs against
    /// the service.
    pub const BUSINESS: Profile = Profile {
        name: "business",
        names: NameRules::BUSINESS,
        max_path_units: Some(400),
        max_items_per_copy: Some(30_000),
        copy_conflicts: Conflicts::ALL,
        create_conflicts: Conflicts::ALL,
        taken_name: TakenName::AtOnceIfNamed,
        copy_suffix: Suffix::Joined,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::ChildrenOnly,
        max_versions: Some(500),
        item_times_settable: false,
        item_time_follows_content: true,
        times_make_version: true,
        move_resets_fs_times: true,
        bin_keeps: Some(days(93)),
        quota_counts: QuotaCounts { versions: true, bin: true },
        lock_refuses: LockRules { copy_to: false, create: false, restore: false, ..LockRules::ALL_CHANGES },
        listing_order: ListingOrder::FoldersFirst,
        ..Profile::PLAIN
    };

    /// OneDrive of a person, reached through Microsoft Graph or the OneDrive API.
    ///
    /// A copy has no conflict behaviour there, says the Graph page on copying; a taken name is refused at once
    /// (onedrive-api-docs issue 73). That a move may replace follows onedrive-api-docs issue 181. The content tag of a
    /// folder moves with every change below it: the page on driveItem. That a personal drive has the limits of a
    /// business one, and keeps 25 versions of a file and what is in its bin for 30 days, is *assumed* (options
    /// `max_name`, `max_path`, `max_copy_items`, `max_versions`, `bin_days`). A personal drive lists
    /// in natural order, `a1`, `a2`, `a10` (onedrive-api-docs issue 1669). How leading zeros, letter case and digits of
    /// other scripts count in the natural order of a personal drive is *assumed* (option `order`).
    pub const PERSONAL: Profile = Profile {
        name: "personal",
        names: NameRules::PERSONAL,
        copy_conflicts: Conflicts::FAIL_ONLY,
        taken_name: TakenName::AtOnce,
        copy_suffix: Suffix::Spaced,
        max_versions: Some(25),
        item_time_follows_content: false,
        times_make_version: false,
        move_resets_fs_times: false,
        folder_ctags: true,
        bin_keeps: Some(days(30)),
        listing_order: ListingOrder::Natural,
        wire_ids: WireIdForm::Personal,
        microsoft_wire: MicrosoftWire::PERSONAL,
        ..Profile::BUSINESS
    };

    /// Box. It has no conflict behaviours: a taken name is always refused (Box API reference, copy file and copy
    /// folder); the root is never copied (copy folder, status 500). A copied file keeps the times of its content, a
    /// folder does not (recorded answers of copy file and copy folder). That a copy of an earlier version on Box has
    /// the time at which that version was written as the time of its content is *assumed* (option `copy_keeps_content_times`). That
    /// a copy on Box keeps the description is recorded for a folder and *assumed* for a file (option
    /// `copy_keeps_description`). Promoting an old version brings its name back (tests of the Python SDK). What lies
    /// in the trash 30 days is purged. That Box counts the trash and past versions against the quota, and keeps 100
    /// versions of a file, is *assumed* (options `quota_counts`, `max_versions`). Copies of more than 500 items lock
    /// both folders against copies, moves, deletes and restores (guide to copying folders). Folders are listed before
    /// files, each by name (API reference, list items in folder).
    pub const BOX: Profile = Profile {
        name: "box",
        names: NameRules::BOX,
        max_path_units: None,
        max_items_per_copy: None,
        copy_conflicts: Conflicts::FAIL_ONLY,
        create_conflicts: Conflicts::FAIL_ONLY,
        move_conflicts: Conflicts::FAIL_ONLY,
        taken_name: TakenName::AtOnce,
        copy_suffix: Suffix::Spaced,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::Never,
        max_versions: Some(100),
        versions_keep_names: true,
        lists_deleted_versions: true,
        copy_keeps: CopyKeeps { fs_times: true, description: true },
        members: box_members::MEMBERS,
        copied_members: box_members::COPIED,
        copied_child_etag: 0,
        copy_replaces: Replaces::Files,
        bins_replaced: false,
        replaces_itself: true,
        replaces_at_start: false,
        children_all_or_none: false,
        cyclic_copy_in_job: false,
        item_times_settable: false,
        item_time_follows_content: false,
        times_make_version: false,
        move_resets_fs_times: false,
        folder_fs_time_follows: true,
        folder_ctags: false,
        max_description_units: Some(255),
        bin_keeps: Some(days(30)),
        restores_to_old_folder: true,
        quota_counts: QuotaCounts { versions: true, bin: true },
        refuses_unreadable: false,
        lock_refuses: LockRules {
            write: false,
            moving: true,
            delete: true,
            copy_from: true,
            copy_to: true,
            restore: true,
            create: false,
        },
        copy_locks_from: Some(501),
        listing_order: ListingOrder::FoldersFirst,
        wire_ids: WireIdForm::Box,
        box_wire: BoxWire::DEFAULT,
        microsoft_wire: MicrosoftWire::BUSINESS,
    };

    /// All profiles.
    pub const ALL: [Profile; 4] = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX];

    /// Returns the profile with this name: `plain`, `business`, `personal` or `box`.
    pub fn named(name: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.name == name)
    }
}

const fn days(n_days: u64) -> Duration {
    Duration::from_secs(n_days * 24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_profile_by_its_name_and_no_other() {
        for profile in Profile::ALL {
            assert_eq!(Profile::named(profile.name), Some(profile));
        }
        assert_eq!(Profile::named("Plain"), None);
    }
}
