//! Forks all jobs at one moment.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::job_state::{JobState, PausedJob};
use crate::jobs::Jobs;

impl Jobs {
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
                fork.queue.insert(due, forked);
            }
        }
        fork.n_active.store(fork.active.lock().len(), Ordering::Release);
        join(fork)
    }
}
