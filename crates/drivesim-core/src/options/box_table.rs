//! Lists the options of Box drives.

use crate::name::FileCopyName;
use crate::options::ProfileOption;
use crate::options::values::{error_status, flag, offset, quota_counts};
use crate::profile::{ConflictsShape, FieldsBase, LinkAccess};

const BOX: &[&str] = &["box"];

/// Creates an option of Box.
const fn of_box(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut crate::Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BOX, values, means, set }
}

/// The result of a setter that accepted its value.
const DONE: Option<()> = Some(());

pub(super) const OPTIONS: &[ProfileOption] = &[
    of_box(
        "sanitise_file_names",
        "copy_only, everywhere or never",
        "which verbs remove forbidden characters from the new name of a file instead of failing",
        |profile, value| {
            let (file_copy, everywhere) = match value {
                "copy_only" => (FileCopyName::Sanitised, false),
                "everywhere" => (FileCopyName::Sanitised, true),
                "never" => (FileCopyName::Checked, false),
                _ => return None,
            };
            (profile.names.file_copy, profile.names.sanitises_all_files) = (file_copy, everywhere);
            DONE
        },
    ),
    of_box(
        "empty_after_sanitise",
        "refuse or keep_source_name",
        "what a copy of a file does if sanitising leaves nothing of the name",
        |profile, value| {
            profile.names.keeps_source_name = match value {
                "refuse" => false,
                "keep_source_name" => true,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "length_before_sanitising",
        "true or false",
        "whether the length of a name is checked before characters are removed from it",
        |profile, value| {
            profile.names.measures_unsanitised = flag(value)?;
            DONE
        },
    ),
    of_box(
        "reject_supplementary",
        "true, false or not_on_file_copy",
        "whether characters above U+FFFF, such as emoji, are rejected",
        |profile, value| {
            let (rejects, copies) = match value {
                "true" => (true, false),
                "false" => (false, false),
                "not_on_file_copy" => (true, true),
                _ => return None,
            };
            (profile.names.reject_supplementary, profile.names.copies_supplementary) = (rejects, copies);
            DONE
        },
    ),
    of_box(
        "reject_leading_space",
        "false or true",
        "whether a name may not start with a space",
        |profile, value| {
            profile.names.reject_leading_space = flag(value)?;
            DONE
        },
    ),
    of_box(
        "reject_trailing_space",
        "true or false",
        "whether a name may not end with a space, which a copy of a file then removes",
        |profile, value| {
            profile.names.reject_trailing_space = flag(value)?;
            DONE
        },
    ),
    of_box(
        "async_item_threshold",
        "500 or another number",
        "the maximum number of items in a folder that is copied before the response",
        |profile, value| {
            profile.copy_locks_from = Some(value.parse::<u32>().ok()?.checked_add(1)?);
            DONE
        },
    ),
    of_box(
        "lock_blocks_create_upload",
        "false or true",
        "whether nothing can be created or uploaded in the source and target folders of a running copy",
        |profile, value| {
            let blocks = flag(value)?;
            (profile.lock_refuses.create, profile.lock_refuses.write) = (blocks, blocks);
            DONE
        },
    ),
    of_box(
        "copy_keeps_description",
        "true or false",
        "whether a copy has the description of its source",
        |profile, value| {
            profile.copy_keeps.description = flag(value)?;
            DONE
        },
    ),
    of_box(
        "copy_keeps_content_times",
        "true or false",
        "whether a copied file has the times of the content of its source",
        |profile, value| {
            profile.copy_keeps.fs_times = flag(value)?;
            DONE
        },
    ),
    of_box(
        "copy_keeps_members",
        "classification+is_package+tags or none",
        "which members a copy keeps: names separated by +, such as metadata.SCOPE.TEMPLATE for one instance of metadata",
        |profile, value| {
            profile.copied_members = profile.copied_members(value)?;
            DONE
        },
    ),
    of_box(
        "child_etag",
        "0 or another number",
        "the etag of the items in a copied folder",
        |profile, value| {
            profile.copied_child_etag = value.parse().ok()?;
            DONE
        },
    ),
    of_box(
        "max_versions",
        "100 or another number",
        "the maximum number of versions of a file, the current one included",
        |profile, value| {
            profile.max_versions = Some(value.parse().ok().filter(|&most| most > 0)?);
            DONE
        },
    ),
    of_box(
        "quota_counts",
        "all, versions, bin or none",
        "what counts against the quota besides visible items: past versions, the trash, or both",
        |profile, value| {
            profile.quota_counts = quota_counts(value)?;
            DONE
        },
    ),
    of_box(
        "conflicts_shape",
        "per_call, array or object",
        "how the response to a taken name reports the item that has it: as seen for each call, or the same for all",
        |profile, value| {
            profile.box_wire.conflicts_shape = match value {
                "per_call" => ConflictsShape::PerCall,
                "array" => ConflictsShape::Array,
                "object" => ConflictsShape::Object,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "fields_base",
        "base or mini",
        "the fields of a response besides the requested ones",
        |profile, value| {
            profile.box_wire.fields_base = match value {
                "base" => FieldsBase::Base,
                "mini" => FieldsBase::Mini,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "copy_root_status",
        "500 or another status",
        "the error status of a copy of the root",
        |profile, value| {
            profile.box_wire.copy_root_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "cyclic_copy_status",
        "400 or another status",
        "the error status of a copy of a folder into itself or below",
        |profile, value| {
            profile.box_wire.cyclic_copy_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "file_as_target_status",
        "404 or another status",
        "the error status for a file as the target folder",
        |profile, value| {
            profile.box_wire.file_as_target_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "foreign_version_status",
        "404 or another status",
        "the error status of a copy of a version that the file does not have",
        |profile, value| {
            profile.box_wire.foreign_version_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "copy_without_room_status",
        "403 or another status",
        "the error status of a copy for which there is no room",
        |profile, value| {
            profile.box_wire.copy_without_room_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "if_none_match_on_copy",
        "true or false",
        "whether a copy fails with 304 if the source has the etag in If-None-Match",
        |profile, value| {
            profile.box_wire.if_none_match_on_copy = flag(value)?;
            DONE
        },
    ),
    of_box(
        "trashed_file_get",
        "200 or 404",
        "the status of a request for a file that is in the trash",
        |profile, value| {
            profile.box_wire.shows_trashed_files = match value {
                "200" => true,
                "404" => false,
                _ => return None,
            };
            DONE
        },
    ),
    // The loop of the guide to offset-based pagination, box-csharp-sdk-v2 issue 61 and the connector of Elastic need
    // the empty page; a third party compared its own replica with the service and saw an error (agent-diff).
    of_box(
        "offset_beyond_end",
        "empty or refuse",
        "the response to a page of a folder with an offset beyond the last entry",
        |profile, value| {
            profile.box_wire.refuses_offset_beyond_end = match value {
                "empty" => false,
                "refuse" => true,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "duplicate_create",
        "item_name_in_use or name_temporarily_reserved",
        "the error of a creation whose name was taken in the same second",
        |profile, value| {
            profile.box_wire.reserves_names = match value {
                "item_name_in_use" => false,
                "name_temporarily_reserved" => true,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "shared_link_access",
        "company, open or collaborators",
        "who may use a new shared link for which no access is requested",
        |profile, value| {
            let levels = [LinkAccess::Company, LinkAccess::Open, LinkAccess::Collaborators];
            profile.box_wire.shared_link_access =
                levels.into_iter().find(|access| access.as_str() == value)?;
            DONE
        },
    ),
    of_box(
        "forbidden_by_policy",
        "false or true",
        "whether copies are forbidden by an information barrier",
        |profile, value| {
            profile.box_wire.forbids_copies = flag(value)?;
            DONE
        },
    ),
    of_box(
        "rate_limit",
        "none or another number",
        "the maximum number of requests per minute, by the clock of the simulator",
        |profile, value| {
            profile.box_wire.rate_limit = match value {
                "none" => None,
                number => Some(number.parse().ok()?),
            };
            DONE
        },
    ),
    of_box(
        "time_zone",
        "-08:00 or another offset",
        "the UTC offset of times in responses",
        |profile, value| {
            profile.box_wire.offset_minutes = offset(value)?;
            DONE
        },
    ),
    of_box(
        "id_offset",
        "0 or another number",
        "the number added to the ids of files, folders and versions, which have 12 or 13 digits otherwise",
        |profile, value| {
            profile.box_wire.id_offset = value.parse().ok()?;
            DONE
        },
    ),
];
