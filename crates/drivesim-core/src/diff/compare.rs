//! Finds the differences of two states of a drive, in the order of a walk.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::diff::{Difference, Located};
use crate::drive::Drive;
use crate::error::Error;
use crate::history::{History, n_over};
use crate::item::ItemId;
use crate::outline::DEPTH_LIMIT;
use crate::tree::{ROOT, visible_children};

/// How an item differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DiffKind {
    /// It has not changed, but an item in it has.
    Unchanged,
    Created,
    Removed,
    /// It has another folder or name, and perhaps other changes.
    Moved,
    Changed,
}

/// One line of the differences: an item and its depth. A removed item is that of the state before.
#[derive(Clone, Copy, Debug)]
pub(super) struct DiffRow {
    pub(super) slot: u32,
    pub(super) depth: usize,
    pub(super) kind: DiffKind,
}

/// Two states of a drive.
pub(super) struct DrivePair<'a> {
    pub(super) before: &'a Drive,
    pub(super) after: &'a Drive,
    /// The items to report in each folder that is in both states, and the folders that lead to them.
    reported: HashMap<u32, Vec<Child>, FixedState>,
    known: HashSet<Child, FixedState>,
}

/// An item to report: in the state after, or in the state before if it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Child {
    After(u32),
    Gone(u32),
}

