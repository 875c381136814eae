//! Runs operations on the reference model, and renders what they return.

use std::convert::Infallible;
use std::fmt::Write as _;

use drivesim::item::ItemKind;
use drivesim::{CopyOptions, Pace, outline};
use drivesim_model::Model;
use drivesim_model::model::{Call, Expected, JobState, Key, Place, Resolved};
use drivesim_model::op::{Op, Service, Translate};

use super::START;
use super::reference::{CopyOutcome, CopySource, Reference, copy_result, item_text};
use super::terms::{Few, ItemAt, OpResult, as_copy};
use crate::error_kinds::model_kind_of;

/// The model and its initial items.
pub(super) struct ModelReference {
    model: Model,
    start: Vec<Key>,
}

impl ModelReference {
    pub(super) fn new(service: Service) -> ModelReference {
        let lines = &outline::parse(START).unwrap().drives[0].lines;
        let mut model_ref = ModelReference { model: Model::holding(service, lines), start: Vec::new() };
        model_ref.start = model_ref.tree().ids;
        model_ref
    }

    fn root(&self) -> Key {
        self.model.drives[0].root
    }

    fn item_text(&self, key: Key) -> String {
        let item = &self.model.items[&key];
        item_text(&item.name, item.kind, self.model.size(key) as u64)
    }

    fn tree(&self) -> OpResult {
        let (mut text, mut ids) = (String::new(), Vec::new());
        let mut folders = vec![self.root()];
        while let Some(folder) = folders.pop() {
            for child in self.model.visible_children(folder) {
                let _ = writeln!(text, "{}", self.item_text(child));
                ids.push(child);
                folders.extend(Some(child).filter(|child| self.is_folder(*child)));
            }
        }
        OpResult::new(text, ids)
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

    fn read(&self, op: &Op<Few>) -> Option<OpResult> {
        let not_found = || OpResult::failed("NotFound");
        Some(match op {
            Op::ListAll { .. } => self.tree(),
            Op::ReadItem { item } => self.find(*item).map_or_else(not_found, |key| {
                OpResult::new(
                    self.item_text(key),
                    [Some(key), self.model.items[&key].parent].into_iter().flatten(),
                )
            }),
            Op::List { folder } => match self.find(*folder) {
                None => not_found(),
                Some(key) if !self.is_folder(key) => OpResult::failed("NotAFolder"),
                Some(key) => {
                    let children = self.model.visible_children(key);
                    let text = children
                        .iter()
                        .fold(String::new(), |text, child| text + &self.item_text(*child) + ", ");
                    OpResult::new(text, children)
                }
            },
            _ => return None,
        })
    }

    /// Runs a call and returns the result that the model expects.
    fn make(&mut self, call: Call) -> Result<Expected, String> {
        self.model.make(call);
        match self.model.last.take().unwrap().expected {
            Expected::Refused(reasons) => Err(model_kind_of(&reasons[0])),
            expected => Ok(expected),
        }
    }

    fn make_copy(&mut self, source: Place, target: Place, options: &CopyOptions) -> CopyOutcome {
        let options = options.clone().pace(Pace::Instant);
        let expected = self.make(Op::Copy { source, target, options })?;
        let Expected::Job(number) = expected else { panic!("not a job: {expected:?}") };
        match &self.model.jobs[number].state {
            JobState::Ended(outcome) => Ok(outcome.clone().map_err(|error| model_kind_of(&error))),
            state => panic!("an instant copy is {state:?}"),
        }
    }
}

impl Translate<Few, Resolved> for ModelReference {
    fn item(&self, at: &ItemAt) -> Option<Place> {
        Some(match at {
            ItemAt::Path(path) => Place::Path(0, (*path).to_owned()),
            ItemAt::Start(n) => Place::Id(0, self.start[*n]),
        })
    }

    fn drive(&self, (): &()) -> Option<u32> {
        Some(0)
    }

    fn job(&self, (): &()) -> Option<usize> {
        None
    }

    fn lock(&self, never: &Infallible) -> Option<usize> {
        match *never {}
    }

    fn size(&self, (): &(), size: &u64) -> Option<u64> {
        Some(*size)
    }

    fn rules(&self, never: &Infallible) -> Option<Service> {
        match *never {}
    }

    fn extra(&self, never: &Infallible) -> Option<Call> {
        match *never {}
    }
}

impl Reference for ModelReference {
    fn fork(&self) -> ModelReference {
        ModelReference { model: self.model.clone(), start: self.start.clone() }
    }

    fn start_ids(&self) -> Vec<u64> {
        self.start.clone()
    }

    fn run(&mut self, op: &Op<Few>) -> OpResult {
        if let Some(got) = self.read(op) {
            return got;
        }
        if let Some(copy) = as_copy(op) {
            let (source, target) = (self.start[copy.source], self.start[copy.target]);
            return copy_result(self.copy(CopySource::Item(source), target, copy.options));
        }
        let call = op.translate(self).expect("an operation that the model has");
        match self.make(call) {
            Err(why) => OpResult::failed(&why),
            Ok(Expected::Item(key)) => OpResult::new("created", [key]),
            Ok(_) => OpResult::new("done", []),
        }
    }

    fn copy(&mut self, from: CopySource, target: u64, options: &CopyOptions) -> CopyOutcome {
        let from = match from {
            CopySource::Item(key) => Place::Id(0, key),
            CopySource::Kept(number) => {
                let name = number.to_string();
                let drive = self.model.drives.iter().find(|drive| drive.name == name).unwrap();
                Place::Id(drive.number, self.model.visible_children(drive.root)[0])
            }
        };
        self.make_copy(from, Place::Id(0, target), options)
    }

    fn keep(&mut self, source: u64, number: usize) {
        self.make(Op::AddDrive { name: number.to_string(), rules: Service::Plain }).unwrap();
        let drive = self.model.drives.last().unwrap();
        let root = Place::Id(drive.number, drive.root);
        self.make_copy(Place::Id(0, source), root, &CopyOptions::default()).unwrap().unwrap();
    }
}
