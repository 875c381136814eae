//! Serves streams that are not sockets, so that fuzzers send raw bytes without using up ports.

use std::sync::Arc;

use drivesim::Sim;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connections;
use crate::http::connection_info::ConnectionInfo;
use crate::state::app::App;
use crate::state::options::ServerOptions;
use crate::state::start_error::StartError;
use crate::wire_options;

/// A server without a port. It serves a stream as a [`Server`](crate::Server) serves a connection.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct InMemory(Connections);

impl InMemory {
    /// Creates a server.
    ///
    /// # Errors
    /// Those of [`router_with`](crate::router_with).
    pub fn new(sim: Sim, options: ServerOptions) -> Result<InMemory, StartError> {
        wire_options::check_drives(&sim)?;
        Ok(InMemory(Connections::new(Arc::new(App::new(sim, options)?))))
    }

    /// Serves the requests of a stream, until it ends.
    pub async fn answer<S>(&self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.0.clone().serve(stream, ConnectionInfo { local: None, is_reserve: false }).await;
    }
}
