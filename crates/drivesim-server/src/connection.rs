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
/// How many connections are told at the same time that there are too many; others are closed without a word.
const MOST_TURNED_AWAY: usize = 64;

/// What a request that came through a port knows of its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connected {
    /// The address that the client has reached.
    pub(crate) local: Option<SocketAddr>,
}

/// How long a client is waited for at most, whatever the limits say: a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Answers on the connections of a port.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    app: Arc<App>,
    head_wait: Duration,
    answer_wait: Duration,
    most: usize,
    free: Arc<Semaphore>,
    free_to_turn_away: Arc<Semaphore>,
}

impl Connections {
    pub(crate) fn new(app: Arc<App>) -> Connections {
        let limits = &app.options.limits;
        let most = limits.max_connections.min(Semaphore::MAX_PERMITS);
        Connections {
            // They are added to the time, which must not overflow.
            head_wait: limits.max_head_wait.min(LONGEST),
            answer_wait: limits.max_answer_wait.min(LONGEST),
            most,
            free: Arc::new(Semaphore::new(most)),
            free_to_turn_away: Arc::new(Semaphore::new(MOST_TURNED_AWAY)),
            app,
        }
    }

    /// Takes a connection that was accepted.
    pub(crate) fn take(&self, stream: TcpStream) {
        let this = self.clone();
        if let Ok(place) = self.free.clone().try_acquire_owned() {
            tokio::spawn(async move {
                this.answer(stream).await;
                drop(place);
            });
        } else if let Ok(place) = self.free_to_turn_away.clone().try_acquire_owned() {
            tokio::spawn(async move {
                this.turn_away(stream).await;
                drop(place);
            });
        }
    }

    /// Answers the requests of one connection.
    async fn answer(self, stream: TcpStream) {
        // Answers are small and come one by one: waiting for more to send would only make clients wait.
        let _ = stream.set_nodelay(true);
        let connected = Connected { local: stream.local_addr().ok() };
        self.answer_on(stream, connected).await;
    }

    /// Answers the requests that come on a stream.
    pub(crate) async fn answer_on<S>(self, stream: S, connected: Connected)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut writer = TimeoutWriter::new(stream);
        writer.set_timeout(Some(self.answer_wait));
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
            .header_read_timeout(self.head_wait)
            // A head that is not over by then is longer. It also bounds what is read ahead and written behind.
            .max_buf_size(max_head)
            .serve_connection(TokioIo::new(stream.as_mut()), service);
        let error = connection.without_shutdown().await.err();
        if let Some(error) = &error {
            tracing::debug!(%error, "a connection ended early");
        }
        // What is no HTTP has been answered too; other clients that are cut off do not read, or do not send.
        if error.is_none_or(|error| error.is_parse()) {
            linger(stream.get_pin_mut()).await;
        }
    }

    /// Tells a client that there are too many.
    async fn turn_away(self, mut stream: TcpStream) {
        let message = format!("There are {} connections, no more are served; come again.", self.most);
        let body =
            crate::ordered_json::json!({ "error": { "code": "serviceNotAvailable", "message": message } });
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             retry-after: 1\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        // If it cannot be written the client is gone.
        if let Ok(Ok(())) = timeout(LINGER, stream.write_all(answer.as_bytes())).await {
            linger(stream).await;
        }
    }
}

/// Says that no more will come, and takes what the client still sends until it has heard so.
async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut unwanted = vec![0; 16 << 10];
    let read_on = async { while let Ok(Ok(1..)) = timeout(LINGER, stream.read(&mut unwanted)).await {} };
    let _ = timeout(LONGEST_LINGER, read_on).await;
}
