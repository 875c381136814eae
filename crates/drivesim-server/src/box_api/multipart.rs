//! The only place that reads the multipart bodies in which files are sent to Box.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use futures_util::{FutureExt, stream};
use multer::Multipart;

use crate::box_api::body::{Members, Shape};
use crate::box_api::refusal::Refusal;
use crate::box_api::unused;
use crate::call::Call;
use crate::intake::Unread;

/// The part that says what the file is to be.
const ATTRIBUTES: &str = "attributes";
/// How many parts are looked at. That more than ten parts of an upload to Box are refused is *assumed*: two mean
/// anything (no option: limit of drivesim).
const MOST_PARTS: usize = 10;

/// A file that was sent.
#[derive(Debug)]
pub(crate) struct Form<'a> {
    /// What it is to be, if that was said.
    pub(crate) attributes: Option<Members<'a>>,
    pub(crate) content: Bytes,
}

struct Part {
    name: String,
    bytes: Bytes,
}

impl<'a> Form<'a> {
    /// Reads the body of a call. Its attributes, of this shape and at most `most_json` bytes, must come before the file. That
    /// any part of an upload to Box with another name is the file, the first if there are several, is *assumed* (no
    /// option: clients rely on it).
    pub(crate) fn read(call: &'a Call, shape: &Shape, most_json: usize) -> Result<Form<'a>, Refusal> {
        let kind = call.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|error| malformed(&error.to_string()))?;
        // The parts are cut out of a copy.
        let room = call.take_room(call.body.len()).map_err(Unread::Full);
        call.keep_room(room.map_err(|bad| Refusal::unread(bad.status(), bad.message()))?);
        let whole = stream::iter([Ok::<Bytes, Infallible>(call.body.clone())]);
        // All of it is there: nothing is ever waited for.
        let parts = parts(Multipart::new(whole, boundary)).now_or_never();
        let parts = parts.ok_or_else(|| malformed("it does not end"))?;
        let parts = parts.map_err(|error| malformed(&error.to_string()))?;
        if parts.len() > MOST_PARTS {
            return Err(malformed("it has too many parts"));
        }
        let is_attributes = |part: &&Part| part.name == ATTRIBUTES;
        // That attributes that an upload to Box has twice are refused is *assumed* (no option: rare).
        if parts.iter().filter(is_attributes).count() > 1 {
            return Err(malformed("it has attributes twice"));
        }
        let attributes_at = parts.iter().position(|part| is_attributes(&part));
        let content_at = parts.iter().position(|part| !is_attributes(&part));
        let content_at = content_at.ok_or_else(|| Refusal::missing("file"))?;
        if attributes_at.is_some_and(|at| at > content_at) {
            let message = "Metadata is included after file contents in a file upload request.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "metadata_after_file_contents", message));
        }
        let others = parts.iter().skip(content_at + 1).filter(|part| !is_attributes(part));
        for other in others {
            unused::note(call, format!("part {}", other.name))?;
        }
        let attributes = match attributes_at.map(|at| &parts[at].bytes) {
            Some(bytes) if bytes.len() > most_json => return Err(malformed("its attributes are too long")),
            Some(bytes) => Some(Members::of(call, bytes, shape)?),
            None => None,
        };
        Ok(Form { attributes, content: parts[content_at].bytes.clone() })
    }
}

/// Reads parts, one more than are looked at if there are so many.
async fn parts(mut form: Multipart<'_>) -> Result<Vec<Part>, multer::Error> {
    let mut parts = Vec::new();
    while let Some(mut field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        // A part that is there as a whole comes in one piece, or in none if it is empty.
        let mut bytes = Bytes::new();
        while let Some(piece) = field.chunk().await? {
            bytes = if bytes.is_empty() { piece } else { [bytes, piece].concat().into() };
        }
        parts.push(Part { name, bytes });
        if parts.len() > MOST_PARTS {
            break;
        }
    }
    Ok(parts)
}

fn malformed(why: &str) -> Refusal {
    let message = format!("The body is not multipart/form-data as it must be: {why}");
    Refusal::bad("invalid_parameter", "entity-body", message)
}
