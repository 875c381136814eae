//! The only place that shows a copy item by item, and that drops what will not come.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::arena::NIL;
use crate::conflict::{Conflict, Replaces};
use crate::copy::{CopySpec, Refusal, Reveal, Scope};
use crate::drive::{Drive, Place, Wish};
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::reserved::Slots;
use crate::tree::{ROOT, Tree};

/// A copy that is in its place but not yet seen as a whole.
///
/// A clone belongs to a clone of the drive: each of the two copies goes on by itself.
#[derive(Clone)]
pub struct Filling {
    pub(crate) slots: Arc<Slots>,
    pub(crate) is_gradual: bool,
    /// Top items that wait, linked nowhere, to take the place of a file.
    pub(crate) successors: Arc<Vec<u32>>,
    n_items: usize,
    n_revealed: usize,
    n_bytes_revealed: u64,
    /// Which child of the source each top item is, to report refusals in their order.
    ranks: Arc<Vec<u32>>,
    target: ItemId,
    scope: Scope,
    /// How often the drive had been cleared when the copy came into it.
    n_clears: u64,
}

impl fmt::Debug for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filling {{ {} of {} items }}", self.n_revealed, self.n_items)
    }
}

impl Filling {
    pub(crate) fn new(
        slots: Arc<Slots>,
        n_items: usize,
        ranks: Vec<u32>,
        spec: &CopySpec,
        n_clears: u64,
    ) -> Filling {
        let is_gradual = spec.reveal == Reveal::Gradual;
        Filling {
            slots,
            is_gradual,
            successors: Arc::default(),
            n_items,
            n_revealed: if is_gradual { 0 } else { n_items },
            n_bytes_revealed: 0,
            ranks: Arc::new(ranks),
            target: spec.target,
            scope: spec.scope,
            n_clears,
        }
    }

    /// Returns how many items the copy has, those dropped meanwhile included.
    pub fn n_items(&self) -> usize {
        self.n_items
    }

    /// Returns how many bytes it takes that grow with the copy and are of no item, about.
    pub fn n_bytes(&self) -> usize {
        size_of_val(&**self.ranks) + size_of_val(&**self.successors)
    }

    /// Returns how many items are done: seen, or dropped because somebody deleted their folder.
    pub fn n_revealed(&self) -> usize {
        self.n_revealed
    }

    /// Returns how many bytes the files that were shown held.
    pub fn n_bytes_revealed(&self) -> u64 {
        self.n_bytes_revealed
    }
}

/// Items that were shown in one folder and are not counted there yet.
#[derive(Debug, Default)]
struct ShownInFolder {
    folder: u32,
    slots: Vec<u32>,
}

impl ShownInFolder {
    fn add(&mut self, tree: &mut Tree, folder: u32, slot: u32) {
        if folder != self.folder {
            self.count(tree);
            self.folder = folder;
        }
        self.slots.push(slot);
    }

    fn count(&mut self, tree: &mut Tree) {
        tree.count_shown(self.folder, &self.slots);
        self.slots.clear();
    }
}

impl Drive {
    /// Shows the items of a copy up to, not including, number `until`, folders before what is in them.
    ///
    /// Items that are gone, because their folder was deleted, are passed over. Returns why files that should
    /// have taken the place of others could not; they are dropped, the others stay.
    pub fn reveal(&mut self, filling: &mut Filling, until: usize) -> Vec<Refusal> {
        let until = until.min(filling.n_items);
        let mut refused = Vec::new();
        // Sizes above are changed once for all items, or a deep copy would cost the square of its depth.
        let mut gains: HashMap<u32, u64, FixedState> = HashMap::default();
        // So are folders for all items that are shown in them one after the other.
        let mut shown = ShownInFolder::default();
        while filling.n_revealed < until {
            let number = filling.n_revealed as u32;
            filling.n_revealed += 1;
            let Some(slot) = self.still_to_come(filling, number) else { continue };
            let size = self.tree.node(slot).size;
            filling.n_bytes_revealed = filling.n_bytes_revealed.saturating_add(size);
            if filling.successors.binary_search(&number).is_ok() {
                shown.count(&mut self.tree);
                let rank = filling.ranks.get(number as usize).copied().unwrap_or(number);
                refused.extend(self.succeed(filling.target, slot).err().map(|error| (rank, error)));
                continue;
            }
            let folder = self.tree.node(slot).parent();
            let n_bytes = self.tree.unhide(slot);
            shown.add(&mut self.tree, folder, slot);
            self.note_change(slot);
            if n_bytes > 0 {
                *gains.entry(folder).or_default() += n_bytes;
            }
        }
        shown.count(&mut self.tree);
        self.tree.grow_all(&gains);
        refused
    }

