//! Draws histories and makes failing ones smaller.
//!
//! A verb means something after any other verbs, so each may be left out. proptest-state-machine would do it only with
//! a counter of the verbs that a test has got to, which a test of somebody else's does not know of.

use std::fmt;

use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

use super::{Verb, setup, verbs};
use crate::model::{Model, Setup};

type Tree<T> = Box<dyn ValueTree<Value = T>>;

/// Draws histories; made by [`histories`](super::histories), which has an example.
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
            goal: Goal::Fewer,
            last: None,
        })
    }
}

/// A history and how it is made smaller: with fewer verbs, then with verbs that do nothing in the place of others, then
/// with simpler verbs, then from a simpler start.
pub struct HistoryTree {
    start: Tree<Setup>,
    verbs: Vec<VerbTree>,
    /// How many verbs there must be.
    least: usize,
    /// How many verbs are left out at once, and before which verb they stand.
    chunk: usize,
    end: usize,
    goal: Goal,
    /// What was made smaller last.
    last: Option<Change>,
}

impl fmt::Debug for HistoryTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HistoryTree").field(&self.current()).finish()
    }
}

struct VerbTree {
    verb: Tree<Verb>,
    /// Whether something that does nothing stands in its place.
    is_idle: bool,
}

impl VerbTree {
    fn current(&self) -> Verb {
        if self.is_idle { Verb::RunUntilIdle } else { self.verb.current() }
    }

    /// Puts a verb that does nothing in its place; false if there is one.
    fn idle(&mut self) -> bool {
        let was_idle = std::mem::replace(&mut self.is_idle, true);
        !was_idle && !matches!(self.verb.current(), Verb::RunUntilIdle)
    }

    fn simplify(&mut self) -> bool {
        !self.is_idle && self.verb.simplify()
    }
}

/// What is made smaller next; verbs are counted from the first.
enum Goal {
    Fewer,
    Idle(usize),
    Simpler(usize),
    Start,
}

/// What was made smaller, to be taken back if the history fails no longer.
enum Change {
    /// These were left out before the one with this number.
    Fewer(usize, Vec<VerbTree>),
    Idle(usize),
    Simpler(usize),
    Start,
}

impl HistoryTree {
    /// Leaves out some verbs: from the end to the beginning in large pieces, then again in smaller ones.
    fn leave_out(&mut self) -> Option<Change> {
        while self.chunk > 0 {
            let from = self.end.saturating_sub(self.chunk);
            let n_spare = self.verbs.len().saturating_sub(self.least);
            let is_some = from < self.end && self.end - from <= n_spare;
            let to = std::mem::replace(&mut self.end, from);
            if is_some {
                return Some(Change::Fewer(from, self.verbs.drain(from..to).collect()));
            }
            if from == 0 {
                self.chunk /= 2;
                self.end = self.verbs.len();
            }
        }
        None
    }

    /// Makes the history smaller towards the goal, or sets the next goal.
    fn step(&mut self) -> Result<Change, Option<Goal>> {
        match self.goal {
            Goal::Fewer => self.leave_out().ok_or(Some(Goal::Idle(0))),
            Goal::Idle(at) => match self.verbs.get_mut(at).map(VerbTree::idle) {
                Some(true) => {
                    self.goal = Goal::Idle(at + 1);
                    Ok(Change::Idle(at))
                }
                Some(false) => Err(Some(Goal::Idle(at + 1))),
                None => Err(Some(Goal::Simpler(0))),
            },
            Goal::Simpler(at) => match self.verbs.get_mut(at).map(VerbTree::simplify) {
                Some(true) => Ok(Change::Simpler(at)),
                Some(false) => Err(Some(Goal::Simpler(at + 1))),
                None => Err(Some(Goal::Start)),
            },
            Goal::Start if self.start.simplify() => Ok(Change::Start),
            Goal::Start => Err(None),
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
                Err(Some(goal)) => self.goal = goal,
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
                let goes_on = self.verbs[at].verb.complicate();
                self.last = goes_on.then_some(Change::Simpler(at));
                goes_on
            }
            Some(Change::Start) => {
                let goes_on = self.start.complicate();
                self.last = goes_on.then_some(Change::Start);
                goes_on
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{histories, models};
    use crate::planted::{printed, shrunk};

    fn is_delete(verb: &Verb) -> bool {
        match verb {
            Verb::As { verb, .. } => is_delete(verb),
            verb => matches!(verb, Verb::Delete { .. }),
        }
    }

    #[test]
    fn a_history_that_fails_for_its_length_shrinks_to_as_many_verbs_that_do_nothing() {
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
    fn a_history_that_fails_for_one_verb_shrinks_to_that_verb_in_its_simplest_form() {
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
    fn a_history_has_at_least_as_many_verbs_as_it_must() {
        let (_, verbs) = shrunk(&histories(5..40), |_| true);
        assert_eq!(verbs.len(), 5, "{verbs:#?}");
        let (_, verbs) = shrunk(&histories(0..2), |_| true);
        assert_eq!(verbs.len(), 0, "{verbs:#?}");
    }

    #[test]
    fn a_verb_that_fails_is_made_simpler_and_prints_as_one_line() {
        let model = Model::new(setup().new_tree(&mut TestRunner::deterministic()).unwrap().current());
        let says = |verb: &Verb| matches!(verb, Verb::Update { text: Some(_), .. });
        let fails = |verb: &Verb| matches!(verb, Verb::As { verb, .. } if says(verb));
        let printed = printed(&verbs(&model), fails);
        assert_eq!(printed, "update child 0 of drive 0: text \"\"");
    }

    #[test]
    fn a_model_that_fails_is_made_simpler_and_prints_as_one_line() {
        let printed = printed(&models(), |model| model.setup.is_tight);
        let expected = "Setup { one: Plain, two: Plain, is_tight: true, is_short: false, visibility: Gradual, \
                        leftovers: Keep }";
        assert_eq!(printed, expected);
    }
}
