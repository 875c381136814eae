//! Lists the options of business and personal drives for everything but copies.

use std::time::Duration;

use crate::Profile;
use crate::conflict::Conflict;
use crate::listing_order::ListingOrder;
use crate::name::Collation;
use crate::options::ProfileOption;
use crate::options::microsoft::{DONE, of_both, of_business, of_personal};
use crate::options::values::{count, either, error_status, flag, quota_counts};

const FORMS_FOLDERS: &str = "where folders may not be called `Forms`, in any letter case";
const VTI_NAMES: &str = "whether a name may contain `_vti_`, in any letter case";
const COLLATION: &str = "which names are the same besides those that differ in case: the pairs that were seen, `æ` and `ae`, U+FA16 and U+732A, or none";
const TOKEN_AT_UPLOAD: &str =
    "whether an upload URL, which carries its own permission, rejects an access token";
const TOKEN_AT_DOWNLOAD: &str =
    "whether a download URL, which carries its own permission, rejects an access token";
const TOKEN_AT_MONITOR: &str =
    "whether the URL of a monitor, which carries its own permission, rejects an access token";
const SECOND_SESSION: &str = "whether a second upload session fails while a file has an open one";
const OPEN_TOTAL: &str =
    "whether fragments of a session with deferCommit may omit the size of the file, `bytes 0-4/*`";
const UPLOAD_FOLDERS: &str = "whether an upload by path creates missing folders of the path";
const CHILDREN_FOLDERS: &str = "whether creating a folder below a path creates missing folders of the path";

fn set_token_at_upload(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_token_at_upload = refused(value)?;
    DONE
}

fn set_token_at_download(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_token_at_download = refused(value)?;
    DONE
}

fn set_token_at_monitor(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_token_at_monitor = refused(value)?;
    DONE
}

fn set_second_session(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_second_session = either(value, "refused", "allowed")?;
    DONE
}

fn set_open_total(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.takes_open_total = either(value, "deferred", "refused")?;
    DONE
}

fn set_upload_folders(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.upload_makes_folders = either(value, "made", "refused")?;
    DONE
}

fn set_children_folders(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.children_make_folders = either(value, "made", "refused")?;
    DONE
}

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
    profile.names.reserved_parts = if either(value, "refused", "allowed")? { &["_vti_"] } else { &[] };
    DONE
}

/// Sets which names are the same. The developer page only ignores case; on personal drives some pairs were seen to be
/// the same (onedrive-api-docs issues 856 and 351).
fn set_collation(profile: &mut Profile, value: &str) -> Option<()> {
    profile.names.collation = if either(value, "seen", "none")? { Collation::Seen } else { Collation::None };
    DONE
}

/// Sets whether setting times creates a version (onedrive-api-docs issues 778 and 1378).
fn set_times_make_version(profile: &mut Profile, value: &str) -> Option<()> {
    profile.times_make_version = flag(value)?;
    DONE
}

/// Sets whether creating an existing folder without a behaviour fails. It fails on the pages; it was also seen to
/// return the folder (onedrive-api-docs issues 323 and 1162).
fn set_folder_again(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.finds_folder_again = either(value, "existing", "refuse")?;
    DONE
}

/// Sets the status of an `If-Match` that does not match. The pages have 412, the tests of microsoft-onedrive-mock 409.
fn set_precondition_status(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.precondition_status = if either(value, "412", "409")? { 412 } else { 409 };
    DONE
}

/// Parses `refused` or `ignored`.
fn refused(value: &str) -> Option<bool> {
    either(value, "refused", "ignored")
}

const MAX_NAME: &str = "the maximum length of a name in UTF-16 units";
const MAX_PATH: &str = "the maximum length of a path in UTF-16 units, without the leading slash";
const MAX_VERSIONS: &str = "the maximum number of versions of a file, the current one included";
const BIN_DAYS: &str = "the number of days that deleted items stay in the recycle bin";
const PARENT_PATH: &str = "the prefix of the path of a `parentReference` in a response, `/drives/ID` or `/drive`; the latter on the OneDrive API";
const ROOT_ETAG: &str = "whether the root of a drive has an eTag";
const FOLDER_CTAG: &str = "whether folders have a cTag";

fn set_max_name(profile: &mut Profile, value: &str) -> Option<()> {
    profile.names.max_units = Some(count::<u32>(value)? as usize);
    DONE
}

fn set_max_path(profile: &mut Profile, value: &str) -> Option<()> {
    profile.max_path_units = Some(count::<u32>(value)? as usize);
    DONE
}

fn set_max_versions(profile: &mut Profile, value: &str) -> Option<()> {
    profile.max_versions = Some(count(value)?);
    DONE
}

fn set_bin_days(profile: &mut Profile, value: &str) -> Option<()> {
    profile.bin_keeps = Some(Duration::from_secs(u64::from(count::<u32>(value)?) * 24 * 60 * 60));
    DONE
}

/// Sets the form of paths in responses. Both were seen on business drives.
fn set_parent_path(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.parent_path_names_drive = either(value, "drives", "drive")?;
    DONE
}

/// Sets whether a root has an eTag. Clients found none on business drives; a sample of the pages shows one.
fn set_root_etag(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.root_etag = flag(value)?;
    DONE
}

/// Sets whether folders have a cTag. The page says that those of business drives have none; a sample shows one.
fn set_folder_ctag(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.folder_ctag = flag(value)?;
    DONE
}

