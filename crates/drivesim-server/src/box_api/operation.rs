//! Describes an operation of Box: a row of the route table.

use crate::box_api::access::RequiredToken;
use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::http::response::ApiResponse;

/// The limit for the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyLimit {
    /// The limit for JSON.
    Json,
    /// The limit for contents of files.
    File,
}

/// Handles an operation.
pub(crate) type BoxHandler = fn(&RequestContext<'_>) -> Result<ApiResponse, BoxError>;

/// An operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoxOperation {
    pub(crate) method: &'static str,
    /// The path as in the list of routes. A name in braces matches any segment.
    pub(crate) path: &'static str,
    pub(crate) handler: BoxHandler,
    /// What it does, as in the list of routes.
    pub(crate) does: &'static str,
    /// The query options that it supports.
    pub(crate) query_options: &'static [&'static str],
    pub(crate) body_limit: BodyLimit,
    pub(crate) required_token: RequiredToken,
    /// Whether the response may take less time than handing the request to another thread.
    pub(crate) runs_inline: bool,
    /// Whether the handler checks `X-Rep-Hints` itself, once the file is known.
    pub(crate) checks_rep_hints: bool,
    /// Whether the request waits for an event before it is handled.
    pub(crate) waits_for_event: bool,
}

/// Creates an operation that reads.
pub(crate) const fn get(path: &'static str, handler: BoxHandler, does: &'static str) -> BoxOperation {
    BoxOperation { required_token: RequiredToken::Read, ..operation("GET", path, handler, does) }
}

/// Creates an operation with the method POST.
pub(crate) const fn post(path: &'static str, handler: BoxHandler, does: &'static str) -> BoxOperation {
    operation("POST", path, handler, does)
}

/// Creates an operation with the method PUT.
pub(crate) const fn put(path: &'static str, handler: BoxHandler, does: &'static str) -> BoxOperation {
    operation("PUT", path, handler, does)
}

/// Creates an operation with the method DELETE.
pub(crate) const fn delete(path: &'static str, handler: BoxHandler, does: &'static str) -> BoxOperation {
    operation("DELETE", path, handler, does)
}

/// Creates an operation with the method OPTIONS.
pub(crate) const fn options(path: &'static str, handler: BoxHandler, does: &'static str) -> BoxOperation {
    operation("OPTIONS", path, handler, does)
}

const fn operation(
    method: &'static str,
    path: &'static str,
    handler: BoxHandler,
    does: &'static str,
) -> BoxOperation {
    BoxOperation {
        method,
        path,
        handler,
        does,
        query_options: &[],
        body_limit: BodyLimit::Json,
        required_token: RequiredToken::Write,
        runs_inline: false,
        checks_rep_hints: false,
        waits_for_event: false,
    }
}

impl BoxOperation {
    pub(crate) const fn with_query(self, query_options: &'static [&'static str]) -> BoxOperation {
        BoxOperation { query_options, ..self }
    }

    pub(crate) const fn with_file_body(self) -> BoxOperation {
        BoxOperation { body_limit: BodyLimit::File, ..self }
    }

    pub(crate) const fn with_token(self, required_token: RequiredToken) -> BoxOperation {
        BoxOperation { required_token, ..self }
    }

    pub(crate) const fn running_inline(self) -> BoxOperation {
        BoxOperation { runs_inline: true, ..self }
    }

    pub(crate) const fn checking_rep_hints(self) -> BoxOperation {
        BoxOperation { checks_rep_hints: true, ..self }
    }

    pub(crate) const fn waiting_for_event(self) -> BoxOperation {
        BoxOperation { waits_for_event: true, ..self }
    }

    /// Returns the pattern of the path after the version.
    pub(crate) fn pattern(&self) -> &'static str {
        let after_version = self.path.strip_prefix("{box}").unwrap_or(self.path);
        after_version.trim_start_matches('/')
    }
}
