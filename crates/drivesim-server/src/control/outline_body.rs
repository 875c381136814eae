//! Sends an outline piece by piece: none is printed before the client has taken most of those before it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Bytes;
use drivesim::OutlinePieces;
use hyper::body::{Body, Frame};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::budget::Share;

/// How many long outlines are sent at the same time. Each keeps what its drives held when it was asked for.
const MOST: usize = 16;

/// The places of those that are sent.
#[derive(Clone, Debug)]
pub(crate) struct OutlinePlaces(Arc<Semaphore>);

impl Default for OutlinePlaces {
    fn default() -> OutlinePlaces {
        OutlinePlaces(Arc::new(Semaphore::new(MOST)))
    }
}

impl OutlinePlaces {
    /// Takes a place; `None` if there is none. That a long outline is 503 while 16 others are sent is *assumed* (no option:
    /// limit of drivesim).
    pub(crate) fn take(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().ok()
    }
}

/// An outline, as the body of an answer.
#[derive(Debug)]
pub(crate) struct OutlineBody {
    /// The pieces that were printed to see whether it is long.
    first: std::vec::IntoIter<String>,
    pieces: OutlinePieces,
    /// A share of what answers may take that holds nothing itself.
    share: Share,
    _place: OwnedSemaphorePermit,
}

impl OutlineBody {
    pub(crate) fn new(
        first: Vec<String>,
        pieces: OutlinePieces,
        share: Share,
        place: OwnedSemaphorePermit,
    ) -> OutlineBody {
        OutlineBody { first: first.into_iter(), pieces, share, _place: place }
    }
}

impl Body for OutlineBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.first.next().or_else(|| self.pieces.next());
        Poll::Ready(piece.map(|piece| {
            let mut share = self.share.sibling();
            // What was begun goes on: it is a piece or two for each place.
            share.grow_anyway(piece.capacity());
            Ok(Frame::data(share.hold(piece.into_bytes())))
        }))
    }
}
