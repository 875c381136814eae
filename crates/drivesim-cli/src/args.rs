//! Defines the commands and flags, and their `--help` texts.

pub(crate) mod limits;
mod origin;
pub(crate) mod serve;
mod values;

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args as ClapArgs, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use drivesim::{Conflict, Pace, Profile};

pub(crate) use self::origin::origin;
use self::values::{parse_bytes, parse_times};

/// Copies folders inside a simulated drive, as a job that is accepted, runs and ends.
#[derive(Debug, Parser)]
#[command(name = "drivesim", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// Parses the command line and the environment. An error is printed and ends the program.
    pub(crate) fn read() -> Args {
        let mut command = Args::command().mut_subcommands(|command| command.mut_args(without_empty));
        let matches = command.try_get_matches_from_mut(std::env::args_os());
        let args = matches.and_then(|matches| Args::from_arg_matches(&matches));
        args.unwrap_or_else(|error| origin::with_origin(error, &mut command).exit())
    }
}

/// Treats an empty variable as not set, because scripts cannot easily leave one out.
fn without_empty(arg: Arg) -> Arg {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    if arg.get_env().is_some_and(is_empty) { arg.env(None::<&str>) } else { arg }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads a folder, a file or an outline into a new drive and copies it there.
    Copy(CopyArgs),
    /// Prints a folder, a file or an outline file as an outline.
    Outline(OutlineArgs),
    /// Serves Microsoft Graph, the OneDrive API, SharePoint and Box until it is stopped.
    Serve(serve::ServeArgs),
    /// Prints the routes of the server: method, path and operation.
    Routes(PageArgs),
    /// Prints the options of drives: each with its values and its meaning.
    Options(PageArgs),
    /// Prints the limits of a server: each with its default and what happens beyond it.
    Limits(PageArgs),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = COPY_EXAMPLES)]
pub(crate) struct CopyArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,

    /// The name of the copy [default: that of the source, which is taken in the folder of the source].
    pub(crate) name: Option<String>,

    /// The folder of the drive to copy to; missing folders are created.
    #[arg(long, value_name = "PATH", default_value = "/")]
    pub(crate) into: String,

    /// What to do when the name is taken [default: fail, or rename with --times].
    ///
    /// With `--times` and `fail` the second copy fails; `replace` replaces files only, so a folder fails as well.
    #[arg(long, value_name = "BEHAVIOUR", value_parser = conflict_parser())]
    pub(crate) on_conflict: Option<Conflict>,

    /// How fast the job goes: instant, 1000items/s, 10MiB/s, 2s.
    #[arg(long, default_value = "instant", value_parser = parse_pace)]
    pub(crate) pace: Pace,

    /// How often to copy; more than once implies `--on-conflict rename` unless that is given.
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_times)]
    pub(crate) times: u32,

    /// Print one JSON object on stdout, and nothing else there.
    ///
    /// It describes the last copy; elapsedMs and itemsPerSecond are of all copies. If the copy fails, status is
    /// "failed", item is null and error has code and message. After bad usage (exit code 2) nothing is printed.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = OUTLINE_EXAMPLES)]
pub(crate) struct OutlineArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,

    /// Print the times of the items too: those of a folder's items as `# modified=…`.
    #[arg(long)]
    pub(crate) times: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReadArgs {
    /// A folder or a file to read, or a file with an outline: `*.outline`, or `-` for standard input.
    ///
    /// A link that is given here is followed; links found below are not. Links, special files, unreadable entries, and
    /// names that are not UTF-8, not allowed by the profile or equal to another under its rules are left out and
    /// reported on stderr. A folder that is left out counts once, including everything below it. An outline with one
    /// top-level item is that item; several are put into one folder named after the file.
    pub(crate) source: PathBuf,

    /// Read a file as an outline, whatever its name.
    #[arg(long)]
    pub(crate) outline: bool,

    /// The rules of the drive [default: that of the outline's `drive` line, else plain].
    #[arg(long, value_name = "SERVICE", value_parser = profile_parser())]
    pub(crate) profile: Option<Profile>,

    /// Read the bytes of files too, not only their sizes.
    #[arg(long)]
    pub(crate) with_content: bool,

    /// How many bytes `--with-content` reads at most; the command fails if the files have more.
    #[arg(long, value_name = "SIZE", default_value = "1 GiB", value_parser = parse_bytes)]
    pub(crate) max_content: u64,

    /// Exit with 1 if anything was left out.
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = PAGE_EXAMPLES)]
pub(crate) struct PageArgs {
    /// Print the table as a page of Markdown.
    #[arg(long)]
    pub(crate) markdown: bool,
}

fn profile_parser() -> impl TypedValueParser<Value = Profile> {
    let names = PossibleValuesParser::new(Profile::ALL.map(|profile| profile.name()));
    names.try_map(|name| Profile::named(&name).ok_or("no such profile"))
}

fn conflict_parser() -> impl TypedValueParser<Value = Conflict> {
    PossibleValuesParser::new(["fail", "replace", "rename"]).map(|name| match name.as_str() {
        "replace" => Conflict::Replace,
        "rename" => Conflict::Rename,
        _ => Conflict::Fail,
    })
}

/// Parses a pace. Fails for paces that polls or steps move, because such jobs would never end here.
fn parse_pace(text: &str) -> Result<Pace, String> {
    match text.parse::<Pace>() {
        Ok(pace) if pace == Pace::Instant || pace.is_timed() => Ok(pace),
        Ok(pace) => Err(format!("a job at the pace `{pace}` would never end: no poll or step moves it here")),
        Err(error) => Err(error.to_string()),
    }
}

const EXAMPLES: &str = "\
Example:
  drivesim copy Docs \"Docs (copy)\" --pace 3s

Exit codes: 0 success, 1 the copy failed, 2 bad usage.";

const COPY_EXAMPLES: &str = "\
Examples:
  drivesim copy Docs \"Docs (copy)\" --pace 3s
  drivesim copy Docs --into /Archive/2024 --profile business --pace 1000items/s
  drivesim copy tree.outline --times 3 --json

Exit codes: 0 success, 1 the copy failed (or --strict and something was left out),
2 bad usage, a source that cannot be read, or a behavior that the profile does not offer.";

const OUTLINE_EXAMPLES: &str = "\
Examples:
  drivesim outline Docs > docs.outline && drivesim copy docs.outline \"Docs (copy)\"
  drivesim outline Docs | drivesim copy - \"Docs (copy)\"

Exit codes: 0 done, 1 a tree deeper than 2,000 levels (or --strict and something was left out),
2 bad usage or a source that cannot be read.";

const PAGE_EXAMPLES: &str = "\
Examples:
  drivesim routes --markdown > routes.md
  drivesim options --markdown > options.md
  drivesim limits --markdown > limits.md

Exit codes: 0 done, 2 bad usage.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_pace_that_the_clock_does_not_move_fails() {
        assert_eq!(
            parse_pace("3polls").unwrap_err(),
            "a job at the pace `3polls` would never end: no poll or step moves it here"
        );
        assert!(parse_pace("held").is_err());
        assert!(parse_pace("0items/s").is_err());
        assert_eq!(parse_pace("instant"), Ok(Pace::Instant));
    }
}
