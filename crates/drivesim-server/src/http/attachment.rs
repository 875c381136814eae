//! Sends the content of a file as an attachment, so that no browser shows it as a page of the server.

use std::fmt::Write as _;

use axum::http::header;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::response::ApiResponse;

/// The characters that are encoded in `filename*`: all except `attr-char` of RFC 8187, 3.2.1.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Makes the response one that browsers save under the name of the file.
///
/// ASSUMED: Downloads of all services have `Content-Disposition: attachment` with the name of the file; the pages show
/// no headers of downloads (no option: without it a file could run scripts beside the admin API).
pub(crate) fn as_attachment(response: ApiResponse, name: &str) -> ApiResponse {
    response.with_header(header::CONTENT_DISPOSITION, disposition(name))
}

/// Returns the header (RFC 6266): the name; and if it is not plain ASCII, a similar name in front of it for old
/// clients.
fn disposition(name: &str) -> String {
    let is_plain = |letter: char| letter == ' ' || letter.is_ascii_graphic() && !"\"\\%".contains(letter);
    let mut header = "attachment; filename=\"".to_owned();
    header.extend(name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }));
    header.push('"');
    if !name.chars().all(is_plain) {
        // Writing to a string never fails.
        let _ = write!(header, "; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED));
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_cannot_end_the_name_early() {
        for (name, expected) in [
            ("a b.txt", "attachment; filename=\"a b.txt\""),
            ("a;b='c'.txt", "attachment; filename=\"a;b='c'.txt\""),
            ("é.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt"),
            ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
            (
                "\"; filename=x.html\r\nSet-Cookie: a=b\\",
                "attachment; filename=\"_; filename=x.html__Set-Cookie: a=b_\"; \
                 filename*=UTF-8''%22%3B%20filename%3Dx.html%0D%0ASet-Cookie%3A%20a%3Db%5C",
            ),
            ("", "attachment; filename=\"\""),
        ] {
            assert_eq!(disposition(name), expected, "{name:?}");
        }
    }
}
