//! The only place that holds a request to what its headers expect of an item.

use axum::http::header;
use drivesim::{Address, Item};

use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::refusal::Refusal;
use crate::graph::tags;

/// Returns the address of an item for a change, which is refused if the item is not one that `If-Match` names: now,
/// or if somebody else is faster.
pub(crate) fn matched(call: &Call, found: &Found, item: &Item) -> Result<Address, Refusal> {
    let address = found.drive.at(item.id);
    let Some(header) = call.header(header::IF_MATCH.as_str()) else { return Ok(address) };
    // It says no more than that the item is there; some items have no tag.
    if header.trim() == "*" {
        return Ok(address);
    }
    match tags::named(header, &found.drive, found.flavour, item) {
        Some(expected) => Ok(address.if_match(expected)),
        None => Err(Refusal::modified()),
    }
}
