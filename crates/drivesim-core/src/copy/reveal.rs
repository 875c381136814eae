//! Reveals the items of a gradual copy, and drops the rest of one that ends early.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::arena::NIL;
use crate::conflict::{Conflict, Replaces};
use crate::copy::{CopySpec, Reveal, Scope, TopItemError};
use crate::drive::{Drive, Placement, PlacementRequest};
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::reservations::ReservedSlots;
use crate::tree::{ROOT, Tree};

/// An attached copy and how much of it is revealed.
///
/// A clone belongs to a clone of the drive: the two copies continue independently.
#[derive(Clone)]
pub struct AttachedCopy {
    pub(crate) slots: Arc<ReservedSlots>,
    pub(crate) is_gradual: bool,
    /// Top items that are linked nowhere yet, and wait to replace a file.
    pub(crate) successors: Arc<Vec<u32>>,
    n_items: usize,
    n_revealed: usize,
    n_bytes_revealed: u64,
    /// The index of each top item among the children of the source, to report errors in their order.
    ranks: Arc<Vec<u32>>,
    target: ItemId,
    scope: Scope,
    /// How often the drive had been cleared when the copy was attached.
    n_clears: u64,
}

impl fmt::Debug for AttachedCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filling {{ {} of {} items }}", self.n_revealed, self.n_items)
    }
}

impl AttachedCopy {
    pub(crate) fn new(
        slots: Arc<ReservedSlots>,
        n_items: usize,
        ranks: Vec<u32>,
        spec: &CopySpec,
        n_clears: u64,
    ) -> AttachedCopy {
        let is_gradual = spec.reveal == Reveal::Gradual;
        AttachedCopy {
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

    /// Returns the number of items of the copy, including those dropped meanwhile.
    pub fn n_items(&self) -> usize {
        self.n_items
    }

    /// Returns about how many bytes it uses that grow with the copy and belong to no item.
    pub fn n_bytes(&self) -> usize {
        size_of_val(&**self.ranks) + size_of_val(&**self.successors)
    }

    /// Returns the number of items that are done: revealed, or dropped because their folder was deleted.
    pub fn n_revealed(&self) -> usize {
        self.n_revealed
    }

    /// Returns the bytes of the revealed files.
    pub fn n_bytes_revealed(&self) -> u64 {
        self.n_bytes_revealed
    }
}

/// Items that were revealed in one folder and are not counted there yet.
#[derive(Debug, Default)]
struct RevealedInFolder {
    folder: u32,
    slots: Vec<u32>,
}

impl RevealedInFolder {
    fn add(&mut self, tree: &mut Tree, folder: u32, slot: u32) {
        if folder != self.folder {
            self.count(tree);
            self.folder = folder;
        }
        self.slots.push(slot);
    }

    fn count(&mut self, tree: &mut Tree) {
        tree.count_revealed(self.folder, &self.slots);
        self.slots.clear();
    }
}

impl Drive {
    /// Reveals the items of a copy up to, not including, number `until`; folders before their children.
    ///
    /// Items that are gone because their folder was deleted are skipped. Returns the errors of files that could not
    /// replace others; these are dropped, the others stay.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy").gradual();
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// # let ticket = drive.reserve(&planned, now)?;
    /// # let mut copy = drive.attach(planned.build(ticket, PARALLEL_FROM))?.attached;
    /// assert!(drive.find("/Copy").is_err());
    /// drive.reveal(&mut copy, 1);
    /// assert!(drive.find("/Copy").is_ok() && drive.find("/Copy/a.txt").is_err());
    /// drive.reveal(&mut copy, 2);
    /// assert!(drive.find("/Copy/a.txt").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reveal(&mut self, attached: &mut AttachedCopy, until: usize) -> Vec<TopItemError> {
        let until = until.min(attached.n_items);
        let mut refused = Vec::new();
        // Sizes above are updated once for all items; else a deep copy would cost the square of its depth.
        let mut gains: HashMap<u32, u64, FixedState> = HashMap::default();
        // Folders likewise, once for all items that are revealed in them in a row.
        let mut revealed = RevealedInFolder::default();
        while attached.n_revealed < until {
            let number = attached.n_revealed as u32;
            attached.n_revealed += 1;
            let Some(slot) = self.hidden_slot(attached, number) else { continue };
            let size = self.tree.node(slot).size;
            attached.n_bytes_revealed = attached.n_bytes_revealed.saturating_add(size);
            if attached.successors.binary_search(&number).is_ok() {
                revealed.count(&mut self.tree);
                let rank = attached.ranks.get(number as usize).copied().unwrap_or(number);
                refused.extend(self.replace_file(attached.target, slot).err().map(|error| (rank, error)));
                continue;
            }
            let folder = self.tree.node(slot).parent();
            let n_bytes = self.tree.reveal(slot);
            revealed.add(&mut self.tree, folder, slot);
            self.record_change(slot);
            if n_bytes > 0 {
                *gains.entry(folder).or_default() += n_bytes;
            }
        }
        revealed.count(&mut self.tree);
        self.tree.propagate_sizes(&gains);
        refused
    }

    /// Returns whether the rest of the copy still has a place: its new item, wherever it was moved; for children only,
    /// and for a file that has yet to replace another, the target. It has none if all items of the drive were replaced
    /// meanwhile.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy").gradual();
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// # let ticket = drive.reserve(&planned, now)?;
    /// # let mut copy = drive.attach(planned.build(ticket, PARALLEL_FROM))?.attached;
    /// drive.reveal(&mut copy, 1);
    /// assert!(drive.can_fill(&copy));
    /// drive.delete_permanently(drive.find("/Copy")?)?;
    /// assert!(!drive.can_fill(&copy));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn can_fill(&self, attached: &AttachedCopy) -> bool {
        if attached.n_clears != self.n_clears {
            return false;
        }
        let waits = attached.n_revealed == 0 && !attached.successors.is_empty();
        match attached.scope {
            Scope::Whole if !waits => {
                let new = self.tree.arena.slot(attached.slots.id(0));
                new.is_some_and(|new| self.is_under_root(new))
            }
            _ => self.require_visible(attached.target).is_ok(),
        }
    }

