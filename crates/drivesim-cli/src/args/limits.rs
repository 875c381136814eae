//! The only place for the flags of `serve` that say how much it accepts.

use std::time::Duration;

use clap::Args as ClapArgs;
use drivesim_server::Limits;

use super::values::{parse_count, parse_size, parse_time};

/// How much the server accepts; each flag is a field of [`Limits`] and has its default.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Limits: beyond them requests are refused, in the words of the service")]
pub(crate) struct LimitArgs {
    /// Bytes of a body that is neither an upload nor an outline.
    #[arg(long, value_name = "SIZE", default_value = "1 MiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_JSON")]
    max_json: usize,

    /// Bytes of a small upload.
    #[arg(long, value_name = "SIZE", default_value = "250 MiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_UPLOAD")]
    max_upload: usize,

    /// Bytes of an outline that is sent to the side door.
    #[arg(long, value_name = "SIZE", default_value = "64 MiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_OUTLINE")]
    max_outline: usize,

    /// Bytes of the path and query of a URL.
    #[arg(long, value_name = "SIZE", default_value = "16 KiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_URL")]
    max_url: usize,

    /// Children in one page of a listing.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_PAGE")]
    max_page: usize,

    /// Bytes that are hashed for one listing; files beyond are shown without hashes there.
    #[arg(long, value_name = "SIZE", default_value = "256 MiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_HASHED")]
    max_hashed: usize,

    /// Upload sessions that are open at the same time.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_SESSIONS")]
    max_sessions: usize,

    /// Bytes of all upload sessions together.
    #[arg(long, value_name = "SIZE", default_value = "1 GiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_SESSION_BYTES")]
    max_session_bytes: usize,

    /// Bytes of all bodies together that are being read or answered; beyond, clients are told to come again.
    #[arg(long, value_name = "SIZE", default_value = "1 GiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_BODIES")]
    max_bodies: usize,

    /// Connections that are open at the same time; beyond, clients are told to come again.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_CONNECTIONS")]
    max_connections: usize,

    /// How long the head of a request may take, and a connection wait for the next one: 500ms, 1m.
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = parse_time)]
    #[arg(env = "DRIVESIM_MAX_HEAD_WAIT")]
    max_head_wait: Duration,

    /// How long nothing may come of a body.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_time)]
    #[arg(env = "DRIVESIM_MAX_BODY_WAIT")]
    max_body_wait: Duration,

    /// Jobs that have not ended.
    #[arg(long, value_name = "N", default_value = "10000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_JOBS")]
    max_jobs: usize,

    /// Drives; no others are made at the side door.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_DRIVES")]
    max_drives: usize,

    /// Requests that the journal keeps; the oldest go first.
    #[arg(long, value_name = "N", default_value = "10000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_JOURNAL")]
    max_journal: usize,

    /// Bytes that the journal takes, about; the oldest requests go first.
    #[arg(long, value_name = "SIZE", default_value = "64 MiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_JOURNAL_BYTES")]
    max_journal_bytes: usize,

    /// Bytes of a body, and of the headers of a message, that the journal keeps; 0 keeps no bodies.
    #[arg(long, value_name = "SIZE", default_value = "16 KiB", value_parser = parse_size)]
    #[arg(env = "DRIVESIM_MAX_JOURNAL_BODY")]
    max_journal_body: usize,

    /// Events of Box that are kept; the oldest go first.
    #[arg(long, value_name = "N", default_value = "10000", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_EVENTS")]
    max_events: usize,

    /// How long a long poll for events of Box waits.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_time)]
    #[arg(env = "DRIVESIM_MAX_LONG_POLL")]
    max_long_poll: Duration,

    /// Snapshots that the side door keeps.
    #[arg(long, value_name = "N", default_value = "100", value_parser = parse_count)]
    #[arg(env = "DRIVESIM_MAX_SNAPSHOTS")]
    max_snapshots: usize,
}

impl LimitArgs {
    /// Returns what the server is told.
    pub(crate) fn limits(&self) -> Limits {
        Limits::default()
            .max_json(self.max_json)
            .max_upload(self.max_upload)
            .max_outline(self.max_outline)
            .max_url(self.max_url)
            .max_page(self.max_page)
            .max_hashed(self.max_hashed as u64)
            .max_sessions(self.max_sessions)
            .max_session_bytes(self.max_session_bytes)
            .max_bodies(self.max_bodies)
            .max_connections(self.max_connections)
            .max_head_wait(self.max_head_wait)
            .max_body_wait(self.max_body_wait)
            .max_jobs(self.max_jobs)
            .max_drives(self.max_drives)
            .max_journal(self.max_journal)
            .max_journal_bytes(self.max_journal_bytes)
            .max_journal_body(self.max_journal_body)
            .max_events(self.max_events)
            .max_long_poll(self.max_long_poll)
            .max_snapshots(self.max_snapshots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        limits: LimitArgs,
    }

    #[test]
    fn the_defaults_are_those_of_the_server() {
        let command = <Alone as clap::CommandFactory>::command().mut_args(|arg| arg.env(None::<&str>));
        let matches = command.get_matches_from(["serve"]);
        let alone = <Alone as clap::FromArgMatches>::from_arg_matches(&matches).unwrap();
        assert_eq!(alone.limits.limits(), Limits::default());
    }
}
