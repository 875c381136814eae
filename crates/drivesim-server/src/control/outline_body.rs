//! Sends an outline piece by piece: none is printed before the client has taken most of those before it.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::Bytes;
use drivesim::{OutlinePieces, Sim};
use hyper::body::{Body, Frame};
use parking_lot::Mutex;

use crate::budget::{Budget, Part, Share};

/// How many long outlines are sent at the same time. Each keeps what its drives held when it was asked for.
const MOST: usize = 16;
/// How many bytes drives part with before it is counted anew what outlines hold.
const STEP: u64 = 256 << 10;

/// The long outlines that are being sent. What they hold of drives that have changed since counts as answers do.
///
/// That a long outline is 503 while 16 others are sent, and that the oldest is cut off when what they hold has no room, is
/// *assumed* (no option: limit of drivesim).
#[derive(Clone, Debug)]
pub(crate) struct Outlines(Arc<Sending>);

#[derive(Debug)]
struct Sending {
    sent: Mutex<Sent>,
    /// Up to which number of bytes, as [`Sim::bytes_parted`] counts, nothing need be done.
    good_until: AtomicU64,
}

#[derive(Debug)]
struct Sent {
    /// By number, the oldest first.
    prints: BTreeMap<u64, Begun>,
    n_begun: u64,
    /// What drives had parted with when it was counted.
    parted: u64,
    /// What all of them hold together: what drives have parted with since the oldest was begun.
    share: Share,
}

#[derive(Debug)]
struct Begun {
    /// What drives had parted with before.
    parted: u64,
    print: Arc<Print>,
}

impl Outlines {
    pub(crate) fn new(budget: &Budget) -> Outlines {
        let share = budget.share(Part::Answers);
        let sent = Sent { prints: BTreeMap::new(), n_begun: 0, parted: 0, share };
        Outlines(Arc::new(Sending { sent: Mutex::new(sent), good_until: AtomicU64::new(u64::MAX) }))
    }

    /// Begins to send an outline, of which some pieces are printed already; `parted` is what drives had parted with before.
    /// Returns `None` if too many are being sent.
    pub(crate) fn begin(
        &self,
        first: Vec<String>,
        pieces: OutlinePieces,
        parted: u64,
    ) -> Option<OutlineBody> {
        let print = Arc::new(Print { is_cut: AtomicBool::new(false), pieces: Mutex::new(Some(pieces)) });
        let mut sent = self.0.sent.lock();
        if sent.prints.len() >= MOST {
            return None;
        }
        sent.n_begun += 1;
        let number = sent.n_begun;
        sent.prints.insert(number, Begun { parted, print: print.clone() });
        // Counted at the end of the request.
        self.0.good_until.store(0, Ordering::Relaxed);
        let share = sent.share.sibling();
        Some(OutlineBody { first: first.into_iter(), print, share, number, outlines: self.clone() })
    }

    /// Lets all together hold no more than there is room for. To be called after each request: most often it costs a look
    /// at two numbers.
    pub(crate) fn bound(&self, sim: &Sim) {
        if sim.bytes_parted() <= self.0.good_until.load(Ordering::Relaxed) {
            return;
        }
        let cut = {
            let mut sent = self.0.sent.lock();
            sent.parted = sim.bytes_parted();
            let cut = sent.bound();
            let next = if sent.prints.is_empty() { u64::MAX } else { sent.parted.saturating_add(STEP) };
            self.0.good_until.store(next, Ordering::Relaxed);
            cut
        };
        // What they hold may be much, and others need the lock.
        cut.iter().for_each(|print| print.cut());
    }

    fn end(&self, number: u64) {
        let mut sent = self.0.sent.lock();
        if sent.prints.remove(&number).is_some() {
            // They hold no more than before.
            let n_held = sent.n_held();
            let _ = sent.share.resize(n_held);
        }
    }
}

impl Sent {
    /// Returns how many bytes all hold that the drives do not hold any more.
    fn n_held(&self) -> usize {
        let oldest = self.prints.values().map(|begun| begun.parted).min();
        let n_held = oldest.map_or(0, |oldest| self.parted.saturating_sub(oldest));
        usize::try_from(n_held).unwrap_or(usize::MAX)
    }

    /// Takes the oldest out until there is room for what the others hold. Returns those.
    fn bound(&mut self) -> Vec<Arc<Print>> {
        let mut cut = Vec::new();
        loop {
            let n_held = self.n_held();
            if self.share.resize(n_held).is_ok() {
                return cut;
            }
            match self.prints.pop_first() {
                Some((_, begun)) => cut.push(begun.print),
                None => return cut,
            }
        }
    }
}

/// An outline that is printed as far as it is taken.
#[derive(Debug)]
struct Print {
    is_cut: AtomicBool,
    /// `None` when it is cut off.
    pieces: Mutex<Option<OutlinePieces>>,
}

impl Print {
    /// Cuts it off, wherever it is, and drops what it holds.
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        // Who prints a piece just now sees it then.
        let pieces = self.pieces.try_lock().and_then(|mut pieces| pieces.take());
        drop(pieces);
    }

    fn next(&self) -> Option<Result<String, CutOff>> {
        let piece = self.pieces.lock().as_mut().and_then(Iterator::next);
        if self.is_cut.load(Ordering::SeqCst) {
            let pieces = self.pieces.lock().take();
            drop(pieces);
            return Some(Err(CutOff));
        }
        piece.map(Ok)
    }
}

