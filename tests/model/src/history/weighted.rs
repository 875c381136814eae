//! Draws from one of many strategies.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::{BoxedStrategy, NewTree, ValueTree};
use proptest::test_runner::TestRunner;

use crate::op::{Op, Selected};

/// Draws an op from one of several strategies by their weights.
///
/// Unlike proptest's `Union`, it does not build values of the strategies that are not chosen, and it shrinks an op
/// within its kind: [`HistoryTree`](super::HistoryTree) replaces whole ops.
#[derive(Clone, Debug)]
pub(super) struct Weighted {
    options: Arc<[(u32, BoxedStrategy<Op<Selected>>)]>,
    total: u32,
}

impl Weighted {
    /// Takes the strategies with their weights, at least one of which must not be 0.
    pub(super) fn new(options: Vec<(u32, BoxedStrategy<Op<Selected>>)>) -> Weighted {
        let total = options.iter().map(|(weight, _)| weight).sum();
        Weighted { options: options.into(), total }
    }
}

impl Strategy for Weighted {
    type Tree = Box<dyn ValueTree<Value = Op<Selected>>>;
    type Value = Op<Selected>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let mut at = (0..self.total).new_tree(runner)?.current();
        let drawn = self.options.iter().find(|(weight, _)| {
            let is_chosen = at < *weight;
            at = at.saturating_sub(*weight);
            is_chosen
        });
        match drawn {
            Some((_, option)) => option.new_tree(runner),
            None => Err("there is nothing to draw from".into()),
        }
    }
}
