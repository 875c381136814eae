//! Lists exceptions from the OpenAPI descriptions: wrong values that are accepted, and valid ones that are rejected.

use crate::strict::service::Service;
use crate::strict::sweep::Outcome;

/// A response that differs from the description.
pub struct Exception {
    /// The service: `microsoft` or `box`.
    pub service: &'static str,
    /// The operations, separated by bars. A star at the start or the end matches anything.
    pub operation: &'static str,
    /// The parameters, in the same form.
    pub parameter: &'static str,
    /// The labels of the values, in the same form.
    pub values: &'static str,
    /// The reason, and its source.
    pub reason: &'static str,
}

const fn exception(
    service: &'static str,
    operation: &'static str,
    parameter: &'static str,
    values: &'static str,
    why: &'static str,
) -> Exception {
    Exception { service, operation, parameter, values, reason: why }
}

/// Wrong values that are accepted.
pub static ACCEPTED: &[Exception] = &[
    exception(
        "microsoft",
        "*.createChild|*.update",
        "retentionLabel/retentionSettings/behaviorDuringRetentionPeriod",
        "null",
        "the description has no type for it, in the metadata it may be null",
    ),
    exception(
        "box",
        "get_folders_id_items|get_folders_trash_items|delete_folders_id",
        "usemarker|recursive",
        "True",
        "the SDKs in Python write it with a capital letter",
    ),
    exception(
        "box",
        "*",
        "limit",
        "beyond|far beyond",
        "guide to offset-based paging: what is above the maximum is cut to it; assumed of search and events",
    ),
    exception(
        "box",
        "options_files_content",
        "size",
        "a number as text",
        "box-ui-elements issue 200 sends it so",
    ),
    exception(
        "box",
        "post_files_content|post_files_id_content|post_files_id_upload_sessions",
        "content_created_at|content_modified_at|name|file_name",
        "null",
        "boxsdk 3 sends null for what its caller leaves out",
    ),
    exception("box", "post_files_id_content", "name", "absent", "the SDKs send a new version without a name"),
    exception(
        "box",
        "post_folders|put_folders_id",
        "folder_upload_email|shared_link",
        "null",
        "guide to shared links: null removes, also if there is nothing to remove",
    ),
    exception(
        "box",
        "get_files_id|get_folders_id",
        "if-none-match",
        "\"open",
        "an etag of Box is any text, and no item has this one",
    ),
    exception(
        "box",
        "get_events",
        "event_type",
        "no word of these|other case",
        "the filter is one of enterprise events; the journal names it as ignored",
    ),
    exception(
        "box",
        "post_oauth2_token",
        "actor_token_type|subject_token_type",
        "no word of these|other case",
        "they belong to another grant (RFC 6749, 3.2: unrecognized parameters are ignored)",
    ),
];

/// Valid values that are rejected, and responses with a status from 500.
pub static REJECTED: &[Exception] = &[
    exception("microsoft", "*.upload", "@microsoft.graph.conflictBehavior", "fail", "the file is there"),
    exception(
        "microsoft",
        "drives.get|me.drive.get",
        "$expand",
        "children|children($select=id)",
        "a gap of drivesim: a drive is shown without what is in it",
    ),
    exception(
        "microsoft",
        "*.copy",
        "childrenOnly",
        "true",
        "driveItem: copy: not with a name, not of a file",
    ),
    exception("box", "delete_folders_id", "recursive", "false", "the folder is not empty"),
    exception(
        "box",
        "post_files_upload_sessions|post_files_id_upload_sessions",
        "file_size",
        "7",
        "guide to chunked uploads: 20 MB at least",
    ),
    exception(
        "box",
        "post_oauth2_token",
        "grant_type",
        "authorization_code|refresh_token|urn:*",
        "each grant has members of its own; a gap of drivesim: it exchanges no tokens",
    ),
    exception("box", "put_files_id", "permissions/*", "*", "a gap of drivesim: it restricts no downloads"),
    exception(
        "box",
        "get_search",
        "content_types|deleted_at_range|include_recent_shared_links|scope|trash_content",
        "*",
        "a gap of drivesim: it searches the names of what is there",
    ),
];

/// Finds the exception for an outcome.
pub fn find(
    exceptions: &'static [Exception],
    service: Service,
    outcome: &Outcome,
) -> Option<&'static Exception> {
    exceptions.iter().find(|exception| {
        exception.service == service.vendor()
            && matches_any(exception.operation, &outcome.operation)
            && matches_any(exception.parameter, &outcome.parameter)
            && matches_any(exception.values, &outcome.value)
    })
}

fn matches_any(patterns: &str, text: &str) -> bool {
    patterns.split('|').any(|pattern| matches_pattern(pattern, text))
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(""), _) => true,
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
        (None, None) => pattern == text,
    }
}
