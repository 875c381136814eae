//! Moves one job: start, reveal, end. Joins the job's state, its time and its drives.
//!
//! A job has two locks: `inner`, held while the job is moved one step, and `shown`, held for a moment to read or set
//! what callers may see. While a copy is staged, neither is held; `Phase::Starting` keeps other threads off. Locks are
//! taken in the order `inner`, a drive's, `shown`.

mod begin;
mod endpoints;
mod fork;
mod publish;
mod share;
mod view;

use std::sync::Arc;

use drivesim_core::copy::{AttachedCopy, CopySpec, TopItemError, some_failed};
use drivesim_core::{CapacityKind as HeldKind, ItemId};
use drivesim_jobs::{EventKind, Every, Machine, Marks, Pace, Percent, SimTime, Timeline};
use parking_lot::Mutex;

use crate::error::Error;
use crate::event::Effects;
use crate::ids::{DriveId, JobId};
use crate::options::{OnFailure, Visibility};
use crate::sim::{Shared, unlock_endpoints};
use crate::stage_copy::{StagedCopy, stage_copy};

pub(crate) use self::endpoints::{Endpoint, Endpoints};
pub(crate) use self::fork::PausedJob;
use self::publish::Listener;
pub(crate) use self::share::RunningBytes;
use self::share::RunningShare;
use self::view::JobView;
pub use self::view::{JobReport, Progress};

/// The parameters of a job.
#[derive(Debug)]
pub(crate) struct CopyRequest {
    pub(crate) source_drive: DriveId,
    pub(crate) target_drive: DriveId,
    /// Names source and target in the errors of the job; `None` for an instant copy.
    pub(crate) endpoints: Option<Endpoints>,
    pub(crate) spec: CopySpec,
    /// The user who requested the copy.
    pub(crate) user: Arc<str>,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) leftovers: OnFailure,
}

/// How many items are revealed under one lock, so that other threads get their turn.
const REVEAL: usize = 16_384;

/// A job.
#[derive(Debug)]
pub(crate) struct JobState {
    pub(crate) id: JobId,
    pub(crate) number: u64,
    pub(crate) accepted_at: SimTime,
    /// Shared by the same job in all forks, which identifies it.
    pub(crate) request: Arc<CopyRequest>,
    inner: Mutex<Inner>,
    view: Mutex<JobView>,
}

#[derive(Debug)]
struct Inner {
    phase: Phase,
    started_at: Option<SimTime>,
    ended_at: Option<SimTime>,
    /// The reported progress, for each [`Every`]. Marks are passed only while there are readers, and when a reader is
    /// added.
    marks: [Marks; 3],
    /// The readers of this job's own events.
    listeners: Vec<Listener>,
    n_polls: u32,
    n_steps: usize,
}

#[derive(Debug)]
enum Phase {
    Waiting,
    /// A thread is staging the copy, without a lock.
    Starting,
    Running(Running),
    Ended,
}

#[derive(Debug)]
struct Running {
    timeline: Arc<Timeline>,
    item: ItemId,
    /// The path at which the item was attached; the item may be gone.
    path: Arc<str>,
    errors: Arc<Vec<TopItemError>>,
    attached: AttachedCopy,
    share: RunningShare,
}

impl JobState {
    pub(crate) fn new(id: JobId, number: u64, accepted_at: SimTime, order: CopyRequest) -> JobState {
        let inner = Inner {
            phase: Phase::Waiting,
            started_at: None,
            ended_at: None,
            marks: Every::ALL.map(Marks::new),
            listeners: Vec::new(),
            n_polls: 0,
            n_steps: 0,
        };
        let (inner, shown) = (Mutex::new(inner), Mutex::new(JobView::new()));
        JobState { id, number, accepted_at, request: Arc::new(order), inner, view: shown }
    }

    /// Counts one poll. The caller reads the state afterwards.
    pub(crate) fn poll(&self, sim: &Shared, at: SimTime, effects: &mut Effects) {
        {
            let mut inner = self.inner.lock();
            inner.n_polls = inner.n_polls.saturating_add(1);
        }
        if matches!(self.request.pace, Pace::Polls(_)) {
            self.run_until(sim, at, effects);
        }
    }

