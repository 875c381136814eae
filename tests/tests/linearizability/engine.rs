//! Runs operations on drivesim, and renders what they return.

use std::convert::Infallible;

use drivesim::address::Address;
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::feed::{Change, ChangeToken};
use drivesim::{Conflict, CopyOptions, Error, Item, ItemId, Job, Pace, Profile, Sim};
use drivesim_model::op::{Live, LiveLock, Op, Translate, Value, play};

use super::reference::{CopyOutcome, CopySource, Reference, copy_result, item_text};
use super::terms::{Few, ItemAt, OpResult};
use super::{N_START, START};
use crate::error_kinds::kind_of;

/// A simulator and its initial items.
pub(super) struct EngineReference {
    pub(super) sim: Sim,
    pub(super) start: Vec<u64>,
    /// The token of the start. A full listing would order items by slot, and copies allocate slots early.
    token: ChangeToken,
    /// A copy that is running from the start.
    job: Option<Job>,
}

impl EngineReference {
    /// Creates the initial drive. Copies of `parallel_from` or more items run on other threads, so that the calling
    /// thread yields to others during a copy.
    pub(super) fn new(profile: Profile, parallel_from: usize) -> EngineReference {
        let builder = Sim::builder().profile(profile).outline(START);
        let sim = builder.parallel_from(parallel_from).build().unwrap();
        let (token, start) = (sim.change_token(sim.first_drive().unwrap()).unwrap(), Vec::new());
        let mut engine = EngineReference { sim, start, token, job: None };
        engine.start = engine.try_run(&Op::ListAll { drive: () }).unwrap().ids;
        assert_eq!(engine.start.len(), N_START);
        engine
    }

    /// Starts a copy of `/a` to `/c`; its new item becomes the last initial item.
    pub(super) fn with_job(mut self) -> EngineReference {
        let (options, held) = (CopyOptions::named("n").on_conflict(Conflict::Fail), Pace::Held);
        let job = self.sim.copy("/a", "/c", options.pace(held)).unwrap();
        job.step(1).unwrap();
        self.start.push(self.sim.item("/c/n").unwrap().id.to_bits());
        EngineReference { job: Some(job), ..self }
    }

    fn id(&self, n: usize) -> ItemId {
        ItemId::from_bits(self.start[n])
    }

    pub(super) fn try_run(&self, op: &Op<Few>) -> Result<OpResult, Error> {
        let mut live = op.translate(self).expect("the drive and the job exist");
        if let Op::ReadChanges { since, .. } = &mut live {
            *since = Some(self.token);
        }
        if let Op::Copy { source, target, options } = live {
            return Ok(copy_result(self.try_copy(source, target, options)));
        }
        let value = play(&self.sim, live);
        if let Op::Step { .. } = op {
            assert!(value.is_ok(), "a held job can always be stepped: {value:?}");
        }
        Ok(match (op, value?) {
            (Op::ReadTags { .. }, Value::Item(item)) => tags_result(&item),
            (Op::ListAll { .. }, Value::Items(items)) => self.tree_result(&items),
            (_, value) => result_of(value),
        })
    }

    /// Renders all items, one per line, and the state of the job.
    fn tree_result(&self, items: &[Item]) -> OpResult {
        let text = items.iter().map(|item| item_text(&item.name, item.kind, item.size) + "\n");
        let mut text: String = text.collect();
        if let Some(job) = &self.job {
            // A job learns of the deletion of its items a moment later, so its report is read last.
            let report = job.report();
            let why = report.error().map(kind_of);
            text += &format!("{:?} {} {why:?}", report.status, report.percent.as_f64());
        }
        OpResult::new(text, items.iter().map(|item| item.id.to_bits()))
    }

    fn try_copy(
        &self,
        from: impl Into<Address>,
        to: impl Into<Address>,
        options: CopyOptions,
    ) -> CopyOutcome {
        let job = self.sim.copy(from, to, options.pace(Pace::Instant)).map_err(|error| kind_of(&error))?;
        Ok(job.outcome().unwrap().map(ItemId::to_bits).map_err(|error| kind_of(&error)))
    }
}

