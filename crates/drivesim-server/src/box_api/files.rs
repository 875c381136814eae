//! Handles changes and deletions of files of Box.

use drivesim::{Item, Sim};

use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, change};
use crate::reply::Reply;

/// Changes a file.
pub(crate) fn update(context: &Asked<'_>) -> Result<Reply, Refusal> {
    change::update(context, &find(context)?)
}

/// Moves a file to the trash.
pub(crate) fn delete(context: &Asked<'_>) -> Result<Reply, Refusal> {
    change::delete(context, &find(context)?, Sim::delete)
}

fn find(context: &Asked<'_>) -> Result<Item, Refusal> {
    let found = context.place.file(context.app, context.id());
    found.map_err(|error| change::gone(context, context.place.file_id(context.id()).ok(), error))
}
