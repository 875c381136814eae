//! The only place that finds a name and a place for an item in a folder: allowed, free or settled, not too deep.

use std::borrow::Cow;

use crate::access::Access;
use crate::conflict::{Conflict, Replaces, Settlement, settle};
use crate::drive::Drive;
use crate::error::Error;
use crate::item::ItemKind;
use crate::lock::Deed;
use crate::name::{Case, NameFault, Suffix, fold, utf16_len, with_suffix};
use crate::tree::{Numbered, ROOT, Taken, Walk};

/// What an item wants to be called, and where.
pub(crate) struct Wish<'a> {
    pub(crate) folder: u32,
    pub(crate) name: &'a str,
    pub(crate) kind: ItemKind,
    pub(crate) conflict: Conflict,
    /// What it may take the place of, if it replaces.
    pub(crate) over: Replaces,
    pub(crate) suffix: Suffix,
    /// The item itself where it is in the drive already: it does not stand in its own way.
    pub(crate) own: Option<u32>,
    /// How far the longest path below the item goes beyond the item's own, in UTF-16 units.
    pub(crate) below: usize,
}

/// Where an item goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Under this free name.
    New(String),
    /// In the place of this item.
    Over(u32),
}

/// That a renamed item passes over numbers with which its name would be refused (`COM` never becomes `COM1`) is
/// *assumed* (no option: rare). After so many the rule that refuses is reported instead of searching on.
const REFUSED_NUMBERS: u32 = 100;

impl Drive {
    /// Refuses a name that the rules do not allow in this folder.
    pub(crate) fn check_name(&self, folder: u32, name: &str, kind: ItemKind) -> Result<(), Error> {
        let checked = self.profile.names.check(name, kind, folder == ROOT);
        checked.map_err(|fault| bad_name(name, fault))
    }

