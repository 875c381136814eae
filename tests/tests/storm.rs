//! Stress tests: many threads run random verbs under a watchdog. All invariants must hold, no thread may deadlock, ids
//! must be unique, and jobs must release their locks.
//!
//! `DRIVESIM_THREADS` sets the number of threads, `DRIVESIM_STORM` the number of consecutive storms, `DRIVESIM_SEED`
//! the first seed: a number or `random`. A seed repeats the verbs, but their results depend on the scheduling of
//! threads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use drivesim::access::{Access, LockId, LockScope};
use drivesim::address::{Address, Precondition};
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::feed::ChangeToken;
use drivesim::item::{Times, Timestamp, Versions};
use drivesim::options::{MoveOptions, OnFailure, RestoreOptions, Update, Visibility};
use drivesim::profile::Service;
use drivesim::snapshot::Snapshot;
use drivesim::{Conflict, CopyOptions, Error, Item, ItemId, Job, JobStatus, Pace, Profile, Sim};
use rayon::prelude::*;

use crate::model::{env_variable, seed};
use crate::readers::check_consistent;
use crate::threads::WATCHDOG_TIMEOUT;

/// The number of verbs of each thread in one storm.
const N_VERBS: usize = 1000;
/// Maximum number of items of a copy and of a drive; beyond it, items are deleted instead of copied.
const MAX_ITEMS: (u64, u64) = (700, 3000);
/// The number of items from which Box locks the source and the target of a copy.
const N_BIG: usize = 501;
const NAMES: [&str; 10] = ["a", "A", "b", "c", "a.txt", "A.txt", "a 1.txt", "x", "x y", "a.tar.gz"];
const START: &str = "a/\n  a.txt = \"one\"\n  b/\n    c = 10 B\n    x/\nb/\n  a/\nc/\nx = 3 B\n";

/// A random number generator (splitmix64).
#[derive(Clone)]
pub(crate) struct TestRng(u64);

impl TestRng {
    pub(crate) fn new(seed: u64) -> TestRng {
        TestRng(seed)
    }

