//! Models the drives of well-behaved clients and compares the models with the simulator.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use drivesim::drive::DriveRef;
use drivesim::{Item, Sim};
use drivesim_tests::random::Random;

use crate::stats::Stats;

/// The item at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Folder,
    File(Arc<[u8]>),
}

/// The expected items of a drive, by path.
#[derive(Clone, Debug)]
pub struct Model {
    pub nodes: BTreeMap<String, Node>,
    /// The number of names used so far.
    n_names: u64,
}

impl Model {
    fn new() -> Model {
        Model { nodes: BTreeMap::from([("/home".to_owned(), Node::Folder)]), n_names: 0 }
    }

    /// Returns an unused name.
    pub fn new_name(&mut self) -> String {
        self.n_names += 1;
        format!("n{}", self.n_names)
    }

    /// Returns a random folder.
    pub fn any_folder(&self, random: &mut Random) -> String {
        let folders: Vec<&String> =
            self.nodes.iter().filter(|(_, node)| **node == Node::Folder).map(|(path, _)| path).collect();
        (*random.pick(&folders)).clone()
    }

    /// Returns a random item other than the permanent folder.
    pub fn any_item(&self, random: &mut Random) -> Option<(String, Node)> {
        let all: Vec<_> = self.nodes.iter().filter(|(path, _)| *path != "/home").collect();
        if all.is_empty() {
            return None;
        }
        let (path, node) = random.pick(&all);
        Some(((*path).clone(), (*node).clone()))
    }

    /// Returns the subtree of a path, by paths relative to it.
    pub fn subtree(&self, path: &str) -> Vec<(String, Node)> {
        let below = format!("{path}/");
        let is_in = |other: &str| other == path || other.starts_with(&below);
        let all = self.nodes.iter().filter(|(other, _)| is_in(other));
        all.map(|(other, node)| (other[path.len()..].to_owned(), node.clone())).collect()
    }

    pub fn copy(&mut self, from: &str, to: &str) {
        for (rest, node) in self.subtree(from) {
            self.nodes.insert(format!("{to}{rest}"), node);
        }
    }

    pub fn remove(&mut self, path: &str) {
        for (rest, _) in self.subtree(path) {
            self.nodes.remove(&format!("{path}{rest}"));
        }
    }

    /// Returns the names in a folder, sorted.
    pub fn names_in(&self, folder: &str) -> Vec<String> {
        let below = format!("{folder}/");
        let names = self.nodes.keys().filter_map(|path| path.strip_prefix(&below));
        let mut names: Vec<String> = names.filter(|name| !name.contains('/')).map(str::to_owned).collect();
        names.sort();
        names
    }

    /// Compares the model with a drive.
    ///
    /// # Errors
    /// Returns the first difference.
    pub fn compare(&self, sim: &Sim, drive: &str) -> Result<(), String> {
        let named = |error: drivesim::Error| format!("{drive}: {error}");
        let drive = sim.drive(drive).map_err(named)?;
        let mut found = BTreeMap::new();
        let children = sim.children(drive.at("/")).map_err(named)?;
        walk(sim, &drive, "", &children, &mut found).map_err(named)?;
        if found == self.nodes {
            return Ok(());
        }
        let differs = |path: &&String| found.get(*path) != self.nodes.get(*path);
        let path = found.keys().chain(self.nodes.keys()).find(differs).cloned().unwrap_or_default();
        let describe = |node: Option<&Node>| match node {
            None => "nothing".to_owned(),
            Some(Node::Folder) => "a folder".to_owned(),
            Some(Node::File(bytes)) => format!("{} bytes", bytes.len()),
        };
        let (is, should) = (describe(found.get(&path)), describe(self.nodes.get(&path)));
        Err(format!("{}{path} is {is}, it should be {should}", drive.name()))
    }
}

fn walk(
    sim: &Sim,
    drive: &DriveRef,
    above: &str,
    items: &[Item],
    found: &mut BTreeMap<String, Node>,
) -> Result<(), drivesim::Error> {
    for item in items {
        let path = format!("{above}/{}", item.name);
        if item.is_folder() {
            walk(sim, drive, &path, &sim.children(drive.at(item.id))?, found)?;
            found.insert(path, Node::Folder);
        } else {
            found.insert(path, Node::File(sim.read(drive.at(item.id))?.into()));
        }
    }
    Ok(())
}

/// The models of all drives of well-behaved clients.
#[derive(Debug)]
pub struct Models {
    /// Clients hold a read lock during an operation; a restore of the server holds the write lock.
    gate: RwLock<()>,
    models: Mutex<BTreeMap<&'static str, Model>>,
}

/// A model that a client has borrowed. Dropping it stores the model.
pub struct BorrowedModel<'a> {
    model: Option<Model>,
    drive: &'static str,
    of: &'a Models,
    _gate: RwLockReadGuard<'a, ()>,
}

impl Deref for BorrowedModel<'_> {
    type Target = Model;

    fn deref(&self) -> &Model {
        self.model.as_ref().expect("a model until it is put back")
    }
}

impl DerefMut for BorrowedModel<'_> {
    fn deref_mut(&mut self) -> &mut Model {
        self.model.as_mut().expect("a model until it is put back")
    }
}

impl Drop for BorrowedModel<'_> {
    fn drop(&mut self) {
        if let (Some(model), Ok(mut models)) = (self.model.take(), self.of.models.lock()) {
            models.insert(self.drive, model);
        }
    }
}

/// All models, while no client runs an operation.
pub struct LockedModels<'a> {
    models: MutexGuard<'a, BTreeMap<&'static str, Model>>,
    _gate: RwLockWriteGuard<'a, ()>,
}

impl Deref for LockedModels<'_> {
    type Target = BTreeMap<&'static str, Model>;

    fn deref(&self) -> &Self::Target {
        &self.models
    }
}

impl DerefMut for LockedModels<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.models
    }
}

impl Models {
    pub fn new(drives: impl Iterator<Item = &'static str>) -> Models {
        let models = drives.map(|drive| (drive, Model::new())).collect();
        Models { gate: RwLock::new(()), models: Mutex::new(models) }
    }

    /// Borrows the model of a drive for an operation.
    pub fn borrow_model(&self, drive: &'static str) -> BorrowedModel<'_> {
        let gate = self.gate.read().unwrap();
        let model = self.models.lock().unwrap().get(drive).cloned();
        BorrowedModel { model, drive, of: self, _gate: gate }
    }

    /// Waits until no client runs an operation and keeps others from starting one.
    pub fn lock_all(&self) -> LockedModels<'_> {
        let gate = self.gate.write().unwrap();
        LockedModels { models: self.models.lock().unwrap(), _gate: gate }
    }

    /// Compares all drives with their models and checks all invariants.
    pub fn compare_all(&self, sim: &Sim, stats: &Stats) {
        let models = self.lock_all();
        let fork = sim.fork();
        fork.check_invariants();
        for (drive, model) in models.iter() {
            if let Err(why) = model.compare(&fork, drive) {
                stats.fail(why);
            }
            stats.count_comparison();
        }
    }
}
