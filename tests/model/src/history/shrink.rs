//! Draws histories and shrinks failing ones.
//!
//! An op is valid after any other ops, so each can be removed. proptest-state-machine removes ops only with a
//! counter of the ops that a test has reached, which other tests do not have.

use std::fmt;

use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

use super::{ops, setup};
use crate::model::{Model, Setup};
use crate::op::{HistoryOp, Op};

type Tree<T> = Box<dyn ValueTree<Value = T>>;

/// Draws histories. Created by [`histories`](super::histories), which has an example.
#[derive(Clone, Debug)]
pub struct Histories {
    n_ops: SizeRange,
}

impl Histories {
    pub(super) fn new(n_ops: SizeRange) -> Histories {
        Histories { n_ops }
    }
}

impl Strategy for Histories {
    type Tree = HistoryTree;
    type Value = (Model, Vec<HistoryOp>);

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (least, most) = self.n_ops.start_end_incl();
        let n_ops = (least..=most).new_tree(runner)?.current();
        let start = setup().new_tree(runner)?;
        let mut model = Model::new(start.current());
        let mut drawn = Vec::with_capacity(n_ops);
        for _ in 0..n_ops {
            let op = ops(&model).new_tree(runner)?;
            model.apply(&op.current());
            drawn.push(OpTree { op, is_idle: false });
        }
        Ok(HistoryTree {
            start,
            chunk: n_ops,
            end: n_ops,
            ops: drawn,
            least,
            phase: Phase::Fewer,
            last: None,
        })
    }
}

/// A history that is shrunk: first to fewer ops, then by replacing ops with ones that do nothing, then to simpler
/// ops, then to a simpler initial state.
pub struct HistoryTree {
    start: Tree<Setup>,
    ops: Vec<OpTree>,
    /// The minimum number of ops.
    least: usize,
    /// The number of ops that are removed at once, ending before the op at `end`.
    chunk: usize,
    end: usize,
    phase: Phase,
    /// The last change.
    last: Option<Change>,
}

impl fmt::Debug for HistoryTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HistoryTree").field(&self.current()).finish()
    }
}

struct OpTree {
    op: Tree<HistoryOp>,
    /// Whether an op that does nothing replaces it.
    is_idle: bool,
}

impl OpTree {
    fn current(&self) -> HistoryOp {
        if self.is_idle { HistoryOp { user: 0, op: Op::RunUntilIdle } } else { self.op.current() }
    }

    /// Replaces it with an op that does nothing. Returns `false` if it already is one.
    fn idle(&mut self) -> bool {
        let was_idle = std::mem::replace(&mut self.is_idle, true);
        !was_idle && !matches!(self.op.current(), HistoryOp { user: 0, op: Op::RunUntilIdle })
    }

    fn simplify(&mut self) -> bool {
        !self.is_idle && self.op.simplify()
    }
}

/// The next change to try; ops are counted from the first.
enum Phase {
    Fewer,
    Idle(usize),
    Simpler(usize),
    Start,
}

/// A change of the history, which is undone if the history no longer fails.
enum Change {
    /// These ops were removed before the one with this number.
    Fewer(usize, Vec<OpTree>),
    Idle(usize),
    Simpler(usize),
    Start,
}

impl HistoryTree {
    /// Removes some ops: from the end to the beginning in large chunks, then again in smaller ones.
    fn remove_ops(&mut self) -> Option<Change> {
        while self.chunk > 0 {
            let from = self.end.saturating_sub(self.chunk);
            let n_removable = self.ops.len().saturating_sub(self.least);
            let is_allowed = from < self.end && self.end - from <= n_removable;
            let to = std::mem::replace(&mut self.end, from);
            if is_allowed {
                return Some(Change::Fewer(from, self.ops.drain(from..to).collect()));
            }
            if from == 0 {
                self.chunk /= 2;
                self.end = self.ops.len();
            }
        }
        None
    }

    /// Makes the next change of the phase, or returns the next phase.
    fn step(&mut self) -> Result<Change, Option<Phase>> {
        match self.phase {
            Phase::Fewer => self.remove_ops().ok_or(Some(Phase::Idle(0))),
            Phase::Idle(at) => match self.ops.get_mut(at).map(OpTree::idle) {
                Some(true) => {
                    self.phase = Phase::Idle(at + 1);
                    Ok(Change::Idle(at))
                }
                Some(false) => Err(Some(Phase::Idle(at + 1))),
                None => Err(Some(Phase::Simpler(0))),
            },
            Phase::Simpler(at) => match self.ops.get_mut(at).map(OpTree::simplify) {
                Some(true) => Ok(Change::Simpler(at)),
                Some(false) => Err(Some(Phase::Simpler(at + 1))),
                None => Err(Some(Phase::Start)),
            },
            Phase::Start if self.start.simplify() => Ok(Change::Start),
            Phase::Start => Err(None),
        }
    }
}

