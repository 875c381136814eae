//! Links items: which item is in which folder, and the sums of each folder. It knows no rules of services.
//!
//! Invariants (all checked by `invariants`): every live item is reached exactly once from the root or from an item in
//! the bin, or is a detached successor; a folder's children are in canonical order and no two have the same name; a
//! folder's size and child count cover its visible items; `hidden_bytes` is the sum of the hidden items.

mod links;
mod metadata;
mod numbers;
mod reclaim;
mod sweep;
mod walk;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use crate::arena::{Arena, NIL, Node, Nodes};
use crate::children::{self, Sorting};
use crate::content::Content;
use crate::cow::Table;
use crate::history::{History, PastTotals};
use crate::item::ItemKind;
use crate::listing_order::ListingOrder;
use crate::metadata::{Metadata, Users};
use crate::name::{Name, NameEquality, units_of};
use crate::name_table::NameTable;
use crate::reservations::Reservations;
use crate::traffic::count_made;

use self::numbers::FolderNumbers;
pub(crate) use self::numbers::{NumberedName, TakenNumbers};
use self::reclaim::Unreclaimed;
pub(crate) use self::reclaim::{Scan, Scanned};
use self::sweep::SWEEP_BYTES;
pub(crate) use self::walk::{Walk, visible_children};

/// Items, names, contents and times of a drive, linked.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) names: NameTable,
    pub(crate) contents: Table<Content>,
    pub(crate) metadata: Table<Metadata>,
    pub(crate) histories: Table<History>,
    pub(crate) users: Users,
    /// The order in which folders are listed.
    pub(crate) listing_order: ListingOrder,
    /// Bytes of hidden items. They will be added to the sums, so there must be room for them.
    pub(crate) hidden_bytes: u64,
    /// Reservations of copies that are being built.
    pub(crate) reserved: Reservations,
    /// Past versions, including those of items in the bin.
    pub(crate) past: PastTotals,
    /// Bytes of contents that are not generated, including unused ones that were not swept yet.
    pub(crate) content_bytes: u64,
    /// Bytes of the texts of metadata, including unused ones that were not swept yet. A text that several entries share
    /// counts for each.
    pub(crate) text_bytes: u64,
    /// The number of such bytes, of contents and texts together, from which on unused ones are searched for.
    sweep_at: u64,
    /// Whether a content or a text may have become unused since [`Tree::sweep_bytes`] last searched.
    may_have_unused: bool,
    /// How many items are hidden.
    pub(crate) n_hidden: u32,
    latest_metadata: u32,
    unreclaimed: Unreclaimed,
    pub(crate) numbers: FolderNumbers,
    /// Held by every view of the drive. While there is one, no handle is reused.
    pin: Arc<()>,
    /// Dropped last: an allocator returns memory when much is freed at once, and then includes everything freed before.
    pub(crate) arena: Arena,
}

/// The slot of the root.
pub(crate) const ROOT: u32 = 0;
/// The handle of the content of an empty file.
pub(crate) const EMPTY: u32 = 0;

/// Keeps the handles that a staged copy relies on valid while it lives.
pub(crate) type Pin = Arc<()>;

impl Clone for Tree {
    /// Creates an independent tree. The cost hardly grows with the number of items: everything that does grow is shared
    /// until one side changes it.
    ///
    /// Views and reservations belong to the original. The clone has its own pin, so that it is swept however long those
    /// views live, and it releases the reservations of copies being built.
    fn clone(&self) -> Tree {
        let mut arena = self.arena.clone();
        self.reserved.release_in(&mut arena);
        Tree {
            arena,
            names: self.names.clone(),
            contents: self.contents.clone(),
            metadata: self.metadata.clone(),
            histories: self.histories.clone(),
            users: self.users.clone(),
            listing_order: self.listing_order,
            hidden_bytes: self.hidden_bytes,
            past: self.past,
            content_bytes: self.content_bytes,
            text_bytes: self.text_bytes,
            sweep_at: self.sweep_at,
            may_have_unused: self.may_have_unused,
            n_hidden: self.n_hidden,
            reserved: Reservations::default(),
            latest_metadata: self.latest_metadata,
            unreclaimed: self.unreclaimed.clone(),
            numbers: self.numbers.clone(),
            pin: Arc::new(()),
        }
    }
}