    /// Advances a held job by `n_items` items.
    pub(crate) fn step(&self, sim: &Shared, n_items: usize, at: SimTime, effects: &mut Effects) {
        {
            let mut inner = self.inner.lock();
            inner.n_steps = inner.n_steps.saturating_add(n_items);
        }
        self.run_until(sim, at, effects);
    }

    /// Runs everything that is due by `now`, and returns when the job is due next if the clock moves it.
    ///
    /// If another thread is starting the job this returns at once; that thread continues with what is due.
    pub(crate) fn run_until(&self, sim: &Shared, now: SimTime, effects: &mut Effects) -> Option<SimTime> {
        // Polls and steps act at the time of the call, even if all of the future is run.
        let now = if self.request.pace.is_timed() { now } else { now.min(sim.clock.now()) };
        if let Some(at) = self.claim(sim, now, effects) {
            let ready = stage_copy(sim, &self.request, self.accepted_at, sim.timestamp(at));
            self.finish_start(sim, ready, at, effects);
        }
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &mut inner.phase else { return None };
        let timeline = running.timeline.clone();
        let position = self.position(&timeline, inner.n_polls, inner.n_steps, now);
        // The thread that runs the future advances the clock, so that no job is ever ahead of it.
        sim.clock.follow(position.at);
        self.pass_marks(sim, &mut inner, &timeline, &position, now, effects);
        let Phase::Running(running) = &mut inner.phase else { return None };
        if !self.reveal(sim, running, &position) {
            self.fail_as_orphaned(sim, &mut inner, position.at, effects);
            return None;
        }
        if position.is_end {
            self.end(sim, &mut inner, position.at, effects);
            return None;
        }
        self.next_due(running, &timeline)
    }

    /// Claims a waiting job in order to start it; returns its start time.
    fn claim(&self, sim: &Shared, now: SimTime, effects: &mut Effects) -> Option<SimTime> {
        let mut inner = self.inner.lock();
        if !matches!(inner.phase, Phase::Waiting) {
            return None;
        }
        let at = self.request.pace.start_due(self.accepted_at).unwrap_or(now);
        (inner.phase, inner.started_at) = (Phase::Starting, Some(at));
        // The state changes before the work begins, so a poll meanwhile sees a job in progress.
        self.view.lock().change_state(Machine::start);
        self.publish_state(sim, &mut inner, at, EventKind::Started, effects);
        Some(at)
    }

    /// Fails a running job whose new item or target is gone; returns whether it did.
    ///
    /// A job that is being started is skipped: the starting thread makes the same check.
    pub(crate) fn fail_if_orphaned(&self, sim: &Shared, at: SimTime, effects: &mut Effects) -> bool {
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &inner.phase else { return false };
        let has_target = self.has_target(sim, running);
        if !has_target {
            self.publish_progress_of(sim, &mut inner, at, effects);
            self.fail_as_orphaned(sim, &mut inner, at, effects);
        }
        !has_target
    }

    fn has_target(&self, sim: &Shared, running: &Running) -> bool {
        // An instant copy is complete once it is attached, whatever happens to it then.
        let is_complete = self.request.pace == Pace::Instant;
        let drive = sim.drives.get(self.request.target_drive);
        drive.is_ok_and(|cell| is_complete || cell.read().can_fill(&running.attached))
    }

    fn fail_as_orphaned(&self, sim: &Shared, inner: &mut Inner, at: SimTime, effects: &mut Effects) {
        let Phase::Running(Running { path, .. }) = &inner.phase else { return };
        let error = drivesim_core::Error::NotFound { item: path.to_string() };
        self.fail(sim, inner, error.into(), at, effects);
    }

