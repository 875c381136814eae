//! Checks recorded histories of a few threads on a small drive for linearizability. There must be an order of the
//! verbs that is consistent with their times and yields the same results when one thread runs them: on a fork of the
//! start and, for the verbs that it supports, on the model.
//!
//! A copy is not atomic, and need not be: it is checked at one moment, its source is read at a second, and it appears
//! at a third. The search orders these three moments separately.
//!
//! `DRIVESIM_STORM` multiplies the number of histories, `DRIVESIM_SEED` sets the seed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use drivesim::access::{Access, LockScope};
use drivesim::address::Address;
use drivesim::drive::DriveSpec;
use drivesim::feed::{Change, ChangeToken};
use drivesim::item::ItemKind;
use drivesim::options::MoveOptions;
use drivesim::{Conflict, CopyOptions, Error, Item, ItemId, Job, Pace, Profile, Sim, outline};
use drivesim_model::Model;
use drivesim_model::model::{Call, CopyWish, Expected, JobState, Key, Place, Service};

use crate::error_kinds::{kind_of, model_kind_of};
use crate::model::{env_variable, seed};
use crate::storm::TestRng;
use crate::threads::with_watchdog;

/// The initial items. Their order in `tree`: a, c, x, then the children of c, of a, of a/b.
const START: &str = "a/\n  b/\n    y = \"two\"\n  x = \"one\"\nc/\n  x = \"three\"\nx = \"four\"\n";
const PATHS: [&str; 9] = ["/", "/a", "/a/b", "/a/x", "/a/b/y", "/c", "/c/x", "/x", "/c/b"];
const NAMES: [&str; 4] = ["x", "b", "n", "y"];
/// The number of initial items.
const N_START: usize = 7;
/// The target number of histories whose verbs overlap, and the maximum number of histories. Whether threads overlap
/// depends on chance.
const TARGET: (usize, usize) = (250, 2500);

