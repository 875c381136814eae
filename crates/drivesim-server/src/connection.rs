//! Serves connections: bounds their number and their duration, and closes them.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;

use crate::dispatch;
use crate::http::connection_info::{ConnectionInfo, RESERVE_WAIT};
use crate::state::app::App;

/// How long a connection is read on without data after its last response. If it were closed at once, clients that are
/// still sending would not see the response.
const LINGER: Duration = Duration::from_secs(2);
/// How long it is read on at most, however much data comes.
const LONGEST_LINGER: Duration = Duration::from_secs(60);
/// The number of connections beyond the limit. Each of them gets one response if its request is to the admin API, and
/// an error otherwise, so that the admin API responds while clients keep all others open. Still more are closed without
/// a response.
const RESERVE: usize = 64;
/// The longest wait for a client, whatever the limits say: a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Serves the connections of a port.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    app: Arc<App>,
    head_wait: Duration,
    response_wait: Duration,
    free: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
}

impl Connections {
    pub(crate) fn new(app: Arc<App>) -> Connections {
        let limits = &app.options.limits;
        let most = limits.max_connections.min(Semaphore::MAX_PERMITS);
        Connections {
            // They are added to the time, which must not overflow.
            head_wait: limits.max_head_wait.min(LONGEST),
            response_wait: limits.max_answer_wait.min(LONGEST),
            free: Arc::new(Semaphore::new(most)),
            reserve: Arc::new(Semaphore::new(RESERVE)),
            app,
        }
    }

    /// Serves a connection that was accepted.
    pub(crate) fn accept(&self, stream: TcpStream) {
        let (this, local) = (self.clone(), stream.local_addr().ok());
        let permit = self.free.clone().try_acquire_owned();
        let is_reserve = permit.is_err();
        let Ok(permit) = permit.or_else(|_| self.reserve.clone().try_acquire_owned()) else { return };
        tokio::spawn(async move {
            // Responses are small and come one by one: waiting for more to send would only make clients wait.
            let _ = stream.set_nodelay(true);
            this.serve(stream, ConnectionInfo { local, is_reserve }).await;
            drop(permit);
        });
    }

    /// Serves the requests of a stream.
    pub(crate) async fn serve<S>(self, stream: S, connected: ConnectionInfo)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let is_reserve = connected.is_reserve;
        let longest = if is_reserve { RESERVE_WAIT } else { LONGEST };
        let mut writer = TimeoutWriter::new(stream);
        writer.set_timeout(Some(self.response_wait.min(longest)));
        let mut stream = pin!(writer);
        // There is only one route, so a router would only take time.
        let app = self.app;
        let max_head = app.options.limits.max_head;
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = dispatch::handle(app.clone(), request.map(Body::new), Some(connected));
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(!is_reserve)
            .header_read_timeout(self.head_wait.min(longest))
            // A head that does not fit is too large. This also bounds what is read ahead and written behind.
            .max_buf_size(max_head)
            .serve_connection(TokioIo::new(stream.as_mut()), service);
        let error = connection.without_shutdown().await.err();
        if let Some(error) = &error {
            tracing::debug!(%error, "a connection ended early");
        }
        // Requests that are not HTTP have received a response too. Other clients whose connection was cut do not read,
        // or do not send.
        if error.is_none_or(|error| error.is_parse()) {
            linger(stream.get_pin_mut(), longest.min(LONGEST_LINGER)).await;
        }
    }
}

/// Shuts the stream down for writing. Then reads and discards what the client still sends, until it closes or `longest`
/// has passed.
async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin, longest: Duration) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut discarded = vec![0; 16 << 10];
    let read_on = async { while let Ok(Ok(1..)) = timeout(LINGER, stream.read(&mut discarded)).await {} };
    let _ = timeout(longest, read_on).await;
}
