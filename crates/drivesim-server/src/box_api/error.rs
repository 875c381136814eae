//! Renders errors in the form of Box: code, status, envelope.

use axum::http::{HeaderName, StatusCode, header};
use drivesim::error::{DriveError, OptionError, RootVerb};
use drivesim::{Error, ItemId};

use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::options::{BoxOptions, ConflictsShape};
use crate::http::inline_budget::OverInlineBudget;
use crate::http::request::BadHeader;
use crate::http::response::{ApiResponse, ResponseError};
use crate::json::excerpt::{self, Excerpt, Quoted};
use crate::json::ordered::{Map, Value, json};
use crate::limits::budget::OverBudget;
use crate::state::rates::OverRate;

/// The page that explains errors, which each error names.
const HELP: &str = "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/";
/// The details of an error for an invalid name (recorded by the tests of the Windows SDK).
const NAME_RULES: &str = "Names cannot contain non-printable ASCII, / or \\, leading or trailing whitespace. The special \
                          names \".\" or \"..\" are also unsupported.";

/// The error of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BoxError {
    status: StatusCode,
    code: BoxErrorCode,
    message: Box<str>,
    context: Option<Box<Value>>,
    header: Option<Box<(HeaderName, String)>>,
}

impl BoxError {
    pub(crate) fn new(status: StatusCode, code: BoxErrorCode, message: impl Into<String>) -> BoxError {
        let message = message.into().into_boxed_str();
        BoxError { status, code, message, context: None, header: None }
    }

    /// 500 for a drive with a wire option that does not exist: it was added to the simulator without a check.
    pub(crate) fn wrong_option(drive: &str, fault: &OptionError) -> BoxError {
        let message = format!("The drive {} of the simulator cannot be served: {fault}.", Quoted(drive));
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        BoxError::new(status, BoxErrorCode::InternalServerError, message)
    }

