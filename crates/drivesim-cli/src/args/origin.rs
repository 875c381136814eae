//! Names the flag or variable of a value in error messages.

use std::env;
use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

/// Returns the name of the source of a value: `--max-page`, or `DRIVESIM_MAX_PAGE` if it comes from the variable.
pub(crate) fn origin(flag: &str) -> String {
    named(flag, env::args_os(), |variable| env::var_os(variable))
}

fn named(
    flag: &str,
    args: impl Iterator<Item = OsString>,
    variable_of: impl Fn(&str) -> Option<OsString>,
) -> String {
    let written = format!("--{flag}");
    let is_written = |arg: &OsStr| {
        let arg = arg.to_string_lossy();
        arg.strip_prefix(&written).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let variable = format!("DRIVESIM_{}", flag.replace('-', "_").to_uppercase());
    let is_set = variable_of(&variable).is_some_and(|value| !value.is_empty());
    if is_set && !args.into_iter().any(|arg| is_written(&arg)) { variable } else { written }
}

/// Returns an error of the command line, with the variable if its value comes from one.
pub(crate) fn with_origin(mut error: Error, command: &mut Command) -> Error {
    if error.kind() == ErrorKind::InvalidUtf8 {
        return not_utf8(command);
    }
    let Some(ContextValue::String(arg)) = error.get(ContextKind::InvalidArg) else { return error };
    let Some(flag) = arg.strip_prefix("--") else { return error };
    let origin = origin(flag.split([' ', '=', '[']).next().unwrap_or(flag));
    if origin.starts_with("DRIVESIM_") {
        error.insert(ContextKind::InvalidArg, ContextValue::String(origin));
    }
    error
}

/// Returns the error of a value that is not UTF-8, with its variable or text.
fn not_utf8(command: &mut Command) -> Error {
    let is_not_text = |text: &OsStr| text.to_str().is_none();
    let mut args = env::args_os();
    let variable = env::vars_os().find(|(name, value)| {
        // Paths need not be UTF-8.
        let is_path = |name: &str| ["DRIVESIM_FIXTURE", "DRIVESIM_SEED"].contains(&name);
        name.to_str().is_some_and(|name| name.starts_with("DRIVESIM_") && !is_path(name))
            && is_not_text(value)
    });
    let message = match (args.find(|arg| is_not_text(arg)), variable) {
        (Some(arg), _) => format!("{arg:?} is not UTF-8, as a name, a path or a value must be here"),
        (None, Some((name, value))) => {
            format!("invalid value {value:?} for '{}': expected UTF-8", name.to_string_lossy())
        }
        (None, None) => "an argument is not UTF-8".to_owned(),
    };
    command.error(ErrorKind::InvalidUtf8, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_from_the_variable_unless_the_flag_is_given() {
        let check = |args: &[&str], variable: Option<&str>, expected: &str| {
            let args = args.iter().map(OsString::from);
            let found = |name: &str| variable.filter(|_| name == "DRIVESIM_MAX_PAGE").map(OsString::from);
            assert_eq!(named("max-page", args, found), expected);
        };
        check(&["drivesim", "serve"], None, "--max-page");
        check(&["drivesim", "serve"], Some(""), "--max-page");
        check(&["drivesim", "serve"], Some("x"), "DRIVESIM_MAX_PAGE");
        check(&["drivesim", "serve", "--max-page", "x"], Some("x"), "--max-page");
        check(&["drivesim", "serve", "--max-page=x"], Some("x"), "--max-page");
        check(&["drivesim", "serve", "--max-page-bytes=x"], Some("x"), "DRIVESIM_MAX_PAGE");
    }
}
