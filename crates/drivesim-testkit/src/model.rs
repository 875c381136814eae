//! The only place for what the reference model of a simulator holds: items by key, drives, jobs and the time.
//!
//! Nothing here is clever: children are found by going through all items, paths by walking up. What a verb or a
//! job does to the items is in the files beside.

mod copy;
mod disturb;
mod find;
mod jobs;
mod names;
mod outcome;
mod setup;
mod step;
mod time;
mod verbs;

use std::collections::BTreeMap;
use std::fmt;

use drivesim::ItemKind;

pub use copy::CopyWish;
pub use disturb::Disturbance;
pub use jobs::{JobState, ModelJob};
pub use names::Service;
pub use outcome::{Expected, Mark, Refusal, Step};
pub use setup::{Limits, Setup};
pub use step::{Call, Place};

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
}

/// A reference model of a simulator.
#[derive(Clone)]
pub struct Model {
    /// What it started with.
    pub setup: Setup,
    /// All items, those that are still to be revealed included.
    pub items: BTreeMap<Key, ModelItem>,
    /// The drives that there are, oldest first.
    pub drives: Vec<ModelDrive>,
    /// All jobs there ever were, by number from 1.
    pub jobs: Vec<ModelJob>,
    /// Nanoseconds since the start.
    pub now: u128,
    /// All items that could be seen at the end of a step, with the number of their drive.
    pub known: BTreeMap<Key, u32>,
    /// The last step.
    pub last: Option<Step>,
    next_key: Key,
    next_drive: u32,
    marks: Vec<Mark>,
    /// Whether every behaviour is taken as offered, to find out what else would be refused.
    offers_all: bool,
}

impl fmt::Debug for Model {
    /// Shows what the model started with; all else follows from the verbs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.setup, f)
    }
}

impl Model {
    /// Makes a model of what a simulator starts with.
    pub fn new(setup: Setup) -> Model {
        let mut model = Model {
            setup: setup.clone(),
            items: BTreeMap::new(),
            drives: Vec::new(),
            jobs: Vec::new(),
            now: 0,
            known: BTreeMap::new(),
            last: None,
            next_key: 0,
            next_drive: 0,
            marks: Vec::new(),
            offers_all: false,
        };
        for (name, service, tree) in setup.drives() {
            let root = model.new_drive(name, service);
            for (path, bytes) in tree {
                model.plant(root, path, bytes.clone());
            }
        }
        model.note_known();
        model
    }

    /// Adds a drive with nothing in it and returns its root.
    fn new_drive(&mut self, name: &str, service: Service) -> Key {
        let number = self.next_drive;
        self.next_drive += 1;
        let root = self.add(ModelItem {
            drive: number,
            parent: None,
            name: String::new(),
            kind: ItemKind::Folder,
            bytes: Bytes::Sized(0),
            hidden: false,
            successor: false,
        });
        let limits = self.setup.limits(service);
        self.drives.push(ModelDrive { number, name: name.to_owned(), service, limits, root });
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
        let drive = self.items[&parent].drive;
        let (parent, name) = (Some(parent), name.to_owned());
        self.add(ModelItem { drive, parent, name, kind, bytes, hidden: false, successor: false })
    }

    fn add(&mut self, item: ModelItem) -> Key {
        let key = self.next_key;
        self.next_key += 1;
        self.items.insert(key, item);
        key
    }

    /// Removes an item and all below it and returns how many of them could be seen.
    fn remove(&mut self, top: Key) -> u64 {
        let removed: Vec<ModelItem> =
            self.below(top).into_iter().filter_map(|key| self.items.remove(&key)).collect();
        removed.iter().filter(|item| !item.hidden).count() as u64
    }

    fn item_mut(&mut self, key: Key, change: impl FnOnce(&mut ModelItem)) {
        if let Some(item) = self.items.get_mut(&key) {
            change(item);
        }
    }

    fn note_known(&mut self) {
        let seen = self.items.iter().filter(|(_, item)| !item.hidden);
        let seen: Vec<(Key, u32)> = seen.map(|(key, item)| (*key, item.drive)).collect();
        self.known.extend(seen);
    }

    fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
    }
}
