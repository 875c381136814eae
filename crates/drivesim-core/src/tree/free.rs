//! The only place that frees items: what is deleted for good, with all below it, in portions if somebody asks for that.

use crate::arena::Waste;
use crate::children;
use crate::children::listing::PartlyShown;
use crate::children::order::{Part, Row};
use crate::cow::PAGE;
use crate::tree::Tree;

/// How many items are freed in one portion.
const PORTION: usize = 512;

/// What hangs nowhere any more and is still to be freed, an item with all below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Garbage {
    /// Items on the way down, each with how many of its children are done. A folder goes after what is in it, so that
    /// nobody ever finds something below it in the place of another.
    stack: Vec<(u32, u32)>,
    /// What items that were freed have left behind.
    waste: Waste,
    /// Whether what is left after one portion waits for [`Tree::free_some`].
    in_portions: bool,
}

impl Tree {
    /// Lets large subtrees be freed in portions; see [`Tree::free_some`].
    pub(crate) fn free_in_portions(&mut self) {
        self.garbage.in_portions = true;
    }

    /// Says whether items that hang nowhere are still to be freed.
    pub(crate) fn has_garbage(&self) -> bool {
        !self.garbage.stack.is_empty()
    }

    /// Says whether there is something for [`Tree::free_some`] to do.
    pub(crate) fn has_waste(&self) -> bool {
        self.has_garbage() || !self.garbage.waste.is_empty()
    }

    /// Drops what was kept while a folder was shown in part, where nobody waits for it.
    pub(super) fn discard(&mut self, partly_shown: PartlyShown) {
        if self.garbage.in_portions {
            self.garbage.waste.add(partly_shown);
        }
    }

    /// Frees an unlinked item and all below it, visible or not.
    pub(crate) fn free_unlinked(&mut self, top: u32) {
        let waits = self.garbage.in_portions && self.has_garbage();
        self.garbage.stack.push((top, 0));
        if !waits {
            self.free_portion();
        }
        if !self.garbage.in_portions {
            while self.free_some().0 {}
        }
    }

    /// Frees a portion of what is still to be freed; says whether there is more, and returns what is to be dropped.
    pub(crate) fn free_some(&mut self) -> (bool, Waste) {
        self.free_portion();
        let waste = std::mem::take(&mut self.garbage.waste);
        (self.has_garbage(), waste)
    }

    fn free_portion(&mut self) {
        let mut stack = std::mem::take(&mut self.garbage.stack);
        let mut n_left = PORTION;
        while n_left > 0 {
            let Some((slot, n_done)) = stack.pop() else { break };
            n_left -= 1;
            match self.free_children(slot, n_done, &mut n_left) {
                None => self.free_one(slot),
                Some((n_done, next)) => {
                    stack.push((slot, n_done));
                    stack.extend(next.map(|next| (next, 0)));
                }
            }
        }
        self.garbage.stack = stack;
    }

    /// Frees the children of an item from number `n_done` on up to the next that holds something itself. Returns `None`
    /// if all are done, else how many are and which comes next, if the portion is not used up.
    fn free_children(&mut self, slot: u32, n_done: u32, n_left: &mut usize) -> Option<(u32, Option<u32>)> {
        if !self.node(slot).is_folder() {
            return None;
        }
        let mut n_done = n_done;
        loop {
            let part = children::from_rank(self.nodes(), slot, n_done).next_part()?;
            if *n_left == 0 {
                return Some((n_done, None));
            }
            // What lies side by side, as a copy leaves it behind, and has nothing kept for it elsewhere goes at once.
            let (plain, others): (Row, Vec<u32>) = match part {
                Part::Row(row) => {
                    let here = up_to_a_border(row, *n_left);
                    let plain = self.plain_files(here);
                    if here.len < row.len && plain.len == here.len {
                        *n_left = here.len as usize;
                    }
                    let is_other = |slot: &u32| plain.len == 0 && !self.node(*slot).is_plain();
                    (plain, here.slots().take_while(is_other).collect())
                }
                Part::Slots(slots) => (Row::default(), slots.iter().take(*n_left).copied().collect()),
            };
            self.arena.free_row(plain, &mut self.garbage.waste);
            n_done += plain.len;
            *n_left -= plain.len as usize;
            for other in others {
                n_done += 1;
                if self.node(other).is_folder() {
                    return Some((n_done, Some(other)));
                }
                *n_left -= 1;
                self.free_one(other);
            }
        }
    }

    /// Returns those at the front of a row of which nothing is kept for them alone.
    fn plain_files(&self, row: Row) -> Row {
        let pages = self.nodes().slices(row);
        let n_plain = pages.flatten().take_while(|node| node.is_plain()).count();
        row.slice(0..n_plain as u32)
    }

    fn free_one(&mut self, slot: u32) {
        let node = *self.node(slot);
        if node.is_hidden() {
            self.promised -= node.size;
            self.n_hidden -= 1;
        }
        if node.has_own_stamp() {
            self.stamps.remove(node.stamp);
        }
        self.past_bytes -= self.past_bytes_of(slot);
        if let Some(history) = node.history() {
            self.histories.remove(history);
        }
        self.numbers.forget(slot);
        self.arena.free(slot, &mut self.garbage.waste);
    }
}

/// Returns as much of a row as a portion may free, up to the last border of pages among it: pages that go whole cost
/// least.
fn up_to_a_border(row: Row, limit: usize) -> Row {
    let limit = row.len.min(limit as u32);
    let end = row.first + limit;
    let border = end - end % PAGE as u32;
    if limit == row.len || border <= row.first {
        row.slice(0..limit)
    } else {
        row.slice(0..border - row.first)
    }
}

#[cfg(test)]
mod tests;
