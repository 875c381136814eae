//! Creates the errors of uploads.

use axum::http::StatusCode;

use crate::graph::error::{ErrorCode, GraphError};

impl GraphError {
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
        GraphError::invalid(message).with_inner_code(ErrorCode::FragmentLengthMismatch)
    }

    /// 416 for a fragment with bytes that the session already has (onedrive-api-docs issues 64 and 79).
    pub(crate) fn fragment_overlap(n_received: u64) -> GraphError {
        let message =
            format!("Uploaded fragment overlaps with existing data: the next byte is {n_received}.");
        GraphError::invalid_range(message).with_inner_code(ErrorCode::FragmentOverlap)
    }

    /// 416 for a fragment that skips bytes (onedrive-api-docs issue 79).
    pub(crate) fn fragment_out_of_order(n_received: u64) -> GraphError {
        let message = format!("Uploaded fragment is out of order: the next byte is {n_received}.");
        GraphError::invalid_range(message).with_inner_code(ErrorCode::FragmentOutOfOrder)
    }

    /// 409 for a second upload session while the first is open (onedrive-api-docs issue 747, microsoft-graph-docs issue
    /// 17631).
    pub(crate) fn second_session() -> GraphError {
        let message = "A file with the same name is currently being uploaded.";
        GraphError::new(StatusCode::CONFLICT, ErrorCode::NameAlreadyExists, message).with_taken_prefix()
    }
}