    /// 400 for a parameter that is missing or wrong, with the reason.
    fn bad_parameter(reason: BoxErrorCode, name: &str, message: String) -> BoxError {
        let error =
            json!({ "reason": reason.as_str(), "name": Excerpt(name).to_string(), "message": message });
        BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::BadRequest, "Bad Request")
            .with_details(json!({ "errors": [error] }))
    }

    /// 400 for a missing parameter.
    pub(crate) fn missing(name: &str) -> BoxError {
        BoxError::bad_parameter(
            BoxErrorCode::MissingParameter,
            name,
            format!("'{}' is required", Excerpt(name)),
        )
    }

    /// 400 for a parameter that is wrong, with a message.
    pub(crate) fn invalid_parameter(name: &str, message: impl Into<String>) -> BoxError {
        BoxError::bad_parameter(BoxErrorCode::InvalidParameter, name, message.into())
    }

    /// 400 for an invalid value of a parameter.
    pub(crate) fn invalid(name: &str, value: &str, expected: &str) -> BoxError {
        let message = format!("Invalid value '{}'. '{}' must be {expected}", Excerpt(value), Excerpt(name));
        BoxError::invalid_parameter(name, message)
    }

    /// 400 for a malformed time: code and message as recorded (cyberduck issue 12625).
    ///
    /// DIFFERS(recorded response of Box): The error for a malformed time names its member; the recorded one has no
    /// details.
    pub(crate) fn bad_time(name: &str, value: &str) -> BoxError {
        let expected = "a time in whole seconds with an offset, as in 2012-12-12T10:53:43-08:00";
        let error = BoxError::invalid(name, value, expected);
        BoxError { message: "not a valid rfc 3339 formatted date".into(), ..error }
    }

    /// 400 for an offset that is too large, as recorded (box-windows-sdk-v2 issue 132).
    pub(crate) fn offset_too_large(value: &str, max: usize) -> BoxError {
        let message = format!(
            "Invalid value '{}'. The offset must not exceed the maximum offset of {max}",
            Excerpt(value)
        );
        BoxError::invalid_parameter("offset", message)
    }

    /// 501 for a feature that Box has and drivesim does not.
    ///
    /// DIFFERS(Box): Operations, members and options of Box that drivesim lacks are 501, with a hint at `drivesim
    /// routes`. This is deliberate: it distinguishes a gap of drivesim from a response of the service.
    pub(crate) fn not_implemented(what: &str) -> BoxError {
        let message =
            format!("drivesim does not implement {what} of Box; `drivesim routes` lists its routes.");
        // The SDKs of Box retry requests after 5xx, and wait for half a minute in total. With 0 they do not wait.
        BoxError::new(StatusCode::NOT_IMPLEMENTED, BoxErrorCode::NotImplemented, message)
            .with_header(header::RETRY_AFTER, "0")
    }

    /// ASSUMED: A path that Box does not have is 404 `not_found`, without details (no option: no drive is known).
    pub(crate) fn no_path() -> BoxError {
        BoxError::new(StatusCode::NOT_FOUND, BoxErrorCode::NotFound, "Not Found")
    }

    /// 404 `not_found` for what does not exist or is not visible. Files are named `f_ID`, folders `d_ID` (recorded
    /// responses of the Python SDK).
    pub(crate) fn not_found(name: &str, value: &str) -> BoxError {
        let value = Excerpt(value);
        let message = format!("Invalid value '{value}'. '{name}' with value '{value}' not found");
        let reason = BoxErrorCode::InvalidParameter.as_str();
        let errors = json!({ "errors": [{ "message": message, "name": name, "reason": reason }] });
        BoxError::new(StatusCode::NOT_FOUND, BoxErrorCode::NotFound, "Not Found").with_details(errors)
    }

    /// 405 `method_not_allowed`, also for an id that is not a number.
    pub(crate) fn not_allowed() -> BoxError {
        BoxError::new(StatusCode::METHOD_NOT_ALLOWED, BoxErrorCode::MethodNotAllowed, "Method Not Allowed")
    }

    /// 415 `unsupported_media_type` for a body that is not declared as JSON.
    pub(crate) fn unsupported_media_type() -> BoxError {
        let message = "Unsupported Media Type: the content type of the body must be application/json";
        BoxError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, BoxErrorCode::UnsupportedMediaType, message)
    }

    /// 409 `item_name_in_use`, with the item that has the name, in the shape that the operation uses at Box, or that
    /// the drive is set to.
    pub(crate) fn name_taken(wire: &BoxOptions, shape: ConflictsShape, holder: Option<Value>) -> BoxError {
        let error = BoxError::new(
            StatusCode::CONFLICT,
            BoxErrorCode::ItemNameInUse,
            "Item with the same name already exists",
        );
        let Some(holder) = holder else { return error };
        let shape =
            if wire.conflicts_shape == ConflictsShape::PerCall { shape } else { wire.conflicts_shape };
        let conflicts = if shape == ConflictsShape::Array { json!([holder]) } else { holder };
        error.with_details(json!({ "conflicts": conflicts }))
    }

    /// 403 `storage_limit_exceeded`.
    pub(crate) fn over_quota() -> BoxError {
        BoxError::new(
            StatusCode::FORBIDDEN,
            BoxErrorCode::StorageLimitExceeded,
            "Account storage limit reached",
        )
    }

    /// The error for a request that could not be read.
    pub(crate) fn unreadable(status: StatusCode, message: String) -> BoxError {
        let (code, summary) = match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                (BoxErrorCode::RequestEntityTooLarge, "Request Entity too Large")
            }
            // A busy server is not an error of the request.
            StatusCode::SERVICE_UNAVAILABLE => {
                return BoxError::new(status, BoxErrorCode::Unavailable, "Unavailable")
                    .with_details(json!(message))
                    .with_header(header::RETRY_AFTER, "1");
            }
            _ => (BoxErrorCode::BadRequest, "Bad Request"),
        };
        let reason = BoxErrorCode::InvalidParameter.as_str();
        let error = json!({ "reason": reason, "name": "request", "message": message });
        BoxError::new(status, code, summary).with_details(json!({ "errors": [error] }))
    }

    /// 412 `precondition_failed`.
    pub(crate) fn modified() -> BoxError {
        let message = "The resource has been modified. Retrieve the resource again and retry";
        BoxError::new(StatusCode::PRECONDITION_FAILED, BoxErrorCode::PreconditionFailed, message)
    }

    /// Adds details: the `context_info`.
    pub(crate) fn with_details(self, context: Value) -> BoxError {
        BoxError { context: Some(Box::new(context)), ..self }
    }

    /// Adds a header.
    pub(crate) fn with_header(self, name: HeaderName, value: impl Into<String>) -> BoxError {
        BoxError { header: Some(Box::new((name, value.into()))), ..self }
    }

    /// Sets the status, and the code and message of that status unless its own fit.
    pub(crate) fn with_status(self, status: u16) -> BoxError {
        let Ok(status) = StatusCode::from_u16(status) else { return self };
        if status == self.status {
            return self;
        }
        let is_quota_error = self.code == BoxErrorCode::StorageLimitExceeded;
        if is_quota_error && matches!(status, StatusCode::CONFLICT | StatusCode::INSUFFICIENT_STORAGE) {
            // An upload beyond the quota is 409 in the text of its page.
            return BoxError { status, ..self };
        }
        let (code, message) = defaults_of(status);
        // Only 400 and 404 say which parameter is wrong.
        let is_detailed = matches!(status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND);
        let context = self.context.filter(|_| is_detailed);
        BoxError { status, code, message: message.into(), context, ..self }
    }

    /// Returns the response.
    pub(crate) fn to_response(&self, request_id: &str) -> ApiResponse {
        let mut error = Map::new();
        let mut put = |key: &str, value: Value| error.insert(key.to_owned(), value);
        put("type", json!("error"));
        put("status", json!(self.status.as_u16()));
        put("code", json!(self.code.as_str()));
        if let Some(context) = &self.context {
            put("context_info", excerpt::shorten_context(context));
        }
        put("help_url", json!(HELP));
        put("message", json!(excerpt::shorten_message(&self.message)));
        put("request_id", json!(request_id));
        let response = ApiResponse::json(self.status, Value::Object(error));
        match self.header.as_deref() {
            Some((name, value)) => response.with_header(name.clone(), value.clone()),
            None => response,
        }
    }
}

