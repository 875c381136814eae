//! Holds the members of an item: named values that only one service has, such as tags and a classification.

#[cfg(feature = "serde")]
mod serde_form;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::json::Json;
use crate::traffic::is_shared;

/// The members of an item that are set, by name. Most items have none, which costs nothing.
///
/// The profile defines the members and their shapes: [`Profile::members`](crate::Profile::members).
///
/// ```
/// use drivesim_core::{Json, Members};
///
/// let mut members = Members::default();
/// members.set("tags", Some("[\"approved\"]".parse()?));
/// assert_eq!(members.get("tags").map(Json::as_str), Some("[\"approved\"]"));
/// members.set("tags", None);
/// assert!(members.is_empty());
/// # Ok::<(), drivesim_core::ParseJsonError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Shared by all items with the same members; `None` if none is set.
    set: Option<Arc<BTreeMap<String, Json>>>,
}

impl Members {
    /// No members.
    pub(crate) const NONE: Members = Members { set: None };

    /// Returns whether no member is set.
    pub fn is_empty(&self) -> bool {
        self.set.is_none()
    }

    /// Returns the value of a member; `None` if it is not set.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.set.as_ref()?.get(name)
    }

    /// Returns the members in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.set.iter().flat_map(|set| set.iter().map(|(name, value)| (&**name, value)))
    }

    /// Sets the value of a member; `None` removes it.
    pub fn set(&mut self, name: &str, value: Option<Json>) {
        let mut set = self.set.take().unwrap_or_default();
        if set.get(name) != value.as_ref() {
            let members = Arc::make_mut(&mut set);
            match value {
                Some(value) => drop(members.insert(name.to_owned(), value)),
                None => drop(members.remove(name)),
            }
        }
        self.set = Some(set).filter(|set| !set.is_empty());
    }

    /// Returns how many bytes the names and values take.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.iter().map(|(name, value)| (name.len() + value.as_str().len()) as u64).sum()
    }

    /// Returns whether others share these members.
    pub(crate) fn is_shared(&self) -> bool {
        self.set.as_ref().is_some_and(is_shared)
    }

    /// Returns whether both share their members, or both have none.
    pub(crate) fn is_same(&self, other: &Members) -> bool {
        match (&self.set, &other.set) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// Returns the members of a copy: those that a list names, and the parts of objects that it names as `NAME.KEY`.
    pub(crate) fn copied(&self, copied: &[&str]) -> Members {
        let Some(set) = &self.set else { return Members::NONE };
        let part = |(name, value): (&String, &Json)| {
            if copied.contains(&&**name) {
                return Some((name.clone(), value.clone()));
            }
            let below: Vec<&str> =
                copied.iter().filter_map(|path| path.strip_prefix(&**name)?.strip_prefix('.')).collect();
            if below.is_empty() {
                return None;
            }
            Some((name.clone(), Json::from_value(&value.value().parts(&below)?)))
        };
        let kept: BTreeMap<String, Json> = set.iter().filter_map(part).collect();
        if kept.is_empty() {
            return Members::NONE;
        }
        if kept.len() == set.len() && kept == **set {
            return self.clone();
        }
        Members { set: Some(Arc::new(kept)) }
    }
}

impl FromIterator<(String, Json)> for Members {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(members: I) -> Members {
        let set: BTreeMap<String, Json> = members.into_iter().collect();
        Members { set: Some(Arc::new(set)).filter(|set| !set.is_empty()) }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(pairs: &[(&str, &str)]) -> Members {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
    }

    #[test]
    fn setting_and_removing_a_member_does_not_change_a_clone() {
        let mut own = members(&[("a", "1"), ("b", "2")]);
        let clone = own.clone();
        own.set("a", Some(Json::text("x")));
        own.set("b", None);
        own.set("c", None);
        assert_eq!(format!("{own:?} {clone:?}"), r#"{"a": "x"} {"a": 1, "b": 2}"#);
        own.set("a", None);
        assert_eq!(own, Members::default());
    }

    #[test]
    fn a_copy_has_listed_members_and_listed_parts_of_others() {
        let own =
            members(&[("tags", "[1]"), ("lock", "{}"), ("metadata", r#"{"a":{"x":1,"y":2},"b":{"x":3}}"#)]);
        let copied = |list: &[&str]| format!("{:?}", own.copied(list));
        assert_eq!(copied(&["tags"]), r#"{"tags": [1]}"#);
        assert_eq!(copied(&["metadata.a.y", "metadata.b"]), r#"{"metadata": {"a":{"y":2},"b":{"x":3}}}"#);
        assert_eq!(copied(&["metadata.c", "lock.x", "tags.0"]), "{}");
        assert_eq!(copied(&[]), "{}");
        assert_eq!(own.copied(&["tags", "lock", "metadata"]), own);
    }
}
