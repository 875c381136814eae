//! Checks the invariants of a drive: every link, order, sum and index. For tests and debugging.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::arena::{NIL, node};
use crate::children;
use crate::content::Content;
use crate::drive::Drive;
use crate::history::PastTotals;
use crate::metadata::Metadata;
use crate::name::Case;
use crate::tree::ROOT;

impl Drive {
    /// Asserts the invariants of a drive between two verbs. Takes time proportional to the size of the drive.
    ///
    /// # Panics
    /// If an invariant is broken, which only a bug in this crate can cause.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.delete(drive.find("/Docs")?, now)?;
    /// drive.check_invariants();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_invariants(&self) {
        let tops: Vec<u32> = std::iter::once(ROOT).chain(self.bin.iter().map(|binned| binned.slot)).collect();
        let (n_linked, n_hidden_bytes) = self.check_links(&tops);
        let (mut n_live, mut n_detached_bytes, mut n_detached) = (0, 0, 0);
        let (mut n_hidden, mut past) = (0, PastTotals::default());
        for slot in self.tree.arena.live_slots() {
            n_live += 1;
            let node = self.tree.node(slot);
            n_hidden += u32::from(node.is_hidden());
            past += self.tree.past_totals_of(slot);
            assert!(self.tree.metadata.get(node.metadata).is_some(), "an item without metadata");
            if node.parent() == NIL && slot != ROOT && self.bin.get(slot).is_none() {
                assert!(node.is_hidden() && !node.is_folder(), "item {slot} is linked nowhere");
                n_detached += 1;
                n_detached_bytes += node.size;
            }
        }
        assert_eq!(n_linked + n_detached, n_live, "items that are in no folder");
        let n_reserved = self.tree.reserved.n_items;
        assert_eq!(self.tree.arena.n_used(), n_live + n_reserved, "allocated slots that are not used");
        assert_eq!(
            self.tree.hidden_bytes,
            n_hidden_bytes + n_detached_bytes,
            "bytes of hidden and detached items"
        );
        assert_eq!(self.tree.n_hidden, n_hidden, "hidden items");
        assert_eq!(self.tree.past, past, "past versions");
        let content_bytes: u64 = self.tree.contents.iter().map(Content::n_stored_bytes).sum();
        assert_eq!(self.tree.content_bytes, content_bytes, "bytes of contents");
        let text_bytes: u64 = self.tree.metadata.iter().map(Metadata::n_text_bytes).sum();
        assert_eq!(self.tree.text_bytes, text_bytes, "bytes of texts");
        assert!(self.tree.has_room(0), "the sum of all bytes overflows");
        self.check_own_metadata();
        self.check_taken_numbers();
        tops.iter().for_each(|&top| self.check_sums(top));
        self.check_bin();
        self.wire_ids().check(|item| self.tree.arena.slot(item).is_some());
    }

    /// Compares the cached numbers of renamed items with the names of the children.
    fn check_taken_numbers(&self) {
        for (folder, numbered, taken) in self.tree.numbers.all() {
            assert!(self.tree.node(folder).is_live(), "numbers of a folder that does not exist");
            let children = children::all(self.tree.nodes(), folder);
            let walked = children.filter_map(|child| numbered.number_in(self.tree.canonical_name(child)));
            assert_eq!(*taken, walked.collect(), "the taken numbers of {:?}", numbered.canonical);
        }
    }

    /// Checks that no two items share metadata that one of them has for itself.
    fn check_own_metadata(&self) {
        let mut counts = std::collections::HashMap::new();
        for slot in self.tree.arena.live_slots() {
            let node = self.tree.node(slot);
            let (n_items, n_exclusive) = counts.entry(node.metadata).or_insert((0, 0));
            *n_items += 1;
            *n_exclusive += u32::from(node.has_own_metadata());
            assert!(*n_exclusive == 0 || *n_items == 1, "two items share metadata that one has for itself");
        }
    }

    /// Checks the bin's records of its items.
    fn check_bin(&self) {
        let (mut n_bytes, mut has_folders) = (0, false);
        for binned in self.bin.iter() {
            let node = self.tree.node(binned.slot);
            assert!(
                node.is_live() && node.parent() == NIL && !node.is_hidden(),
                "an item in the bin is elsewhere"
            );
            assert_eq!(
                (binned.size, binned.is_folder),
                (node.size, node.is_folder()),
                "size and kind in the bin"
            );
            assert!(self.bin.get(binned.slot).is_some(), "an item in the bin is not found");
            n_bytes += u128::from(binned.size);
            has_folders |= binned.is_folder;
        }
        assert_eq!(
            (self.bin.n_bytes(), self.bin.has_folders()),
            (n_bytes, has_folders),
            "the totals of the bin"
        );
    }

    /// Checks order, indexes, parents and names; returns how many items are linked and the bytes of the hidden ones.
    fn check_links(&self, tops: &[u32]) -> (u32, u64) {
        let nodes = self.tree.nodes();
        let (mut n_linked, mut n_hidden_bytes) = (tops.len() as u32, 0);
        let mut folders: Vec<u32> = tops.to_vec();
        folders.retain(|&top| node(nodes, top).is_folder());
        while let Some(folder) = folders.pop() {
            let mut previous = None;
            let mut canonical_names = HashSet::new();
            let (mut n_children, mut n_visible, mut holds_folders) = (0, 0, false);
            for slot in children::all(nodes, folder) {
                let item = node(nodes, slot);
                assert!(item.is_live(), "a freed item is linked");
                assert_eq!(item.parent(), folder, "an item's parent is not its folder");
                self.check_order(previous, item.name);
                previous = Some(item.name);
                if self.tree.names.is_collated() {
                    let is_new = canonical_names.insert(self.tree.names.canonical(item.name));
                    assert!(is_new, "two children have the same canonical name");
                }
                n_children += 1;
                n_linked += 1;
                if item.is_hidden() {
                    n_hidden_bytes += item.size;
                } else {
                    n_visible += 1;
                }
                if item.is_folder() {
                    folders.push(slot);
                    holds_folders = true;
                }
                assert!(
                    !node(nodes, folder).is_hidden() || item.is_hidden(),
                    "a visible item in a hidden folder"
                );
            }
            assert_eq!(children::count(nodes, folder), n_children, "number of children");
            assert_eq!(node(nodes, folder).n_children(), n_visible, "child count");
            assert!(
                node(nodes, folder).is_nested() || !holds_folders,
                "a folder that is not marked as nested"
            );
            children::check(nodes, self.tree.sorting(), folder);
        }
        (n_linked, n_hidden_bytes)
    }

    /// Checks that `name` follows `previous` in the order of names.
    fn check_order(&self, previous: Option<u32>, name: u32) {
        let names = &self.tree.names;
        let Some(previous) = previous else { return };
        assert_eq!(names.compare(previous, name), Ordering::Less, "children out of order");
        if names.equality().case == Case::Folded {
            assert_ne!(names.folded(previous), names.folded(name), "two children have one name");
        }
    }

    /// Checks that each folder's size is the sum of the visible files below it.
    fn check_sums(&self, top: u32) {
        let nodes = self.tree.nodes();
        let mut sums: std::collections::HashMap<u32, u64> = std::collections::HashMap::new();
        // In reverse order, so that a folder's sum is complete before it is added to its parent.
        let walk: Vec<u32> = crate::tree::Walk::below(nodes, top).map(|(slot, _)| slot).collect();
        for slot in walk.into_iter().rev().chain([top]) {
            let item = node(nodes, slot);
            let sum = sums.remove(&slot).unwrap_or(0);
            let size = match (item.is_folder(), item.is_hidden()) {
                (true, _) => {
                    assert_eq!(item.size, sum, "size of {}", self.tree.path(slot));
                    sum
                }
                (false, true) => 0,
                (false, false) => item.size,
            };
            *sums.entry(item.parent()).or_default() += size;
        }
    }
}
