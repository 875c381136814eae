//! Writes the list of a response entry by entry, within the limits of one response and of all responses.

use serde::Serialize;

use crate::http::response_budget::ResponseBudget;
use crate::json::text::append;
use crate::limits::budget::{OverBudget, Permit};

/// The approximate memory of an item that was looked up to be written.
pub(crate) const ITEM_BYTES: usize = 512;
/// The least number of bytes by which a list grows.
const STEP: usize = 64 << 10;

/// An object that contains a list, while it is written: the members before the list, its entries, the members behind
/// it.
#[derive(Debug)]
pub(crate) struct ListWriter {
    out: Vec<u8>,
    /// The memory of the text, and of the items that are held while it is written.
    share: Permit,
    /// The memory of those items.
    n_item_bytes: usize,
    /// The maximal number of bytes of the response.
    most: usize,
    n_head: usize,
    n_entries: usize,
}

/// An object without members.
#[derive(Serialize)]
pub(crate) struct NoMembers {}

impl ListWriter {
    /// Reserves memory for about `n_entries` entries of about `n_bytes` bytes, and `sort_memory` bytes for the items to
    /// write. Call it before they are looked up.
    pub(crate) fn new(
        response: &ResponseBudget,
        n_entries: usize,
        n_bytes: usize,
        n_item_bytes: usize,
    ) -> Result<ListWriter, OverBudget> {
        let most = response.max_bytes();
        let capacity = n_entries.saturating_mul(n_bytes).saturating_add(STEP / 16).min(most);
        let share = response.take_memory(capacity.saturating_add(n_item_bytes))?;
        Ok(ListWriter {
            out: Vec::with_capacity(capacity),
            share,
            n_item_bytes,
            most,
            n_head: 0,
            n_entries: 0,
        })
    }

    /// Starts the object with some members, and then the list.
    pub(crate) fn begin(&mut self, head: &impl Serialize, key: &str) {
        self.out.clear();
        self.n_entries = 0;
        write_head(&mut self.out, head, key);
        self.n_head = self.out.len();
    }

    /// Returns the number of entries that were written.
    pub(crate) fn n_entries(&self) -> usize {
        self.n_entries
    }

    /// Writes an entry, and returns whether it fits. An entry that makes the response too long is removed again, unless
    /// it is the first.
    pub(crate) fn push(&mut self, entry: &impl Serialize) -> Result<bool, OverBudget> {
        self.push_with(|out, _| {
            append(out, entry);
            Ok(true)
        })
    }

    /// Writes an entry as [`ListWriter::push`] does, by a function. It gets the maximal length of the text, and returns
    /// whether it wrote the whole entry.
    pub(crate) fn push_with<E: From<OverBudget>>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>, usize) -> Result<bool, E>,
    ) -> Result<bool, E> {
        self.make_room()?;
        let before = self.out.len();
        if self.n_entries > 0 {
            self.out.push(b',');
        }
        let is_whole = write(&mut self.out, self.most)?;
        if self.n_entries > 0 && (!is_whole || self.out.len() > self.most) {
            self.out.truncate(before);
            return Ok(false);
        }
        self.n_entries += 1;
        self.count()?;
        Ok(true)
    }

    /// Grows by half rather than twofold, and only within the budget.
    fn make_room(&mut self) -> Result<(), OverBudget> {
        let (len, capacity) = (self.out.len(), self.out.capacity());
        if capacity - len >= STEP / 16 {
            return Ok(());
        }
        let more = (len / 2).max(STEP);
        // Both buffers exist for a moment.
        self.share.resize(self.n_item_bytes + capacity + len + more)?;
        self.out.reserve_exact(more);
        self.count()
    }

    fn count(&mut self) -> Result<(), OverBudget> {
        let n_bytes = self.n_item_bytes + self.out.capacity();
        if n_bytes == self.share.n_bytes() { Ok(()) } else { self.share.resize(n_bytes) }
    }

    /// Replaces the members before the list, if it became shorter than expected.
    pub(crate) fn replace_head(&mut self, head: &impl Serialize, key: &str) {
        let mut other = Vec::new();
        write_head(&mut other, head, key);
        let n_head = other.len();
        self.out.splice(..self.n_head, other);
        self.n_head = n_head;
    }

    /// Ends the list, and the object with some members. Returns the text with its share.
    pub(crate) fn end(mut self, tail: &impl Serialize) -> (Vec<u8>, Permit) {
        self.out.push(b']');
        let at = self.out.len();
        append(&mut self.out, tail);
        // The brace becomes the comma behind the list.
        match self.out.get(at + 1) {
            None | Some(b'}') => {
                self.out.truncate(at);
                self.out.push(b'}');
            }
            Some(_) => self.out[at] = b',',
        }
        self.n_item_bytes = 0;
        // The last members exceed the share only by little.
        let _ = self.count();
        (self.out, self.share)
    }
}