impl<'a> DrivePair<'a> {
    pub(super) fn new(before: &'a Drive, after: &'a Drive) -> DrivePair<'a> {
        let mut pair = DrivePair { before, after, reported: HashMap::default(), known: HashSet::default() };
        for slot in before.tree.nodes().differing(after.tree.nodes()) {
            pair.compare_slot(slot);
        }
        pair
    }

    /// Records the differences of the item, or the two items, of a slot.
    fn compare_slot(&mut self, slot: u32) {
        let (before, after) = (visible_id(self.before, slot), visible_id(self.after, slot));
        if before.is_some() && before == after {
            if self.fate(slot) != DiffKind::Unchanged {
                self.report(Child::After(slot));
            }
            return;
        }
        // Only the topmost are recorded: the items below them are found from there.
        if before.is_some() && self.is_same(self.before.tree.node(slot).parent()) {
            self.report(Child::Gone(slot));
        }
        if after.is_some() && self.is_same(self.after.tree.node(slot).parent()) {
            self.report(Child::After(slot));
        }
    }

    /// Records an item to report, and the folders that lead to it.
    fn report(&mut self, child: Child) {
        let mut child = child;
        while self.known.insert(child) {
            let folder = match child {
                Child::After(ROOT) => return,
                Child::After(slot) => self.after.tree.node(slot).parent(),
                Child::Gone(slot) => self.before.tree.node(slot).parent(),
            };
            // A created folder is reported with everything in it.
            if self.is_same(folder) {
                self.reported.entry(folder).or_default().push(child);
            }
            child = Child::After(folder);
        }
    }

    /// Returns whether a slot holds the same item in both states.
    fn is_same(&self, slot: u32) -> bool {
        let before = visible_id(self.before, slot);
        before.is_some() && before == visible_id(self.after, slot)
    }

    /// Returns how an item of the state after differs.
    fn fate(&self, slot: u32) -> DiffKind {
        if !self.is_same(slot) {
            return DiffKind::Created;
        }
        if self.is_moved(slot) || self.is_renamed(slot) {
            return DiffKind::Moved;
        }
        if self.content_changed(slot) || self.metadata_changed(slot) {
            DiffKind::Changed
        } else {
            DiffKind::Unchanged
        }
    }

    /// Returns whether the content of an item in both states differs.
    pub(super) fn content_changed(&self, slot: u32) -> bool {
        let content = |drive: &'a Drive| drive.tree.contents.get(drive.tree.node(slot).content());
        !self.after.tree.node(slot).is_folder() && content(self.before) != content(self.after)
    }

    /// Returns whether other metadata of an item in both states has changed, not merely as a result of another change.
    pub(super) fn metadata_changed(&self, slot: u32) -> bool {
        self.description_changed(slot)
            || self.members_changed(slot)
            || self.times_changed(slot)
            || self.versions_changed(slot)
    }

    pub(super) fn description_changed(&self, slot: u32) -> bool {
        self.before.tree.metadata_of(slot).description != self.after.tree.metadata_of(slot).description
    }

    /// Returns whether the description or the members of an item in both states differ.
    fn texts_changed(&self, slot: u32) -> bool {
        self.description_changed(slot) || self.members_changed(slot)
    }

    pub(super) fn members_changed(&self, slot: u32) -> bool {
        self.before.tree.metadata_of(slot).members != self.after.tree.metadata_of(slot).members
    }

    /// Returns whether times of an item in both states have changed that no other change has set.
    pub(super) fn times_changed(&self, slot: u32) -> bool {
        let (before, after) = (self.before.tree.metadata_of(slot), self.after.tree.metadata_of(slot));
        let (is_moved, is_written) = (self.is_moved(slot), self.content_changed(slot));
        let is_changed = is_moved || is_written || self.is_renamed(slot) || self.texts_changed(slot);
        let (node, profile) = (self.after.tree.node(slot), &self.after.profile);
        let is_reset = is_moved && profile.move_resets_fs_times;
        let follows_folder = is_changed && profile.folder_fs_time_follows && node.is_folder();
        before.created_at != after.created_at
            || !is_changed && before.modified_at != after.modified_at
            || !is_reset && before.fs_created_at != after.fs_created_at
            || !(is_reset || is_written || follows_folder) && before.fs_modified_at != after.fs_modified_at
    }

    /// Returns whether the versions of an item in both states differ, other than by writes of its content.
    pub(super) fn versions_changed(&self, slot: u32) -> bool {
        let (before, after) = (VersionsOf::new(self.before, slot), VersionsOf::new(self.after, slot));
        if !self.content_changed(slot) {
            return before != after;
        }
        // Either state may be the later one.
        let (earlier, later) =
            if before.current <= after.current { (before, after) } else { (after, before) };
        earlier.written_up_to(later.current, self.after.profile.max_versions) != later
    }

    fn is_moved(&self, slot: u32) -> bool {
        self.before.tree.node(slot).parent() != self.after.tree.node(slot).parent()
    }

    fn is_renamed(&self, slot: u32) -> bool {
        self.before.tree.name(slot) != self.after.tree.name(slot)
    }

    /// Returns all differences and the folders that lead to them, each folder before its children.
    ///
    /// # Errors
    /// [`Error::TooDeep`].
    pub(super) fn rows(&self) -> Result<Vec<DiffRow>, Error> {
        let mut rows = Vec::new();
        let mut stack = self.children(ROOT, DiffKind::Unchanged);
        stack.reverse();
        let mut stack: Vec<(Child, usize)> = stack.into_iter().map(|child| (child, 0)).collect();
        if self.fate(ROOT) != DiffKind::Unchanged {
            rows.push(DiffRow { slot: ROOT, depth: 0, kind: self.fate(ROOT) });
        }
        while let Some((child, depth)) = stack.pop() {
            let (slot, fate) = match child {
                Child::After(slot) => (slot, self.fate(slot)),
                Child::Gone(slot) => (slot, DiffKind::Removed),
            };
            if depth > DEPTH_LIMIT {
                let drive = if fate == DiffKind::Removed { self.before } else { self.after };
                return Err(Error::TooDeep { item: drive.tree.name(slot).to_owned(), limit: DEPTH_LIMIT });
            }
            rows.push(DiffRow { slot, depth, kind: fate });
            let below = self.children(slot, fate).into_iter().rev();
            stack.extend(below.map(|child| (child, depth + 1)));
        }
        Ok(rows)
    }

    /// Returns the items to report in a folder, in canonical order.
    fn children(&self, folder: u32, fate: DiffKind) -> Vec<Child> {
        match fate {
            DiffKind::Created => {
                visible_children(self.after.tree.nodes(), folder).map(Child::After).collect()
            }
            DiffKind::Removed => {
                let below = visible_children(self.before.tree.nodes(), folder);
                below.filter(|&slot| !self.is_same(slot)).map(Child::Gone).collect()
            }
            DiffKind::Unchanged | DiffKind::Moved | DiffKind::Changed => {
                let mut reported = self.reported.get(&folder).cloned().unwrap_or_default();
                reported.sort_by_cached_key(|&child| {
                    let (tree, slot) = match child {
                        Child::After(slot) => (&self.after.tree, slot),
                        Child::Gone(slot) => (&self.before.tree, slot),
                    };
                    let (folded, name) = tree.names.forms(tree.node(slot).name);
                    (folded.to_owned(), name.to_owned(), matches!(child, Child::After(_)))
                });
                reported
            }
        }
    }

    /// Returns the difference of a row.
    fn difference(&self, row: &DiffRow) -> Difference {
        let located =
            |drive: &Drive| Located { path: drive.tree.path(row.slot), item: drive.item_at_slot(row.slot) };
        let is_in_both = !matches!(row.kind, DiffKind::Created | DiffKind::Removed);
        Difference {
            before: (row.kind != DiffKind::Created).then(|| located(self.before)),
            after: (row.kind != DiffKind::Removed).then(|| located(self.after)),
            content_changed: is_in_both && self.content_changed(row.slot),
            facts_changed: is_in_both && self.metadata_changed(row.slot),
        }
    }
}

