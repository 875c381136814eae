//! Checks copies: once when they are requested, again when they start.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::access::Access;
use crate::arena::{Node, node};
use crate::conflict::{Conflict, ConflictOutcome};
use crate::copy::extent::{Extent, extent};
use crate::copy::view::{Histories, OldVersion, SourceView};
use crate::copy::{CopySpec, Scope, TopItemError, some_failed};
use crate::drive::{Drive, HiddenItems, PlacementRequest, QuotaChange};
use crate::error::{Error, RootVerb};
use crate::history::PastTotals;
use crate::item::ItemKind;
use crate::lock::LockedOp;
use crate::name::Name;
use crate::profile::{CyclicCopy, LateConflict, PartialChildren, ReplaceOntoItself, RootCopy};
use crate::tree::{Pin, ROOT, Walk, visible_children};

/// Fails if a copy must fail when it is requested. A job that starts later checks it again.
///
/// ASSUMED: The checks of a copy have this order; the Graph pages only name them. No name with children only; the
/// profile offers the behavior; the source exists; not the root, but for its children; children only of a folder; the
/// version exists; the target exists and is a folder; the whole source may be read and the target changed; not into
/// itself; the name is valid; not too many items; no path too long; nothing is locked; the name is free, where the
/// profile checks that at once; there is room (no option: order of checks).
///
/// ASSUMED: In a copy of children only, the job fails for the children whose name is invalid or taken or whose path is
/// too long, not the whole copy (option `partial_children`).
///
/// # Errors
/// One [`Error`] variant for each check.
pub fn check(source: &Drive, target: &Drive, spec: &CopySpec) -> Result<(), Error> {
    let copy = ValidatedCopy::new(source, target, spec, Stage::Requested)?;
    let at_once = match target.profile.late_conflict {
        LateConflict::Never => true,
        LateConflict::Always => false,
        LateConflict::Unnamed => spec.name.is_some() && spec.conflict == Conflict::Fail,
    };
    let (roots, mut refused) = copy.split_by_conflict();
    if at_once && !refused.is_empty() {
        return Err(refused.swap_remove(0).1);
    }
    match spec.scope {
        // The name may be free when the job starts; the room is checked now.
        Scope::Whole => copy.check_room(&copy.roots.iter().collect::<Vec<_>>()),
        Scope::ChildrenOnly => copy.check_room(&roots),
    }
}

/// Returns whether a valid copy is of a folder with so many items that its service locks source and target meanwhile.
pub fn locks_ends(source: &Drive, target: &Drive, spec: &CopySpec) -> bool {
    let (Some(threshold), Ok(top)) = (target.profile.async_item_threshold, source.require(spec.source))
    else {
        return false;
    };
    let nodes = source.tree.nodes();
    let below = Walk::below(nodes, top).filter(|&(slot, _)| !node(nodes, slot).is_hidden());
    node(nodes, top).is_folder()
        && below.take((threshold as usize).saturating_add(1)).count() > threshold as usize
}

/// Checks a copy that starts and takes a view of its source. Later changes of the source do not matter.
///
/// ASSUMED: A job reads its source when it starts, neither when it is requested nor while it runs (no option: a copy is
/// made of one state of its source).
///
/// # Errors
/// Those of [`check`]; a taken name fails whatever the profile. For children only, names fail item by item;
/// [`Error::SomeFailed`] if no item is left to copy.
pub fn open(source: &Drive, target: &Drive, spec: &CopySpec) -> Result<Opened, Error> {
    let copy = ValidatedCopy::new(source, target, spec, Stage::Started)?;
    let (roots, mut refused) = copy.split_by_conflict();
    refused.extend_from_slice(&copy.invalid);
    if (roots.is_empty() || target.profile.partial_children == PartialChildren::None) && !refused.is_empty() {
        let whole = spec.scope == Scope::Whole;
        return Err(if whole { refused.swap_remove(0).1 } else { some_failed(refused) });
    }
    copy.check_room(&roots)?;
    let roots: Vec<CopyRoot> = roots.into_iter().cloned().collect();
    Ok(Opened {
        view: SourceView::new(source, target, spec, copy.old),
        pin: target.tree.pin(),
        spec: spec.clone(),
        roots,
        refused,
    })
}

/// A copy that may start: a view of the source and its top items.
pub struct Opened {
    pub(crate) view: SourceView,
    pub(crate) pin: Pin,
    pub(crate) spec: CopySpec,
    pub(crate) roots: Vec<CopyRoot>,
    pub(crate) refused: Vec<TopItemError>,
}

/// A top item of the copy.
#[derive(Clone, Debug)]
pub(crate) struct CopyRoot {
    /// Its slot in the source.
    pub(crate) slot: u32,
    /// Its index among the children of the source; 0 if it is the source.
    pub(crate) rank: u32,
    /// Its node in the source.
    pub(crate) record: Node,
    pub(crate) name: Name<'static>,
    /// By how many UTF-16 units the longest path below exceeds its own.
    pub(crate) units_below: usize,
}

