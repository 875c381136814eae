//! Parses the times of a content in the bodies of requests to Box.

use drivesim::item::ContentTimes;

use crate::box_api::body::Members;
use crate::box_api::error::BoxError;

/// The names of the members.
pub(crate) const CREATED: &str = "content_created_at";
pub(crate) const MODIFIED: &str = "content_modified_at";

/// Parses the times.
pub(crate) fn read(members: &Members<'_>) -> Result<ContentTimes, BoxError> {
    Ok(ContentTimes { created_at: members.time(CREATED)?, modified_at: members.time(MODIFIED)? })
}
