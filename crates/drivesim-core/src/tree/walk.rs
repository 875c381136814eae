//! Iterates over the items below a folder.

use crate::arena::{Nodes, node};
use crate::child_list::order::OrderIter;
use crate::children;

/// Returns the visible children of a folder in canonical order.
pub(crate) fn visible_children(nodes: &Nodes, folder: u32) -> impl Iterator<Item = u32> + '_ {
    children::all(nodes, folder).filter(|&slot| !node(nodes, slot).is_hidden())
}

/// Iterates over the items below a folder, including hidden ones: each folder before its children, in canonical order.
pub(crate) struct Walk<'a> {
    nodes: &'a Nodes,
    /// The remaining children of the folders on the path, each with their depth. A folder is removed with its last
    /// child, so a chain of any depth takes no memory.
    stack: Vec<(OrderIter<'a>, u32)>,
}

impl<'a> Walk<'a> {
    pub(crate) fn below(nodes: &'a Nodes, folder: u32) -> Walk<'a> {
        let mut walk = Walk { nodes, stack: Vec::new() };
        walk.enter(folder, 0);
        walk
    }

    fn enter(&mut self, folder: u32, depth: u32) {
        if node(self.nodes, folder).is_folder() {
            let children = children::all(self.nodes, folder);
            if !children.is_done() {
                self.stack.push((children, depth));
            }
        }
    }
}

impl Iterator for Walk<'_> {
    /// The slot and its depth below the folder; the folder's children are at depth 0.
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        let (children, depth) = self.stack.last_mut()?;
        let depth = *depth;
        let slot = children.next()?;
        if children.is_done() {
            self.stack.pop();
        }
        self.enter(slot, depth + 1);
        Some((slot, depth))
    }
}
