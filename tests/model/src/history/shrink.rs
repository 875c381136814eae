//! Draws histories and shrinks failing ones.
//!
//! A verb is valid after any other verbs, so each can be removed. proptest-state-machine removes verbs only with a
//! counter of the verbs that a test has reached, which other tests do not have.

use std::fmt;

use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

use super::{Verb, setup, verbs};
use crate::model::{Model, Setup};

type Tree<T> = Box<dyn ValueTree<Value = T>>;

/// Draws histories. Created by [`histories`](super::histories), which has an example.
#[derive(Clone, Debug)]
pub struct Histories {
    n_verbs: SizeRange,
}

impl Histories {
    pub(super) fn new(n_verbs: SizeRange) -> Histories {
        Histories { n_verbs }
    }
}

impl Strategy for Histories {
    type Tree = HistoryTree;
    type Value = (Model, Vec<Verb>);

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (least, most) = self.n_verbs.start_end_incl();
        let n_verbs = (least..=most).new_tree(runner)?.current();
        let start = setup().new_tree(runner)?;
        let mut model = Model::new(start.current());
        let mut drawn = Vec::with_capacity(n_verbs);
        for _ in 0..n_verbs {
            let verb = verbs(&model).new_tree(runner)?;
            model.apply(&verb.current());
            drawn.push(VerbTree { verb, is_idle: false });
        }
        Ok(HistoryTree {
            start,
            chunk: n_verbs,
            end: n_verbs,
            verbs: drawn,
            least,
            phase: Phase::Fewer,
            last: None,
        })
    }
}

/// A history that is shrunk: first to fewer verbs, then by replacing verbs with ones that do nothing, then to simpler
/// verbs, then to a simpler initial state.
pub struct HistoryTree {
    start: Tree<Setup>,
    verbs: Vec<VerbTree>,
    /// The minimum number of verbs.
    least: usize,
    /// The number of verbs that are removed at once, ending before the verb at `end`.
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

struct VerbTree {
    verb: Tree<Verb>,
    /// Whether a verb that does nothing replaces it.
    is_idle: bool,
}

impl VerbTree {
    fn current(&self) -> Verb {
        if self.is_idle { Verb::RunUntilIdle } else { self.verb.current() }
    }

    /// Replaces it with a verb that does nothing. Returns `false` if it already is one.
    fn idle(&mut self) -> bool {
        let was_idle = std::mem::replace(&mut self.is_idle, true);
        !was_idle && !matches!(self.verb.current(), Verb::RunUntilIdle)
    }

    fn simplify(&mut self) -> bool {
        !self.is_idle && self.verb.simplify()
    }
}

/// The next change to try; verbs are counted from the first.
enum Phase {
    Fewer,
    Idle(usize),
    Simpler(usize),
    Start,
}

/// A change of the history, which is undone if the history no longer fails.
enum Change {
    /// These verbs were removed before the one with this number.
    Fewer(usize, Vec<VerbTree>),
    Idle(usize),
    Simpler(usize),
    Start,
}

impl HistoryTree {
    /// Removes some verbs: from the end to the beginning in large chunks, then again in smaller ones.
    fn remove_verbs(&mut self) -> Option<Change> {
        while self.chunk > 0 {
            let from = self.end.saturating_sub(self.chunk);
            let n_removable = self.verbs.len().saturating_sub(self.least);
            let is_allowed = from < self.end && self.end - from <= n_removable;
            let to = std::mem::replace(&mut self.end, from);
            if is_allowed {
                return Some(Change::Fewer(from, self.verbs.drain(from..to).collect()));
            }
            if from == 0 {
                self.chunk /= 2;
                self.end = self.verbs.len();
            }
        }
        None
    }

    /// Makes the next change of the phase, or returns the next phase.
    fn step(&mut self) -> Result<Change, Option<Phase>> {
        match self.phase {
            Phase::Fewer => self.remove_verbs().ok_or(Some(Phase::Idle(0))),
            Phase::Idle(at) => match self.verbs.get_mut(at).map(VerbTree::idle) {
                Some(true) => {
                    self.phase = Phase::Idle(at + 1);
                    Ok(Change::Idle(at))
                }
                Some(false) => Err(Some(Phase::Idle(at + 1))),
                None => Err(Some(Phase::Simpler(0))),
            },
            Phase::Simpler(at) => match self.verbs.get_mut(at).map(VerbTree::simplify) {
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
    type Value = (Model, Vec<Verb>);

    fn current(&self) -> (Model, Vec<Verb>) {
        (Model::new(self.start.current()), self.verbs.iter().map(VerbTree::current).collect())
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
            Some(Change::Fewer(at, verbs)) => {
                self.verbs.splice(at..at, verbs);
                true
            }
            Some(Change::Idle(at)) => {
                self.verbs[at].is_idle = false;
                true
            }
            Some(Change::Simpler(at)) => {
                let can_complicate = self.verbs[at].verb.complicate();
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

    fn is_delete(verb: &Verb) -> bool {
        match verb {
            Verb::As { verb, .. } => is_delete(verb),
            verb => matches!(verb, Verb::Delete { .. }),
        }
    }

    #[test]
    fn a_history_that_fails_for_its_length_shrinks_to_verbs_that_do_nothing() {
        for size in [1..6, 1..40, 3..80] {
            let printed = printed(&histories(size), |(_, verbs)| verbs.len() >= 3);
            let lines: Vec<&str> = printed.lines().map(str::trim).collect();
            let (start, verbs) = lines.split_at(2);
            assert_eq!(
                verbs,
                ["[", "run until idle,", "run until idle,", "run until idle,", "],", ")"],
                "{start:?}"
            );
            assert!(start[1].starts_with("Setup { one: Plain, two: Plain, is_tight: false, "), "{start:?}");
        }
    }

    #[test]
    fn a_history_that_fails_for_one_verb_shrinks_to_its_simplest_form() {
        let printed = printed(&histories(1..40), |(_, verbs)| verbs.iter().any(is_delete));
        assert!(printed.contains("[\n        delete child 0 of drive 0,\n    ]"), "{printed}");
    }

    #[test]
    fn a_history_that_fails_for_two_verbs_keeps_their_order() {
        let is_restore =
            |verb: &Verb| matches!(verb, Verb::As { verb, .. } if matches!(**verb, Verb::RestoreItem { .. }));
        let fails = |verbs: &[Verb]| {
            let delete = verbs.iter().position(is_delete);
            delete.is_some_and(|at| verbs[at..].iter().any(is_restore))
        };
        let (_, verbs) = shrunk(&histories(1..80), |(_, verbs)| fails(verbs));
        assert_eq!(verbs.len(), 2, "{verbs:#?}");
    }

    #[test]
    fn a_history_keeps_its_minimum_number_of_verbs() {
        let (_, verbs) = shrunk(&histories(5..40), |_| true);
        assert_eq!(verbs.len(), 5, "{verbs:#?}");
        let (_, verbs) = shrunk(&histories(0..2), |_| true);
        assert_eq!(verbs.len(), 0, "{verbs:#?}");
    }

    #[test]
    fn a_failing_verb_is_simplified_and_prints_as_one_line() {
        let model = Model::new(setup().new_tree(&mut TestRunner::deterministic()).unwrap().current());
        let is_described = |verb: &Verb| matches!(verb, Verb::Update { text: Some(_), .. });
        let fails = |verb: &Verb| matches!(verb, Verb::As { verb, .. } if is_described(verb));
        let printed = printed(&verbs(&model), fails);
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
