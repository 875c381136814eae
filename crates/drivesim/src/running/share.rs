//! Counts and bounds the bytes that running jobs keep beside the items of their copies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drivesim_core::copy::Refusal;
use drivesim_jobs::Pace;

use crate::running::{Order, Running};

/// A job that keeps no more is not counted, so that ordinary copies start whatever others keep.
const UNCOUNTED: u64 = 1 << 10;

/// What all running jobs of a state keep.
#[derive(Debug)]
pub(crate) struct RunningBytes {
    n: AtomicU64,
    most: AtomicU64,
}

impl RunningBytes {
    pub(crate) fn within(most: u64) -> Arc<RunningBytes> {
        Arc::new(RunningBytes { n: AtomicU64::new(0), most: AtomicU64::new(most) })
    }

    /// Returns how many bytes are kept, and may be.
    pub(crate) fn held(&self) -> (u64, u64) {
        (self.n.load(Ordering::Relaxed), self.most.load(Ordering::Relaxed))
    }

    pub(crate) fn set_most(&self, most: u64) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Counts what a job that starts keeps; refused with the limit if it is too much.
    pub(super) fn claim(self: &Arc<Self>, n_bytes: u64) -> Result<RunningShare, u64> {
        let most = self.most.load(Ordering::Relaxed);
        let counted = counted(n_bytes);
        let grown = |n: u64| n.checked_add(counted).filter(|&n| n <= most || counted == 0);
        let claimed = self.n.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        claimed.map(|_| RunningShare { all: self.clone(), n_bytes: counted }).map_err(|_| most)
    }

    /// Counts what a job keeps already.
    pub(super) fn add(self: &Arc<Self>, n_bytes: u64) -> RunningShare {
        let mut share = RunningShare { all: self.clone(), n_bytes: 0 };
        share.settle(n_bytes);
        share
    }
}

fn counted(n_bytes: u64) -> u64 {
    if n_bytes <= UNCOUNTED { 0 } else { n_bytes }
}

/// What one running job keeps. It is no longer counted when this is dropped.
#[derive(Debug)]
pub(super) struct RunningShare {
    all: Arc<RunningBytes>,
    n_bytes: u64,
}

impl RunningShare {
    /// Lets it be so much.
    pub(super) fn settle(&mut self, n_bytes: u64) {
        let counted = counted(n_bytes);
        self.all.n.fetch_add(counted.wrapping_sub(self.n_bytes), Ordering::Relaxed);
        self.n_bytes = counted;
    }
}

impl Drop for RunningShare {
    fn drop(&mut self) {
        self.settle(0);
    }
}

impl Running {
    /// Returns how many bytes the job keeps that grow with its copy and are of no item, about. What is there for a moment
    /// only is not counted.
    pub(super) fn n_bytes(&self, order: &Order) -> u64 {
        if order.pace == Pace::Instant {
            return 0;
        }
        let kept = self.timeline.work().n_kept_bytes() + self.filling.n_bytes();
        (kept + refusal_bytes(&self.refused)) as u64
    }

    /// Returns how many bytes others, as the twins of the job, may keep when the job ends.
    pub(super) fn n_shared_bytes(&self) -> u64 {
        let refused = if Arc::strong_count(&self.refused) > 1 { refusal_bytes(&self.refused) } else { 0 };
        refused as u64
    }
}

