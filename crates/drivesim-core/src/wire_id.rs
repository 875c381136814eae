//! Defines the ids on the wire that items and a drive can be given: which texts are valid, and the table of given ids.
//!
//! A server computes an id for each item. A given id replaces it: the item has only the given one. The table is empty
//! in most drives, and then costs nothing.

mod form;
mod table;

pub(crate) use self::form::GeneratedIdInputs;
pub use self::form::WireIdForm;
pub use self::table::WireIds;

use crate::name::Quoted;

/// The first number that a server generates for a folder on Box, before
/// [`Profile::id_offset`](crate::Profile::id_offset) is added.
pub const FIRST_BOX_FOLDER: u64 = 300_000_000_000;
/// The first number that a server generates for a file on Box, before [`Profile::id_offset`](crate::Profile::id_offset)
/// is added.
pub const FIRST_BOX_FILE: u64 = 1_500_000_000_000;
/// The first number that a server generates for an item in a personal drive with a given id; the root has 101.
pub const FIRST_PERSONAL_ITEM: u64 = 1_000_000_000;

/// Why an item or a drive cannot be assigned an id on the wire. The `Debug` text is the message too.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireIdError {
    /// The text does not have the form of the service's ids.
    #[error("{} is not an id of the service: expected {expected}", Quoted(.id))]
    Malformed {
        /// The given id.
        id: String,
        /// The valid forms.
        expected: &'static str,
    },
    /// The id is one of those that a server generates for items without a given id.
    #[error("{} is reserved for generated ids: expected {expected}", Quoted(.id))]
    Reserved {
        /// The given id.
        id: String,
        /// The ids that can be given.
        expected: String,
    },
    /// Another item, or another drive, has the id.
    #[error("the id {} is taken by {}", Quoted(.id), Quoted(.holder))]
    Taken {
        /// The given id.
        id: String,
        /// The path of the item that has it, or the name of the drive.
        holder: String,
    },
}
