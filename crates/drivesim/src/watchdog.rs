//! Wakes the waiters of jobs that nobody moves, so that they can panic with a reason.
//!
//! One thread serves all simulators of the process. It starts with the first wait and ends with the last.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// Counts the calls that move time or a job of a simulator.
#[derive(Debug, Default)]
pub(crate) struct Moves(AtomicU64);

impl Moves {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A wait for a job that does not move by itself.
#[derive(Debug)]
pub(crate) struct Watch {
    moves: Arc<Moves>,
    limit: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    waker: Waker,
    /// The count of moves when the time started.
    n_moves: u64,
    due: Instant,
    is_over: bool,
}

impl Watch {
    /// Starts a watch; `None` if the limit is beyond the range of the system's clock.
    pub(crate) fn begin(moves: &Arc<Moves>, limit: Duration, waker: &Waker) -> Option<Arc<Watch>> {
        let watch = Arc::new(Watch::from(Instant::now(), moves, limit, waker)?);
        DOG.watch(&watch);
        Some(watch)
    }

    fn from(now: Instant, moves: &Arc<Moves>, limit: Duration, waker: &Waker) -> Option<Watch> {
        let due = now.checked_add(limit)?;
        let state = State { waker: waker.clone(), n_moves: moves.get(), due, is_over: false };
        Some(Watch { moves: moves.clone(), limit, state: Mutex::new(state) })
    }

    /// Returns whether this watches a simulator by its count of moves.
    pub(crate) fn is_of(&self, moves: &Arc<Moves>) -> bool {
        Arc::ptr_eq(&self.moves, moves)
    }

    /// Returns whether the limit has passed without a move. If not, `waker` is woken when it has.
    pub(crate) fn is_expired(self: &Arc<Self>, waker: &Waker) -> bool {
        let mut state = self.state.lock();
        if !state.is_over {
            state.waker.clone_from(waker);
            return false;
        }
        if state.n_moves == self.moves.get() {
            return true;
        }
        // Moved at the last moment.
        if let Some(again) = Watch::from(Instant::now(), &self.moves, self.limit, waker) {
            *state = again.state.into_inner();
        }
        drop(state);
        DOG.watch(self);
        false
    }

    /// Returns the waker if the limit has passed at `now`, else the next time to check.
    fn check(&self, now: Instant) -> Result<Waker, Instant> {
        let mut state = self.state.lock();
        let n_moves = self.moves.get();
        if state.n_moves != n_moves {
            state.n_moves = n_moves;
            state.due = now.checked_add(self.limit).unwrap_or(state.due);
            return Err(state.due);
        }
        if now < state.due {
            return Err(state.due);
        }
        state.is_over = true;
        Ok(state.waker.clone())
    }
}

/// The watching thread and its list.
struct Dog {
    watched: Mutex<Watched>,
    /// Notified when a watch is added.
    changed: Condvar,
}

struct Watched {
    watches: Vec<Weak<Watch>>,
    is_awake: bool,
}

static DOG: Dog =
    Dog { watched: Mutex::new(Watched { watches: Vec::new(), is_awake: false }), changed: Condvar::new() };

impl Dog {
    fn watch(&'static self, watch: &Arc<Watch>) {
        let mut watched = self.watched.lock();
        watched.watches.push(Arc::downgrade(watch));
        if watched.is_awake {
            self.changed.notify_one();
        } else {
            let thread = thread::Builder::new().name("drivesim-watchdog".to_owned());
            // Without a thread, waits have no limit.
            watched.is_awake = thread.spawn(|| self.run()).is_ok();
        }
    }

    /// Wakes waiters whose limit has passed, until nobody waits.
    fn run(&self) {
        let mut watched = self.watched.lock();
        loop {
            let (mut expired, mut next) = (Vec::new(), None::<Instant>);
            let now = Instant::now();
            watched.watches.retain(|watch| match watch.upgrade().map(|watch| watch.check(now)) {
                None => false,
                Some(Ok(waker)) => {
                    expired.push(waker);
                    false
                }
                Some(Err(due)) => {
                    next = Some(next.map_or(due, |next| next.min(due)));
                    true
                }
            });
            if !expired.is_empty() {
                // A woken waiter may start another watch at once, so nothing is locked here.
                drop(watched);
                expired.into_iter().for_each(Waker::wake);
                watched = self.watched.lock();
                continue;
            }
            match next {
                Some(due) => drop(self.changed.wait_until(&mut watched, due)),
                None => break,
            }
        }
        watched.is_awake = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn watch(moves: &Arc<Moves>, now: Instant) -> Watch {
        Watch::from(now, moves, LIMIT, Waker::noop()).unwrap()
    }

    #[test]
    fn a_watch_expires_when_its_limit_passes_without_a_move() {
        let (moves, now) = (Arc::new(Moves::default()), Instant::now());
        let watch = watch(&moves, now);
        assert_eq!(watch.check(now).unwrap_err(), now + LIMIT);
        assert_eq!(watch.check(now + LIMIT / 2).unwrap_err(), now + LIMIT);
        assert!(watch.check(now + LIMIT).is_ok());
        assert!(Arc::new(watch).is_expired(Waker::noop()));
    }

    #[test]
    fn a_move_restarts_the_limit() {
        let (moves, now) = (Arc::new(Moves::default()), Instant::now());
        let watch = watch(&moves, now);
        moves.count();
        let later = now + LIMIT;
        assert_eq!(watch.check(later).unwrap_err(), later + LIMIT);
        assert!(watch.check(later + LIMIT).is_ok());
        moves.count();
        assert!(!Arc::new(watch).is_expired(Waker::noop()), "it was moved at the last moment");
    }

    #[test]
    fn a_limit_beyond_the_clock_never_expires() {
        let moves = Arc::new(Moves::default());
        assert!(Watch::begin(&moves, Duration::MAX, Waker::noop()).is_none());
    }
}
