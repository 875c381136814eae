//! Reserves room for a copy and attaches it to a drive.

use std::sync::Arc;

use crate::actor::Actor;
use crate::conflict::ConflictOutcome;
use crate::copy::build::{BuiltNodes, Staged};
use crate::copy::check::CopyRoot;
use crate::copy::planned::Planned;
use crate::copy::reveal::AttachedCopy;
use crate::copy::{CopySpec, Reveal, Scope, TopItemError};
use crate::drive::{Drive, QuotaChange};
use crate::error::Error;
use crate::item::ItemId;
use crate::lock::LockedOp;
use crate::name::Case;
use crate::name_table::NameId;
use crate::path::join;
use crate::profile::{PartialChildren, ReplacedUntil};
use crate::reservations::{ReservationRequest, ReservedSlots, Ticket};

/// The result of attaching a copy.
pub struct Attached {
    /// The new item; for children only, the folder they were copied to.
    pub item: ItemId,
    /// The errors of items that could not be placed, in a copy of children only.
    pub refused: Vec<TopItemError>,
    /// The path of the item, for a gradual copy. The item may be gone before the copy ends.
    pub path: String,
    /// How many items the copy had when it started.
    pub n_items: usize,
    /// The state of a gradual copy: what to reveal, and what to remove if it is undone.
    pub attached: AttachedCopy,
    /// How many tasks the thread pool ran to build the copy; 0 if one thread built it.
    pub n_tasks: usize,
}

impl Attached {
    /// Returns the item, or the errors if there were any.
    ///
    /// # Errors
    /// [`Error::SomeFailed`].
    pub fn into_item(self) -> Result<ItemId, Error> {
        if self.refused.is_empty() { Ok(self.item) } else { Err(some_failed(self.refused)) }
    }
}

/// Combines the errors of single items into one, in the order of the source.
pub fn some_failed(mut refused: Vec<TopItemError>) -> Error {
    refused.sort_by_key(|&(rank, _)| rank);
    Error::SomeFailed { details: refused.into_iter().map(|(_, error)| error).collect() }
}

