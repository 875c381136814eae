//! The only place for the order of a folder's children: a weight-balanced tree through the nodes themselves.
//!
//! The tree is ordered by canonical name; its links are `left`, `right` and the weight in the node, so a folder
//! costs no memory of its own. Finding, adding, removing and jumping to the n-th child take O(log n) steps.
//! No function here recurses: the height of a tree of 2²⁸ nodes is below 68.
//!
//! # Rationale
//!
//! A sorted array per folder was tried on paper: it makes a heap object per folder and an insert O(n). A hash
//! from (folder, name) to slot finds faster but says nothing about order, and filling it costs a copy a random
//! write per item. Here a copy writes the finished tree by arithmetic (see [`Balanced`]).

use std::cmp::Ordering;

use crate::arena::{Arena, NIL, Nodes, node};
use crate::intern::{Key, NameTable};

/// A side may weigh this many times the other; with `SINGLE` proven to keep balance by Hirai and Yamamoto,
/// "Balancing weight-balanced trees" (2011).
const DELTA: u64 = 3;
/// Decides between one rotation and two.
const SINGLE: u64 = 2;

/// Returns how many nodes the tree under `root` has.
pub(crate) fn weight(nodes: &Nodes, root: u32) -> u32 {
    if root == NIL { 0 } else { node(nodes, root).weight() }
}

/// Finds the child with the name `key` means.
pub(crate) fn find(nodes: &Nodes, names: &NameTable, root: u32, key: &Key<'_>) -> Option<u32> {
    let mut at = root;
    while at != NIL {
        let here = node(nodes, at);
        at = match names.compare_text(here.name, key) {
            Ordering::Equal => return Some(at),
            Ordering::Greater => here.left,
            Ordering::Less => here.right,
        };
    }
    None
}

/// Adds `slot` to the tree under `root` and returns the new root. No node of the tree has its name.
pub(crate) fn insert(arena: &mut Arena, names: &NameTable, root: u32, slot: u32) -> u32 {
    let name = arena.node(slot).name;
    let mut path = Vec::with_capacity(48);
    let mut at = root;
    while at != NIL {
        path.push(at);
        let here = arena.node(at);
        let order = names.compare(name, here.name);
        debug_assert!(order != Ordering::Equal, "a name stands twice");
        at = if order == Ordering::Less { here.left } else { here.right };
    }
    arena.edit(slot, |new| {
        (new.left, new.right) = (NIL, NIL);
        new.set_weight(1);
    });
    if let Some(&last) = path.last() {
        let before = names.compare(name, arena.node(last).name) == Ordering::Less;
        arena.edit(last, |last| if before { last.left = slot } else { last.right = slot });
    }
    climb(arena, &path, slot, slot)
}

/// Takes `slot` out of the tree under `root`, which holds it, and returns the new root.
pub(crate) fn remove(arena: &mut Arena, names: &NameTable, root: u32, slot: u32) -> u32 {
    let mut path = path_to(arena, names, root, slot);
    let (left, right) = (arena.node(slot).left, arena.node(slot).right);
    if left == NIL || right == NIL {
        let child = if left == NIL { right } else { left };
        return climb(arena, &path, slot, child);
    }
    // The next larger node takes the place of the removed one.
    let mut below = Vec::with_capacity(48);
    let mut next = right;
    while arena.node(next).left != NIL {
        below.push(next);
        next = arena.node(next).left;
    }
    let next_right = arena.node(next).right;
    let right = climb(arena, &below, next, next_right);
    arena.edit(next, |next| (next.left, next.right) = (left, right));
    if let Some(&parent) = path.last() {
        relink(arena, parent, slot, next);
    }
    path.push(next);
    climb(arena, &path, next, next)
}

/// Returns the nodes above `slot`, from the root down.
fn path_to(arena: &Arena, names: &NameTable, root: u32, slot: u32) -> Vec<u32> {
    let name = arena.node(slot).name;
    let mut path = Vec::with_capacity(48);
    let mut at = root;
    while at != slot && at != NIL {
        path.push(at);
        let here = arena.node(at);
        at = if names.compare(name, here.name) == Ordering::Less { here.left } else { here.right };
    }
    debug_assert_eq!(at, slot, "the tree does not hold the node");
    path
}

/// Walks `path` back up after the subtree `old` below its end became `new`, restoring weights and balance.
///
/// Where `old` and `new` are the last node of the path itself, that node is settled first.
fn climb(arena: &mut Arena, path: &[u32], mut old: u32, mut new: u32) -> u32 {
    let mut root = new;
    for &at in path.iter().rev() {
        if old != at {
            relink(arena, at, old, new);
        }
        root = settle(arena, at);
        (old, new) = (at, root);
    }
    root
}

fn relink(arena: &mut Arena, at: u32, old: u32, new: u32) {
    if old != new {
        arena.edit(at, |at| if at.left == old { at.left = new } else { at.right = new });
    }
}

/// Sets the weight of `at` from its children and rotates if they are out of balance; returns the root of the
/// subtree.
fn settle(arena: &mut Arena, at: u32) -> u32 {
    let (left, right) = (arena.node(at).left, arena.node(at).right);
    let (left_weight, right_weight) = (size(arena, left), size(arena, right));
    if right_weight > DELTA * left_weight {
        let (inner, outer) = (arena.node(right).left, arena.node(right).right);
        if size(arena, inner) >= SINGLE * size(arena, outer) {
            let pulled = rotate_right(arena, right);
            arena.edit(at, |at| at.right = pulled);
        }
        return rotate_left(arena, at);
    }
    if left_weight > DELTA * right_weight {
        let (outer, inner) = (arena.node(left).left, arena.node(left).right);
        if size(arena, inner) >= SINGLE * size(arena, outer) {
            let pulled = rotate_left(arena, left);
            arena.edit(at, |at| at.left = pulled);
        }
        return rotate_right(arena, at);
    }
    weigh(arena, at);
    at
}

