//! Defines the flags of `serve`, which are also environment variables.

use std::path::PathBuf;
use std::str::FromStr as _;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, ValueEnum};
use drivesim::Pace;
use drivesim_server::{ServerOptions, StartError, Strictness, Token, User};
use tracing_subscriber::filter::LevelFilter;

use super::limits::LimitArgs;
use super::values::{parse_count, parse_switch};

/// Separates several values of one flag or variable: rare in names of files and permissions.
const SEPARATOR: char = ';';

#[derive(Debug, ClapArgs)]
#[command(after_help = SERVE_EXAMPLES)]
pub(crate) struct ServeArgs {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0", value_parser = parse_listen)]
    #[arg(env = "DRIVESIM_LISTEN")]
    pub(crate) listen: String,

    /// The first content of the drives: an outline or a folder; repeat the flag or separate several by `;`.
    ///
    /// An outline is a file called `*.outline`, or `-` for standard input. An outline may hold several drives. One
    /// without a `drive` line, and a folder, is a drive named after the file or folder; the first of them belongs to
    /// `me`, unless another has `owner=me`. All names must differ, and all owners. The default profile is business.
    /// Items that cannot be read or are invalid are left out and reported on stderr. Without a fixture there are three
    /// empty drives: me, personal and box.
    #[arg(long = "fixture", value_name = "OUTLINE|DIR", value_delimiter = SEPARATOR, env = "DRIVESIM_FIXTURE")]
    pub(crate) fixtures: Vec<PathBuf>,

    /// The old name of `--fixture`, which is accepted for one release.
    #[arg(long = "seed", hide = true, value_delimiter = SEPARATOR, env = "DRIVESIM_SEED")]
    pub(crate) seeds: Vec<PathBuf>,

    /// Read files as outlines, whatever their names.
    #[arg(long, env = "DRIVESIM_OUTLINE", value_parser = parse_switch)]
    pub(crate) outline: bool,

    /// Read the bytes of the files in folders too, not only their sizes.
    #[arg(long, env = "DRIVESIM_WITH_CONTENT", value_parser = parse_switch)]
    pub(crate) with_content: bool,

    /// Exit with 1, before anything is served, if any item of the fixtures is left out.
    #[arg(long, env = "DRIVESIM_STRICT", value_parser = parse_switch)]
    pub(crate) strict: bool,

    /// What moves the time of the simulation: the system's clock, or clients through the admin API.
    ///
    /// With the system's clock `run-until-idle` runs what is due without waiting, and restoring a snapshot does not
    /// turn time back: a job that was running then has the progress of the current time.
    #[arg(long, value_enum, default_value_t = Clock::System, env = "DRIVESIM_CLOCK")]
    pub(crate) clock: Clock,

    /// How fast jobs go: instant, 1000items/s, 10MiB/s, 2s, 3polls, held.
    #[arg(long, value_name = "SPEC", default_value = "2s", env = "DRIVESIM_PACE")]
    pub(crate) pace: Pace,

    /// The base URL of links in responses [default: the scheme and host that the client used].
    #[arg(long, value_name = "URL", value_parser = parse_public_url, env = "DRIVESIM_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,

    /// Whether requests need a known token that allows them.
    #[arg(long, value_name = "CHECK", value_enum, default_value_t = TokenCheck::Off, env = "DRIVESIM_TOKEN_CHECK")]
    pub(crate) token_check: TokenCheck,

    /// A token and what it allows, as `t1=Files.ReadWrite,Sites.Read.All`; several are separated by `;`.
    ///
    /// The parts between the commas are scopes of Microsoft Graph and of Box, and the kind of the token: `work` or
    /// `personal` for a user with such an account, `app` for an application without a user. `user=ID` is its user:
    /// `/me` is then the drive with `owner=user:ID`, and ID is the user of all operations. `app=NAME` names the
    /// application. `kind=app` is the same as `app`. Without a kind a token belongs to a user whose account fits each
    /// drive.
    #[arg(long = "token", value_name = "NAME=SCOPES", value_parser = Token::from_str, value_delimiter = SEPARATOR)]
    #[arg(env = "DRIVESIM_TOKEN", hide_env_values = true)]
    pub(crate) tokens: Vec<Token>,

    /// A user whose id, name and login differ, as `11446498=Aaron Levie <ceo@example.com>`; several are separated by `;`.
    ///
    /// Owners of drives and items, tokens and `as-user` name the user by the id or the login. A user without `--user`
    /// has the same text for all three.
    #[arg(long = "user", value_name = "ID=NAME <LOGIN>", value_parser = User::from_str, value_delimiter = SEPARATOR)]
    #[arg(env = "DRIVESIM_USER")]
    pub(crate) users: Vec<User>,
    /// Access to the admin API, `/_drivesim/`: all clients, none, or those with the token of `--admin-token`.
    ///
    /// Web pages of other origins may never use it. A server that others can reach should not be `on`.
    #[arg(long, value_name = "WHO", value_enum, default_value_t = AdminAccess::On, env = "DRIVESIM_ADMIN")]
    pub(crate) admin: AdminAccess,

