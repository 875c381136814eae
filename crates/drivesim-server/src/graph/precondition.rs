//! The only place that holds a request to what its headers expect of an item.

use axum::http::{HeaderName, header};
use drivesim::{Address, Item};

use crate::call::Call;
use crate::excerpt::Quoted;
use crate::graph::drive::Found;
use crate::graph::refusal::Refusal;
use crate::graph::tags;

/// Returns what a header says of tags, if it is there; 400 for what cannot be one.
pub(crate) fn tags_in(call: &Call, name: HeaderName) -> Result<Option<String>, Refusal> {
    let malformed = |refusal: Refusal| refusal.inner("malformedEntityTag");
    let Some(header) = call.decisive(name.clone()).map_err(|bad| malformed(bad.into()))? else {
        return Ok(None);
    };
    // Personal tags are sent without quotes as often as with them.
    if header.matches('"').count() % 2 != 0 {
        return Err(malformed(Refusal::invalid(format!(
            "The header {name} is no list of tags: {}.",
            Quoted(&header)
        ))));
    }
    Ok(Some(header))
}

/// Returns whether the client has what an item holds.
pub(crate) fn is_known(call: &Call, found: &Found, item: &Item) -> Result<bool, Refusal> {
    let header = tags_in(call, header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| tags::names(&header, found.ids(), found.tag_rules(), item)))
}

/// Gives a refusal for a tag the status that the drive has for it where an item is changed or deleted.
pub(crate) fn of_a_change(found: &Found, refusal: Refusal) -> Refusal {
    refusal.unmatched_as(found.wire.precondition_status)
}

/// Returns the address of an item for a change, which is refused if the item is not one that `If-Match` names: now,
/// or if somebody else is faster.
pub(crate) fn matched(call: &Call, found: &Found, item: &Item) -> Result<Address, Refusal> {
    let address = found.drive.at(item.id);
    let Some(header) = tags_in(call, header::IF_MATCH)? else { return Ok(address) };
    // It says no more than that the item is there; some items have no tag.
    if header.trim() == "*" {
        return Ok(address);
    }
    match tags::named(&header, found.ids(), found.tag_rules(), item) {
        Some(expected) => Ok(address.if_match(expected)),
        None => Err(Refusal::modified()),
    }
}
