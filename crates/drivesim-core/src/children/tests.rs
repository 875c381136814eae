//! Tests the children of a folder against a sorted map.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use proptest::prelude::*;

use super::*;
use crate::arena::{DeferredDrops, Node};
use crate::item::ItemKind;
use crate::listing_order::ListingOrder;
use crate::name::{Case, Collation, NameEquality};

const EQUALITY: NameEquality = NameEquality { case: Case::Folded, collation: Collation::None };
const BY: ListingOrder = ListingOrder::Natural;

fn sorting(names: &NameTable) -> Sorting<'_> {
    Sorting { names, by: BY }
}

/// An arena with one folder.
struct Folder {
    arena: Arena,
    names: NameTable,
    slot: u32,
    n_changes: u32,
}

impl Folder {
    fn new() -> Folder {
        let (mut arena, mut names) = (Arena::new(), NameTable::new(EQUALITY));
        names.intern_text("").unwrap();
        let slot = arena.alloc().unwrap();
        arena.put(slot, Node::new(ItemKind::Folder, 0, 0));
        Folder { arena, names, slot, n_changes: 0 }
    }

    fn add(&mut self, name: &str) -> u32 {
        let slot = self.arena.alloc().unwrap();
        self.arena.put(slot, Node::new(ItemKind::File, self.names.intern_text(name).unwrap(), 0));
        insert(&mut self.arena, sorting(&self.names), self.slot, slot);
        self.arena.edit(self.slot, |node| node.set_n_children(node.n_children() + 1));
        self.check();
        slot
    }

    /// Checks the folder after some of the changes, because a check takes longer than a change.
    fn check(&mut self) {
        self.n_changes += 1;
        if self.n_changes.is_multiple_of(7) {
            check(self.arena.nodes(), sorting(&self.names), self.slot);
        }
    }

    fn remove(&mut self, slot: u32) {
        remove(&mut self.arena, sorting(&self.names), self.slot, slot);
        self.arena.edit(self.slot, |node| node.set_n_children(node.n_children() - 1));
        simplify(&mut self.arena, self.slot);
        self.arena.free(slot, &mut DeferredDrops::default());
        self.check();
    }

    fn find(&self, name: &str) -> Option<u32> {
        find(self.arena.nodes(), &self.names, self.slot, &self.names.name(name))
    }
}

proptest! {
    #[test]
    fn children_behave_like_a_sorted_map(
        n_in_order in 0u32..400,
        operations in prop::collection::vec((any::<bool>(), 0u32..500), 1..500),
    ) {
        let mut folder = Folder::new();
        let mut model: BTreeMap<String, u32> = BTreeMap::new();
        let in_order = (0..n_in_order).map(|number| (true, number));
        for (add, number) in in_order.chain(operations) {
            let text = format!("n{number:03}");
            if add && !model.contains_key(&text) {
                let slot = folder.add(&text);
                model.insert(text, slot);
            } else if let Some(slot) = model.remove(&text) {
                folder.remove(slot);
            }
        }
        let nodes = folder.arena.nodes();
        prop_assert_eq!(all(nodes, folder.slot).collect::<Vec<_>>(), model.values().copied().collect::<Vec<_>>());
        prop_assert_eq!(count(nodes, folder.slot), model.len() as u32);
        for number in 0..500 {
            let text = format!("n{number:03}");
            prop_assert_eq!(folder.find(&text), model.get(&text).copied());
            prop_assert_eq!(folder.find(&text.to_uppercase()), model.get(&text).copied());
            let key = Name::new(text.as_str().into(), EQUALITY);
            let next = after(nodes, &folder.names, folder.slot, &key).next();
            prop_assert_eq!(next, model.range((Excluded(text), Unbounded)).next().map(|(_, &slot)| slot));
        }
        for (rank, slot) in model.values().enumerate() {
            prop_assert_eq!(from_rank(nodes, folder.slot, rank as u32).next(), Some(*slot));
        }
    }
}

#[test]
fn few_children_in_order_need_no_list_and_many_have_an_index() {
    let mut folder = Folder::new();
    for number in 0..INDEX_FROM {
        assert!(folder.arena.nodes().list(folder.slot).is_none());
        folder.add(&format!("{number:03}"));
    }
    assert!(folder.arena.nodes().list(folder.slot).is_some_and(List::has_index));
    let last = folder.find("255").unwrap();
    folder.remove(last);
    assert!(folder.arena.nodes().list(folder.slot).is_none());
    let middle = folder.find("127").unwrap();
    folder.remove(middle);
    assert!(folder.arena.nodes().list(folder.slot).is_some_and(|list| !list.has_index()));
}
