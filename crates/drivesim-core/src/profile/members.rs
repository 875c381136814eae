//! Defines the members that items of a service may have: name, kind of item, shape.

use std::fmt;

use crate::error::Error;
use crate::item::ItemKind;
use crate::json::{Json, Shape};
use crate::profile::Profile;

/// A member that items of a service may have besides those of all services.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemberRule {
    /// Its name on the wire and in outlines.
    pub name: &'static str,
    /// Whether files have it.
    pub is_of_files: bool,
    /// Whether folders have it.
    pub is_of_folders: bool,
    pub(crate) shape: Shape,
}

impl MemberRule {
    pub(crate) const fn of_files(name: &'static str, shape: Shape) -> MemberRule {
        MemberRule { name, is_of_files: true, is_of_folders: false, shape }
    }

    pub(crate) const fn of_folders(name: &'static str, shape: Shape) -> MemberRule {
        MemberRule { name, is_of_files: false, is_of_folders: true, shape }
    }

    pub(crate) const fn of_both(name: &'static str, shape: Shape) -> MemberRule {
        MemberRule { name, is_of_files: true, is_of_folders: true, shape }
    }

    fn is_of(&self, kind: ItemKind) -> bool {
        match kind {
            ItemKind::File => self.is_of_files,
            ItemKind::Folder => self.is_of_folders,
        }
    }

    /// Returns whether a value of this member may itself have a member of this name.
    pub fn has_part(&self, name: &str) -> bool {
        self.shape.has_member(name)
    }
}

/// The maximum length of a list of members in bytes: enough for all names and some parts of metadata.
const CAPACITY: usize = 1022;

/// Which members a copy keeps: names, and `NAME.KEY` for a part of one that is an object.
///
/// The names are stored inline, because profiles are constants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CopiedMembers {
    n_bytes: u16,
    /// The names separated by `+`, in UTF-8, padded with zeros.
    list: [u8; CAPACITY],
}

impl CopiedMembers {
    /// No members.
    pub const NONE: CopiedMembers = CopiedMembers { n_bytes: 0, list: [0; CAPACITY] };

    /// Returns the members of a list of names separated by `+`; no members if the list is too long.
    pub(crate) const fn listed(names: &str) -> CopiedMembers {
        let (mut list, names) = ([0; CAPACITY], names.as_bytes());
        if names.len() > CAPACITY {
            return CopiedMembers::NONE;
        }
        let mut at = 0;
        while at < names.len() {
            list[at] = names[at];
            at += 1;
        }
        CopiedMembers { n_bytes: names.len() as u16, list }
    }

    /// Returns the members of a list of names separated by `+`, or of `none`; `None` for a list that is too long.
    pub(crate) fn parse(names: &str) -> Option<CopiedMembers> {
        match names {
            "none" => Some(CopiedMembers::NONE),
            _ => (names.len() <= CAPACITY).then(|| CopiedMembers::listed(names)),
        }
    }

    /// Returns whether a copy keeps no members.
    pub fn is_empty(&self) -> bool {
        self.n_bytes == 0
    }

    /// Returns the names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let list = self.list.get(..usize::from(self.n_bytes)).unwrap_or_default();
        std::str::from_utf8(list).unwrap_or_default().split('+').filter(|name| !name.is_empty())
    }
}

/// Prints the names separated by `+`, or `none`: the value of the option.
impl fmt::Display for CopiedMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut names = self.names();
        names.next().map_or(Ok(()), |name| f.write_str(name))?;
        names.try_for_each(|name| write!(f, "+{name}"))
    }
}

impl fmt::Debug for CopiedMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Profile {
    /// Checks the value of a member of an item of this kind; `None` removes the member.
    ///
    /// ```
    /// use drivesim_core::{ItemKind, Profile};
    ///
    /// let check = |profile: Profile, value: &str| {
    ///     let value = value.parse().ok();
    ///     profile.check_member(ItemKind::File, "tags", value.as_ref()).map_err(|error| error.to_string())
    /// };
    /// assert_eq!(check(Profile::BOX, "[\"approved\"]"), Ok(()));
    /// assert_eq!(check(Profile::BOX, "[7]").unwrap_err(), "tags[0] must be a non-empty string, not 7");
    /// assert!(check(Profile::BUSINESS, "[]").unwrap_err().starts_with("a file of a business drive has no member"));
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMember`], [`Error::BadMember`].
    pub fn check_member(&self, kind: ItemKind, name: &str, value: Option<&Json>) -> Result<(), Error> {
        let Some(rule) = self.members.iter().find(|rule| rule.name == name && rule.is_of(kind)) else {
            let there = self.members.iter().filter(|rule| rule.is_of(kind)).map(|rule| rule.name).collect();
            return Err(Error::NoMember { member: name.to_owned(), kind, profile: self.name(), there });
        };
        match value.and_then(|value| rule.shape.fault(name, &value.value())) {
            Some(fault) => Err(Error::BadMember { member: name.to_owned(), fault }),
            None => Ok(()),
        }
    }

    /// Parses which members a copy keeps: names separated by `+`, or `none`; `None` if a name is unknown or repeated.
    pub(crate) fn copied_members(&self, list: &str) -> Option<CopiedMembers> {
        if list == "none" {
            return Some(CopiedMembers::NONE);
        }
        let is_known = |path: &str| {
            let (name, part) = path.split_once('.').map_or((path, None), |(name, part)| (name, Some(part)));
            let rule = self.members.iter().find(|rule| rule.name == name);
            rule.is_some_and(|rule| {
                part.is_none_or(|part| !part.is_empty() && rule.has_part(first_key(part)))
            })
        };
        let is_first = |idx: usize, name: &str| list.split('+').position(|other| other == name) == Some(idx);
        let are_valid =
            || list.split('+').enumerate().all(|(idx, name)| is_known(name) && is_first(idx, name));
        CopiedMembers::parse(list).filter(|_| are_valid())
    }
}

fn first_key(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}
