//! The order tree against a sorted list.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use proptest::prelude::*;

use super::*;
use crate::arena::Node;
use crate::item::ItemKind;
use crate::name::Case;

/// Checks balance, weights and order of the tree under `root` and returns its names.
fn names_of(arena: &Arena, names: &NameTable, root: u32) -> Vec<String> {
    let slots: Vec<u32> = InOrder::new(arena.nodes(), root).collect();
    for &slot in &slots {
        let here = arena.node(slot);
        let (left, right) = (weight(arena.nodes(), here.left), weight(arena.nodes(), here.right));
        assert_eq!(here.weight(), left + right + 1);
        let (left, right) = (u64::from(left) + 1, u64::from(right) + 1);
        assert!(left <= DELTA * right && right <= DELTA * left, "out of balance: {left} and {right}");
    }
    slots.iter().map(|&slot| names.text(arena.node(slot).name).to_owned()).collect()
}

proptest! {
    #[test]
    fn adds_removes_and_finds_as_a_sorted_map_does(
        moves in prop::collection::vec((any::<bool>(), 0u32..300), 1..800),
    ) {
        let (mut arena, mut names) = (Arena::new(), NameTable::new());
        let mut root = NIL;
        let mut model: BTreeMap<String, u32> = BTreeMap::new();
        for (add, number) in moves {
            let text = format!("{number:03}");
            if add && !model.contains_key(&text) {
                let slot = arena.alloc().unwrap();
                arena.put(slot, Node::new(ItemKind::File, names.intern(&text).unwrap(), 0));
                root = insert(&mut arena, &names, root, slot);
                model.insert(text, slot);
            } else if let Some(slot) = model.remove(&text) {
                root = remove(&mut arena, &names, root, slot);
                arena.free(slot);
            }
        }
        prop_assert_eq!(names_of(&arena, &names, root), model.keys().cloned().collect::<Vec<_>>());
        for number in 0..300 {
            let text = format!("{number:03}");
            let key = Key::new(&text, Case::Sensitive);
            prop_assert_eq!(find(arena.nodes(), &names, root, &key), model.get(&text).copied());
            let after = InOrder::after(arena.nodes(), &names, root, &key).next();
            prop_assert_eq!(after, model.range((Excluded(text), Unbounded)).next().map(|(_, &slot)| slot));
        }
        for (rank, slot) in model.values().enumerate() {
            let from = InOrder::from_rank(arena.nodes(), root, rank as u32).next();
            prop_assert_eq!(from, Some(*slot));
        }
    }
}

#[test]
fn the_shape_of_a_copied_folder_is_a_balanced_tree_in_order() {
    for n_children in (0..200).chain([255, 256, 1000, 4095, 4096, 4097]) {
        let (mut arena, mut names) = (Arena::new(), NameTable::new());
        let shape = Balanced::new(n_children);
        for rank in 0..n_children {
            let slot = arena.alloc().unwrap();
            let name = names.intern(&format!("{rank:05}")).unwrap();
            let links = shape.links(rank);
            let mut node = Node::new(ItemKind::File, name, 0);
            (node.left, node.right) = (links.left.unwrap_or(NIL), links.right.unwrap_or(NIL));
            node.set_weight(links.weight);
            arena.put(slot, node);
        }
        let root = shape.root().unwrap_or(NIL);
        let expected: Vec<String> = (0..n_children).map(|rank| format!("{rank:05}")).collect();
        assert_eq!(names_of(&arena, &names, root), expected);
    }
}
