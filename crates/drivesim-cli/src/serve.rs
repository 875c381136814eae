//! The only place for the command `serve`: read the seeds, listen, say where, and go on until a signal.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, anyhow};
use drivesim::Sim;
use drivesim_server::{Server, ServerOptions, StartError};
use tracing_subscriber::filter::LevelFilter;

use crate::Verdict;
use crate::args::origin;
use crate::args::serve::{Clock, ServeArgs, TokenCheck};
use crate::failure::Failure;
use crate::read::{Seeds, read_seeds};
use crate::report::print;
use crate::signal::Stop;

/// Runs the command.
pub(crate) fn run(args: &ServeArgs) -> Result<Verdict, Failure> {
    log(args.log);
    let options = options(args)?;
    let links = options.public_url.clone();
    let builder = Sim::builder().pace(args.pace);
    let bounds = args.limits.limits.bounds();
    let builder = builder.max_items(bounds.max_items).max_content(bounds.max_content);
    let builder = match args.clock {
        Clock::System => builder.system_clock(),
        Clock::Manual => builder,
    };
    let seeds = Seeds {
        paths: &args.seeds,
        as_outline: args.outline,
        with_content: args.with_content,
        max_content: args.limits.limits.max_content as u64,
    };
    let (sim, n_left_out) = read_seeds(&seeds, builder).map_err(|failure| match failure {
        Failure::Usage(error) => Failure::Usage(error.context(origin("seed"))),
        other => other,
    })?;
    if args.strict && n_left_out > 0 {
        return Err(Failure::LeftOut { flag: origin("strict"), n_left_out });
    }
    let server = Server::start_on(sim, &args.listen, options).map_err(in_flags)?;
    // Before anybody is told that there is something to be stopped.
    let stop = Stop::listen().context("cannot wait for signals")?;
    let url = server.url();
    print(&greeting(&url, links.as_deref().unwrap_or(&url)))?;
    stop.wait();
    Ok(Verdict::Whole)
}

fn log(level: LevelFilter) {
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr);
    let subscriber = subscriber.with_ansi(io::stderr().is_terminal());
    // It fails only if there is one already, and nobody else sets one.
    let _ = subscriber.try_init();
}

/// Names the flag, or the variable, that is to blame. The message of an error tells its cause already, which a chain would tell again.
fn in_flags(error: StartError) -> anyhow::Error {
    match &error {
        StartError::Listen { .. } => anyhow!("{}: {error}", origin("listen")),
        StartError::OwnedTwice { .. } => anyhow!("{}: {error}", origin("seed")),
        StartError::Token { .. } => anyhow!("{}: {error}", origin("token")),
        StartError::PublicUrl { .. } => anyhow!("{}: {error}", origin("public-url")),
        StartError::Limit { limit, given, least } => {
            let flag = origin(&limit.replace('_', "-"));
            anyhow!("{flag} is {given}, it must be at least {least}")
        }
        _ => anyhow!("{error}"),
    }
}

/// Puts together what the server is told; tokens nobody looks at are a mistake, and so is a check nobody can pass.
fn options(args: &ServeArgs) -> anyhow::Result<ServerOptions> {
    match (args.token_check, args.tokens.is_empty()) {
        (TokenCheck::On, true) => Err(anyhow!(
            "{} on without a token lets nobody in: give one at least, --token NAME=SCOPES",
            origin("token-check")
        )),
        (TokenCheck::Off, false) => Err(anyhow!(
            "a {} is given, but tokens are not checked: give --token-check on too",
            origin("token")
        )),
        _ => Ok(()),
    }?;
    let mut options =
        ServerOptions::default().limits(args.limits.limits.clone()).strict(args.strict_requests.into());
    for token in &args.tokens {
        options = options.with_token(token.clone());
    }
    if let Some(url) = &args.public_url {
        options = options.public_url(url);
    }
    // Before the seeds are read, which may take long.
    options.check().map_err(in_flags)?;
    Ok(options)
}

/// Says where the server listens, and what the base URLs of each service are. It is written in one piece, so that
/// who reads the first line only does not leave the rest unwritten.
fn greeting(url: &str, links: &str) -> String {
    format!(
        "\
drivesim listening on {url}
Microsoft Graph  {links}/v1.0
                 {links}/beta
OneDrive API     {links}/drive
SharePoint       {links}/_api/v2.0
Box              {links}/2.0
side door        {links}/_drivesim
"
    )
}