fn refusal_bytes(refused: &[Refusal]) -> usize {
    size_of_val(refused) + refused.iter().map(|(_, error)| error.n_bytes()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use drivesim_core::outline::Bounds;
    use drivesim_core::{Error as DriveError, Held};
    use drivesim_jobs::Pace;

    use crate::{CopyOptions, Error, Job, Sim};

    const N: usize = 200;

    /// Makes a simulator of folders whose files `b` has, but for one file of each.
    fn sim() -> Sim {
        let files: String = (0..N).map(|n| format!("  taken {n}.txt\n")).collect();
        let folders = ["1", "2", "3"].map(|name| format!("{name}/\n  new {name}.txt\n{files}"));
        let outline = format!("drive main profile=business\n{}b/\n{files}", folders.concat());
        Sim::builder().pace(Pace::Held).outline(outline).build().unwrap()
    }

    fn start(sim: &Sim, folder: &str) -> Job {
        let job = sim.copy(folder, "/b", CopyOptions::children_only()).unwrap();
        job.step(0).unwrap();
        job
    }

    #[test]
    fn a_job_that_would_keep_too_much_fails_when_it_starts() {
        let sim = sim();
        let waiting = sim.copy("/1", "/b", CopyOptions::children_only()).unwrap();
        assert_eq!(sim.running_job_bytes(), (0, u64::MAX), "what waits keeps nothing");
        waiting.step(0).unwrap();
        let one = sim.running_job_bytes().0;
        assert!(one > N as u64 * 16, "{one}");
        sim.limit_running_jobs(2 * one - 1);
        let items = sim.held();
        let refused = start(&sim, "/2").outcome().unwrap().unwrap_err();
        let is_over = |error: &Error| {
            matches!(error, Error::Drive(DriveError::OverCapacity { held: Held::Copies, .. }))
        };
        assert!(is_over(&refused), "{refused}");
        assert_eq!((sim.running_job_bytes().0, sim.held()), (one, items), "nothing is left of it");
        // What keeps little starts whatever others keep.
        let small = sim.copy("/1/new 1.txt", "/2", CopyOptions::named("small")).unwrap();
        small.step(1).unwrap();
        assert!(small.outcome().unwrap().is_ok());
        waiting.step(1).unwrap();
        assert!(waiting.outcome().unwrap().is_err(), "names were taken");
        assert_eq!(sim.running_job_bytes().0, 0);
        assert!(start(&sim, "/3").outcome().is_none());
    }

    #[test]
    fn a_fork_counts_its_jobs_for_itself_and_the_limit_stays_when_a_state_is_restored() {
        let sim = sim();
        let (empty, job) = (sim.snapshot(), start(&sim, "/1"));
        let one = sim.running_job_bytes().0;
        let (fork, running) = (sim.fork(), sim.snapshot());
        start(&fork, "/2");
        assert!(fork.running_job_bytes().0 > one && sim.running_job_bytes().0 == one);
        let parted = sim.bytes_parted();
        job.step(1).unwrap();
        assert!(sim.bytes_parted() - parted >= one / 2, "a snapshot has the refusals still");
        assert_eq!(sim.running_job_bytes().0, 0);
        sim.limit_running_jobs(7);
        sim.restore(&running);
        assert_eq!(sim.running_job_bytes(), (one, 7));
        sim.restore(&empty);
        assert_eq!(sim.running_job_bytes(), (0, 7));
    }

    #[test]
    fn items_that_a_held_copy_has_not_shown_yet_are_counted_as_items() {
        let outline: String = (0..500).map(|n| format!("  {n}.txt\n")).collect();
        let sim = Sim::builder().pace(Pace::Held).outline(format!("a/\n{outline}")).build().unwrap();
        let copy = |name: &str| {
            let job = sim.copy("/a", "/", CopyOptions::named(name)).unwrap();
            job.step(2).unwrap();
            job
        };
        let before = sim.held().0;
        let first = copy("b");
        assert_eq!((first.outcome(), sim.held().0), (None, 2 * before));
        sim.set_bounds(Bounds { max_items: 2 * before + 400, ..Bounds::NONE });
        let refused = copy("c").outcome().unwrap().unwrap_err();
        assert_eq!(refused.code(), "quotaLimitReached");
    }

    #[test]
    fn times_at_a_pace_in_bytes_count() {
        let outline: String = (0..500).map(|n| format!("  {n}.txt = 9 B\n")).collect();
        let pace = Pace::bytes_per_second(1);
        let sim = Sim::builder().pace(pace).outline(format!("a/\n{outline}")).build().unwrap();
        sim.copy("/a", "/", CopyOptions::named("b")).unwrap();
        sim.advance(std::time::Duration::from_secs(1)).unwrap();
        assert!(sim.running_job_bytes().0 >= 501 * 16);
        sim.run_until_idle();
        assert_eq!(sim.running_job_bytes().0, 0);
    }
}
