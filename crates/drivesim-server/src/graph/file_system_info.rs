//! Parses the times that clients set.

use drivesim::item::Times;

use crate::graph::body::Members;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::time;
use crate::json::excerpt::Quoted;

/// Parses the times of a `fileSystemInfo`.
pub(crate) fn times(info: &Members) -> Result<Times, GraphError> {
    let info = info.without_null(&["createdDateTime", "lastModifiedDateTime"]);
    let time = |key: &str| {
        let Some(text) = info.text(key)? else { return Ok(None) };
        let malformed = || {
            let message =
                format!("{} is not a time as in 2024-01-31T12:00:00Z, as {key} must be.", Quoted(text));
            GraphError::invalid(message).with_inner_code(ErrorCode::InvalidParameterFormat)
        };
        time::parse(text).map(Some).ok_or_else(malformed)
    };
    let (fs_created_at, fs_modified_at) = (time("createdDateTime")?, time("lastModifiedDateTime")?);
    Ok(Times { fs_created_at, fs_modified_at, ..Times::default() })
}
