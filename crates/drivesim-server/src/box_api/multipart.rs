//! Parses the multipart bodies of uploads to Box.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use futures_util::{FutureExt, stream};
use multer::Multipart;

use crate::box_api::body::{Members, Shape};
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::ignored;
use crate::http::body_limiter::BodyError;
use crate::http::request::ApiRequest;

/// The name of the part with the attributes of the file.
const ATTRIBUTES: &str = "attributes";
/// The largest number of parts.
///
/// ASSUMED: More than ten parts of an upload to Box fail: only two have a meaning (no option: limit of drivesim).
const MAX_PARTS: usize = 10;

/// The body of an upload.
#[derive(Debug)]
pub(crate) struct UploadForm<'a> {
    /// The attributes of the file, if present.
    pub(crate) attributes: Option<Members<'a>>,
    pub(crate) content: Bytes,
}

struct Part {
    name: String,
    bytes: Bytes,
}

impl<'a> UploadForm<'a> {
    /// Parses the body of a request. Its attributes, of this shape and at most `max_json` bytes, must precede the file.
    ///
    /// ASSUMED: The first part of an upload to Box with another name than that of the attributes is the file (no
    /// option: clients rely on it).
    pub(crate) fn read(
        request: &'a ApiRequest,
        shape: &Shape,
        max_json: usize,
    ) -> Result<UploadForm<'a>, BoxError> {
        let kind = request.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|error| malformed(&error.to_string()))?;
        // The parser copies the body.
        let permit = request.take_memory(request.body.len()).map_err(BodyError::OverBudget);
        request.hold_permit(permit.map_err(|error| BoxError::unreadable(error.status(), error.message()))?);
        let whole = stream::iter([Ok::<Bytes, Infallible>(request.body.clone())]);
        // The whole body is in memory, so the future never waits.
        let parts = parts(Multipart::new(whole, boundary)).now_or_never();
        let parts = parts.ok_or_else(|| malformed("it is incomplete"))?;
        let parts = parts.map_err(|error| malformed(&error.to_string()))?;
        if parts.len() > MAX_PARTS {
            return Err(malformed("it has too many parts"));
        }
        let is_attributes = |part: &&Part| part.name == ATTRIBUTES;
        // ASSUMED: An upload to Box with attributes twice fails (no option: rare).
        if parts.iter().filter(is_attributes).count() > 1 {
            return Err(malformed("it has attributes twice"));
        }
        let attributes_at = parts.iter().position(|part| is_attributes(&part));
        let content_at = parts.iter().position(|part| !is_attributes(&part));
        let content_at = content_at.ok_or_else(|| BoxError::missing("file"))?;
        if attributes_at.is_some_and(|at| at > content_at) {
            let message = "Metadata is included after file contents in a file upload request.";
            return Err(BoxError::new(
                StatusCode::BAD_REQUEST,
                BoxErrorCode::MetadataAfterFileContents,
                message,
            ));
        }
        let others = parts.iter().skip(content_at + 1).filter(|part| !is_attributes(part));
        for other in others {
            ignored::note_ignored(request, format!("part {}", other.name))?;
        }
        let attributes = match attributes_at.map(|at| &parts[at].bytes) {
            Some(bytes) if bytes.len() > max_json => return Err(malformed("its attributes are too long")),
            Some(bytes) => Some(Members::of(request, bytes, shape)?),
            None => None,
        };
        Ok(UploadForm { attributes, content: parts[content_at].bytes.clone() })
    }
}

/// Parses the parts, and stops after one more than `MAX_PARTS`.
async fn parts(mut form: Multipart<'_>) -> Result<Vec<Part>, multer::Error> {
    let mut parts = Vec::new();
    while let Some(mut field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        // A part that is in memory arrives in one chunk, or in none if it is empty.
        let mut bytes = Bytes::new();
        while let Some(chunk) = field.chunk().await? {
            bytes = if bytes.is_empty() { chunk } else { [bytes, chunk].concat().into() };
        }
        parts.push(Part { name, bytes });
        if parts.len() > MAX_PARTS {
            break;
        }
    }
    Ok(parts)
}

fn malformed(why: &str) -> BoxError {
    let message = format!("The body is not valid multipart/form-data: {why}");
    BoxError::invalid_parameter("entity-body", message)
}
