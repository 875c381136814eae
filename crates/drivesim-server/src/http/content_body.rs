//! Sends the content of a file in pieces, so that a declared size takes no memory.

use std::convert::Infallible;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use drivesim::item::Content;
use hyper::body::{Body, Frame, SizeHint};

/// The number of bytes that are made at a time.
const PIECE: u64 = 64 << 10;

/// A range of a file's content, as the body of a response.
#[derive(Debug)]
pub(crate) struct ContentBody {
    content: Content,
    left: Range<u64>,
}

impl ContentBody {
    /// Creates the body for a range of a content.
    pub(crate) fn new(content: Content, range: Range<u64>) -> ContentBody {
        let end = range.end.min(content.size());
        ContentBody { left: range.start.min(end)..end, content }
    }

    fn next(&mut self) -> Bytes {
        let mut piece = vec![0; (self.left.end - self.left.start).min(PIECE) as usize];
        let n_read = self.content.read_at(self.left.start, &mut piece);
        self.left.start += n_read as u64;
        Bytes::from(piece)
    }
}

impl Body for ContentBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(self.next()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.end - self.left.start)
    }
}
