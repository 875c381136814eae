//! Writes the entries of lists of Box.

use serde::Serialize;

use crate::http::listing::ListWriter;
use crate::limits::budget::OverBudget;

/// The length in bytes that most entries do not exceed in JSON.
pub(crate) const ENTRY_BYTES: usize = 320;
/// The member that contains the entries of a list.
pub(crate) const ENTRIES: &str = "entries";

/// Writes entries until the limit of the response; returns whether some are left.
pub(crate) fn write(
    list: &mut ListWriter,
    entries: impl IntoIterator<Item = impl Serialize>,
) -> Result<bool, OverBudget> {
    for entry in entries {
        if !list.push(&entry)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the `limit` that a list by offset shows. Clients add it to the offset to find the next page (guide to
/// offset-based pagination), so a page that is cut at the limit of the response shows its number of entries.
pub(crate) fn shown_limit(list: &ListWriter, is_cut: bool, limit: usize) -> usize {
    if is_cut { list.n_entries() } else { limit }
}
