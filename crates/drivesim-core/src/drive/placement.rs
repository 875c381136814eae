//! Finds a valid and free name for an item in a folder, and checks the length of its path.

use std::borrow::Cow;

use crate::access::Access;
use crate::conflict::{Conflict, ConflictOutcome, Replaces, resolve_conflict};
use crate::drive::Drive;
use crate::error::Error;
use crate::item::ItemKind;
use crate::lock::LockedOp;
use crate::name::{EmptyAfterSanitise, Level, Name, NameFault, Suffix, units_of};
use crate::tree::{NumberedName, ROOT, TakenNumbers, Tree, Walk};

/// The requested folder and name of an item.
pub(crate) struct PlacementRequest<'a> {
    pub(crate) folder: u32,
    pub(crate) name: &'a Name<'a>,
    pub(crate) kind: ItemKind,
    pub(crate) conflict: Conflict,
    /// What it may replace.
    pub(crate) replaces: Replaces,
    pub(crate) suffix: Suffix,
    /// The item itself if it is in the drive already: it does not conflict with itself.
    pub(crate) existing: Option<u32>,
    /// By how many UTF-16 units the longest path below the item exceeds that of the item.
    pub(crate) units_below: usize,
}

/// The name that an item gets, after conflicts are resolved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// The requested name, which is free.
    Requested,
    /// The requested name with a number, which is free.
    Numbered(Name<'static>),
    /// The requested name, which this item has; it is replaced.
    Replace(u32),
}

impl Placement {
    /// Returns the name that the item gets.
    pub(crate) fn name<'a>(&'a self, requested: &'a Name<'a>) -> &'a Name<'a> {
        match self {
            Placement::Numbered(name) => name,
            Placement::Requested | Placement::Replace(_) => requested,
        }
    }

    /// Returns the item that is replaced.
    pub(crate) fn replaced(&self) -> Option<u32> {
        match self {
            Placement::Replace(holder) => Some(*holder),
            Placement::Requested | Placement::Numbered(_) => None,
        }
    }
}

/// After this number of rejected names, the search for a number fails with the rule that rejects them.
///
/// ASSUMED: A renamed item skips numbers that make its name invalid, so `COM` never becomes `COM1` (no option: rare).
const MAX_REJECTED_NUMBERS: u32 = 100;

/// Returns the level of the children of a folder.
fn level_below(folder: u32) -> Level {
    if folder == ROOT { Level::Root } else { Level::Below }
}

impl Drive {
    /// Fails if the rules do not allow a name in this folder.
    pub(crate) fn check_name(&self, folder: u32, name: &str, kind: ItemKind) -> Result<(), Error> {
        let checked = self.profile.names.check(name, kind, level_below(folder));
        checked.map_err(|fault| bad_name(name, fault))
    }

