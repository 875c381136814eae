//! The only place that takes in bodies: each within its limit, all within one, and none for ever.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use hyper::body::Body as _;

use crate::control::fault::Fault;

/// What of a body that nobody wants is read, so that who sends it before they listen hear why.
const UNWANTED: u64 = 64 << 10;
/// How long that may let the refusal wait.
const UNWANTED_WAIT: Duration = Duration::from_millis(250);

/// Says why a body was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It has more bytes than this.
    TooLong(usize),
    /// It ends before it should, or is not encoded as it says.
    Broken,
    /// Nothing came of it for this long.
    Slow(Duration),
    /// All bodies together would have more bytes than this.
    Full(usize),
}

impl Unread {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Unread::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Unread::Broken => StatusCode::BAD_REQUEST,
            Unread::Slow(_) => StatusCode::REQUEST_TIMEOUT,
            Unread::Full(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn message(self) -> String {
        match self {
            Unread::TooLong(most) => format!("The body is longer than {most} bytes."),
            Unread::Broken => "The body breaks off, or it is not encoded as it says.".to_owned(),
            Unread::Slow(wait) => format!("Nothing came of the body for {wait:?}."),
            Unread::Full(most) => {
                format!("The bodies of all requests may have {most} bytes together; come again.")
            }
        }
    }

    pub(crate) fn fault(self) -> Fault {
        Fault::new(self.status(), "unreadable", self.message())
    }
}

/// Counts the bytes of the bodies that are being read or answered.
#[derive(Debug)]
pub(crate) struct Intake {
    n_held: Arc<AtomicUsize>,
    most: usize,
}

/// A body that was taken. Its bytes are counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    bytes: Bytes,
    _held: Held,
}

impl Taken {
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

/// A share of what all bodies may have.
#[derive(Debug)]
struct Held {
    n_held: Arc<AtomicUsize>,
    n_mine: usize,
    most: usize,
}

impl Held {
    /// Asks for more.
    fn grow(&mut self, by: usize) -> Result<(), Unread> {
        let grown = |held: usize| held.checked_add(by).filter(|&held| held <= self.most);
        let is_granted = self.n_held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        is_granted.map_err(|_| Unread::Full(self.most))?;
        self.n_mine += by;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.n_held.fetch_sub(self.n_mine, Ordering::Relaxed);
    }
}

impl Intake {
    pub(crate) fn new(most: usize) -> Intake {
        Intake { n_held: Arc::default(), most }
    }

    /// Takes a body of at most `most` bytes. One that says beforehand that it is longer is not read at all. Without a
    /// `wait` it may take as long as it likes.
    pub(crate) async fn take(
        &self,
        mut body: Body,
        most: usize,
        wait: Option<Duration>,
    ) -> Result<Taken, Unread> {
        if body.is_end_stream() {
            let held = Held { n_held: self.n_held.clone(), n_mine: 0, most: self.most };
            return Ok(Taken { bytes: Bytes::new(), _held: held });
        }
        // What is more than all may have together need not come again.
        let most = most.min(self.most);
        let said = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if said > most {
            return Err(Unread::TooLong(most));
        }
        let mut held = Held { n_held: self.n_held.clone(), n_mine: 0, most: self.most };
        held.grow(said)?;
        let mut bytes = Vec::new();
        while let Some(piece) = next(&mut body, wait).await? {
            let n_bytes = bytes.len() + piece.len();
            if n_bytes > most {
                return Err(Unread::TooLong(most));
            }
            held.grow(n_bytes.saturating_sub(held.n_mine))?;
            if bytes.is_empty() {
                if piece.len() >= said && body.is_end_stream() {
                    return Ok(Taken { bytes: piece, _held: held });
                }
                // What was granted is made room for at once: growing would take as much again.
                bytes.try_reserve_exact(said).map_err(|_| Unread::Full(self.most))?;
            }
            bytes.extend_from_slice(&piece);
        }
        bytes.shrink_to_fit();
        Ok(Taken { bytes: Bytes::from(bytes), _held: held })
    }
}

/// Throws away a short body that nobody wants. Whoever waits for leave to send theirs is not given it.
pub(crate) async fn discard(mut body: Body, headers: &HeaderMap, wait: Option<Duration>) {
    if headers.contains_key(header::EXPECT) || body.size_hint().lower() > UNWANTED {
        return;
    }
    let wait = wait.map(|wait| wait.min(UNWANTED_WAIT));
    let mut n_left = UNWANTED;
    while let Ok(Some(piece)) = next(&mut body, wait).await {
        n_left = n_left.saturating_sub(piece.len() as u64);
        if n_left == 0 {
            return;
        }
    }
}

/// Waits for the next bytes of a body; `None` at its end.
async fn next(body: &mut Body, wait: Option<Duration>) -> Result<Option<Bytes>, Unread> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        let frame = match wait {
            Some(wait) => tokio::time::timeout(wait, frame).await.map_err(|_| Unread::Slow(wait))?,
            None => frame.await,
        };
        let Some(frame) = frame else { return Ok(None) };
        // Trailers tell nothing here.
        if let Ok(bytes) = frame.map_err(|_| Unread::Broken)?.into_data() {
            return Ok(Some(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_until_the_body_is_dropped() {
        let intake = Intake::new(10);
        let take = |n_bytes: usize| pollster::block_on(intake.take(Body::from(vec![7; n_bytes]), 8, None));
        let first = take(6).unwrap();
        assert_eq!(take(5).unwrap_err(), Unread::Full(10));
        assert_eq!(take(9).unwrap_err(), Unread::TooLong(8));
        let beyond_all = pollster::block_on(intake.take(Body::from(vec![7; 11]), 100, None));
        assert_eq!(beyond_all.unwrap_err(), Unread::TooLong(10));
        assert_eq!(take(4).unwrap().bytes.len(), 4);
        drop(first);
        assert_eq!(take(8).unwrap().bytes, vec![7; 8]);
        assert_eq!(intake.n_held.load(Ordering::Relaxed), 0);
    }
}
