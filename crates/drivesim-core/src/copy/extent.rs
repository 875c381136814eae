//! Measures how much is below an item by visiting folders only: each stores its number of children.

use crate::arena::node;
use crate::name::units_of;
use crate::tree::{Tree, visible_children};

/// How much is below an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The number of items, up to a little over the limit that was given.
    pub(crate) n_items: usize,
    /// An upper bound of the UTF-16 units by which a path below exceeds that of the item, as if each folder held an
    /// item with the longest name of the drive.
    pub(crate) max_units: usize,
}

/// Measures the visible items below `top`, and stops once there are more than `limit`.
pub(crate) fn extent(tree: &Tree, top: u32, limit: usize) -> Extent {
    let (nodes, longest) = (tree.nodes(), tree.names.max_units());
    let mut extent = Extent::default();
    // The folders still to visit, each with the length of its path below the item.
    let mut folders = if node(nodes, top).n_children() > 0 { vec![(top, 0)] } else { Vec::new() };
    while let Some((folder, units)) = folders.pop() {
        extent.n_items += node(nodes, folder).n_children() as usize;
        extent.max_units = extent.max_units.max(units + 1 + longest);
        if extent.n_items > limit {
            break;
        }
        // Most folders hold only files, which need not be visited.
        if node(nodes, folder).is_nested() {
            let below = visible_children(nodes, folder).filter(|&slot| node(nodes, slot).n_children() > 0);
            folders.extend(below.map(|slot| (slot, units + 1 + units_of(tree.name(slot)))));
        }
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::tests::drive;
    use crate::drive::{HiddenItems, deepest_units};
    use crate::profile::Profile;
    use crate::tree::{ROOT, Walk};

    #[test]
    fn an_extent_equals_a_walk_and_bounds_all_paths() {
        let outlines = ["", "a\n", "a/\nb/\n  c/\n    é\n    e/\n  f\ng\n", "a/\n  b/\n    c/\n      d/\n"];
        for outline in outlines {
            let drive = drive(Profile::PLAIN, outline);
            let found = extent(&drive.tree, ROOT, usize::MAX);
            assert_eq!(found.n_items, Walk::below(drive.tree.nodes(), ROOT).count(), "{outline}");
            assert!(
                found.max_units >= deepest_units(&drive.tree, ROOT, usize::MAX, HiddenItems::Skip),
                "{outline}"
            );
        }
    }

    #[test]
    fn a_long_name_counts_once_in_each_path() {
        let drive = drive(Profile::PLAIN, "a/\n  b/\n    c/\n      d\nlong name\n");
        // The path /a/b/c/ and the longest name.
        assert_eq!(extent(&drive.tree, ROOT, usize::MAX).max_units, "/a/b/c/long name".len());
    }

    #[test]
    fn measuring_stops_above_the_limit() {
        let drive = drive(Profile::PLAIN, "a/\n  b\n  c/\n    d\n");
        let n_items = |limit| extent(&drive.tree, ROOT, limit).n_items;
        assert_eq!([0, 1, 2, 3, 4].map(n_items), [1, 3, 3, 4, 4]);
    }
}
