//! The only place that moves one job: start, reveal, end. It joins the job's state, its time and its drives.
//!
//! A job has two locks: `inner`, held while it is moved a step, and `shown`, held for a moment to read or set
//! what everybody may see. While a job starts, neither is held; `Phase::Starting` keeps others off. Locks are
//! taken in the order `inner`, a drive's, `shown`.

use std::sync::Arc;
use std::task::Waker;

use drivesim_core::ItemId;
use drivesim_core::copy::{CopySpec, Filling, Refusal, some_failed};
use drivesim_jobs::{Event, EventKind, Machine, Pace, Percent, PercentMarks, SimTime, Status, Timeline};
use parking_lot::Mutex;

use crate::error::Error;
use crate::event::Pending;
use crate::ids::{DriveId, JobId};
use crate::options::{Leftovers, Visibility};
use crate::sim::Shared;
use crate::starting::{Started, start};

/// What a job was asked to do.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) source_drive: DriveId,
    pub(crate) target_drive: DriveId,
    pub(crate) spec: CopySpec,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) leftovers: Leftovers,
}

/// How many items are shown under one lock, so that others get their turn.
const REVEAL: usize = 16_384;

/// A job.
#[derive(Debug)]
pub(crate) struct JobCell {
    pub(crate) id: JobId,
    pub(crate) number: u64,
    pub(crate) accepted_at: SimTime,
    pub(crate) order: Order,
    inner: Mutex<Inner>,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
struct Inner {
    phase: Phase,
    marks: PercentMarks,
    n_looks: u32,
    n_steps: usize,
}

#[derive(Debug)]
enum Phase {
    Waiting,
    /// Somebody is staging the copy, without a lock.
    Starting,
    Running(Running),
    Ended,
}

#[derive(Debug)]
struct Running {
    timeline: Arc<Timeline>,
    item: ItemId,
    refused: Vec<Refusal>,
    filling: Filling,
}

/// What may be seen of a job at any time.
#[derive(Debug)]
struct Shown {
    machine: Machine<ItemId, Error>,
    timeline: Option<Arc<Timeline>>,
    progress: Progress,
    n_tasks: usize,
    wakers: Vec<Waker>,
}

/// How far a job is, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Items that are done.
    pub items_done: usize,
    /// Items the copy has; 0 before the job starts.
    pub items_total: usize,
    /// Bytes of the files that are done.
    pub bytes_done: u64,
    /// Bytes of all files of the copy; 0 before the job starts.
    pub bytes_total: u64,
}

impl JobCell {
    pub(crate) fn new(id: JobId, number: u64, accepted_at: SimTime, order: Order) -> JobCell {
        let inner = Inner { phase: Phase::Waiting, marks: PercentMarks::new(), n_looks: 0, n_steps: 0 };
        let shown = Shown {
            machine: Machine::new(),
            timeline: None,
            progress: Progress::default(),
            n_tasks: 0,
            wakers: Vec::new(),
        };
        JobCell { id, number, accepted_at, order, inner: Mutex::new(inner), shown: Mutex::new(shown) }
    }

    pub(crate) fn status(&self) -> Status {
        self.shown.lock().machine.status()
    }

    pub(crate) fn outcome(&self) -> Option<Result<ItemId, Error>> {
        self.shown.lock().machine.outcome().cloned()
    }

    /// Returns how far the job is at `now`; between two items the one in work counts its fraction.
    pub(crate) fn percent(&self, now: SimTime) -> Percent {
        self.look_at(now).1
    }

    /// Returns state, percent and outcome as they are together at one moment.
    pub(crate) fn look_at(&self, now: SimTime) -> (Status, Percent, Option<Result<ItemId, Error>>) {
        let mut shown = self.shown.lock();
        if let Some(timeline) = shown.timeline.clone().filter(|_| self.order.pace.is_timed()) {
            shown.machine.progress(timeline.percent_at(now));
        }
        (shown.machine.status(), shown.machine.percent(), shown.machine.outcome().cloned())
    }

    pub(crate) fn progress(&self) -> Progress {
        self.shown.lock().progress
    }

    pub(crate) fn n_tasks(&self) -> usize {
        self.shown.lock().n_tasks
    }

    /// Returns the outcome, or has `waker` woken when there is one.
    pub(crate) fn outcome_or_wake(&self, waker: &Waker) -> Option<Result<ItemId, Error>> {
        let mut shown = self.shown.lock();
        if shown.machine.outcome().is_none() && !shown.wakers.iter().any(|known| known.will_wake(waker)) {
            shown.wakers.push(waker.clone());
        }
        shown.machine.outcome().cloned()
    }