impl From<BadHeader> for BoxError {
    fn from(BadHeader { name, why }: BadHeader) -> BoxError {
        BoxError::invalid_parameter(name.as_str(), format!("The header {name} {why}"))
    }
}

impl From<OverBudget> for BoxError {
    fn from(error: OverBudget) -> BoxError {
        BoxError::from(ResponseError::OverBudget(error))
    }
}

impl From<ResponseError> for BoxError {
    fn from(error: ResponseError) -> BoxError {
        BoxError::unreadable(error.status(), error.message())
    }
}

impl From<OverInlineBudget> for BoxError {
    /// The response is never sent, because the request is handled again.
    fn from(_: OverInlineBudget) -> BoxError {
        BoxError::new(StatusCode::SERVICE_UNAVAILABLE, BoxErrorCode::Unavailable, "Unavailable")
    }
}

impl From<OverRate> for BoxError {
    fn from(OverRate { wait }: OverRate) -> BoxError {
        let message = "Request rate limit exceeded, please try again later";
        let error = BoxError::new(StatusCode::TOO_MANY_REQUESTS, BoxErrorCode::RateLimitExceeded, message);
        error.with_header(header::RETRY_AFTER, wait.to_string())
    }
}

impl From<Error> for BoxError {
    fn from(error: Error) -> BoxError {
        match error {
            Error::Drive(error) => BoxError::from(error),
            Error::NoDrive { name } => BoxError::not_found("drive", &name),
            Error::DriveExists { .. }
            | Error::Outline(_)
            | Error::Fixture(_)
            | Error::Option { .. }
            | Error::DriveWireId { .. }
            | Error::NotItsLine { .. }
            | Error::NoProfile { .. }
            | Error::NoOwner { .. }
            | Error::NoAccess { .. }
            | Error::Pace(_)
            | Error::Clock(_)
            | Error::AcrossDrives { .. }
            | Error::TooLargeToRead { .. }
            | Error::NoJob { .. }
            | Error::NotHeld { .. }
            | Error::Reported { .. } => BoxError::invalid_parameter("request", error.to_string()),
        }
    }
}

