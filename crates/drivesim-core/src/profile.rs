//! Defines the rules of each service as one value. Code asks the profile, never for the service.

mod box_members;
mod debug;
mod members;
#[cfg(feature = "serde")]
mod serde_form;
mod service;
mod values;
mod wire_options;

use crate::conflict::{Conflicts, Replaces};
use crate::listing_order::ListingOrder;
use crate::lock::LockRules;
use crate::name::{NameRules, Suffix};
use crate::wire_id::WireIdForm;

pub use crate::profile::members::{CopiedMembers, MemberRule};
pub use crate::profile::service::{ParseServiceError, Service};
pub use crate::profile::values::{
    CopyKeeps, CyclicCopy, LateConflict, PartialChildren, QuotaCounts, ReplaceOntoItself, ReplacedItem,
    ReplacedUntil, RootCopy, Unreadable,
};
pub(crate) use crate::profile::wire_options::PREFIX as WIRE_PREFIX;
pub use crate::profile::wire_options::WireOptions;

/// The rules of one service. The constants are the defaults of drivesim. To try another reading of a rule, change a
/// field of a clone.
///
/// | | plain | business | personal | box |
/// |---|---|---|---|---|
/// | conflict behaviors of a copy | all | all | fail | fail |
/// | a taken name fails | at once | at once if named and fail, else by the job | at once | at once |
/// | number of a renamed copy | `x 1.ext` | `x1.ext` | `x 1.ext` | – |
/// | conflict behaviors of a move | all | all | all | fail |
/// | same name in other case | another name | taken | taken | taken |
/// | `æ` beside `ae` | another name | another name | taken | another name |
/// | names with `_vti_`, folders `Forms` | accepted | rejected | accepted | accepted |
/// | name of a copied file | checked | checked | checked | sanitised |
/// | copy of the root | children only | children only | children only | never |
/// | items in one copy | any | 30,000 | 30,000 | any |
/// | path | any | 400 UTF-16 units | 400 UTF-16 units | any |
/// | versions of a file | any | 500 | 25 | 100 |
/// | a copy keeps | – | – | – | times of contents of files, descriptions, some members |
/// | times of an item are set | by callers | by the service | by the service | by the service |
/// | a time set for the content is the item's too | – | yes | – | – |
/// | setting times of the content makes a version | – | yes | – | – |
/// | content tag of a folder | – | – | changes with everything below | – |
/// | time in the bin | any | 93 days | 30 days | 30 days |
/// | counts against the quota | visible items | versions, bin | versions, bin | versions, bin |
/// | a lock prevents | all changes | changes of the item | changes of the item | moves, deletes, copies, restores |
/// | order of a listing | name | folders first | natural | folders first |
/// | a copy locks both ends | – | – | – | over 500 items |
///
/// The `Debug` text of a profile is its name and the fields that differ from the constant of that name.
///
/// With the feature `serde` a profile is serialized in the same way: `{"name":"box","maxVersions":7}`. Each rule is
/// written whole, so `names` has all fields of [`NameRules`] even if one of them differs. Serializing and deserializing
/// fail, with the reason, for: a `name` that is not that of a [`Service`]; `members` and `wire_ids` other than those of
/// that name; forbidden characters and reserved words that are not a list of one of these profiles; `copy_keeps_members`
/// that are not members; no versions at all (`max_versions` 0); names and values of `wire` that are no [`WireOptions`].
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// The service whose rules these are. Its name is that of the profile in messages and outlines.
    pub service: Service,
    /// Which names are allowed, and which names are the same.
    pub names: NameRules,
    /// The maximum length of a path in UTF-16 units, without the leading slash.
    pub max_path: Option<usize>,
    /// The maximum number of items in one copy, its top item included.
    pub max_copy_items: Option<u32>,
    /// The conflict behaviors of a copy.
    pub copy_conflicts: Conflicts,
    /// The conflict behaviors of creating a file or folder.
    pub create_conflicts: Conflicts,
    /// The conflict behaviors of a move.
    pub move_conflicts: Conflicts,
    /// Which taken names a copy fails for in its job, and not at once.
    pub late_conflict: LateConflict,
    /// What a copy may replace.
    pub folder_replace: Replaces,
    /// What happens to an item that a copy, a move or a restored item replaces.
    pub replaced_item: ReplacedItem,
    /// What happens if a copy of a file would replace the file itself.
    pub replace_onto_itself: ReplaceOntoItself,
    /// How long a file that a copy replaces exists.
    pub replaced_until: ReplacedUntil,
    /// What a copy of children only places if some of them cannot be placed.
    pub partial_children: PartialChildren,
    /// What happens to a copy of a folder into itself or below.
    pub cyclic_copy: CyclicCopy,
    /// How the number is added to the name of a renamed copy.
    pub copy_suffix: Suffix,
    /// How the number is added to the name of a renamed new or moved item.
    pub create_suffix: Suffix,
    /// How the root may be copied.
    pub root_copy: RootCopy,
    /// The maximum number of versions of a file, the current one included; the oldest is dropped first.
    pub max_versions: Option<u32>,
    /// Whether restoring a version restores the name that the file had then.
    pub versions_keep_names: bool,
    /// Whether a deleted version is still listed.
    pub lists_deleted_versions: bool,
    /// What a copy keeps of its source besides names and contents.
    pub copy_keeps: CopyKeeps,
    /// The members that items may have besides those of all services: name, kind of item, shape.
    pub members: &'static [MemberRule],
    /// Which of the members a copy keeps.
    pub copy_keeps_members: CopiedMembers,
    /// The etag of the items below a copied item; that of the copied item itself starts again.
    pub copied_child_etag: u32,
    /// Whether callers may set the times of an item in this drive. They may always set those of its content.
    pub item_times_settable: bool,
    /// Whether a caller's modification time of the content becomes that of the item too.
    pub item_time_follows_content: bool,
    /// Whether setting the times of a file's content creates a version.
    pub times_make_version: bool,
    /// Whether a move sets the times of the content to the time of the move.
    pub move_resets_fs_times: bool,
    /// Whether the modification time of a folder's content is that of the folder itself.
    pub folder_fs_time_follows: bool,
    /// Whether the content tag of a folder changes with every change below it.
    pub folder_ctags: bool,
    /// The maximum length of a description in UTF-16 units.
    pub max_description_units: Option<usize>,
    /// The number of days that deleted items stay in the bin; `None` for no limit.
    pub bin_days: Option<u32>,
    /// Whether a restored item goes to the folder that the caller names only if its old folder is gone.
    pub restores_to_old_folder: bool,
    /// What counts against the quota besides visible items.
    pub quota_counts: QuotaCounts,
    /// How a verb fails for an item that may not be read. Listings never show it.
    pub unreadable: Unreadable,
    /// What a lock prevents.
    pub lock_refuses: LockRules,
    /// The number of items in a folder above which a copy of it is a job that locks the whole source and the target
    /// folder while it runs; `None` for no locks.
    pub async_item_threshold: Option<u32>,
    /// The order in which folders are listed if a request sets no other order.
    pub listing_order: ListingOrder,
    /// The form of ids on the wire.
    pub wire_ids: WireIdForm,
    /// The number added to the ids of files, folders and versions on the wire of Box: with 2^53, no id is exact as a
    /// float.
    pub id_offset: u64,
    /// The options that only a server reads.
    pub wire: WireOptions,
}

