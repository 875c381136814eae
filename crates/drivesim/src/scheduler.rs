//! Runs what is due, in the order of due time, then of job number, and applies the effects of changes once no lock is
//! held.

use std::sync::atomic::Ordering;

use drivesim_jobs::SimTime;

use crate::drives::{DriveCell, DriveWriteGuard};
use crate::effects::Effects;
use crate::jobs::Turn;
use crate::no_wait;
use crate::state::Shared;

impl Shared {
    /// Runs what is due, unless another thread is doing so, and returns the time.
    pub(crate) fn run_due(&self) -> SimTime {
        let now = self.clock.now();
        if self.jobs.queue.has_due(now) {
            self.run_due_by(now);
        }
        now
    }

    fn run_due_by(&self, now: SimTime) {
        if no_wait::must_not_wait() {
            // As usual, work that another thread is doing is not waited for.
            if !self.jobs.queue.is_running() {
                no_wait::give_up();
            }
            return;
        }
        if let Some(turn) = Turn::try_take(&self.jobs.queue) {
            self.run_turn(now, turn);
        }
    }

    /// Runs what is due, unless another thread is doing so, publishes new progress, and returns the time. With a manual
    /// clock the call that moves it publishes the progress.
    pub(crate) fn run_due_and_publish(&self) -> SimTime {
        let now = self.run_due();
        if !self.clock.is_manual() {
            let mut effects = Effects::default();
            self.publish_progress(now, &mut effects);
            self.publish(effects);
        }
        now
    }

    /// Runs what is due by `now`, after waiting for another thread that is doing so.
    pub(crate) fn run_due_and_wait(&self, now: SimTime) {
        self.run_turn(now, Turn::take(&self.jobs.queue));
    }

    /// Runs everything that will ever be due, and returns when the last job was due.
    pub(crate) fn run_all(&self) -> SimTime {
        self.run_turn(SimTime::MAX, Turn::take(&self.jobs.queue))
    }

    /// Runs what is due by `now`; returns the time of the last change.
    fn run_turn(&self, now: SimTime, turn: Turn<'_>) -> SimTime {
        let mut effects = Effects::default();
        while let Some((job, until)) = turn.next_job(now) {
            if let Some(due) = job.run_until(self, until, &mut effects) {
                debug_assert!(due > until, "a job has more to do at a time that has passed");
                turn.put_back(due, job);
            }
            self.fail_orphaned(&mut effects);
        }
        self.publish_progress(now, &mut effects);
        drop(turn);
        let latest = effects.latest;
        self.publish(effects);
        latest
    }

    /// Passes the progress of all jobs that is due by `now`. Current readers receive it; later readers do not.
    pub(crate) fn catch_up(&self, now: SimTime, effects: &mut Effects) {
        self.jobs.active().iter().for_each(|job| job.catch_up(self, now, effects));
    }

    /// Publishes the progress that is due by `now` to its readers. Without readers it costs two loads.
    fn publish_progress(&self, now: SimTime, effects: &mut Effects) {
        let jobs = if self.event_sink.has_readers() { self.jobs.active() } else { self.jobs.listened() };
        jobs.iter().for_each(|job| job.publish_progress(self, now, effects));
    }

    /// Fails the jobs that have lost their place in a drive, and those that lose it when the leftovers of these are
    /// removed.
    fn fail_orphaned(&self, effects: &mut Effects) {
        while let Some((drive, at)) = effects.removed_from.pop() {
            for job in self.jobs.active() {
                if job.request.target_drive.id == drive && job.fail_if_orphaned(self, at, effects) {
                    self.jobs.queue.remove(&job);
                }
            }
        }
    }

    /// Fails the jobs that have lost their place in a drive and do not know it yet.
    pub(crate) fn fail_all_orphaned(&self) {
        let (now, mut effects) = (self.clock.now(), Effects::default());
        for job in self.jobs.active() {
            if job.fail_if_orphaned(self, now, &mut effects) {
                self.jobs.queue.remove(&job);
            }
        }
        self.publish(effects);
    }

    /// Applies pending effects after all locks are released: fails orphaned jobs, sends events, wakes waiters.
    pub(crate) fn publish(&self, mut effects: Effects) {
        self.fail_orphaned(&mut effects);
        self.event_sink.publish(effects, |time| self.timestamp(time));
    }

    /// Fails the jobs whose new item or target was just removed from a drive.
    pub(crate) fn after_removal(&self, cell: &DriveCell, now: SimTime) {
        let mut effects = Effects::default();
        effects.removed_from.push((cell.id, now));
        self.publish(effects);
    }

    /// Locks a drive at a moment when all jobs know what they have lost by removals from it. Needed before something is
    /// put back: later the loss of the rest of a copy could not be detected.
    pub(crate) fn lock_after_removals<'a>(&self, cell: &'a DriveCell, now: SimTime) -> DriveWriteGuard<'a> {
        loop {
            let n_removals = cell.n_removals.load(Ordering::Relaxed);
            self.after_removal(cell, now);
            let drive = cell.write();
            // Counted under the lock of the drive. If other threads were faster, their removals are handled too.
            if cell.n_removals.load(Ordering::Relaxed) == n_removals {
                return drive;
            }
        }
    }
}
