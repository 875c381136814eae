//! Reads the shared link of a file or folder of Box.

use drivesim::Item;

use crate::ordered_json::Value;

/// Returns the shared link that an item has.
pub(crate) fn of(item: &Item) -> Option<Value> {
    let link = item.members.get("shared_link").filter(|link| !link.is_null())?;
    Some(Value::parse(link.as_str()))
}
