//! The only place that walks what is below a folder.

use crate::arena::{NIL, Nodes, node};
use crate::siblings::InOrder;

/// Returns the visible children of a folder in canonical order.
pub(crate) fn visible_children(nodes: &Nodes, folder: u32) -> impl Iterator<Item = u32> + '_ {
    InOrder::new(nodes, node(nodes, folder).kids()).filter(|&slot| !node(nodes, slot).is_hidden())
}

/// Walks the items below a folder, each folder before what is in it, in canonical order; hidden ones too.
pub(crate) struct Walk<'a> {
    nodes: &'a Nodes,
    stack: Vec<(u32, u32)>,
}

impl<'a> Walk<'a> {
    pub(crate) fn below(nodes: &'a Nodes, folder: u32) -> Walk<'a> {
        let mut walk = Walk { nodes, stack: Vec::new() };
        walk.descend(node(nodes, folder).kids(), 0);
        walk
    }

    fn descend(&mut self, root: u32, depth: u32) {
        let mut at = root;
        while at != NIL {
            self.stack.push((at, depth));
            at = node(self.nodes, at).left;
        }
    }
}

impl Iterator for Walk<'_> {
    /// The slot and how deep it is below the folder; its children are at depth 0.
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        let (slot, depth) = self.stack.pop()?;
        let here = node(self.nodes, slot);
        self.descend(here.right, depth);
        self.descend(here.kids(), depth + 1);
        Some((slot, depth))
    }
}
