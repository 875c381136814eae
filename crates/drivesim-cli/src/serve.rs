//! The only place for the command `serve`: read the seeds, listen, say where, and go on until a signal.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, anyhow};
use drivesim::Sim;
use drivesim_server::{Server, ServerOptions, StartError};
use tracing_subscriber::filter::LevelFilter;

use crate::Verdict;
use crate::args::serve::{Clock, ServeArgs, TokenCheck};
use crate::failure::Failure;
use crate::read::read_seeds;
use crate::report::print;
use crate::signal::Stop;

/// Runs the command.
pub(crate) fn run(args: &ServeArgs) -> Result<Verdict, Failure> {
    log(args.log);
    let options = options(args)?;
    let links = options.public_url.clone();
    let builder = Sim::builder().pace(args.pace);
    let builder = match args.clock {
        Clock::System => builder.system_clock(),
        Clock::Manual => builder,
    };
    let sim = read_seeds(&args.seeds, args.with_content, builder).map_err(|failure| match failure {
        Failure::Usage(error) => Failure::Usage(error.context("--seed")),
        other => other,
    })?;
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

/// Says which flag is to blame. The message of an error tells its cause already, which a chain would tell again.
fn in_flags(error: StartError) -> anyhow::Error {
    match &error {
        StartError::Listen { .. } => anyhow!("--listen: {error}"),
        StartError::OwnedTwice { .. } => anyhow!("--seed: {error}"),
        StartError::PublicUrl { .. } => anyhow!("--public-url: {error}"),
        StartError::Limit { limit, given, least } => {
            anyhow!("--{} is {given}, it must be at least {least}", limit.replace('_', "-"))
        }
        _ => anyhow!("{error}"),
    }
}

/// Puts together what the server is told; tokens nobody looks at are a mistake, and so is a check nobody can pass.
fn options(args: &ServeArgs) -> anyhow::Result<ServerOptions> {
    match (args.token_check, args.tokens.is_empty()) {
        (TokenCheck::On, true) => Err(anyhow!(
            "--token-check on without a token lets nobody in: give one at least, --token NAME=SCOPES"
        )),
        (TokenCheck::Off, false) => {
            Err(anyhow!("a --token is given, but tokens are not checked: give --token-check on too"))
        }
        _ => Ok(()),
    }?;
    let mut options = ServerOptions::default().limits(args.limits.limits());
    for (at, token) in args.tokens.iter().enumerate() {
        if args.tokens.iter().take(at).any(|other| other.name == token.name) {
            return Err(anyhow!("the --token {:?} is given twice, names of tokens must differ", token.name));
        }
        let scopes: Vec<&str> = token.scopes.iter().map(String::as_str).collect();
        options = options.token(&token.name, &scopes);
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
