//! Keeps jobs and schedules them: what is due is done in the order of due time, then job number, by one thread at a
//! time.

mod registry;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use drivesim_jobs::SimTime;
use parking_lot::{Condvar, Mutex, RwLock};

use crate::error::Error;
use crate::event::Effects;
use crate::ids::JobId;
use crate::job_runner::{CopyRequest, JobState, PausedJob, RunningBytes};
use crate::no_wait;
use crate::sim::Shared;

pub use self::registry::EndedJobs;
use self::registry::{EndedJob, JobRegistry};

/// All jobs of a simulator.
#[derive(Debug)]
pub(crate) struct Jobs {
    /// Locked for moments only.
    known: RwLock<JobRegistry>,
    /// Jobs that have not ended, by number.
    active: Mutex<BTreeMap<u64, Arc<JobState>>>,
    n_active: AtomicUsize,
    /// Jobs that have not ended and whose own events have readers, by number.
    listened: Mutex<BTreeMap<u64, Arc<JobState>>>,
    n_listened: AtomicUsize,
    queue: Mutex<Queue>,
    settled: Condvar,
    /// When the first job in the queue is due in nanoseconds, so that checking for due jobs costs one load.
    next_due: AtomicU64,
    /// How long ended jobs are kept.
    keep: Duration,
    /// How many jobs were ever accepted. While this is locked none is accepted. It is locked before any drive.
    n_made: Mutex<u64>,
    /// The same number, read without that lock, which may be held while a copy waits for its drives.
    n_accepted: AtomicU64,
    /// The bytes that running jobs keep.
    pub(crate) running: Arc<RunningBytes>,
}

#[derive(Debug, Default)]
struct Queue {
    due: BTreeMap<(SimTime, u64), Arc<JobState>>,
    /// Whether a thread is running due jobs. This is no lock: readers continue with the state before.
    settling: bool,
}

/// No job is due.
const NEVER: u64 = u64::MAX;

impl Jobs {
    pub(crate) fn new(keep: Duration, most: EndedJobs) -> Jobs {
        Jobs {
            known: RwLock::new(JobRegistry::new(most)),
            active: Mutex::default(),
            n_active: AtomicUsize::new(0),
            listened: Mutex::default(),
            n_listened: AtomicUsize::new(0),
            queue: Mutex::default(),
            settled: Condvar::new(),
            next_due: AtomicU64::new(NEVER),
            keep,
            n_made: Mutex::new(0),
            n_accepted: AtomicU64::new(0),
            running: RunningBytes::with_limit(u64::MAX),
        }
    }

    /// Registers a job with the order that `give` returns, unless it fails.
    ///
    /// No fork is made meanwhile: it would have the locks of the order, but no job that releases them.
    pub(crate) fn accept(
        &self,
        seed: u64,
        now: SimTime,
        effects: &mut Effects,
        give: impl FnOnce() -> Result<CopyRequest, Error>,
    ) -> Result<Arc<JobState>, Error> {
        let mut n_made = self.n_made.lock();
        let order = give()?;
        *n_made += 1;
        let number = *n_made;
        let cell = Arc::new(JobState::new(JobId::new(seed, number), number, now, order));
        cell.publish_acceptance(effects);
        self.known.write().insert(&cell);
        self.n_accepted.store(number, Ordering::Release);
        let n_active = {
            let mut active = self.active.lock();
            active.insert(number, cell.clone());
            active.len()
        };
        self.n_active.store(n_active, Ordering::Release);
        Ok(cell)
    }

    /// Returns how many jobs are known, including those that have ended.
    pub(crate) fn n_known(&self) -> usize {
        self.known.read().len()
    }

    /// Queues a job that the clock moves.
    pub(crate) fn enqueue(&self, cell: &Arc<JobState>) {
        if let Some(due) = cell.request.pace.start_due(cell.accepted_at) {
            let mut queue = self.queue.lock();
            queue.due.insert((due, cell.number), cell.clone());
            self.publish_next_due(&queue);
        }
    }

    /// Removes a job that ended early from the queue.
    pub(crate) fn dequeue(&self, cell: &JobState) {
        let mut queue = self.queue.lock();
        queue.due.retain(|&(_, number), _| number != cell.number);
        self.publish_next_due(&queue);
    }

    /// Passes the progress of all jobs that is due by `now`. Current readers receive it; later readers do not.
    pub(crate) fn catch_up(&self, sim: &Shared, now: SimTime, effects: &mut Effects) {
        self.active().iter().for_each(|cell| cell.catch_up(sim, now, effects));
    }

    /// Publishes the progress that is due by `now` to its readers. Without readers it costs two loads.
    pub(crate) fn publish_progress(&self, sim: &Shared, now: SimTime, effects: &mut Effects) {
        let cells = if sim.event_sink.has_readers() { self.active() } else { self.listened() };
        cells.iter().for_each(|cell| cell.publish_progress(sim, now, effects));
    }

