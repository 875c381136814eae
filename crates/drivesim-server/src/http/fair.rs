//! Sends long bodies in turns, so that other connections of the thread proceed in between.
//!
//! Otherwise a client that reads as fast as a body is made would occupy its thread, because the socket never has to
//! wait.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The number of bytes of one turn; the last piece may exceed it.
const TURN: usize = 128 << 10;
/// The least number of bytes that a piece counts for: making a short piece, such as an event, takes as long as copying
/// this many bytes.
const LEAST: usize = 2 << 10;
/// The number of bytes of a long buffered response that are sent at a time.
const SLICE: usize = 64 << 10;

/// A body that is sent in turns.
#[derive(Debug)]
pub(crate) struct FairBody<B> {
    body: B,
    /// The number of bytes that were sent in this turn.
    n_sent: usize,
}

impl<B> FairBody<B> {
    pub(crate) fn new(body: B) -> FairBody<B> {
        FairBody { body, n_sent: 0 }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for FairBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.n_sent >= TURN {
            self.n_sent = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => self.n_sent += frame.data_ref().map_or(0, Bytes::len).max(LEAST),
            Poll::Ready(_) => {}
            Poll::Pending => self.n_sent = 0,
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Returns the body of a buffered response.
pub(crate) fn buffered_body(bytes: Bytes) -> axum::body::Body {
    if bytes.len() <= TURN {
        return axum::body::Body::from(bytes);
    }
    axum::body::Body::new(FairBody::new(Slices(bytes)))
}

/// The rest of a buffered response.
struct Slices(Bytes);

impl Body for Slices {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let n_bytes = self.0.len().min(SLICE);
        let slice = self.0.split_to(n_bytes);
        Poll::Ready((n_bytes > 0).then(|| Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use axum::http::StatusCode;
    use axum::response::IntoResponse as _;
    use drivesim::item::Content;

    use super::*;
    use crate::http::response::ApiResponse;

    /// Counts the wake-ups of a task.
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Polls a body until `n_bytes` have come, and checks that it yields repeatedly.
    fn check_turns(mut body: impl Body<Data = Bytes, Error = impl std::fmt::Debug> + Unpin, n_bytes: usize) {
        let woken = Arc::new(Woken(AtomicUsize::new(0)));
        let waker = Waker::from(woken.clone());
        let (mut n_received, mut n_in_turn, mut n_turns) = (0, 0, 0);
        while n_received < n_bytes {
            match Pin::new(&mut body).poll_frame(&mut Context::from_waker(&waker)) {
                Poll::Ready(frame) => {
                    let n_more = frame.unwrap().unwrap().into_data().unwrap().len();
                    n_received += n_more;
                    n_in_turn += n_more;
                    assert!(n_in_turn <= TURN + SLICE, "{n_in_turn}");
                }
                Poll::Pending => {
                    (n_in_turn, n_turns) = (0, n_turns + 1);
                    assert_eq!(woken.0.load(Ordering::Relaxed), n_turns);
                }
            }
        }
        assert!(n_turns > 10, "{n_turns}");
    }

    #[test]
    fn a_long_response_of_any_kind_yields_and_continues_when_it_is_polled_again() {
        let huge = Content::Generated { size: 1 << 40, number: 0 };
        for response in [
            ApiResponse::content(StatusCode::OK, "x/x", huge, 0..1 << 40),
            ApiResponse::bytes(StatusCode::OK, "x/x", vec![7; 4 << 20]),
            ApiResponse::text(StatusCode::OK, "x/x", "x".repeat(4 << 20)),
        ] {
            check_turns(response.into_response().into_body(), 4 << 20);
        }
    }

    #[test]
    fn events_that_are_ready_at_once_are_sent_in_turns() {
        /// Always has one more.
        struct Events;
        impl Body for Events {
            type Data = Bytes;
            type Error = Infallible;

            fn poll_frame(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'e'; 200])))))
            }
        }
        check_turns(FairBody::new(Events), 4 << 20);
        let mut few = FairBody::new(Events);
        let mut context = Context::from_waker(Waker::noop());
        let n_in_turn = (0..).take_while(|_| Pin::new(&mut few).poll_frame(&mut context).is_ready()).count();
        assert_eq!(n_in_turn, TURN / LEAST, "a short piece takes longer than its bytes");
    }

    #[test]
    fn a_long_response_is_complete_and_has_its_exact_length() {
        let bytes: Vec<u8> = (0..TURN * 3 + 5).map(|at| at as u8).collect();
        let body = buffered_body(Bytes::from(bytes.clone()));
        assert_eq!(body.size_hint().exact(), Some(bytes.len() as u64));
        assert_eq!(pollster::block_on(axum::body::to_bytes(body, usize::MAX)).unwrap(), bytes);
    }
}
