//! Lists the options of Box drives.

use crate::name::{EmptyAfterSanitise, RejectSupplementary, SanitiseFileNames};
use crate::options::ProfileOption;
use crate::options::values::{flag, quota_counts};
use crate::profile::Service;

const BOX: &[Service] = &[Service::Box];

/// Creates an option of Box.
const fn of_box(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut crate::Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, services: BOX, values, means, set }
}

/// The result of a setter that accepted its value.
const DONE: Option<()> = Some(());

pub(super) const OPTIONS: &[ProfileOption] = &[
    of_box(
        "sanitise_file_names",
        "copy_only, everywhere or never",
        "which verbs remove forbidden characters from the new name of a file instead of failing",
        |profile, value| {
            profile.names.sanitise_file_names = match value {
                "copy_only" => SanitiseFileNames::CopyOnly,
                "everywhere" => SanitiseFileNames::Everywhere,
                "never" => SanitiseFileNames::Never,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "empty_after_sanitise",
        "refuse or keep_source_name",
        "what a copy of a file does if sanitising leaves nothing of the name",
        |profile, value| {
            profile.names.empty_after_sanitise = match value {
                "refuse" => EmptyAfterSanitise::Refuse,
                "keep_source_name" => EmptyAfterSanitise::KeepSourceName,
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
            profile.names.length_before_sanitising = flag(value)?;
            DONE
        },
    ),
    of_box(
        "reject_supplementary",
        "true, false or not_on_file_copy",
        "whether characters above U+FFFF, such as emoji, are rejected",
        |profile, value| {
            profile.names.reject_supplementary = match value {
                "true" => RejectSupplementary::Always,
                "false" => RejectSupplementary::Never,
                "not_on_file_copy" => RejectSupplementary::NotOnFileCopy,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "reject_leading_space",
        "false or true",
        "whether names that start with a space are rejected",
        |profile, value| {
            profile.names.reject_leading_space = flag(value)?;
            DONE
        },
    ),
    of_box(
        "reject_trailing_space",
        "true or false",
        "whether names that end with a space are rejected; a copy of a file removes it",
        |profile, value| {
            profile.names.reject_trailing_space = flag(value)?;
            DONE
        },
    ),
    of_box(
        "async_item_threshold",
        "500 or another number",
        "the number of items below a folder above which its copy goes on after the response, and locks source and target",
        |profile, value| {
            profile.async_item_threshold = Some(value.parse().ok()?);
            DONE
        },
    ),
    of_box(
        "lock_blocks_create_upload",
        "false or true",
        "whether locks, such as those of a running copy on its source and target, also prevent creating and uploading",
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
            profile.copy_keeps.content_times = flag(value)?;
            DONE
        },
    ),
    of_box(
        "copy_keeps_members",
        "classification+is_package+tags or none",
        "which members a copy keeps: names separated by +, such as metadata.SCOPE.TEMPLATE for one instance of metadata",
        |profile, value| {
            profile.copy_keeps_members = profile.copied_members(value)?;
            DONE
        },
    ),
    of_box(
        "copied_child_etag",
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
        "id_offset",
        "0 or another number",
        "the number added to the ids of files, folders and versions; without it, they have 12 or 13 digits",
        |profile, value| {
            profile.id_offset = value.parse().ok()?;
            DONE
        },
    ),
];
