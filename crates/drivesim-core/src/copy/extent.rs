//! Measures what is below an item by looking at its folders alone: each knows how many children it has.

use crate::arena::{Nodes, node};
use crate::tree::visible_children;

/// How much is below an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// How many items there are, up to a little over the limit that was given.
    pub(crate) n_items: usize,
    /// How many levels they are on; 1 for a folder that holds only files.
    pub(crate) n_levels: usize,
}

/// Measures the visible items below `top`, and stops once there are more than `limit`.
pub(crate) fn extent(nodes: &Nodes, top: u32, limit: usize) -> Extent {
    let mut extent = Extent { n_items: 0, n_levels: 0 };
    let mut level = if node(nodes, top).n_children() > 0 { vec![top] } else { Vec::new() };
    while !level.is_empty() && extent.n_items <= limit {
        extent.n_levels += 1;
        let mut next = Vec::new();
        for folder in level {
            extent.n_items += node(nodes, folder).n_children() as usize;
            if extent.n_items > limit {
                return extent;
            }
            // Most folders hold only files, which need not be looked at.
            if node(nodes, folder).is_nested() {
                next.extend(
                    visible_children(nodes, folder).filter(|&slot| node(nodes, slot).n_children() > 0),
                );
            }
        }
        level = next;
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::tests::drive;
    use crate::profile::Profile;
    use crate::tree::Walk;

    #[test]
    fn an_extent_is_what_a_walk_finds() {
        let outlines = ["", "a\n", "a/\nb/\n  c/\n    d\n    e/\n  f\ng\n", "a/\n  b/\n    c/\n      d/\n"];
        for outline in outlines {
            let drive = drive(Profile::PLAIN, outline);
            let nodes = drive.tree.nodes();
            let depths: Vec<u32> = Walk::below(nodes, crate::tree::ROOT).map(|(_, depth)| depth).collect();
            let n_levels = depths.iter().max().map_or(0, |deepest| *deepest as usize + 1);
            let expected = Extent { n_items: depths.len(), n_levels };
            assert_eq!(extent(nodes, crate::tree::ROOT, usize::MAX), expected, "{outline}");
        }
    }

    #[test]
    fn an_extent_over_the_limit_is_over_it_and_no_more_is_looked_at() {
        let drive = drive(Profile::PLAIN, "a/\n  b\n  c/\n    d\n");
        let n_items = |limit| extent(drive.tree.nodes(), crate::tree::ROOT, limit).n_items;
        assert_eq!([0, 1, 2, 3, 4].map(n_items), [1, 3, 3, 4, 4]);
    }
}