/// The numbers of a file's versions, without deleted ones.
#[derive(Debug, PartialEq, Eq)]
struct VersionsOf {
    current: u32,
    past: Vec<u32>,
}

impl VersionsOf {
    /// Returns the versions of a file. A file without a history has one version, and so has one whose other versions
    /// were deleted.
    fn new(drive: &Drive, slot: u32) -> VersionsOf {
        let kept = |history: &History| {
            let kept = history.past().iter().filter(|past| past.is_kept());
            kept.map(|past| past.number).collect()
        };
        let past = drive.history(slot).map(kept).unwrap_or_default();
        VersionsOf { current: drive.version_of(slot), past }
    }

    /// Returns the versions after the writes that lead to another current version.
    fn written_up_to(mut self, current: u32, max_versions: Option<u32>) -> VersionsOf {
        self.past.extend(self.current..current);
        let n_over = n_over(self.past.len(), max_versions);
        self.past.drain(..n_over);
        VersionsOf { current, past: self.past }
    }
}

/// Returns the id of the visible item in a slot.
fn visible_id(drive: &Drive, slot: u32) -> Option<ItemId> {
    let node = drive.tree.node(slot);
    let is_visible = node.is_live() && !node.is_hidden() && drive.is_under_root(slot);
    is_visible.then(|| drive.tree.arena.id(slot))
}

impl Drive {
    /// Returns a drive like this one without items. An added or removed drive is compared with it.
    pub fn emptied(&self) -> Drive {
        let mut empty = Drive::new(self.profile.clone(), self.tree.metadata_of(ROOT).created_at);
        empty.tree.edit_metadata(ROOT, |metadata| metadata.clone_from(self.tree.metadata_of(ROOT)));
        empty
    }

    /// Returns the differences of `after`, a later state of this drive, in the order of a walk: each folder before its
    /// children. Items in the bin are not included.
    ///
    /// # Errors
    /// [`Error::TooDeep`] for a difference deeper than an outline may be.
    pub fn diff(&self, after: &Drive) -> Result<Vec<Difference>, Error> {
        let pair = DrivePair::new(self, after);
        let rows = pair.rows()?;
        Ok(rows
            .iter()
            .filter(|row| row.kind != DiffKind::Unchanged)
            .map(|row| pair.difference(row))
            .collect())
    }
}
