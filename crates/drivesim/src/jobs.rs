//! Keeps all jobs of a simulator: those that are known, those that have not ended, and those that are due.

mod fork;
mod queue;
mod registry;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use drivesim_jobs::SimTime;
use parking_lot::{Mutex, RwLock};

use crate::error::Error;
use crate::ids::JobId;
use crate::job_state::{CopyRequest, JobState, RunningBytes};

pub(crate) use self::queue::{DueQueue, Turn};
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
    /// The jobs that the clock moves.
    pub(crate) queue: DueQueue,
    /// How long ended jobs are kept.
    keep: Duration,
    /// How many jobs were ever accepted. While this is locked none is accepted. It is locked before any drive.
    n_made: Mutex<u64>,
    /// The same number, read without that lock, which may be held while a copy waits for its drives.
    n_accepted: AtomicU64,
    /// The bytes that running jobs keep.
    pub(crate) running: Arc<RunningBytes>,
}

impl Jobs {
    pub(crate) fn new(keep: Duration, most: EndedJobs) -> Jobs {
        Jobs {
            known: RwLock::new(JobRegistry::new(most)),
            active: Mutex::default(),
            n_active: AtomicUsize::new(0),
            listened: Mutex::default(),
            n_listened: AtomicUsize::new(0),
            queue: DueQueue::new(),
            keep,
            n_made: Mutex::new(0),
            n_accepted: AtomicU64::new(0),
            running: RunningBytes::with_limit(u64::MAX),
        }
    }

    /// Registers a job with the request that `give` returns, unless it fails.
    ///
    /// No fork is made meanwhile: it would have the locks of the request, but no job that releases them.
    pub(crate) fn accept(
        &self,
        seed: u64,
        now: SimTime,
        give: impl FnOnce() -> Result<CopyRequest, Error>,
    ) -> Result<Arc<JobState>, Error> {
        let mut n_made = self.n_made.lock();
        let request = give()?;
        *n_made += 1;
        let number = *n_made;
        let cell = Arc::new(JobState::new(JobId::new(seed, number), number, now, request));
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
            self.queue.insert(due, cell.clone());
        }
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

    /// Returns the jobs whose own events have readers.
    pub(crate) fn listened(&self) -> Vec<Arc<JobState>> {
        if self.n_listened.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        self.listened.lock().values().cloned().collect()
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
}
