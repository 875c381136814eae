//! Holds connections: how many there are, how long each may take, and how it ends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;

use crate::app::App;
use crate::dispatch;
use crate::lazy_timer::LazyTimer;

/// How long a connection that was answered for the last time is read on when nothing comes: if it were closed at once,
/// clients that are still sending would not see the answer.
const LINGER: Duration = Duration::from_secs(2);
/// How long it is read on at most, however much comes.
const LONGEST_LINGER: Duration = Duration::from_secs(60);
/// How many connections there may be beyond the limit. Each has one request answered if it is one to the admin API, and
/// refused otherwise, so that the admin API answers while clients keep all others open. Still more are closed without a
/// word.
const RESERVE: usize = 64;
/// How long a client is waited for on such a connection, whatever for.
pub(crate) const RESERVE_WAIT: Duration = Duration::from_secs(2);

/// What a request that came through a port knows of its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connected {
    /// The address that the client has reached.
    pub(crate) local: Option<SocketAddr>,
    /// Whether it is one beyond the limit, which is for the admin API alone.
    pub(crate) is_reserve: bool,
}

/// How long a client is waited for at most, whatever the limits say: a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Answers on the connections of a port.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    app: Arc<App>,
    head_wait: Duration,
    answer_wait: Duration,
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
            answer_wait: limits.max_answer_wait.min(LONGEST),
            free: Arc::new(Semaphore::new(most)),
            reserve: Arc::new(Semaphore::new(RESERVE)),
            app,
        }
    }

    /// Takes a connection that was accepted.
    pub(crate) fn take(&self, stream: TcpStream) {
        let (this, local) = (self.clone(), stream.local_addr().ok());
        let place = self.free.clone().try_acquire_owned();
        let is_reserve = place.is_err();
        let Ok(place) = place.or_else(|_| self.reserve.clone().try_acquire_owned()) else { return };
        tokio::spawn(async move {
            // Answers are small and come one by one: waiting for more to send would only make clients wait.
            let _ = stream.set_nodelay(true);
            this.answer_on(stream, Connected { local, is_reserve }).await;
            drop(place);
        });
    }

    /// Answers the requests that come on a stream.
    pub(crate) async fn answer_on<S>(self, stream: S, connected: Connected)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let is_reserve = connected.is_reserve;
        let longest = if is_reserve { RESERVE_WAIT } else { LONGEST };
        let mut writer = TimeoutWriter::new(stream);
        writer.set_timeout(Some(self.answer_wait.min(longest)));
        let mut stream = pin!(writer);
        // There is one route only: all that a router would add is time.
        let app = self.app;
        let max_head = app.options.limits.max_head;
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = dispatch::answer(app.clone(), request.map(Body::new), Some(connected));
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(LazyTimer::default())
            .keep_alive(!is_reserve)
            .header_read_timeout(self.head_wait.min(longest))
            // A head that is not over by then is longer. It also bounds what is read ahead and written behind.
            .max_buf_size(max_head)
            .serve_connection(TokioIo::new(stream.as_mut()), service);
        let error = connection.without_shutdown().await.err();
        if let Some(error) = &error {
            tracing::debug!(%error, "a connection ended early");
        }
        // What is no HTTP has been answered too; other clients that are cut off do not read, or do not send.
        if error.is_none_or(|error| error.is_parse()) {
            linger(stream.get_pin_mut(), longest.min(LONGEST_LINGER)).await;
        }
    }
}

/// Says that no more will come, and takes what the client still sends until it has heard so, for so long at most.
async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin, longest: Duration) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut unwanted = vec![0; 16 << 10];
    let read_on = async { while let Ok(Ok(1..)) = timeout(LINGER, stream.read(&mut unwanted)).await {} };
    let _ = timeout(longest, read_on).await;
}
