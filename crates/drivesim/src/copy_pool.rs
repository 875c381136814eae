//! Runs large copies in a thread pool of drivesim.
//!
//! # Rationale
//!
//! A thread that waits for rayon's global pool from inside that pool steals other work meanwhile, which may be a
//! caller's closure that calls the simulator again. So drivesim has its own pool, which runs nothing but staging, and
//! the caller waits for it without stealing. No lock is held while waiting.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Decides how copies are staged.
#[derive(Debug)]
pub(crate) struct CopyPool {
    /// From how many items on a copy runs in the pool.
    pub(crate) parallel_from: usize,
    n_threads: Option<usize>,
    own_pool: OnceLock<Option<Arc<ThreadPool>>>,
}

/// Shared by all simulators that set no number of threads.
static SHARED_POOL: OnceLock<Option<Arc<ThreadPool>>> = OnceLock::new();

impl CopyPool {
    pub(crate) fn new(parallel_from: usize, n_threads: Option<usize>) -> CopyPool {
        CopyPool { parallel_from, n_threads, own_pool: OnceLock::new() }
    }

    /// Runs `work` in the pool and waits for it. Runs it on this thread if no pool can be created.
    pub(crate) fn run<R: Send + 'static>(&self, work: impl FnOnce() -> R + Send + 'static) -> R {
        let pool = match self.n_threads {
            Some(n_threads) => self.own_pool.get_or_init(|| build(n_threads)),
            None => SHARED_POOL.get_or_init(|| build(0)),
        };
        let Some(pool) = pool else { return work() };
        let (sender, receiver) = mpsc::sync_channel(1);
        pool.spawn(move || {
            // The receiver waits below, so sending cannot fail.
            let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
        });
        match receiver.recv() {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(closed) => resume_unwind(Box::new(closed)),
        }
    }
}

/// Builds a pool; 0 threads means as many as the machine has cores.
fn build(n_threads: usize) -> Option<Arc<ThreadPool>> {
    let name = |number| format!("drivesim-{number}");
    ThreadPoolBuilder::new().num_threads(n_threads).thread_name(name).build().ok().map(Arc::new)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use drivesim_jobs::{Pace, Status};

    use crate::options::CopyOptions;
    use crate::sim::Sim;

    #[test]
    fn a_fork_does_not_wait_for_a_copy_that_is_being_built() {
        let builder = Sim::builder().parallel_from(1).threads(1).pace(Pace::Held);
        let sim = builder.outline("Docs/\n  a.txt\nto/\n").build().unwrap();
        let job = sim.copy("/Docs", "/to", CopyOptions::default()).unwrap();
        // The only thread of the pool is busy, so that the copy cannot be built before it is released.
        let ((begun, has_begun), (release, gate)) = (channel(), channel());
        let busy = thread::spawn({
            let sim = sim.clone();
            move || {
                sim.state().staging.run(move || {
                    begun.send(()).unwrap();
                    gate.recv().unwrap();
                });
            }
        });
        has_begun.recv().unwrap();
        let stepper = thread::spawn({
            let job = job.clone();
            move || job.step(1).unwrap()
        });
        while job.status() == Status::NotStarted && !stepper.is_finished() {
            thread::yield_now();
        }
        let (send, forked) = channel();
        let forker = thread::spawn({
            let sim = sim.clone();
            move || send.send(sim.fork()).unwrap()
        });
        let fork = forked.recv_timeout(Duration::from_secs(600)).expect("the fork waits for the copy");
        sim.create_folder("/to", "new").unwrap();
        assert_eq!((job.status(), job.progress().items_total), (Status::InProgress, 0));

        release.send(()).unwrap();
        for thread in [busy, forker] {
            thread.join().unwrap();
        }
        assert_eq!(stepper.join().unwrap().percent.tenths(), 500);
        // The step was counted, so the fork does it.
        let forked = fork.job(job.id()).unwrap();
        assert_eq!(forked.percent_complete(), 50.0);
        fork.assert_outline("Docs/\n  a.txt\nto/\n  Docs/\n");
        sim.assert_outline("Docs/\n  a.txt\nto/\n  Docs/\n  new/\n");
    }
}