/// Addresses an item by path, or by its number among the initial items.
#[derive(Clone, Copy, Debug)]
enum ItemAt {
    Path(&'static str),
    Start(usize),
}

#[derive(Clone, Debug)]
enum Verb {
    CreateFolder(ItemAt, &'static str, Conflict),
    CreateFile(ItemAt, &'static str, &'static str, Conflict),
    Write(ItemAt, &'static str),
    Rename(ItemAt, &'static str),
    Move(ItemAt, ItemAt, Option<&'static str>, Conflict),
    Delete(ItemAt),
    Copy {
        source: usize,
        target: usize,
        name: Option<&'static str>,
        conflict: Conflict,
    },
    Item(ItemAt),
    List(ItemAt),
    /// Reads all items when no other thread is running.
    Tree,
    /// A verb that the model does not support.
    EngineOnly(EngineOnly),
}

#[derive(Clone, Debug)]
enum EngineOnly {
    DeleteForGood(ItemAt),
    Restore(usize, Conflict),
    Purge(usize),
    Bin,
    Versions(ItemAt),
    RestoreVersion(ItemAt),
    Describe(ItemAt, &'static str),
    Tags(ItemAt),
    Access(ItemAt, Option<Access>),
    Lock(ItemAt),
    Quota(Option<u64>),
    Search(ItemAt),
    Changes,
    Step(usize),
}

/// The result of a verb: a text without ids, and the ids.
#[derive(Clone, Debug, PartialEq)]
struct VerbResult {
    text: String,
    ids: Vec<u64>,
}

impl VerbResult {
    fn new(text: impl Into<String>, ids: impl IntoIterator<Item = u64>) -> VerbResult {
        VerbResult { text: text.into(), ids: ids.into_iter().collect() }
    }

    fn failed(why: &str) -> VerbResult {
        VerbResult::new(format!("error: {why}"), [])
    }
}

/// A verb with its result and the times of its start and end.
#[derive(Clone, Debug)]
struct RecordedVerb {
    verb: Verb,
    got: VerbResult,
    from: u64,
    to: u64,
}

/// The outcome of a copy: an error of the call, or the new item or the error of the job.
type CopyOutcome = Result<Result<u64, String>, String>;

/// The source of a copy: an item, or a kept state of one.
#[derive(Clone, Copy)]
enum CopySource {
    Item(u64),
    Kept(usize),
}

/// An implementation that runs verbs one after another.
trait Reference {
    fn fork(&self) -> Self;
    fn start_ids(&self) -> Vec<u64>;
    fn run(&mut self, verb: &Verb) -> VerbResult;
    fn copy(&mut self, from: CopySource, target: u64, name: Option<&str>, conflict: Conflict) -> CopyOutcome;
    /// Keeps the current state of an item in a separate drive.
    fn keep(&mut self, source: u64, number: usize);
}

/// A simulator and its initial items.
struct EngineReference {
    sim: Sim,
    start: Vec<u64>,
    /// The token of the start. A full listing would order items by slot, and copies allocate slots early.
    token: ChangeToken,
    /// A copy that is running from the start.
    job: Option<Job>,
}

impl EngineReference {
    /// Creates the initial drive. Copies of `parallel_from` or more items run on other threads, so that the calling
    /// thread yields to others during a copy.
    fn new(profile: Profile, parallel_from: usize) -> EngineReference {
        let builder = Sim::builder().profile(profile).outline(START);
        let sim = builder.parallel_from(parallel_from).build().unwrap();
        let start = tree(&sim).unwrap().1;
        assert_eq!(start.len(), N_START);
        let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
        EngineReference { sim, start, token, job: None }
    }

    /// Starts a copy of `/a` to `/c`; its new item becomes the last initial item.
    fn with_job(mut self) -> EngineReference {
        let (options, held) = (CopyOptions::named("n").on_conflict(Conflict::Fail), Pace::Held);
        let job = self.sim.copy("/a", "/c", options.pace(held)).unwrap();
        job.step(1).unwrap();
        self.start.push(self.sim.item("/c/n").unwrap().id.to_bits());
        EngineReference { job: Some(job), ..self }
    }

    fn id(&self, n: usize) -> ItemId {
        ItemId::from_bits(self.start[n])
    }

    fn at(&self, at: ItemAt) -> Address {
        match at {
            ItemAt::Path(path) => Address::from(path),
            ItemAt::Start(n) => Address::from(self.id(n)),
        }
    }

    fn try_run(&self, verb: &Verb) -> Result<VerbResult, Error> {
        let (sim, done) = (&self.sim, VerbResult::new("done", []));
        let created = |id: ItemId| VerbResult::new("created", [id.to_bits()]);
        Ok(match verb {
            Verb::CreateFolder(at, name, conflict) => {
                created(sim.create_folder_with(self.at(*at), name, *conflict)?)
            }
            Verb::CreateFile(at, name, text, conflict) => {
                created(sim.create_file_with(self.at(*at), name, *text, *conflict)?)
            }
            Verb::Write(at, text) => created(sim.write(self.at(*at), *text)?),
            Verb::Rename(at, name) => sim.rename(self.at(*at), name).map(|()| done)?,
            Verb::Move(at, to, name, conflict) => {
                let mut options = MoveOptions::from(*conflict);
                options.name = name.map(str::to_owned);
                sim.move_to_with(self.at(*at), self.at(*to), options).map(|()| done)?
            }
            Verb::Delete(at) => sim.delete(self.at(*at)).map(|()| done)?,
            Verb::Copy { source, target, name, conflict } => {
                copy_result(self.try_copy(self.id(*source), self.id(*target), *name, *conflict))
            }
            Verb::Item(at) => {
                let item = sim.item(self.at(*at))?;
                let ids = [Some(item.id), item.parent].into_iter().flatten().map(ItemId::to_bits);
                VerbResult::new(item_text(&item.name, item.kind, item.size), ids)
            }
            Verb::List(at) => listing_result(&sim.children(self.at(*at))?),
            Verb::Tree => {
                let (mut text, ids) = tree(sim)?;
                if let Some(job) = &self.job {
                    // A job learns of the deletion of its items a moment later, so its report is read last.
                    let report = job.report();
                    let why = report.error().map(kind_of);
                    text += &format!("{:?} {} {why:?}", report.status, report.percent.as_f64());
                }
                VerbResult::new(text, ids)
            }
            Verb::EngineOnly(verb) => self.try_engine_only(verb)?,
        })
    }

    fn try_engine_only(&self, verb: &EngineOnly) -> Result<VerbResult, Error> {
        let (sim, done) = (&self.sim, VerbResult::new("done", []));
        Ok(match verb {
            EngineOnly::DeleteForGood(at) => sim.delete_permanently(self.at(*at)).map(|()| done)?,
            EngineOnly::Restore(n, conflict) => {
                sim.restore_item_with(self.id(*n), *conflict).map(|()| done)?
            }
            EngineOnly::Purge(n) => sim.purge(self.id(*n)).map(|()| done)?,
            EngineOnly::Bin => listing_result(
                &sim.bin(sim.first_drive().unwrap())?
                    .into_iter()
                    .map(|binned| binned.item)
                    .collect::<Vec<_>>(),
            ),
            EngineOnly::Versions(at) => {
                let versions = sim.versions(self.at(*at))?;
                let text = versions.iter().fold(String::new(), |text, version| {
                    format!("{text}{} {} {}, ", version.number, version.size, version.is_current)
                });
                VerbResult::new(text, [])
            }
            EngineOnly::RestoreVersion(at) => sim.restore_version(self.at(*at), 1).map(|()| done)?,
            EngineOnly::Describe(at, text) => sim.set_description(self.at(*at), text).map(|()| done)?,
            EngineOnly::Tags(at) => {
                let item = sim.item(self.at(*at))?;
                let (etag, ctag, about) = (item.etag, item.ctag, item.description);
                VerbResult::new(format!("{} {etag} {ctag} {about:?}", item.version), [item.id.to_bits()])
            }
            EngineOnly::Access(at, level) => sim.set_access(self.at(*at), *level).map(|()| done)?,
            EngineOnly::Lock(at) => sim.lock(self.at(*at), LockScope::Item).map(|_| done)?,
            EngineOnly::Quota(total) => {
                sim.set_quota(sim.first_drive().unwrap(), *total)?;
                done
            }
            EngineOnly::Step(n_items) => {
                self.job.iter().for_each(|job| drop(job.step(*n_items).unwrap()));
                done
            }
            EngineOnly::Search(at) => listing_result(&sim.search(self.at(*at), "x")?),
            EngineOnly::Changes => {
                let changes = sim.changes(sim.first_drive().unwrap(), Some(self.token), 100)?.changes;
                let lines = changes.iter().map(|change| match change {
                    Change::Changed(item) => (item_text(&item.name, item.kind, item.size), item.id),
                    Change::Deleted(tombstone) => (format!("{:?} is gone", tombstone.name), tombstone.id),
                });
                let (text, ids): (Vec<String>, Vec<u64>) =
                    lines.map(|(text, id)| (text, id.to_bits())).unzip();
                VerbResult::new(text.join(", "), ids)
            }
        })
    }

    fn try_copy(
        &self,
        from: impl Into<Address>,
        to: ItemId,
        name: Option<&str>,
        conflict: Conflict,
    ) -> CopyOutcome {
        let mut options = CopyOptions::default().on_conflict(conflict).pace(Pace::Instant);
        options.name = name.map(str::to_owned);
        let job = self.sim.copy(from, to, options).map_err(|error| kind_of(&error))?;
        Ok(job.outcome().unwrap().map(ItemId::to_bits).map_err(|error| kind_of(&error)))
    }
}

fn copy_result(outcome: CopyOutcome) -> VerbResult {
    match outcome {
        Err(why) => VerbResult::failed(&why),
        Ok(Err(why)) => VerbResult::new(format!("failed: {why}"), []),
        Ok(Ok(id)) => VerbResult::new("completed", [id]),
    }
}

fn item_text(name: &str, kind: ItemKind, size: u64) -> String {
    format!("{kind} {name:?} {size}")
}

fn listing_result(items: &[Item]) -> VerbResult {
    let text = items
        .iter()
        .fold(String::new(), |text, item| format!("{text}{}, ", item_text(&item.name, item.kind, item.size)));
    VerbResult::new(text, items.iter().map(|item| item.id.to_bits()))
}

/// Returns all items of the first drive as text, and their ids.
fn tree(sim: &Sim) -> Result<(String, Vec<u64>), Error> {
    let (mut text, mut ids) = (String::new(), Vec::new());
    let mut folders = vec![sim.item("/")?];
    while let Some(folder) = folders.pop() {
        for child in sim.children(folder.id)? {
            let _ = writeln!(text, "{}", item_text(&child.name, child.kind, child.size));
            ids.push(child.id.to_bits());
            folders.extend(Some(child).filter(Item::is_folder));
        }
    }
    Ok((text, ids))
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

    fn run(&mut self, verb: &Verb) -> VerbResult {
        self.try_run(verb).unwrap_or_else(|error| VerbResult::failed(&kind_of(&error)))
    }

    fn copy(&mut self, from: CopySource, target: u64, name: Option<&str>, conflict: Conflict) -> CopyOutcome {
        let from = match from {
            CopySource::Item(id) => Address::from(ItemId::from_bits(id)),
            CopySource::Kept(number) => {
                let drive = self.sim.drive(&number.to_string()).unwrap();
                drive.at(self.sim.children(drive.at("/")).unwrap()[0].id)
            }
        };
        self.try_copy(from, ItemId::from_bits(target), name, conflict)
    }

    fn keep(&mut self, source: u64, number: usize) {
        let drive = self.sim.add_drive(DriveSpec::new(number.to_string()).profile(Profile::PLAIN)).unwrap();
        self.sim.copy(ItemId::from_bits(source), drive.at("/"), CopyOptions::default()).unwrap();
    }
}

/// The model and its initial items.
struct ModelReference {
    model: Model,
    start: Vec<Key>,
}

impl ModelReference {
    fn new(service: Service) -> ModelReference {
        let lines = &outline::parse(START).unwrap().drives[0].lines;
        let mut model_ref = ModelReference { model: Model::holding(service, lines), start: Vec::new() };
        model_ref.start = model_ref.tree().ids;
        model_ref
    }

    fn root(&self) -> Key {
        self.model.drives[0].root
    }

    fn place(&self, at: ItemAt) -> Place {
        match at {
            ItemAt::Path(path) => Place::Path(0, path.to_owned()),
            ItemAt::Start(n) => Place::Id(0, self.start[n]),
        }
    }

    fn item_text(&self, key: Key) -> String {
        let item = &self.model.items[&key];
        item_text(&item.name, item.kind, self.model.size(key) as u64)
    }

    fn tree(&self) -> VerbResult {
        let (mut text, mut ids) = (String::new(), Vec::new());
        let mut folders = vec![self.root()];
        while let Some(folder) = folders.pop() {
            for child in self.model.visible_children(folder) {
                let _ = writeln!(text, "{}", self.item_text(child));
                ids.push(child);
                folders.extend(Some(child).filter(|child| self.is_folder(*child)));
            }
        }
        VerbResult::new(text, ids)
    }

    fn is_folder(&self, key: Key) -> bool {
        self.model.items[&key].kind == ItemKind::Folder
    }

    /// Finds an item in the model.
    fn find(&self, at: ItemAt) -> Option<Key> {
        let key = match at {
            ItemAt::Start(n) => self.start[n],
            ItemAt::Path(path) => {
                path.split('/').filter(|name| !name.is_empty()).try_fold(self.root(), |at, name| {
                    let children = self.model.visible_children(at);
                    children.into_iter().find(|child| self.model.items[child].name == name)
                })?
            }
        };
        self.model.visible(key).map(|_| key)
    }

    fn read(&self, verb: &Verb) -> Option<VerbResult> {
        let not_found = || VerbResult::failed("NotFound");
        Some(match verb {
            Verb::Tree => self.tree(),
            Verb::Item(at) => self.find(*at).map_or_else(not_found, |key| {
                VerbResult::new(
                    self.item_text(key),
                    [Some(key), self.model.items[&key].parent].into_iter().flatten(),
                )
            }),
            Verb::List(at) => match self.find(*at) {
                None => not_found(),
                Some(key) if !self.is_folder(key) => VerbResult::failed("NotAFolder"),
                Some(key) => {
                    let children = self.model.visible_children(key);
                    let text = children
                        .iter()
                        .fold(String::new(), |text, child| text + &self.item_text(*child) + ", ");
                    VerbResult::new(text, children)
                }
            },
            _ => return None,
        })
    }

    fn call(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::CreateFolder(at, name, conflict) => {
                Call::CreateFolder { parent: self.place(at), name: name.to_owned(), conflict }
            }
            Verb::CreateFile(at, name, text, conflict) => {
                let (name, text) = (name.to_owned(), text.to_owned());
                Call::CreateFile { parent: self.place(at), name, text, conflict }
            }
            Verb::Write(at, text) => Call::Write { file: self.place(at), text: text.to_owned() },
            Verb::Rename(at, name) => Call::Rename { item: self.place(at), name: name.to_owned() },
            Verb::Move(at, to, name, conflict) => {
                let name = name.map(str::to_owned);
                Call::Move { item: self.place(at), target: self.place(to), name, conflict }
            }
            Verb::Delete(at) => Call::Delete { item: self.place(at) },
            Verb::Copy { .. } | Verb::Item(_) | Verb::List(_) | Verb::Tree | Verb::EngineOnly(_) => {
                unreachable!("no call of the model: {verb:?}")
            }
        }
    }

    /// Runs a call and returns the result that the model expects.
    fn make(&mut self, call: Call) -> Result<Expected, String> {
        self.model.make(call);
        match self.model.last.take().unwrap().expected {
            Expected::Refused(reasons) => Err(model_kind_of(&reasons[0])),
            expected => Ok(expected),
        }
    }

    fn make_copy(
        &mut self,
        source: Place,
        target: Place,
        name: Option<&str>,
        conflict: Conflict,
    ) -> CopyOutcome {
        let (name, pace) = (name.map(str::to_owned), Pace::Instant);
        let (visibility, leftovers) = (None, None);
        let versions = drivesim::item::Versions::Current;
        let request =
            CopyWish { name, conflict, children_only: false, versions, pace, visibility, leftovers };
        let expected = self.make(Call::Copy { source, target, wish: request })?;
        let Expected::Job(number) = expected else { panic!("not a job: {expected:?}") };
        match &self.model.jobs[number].state {
            JobState::Ended(outcome) => Ok(outcome.clone().map_err(|error| model_kind_of(&error))),
            state => panic!("an instant copy is {state:?}"),
        }
    }
}

impl Reference for ModelReference {
    fn fork(&self) -> ModelReference {
        ModelReference { model: self.model.clone(), start: self.start.clone() }
    }

    fn start_ids(&self) -> Vec<u64> {
        self.start.clone()
    }

    fn run(&mut self, verb: &Verb) -> VerbResult {
        if let Some(got) = self.read(verb) {
            return got;
        }
        match self.make(self.call(verb)) {
            Err(why) => VerbResult::failed(&why),
            Ok(Expected::Item(key)) => VerbResult::new("created", [key]),
            Ok(_) => VerbResult::new("done", []),
        }
    }

    fn copy(&mut self, from: CopySource, target: u64, name: Option<&str>, conflict: Conflict) -> CopyOutcome {
        let from = match from {
            CopySource::Item(key) => Place::Id(0, key),
            CopySource::Kept(number) => {
                let name = number.to_string();
                let drive = self.model.drives.iter().find(|drive| drive.name == name).unwrap();
                Place::Id(drive.number, self.model.visible_children(drive.root)[0])
            }
        };
        self.make_copy(from, Place::Id(0, target), name, conflict)
    }

    fn keep(&mut self, source: u64, number: usize) {
        self.make(Call::AddDrive { name: number.to_string(), service: Service::Plain }).unwrap();
        let drive = self.model.drives.last().unwrap();
        let root = Place::Id(drive.number, drive.root);
        self.make_copy(Place::Id(0, source), root, None, Conflict::Fail).unwrap().unwrap();
    }
}

/// The progress of the next verb of a thread.
#[derive(Clone, Copy)]
enum Phase {
    NotStarted,
    /// A copy has passed its checks.
    Checked,
    /// The source of a copy has been read and kept under this number.
    SourceRead(usize),
}

/// A partial order of a history, under search.
struct Linearization<R> {
    reference: R,
    /// The number of completed verbs of each thread, and the phase of the next one.
    at: Vec<(usize, Phase)>,
    /// The ids of the reference by the ids of the history.
    ids: BTreeMap<u64, u64>,
    n_kept: usize,
}

impl<R: Reference> Linearization<R> {
    fn empty(reference: R, start: &[u64], n_threads: usize) -> Linearization<R> {
        let ids = start.iter().copied().zip(reference.start_ids()).collect();
        Linearization { reference, at: vec![(0, Phase::NotStarted); n_threads], ids, n_kept: 0 }
    }

    /// Returns whether the order can be completed.
    fn can_complete(&self, history: &[Vec<RecordedVerb>]) -> bool {
        let next: Vec<Option<&RecordedVerb>> =
            history.iter().zip(&self.at).map(|(verbs, (n_done, _))| verbs.get(*n_done)).collect();
        if next.iter().all(Option::is_none) {
            return true;
        }
        // A verb cannot precede one that ended before it started.
        let first_end = next.iter().flatten().map(|recorded| recorded.to).min().unwrap_or(u64::MAX);
        let may_be_next = |thread: &usize| next[*thread].is_some_and(|recorded| recorded.from <= first_end);
        (0..next.len()).filter(may_be_next).any(|thread| {
            let extended = next[thread].and_then(|recorded| self.extended(thread, recorded));
            extended.is_some_and(|order| order.can_complete(history))
        })
    }

    /// Returns the order with one more step of a verb, if its result matches the recorded one.
    fn extended(&self, thread: usize, recorded: &RecordedVerb) -> Option<Linearization<R>> {
        let mut order = Linearization {
            reference: self.reference.fork(),
            at: self.at.clone(),
            ids: self.ids.clone(),
            n_kept: self.n_kept,
        };
        let got = match &recorded.verb {
            Verb::Copy { source, target, name, conflict } => {
                let start = self.reference.start_ids();
                order.step_copy(thread, (start[*source], start[*target]), *name, *conflict)
            }
            verb => Some(order.reference.run(verb)),
        };
        let Some(got) = got else { return Some(order) };
        order.at[thread] = (self.at[thread].0 + 1, Phase::NotStarted);
        order.matches(&recorded.got, &got).then_some(order)
    }

    /// Advances a copy to its next moment, and returns its result after the last one.
    fn step_copy(
        &mut self,
        thread: usize,
        (source, target): (u64, u64),
        name: Option<&str>,
        conflict: Conflict,
    ) -> Option<VerbResult> {
        // The result on a fork decides whether the copy can start and continue.
        let trial = |order: &Linearization<R>| {
            order.reference.fork().copy(CopySource::Item(source), target, name, conflict)
        };
        let phase = match self.at[thread].1 {
            Phase::NotStarted => match trial(self) {
                Err(why) => return Some(copy_result(Err(why))),
                Ok(_) => Phase::Checked,
            },
            Phase::Checked => match trial(self) {
                Err(why) | Ok(Err(why)) => return Some(copy_result(Ok(Err(why)))),
                Ok(Ok(_)) => {
                    self.reference.keep(source, self.n_kept);
                    self.n_kept += 1;
                    Phase::SourceRead(self.n_kept - 1)
                }
            },
            Phase::SourceRead(number) => {
                let done = self.reference.copy(CopySource::Kept(number), target, name, conflict);
                return Some(copy_result(Ok(done.and_then(|done| done))));
            }
        };
        self.at[thread].1 = phase;
        None
    }

    /// Returns whether two results are equal under the known ids, and records new ids.
    fn matches(&mut self, recorded: &VerbResult, got: &VerbResult) -> bool {
        recorded.text == got.text
            && recorded.ids.len() == got.ids.len()
            && recorded.ids.iter().zip(&got.ids).all(|(recorded, id)| match self.ids.get(recorded) {
                Some(known) => known == id,
                None => {
                    let is_new = self.ids.values().all(|known| known != id);
                    self.ids.insert(*recorded, *id);
                    is_new
                }
            })
    }
}

/// Returns whether there is an order that explains the history.
fn is_linear<R: Reference>(start: &R, start_ids: &[u64], history: &[Vec<RecordedVerb>]) -> bool {
    Linearization::empty(start.fork(), start_ids, history.len()).can_complete(history)
}

/// The number of the new item of the running copy, if there is one.
const COPIED: usize = N_START;

fn at(dice: &mut TestRng) -> ItemAt {
    if dice.one_in(2) { ItemAt::Path(dice.pick(&PATHS)) } else { ItemAt::Start(dice.below(N_START)) }
}

fn folder(dice: &mut TestRng) -> ItemAt {
    dice.pick(&[
        ItemAt::Path("/"),
        ItemAt::Path("/a"),
        ItemAt::Path("/c"),
        ItemAt::Path("/a/b"),
        ItemAt::Start(0),
        ItemAt::Start(1),
    ])
}

fn conflict(dice: &mut TestRng) -> Conflict {
    dice.pick(&[Conflict::Fail, Conflict::Fail, Conflict::Rename, Conflict::Replace])
}

fn draw(dice: &mut TestRng, all_verbs: bool) -> Verb {
    let name = dice.pick(&NAMES);
    let maybe = Some(name).filter(|_| dice.one_in(2));
    if all_verbs && dice.one_in(2) {
        return Verb::EngineOnly(draw_engine_only(dice));
    }
    if all_verbs && dice.one_in(12) {
        return Verb::Delete(ItemAt::Start(COPIED));
    }
    match dice.below(14) {
        0 => Verb::CreateFolder(folder(dice), name, conflict(dice)),
        1 => Verb::CreateFile(folder(dice), name, "five", conflict(dice)),
        2 => Verb::Write(at(dice), dice.pick(&["", "sixth"])),
        3 => Verb::Rename(at(dice), name),
        4 | 5 => Verb::Move(at(dice), folder(dice), maybe, conflict(dice)),
        6 => Verb::Delete(at(dice)),
        7..=10 => {
            let (source, target) = (dice.below(N_START), dice.below(N_START));
            Verb::Copy { source, target, name: maybe, conflict: conflict(dice) }
        }
        11 => Verb::Item(at(dice)),
        _ => Verb::List(folder(dice)),
    }
}

fn draw_engine_only(dice: &mut TestRng) -> EngineOnly {
    match dice.below(22) {
        15 | 16 => EngineOnly::Step(dice.below(4)),
        19 => EngineOnly::DeleteForGood(ItemAt::Start(COPIED)),
        20 => EngineOnly::Describe(ItemAt::Start(COPIED), "copied"),
        21 => EngineOnly::Tags(ItemAt::Start(COPIED)),

        17 | 18 => EngineOnly::Restore(COPIED, Conflict::Fail),
        0 => EngineOnly::DeleteForGood(at(dice)),
        1..4 => EngineOnly::Restore(dice.below(N_START), conflict(dice)),
        4 => EngineOnly::Purge(dice.below(N_START)),
        5 => EngineOnly::Bin,
        6 => EngineOnly::Versions(at(dice)),
        7 => EngineOnly::RestoreVersion(at(dice)),
        8 => EngineOnly::Describe(at(dice), dice.pick(&["", "about"])),
        9 => EngineOnly::Tags(at(dice)),
        10 => EngineOnly::Access(at(dice), dice.pick(&[None, Some(Access::Read), Some(Access::None)])),
        11 => EngineOnly::Lock(at(dice)),
        12 => EngineOnly::Quota(dice.pick(&[None, Some(25)])),
        13 => EngineOnly::Search(folder(dice)),
        _ => EngineOnly::Changes,
    }
}

/// Removes quota verbs from histories with copies: a copy reserves its bytes at a further moment after its checks,
/// which the search does not order.
fn without_quotas_if_there_are_copies(mut verbs: Vec<Vec<Verb>>) -> Vec<Vec<Verb>> {
    if verbs.iter().flatten().any(|verb| matches!(verb, Verb::Copy { .. })) {
        for verb in
            verbs.iter_mut().flatten().filter(|verb| matches!(verb, Verb::EngineOnly(EngineOnly::Quota(_))))
        {
            *verb = Verb::EngineOnly(EngineOnly::Bin);
        }
    }
    verbs
}

/// Runs the verbs of all threads concurrently and records the results. The last result is the final tree.
fn record(engine: &EngineReference, verbs: Vec<Vec<Verb>>) -> Vec<Vec<RecordedVerb>> {
    let (clock, n_ready, n_threads) = (&AtomicU64::new(0), &AtomicUsize::new(0), verbs.len());
    let now = || clock.fetch_add(1, Ordering::SeqCst);
    let run_one = move |verb: Verb| {
        let from = now();
        let got = engine.try_run(&verb).unwrap_or_else(|error| VerbResult::failed(&kind_of(&error)));
        RecordedVerb { verb, got, from, to: now() }
    };
    let mut history: Vec<Vec<RecordedVerb>> = std::thread::scope(|scope| {
        let threads = verbs.into_iter().map(|verbs| {
            scope.spawn(move || {
                n_ready.fetch_add(1, Ordering::SeqCst);
                while n_ready.load(Ordering::SeqCst) < n_threads {
                    std::thread::yield_now();
                }
                verbs.into_iter().map(run_one).collect()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    history.push(vec![run_one(Verb::Tree)]);
    history
}

/// Returns whether verbs of two threads overlap in time.
fn overlaps(history: &[Vec<RecordedVerb>]) -> bool {
    history.iter().enumerate().any(|(n, one)| {
        let others = history[..n].iter().flatten();
        others.into_iter().any(|other| one.iter().any(|verb| verb.from < other.to && other.from < verb.to))
    })
}

/// Formats a history for an assertion message.
fn format_history(history: &[Vec<RecordedVerb>]) -> String {
    let mut text = String::new();
    for (thread, recorded) in
        history.iter().enumerate().flat_map(|(n, all)| all.iter().map(move |one| (n, one)))
    {
        let RecordedVerb { verb, got, from, to } = recorded;
        let _ = writeln!(text, "thread {thread}, {from} to {to}: {verb:?}\n    gave {got:?}");
    }
    text
}

/// Records histories until enough overlap, and checks each.
fn check_many(all_verbs: bool, profiles: &'static [Profile]) {
    let n_rounds = env_variable("DRIVESIM_STORM", |text| text.parse().ok(), 1u64);
    let (mut n_overlapping, mut n_histories) = (0, 0);
    for seed in seed()..seed() + n_rounds {
        let (overlapping, all) = with_watchdog(move || check_round(seed, all_verbs, profiles));
        n_overlapping += overlapping;
        n_histories += all;
    }
    println!("{n_overlapping} of {n_histories} histories overlapped");
}

/// Returns the number of overlapping histories and of all histories.
fn check_round(seed: u64, all_verbs: bool, profiles: &[Profile]) -> (usize, usize) {
    let mut dice = TestRng::new(seed);
    let (mut n_overlapping, mut n_histories) = (0, 0);
    while n_overlapping < TARGET.0 && n_histories < TARGET.1 {
        let profile = dice.pick(profiles);
        let (mut engine, mut before) =
            (EngineReference::new(profile.clone(), 1), EngineReference::new(profile, usize::MAX));
        if all_verbs {
            (engine, before) = (engine.with_job(), before.with_job());
        }
        let n_threads = 2 + dice.below(2);
        let mut verbs = |n: usize| (0..n).map(|_| draw(&mut dice, all_verbs)).collect::<Vec<_>>();
        let verbs: Vec<_> = (0..n_threads).map(|thread| verbs(2 + thread)).collect();
        let verbs = without_quotas_if_there_are_copies(verbs);
        let history = record(&engine, verbs);
        engine.sim.check_invariants();
        n_histories += 1;
        n_overlapping += usize::from(overlaps(&history));
        let by_engine = is_linear(&before, &engine.start, &history);
        assert!(
            by_engine,
            "no order of one thread explains this, seed {seed}:\n{}",
            format_history(&history)
        );
        let by_model = all_verbs || is_linear(&ModelReference::new(Service::Plain), &engine.start, &history);
        assert!(by_model, "the model explains this in no order, seed {seed}:\n{}", format_history(&history));
    }
    (n_overlapping, n_histories)
}

#[test]
fn histories_of_basic_verbs_are_linearizable_on_the_engine_and_the_model() {
    check_many(false, &[Profile::PLAIN]);
}

#[test]
fn histories_of_all_verbs_are_linearizable_on_the_engine() {
    check_many(true, &[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX]);
}

/// Returns whether a history is linearizable in which one thread creates a folder and another lists the root from a
/// given time, with or without the folder.
fn is_create_and_list_linear(sees_folder: bool, from: u64) -> bool {
    let engine = EngineReference::new(Profile::PLAIN, usize::MAX);
    let mut after = engine.fork();
    let list = Verb::List(ItemAt::Path("/"));
    let create = Verb::CreateFolder(ItemAt::Path("/"), "n", Conflict::Fail);
    let created = RecordedVerb { got: after.run(&create), verb: create, from: 0, to: 3 };
    let got = if sees_folder { after.run(&list) } else { engine.fork().run(&list) };
    let history = [vec![created], vec![RecordedVerb { verb: list, got, from, to: from + 1 }]];
    let model_ref = ModelReference::new(Service::Plain);
    let (by_engine, by_model) =
        (is_linear(&engine, &engine.start, &history), is_linear(&model_ref, &engine.start, &history));
    assert_eq!(by_engine, by_model);
    by_engine
}

#[test]
fn a_listing_during_a_create_may_contain_the_folder_or_not() {
    assert!(is_create_and_list_linear(true, 1));
    assert!(is_create_and_list_linear(false, 1));
}

#[test]
fn a_listing_after_a_create_must_contain_the_folder() {
    assert!(is_create_and_list_linear(true, 4));
    assert!(!is_create_and_list_linear(false, 4));
}

#[test]
fn two_threads_cannot_both_create_the_same_folder() {
    let engine = EngineReference::new(Profile::PLAIN, usize::MAX);
    let verb = Verb::CreateFolder(ItemAt::Path("/"), "n", Conflict::Fail);
    let created =
        |id| vec![RecordedVerb { verb: verb.clone(), got: VerbResult::new("created", [id]), from: 0, to: 9 }];
    let failed =
        vec![RecordedVerb { verb: verb.clone(), got: VerbResult::failed("NameTaken"), from: 0, to: 9 }];
    assert!(!is_linear(&engine, &engine.start, &[created(1000), created(1001)]));
    assert!(!is_linear(&engine, &engine.start, &[created(engine.start[0]), failed.clone()]));
    assert!(is_linear(&engine, &engine.start, &[created(1000), failed]));
}

#[test]
fn a_copy_cannot_read_later_or_earlier_content() {
    let engine = EngineReference::new(Profile::PLAIN, usize::MAX);
    let mut after = engine.fork();
    let (write, list) = (Verb::Write(ItemAt::Path("/x"), "much longer"), Verb::List(ItemAt::Path("/c")));
    let copy = Verb::Copy { source: 2, target: 1, name: Some("n"), conflict: Conflict::Fail };
    let start = tree(&engine.sim).unwrap().0;
    let names: Vec<&str> = start.lines().collect();
    assert!(names[1].contains("\"c\"") && names[2].contains("\"x\" 4"), "{names:?}");
    let copied = after.run(&copy);
    let old = after.run(&list);
    let written = after.run(&write);
    let record = |verb: &Verb, got: &VerbResult, from, to| {
        vec![RecordedVerb { verb: verb.clone(), got: got.clone(), from, to }]
    };
    let history = |copy_from, list_from| {
        [
            record(&copy, &copied, copy_from, copy_from + 2),
            record(&write, &written, 10, 12),
            record(&list, &old, list_from, list_from + 2),
        ]
    };
    for copy_from in [0, 11] {
        assert!(is_linear(&engine, &engine.start, &history(copy_from, 20)), "copied from {copy_from} on");
    }
    // A copy that starts after the write cannot have the old content.
    assert!(!is_linear(&engine, &engine.start, &history(13, 20)));
    // The copy cannot be listed before it starts.
    assert!(!is_linear(&engine, &engine.start, &history(11, 5)));
}