    /// Counts one look; returns nothing, the looker asks for the state after.
    pub(crate) fn look(&self, sim: &Shared, at: SimTime, told: &mut Pending) {
        {
            let mut inner = self.inner.lock();
            inner.n_looks = inner.n_looks.saturating_add(1);
        }
        if matches!(self.order.pace, Pace::Polls(_)) {
            self.run_until(sim, at, told);
        }
    }

    /// Lets a held job do `n_items` more items.
    pub(crate) fn step(&self, sim: &Shared, n_items: usize, at: SimTime, told: &mut Pending) {
        {
            let mut inner = self.inner.lock();
            inner.n_steps = inner.n_steps.saturating_add(n_items);
        }
        self.run_until(sim, at, told);
    }

    /// Does all that is due by `now` and returns when there is more to do, for jobs that the clock moves.
    ///
    /// If another thread is starting the job this returns at once; that thread goes on with what is due.
    pub(crate) fn run_until(&self, sim: &Shared, now: SimTime, told: &mut Pending) -> Option<SimTime> {
        let claimed = {
            let mut inner = self.inner.lock();
            let waiting = matches!(inner.phase, Phase::Waiting);
            if waiting {
                inner.phase = Phase::Starting;
            }
            waiting
        };
        if claimed {
            let at = self.order.pace.start_due(self.accepted_at).unwrap_or(now);
            self.emit(told, at, EventKind::Started);
            // The state moves before the work begins: whoever looks meanwhile sees a job in progress.
            let _ = self.shown.lock().machine.start();
            let started = start(sim, &self.order, self.accepted_at, sim.timestamp(at));
            self.settle_start(sim, started, at, told);
        }
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &mut inner.phase else { return None };
        let timeline = running.timeline.clone();
        let position = self.position(&timeline, inner.n_looks, inner.n_steps, now);
        self.pass_marks(sim, &mut inner.marks, &timeline, position.percent, now, told);
        let Phase::Running(running) = &mut inner.phase else { return None };
        if !self.reveal(sim, running, &position) {
            self.fail_as_homeless(sim, &mut inner, position.at, told);
            return None;
        }
        if position.is_end {
            self.end(sim, &mut inner, position.at, told);
            return None;
        }
        self.next_due(running, &timeline)
    }

    /// Passes the whole percents that are due by `now`, for a job that is not moved otherwise.
    pub(crate) fn mark_percents(&self, sim: &Shared, now: SimTime, told: &mut Pending) {
        let mut inner = self.inner.lock();
        if let Phase::Running(running) = &inner.phase {
            let timeline = running.timeline.clone();
            self.pass_marks(sim, &mut inner.marks, &timeline, Percent::ZERO, now, told);
        }
    }

    /// Fails a running job whose new item, or target, is gone; says whether it did.
    ///
    /// A job that is being started is left to the one who starts it, who looks for a home too.
    pub(crate) fn fail_if_homeless(&self, sim: &Shared, at: SimTime, told: &mut Pending) -> bool {
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &inner.phase else { return false };
        let has_home = self.has_home(sim, running);
        if !has_home {
            self.fail_as_homeless(sim, &mut inner, at, told);
        }
        !has_home
    }

    fn has_home(&self, sim: &Shared, running: &Running) -> bool {
        let drive = sim.drives.get(self.order.target_drive);
        drive.is_ok_and(|cell| cell.drive.read().can_fill(&running.filling))
    }

    fn fail_as_homeless(&self, sim: &Shared, inner: &mut Inner, at: SimTime, told: &mut Pending) {
        let Phase::Running(Running { item, .. }) = &inner.phase else { return };
        let gone = drivesim_core::Error::NotFound { item: item.to_string() };
        self.fail(sim, inner, gone.into(), at, told);
    }

    fn settle_start(&self, sim: &Shared, started: Result<Started, Error>, at: SimTime, told: &mut Pending) {
        let mut inner = self.inner.lock();
        match started {
            Ok(Started { timeline, attached, n_bytes }) => {
                let timeline = Arc::new(timeline);
                let mut shown = self.shown.lock();
                shown.timeline = Some(timeline.clone());
                shown.n_tasks = attached.n_tasks;
                (shown.progress.items_total, shown.progress.bytes_total) = (attached.n_items, n_bytes);
                drop(shown);
                let (item, refused, filling) = (attached.item, attached.refused, attached.filling);
                let running = Running { timeline, item, refused, filling };
                // Target or drive may have gone after the copy was attached, when nobody could tell the job.
                let has_home = self.has_home(sim, &running);
                inner.phase = Phase::Running(running);
                if !has_home {
                    self.fail_as_homeless(sim, &mut inner, at, told);
                }
            }
            Err(error) => self.fail(sim, &mut inner, error, at, told),
        }
    }