    /// Attaches a staged copy. The job's lock is held, so the copy is never in the drive while the job does not know.
    fn finish_start(
        &self,
        sim: &Shared,
        ready: Result<StagedCopy, Error>,
        at: SimTime,
        effects: &mut Effects,
    ) {
        let mut inner = self.inner.lock();
        sim.clock.follow(at);
        let attached = ready.and_then(|ready| {
            Ok((ready.target.write().attach(ready.staged)?, ready.timeline, ready.n_bytes))
        });
        match attached {
            Ok((attached, timeline, n_bytes)) => {
                let timeline = Arc::new(timeline);
                let mut shown = self.view.lock();
                shown.timeline = Some(timeline.clone());
                shown.n_tasks = attached.n_tasks;
                (shown.progress.items_total, shown.progress.bytes_total) = (attached.n_items, n_bytes);
                drop(shown);
                let (item, path) = (attached.item, attached.path.into());
                let (refused, filling) = (Arc::new(attached.refused), attached.filling);
                let share = sim.jobs.running.add(0);
                let mut running = Running { timeline, item, path, errors: refused, attached: filling, share };
                let claimed = sim.jobs.running.claim(running.n_bytes(&self.request));
                let over_limit = claimed.map(|share| running.share = share).err();
                // The target or its drive may have been removed after the copy was attached, when the job could not be
                // notified.
                let has_target = self.has_target(sim, &running);
                let path = running.path.clone();
                inner.phase = Phase::Running(running);
                if !has_target {
                    self.fail_as_orphaned(sim, &mut inner, at, effects);
                } else if let Some(limit) = over_limit {
                    let name = path.to_string();
                    let error = drivesim_core::Error::OverCapacity { name, held: HeldKind::Copies, limit };
                    self.fail(sim, &mut inner, error.into(), at, effects);
                }
            }
            Err(error) => {
                let error = self.request.name_endpoints(sim, error);
                self.fail(sim, &mut inner, error, at, effects);
            }
        }
    }

    fn position(&self, timeline: &Timeline, n_looks: u32, n_steps: usize, now: SimTime) -> Position {
        let n_items = timeline.work().n_items();
        let (n_done, percent, is_end, at) = match self.request.pace {
            Pace::Instant => (n_items, Percent::ALMOST, true, now),
            Pace::Polls(n) => {
                let percent = timeline.percent_after_polls(n_looks);
                (timeline.items_after_polls(n_looks), percent, n_looks >= n, now)
            }
            Pace::Held => {
                let n_done = timeline.items_after_steps(n_steps);
                (n_done, timeline.percent_after_steps(n_steps), n_done == n_items, now)
            }
            Pace::ItemsPerSecond(_) | Pace::BytesPerSecond(_) | Pace::After(_) => {
                let end = timeline.end_due().unwrap_or(now);
                (timeline.items_done(now), timeline.percent_at(now), end <= now, end.min(now))
            }
        };
        Position { n_done, percent, is_end, at }
    }

    /// Reveals the items that are done; returns whether their place still exists. A removal of that place may not have
    /// been reported to the job yet.
    fn reveal(&self, sim: &Shared, running: &mut Running, position: &Position) -> bool {
        if position.is_end
            && running.attached.n_revealed() == position.n_done
            && !self.has_target(sim, running)
        {
            return false;
        }
        let filling = &mut running.attached;
        // What is revealed only at the end is revealed under one lock, or other threads would see a part of it.
        let (until, batch) = match self.request.visibility {
            Visibility::Gradual => (position.n_done, REVEAL),
            Visibility::OnCompletion if position.is_end => (position.n_done, usize::MAX),
            Visibility::OnCompletion => (0, usize::MAX),
        };
        let mut is_refused_more = false;
        while filling.n_revealed() < until {
            let Ok(cell) = sim.drives.get(self.request.target_drive) else { return false };
            let next = filling.n_revealed().saturating_add(batch).min(until);
            let mut drive = cell.write();
            if !drive.can_fill(filling) {
                return false;
            }
            let refused = drive.reveal(filling, next);
            if !refused.is_empty() {
                Arc::make_mut(&mut running.errors).extend(refused);
                is_refused_more = true;
            }
        }
        if is_refused_more {
            running.share.set(running.n_bytes(&self.request));
        }
        let filling = &running.attached;
        let n_bytes = filling.n_bytes_revealed();
        let mut shown = self.view.lock();
        let Progress { bytes_total, .. } = shown.progress;
        shown.progress.items_done = position.n_done;
        shown.progress.bytes_done = if position.is_end { bytes_total } else { n_bytes };
        shown.machine.progress(position.percent);
        true
    }