    /// Drops the items that are not revealed yet; the others stay.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Detail, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy").gradual();
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// # let ticket = drive.reserve(&planned, now)?;
    /// # let mut copy = drive.attach(planned.build(ticket, PARALLEL_FROM))?.attached;
    /// drive.reveal(&mut copy, 1);
    /// drive.drop_rest(copy);
    /// assert_eq!(drive.outline(drive.find("/Copy")?, Detail::Names)?, "");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn drop_rest(&mut self, attached: AttachedCopy) {
        for number in attached.n_revealed as u32..attached.n_items as u32 {
            // Dropping a folder drops its children, so most numbers have no item left.
            let Some(slot) = self.hidden_slot(&attached, number) else { continue };
            if self.tree.node(slot).parent() != NIL {
                self.tree.unlink(slot);
            }
            self.tree.reclaim(slot);
        }
        self.tree.sweep_if_due();
    }

    /// Drops a whole copy: the items not revealed yet, and those that are left of the others.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy").gradual();
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// # let ticket = drive.reserve(&planned, now)?;
    /// # let mut copy = drive.attach(planned.build(ticket, PARALLEL_FROM))?.attached;
    /// drive.reveal(&mut copy, 1);
    /// drive.undo(copy);
    /// assert!(drive.find("/Copy").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn undo(&mut self, attached: AttachedCopy) {
        let roots: Vec<ItemId> =
            (0..attached.ranks.len() as u32).map(|number| attached.slots.id(number)).collect();
        self.drop_rest(attached);
        for root in roots {
            if let Ok(slot) = self.require_visible(root) {
                self.purge_visible(slot);
            }
        }
        self.tree.sweep_if_due();
    }

    /// Returns the slot of an item that is hidden and still belongs to the copy: it was not deleted with its folder and
    /// does not merely wait to be freed.
    fn hidden_slot(&self, attached: &AttachedCopy, number: u32) -> Option<u32> {
        let slot = self.tree.arena.slot(attached.slots.id(number))?;
        let is_freed_later = || {
            let is_successor = attached.successors.binary_search(&number).is_ok();
            self.tree.has_reclaimable() && !is_successor && !self.tree.is_at_or_below(slot, ROOT)
        };
        (self.tree.node(slot).is_hidden() && !is_freed_later()).then_some(slot)
    }

    /// Replaces the file with the same name by a complete file, in whatever state the former is.
    fn replace_file(&mut self, target: ItemId, slot: u32) -> Result<(), Error> {
        let name = self.tree.names.name(self.tree.name(slot)).into_owned();
        let place = self.require_folder(target).and_then(|folder| {
            let suffix = self.profile.copy_suffix;
            let (kind, conflict) = (ItemKind::File, Conflict::Replace);
            let request = PlacementRequest {
                folder,
                name: &name,
                kind,
                conflict,
                suffix,
                existing: None,
                units_below: 0,
                replaces: Replaces::Files,
            };
            self.resolve_placement(&request).map(|place| (folder, place))
        });
        let (folder, place) = match place {
            Ok(placed) => placed,
            Err(error) => {
                self.tree.reclaim(slot);
                return Err(error);
            }
        };
        if let Placement::Replace(holder) = place {
            debug_assert_ne!(holder, ROOT);
            let metadata = self.tree.metadata_of(slot);
            let (at, by) = (metadata.created_at, metadata.created_by);
            self.remove_replaced(holder, at, by);
        }
        // The promise is reduced first, as linking adds the bytes to the sums.
        let size = self.tree.node(slot).size;
        self.tree.hidden_bytes -= size;
        self.tree.n_hidden -= 1;
        self.tree.arena.edit(slot, |node| node.set_hidden(false));
        self.tree.link(folder, slot);
        self.record_change(slot);
        Ok(())
    }
}
