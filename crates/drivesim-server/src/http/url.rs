//! Splits paths of URLs, and encodes paths and other parts.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The characters that are encoded in a segment of a path.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'+')
    .add(b'&')
    .add(b'=');

/// The characters that are encoded in a path that was sent as a URL. RFC 3986 forbids them, but some clients send them
/// unencoded.
const NO_URL: &AsciiSet =
    &CONTROLS.add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Encodes the characters of a path that should have been encoded.
pub(crate) fn encode_forbidden(path: &str) -> Cow<'_, str> {
    utf8_percent_encode(path, NO_URL).into()
}

/// Splits a path into its non-empty segments.
pub(crate) fn segments(path: &str) -> Vec<&str> {
    // Enough for most paths.
    let mut segments = Vec::with_capacity(8);
    segments.extend(path.split('/').filter(|segment| !segment.is_empty()));
    segments
}

/// Encodes one segment of a path, or a value of a query.
pub(crate) fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Appends an encoded segment to a URL.
pub(crate) fn push_segment(url: &mut String, text: &str) {
    url.extend(utf8_percent_encode(text, SEGMENT));
}

/// Appends an encoded path to a URL. Its slashes stay.
pub(crate) fn push_path(url: &mut String, path: &str) {
    for (number, segment) in path.split('/').enumerate() {
        if number > 0 {
            url.push('/');
        }
        push_segment(url, segment);
    }
}

/// Returns a path of encoded segments, each after a slash.
pub(crate) fn encode_path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        push_segment(&mut path, segment);
    }
    path
}
