//! Checks the preconditions in the headers of a request.

use axum::http::{HeaderName, header};
use drivesim::{Address, Item};

use crate::call::Call;
use crate::excerpt::Quoted;
use crate::graph::drive::Found;
use crate::graph::refusal::Refusal;
use crate::graph::tags;

/// Returns a header that lists tags, if present; fails with 400 if it is malformed.
pub(crate) fn tags_in(request: &Call, name: HeaderName) -> Result<Option<String>, Refusal> {
    let malformed = |error: Refusal| error.inner("malformedEntityTag");
    let Some(header) = request.decisive(name.clone()).map_err(|bad| malformed(bad.into()))? else {
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

/// Returns whether the client has the current state of an item.
pub(crate) fn is_known(request: &Call, found: &Found, item: &Item) -> Result<bool, Refusal> {
    let header = tags_in(request, header::IF_NONE_MATCH)?;
    Ok(header.is_some_and(|header| tags::names(&header, found.ids(), found.tag_rules(), item)))
}

/// Sets the status of the drive for a failed precondition of a change or a deletion.
pub(crate) fn of_a_change(found: &Found, error: Refusal) -> Refusal {
    error.unmatched_as(found.wire.precondition_status)
}

/// Returns the address of an item for a change. Fails if the item does not match `If-Match` now; the change fails if
/// the item does not match any more by then.
pub(crate) fn matched(request: &Call, found: &Found, item: &Item) -> Result<Address, Refusal> {
    let address = found.drive.at(item.id);
    let Some(header) = tags_in(request, header::IF_MATCH)? else { return Ok(address) };
    // `*` only requires that the item exists; some items have no tag.
    if header.trim() == "*" {
        return Ok(address);
    }
    match tags::named(&header, found.ids(), found.tag_rules(), item) {
        Some(expected) => Ok(address.if_match(expected)),
        None => Err(Refusal::modified()),
    }
}
