//! Maps errors of drivesim to failures of the model.

use drivesim::Error;
use drivesim::error::DriveError;

use crate::model::Refusal;

/// Returns the model's failure for an error; `None` for errors that do not occur in small histories.
///
/// ```
/// use drivesim::Sim;
/// use drivesim_model::comparison::refusal_of;
/// use drivesim_model::model::Refusal;
///
/// let sim = Sim::builder().build()?;
/// assert_eq!(refusal_of(&sim.item("/a").unwrap_err()), Some(Refusal::NotFound));
/// # Ok::<(), drivesim::Error>(())
/// ```
pub fn refusal_of(error: &Error) -> Option<Refusal> {
    Some(match error {
        Error::Drive(error) => return refusal_of_drive(error),
        Error::NoDrive { .. } => Refusal::NoDrive,
        Error::DriveExists { .. } => Refusal::DriveExists,
        Error::AcrossDrives { .. } => Refusal::AcrossDrives,
        Error::NotHeld { .. } => Refusal::NotHeld,
        Error::Pace(_) => Refusal::Pace,
        _ => return None,
    })
}

fn refusal_of_drive(error: &DriveError) -> Option<Refusal> {
    Some(match error {
        DriveError::NotFound { .. } => Refusal::NotFound,
        DriveError::BadPath { .. } => Refusal::BadPath,
        DriveError::NameTaken { .. } => Refusal::NameTaken,
        DriveError::BadName { .. } => Refusal::BadName,
        DriveError::PathTooLong { .. } => Refusal::PathTooLong,
        DriveError::NotAFolder { .. } => Refusal::NotAFolder,
        DriveError::NotAFile { .. } => Refusal::NotAFile,
        DriveError::IsRoot { .. } => Refusal::IsRoot,
        DriveError::IntoItself { .. } => Refusal::IntoItself,
        DriveError::ChildrenOfAFile { .. } => Refusal::ChildrenOfAFile,
        DriveError::ChildrenOnlyWithName { .. } => Refusal::ChildrenOnlyWithName,
        DriveError::TooManyItems { .. } => Refusal::TooManyItems,
        DriveError::SizeOverflow { .. } => Refusal::SizeOverflow,
        DriveError::ConflictNotOffered { .. } => Refusal::ConflictNotOffered,
        DriveError::TagMismatch { .. } => Refusal::TagMismatch,
        DriveError::NothingToMatch { .. } => Refusal::NothingToMatch,
        DriveError::AccessDenied { .. } => Refusal::AccessDenied,
        DriveError::Locked { .. } => Refusal::Locked,
        DriveError::NoLock { .. } => Refusal::NoLock,
        DriveError::QuotaExceeded { .. } | DriveError::OverCapacity { .. } => Refusal::QuotaExceeded,
        DriveError::NoVersion { .. } => Refusal::NoVersion,
        DriveError::CurrentVersion { .. } => Refusal::CurrentVersion,
        DriveError::TimesNotSettable { .. } => Refusal::TimesNotSettable,
        DriveError::DescriptionTooLong { .. } => Refusal::DescriptionTooLong,
        DriveError::NotInBin { .. } => Refusal::NotInBin,
        DriveError::SomeFailed { details } => {
            Refusal::SomeFailed(details.iter().filter_map(refusal_of_drive).collect())
        }
        _ => return None,
    })
}
