//! The only place that encodes parts of URLs.

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
