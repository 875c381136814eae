//! The only place that decides what happens when a name is taken.

use std::fmt;

use crate::item::ItemKind;

/// What to do when the name of a new item is taken in its folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Conflict {
    /// Refuse; nothing changes.
    #[default]
    Fail,
    /// Let a file take the place of a file. Folders are never merged: where a folder is concerned, as `Fail`.
    Replace,
    /// Give the new item the name with the lowest free number.
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

/// The behaviours a service offers for one kind of verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct Conflicts {
    /// Whether [`Conflict::Replace`] may be asked for.
    pub replace: bool,
    /// Whether [`Conflict::Rename`] may be asked for.
    pub rename: bool,
}

impl Conflicts {
    /// All three behaviours.
    pub const ALL: Conflicts = Conflicts { replace: true, rename: true };
    /// A taken name is always refused.
    pub const FAIL_ONLY: Conflicts = Conflicts { replace: false, rename: false };

    /// Returns whether the behaviour may be asked for.
    pub fn offers(&self, conflict: Conflict) -> bool {
        match conflict {
            Conflict::Fail => true,
            Conflict::Replace => self.replace,
            Conflict::Rename => self.rename,
        }
    }
}

/// What a new item may take the place of under [`Conflict::Replace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Replaces {
    /// A file takes the place of a file.
    Files,
    /// A folder takes the place of a folder as well, with all below it.
    SameKind,
    /// Any item takes the place of any.
    Anything,
}

impl Replaces {
    /// Returns whether an item of kind `incoming` may take the place of one of kind `holder`.
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

/// What a new item does about the name it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// The name is free: take it.
    Take,
    /// Take the place of the item that has the name.
    Replace,
    /// Take the name with a number instead.
    Rename,
    /// Refuse: an item of this kind has the name.
    Refuse(ItemKind),
}

/// Settles a name for a new item of kind `incoming`, given what has the name now.
///
/// Replace is for a file on a file. A copy that replaces refuses a folder on a folder, as the Graph page on copying says,
/// which *differs* from older pages: they overwrite (option `folder_replace`). That replace refuses a file on a
/// folder, and a folder on a file, is *assumed* (option `folder_replace`).
pub(crate) fn settle(
    conflict: Conflict,
    incoming: ItemKind,
    holder: Option<ItemKind>,
    over: Replaces,
) -> Settlement {
    let Some(holder) = holder else { return Settlement::Take };
    match conflict {
        Conflict::Rename => Settlement::Rename,
        Conflict::Replace if over.allows(incoming, holder) => Settlement::Replace,
        Conflict::Replace | Conflict::Fail => Settlement::Refuse(holder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ItemKind::{File, Folder};
    use Settlement::{Refuse, Rename, Replace, Take};

    fn check(conflict: Conflict, over: Replaces, expected: [Settlement; 6]) {
        let cases = [
            (File, None),
            (Folder, None),
            (File, Some(File)),
            (Folder, Some(Folder)),
            (File, Some(Folder)),
            (Folder, Some(File)),
        ];
        for ((incoming, holder), expected) in cases.into_iter().zip(expected) {
            let settled = settle(conflict, incoming, holder, over);
            assert_eq!(settled, expected, "{conflict}: {incoming} on {holder:?}, {over:?}");
        }
    }

    #[test]
    fn settles_each_behaviour_for_each_pair_of_kinds() {
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
    fn prints_each_behaviour_as_the_services_spell_it() {
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
