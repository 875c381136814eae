//! Describes an operation of Box.

use axum::http::Method;

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

/// A supported operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// The path after the version; braces match any segment.
    pub(crate) path: &'static str,
    pub(crate) body_limit: BodyLimit,
    pub(crate) handler: BoxHandler,
    /// The query options that it supports.
    pub(crate) query_options: &'static [&'static str],
}
