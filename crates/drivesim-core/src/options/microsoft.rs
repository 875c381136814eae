//! Makes options of business and personal drives.

use crate::Profile;
use crate::options::ProfileOption;

const BUSINESS: &[&str] = &["business"];
const PERSONAL: &[&str] = &["personal"];

/// Defines an option of business drives.
pub(super) const fn of_business(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BUSINESS, values, means, set }
}

/// Defines an option of personal drives.
pub(super) const fn of_personal(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: PERSONAL, values, means, set }
}

/// Marks an option as set.
pub(super) const DONE: Option<()> = Some(());

const BOTH: &[&str] = &["business", "personal"];

/// Defines an option of business and personal drives.
pub(super) const fn of_both(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BOTH, values, means, set }
}