impl Drive {
    /// Returns whether a copy was opened with this drive as its target. In a clone, or in the drive after it was
    /// replaced while a clone was read ([`Drive::stand_in`]), the handles of the copy mean something else. It must be
    /// opened anew there.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy");
    /// let planned = open(&drive, &drive, &spec)?.plan()?;
    /// assert!(drive.is_of(&planned));
    /// assert!(!drive.clone().is_of(&planned));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_of(&self, planned: &Planned) -> bool {
        self.tree.is_pinned_by(&planned.opened.pin)
    }

    /// Reserves slots for the items of a copy and quota for its bytes.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy");
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// let ticket = drive.reserve(&planned, now)?;
    /// let staged = planned.build(ticket, PARALLEL_FROM);
    /// assert_eq!(drive.attach(staged)?.n_items, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SizeOverflow`], [`Error::QuotaExceeded`], [`Error::OverCapacity`], [`Error::DriveFull`]; nothing is
    /// reserved then.
    pub fn reserve<'a>(&mut self, planned: &Planned, actor: impl Into<Actor<'a>>) -> Result<Ticket, Error> {
        let (n_bytes, past) = (planned.n_bytes(), planned.past());
        let name = planned.opened.roots.first().map_or("", |root| root.name.as_str());
        let growth = QuotaChange { past: past.n_bytes as i128, ..QuotaChange::visible(n_bytes) };
        self.check_quota(name, n_bytes, growth)?;
        self.claim(name, planned.n_items() as u64 + past.n_versions, 0)?;
        let full = || Error::DriveFull { name: name.to_owned() };
        // ASSUMED: The actor of a copy creates its items, at the time when the copy starts (no option: no other reading
        // is known).
        let metadata = self.new_copy_metadata(actor.into());
        let metadata = self.tree.intern_metadata(metadata).ok_or_else(full)?;
        let slots = ReservedSlots::reserve(&mut self.tree.arena, planned.n_items()).ok_or_else(full)?;
        let n_items = planned.n_items() as u32;
        let needs_folds = self.tree.names.equality().case == Case::Folded && planned.has_large_folder();
        let folds = needs_folds.then(|| self.tree.names.without_index());
        let listing_order = self.tree.listing_order;
        let claim = ReservationRequest { metadata, n_items, n_bytes, past, folds, listing_order };
        Ok(self.tree.reserved.issue(slots, claim, self.tree.arena.blank()))
    }

    /// Attaches a copy to its target. Conflicts are resolved for the last time. A copy of children only leaves out
    /// those whose names were taken since.
    ///
    /// The time this takes does not depend on the number of items below the top ones.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy");
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// let ticket = drive.reserve(&planned, now)?;
    /// let attached = drive.attach(planned.build(ticket, PARALLEL_FROM))?;
    /// assert_eq!(drive.path(attached.item)?, "/Copy");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::NotAFolder`] for a target that is gone, [`Error::AccessDenied`] and
    /// [`Error::Locked`] for one that may not be changed, [`Error::NameTaken`], [`Error::PathTooLong`],
    /// [`Error::DriveFull`]; the copy is dropped then.
    pub fn attach(&mut self, staged: Staged) -> Result<Attached, Error> {
        let mut placed = Vec::new();
        let folder = match self.check_target(&staged.spec, staged.crosses) {
            Ok(folder) => folder,
            Err(error) => return Err(self.abandon(staged, error)),
        };
        if let Err(error) = self.check_all_or_none(&staged, folder) {
            return Err(self.abandon(staged, error));
        }
        if staged.spec.scope == Scope::Whole {
            match self.resolve_root(&staged, folder, 0) {
                Ok(place) => placed.push(place),
                Err(error) => return Err(self.abandon(staged, error)),
            }
        }
        let Staged { ticket, records, n_items, spec, roots, mut refused, n_tasks, pin, .. } = staged;
        self.install(&ticket.slots, records);
        self.tree.reserved.redeem(&ticket);
        // The links add the bytes of a copy that is visible at once; the bytes of a gradual one stay promised
        // meanwhile.
        if spec.reveal == Reveal::Gradual {
            self.tree.hidden_bytes += ticket.n_bytes;
            self.tree.n_hidden += ticket.n_items;
        }
        self.tree.past += ticket.past;
        let ranks = roots.iter().map(|root| root.rank).collect();
        let mut attached = AttachedCopy::new(ticket.slots, n_items, ranks, &spec, self.n_clears);
        // Sizes above are updated once for all top items.
        let (mut n_bytes_added, mut n_placed) = (0, 0);
        for (number, root) in roots.iter().enumerate() {
            let place = match placed.pop() {
                Some(place) => Ok(place),
                None => self.resolve_name(root, &spec, folder),
            };
            match place {
                Ok(place) => {
                    self.attach_root(&mut attached, number as u32, folder, place, &mut n_bytes_added);
                    n_placed += 1;
                }
                Err(error) => {
                    self.tree.reclaim(attached.slots.id(number as u32).slot);
                    refused.push((root.rank, error));
                }
            }
        }
        self.tree.propagate_size(folder, 0, n_bytes_added);
        if spec.reveal == Reveal::AtOnce {
            self.log_copy(&attached);
        }
        if spec.reveal == Reveal::AtOnce && n_placed > 0 {
            self.bump_ancestor_ctags(folder);
        }
        drop(pin);
        self.tree.sweep_if_due();
        let item = match spec.scope {
            Scope::Whole => attached.slots.id(0),
            Scope::ChildrenOnly => spec.target,
        };
        let path =
            if spec.reveal == Reveal::Gradual { self.path_of_copy(item, folder) } else { String::new() };
        Ok(Attached { item, path, refused, n_items, attached, n_tasks })
    }

    /// Releases the reservation of a copy that will not be made and returns the reason.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Error, copy::{CopySpec, PARALLEL_FROM, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy");
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// let ticket = drive.reserve(&planned, now)?;
    /// let staged = planned.build(ticket, PARALLEL_FROM);
    /// let reason = drive.abandon(staged, Error::DriveFull { name: "Copy".to_owned() });
    /// assert_eq!(reason.code(), "quotaLimitReached");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn abandon(&mut self, staged: Staged, reason: Error) -> Error {
        self.release(staged.ticket);
        reason
    }

    /// Returns the path of a copy in a folder. A file that will replace another is not linked yet.
    fn path_of_copy(&self, item: ItemId, folder: u32) -> String {
        let above = self.tree.path(folder);
        if self.tree.arena.id(folder) == item {
            return above;
        }
        join(&above, self.tree.name(item.slot))
    }

    /// Releases a reservation that was not used.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let spec = CopySpec::new(drive.find("/Docs")?, drive.root()).named("Copy");
    /// # let planned = open(&drive, &drive, &spec)?.plan()?;
    /// let ticket = drive.reserve(&planned, now)?;
    /// // The copy is not built after all.
    /// drive.release(ticket);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn release(&mut self, ticket: Ticket) {
        ticket.slots.release(&mut self.tree.arena);
        self.tree.reserved.redeem(&ticket);
    }

    /// Checks the target for the last time: it may have changed since the copy started.
    fn check_target(&self, spec: &CopySpec, crosses: bool) -> Result<u32, Error> {
        let folder = self.require_folder(spec.target)?;
        self.check_writable(folder)?;
        let [_, own] = spec.own_locks.of(crosses);
        self.check_locks(folder, LockedOp::CopyTo, &own, false)?;
        Ok(folder)
    }

    /// Records in the change log that all items of a copy are new.
    fn log_copy(&mut self, attached: &AttachedCopy) {
        match &*attached.slots {
            ReservedSlots::Run(run) => self.change_log.record_run(run.first_slot(), run.n_items),
            ReservedSlots::Few(few) => few.iter().for_each(|id| self.change_log.record(id.slot)),
        }
    }

    fn resolve_root(&mut self, staged: &Staged, folder: u32, number: usize) -> Result<PlacedRoot, Error> {
        match staged.roots.get(number) {
            Some(root) => self.resolve_name(root, &staged.spec, folder),
            None => Err(Error::NotFound { item: staged.spec.source.to_string() }),
        }
    }

    /// Resolves the name of a top item and interns it.
    fn resolve_name(&mut self, root: &CopyRoot, spec: &CopySpec, folder: u32) -> Result<PlacedRoot, Error> {
        let place = self.resolve_placement(&root.placement_request(self, spec, folder))?;
        let name = place.name(&root.name);
        let full = || Error::DriveFull { name: name.to_string() };
        let name_id = self.tree.names.intern(name).ok_or_else(full)?;
        Ok(PlacedRoot { name: name_id, replaced: place.replaced() })
    }

    /// Writes the nodes of a copy into the arena, not linked yet.
    fn install(&mut self, slots: &ReservedSlots, records: BuiltNodes) {
        match (slots, records) {
            (ReservedSlots::Run(run), BuiltNodes::Run(built)) => self.tree.arena.install_run(run, built),
            (ReservedSlots::Few(few), BuiltNodes::Few(nodes, lists)) => {
                for (id, node) in few.iter().zip(nodes) {
                    self.tree.arena.put(id.slot, node);
                }
                for (number, list) in lists {
                    self.tree.arena.set_list(slots.slot(number), Some(list));
                }
            }
            _ => debug_assert!(false, "nodes are built for their slots"),
        }
    }

    fn attach_root(
        &mut self,
        attached: &mut AttachedCopy,
        number: u32,
        folder: u32,
        placed: PlacedRoot,
        n_bytes_added: &mut u64,
    ) {
        let slot = attached.slots.id(number).slot;
        self.tree.arena.edit(slot, |node| node.name = placed.name);
        if self.profile.copied_child_etag != 0 {
            self.tree.edit_metadata(slot, |metadata| metadata.etag = 0);
        }
        match placed.replaced {
            None => *n_bytes_added += self.tree.attach_child(folder, slot),
            // The new file is linked nowhere until then.
            //
            // ASSUMED: A file that a gradual copy replaces stays until its successor is complete
            // (option `replaced_until`).
            Some(holder) if attached.is_gradual && self.waits(slot, holder) => {
                Arc::make_mut(&mut attached.successors).push(number);
            }
            Some(holder) => {
                let metadata = self.tree.metadata_of(slot);
                let (at, by) = (metadata.created_at, metadata.created_by);
                self.remove_replaced(holder, at, by);
                *n_bytes_added += self.tree.attach_child(folder, slot);
            }
        }
    }

    /// Returns whether a new item waits until it is complete before it replaces another. A folder never waits, as its
    /// children are revealed one by one.
    fn waits(&self, slot: u32, holder: u32) -> bool {
        let is_folder = |slot| self.tree.node(slot).is_folder();
        self.profile.replaced_until == ReplacedUntil::Done && !is_folder(slot) && !is_folder(holder)
    }

    /// Fails if one of the children cannot be placed, where the profile says so.
    fn check_all_or_none(&self, staged: &Staged, folder: u32) -> Result<(), Error> {
        if staged.spec.scope == Scope::Whole || self.profile.partial_children == PartialChildren::Kept {
            return Ok(());
        }
        let conflict = |root: &CopyRoot| {
            let (settlement, holder) =
                self.conflict_outcome(&root.placement_request(self, &staged.spec, folder));
            let holder = holder.filter(|_| matches!(settlement, ConflictOutcome::Refuse(_)))?;
            Some((root.rank, self.name_taken_error(folder, &root.name, holder)))
        };
        let refused: Vec<TopItemError> = staged.roots.iter().filter_map(conflict).collect();
        if refused.is_empty() { Ok(()) } else { Err(some_failed(refused)) }
    }
}

/// A top item with its resolved name.
struct PlacedRoot {
    name: NameId,
    /// The item that it replaces.
    replaced: Option<u32>,
}

// A staged copy is sent from thread to thread.
const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<Staged>();
    is_send::<Planned>();
    is_send::<Arc<Drive>>();
};
