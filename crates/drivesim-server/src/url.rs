//! The only place that splits paths of URLs, and encodes them and other parts.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What is encoded in a segment of a path.
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

/// What is encoded in a path that was sent as a URL, though RFC 3986 has it in none: some clients send it as it is.
const NO_URL: &AsciiSet =
    &CONTROLS.add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Encodes what of a path was not, though it should have been.
pub(crate) fn repaired(path: &str) -> Cow<'_, str> {
    utf8_percent_encode(path, NO_URL).into()
}

/// Splits a path into its segments, which are named between slashes.
pub(crate) fn segments(path: &str) -> Vec<&str> {
    // As many as most paths have.
    let mut segments = Vec::with_capacity(8);
    segments.extend(path.split('/').filter(|segment| !segment.is_empty()));
    segments
}

/// Encodes one segment of a path, or a value of a query.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Encodes one segment behind what there is of a URL.
pub(crate) fn push_segment(url: &mut String, text: &str) {
    url.extend(utf8_percent_encode(text, SEGMENT));
}

/// Encodes a path behind what there is of a URL: its slashes stay.
pub(crate) fn push_path(url: &mut String, path: &str) {
    for (number, segment) in path.split('/').enumerate() {
        if number > 0 {
            url.push('/');
        }
        push_segment(url, segment);
    }
}

/// Returns a path whose segments are encoded, each behind a slash.
pub(crate) fn path_of(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        push_segment(&mut path, segment);
    }
    path
}
