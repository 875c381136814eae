//! Defines how the recorded operations name their items, and what they return.

use std::convert::Infallible;

use drivesim::CopyOptions;
use drivesim_model::op::{Op, Terms};

/// The terms of recorded operations: one drive with few items, and at most one job.
#[derive(Clone, Debug)]
pub(super) struct Few;

/// Addresses an item by path, or by its number among the initial items.
#[derive(Clone, Copy, Debug)]
pub(super) enum ItemAt {
    Path(&'static str),
    Start(usize),
}

impl Terms for Few {
    type Drive = ();
    type Extra = Infallible;
    type Item = ItemAt;
    type Job = ();
    type Lock = Infallible;
    type Rules = Infallible;
    type Size = u64;
}

/// A copy of an initial item to another one.
pub(super) struct StartCopy<'a> {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) options: &'a CopyOptions,
}

/// Returns the copy, if the operation is one.
pub(super) fn as_copy(op: &Op<Few>) -> Option<StartCopy<'_>> {
    match op {
        Op::Copy { source: ItemAt::Start(source), target: ItemAt::Start(target), options } => {
            Some(StartCopy { source: *source, target: *target, options })
        }
        Op::Copy { .. } => panic!("only initial items are copied: {op:?}"),
        _ => None,
    }
}

/// The result of an operation: a text without ids, and the ids.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OpResult {
    pub(super) text: String,
    pub(super) ids: Vec<u64>,
}

impl OpResult {
    pub(super) fn new(text: impl Into<String>, ids: impl IntoIterator<Item = u64>) -> OpResult {
        OpResult { text: text.into(), ids: ids.into_iter().collect() }
    }

    pub(super) fn failed(why: &str) -> OpResult {
        OpResult::new(format!("error: {why}"), [])
    }
}
