//! Sends an outline in pieces. A piece is printed only when the client has read most of those before it.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::Bytes;
use drivesim::Sim;
use drivesim::outline::OutlinePieces;
use hyper::body::{Body, Frame};
use parking_lot::Mutex;

use crate::limits::budget::{Budget, BudgetPart, Permit};

/// The maximal number of long outlines that are sent at the same time. Each holds the content of its drives at the time
/// of its request.
const MOST: usize = 16;
/// The memory of outlines is counted again after drives have released this many bytes.
const STEP: u64 = 256 << 10;

/// The long outlines that are being sent. The memory that only they hold counts as responses do.
///
/// ASSUMED: A long outline fails with 503 while 16 others are sent, and the oldest is cut off when their memory exceeds
/// the budget (no option: limit of drivesim).
#[derive(Clone, Debug)]
pub(crate) struct Outlines(Arc<Sending>);

#[derive(Debug)]
struct Sending {
    prints: Mutex<Prints>,
    /// Up to this value of [`Sim::bytes_parted`] nothing has to be counted.
    good_until: AtomicU64,
}

#[derive(Debug)]
struct Prints {
    /// By number, the oldest first.
    by_number: BTreeMap<u64, Started>,
    n_started: u64,
    /// The value of [`Sim::bytes_parted`] at the last count.
    parted: u64,
    /// The memory that only the outlines hold: what drives have released since the oldest was started.
    permit: Permit,
}

#[derive(Debug)]
struct Started {
    /// The value of [`Sim::bytes_parted`] before it was started.
    parted: u64,
    print: Arc<Print>,
}

impl Outlines {
    pub(crate) fn new(budget: &Budget) -> Outlines {
        let permit = budget.empty_permit(BudgetPart::Responses);
        let prints = Prints { by_number: BTreeMap::new(), n_started: 0, parted: 0, permit };
        Outlines(Arc::new(Sending { prints: Mutex::new(prints), good_until: AtomicU64::new(u64::MAX) }))
    }

    /// Starts an outline whose first pieces are printed already. `parted` is the value of [`Sim::bytes_parted`] before
    /// that. Returns `None` if too many are being sent.
    pub(crate) fn start(
        &self,
        first: Vec<String>,
        pieces: OutlinePieces,
        parted: u64,
    ) -> Option<OutlineBody> {
        let print = Arc::new(Print { is_cut: AtomicBool::new(false), pieces: Mutex::new(Some(pieces)) });
        let mut prints = self.0.prints.lock();
        if prints.by_number.len() >= MOST {
            return None;
        }
        prints.n_started += 1;
        let number = prints.n_started;
        prints.by_number.insert(number, Started { parted, print: print.clone() });
        // Counted at the end of the request.
        self.0.good_until.store(0, Ordering::Relaxed);
        let permit = prints.permit.empty_like();
        Some(OutlineBody { first: first.into_iter(), print, permit, number, outlines: self.clone() })
    }

    /// Cuts outlines off until their memory fits into the budget. Call it after each request: usually it only compares
    /// two numbers.
    pub(crate) fn enforce_limit(&self, sim: &Sim) {
        if sim.bytes_parted() <= self.0.good_until.load(Ordering::Relaxed) {
            return;
        }
        let cut = {
            let mut prints = self.0.prints.lock();
            prints.parted = sim.bytes_parted();
            let cut = prints.bound();
            let next =
                if prints.by_number.is_empty() { u64::MAX } else { prints.parted.saturating_add(STEP) };
            self.0.good_until.store(next, Ordering::Relaxed);
            cut
        };
        // They may hold much memory, and other threads need the lock.
        cut.iter().for_each(|print| print.cut());
    }

    fn end(&self, number: u64) {
        let mut prints = self.0.prints.lock();
        if prints.by_number.remove(&number).is_some() {
            // They hold no more than before.
            let n_retained = prints.n_retained();
            let _ = prints.permit.resize(n_retained);
        }
    }
}

impl Prints {
    /// Returns the number of bytes that only the outlines hold.
    fn n_retained(&self) -> usize {
        let oldest = self.by_number.values().map(|started| started.parted).min();
        let n_retained = oldest.map_or(0, |oldest| self.parted.saturating_sub(oldest));
        usize::try_from(n_retained).unwrap_or(usize::MAX)
    }

    /// Removes the oldest outlines until the memory of the others fits. Returns the removed ones.
    fn bound(&mut self) -> Vec<Arc<Print>> {
        let mut cut = Vec::new();
        loop {
            let n_retained = self.n_retained();
            if self.permit.resize(n_retained).is_ok() {
                return cut;
            }
            match self.by_number.pop_first() {
                Some((_, started)) => cut.push(started.print),
                None => return cut,
            }
        }
    }
}