    /// Returns the name a new or renamed item wants, sanitised where the rules do that for all files.
    pub(crate) fn new_name<'a>(
        &self,
        folder: u32,
        name: &'a str,
        kind: ItemKind,
    ) -> Result<Cow<'a, str>, Error> {
        let checked = self.profile.names.for_new(name, kind, folder == ROOT);
        checked.map_err(|fault| bad_name(name, fault))
    }

    /// Returns the name a copy's top item wants, sanitised where the rules sanitise those of files; `own` is that of its
    /// source.
    pub(crate) fn copy_name<'a>(
        &self,
        folder: u32,
        (name, own): (&'a str, &'a str),
        kind: ItemKind,
    ) -> Result<Cow<'a, str>, Error> {
        if kind == ItemKind::Folder {
            return self.check_name(folder, name, kind).map(|()| Cow::Borrowed(name));
        }
        let rules = &self.profile.names;
        let checked = match rules.for_file_copy(name, folder == ROOT) {
            Err(NameFault::EmptyAfterSanitising) if rules.keeps_source_name => {
                rules.for_file_copy(own, folder == ROOT)
            }
            checked => checked,
        };
        checked.map_err(|fault| bad_name(name, fault))
    }

    /// Returns what would become of a wish, changing nothing: the search for a free number is left out.
    pub(crate) fn settlement(&self, wish: &Wish<'_>) -> (Settlement, Option<u32>) {
        let holder = self.tree.child(wish.folder, wish.name).filter(|&holder| Some(holder) != wish.own);
        let kind = holder.map(|holder| self.tree.node(holder).kind());
        let still_to_come = holder.is_some_and(|holder| self.tree.node(holder).is_hidden());
        let settlement = match settle(wish.conflict, wish.kind, kind, wish.over) {
            // That what a running copy has not shown yet cannot be replaced is *assumed*: nobody has seen it (no
            // option: rare).
            Settlement::Replace if still_to_come => Settlement::Refuse(kind.unwrap_or(ItemKind::File)),
            settlement => settlement,
        };
        (settlement, holder)
    }

    /// Finds the place for an item whose name was checked.
    pub(crate) fn place(&mut self, wish: &Wish<'_>) -> Result<Place, Error> {
        let place = match self.settlement(wish) {
            (Settlement::Take, _) => Place::New(wish.name.to_owned()),
            (Settlement::Replace, Some(holder)) => {
                self.check_replaceable(holder)?;
                Place::Over(holder)
            }
            (Settlement::Rename, _) => Place::New(self.numbered(wish)?),
            (_, holder) => return Err(self.taken(wish.folder, wish.name, holder.unwrap_or(ROOT))),
        };
        let name = match &place {
            Place::New(name) => name,
            Place::Over(_) => wish.name,
        };
        self.check_path_units(wish.folder, name, wish.below)?;
        Ok(place)
    }

    /// Refuses to put something in the place of an item that callers may not change.
    pub(crate) fn check_replaceable(&self, holder: u32) -> Result<(), Error> {
        if self.tree.node(holder).is_folder() {
            self.check_access_to_all(holder, Access::Write)?;
            return self.check_all_unlocked(holder, Deed::Delete, &[]);
        }
        self.check_writable(holder)?;
        self.check_unlocked(holder, Deed::Write)
    }

    /// Refuses when the path of `name` in `folder`, or the longest one `below` it, is longer than allowed.
    pub(crate) fn check_path_units(&self, folder: u32, name: &str, below: usize) -> Result<(), Error> {
        let Some(limit) = self.profile.max_path_units else { return Ok(()) };
        let folder_units = self.tree.path_units(folder, limit);
        let units = folder_units + usize::from(folder_units > 0) + utf16_len(name) + below;
        if units <= limit {
            return Ok(());
        }
        Err(Error::PathTooLong { name: name.to_owned(), units, limit })
    }

    /// Returns how far the longest path below an item goes beyond the item's own; 0 where paths have no limit.
    ///
    /// Items still to come count: they will be there.
    pub(crate) fn deepest_units(&self, top: u32) -> usize {
        let Some(limit) = self.profile.max_path_units else { return 0 };
        deepest_units(&self.tree, top, limit, Hidden::Count)
    }

    /// Makes the error for a taken name.
    pub(crate) fn taken(&self, folder: u32, name: &str, holder: u32) -> Error {
        let holder = self.tree.node(holder).kind();
        Error::NameTaken { name: name.to_owned(), folder: self.tree.path(folder), holder }
    }

    /// Returns the form of a name in which same names are equal.
    fn same_form(&self, name: &str) -> String {
        match self.tree.case {
            Case::Sensitive => name.to_owned(),
            Case::Folded => fold(name).into_owned(),
        }
    }

    /// Takes the name with the lowest free number and sees to it that the next is found at once.
    fn numbered(&mut self, wish: &Wish<'_>) -> Result<String, Error> {
        let key = self.numbered_of(wish);
        if self.tells_numbers(wish, &key) && self.tree.numbers.get(wish.folder, &key).is_none() {
            let taken = self.taken_numbers(wish.folder, &key);
            self.tree.numbers.keep(wish.folder, key, taken);
        }
        self.lowest_free_name(wish)
    }

    /// Returns what numbers are given to a wish as.
    fn numbered_of(&self, wish: &Wish<'_>) -> Numbered {
        Numbered { same: self.same_form(wish.name), kind: wish.kind, suffix: wish.suffix }
    }

    /// Returns whether numbers can be told from names: not where stems so long are cut.
    fn tells_numbers(&self, wish: &Wish<'_>, key: &Numbered) -> bool {
        let longest_number = 1 + utf16_len(&u64::MAX.to_string());
        let n_units = utf16_len(wish.name).max(utf16_len(&key.same));
        self.profile.names.max_units.is_none_or(|limit| n_units + longest_number <= limit)
    }

    /// Walks a folder to find which numbers of a name are taken in it.
    fn taken_numbers(&self, folder: u32, key: &Numbered) -> Taken {
        let children = crate::children::all(self.tree.nodes(), folder);
        children.filter_map(|child| key.number_in(self.tree.same_name(child))).collect()
    }

    /// Refuses a wish whose name with the lowest free number would make a path too long.
    pub(crate) fn check_numbered_path(&self, wish: &Wish<'_>) -> Result<(), Error> {
        if self.profile.max_path_units.is_none() {
            return Ok(());
        }
        let name = self.lowest_free_name(wish)?;
        self.check_path_units(wish.folder, &name, wish.below)
    }

    /// Finds the name with the lowest free number. That a period at the beginning of a name starts no extension to put
    /// the number before, and that a name is cut where the number makes it too long, is *assumed* (no option: rare).
    fn lowest_free_name(&self, wish: &Wish<'_>) -> Result<String, Error> {
        let key = self.numbered_of(wish);
        let taken = self.tells_numbers(wish, &key).then(|| match self.tree.numbers.get(wish.folder, &key) {
            Some(taken) => Cow::Borrowed(taken),
            None => Cow::Owned(self.taken_numbers(wish.folder, &key)),
        });
        let own = wish.own.filter(|&own| self.tree.node(own).parent() == wish.folder);
        let own = own.and_then(|own| key.number_in(self.tree.same_name(own)));
        let (mut number, mut n_refused) = (1, 0);
        loop {
            if let Some(taken) = &taken {
                let free = taken.free_from(number);
                number = own.filter(|own| (number..free).contains(own)).unwrap_or(free);
            }
            let max_units = self.profile.names.max_units;
            let name = with_suffix(wish.name, wish.kind, number, wish.suffix, max_units);
            let holder = self.tree.child(wish.folder, &name).filter(|&holder| Some(holder) != wish.own);
            debug_assert!(holder.is_none() || taken.is_none(), "a number that is taken");
            if holder.is_none() {
                match self.check_name(wish.folder, &name, wish.kind) {
                    Ok(()) => return Ok(name),
                    Err(refused) if n_refused == REFUSED_NUMBERS => return Err(refused),
                    Err(_) => n_refused += 1,
                }
            }
            number += 1;
        }
    }
}

/// What to do with items that a running copy has yet to reveal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// They will be there: a move takes them along.
    Count,
    /// They are not there: a copy does not take them.
    Skip,
}

/// Returns how far the longest path below `top` goes beyond its own in UTF-16 units; stops a little above `limit`.
pub(crate) fn deepest_units(tree: &crate::tree::Tree, top: u32, limit: usize, hidden: Hidden) -> usize {
    let mut deepest = 0;
    // The units of the path down to each level, ending in a slash.
    let mut above = vec![1];
    for (slot, depth) in Walk::below(tree.nodes(), top) {
        // What is in a hidden folder is hidden too, so nothing below a passed folder is looked at.
        if hidden == Hidden::Skip && tree.node(slot).is_hidden() {
            continue;
        }
        above.truncate(depth as usize + 1);
        let units = above.last().copied().unwrap_or(1) + utf16_len(tree.name(slot));
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