impl Profile {
    /// No service: case-sensitive names, no limits, all conflict behaviors.
    pub const PLAIN: Profile = Profile {
        service: Service::Plain,
        names: NameRules::PLAIN,
        max_path: None,
        max_copy_items: None,
        copy_conflicts: Conflicts::ALL,
        create_conflicts: Conflicts::ALL,
        move_conflicts: Conflicts::ALL,
        late_conflict: LateConflict::Never,
        copy_suffix: Suffix::Spaced,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::ChildrenOnly,
        max_versions: None,
        versions_keep_names: false,
        lists_deleted_versions: false,
        copy_keeps: CopyKeeps { content_times: false, description: false },
        members: &[],
        copy_keeps_members: CopiedMembers::NONE,
        copied_child_etag: 0,
        folder_replace: Replaces::Files,
        replaced_item: ReplacedItem::Gone,
        replace_onto_itself: ReplaceOntoItself::NewItem,
        replaced_until: ReplacedUntil::Done,
        partial_children: PartialChildren::Kept,
        cyclic_copy: CyclicCopy::Refuse,
        item_times_settable: true,
        item_time_follows_content: false,
        times_make_version: false,
        move_resets_fs_times: false,
        folder_fs_time_follows: false,
        folder_ctags: false,
        max_description_units: None,
        bin_days: None,
        restores_to_old_folder: false,
        quota_counts: QuotaCounts { versions: false, bin: false },
        unreadable: Unreadable::Hidden,
        lock_refuses: LockRules::ALL_CHANGES,
        async_item_threshold: None,
        listing_order: ListingOrder::Name,
        wire_ids: WireIdForm::Business,
        id_offset: 0,
        wire: WireOptions::NONE,
    };