impl Tree {
    pub(crate) fn new(names: NameEquality, listing_order: ListingOrder, at: Timestamp) -> Tree {
        let mut tree = Tree {
            arena: Arena::new(),
            names: NameTable::new(names),
            contents: Table::default(),
            metadata: Table::default(),
            histories: Table::default(),
            users: Users::new(),
            listing_order,
            hidden_bytes: 0,
            reserved: Reservations::default(),
            past: PastTotals::default(),
            content_bytes: 0,
            text_bytes: 0,
            sweep_at: SWEEP_BYTES,
            may_have_unused: false,
            n_hidden: 0,
            latest_metadata: 0,
            unreclaimed: Unreclaimed::default(),
            numbers: FolderNumbers::default(),
            pin: Arc::new(()),
        };
        // The first of each kind gets handle 0: ROOT and EMPTY rely on it.
        tree.contents.add(Content::empty());
        tree.metadata.add(Metadata::new(at, 0));
        tree.names.intern_text("");
        tree.arena.alloc();
        tree.arena.put(ROOT, Node::new(ItemKind::Folder, 0, 0));
        tree
    }

    pub(crate) fn nodes(&self) -> &Nodes {
        self.arena.nodes()
    }

    pub(crate) fn node(&self, slot: u32) -> &Node {
        self.arena.node(slot)
    }

    pub(crate) fn pin(&self) -> Pin {
        self.pin.clone()
    }

    /// Returns whether a pin belongs to this tree.
    pub(crate) fn is_pinned_by(&self, pin: &Pin) -> bool {
        Arc::ptr_eq(&self.pin, pin)
    }

    pub(crate) fn name(&self, slot: u32) -> &str {
        self.names.text(self.node(slot).name)
    }

