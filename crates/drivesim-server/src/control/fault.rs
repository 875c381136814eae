//! Holds the errors of the admin API: `{"error":{"code","message"}}`.

use axum::http::{StatusCode, header};
use drivesim::outline::OutlineError;
use drivesim::{DriveError, Error, SeedError, WireIdError};

use crate::budget::OverBudget;
use crate::excerpt;
use crate::ordered_json::json;
use crate::reply::{Reply, Unsent};

/// An error of the admin API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// The methods of the route, if it does not have the requested one.
    allow: Option<String>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Fault {
        Fault { status, code, message: message.into(), allow: None }
    }

    /// 400 `badRequest`.
    pub(crate) fn bad_request(message: impl Into<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, "badRequest", message)
    }

    /// 405, with the methods of the route.
    pub(crate) fn bad_method(message: String, allow: String) -> Fault {
        let fault = Fault::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", message);
        Fault { allow: Some(allow), ..fault }
    }

    /// Returns the response.
    pub(crate) fn reply(&self) -> Reply {
        let body = json!({ "error": { "code": self.code, "message": excerpt::message(&self.message) } });
        let reply = Reply::json(self.status, body);
        match (&self.allow, self.status) {
            (Some(methods), _) => reply.with(header::ALLOW, methods.clone()),
            (None, StatusCode::SERVICE_UNAVAILABLE) => reply.with(header::RETRY_AFTER, "1"),
            (None, StatusCode::UNAUTHORIZED) => reply.with(header::WWW_AUTHENTICATE, "Bearer"),
            (None, _) => reply,
        }
    }
}

impl From<OverBudget> for Fault {
    fn from(over: OverBudget) -> Fault {
        Unsent::Full(over).fault()
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
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
            | Error::Seed(SeedError::Refused { error: DriveError::OverCapacity { .. }, .. })
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
        Fault::new(status, code, error.to_string())
    }
}
