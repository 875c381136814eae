//! Reads the wire options of a drive from the texts that its profile keeps, by the table of a service.

use drivesim::Profile;
use drivesim::error::OptionError;
use drivesim::profile::Service;

/// An option of a drive that decides how the server responds, `wire.NAME=value` in an outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireOption {
    /// Its name in outlines, with the prefix.
    pub name: &'static str,
    /// The services that have it.
    pub services: &'static [Service],
    /// Its values; the first one is the default of drivesim.
    pub values: &'static str,
    /// Its meaning.
    pub means: &'static str,
}

/// A row of the table of a service: an option, and how it is set in the options of type `O`.
pub(crate) struct WireRow<O> {
    pub(crate) option: WireOption,
    pub(crate) set: fn(&mut O, &str) -> Option<()>,
}

impl WireOption {
    /// Creates an option.
    pub(crate) const fn new(
        name: &'static str,
        services: &'static [Service],
        values: &'static str,
        means: &'static str,
    ) -> WireOption {
        WireOption { name, services, values, means }
    }
}

/// Creates a row for a field of the options: the field has the name of the option, without the prefix. `$parse` parses
/// a value.
macro_rules! wire_row {
    ($services:expr, $field:ident, $values:literal, $means:expr, $parse:expr) => {
        WireRow {
            option: WireOption::new(concat!("wire.", stringify!($field)), $services, $values, $means),
            set: |options, value| {
                options.$field = $parse(value)?;
                Some(())
            },
        }
    };
}
pub(crate) use wire_row;

/// Defines the values of an option that are words.
macro_rules! wire_words {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$word_doc])* $variant,)*
        }

        impl $name {
            /// Parses the value of an option.
            pub(super) fn parse(value: &str) -> Option<$name> {
                match value {
                    $($word => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}
pub(crate) use wire_words;

/// Reads the options of a drive. Nothing is parsed unless one is set.
///
/// # Errors
/// An option that the service does not have, or not with this value.
pub(crate) fn read<O: Copy>(
    defaults: &O,
    table: &'static [WireRow<O>],
    profile: &Profile,
) -> Result<O, OptionError> {
    let mut options = *defaults;
    for (name, value) in profile.wire.iter() {
        set(&mut options, table, profile.service, name, value)?;
    }
    Ok(options)
}

fn set<O>(
    options: &mut O,
    table: &'static [WireRow<O>],
    service: Service,
    name: &str,
    value: &str,
) -> Result<(), OptionError> {
    let rows = || table.iter().filter(|row| row.option.services.contains(&service));
    let has_name = |row: &&WireRow<O>| row.option.name.strip_prefix("wire.") == Some(name);
    let Some(row) = rows().find(has_name) else {
        let known = rows().map(|row| row.option.name);
        return Err(OptionError::unknown(service, format!("wire.{name}"), known));
    };
    (row.set)(options, value).ok_or_else(|| OptionError::Value {
        option: row.option.name,
        value: value.to_owned(),
        values: row.option.values,
    })
}

/// Parses `true` or `false`.
pub(crate) fn flag(value: &str) -> Option<bool> {
    value.parse().ok()
}

/// Parses the status of an error.
pub(crate) fn error_status(value: &str) -> Option<u16> {
    value.parse().ok().filter(|status| (400..600).contains(status))
}

/// Parses a number of at least 1.
pub(crate) fn count(value: &str) -> Option<u32> {
    value.parse().ok().filter(|number| *number >= 1)
}
