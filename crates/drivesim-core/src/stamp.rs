//! The only place for what items made by one verb share: when and for whom.

use jiff::Timestamp;

/// Times and owner of an item. A copy's items all share one; that is why an item holds a handle to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
    pub(crate) owner: Option<std::sync::Arc<str>>,
}

impl Stamp {
    /// Returns the stamp of something made just now.
    pub(crate) fn new(at: Timestamp) -> Stamp {
        Stamp { created_at: at, modified_at: at, owner: None }
    }
}