/// When a copy is checked. It decides how exactly the lengths of paths must be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// When it is requested. Paths must not be too long. If the longest name of the drive would fit in each folder,
    /// only the names of folders are read.
    Requested,
    /// When its job starts. The lengths of paths must be exact, as the target may be moved before the name is resolved.
    Started,
}

/// The most UTF-16 units that a number adds to a name: a space and the digits of a `u64`.
const LONGEST_NUMBER: usize = 21;

/// A copy that was checked except for taken names and quota.
struct ValidatedCopy<'a> {
    source: &'a Drive,
    target: &'a Drive,
    spec: &'a CopySpec,
    top: u32,
    folder: u32,
    roots: Vec<CopyRoot>,
    /// The children that are invalid in the target, whatever else is in it.
    invalid: Vec<TopItemError>,
    old: Option<OldVersion>,
}

impl<'a> ValidatedCopy<'a> {
    fn new(
        source: &'a Drive,
        target: &'a Drive,
        spec: &'a CopySpec,
        stage: Stage,
    ) -> Result<ValidatedCopy<'a>, Error> {
        if let (Scope::ChildrenOnly, Some(name)) = (spec.scope, &spec.name) {
            return Err(Error::ChildrenOnlyWithName { name: name.clone() });
        }
        target.check_offered(target.profile.copy_conflicts, spec.conflict)?;
        let top = check_source(source, spec)?;
        let old = OldVersion::requested(source, spec, top)?;
        let folder = target.require_folder(spec.target)?;
        // ASSUMED: A copy fails if anything below its source may not be read (no option: a copy takes all of its source
        // or nothing).
        source.check_access_to_all(top, Access::Read)?;
        target.check_writable(folder)?;
        let is_checked_in_job = stage == Stage::Requested && target.profile.cyclic_copy == CyclicCopy::Fail;
        if std::ptr::eq(source, target) && !is_checked_in_job {
            // Box documents that a copy into itself fails.
            //
            // ASSUMED: A copy into itself fails on the other services too, and at once (option `cyclic_copy`).
            source.check_not_into_itself(top, folder)?;
        }
        let mut copy =
            ValidatedCopy { source, target, spec, top, folder, roots: Vec::new(), invalid: Vec::new(), old };
        let slots = match spec.scope {
            Scope::Whole => vec![top],
            Scope::ChildrenOnly => visible_children(source.tree.nodes(), top).collect(),
        };
        for (rank, slot) in slots.into_iter().enumerate() {
            match copy.root(slot, rank as u32) {
                Ok(root) => copy.roots.push(root),
                Err(error) => copy.leave_out(rank as u32, error)?,
            }
        }
        let extent = copy.check_count()?;
        copy.check_paths(stage, extent)?;
        let [own_in_source, own_in_target] = spec.own_locks.of(!std::ptr::eq(source, target));
        source.check_all_unlocked(top, LockedOp::CopyFrom, &own_in_source)?;
        if !source.tree.node(top).is_folder() {
            // The page of Box on copying a file: the folder of the file may not be locked either.
            source.check_locks(source.tree.node(top).parent(), LockedOp::CopyFrom, &own_in_source, false)?;
        }
        target.check_locks(folder, LockedOp::CopyTo, &own_in_target, false)?;
        Ok(copy)
    }

    /// Leaves out a child that is invalid in the target; fails for a copy of one item.
    fn leave_out(&mut self, rank: u32, error: Error) -> Result<(), Error> {
        if self.spec.scope == Scope::Whole {
            return Err(error);
        }
        self.invalid.push((rank, error));
        Ok(())
    }

    fn root(&self, slot: u32, rank: u32) -> Result<CopyRoot, Error> {
        let record = *self.source.tree.node(slot);
        let kind = record.kind();
        let source_name = self.source.tree.name(slot);
        let requested = self.spec.name.as_deref().unwrap_or(source_name);
        let name = match self.spec.scope {
            Scope::Whole => self.target.copy_name(self.folder, requested, source_name, kind)?.into_owned(),
            Scope::ChildrenOnly => {
                self.target.check_name(self.folder, requested, kind)?;
                self.target.profile.names.name(requested).into_owned()
            }
        };
        Ok(CopyRoot { slot, rank, record, name, units_below: 0 })
    }

    /// Fails if there are too many items; returns how much is below the source.
    fn check_count(&self) -> Result<Extent, Error> {
        let profile = &self.target.profile;
        if profile.max_copy_items.is_none() && profile.max_path.is_none() {
            // Neither limit needs the extent.
            return Ok(Extent::default());
        }
        let limit = profile.max_copy_items.unwrap_or(u32::MAX);
        // ASSUMED: The top item counts as one of the 30,000 that a copy may have (option `max_copy_items`).
        let n_top = usize::from(self.spec.scope == Scope::Whole);
        let extent = extent(&self.source.tree, self.top, limit as usize);
        if n_top + extent.n_items <= limit as usize {
            return Ok(extent);
        }
        Err(Error::TooManyItems { item: self.source.tree.path(self.top), limit })
    }

    fn check_paths(&mut self, stage: Stage, extent: Extent) -> Result<(), Error> {
        let Some(limit) = self.target.profile.max_path else { return Ok(()) };
        let bound = extent.max_units.saturating_add(LONGEST_NUMBER);
        for mut root in std::mem::take(&mut self.roots) {
            let fits = |below| self.target.check_path_units(self.folder, &root.name, below);
            if stage == Stage::Requested && fits(bound).is_ok() {
                root.units_below = extent.max_units;
                self.roots.push(root);
                continue;
            }
            root.units_below =
                crate::drive::deepest_units(&self.source.tree, root.slot, limit, HiddenItems::Skip);
            match self.target.check_path_units(self.folder, &root.name, root.units_below) {
                Ok(()) => self.roots.push(root),
                Err(error) => self.leave_out(root.rank, error)?,
            }
        }
        Ok(())
    }

    /// Splits the top items into those that can have their names and the errors of the others.
    fn split_by_conflict(&self) -> (Vec<&CopyRoot>, Vec<TopItemError>) {
        let (mut roots, mut refused): (Vec<&CopyRoot>, Vec<TopItemError>) = (Vec::new(), Vec::new());
        // Two names of the source may be the same name in the target.
        let names_may_conflict = self.source.tree.names.equality() != self.target.tree.names.equality()
            && self.spec.conflict != Conflict::Rename;
        let mut holders: HashMap<&str, ItemKind, FixedState> = HashMap::default();
        for root in &self.roots {
            let holder = holders.get(root.name.canonical());
            let conflict = holder.map(|&holder| Error::NameTaken {
                name: root.name.to_string(),
                folder: self.target.tree.path(self.folder),
                holder,
            });
            match conflict.or_else(|| self.name_error(root)) {
                None => {
                    if names_may_conflict {
                        holders.insert(root.name.canonical(), root.record.kind());
                    }
                    roots.push(root);
                }
                Some(error) => refused.push((root.rank, error)),
            }
        }
        (roots, refused)
    }

    /// Returns the error if a top item cannot have its name.
    fn name_error(&self, root: &CopyRoot) -> Option<Error> {
        let request = root.placement_request(self.target, self.spec, self.folder);
        match self.target.conflict_outcome(&request) {
            (ConflictOutcome::Refuse(_), Some(holder)) => {
                Some(self.target.name_taken_error(self.folder, &root.name, holder))
            }
            (ConflictOutcome::Rename, _) => self.target.check_numbered_path(&request).err(),
            // ASSUMED: A file can be replaced by a copy of itself, and is a new item then
            // (option `replace_onto_itself`).
            (ConflictOutcome::Replace, Some(holder)) if self.is_itself(root, holder) => {
                Some(self.target.name_taken_error(self.folder, &root.name, holder))
            }
            (ConflictOutcome::Replace, Some(holder)) => self.target.check_replaceable(holder).err(),
            _ => None,
        }
    }

    /// Returns whether an item would replace itself where the profile does not allow that.
    fn is_itself(&self, root: &CopyRoot, holder: u32) -> bool {
        let is_same = std::ptr::eq(self.source, self.target) && root.slot == holder;
        is_same && self.target.profile.replace_onto_itself == ReplaceOntoItself::Refuse
    }

    fn check_room(&self, roots: &[&CopyRoot]) -> Result<(), Error> {
        let sizes = roots.iter().map(|root| root.record.size);
        let size = self.old.map_or_else(|| sizes.fold(0, u64::saturating_add), |old| old.size());
        let past =
            Histories::of(self.source, self.target, self.spec).map_or(PastTotals::default(), |histories| {
                let nodes = self.source.tree.nodes();
                let below = roots.iter().flat_map(|root| Walk::below(nodes, root.slot).map(|(slot, _)| slot));
                let all = roots.iter().map(|root| root.slot).chain(below);
                all.map(|slot| histories.past_sum(node(nodes, slot))).sum()
            });
        let growth = QuotaChange { past: past.n_bytes as i128, ..QuotaChange::visible(size) };
        self.target.check_quota(self.source.tree.name(self.top), size, growth)
    }
}

impl CopyRoot {
    pub(crate) fn placement_request<'a>(
        &'a self,
        target: &Drive,
        spec: &CopySpec,
        folder: u32,
    ) -> PlacementRequest<'a> {
        PlacementRequest {
            folder,
            name: &self.name,
            kind: self.record.kind(),
            conflict: spec.conflict,
            replaces: target.profile.folder_replace,
            suffix: target.profile.copy_suffix,
            existing: None,
            units_below: self.units_below,
        }
    }
}

/// Checks the source and returns its slot.
fn check_source(source: &Drive, spec: &CopySpec) -> Result<u32, Error> {
    let children_only = spec.scope == Scope::ChildrenOnly;
    let top = source.require(spec.source)?;
    if top == ROOT && !(children_only && source.profile.root_copy == RootCopy::ChildrenOnly) {
        return Err(Error::IsRoot { verb: RootVerb::Copied });
    }
    if children_only && !source.tree.node(top).is_folder() {
        return Err(Error::ChildrenOfAFile { item: source.tree.path(top) });
    }
    Ok(top)
}

#[cfg(test)]
mod tests;