    /// OneDrive for work and SharePoint libraries, reached through Microsoft Graph.
    ///
    /// Conflict behaviors and the 30,000 items: the Graph page on copying. The 400 characters of a path: the support
    /// page on restrictions. A move may replace a file by a file (onedrive-api-docs issue 820), and fails on a folder
    /// (issue 1383 of the same). A move resets the times of the content (onedrive-api-docs issue 1383). A set time of
    /// the content is the item's own (onedrive-api-docs issue 1600), and creates a version that counts against the
    /// quota (issues 778 and 1378 of the same). A copy keeps no times: the backend of rclone sets them after each copy.
    /// Folders are listed before files, each by name: the tests of msgraphfs against the service.
    ///
    /// ASSUMED: The 400 characters are UTF-16 units, without the slash at the beginning (option `max_path`).
    ///
    /// ASSUMED: A copy through Graph adds its number without a space, as SharePoint copy jobs do (option
    /// `copy_suffix`).
    ///
    /// ASSUMED: A file that a move replaces in a business drive is deleted for good (option `replaced_item`).
    ///
    /// ASSUMED: A copy into a business drive fails at once on a taken name if it sent that name with no conflict
    /// behavior or with `fail`; otherwise its job fails: the Graph page allows both, and reports differ
    /// (onedrive-api-docs issues 981 and 1769) (option `late_conflict`).
    ///
    /// ASSUMED: A business drive keeps 500 versions of a file and keeps deleted items for 93 days, and both count
    /// against the quota: these are the usual settings (options `max_versions`, `bin_days`, `quota_counts`).
    ///
    /// ASSUMED: A lock, as on an open file, prevents changes of the item but not copies of it (option `locked_copy`).
    pub const BUSINESS: Profile = Profile {
        service: Service::Business,
        names: NameRules::BUSINESS,
        max_path: Some(400),
        max_copy_items: Some(30_000),
        copy_conflicts: Conflicts::ALL,
        create_conflicts: Conflicts::ALL,
        late_conflict: LateConflict::Unnamed,
        copy_suffix: Suffix::Joined,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::ChildrenOnly,
        max_versions: Some(500),
        item_times_settable: false,
        item_time_follows_content: true,
        times_make_version: true,
        move_resets_fs_times: true,
        bin_days: Some(93),
        quota_counts: QuotaCounts { versions: true, bin: true },
        lock_refuses: LockRules { copy_to: false, create: false, restore: false, ..LockRules::ALL_CHANGES },
        listing_order: ListingOrder::FoldersFirst,
        ..Profile::PLAIN
    };

    /// OneDrive of a person, reached through Microsoft Graph or the OneDrive API.
    ///
    /// A copy has no conflict behavior (Graph page on copying); it fails at once on a taken name (onedrive-api-docs
    /// issue 73). A move may replace (onedrive-api-docs issue 181). The content tag of a folder changes with every
    /// change below it (page on driveItem). A personal drive lists in natural order, `a1`, `a2`, `a10`
    /// (onedrive-api-docs issue 1669).
    ///
    /// ASSUMED: A personal drive has the limits of a business drive on names, paths and items in one copy (options
    /// `max_name`, `max_path`, `max_copy_items`).
    ///
    /// ASSUMED: A personal drive keeps 25 versions of a file and keeps deleted items for 30 days (options
    /// `max_versions`, `bin_days`).
    ///
    /// ASSUMED: In the natural order of a personal drive, leading zeros count only between names that are otherwise the
    /// same, letter case does not count, and digits of other scripts are ordinary characters (option `listing_order`).
    pub const PERSONAL: Profile = Profile {
        service: Service::Personal,
        names: NameRules::PERSONAL,
        copy_conflicts: Conflicts::FAIL_ONLY,
        late_conflict: LateConflict::Never,
        copy_suffix: Suffix::Spaced,
        max_versions: Some(25),
        item_time_follows_content: false,
        times_make_version: false,
        move_resets_fs_times: false,
        folder_ctags: true,
        bin_days: Some(30),
        listing_order: ListingOrder::Natural,
        wire_ids: WireIdForm::Personal,
        ..Profile::BUSINESS
    };