    /// Returns what the order of children depends on besides their nodes.
    pub(crate) fn sorting(&self) -> Sorting<'_> {
        Sorting { names: &self.names, by: self.listing_order }
    }

    /// Finds a child by name, including hidden ones.
    pub(crate) fn child(&self, folder: u32, name: &Name<'_>) -> Option<u32> {
        children::find(self.nodes(), &self.names, folder, name)
    }

    /// Returns the handle for a file's content; empty contents share one.
    pub(crate) fn content(&mut self, content: Content) -> Option<u32> {
        if content.size() == 0 {
            return Some(EMPTY);
        }
        let n_bytes = content.n_stored_bytes();
        let handle = self.contents.add(content)?;
        self.content_bytes += n_bytes;
        count_made(usize::try_from(n_bytes).unwrap_or(usize::MAX));
        Some(handle)
    }

    /// Returns whether `n_bytes` more fit, next to promised and reserved bytes.
    pub(crate) fn has_room(&self, n_bytes: u64) -> bool {
        let mut claimed = [self.hidden_bytes, self.reserved.n_bytes, n_bytes].into_iter();
        claimed.try_fold(self.node(ROOT).size, u64::checked_add).is_some()
    }

    /// Returns the canonical name of an item.
    pub(crate) fn canonical_name(&self, slot: u32) -> &str {
        self.names.text(self.names.canonical(self.node(slot).name))
    }

    /// Changes the sizes of a folder and of all folders above it by `after - before`.
    pub(crate) fn propagate_size(&mut self, folder: u32, before: u64, after: u64) {
        if before == after {
            return;
        }
        let mut at = folder;
        while at != NIL {
            self.arena.edit(at, |node| node.size = node.size - before + after);
            at = self.node(at).parent();
        }
    }

    /// Adds to the sizes of many folders and of all folders above them. Visits each folder above once.
    pub(crate) fn propagate_sizes(&mut self, gains: &HashMap<u32, u64, FixedState>) {
        // Deepest folders first: their gains apply above them too. Depths are found by walking up to the next folder
        // whose depth is known, so the cost is that of all folders above, not of all paths to the root.
        let mut depths: HashMap<u32, u32, FixedState> = HashMap::default();
        let mut by_depth: BTreeMap<(Reverse<u32>, u32), u64> = BTreeMap::new();
        let mut path = Vec::new();
        for (&folder, &gain) in gains {
            let mut at = folder;
            while at != NIL && !depths.contains_key(&at) {
                path.push(at);
                at = self.node(at).parent();
            }
            let mut depth = depths.get(&at).copied().unwrap_or(0);
            for slot in path.drain(..).rev() {
                depth += 1;
                depths.insert(slot, depth);
            }
            let depth = depths.get(&folder).copied().unwrap_or(0);
            *by_depth.entry((Reverse(depth), folder)).or_default() += gain;
        }
        while let Some(((Reverse(depth), folder), gain)) = by_depth.pop_first() {
            self.arena.edit(folder, |node| node.size += gain);
            let parent = self.node(folder).parent();
            if parent != NIL {
                *by_depth.entry((Reverse(depth - 1), parent)).or_default() += gain;
            }
        }
    }

    /// Returns the number and bytes of the past versions of a file.
    pub(crate) fn past_totals_of(&self, slot: u32) -> PastTotals {
        let history = self.node(slot).history().and_then(|history| self.histories.get(history));
        history.map_or(PastTotals::default(), History::totals)
    }

    /// Sets the history of a file.
    pub(crate) fn set_history(&mut self, slot: u32, history: Option<u32>) {
        self.past -= self.past_totals_of(slot);
        self.may_have_unused |= self.node(slot).history().is_some();
        self.arena.edit(slot, |node| node.set_history(history));
        self.past += self.past_totals_of(slot);
    }

    /// Changes the history of a file that has one.
    pub(crate) fn change_history(&mut self, slot: u32, change: impl FnOnce(&mut History)) {
        let before = self.past_totals_of(slot);
        self.arena.edit(slot, |_| ());
        if let Some(history) =
            self.arena.node(slot).history().and_then(|handle| self.histories.get_mut(handle))
        {
            let n_past = history.past().len();
            change(history);
            self.may_have_unused |= history.past().len() <= n_past;
        }
        self.past -= before;
        self.past += self.past_totals_of(slot);
    }

    /// Returns whether `slot` is `ancestor` or an item below it.
    pub(crate) fn is_at_or_below(&self, slot: u32, ancestor: u32) -> bool {
        let mut at = slot;
        while at != NIL && at != ancestor {
            at = self.node(at).parent();
        }
        at == ancestor
    }

    /// Returns the path of an item at any depth.
    pub(crate) fn path(&self, slot: u32) -> String {
        let mut parts = Vec::new();
        let mut at = slot;
        while at != ROOT && at != NIL {
            parts.push(self.name(at));
            at = self.node(at).parent();
        }
        if parts.is_empty() {
            return "/".to_owned();
        }
        let mut path = String::with_capacity(parts.iter().map(|name| 1 + name.len()).sum());
        for name in parts.into_iter().rev() {
            path.push('/');
            path.push_str(name);
        }
        path
    }

    /// Returns the length of an item's path in UTF-16 units without the leading slash; stops counting a little
    /// above `limit`.
    pub(crate) fn path_units(&self, slot: u32, limit: usize) -> usize {
        let mut units = 0;
        let mut at = slot;
        while at != ROOT && at != NIL && units <= limit {
            units += units_of(self.name(at)) + usize::from(units > 0);
            at = self.node(at).parent();
        }
        units
    }
}