    /// Returns the name that a new or renamed item requests, sanitised if the rules sanitise the names of all files.
    pub(crate) fn new_name<'a>(&self, folder: u32, name: &'a str, kind: ItemKind) -> Result<Name<'a>, Error> {
        let rules = &self.profile.names;
        let checked =
            rules.for_new(name, kind, level_below(folder)).map_err(|fault| bad_name(name, fault))?;
        Ok(rules.name(checked))
    }

    /// Returns the name that the top item of a copy requests, sanitised if the rules sanitise the names of copied
    /// files.
    pub(crate) fn copy_name<'a>(
        &self,
        folder: u32,
        name: &'a str,
        source_name: &'a str,
        kind: ItemKind,
    ) -> Result<Name<'a>, Error> {
        let rules = &self.profile.names;
        if kind == ItemKind::Folder {
            return self.check_name(folder, name, kind).map(|()| rules.name(name));
        }
        let checked = match rules.for_file_copy(name, level_below(folder)) {
            Err(NameFault::EmptyAfterSanitising)
                if rules.empty_after_sanitise == EmptyAfterSanitise::KeepSourceName =>
            {
                rules.for_file_copy(source_name, level_below(folder))
            }
            checked => checked,
        };
        Ok(rules.name(checked.map_err(|fault| bad_name(name, fault))?))
    }

    /// Returns how a conflict would be resolved, without changes. It does not search for a free number.
    pub(crate) fn conflict_outcome(&self, request: &PlacementRequest<'_>) -> (ConflictOutcome, Option<u32>) {
        let holder =
            self.tree.child(request.folder, request.name).filter(|&holder| Some(holder) != request.existing);
        let kind = holder.map(|holder| self.tree.node(holder).kind());
        let holder_is_hidden = holder.is_some_and(|holder| self.tree.node(holder).is_hidden());
        let settlement = match resolve_conflict(request.conflict, request.kind, kind, request.replaces) {
            // ASSUMED: An item that a running copy has not revealed yet cannot be replaced, as no client has seen it
            // (no option: rare).
            ConflictOutcome::Replace if holder_is_hidden => {
                ConflictOutcome::Refuse(kind.unwrap_or(ItemKind::File))
            }
            settlement => settlement,
        };
        (settlement, holder)
    }

    /// Resolves conflicts for an item whose name was checked.
    pub(crate) fn resolve_placement(&mut self, request: &PlacementRequest<'_>) -> Result<Placement, Error> {
        let place = match self.conflict_outcome(request) {
            (ConflictOutcome::Take, _) => Placement::Requested,
            (ConflictOutcome::Replace, Some(holder)) => {
                self.check_replaceable(holder)?;
                Placement::Replace(holder)
            }
            (ConflictOutcome::Rename, _) => Placement::Numbered(self.numbered(request)?),
            (_, holder) => {
                return Err(self.name_taken_error(request.folder, request.name, holder.unwrap_or(ROOT)));
            }
        };
        self.check_path_units(request.folder, place.name(request.name), request.units_below)?;
        Ok(place)
    }

    /// Fails if an item may not be replaced because callers may not change it.
    pub(crate) fn check_replaceable(&self, holder: u32) -> Result<(), Error> {
        if self.tree.node(holder).is_folder() {
            self.check_access_to_all(holder, Access::Write)?;
            return self.check_all_unlocked(holder, LockedOp::Delete, &[]);
        }
        self.check_writable(holder)?;
        self.check_unlocked(holder, LockedOp::Write)
    }

    /// Fails if the path of `name` in `folder`, or the longest one `below` it, is too long.
    pub(crate) fn check_path_units(&self, folder: u32, name: &Name<'_>, below: usize) -> Result<(), Error> {
        let Some(limit) = self.profile.max_path else { return Ok(()) };
        let folder_units = self.tree.path_units(folder, limit);
        let units = folder_units + usize::from(folder_units > 0) + name.units() + below;
        if units <= limit {
            return Ok(());
        }
        Err(Error::PathTooLong { name: name.to_string(), units, limit })
    }

    /// Returns by how many UTF-16 units the longest path below an item exceeds that of the item; 0 if paths have no
    /// limit.
    ///
    /// Hidden items count, as they will become visible.
    pub(crate) fn deepest_units(&self, top: u32) -> usize {
        let Some(limit) = self.profile.max_path else { return 0 };
        deepest_units(&self.tree, top, limit, HiddenItems::Count)
    }

    /// Creates the error for a taken name.
    pub(crate) fn name_taken_error(&self, folder: u32, name: &Name<'_>, holder: u32) -> Error {
        let holder = self.tree.node(holder).kind();
        Error::NameTaken { name: name.to_string(), folder: self.tree.path(folder), holder }
    }

    /// Returns the name with the lowest free number, and caches the numbers so that the next search is fast.
    fn numbered(&mut self, request: &PlacementRequest<'_>) -> Result<Name<'static>, Error> {
        let key = self.number_key(request);
        if self.has_readable_numbers(request, &key) && self.tree.numbers.get(request.folder, &key).is_none() {
            let taken = self.taken_numbers(request.folder, &key);
            self.tree.numbers.track(request.folder, key, taken);
        }
        self.lowest_free_name(request)
    }

    /// Returns the key under which the numbers of a name are cached.
    fn number_key(&self, request: &PlacementRequest<'_>) -> NumberedName {
        NumberedName {
            canonical: request.name.canonical().to_owned(),
            kind: request.kind,
            suffix: request.suffix,
        }
    }

    /// Returns whether numbers can be read from names. They cannot where long stems are cut.
    fn has_readable_numbers(&self, request: &PlacementRequest<'_>, key: &NumberedName) -> bool {
        let longest_number = 1 + units_of(&u64::MAX.to_string());
        let n_units = request.name.units().max(units_of(&key.canonical));
        self.profile.names.max_name.is_none_or(|limit| n_units + longest_number <= limit)
    }

    /// Walks a folder to find the numbers of a name that are taken in it.
    fn taken_numbers(&self, folder: u32, key: &NumberedName) -> TakenNumbers {
        let children = crate::children::all(self.tree.nodes(), folder);
        children.filter_map(|child| key.number_in(self.tree.canonical_name(child))).collect()
    }

    /// Fails if the path of the name with the lowest free number is too long.
    pub(crate) fn check_numbered_path(&self, request: &PlacementRequest<'_>) -> Result<(), Error> {
        if self.profile.max_path.is_none() {
            return Ok(());
        }
        let name = self.lowest_free_name(request)?;
        self.check_path_units(request.folder, &name, request.units_below)
    }

    /// Finds the name with the lowest free number.
    ///
    /// ASSUMED: A period at the start of a name starts no extension, so the number goes to the end (no option: rare).
    /// ASSUMED: A name is cut where the number makes it too long (no option: rare).
    fn lowest_free_name(&self, request: &PlacementRequest<'_>) -> Result<Name<'static>, Error> {
        let key = self.number_key(request);
        let taken = self.has_readable_numbers(request, &key).then(|| {
            match self.tree.numbers.get(request.folder, &key) {
                Some(taken) => Cow::Borrowed(taken),
                None => Cow::Owned(self.taken_numbers(request.folder, &key)),
            }
        });
        let own = request.existing.filter(|&own| self.tree.node(own).parent() == request.folder);
        let own = own.and_then(|own| key.number_in(self.tree.canonical_name(own)));
        let (mut number, mut n_rejected) = (1, 0);
        loop {
            if let Some(taken) = &taken {
                let free = taken.free_from(number);
                number = own.filter(|own| (number..free).contains(own)).unwrap_or(free);
            }
            let rules = &self.profile.names;
            let name = rules.with_number(request.name, request.kind, number, request.suffix);
            let holder =
                self.tree.child(request.folder, &name).filter(|&holder| Some(holder) != request.existing);
            debug_assert!(holder.is_none() || taken.is_none(), "a number that is taken");
            if holder.is_none() {
                match self.check_name(request.folder, name.as_str(), request.kind) {
                    Ok(()) => return Ok(name),
                    Err(error) if n_rejected == MAX_REJECTED_NUMBERS => return Err(error),
                    Err(_) => n_rejected += 1,
                }
            }
            number += 1;
        }
    }
}

/// How to treat items that a running copy has not revealed yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HiddenItems {
    /// Count them: a move takes them along.
    Count,
    /// Skip them: a copy leaves them out.
    Skip,
}

/// Returns by how many UTF-16 units the longest path below `top` exceeds its own; stops a little above `limit`.
pub(crate) fn deepest_units(tree: &Tree, top: u32, limit: usize, hidden: HiddenItems) -> usize {
    let mut deepest = 0;
    // The units of the path down to each level, with a trailing slash.
    let mut above = vec![1];
    for (slot, depth) in Walk::below(tree.nodes(), top) {
        // Items in a hidden folder are hidden too, so skipping the folder skips them.
        if hidden == HiddenItems::Skip && tree.node(slot).is_hidden() {
            continue;
        }
        above.truncate(depth as usize + 1);
        let units = above.last().copied().unwrap_or(1) + units_of(tree.name(slot));
        above.push(units + 1);
        deepest = deepest.max(units);
        if deepest > limit {
            break;
        }
    }
    deepest
}

fn bad_name(name: &str, fault: NameFault) -> Error {
    Error::BadName { name: name.to_owned(), fault }
}
