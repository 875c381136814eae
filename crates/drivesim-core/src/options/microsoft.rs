//! Provides constructors for options of business and personal drives.

use crate::Profile;
use crate::options::ProfileOption;

const BUSINESS: &[&str] = &["business"];
const PERSONAL: &[&str] = &["personal"];

/// Creates an option of business drives.
pub(super) const fn of_business(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BUSINESS, values, means, set }
}

/// Creates an option of personal drives.
pub(super) const fn of_personal(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: PERSONAL, values, means, set }
}

/// The result of a setter that accepted its value.
pub(super) const DONE: Option<()> = Some(());

const BOTH: &[&str] = &["business", "personal"];

/// Creates an option of business and personal drives.
pub(super) const fn of_both(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BOTH, values, means, set }
}
