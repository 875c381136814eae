//! Provides constructors for options of business and personal drives.

use crate::Profile;
use crate::options::ProfileOption;
use crate::profile::Service;

const BUSINESS: &[Service] = &[Service::Business];
const PERSONAL: &[Service] = &[Service::Personal];

/// Creates an option of business drives.
pub(super) const fn of_business(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, services: BUSINESS, values, means, set }
}

/// Creates an option of personal drives.
pub(super) const fn of_personal(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, services: PERSONAL, values, means, set }
}

/// The result of a setter that accepted its value.
pub(super) const DONE: Option<()> = Some(());

const BOTH: &[Service] = &[Service::Business, Service::Personal];

/// Creates an option of business and personal drives.
pub(super) const fn of_both(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, services: BOTH, values, means, set }
}
