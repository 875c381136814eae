//! Reserves memory for the response to a change before the change is made: a change that was made is never refused.

use std::cell::RefCell;

use crate::http::response::ResponseError;
use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart, OverBudget, Permit};

/// The number of bytes that the response to a change may have without a reservation.
const SMALL: usize = 64 << 10;

/// The memory for the response to a request that changes something.
#[derive(Debug)]
pub(crate) struct ResponseBudget {
    /// What is reserved so far.
    share: RefCell<Permit>,
    /// The maximal number of bytes of a response.
    most: usize,
}

impl ResponseBudget {
    pub(crate) fn new(limits: &Limits, budget: &Budget) -> ResponseBudget {
        ResponseBudget {
            share: RefCell::new(budget.empty_permit(BudgetPart::Responses)),
            most: limits.max_answer,
        }
    }

    /// Returns the maximal number of bytes of the response.
    pub(crate) fn max_bytes(&self) -> usize {
        self.most
    }

    /// Takes `n_bytes` of the memory of all responses.
    pub(crate) fn take_memory(&self, n_bytes: usize) -> Result<Permit, OverBudget> {
        let mut permit = self.share.borrow().empty_like();
        permit.grow(n_bytes)?;
        Ok(permit)
    }

    /// Reserves `n_bytes` more, unless that is little. Fails if the response would exceed its limit or the budget. Call
    /// it before anything is changed.
    pub(crate) fn reserve(&self, n_bytes: usize) -> Result<(), ResponseError> {
        if n_bytes <= SMALL {
            return Ok(());
        }
        let mut share = self.share.borrow_mut();
        if n_bytes > self.most - share.n_bytes().min(self.most) {
            return Err(ResponseError::TooLong(self.most));
        }
        share.grow(n_bytes).map_err(ResponseError::OverBudget)
    }

    /// Reserves memory for a list that ends where the memory ends. Uses at most half of the budget of all responses,
    /// because the entries of the list have to be looked up as well.
    pub(crate) fn reserve_for_list(&self, n_bytes: usize) -> Result<(), ResponseError> {
        let mut share = self.share.borrow_mut();
        let most = self.most.min(share.part_limit() / 2);
        let n_bytes = n_bytes.min(most - share.n_bytes().min(most));
        share.grow(n_bytes).map_err(ResponseError::OverBudget)
    }

    /// Takes the reservation out, and leaves an empty one.
    pub(crate) fn take(&self) -> Permit {
        let empty = self.share.borrow().empty_like();
        self.share.replace(empty)
    }
}

/// Fails if the responses that are being sent leave no memory for those of changes. Short ones are sent in any case.
pub(crate) fn check(budget: &Budget) -> Result<(), ResponseError> {
    let (_, most) = budget.usage_of(BudgetPart::Responses);
    budget.take(BudgetPart::Responses, SMALL.min(most / 2)).map(drop).map_err(ResponseError::OverBudget)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_responses_reserve_memory_and_both_limits_hold() {
        let limits = Limits::default().max_answer(300_000).max_answers(500_000);
        let budget = Budget::new(&limits);
        let room = ResponseBudget::new(&limits, &budget);
        let n_reserved = || budget.usage_of(BudgetPart::Responses).0;
        assert_eq!((room.reserve(SMALL), n_reserved()), (Ok(()), 0));
        assert_eq!((room.reserve(200_000), n_reserved()), (Ok(()), 200_000));
        assert_eq!((room.reserve(100_001), n_reserved()), (Err(ResponseError::TooLong(300_000)), 200_000));
        let other = ResponseBudget::new(&limits, &budget);
        other.reserve(250_000).unwrap();
        let full = OverBudget { limit: "max_answers", most: 500_000 };
        assert_eq!(room.reserve(100_000), Err(ResponseError::OverBudget(full)));
        drop(other);
        let share = room.take();
        assert_eq!((share.n_bytes(), room.take().n_bytes()), (200_000, 0));
        drop((share, room));
        assert_eq!(budget.usage().0, 0);
    }
}
