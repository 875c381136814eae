//! Creates a flag of `serve` from each limit of the server.

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};
use drivesim_server::{LimitInfo, LimitValue, Limits};

use super::values::{parse_bytes, parse_count, parse_time};

const HEADING: &str = "Limits (see docs/limits.md for what happens beyond them)";

/// The limits from the flags. Each field of [`Limits`] is a flag and a variable.
#[derive(Debug, Default)]
pub(crate) struct LimitArgs {
    pub(crate) limits: Limits,
}

/// Returns the flag of a limit, without the leading dashes.
fn flag(info: &LimitInfo) -> String {
    info.name.replace('_', "-")
}

/// Returns the flag with its help, which ends with what happens beyond the limit.
fn arg(info: &'static LimitInfo, default: LimitValue) -> Arg {
    let arg = Arg::new(info.name).long(flag(info)).env(format!("DRIVESIM_{}", info.name.to_uppercase()));
    let arg = arg.help(about(info)).default_value(default.to_string()).help_heading(HEADING);
    match default {
        LimitValue::Time(_) => {
            arg.value_name("TIME").value_parser(|text: &str| parse_time(text).map(LimitValue::Time))
        }
        LimitValue::Size(_) => {
            arg.value_name("SIZE").value_parser(|text: &str| parse_bytes(text).map(LimitValue::Size))
        }
        _ => arg
            .value_name("N")
            .value_parser(|text: &str| parse_count(text).map(|count| LimitValue::Number(count as u64))),
    }
}

/// Returns the description of a limit, without its assumptions.
fn about(info: &LimitInfo) -> String {
    let about = info.about.split(" ASSUMED: ").next().unwrap_or_default();
    format!("{} Beyond: {}.", about.trim(), info.beyond)
}

impl Args for LimitArgs {
    fn augment_args(command: Command) -> Command {
        let default = Limits::default();
        Limits::all().iter().fold(command, |command, info| command.arg(arg(info, (info.get)(&default))))
    }

    fn augment_args_for_update(command: Command) -> Command {
        LimitArgs::augment_args(command)
    }
}

impl FromArgMatches for LimitArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<LimitArgs, Error> {
        let mut args = LimitArgs::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for info in Limits::all() {
            if let Some(value) = matches.get_one::<LimitValue>(info.name) {
                (info.set)(&mut self.limits, *value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        limits: LimitArgs,
    }

    fn parsed(args: &[&str]) -> Limits {
        let command = <Alone as clap::CommandFactory>::command().mut_args(|arg| arg.env(None::<&str>));
        let matches = command.get_matches_from(args);
        Alone::from_arg_matches(&matches).unwrap().limits.limits
    }

    #[test]
    fn the_defaults_are_those_of_the_server() {
        assert_eq!(parsed(&["serve"]), Limits::default());
    }

    #[test]
    fn each_kind_of_limit_is_read() {
        let limits = parsed(&["serve", "--max-memory", "2 GiB", "--max-page=7", "--max-head-wait", "500ms"]);
        let expected = Limits::default().max_memory(2 << 30).max_page(7);
        assert_eq!(limits, expected.max_head_wait(Duration::from_millis(500)));
    }
}
