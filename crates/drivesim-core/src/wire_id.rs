//! Defines the ids of the wire that items and a drive are given: which texts can be one, and the table that keeps them.
//!
//! A server makes an id for each item by arithmetic. A given id takes its place: the item has that one and no other. The
//! table is empty in most drives, and costs nothing then.

mod form;
mod table;

pub(crate) use self::form::Reserved;
pub use self::form::WireIdForm;
pub use self::table::WireIds;

use crate::name::Shown;

/// The number of the first folder that a server makes an id for on Box, before
/// [`BoxWire::id_offset`](crate::BoxWire::id_offset).
pub const FIRST_BOX_FOLDER: u64 = 300_000_000_000;
/// The number of the first file that a server makes an id for on Box, before
/// [`BoxWire::id_offset`](crate::BoxWire::id_offset).
pub const FIRST_BOX_FILE: u64 = 1_500_000_000_000;
/// The number of the first item that a server makes an id for in a personal drive that was given an id; the root has 101.
pub const FIRST_PERSONAL_ITEM: u64 = 1_000_000_000;

/// Returns why an item or a drive cannot be given an id of the wire. Its `Debug` text is the message too.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireIdError {
    /// No id of the service looks like this.
    #[error("{} is no id of the service: expected {expected}", Shown(.id))]
    Malformed {
        /// The id that was to be given.
        id: String,
        /// The forms there are.
        expected: &'static str,
    },
    /// The id is one of those that a server makes for items without a given one.
    #[error("{} is kept for items that are given no id: expected {expected}", Shown(.id))]
    Reserved {
        /// The id that was to be given.
        id: String,
        /// Which ids are free.
        expected: String,
    },
    /// Something else has the id.
    #[error("the id {} is taken by {}", Shown(.id), Shown(.holder))]
    Taken {
        /// The id that was to be given.
        id: String,
        /// The path of the item that has it, or the name of the drive.
        holder: String,
    },
}