    /// Records that the events of a job have a reader. The job's lock is held.
    pub(crate) fn add_listened(&self, cell: &Arc<JobState>) {
        let mut listened = self.listened.lock();
        listened.insert(cell.number, cell.clone());
        self.n_listened.store(listened.len(), Ordering::Release);
    }

    /// Records that the events of a job have no reader any more. The job's lock is held.
    pub(crate) fn remove_listened(&self, cell: &JobState) {
        let mut listened = self.listened.lock();
        listened.remove(&cell.number);
        self.n_listened.store(listened.len(), Ordering::Release);
    }

    fn listened(&self) -> Vec<Arc<JobState>> {
        if self.n_listened.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        self.listened.lock().values().cloned().collect()
    }

    /// Moves the readers of jobs to the same jobs in another state; returns the readers to be woken.
    pub(crate) fn move_readers(&self, to: &Shared) -> Vec<Waker> {
        let mut wakers = Vec::new();
        for cell in self.listened() {
            let same = to.jobs.same_job(&cell);
            cell.move_readers(self, same.as_ref().map(|same| (to, same)), &mut wakers);
        }
        wakers
    }

    /// Returns how many jobs have not ended.
    pub(crate) fn n_active(&self) -> usize {
        self.n_active.load(Ordering::Acquire)
    }

    pub(crate) fn get(&self, id: JobId) -> Option<Arc<JobState>> {
        self.known.read().get(id).cloned()
    }

    pub(crate) fn numbered(&self, number: u64) -> Option<Arc<JobState>> {
        self.known.read().numbered(number).cloned()
    }

    /// Returns the number of the job that was accepted last; 0 without one.
    pub(crate) fn last_number(&self) -> u64 {
        self.n_accepted.load(Ordering::Acquire)
    }

    /// Returns the job in this state that is the same as a job of another state.
    pub(crate) fn same_job(&self, cell: &JobState) -> Option<Arc<JobState>> {
        self.get(cell.id).filter(|same| same.is_same_job(cell))
    }

    /// Pauses all jobs, forks them, and calls `join` with the forked jobs to fork the rest of the state.
    ///
    /// Each job is asked when it is due, because a thread that runs due jobs has taken some out of the queue. So a fork
    /// waits for no turn, and never for a copy that is staged.
    pub(crate) fn fork<R>(&self, join: impl FnOnce(Jobs) -> R) -> R {
        let n_made = self.n_made.lock();
        let active: Vec<Arc<JobState>> = self.active.lock().values().cloned().collect();
        let paused: Vec<PausedJob<'_>> = active.iter().map(JobState::pause).collect();
        // Ended jobs never change, so they are shared; the forked jobs replace the others below.
        let known = self.known.read().clone();
        let fork = Jobs::new(self.keep, known.ended_limit());
        *fork.n_made.lock() = *n_made;
        fork.n_accepted.store(*n_made, Ordering::Release);
        *fork.known.write() = known;
        fork.running.set_limit(self.running.used_and_limit().1);
        for paused in paused.iter().filter(|paused| !paused.has_ended()) {
            let (forked, due) = paused.fork(&fork.running);
            fork.known.write().insert(&forked);
            fork.active.lock().insert(forked.number, forked.clone());
            if let Some(due) = due {
                fork.queue.lock().due.insert((due, forked.number), forked);
            }
        }
        fork.n_active.store(fork.active.lock().len(), Ordering::Release);
        fork.publish_next_due(&fork.queue.lock());
        join(fork)
    }

    /// Returns the waiters for jobs of a state that is left.
    pub(crate) fn retire(&self, now: SimTime) -> Vec<Waker> {
        self.active().into_iter().flat_map(|cell| cell.retire(now)).collect()
    }

