//! Runs a server: a thread that serves a port until its handle is dropped.

use std::fmt;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::routing::any;
use drivesim::Sim;
use socket2::SockRef;
use tokio::sync::oneshot;

use crate::connection::Connections;
use crate::dispatch;
use crate::http::host::{is_host, split_host};
use crate::http::offload;
use crate::state::app::App;
use crate::state::journal::logged::LoggedRequest;
use crate::state::options::ServerOptions;
use crate::state::start_error::StartError;
use crate::wire_options;

/// A server on its own port. It stops when it is dropped.
///
/// ```
/// # use drivesim::Sim;
/// # use drivesim_server::Server;
/// let server = Server::start(Sim::builder().build()?)?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server {{ url: {:?} }}", self.url())
    }
}

impl Server {
    /// Starts a server on a free port of this machine's loopback.
    ///
    /// `/v1.0/me/drive` is the drive that belongs to `me`. If the simulator was built without `drive` lines, it is the
    /// only drive.
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
    pub fn start_on(sim: Sim, address: &str, mut options: ServerOptions) -> Result<Server, StartError> {
        let listen_error = |source| StartError::Listen { address: address.to_owned(), source };
        options.check()?;
        // Clients that use this name may use the admin API.
        let (name, _) = split_host(address);
        options.admin_hosts.extend(is_host(name).then(|| name.to_owned()));
        wire_options::check_drives(&sim)?;
        let app = Arc::new(App::new(sim, options)?);
        let listener = bind(address).map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let runtime = offload::runtime().map_err(listen_error)?;
        let long_work = app.offload_pool.start().map_err(listen_error)?;
        let (stop, stopped) = oneshot::channel();
        let connections = Connections::new(app.clone());
        let run = move || {
            runtime.block_on(serve(listener, &connections, stopped));
            // Open connections are not waited for.
            runtime.shutdown_background();
            long_work.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("drivesim-server".to_owned());
        let thread = thread.spawn(run).map_err(listen_error)?;
        Ok(Server { app, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the address of the port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the beginning of URLs, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests in the journal, in the order of their numbers, with the headers and bodies of request and
    /// response. Requests to the admin API are not included. A request is included before its client has read the
    /// response.
    ///
    /// The limits are [`Limits::max_journal`](crate::Limits::max_journal),
    /// [`max_journal_bytes`](crate::Limits::max_journal_bytes) and
    /// [`max_journal_body`](crate::Limits::max_journal_body). Secrets are masked.
    ///
    /// ```
    /// # use std::io::{Read as _, Write as _};
    /// # use std::net::TcpStream;
    /// use drivesim::Sim;
    /// use drivesim_server::Server;
    ///
    /// let sim = Sim::builder().outline("drive mine profile=business owner=me\nDocs/\n").build()?;
    /// let server = Server::start(sim)?;
    /// let body = r#"{"name":"Copy"}"#;
    /// // Your client does this.
    /// # let mut client = TcpStream::connect(server.address())?;
    /// # write!(
    /// #     client,
    /// #     "POST /v1.0/me/drive/root:/Docs:/copy HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\
    /// #      Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
    /// #     body.len()
    /// # )?;
    /// # client.read_to_string(&mut String::new())?;
    ///
    /// let requests = server.requests();
    /// let copy = &requests[0];
    /// assert_eq!((copy.method.as_str(), copy.path.as_str()), ("POST", "/v1.0/me/drive/root:/Docs:/copy"));
    /// assert_eq!(copy.request.text(), Some(body));
    /// assert_eq!(copy.request.header("Authorization").as_deref(), Some("Bearer ***"));
    /// assert_eq!(copy.status, 202);
    /// assert!(copy.response.header("Location").is_some() && copy.job.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.app.journal.requests()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // After a panic there is nothing left to report.
            let _ = thread.join();
        }
    }
}

/// The number of response bytes that the system buffers for a connection. Linux doubles it for its own overhead.
///
/// A socket accepts more when a third of its buffer is free. Otherwise Linux lets the buffer grow to some megabytes,
/// and a client that reads slowly but steadily would seem to read nothing for longer than `max_answer_wait`.
const SEND_BUFFER: usize = 128 << 10;

fn bind(address: &str) -> std::io::Result<TcpListener> {
    let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
    let listener = TcpListener::bind(&addresses[..])?;
    // Accepted connections inherit it. Systems without this option use their own default.
    let _ = SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER);
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until the other end of `stopped` is dropped.
async fn serve(listener: TcpListener, connections: &Connections, stopped: oneshot::Receiver<()>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "cannot listen"),
    };
    let accepting = async {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => connections.accept(stream),
                // Most often there are too many open files. Some may be closed soon.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = stopped => {}
    }
}

/// Creates the service of a server without a port, for tests that call it directly, or for nesting. Links in its
/// responses include the path where it is nested.
///
/// ```
/// # use drivesim::Sim;
/// let drives = drivesim_server::router(Sim::builder().build()?)?;
/// let app: axum::Router = axum::Router::new().nest("/sim", drives);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`StartError::OwnedTwice`], [`StartError::WireOption`].
pub fn router(sim: Sim) -> Result<Router, StartError> {
    router_with(sim, ServerOptions::default())
}

/// Creates the service with options.
///
/// # Errors
/// [`StartError::OwnedTwice`], [`StartError::WireOption`], and the errors of [`ServerOptions::check`].
pub fn router_with(sim: Sim, options: ServerOptions) -> Result<Router, StartError> {
    wire_options::check_drives(&sim)?;
    let app = Arc::new(App::new(sim, options)?);
    // A fallback alone would be lost if a router that contains this one is nested itself.
    let router =
        Router::new().route("/{*path}", any(dispatch::handle_routed)).fallback(dispatch::handle_routed);
    Ok(router.with_state(app))
}
