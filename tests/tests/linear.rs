//! Small histories of a few threads on one small drive, recorded and checked for linearizability: there must be an
//! order of the verbs that no thread could tell from what happened, which gives the same results when one thread does
//! them, on a fork of the start and, where its verbs suffice, on the model.
//!
//! A copy is no single moment, and nobody says so: it is allowed at one, its source is seen at a second, it appears at
//! a third. The order is looked for with these three.
//!
//! `DRIVESIM_STORM` sets for how many times as many histories this is done, `DRIVESIM_SEED` the seed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use drivesim::{
    Access, Address, Change, ChangeToken, Conflict, CopyOptions, Error, Item, ItemId, ItemKind, Job,
    LockScope, Pace, Profile, Sim, outline,
};
use drivesim_testkit::Model;
use drivesim_testkit::model::{Call, CopyWish, Expected, JobState, Key, Place, Service};

use crate::kinds::{kind_of, name_of};
use crate::model::{seed, variable};
use crate::storm::Dice;
use crate::threads::with_watchdog;

/// All items there are at the start, in order: a, c, x, then what is in c, then what is in a, then in a/b.
const START: &str = "a/\n  b/\n    y = \"two\"\n  x = \"one\"\nc/\n  x = \"three\"\nx = \"four\"\n";
const PATHS: [&str; 9] = ["/", "/a", "/a/b", "/a/x", "/a/b/y", "/c", "/c/x", "/x", "/c/b"];
const NAMES: [&str; 4] = ["x", "b", "n", "y"];
/// How many items there are at the start.
const N_START: usize = 7;
/// How many histories with verbs that overlapped are wanted, and how many histories are tried at most: whether threads
/// meet is chance.
const WANTED: (usize, usize) = (250, 2500);