    /// The token of `--admin token`, which is sent as `Authorization: Bearer TOKEN`.
    #[arg(long, value_name = "TOKEN", env = "DRIVESIM_ADMIN_TOKEN", hide_env_values = true)]
    pub(crate) admin_token: Option<String>,

    /// A host name or address by which clients may reach the admin API; repeat the flag or separate several by `;`.
    ///
    /// Without it a request must name this machine (`localhost`, `127.0.0.1`), the address that it reaches, or the host of
    /// `--listen`. A server in a container needs the name that others call it by, and one behind a proxy the name of the
    /// proxy: that of `--public-url` does not count by itself.
    #[arg(long = "admin-host", value_name = "NAME", value_delimiter = SEPARATOR, env = "DRIVESIM_ADMIN_HOST")]
    pub(crate) admin_hosts: Vec<String>,

    /// The seed of ids and, with `--token-check on`, of the secret in URLs; the same number gives the same ones
    /// [default: 0 for ids, a random secret].
    #[arg(long, value_name = "N", value_parser = parse_seed, env = "DRIVESIM_ID_SEED")]
    pub(crate) id_seed: Option<u64>,

    /// What makes a request fail: malformed values, or also options without effect.
    ///
    /// Members and options that have no effect are accepted otherwise, and the journal names them as `ignored`.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = StrictRequests::Formats)]
    #[arg(env = "DRIVESIM_STRICT_REQUESTS")]
    pub(crate) strict_requests: StrictRequests,

    /// The level of the log on stderr.
    #[arg(long, value_name = "LEVEL", default_value = "warn", value_parser = level_parser())]
    #[arg(env = "DRIVESIM_LOG")]
    pub(crate) log: LevelFilter,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// What moves the time of the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Clock {
    System,
    Manual,
}

/// Whether tokens are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenCheck {
    Off,
    On,
}

/// Who may use the admin API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AdminAccess {
    On,
    Off,
    Token,
}

/// What of a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrictRequests {
    Formats,
    All,
}

impl From<StrictRequests> for Strictness {
    fn from(strict: StrictRequests) -> Strictness {
        match strict {
            StrictRequests::Formats => Strictness::Formats,
            StrictRequests::All => Strictness::All,
        }
    }
}

fn level_parser() -> impl TypedValueParser<Value = LevelFilter> {
    let levels = PossibleValuesParser::new(["off", "error", "warn", "info", "debug", "trace"]);
    levels.try_map(|level| level.parse::<LevelFilter>())
}

fn parse_seed(text: &str) -> Result<u64, String> {
    parse_count(text).map(|number| number as u64)
}

fn parse_listen(text: &str) -> Result<String, String> {
    let port =
        text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err("expected HOST:PORT, as in 127.0.0.1:8080; port 0 picks a free one".to_owned()),
    }
}

fn parse_public_url(text: &str) -> Result<String, String> {
    match ServerOptions::default().public_url(text).check() {
        Ok(()) => Ok(text.to_owned()),
        Err(StartError::PublicUrl { why, .. }) => Err(why.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

const SERVE_EXAMPLES: &str = "\
Examples:
  drivesim serve --fixture team.outline
  drivesim serve --listen 127.0.0.1:8080 --fixture Docs --fixture team.outline --pace 1000items/s
  drivesim serve --clock manual --token-check on --token reader=Files.Read.All
  drivesim serve --token-check on --token ann=Files.ReadWrite,work,user=ann --token nightly=Files.ReadWrite.All,app
  drivesim outline Docs | drivesim serve --fixture - --strict
  drivesim serve --listen 0.0.0.0:8080 --admin token --admin-token secret --admin-host drives

Prints `drivesim listening on URL` as soon as it accepts requests, then the base URLs of each service.
SIGINT and SIGTERM stop it; the drives are lost then.
Variables that are empty count as not set.

Exit codes: 0 stopped by a signal, 1 the output could not be written (or --strict and something was left out),
2 bad usage, a fixture that cannot be read, or an address that cannot be listened on.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for good in ["127.0.0.1:0", "[::1]:8080", "localhost:65535"] {
            assert_eq!(parse_listen(good).as_deref(), Ok(good));
        }
        for bad in ["", "8080", ":8080", "localhost", "localhost:", "localhost:65536", "::x"] {
            assert!(parse_listen(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_public_url_has_a_scheme_and_a_host() {
        for good in ["http://drives.test", "https://drives.test:8443/sim/"] {
            assert_eq!(parse_public_url(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "drives.test",
            "ftp://drives.test",
            "http://",
            "http:///x",
            "http://x?y",
            "http://x y",
            "http://me@x",
        ] {
            assert!(parse_public_url(bad).is_err(), "{bad}");
        }
    }
}