/// There was no room for what the outline held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutOff;

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no room for what the outline is printed from")
    }
}

impl std::error::Error for CutOff {}

/// An outline, as the body of an answer.
#[derive(Debug)]
pub(crate) struct OutlineBody {
    /// The pieces that were printed to see whether it is long.
    first: std::vec::IntoIter<String>,
    print: Arc<Print>,
    /// A share of what answers may take that holds nothing itself.
    share: Share,
    number: u64,
    outlines: Outlines,
}

impl Body for OutlineBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let piece = self.first.next().map(Ok).or_else(|| self.print.next());
        Poll::Ready(piece.map(|piece| {
            let piece = piece?;
            let mut share = self.share.sibling();
            // What was begun goes on: it is a piece or two for each place.
            share.grow_anyway(piece.capacity());
            Ok(Frame::data(share.hold(piece.into_bytes())))
        }))
    }
}

impl Drop for OutlineBody {
    fn drop(&mut self) {
        self.outlines.end(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const LINES: usize = 20_000;

    fn sim() -> Sim {
        let lines: String = (0..LINES).map(|number| format!("file number {number:05}.txt\n")).collect();
        Sim::builder().outline(lines).build().unwrap()
    }

    fn begin(outlines: &Outlines, sim: &Sim) -> OutlineBody {
        let parted = sim.bytes_parted();
        let pieces = sim.outline_pieces(None, drivesim::Detail::Names).unwrap();
        outlines.begin(Vec::new(), pieces, parted).unwrap()
    }

    fn read(body: OutlineBody) -> Result<usize, axum::Error> {
        let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX);
        pollster::block_on(body).map(|body| body.len())
    }

    /// Lets a file come and go for good.
    fn pass(sim: &Sim) {
        sim.write("/large.bin", vec![7; 1 << 20]).unwrap();
    }

    fn purge(sim: &Sim) {
        sim.delete_permanently("/large.bin").unwrap();
        // What nothing uses any more is swept when room is needed.
        sim.write("/other.bin", vec![7; 1 << 20]).unwrap();
        sim.delete_permanently("/other.bin").unwrap();
    }

    #[test]
    fn the_oldest_is_cut_off_when_what_it_holds_has_no_room() {
        let (sim, budget) = (sim(), Budget::new(&Limits::default().max_answers(5 << 20)));
        sim.set_bounds(drivesim::outline::Bounds { max_content: 1 << 20, ..sim.bounds() });
        let outlines = Outlines::new(&budget);
        let mut bodies = Vec::new();
        for _ in 0..10 {
            pass(&sim);
            bodies.push(begin(&outlines, &sim));
            outlines.bound(&sim);
            purge(&sim);
            outlines.bound(&sim);
            assert!(budget.of(Part::Answers).0 <= 5 << 20);
        }
        assert!(budget.of(Part::Answers).0 >= 1 << 20, "what drives part with counts");
        let n_left = outlines.0.sent.lock().prints.len();
        assert!((1..5).contains(&n_left), "{n_left}");
        let left = bodies.split_off(10 - n_left);
        for body in bodies {
            assert!(body.print.pieces.lock().is_none(), "it holds nothing before it is read on");
            assert!(read(body).is_err(), "who reads it sees that it is not whole");
        }
        for body in left {
            assert!(read(body).unwrap() > LINES * 20);
        }
        assert_eq!(budget.total().0, 0);
    }

    #[test]
    fn what_a_state_that_is_left_had_made_counts() {
        let sim = Sim::builder().outline("drive old profile=plain\n").build().unwrap();
        let budget = Budget::new(&Limits::default().max_answers(3 << 20));
        let (outlines, seed) = (Outlines::new(&budget), sim.snapshot());
        let mut bodies = Vec::new();
        for number in 0..5 {
            let text = "l".repeat(1 << 20);
            let outline = format!("drive new profile=box\n{number} = \"{text}\"\n");
            sim.replace_drives(drivesim::outline::parse(&outline).unwrap()).unwrap();
            bodies.push(begin(&outlines, &sim));
            sim.restore(&seed);
            outlines.bound(&sim);
        }
        let n_left = outlines.0.sent.lock().prints.len();
        assert_eq!(n_left, 2, "each holds a little more than its text");
    }

    #[test]
    fn drives_that_do_not_change_leave_no_bytes_to_count() {
        let (sim, budget) = (sim(), Budget::new(&Limits::default()));
        let outlines = Outlines::new(&budget);
        let bodies: Vec<OutlineBody> = (0..MOST).map(|_| begin(&outlines, &sim)).collect();
        outlines.bound(&sim);
        assert_eq!(budget.total().0, 0);
        let pieces = sim.outline_pieces(None, drivesim::Detail::Names).unwrap();
        assert!(outlines.begin(Vec::new(), pieces, 0).is_none(), "there are {MOST}");
        drop(bodies);
        begin(&outlines, &sim);
    }
}