    fn position(&self, timeline: &Timeline, n_looks: u32, n_steps: usize, now: SimTime) -> Position {
        let n_items = timeline.work().n_items();
        let (n_done, percent, is_end, at) = match self.order.pace {
            Pace::Instant => (n_items, Percent::ALMOST, true, now),
            Pace::Polls(n) => {
                let percent = timeline.percent_after_looks(n_looks);
                (timeline.items_after_looks(n_looks), percent, n_looks >= n, now)
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

    fn pass_marks(
        &self,
        sim: &Shared,
        marks: &mut PercentMarks,
        timeline: &Timeline,
        percent: Percent,
        now: SimTime,
        told: &mut Pending,
    ) {
        // Nobody listens: the marks are passed all the same, so that who comes later hears only what is new.
        let heard = sim.subscribers.any();
        let event = |event| (self.number, self.id, event);
        if self.order.pace.is_timed() {
            told.events.extend(marks.pass_due(timeline, now).filter(|_| heard).map(event));
        } else {
            told.events.extend(marks.pass_now(percent, now).filter(|_| heard).map(event));
        }
    }

    /// Shows the items that are done; says whether there still is a drive to show them in.
    fn reveal(&self, sim: &Shared, running: &mut Running, position: &Position) -> bool {
        let filling = &mut running.filling;
        // What is shown only at the end is shown under one lock, or others would see a part of it.
        let (until, batch) = match self.order.visibility {
            Visibility::Gradual => (position.n_done, REVEAL),
            Visibility::OnCompletion if position.is_end => (position.n_done, usize::MAX),
            Visibility::OnCompletion => (0, usize::MAX),
        };
        while filling.n_revealed() < until {
            let Ok(cell) = sim.drives.get(self.order.target_drive) else { return false };
            let next = filling.n_revealed().saturating_add(batch).min(until);
            let refused = cell.drive.write().reveal(filling, next);
            running.refused.extend(refused);
        }
        let mut progress = self.shown.lock().progress;
        progress.items_done = position.n_done;
        progress.bytes_done = filling.n_bytes_revealed();
        if position.is_end {
            progress.bytes_done = progress.bytes_total;
        }
        let mut shown = self.shown.lock();
        shown.progress = progress;
        shown.machine.progress(position.percent);
        true
    }

    fn next_due(&self, running: &Running, timeline: &Timeline) -> Option<SimTime> {
        let end = timeline.end_due()?;
        match self.order.visibility {
            Visibility::OnCompletion => Some(end),
            Visibility::Gradual => {
                timeline.item_due(running.filling.n_revealed() + 1).map(|due| due.min(end))
            }
        }
    }

    /// Ends a job whose work is done.
    fn end(&self, sim: &Shared, inner: &mut Inner, at: SimTime, told: &mut Pending) {
        let Phase::Running(running) = &mut inner.phase else { return };
        let whole = self.order.spec.scope == drivesim_core::copy::Scope::Whole;
        let mut refused = std::mem::take(&mut running.refused);
        match refused.pop() {
            None => {
                let item = running.item;
                inner.phase = Phase::Ended;
                let _ = self.shown.lock().machine.complete(item);
                self.after_end(sim, at, EventKind::Completed, told);
            }
            Some((_, error)) if whole => self.fail(sim, inner, error.into(), at, told),
            Some(last) => {
                refused.push(last);
                self.fail(sim, inner, some_failed(refused).into(), at, told);
            }
        }
    }

    fn fail(&self, sim: &Shared, inner: &mut Inner, error: Error, at: SimTime, told: &mut Pending) {
        if let Phase::Running(Running { filling, .. }) = std::mem::replace(&mut inner.phase, Phase::Ended)
            && let Ok(cell) = sim.drives.get(self.order.target_drive)
        {
            match self.order.leftovers {
                Leftovers::Keep => cell.drive.write().drop_rest(filling),
                Leftovers::Remove => {
                    cell.drive.write().undo(filling);
                    told.removed_from.push((cell.id, at));
                }
            }
        }
        let _ = self.shown.lock().machine.fail(error);
        self.after_end(sim, at, EventKind::Failed, told);
    }

    fn after_end(&self, sim: &Shared, at: SimTime, kind: EventKind, told: &mut Pending) {
        self.emit(told, at, kind);
        sim.jobs.ended(self, at);
        told.wakers.append(&mut self.shown.lock().wakers);
    }

    pub(crate) fn emit(&self, told: &mut Pending, at: SimTime, kind: EventKind) {
        told.latest = told.latest.max(at);
        told.events.push((self.number, self.id, Event { at, kind }));
    }
}

/// Where a job should be.
struct Position {
    n_done: usize,
    percent: Percent,
    is_end: bool,
    /// When it came there.
    at: SimTime,
}
