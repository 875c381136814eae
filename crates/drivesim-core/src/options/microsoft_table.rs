//! Lists the options of business and personal drives.

use crate::Profile;
use crate::listing_order::ListingOrder;
use crate::options::ProfileOption;
use crate::options::values::flag;

const BUSINESS: &[&str] = &["business"];
const PERSONAL: &[&str] = &["personal"];

/// Defines an option of business drives.
const fn of_business(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BUSINESS, values, means, set }
}

/// Defines an option of personal drives.
const fn of_personal(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: PERSONAL, values, means, set }
}

/// Marks an option as set.
const DONE: Option<()> = Some(());

const BOTH: &[&str] = &["business", "personal"];

/// Defines an option of business and personal drives.
const fn of_both(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BOTH, values, means, set }
}

const FORMS_FOLDERS: &str = "where no folder may be called `Forms`, in any case of its letters";
const VTI_NAMES: &str = "whether a name may hold `_vti_`, in any case of its letters";
const TOKEN_AT_UPLOAD: &str = "whether an upload URL, which carries its own permission, refuses a token";
const TOKEN_AT_DOWNLOAD: &str = "whether a download URL, which carries its own permission, refuses a token";
const TOKEN_AT_MONITOR: &str =
    "whether the URL of a monitor, which carries its own permission, refuses a token";
const SECOND_SESSION: &str = "whether a file that has an open upload session refuses a second one";
const OPEN_TOTAL: &str =
    "whether fragments of a session with deferCommit may leave the size of the file open, `bytes 0-4/*`";
const UPLOAD_FOLDERS: &str = "whether an upload by path makes the folders that are missing on the way";
const CHILDREN_FOLDERS: &str =
    "whether a folder that is made below a path makes the folders that are missing on the way";

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

/// Sets where folders called `Forms` are refused. The support page on restrictions refuses them at the root of a
/// library, messages of the service at any depth (onedrive-api-docs issue 1671, rclone issue 7910).
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

/// Sets whether names may hold `_vti_`. The support page on restrictions refuses them, personal drives were seen to take
/// them (onedrive-api-docs issue 1653, rclone issue 6653).
fn set_vti_names(profile: &mut Profile, value: &str) -> Option<()> {
    profile.names.reserved_parts = if either(value, "refused", "allowed")? { &["_vti_"] } else { &[] };
    DONE
}

/// Sets whether times make a version (onedrive-api-docs issues 778 and 1378).
fn set_times_make_version(profile: &mut Profile, value: &str) -> Option<()> {
    profile.times_make_version = flag(value)?;
    DONE
}

/// Sets what becomes of a copy that names neither a folder nor a name. Both members are optional on the pages; the
/// message of python-o365 issue 769 asks for one of them.
fn set_empty_copy(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_empty_copy = either(value, "refuse", "accept")?;
    DONE
}

/// Sets what becomes of a folder that is made again without a behaviour. The pages refuse it; it was also seen to be
/// found (onedrive-api-docs issues 323 and 1162).
fn set_folder_again(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.finds_folder_again = either(value, "existing", "refuse")?;
    DONE
}

/// Sets the status of an `If-Match` that does not match. The pages have 412, the tests of microsoft-onedrive-mock 409.
fn set_precondition_status(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.precondition_status = if either(value, "412", "409")? { 412 } else { 409 };
    DONE
}

/// Reads whether something is `refused` or `ignored`.
fn refused(value: &str) -> Option<bool> {
    either(value, "refused", "ignored")
}

/// Reads one of two words: the first means that it is so.
fn either(value: &str, is_so: &str, is_not: &str) -> Option<bool> {
    match value {
        _ if value == is_so => Some(true),
        _ if value == is_not => Some(false),
        _ => None,
    }
}

const ORDER: &str = "in which order a folder is listed when nobody asks for another one";

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
    of_business(
        "times_make_version",
        "true or false",
        "whether a file gets a new version when the times of its content are set",
        set_times_make_version,
    ),
    of_both(
        "empty_copy",
        "accept or refuse",
        "what becomes of a copy whose body has neither `parentReference` nor `name`",
        set_empty_copy,
    ),
    of_personal(
        "folder_again",
        "refuse or existing",
        "what becomes of a new folder that is there already, where no behaviour is sent: 409, or 200 with the old one",
        set_folder_again,
    ),
    of_personal(
        "precondition_status",
        "412 or 409",
        "how a change or a deletion is refused whose `If-Match` does not match",
        set_precondition_status,
    ),
    of_business("order", "folders_first, name or natural", ORDER, set_order),
    of_personal("order", "natural, name or folders_first", ORDER, set_order),
];
