//! Writes the list of an answer entry by entry, within the bytes that an answer may have and those of all answers.

use serde::Serialize;

use crate::app::App;
use crate::budget::{OverBudget, Part, Share};
use crate::json_text::append;

/// What an item takes that is looked up to be written, about.
pub(crate) const ITEM: usize = 512;
/// How many bytes a list grows by at least.
const STEP: usize = 64 << 10;

/// An object with a list, which is being written: what comes before the list, its entries, what comes behind.
#[derive(Debug)]
pub(crate) struct List {
    out: Vec<u8>,
    /// Room for what is written, and for what is kept meanwhile.
    share: Share,
    /// The room for what is kept meanwhile.
    n_kept: usize,
    /// How many bytes the answer may have.
    most: usize,
    n_head: usize,
    n_entries: usize,
}

/// No members.
#[derive(Serialize)]
pub(crate) struct Nothing {}

impl List {
    /// Makes room for a list of about so many entries of about so many bytes, and for what is kept to write them. Call it
    /// before these are looked up.
    pub(crate) fn new(
        app: &App,
        n_entries: usize,
        n_bytes: usize,
        n_kept: usize,
    ) -> Result<List, OverBudget> {
        let most = app.options.limits.max_answer;
        let capacity = n_entries.saturating_mul(n_bytes).saturating_add(STEP / 16).min(most);
        let share = app.budget.take(Part::Answers, capacity.saturating_add(n_kept))?;
        Ok(List { out: Vec::with_capacity(capacity), share, n_kept, most, n_head: 0, n_entries: 0 })
    }

    /// Begins the object with some members, and the list as the next.
    pub(crate) fn begin(&mut self, head: &impl Serialize, key: &str) {
        self.out.clear();
        self.n_entries = 0;
        write_head(&mut self.out, head, key);
        self.n_head = self.out.len();
    }

    /// Returns how many entries were written.
    pub(crate) fn n_entries(&self) -> usize {
        self.n_entries
    }

    /// Writes an entry. Returns whether it has room: one that makes the answer too long is no part of the list, unless it
    /// is the first.
    pub(crate) fn push(&mut self, entry: &impl Serialize) -> Result<bool, OverBudget> {
        self.push_with(|out, _| {
            append(out, entry);
            Ok(true)
        })
    }

    /// Writes an entry by a function, which gets the number of bytes up to which there is room and says whether it wrote
    /// all: as [`List::push`] does.
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
        // For a moment there are both.
        self.share.resize(self.n_kept + capacity + len + more)?;
        self.out.reserve_exact(more);
        self.count()
    }

    fn count(&mut self) -> Result<(), OverBudget> {
        let n_bytes = self.n_kept + self.out.capacity();
        if n_bytes == self.share.n_bytes() { Ok(()) } else { self.share.resize(n_bytes) }
    }

    /// Writes other members before the list, where it became shorter than it was to be.
    pub(crate) fn begin_otherwise(&mut self, head: &impl Serialize, key: &str) {
        let mut other = Vec::new();
        write_head(&mut other, head, key);
        let n_head = other.len();
        self.out.splice(..self.n_head, other);
        self.n_head = n_head;
    }

    /// Ends the list, and the object with some members. Returns it with its room.
    pub(crate) fn end(mut self, tail: &impl Serialize) -> (Vec<u8>, Share) {
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
        self.n_kept = 0;
        // What is missing for the last members is little.
        let _ = self.count();
        (self.out, self.share)
    }
}

/// Writes an object up to a list in it.
fn write_head(out: &mut Vec<u8>, head: &impl Serialize, key: &str) {
    append(out, head);
    open_list(out, key);
}

/// Goes on with an object that was written as a whole: with a list as one more member.
pub(crate) fn open_list(out: &mut Vec<u8>, key: &str) {
    open_member(out, key);
    out.push(b'[');
}

/// Goes on with an object that was written as a whole: with one more member, whose value is to follow.
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
    use drivesim::Sim;

    use super::*;
    use crate::limits::Limits;
    use crate::options::ServerOptions;
    use crate::ordered_json::json;

    fn app(limits: Limits) -> App {
        App::new(Sim::builder().build().unwrap(), ServerOptions::default().limits(limits)).unwrap()
    }

    fn text((out, _): (Vec<u8>, Share)) -> String {
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_object_with_a_list_is_written_piece_by_piece() {
        let app = app(Limits::default());
        let mut list = List::new(&app, 2, 10, 0).unwrap();
        list.begin(&json!({ "a": 1 }), "b");
        assert!(list.push(&1).unwrap() && list.push(&json!({})).unwrap());
        assert_eq!(text(list.end(&json!({ "c": null }))), r#"{"a":1,"b":[1,{}],"c":null}"#);
        let mut list = List::new(&app, 0, 0, 0).unwrap();
        list.begin(&Nothing {}, "b");
        assert_eq!(text(list.end(&Nothing {})), r#"{"b":[]}"#);
    }

    #[test]
    fn a_list_ends_before_the_entry_that_is_too_much_but_has_one() {
        let app = app(Limits::default().max_answer(4 << 10));
        let mut list = List::new(&app, 9, 9, 0).unwrap();
        list.begin(&json!({ "next": "x" }), "b");
        let long = "l".repeat(3000);
        assert!(list.push(&long).unwrap() && !list.push(&long).unwrap());
        assert_eq!(list.n_entries(), 1);
        list.begin_otherwise(&json!({ "other": 1 }), "b");
        assert_eq!(text(list.end(&Nothing {})), format!(r#"{{"other":1,"b":["{long}"]}}"#));
        let mut list = List::new(&app, 9, 9, 0).unwrap();
        list.begin(&Nothing {}, "b");
        let longer = "l".repeat(5000);
        assert!(list.push(&longer).unwrap() && !list.push(&1).unwrap());
    }

    #[test]
    fn a_list_takes_its_room_from_the_budget_and_gives_it_back() {
        let app = app(Limits::default().max_answers(300 << 10));
        let held = || app.budget.of(Part::Answers).0;
        let mut list = List::new(&app, 10, 1000, 5000).unwrap();
        assert_eq!(held(), 10_000 + STEP / 16 + 5000);
        list.begin(&Nothing {}, "b");
        let piece = "l".repeat(1000);
        let n_fit = (0..1000).take_while(|_| list.push(&piece).is_ok()).count();
        assert!((50..300).contains(&n_fit), "{n_fit}");
        assert!(held() <= 300 << 10);
        drop(list);
        assert_eq!(held(), 0);
        assert!(List::new(&app, 1000, 1000, 0).is_err());
    }
}