impl ValueTree for HistoryTree {
    type Value = (Model, Vec<HistoryOp>);

    fn current(&self) -> (Model, Vec<HistoryOp>) {
        (Model::new(self.start.current()), self.ops.iter().map(OpTree::current).collect())
    }

    fn simplify(&mut self) -> bool {
        loop {
            match self.step() {
                Ok(change) => {
                    self.last = Some(change);
                    return true;
                }
                Err(Some(phase)) => self.phase = phase,
                Err(None) => return false,
            }
        }
    }

    fn complicate(&mut self) -> bool {
        match self.last.take() {
            None => false,
            Some(Change::Fewer(at, ops)) => {
                self.ops.splice(at..at, ops);
                true
            }
            Some(Change::Idle(at)) => {
                self.ops[at].is_idle = false;
                true
            }
            Some(Change::Simpler(at)) => {
                let can_complicate = self.ops[at].op.complicate();
                self.last = can_complicate.then_some(Change::Simpler(at));
                can_complicate
            }
            Some(Change::Start) => {
                let can_complicate = self.start.complicate();
                self.last = can_complicate.then_some(Change::Start);
                can_complicate
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{histories, models};
    use drivesim_testkit::shrinking::{printed, shrunk};

    fn is_delete(drawn: &HistoryOp) -> bool {
        matches!(drawn.op, Op::Delete { .. })
    }

    #[test]
    fn a_history_that_fails_for_its_length_shrinks_to_ops_that_do_nothing() {
        for size in [1..6, 1..40, 3..80] {
            let printed = printed(&histories(size), |(_, ops)| ops.len() >= 3);
            let lines: Vec<&str> = printed.lines().map(str::trim).collect();
            let (start, ops) = lines.split_at(2);
            assert_eq!(
                ops,
                ["[", "run until idle,", "run until idle,", "run until idle,", "],", ")"],
                "{start:?}"
            );
            assert!(start[1].starts_with("Setup { one: Plain, two: Plain, is_tight: false, "), "{start:?}");
        }
    }

    #[test]
    fn a_history_that_fails_for_one_op_shrinks_to_its_simplest_form() {
        let printed = printed(&histories(1..40), |(_, ops)| ops.iter().any(is_delete));
        assert!(printed.contains("[\n        delete child 0 of drive 0,\n    ]"), "{printed}");
    }

    #[test]
    fn a_history_that_fails_for_two_ops_keeps_their_order() {
        let is_restore = |drawn: &HistoryOp| matches!(drawn.op, Op::RestoreItem { .. });
        let fails = |ops: &[HistoryOp]| {
            let delete = ops.iter().position(is_delete);
            delete.is_some_and(|at| ops[at..].iter().any(is_restore))
        };
        let (_, ops) = shrunk(&histories(1..80), |(_, ops)| fails(ops));
        assert_eq!(ops.len(), 2, "{ops:#?}");
    }

    #[test]
    fn a_history_keeps_its_minimum_number_of_ops() {
        let (_, ops) = shrunk(&histories(5..40), |_| true);
        assert_eq!(ops.len(), 5, "{ops:#?}");
        let (_, ops) = shrunk(&histories(0..2), |_| true);
        assert_eq!(ops.len(), 0, "{ops:#?}");
    }

    #[test]
    fn a_failing_op_is_simplified_and_prints_as_one_line() {
        let model = Model::new(setup().new_tree(&mut TestRunner::deterministic()).unwrap().current());
        let fails =
            |drawn: &HistoryOp| matches!(&drawn.op, Op::Update { update, .. } if update.text.is_some());
        let printed = printed(&ops(&model), fails);
        assert_eq!(printed, "update child 0 of drive 0: text \"\"");
    }

    #[test]
    fn a_failing_model_is_simplified_and_prints_as_one_line() {
        let printed = printed(&models(), |model| model.setup.is_tight);
        let expected = "Setup { one: Plain, two: Plain, is_tight: true, is_short: false, visibility: Gradual, \
                        leftovers: Keep }";
        assert_eq!(printed, expected);
    }
}
