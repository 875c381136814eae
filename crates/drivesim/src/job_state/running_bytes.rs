//! Counts and bounds the bytes that running jobs keep in addition to the items of their copies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drivesim_core::copy::TopItemError;
use drivesim_jobs::Pace;

use crate::job_state::{CopyRequest, Running};

/// A job that keeps at most this many bytes is not counted, so that small copies start whatever other jobs keep.
const UNCOUNTED: u64 = 1 << 10;

/// The bytes that all running jobs of a state keep.
#[derive(Debug)]
pub(crate) struct RunningBytes {
    n: AtomicU64,
    most: AtomicU64,
}

impl RunningBytes {
    pub(crate) fn with_limit(most: u64) -> Arc<RunningBytes> {
        Arc::new(RunningBytes { n: AtomicU64::new(0), most: AtomicU64::new(most) })
    }

    /// Returns the bytes that are kept, and the limit.
    pub(crate) fn used_and_limit(&self) -> (u64, u64) {
        (self.n.load(Ordering::Relaxed), self.most.load(Ordering::Relaxed))
    }

    pub(crate) fn set_limit(&self, most: u64) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Counts the bytes of a job that starts. Fails with the limit if they are too many.
    pub(crate) fn claim(self: &Arc<Self>, n_bytes: u64) -> Result<RunningShare, u64> {
        let most = self.most.load(Ordering::Relaxed);
        let counted = counted(n_bytes);
        let grown = |n: u64| n.checked_add(counted).filter(|&n| n <= most || counted == 0);
        let claimed = self.n.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        claimed.map(|_| RunningShare { all: self.clone(), n_bytes: counted }).map_err(|_| most)
    }

    /// Counts the bytes that a job already keeps.
    pub(crate) fn add(self: &Arc<Self>, n_bytes: u64) -> RunningShare {
        let mut share = RunningShare { all: self.clone(), n_bytes: 0 };
        share.set(n_bytes);
        share
    }
}

fn counted(n_bytes: u64) -> u64 {
    if n_bytes <= UNCOUNTED { 0 } else { n_bytes }
}

/// The bytes that one running job keeps. They are no longer counted when this is dropped.
#[derive(Debug)]
pub(crate) struct RunningShare {
    all: Arc<RunningBytes>,
    n_bytes: u64,
}

impl RunningShare {
    /// Sets the bytes of this job.
    pub(crate) fn set(&mut self, n_bytes: u64) {
        let counted = counted(n_bytes);
        self.all.n.fetch_add(counted.wrapping_sub(self.n_bytes), Ordering::Relaxed);
        self.n_bytes = counted;
    }
}

impl Drop for RunningShare {
    fn drop(&mut self) {
        self.set(0);
    }
}

impl Running {
    /// Returns about how many bytes the job keeps that grow with its copy and belong to no item. Short-lived memory is
    /// not counted.
    pub(crate) fn n_bytes(&self, order: &CopyRequest) -> u64 {
        if order.pace == Pace::Instant {
            return 0;
        }
        let kept = self.timeline.work().n_kept_bytes() + self.attached.n_bytes();
        (kept + error_bytes(&self.errors)) as u64
    }

    /// Returns how many bytes forks of the job may still keep when the job ends.
    pub(crate) fn n_shared_bytes(&self) -> u64 {
        let refused = if Arc::strong_count(&self.errors) > 1 { error_bytes(&self.errors) } else { 0 };
        refused as u64
    }
}

fn error_bytes(refused: &[TopItemError]) -> usize {
    size_of_val(refused) + refused.iter().map(|(_, error)| error.n_bytes()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use drivesim_core::outline::Bounds;
    use drivesim_core::{CapacityKind, Error as DriveError};
    use drivesim_jobs::Pace;

    use crate::{CopyOptions, Error, Job, Sim};

    const N: usize = 200;

    /// Creates a simulator with folders whose files all but one are also in `b`.
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
    fn a_job_over_the_byte_limit_fails_when_it_starts() {
        let sim = sim();
        let waiting = sim.copy("/1", "/b", CopyOptions::children_only()).unwrap();
        assert_eq!(sim.running_job_bytes(), (0, u64::MAX), "a waiting job keeps nothing");
        waiting.step(0).unwrap();
        let one = sim.running_job_bytes().0;
        assert!(one > N as u64 * 16, "{one}");
        sim.limit_running_jobs(2 * one - 1);
        let items = sim.held();
        let refused = start(&sim, "/2").outcome().unwrap().unwrap_err();
        let is_over = |error: &Error| {
            matches!(error, Error::Drive(DriveError::OverCapacity { held: CapacityKind::Copies, .. }))
        };
        assert!(is_over(&refused), "{refused}");
        assert_eq!(
            (sim.running_job_bytes().0, sim.held()),
            (one, items),
            "the failed job leaves nothing behind"
        );
        // Small jobs start whatever other jobs keep.
        let small = sim.copy("/1/new 1.txt", "/2", CopyOptions::named("small")).unwrap();
        small.step(1).unwrap();
        assert!(small.outcome().unwrap().is_ok());
        waiting.step(1).unwrap();
        assert!(waiting.outcome().unwrap().is_err(), "names were taken");
        assert_eq!(sim.running_job_bytes().0, 0);
        assert!(start(&sim, "/3").outcome().is_none());
    }

    #[test]
    fn a_fork_counts_its_own_jobs_and_restore_keeps_the_limit() {
        let sim = sim();
        let (empty, job) = (sim.snapshot(), start(&sim, "/1"));
        let one = sim.running_job_bytes().0;
        let (fork, running) = (sim.fork(), sim.snapshot());
        start(&fork, "/2");
        assert!(fork.running_job_bytes().0 > one && sim.running_job_bytes().0 == one);
        let parted = sim.bytes_parted();
        job.step(1).unwrap();
        assert!(sim.bytes_parted() - parted >= one / 2, "the snapshot still holds the refusals");
        assert_eq!(sim.running_job_bytes().0, 0);
        sim.limit_running_jobs(7);
        sim.restore(&running);
        assert_eq!(sim.running_job_bytes(), (one, 7));
        sim.restore(&empty);
        assert_eq!(sim.running_job_bytes(), (0, 7));
    }

    #[test]
    fn hidden_items_of_a_held_copy_are_counted_as_items() {
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
    fn due_times_of_a_pace_in_bytes_are_counted() {
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
