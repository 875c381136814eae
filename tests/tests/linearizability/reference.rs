//! Defines what the search for an order needs of an implementation that runs operations one after another.

use drivesim::CopyOptions;
use drivesim::item::ItemKind;
use drivesim_model::op::Op;

use super::terms::{Few, OpResult};

/// The outcome of a copy: an error of the call, or the new item or the error of the job.
pub(super) type CopyOutcome = Result<Result<u64, String>, String>;

/// The source of a copy: an item, or a kept state of one.
#[derive(Clone, Copy)]
pub(super) enum CopySource {
    Item(u64),
    Kept(usize),
}

/// An implementation that runs operations one after another.
pub(super) trait Reference {
    fn fork(&self) -> Self;
    fn start_ids(&self) -> Vec<u64>;
    fn run(&mut self, op: &Op<Few>) -> OpResult;
    fn copy(&mut self, from: CopySource, target: u64, options: &CopyOptions) -> CopyOutcome;
    /// Keeps the current state of an item in a separate drive.
    fn keep(&mut self, source: u64, number: usize);
}

pub(super) fn copy_result(outcome: CopyOutcome) -> OpResult {
    match outcome {
        Err(why) => OpResult::failed(&why),
        Ok(Err(why)) => OpResult::new(format!("failed: {why}"), []),
        Ok(Ok(id)) => OpResult::new("completed", [id]),
    }
}

pub(super) fn item_text(name: &str, kind: ItemKind, size: u64) -> String {
    format!("{kind} {name:?} {size}")
}
