//! Runs the command `serve`: reads the fixtures, listens, prints its URLs, and serves until a signal.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use drivesim::Sim;
use drivesim_server::{Admin, LimitError, Server, ServerOptions, StartError, Token};
use tracing_subscriber::filter::LevelFilter;

use crate::Completeness;
use crate::args::origin;
use crate::args::serve::{AdminAccess, Clock, ServeArgs, TokenCheck};
use crate::failure::Failure;
use crate::read::{Fixtures, read_fixtures};
use crate::report::print;
use crate::signal::Stop;

/// Runs the command.
pub(crate) fn run(args: &ServeArgs) -> Result<Completeness, Failure> {
    log(args.log);
    let options = options(args)?;
    let links = options.public_url.clone();
    let builder = Sim::builder().pace(args.pace).id_seed(args.id_seed.unwrap_or_default());
    let bounds = args.limits.limits.bounds();
    let builder = builder.max_items(bounds.max_items).max_content(bounds.max_content);
    let builder = match args.clock {
        Clock::System => builder.system_clock(),
        Clock::Manual => builder,
    };
    warn_of_old_flag(args);
    let paths: Vec<PathBuf> = args.fixtures.iter().chain(&args.seeds).cloned().collect();
    let fixtures = Fixtures {
        paths: &paths,
        as_outline: args.outline,
        with_content: args.with_content,
        max_content: args.limits.limits.max_content as u64,
    };
    let (sim, n_left_out) = read_fixtures(&fixtures, builder).map_err(|failure| match failure {
        Failure::Usage(error) => Failure::Usage(error.context(fixture_origin(args))),
        other => other,
    })?;
    if args.strict && n_left_out > 0 {
        return Err(Failure::LeftOut { flag: origin("strict"), n_left_out });
    }
    let server = Server::start_on(sim, &args.listen, options).map_err(|error| in_flags(args, error))?;
    // Before the URL is printed, so that no signal is missed.
    let stop = Stop::listen().context("cannot wait for signals")?;
    let url = server.url();
    warn_if_open(server.address(), args.admin);
    print(&greeting(&url, links.as_deref().unwrap_or(&url), args.admin != AdminAccess::Off))?;
    stop.wait();
    Ok(Completeness::Whole)
}

/// Warns if the fixture has the flag or the variable of 0.1.
fn warn_of_old_flag(args: &ServeArgs) {
    if !args.seeds.is_empty() {
        let old = origin("seed");
        let new = if old.starts_with('-') { "--fixture" } else { "DRIVESIM_FIXTURE" };
        eprintln!("warning: {old}: use {new}");
    }
}

/// Returns the flag or the variable that names the fixture.
fn fixture_origin(args: &ServeArgs) -> String {
    let has_old_name = args.fixtures.is_empty() && !args.seeds.is_empty();
    origin(if has_old_name { "seed" } else { "fixture" })
}

/// Warns if others can use the admin API.
fn warn_if_open(address: SocketAddr, admin: AdminAccess) {
    if admin == AdminAccess::On && !address.ip().to_canonical().is_loopback() {
        eprintln!(
            "warning: {address} is not loopback: all clients that reach it can read, change and reset the drives through the admin \
             API; give --admin off, or --admin token with --admin-token TOKEN"
        );
    }
}

fn log(level: LevelFilter) {
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr);
    let subscriber = subscriber.with_ansi(io::stderr().is_terminal());
    // It fails only if a subscriber is already set, and no other code sets one.
    let _ = subscriber.try_init();
}

/// Adds the flag or variable to an error. The message of the error includes its cause, which a chain would print again.
fn in_flags(args: &ServeArgs, error: StartError) -> anyhow::Error {
    match &error {
        StartError::Listen { .. } => anyhow!("{}: {error}", origin("listen")),
        StartError::OwnedTwice { .. } | StartError::WireOption { .. } => {
            anyhow!("{}: {error}", fixture_origin(args))
        }
        StartError::Token { .. } => anyhow!("{}: {error}", origin("token")),
        StartError::User { .. } => anyhow!("{}: {error}", origin("user")),
        StartError::AdminToken { .. } => anyhow!("{}: {error}", origin("admin-token")),
        StartError::AdminHost { .. } => anyhow!("{}: {error}", origin("admin-host")),
        StartError::PublicUrl { .. } => anyhow!("{}: {error}", origin("public-url")),
        StartError::Limit(LimitError { limit, given, least, .. }) => {
            let flag = origin(&limit.replace('_', "-"));
            anyhow!("{flag} is {given}, it must be at least {least}")
        }
        _ => anyhow!("{error}"),
    }
}

/// Builds the options of the server. Tokens that are not checked are a mistake, and so is a check without tokens.
fn options(args: &ServeArgs) -> anyhow::Result<ServerOptions> {
    match (args.token_check, args.tokens.is_empty()) {
        (TokenCheck::On, true) => Err(anyhow!(
            "{} on without a token rejects all requests: give at least one, --token NAME=SCOPES",
            origin("token-check")
        )),
        (TokenCheck::Off, false) => Err(anyhow!(
            "{} is given, but tokens are not checked: also give --token-check on",
            origin("token")
        )),
        _ => Ok(()),
    }?;
    let mut options =
        ServerOptions::default().limits(args.limits.limits.clone()).strict(args.strict_requests.into());
    for token in &args.tokens {
        options = options.with_token(token.clone());
    }
    for user in &args.users {
        options = options.user(user.clone());
    }
    options = options.admin(admin(args)?);
    for host in &args.admin_hosts {
        options = options.admin_host(host);
    }
    if let Some(seed) = args.id_seed {
        options = options.url_seed(seed);
    }
    if let Some(url) = &args.public_url {
        options = options.public_url(url);
    }
    // Before the fixtures are read, which may take long.
    options.check().map_err(|error| in_flags(args, error))?;
    warn_of_scopes(&args.tokens);
    Ok(options)
}

/// Warns about scopes that allow nothing here, though they do at the service.
fn warn_of_scopes(tokens: &[Token]) {
    for token in tokens {
        for scope in token.scopes_without_effect() {
            // A closed stderr is ignored.
            let _ = writeln!(
                io::stderr(),
                "warning: the scope {scope} of the token {:?} allows nothing here, though it does at the service",
                token.name
            );
        }
    }
}

/// Returns the access to the admin API. A token that is not checked is a mistake, and so is a check without a token.
fn admin(args: &ServeArgs) -> anyhow::Result<Admin> {
    match (args.admin, &args.admin_token) {
        (AdminAccess::Token, Some(token)) => Ok(Admin::Token(token.clone())),
        (AdminAccess::Token, None) => Err(anyhow!(
            "{} token without a token rejects all requests: give --admin-token TOKEN",
            origin("admin")
        )),
        (_, Some(_)) => {
            Err(anyhow!("{} is given, but it is not checked: also give --admin token", origin("admin-token")))
        }
        (AdminAccess::On, None) => Ok(Admin::On),
        (AdminAccess::Off, None) => Ok(Admin::Off),
    }
}

/// Returns the text with the address of the server and the base URLs of each service. It is written at once, so that a
/// reader of only the first line does not leave the rest unwritten.
fn greeting(url: &str, links: &str, has_admin: bool) -> String {
    let admin = if has_admin { format!("admin API        {url}/_drivesim\n") } else { String::new() };
    format!(
        "\
drivesim listening on {url}
Microsoft Graph  {links}/v1.0
                 {links}/beta
OneDrive API     {links}/drive
SharePoint       {links}/_api/v2.0
Box              {links}/2.0
{admin}"
    )
}