/// Writes an object up to a list in it.
fn write_head(out: &mut Vec<u8>, head: &impl Serialize, key: &str) {
    append(out, head);
    open_list(out, key);
}

/// Reopens a finished object and starts a list as one more member.
pub(crate) fn open_list(out: &mut Vec<u8>, key: &str) {
    open_member(out, key);
    out.push(b'[');
}

/// Reopens a finished object and starts one more member, whose value has to follow.
pub(crate) fn open_member(out: &mut Vec<u8>, key: &str) {
    out.pop();
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    append(out, key);
    out.push(b':');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::ordered::json;
    use crate::limits::Limits;
    use crate::limits::budget::{Budget, BudgetPart};

    fn response(limits: &Limits) -> ResponseBudget {
        ResponseBudget::new(limits, &Budget::new(limits))
    }

    fn text((out, _): (Vec<u8>, Permit)) -> String {
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_object_with_a_list_is_written_in_pieces() {
        let response = response(&Limits::default());
        let mut list = ListWriter::new(&response, 2, 10, 0).unwrap();
        list.begin(&json!({ "a": 1 }), "b");
        assert!(list.push(&1).unwrap() && list.push(&json!({})).unwrap());
        assert_eq!(text(list.end(&json!({ "c": null }))), r#"{"a":1,"b":[1,{}],"c":null}"#);
        let mut list = ListWriter::new(&response, 0, 0, 0).unwrap();
        list.begin(&NoMembers {}, "b");
        assert_eq!(text(list.end(&NoMembers {})), r#"{"b":[]}"#);
    }

    #[test]
    fn a_list_ends_before_the_entry_that_is_too_long_but_has_at_least_one() {
        let response = response(&Limits::default().max_answer(4 << 10));
        let mut list = ListWriter::new(&response, 9, 9, 0).unwrap();
        list.begin(&json!({ "next": "x" }), "b");
        let long = "l".repeat(3000);
        assert!(list.push(&long).unwrap() && !list.push(&long).unwrap());
        assert_eq!(list.n_entries(), 1);
        list.replace_head(&json!({ "other": 1 }), "b");
        assert_eq!(text(list.end(&NoMembers {})), format!(r#"{{"other":1,"b":["{long}"]}}"#));
        let mut list = ListWriter::new(&response, 9, 9, 0).unwrap();
        list.begin(&NoMembers {}, "b");
        let longer = "l".repeat(5000);
        assert!(list.push(&longer).unwrap() && !list.push(&1).unwrap());
    }

    #[test]
    fn a_list_takes_memory_from_the_budget_and_releases_it() {
        let limits = Limits::default().max_answers(300 << 10);
        let budget = Budget::new(&limits);
        let response = ResponseBudget::new(&limits, &budget);
        let n_reserved = || budget.usage_of(BudgetPart::Responses).0;
        let mut list = ListWriter::new(&response, 10, 1000, 5000).unwrap();
        assert_eq!(n_reserved(), 10_000 + STEP / 16 + 5000);
        list.begin(&NoMembers {}, "b");
        let piece = "l".repeat(1000);
        let n_fit = (0..1000).take_while(|_| list.push(&piece).is_ok()).count();
        assert!((50..300).contains(&n_fit), "{n_fit}");
        assert!(n_reserved() <= 300 << 10);
        drop(list);
        assert_eq!(n_reserved(), 0);
        assert!(ListWriter::new(&response, 1000, 1000, 0).is_err());
    }
}
