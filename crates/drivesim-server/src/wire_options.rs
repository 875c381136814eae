//! Lists and checks the wire options of all services.

use drivesim::error::OptionError;
use drivesim::profile::Service;
use drivesim::{Profile, Sim};

use crate::state::start_error::StartError;
use crate::state::wire_option::WireOption;
use crate::{box_api, graph};

/// Returns the wire options of all services, grouped by service. An option whose default differs between services is
/// listed once for each.
///
/// ```
/// let statuses = drivesim_server::wire_options().find(|option| option.name == "wire.copy_root_status").unwrap();
/// assert_eq!(statuses.values, "500 or another status");
/// ```
pub fn wire_options() -> impl Iterator<Item = WireOption> {
    box_api::options::all().chain(graph::options::all())
}

/// Checks the wire options of a drive, which the simulator keeps without knowing them. A server does so when it starts,
/// and when the admin API adds drives; a drive that is added to the simulator of a running server can be checked before.
///
/// ```
/// use drivesim::Profile;
/// use drivesim_server::check_wire_options;
///
/// let mut profile = Profile::BOX;
/// profile.set_option("wire.copy_root_status", "400")?;
/// assert_eq!(check_wire_options(&profile), Ok(()));
/// profile.set_option("wire.copy_root_status", "200")?;
/// let message = "the option wire.copy_root_status is 500 or another status, not \"200\"";
/// assert_eq!(check_wire_options(&profile).unwrap_err().to_string(), message);
/// # Ok::<(), drivesim::error::OptionError>(())
/// ```
///
/// # Errors
/// [`OptionError`] for the first option that the service does not have, or not with this value.
pub fn check_wire_options(profile: &Profile) -> Result<(), OptionError> {
    match profile.service {
        Service::Box => box_api::options::BoxOptions::of(profile).map(drop),
        Service::Plain | Service::Business | Service::Personal => {
            graph::options::GraphOptions::of(profile).map(drop)
        }
    }
}

/// Checks the options of all drives of a simulator.
pub(crate) fn check_drives(sim: &Sim) -> Result<(), StartError> {
    sim.all_drive_infos().try_for_each(|drive| {
        let checked = check_wire_options(drive.profile());
        checked.map_err(|fault| StartError::WireOption { drive: drive.name().to_owned(), fault })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a value of an option other than the first.
    fn another(option: &WireOption) -> &'static str {
        match option.values.rsplit([',', ' ']).next().unwrap() {
            "number" => "9",
            "status" => "418",
            "offset" => "+05:30",
            last => last,
        }
    }

    /// Returns the options of a drive as a text that shows all of them.
    fn shown(profile: &Profile) -> String {
        match profile.service {
            Service::Box => format!("{:?}", box_api::options::BoxOptions::of(profile).unwrap()),
            _ => format!("{:?}", graph::options::GraphOptions::of(profile).unwrap()),
        }
    }

    #[test]
    fn the_first_value_of_each_option_is_the_default_and_another_is_not() {
        let mut n_options = 0;
        for option in wire_options() {
            for service in option.services {
                let default = shown(&service.profile());
                let set_to = |value: &str| {
                    let mut profile = service.profile();
                    profile.set_option(option.name, value).unwrap();
                    shown(&profile)
                };
                assert_eq!(set_to(option.values.split([',', ' ']).next().unwrap()), default, "{option:?}");
                assert_ne!(set_to(another(&option)), default, "{option:?}");
                n_options += 1;
            }
        }
        assert!(n_options > 60, "{n_options}");
    }

    #[test]
    fn each_option_is_listed_once_for_a_service_and_the_core_knows_none_of_them() {
        let all: Vec<WireOption> = wire_options().collect();
        for (number, option) in all.iter().enumerate() {
            for service in option.services {
                let is_same =
                    |other: &WireOption| other.name == option.name && other.services.contains(service);
                assert!(!all[..number].iter().any(is_same), "{option:?}");
            }
            assert!(
                Profile::options().all(|other| format!("wire.{}", other.name) != option.name),
                "{option:?}"
            );
        }
    }

    #[test]
    fn unknown_options_and_values_fail_with_the_known_ones() {
        let error = |profile: Profile, name: &str, value: &str| {
            let mut profile = profile;
            profile.set_option(name, value).unwrap();
            check_wire_options(&profile).unwrap_err().to_string()
        };
        for value in ["", "200", "600", "x", "-400"] {
            let error = error(Profile::BOX, "wire.copy_root_status", value);
            assert_eq!(
                error,
                format!("the option wire.copy_root_status is 500 or another status, not {value:?}")
            );
        }
        for value in ["8:00", "-8:00", "-24:00", "-08:60", "+0a:00", "-08:00:00", "Z"] {
            error(Profile::BOX, "wire.time_zone", value);
        }
        let of_box = error(Profile::BOX, "wire.x", "1");
        let known = "the profile box has no option wire.x; it has wire.conflicts_shape, wire.fields_base, ";
        assert!(of_box.starts_with(known), "{of_box}");
        let of_business = error(Profile::BUSINESS, "wire.copy_root_status", "400");
        assert!(
            of_business.starts_with("the profile business has no option wire.copy_root_status; it has wire.")
        );
        let of_plain = error(Profile::PLAIN, "wire.time_zone", "+01:00");
        assert_eq!(of_plain, "the profile plain has no option wire.time_zone; it has none");
    }
}
