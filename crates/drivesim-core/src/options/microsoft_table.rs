//! Lists the options of business and personal drives for everything but copies.

use crate::Profile;
use crate::listing_order::ListingOrder;
use crate::name::Collation;
use crate::options::ProfileOption;
use crate::options::microsoft::{DONE, of_both, of_business, of_personal};
use crate::options::values::{count, flag, one_of, quota_counts};
use crate::profile::Unreadable;

const FORMS_FOLDERS: &str = "where folders may not be called `Forms`, in any letter case";
const VTI_NAMES: &str = "whether a name may contain `_vti_`, in any letter case";
const COLLATION: &str = "which names are the same besides those that differ in case: none, or the pairs that were seen: `æ` and `ae`, U+FA16 and U+732A";

/// Sets where folders called `Forms` are rejected: at the root of a library by the support page on restrictions, at any
/// depth by messages of the service (onedrive-api-docs issue 1671, rclone issue 7910).
fn set_forms_folders(profile: &mut Profile, value: &str) -> Option<()> {
    const FORMS: &[&str] = &["forms"];
    let (anywhere, at_root): (&[&str], &[&str]) = match value {
        "refused" => (FORMS, &[]),
        "refused_at_root" => (&[], FORMS),
        "allowed" => (&[], &[]),
        _ => return None,
    };
    (profile.names.reserved_folders, profile.names.reserved_at_root) = (anywhere, at_root);
    DONE
}

/// Sets whether names may contain `_vti_`. The support page on restrictions forbids it; personal drives were seen to
/// accept it (onedrive-api-docs issue 1653, rclone issue 6653).
fn set_vti_names(profile: &mut Profile, value: &str) -> Option<()> {
    let words: [(&str, &[&str]); 2] = [("refused", &["_vti_"]), ("allowed", &[])];
    profile.names.reserved_parts = one_of(value, &words)?;
    DONE
}

/// Sets which names are the same. The developer page only ignores case; on personal drives some pairs were seen to be
/// the same (onedrive-api-docs issues 856 and 351).
fn set_collation(profile: &mut Profile, value: &str) -> Option<()> {
    profile.names.collation = one_of(value, &[("seen", Collation::Seen), ("none", Collation::None)])?;
    DONE
}

/// Sets whether setting times creates a version (onedrive-api-docs issues 778 and 1378).
fn set_times_make_version(profile: &mut Profile, value: &str) -> Option<()> {
    profile.times_make_version = flag(value)?;
    DONE
}

const MAX_NAME: &str = "the maximum length of a name in UTF-16 units";
const MAX_PATH: &str = "the maximum length of a path in UTF-16 units, without the leading slash";
const MAX_VERSIONS: &str = "the maximum number of versions of a file, the current one included";
const BIN_DAYS: &str = "the number of days that deleted items stay in the recycle bin";

fn set_max_name(profile: &mut Profile, value: &str) -> Option<()> {
    profile.names.max_name = Some(count(value)? as usize);
    DONE
}

fn set_max_path(profile: &mut Profile, value: &str) -> Option<()> {
    profile.max_path = Some(count(value)? as usize);
    DONE
}

fn set_max_versions(profile: &mut Profile, value: &str) -> Option<()> {
    profile.max_versions = Some(count(value)?);
    DONE
}

fn set_bin_days(profile: &mut Profile, value: &str) -> Option<()> {
    profile.bin_days = Some(count(value)?);
    DONE
}

const LISTING_ORDER: &str = "the order in which a folder is listed if a request sets no other order";

fn set_listing_order(profile: &mut Profile, value: &str) -> Option<()> {
    profile.listing_order = match value {
        "name" => ListingOrder::Name,
        "natural" => ListingOrder::Natural,
        "folders_first" => ListingOrder::FoldersFirst,
        _ => return None,
    };
    DONE
}

pub(super) const OPTIONS: &[ProfileOption] = &[
    of_business("forms_folders", "refused, refused_at_root or allowed", FORMS_FOLDERS, set_forms_folders),
    of_personal("forms_folders", "allowed, refused_at_root or refused", FORMS_FOLDERS, set_forms_folders),
    of_business("vti_names", "refused or allowed", VTI_NAMES, set_vti_names),
    of_personal("vti_names", "allowed or refused", VTI_NAMES, set_vti_names),
    of_business("collation", "none or seen", COLLATION, set_collation),
    of_personal("collation", "seen or none", COLLATION, set_collation),
    of_business(
        "times_make_version",
        "true or false",
        "whether setting the times of a file's content creates a version",
        set_times_make_version,
    ),
    of_business("listing_order", "folders_first, name or natural", LISTING_ORDER, set_listing_order),
    of_personal("listing_order", "natural, name or folders_first", LISTING_ORDER, set_listing_order),
    of_both("max_name", "255 or another number", MAX_NAME, set_max_name),
    of_both("max_path", "400 or another number", MAX_PATH, set_max_path),
    of_business("max_versions", "500 or another number", MAX_VERSIONS, set_max_versions),
    of_personal("max_versions", "25 or another number", MAX_VERSIONS, set_max_versions),
    of_business("bin_days", "93 or another number", BIN_DAYS, set_bin_days),
    of_personal("bin_days", "30 or another number", BIN_DAYS, set_bin_days),
    of_both(
        "quota_counts",
        "all, versions, bin or none",
        "what counts against the quota besides visible items: past versions, the recycle bin, or both",
        |profile, value| {
            profile.quota_counts = quota_counts(value)?;
            DONE
        },
    ),
    of_both(
        "unreadable",
        "hidden or refused",
        "the response for an item that may not be read: 404, as if it did not exist, or 403",
        |profile, value| {
            profile.unreadable =
                one_of(value, &[("hidden", Unreadable::Hidden), ("refused", Unreadable::Refused)])?;
            DONE
        },
    ),
    of_both(
        "locked_copy",
        "allowed or refused",
        "whether a locked item, such as a file that somebody has open, can be copied; items are locked with \
         `Sim::lock` only, not over HTTP",
        |profile, value| {
            profile.lock_refuses.copy_from = one_of(value, &[("refused", true), ("allowed", false)])?;
            DONE
        },
    ),
];
