//! Names the services whose rules a drive can have.

use std::fmt;
use std::str::FromStr;

use crate::profile::Profile;

/// The service whose rules a drive has. Its text is the name of the profile.
///
/// The list is closed: code that depends on the service lists all of them, so that it does not compile when one is
/// added.
///
/// ```
/// # use drivesim_core::{Profile, Service};
/// assert_eq!("box".parse(), Ok(Service::Box));
/// assert_eq!(Service::Box.to_string(), "box");
/// assert_eq!(Service::Box.profile(), Profile::BOX);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// No service.
    Plain,
    /// OneDrive for work and SharePoint.
    Business,
    /// OneDrive of a person.
    Personal,
    /// Box.
    Box,
}

impl Service {
    /// All services.
    pub const ALL: [Service; 4] = [Service::Plain, Service::Business, Service::Personal, Service::Box];

    /// Returns the name: `plain`, `business`, `personal` or `box`.
    ///
    /// ```
    /// assert_eq!(drivesim_core::Service::Personal.name(), "personal");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Service::Plain => "plain",
            Service::Business => "business",
            Service::Personal => "personal",
            Service::Box => "box",
        }
    }

    /// Returns the rules of the service, as drivesim reads them.
    ///
    /// ```
    /// # use drivesim_core::{Profile, Service};
    /// assert_eq!(Service::Plain.profile(), Profile::PLAIN);
    /// ```
    pub const fn profile(self) -> Profile {
        match self {
            Service::Plain => Profile::PLAIN,
            Service::Business => Profile::BUSINESS,
            Service::Personal => Profile::PERSONAL,
            Service::Box => Profile::BOX,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The error for a text that is not the name of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a service is plain, business, personal or box")]
pub struct ParseServiceError;

impl FromStr for Service {
    type Err = ParseServiceError;

    fn from_str(name: &str) -> Result<Service, ParseServiceError> {
        Service::ALL.into_iter().find(|service| service.name() == name).ok_or(ParseServiceError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_each_service_is_the_name_of_its_profile() {
        for (service, profile) in Service::ALL.into_iter().zip(Profile::ALL) {
            assert_eq!((profile.service, profile.name()), (service, service.name()));
            assert_eq!(service.to_string().parse(), Ok(service));
            assert_eq!(service.profile(), profile);
        }
        for wrong in ["", "Box", "box "] {
            assert_eq!(wrong.parse::<Service>(), Err(ParseServiceError), "{wrong:?}");
        }
    }
}
