//! Lists what is accepted though the description of the service does not allow it, and the reverse, with the source.

use crate::service::Service;
use crate::sweep::Outcome;

/// An answer that differs from what the description says.
pub struct Exception {
    /// The service; empty for all.
    pub service: &'static str,
    /// The operations, with bars between them; a star at the start or the end stands for anything.
    pub operation: &'static str,
    /// The parameters, likewise.
    pub parameter: &'static str,
    /// The labels of the values, likewise.
    pub values: &'static str,
    /// Why, and who says so.
    pub why: &'static str,
}

/// Wrong values that are accepted.
pub static ACCEPTED: &[Exception] = &[
    Exception {
        service: "",
        operation: "*",
        parameter: "retentionLabel/retentionSettings/behaviorDuringRetentionPeriod",
        values: "null",
        why: "the description has no type for it, in the metadata it may be null",
    },
    Exception {
        service: "",
        operation: "*.createUploadSession",
        parameter: "*",
        values: "null",
        why: "the parameters of the action are optional, and null is as if they were absent",
    },
    Exception {
        service: "",
        operation: "*.restore",
        parameter: "*",
        values: "null",
        why: "the parameters of the action are optional, and null is as if they were absent",
    },
];

/// Right values that are refused, and answers above 500.
pub static REFUSED: &[Exception] = &[
    Exception {
        service: "",
        operation: "*.upload",
        parameter: "@microsoft.graph.conflictBehavior",
        values: "fail",
        why: "the file is there",
    },
    Exception {
        service: "",
        operation: "drives.get|me.drive.get",
        parameter: "$expand",
        values: "children|children($select=id)",
        why: "a gap of drivesim: a drive is shown without what is in it",
    },
];

/// Finds the exception for an outcome.
pub fn find(
    exceptions: &'static [Exception],
    service: Service,
    outcome: &Outcome,
) -> Option<&'static Exception> {
    exceptions.iter().find(|exception| {
        (exception.service.is_empty() || exception.service == service.name())
            && fits(exception.operation, &outcome.operation)
            && fits(exception.parameter, &outcome.parameter)
            && fits(exception.values, &outcome.value)
    })
}

fn fits(patterns: &str, text: &str) -> bool {
    patterns.split('|').any(|pattern| fits_one(pattern, text))
}

fn fits_one(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(""), _) => true,
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
        (None, None) => pattern == text,
    }
}
