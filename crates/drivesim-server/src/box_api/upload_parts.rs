//! Checks the parts of chunked uploads to Box: their ranges, their digests, and whether the file is complete.

use std::ops::Range;
use std::sync::Arc;

use axum::http::{StatusCode, header};
use uuid::Uuid;

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::http::ranges::Fragment;
use crate::state::uploads::{UploadError, UploadSession};

/// The size of all parts but the last (recorded responses).
pub(crate) const PART_SIZE: u64 = 8 << 20;

/// The target of an upload, with the ids that the client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChunkedTarget {
    File { folder: String, name: String },
    Version { file: String, name: Option<String> },
}

/// The file that a chunked upload creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChunkedUpload {
    pub(crate) target: ChunkedTarget,
    pub(crate) size: u64,
}

impl ChunkedUpload {
    /// Returns what a session is for.
    pub(crate) fn of(session: &UploadSession) -> Result<Arc<ChunkedUpload>, BoxError> {
        session.details().ok_or_else(|| not_found(session.id))
    }

    /// Estimates its memory.
    pub(crate) fn n_bytes(&self) -> usize {
        let texts = match &self.target {
            ChunkedTarget::File { folder, name } => folder.len() + name.len(),
            ChunkedTarget::Version { file, name } => file.len() + name.as_ref().map_or(0, String::len),
        };
        size_of::<ChunkedUpload>() + texts
    }

    /// Returns the number of parts of the file.
    pub(crate) fn total_parts(&self) -> u64 {
        self.size.div_ceil(PART_SIZE)
    }

    /// Returns whether all parts were received.
    pub(crate) fn is_complete(&self, session: &UploadSession) -> bool {
        session.parts().len() as u64 == self.total_parts()
    }

    /// Fails if no part of this file has the range (guide to chunked uploads: 416).
    fn check(&self, range: &Range<u64>, total: u64) -> Result<(), BoxError> {
        let end = range.start.saturating_add(PART_SIZE).min(self.size);
        if total == self.size && range.start % PART_SIZE == 0 && range.end == end {
            return Ok(());
        }
        let message = format!(
            "Parts of this file of {} bytes begin at multiples of {PART_SIZE} and have that size, except for the last",
            self.size
        );
        // ASSUMED: A range that no part of an upload to Box has fails with the code `invalid_range`: only the status is
        // documented (no option: no other reading is known).
        Err(BoxError::new(StatusCode::RANGE_NOT_SATISFIABLE, BoxErrorCode::InvalidRange, message))
    }
}

/// A part that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReceivedPart {
    pub(crate) id: String,
    pub(crate) range: Range<u64>,
    pub(crate) sha1: [u8; 20],
}

impl ReceivedPart {
    fn new(session: Uuid, range: Range<u64>, sha1: [u8; 20]) -> ReceivedPart {
        // The number of the part, scrambled with that of the session.
        let number = (range.start / PART_SIZE) as u32 ^ session.as_fields().0;
        ReceivedPart { id: format!("{number:08X}"), range, sha1 }
    }
}

/// Returns the received parts, in the order of the file.
pub(crate) fn received(session: &UploadSession) -> impl ExactSizeIterator<Item = ReceivedPart> {
    let id = session.id;
    session.parts().map(move |part| ReceivedPart::new(id, part.range.clone(), part.sha1.unwrap_or_default()))
}

/// Adds a part to a session. Fails if there is another part with its range (guide to chunked uploads).
///
/// ASSUMED: A part of an upload to Box that is sent again with the same bytes succeeds (no option: no other reading is
/// known).
pub(crate) fn add(
    session: &mut UploadSession,
    Fragment { range, total }: Fragment,
    bytes: &[u8],
    sha1: [u8; 20],
) -> Result<ReceivedPart, BoxError> {
    ChunkedUpload::of(session)?.check(&range, total)?;
    match session.part_at(range.start) {
        Some(existing) if existing.sha1 == Some(sha1) => {}
        Some(_) => {
            let message = "A part with this range was uploaded already, with other bytes";
            return Err(BoxError::new(
                StatusCode::CONFLICT,
                BoxErrorCode::RangeOverlapsExistingPart,
                message,
            ));
        }
        None => session.add_part(range.clone(), bytes, Some(sha1))?,
    }
    Ok(ReceivedPart::new(session.id, range, sha1))
}

fn not_found(session: Uuid) -> BoxError {
    BoxError::not_found("upload_session", &session.simple().to_string())
}

impl From<UploadError> for BoxError {
    /// ASSUMED: An expired upload session of Box is 410 for as long as it was valid, and then not found (no option: no
    /// other reading is known).
    /// ASSUMED: Too many upload sessions of Box at a time are 429: the pages name no limit (no option: limit of
    /// drivesim).
    /// ASSUMED: More bytes than upload sessions of Box may hold are 403 `storage_limit_exceeded` (no option: limit of
    /// drivesim).
    fn from(error: UploadError) -> BoxError {
        match error {
            UploadError::NotFound(session) => not_found(session),
            UploadError::Expired => BoxError::new(
                StatusCode::GONE,
                BoxErrorCode::SessionExpired,
                "The upload session has expired",
            ),
            UploadError::TooMany(n_open) => {
                let message = format!("There are {n_open} upload sessions, which is the limit");
                let error =
                    BoxError::new(StatusCode::TOO_MANY_REQUESTS, BoxErrorCode::RateLimitExceeded, message);
                error.with_header(header::RETRY_AFTER, "1")
            }
            UploadError::OverBudget(_) => BoxError::over_quota(),
        }
    }
}
