//! Takes room for the answer to a change before anything is changed: a change that is done is not refused any more.

use std::cell::RefCell;

use crate::app::App;
use crate::budget::{Budget, Part, Share};
use crate::limits::Limits;
use crate::reply::Unsent;

/// How many bytes the answer to a change may have without room that was taken before.
const SMALL: usize = 64 << 10;

/// The room for the answer to a request that changes something.
#[derive(Debug)]
pub(crate) struct AnswerRoom {
    /// What was taken so far.
    share: RefCell<Share>,
    /// How many bytes an answer may have.
    most: usize,
}

impl AnswerRoom {
    pub(crate) fn of(limits: &Limits, budget: &Budget) -> AnswerRoom {
        AnswerRoom { share: RefCell::new(budget.share(Part::Answers)), most: limits.max_answer }
    }

    /// Takes room for so many bytes more, if that is not little. Fails if the answer would be longer than it may be or if
    /// there is no room for it now. Call it before anything is changed.
    pub(crate) fn reserve(&self, n_bytes: usize) -> Result<(), Unsent> {
        if n_bytes <= SMALL {
            return Ok(());
        }
        let mut share = self.share.borrow_mut();
        if n_bytes > self.most - share.n_bytes().min(self.most) {
            return Err(Unsent::TooLong(self.most));
        }
        share.grow(n_bytes).map_err(Unsent::Full)
    }

    /// Takes room for a list that ends where there is no more; at most half of that of all answers, as its entries have to
    /// be looked up too.
    pub(crate) fn reserve_list(&self, app: &App, n_bytes: usize) -> Result<(), Unsent> {
        let mut share = self.share.borrow_mut();
        let most = self.most.min(app.budget.of(Part::Answers).1 / 2);
        let n_bytes = n_bytes.min(most - share.n_bytes().min(most));
        share.grow(n_bytes).map_err(Unsent::Full)
    }

    /// Returns the room that was taken, and leaves none.
    pub(crate) fn take(&self) -> Share {
        let none = self.share.borrow().sibling();
        self.share.replace(none)
    }
}

/// Fails if the answers that are being sent leave no room for those of changes, whose little ones are sent in any case.
pub(crate) fn check(app: &App) -> Result<(), Unsent> {
    let (_, most) = app.budget.of(Part::Answers);
    app.budget.take(Part::Answers, SMALL.min(most / 2)).map(drop).map_err(Unsent::Full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::OverBudget;

    #[test]
    fn room_is_taken_for_what_is_not_little_and_within_both_limits() {
        let limits = Limits::default().max_answer(300_000).max_answers(500_000);
        let budget = Budget::new(&limits);
        let room = AnswerRoom::of(&limits, &budget);
        let held = || budget.of(Part::Answers).0;
        assert_eq!((room.reserve(SMALL), held()), (Ok(()), 0));
        assert_eq!((room.reserve(200_000), held()), (Ok(()), 200_000));
        assert_eq!((room.reserve(100_001), held()), (Err(Unsent::TooLong(300_000)), 200_000));
        let other = AnswerRoom::of(&limits, &budget);
        other.reserve(250_000).unwrap();
        let full = OverBudget { limit: "max_answers", most: 500_000 };
        assert_eq!(room.reserve(100_000), Err(Unsent::Full(full)));
        drop(other);
        let share = room.take();
        assert_eq!((share.n_bytes(), room.take().n_bytes()), (200_000, 0));
        drop((share, room));
        assert_eq!(budget.total().0, 0);
    }
}