    /// Returns whether there is still somewhere for the rest of the copy to go: its new item, wherever it was moved;
    /// for children only, and for a file that has yet to take another's place, the target. There is none when all that
    /// was in the drive was replaced meanwhile.
    pub fn can_fill(&self, filling: &Filling) -> bool {
        if filling.n_clears != self.n_clears {
            return false;
        }
        let waits = filling.n_revealed == 0 && !filling.successors.is_empty();
        match filling.scope {
            Scope::Whole if !waits => {
                let new = self.tree.arena.slot(filling.slots.id(0));
                new.is_some_and(|new| self.is_under_root(new))
            }
            _ => self.require_any(filling.target).is_ok(),
        }
    }

    /// Drops what is not yet revealed; what was revealed stays.
    pub fn drop_rest(&mut self, filling: Filling) {
        for number in filling.n_revealed as u32..filling.n_items as u32 {
            // Whoever drops a folder drops what is in it, so most numbers find nothing left.
            let Some(slot) = self.still_to_come(&filling, number) else { continue };
            if self.tree.node(slot).parent() != NIL {
                self.tree.unlink(slot);
            }
            self.tree.free_unlinked(slot);
        }
        self.tree.sweep_if_due();
    }

    /// Drops a copy whole: what is not yet revealed, and what is left of what was.
    pub fn undo(&mut self, filling: Filling) {
        let roots: Vec<ItemId> =
            (0..filling.ranks.len() as u32).map(|number| filling.slots.id(number)).collect();
        self.drop_rest(filling);
        for root in roots {
            if let Ok(slot) = self.require_any(root) {
                self.erase(slot);
            }
        }
        self.tree.sweep_if_due();
    }

    /// Returns the slot of an item that is hidden and still the copy's: not deleted with its folder and only waiting to
    /// be freed.
    fn still_to_come(&self, filling: &Filling, number: u32) -> Option<u32> {
        let slot = self.tree.arena.slot(filling.slots.id(number))?;
        let is_garbage = || {
            let is_successor = filling.successors.binary_search(&number).is_ok();
            self.tree.has_garbage() && !is_successor && !self.tree.is_at_or_below(slot, ROOT)
        };
        (self.tree.node(slot).is_hidden() && !is_garbage()).then_some(slot)
    }

    /// Puts a complete file in the place of the one whose name it has, whatever became of that meanwhile.
    fn succeed(&mut self, target: ItemId, slot: u32) -> Result<(), Error> {
        let name = self.tree.name(slot).to_owned();
        let place = self.require_folder(target).and_then(|folder| {
            let suffix = self.profile.copy_suffix;
            let (kind, conflict) = (ItemKind::File, Conflict::Replace);
            let wish = Wish {
                folder,
                name: &name,
                kind,
                conflict,
                suffix,
                own: None,
                below: 0,
                over: Replaces::Files,
            };
            self.place(&wish).map(|place| (folder, place))
        });
        let (folder, place) = match place {
            Ok(found) => found,
            Err(error) => {
                self.tree.free_unlinked(slot);
                return Err(error);
            }
        };
        if let Place::Over(holder) = place {
            debug_assert_ne!(holder, ROOT);
            let stamp = self.tree.stamp_of(slot);
            let (at, by) = (stamp.created_at, stamp.created_by);
            self.give_way(holder, at, by);
        }
        // Out of the promise first: linking adds the bytes to the sums.
        let size = self.tree.node(slot).size;
        self.tree.promised -= size;
        self.tree.n_hidden -= 1;
        self.tree.arena.edit(slot, |node| node.set_hidden(false));
        self.tree.link(folder, slot);
        self.note_change(slot);
        Ok(())
    }
}