/// Names an item: by path, or as one of those that were there at the start.
#[derive(Clone, Copy, Debug)]
enum At {
    Path(&'static str),
    Start(usize),
}

#[derive(Clone, Debug)]
enum Verb {
    CreateFolder(At, &'static str, Conflict),
    CreateFile(At, &'static str, &'static str, Conflict),
    Write(At, &'static str),
    Rename(At, &'static str),
    Move(At, At, Option<&'static str>, Conflict),
    Delete(At),
    Copy {
        source: usize,
        target: usize,
        name: Option<&'static str>,
        conflict: Conflict,
    },
    Item(At),
    List(At),
    /// Looks at everything; nobody else is at work.
    Tree,
    /// What the model does not know.
    More(More),
}

#[derive(Clone, Debug)]
enum More {
    DeleteForGood(At),
    Restore(usize, Conflict),
    Purge(usize),
    Bin,
    Versions(At),
    RestoreVersion(At),
    Describe(At, &'static str),
    Tags(At),
    Access(At, Option<Access>),
    Lock(At),
    Quota(Option<u64>),
    Search(At),
    Changes,
    Step(usize),
}

/// What came of a verb: all but ids, and the ids.
#[derive(Clone, Debug, PartialEq)]
struct Got {
    text: String,
    ids: Vec<u64>,
}

impl Got {
    fn new(text: impl Into<String>, ids: impl IntoIterator<Item = u64>) -> Got {
        Got { text: text.into(), ids: ids.into_iter().collect() }
    }

    fn refused(why: &str) -> Got {
        Got::new(format!("refused: {why}"), [])
    }
}

/// A verb with what came of it, when it began and when it was over.
#[derive(Clone, Debug)]
struct Recorded {
    verb: Verb,
    got: Got,
    from: u64,
    to: u64,
}

/// How a copy ended; refused by the call, or done, or failed.
type Copied = Result<Result<u64, String>, String>;

/// What is copied: an item, or what was seen of one earlier.
#[derive(Clone, Copy)]
enum From {
    Own(u64),
    Seen(usize),
}

/// Something that does the verbs one after the other.
trait Reference {
    fn twin(&self) -> Self;
    fn start_ids(&self) -> Vec<u64>;
    fn run(&mut self, verb: &Verb) -> Got;
    fn copy(&mut self, from: From, target: u64, name: Option<&str>, conflict: Conflict) -> Copied;
    /// Keeps what is now seen of an item in a drive of its own.
    fn keep(&mut self, source: u64, number: usize);
}

/// A simulator, and the items there were at the start.
struct Real {
    sim: Sim,
    start: Vec<u64>,
    /// The moment of the start. Without it all items are listed first, by their place, which a copy takes early.
    token: ChangeToken,
    /// A copy that is at work from the start on.
    job: Option<Job>,
}

impl Real {
    /// Makes the start; copies of so many items and more are made in other threads, so that who asks for them gives way
    /// to others in the midst of it.
    fn new(profile: Profile, parallel_from: usize) -> Real {
        let builder = Sim::builder().profile(profile).outline(START);
        let sim = builder.parallel_from(parallel_from).build().unwrap();
        let start = tree(&sim).unwrap().1;
        assert_eq!(start.len(), N_START);
        let token = sim.change_token("/").unwrap();
        Real { sim, start, token, job: None }
    }

    /// Lets a copy of `/a` to `/c` begin; what it has made so far is the last of the items at the start.
    fn with_job(mut self) -> Real {
        let (options, held) = (CopyOptions::named("n").on_conflict(Conflict::Fail), Pace::Held);
        let job = self.sim.copy("/a", "/c", options.pace(held)).unwrap();
        job.step(1).unwrap();
        self.start.push(self.sim.item("/c/n").unwrap().id.to_bits());
        Real { job: Some(job), ..self }
    }

    fn id(&self, n: usize) -> ItemId {
        ItemId::from_bits(self.start[n])
    }

    fn at(&self, at: At) -> Address {
        match at {
            At::Path(path) => Address::from(path),
            At::Start(n) => Address::from(self.id(n)),
        }
    }

    fn try_run(&self, verb: &Verb) -> Result<Got, Error> {
        let (sim, done) = (&self.sim, Got::new("done", []));
        let made = |id: ItemId| Got::new("made", [id.to_bits()]);
        Ok(match verb {
            Verb::CreateFolder(at, name, conflict) => {
                made(sim.create_folder_or(self.at(*at), name, *conflict)?)
            }
            Verb::CreateFile(at, name, text, conflict) => {
                made(sim.create_file_or(self.at(*at), name, *text, *conflict)?)
            }
            Verb::Write(at, text) => made(sim.write(self.at(*at), *text)?),
            Verb::Rename(at, name) => sim.rename(self.at(*at), name).map(|()| done)?,
            Verb::Move(at, to, name, conflict) => {
                sim.move_to_or(self.at(*at), self.at(*to), *name, *conflict).map(|()| done)?
            }
            Verb::Delete(at) => sim.delete(self.at(*at)).map(|()| done)?,
            Verb::Copy { source, target, name, conflict } => {
                copied(self.copied(self.id(*source), self.id(*target), *name, *conflict))
            }
            Verb::Item(at) => {
                let item = sim.item(self.at(*at))?;
                let ids = [Some(item.id), item.parent].into_iter().flatten().map(ItemId::to_bits);
                Got::new(shown(&item.name, item.kind, item.size), ids)
            }
            Verb::List(at) => listed(&sim.children(self.at(*at))?),
            Verb::Tree => {
                let (mut text, ids) = tree(sim)?;
                if let Some(job) = &self.job {
                    // A job hears a moment later that what it has made was deleted, so it is not looked at before.
                    let report = job.report();
                    let why = report.error.map(|error| kind_of(&error));
                    text += &format!("{:?} {} {why:?}", report.status, report.percent_complete);
                }
                Got::new(text, ids)
            }
            Verb::More(more) => self.try_more(more)?,
        })
    }

    fn try_more(&self, more: &More) -> Result<Got, Error> {
        let (sim, done) = (&self.sim, Got::new("done", []));
        Ok(match more {
            More::DeleteForGood(at) => sim.delete_permanently(self.at(*at)).map(|()| done)?,
            More::Restore(n, conflict) => {
                sim.restore_item_to(self.id(*n), None, None, *conflict).map(|()| done)?
            }
            More::Purge(n) => sim.purge(self.id(*n)).map(|()| done)?,
            More::Bin => listed(&sim.bin("/")?.into_iter().map(|binned| binned.item).collect::<Vec<_>>()),
            More::Versions(at) => {
                let versions = sim.versions(self.at(*at))?;
                let text = versions.iter().fold(String::new(), |text, version| {
                    format!("{text}{} {} {}, ", version.number, version.size, version.is_current)
                });
                Got::new(text, [])
            }
            More::RestoreVersion(at) => sim.restore_version(self.at(*at), 1).map(|()| done)?,
            More::Describe(at, text) => sim.set_description(self.at(*at), text).map(|()| done)?,
            More::Tags(at) => {
                let item = sim.item(self.at(*at))?;
                let (etag, ctag, about) = (item.etag, item.ctag, item.description);
                Got::new(format!("{} {etag} {ctag} {about:?}", item.version), [item.id.to_bits()])
            }
            More::Access(at, level) => sim.set_access(self.at(*at), *level).map(|()| done)?,
            More::Lock(at) => sim.lock(self.at(*at), LockScope::Item).map(|_| done)?,
            More::Quota(total) => {
                sim.set_quota("/", *total)?;
                done
            }
            More::Step(n_items) => {
                self.job.iter().for_each(|job| drop(job.step(*n_items).unwrap()));
                done
            }
            More::Search(at) => listed(&sim.search(self.at(*at), "x")?),
            More::Changes => {
                let changes = sim.changes("/", Some(self.token), 100)?.changes;
                let told = changes.iter().map(|change| match change {
                    Change::Changed(item) => (shown(&item.name, item.kind, item.size), item.id),
                    Change::Deleted(gone) => (format!("{:?} is gone", gone.name), gone.id),
                });
                let (text, ids): (Vec<String>, Vec<u64>) =
                    told.map(|(text, id)| (text, id.to_bits())).unzip();
                Got::new(text.join(", "), ids)
            }
        })
    }

    fn copied(&self, from: impl Into<Address>, to: ItemId, name: Option<&str>, conflict: Conflict) -> Copied {
        let mut options = CopyOptions::default().on_conflict(conflict).pace(Pace::Instant);
        options.name = name.map(str::to_owned);
        let job = self.sim.copy(from, to, options).map_err(|error| kind_of(&error))?;
        Ok(job.outcome().unwrap().map(ItemId::to_bits).map_err(|error| kind_of(&error)))
    }
}

fn copied(copied: Copied) -> Got {
    match copied {
        Err(why) => Got::refused(&why),
        Ok(Err(why)) => Got::new(format!("failed: {why}"), []),
        Ok(Ok(id)) => Got::new("completed", [id]),
    }
}

fn shown(name: &str, kind: ItemKind, size: u64) -> String {
    format!("{kind} {name:?} {size}")
}

fn listed(items: &[Item]) -> Got {
    let text = items
        .iter()
        .fold(String::new(), |text, item| format!("{text}{}, ", shown(&item.name, item.kind, item.size)));
    Got::new(text, items.iter().map(|item| item.id.to_bits()))
}

/// Returns all items of the first drive, and their ids.
fn tree(sim: &Sim) -> Result<(String, Vec<u64>), Error> {
    let (mut text, mut ids) = (String::new(), Vec::new());
    let mut folders = vec![sim.item("/")?];
    while let Some(folder) = folders.pop() {
        for child in sim.children(folder.id)? {
            let _ = writeln!(text, "{}", shown(&child.name, child.kind, child.size));
            ids.push(child.id.to_bits());
            folders.extend(Some(child).filter(Item::is_folder));
        }
    }
    Ok((text, ids))
}

impl Reference for Real {
    fn twin(&self) -> Real {
        let sim = self.sim.fork();
        let job = self.job.as_ref().and_then(|job| sim.job(job.id()));
        Real { sim, start: self.start.clone(), token: self.token, job }
    }

    fn start_ids(&self) -> Vec<u64> {
        self.start.clone()
    }

    fn run(&mut self, verb: &Verb) -> Got {
        self.try_run(verb).unwrap_or_else(|error| Got::refused(&kind_of(&error)))
    }

    fn copy(&mut self, from: From, target: u64, name: Option<&str>, conflict: Conflict) -> Copied {
        let from = match from {
            From::Own(id) => Address::from(ItemId::from_bits(id)),
            From::Seen(number) => {
                let drive = self.sim.drive(&number.to_string()).unwrap();
                drive.at(self.sim.children(drive.at("/")).unwrap()[0].id)
            }
        };
        self.copied(from, ItemId::from_bits(target), name, conflict)
    }

    fn keep(&mut self, source: u64, number: usize) {
        let drive = self.sim.add_drive(&number.to_string(), Profile::PLAIN).unwrap();
        self.sim.copy(ItemId::from_bits(source), drive.at("/"), CopyOptions::default()).unwrap();
    }
}

/// The model, and the items there were at the start.
struct Naive {
    model: Model,
    start: Vec<Key>,
}

impl Naive {
    fn new(service: Service) -> Naive {
        let lines = &outline::parse(START).unwrap().drives[0].lines;
        let mut naive = Naive { model: Model::holding(service, lines), start: Vec::new() };
        naive.start = naive.tree().ids;
        naive
    }

    fn root(&self) -> Key {
        self.model.drives[0].root
    }

    fn place(&self, at: At) -> Place {
        match at {
            At::Path(path) => Place::Path(0, path.to_owned()),
            At::Start(n) => Place::Id(0, self.start[n]),
        }
    }

    fn shown(&self, key: Key) -> String {
        let item = &self.model.items[&key];
        shown(&item.name, item.kind, self.model.size(key) as u64)
    }

    fn tree(&self) -> Got {
        let (mut text, mut ids) = (String::new(), Vec::new());
        let mut folders = vec![self.root()];
        while let Some(folder) = folders.pop() {
            for child in self.model.visible_children(folder) {
                let _ = writeln!(text, "{}", self.shown(child));
                ids.push(child);
                folders.extend(Some(child).filter(|child| self.is_folder(*child)));
            }
        }
        Got::new(text, ids)
    }

    fn is_folder(&self, key: Key) -> bool {
        self.model.items[&key].kind == ItemKind::Folder
    }

    /// Finds an item as the model does.
    fn find(&self, at: At) -> Option<Key> {
        let key = match at {
            At::Start(n) => self.start[n],
            At::Path(path) => {
                path.split('/').filter(|name| !name.is_empty()).try_fold(self.root(), |at, name| {
                    let children = self.model.visible_children(at);
                    children.into_iter().find(|child| self.model.items[child].name == name)
                })?
            }
        };
        self.model.visible(key).map(|_| key)
    }

    fn look(&self, verb: &Verb) -> Option<Got> {
        let not_found = || Got::refused("NotFound");
        Some(match verb {
            Verb::Tree => self.tree(),
            Verb::Item(at) => self.find(*at).map_or_else(not_found, |key| {
                Got::new(self.shown(key), [Some(key), self.model.items[&key].parent].into_iter().flatten())
            }),
            Verb::List(at) => match self.find(*at) {
                None => not_found(),
                Some(key) if !self.is_folder(key) => Got::refused("NotAFolder"),
                Some(key) => {
                    let children = self.model.visible_children(key);
                    let text =
                        children.iter().fold(String::new(), |text, child| text + &self.shown(*child) + ", ");
                    Got::new(text, children)
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
            Verb::Copy { .. } | Verb::Item(_) | Verb::List(_) | Verb::Tree | Verb::More(_) => {
                unreachable!("no call of the model: {verb:?}")
            }
        }
    }

    /// Makes a call and returns what the model expects of it.
    fn make(&mut self, call: Call) -> Result<Expected, String> {
        self.model.make(call);
        match self.model.last.take().unwrap().expected {
            Expected::Refused(reasons) => Err(name_of(&reasons[0])),
            expected => Ok(expected),
        }
    }

    fn make_copy(&mut self, source: Place, target: Place, name: Option<&str>, conflict: Conflict) -> Copied {
        let (name, pace) = (name.map(str::to_owned), Pace::Instant);
        let (visibility, leftovers) = (None, None);
        let versions = drivesim::Versions::Current;
        let wish = CopyWish { name, conflict, children_only: false, versions, pace, visibility, leftovers };
        let made = self.make(Call::Copy { source, target, wish })?;
        let Expected::Job(number) = made else { panic!("no job but {made:?}") };
        match &self.model.jobs[number].state {
            JobState::Ended(outcome) => Ok(outcome.clone().map_err(|refusal| name_of(&refusal))),
            state => panic!("an instant copy is {state:?}"),
        }
    }
}

impl Reference for Naive {
    fn twin(&self) -> Naive {
        Naive { model: self.model.clone(), start: self.start.clone() }
    }

    fn start_ids(&self) -> Vec<u64> {
        self.start.clone()
    }

    fn run(&mut self, verb: &Verb) -> Got {
        if let Some(got) = self.look(verb) {
            return got;
        }
        match self.make(self.call(verb)) {
            Err(why) => Got::refused(&why),
            Ok(Expected::Item(key)) => Got::new("made", [key]),
            Ok(_) => Got::new("done", []),
        }
    }

    fn copy(&mut self, from: From, target: u64, name: Option<&str>, conflict: Conflict) -> Copied {
        let from = match from {
            From::Own(key) => Place::Id(0, key),
            From::Seen(number) => {
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

/// How far the verb is that a thread is at.
#[derive(Clone, Copy)]
enum Phase {
    Begun,
    /// A copy was allowed.
    Allowed,
    /// The source of a copy was seen, and kept under this number.
    Seen(usize),
}

/// A part of an order that was found.
struct Found<R> {
    reference: R,
    /// How many verbs of each thread are over, and how far the next one is.
    at: Vec<(usize, Phase)>,
    /// Which item of the reference is which of the history.
    ids: BTreeMap<u64, u64>,
    n_kept: usize,
}

impl<R: Reference> Found<R> {
    fn nothing(reference: R, start: &[u64], n_threads: usize) -> Found<R> {
        let ids = start.iter().copied().zip(reference.start_ids()).collect();
        Found { reference, at: vec![(0, Phase::Begun); n_threads], ids, n_kept: 0 }
    }

    /// Returns whether this part can be made whole.
    fn explains(&self, history: &[Vec<Recorded>]) -> bool {
        let next: Vec<Option<&Recorded>> =
            history.iter().zip(&self.at).map(|(verbs, (n_over, _))| verbs.get(*n_over)).collect();
        if next.iter().all(Option::is_none) {
            return true;
        }
        // Nothing comes before what was over when it began.
        let first_over = next.iter().flatten().map(|recorded| recorded.to).min().unwrap_or(u64::MAX);
        let may_be_next = |thread: &usize| next[*thread].is_some_and(|recorded| recorded.from <= first_over);
        (0..next.len()).filter(may_be_next).any(|thread| {
            let with_it = next[thread].and_then(|recorded| self.with(thread, recorded));
            with_it.is_some_and(|found| found.explains(history))
        })
    }

    /// Returns the part with one more moment of a verb, if that gives what was recorded.
    fn with(&self, thread: usize, recorded: &Recorded) -> Option<Found<R>> {
        let mut found = Found {
            reference: self.reference.twin(),
            at: self.at.clone(),
            ids: self.ids.clone(),
            n_kept: self.n_kept,
        };
        let got = match &recorded.verb {
            Verb::Copy { source, target, name, conflict } => {
                let start = self.reference.start_ids();
                found.go_on_copying(thread, (start[*source], start[*target]), *name, *conflict)
            }
            verb => Some(found.reference.run(verb)),
        };
        let Some(got) = got else { return Some(found) };
        found.at[thread] = (self.at[thread].0 + 1, Phase::Begun);
        found.knows(&recorded.got, &got).then_some(found)
    }

    /// Lets a copy come to its next moment, and returns what came of it when that was the last.
    fn go_on_copying(
        &mut self,
        thread: usize,
        (source, target): (u64, u64),
        name: Option<&str>,
        conflict: Conflict,
    ) -> Option<Got> {
        // What would come of it tells whether it may begin, and go on.
        let trial = |found: &Found<R>| found.reference.twin().copy(From::Own(source), target, name, conflict);
        let phase = match self.at[thread].1 {
            Phase::Begun => match trial(self) {
                Err(why) => return Some(copied(Err(why))),
                Ok(_) => Phase::Allowed,
            },
            Phase::Allowed => match trial(self) {
                Err(why) | Ok(Err(why)) => return Some(copied(Ok(Err(why)))),
                Ok(Ok(_)) => {
                    self.reference.keep(source, self.n_kept);
                    self.n_kept += 1;
                    Phase::Seen(self.n_kept - 1)
                }
            },
            Phase::Seen(number) => {
                let done = self.reference.copy(From::Seen(number), target, name, conflict);
                return Some(copied(Ok(done.and_then(|done| done))));
            }
        };
        self.at[thread].1 = phase;
        None
    }

    /// Returns whether two results are the same, with what is known of ids, and notes what they tell of others.
    fn knows(&mut self, recorded: &Got, got: &Got) -> bool {
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

/// Returns whether there is an order of what was recorded that explains it.
fn is_linear<R: Reference>(start: &R, start_ids: &[u64], history: &[Vec<Recorded>]) -> bool {
    Found::nothing(start.twin(), start_ids, history.len()).explains(history)
}

/// What a running copy has made, where there is one.
const COPIED: usize = N_START;

fn at(dice: &mut Dice) -> At {
    if dice.one_in(2) { At::Path(dice.pick(&PATHS)) } else { At::Start(dice.below(N_START)) }
}

fn folder(dice: &mut Dice) -> At {
    dice.pick(&[At::Path("/"), At::Path("/a"), At::Path("/c"), At::Path("/a/b"), At::Start(0), At::Start(1)])
}

fn conflict(dice: &mut Dice) -> Conflict {
    dice.pick(&[Conflict::Fail, Conflict::Fail, Conflict::Rename, Conflict::Replace])
}

fn draw(dice: &mut Dice, has_more: bool) -> Verb {
    let name = dice.pick(&NAMES);
    let maybe = Some(name).filter(|_| dice.one_in(2));
    if has_more && dice.one_in(2) {
        return Verb::More(draw_more(dice));
    }
    if has_more && dice.one_in(12) {
        return Verb::Delete(At::Start(COPIED));
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

fn draw_more(dice: &mut Dice) -> More {
    match dice.below(22) {
        15 | 16 => More::Step(dice.below(4)),
        19 => More::DeleteForGood(At::Start(COPIED)),
        20 => More::Describe(At::Start(COPIED), "copied"),
        21 => More::Tags(At::Start(COPIED)),

        17 | 18 => More::Restore(COPIED, Conflict::Fail),
        0 => More::DeleteForGood(at(dice)),
        1..4 => More::Restore(dice.below(N_START), conflict(dice)),
        4 => More::Purge(dice.below(N_START)),
        5 => More::Bin,
        6 => More::Versions(at(dice)),
        7 => More::RestoreVersion(at(dice)),
        8 => More::Describe(at(dice), dice.pick(&["", "about"])),
        9 => More::Tags(at(dice)),
        10 => More::Access(at(dice), dice.pick(&[None, Some(Access::Read), Some(Access::None)])),
        11 => More::Lock(at(dice)),
        12 => More::Quota(dice.pick(&[None, Some(25)])),
        13 => More::Search(folder(dice)),
        _ => More::Changes,
    }
}

/// Takes the quotas out of what has copies too: room is promised to a copy at a moment of its own, and not before it is
/// allowed, which the order is not looked for with.
fn without_quotas_beside_copies(mut verbs: Vec<Vec<Verb>>) -> Vec<Vec<Verb>> {
    if verbs.iter().flatten().any(|verb| matches!(verb, Verb::Copy { .. })) {
        for verb in verbs.iter_mut().flatten().filter(|verb| matches!(verb, Verb::More(More::Quota(_)))) {
            *verb = Verb::More(More::Bin);
        }
    }
    verbs
}

/// Lets each thread do its verbs at once and records what comes of them; what is there then is the last result.
fn record(real: &Real, verbs: Vec<Vec<Verb>>) -> Vec<Vec<Recorded>> {
    let (clock, n_ready, n_threads) = (&AtomicU64::new(0), &AtomicUsize::new(0), verbs.len());
    let now = || clock.fetch_add(1, Ordering::SeqCst);
    let do_one = move |verb: Verb| {
        let from = now();
        let got = real.try_run(&verb).unwrap_or_else(|error| Got::refused(&kind_of(&error)));
        Recorded { verb, got, from, to: now() }
    };
    let mut history: Vec<Vec<Recorded>> = std::thread::scope(|scope| {
        let threads = verbs.into_iter().map(|verbs| {
            scope.spawn(move || {
                n_ready.fetch_add(1, Ordering::SeqCst);
                while n_ready.load(Ordering::SeqCst) < n_threads {
                    std::thread::yield_now();
                }
                verbs.into_iter().map(do_one).collect()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    history.push(vec![do_one(Verb::Tree)]);
    history
}

/// Returns whether verbs of two threads were at work at once.
fn overlaps(history: &[Vec<Recorded>]) -> bool {
    history.iter().enumerate().any(|(n, one)| {
        let others = history[..n].iter().flatten();
        others.into_iter().any(|other| one.iter().any(|verb| verb.from < other.to && other.from < verb.to))
    })
}

/// Prints a history for who has to find out what went wrong.
fn told(history: &[Vec<Recorded>]) -> String {
    let mut text = String::new();
    for (thread, recorded) in
        history.iter().enumerate().flat_map(|(n, all)| all.iter().map(move |one| (n, one)))
    {
        let Recorded { verb, got, from, to } = recorded;
        let _ = writeln!(text, "thread {thread}, {from} to {to}: {verb:?}\n    gave {got:?}");
    }
    text
}

/// Records histories until enough overlapped, and has each explained.
fn explain_many(has_more: bool, profiles: &'static [Profile]) {
    let n_rounds = variable("DRIVESIM_STORM", |text| text.parse().ok(), 1u64);
    let (mut n_overlapping, mut n_histories) = (0, 0);
    for seed in seed()..seed() + n_rounds {
        let (overlapping, all) = with_watchdog(move || explain_round(seed, has_more, profiles));
        n_overlapping += overlapping;
        n_histories += all;
    }
    println!("{n_overlapping} of {n_histories} histories overlapped");
}

/// Returns how many histories overlapped, of how many.
fn explain_round(seed: u64, has_more: bool, profiles: &[Profile]) -> (usize, usize) {
    let mut dice = Dice::new(seed);
    let (mut n_overlapping, mut n_histories) = (0, 0);
    while n_overlapping < WANTED.0 && n_histories < WANTED.1 {
        let profile = dice.pick(profiles);
        let (mut real, mut before) = (Real::new(profile.clone(), 1), Real::new(profile, usize::MAX));
        if has_more {
            (real, before) = (real.with_job(), before.with_job());
        }
        let n_threads = 2 + dice.below(2);
        let mut verbs = |n: usize| (0..n).map(|_| draw(&mut dice, has_more)).collect::<Vec<_>>();
        let verbs: Vec<_> = (0..n_threads).map(|thread| verbs(2 + thread)).collect();
        let verbs = without_quotas_beside_copies(verbs);
        let history = record(&real, verbs);
        real.sim.check_invariants();
        n_histories += 1;
        n_overlapping += usize::from(overlaps(&history));
        let by_one = is_linear(&before, &real.start, &history);
        assert!(by_one, "no order of one thread explains this, seed {seed}:\n{}", told(&history));
        let by_model = has_more || is_linear(&Naive::new(Service::Plain), &real.start, &history);
        assert!(by_model, "the model explains this in no order, seed {seed}:\n{}", told(&history));
    }
    (n_overlapping, n_histories)
}

#[test]
fn what_threads_see_is_what_one_would_see_in_some_order_and_what_the_model_says() {
    explain_many(false, &[Profile::PLAIN]);
}

#[test]
fn what_threads_see_of_all_verbs_is_what_one_would_see_in_some_order() {
    explain_many(true, &[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX]);
}

/// A folder is made, and another thread lists the root, from some time on: with the folder or without.
fn made_and_listed(sees_it: bool, from: u64) -> bool {
    let real = Real::new(Profile::PLAIN, usize::MAX);
    let mut after = real.twin();
    let list = Verb::List(At::Path("/"));
    let made = Verb::CreateFolder(At::Path("/"), "n", Conflict::Fail);
    let made = Recorded { got: after.run(&made), verb: made, from: 0, to: 3 };
    let got = if sees_it { after.run(&list) } else { real.twin().run(&list) };
    let history = [vec![made], vec![Recorded { verb: list, got, from, to: from + 1 }]];
    let naive = Naive::new(Service::Plain);
    let (by_one, by_model) =
        (is_linear(&real, &real.start, &history), is_linear(&naive, &real.start, &history));
    assert_eq!(by_one, by_model);
    by_one
}

#[test]
fn a_look_while_a_folder_is_made_may_see_it_or_not() {
    assert!(made_and_listed(true, 1));
    assert!(made_and_listed(false, 1));
}

#[test]
fn a_look_after_a_folder_was_made_that_does_not_see_it_is_not_explained() {
    assert!(made_and_listed(true, 4));
    assert!(!made_and_listed(false, 4));
}

#[test]
fn two_threads_that_both_made_the_one_folder_are_not_explained() {
    let real = Real::new(Profile::PLAIN, usize::MAX);
    let verb = Verb::CreateFolder(At::Path("/"), "n", Conflict::Fail);
    let made = |id| vec![Recorded { verb: verb.clone(), got: Got::new("made", [id]), from: 0, to: 9 }];
    let refused = vec![Recorded { verb: verb.clone(), got: Got::refused("NameTaken"), from: 0, to: 9 }];
    assert!(!is_linear(&real, &real.start, &[made(1000), made(1001)]));
    assert!(!is_linear(&real, &real.start, &[made(real.start[0]), refused.clone()]));
    assert!(is_linear(&real, &real.start, &[made(1000), refused]));
}

#[test]
fn a_copy_that_saw_what_came_later_or_went_before_is_not_explained() {
    let real = Real::new(Profile::PLAIN, usize::MAX);
    let mut after = real.twin();
    let (write, list) = (Verb::Write(At::Path("/x"), "much longer"), Verb::List(At::Path("/c")));
    let copy = Verb::Copy { source: 2, target: 1, name: Some("n"), conflict: Conflict::Fail };
    let start = tree(&real.sim).unwrap().0;
    let names: Vec<&str> = start.lines().collect();
    assert!(names[1].contains("\"c\"") && names[2].contains("\"x\" 4"), "{names:?}");
    let copied = after.run(&copy);
    let old = after.run(&list);
    let written = after.run(&write);
    let record =
        |verb: &Verb, got: &Got, from, to| vec![Recorded { verb: verb.clone(), got: got.clone(), from, to }];
    let history = |copy_from, list_from| {
        [
            record(&copy, &copied, copy_from, copy_from + 2),
            record(&write, &written, 10, 12),
            record(&list, &old, list_from, list_from + 2),
        ]
    };
    for copy_from in [0, 11] {
        assert!(is_linear(&real, &real.start, &history(copy_from, 20)), "copied from {copy_from} on");
    }
    // The old content cannot be seen by a copy that began when it was gone.
    assert!(!is_linear(&real, &real.start, &history(13, 20)));
    // Nor can the copy be seen before it began.
    assert!(!is_linear(&real, &real.start, &history(11, 5)));
}
