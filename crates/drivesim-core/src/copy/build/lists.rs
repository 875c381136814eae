//! Builds the lists of copied folders: the order of their children and the index by name.

use super::{CopyBuilder, FETCH_BATCH, each_child};
use crate::arena::Node;
use crate::child_list::order::Order;
use crate::child_list::{INDEX_FROM, List};
use crate::copy::plan::{PlannedChildren, SourceChildren};
use crate::name_table::NameId;

impl CopyBuilder<'_> {
    /// Starts the list of a folder's children, unless its node alone determines them.
    pub(super) fn list_builder(
        &self,
        part: &PlannedChildren<'_>,
        children: SourceChildren<'_>,
    ) -> Option<ListBuilder> {
        let n_children = part.n_children;
        let order = self.ticket.slots.order(part.folder.first_child, n_children);
        let is_row = matches!(order, Order::Row(_));
        if is_row && n_children < INDEX_FROM && !self.is_hidden() {
            return None;
        }
        // If the names have the same ids and the offsets between slots are equal, the index is the same.
        let cross_drive = &self.planned.opened.view.cross_drive;
        if let (Order::Row(row), SourceChildren::Listed(_, source), None) = (&order, children, cross_drive) {
            if let Some(list) = source.for_copy(*row) {
                return Some(ListBuilder { list, found_by: Vec::new(), n_to_index: 0 });
            }
        }
        let n_to_index = if n_children < INDEX_FROM { 0 } else { n_children };
        let found_by = Vec::with_capacity(n_to_index as usize);
        Some(ListBuilder { list: List::new(order), found_by, n_to_index })
    }
}

/// The list of a folder's children while they are copied.
pub(super) struct ListBuilder {
    list: List,
    /// The keys in the index of the children added so far.
    found_by: Vec<NameId>,
    /// The number of children to index; 0 if no index is needed or the list has one already.
    n_to_index: u32,
}

impl ListBuilder {
    #[inline]
    pub(super) fn add(&mut self, fill: &CopyBuilder<'_>, source: &Node) {
        if self.n_to_index > 0 {
            self.found_by.push(fill.ticket.canonical_name(fill.planned.translation.name(source)));
        }
    }

    pub(super) fn finish(
        mut self,
        fill: &CopyBuilder<'_>,
        part: &PlannedChildren<'_>,
        children: SourceChildren<'_>,
    ) -> List {
        if self.n_to_index > 0 {
            // Another task copies the rest of the children.
            let rest = self.found_by.len() as u32..self.n_to_index;
            each_child(
                &fill.planned.opened.view.nodes,
                children,
                rest,
                &mut Vec::with_capacity(FETCH_BATCH),
                |source| {
                    self.found_by.push(fill.ticket.canonical_name(fill.planned.translation.name(source)));
                },
            );
            let mut found_by = self.found_by.into_iter();
            self.list.build_index(|_| found_by.next().unwrap_or_default());
        }
        match self.list.order {
            Order::Row(row) if part.n_children >= INDEX_FROM => {
                let mut listing = fill.listing(part, children, row);
                if fill.is_hidden() {
                    listing.hide_all(row, fill.ticket.slots.id(part.folder.first_child).generation);
                }
                self.list.set_listing(listing);
            }
            _ => {}
        }
        self.list
    }
}
