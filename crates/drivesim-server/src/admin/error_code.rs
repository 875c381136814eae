//! Names the codes of the admin API's errors, and their statuses.

use axum::http::StatusCode;

/// The code of an error of the admin API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AdminCode {
    BadDuration,
    BadId,
    BadMember,
    BadOption,
    BadOutline,
    BadOwner,
    BadPath,
    BadProfile,
    BadRequest,
    Busy,
    DriveExists,
    DroppedSnapshot,
    Forbidden,
    IdTaken,
    MethodNotAllowed,
    NoDrive,
    NoItem,
    NoJob,
    NoRoute,
    NoSnapshot,
    NotHeld,
    OwnerTaken,
    QuotaLimitReached,
    ServiceNotAvailable,
    SystemClock,
    TooManyDrives,
    TooManySnapshots,
    Unanswerable,
    Unauthorized,
    Unreadable,
    /// The code of an error that the state of a drive causes.
    OfDrive(&'static str),
    /// The code of an error that the request causes.
    OfRequest(&'static str),
}

impl AdminCode {
    /// Returns the text in the error.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            AdminCode::BadDuration => "badDuration",
            AdminCode::BadId => "badId",
            AdminCode::BadMember => "badMember",
            AdminCode::BadOption => "badOption",
            AdminCode::BadOutline => "badOutline",
            AdminCode::BadOwner => "badOwner",
            AdminCode::BadPath => "badPath",
            AdminCode::BadProfile => "badProfile",
            AdminCode::BadRequest => "badRequest",
            AdminCode::Busy => "busy",
            AdminCode::DriveExists => "driveExists",
            AdminCode::DroppedSnapshot => "droppedSnapshot",
            AdminCode::Forbidden => "forbidden",
            AdminCode::IdTaken => "idTaken",
            AdminCode::MethodNotAllowed => "methodNotAllowed",
            AdminCode::NoDrive => "noDrive",
            AdminCode::NoItem => "noItem",
            AdminCode::NoJob => "noJob",
            AdminCode::NoRoute => "noRoute",
            AdminCode::NoSnapshot => "noSnapshot",
            AdminCode::NotHeld => "notHeld",
            AdminCode::OwnerTaken => "ownerTaken",
            AdminCode::QuotaLimitReached => "quotaLimitReached",
            AdminCode::ServiceNotAvailable => "serviceNotAvailable",
            AdminCode::SystemClock => "systemClock",
            AdminCode::TooManyDrives => "tooManyDrives",
            AdminCode::TooManySnapshots => "tooManySnapshots",
            AdminCode::Unanswerable => "unanswerable",
            AdminCode::Unauthorized => "unauthorized",
            AdminCode::Unreadable => "unreadable",
            AdminCode::OfDrive(code) | AdminCode::OfRequest(code) => code,
        }
    }

    /// Returns the status of the response, which an unreadable request and an unanswerable one determine themselves.
    pub(super) fn status(self) -> StatusCode {
        match self {
            AdminCode::NoDrive
            | AdminCode::NoItem
            | AdminCode::NoJob
            | AdminCode::NoRoute
            | AdminCode::NoSnapshot => StatusCode::NOT_FOUND,
            AdminCode::DriveExists
            | AdminCode::IdTaken
            | AdminCode::NotHeld
            | AdminCode::OwnerTaken
            | AdminCode::SystemClock
            | AdminCode::TooManyDrives
            | AdminCode::TooManySnapshots
            | AdminCode::OfDrive(_) => StatusCode::CONFLICT,
            AdminCode::Busy | AdminCode::ServiceNotAvailable => StatusCode::SERVICE_UNAVAILABLE,
            AdminCode::DroppedSnapshot => StatusCode::GONE,
            AdminCode::Forbidden => StatusCode::FORBIDDEN,
            AdminCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            AdminCode::QuotaLimitReached => StatusCode::INSUFFICIENT_STORAGE,
            AdminCode::Unauthorized => StatusCode::UNAUTHORIZED,
            AdminCode::BadDuration
            | AdminCode::BadId
            | AdminCode::BadMember
            | AdminCode::BadOption
            | AdminCode::BadOutline
            | AdminCode::BadOwner
            | AdminCode::BadPath
            | AdminCode::BadProfile
            | AdminCode::BadRequest
            | AdminCode::Unanswerable
            | AdminCode::Unreadable
            | AdminCode::OfRequest(_) => StatusCode::BAD_REQUEST,
        }
    }
}
