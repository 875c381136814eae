//! Runs the verbs of one thread, and keeps what it knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use drivesim::drive::DriveRef;
use drivesim::feed::ChangeToken;
use drivesim::{Conflict, Error, Item, ItemId, Job, Sim};
use drivesim_model::op::{Live, LiveLock, Op, Value, play};

use super::rng::TestRng;
use super::shared::{Storm, finish};
use super::verbs::{Action, Drawn, VERBS};

/// The state of one worker thread.
pub(super) struct Worker {
    pub(super) storm: Arc<Storm>,
    pub(super) sim: Sim,
    pub(super) dice: TestRng,
    pub(super) known: Vec<(DriveRef, ItemId)>,
    pub(super) folders: Vec<(DriveRef, ItemId)>,
    pub(super) tokens: Vec<(DriveRef, ChangeToken)>,
    pub(super) locks: Vec<LiveLock>,
    pub(super) jobs: Vec<Watched>,
    pub(super) report: WorkerReport,
}

/// A job and its highest percentage so far.
pub(super) struct Watched {
    pub(super) job: Job,
    pub(super) drive: DriveRef,
    pub(super) is_complete: bool,
    pub(super) percent: f64,
}

/// The results of a worker.
#[derive(Default)]
pub(super) struct WorkerReport {
    /// Ids of new items, which must be distinct.
    pub(super) created: Vec<(DriveRef, ItemId)>,
    /// Items whose access level was set.
    pub(super) restricted: Vec<(DriveRef, ItemId)>,
    pub(super) n_done: BTreeMap<&'static str, u64>,
}

impl Worker {
    pub(super) fn new(storm: &Arc<Storm>, number: usize) -> Worker {
        let sim = storm.sim.acting_as(&format!("user {number}"));
        let dice = TestRng::new(storm.seed.wrapping_mul(1000).wrapping_add(number as u64));
        Worker {
            storm: storm.clone(),
            sim,
            dice,
            known: Vec::new(),
            folders: Vec::new(),
            tokens: Vec::new(),
            locks: Vec::new(),
            jobs: Vec::new(),
            report: WorkerReport::default(),
        }
    }

    /// Runs `n_verbs` random verbs and releases all locks.
    pub(super) fn run(mut self, number: usize, n_verbs: usize) -> WorkerReport {
        let total_weight: usize = VERBS.iter().map(|verb| verb.weight).sum();
        for _ in 0..n_verbs {
            let mut chance = self.dice.below(total_weight);
            for verb in VERBS {
                if chance < verb.weight {
                    self.storm.at_work.lock().unwrap().insert(number, verb.name);
                    let done = self.act(verb.action).is_ok();
                    *self.report.n_done.entry(verb.name).or_default() += u64::from(done);
                    break;
                }
                chance -= verb.weight;
            }
        }
        for lock in std::mem::take(&mut self.locks).into_iter().rev() {
            let _ = self.play(Op::Unlock { lock });
        }
        self.finish_jobs();
        self.storm.at_work.lock().unwrap().remove(&number);
        self.report
    }

    pub(super) fn run_without_forks(mut self, n_verbs: usize) {
        for _ in 0..n_verbs {
            let verb = self.dice.pick(&VERBS);
            if verb.name != "fork" {
                let _ = self.act(verb.action);
            }
        }
    }

    fn act(&mut self, action: Action) -> Result<(), Error> {
        match action {
            Action::Check(check) => check(self),
            Action::Play(draw) => {
                let Some(drawn) = draw(self)? else { return Ok(()) };
                self.perform(drawn)
            }
        }
    }

    /// Performs an operation and records what it has created.
    fn perform(&mut self, Drawn { op, at }: Drawn) -> Result<(), Error> {
        let may_replace = matches!(
            op,
            Op::CreateFolder { conflict: Conflict::Replace, .. }
                | Op::CreateFile { conflict: Conflict::Replace, .. }
        );
        let is_folder = matches!(op, Op::CreateFolder { .. });
        let is_complete = matches!(&op, Op::Copy { options, .. } if !options.children_only);
        match (self.play(op)?, at) {
            (Value::Created(id), Some(drive)) => {
                self.know(&drive, id, is_folder);
                if !may_replace {
                    self.report.created.push((drive, id));
                }
            }
            (Value::Job(job), Some(drive)) => {
                self.jobs.push(Watched { job, drive, is_complete, percent: 0.0 });
            }
            (Value::Lock(id), Some(drive)) => self.locks.push(LiveLock { drive, id }),
            (Value::Drive(drive), _) => {
                let root = self.sim.item(drive.at("/"))?.id;
                self.know(&drive, root, true);
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn play(&self, op: Op<Live>) -> Result<Value, Error> {
        play(&self.sim, op)
    }

    /// Runs the worker's jobs to their end and records their new items.
    fn finish_jobs(&mut self) {
        for watched in std::mem::take(&mut self.jobs) {
            finish(&self.sim, &watched.job);
            if let (Some(Ok(id)), true) = (watched.job.outcome(), watched.is_complete) {
                self.report.created.push((watched.drive, id));
            }
        }
    }

    pub(super) fn know(&mut self, drive: &DriveRef, id: ItemId, is_folder: bool) {
        let folders = is_folder.then_some(&mut self.folders);
        for known in [Some(&mut self.known), folders].into_iter().flatten() {
            if known.len() >= 120 {
                known.swap_remove(self.dice.below(known.len()));
            }
            known.push((drive.clone(), id));
        }
    }

    pub(super) fn know_all(&mut self, drive: &DriveRef, items: &[Item]) {
        for item in items.iter().take(30) {
            self.know(drive, item.id, item.is_folder());
        }
    }
}
