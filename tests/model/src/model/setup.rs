//! Defines the initial state of a history.

use drivesim::options::{OnFailure, Visibility};

use super::{Bytes, Service};

/// Limits that may be lower than those of the service, so that small histories reach them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum number of items of a copy.
    pub max_items: usize,
    /// The maximum length of a path, in units.
    pub max_path: usize,
    /// The maximum number of versions of a file.
    pub max_versions: usize,
    /// The number of items above which a copy locks its ends.
    pub async_item_threshold: usize,
}

/// The initial state of a history.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The service of the first drive.
    pub one: Service,
    /// The service of the second drive.
    pub two: Service,
    /// Whether the limits of OneDrive drives are low.
    pub is_tight: bool,
    /// Whether few versions are kept, and small copies lock their ends, on services that have such limits.
    pub is_short: bool,
    /// The default visibility of running copies.
    pub visibility: Visibility,
    /// What remains of failed copies by default.
    pub leftovers: OnFailure,
}

type Tree = Vec<(&'static str, Option<Bytes>)>;

fn text(text: &str) -> Option<Bytes> {
    Some(Bytes::Text(text.to_owned()))
}

impl Setup {
    /// Returns the drives with their items: paths without the leading slash; folders have no bytes.
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
        let (max_items, max_path) = match service {
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
        let async_item_threshold = match service {
            Service::Box if self.is_short => 1,
            Service::Box => 500,
            _ => none,
        };
        Limits { max_items, max_path, max_versions, async_item_threshold }
    }
}
