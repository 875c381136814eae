//! Makes the lists of copied folders: in which order their children are, and how one is found by name.

use super::{BATCH, Fill, each_child};
use crate::arena::Node;
use crate::children::order::Order;
use crate::children::{INDEX_FROM, List};
use crate::copy::plan::{Children, Held};
use crate::intern::NameId;

impl Fill<'_> {
    /// Begins the list of a folder's children, if the record does not tell them alone.
    pub(super) fn list_maker(&self, held: &Held<'_>, children: Children<'_>) -> Option<ListMaker> {
        let n_children = held.n_children;
        let order = self.ticket.slots.order(held.folder.first_child, n_children);
        let is_row = matches!(order, Order::Row(_));
        if is_row && n_children < INDEX_FROM && !self.is_hidden() {
            return None;
        }
        // Where names mean the same and places are as far from each other, the index is the same.
        let foreign = &self.planned.opened.view.foreign;
        if let (Order::Row(row), Children::Listed(_, source), None) = (&order, children, foreign) {
            if let Some(list) = source.shared_by(*row) {
                return Some(ListMaker { list, found_by: Vec::new(), n_missing: 0 });
            }
        }
        let n_missing = if n_children < INDEX_FROM { 0 } else { n_children };
        let found_by = Vec::with_capacity(n_missing as usize);
        Some(ListMaker { list: List::of(order), found_by, n_missing })
    }
}

/// The list of a folder's children while they are copied.
pub(super) struct ListMaker {
    list: List,
    /// What the children so far are found by.
    found_by: Vec<NameId>,
    /// How many an index is to be made of; 0 if none is, or the list has one already.
    n_missing: u32,
}

impl ListMaker {
    #[inline]
    pub(super) fn add(&mut self, fill: &Fill<'_>, source: &Node) {
        if self.n_missing > 0 {
            self.found_by.push(fill.ticket.found_by(fill.planned.translation.name(source)));
        }
    }

    pub(super) fn finish(mut self, fill: &Fill<'_>, held: &Held<'_>, children: Children<'_>) -> List {
        if self.n_missing > 0 {
            // Another task copies the rest of the children.
            let rest = self.found_by.len() as u32..self.n_missing;
            each_child(
                &fill.planned.opened.view.nodes,
                children,
                rest,
                &mut Vec::with_capacity(BATCH),
                |source| {
                    self.found_by.push(fill.ticket.found_by(fill.planned.translation.name(source)));
                },
            );
            let mut found_by = self.found_by.into_iter();
            self.list.build_index(|_| found_by.next().unwrap_or_default());
        }
        match self.list.order {
            Order::Row(row) if held.n_children >= INDEX_FROM => {
                let mut listing = fill.listing(held, children, row);
                if fill.is_hidden() {
                    listing.hide_all(row, fill.ticket.slots.id(held.folder.first_child).generation);
                }
                self.list.set_listing(listing);
            }
            _ => {}
        }
        self.list
    }
}
