//! Holds the errors of the admin API: `{"error":{"code","message"}}`.

use axum::http::{StatusCode, header};
use drivesim::Error;
use drivesim::error::{DriveError, FixtureError, WireIdError};
use drivesim::outline::OutlineError;

use crate::admin::error_code::AdminCode;
use crate::http::body_limiter::BodyError;
use crate::http::response::{ApiResponse, ResponseError};
use crate::json::excerpt;
use crate::json::ordered::json;
use crate::limits::budget::OverBudget;

/// An error of the admin API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdminError {
    status: StatusCode,
    code: AdminCode,
    message: String,
    /// The methods of the route, if it does not have the requested one.
    allow: Option<String>,
}

impl AdminError {
    pub(crate) fn new(code: AdminCode, message: impl Into<String>) -> AdminError {
        AdminError::with_status(code.status(), code, message)
    }

    /// Creates an error with another status than that of its code.
    pub(crate) fn with_status(status: StatusCode, code: AdminCode, message: impl Into<String>) -> AdminError {
        AdminError { status, code, message: message.into(), allow: None }
    }

    /// 400 `badRequest`.
    pub(crate) fn bad_request(message: impl Into<String>) -> AdminError {
        AdminError::new(AdminCode::BadRequest, message)
    }

    /// 405, with the methods of the route.
    pub(crate) fn bad_method(message: String, allow: String) -> AdminError {
        AdminError { allow: Some(allow), ..AdminError::new(AdminCode::MethodNotAllowed, message) }
    }

    /// Returns the response.
    pub(crate) fn to_response(&self) -> ApiResponse {
        let body = json!({ "error": { "code": self.code.as_str(), "message": excerpt::shorten_message(&self.message) } });
        let response = ApiResponse::json(self.status, body);
        match (&self.allow, self.status) {
            (Some(methods), _) => response.with_header(header::ALLOW, methods.clone()),
            (None, StatusCode::SERVICE_UNAVAILABLE) => response.with_header(header::RETRY_AFTER, "1"),
            (None, StatusCode::UNAUTHORIZED) => response.with_header(header::WWW_AUTHENTICATE, "Bearer"),
            (None, _) => response,
        }
    }
}

impl From<BodyError> for AdminError {
    fn from(bad: BodyError) -> AdminError {
        AdminError::with_status(bad.status(), AdminCode::Unreadable, bad.message())
    }
}

impl From<ResponseError> for AdminError {
    fn from(bad: ResponseError) -> AdminError {
        AdminError::with_status(bad.status(), AdminCode::Unanswerable, bad.message())
    }
}

impl From<OverBudget> for AdminError {
    fn from(over: OverBudget) -> AdminError {
        ResponseError::OverBudget(over).into()
    }
}

impl From<Error> for AdminError {
    fn from(error: Error) -> AdminError {
        let code = match &error {
            Error::Drive(error) => code_of(error),
            Error::NoDrive { .. } => AdminCode::NoDrive,
            Error::NoJob { .. } => AdminCode::NoJob,
            Error::DriveExists { .. } => AdminCode::DriveExists,
            Error::NotHeld { .. } => AdminCode::NotHeld,
            Error::Clock(_) => AdminCode::SystemClock,
            Error::NoOwner { .. } => AdminCode::BadOwner,
            Error::NoProfile { .. } => AdminCode::BadProfile,
            Error::Option { .. } => AdminCode::BadOption,
            Error::DriveWireId { fault: WireIdError::Taken { .. }, .. } => AdminCode::IdTaken,
            Error::DriveWireId { .. } => AdminCode::BadId,
            // The limits of the server are exceeded.
            Error::Outline(OutlineError::TooMany { .. } | OutlineError::TooMuch { .. })
            | Error::Fixture(FixtureError::Refused { error: DriveError::OverCapacity { .. }, .. }) => {
                AdminCode::QuotaLimitReached
            }
            Error::Outline(_) | Error::Fixture(_) | Error::NotItsLine { .. } => AdminCode::BadOutline,
            Error::NoAccess { .. }
            | Error::Pace(_)
            | Error::AcrossDrives { .. }
            | Error::TooLargeToRead { .. }
            | Error::Reported { .. } => AdminCode::OfRequest(error.code()),
        };
        AdminError::new(code, error.to_string())
    }
}

fn code_of(error: &DriveError) -> AdminCode {
    match error {
        DriveError::OverCapacity { .. } => AdminCode::QuotaLimitReached,
        DriveError::NoMember { .. } | DriveError::BadMember { .. } => AdminCode::BadMember,
        DriveError::NotFound { .. } => AdminCode::NoItem,
        DriveError::BadPath { .. } => AdminCode::BadPath,
        // Routes of the admin API read, so only the first of these occurs: a tree deeper than an outline may be.
        DriveError::TooDeep { .. }
        | DriveError::NameTaken { .. }
        | DriveError::BadName { .. }
        | DriveError::PathTooLong { .. }
        | DriveError::NotAFolder { .. }
        | DriveError::NotAFile { .. }
        | DriveError::IsRoot { .. }
        | DriveError::IntoItself { .. }
        | DriveError::ChildrenOfAFile { .. }
        | DriveError::ChildrenOnlyWithName { .. }
        | DriveError::TooManyItems { .. }
        | DriveError::SizeOverflow { .. }
        | DriveError::DriveFull { .. }
        | DriveError::ConflictNotOffered { .. }
        | DriveError::TagMismatch { .. }
        | DriveError::NothingToMatch { .. }
        | DriveError::AccessDenied { .. }
        | DriveError::Locked { .. }
        | DriveError::QuotaExceeded { .. }
        | DriveError::NoVersion { .. }
        | DriveError::CurrentVersion { .. }
        | DriveError::TimesNotSettable { .. }
        | DriveError::DescriptionTooLong { .. }
        | DriveError::NotEmpty { .. }
        | DriveError::NotInBin { .. }
        | DriveError::NoLock { .. }
        | DriveError::WireId(_)
        | DriveError::ResyncRequired
        | DriveError::SomeFailed { .. } => AdminCode::OfDrive(error.code()),
    }
}