    /// Returns all jobs that are still known, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<JobState>> {
        self.known.read().after(0).cloned().collect()
    }

    /// Returns at most `limit` known jobs with numbers above `number`, oldest first, and whether there are more.
    pub(crate) fn after(&self, number: u64, limit: usize) -> (Vec<Arc<JobState>>, bool) {
        let known = self.known.read();
        let mut after = known.after(number);
        let cells = after.by_ref().take(limit).cloned().collect();
        (cells, after.next().is_some())
    }

    /// Returns the jobs that have not ended, oldest first.
    pub(crate) fn active(&self) -> Vec<Arc<JobState>> {
        if self.n_active.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        self.active.lock().values().cloned().collect()
    }

    /// Returns when the first job that the clock moves is due.
    pub(crate) fn next_due(&self) -> Option<SimTime> {
        self.queue.lock().due.first_key_value().map(|(&(due, _), _)| due)
    }

    /// Records that a job ended. It is kept for a while.
    pub(crate) fn ended(&self, cell: &JobState, at: SimTime) {
        // In this order, so that a thread that no longer finds the job among the active ones finds it among the ended
        // ones.
        let job =
            EndedJob { number: cell.number, until: at.saturating_add(self.keep), n_bytes: cell.n_bytes() };
        self.known.write().end(job);
        let n_active = {
            let mut active = self.active.lock();
            active.remove(&cell.number);
            active.len()
        };
        self.n_active.store(n_active, Ordering::Release);
        self.forget(at);
    }

    /// Forgets expired ended jobs, and the oldest if there are too many.
    pub(crate) fn forget(&self, now: SimTime) {
        let forgotten = self.known.write().forget(now);
        // Dropped when the lock is released.
        drop(forgotten);
    }

    /// Returns the number and bytes of the ended jobs, and their limit.
    pub(crate) fn ended_jobs(&self) -> (EndedJobs, EndedJobs) {
        let known = self.known.read();
        (known.ended_usage(), known.ended_limit())
    }

    /// Sets the limit of the ended jobs, and forgets the oldest if there are too many.
    pub(crate) fn keep_ended(&self, most: EndedJobs, now: SimTime) {
        let forgotten = {
            let mut known = self.known.write();
            known.set_ended_limit(most);
            known.forget(now)
        };
        drop(forgotten);
    }

    /// Runs what is due by `now`, unless another thread is doing so.
    pub(crate) fn run_due(&self, sim: &Shared, now: SimTime) {
        if self.next_due.load(Ordering::Acquire) <= nanos(now) {
            if no_wait::must_not_wait() {
                // As usual, work that another thread is doing is not waited for.
                if !self.queue.lock().settling {
                    no_wait::give_up();
                }
                return;
            }
            if let Some(turn) = Turn::try_take(self) {
                self.settle(sim, now, turn);
            }
        }
    }

    /// Runs what is due by `now`, after waiting for another thread that is doing so.
    pub(crate) fn run_due_and_wait(&self, sim: &Shared, now: SimTime) {
        self.settle(sim, now, Turn::take(self));
    }

    /// Runs everything that will ever be due, and returns when the last job was due.
    pub(crate) fn run_all(&self, sim: &Shared) -> SimTime {
        self.settle(sim, SimTime::MAX, Turn::take(self))
    }

    /// Runs what is due by `now`; returns the time of the last change.
    fn settle(&self, sim: &Shared, now: SimTime, turn: Turn<'_>) -> SimTime {
        let mut effects = Effects::default();
        while let Some((cell, until)) = self.next_turn(now) {
            if let Some(due) = cell.run_until(sim, until, &mut effects) {
                debug_assert!(due > until, "a job has more to do at a time that has passed");
                self.queue.lock().due.insert((due, cell.number), cell);
            }
            sim.fail_orphaned(&mut effects);
        }
        self.publish_progress(sim, now, &mut effects);
        drop(turn);
        let latest = effects.latest;
        sim.publish(effects);
        latest
    }

    /// Removes the first due job from the queue, and returns it with the time until which it may run before another
    /// job's turn.
    fn next_turn(&self, now: SimTime) -> Option<(Arc<JobState>, SimTime)> {
        let mut queue = self.queue.lock();
        let first = queue.due.first_entry().filter(|first| first.key().0 <= now)?;
        let ((due, number), cell) = first.remove_entry();
        let until = match queue.due.first_key_value() {
            Some((&(next, other), _)) if next <= now && number < other => next,
            // The other job goes first at its time, so this one stops a moment before.
            Some((&(next, _), _)) if next <= now => a_moment_before(next),
            _ => now,
        };
        Some((cell, until.max(due)))
    }

    fn publish_next_due(&self, queue: &Queue) {
        let next = queue.due.first_key_value().map_or(NEVER, |(&(due, _), _)| nanos(due).min(NEVER - 1));
        self.next_due.store(next, Ordering::Release);
    }
}

/// The right to run due jobs. It is released even if running them panics.
struct Turn<'a>(&'a Jobs);

impl<'a> Turn<'a> {
    fn try_take(jobs: &'a Jobs) -> Option<Turn<'a>> {
        let mut queue = jobs.queue.lock();
        if queue.settling {
            return None;
        }
        queue.settling = true;
        // Created only here, because a turn is released when it is dropped.
        Some(Turn(jobs))
    }

    fn take(jobs: &'a Jobs) -> Turn<'a> {
        let mut queue = jobs.queue.lock();
        while queue.settling {
            jobs.settled.wait(&mut queue);
        }
        queue.settling = true;
        Turn(jobs)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue.lock();
        queue.settling = false;
        self.0.publish_next_due(&queue);
        drop(queue);
        self.0.settled.notify_one();
    }
}

/// Returns a time in nanoseconds, saturating.
fn nanos(time: SimTime) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn a_moment_before(time: SimTime) -> SimTime {
    SimTime::new(time.as_duration().saturating_sub(Duration::from_nanos(1)))
}
