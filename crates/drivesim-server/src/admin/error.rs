//! Holds the errors of the admin API: `{"error":{"code","message"}}`.

use axum::http::{StatusCode, header};
use drivesim::Error;
use drivesim::error::{DriveError, FixtureError, WireIdError};
use drivesim::outline::OutlineError;

use crate::http::body_limiter::BodyError;
use crate::http::response::{ApiResponse, ResponseError};
use crate::json::excerpt;
use crate::json::ordered::json;
use crate::limits::budget::OverBudget;

/// An error of the admin API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdminError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// The methods of the route, if it does not have the requested one.
    allow: Option<String>,
}

impl AdminError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> AdminError {
        AdminError { status, code, message: message.into(), allow: None }
    }

    /// 400 `badRequest`.
    pub(crate) fn bad_request(message: impl Into<String>) -> AdminError {
        AdminError::new(StatusCode::BAD_REQUEST, "badRequest", message)
    }

    /// 405, with the methods of the route.
    pub(crate) fn bad_method(message: String, allow: String) -> AdminError {
        let fault = AdminError::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", message);
        AdminError { allow: Some(allow), ..fault }
    }

    /// Returns the response.
    pub(crate) fn to_response(&self) -> ApiResponse {
        let body =
            json!({ "error": { "code": self.code, "message": excerpt::shorten_message(&self.message) } });
        let reply = ApiResponse::json(self.status, body);
        match (&self.allow, self.status) {
            (Some(methods), _) => reply.with_header(header::ALLOW, methods.clone()),
            (None, StatusCode::SERVICE_UNAVAILABLE) => reply.with_header(header::RETRY_AFTER, "1"),
            (None, StatusCode::UNAUTHORIZED) => reply.with_header(header::WWW_AUTHENTICATE, "Bearer"),
            (None, _) => reply,
        }
    }
}

impl From<BodyError> for AdminError {
    fn from(bad: BodyError) -> AdminError {
        AdminError::new(bad.status(), "unreadable", bad.message())
    }
}

impl From<ResponseError> for AdminError {
    fn from(bad: ResponseError) -> AdminError {
        AdminError::new(bad.status(), "unanswerable", bad.message())
    }
}

impl From<OverBudget> for AdminError {
    fn from(over: OverBudget) -> AdminError {
        ResponseError::OverBudget(over).into()
    }
}

impl From<Error> for AdminError {
    fn from(error: Error) -> AdminError {
        let (status, code) = match &error {
            Error::NoDrive { .. } => (StatusCode::NOT_FOUND, "noDrive"),
            Error::NoJob { .. } => (StatusCode::NOT_FOUND, "noJob"),
            Error::DriveExists { .. } => (StatusCode::CONFLICT, "driveExists"),
            Error::NotHeld { .. } => (StatusCode::CONFLICT, "notHeld"),
            Error::Clock(_) => (StatusCode::CONFLICT, "systemClock"),
            Error::NoOwner { .. } => (StatusCode::BAD_REQUEST, "badOwner"),
            Error::NoProfile { .. } => (StatusCode::BAD_REQUEST, "badProfile"),
            Error::Option { .. } => (StatusCode::BAD_REQUEST, "badOption"),
            Error::DriveWireId { fault: WireIdError::Taken { .. }, .. } => (StatusCode::CONFLICT, "idTaken"),
            Error::DriveWireId { .. } => (StatusCode::BAD_REQUEST, "badId"),
            // The limits of the server are exceeded.
            Error::Outline(OutlineError::TooMany { .. } | OutlineError::TooMuch { .. })
            | Error::Seed(FixtureError::Refused { error: DriveError::OverCapacity { .. }, .. })
            | Error::Drive(DriveError::OverCapacity { .. }) => {
                (StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached")
            }
            Error::Outline(_) | Error::Seed(_) | Error::NotItsLine { .. } => {
                (StatusCode::BAD_REQUEST, "badOutline")
            }
            Error::Drive(DriveError::NoMember { .. } | DriveError::BadMember { .. }) => {
                (StatusCode::BAD_REQUEST, "badMember")
            }
            Error::Drive(DriveError::NotFound { .. }) => (StatusCode::NOT_FOUND, "noItem"),
            Error::Drive(DriveError::BadPath { .. }) => (StatusCode::BAD_REQUEST, "badPath"),
            // A tree deeper than an outline may be.
            Error::Drive(_) => (StatusCode::CONFLICT, error.code()),
            _ => (StatusCode::BAD_REQUEST, error.code()),
        };
        AdminError::new(status, code, error.to_string())
    }
}
