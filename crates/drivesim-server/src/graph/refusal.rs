//! Renders errors in the form of Microsoft Graph: code, status, envelope.

use axum::http::{HeaderName, StatusCode, header};
use drivesim::{DriveError, Error, NameFault};

use crate::app::App;
use crate::budget::OverBudget;
use crate::call::BadHeader;
use crate::excerpt::{self, Excerpt};
use crate::graph::drive::Flavour;
use crate::ordered_json::{Map, Value, json};
use crate::reply::{Reply, Unsent};
use crate::token::TokenKind;

/// The messages for a taken name: of creations and copies at once, and of jobs and changes.
const TAKEN: &str = "The specified item name already exists";
const TAKEN_IN_JOB: &str = "Name already exists";

/// The error of a request or of a failed job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: Box<str>,
    inner: Option<&'static str>,
    details: Vec<Refusal>,
    /// The path of the item that has the taken name, in the target drive.
    taken: Option<Box<str>>,
    /// Whether it is rendered as the direct endpoints do.
    is_direct: bool,
    /// An additional header of the response.
    header: Option<Box<(HeaderName, String)>>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        let message = message.into().into_boxed_str();
        let (inner, details, taken, header) = (None, Vec::new(), None, None);
        Refusal { status, code, message, inner, details, taken, is_direct: false, header }
    }

    /// 400 `invalidRequest`.
    pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "invalidRequest", message)
    }

    /// 404 `itemNotFound`.
    pub(crate) fn not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "itemNotFound", "The resource could not be found.")
    }

    /// 412 `resourceModified`.
    pub(crate) fn modified() -> Refusal {
        let message = "The item has changed: it has none of the tags that are expected.";
        let error = Refusal::new(StatusCode::PRECONDITION_FAILED, "resourceModified", message);
        error.inner("entityTagDoesNotMatch")
    }

    /// 416 `invalidRange`.
    pub(crate) fn invalid_range(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalidRange", message)
    }

    /// 400 for a fragment without a well-formed `Content-Range`, whatever its length (cli-microsoft365 issue 2433,
    /// abraunegg/onedrive issues 37 and 849, onedrive-api-docs issue 53).
    pub(crate) fn no_content_range() -> Refusal {
        Refusal::invalid("The Content-Range header is missing or malformed.")
    }

    /// 400 for a fragment whose length differs from its range (microsoft-graph-docs issue 1638).
    pub(crate) fn fragment_of_other_length(n_declared: u64, n_bytes: u64) -> Refusal {
        let message = "The Content-Range header length does not match the provided number of bytes";
        Refusal::invalid(format!("{message}: {n_declared} and {n_bytes}."))
    }

    /// 400 for a fragment that declares another size of the file than the session has (onedrive-api-docs issue 1332;
    /// page on errors).
    pub(crate) fn fragment_of_other_total(total: u64, other: u64) -> Refusal {
        let message = format!(
            "The current upload session is for {total} total bytes, but the current fragment declares a total of \
             {other}."
        );
        Refusal::invalid(message).inner("fragmentLengthMismatch")
    }

    /// 416 for a fragment with bytes that the session already has (onedrive-api-docs issues 64 and 79).
    pub(crate) fn fragment_overlap(n_received: u64) -> Refusal {
        let message =
            format!("Uploaded fragment overlaps with existing data: the next byte is {n_received}.");
        Refusal::invalid_range(message).inner("fragmentOverlap")
    }

    /// 416 for a fragment that skips bytes (onedrive-api-docs issue 79).
    pub(crate) fn fragment_out_of_order(n_received: u64) -> Refusal {
        let message = format!("Uploaded fragment is out of order: the next byte is {n_received}.");
        Refusal::invalid_range(message).inner("fragmentOutOfOrder")
    }

    /// 409 for a second upload session while the first is open (onedrive-api-docs issue 747, microsoft-graph-docs issue
    /// 17631).
    pub(crate) fn second_session() -> Refusal {
        let message = "A file with the same name is currently being uploaded.";
        Refusal::new(StatusCode::CONFLICT, "nameAlreadyExists", message).with_taken_prefix()
    }

    /// 429 `activityLimitReached`.
    pub(crate) fn busy(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, "activityLimitReached", message)
    }

    /// The error for a request that could not be read.
    pub(crate) fn unread(status: StatusCode, message: impl Into<String>) -> Refusal {
        let is_full = status == StatusCode::SERVICE_UNAVAILABLE;
        Refusal::new(status, if is_full { "serviceNotAvailable" } else { "invalidRequest" }, message)
    }

    /// Returns whether the cause is a taken name.
    pub(crate) fn is_of_a_name(&self) -> bool {
        self.code == "nameAlreadyExists"
    }

    /// Adds a header.
    pub(crate) fn with(self, name: HeaderName, value: impl Into<String>) -> Refusal {
        Refusal { header: Some(Box::new((name, value.into()))), ..self }
    }

    /// 501 `notSupported`, for a URL that is not a route of this server.
    ///
    /// DIFFERS(the services): A URL of Microsoft's that is not a route of drivesim is 501, with a hint at `drivesim
    /// routes`. This is deliberate: it distinguishes what drivesim lacks from what is wrong.
    pub(crate) fn no_route(method: &str, path: &str) -> Refusal {
        let message = format!(
            "{} {} is none of the routes drivesim answers; `drivesim routes` prints those.",
            Excerpt(method),
            Excerpt(path)
        );
        Refusal::new(StatusCode::NOT_IMPLEMENTED, "notSupported", message)
    }

    /// 501 `notSupported`, for what the service has and this server lacks.
    pub(crate) fn not_built(method: &str, path: &str, what: &str) -> Refusal {
        let message = format!(
            "{method} {} is none of the routes drivesim answers: it lacks {}; `drivesim routes` prints what it \
             has.",
            Excerpt(path),
            Excerpt(what)
        );
        Refusal::new(StatusCode::NOT_IMPLEMENTED, "notSupported", message)
    }

    /// 404 for the drive of an owner that has no drive.
    pub(crate) fn no_drive_of(owner: &str) -> Refusal {
        let owner = Excerpt(owner);
        let message = format!(
            "The resource could not be found. No drive has the owner {owner}: `owner={owner}` on the line of a drive \
             gives it one."
        );
        Refusal::new(StatusCode::NOT_FOUND, "itemNotFound", message)
    }

    /// 404 for a drive of another kind of account than that of the token.
    pub(crate) fn other_account(kind: TokenKind, flavour: Flavour) -> Refusal {
        let drive = match flavour {
            Flavour::Personal => "a personal account",
            Flavour::Business => "an organisation",
        };
        let message = format!(
            "The resource could not be found. The drive is one of {drive}, which a token of the kind {kind} does not see."
        );
        Refusal::new(StatusCode::NOT_FOUND, "itemNotFound", message)
    }

    /// Sets the status of an error for a tag that does not match. Other errors are unchanged.
    pub(crate) fn unmatched_as(self, status: u16) -> Refusal {
        match StatusCode::from_u16(status) {
            Ok(status) if self.status == StatusCode::PRECONDITION_FAILED => Refusal { status, ..self },
            _ => self,
        }
    }

    /// Sets the status, and the code that belongs to it.
    pub(crate) fn told_as(self, status: u16) -> Refusal {
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
        Refusal { status, code, ..self }
    }

    /// Adds a more specific code.
    pub(crate) fn inner(self, inner: &'static str) -> Refusal {
        Refusal { inner: Some(inner), ..self }
    }

    /// Converts the error for a taken name to that of the last range of an upload session (createUploadSession). The
    /// code of other uploads becomes the inner code.
    pub(crate) fn at_the_end_of_an_upload(self) -> Refusal {
        if self.code != "nameAlreadyExists" {
            return self;
        }
        Refusal { code: "upload_name_conflict", inner: Some(self.code), ..self }
    }

    /// Renders it as `api.onedrive.com` and `/_api` do: with `innererror`, and without the code that only Graph's
    /// gateway has for unknown tokens.
    pub(crate) fn direct(self, is_direct: bool) -> Refusal {
        let is_of_gateway = is_direct && self.code == "InvalidAuthenticationToken";
        Refusal { is_direct, code: if is_of_gateway { "unauthenticated" } else { self.code }, ..self }
    }

    /// Words a taken name as jobs and changes do: their message differs from that of creations (driveItem: copy, move).
    pub(crate) fn in_other_words(self) -> Refusal {
        let message = self.message.replacen(TAKEN, TAKEN_IN_JOB, 1).into_boxed_str();
        Refusal { message, ..self }
    }

    /// Returns the error as the status of a job shows it. `id_at` returns the id of the item at a path.
    ///
    /// ASSUMED: The target of a detail is the item that has the taken name (no option: no other reading is known).
    pub(crate) fn in_job(&self, id_at: impl Fn(&str) -> Option<String>) -> Value {
        if self.details.is_empty() {
            let mut error = self.job_error();
            if let (Some(inner), Value::Object(error)) = (self.inner, &mut error) {
                let key = if self.is_direct { "innererror" } else { "innerError" };
                error.insert(key.to_owned(), json!({ "code": inner }));
            }
            return error;
        }
        let detail = |detail: &Refusal| {
            let mut error = detail.job_error();
            if let Some(id) = detail.taken.as_deref().and_then(&id_at) {
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
    pub(crate) fn reply(&self, app: &App, request_id: &str, client_id: &str) -> Reply {
        let mut inner = Map::new();
        if let Some(code) = self.inner {
            inner.insert("code".to_owned(), json!(code));
        }
        // The service sends no time zone here.
        let now = app.sim.now().to_string();
        inner.insert("date".to_owned(), json!(now.trim_end_matches('Z').split('.').next()));
        inner.insert("request-id".to_owned(), json!(request_id));
        inner.insert("client-request-id".to_owned(), json!(Excerpt(client_id).to_string()));
        let inner_key = if self.is_direct { "innererror" } else { "innerError" };
        let error =
            json!({ "code": self.code, "message": excerpt::message(&self.message), inner_key: inner });
        let reply = Reply::json(self.status, json!({ "error": error }));
        let reply = match self.header.as_deref() {
            Some((name, value)) => reply.with(name.clone(), value.clone()),
            None => reply,
        };
        match self.status {
            // ASSUMED: `Retry-After` is one second where something is full (no option: no other reading is known).
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                reply.with(header::RETRY_AFTER, "1")
            }
            _ => reply,
        }
    }
}

impl From<BadHeader> for Refusal {
    fn from(BadHeader { name, why }: BadHeader) -> Refusal {
        Refusal::invalid(format!("The header {name} {why}."))
    }
}

impl From<OverBudget> for Refusal {
    fn from(over: OverBudget) -> Refusal {
        Refusal::from(Unsent::Full(over))
    }
}

impl From<Unsent> for Refusal {
    fn from(unsent: Unsent) -> Refusal {
        Refusal::unread(unsent.status(), unsent.message())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        let message = sentence(&error.to_string());
        match error {
            Error::Drive(error) => Refusal::from(error),
            Error::NoDrive { .. } | Error::NoJob { .. } => Refusal::not_found(),
            Error::DriveExists { .. } => Refusal::new(StatusCode::CONFLICT, "nameAlreadyExists", message),
            Error::AcrossDrives { .. } | Error::NotHeld { .. } | Error::TooLargeToRead { .. } => {
                Refusal::new(StatusCode::BAD_REQUEST, "notSupported", message)
            }
            _ => Refusal::invalid(message),
        }
    }
}

impl From<DriveError> for Refusal {
    /// Codes and statuses: the page on errors.
    ///
    /// ASSUMED: The status that belongs to each code: the page lists codes and statuses separately (no option: no other
    /// reading is known).
    fn from(error: DriveError) -> Refusal {
        let message = sentence(&error.to_string());
        let with = |status, code| Refusal::new(status, code, message.clone());
        match error {
            DriveError::NotFound { .. } | DriveError::NoVersion { .. } | DriveError::NotInBin { .. } => {
                Refusal::not_found()
            }
            DriveError::NameTaken { name, folder, .. } => {
                let taken = Some(format!("{}/{name}", folder.trim_end_matches('/')).into_boxed_str());
                Refusal { taken, ..with(StatusCode::CONFLICT, "nameAlreadyExists").with_taken_prefix() }
            }
            DriveError::IsRoot { verb: "copied" } => Refusal::invalid("Cannot copy the root folder."),
            DriveError::ChildrenOfAFile { .. } => {
                Refusal::invalid("childrenOnly option is not valid for file items.")
            }
            DriveError::ChildrenOnlyWithName { .. } => {
                Refusal::invalid("Cannot use name parameter alongside childrenOnly.")
            }
            DriveError::PathTooLong { .. } => Refusal::invalid(message).inner("pathIsTooLong"),
            // The message of the service, seen in rclone issue 7910.
            DriveError::BadName {
                fault: NameFault::ReservedFolder { .. } | NameFault::ReservedAtRoot { .. },
                ..
            } => Refusal::invalid(format!("Name is reserved for list forms folder. {message}"))
                .inner("invalidPath"),
            DriveError::BadName { .. } | DriveError::BadPath { .. } => {
                Refusal::invalid(message).inner("invalidPath")
            }
            // ASSUMED: `totalAffectedItemCountExceeded` is the code for a copy of too many items: it was not seen in
            // use (no option: no other reading is known).
            DriveError::TooManyItems { .. } => {
                Refusal::invalid(message).inner("totalAffectedItemCountExceeded")
            }
            DriveError::SizeOverflow { .. }
            | DriveError::DriveFull { .. }
            | DriveError::OverCapacity { .. }
            | DriveError::QuotaExceeded { .. } => with(StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached"),
            DriveError::ConflictNotOffered { .. } | DriveError::TimesNotSettable { .. } => {
                with(StatusCode::BAD_REQUEST, "notSupported")
            }
            DriveError::TagMismatch { .. } | DriveError::NothingToMatch { .. } => {
                with(StatusCode::PRECONDITION_FAILED, "resourceModified").inner("entityTagDoesNotMatch")
            }
            DriveError::AccessDenied { .. } => with(StatusCode::FORBIDDEN, "accessDenied"),
            DriveError::Locked { .. } => with(StatusCode::LOCKED, "resourceLocked"),
            DriveError::ResyncRequired => with(StatusCode::GONE, "resyncRequired"),
            DriveError::SomeFailed { details } => {
                let details = details.into_iter().map(Refusal::from).collect();
                Refusal { details, ..with(StatusCode::CONFLICT, "generalException") }
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
            | DriveError::NoLock { .. } => Refusal::invalid(message),
        }
    }
}

impl Refusal {
    /// Prepends the text that clients search for.
    fn with_taken_prefix(self) -> Refusal {
        let message = format!("{TAKEN}. {}", self.message).into_boxed_str();
        Refusal { message, ..self }
    }
}

/// Makes the text of an error a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
