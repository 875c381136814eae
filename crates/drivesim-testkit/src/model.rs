//! The only place for what the reference model of a simulator holds: items by key, drives, jobs and the time.
//!
//! Nothing here is clever: children are found by going through all items, paths by walking up. What a verb or a
//! job does to the items is in the files beside.

mod access;
mod bin;
mod changes;
mod copy;
mod disturb;
mod draw;
mod facts;
mod find;
mod jobs;
mod locks;
mod names;
mod outcome;
mod place;
mod plan;
mod room;
mod settle;
mod setup;
mod step;
mod time;
mod update;
mod verbs;
mod versions;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use drivesim::outline::{Line, LineContent};
use drivesim::{Access, ItemKind};

pub use bin::Binned;
pub use changes::{Expectation, Gone};
pub use copy::CopyWish;
pub use disturb::Disturbance;
pub use facts::Facts;
pub use jobs::{JobState, ModelJob};
pub use locks::ModelLock;
pub use names::Service;
pub use outcome::{Expected, Mark, Refusal, Step};
pub use place::Place;
pub use room::Used;
pub use setup::{Limits, Setup};
pub use step::Call;
pub(crate) use time::{nanos_of, timestamp};
pub use update::Wish;
pub use versions::{OldVersion, Written};

/// Names an item of a model for good; it is never given to another item.
pub type Key = u64;

/// What a file of a model holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// A text.
    Text(String),
    /// So many bytes that are generated.
    Sized(u64),
}

impl Bytes {
    /// Returns how many bytes there are.
    pub fn size(&self) -> u64 {
        match self {
            Bytes::Text(text) => text.len() as u64,
            Bytes::Sized(size) => *size,
        }
    }
}

/// An item of a model.
#[derive(Clone, Debug)]
pub struct ModelItem {
    /// The number of the drive it is in.
    pub drive: u32,
    /// The folder it is in; `None` for a root.
    pub parent: Option<Key>,
    /// Its name as it was given; empty for a root.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// What a file holds.
    pub bytes: Bytes,
    /// Whether a running copy has yet to reveal it.
    pub hidden: bool,
    /// Whether it waits to take the place of a file; until then it holds no name.
    pub successor: bool,
    /// When and by whom it was made and changed, its tags and its description.
    pub facts: Facts,
    /// The number of the version it has; 0 for a folder.
    pub version: u32,
    /// When and by whom what it holds was written.
    pub written: Written,
    /// The versions it had before, oldest first.
    pub past: Vec<OldVersion>,
    /// The access level that was set for it.
    pub access: Option<Access>,
    /// Where it was, if it was deleted itself; it is in no folder then.
    pub binned: Option<Binned>,
    /// The number of its last change.
    pub changed: u64,
}

/// A drive of a model.
#[derive(Clone, Debug)]
pub struct ModelDrive {
    /// Its number; that of a removed drive is not used again.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Whose rules it has.
    pub service: Service,
    /// The limits where they are not those of the service.
    pub limits: Limits,
    /// Its root.
    pub root: Key,
    /// How many bytes it may hold.
    pub quota: Option<u64>,
    /// What is gone, in the order in which it went.
    pub gone: Vec<Gone>,
}

/// A reference model of a simulator.
#[derive(Clone)]
pub struct Model {
    /// What it started with.
    pub setup: Setup,
    /// All items, those that are still to be revealed and those in a bin included.
    pub items: BTreeMap<Key, Arc<ModelItem>>,
    /// The drives that there are, oldest first.
    pub drives: Vec<ModelDrive>,
    /// All jobs there ever were, by number from 1.
    pub jobs: Vec<ModelJob>,
    /// Nanoseconds since the start.
    pub now: u128,
    /// All items that could be seen at the end of a step, with the number of their drive.
    pub known: BTreeMap<Key, u32>,
    /// All locks that callers or jobs ever asked for.
    pub locks: Vec<ModelLock>,
    /// How many changes there were; the next gets the next number.
    pub n_changes: u64,
    /// How many steps there were.
    pub n_steps: usize,
    /// The last step.
    pub last: Option<Step>,
    /// Who does what is being done.
    pub(crate) user: &'static str,
    next_key: Key,
    next_drive: u32,
    marks: Vec<Mark>,
    /// Whether every behaviour is taken as offered, to find out what else would be refused.
    offers_all: bool,
}

impl fmt::Debug for Model {
    /// Shows what the model started with; all else follows from the verbs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line also in a pretty print.
        write!(f, "{:?}", self.setup)
    }
}