impl From<DriveError> for BoxError {
    /// Codes and messages: the guide to common errors.
    ///
    /// ASSUMED: A copy beyond the quota of a drive of Box fails like an upload, with 403 `storage_limit_exceeded`
    /// (option `wire.copy_without_room_status`).
    fn from(error: DriveError) -> BoxError {
        let (bad_request, forbidden) = (StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN);
        let text = error.to_string();
        match error {
            DriveError::NotFound { item } | DriveError::NotInBin { item } => deleted_item(&item),
            DriveError::NoVersion { .. } => BoxError::not_found("file_version", &text),
            DriveError::NameTaken { .. } => BoxError::new(
                StatusCode::CONFLICT,
                BoxErrorCode::ItemNameInUse,
                "Item with the same name already exists",
            ),
            DriveError::BadName { fault: drivesim::error::NameFault::TooLong { .. }, .. } => {
                BoxError::new(bad_request, BoxErrorCode::ItemNameTooLong, "Item name too long")
            }
            DriveError::BadName { .. } => {
                BoxError::new(bad_request, BoxErrorCode::ItemNameInvalid, "Item name invalid")
                    .with_details(json!(NAME_RULES))
            }
            DriveError::IntoItself { .. } => BoxError::new(
                bad_request,
                BoxErrorCode::CyclicalFolderStructure,
                "Folder move creates cyclical folder structure",
            ),
            DriveError::IsRoot { verb: RootVerb::Copied } => BoxError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                BoxErrorCode::InternalServerError,
                "Internal Server Error",
            ),
            DriveError::NotEmpty { .. } => {
                BoxError::new(bad_request, BoxErrorCode::FolderNotEmpty, "Cannot delete – folder not empty")
            }
            DriveError::TagMismatch { .. } | DriveError::NothingToMatch { .. } => BoxError::modified(),
            DriveError::AccessDenied { .. } => BoxError::new(
                forbidden,
                BoxErrorCode::AccessDeniedInsufficientPermissions,
                "Access denied - insufficient permission",
            ),
            DriveError::BadMember { member, fault } => BoxError::invalid_parameter(&member, fault),
            DriveError::Locked { .. } => BoxError::new(
                StatusCode::CONFLICT,
                BoxErrorCode::OperationBlockedTemporary,
                "The operation is blocked by another ongoing operation",
            ),
            DriveError::SizeOverflow { .. }
            | DriveError::DriveFull { .. }
            | DriveError::OverCapacity { .. }
            | DriveError::QuotaExceeded { .. } => BoxError::over_quota(),
            DriveError::BadPath { .. }
            | DriveError::PathTooLong { .. }
            | DriveError::NotAFolder { .. }
            | DriveError::NotAFile { .. }
            | DriveError::IsRoot { .. }
            | DriveError::ChildrenOfAFile { .. }
            | DriveError::ChildrenOnlyWithName { .. }
            | DriveError::TooManyItems { .. }
            | DriveError::ConflictNotOffered { .. }
            | DriveError::TooDeep { .. }
            | DriveError::CurrentVersion { .. }
            | DriveError::TimesNotSettable { .. }
            | DriveError::NoMember { .. }
            | DriveError::DescriptionTooLong { .. }
            | DriveError::NoLock { .. }
            | DriveError::WireId(_)
            | DriveError::ResyncRequired
            | DriveError::SomeFailed { .. } => BoxError::invalid_parameter("request", text),
        }
    }
}

/// Returns the default code and message of a status (guide to common errors; reference of errors). Statuses that Box
/// does not use have those of the first of their hundred.
fn defaults_of(status: StatusCode) -> (BoxErrorCode, &'static str) {
    match status.as_u16() {
        401 => (BoxErrorCode::Unauthorized, "Unauthorized"),
        403 => (BoxErrorCode::AccessDeniedInsufficientPermissions, "Access denied - insufficient permission"),
        404 => (BoxErrorCode::NotFound, "Not Found"),
        405 => (BoxErrorCode::MethodNotAllowed, "Method Not Allowed"),
        409 => (BoxErrorCode::Conflict, "Conflict"),
        412 => (BoxErrorCode::PreconditionFailed, "Precondition Failed"),
        429 => (BoxErrorCode::RateLimitExceeded, "Rate Limit Exceeded"),
        502 => (BoxErrorCode::BadGateway, "Bad Gateway"),
        503 => (BoxErrorCode::Unavailable, "Unavailable"),
        500.. => (BoxErrorCode::InternalServerError, "Internal Server Error"),
        _ => (BoxErrorCode::BadRequest, "Bad Request"),
    }
}

/// 404 for an item that was deleted while the request was handled. Clients do not know its id in the engine.
fn deleted_item(item: &str) -> BoxError {
    if item.parse::<ItemId>().is_err() {
        return BoxError::not_found("item", item);
    }
    let reason = BoxErrorCode::InvalidParameter.as_str();
    let error = json!({ "message": "Item not found", "name": "item", "reason": reason });
    BoxError::new(StatusCode::NOT_FOUND, BoxErrorCode::NotFound, "Not Found")
        .with_details(json!({ "errors": [error] }))
}

#[cfg(test)]
mod tests;
