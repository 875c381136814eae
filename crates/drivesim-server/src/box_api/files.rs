//! The only place that changes and deletes files of Box.

use drivesim::{Item, Sim};

use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, change};
use crate::reply::Reply;

/// Renames or moves a file, or says what it is about.
pub(crate) fn update(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    change::update(asked, &find(asked)?)
}

/// Puts a file into the trash.
pub(crate) fn delete(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    change::delete(asked, &find(asked)?, Sim::delete)
}

fn find(asked: &Asked<'_>) -> Result<Item, Refusal> {
    let found = asked.place.file(asked.app, asked.id());
    found.map_err(|refusal| change::gone(asked, asked.place.file_id(asked.id()).ok(), refusal))
}
