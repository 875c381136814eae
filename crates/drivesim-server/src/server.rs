//! The only place that listens: a thread that answers on a port until its handle is dropped.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::routing::any;
use drivesim::Sim;
use tokio::sync::oneshot;

use crate::app::{App, StartError};
use crate::connection::Connections;
use crate::dispatch;
use crate::options::ServerOptions;

/// A server on a port of its own. It stops when it is dropped.
///
/// ```
/// # use drivesim::Sim;
/// # use drivesim_server::Server;
/// let server = Server::start(Sim::builder().build()?)?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of this machine's loopback.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(sim: Sim) -> Result<Server, StartError> {
        Server::start_on(sim, "127.0.0.1:0", ServerOptions::default())
    }

    /// Starts a server on an address, `host:port`; port 0 means a free one.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start_on(sim: Sim, address: &str, options: ServerOptions) -> Result<Server, StartError> {
        let refused = |source| StartError::Listen { address: address.to_owned(), source };
        let app = Arc::new(App::new(sim, options)?);
        let listener = bind(address).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(refused)?;
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            runtime.block_on(serve(listener, &Connections::new(app), stopped));
            // Connections that are still open are not waited for.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("drivesim-server".to_owned());
        let thread = thread.spawn(run).map_err(refused)?;
        Ok(Server { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what URLs start with, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // If it has panicked there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

fn bind(address: &str) -> std::io::Result<TcpListener> {
    let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
    let listener = TcpListener::bind(&addresses[..])?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Answers until the other end of `stopped` is dropped.
async fn serve(listener: TcpListener, connections: &Connections, stopped: oneshot::Receiver<()>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "cannot listen"),
    };
    let answering = async {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => connections.take(stream),
                // Too many open files, most often: others may be closed soon.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
            }
        }
    };
    tokio::select! {
        () = answering => {}
        _ = stopped => {}
    }
}

/// Makes the service that a server listens for, without a port: for tests that call it directly, or to be nested. Links in
/// its answers then lead to where it is nested.
///
/// ```
/// # use drivesim::Sim;
/// let drives = drivesim_server::router(Sim::builder().build()?)?;
/// let app: axum::Router = axum::Router::new().nest("/sim", drives);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`StartError::OwnedTwice`].
pub fn router(sim: Sim) -> Result<Router, StartError> {
    router_with(sim, ServerOptions::default())
}

/// Makes the service with options.
///
/// # Errors
/// [`StartError::OwnedTwice`], and what [`ServerOptions::check`] refuses.
pub fn router_with(sim: Sim, options: ServerOptions) -> Result<Router, StartError> {
    let app = Arc::new(App::new(sim, options)?);
    // A fallback alone would be lost where a router with this one in it is nested itself.
    let router = Router::new().route("/{*path}", any(dispatch::handle)).fallback(dispatch::handle);
    Ok(router.with_state(app))
}