/// The weight plus one, as the balance rule counts.
fn size(arena: &Arena, root: u32) -> u64 {
    u64::from(weight(arena.nodes(), root)) + 1
}

fn weigh(arena: &mut Arena, at: u32) {
    let here = arena.node(at);
    let total = weight(arena.nodes(), here.left) + weight(arena.nodes(), here.right) + 1;
    if here.weight() != total {
        arena.edit(at, |at| at.set_weight(total));
    }
}

fn rotate_left(arena: &mut Arena, at: u32) -> u32 {
    let up = arena.node(at).right;
    let between = arena.node(up).left;
    arena.edit(at, |at| at.right = between);
    arena.edit(up, |up| up.left = at);
    weigh(arena, at);
    weigh(arena, up);
    up
}

fn rotate_right(arena: &mut Arena, at: u32) -> u32 {
    let up = arena.node(at).left;
    let between = arena.node(up).right;
    arena.edit(at, |at| at.left = between);
    arena.edit(up, |up| up.right = at);
    weigh(arena, at);
    weigh(arena, up);
    up
}

/// Walks a folder's children in canonical order, hidden ones too.
pub(crate) struct InOrder<'a> {
    nodes: &'a Nodes,
    /// The nodes still to give whose left halves are done; the last is next.
    stack: Vec<u32>,
}

impl<'a> InOrder<'a> {
    pub(crate) fn new(nodes: &'a Nodes, root: u32) -> InOrder<'a> {
        let mut walk = InOrder { nodes, stack: Vec::new() };
        walk.descend(root);
        walk
    }

    /// Starts at the child number `rank`, counted from 0.
    pub(crate) fn from_rank(nodes: &'a Nodes, root: u32, rank: u32) -> InOrder<'a> {
        let mut walk = InOrder { nodes, stack: Vec::new() };
        let (mut at, mut left_to_skip) = (root, rank);
        while at != NIL {
            let here = node(nodes, at);
            let before = weight(nodes, here.left);
            if left_to_skip <= before {
                walk.stack.push(at);
                at = here.left;
            } else {
                left_to_skip -= before + 1;
                at = here.right;
            }
        }
        walk
    }

    /// Starts at the first child whose name is larger than `key`, which no child need have.
    pub(crate) fn after(nodes: &'a Nodes, names: &NameTable, root: u32, key: &Key<'_>) -> InOrder<'a> {
        let mut walk = InOrder { nodes, stack: Vec::new() };
        let mut at = root;
        while at != NIL {
            let here = node(nodes, at);
            if names.compare_text(here.name, key) == Ordering::Greater {
                walk.stack.push(at);
                at = here.left;
            } else {
                at = here.right;
            }
        }
        walk
    }

    fn descend(&mut self, root: u32) {
        let mut at = root;
        while at != NIL {
            self.stack.push(at);
            at = node(self.nodes, at).left;
        }
    }
}

impl Iterator for InOrder<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let slot = self.stack.pop()?;
        self.descend(node(self.nodes, slot).right);
        Some(slot)
    }
}

/// The shape of a balanced tree over children that lie side by side: a complete binary tree, so the links of
/// each child follow from its rank and the count alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Balanced {
    /// Children in the full upper levels: one less than a power of two.
    n_upper: u32,
    /// Children in the lowest level, filled from the left.
    n_lowest: u32,
}

/// Where a child of a [`Balanced`] tree points, as ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) left: Option<u32>,
    pub(crate) right: Option<u32>,
    pub(crate) weight: u32,
}

impl Balanced {
    pub(crate) fn new(n_children: u32) -> Balanced {
        let n_upper = ((u64::from(n_children) + 1).next_power_of_two() - 1) as u32;
        let n_upper = if n_upper == n_children { n_upper } else { n_upper / 2 };
        Balanced { n_upper, n_lowest: n_children - n_upper }
    }

    /// Returns the rank of the topmost child, or `None` of an empty folder.
    pub(crate) fn root(&self) -> Option<u32> {
        (self.n_upper > 0).then(|| self.rank_of_upper(self.n_upper / 2 + 1))
    }

    /// Returns the links of the child with this rank.
    pub(crate) fn links(&self, rank: u32) -> Links {
        if rank < 2 * self.n_lowest && rank.is_multiple_of(2) {
            return Links { left: None, right: None, weight: 1 };
        }
        // Upper children are numbered from 1 in order; the zeros at the end of the number tell the height.
        let number = if rank < 2 * self.n_lowest { rank / 2 + 1 } else { rank - self.n_lowest + 1 };
        let reach = 1 << number.trailing_zeros();
        let lowest_below = self.n_lowest.saturating_sub(number - reach).min(2 * reach);
        let weight = 2 * reach - 1 + lowest_below;
        if reach > 1 {
            let left = Some(self.rank_of_upper(number - reach / 2));
            let right = Some(self.rank_of_upper(number + reach / 2));
            return Links { left, right, weight };
        }
        let lowest = |idx: u32| (idx < self.n_lowest).then_some(2 * idx);
        Links { left: lowest(number - 1), right: lowest(number), weight }
    }

    fn rank_of_upper(&self, number: u32) -> u32 {
        number - 1 + number.min(self.n_lowest)
    }
}

#[cfg(test)]
mod tests;