    /// Box. It has no conflict behaviors: a taken name always fails (Box API reference, copy file and copy folder).
    /// The root is never copied (copy folder, status 500). A copied file keeps the times of its content, a folder does
    /// not (recorded responses of copy file and copy folder). Promoting an old version restores its name (tests of the
    /// Python SDK). Items are purged after 30 days in the trash. Copies of more than 500 items lock both folders
    /// against copies, moves, deletes and restores (guide to copying folders). Folders are listed before files, each by
    /// name (API reference, list items in folder).
    ///
    /// ASSUMED: A copy of an earlier version on Box has the time at which that version was written as the time of its
    /// content (option `copy_keeps_content_times`).
    ///
    /// ASSUMED: A copied file on Box keeps its description, as recorded for a folder (option `copy_keeps_description`).
    ///
    /// ASSUMED: Box counts the trash and past versions against the quota, and keeps 100 versions of a file (options
    /// `quota_counts`, `max_versions`).
    pub const BOX: Profile = Profile {
        service: Service::Box,
        names: NameRules::BOX,
        max_path: None,
        max_copy_items: None,
        copy_conflicts: Conflicts::FAIL_ONLY,
        create_conflicts: Conflicts::FAIL_ONLY,
        move_conflicts: Conflicts::FAIL_ONLY,
        late_conflict: LateConflict::Never,
        copy_suffix: Suffix::Spaced,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::Never,
        max_versions: Some(100),
        versions_keep_names: true,
        lists_deleted_versions: true,
        copy_keeps: CopyKeeps { content_times: true, description: true },
        members: box_members::MEMBERS,
        copy_keeps_members: box_members::COPIED,
        copied_child_etag: 0,
        folder_replace: Replaces::Files,
        replaced_item: ReplacedItem::Gone,
        replace_onto_itself: ReplaceOntoItself::NewItem,
        replaced_until: ReplacedUntil::Done,
        partial_children: PartialChildren::Kept,
        cyclic_copy: CyclicCopy::Refuse,
        item_times_settable: false,
        item_time_follows_content: false,
        times_make_version: false,
        move_resets_fs_times: false,
        folder_fs_time_follows: true,
        folder_ctags: false,
        max_description_units: Some(255),
        bin_days: Some(30),
        restores_to_old_folder: true,
        quota_counts: QuotaCounts { versions: true, bin: true },
        unreadable: Unreadable::Hidden,
        lock_refuses: LockRules {
            write: false,
            moving: true,
            delete: true,
            copy_from: true,
            copy_to: true,
            restore: true,
            create: false,
        },
        async_item_threshold: Some(500),
        listing_order: ListingOrder::FoldersFirst,
        wire_ids: WireIdForm::Box,
        id_offset: 0,
        wire: WireOptions::NONE,
    };

    /// All profiles.
    pub const ALL: [Profile; 4] = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX];

    /// Returns the profile with this name: `plain`, `business`, `personal` or `box`.
    pub fn named(name: &str) -> Option<Profile> {
        name.parse().ok().map(Service::profile)
    }

    /// Returns the name of the profile, that of its service.
    ///
    /// ```
    /// assert_eq!(drivesim_core::Profile::BOX.name(), "box");
    /// ```
    pub const fn name(&self) -> &'static str {
        self.service.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_is_found_by_its_exact_name() {
        for profile in Profile::ALL {
            assert_eq!(Profile::named(profile.name()), Some(profile));
        }
        assert_eq!(Profile::named("Plain"), None);
    }
}
