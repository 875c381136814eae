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

fn set_token_at_upload(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_token_at_upload = refused(value)?;
    DONE
}

fn set_token_at_download(profile: &mut Profile, value: &str) -> Option<()> {
    profile.microsoft_wire.refuses_token_at_download = refused(value)?;
    DONE
}

/// Reads whether something is `refused` or `ignored`.
fn refused(value: &str) -> Option<bool> {
    match value {
        "refused" => Some(true),
        "ignored" => Some(false),
        _ => None,
    }
}

pub(super) const OPTIONS: &[ProfileOption] = &[
    of_business("token_at_upload", "ignored or refused", TOKEN_AT_UPLOAD, set_token_at_upload),
    of_personal("token_at_upload", "refused or ignored", TOKEN_AT_UPLOAD, set_token_at_upload),
    of_business("token_at_download", "ignored or refused", TOKEN_AT_DOWNLOAD, set_token_at_download),
    of_personal("token_at_download", "ignored or refused", TOKEN_AT_DOWNLOAD, set_token_at_download),
];
