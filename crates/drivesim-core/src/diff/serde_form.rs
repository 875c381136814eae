//! Implements serde for differences.

use serde::Deserialize;

use super::{Difference, Located};

/// The deserialized form of a difference.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a difference of an item")]
pub(crate) struct DifferenceForm {
    before: Option<Located>,
    after: Option<Located>,
    content_changed: bool,
    facts_changed: bool,
}

impl TryFrom<DifferenceForm> for Difference {
    type Error = &'static str;

    fn try_from(form: DifferenceForm) -> Result<Difference, &'static str> {
        let DifferenceForm { before, after, content_changed, facts_changed } = form;
        match (&before, &after) {
            (None, None) => Err("a difference has an item before or after"),
            (Some(before), Some(after)) if before.item.id != after.item.id => {
                Err("a difference belongs to one item, with the same id before and after")
            }
            _ => Ok(Difference { before, after, content_changed, facts_changed }),
        }
    }
}
