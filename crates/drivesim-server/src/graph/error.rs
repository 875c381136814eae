//! Renders errors in the form of Microsoft Graph: code, status, envelope.

use axum::http::{HeaderName, StatusCode, header};
use drivesim::Error;
use drivesim::error::{DriveError, NameFault};

use crate::graph::drive::DriveType;
use crate::http::request::BadHeader;
use crate::http::response::{ApiResponse, ResponseError};
use crate::json::excerpt::{self, Excerpt};
use crate::json::ordered::{Map, Value, json};
use crate::limits::budget::OverBudget;
use crate::state::app::App;
use crate::state::token::TokenKind;

/// The messages for a taken name: of creations and copies at once, and of jobs and changes.
const TAKEN: &str = "The specified item name already exists";
const TAKEN_IN_JOB: &str = "Name already exists";

/// The error of a request or of a failed job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    status: StatusCode,
    code: &'static str,
    message: Box<str>,
    inner_code: Option<&'static str>,
    details: Vec<GraphError>,
    /// The path of the item that has the taken name, in the target drive.
    taken_path: Option<Box<str>>,
    /// Whether it is rendered as the direct endpoints do.
    is_direct: bool,
    /// An additional header of the response.
    header: Option<Box<(HeaderName, String)>>,
}

impl GraphError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> GraphError {
        let message = message.into().into_boxed_str();
        let (inner, details, taken, header) = (None, Vec::new(), None, None);
        GraphError {
            status,
            code,
            message,
            inner_code: inner,
            details,
            taken_path: taken,
            is_direct: false,
            header,
        }
    }

    /// 400 `invalidRequest`.
    pub(crate) fn invalid(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::BAD_REQUEST, "invalidRequest", message)
    }

    /// 404 `itemNotFound`.
    pub(crate) fn not_found() -> GraphError {
        GraphError::new(StatusCode::NOT_FOUND, "itemNotFound", "The resource could not be found.")
    }

    /// 412 `resourceModified`.
    pub(crate) fn modified() -> GraphError {
        let message = "The item has changed: none of the expected tags matches.";
        let error = GraphError::new(StatusCode::PRECONDITION_FAILED, "resourceModified", message);
        error.with_inner_code("entityTagDoesNotMatch")
    }

    /// 416 `invalidRange`.
    pub(crate) fn invalid_range(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalidRange", message)
    }

    /// 400 for a fragment without a well-formed `Content-Range`, whatever its length (cli-microsoft365 issue 2433,
    /// abraunegg/onedrive issues 37 and 849, onedrive-api-docs issue 53).
    pub(crate) fn no_content_range() -> GraphError {
        GraphError::invalid("The Content-Range header is missing or malformed.")
    }

    /// 400 for a fragment whose length differs from its range (microsoft-graph-docs issue 1638).
    pub(crate) fn fragment_of_other_length(n_declared: u64, n_bytes: u64) -> GraphError {
        let message = "The Content-Range header length does not match the provided number of bytes";
        GraphError::invalid(format!("{message}: {n_declared} and {n_bytes}."))
    }

    /// 400 for a fragment that declares another size of the file than the session has (onedrive-api-docs issue 1332;
    /// page on errors).
    pub(crate) fn fragment_of_other_total(total: u64, other: u64) -> GraphError {
        let message = format!(
            "The current upload session is for {total} total bytes, but the current fragment declares a total of \
             {other}."
        );
        GraphError::invalid(message).with_inner_code("fragmentLengthMismatch")
    }

    /// 416 for a fragment with bytes that the session already has (onedrive-api-docs issues 64 and 79).
    pub(crate) fn fragment_overlap(n_received: u64) -> GraphError {
        let message =
            format!("Uploaded fragment overlaps with existing data: the next byte is {n_received}.");
        GraphError::invalid_range(message).with_inner_code("fragmentOverlap")
    }

    /// 416 for a fragment that skips bytes (onedrive-api-docs issue 79).
    pub(crate) fn fragment_out_of_order(n_received: u64) -> GraphError {
        let message = format!("Uploaded fragment is out of order: the next byte is {n_received}.");
        GraphError::invalid_range(message).with_inner_code("fragmentOutOfOrder")
    }

    /// 409 for a second upload session while the first is open (onedrive-api-docs issue 747, microsoft-graph-docs issue
    /// 17631).
    pub(crate) fn second_session() -> GraphError {
        let message = "A file with the same name is currently being uploaded.";
        GraphError::new(StatusCode::CONFLICT, "nameAlreadyExists", message).with_taken_prefix()
    }

    /// 429 `activityLimitReached`.
    pub(crate) fn busy(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::TOO_MANY_REQUESTS, "activityLimitReached", message)
    }

    /// The error for a request that could not be read.
    pub(crate) fn unreadable(status: StatusCode, message: impl Into<String>) -> GraphError {
        let is_full = status == StatusCode::SERVICE_UNAVAILABLE;
        GraphError::new(status, if is_full { "serviceNotAvailable" } else { "invalidRequest" }, message)
    }

    /// Returns whether the cause is a taken name.
    pub(crate) fn is_name_conflict(&self) -> bool {
        self.code == "nameAlreadyExists"
    }

    /// Adds a header.
    pub(crate) fn with_header(self, name: HeaderName, value: impl Into<String>) -> GraphError {
        GraphError { header: Some(Box::new((name, value.into()))), ..self }
    }

    /// 501 `notSupported`, for a URL that is not a route of this server.
    ///
    /// DIFFERS(the services): A URL of Microsoft's that is not a route of drivesim is 501, with a hint at `drivesim
    /// routes`. This is deliberate: it distinguishes what drivesim lacks from what is wrong.
    pub(crate) fn no_route(method: &str, path: &str) -> GraphError {
        let message = format!(
            "{} {} is not a route of drivesim; `drivesim routes` lists its routes.",
            Excerpt(method),
            Excerpt(path)
        );
        GraphError::new(StatusCode::NOT_IMPLEMENTED, "notSupported", message)
    }

    /// 501 `notSupported`, for what the service has and this server lacks.
    pub(crate) fn not_implemented(method: &str, path: &str, what: &str) -> GraphError {
        let message = format!(
            "{method} {} is not a route of drivesim, which lacks {}; `drivesim routes` lists its \
             routes.",
            Excerpt(path),
            Excerpt(what)
        );
        GraphError::new(StatusCode::NOT_IMPLEMENTED, "notSupported", message)
    }

    /// 404 for the drive of an owner that has no drive.
    pub(crate) fn no_drive_of(owner: &str) -> GraphError {
        let owner = Excerpt(owner);
        let message = format!(
            "The resource could not be found. No drive has the owner {owner}: `owner={owner}` on the line of a drive \
             gives it one."
        );
        GraphError::new(StatusCode::NOT_FOUND, "itemNotFound", message)
    }

    /// 404 for a drive of another kind of account than that of the token.
    pub(crate) fn other_account(kind: TokenKind, drive_type: DriveType) -> GraphError {
        let drive = match drive_type {
            DriveType::Personal => "a personal account",
            DriveType::Business => "an organisation",
        };
        let message = format!(
            "The resource could not be found. The drive is one of {drive}, which a token of the kind {kind} cannot access."
        );
        GraphError::new(StatusCode::NOT_FOUND, "itemNotFound", message)
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
            StatusCode::UNAUTHORIZED => "unauthenticated",
            StatusCode::FORBIDDEN => "accessDenied",
            StatusCode::NOT_FOUND | StatusCode::GONE => "itemNotFound",
            StatusCode::METHOD_NOT_ALLOWED => "notAllowed",
            StatusCode::PRECONDITION_FAILED => "resourceModified",
            StatusCode::RANGE_NOT_SATISFIABLE => "invalidRange",
            StatusCode::LOCKED => "resourceLocked",
            StatusCode::TOO_MANY_REQUESTS => "activityLimitReached",
            StatusCode::NOT_IMPLEMENTED => "notSupported",
            StatusCode::SERVICE_UNAVAILABLE => "serviceNotAvailable",
            StatusCode::INSUFFICIENT_STORAGE => "quotaLimitReached",
            _ if status.is_server_error() => "generalException",
            _ => self.code,
        };
        GraphError { status, code, ..self }
    }

    /// Adds a more specific code.
    pub(crate) fn with_inner_code(self, inner: &'static str) -> GraphError {
        GraphError { inner_code: Some(inner), ..self }
    }

    /// Converts the error for a taken name to that of the last range of an upload session (createUploadSession). The
    /// code of other uploads becomes the inner code.
    pub(crate) fn at_end_of_upload(self) -> GraphError {
        if self.code != "nameAlreadyExists" {
            return self;
        }
        GraphError { code: "upload_name_conflict", inner_code: Some(self.code), ..self }
    }

    /// Renders it as `api.onedrive.com` and `/_api` do: with `innererror`, and without the code that only Graph's
    /// gateway has for unknown tokens.
    pub(crate) fn for_endpoint(self, is_direct: bool) -> GraphError {
        let is_of_gateway = is_direct && self.code == "InvalidAuthenticationToken";
        GraphError { is_direct, code: if is_of_gateway { "unauthenticated" } else { self.code }, ..self }
    }

    /// Words a taken name as jobs and changes do: their message differs from that of creations (driveItem: copy, move).
    pub(crate) fn with_job_wording(self) -> GraphError {
        let message = self.message.replacen(TAKEN, TAKEN_IN_JOB, 1).into_boxed_str();
        GraphError { message, ..self }
    }

    /// Returns the error as the status of a job shows it. `id_at` returns the id of the item at a path.
    ///
    /// ASSUMED: The target of a detail is the item that has the taken name (no option: no other reading is known).
    pub(crate) fn to_job_error(&self, id_at: impl Fn(&str) -> Option<String>) -> Value {
        if self.details.is_empty() {
            let mut error = self.job_error();
            if let (Some(inner), Value::Object(error)) = (self.inner_code, &mut error) {
                let key = if self.is_direct { "innererror" } else { "innerError" };
                error.insert(key.to_owned(), json!({ "code": inner }));
            }
            return error;
        }
        let detail = |detail: &GraphError| {
            let mut error = detail.job_error();
            if let Some(id) = detail.taken_path.as_deref().and_then(&id_at) {
                error["target"] = json!(id);
            }
            error
        };
        let details: Vec<Value> = self.details.iter().map(detail).collect();
        json!({ "message": "Errors occurred during copy/move operation.", "details": details })
    }

    fn job_error(&self) -> Value {
        let message = if self.code == "nameAlreadyExists" { TAKEN_IN_JOB } else { &self.message };
        json!({ "code": self.code, "message": message })
    }

    /// Returns the response.
    pub(crate) fn to_response(&self, app: &App, request_id: &str, client_id: &str) -> ApiResponse {
        let mut inner = Map::new();
        if let Some(code) = self.inner_code {
            inner.insert("code".to_owned(), json!(code));
        }
        // The service sends no time zone here.
        let now = app.sim.now().to_string();
        inner.insert("date".to_owned(), json!(now.trim_end_matches('Z').split('.').next()));
        inner.insert("request-id".to_owned(), json!(request_id));
        inner.insert("client-request-id".to_owned(), json!(Excerpt(client_id).to_string()));
        let inner_key = if self.is_direct { "innererror" } else { "innerError" };
        let error = json!({ "code": self.code, "message": excerpt::shorten_message(&self.message), inner_key: inner });
        let reply = ApiResponse::json(self.status, json!({ "error": error }));
        let reply = match self.header.as_deref() {
            Some((name, value)) => reply.with_header(name.clone(), value.clone()),
            None => reply,
        };
        match self.status {
            // ASSUMED: `Retry-After` is one second where something is full (no option: no other reading is known).
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                reply.with_header(header::RETRY_AFTER, "1")
            }
            _ => reply,
        }
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
    fn from(unsent: ResponseError) -> GraphError {
        GraphError::unreadable(unsent.status(), unsent.message())
    }
}