impl Translate<Few, Live> for EngineReference {
    fn item(&self, at: &ItemAt) -> Option<Address> {
        Some(match at {
            ItemAt::Path(path) => Address::from(*path),
            ItemAt::Start(n) => Address::from(self.id(*n)),
        })
    }

    fn drive(&self, (): &()) -> Option<DriveRef> {
        self.sim.first_drive().ok()
    }

    fn job(&self, (): &()) -> Option<Job> {
        self.job.clone()
    }

    fn lock(&self, never: &Infallible) -> Option<LiveLock> {
        match *never {}
    }

    fn size(&self, (): &(), size: &u64) -> Option<u64> {
        Some(*size)
    }

    fn rules(&self, never: &Infallible) -> Option<Profile> {
        match *never {}
    }

    fn extra(&self, never: &Infallible) -> Option<Op<Live>> {
        match *never {}
    }
}

fn result_of(value: Value) -> OpResult {
    match value {
        Value::Created(id) => OpResult::new("created", [id.to_bits()]),
        Value::Item(item) => {
            let ids = [Some(item.id), item.parent].into_iter().flatten().map(ItemId::to_bits);
            OpResult::new(item_text(&item.name, item.kind, item.size), ids)
        }
        Value::Items(items) => listing_result(&items),
        Value::Versions(versions) => {
            let text = versions.iter().fold(String::new(), |text, version| {
                format!("{text}{} {} {}, ", version.number, version.size, version.is_current)
            });
            OpResult::new(text, [])
        }
        Value::Changes(changes) => changes_result(&changes.changes),
        Value::Done | Value::Job(_) | Value::Lock(_) | Value::Drive(_) => OpResult::new("done", []),
    }
}

fn tags_result(item: &Item) -> OpResult {
    let (etag, ctag, about) = (item.etag, item.ctag, &item.description);
    OpResult::new(format!("{} {etag} {ctag} {about:?}", item.version), [item.id.to_bits()])
}

fn listing_result(items: &[Item]) -> OpResult {
    let text = items
        .iter()
        .fold(String::new(), |text, item| format!("{text}{}, ", item_text(&item.name, item.kind, item.size)));
    OpResult::new(text, items.iter().map(|item| item.id.to_bits()))
}

fn changes_result(changes: &[Change]) -> OpResult {
    let lines = changes.iter().map(|change| match change {
        Change::Changed(item) => (item_text(&item.name, item.kind, item.size), item.id),
        Change::Deleted(tombstone) => (format!("{:?} is gone", tombstone.name), tombstone.id),
    });
    let (text, ids): (Vec<String>, Vec<u64>) = lines.map(|(text, id)| (text, id.to_bits())).unzip();
    OpResult::new(text.join(", "), ids)
}

impl Reference for EngineReference {
    fn fork(&self) -> EngineReference {
        let sim = self.sim.fork();
        let job = self.job.as_ref().and_then(|job| sim.job(job.id()));
        EngineReference { sim, start: self.start.clone(), token: self.token, job }
    }

    fn start_ids(&self) -> Vec<u64> {
        self.start.clone()
    }

    fn run(&mut self, op: &Op<Few>) -> OpResult {
        self.try_run(op).unwrap_or_else(|error| OpResult::failed(&kind_of(&error)))
    }

    fn copy(&mut self, from: CopySource, target: u64, options: &CopyOptions) -> CopyOutcome {
        let from = match from {
            CopySource::Item(id) => Address::from(ItemId::from_bits(id)),
            CopySource::Kept(number) => {
                let drive = self.sim.drive(&number.to_string()).unwrap();
                drive.at(self.sim.children(drive.at("/")).unwrap()[0].id)
            }
        };
        self.try_copy(from, ItemId::from_bits(target), options.clone())
    }

    fn keep(&mut self, source: u64, number: usize) {
        let drive = self.sim.add_drive(DriveSpec::new(number.to_string()).profile(Profile::PLAIN)).unwrap();
        self.sim.copy(ItemId::from_bits(source), drive.at("/"), CopyOptions::default()).unwrap();
    }
}
