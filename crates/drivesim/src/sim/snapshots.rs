//! Forks simulators, and creates and restores snapshots.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;

use crate::effects::{Effects, EventSink};
use crate::sim::Sim;
use crate::state::{Shared, new_lineage};

/// About how many bytes a job takes that a fork does not share, and how many a drive.
const JOB_BYTES: u64 = 1024;
const DRIVE_BYTES: u64 = 4096;

/// The state of a simulator at one moment; created by [`Sim::snapshot`], restored by [`Sim::restore`].
///
/// It costs little: unchanged data is stored once.
#[derive(Clone)]
pub struct Snapshot {
    /// A fork that never changes.
    pub(crate) state: Arc<Shared>,
    /// The bytes that the drives of its simulator had released when it was created.
    released: u64,
    /// The lineage of the state it was taken of, and the bytes that its drives had created before.
    created: (u64, u64),
}

// As for a simulator: it never changes, so it is always consistent.
impl std::panic::UnwindSafe for Snapshot {}
impl std::panic::RefUnwindSafe for Snapshot {}

const _: fn() = || {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Snapshot>();
};

impl Sim {
    /// Creates another simulator in the same state: drives, jobs, time, settings.
    ///
    /// From then on changes of one do not affect the other, and the same calls give the same results in both, ids
    /// included. `fork.job(job.id())` finds the same job in the fork. The fork has no subscribers. With the system's
    /// clock both always have the same time.
    ///
    /// It costs little, whatever is in the drives: data that neither side changes is stored once. Other threads may
    /// work meanwhile: the fork is of one moment. It does not wait for a copy that is being built; in the fork such a
    /// job has not started.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("Docs/\n  a.txt\nArchive/\n").build()?;
    /// let job = sim.copy("/Docs", "/Archive", CopyOptions::default())?;
    /// job.step(1)?;
    ///
    /// let fork = sim.fork();
    /// let forked_job = fork.job(job.id()).expect("the fork has all jobs");
    /// assert_eq!(forked_job.step(1)?.status, JobStatus::Completed);
    /// fork.assert_outline("Archive/\n  Docs/\n    a.txt\nDocs/\n  a.txt\n");
    /// assert_eq!(job.status(), JobStatus::InProgress);
    /// sim.assert_outline("Archive/\n  Docs/\nDocs/\n  a.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn fork(&self) -> Sim {
        let sim = self.state();
        sim.run_due();
        Sim::with_state(sim.fork(EventSink::default()))
    }

    /// Returns a snapshot of the current state, which [`Sim::restore`] restores any number of times.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let before = sim.snapshot();
    /// for name in ["b.txt", "c.txt"] {
    ///     sim.rename("/a.txt", name)?;
    ///     sim.restore(&before);
    ///     sim.assert_outline("a.txt\n");
    /// }
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let sim = self.state();
        sim.run_due();
        let made = (sim.lineage, sim.drives.traffic.created());
        let state = sim.fork(EventSink::default());
        // Readers after a restore have already received this progress, or subscribed later.
        state.catch_up(state.clock.now(), &mut Effects::default());
        let traffic = &sim.drives.traffic;
        sim.note_fork();
        let parted = traffic.released();
        // The cells that are not shared: those of jobs and drives.
        traffic.add_released(state.n_cell_bytes());
        Snapshot { state: Arc::new(state), released: parted, created: made }
    }

    /// Restores the state of a snapshot, for all handles of this simulator.
    ///
    /// - A manual clock goes back. The system's clock continues, and what is due is run.
    /// - Readers of [`Events`](crate::event::Events) stay, and receive events again that happen again. Those of a job follow
    ///   the job; they end if it was accepted later, and after they have received its end.
    /// - A [`Job`](crate::Job) refers to the job with its id as it was. If the job was accepted later, the handle keeps
    ///   its last values. A [`JobWait`](crate::job::JobWait) follows the job, or fails with
    ///   [`Error::NoJob`](crate::Error::NoJob) if there is none.
    /// - Ids that were assigned after the snapshot are assigned again to new items.
    /// - [`Sim::keep_ended_jobs`] and [`Sim::limit_running_jobs`] stay as they are.
    /// - Threads in the middle of a verb finish it in the state that is left, where its effect is lost.
    ///
    /// The snapshot may be of another simulator: then this one becomes a fork of that moment.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::after(Duration::from_secs(4))).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// sim.advance(Duration::from_secs(1))?;
    /// let before = sim.snapshot();
    ///
    /// sim.run_until_idle();
    /// assert_eq!(job.status(), JobStatus::Completed);
    /// sim.restore(&before);
    /// assert_eq!((sim.elapsed(), job.percent_complete()), (Duration::from_secs(1), 25.0));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn restore(&self, snapshot: &Snapshot) {
        let state = self.state();
        let mut fork = snapshot.state.fork(state.event_sink.new_sink());
        fork.drives.capacity.set_bounds(state.drives.capacity.bounds());
        // What was created before the latest fork of the state that is left may be held by that fork alone, except for
        // what is in the snapshot.
        let traffic = &state.drives.traffic;
        let (lineage, made) = snapshot.created;
        let kept = if lineage == state.lineage { made } else { 0 };
        let made = state.created_at_fork.load(Ordering::Relaxed).saturating_sub(kept);
        fork.drives.traffic.add_released(traffic.released() + made);
        fork.begin_epoch(state.epoch.max(fork.epoch) + 1);
        fork.jobs.running.set_limit(state.jobs.running.used_and_limit().1);
        fork.jobs.keep_ended(state.jobs.ended_jobs().1, fork.clock.now());
        // Readers of jobs move before, so that they miss nothing that happens there; readers added meanwhile move
        // after.
        let mut readers = state.move_readers(&fork);
        let fork = Arc::new(fork);
        let left = self.current.swap(fork.clone());
        left.event_sink.disconnect();
        readers.extend(left.move_readers(&fork));
        // Woken when everything is in place: they look for their job in the new state.
        let waiters = left.jobs.retire(left.clock.now());
        waiters.into_iter().chain(readers).for_each(Waker::wake);
    }

    /// Returns how many bytes of memory the drives of this simulator have released since a snapshot of it was created.
    /// About this much is held only by that snapshot and those after it. The number is never too low, its cost is
    /// constant, and it also counts what other forks hold.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"hi\"\n").build()?;
    /// let before = sim.snapshot();
    /// let at_first = sim.bytes_parted_since(&before);
    /// sim.rename("/a.txt", "b.txt")?;
    /// assert!(sim.bytes_parted_since(&before) >= at_first + (8 << 10), "a page was copied");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn bytes_parted_since(&self, snapshot: &Snapshot) -> u64 {
        self.state().drives.traffic.released().saturating_sub(snapshot.released)
    }

    /// Returns the counter on which [`Sim::bytes_parted_since`] is based. It only grows.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let (parted, snapshot) = (sim.bytes_parted(), sim.snapshot());
    /// assert!(sim.bytes_parted() >= parted + sim.bytes_parted_since(&snapshot));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn bytes_parted(&self) -> u64 {
        self.state().drives.traffic.released()
    }
}

