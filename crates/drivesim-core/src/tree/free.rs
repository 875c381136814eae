//! The only place that frees items: what is deleted for good, with all below it, in portions if somebody asks for that.

use crate::children;
use crate::tree::Tree;

/// How many items are freed in one portion.
const PORTION: usize = 512;

/// What hangs nowhere any more and is still to be freed, an item with all below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Garbage {
    /// Items on the way down, each with how many of its children are done. A folder goes after what is in it, so that
    /// nobody ever finds something below it in the place of another.
    stack: Vec<(u32, u32)>,
    /// Whether what is left after one portion waits for [`Tree::free_some`].
    in_portions: bool,
}

impl Tree {
    /// Lets large subtrees be freed in portions; see [`Tree::free_some`].
    pub(crate) fn free_in_portions(&mut self) {
        self.garbage.in_portions = true;
    }

    pub(crate) fn has_garbage(&self) -> bool {
        !self.garbage.stack.is_empty()
    }

    /// Frees an unlinked item and all below it, visible or not.
    pub(crate) fn free_unlinked(&mut self, top: u32) {
        let waits = self.garbage.in_portions && self.has_garbage();
        self.garbage.stack.push((top, 0));
        if !waits {
            while self.free_some() && !self.garbage.in_portions {}
        }
    }

    /// Frees a portion of what is still to be freed; says whether there is more.
    pub(crate) fn free_some(&mut self) -> bool {
        let mut stack = std::mem::take(&mut self.garbage.stack);
        let mut n_left = PORTION;
        while n_left > 0
            && let Some((slot, n_done)) = stack.pop()
        {
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
        self.has_garbage()
    }

    /// Frees the children of an item from number `n_done` on up to the next that holds something itself. Returns `None`
    /// if all are done, else how many are and which comes next, if the portion is not used up.
    fn free_children(&mut self, slot: u32, n_done: u32, n_left: &mut usize) -> Option<(u32, Option<u32>)> {
        if !self.node(slot).is_folder() {
            return None;
        }
        let children: Vec<u32> = children::from_rank(self.nodes(), slot, n_done).take(*n_left + 1).collect();
        let mut n_done = n_done;
        for child in children {
            if *n_left == 0 {
                return Some((n_done, None));
            }
            n_done += 1;
            if self.node(child).is_folder() {
                return Some((n_done, Some(child)));
            }
            *n_left -= 1;
            self.free_one(child);
        }
        None
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
        self.arena.free(slot);
    }
}
