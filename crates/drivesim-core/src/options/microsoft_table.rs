//! Lists the options of business and personal drives.

use crate::Profile;
use crate::options::ProfileOption;

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
];
