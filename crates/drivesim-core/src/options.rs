//! Sets options of a drive by name: other readings of a service's rules.
//!
//! If no page says how a service behaves, [`Profile`](crate::Profile) has a default reading and an option for the
//! others: `drive box profile=box max_versions=10` in an outline. An option that sets a field of the profile has its
//! name. The names that begin with `wire.` are those of the server: the profile keeps them as
//! [`WireOptions`](crate::WireOptions).

mod box_table;
mod microsoft;
mod microsoft_copies;
mod microsoft_table;
mod old_names;
mod values;

use std::fmt;

use crate::name::Quoted;
use crate::profile::{Profile, Service, WIRE_PREFIX};

/// Another reading of a rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ProfileOption {
    /// Its name in outlines.
    pub name: &'static str,
    /// The services that have it.
    pub services: &'static [Service],
    /// Its values; the first one is the default of drivesim.
    pub values: &'static str,
    /// Its meaning.
    pub means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
}

/// Why an option could not be set.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionError {
    /// The service has no option of this name.
    #[error("the profile {service} has no option {option:.80}; it has {known}")]
    Unknown {
        /// The service of the profile.
        service: Service,
        /// The given name.
        option: String,
        /// The names of the options that it has, separated by commas, or `none`.
        known: String,
    },
    /// The option does not have this value.
    #[error("the option {option} is {values}, not {}", Quoted(.value))]
    Value {
        /// The option.
        option: &'static str,
        /// The given value.
        value: String,
        /// The possible values.
        values: &'static str,
    },
    /// This is not the name of a wire option.
    #[error(
        "the option {option:.80} is not `wire.` and a name of at most 64 letters in lower case, digits and underscores"
    )]
    WireName {
        /// The given name.
        option: String,
    },
    /// The value of a wire option is too long.
    #[error("the value of the option {option} has {n_bytes} bytes, at most 1024 are allowed")]
    WireValue {
        /// The option.
        option: String,
        /// The length of the given value.
        n_bytes: usize,
    },
}

impl OptionError {
    /// Returns the error for an option that a service does not have, among those that it has.
    ///
    /// ```
    /// # use drivesim_core::{OptionError, Service};
    /// let error = OptionError::unknown(Service::Box, "wire.x", ["wire.time_zone", "wire.rate_limit"]);
    /// let message = "the profile box has no option wire.x; it has wire.time_zone, wire.rate_limit";
    /// assert_eq!(error.to_string(), message);
    /// ```
    pub fn unknown(
        service: Service,
        option: impl Into<String>,
        known: impl IntoIterator<Item = &'static str>,
    ) -> OptionError {
        let known: Vec<&str> = known.into_iter().collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        OptionError::Unknown { service, option: option.into(), known }
    }
}

fn options_of(service: Service) -> impl Iterator<Item = &'static ProfileOption> {
    Profile::options().filter(move |option| option.services.contains(&service))
}

