//! Converts the errors of changes and uploads of items of Box.

use crate::box_api::options::ConflictsShape;
use drivesim::error::DriveError;
use drivesim::{Error, ItemId};

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;

/// Converts the error of a change or an upload. For a taken name it includes the item that has the name, in the shape
/// that the operation uses at Box.
pub(crate) fn change_error(
    context: &RequestContext<'_>,
    folder: ItemId,
    error: Error,
    shape: ConflictsShape,
) -> BoxError {
    match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) => {
            let holder = context.renderer().render_child(folder, name);
            BoxError::name_taken(&context.drive.wire, shape, holder)
        }
        Error::Drive(DriveError::DescriptionTooLong { units, limit }) => {
            let expected = format!("at most {limit} characters");
            BoxError::invalid("description", &format!("({units} characters)"), &expected)
        }
        _ => BoxError::from(error),
    }
}

/// Converts the error of an upload. The item that has a taken name is an object (seen in logs and clients).
pub(crate) fn upload_error(context: &RequestContext<'_>, folder: ItemId, error: Error) -> BoxError {
    change_error(context, folder, error, ConflictsShape::Object)
}
