//! Holds what a server keeps between requests.

pub(crate) mod app;
pub(crate) mod caller;
pub(crate) mod download_ticket;
pub(crate) mod event_log;
pub(crate) mod hashes;
pub(crate) mod journal;
pub(crate) mod options;
pub(crate) mod outline_body;
pub(crate) mod rates;
pub(crate) mod scopes;
pub(crate) mod secret;
pub(crate) mod snapshots;
pub(crate) mod splitmix;
pub(crate) mod start_error;
pub(crate) mod token;
pub(crate) mod uploads;
pub(crate) mod user;
pub(crate) mod warnings;
pub(crate) mod wire_option;