impl From<Error> for GraphError {
    fn from(error: Error) -> GraphError {
        let message = sentence(&error.to_string());
        match error {
            Error::Drive(error) => GraphError::from(error),
            Error::NoDrive { .. } | Error::NoJob { .. } => GraphError::not_found(),
            Error::DriveExists { .. } => GraphError::new(StatusCode::CONFLICT, "nameAlreadyExists", message),
            Error::AcrossDrives { .. } | Error::NotHeld { .. } | Error::TooLargeToRead { .. } => {
                GraphError::new(StatusCode::BAD_REQUEST, "notSupported", message)
            }
            _ => GraphError::invalid(message),
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
                let taken = Some(format!("{}/{name}", folder.trim_end_matches('/')).into_boxed_str());
                GraphError {
                    taken_path: taken,
                    ..with(StatusCode::CONFLICT, "nameAlreadyExists").with_taken_prefix()
                }
            }
            DriveError::IsRoot { verb: "copied" } => GraphError::invalid("Cannot copy the root folder."),
            DriveError::ChildrenOfAFile { .. } => {
                GraphError::invalid("childrenOnly option is not valid for file items.")
            }
            DriveError::ChildrenOnlyWithName { .. } => {
                GraphError::invalid("Cannot use name parameter alongside childrenOnly.")
            }
            DriveError::PathTooLong { .. } => GraphError::invalid(message).with_inner_code("pathIsTooLong"),
            // The message of the service, seen in rclone issue 7910.
            DriveError::BadName {
                fault: NameFault::ReservedFolder { .. } | NameFault::ReservedAtRoot { .. },
                ..
            } => GraphError::invalid(format!("Name is reserved for list forms folder. {message}"))
                .with_inner_code("invalidPath"),
            DriveError::BadName { .. } | DriveError::BadPath { .. } => {
                GraphError::invalid(message).with_inner_code("invalidPath")
            }
            // ASSUMED: `totalAffectedItemCountExceeded` is the code for a copy of too many items: it was not seen in
            // use (no option: no other reading is known).
            DriveError::TooManyItems { .. } => {
                GraphError::invalid(message).with_inner_code("totalAffectedItemCountExceeded")
            }
            DriveError::SizeOverflow { .. }
            | DriveError::DriveFull { .. }
            | DriveError::OverCapacity { .. }
            | DriveError::QuotaExceeded { .. } => with(StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached"),
            DriveError::ConflictNotOffered { .. } | DriveError::TimesNotSettable { .. } => {
                with(StatusCode::BAD_REQUEST, "notSupported")
            }
            DriveError::TagMismatch { .. } | DriveError::NothingToMatch { .. } => {
                with(StatusCode::PRECONDITION_FAILED, "resourceModified")
                    .with_inner_code("entityTagDoesNotMatch")
            }
            DriveError::AccessDenied { .. } => with(StatusCode::FORBIDDEN, "accessDenied"),
            DriveError::Locked { .. } => with(StatusCode::LOCKED, "resourceLocked"),
            DriveError::ResyncRequired => with(StatusCode::GONE, "resyncRequired"),
            DriveError::SomeFailed { details } => {
                let details = details.into_iter().map(GraphError::from).collect();
                GraphError { details, ..with(StatusCode::CONFLICT, "generalException") }
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

impl GraphError {
    /// Prepends the text that clients search for.
    fn with_taken_prefix(self) -> GraphError {
        let message = format!("{TAKEN}. {}", self.message).into_boxed_str();
        GraphError { message, ..self }
    }
}

/// Makes the text of an error a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
