//! Defines the error of Graph requests: its status, code and message.

mod code;
mod from_drive;
mod render;
mod uploads;

use axum::http::{HeaderName, StatusCode};
use drivesim::error::OptionError;

use crate::graph::drive_type::DriveType;
pub(crate) use crate::graph::error::code::ErrorCode;
use crate::http::inline_budget::OverInlineBudget;
use crate::http::request::{ApiRequest, BadHeader};
use crate::http::response::ResponseError;
use crate::json::excerpt::{Excerpt, Quoted};
use crate::limits::budget::OverBudget;
use crate::state::token::TokenKind;

/// The messages for a taken name: of creations and copies at once, and of jobs and changes.
const TAKEN: &str = "The specified item name already exists";
const TAKEN_IN_JOB: &str = "Name already exists";

/// The error of a request or of a failed job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    status: StatusCode,
    code: ErrorCode,
    message: Box<str>,
    inner_code: Option<ErrorCode>,
    details: Vec<GraphError>,
    /// The path of the item that has the taken name, in the target drive.
    taken_path: Option<Box<str>>,
    /// Whether it is rendered as the direct endpoints do.
    is_direct: bool,
    /// An additional header of the response.
    header: Option<Box<(HeaderName, String)>>,
}

impl GraphError {
    /// Creates an error without a more specific code.
    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> GraphError {
        GraphError {
            status,
            code,
            message: message.into().into_boxed_str(),
            inner_code: None,
            details: Vec::new(),
            taken_path: None,
            is_direct: false,
            header: None,
        }
    }