impl Model {
    /// Makes a model of what a simulator starts with.
    pub fn new(setup: Setup) -> Model {
        let mut model = Model::bare(setup.clone());
        for (name, service, tree) in setup.drives() {
            let root = model.new_drive(name, service);
            for (path, bytes) in tree {
                model.plant(root, path, bytes.clone());
            }
        }
        model.note_known();
        model
    }

    /// Makes a model of a simulator with one drive that holds what the lines of an outline say, under the limits that
    /// the service has. Bytes that are no text are not kept as they are.
    pub fn holding(service: Service, lines: &[Line]) -> Model {
        let (visibility, leftovers) = Default::default();
        let setup =
            Setup { one: service, two: service, is_tight: false, is_short: false, visibility, leftovers };
        let mut model = Model::bare(setup);
        let mut folders = vec![model.new_drive("drive", service)];
        for line in lines {
            folders.truncate(line.depth + 1);
            let parent = folders[folders.len() - 1];
            let bytes = match &line.content {
                LineContent::Empty => Bytes::Text(String::new()),
                LineContent::Bytes(bytes) => Bytes::Text(String::from_utf8_lossy(bytes).into_owned()),
                LineContent::Size(size) => Bytes::Sized(*size),
            };
            let key = model.add_child(parent, &line.name, line.kind, bytes);
            if line.kind == ItemKind::Folder {
                folders.push(key);
            }
        }
        model.note_known();
        model
    }

    /// Makes a model of a simulator without drives.
    fn bare(setup: Setup) -> Model {
        Model {
            setup,
            items: BTreeMap::new(),
            drives: Vec::new(),
            jobs: Vec::new(),
            now: 0,
            known: BTreeMap::new(),
            locks: Vec::new(),
            n_changes: 0,
            n_steps: 0,
            last: None,
            user: facts::USERS[0],
            next_key: 0,
            next_drive: 0,
            marks: Vec::new(),
            offers_all: false,
        }
    }

    /// Adds a drive with nothing in it and returns its root.
    fn new_drive(&mut self, name: &str, service: Service) -> Key {
        let number = self.next_drive;
        self.next_drive += 1;
        let root = self.blank(number, None, "", ItemKind::Folder, Bytes::Sized(0));
        let root = self.add(ModelItem { facts: Facts::new(self.now, facts::USERS[0]), ..root });
        let limits = self.setup.limits(service);
        let name = name.to_owned();
        self.drives.push(ModelDrive { number, name, service, limits, root, quota: None, gone: Vec::new() });
        root
    }

    /// Puts an item of the first outline in place, without asking anything.
    fn plant(&mut self, root: Key, path: &str, bytes: Option<Bytes>) {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut parent = root;
        for folder in folders.split('/').filter(|name| !name.is_empty()) {
            let found = self.children(parent).into_iter().find(|child| self.items[child].name == folder);
            parent = found.unwrap_or(parent);
        }
        let kind = if bytes.is_some() { ItemKind::File } else { ItemKind::Folder };
        self.add_child(parent, name, kind, bytes.unwrap_or(Bytes::Sized(0)));
    }

    /// Adds an item that can be seen.
    fn add_child(&mut self, parent: Key, name: &str, kind: ItemKind, bytes: Bytes) -> Key {
        let item = self.blank(self.items[&parent].drive, Some(parent), name, kind, bytes);
        let key = self.add(item);
        self.note_change(key);
        key
    }

    /// Returns what an item is like that is made now.
    fn blank(&self, drive: u32, parent: Option<Key>, name: &str, kind: ItemKind, bytes: Bytes) -> ModelItem {
        ModelItem {
            drive,
            parent,
            name: name.to_owned(),
            kind,
            bytes,
            hidden: false,
            successor: false,
            facts: Facts::new(self.now, self.user),
            version: u32::from(kind == ItemKind::File),
            written: Written { at: facts::signed(self.now), by: self.user },
            past: Vec::new(),
            access: None,
            binned: None,
            changed: 0,
        }
    }

    fn add(&mut self, item: ModelItem) -> Key {
        let key = self.next_key;
        self.next_key += 1;
        self.items.insert(key, Arc::new(item));
        key
    }

    /// Removes an item and all below it, leaving no trace.
    fn remove(&mut self, top: Key) {
        for key in self.below(top) {
            self.items.remove(&key);
        }
    }

    fn item_mut(&mut self, key: Key, change: impl FnOnce(&mut ModelItem)) {
        if let Some(item) = self.items.get_mut(&key) {
            change(Arc::make_mut(item));
        }
    }

    fn note_known(&mut self) {
        let seen = self.items.iter().filter(|(key, _)| self.visible(**key).is_some());
        let seen: Vec<(Key, u32)> = seen.map(|(key, item)| (*key, item.drive)).collect();
        self.known.extend(seen);
    }

    fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
    }
}