impl Profile {
    /// Returns all options of all profiles but the wire options, grouped by service. An option whose default differs
    /// between profiles is listed once for each.
    pub fn options() -> impl Iterator<Item = &'static ProfileOption> {
        box_table::OPTIONS.iter().chain(microsoft_copies::OPTIONS).chain(microsoft_table::OPTIONS)
    }

    /// Returns the present name of an option that had another name in 0.1; `None` for any other name. Both names set
    /// it, until the next release.
    ///
    /// A program that takes options from its users can warn of the name:
    ///
    /// ```
    /// # use drivesim_core::Profile;
    /// if let Some(name) = Profile::option_renamed("copy_root_status") {
    ///     assert_eq!(name, "wire.copy_root_status");
    ///     eprintln!("warning: option copy_root_status: use {name}");
    /// }
    /// assert_eq!(Profile::option_renamed("max_versions"), None);
    /// ```
    pub fn option_renamed(name: &str) -> Option<&'static str> {
        old_names::present_name(name)
    }

    /// Sets an option by its name, as a `drive` line of an outline does.
    ///
    /// A name that begins with `wire.` sets an option in [`Profile::wire`]. Whether it exists is checked by the server.
    ///
    /// ```
    /// # use drivesim_core::Profile;
    /// let mut profile = Profile::BOX;
    /// profile.set_option("max_versions", "20")?;
    /// profile.set_option("wire.rate_limit", "100")?;
    /// assert_eq!((profile.max_versions, profile.wire.get("rate_limit")), (Some(20), Some("100")));
    /// # Ok::<(), drivesim_core::OptionError>(())
    /// ```
    ///
    /// # Errors
    /// [`OptionError`]; then the profile is unchanged.
    pub fn set_option(&mut self, name: &str, value: &str) -> Result<(), OptionError> {
        let name = Profile::option_renamed(name).unwrap_or(name);
        if let Some(name) = name.strip_prefix(WIRE_PREFIX) {
            return self.wire.set(name, value);
        }
        let known = || options_of(self.service).map(|option| option.name);
        let option = options_of(self.service)
            .find(|option| option.name == name)
            .ok_or_else(|| OptionError::unknown(self.service, name, known()))?;
        let mut changed = self.clone();
        (option.set)(&mut changed, value).ok_or_else(|| OptionError::Value {
            option: option.name,
            value: value.to_owned(),
            values: option.values,
        })?;
        *self = changed;
        Ok(())
    }
}

impl fmt::Display for ProfileOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}: {}", self.name, self.values, self.means)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a value of an option other than the first.
    fn another(option: &ProfileOption) -> String {
        let words: Vec<&str> = option.values.split([',', ' ']).filter(|word| !word.is_empty()).collect();
        match words[words.len() - 1] {
            "number" => "9".to_owned(),
            last => last.to_owned(),
        }
    }

    #[test]
    fn the_first_value_of_each_option_is_that_of_the_profile_and_another_is_not() {
        for option in Profile::options() {
            let first = option.values.split([',', ' ']).next().unwrap();
            for service in option.services {
                let profile = service.profile();
                let mut set = profile.clone();
                set.set_option(option.name, first).unwrap();
                assert_eq!(set, profile, "{option}");
                set.set_option(option.name, &another(option)).unwrap();
                assert_ne!(set, profile, "{option}");
            }
        }
    }

    #[test]
    fn unknown_options_and_values_fail_with_the_known_ones() {
        let mut profile = Profile::BOX;
        let error = profile.set_option("max_version", "400").unwrap_err().to_string();
        assert!(error.starts_with("the profile box has no option max_version; it has sanitise_file_names, "));
        for value in ["", "0", "x", "-400"] {
            let error = profile.set_option("max_versions", value).unwrap_err().to_string();
            assert_eq!(error, format!("the option max_versions is 100 or another number, not {value:?}"));
        }
        assert_eq!(profile, Profile::BOX);
        let error = Profile::PLAIN.clone().set_option("max_versions", "9").unwrap_err().to_string();
        assert_eq!(error, "the profile plain has no option max_versions; it has none");
    }

    #[test]
    fn an_option_of_the_server_is_kept_by_each_profile_as_it_is_given() {
        for profile in Profile::ALL {
            let mut set = profile.clone();
            set.set_option("wire.not_known", "any text").unwrap();
            assert_eq!(set.wire.get("not_known"), Some("any text"));
            assert_ne!(set, profile);
            set.set_option("wire.", "").unwrap_err();
            set.set_option("wire.Not", "").unwrap_err();
        }
    }

    #[test]
    fn an_old_name_sets_the_option_that_has_another_name_now() {
        let mut profile = Profile::BOX;
        profile.set_option("child_etag", "3").unwrap();
        profile.set_option("copy_root_status", "400").unwrap();
        assert_eq!((profile.copied_child_etag, profile.wire.get("copy_root_status")), (3, Some("400")));
        let error = profile.set_option("child_etag", "x").unwrap_err().to_string();
        assert_eq!(error, "the option copied_child_etag is 0 or another number, not \"x\"");
    }
}