    /// Returns a number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ mixed >> 31) % n.max(1) as u64) as usize
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// The state that all threads of a storm share.
struct Storm {
    sim: Sim,
    drives: Vec<DriveRef>,
    seed: u64,
    /// The current verb of each worker, for the watchdog.
    at_work: Mutex<BTreeMap<usize, &'static str>>,
    /// A state that any worker may restore. With it, ids, jobs and locks are not checked at the end.
    before: Option<Snapshot>,
}

/// The state of one worker thread.
struct Worker {
    storm: Arc<Storm>,
    sim: Sim,
    dice: TestRng,
    known: Vec<(DriveRef, ItemId)>,
    folders: Vec<(DriveRef, ItemId)>,
    tokens: Vec<(DriveRef, ChangeToken)>,
    locks: Vec<(DriveRef, LockId)>,
    jobs: Vec<Watched>,
    report: WorkerReport,
}

/// A job and its highest percentage so far.
struct Watched {
    job: Job,
    drive: DriveRef,
    is_complete: bool,
    percent: f64,
}

/// The results of a worker.
#[derive(Default)]
struct WorkerReport {
    /// Ids of new items, which must be distinct.
    created: Vec<(DriveRef, ItemId)>,
    /// Items whose access level was set.
    restricted: Vec<(DriveRef, ItemId)>,
    n_done: BTreeMap<&'static str, u64>,
}

type Verb = fn(&mut Worker) -> Result<(), Error>;

const VERBS: [(&str, usize, Verb); 37] = [
    ("read", 14, Worker::read),
    ("create folder", 7, Worker::create_folder),
    ("create file", 8, Worker::create_file),
    ("create sized", 3, Worker::create_sized),
    ("write", 8, Worker::write),
    ("rename", 7, Worker::rename),
    ("move", 8, Worker::move_to),
    ("update", 3, Worker::update),
    ("delete", 6, Worker::delete),
    ("delete for good", 2, Worker::delete_permanently),
    ("restore", 6, Worker::restore),
    ("bin", 2, Worker::bin),
    ("purge", 2, Worker::purge),
    ("empty the bin", 1, Worker::purge_all),
    ("versions", 3, Worker::versions),
    ("restore a version", 4, Worker::restore_version),
    ("delete a version", 2, Worker::delete_version),
    ("times", 2, Worker::times),
    ("describe", 2, Worker::describe),
    ("copy", 18, Worker::copy),
    ("copy across", 10, Worker::copy_across),
    ("copy much", 3, Worker::copy_much),
    ("poll", 8, Worker::poll),
    ("step", 8, Worker::step),
    ("check jobs", 6, Worker::check_jobs),
    ("advance", 8, Worker::advance),
    ("step the clock", 2, Worker::step_clock),
    ("run until idle", 1, Worker::run_until_idle),
    ("fork", 3, Worker::fork),
    ("restore a snapshot", 2, Worker::restore_snapshot),
    ("changes", 4, Worker::changes),
    ("search", 3, Worker::search),
    ("lock", 3, Worker::lock),
    ("unlock", 5, Worker::unlock),
    ("access", 3, Worker::access),
    ("quota", 2, Worker::quota),
    ("drives", 3, Worker::drives),
];

impl Worker {
    fn new(storm: &Arc<Storm>, number: usize) -> Worker {
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
    fn run(mut self, number: usize, n_verbs: usize) -> WorkerReport {
        let total_weight: usize = VERBS.iter().map(|(_, weight, _)| weight).sum();
        for _ in 0..n_verbs {
            let mut chance = self.dice.below(total_weight);
            for (name, weight, verb) in VERBS {
                if chance < weight {
                    self.storm.at_work.lock().unwrap().insert(number, name);
                    let done = verb(&mut self).is_ok();
                    *self.report.n_done.entry(name).or_default() += u64::from(done);
                    break;
                }
                chance -= weight;
            }
        }
        while !self.locks.is_empty() {
            let _ = self.unlock();
        }
        self.finish_jobs();
        self.storm.at_work.lock().unwrap().remove(&number);
        self.report
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

    fn drive(&mut self) -> DriveRef {
        // Sometimes the drive that is added and removed.
        let extra = if self.dice.one_in(12) { self.sim.drive("extra").ok() } else { None };
        extra.unwrap_or_else(|| self.dice.pick(&self.storm.drives))
    }

    /// Returns one of few names, which cause conflicts, or one of many.
    fn name(&mut self) -> String {
        let one_of_many = self.dice.one_in(3).then(|| format!("n{}", self.dice.below(500)));
        one_of_many.unwrap_or_else(|| self.dice.pick(&NAMES).to_owned())
    }

    /// Returns a conflict behaviour, mostly one that the drive supports.
    fn conflict(&mut self, drive: &DriveRef) -> Conflict {
        let is_box = self.sim.profile_of(drive).is_ok_and(|profile| profile.service == Service::Box);
        if is_box && !self.dice.one_in(8) {
            return Conflict::Fail;
        }
        self.dice.pick(&[Conflict::Fail, Conflict::Fail, Conflict::Rename, Conflict::Replace])
    }

    /// Picks an item that this worker knows and that mostly still exists.
    fn pick_known(&mut self, from_folders: bool, drive: Option<&DriveRef>) -> Option<(DriveRef, ItemId)> {
        let is_in = |at: &DriveRef| drive.is_none_or(|drive| at.id() == drive.id());
        for _ in 0..4 {
            let known = if from_folders { &self.folders } else { &self.known };
            let numbers: Vec<usize> = (0..known.len()).filter(|n| is_in(&known[*n].0)).collect();
            if numbers.is_empty() {
                return None;
            }
            let n = self.dice.pick(&numbers);
            let known = if from_folders { &mut self.folders } else { &mut self.known };
            let (drive, id) = known[n].clone();
            if self.sim.exists(drive.at(id)) || self.dice.one_in(8) {
                return Some((drive, id));
            }
            known.swap_remove(n);
        }
        None
    }

    /// Returns the address of a known item, or sometimes and without known items, of a root.
    fn address(&mut self, from_folders: bool, drive: Option<&DriveRef>) -> (DriveRef, Address) {
        let at_root = from_folders && self.dice.one_in(6);
        let known = if at_root { None } else { self.pick_known(from_folders, drive) };
        let Some((drive, id)) = known else {
            let drive = drive.cloned().unwrap_or_else(|| self.drive());
            let address = drive.at("/");
            return (drive, address);
        };
        let mut address = drive.at(id);
        if self.dice.one_in(3)
            && let Ok(path) = self.sim.path(&address)
        {
            address = drive.at(path);
        }
        if self.dice.one_in(20) {
            let expected = [Precondition::ETag(0), Precondition::ETag(1), Precondition::CTag(0)];
            address = address.if_match(self.dice.pick(&expected));
        }
        (drive, address)
    }

    fn item(&mut self) -> Address {
        self.address(false, None).1
    }

    fn folder(&mut self) -> (DriveRef, Address) {
        self.address(true, None)
    }

    fn know(&mut self, drive: &DriveRef, id: ItemId, is_folder: bool) {
        let folders = is_folder.then_some(&mut self.folders);
        for known in [Some(&mut self.known), folders].into_iter().flatten() {
            if known.len() >= 120 {
                known.swap_remove(self.dice.below(known.len()));
            }
            known.push((drive.clone(), id));
        }
    }

    fn know_all(&mut self, drive: &DriveRef, items: &[Item]) {
        for item in items.iter().take(30) {
            self.know(drive, item.id, item.is_folder());
        }
    }

    fn read(&mut self) -> Result<(), Error> {
        let (drive, folder) = self.folder();
        let items = match self.dice.below(4) {
            0 => self.sim.children_at(&folder, 1, 20)?,
            1 => self.sim.children_after(&folder, Some("b"), 20)?.items,
            _ => self.sim.children(&folder)?,
        };
        let parents: BTreeSet<_> = items.iter().map(|item| item.parent).collect();
        assert!(parents.len() <= 1 && !parents.contains(&None), "children of several folders");
        self.know_all(&drive, &items);
        let item = self.item();
        self.sim.totals(&item)?;
        self.sim.path(&item)?;
        if !self.sim.item(&item)?.is_folder() {
            self.sim.content(&item)?;
        }
        Ok(())
    }

    fn record_created(
        &mut self,
        drive: DriveRef,
        created: Result<ItemId, Error>,
        conflict: Conflict,
        is_folder: bool,
    ) {
        let Ok(id) = created else { return };
        self.know(&drive, id, is_folder);
        if conflict != Conflict::Replace {
            self.report.created.push((drive, id));
        }
    }

    fn create_folder(&mut self) -> Result<(), Error> {
        let ((drive, folder), name) = (self.folder(), self.name());
        let conflict = self.conflict(&drive);
        let created = self.sim.create_folder_with(folder, &name, conflict);
        self.record_created(drive, created.clone(), conflict, true);
        created.map(drop)
    }

    fn create_file(&mut self) -> Result<(), Error> {
        let ((drive, folder), name) = (self.folder(), self.name());
        let conflict = self.conflict(&drive);
        let created = self.sim.create_file_with(folder, &name, "text", conflict);
        self.record_created(drive, created.clone(), conflict, false);
        created.map(drop)
    }

    fn create_sized(&mut self) -> Result<(), Error> {
        let ((drive, folder), name) = (self.folder(), self.name());
        let size = self.dice.pick(&[0, 7, 1 << 20, 1 << 63]);
        let created = self.sim.create_sized(folder, &name, size);
        self.record_created(drive, created.clone(), Conflict::Fail, false);
        created.map(drop)
    }

    fn write(&mut self) -> Result<(), Error> {
        let address = match self.dice.below(3) {
            0 => {
                let (drive, name) = (self.drive(), self.name());
                drive.at(format!("/a/{name}"))
            }
            _ => self.item(),
        };
        let text = "text ".repeat(self.dice.below(9));
        self.sim.write(address, text.as_str()).map(drop)
    }

    fn rename(&mut self) -> Result<(), Error> {
        let (item, name) = (self.item(), self.name());
        self.sim.rename(item, &name)
    }

    fn move_to(&mut self) -> Result<(), Error> {
        let (drive, item) = self.address(false, None);
        let conflict = self.conflict(&drive);
        let drive = if self.dice.one_in(10) { None } else { Some(&drive) };
        let target = self.address(true, drive).1;
        let name = if self.dice.one_in(2) { Some(self.name()) } else { None };
        let mut options = MoveOptions::from(conflict);
        options.name = name;
        self.sim.move_to_with(item, target, options)
    }

    fn update(&mut self) -> Result<(), Error> {
        let (drive, item) = self.address(false, None);
        let mut update = Update::default().on_conflict(self.conflict(&drive)).description("about");
        if self.dice.one_in(2) {
            update = update.name(self.name());
        }
        if self.dice.one_in(2) {
            update = update.parent(self.address(true, Some(&drive)).1);
        }
        if self.dice.one_in(2) {
            let fs_modified_at = Some(self.sim.now());
            update = update.times(Times { fs_modified_at, ..Times::default() });
        }
        self.sim.update(item, update)
    }

    /// Returns an item to delete, rarely one with many items below it, so that the drive does not become empty.
    fn victim(&mut self) -> Address {
        let item = self.item();
        let is_large = self.sim.totals(&item).is_ok_and(|below| below.files + below.folders > 4);
        if is_large && !self.dice.one_in(12) { self.item() } else { item }
    }

    fn delete(&mut self) -> Result<(), Error> {
        let item = self.victim();
        self.sim.delete(item)
    }

    fn delete_permanently(&mut self) -> Result<(), Error> {
        let item = self.victim();
        self.sim.delete_permanently(item)
    }

    fn binned(&mut self) -> Result<(DriveRef, ItemId), Error> {
        let drive = self.drive();
        let bin = self.sim.bin(&drive)?;
        let nothing = || self.sim.item("/nothing").map(|item| item.id);
        let id = if bin.is_empty() { nothing()? } else { self.dice.pick(&bin).item.id };
        Ok((drive, id))
    }

    fn restore(&mut self) -> Result<(), Error> {
        let (drive, id) = self.binned()?;
        if self.dice.one_in(2) {
            return self.sim.restore_item(drive.at(id));
        }
        let folder = self.address(true, Some(&drive)).1;
        let conflict = self.conflict(&drive);
        let name = if self.dice.one_in(2) { Some(self.name()) } else { None };
        let mut options = RestoreOptions::to(folder).on_conflict(conflict);
        options.name = name;
        self.sim.restore_item_with(drive.at(id), options)
    }

    fn bin(&mut self) -> Result<(), Error> {
        let (drive, id) = self.binned()?;
        self.sim.bin_item(drive.at(id)).map(drop)
    }

    fn purge(&mut self) -> Result<(), Error> {
        let (drive, id) = self.binned()?;
        self.sim.purge(drive.at(id))
    }

    fn purge_all(&mut self) -> Result<(), Error> {
        let drive = self.drive();
        self.sim.purge_all(&drive)
    }

    fn versions(&mut self) -> Result<(), Error> {
        let file = self.item();
        let versions = self.sim.versions(&file)?;
        let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
        assert!(versions[0].is_current, "the first version is not the current one");
        assert!(numbers.windows(2).all(|two| two[0] > two[1]), "versions out of order: {numbers:?}");
        let number = self.dice.pick(&numbers);
        self.sim.version_content(file, number).map(drop)
    }

    /// Returns a file and the number of one of its versions.
    fn past_version(&mut self) -> Result<(Address, u32), Error> {
        let file = self.item();
        if self.dice.one_in(2) {
            self.sim.write(&file, "another text")?;
        }
        let versions = self.sim.versions(&file)?;
        let number = self.dice.pick(&versions).number;
        Ok((file, number))
    }

    fn restore_version(&mut self) -> Result<(), Error> {
        let (file, number) = self.past_version()?;
        self.sim.restore_version(file, number)
    }

    fn delete_version(&mut self) -> Result<(), Error> {
        let (file, number) = self.past_version()?;
        self.sim.delete_version(file, number)
    }

    fn times(&mut self) -> Result<(), Error> {
        let item = self.item();
        let times = Times { fs_modified_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() };
        self.sim.set_times(item, times)
    }

    fn describe(&mut self) -> Result<(), Error> {
        let (item, text) = (self.item(), self.dice.pick(&["", "short", "long and wide"]));
        self.sim.set_description(item, text)
    }

    fn options(&mut self, to: &DriveRef) -> CopyOptions {
        let mut options = CopyOptions::default().on_conflict(self.conflict(to));
        options.children_only = self.dice.one_in(5);
        if !options.children_only && self.dice.one_in(2) {
            options.name = Some(self.name());
        }
        let versions = [Versions::Current, Versions::Current, Versions::All, Versions::Number(1)];
        options.versions = self.dice.pick(&versions);
        options.visibility =
            Some(if self.dice.one_in(4) { Visibility::OnCompletion } else { Visibility::Gradual });
        options.on_failure = Some(if self.dice.one_in(3) { OnFailure::Remove } else { OnFailure::Keep });
        options.pace(self.dice.pick(&[
            Pace::Instant,
            Pace::Instant,
            Pace::Held,
            Pace::Polls(1),
            Pace::Polls(3),
            Pace::items_per_second(2),
            Pace::items_per_second(1000),
            Pace::BytesPerSecond(5),
            Pace::After(Duration::ZERO),
            Pace::After(Duration::from_secs(3)),
        ]))
    }

    /// Copies an item, or deletes one permanently if there are too many.
    fn copy_of(&mut self, source: Address, to: DriveRef, target: Address) -> Result<(), Error> {
        let below = self.sim.totals(&source)?;
        let all = self.sim.totals(to.at("/"))?;
        if below.files + below.folders > MAX_ITEMS.0 || all.files + all.folders > MAX_ITEMS.1 {
            let children = self.sim.children(to.at("/"))?;
            return if children.is_empty() {
                Ok(())
            } else {
                self.sim.delete_permanently(to.at(self.dice.pick(&children).id))
            };
        }
        let options = self.options(&to);
        let is_complete = !options.children_only;
        let job = self.sim.copy(source, target, options)?;
        self.jobs.push(Watched { job, drive: to, is_complete, percent: 0.0 });
        Ok(())
    }

    fn copy(&mut self) -> Result<(), Error> {
        let (drive, source) = self.address(false, None);
        let target = self.address(true, Some(&drive)).1;
        self.copy_of(source, drive, target)
    }

    fn copy_across(&mut self) -> Result<(), Error> {
        let source = self.item();
        let (drive, target) = self.folder();
        self.copy_of(source, drive, target)
    }

    fn copy_much(&mut self) -> Result<(), Error> {
        let from = self.drive();
        if self.sim.children(from.at("/big")).is_err() {
            let _ = self.sim.delete_permanently(from.at("/big"));
            create_big_folder(&self.sim, &from);
        }
        let (drive, target) = self.folder();
        self.copy_of(from.at("/big"), drive, target)
    }

    /// Picks a job of this worker, or sometimes of any.
    fn job(&mut self) -> Option<Job> {
        if self.dice.one_in(3) {
            let jobs = self.sim.jobs();
            return (!jobs.is_empty()).then(|| self.dice.pick(&jobs));
        }
        if self.jobs.is_empty() {
            return None;
        }
        // Mostly a recent one, which is likely to be running.
        let n = self.dice.below(self.jobs.len().min(6));
        let at = self.jobs.len() - 1 - n;
        Some(self.jobs[at].job.clone())
    }

    fn poll(&mut self) -> Result<(), Error> {
        if let Some(job) = self.job() {
            job.poll();
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), Error> {
        let n_items = self.dice.below(40);
        self.job().map_or(Ok(()), |job| job.step(n_items).map(drop))
    }

    fn check_jobs(&mut self) -> Result<(), Error> {
        let may_restore = self.storm.before.is_some();
        for watched in &mut self.jobs {
            let report = watched.job.report();
            assert!(may_restore || report.percent.as_f64() >= watched.percent, "a percentage decreased");
            watched.percent = report.percent.as_f64();
            let done = report.status == JobStatus::Completed;
            assert_eq!((done, done), (report.item().is_some(), report.percent.as_f64() == 100.0));
            assert_eq!(report.status == JobStatus::Failed, report.error().is_some());
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<(), Error> {
        // Sometimes long enough that items in bins expire.
        let max_millis = if self.dice.one_in(30) { 40 * 24 * 3600 * 1000 } else { 2000 };
        self.sim.advance(Duration::from_millis(self.dice.below(max_millis) as u64))
    }

    fn step_clock(&mut self) -> Result<(), Error> {
        self.sim.step_clock();
        Ok(())
    }

    fn run_until_idle(&mut self) -> Result<(), Error> {
        self.sim.run_until_idle();
        Ok(())
    }

    /// Checks a fork, runs its jobs to their end and checks it again.
    fn fork(&mut self) -> Result<(), Error> {
        let fork = self.sim.fork();
        fork.check_invariants();
        check_consistent(&fork);
        fork.run_until_idle();
        finish_all(&fork);
        fork.check_invariants();
        check_consistent(&fork);
        Ok(())
    }

    /// Restores the shared state if the storm has one, or else a snapshot of a fork.
    fn restore_snapshot(&mut self) -> Result<(), Error> {
        if let Some(before) = &self.storm.before {
            self.sim.restore(before);
            return Ok(());
        }
        let fork = self.sim.fork();
        let (before, outline) = (fork.snapshot(), fork.outline());
        let storm = Storm {
            sim: fork.clone(),
            drives: self.storm.drives.clone(),
            seed: self.dice.below(usize::MAX) as u64,
            at_work: Mutex::default(),
            before: Some(before.clone()),
        };
        Worker::new(&Arc::new(storm), 0).run_without_forks(8);
        fork.check_invariants();
        fork.restore(&before);
        fork.check_invariants();
        assert_eq!(fork.outline(), outline, "the restored state differs from the snapshot");
        Ok(())
    }

    fn run_without_forks(mut self, n_verbs: usize) {
        for _ in 0..n_verbs {
            let (name, _, verb) = self.dice.pick(&VERBS);
            if name != "fork" {
                let _ = verb(&mut self);
            }
        }
    }

    fn changes(&mut self) -> Result<(), Error> {
        let drive = self.drive();
        let token = self.tokens.iter().position(|(at, _)| at.id() == drive.id());
        let token = token.map(|at| self.tokens.swap_remove(at).1);
        let changes = self.sim.changes(&drive, token, 50)?;
        let ids: BTreeSet<ItemId> = changes.changes.iter().map(changed).collect();
        assert_eq!(ids.len(), changes.changes.len(), "an item is listed twice");
        self.tokens.push((drive, changes.token));
        Ok(())
    }

    fn search(&mut self) -> Result<(), Error> {
        let (drive, folder) = self.folder();
        let found = self.sim.search_at(folder, "A", 1, 30)?;
        assert!(found.iter().all(|item| item.name.to_lowercase().contains('a')));
        self.know_all(&drive, &found);
        Ok(())
    }

    fn lock(&mut self) -> Result<(), Error> {
        let (drive, item) = self.address(false, None);
        let scope = self.dice.pick(&[LockScope::Item, LockScope::Tree]);
        let lock = self.sim.lock(item, scope)?;
        self.locks.push((drive, lock));
        Ok(())
    }

    fn unlock(&mut self) -> Result<(), Error> {
        let (drive, lock) = match self.locks.pop() {
            Some(locked) => locked,
            None => return Ok(()),
        };
        self.sim.unlock(&drive, lock)
    }

    fn access(&mut self) -> Result<(), Error> {
        let (drive, item) = self.address(false, None);
        let id = self.sim.item(&item)?.id;
        let level = self.dice.pick(&[Some(Access::Read), Some(Access::None), Some(Access::Write), None]);
        self.report.restricted.push((drive.clone(), id));
        self.sim.set_access(drive.at(id), level)?;
        // Mostly reset at once, so that enough items stay writable.
        if !self.dice.one_in(4) {
            self.sim.access(drive.at(id))?;
            self.sim.set_access(drive.at(id), None)?;
        }
        Ok(())
    }

    fn quota(&mut self) -> Result<(), Error> {
        let drive = self.drive();
        let total = self.dice.pick(&[None, None, None, Some(2000), Some(1 << 40)]);
        self.sim.set_quota(&drive, total)?;
        let quota = self.sim.quota(&drive)?;
        assert!(quota.total.is_none_or(|total| quota.remaining <= total));
        if self.dice.one_in(6) { Ok(()) } else { self.sim.set_quota(&drive, None) }
    }

    fn drives(&mut self) -> Result<(), Error> {
        if self.dice.one_in(2) {
            return self.sim.remove_drive(self.sim.drive("extra")?);
        }
        let drive = self.sim.add_drive(DriveSpec::new("extra").profile(profile(&mut self.dice)))?;
        self.know(&drive, self.sim.item(drive.at("/"))?.id, true);
        Ok(())
    }
}

fn changed(change: &drivesim::feed::Change) -> ItemId {
    match change {
        drivesim::feed::Change::Changed(item) => item.id,
        drivesim::feed::Change::Deleted(tombstone) => tombstone.id,
    }
}

/// Creates a folder with enough items that Box locks the source and the target of a copy. Other threads may create or
/// lock it first.
fn create_big_folder(sim: &Sim, drive: &DriveRef) {
    let _ = sim.create_folder(drive.at("/"), "big");
    for number in 0..N_BIG {
        let _ = sim.create_sized(drive.at("/big"), &number.to_string(), 1);
    }
}

fn profile(dice: &mut TestRng) -> Profile {
    dice.pick(&[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX])
}

/// Runs a job to its end.
fn finish(sim: &Sim, job: &Job) {
    match job.pace() {
        Pace::Held => drop(job.step(usize::MAX).unwrap()),
        Pace::Polls(n) => (0..n).for_each(|_| drop(job.poll())),
        _ => sim.run_until_idle(),
    }
}

fn finish_all(sim: &Sim) {
    sim.run_until_idle();
    sim.jobs().iter().for_each(|job| finish(sim, job));
    for job in sim.jobs() {
        let is_over = matches!(job.status(), JobStatus::Completed | JobStatus::Failed);
        assert!(is_over, "job {} at the pace {} does not end", job.number(), job.pace());
    }
}

impl Storm {
    fn new(seed: u64, has_snapshot: bool) -> Storm {
        let mut dice = TestRng::new(seed);
        let from = dice.pick(&[1, 100, usize::MAX]);
        let builder = Sim::builder().profile(profile(&mut dice)).parallel_from(from).threads(2);
        let sim = builder.id_seed(seed).outline(START).build().unwrap();
        // One of the two drives locks the source and the target of large copies.
        let two = sim.add_drive(DriveSpec::new("two").profile(Profile::BOX)).unwrap();
        for name in ["a", "b"] {
            sim.create_folder(two.at("/"), name).unwrap();
        }
        let drives = vec![sim.drive("drive").unwrap(), two];
        drives.iter().for_each(|drive| create_big_folder(&sim, drive));
        let before = has_snapshot.then(|| sim.snapshot());
        Storm { sim, drives, seed, at_work: Mutex::default(), before }
    }

    /// Checks the final state, and returns how often each verb succeeded.
    fn check(&self, reports: Vec<WorkerReport>) -> BTreeMap<&'static str, u64> {
        let sim = &self.sim;
        finish_all(sim);
        sim.check_invariants();
        let mut n_done = BTreeMap::new();
        let mut created: Vec<(DriveRef, ItemId)> = Vec::new();
        for report in reports {
            for (drive, id) in report.restricted {
                let _ = sim.set_access(drive.at(id), None);
            }
            created.extend(report.created);
            for (name, n) in report.n_done {
                *n_done.entry(name).or_default() += n;
            }
        }
        check_consistent(sim);
        if self.before.is_none() {
            let n_created = created.len();
            let distinct: BTreeSet<_> =
                created.iter().map(|(drive, id)| (drive.id().to_string(), *id)).collect();
            assert_eq!(distinct.len(), n_created, "an id is not unique");
            check_unlocked(&sim.fork());
        }
        n_done
    }
}

/// Checks that nothing is locked: deletes all items of all drives and copies into the roots, which locks would prevent.
pub(crate) fn check_unlocked(fork: &Sim) {
    for drive in fork.drives() {
        fork.set_quota(&drive, None).unwrap();
        for child in fork.children(drive.at("/")).unwrap() {
            fork.delete_permanently(drive.at(child.id)).unwrap();
        }
        let folder = fork.create_folder(drive.at("/"), "folder").unwrap();
        fork.copy(drive.at(folder), drive.at("/"), CopyOptions::named("copy")).unwrap();
        fork.move_to_with(drive.at(folder), drive.at("/copy"), Conflict::Fail).unwrap();
    }
}

/// Runs and checks a storm with a watchdog. A deadlock aborts the process, since its threads cannot be stopped.
fn run_watched(
    storm: Storm,
    run: impl FnOnce(&Arc<Storm>) -> Vec<WorkerReport> + Send + 'static,
) -> BTreeMap<&'static str, u64> {
    let storm = Arc::new(storm);
    let (sender, receiver) = std::sync::mpsc::channel();
    let worker = std::thread::spawn({
        let storm = storm.clone();
        move || {
            let reports = run(&storm);
            sender.send(storm.check(reports)).unwrap();
        }
    });
    match receiver.recv_timeout(WATCHDOG_TIMEOUT) {
        Ok(n_done) => n_done,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
            let at_work = format!("{:?}", storm.at_work.lock().unwrap());
            let seed = storm.seed;
            let _ = writeln!(std::io::stderr(), "a deadlock: DRIVESIM_SEED={seed}, at work: {at_work}");
            std::process::abort()
        }
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            let _ = writeln!(std::io::stderr(), "DRIVESIM_SEED={}", storm.seed);
            std::panic::resume_unwind(worker.join().unwrap_err())
        }
    }
}

/// Runs the requested number of storms with consecutive seeds, and prints how often each verb succeeded.
fn storms(run_one: impl Fn(u64) -> BTreeMap<&'static str, u64>) {
    let n_storms = env_variable("DRIVESIM_STORM", |text| text.parse().ok(), 1u64);
    let mut n_done: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in seed()..seed() + n_storms {
        for (name, n) in run_one(seed) {
            *n_done.entry(name).or_default() += n;
        }
    }
    let mut text = String::new();
    for (name, n) in &n_done {
        let _ = write!(text, "{name}: {n}, ");
    }
    println!("{text}");
}

fn n_threads() -> usize {
    env_variable("DRIVESIM_THREADS", |text| text.parse().ok(), 8)
}

/// Runs a storm on `n_threads` threads.
fn by_threads(storm: &Arc<Storm>) -> Vec<WorkerReport> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads())
            .map(|number| scope.spawn(move || Worker::new(storm, number).run(number, N_VERBS)))
            .collect();
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        ended
            .into_iter()
            .map(|report| report.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Runs a storm in nested parallel iterators. A thread that waits for the inner one may run other tasks.
fn by_iterators(storm: &Arc<Storm>) -> Vec<WorkerReport> {
    let outer = (0..n_threads()).into_par_iter();
    outer
        .flat_map(|outer| {
            (0..4).into_par_iter().map(move |inner| {
                let number = outer * 4 + inner;
                Worker::new(storm, number).run(number, N_VERBS / 8)
            })
        })
        .collect()
}

#[test]
fn a_storm_of_threads_keeps_all_invariants() {
    storms(|seed| run_watched(Storm::new(seed, false), by_threads));
}

/// With several threads, the scheduling decides how often a verb fails, so a storm only prints the counts. A single
/// thread is deterministic.
#[test]
fn a_single_thread_succeeds_with_every_verb() {
    let n_done = run_watched(Storm::new(1, false), |storm| vec![Worker::new(storm, 0).run(0, 8 * N_VERBS)]);
    let never = VERBS.iter().map(|(name, ..)| name).filter(|name| n_done.get(*name).is_none_or(|n| *n == 0));
    assert_eq!(never.collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn a_storm_in_a_small_rayon_pool_keeps_all_invariants() {
    storms(|seed| {
        run_watched(Storm::new(seed, false), |storm| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
            pool.install(|| by_iterators(storm))
        })
    });
}

#[test]
fn a_storm_in_the_global_rayon_pool_keeps_all_invariants() {
    storms(|seed| run_watched(Storm::new(seed, false), by_iterators));
}

#[test]
fn a_storm_with_restored_snapshots_keeps_all_invariants() {
    storms(|seed| run_watched(Storm::new(seed, true), by_threads));
}