/// Sets the conflict behaviour of an upload session that does not set one. The page on createUploadSession says that it
/// fails; clients see the file replaced (microsoft-graph-docs issue 19010, onedrive-api-docs issue 54).
fn set_session_conflict(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.session_conflict = match value {
        "replace" => Conflict::Replace,
        "fail" => Conflict::Fail,
        "rename" => Conflict::Rename,
        _ => return None,
    };
    DONE
}

/// Sets the multiple for the length of fragments. The page on createUploadSession says 327,680 bytes; its example sends
/// 26.
fn set_fragment_multiple(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.fragment_multiple = u64::from(count::<u32>(value)?);
    DONE
}

const ORDER: &str = "the order in which a folder is listed if a request sets no other order";

fn set_order(profile: &mut Profile, value: &str) -> Option<()> {
    profile.listing_order = match value {
        "name" => ListingOrder::Name,
        "natural" => ListingOrder::Natural,
        "folders_first" => ListingOrder::FoldersFirst,
        _ => return None,
    };
    DONE
}

pub(super) const OPTIONS: &[ProfileOption] = &[
    of_business("token_at_upload", "ignored or refused", TOKEN_AT_UPLOAD, set_token_at_upload),
    of_personal("token_at_upload", "refused or ignored", TOKEN_AT_UPLOAD, set_token_at_upload),
    of_business("token_at_download", "ignored or refused", TOKEN_AT_DOWNLOAD, set_token_at_download),
    of_personal("token_at_download", "ignored or refused", TOKEN_AT_DOWNLOAD, set_token_at_download),
    of_business("token_at_monitor", "ignored or refused", TOKEN_AT_MONITOR, set_token_at_monitor),
    of_personal("token_at_monitor", "ignored or refused", TOKEN_AT_MONITOR, set_token_at_monitor),
    of_business("second_session", "refused or allowed", SECOND_SESSION, set_second_session),
    of_personal("second_session", "allowed or refused", SECOND_SESSION, set_second_session),
    of_business("open_total", "deferred or refused", OPEN_TOTAL, set_open_total),
    of_personal("open_total", "deferred or refused", OPEN_TOTAL, set_open_total),
    of_business("upload_folders", "made or refused", UPLOAD_FOLDERS, set_upload_folders),
    of_personal("upload_folders", "made or refused", UPLOAD_FOLDERS, set_upload_folders),
    of_business("children_folders", "refused or made", CHILDREN_FOLDERS, set_children_folders),
    of_personal("children_folders", "made or refused", CHILDREN_FOLDERS, set_children_folders),
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
    of_personal(
        "folder_again",
        "refuse or existing",
        "what happens if a new folder exists and no behaviour is sent: 409, or 200 with the existing one",
        set_folder_again,
    ),
    of_personal(
        "precondition_status",
        "412 or 409",
        "the error status of a change or a deletion whose `If-Match` does not match",
        set_precondition_status,
    ),
    of_business("order", "folders_first, name or natural", ORDER, set_order),
    of_personal("order", "natural, name or folders_first", ORDER, set_order),
    of_both(
        "session_conflict",
        "replace, fail or rename",
        "the conflict behaviour of an upload session that does not set one",
        set_session_conflict,
    ),
    of_both(
        "session_days",
        "7 or another number",
        "the number of days that an upload session stays open",
        |profile, value| {
            profile.microsoft_wire.session_days = count(value)?;
            DONE
        },
    ),
    of_both(
        "fragment_multiple",
        "1 or another number",
        "the number of bytes of which the length of each fragment except the last must be a multiple",
        set_fragment_multiple,
    ),
    of_both(
        "folder_content_status",
        "400 or another status",
        "the error status of a request to read or write the content of a folder",
        |profile, value| {
            profile.microsoft_wire.folder_content_status = error_status(value)?;
            DONE
        },
    ),
    of_both(
        "children_of_file",
        "empty or refuse",
        "the response to a listing of the children of a file: an empty list or 400",
        |profile, value| {
            profile.microsoft_wire.refuses_children_of_file = either(value, "refuse", "empty")?;
            DONE
        },
    ),
    of_both(
        "new_folder_facts",
        "kept or ignored",
        "whether a new folder gets the description and the times that are sent with it",
        |profile, value| {
            profile.microsoft_wire.keeps_facts_of_new_folder = either(value, "kept", "ignored")?;
            DONE
        },
    ),
    of_business("parent_path", "drives or drive", PARENT_PATH, set_parent_path),
    of_personal("parent_path", "drive or drives", PARENT_PATH, set_parent_path),
    of_business(
        "restore",
        "allowed or refused",
        "whether items can be restored from the recycle bin",
        |profile, value| {
            profile.microsoft_wire.restores = either(value, "allowed", "refused")?;
            DONE
        },
    ),
    of_business("root_etag", "false or true", ROOT_ETAG, set_root_etag),
    of_personal("root_etag", "true or false", ROOT_ETAG, set_root_etag),
    of_business("folder_ctag", "false or true", FOLDER_CTAG, set_folder_ctag),
    of_personal("folder_ctag", "true or false", FOLDER_CTAG, set_folder_ctag),
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
            profile.refuses_unreadable = either(value, "refused", "hidden")?;
            DONE
        },
    ),
    of_both(
        "locked_copy",
        "allowed or refused",
        "whether an item that is locked, as a file that somebody has open, can be copied; only Rust locks items \
         (`Sim::lock`), nothing over HTTP does",
        |profile, value| {
            profile.lock_refuses.copy_from = either(value, "refused", "allowed")?;
            DONE
        },
    ),
];
