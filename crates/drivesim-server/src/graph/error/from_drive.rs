//! Converts the errors of simulators and drives: each has a status and a code.

use axum::http::StatusCode;
use drivesim::Error;
use drivesim::error::{DriveError, NameFault, RootVerb};

use crate::graph::error::{ErrorCode, GraphError};

impl From<Error> for GraphError {
    fn from(error: Error) -> GraphError {
        let message = sentence(&error.to_string());
        match error {
            Error::Drive(error) => GraphError::from(error),
            Error::NoDrive { .. } | Error::NoJob { .. } => GraphError::not_found(),
            Error::DriveExists { .. } => {
                GraphError::new(StatusCode::CONFLICT, ErrorCode::NameAlreadyExists, message)
            }
            Error::AcrossDrives { .. } | Error::NotHeld { .. } | Error::TooLargeToRead { .. } => {
                GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::NotSupported, message)
            }
            Error::Outline(_)
            | Error::Fixture(_)
            | Error::Option { .. }
            | Error::DriveWireId { .. }
            | Error::NotItsLine { .. }
            | Error::NoProfile { .. }
            | Error::NoOwner { .. }
            | Error::NoAccess { .. }
            | Error::Pace(_)
            | Error::Clock(_)
            | Error::Reported { .. } => GraphError::invalid(message),
        }
    }
}

impl From<DriveError> for GraphError {
    /// Codes and statuses: the page on errors.
    ///
    /// ASSUMED: The status that belongs to each code: the page lists codes and statuses separately (no option: no other
    /// reading is known).
    fn from(error: DriveError) -> GraphError {
        let message = sentence(&error.to_string());
        let with = |status, code| GraphError::new(status, code, message.clone());
        match error {
            DriveError::NotFound { .. } | DriveError::NoVersion { .. } | DriveError::NotInBin { .. } => {
                GraphError::not_found()
            }
            DriveError::NameTaken { name, folder, .. } => {
                let path = format!("{}/{name}", folder.trim_end_matches('/')).into_boxed_str();
                GraphError {
                    taken_path: Some(path),
                    ..with(StatusCode::CONFLICT, ErrorCode::NameAlreadyExists).with_taken_prefix()
                }
            }
            DriveError::IsRoot { verb: RootVerb::Copied } => {
                GraphError::invalid("Cannot copy the root folder.")
            }
            DriveError::ChildrenOfAFile { .. } => {
                GraphError::invalid("childrenOnly option is not valid for file items.")
            }
            DriveError::ChildrenOnlyWithName { .. } => {
                GraphError::invalid("Cannot use name parameter alongside childrenOnly.")
            }
            DriveError::PathTooLong { .. } => {
                GraphError::invalid(message).with_inner_code(ErrorCode::PathIsTooLong)
            }
            // The message of the service, seen in rclone issue 7910.
            DriveError::BadName {
                fault: NameFault::ReservedFolder { .. } | NameFault::ReservedAtRoot { .. },
                ..
            } => GraphError::invalid(format!("Name is reserved for list forms folder. {message}"))
                .with_inner_code(ErrorCode::InvalidPath),
            DriveError::BadName { .. } | DriveError::BadPath { .. } => {
                GraphError::invalid(message).with_inner_code(ErrorCode::InvalidPath)
            }
            // ASSUMED: `totalAffectedItemCountExceeded` is the code for a copy of too many items: it was not seen in
            // use (no option: no other reading is known).
            DriveError::TooManyItems { .. } => {
                GraphError::invalid(message).with_inner_code(ErrorCode::TotalAffectedItemCountExceeded)
            }
            DriveError::SizeOverflow { .. }
            | DriveError::DriveFull { .. }
            | DriveError::OverCapacity { .. }
            | DriveError::QuotaExceeded { .. } => {
                with(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::QuotaLimitReached)
            }
            DriveError::ConflictNotOffered { .. } | DriveError::TimesNotSettable { .. } => {
                with(StatusCode::BAD_REQUEST, ErrorCode::NotSupported)
            }
            DriveError::TagMismatch { .. } | DriveError::NothingToMatch { .. } => {
                GraphError::tag_mismatch(message)
            }
            DriveError::AccessDenied { .. } => with(StatusCode::FORBIDDEN, ErrorCode::AccessDenied),
            DriveError::Locked { .. } => with(StatusCode::LOCKED, ErrorCode::ResourceLocked),
            DriveError::ResyncRequired => with(StatusCode::GONE, ErrorCode::ResyncRequired),
            DriveError::SomeFailed { details } => {
                let details = details.into_iter().map(GraphError::from).collect();
                GraphError { details, ..with(StatusCode::CONFLICT, ErrorCode::GeneralException) }
            }
            DriveError::NotAFolder { .. }
            | DriveError::NotAFile { .. }
            | DriveError::NotEmpty { .. }
            | DriveError::IsRoot { .. }
            | DriveError::IntoItself { .. }
            | DriveError::TooDeep { .. }
            | DriveError::CurrentVersion { .. }
            | DriveError::DescriptionTooLong { .. }
            | DriveError::WireId(_)
            | DriveError::NoMember { .. }
            | DriveError::BadMember { .. }
            | DriveError::NoLock { .. } => GraphError::invalid(message),
        }
    }
}

/// Makes the text of an error a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
