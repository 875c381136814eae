//! Defines the owner of a drive and its text form.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use drivesim_core::ME;

/// Whom a drive belongs to. The text form is that of `owner=` in an outline, and parses to the same owner:
///
/// ```
/// use drivesim::drive::Owner;
///
/// assert_eq!("site:marketing".parse(), Ok(Owner::site("marketing")));
/// assert_eq!(Owner::user("ann").to_string(), "user:ann");
/// assert_eq!(Owner::Me, *"me");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Owner {
    /// The user of requests that name no other. Written `me`.
    Me,
    /// A user, by id. Written `user:ID`.
    User(Arc<str>),
    /// A group, by id. Written `group:ID`.
    Group(Arc<str>),
    /// A site, by id. Written `site:ID`.
    Site(Arc<str>),
}

/// The error of a text that names no owner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an owner to be one of me, user:ID, group:ID, site:ID, found {}", drivesim_core::Quoted(.text))]
pub struct ParseOwnerError {
    /// The text.
    pub(crate) text: String,
}

impl Owner {
    /// Returns the owner that is the user with this id.
    #[must_use]
    pub fn user(id: &str) -> Owner {
        Owner::User(Arc::from(id))
    }

    /// Returns the owner that is the group with this id.
    #[must_use]
    pub fn group(id: &str) -> Owner {
        Owner::Group(Arc::from(id))
    }

    /// Returns the owner that is the site with this id.
    #[must_use]
    pub fn site(id: &str) -> Owner {
        Owner::Site(Arc::from(id))
    }

    /// Returns the id of the user, group or site; `None` for [`Owner::Me`].
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Owner::Me => None,
            Owner::User(id) | Owner::Group(id) | Owner::Site(id) => Some(id),
        }
    }

    /// Returns the text form as what comes before the id, and the id.
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Owner::Me => (ME, ""),
            Owner::User(id) => (USER, id),
            Owner::Group(id) => (GROUP, id),
            Owner::Site(id) => (SITE, id),
        }
    }
}

const USER: &str = "user:";
const GROUP: &str = "group:";
const SITE: &str = "site:";

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id) = self.parts();
        f.write_str(kind)?;
        f.write_str(id)
    }
}

/// An owner equals its text form.
impl PartialEq<str> for Owner {
    fn eq(&self, text: &str) -> bool {
        let (kind, id) = self.parts();
        text.strip_prefix(kind) == Some(id)
    }
}

impl FromStr for Owner {
    type Err = ParseOwnerError;

    fn from_str(text: &str) -> Result<Owner, ParseOwnerError> {
        if text == ME {
            return Ok(Owner::Me);
        }
        let with_id =
            |kind, owner: fn(&str) -> Owner| text.strip_prefix(kind).filter(|id| !id.is_empty()).map(owner);
        let owner = with_id(USER, Owner::user).or_else(|| with_id(GROUP, Owner::group));
        let owner = owner.or_else(|| with_id(SITE, Owner::site));
        owner.ok_or_else(|| ParseOwnerError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use drivesim_core::outline::is_owner;

    use super::*;

    #[test]
    fn an_owner_prints_as_it_is_parsed() {
        for text in ["me", "user:ann", "group:a:b", "site: "] {
            let owner: Owner = text.parse().unwrap();
            assert!(is_owner(text) && owner == *text);
            assert_eq!(owner.to_string(), text);
        }
        for text in ["", "Me", "me:", "user", "user:", "group:", "site:", "team:x", " me"] {
            assert!(!is_owner(text));
            let error = text.parse::<Owner>().unwrap_err().to_string();
            assert!(
                error.starts_with("expected an owner to be one of me, user:ID, group:ID, site:ID, found ")
            );
        }
        assert!(Owner::Me != *"m" && Owner::user("a") != *"user:ab" && Owner::user("me") != *"me");
    }
}