/// An outline that is printed on demand.
#[derive(Debug)]
struct Print {
    is_cut: AtomicBool,
    /// `None` after it was cut off.
    pieces: Mutex<Option<OutlinePieces>>,
}

impl Print {
    /// Cuts the outline off and drops its memory.
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        // A thread that is printing a piece now checks `is_cut` afterwards.
        let pieces = self.pieces.try_lock().and_then(|mut pieces| pieces.take());
        drop(pieces);
    }

    fn next(&self) -> Option<Result<String, OutlineCutOff>> {
        let piece = self.pieces.lock().as_mut().and_then(Iterator::next);
        if self.is_cut.load(Ordering::SeqCst) {
            let pieces = self.pieces.lock().take();
            drop(pieces);
            return Some(Err(OutlineCutOff));
        }
        piece.map(Ok)
    }
}

/// The memory of an outline exceeded the budget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutlineCutOff;

impl fmt::Display for OutlineCutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no memory for the content of the outline")
    }
}

impl std::error::Error for OutlineCutOff {}

/// An outline, as the body of a response.
#[derive(Debug)]
pub(crate) struct OutlineBody {
    /// The pieces that were printed to find out whether it is long.
    first: std::vec::IntoIter<String>,
    print: Arc<Print>,
    /// An empty permit of the memory of responses.
    permit: Permit,
    number: u64,
    outlines: Outlines,
}

impl Body for OutlineBody {
    type Data = Bytes;
    type Error = OutlineCutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, OutlineCutOff>>> {
        let piece = self.first.next().map(Ok).or_else(|| self.print.next());
        Poll::Ready(piece.map(|piece| {
            let piece = piece?;
            let mut permit = self.permit.empty_like();
            // A started outline continues: it takes only a piece or two for each slot.
            permit.grow_anyway(piece.capacity());
            Ok(Frame::data(permit.hold(piece.into_bytes())))
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
        let pieces = sim.outline_pieces(drivesim::outline::Detail::Names).unwrap();
        outlines.start(Vec::new(), pieces, parted).unwrap()
    }

    fn read(body: OutlineBody) -> Result<usize, axum::Error> {
        let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX);
        pollster::block_on(body).map(|body| body.len())
    }

    /// Creates a file that `purge` deletes for good.
    fn write_file(sim: &Sim) {
        sim.write("/large.bin", vec![7; 1 << 20]).unwrap();
    }

    fn purge(sim: &Sim) {
        sim.delete_permanently("/large.bin").unwrap();
        // Unused memory is swept when memory is needed.
        sim.write("/other.bin", vec![7; 1 << 20]).unwrap();
        sim.delete_permanently("/other.bin").unwrap();
    }

    #[test]
    fn the_oldest_outline_is_cut_off_when_its_memory_exceeds_the_budget() {
        let (sim, budget) = (sim(), Budget::new(&Limits::default().max_answers(5 << 20)));
        sim.set_bounds(drivesim::outline::Bounds { max_content: 1 << 20, ..sim.bounds() });
        let outlines = Outlines::new(&budget);
        let mut bodies = Vec::new();
        for _ in 0..10 {
            write_file(&sim);
            bodies.push(begin(&outlines, &sim));
            outlines.enforce_limit(&sim);
            purge(&sim);
            outlines.enforce_limit(&sim);
            assert!(budget.usage_of(BudgetPart::Responses).0 <= 5 << 20);
        }
        assert!(budget.usage_of(BudgetPart::Responses).0 >= 1 << 20, "released memory counts");
        let n_left = outlines.0.prints.lock().by_number.len();
        assert!((1..5).contains(&n_left), "{n_left}");
        let left = bodies.split_off(10 - n_left);
        for body in bodies {
            assert!(body.print.pieces.lock().is_none(), "it holds nothing even before it is read");
            assert!(read(body).is_err(), "the reader gets an error");
        }
        for body in left {
            assert!(read(body).unwrap() > LINES * 20);
        }
        assert_eq!(budget.usage().0, 0);
    }

    #[test]
    fn the_memory_of_an_abandoned_state_counts() {
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
            outlines.enforce_limit(&sim);
        }
        let n_left = outlines.0.prints.lock().by_number.len();
        assert_eq!(n_left, 2, "each holds a little more than its text");
    }

    #[test]
    fn outlines_of_unchanged_drives_take_no_memory() {
        let (sim, budget) = (sim(), Budget::new(&Limits::default()));
        let outlines = Outlines::new(&budget);
        let bodies: Vec<OutlineBody> = (0..MOST).map(|_| begin(&outlines, &sim)).collect();
        outlines.enforce_limit(&sim);
        assert_eq!(budget.usage().0, 0);
        let pieces = sim.outline_pieces(drivesim::outline::Detail::Names).unwrap();
        assert!(outlines.start(Vec::new(), pieces, 0).is_none(), "there are {MOST}");
        drop(bodies);
        begin(&outlines, &sim);
    }
}
