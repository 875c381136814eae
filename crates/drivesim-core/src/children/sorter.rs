//! Compares the children of a folder in the order in which a service lists them.

use std::cmp::Ordering;

use crate::arena::{Nodes, node};
use crate::item::ItemKind;
use crate::listing_order::{ListingOrder, compare_naturally};
use crate::name::{Case, Name};
use crate::name_table::NameTable;

/// What the order of children depends on besides their nodes: names, and the rules of the drive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sorting<'a> {
    pub(crate) names: &'a NameTable,
    pub(crate) by: ListingOrder,
}

impl<'a> Sorting<'a> {
    pub(crate) fn sorter(self, nodes: &'a Nodes) -> Sorter<'a> {
        Sorter { nodes, names: self.names, by: self.by }
    }
}

/// Compares children in the order of a listing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sorter<'a> {
    nodes: &'a Nodes,
    names: &'a NameTable,
    pub(super) by: ListingOrder,
}

/// A key to compare children with: a name, and whether it is that of a folder.
#[derive(Clone, Debug)]
pub(crate) struct SortKey<'a> {
    is_folder: bool,
    folded: &'a str,
    /// The name as stored; `None` if all names with the same folded form are equal.
    stored: Option<&'a str>,
}

impl<'a> Sorter<'a> {
    pub(crate) fn is_hidden(&self, slot: u32) -> bool {
        node(self.nodes, slot).is_hidden()
    }

    pub(crate) fn is_folder(&self, slot: u32) -> bool {
        node(self.nodes, slot).is_folder()
    }

    /// Returns whether a child is one of the folders that a listing counts.
    pub(crate) fn counts(&self, slot: u32) -> bool {
        self.by == ListingOrder::FoldersFirst && self.is_folder(slot)
    }

    pub(crate) fn generation(&self, slot: u32) -> u32 {
        node(self.nodes, slot).generation
    }

    /// Returns the key of a child.
    pub(crate) fn key(&self, slot: u32) -> SortKey<'a> {
        let node = node(self.nodes, slot);
        let (folded, stored) = self.names.forms(node.name);
        SortKey { is_folder: node.is_folder(), folded, stored: Some(stored) }
    }

    /// Returns the key of an item that need not exist.
    pub(crate) fn key_of<'k>(&self, kind: ItemKind, name: &'k Name<'_>) -> SortKey<'k> {
        let stored = (name.case() == Case::Sensitive).then_some(name.as_str());
        SortKey { is_folder: kind == ItemKind::Folder, folded: name.folded(), stored }
    }

    /// Compares a child with a key.
    pub(crate) fn compare(&self, slot: u32, key: &SortKey<'_>) -> Ordering {
        let node = node(self.nodes, slot);
        let first = match self.by {
            ListingOrder::Name => Ordering::Equal,
            ListingOrder::Natural => compare_naturally(self.names.forms(node.name).0, key.folded),
            ListingOrder::FoldersFirst => key.is_folder.cmp(&node.is_folder()),
        };
        first.then_with(|| self.compare_names(slot, key))
    }

    /// Compares the name of a child with that of a key in canonical order.
    pub(crate) fn compare_names(&self, slot: u32, key: &SortKey<'_>) -> Ordering {
        let (folded, stored) = self.names.forms(node(self.nodes, slot).name);
        let by_stored = || key.stored.map_or(Ordering::Equal, |other| stored.cmp(other));
        folded.cmp(key.folded).then_with(by_stored)
    }

    /// Sorts slots that are in canonical order.
    pub(crate) fn sort(&self, slots: &mut [u32]) {
        match self.by {
            ListingOrder::Name => {}
            ListingOrder::FoldersFirst => slots.sort_by_key(|&slot| !self.is_folder(slot)),
            ListingOrder::Natural => {
                let folded = |slot: u32| self.names.forms(node(self.nodes, slot).name).0;
                let mut named: Vec<(&str, u32)> = slots.iter().map(|&slot| (folded(slot), slot)).collect();
                named.sort_by(|(a, _), (b, _)| compare_naturally(a, b));
                slots.iter_mut().zip(named).for_each(|(place, (_, slot))| *place = slot);
            }
        }
    }
}
