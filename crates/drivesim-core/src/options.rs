//! The only place for what other readings of a service's rules are called: the options of a drive, by name.
//!
//! Where no page says how a service behaves, [`Profile`](crate::Profile) has the reading that drivesim stands for, and
//! an option for the others: `drive box profile=box copy_root_status=400` in an outline.

use std::fmt;

use crate::name::FileCopyName;
use crate::profile::{ConflictsShape, FieldsBase, Profile};

/// Another reading of a rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ProfileOption {
    /// What it is called in outlines.
    pub name: &'static str,
    /// The profiles that have it.
    pub profiles: &'static [&'static str],
    /// The values it may have, the first of which is what drivesim stands for.
    pub values: &'static str,
    /// What it means.
    pub means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
}

/// Says why an option could not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionError {
    /// The profile has no option of this name.
    #[error("the profile {profile} has no option {option}; it has {}", listed(.profile))]
    Unknown {
        /// The profile.
        profile: &'static str,
        /// The name that was given.
        option: String,
    },
    /// The option does not have this value.
    #[error("the option {option} is {values}, not {value:?}")]
    Value {
        /// The option.
        option: &'static str,
        /// The value that was given.
        value: String,
        /// What it may be.
        values: &'static str,
    },
}

fn listed(profile: &str) -> String {
    let names: Vec<&str> = options_of(profile).map(|option| option.name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn options_of(profile: &str) -> impl Iterator<Item = &'static ProfileOption> {
    OPTIONS.iter().filter(move |option| option.profiles.contains(&profile))
}

impl Profile {
    /// Returns all options of all profiles.
    pub const fn options() -> &'static [ProfileOption] {
        OPTIONS
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
    /// [`OptionError`]; then the profile is as it was.
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

fn flag(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Reads the status of an error.
fn error_status(value: &str) -> Option<u16> {
    value.parse().ok().filter(|status| (400..600).contains(status))
}

/// Reads an offset from UTC, `+01:00`, in minutes.
fn offset(value: &str) -> Option<i16> {
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let part = |text: &str, most: i16| -> Option<i16> {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|&number| is_number && number <= most)
    };
    Some(sign * (part(hours, 23)? * 60 + part(minutes, 59)?))
}

const BOX: &[&str] = &["box"];

/// Makes an option of Box.
const fn of_box(
    name: &'static str,
    values: &'static str,
    means: &'static str,
    set: fn(&mut Profile, &str) -> Option<()>,
) -> ProfileOption {
    ProfileOption { name, profiles: BOX, values, means, set }
}

/// Says that something was set.
const DONE: Option<()> = Some(());

const OPTIONS: &[ProfileOption] = &[
    of_box(
        "sanitise_file_names",
        "copy_only, everywhere or never",
        "which verbs take out of a file's new name what it may not have, instead of refusing it",
        |profile, value| {
            let (file_copy, everywhere) = match value {
                "copy_only" => (FileCopyName::Sanitised, false),
                "everywhere" => (FileCopyName::Sanitised, true),
                "never" => (FileCopyName::Checked, false),
                _ => return None,
            };
            (profile.names.file_copy, profile.names.sanitises_all_files) = (file_copy, everywhere);
            DONE
        },
    ),
    of_box(
        "empty_after_sanitise",
        "refuse or keep_source_name",
        "what a file copy does with a name of which sanitising leaves nothing",
        |profile, value| {
            profile.names.keeps_source_name = match value {
                "refuse" => false,
                "keep_source_name" => true,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "length_before_sanitising",
        "true or false",
        "whether a name is held to its length before characters are taken out of it",
        |profile, value| {
            profile.names.measures_unsanitised = flag(value)?;
            DONE
        },
    ),
    of_box(
        "reject_supplementary",
        "true, false or not_on_file_copy",
        "whether characters above U+FFFF, as emoji, are refused",
        |profile, value| {
            let (rejects, copies) = match value {
                "true" => (true, false),
                "false" => (false, false),
                "not_on_file_copy" => (true, true),
                _ => return None,
            };
            (profile.names.reject_supplementary, profile.names.copies_supplementary) = (rejects, copies);
            DONE
        },
    ),
    of_box(
        "reject_leading_space",
        "false or true",
        "whether a name may not start with a space",
        |profile, value| {
            profile.names.reject_leading_space = flag(value)?;
            DONE
        },
    ),
    of_box(
        "async_item_threshold",
        "500 or another number",
        "with how many items in it at most a folder is copied when the copy is answered",
        |profile, value| {
            profile.copy_locks_from = Some(value.parse::<u32>().ok()?.checked_add(1)?);
            DONE
        },
    ),
    of_box(
        "lock_blocks_create_upload",
        "false or true",
        "whether nothing can be made or uploaded in a folder that is being copied from or to",
        |profile, value| {
            let blocks = flag(value)?;
            (profile.lock_refuses.create, profile.lock_refuses.write) = (blocks, blocks);
            DONE
        },
    ),
    of_box(
        "copy_keeps_description",
        "true or false",
        "whether a copy has the description of its source",
        |profile, value| {
            profile.copy_keeps.description = flag(value)?;
            DONE
        },
    ),
    of_box(
        "copy_keeps_content_times",
        "true or false",
        "whether a copied file has the times of the content of its source",
        |profile, value| {
            profile.copy_keeps.fs_times = flag(value)?;
            DONE
        },
    ),
    of_box(
        "child_etag",
        "0 or another number",
        "the etag of what is in a copied folder",
        |profile, value| {
            profile.copied_child_etag = value.parse().ok()?;
            DONE
        },
    ),
    of_box(
        "max_versions",
        "100 or another number",
        "how many versions a file has at most, the current one included",
        |profile, value| {
            profile.max_versions = Some(value.parse().ok().filter(|&most| most > 0)?);
            DONE
        },
    ),
    of_box(
        "conflicts_shape",
        "per_call, array or object",
        "how the answer to a taken name tells what has it: as was seen of each call, or the same for all",
        |profile, value| {
            profile.box_wire.conflicts_shape = match value {
                "per_call" => ConflictsShape::PerCall,
                "array" => ConflictsShape::Array,
                "object" => ConflictsShape::Object,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "fields_base",
        "base or mini",
        "what an answer has beside the fields that were asked for",
        |profile, value| {
            profile.box_wire.fields_base = match value {
                "base" => FieldsBase::Base,
                "mini" => FieldsBase::Mini,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "copy_root_status",
        "500 or another status",
        "how a copy of the root is refused",
        |profile, value| {
            profile.box_wire.copy_root_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "cyclic_copy_status",
        "400 or another status",
        "how a copy of a folder into itself or below is refused",
        |profile, value| {
            profile.box_wire.cyclic_copy_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "file_as_target_status",
        "404 or another status",
        "how a file in the place of the target folder is refused",
        |profile, value| {
            profile.box_wire.file_as_target_status = error_status(value)?;
            DONE
        },
    ),
    of_box(
        "if_none_match_on_copy",
        "true or false",
        "whether a copy of a source with the etag in If-None-Match is answered with 304 and not made",
        |profile, value| {
            profile.box_wire.if_none_match_on_copy = flag(value)?;
            DONE
        },
    ),
    of_box(
        "trashed_file_get",
        "200 or 404",
        "how a file in the trash is answered that is asked for as if it were not",
        |profile, value| {
            profile.box_wire.shows_trashed_files = match value {
                "200" => true,
                "404" => false,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "duplicate_create",
        "item_name_in_use or name_temporarily_reserved",
        "how a creation is refused whose name was taken in the same second",
        |profile, value| {
            profile.box_wire.reserves_names = match value {
                "item_name_in_use" => false,
                "name_temporarily_reserved" => true,
                _ => return None,
            };
            DONE
        },
    ),
    of_box(
        "forbidden_by_policy",
        "false or true",
        "whether copies are forbidden by an information barrier",
        |profile, value| {
            profile.box_wire.forbids_copies = flag(value)?;
            DONE
        },
    ),
    of_box(
        "rate_limit",
        "none or another number",
        "how many requests a minute are answered, by the clock of the simulator",
        |profile, value| {
            profile.box_wire.rate_limit = match value {
                "none" => None,
                number => Some(number.parse().ok()?),
            };
            DONE
        },
    ),
    of_box("time_zone", "-08:00 or another offset", "how far from UTC times are told", |profile, value| {
        profile.box_wire.offset_minutes = offset(value)?;
        DONE
    }),
    of_box(
        "id_offset",
        "0 or another number",
        "what is added to the ids of files, folders and versions, which else have 12 or 13 digits",
        |profile, value| {
            profile.box_wire.id_offset = value.parse().ok()?;
            DONE
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A value of an option other than the first.
    fn another(option: &ProfileOption) -> String {
        let words: Vec<&str> = option.values.split([',', ' ']).filter(|word| !word.is_empty()).collect();
        let last = words[words.len() - 1];
        match (option.name, last) {
            ("time_zone", _) => "+05:30".to_owned(),
            (_, "number") => "7".to_owned(),
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
    fn what_is_no_option_and_no_value_says_what_there_is() {
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
        let error = Profile::BUSINESS.clone().set_option("time_zone", "+01:00").unwrap_err().to_string();
        assert_eq!(error, "the profile business has no option time_zone; it has none");
    }
}
