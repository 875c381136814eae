//! Decides what happens when a name is taken.

use std::fmt;

use crate::item::ItemKind;

/// What to do when the name of a new item is taken in its folder.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Conflict {
    /// Fails; nothing changes.
    #[default]
    Fail,
    /// Replaces a file by a file. Folders are never merged: if one of the two is a folder, the same as `Fail`.
    Replace,
    /// Gives the new item the name with the lowest free number.
    Rename,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Conflict::Fail => "fail",
            Conflict::Replace => "replace",
            Conflict::Rename => "rename",
        })
    }
}

/// The behaviors a service offers for one kind of verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct Conflicts {
    /// Whether [`Conflict::Replace`] is offered.
    pub replace: bool,
    /// Whether [`Conflict::Rename`] is offered.
    pub rename: bool,
}

impl Conflicts {
    /// All three behaviors.
    pub const ALL: Conflicts = Conflicts { replace: true, rename: true };
    /// A taken name always fails.
    pub const FAIL_ONLY: Conflicts = Conflicts { replace: false, rename: false };

    /// Returns whether the behavior is offered.
    pub fn offers(&self, conflict: Conflict) -> bool {
        match conflict {
            Conflict::Fail => true,
            Conflict::Replace => self.replace,
            Conflict::Rename => self.rename,
        }
    }
}

/// What a new item may replace under [`Conflict::Replace`].
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Replaces {
    /// A file may replace a file.
    Files,
    /// A folder may replace a folder as well, with everything below it.
    SameKind,
    /// Any item may replace any other.
    Anything,
}

impl Replaces {
    /// Returns whether an item of kind `incoming` may replace one of kind `holder`.
    ///
    /// ```
    /// use drivesim_core::{ItemKind, Replaces};
    ///
    /// assert!(Replaces::Files.allows(ItemKind::File, ItemKind::File));
    /// assert!(!Replaces::SameKind.allows(ItemKind::File, ItemKind::Folder));
    /// ```
    pub fn allows(self, incoming: ItemKind, holder: ItemKind) -> bool {
        match self {
            Replaces::Files => (incoming, holder) == (ItemKind::File, ItemKind::File),
            Replaces::SameKind => incoming == holder,
            Replaces::Anything => true,
        }
    }
}

/// How a new item gets its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConflictOutcome {
    /// Take the name: it is free.
    Take,
    /// Replace the item that has the name.
    Replace,
    /// Take the name with a number.
    Rename,
    /// Fail: an item of this kind has the name.
    Refuse(ItemKind),
}

/// Decides how a new item of kind `incoming` gets its name. `holder` is the kind of the item that has the name now.
///
/// By default, replace applies to a file on a file.
///
/// DIFFERS(older pages): A copy that replaces fails for a folder on a folder, as the Graph page on copying says; older
/// pages say that it overwrites (option `folder_replace`).
///
/// ASSUMED: Replace fails for a file on a folder and for a folder on a file (option `folder_replace`).
pub(crate) fn resolve_conflict(
    conflict: Conflict,
    incoming: ItemKind,
    holder: Option<ItemKind>,
    over: Replaces,
) -> ConflictOutcome {
    let Some(holder) = holder else { return ConflictOutcome::Take };
    match conflict {
        Conflict::Rename => ConflictOutcome::Rename,
        Conflict::Replace if over.allows(incoming, holder) => ConflictOutcome::Replace,
        Conflict::Replace | Conflict::Fail => ConflictOutcome::Refuse(holder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConflictOutcome::{Refuse, Rename, Replace, Take};
    use ItemKind::{File, Folder};

    fn check(conflict: Conflict, over: Replaces, expected: [ConflictOutcome; 6]) {
        let cases = [
            (File, None),
            (Folder, None),
            (File, Some(File)),
            (Folder, Some(Folder)),
            (File, Some(Folder)),
            (Folder, Some(File)),
        ];
        for ((incoming, holder), expected) in cases.into_iter().zip(expected) {
            let outcome = resolve_conflict(conflict, incoming, holder, over);
            assert_eq!(outcome, expected, "{conflict}: {incoming} on {holder:?}, {over:?}");
        }
    }

    #[test]
    fn each_behavior_is_resolved_for_each_pair_of_kinds() {
        // incoming on holder: file on nothing, folder on nothing, file on file, folder on folder, file on
        // folder, folder on file
        let replaced = [
            (Replaces::Files, [Take, Take, Replace, Refuse(Folder), Refuse(Folder), Refuse(File)]),
            (Replaces::SameKind, [Take, Take, Replace, Replace, Refuse(Folder), Refuse(File)]),
            (Replaces::Anything, [Take, Take, Replace, Replace, Replace, Replace]),
        ];
        for (over, expected) in replaced {
            let refused = [Take, Take, Refuse(File), Refuse(Folder), Refuse(Folder), Refuse(File)];
            check(Conflict::Fail, over, refused);
            check(Conflict::Replace, over, expected);
            check(Conflict::Rename, over, [Take, Take, Rename, Rename, Rename, Rename]);
        }
    }

    #[test]
    fn each_behavior_prints_as_the_services_spell_it() {
        let all = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
        assert_eq!(all.map(|conflict| conflict.to_string()), ["fail", "replace", "rename"]);
    }

    #[test]
    fn a_service_that_only_fails_offers_nothing_else() {
        let all = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
        assert_eq!(all.map(|conflict| Conflicts::ALL.offers(conflict)), [true, true, true]);
        assert_eq!(all.map(|conflict| Conflicts::FAIL_ONLY.offers(conflict)), [true, false, false]);
        let rename_only = Conflicts { rename: true, ..Conflicts::FAIL_ONLY };
        assert_eq!(all.map(|conflict| rename_only.offers(conflict)), [true, false, true]);
    }
}
