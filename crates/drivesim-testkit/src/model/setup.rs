//! The only place for what a history starts with.

use drivesim::{Leftovers, Visibility};

use super::{Bytes, Service};

/// Limits that are set lower than the service has them, so that small histories reach them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many items one copy may have.
    pub max_items: usize,
    /// How many units a path may have.
    pub max_path_units: usize,
    /// How many versions a file may have.
    pub max_versions: usize,
    /// From how many items on a copy locks its ends.
    pub copy_locks_from: usize,
}

/// What a history starts with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The rules of the first drive.
    pub one: Service,
    /// The rules of the second drive.
    pub two: Service,
    /// Whether the limits of OneDrive drives are low.
    pub is_tight: bool,
    /// Whether few versions are kept, and small copies lock their ends, where services have such limits.
    pub is_short: bool,
    /// What is seen of copies that do not say.
    pub visibility: Visibility,
    /// What stays of failed copies that do not say.
    pub leftovers: Leftovers,
}

type Tree = Vec<(&'static str, Option<Bytes>)>;

fn text(text: &str) -> Option<Bytes> {
    Some(Bytes::Text(text.to_owned()))
}

impl Setup {
    /// Returns the drives with what is in them: paths without the first slash, a folder has no bytes.
    pub(super) fn drives(&self) -> [(&'static str, Service, Tree); 2] {
        let one = vec![
            ("a", None),
            ("a/a.txt", text("one")),
            ("a/b", None),
            ("a/b/a.txt", text("deep")),
            ("a/b/c", Some(Bytes::Sized(10))),
            ("a/x", text("")),
            ("b", None),
            ("b/a", None),
            ("b/a.txt", text("two")),
            ("a.txt", text("top")),
        ];
        let two = vec![
            ("a", None),
            ("a/b", Some(Bytes::Sized(2048))),
            ("a/c", None),
            ("a/c/a.txt", text("other")),
            ("A.txt", text("other top")),
        ];
        [("drive", self.one, one), ("two", self.two, two)]
    }

    /// Returns the limits of a drive of this service.
    pub fn limits(&self, service: Service) -> Limits {
        let none = usize::MAX;
        let (max_items, max_path_units) = match service {
            Service::Plain | Service::Box => (none, none),
            Service::Business | Service::Personal if self.is_tight => (4, 12),
            Service::Business | Service::Personal => (30_000, 400),
        };
        let max_versions = match service {
            Service::Plain => none,
            Service::Business => {
                if self.is_short {
                    3
                } else {
                    500
                }
            }
            Service::Personal => {
                if self.is_short {
                    2
                } else {
                    25
                }
            }
            Service::Box => {
                if self.is_short {
                    3
                } else {
                    100
                }
            }
        };
        let copy_locks_from = match service {
            Service::Box if self.is_short => 2,
            Service::Box => 501,
            _ => none,
        };
        Limits { max_items, max_path_units, max_versions, copy_locks_from }
    }
}