    fn next_due(&self, running: &Running, timeline: &Timeline) -> Option<SimTime> {
        let end = timeline.end_due()?;
        match self.request.visibility {
            Visibility::OnCompletion => Some(end),
            Visibility::Gradual => {
                timeline.item_due(running.attached.n_revealed() + 1).map(|due| due.min(end))
            }
        }
    }

    /// Ends a job whose work is done.
    fn end(&self, sim: &Shared, inner: &mut Inner, at: SimTime, effects: &mut Effects) {
        let Phase::Running(running) = &mut inner.phase else { return };
        let whole = self.request.spec.scope == drivesim_core::copy::Scope::Whole;
        sim.drives.traffic.add_released(running.n_shared_bytes());
        let mut refused = Arc::unwrap_or_clone(std::mem::take(&mut running.errors));
        match refused.pop() {
            None => {
                let item = running.item;
                inner.phase = Phase::Ended;
                self.unlock(sim);
                self.view.lock().change_state(|machine| machine.complete(item));
                self.after_end(sim, inner, at, EventKind::Completed, effects);
            }
            Some((_, error)) if whole => self.fail(sim, inner, error.into(), at, effects),
            Some(last) => {
                refused.push(last);
                self.fail(sim, inner, some_failed(refused).into(), at, effects);
            }
        }
    }

    fn fail(&self, sim: &Shared, inner: &mut Inner, error: Error, at: SimTime, effects: &mut Effects) {
        let phase = std::mem::replace(&mut inner.phase, Phase::Ended);
        let target = sim.drives.get(self.request.target_drive);
        if let Phase::Running(running) = &phase {
            sim.drives.traffic.add_released(running.n_shared_bytes());
        }
        self.record_progress(&phase, at);
        if let (Phase::Running(Running { attached: filling, .. }), Ok(cell)) = (phase, target) {
            match self.request.leftovers {
                OnFailure::Keep => cell.write().drop_rest(filling),
                OnFailure::Remove => {
                    cell.write().undo(filling);
                    effects.removed_from.push((cell.id, at));
                }
            }
        }
        self.unlock(sim);
        self.view.lock().change_state(|machine| machine.fail(error));
        self.after_end(sim, inner, at, EventKind::Failed, effects);
    }

    /// Records how far a job has come that fails at `at`, which does not depend on when it was moved or read last.
    fn record_progress(&self, phase: &Phase, at: SimTime) {
        let Phase::Running(Running { timeline, .. }) = phase else { return };
        if self.request.pace.is_timed() {
            self.view.lock().machine.progress(timeline.percent_at(at));
        }
    }

    /// Releases the locks of the copy before the job ends: once the job is seen as ended, nothing is locked.
    fn unlock(&self, sim: &Shared) {
        let drive = |id| sim.drives.get(id).ok();
        let (source, target) = (drive(self.request.source_drive), drive(self.request.target_drive));
        unlock_endpoints(source.as_deref(), target.as_deref(), &self.request.spec);
    }

    fn after_end(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        at: SimTime,
        kind: EventKind,
        effects: &mut Effects,
    ) {
        inner.ended_at = Some(at);
        // An ended job is kept for long, so it keeps only what it shows.
        self.view.lock().timeline = None;
        self.publish_state(sim, inner, at, kind, effects);
        self.close_readers(sim, inner, effects);
        sim.jobs.ended(self, at);
        effects.wakers.append(&mut self.view.lock().wakers);
    }
}

/// The progress that a job should have.
struct Position {
    n_done: usize,
    percent: Percent,
    is_end: bool,
    /// When the job reached this position.
    at: SimTime,
}
