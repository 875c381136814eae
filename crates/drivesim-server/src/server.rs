//! The only place that listens: a thread that answers on a port until its handle is dropped.

use std::fmt;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::routing::any;
use drivesim::Sim;
use socket2::SockRef;
use tokio::sync::oneshot;

use crate::app::{App, StartError};
use crate::aside;
use crate::connection::Connections;
use crate::control::logged::LoggedRequest;
use crate::dispatch;
use crate::head::{is_host, split_host};
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
    /// `/v1.0/me/drive` is the drive that belongs to `me`: where the simulator was built without `drive` lines, its only one.
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
        let refused = |source| StartError::Listen { address: address.to_owned(), source };
        options.check()?;
        // Clients that reach the server by this name may use the admin API.
        let (name, _) = split_host(address);
        options.admin_hosts.extend(is_host(name).then(|| name.to_owned()));
        let app = Arc::new(App::new(sim, options)?);
        let listener = bind(address).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let runtime = aside::runtime().map_err(refused)?;
        let long_work = app.long_work.start().map_err(refused)?;
        let (stop, stopped) = oneshot::channel();
        let connections = Connections::new(app.clone());
        let run = move || {
            runtime.block_on(serve(listener, &connections, stopped));
            // Connections that are still open are not waited for.
            runtime.shutdown_background();
            long_work.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("drivesim-server".to_owned());
        let thread = thread.spawn(run).map_err(refused)?;
        Ok(Server { app, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what URLs start with, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests that the journal keeps, in the order of their numbers, with the headers and bodies of
    /// request and response. Those to the admin API are not among them. A request is there before its client has read
    /// the response.
    ///
    /// How much is kept is limited by [`Limits::max_journal`](crate::Limits::max_journal),
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
            // If it has panicked there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// How many bytes of answers the system holds for a connection. Linux doubles it for what it needs itself.
///
/// A socket takes more when a third of its buffer is free. Linux lets the buffer grow to some megabytes otherwise, and a
/// client that reads slowly but steadily would seem to take nothing for longer than `max_answer_wait`.
const SEND_BUFFER: usize = 128 << 10;

fn bind(address: &str) -> std::io::Result<TcpListener> {
    let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
    let listener = TcpListener::bind(&addresses[..])?;
    // Connections that are accepted have the same. Where a system has no such thing, it decides by itself.
    let _ = SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER);
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
