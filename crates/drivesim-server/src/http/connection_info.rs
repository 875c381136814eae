//! Describes the connection that a request came through.

use std::net::SocketAddr;
use std::time::Duration;

/// The longest wait for the client of a connection beyond the limit.
pub(crate) const RESERVE_WAIT: Duration = Duration::from_secs(2);

/// The connection of a request that came through a port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionInfo {
    /// The address that the client reached.
    pub(crate) local: Option<SocketAddr>,
    /// Whether it is beyond the limit, and reserved for the admin API.
    pub(crate) is_reserve: bool,
}
