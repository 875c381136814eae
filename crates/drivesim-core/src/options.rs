//! Sets options of a drive by name: other readings of a service's rules.
//!
//! If no page says how a service behaves, [`Profile`](crate::Profile) has a default reading and an option for the
//! others: `drive box profile=box copy_root_status=400` in an outline.

mod box_table;
mod microsoft;
mod microsoft_copies;
mod microsoft_table;
mod values;

use std::fmt;

use crate::name::Quoted;
use crate::profile::Profile;

/// Another reading of a rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ProfileOption {
    /// Its name in outlines.
    pub name: &'static str,
    /// The profiles that have it.
    pub profiles: &'static [&'static str],
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
    /// The profile has no option of this name.
    #[error("the profile {profile} has no option {option:.80}; it has {}", listed(.profile))]
    Unknown {
        /// The profile.
        profile: &'static str,
        /// The given name.
        option: String,
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
}

fn listed(profile: &str) -> String {
    let names: Vec<&str> = options_of(profile).map(|option| option.name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn options_of(profile: &str) -> impl Iterator<Item = &'static ProfileOption> {
    Profile::options().filter(move |option| option.profiles.contains(&profile))
}

impl Profile {
    /// Returns all options of all profiles, grouped by service. An option whose default differs between profiles is
    /// listed once for each.
    pub fn options() -> impl Iterator<Item = &'static ProfileOption> {
        box_table::OPTIONS.iter().chain(microsoft_copies::OPTIONS).chain(microsoft_table::OPTIONS)
    }

    /// Sets an option by its name, as a `drive` line of an outline does.
    ///
    /// ```
    /// # use drivesim_core::Profile;
    /// let mut profile = Profile::BOX;
    /// profile.set_option("async_item_threshold", "20")?;
    /// assert_eq!(profile.copy_locks_from, Some(21));
    /// # Ok::<(), drivesim_core::OptionError>(())
    /// ```
    ///
    /// # Errors
    /// [`OptionError`]; then the profile is unchanged.
    pub fn set_option(&mut self, name: &str, value: &str) -> Result<(), OptionError> {
        let unknown = || OptionError::Unknown { profile: self.name, option: name.to_owned() };
        let option = options_of(self.name).find(|option| option.name == name).ok_or_else(unknown)?;
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
        let last = words[words.len() - 1];
        match (option.name, last) {
            ("time_zone", _) => "+05:30".to_owned(),
            (_, "number") => "9".to_owned(),
            (_, "status") => "418".to_owned(),
            (_, last) => last.to_owned(),
        }
    }

    #[test]
    fn the_first_value_of_each_option_is_that_of_the_profile_and_another_is_not() {
        for option in Profile::options() {
            let first = option.values.split([',', ' ']).next().unwrap();
            for profile in option.profiles {
                let profile = Profile::named(profile).unwrap();
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
        let error = profile.set_option("copy_root", "400").unwrap_err().to_string();
        assert!(error.starts_with("the profile box has no option copy_root; it has sanitise_file_names, "));
        for value in ["", "200", "600", "x", "-400"] {
            let error = profile.set_option("copy_root_status", value).unwrap_err().to_string();
            assert_eq!(error, format!("the option copy_root_status is 500 or another status, not {value:?}"));
        }
        for value in ["8:00", "-8:00", "-24:00", "-08:60", "+0a:00", "-08:00:00", "Z"] {
            profile.set_option("time_zone", value).unwrap_err();
        }
        assert_eq!(profile, Profile::BOX);
        let error = Profile::PLAIN.clone().set_option("time_zone", "+01:00").unwrap_err().to_string();
        assert_eq!(error, "the profile plain has no option time_zone; it has none");
    }
}
