//! Distinguishes business drives from personal ones.

use drivesim::Profile;
use drivesim::profile::Service;

use crate::json::rfc3339::Precision;

/// The two kinds of drive of Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriveType {
    /// OneDrive for work and SharePoint.
    Business,
    /// OneDrive of a person.
    Personal,
}

impl DriveType {
    /// Returns the type of a drive; `None` for a drive of another service.
    pub(crate) fn of(profile: &Profile) -> Option<DriveType> {
        match profile.service {
            Service::Box => None,
            Service::Personal => Some(DriveType::Personal),
            Service::Plain | Service::Business => Some(DriveType::Business),
        }
    }

    /// Returns the precision of times: seconds on business drives, milliseconds on personal ones, as in the samples of the
    /// pages.
    pub(crate) fn precision(self) -> Precision {
        match self {
            DriveType::Business => Precision::Seconds,
            DriveType::Personal => Precision::Milliseconds,
        }
    }
}