impl Shared {
    /// Creates an independent copy of this state at one moment.
    ///
    /// No job is accepted or moved, and no drive changed, added or removed meanwhile. Locks are taken in the usual
    /// order, several of a kind in the order of number. None of these locks is ever held while a copy is staged.
    fn fork(&self, subscribers: EventSink) -> Shared {
        let fork = self.jobs.fork(|jobs| Shared {
            jobs,
            drives: self.drives.fork(),
            clock: self.clock.fork(),
            starts_at: self.starts_at,
            seed: self.seed,
            pace: self.pace,
            visibility: self.visibility,
            on_failure: self.on_failure,
            staging: self.staging.clone(),
            event_sink: subscribers,
            is_time_kept: AtomicBool::new(false),
            wait_timeout: self.wait_timeout,
            moves: Arc::default(),
            epoch: self.epoch,
            lineage: new_lineage(),
            created_at_fork: AtomicU64::new(0),
        });
        fork.fail_all_orphaned();
        fork
    }

    /// Returns about how many bytes of a fork are not shared.
    fn n_cell_bytes(&self) -> u64 {
        let (n_jobs, n_drives) = (self.jobs.n_known() as u64, self.drives.all().len() as u64);
        n_jobs * JOB_BYTES + n_drives * DRIVE_BYTES
    }

    /// Invalidates earlier change tokens: they may be of a future that will not come.
    fn begin_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
        for cell in self.drives.all().iter() {
            cell.write().begin_epoch(epoch << 32 | cell.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restored_state_is_not_counted_as_released() {
        let sim = Sim::builder().outline(format!("a = \"{}\"\n", "l".repeat(1 << 20))).build().unwrap();
        sim.write("/b", vec![7; 1 << 20]).unwrap();
        let first = sim.snapshot();
        let before = sim.bytes_parted_since(&first);
        for _ in 0..3 {
            sim.restore(&first);
        }
        assert!(
            sim.bytes_parted_since(&first) - before < 1 << 16,
            "the snapshot holds everything that was created"
        );
        sim.write("/c", vec![7; 1 << 20]).unwrap();
        let second = sim.snapshot();
        sim.restore(&first);
        assert!(sim.bytes_parted_since(&second) > 1 << 20, "only the second snapshot holds the last file");
    }
}