    /// 500 for a drive with a wire option that does not exist: it was added to the simulator without a check.
    pub(crate) fn wrong_option(drive: &str, fault: &OptionError) -> GraphError {
        let message = format!("The drive {} of the simulator cannot be served: {fault}.", Quoted(drive));
        GraphError::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::GeneralException, message)
    }

    /// 400 `invalidRequest`.
    pub(crate) fn invalid(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
    }

    /// 400 for a body or a member that does not have its form.
    pub(crate) fn malformed(message: &str) -> GraphError {
        GraphError::invalid(message).with_inner_code(ErrorCode::InvalidParameterFormat)
    }

    /// 404 `itemNotFound`.
    pub(crate) fn not_found() -> GraphError {
        GraphError::new(StatusCode::NOT_FOUND, ErrorCode::ItemNotFound, "The resource could not be found.")
    }

    /// 412 `resourceModified`, for an item that has none of the expected tags.
    pub(crate) fn modified() -> GraphError {
        let message = "The item has changed: none of the expected tags matches.";
        GraphError::tag_mismatch(message)
    }

    /// 412 `resourceModified`.
    pub(crate) fn tag_mismatch(message: impl Into<String>) -> GraphError {
        let error = GraphError::new(StatusCode::PRECONDITION_FAILED, ErrorCode::ResourceModified, message);
        error.with_inner_code(ErrorCode::EntityTagDoesNotMatch)
    }

    /// 416 `invalidRange`.
    pub(crate) fn invalid_range(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::RANGE_NOT_SATISFIABLE, ErrorCode::InvalidRange, message)
    }

    /// 429 `activityLimitReached`.
    pub(crate) fn busy(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::ActivityLimitReached, message)
    }

    /// The error for a request that could not be read.
    pub(crate) fn unreadable(status: StatusCode, message: impl Into<String>) -> GraphError {
        let code = match status {
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::ServiceNotAvailable,
            _ => ErrorCode::InvalidRequest,
        };
        GraphError::new(status, code, message)
    }

    /// Returns whether the cause is a taken name.
    pub(crate) fn is_name_conflict(&self) -> bool {
        self.code == ErrorCode::NameAlreadyExists
    }

    /// Adds a header.
    pub(crate) fn with_header(self, name: HeaderName, value: impl Into<String>) -> GraphError {
        GraphError { header: Some(Box::new((name, value.into()))), ..self }
    }

    /// 501 `notSupported`, for a URL that is not a route of this server.
    ///
    /// DIFFERS(the services): A URL of Microsoft's that is not a route of drivesim is 501, with a hint at `drivesim
    /// routes`. This is deliberate: it distinguishes what drivesim lacks from what is wrong.
    pub(crate) fn no_route(request: &ApiRequest) -> GraphError {
        let message = format!(
            "{} {} is not a route of drivesim; `drivesim routes` lists its routes.",
            Excerpt(request.method.as_str()),
            Excerpt(&request.path)
        );
        GraphError::new(StatusCode::NOT_IMPLEMENTED, ErrorCode::NotSupported, message)
    }

    /// 501 `notSupported`, for what the service has and this server lacks.
    pub(crate) fn not_implemented(request: &ApiRequest, what: &str) -> GraphError {
        let message = format!(
            "{} {} is not a route of drivesim, which lacks {}; `drivesim routes` lists its routes.",
            request.method,
            Excerpt(&request.path),
            Excerpt(what)
        );
        GraphError::new(StatusCode::NOT_IMPLEMENTED, ErrorCode::NotSupported, message)
    }

    /// 404 for the drive of an owner that has no drive.
    pub(crate) fn no_drive_of(owner: &str) -> GraphError {
        let owner = Excerpt(owner);
        let message = format!(
            "The resource could not be found. No drive has the owner {owner}: `owner={owner}` on the line of a drive \
             gives it one."
        );
        GraphError::new(StatusCode::NOT_FOUND, ErrorCode::ItemNotFound, message)
    }

    /// 404 for a drive of another kind of account than that of the token.
    pub(crate) fn other_account(kind: TokenKind, drive_type: DriveType) -> GraphError {
        let drive = match drive_type {
            DriveType::Personal => "a personal account",
            DriveType::Business => "an organization",
        };
        let message = format!(
            "The resource could not be found. The drive is one of {drive}, which a token of the kind {kind} cannot access."
        );
        GraphError::new(StatusCode::NOT_FOUND, ErrorCode::ItemNotFound, message)
    }

    /// Sets the status of an error for a tag that does not match. Other errors are unchanged.
    pub(crate) fn with_precondition_status(self, status: u16) -> GraphError {
        match StatusCode::from_u16(status) {
            Ok(status) if self.status == StatusCode::PRECONDITION_FAILED => GraphError { status, ..self },
            _ => self,
        }
    }

    /// Sets the status, and the code that belongs to it.
    pub(crate) fn with_status(self, status: u16) -> GraphError {
        let Ok(status) = StatusCode::from_u16(status) else { return self };
        let code = match status {
            _ if status == self.status => self.code,
            StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
            StatusCode::FORBIDDEN => ErrorCode::AccessDenied,
            StatusCode::NOT_FOUND | StatusCode::GONE => ErrorCode::ItemNotFound,
            StatusCode::METHOD_NOT_ALLOWED => ErrorCode::NotAllowed,
            StatusCode::PRECONDITION_FAILED => ErrorCode::ResourceModified,
            StatusCode::RANGE_NOT_SATISFIABLE => ErrorCode::InvalidRange,
            StatusCode::LOCKED => ErrorCode::ResourceLocked,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::ActivityLimitReached,
            StatusCode::NOT_IMPLEMENTED => ErrorCode::NotSupported,
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::ServiceNotAvailable,
            StatusCode::INSUFFICIENT_STORAGE => ErrorCode::QuotaLimitReached,
            _ if status.is_server_error() => ErrorCode::GeneralException,
            _ => self.code,
        };
        GraphError { status, code, ..self }
    }

    /// Adds a more specific code.
    pub(crate) fn with_inner_code(self, code: ErrorCode) -> GraphError {
        GraphError { inner_code: Some(code), ..self }
    }

    /// Converts the error for a taken name to that of the last range of an upload session (createUploadSession). The
    /// code of other uploads becomes the inner code.
    pub(crate) fn at_end_of_upload(self) -> GraphError {
        if !self.is_name_conflict() {
            return self;
        }
        GraphError { code: ErrorCode::UploadNameConflict, inner_code: Some(self.code), ..self }
    }

    /// Renders it as `api.onedrive.com` and `/_api` do: with `innererror`, and without the code that only Graph's
    /// gateway has for unknown tokens.
    pub(crate) fn for_endpoint(self, is_direct: bool) -> GraphError {
        let is_of_gateway = self.code == ErrorCode::InvalidAuthenticationToken;
        let code = if is_direct && is_of_gateway { ErrorCode::Unauthenticated } else { self.code };
        GraphError { is_direct, code, ..self }
    }

    /// Words a taken name as jobs and changes do: their message differs from that of creations (driveItem: copy, move).
    pub(crate) fn with_job_wording(self) -> GraphError {
        let message = self.message.replacen(TAKEN, TAKEN_IN_JOB, 1).into_boxed_str();
        GraphError { message, ..self }
    }

    /// Prepends the text that clients search for.
    fn with_taken_prefix(self) -> GraphError {
        let message = format!("{TAKEN}. {}", self.message).into_boxed_str();
        GraphError { message, ..self }
    }
}

impl From<BadHeader> for GraphError {
    fn from(BadHeader { name, why }: BadHeader) -> GraphError {
        GraphError::invalid(format!("The header {name} {why}."))
    }
}

impl From<OverBudget> for GraphError {
    fn from(over: OverBudget) -> GraphError {
        GraphError::from(ResponseError::OverBudget(over))
    }
}

impl From<ResponseError> for GraphError {
    fn from(error: ResponseError) -> GraphError {
        GraphError::unreadable(error.status(), error.message())
    }
}

impl From<OverInlineBudget> for GraphError {
    /// The response is never sent, because the request is handled again.
    fn from(_: OverInlineBudget) -> GraphError {
        GraphError::unreadable(StatusCode::SERVICE_UNAVAILABLE, "")
    }
}
