//! Maps errors of drivesim to failures of the model.

use drivesim::Error;
use drivesim::error::DriveError;

use crate::model::ModelError;

/// Returns the model's failure for an error; `None` for errors that do not occur in small histories.
///
/// ```
/// use drivesim::Sim;
/// use drivesim_model::comparison::model_error_of;
/// use drivesim_model::model::ModelError;
///
/// let sim = Sim::builder().build()?;
/// assert_eq!(model_error_of(&sim.item("/a").unwrap_err()), Some(ModelError::NotFound));
/// # Ok::<(), drivesim::Error>(())
/// ```
pub fn model_error_of(error: &Error) -> Option<ModelError> {
    Some(match error {
        Error::Drive(error) => return model_error_of_drive(error),
        Error::NoDrive { .. } => ModelError::NoDrive,
        Error::DriveExists { .. } => ModelError::DriveExists,
        Error::AcrossDrives { .. } => ModelError::AcrossDrives,
        Error::NotHeld { .. } => ModelError::NotHeld,
        Error::Pace(_) => ModelError::Pace,
        _ => return None,
    })
}

fn model_error_of_drive(error: &DriveError) -> Option<ModelError> {
    Some(match error {
        DriveError::NotFound { .. } => ModelError::NotFound,
        DriveError::BadPath { .. } => ModelError::BadPath,
        DriveError::NameTaken { .. } => ModelError::NameTaken,
        DriveError::BadName { .. } => ModelError::BadName,
        DriveError::PathTooLong { .. } => ModelError::PathTooLong,
        DriveError::NotAFolder { .. } => ModelError::NotAFolder,
        DriveError::NotAFile { .. } => ModelError::NotAFile,
        DriveError::IsRoot { .. } => ModelError::IsRoot,
        DriveError::IntoItself { .. } => ModelError::IntoItself,
        DriveError::ChildrenOfAFile { .. } => ModelError::ChildrenOfAFile,
        DriveError::ChildrenOnlyWithName { .. } => ModelError::ChildrenOnlyWithName,
        DriveError::TooManyItems { .. } => ModelError::TooManyItems,
        DriveError::SizeOverflow { .. } => ModelError::SizeOverflow,
        DriveError::ConflictNotOffered { .. } => ModelError::ConflictNotOffered,
        DriveError::TagMismatch { .. } => ModelError::TagMismatch,
        DriveError::NothingToMatch { .. } => ModelError::NothingToMatch,
        DriveError::AccessDenied { .. } => ModelError::AccessDenied,
        DriveError::Locked { .. } => ModelError::Locked,
        DriveError::NoLock { .. } => ModelError::NoLock,
        DriveError::QuotaExceeded { .. } | DriveError::OverCapacity { .. } => ModelError::QuotaExceeded,
        DriveError::NoVersion { .. } => ModelError::NoVersion,
        DriveError::CurrentVersion { .. } => ModelError::CurrentVersion,
        DriveError::TimesNotSettable { .. } => ModelError::TimesNotSettable,
        DriveError::DescriptionTooLong { .. } => ModelError::DescriptionTooLong,
        DriveError::NotInBin { .. } => ModelError::NotInBin,
        DriveError::SomeFailed { details } => {
            ModelError::SomeFailed(details.iter().filter_map(model_error_of_drive).collect())
        }
        _ => return None,
    })
}
