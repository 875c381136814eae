//! Masks secrets in the journal: tokens, passwords and secrets of clients.

use std::borrow::Cow;

/// Replaces a secret.
const MASK: &str = "***";

/// The keys whose values are secrets, in JSON, forms, queries and headers.
const SECRETS: [&str; 17] = [
    "access_token",
    "accesstoken",
    "actor_token",
    "assertion",
    "authorization",
    "client_assertion",
    "client_secret",
    "clientsecret",
    "id_token",
    "password",
    "refresh_token",
    "refreshtoken",
    "shared_link_password",
    "subject_token",
    "tempauth",
    "x-api-key",
    "api_key",
];

/// The keys whose values are secrets in a form that requests or revokes a token. Elsewhere they are ordinary words:
/// errors have codes, and change feeds have tokens.
const SECRETS_OF_FORMS: [&str; 2] = ["code", "token"];

/// The headers whose values are secrets.
const SECRET_HEADERS: [&str; 5] =
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

/// Masks the value of a header. The scheme of credentials stays.
pub(crate) fn header(name: &str, value: &str) -> String {
    if !SECRET_HEADERS.contains(&name) {
        return text(value);
    }
    match value.split_once(' ') {
        Some((scheme, _)) if name.ends_with("authorization") => format!("{scheme} {MASK}"),
        _ => MASK.to_owned(),
    }
}

/// Masks secrets in a query, or in another text with URLs.
pub(crate) fn text(text: &str) -> String {
    String::from_utf8_lossy(&masked(text.as_bytes(), false)).into_owned()
}

/// Masks secrets in a body.
pub(crate) fn body(bytes: &[u8], is_form: bool) -> Vec<u8> {
    masked(bytes, is_form).into_owned()
}

fn masked(text: &[u8], is_form: bool) -> Cow<'_, [u8]> {
    let (mut out, mut copied, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        let Some(key) = key_at(text, at, is_form) else {
            at += 1;
            continue;
        };
        at += key.len();
        if let Some((start, end)) = value_after(text, at) {
            out.extend_from_slice(&text[copied..start]);
            out.extend_from_slice(MASK.as_bytes());
            (copied, at) = (end, end);
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(&text[copied..]);
    Cow::Owned(out)
}

/// Returns the key of a secret that is a whole word at position `at`.
fn key_at(text: &[u8], at: usize, is_form: bool) -> Option<&'static str> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    // A percent sign and two digits may encode a separator.
    let is_encoded = at >= 3 && text[at - 3] == b'%';
    if at > 0 && is_word(&text[at - 1]) && !is_encoded {
        return None;
    }
    let is_here = |key: &&&str| {
        let end = at + key.len();
        let found = text.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(key.as_bytes()));
        found && !text.get(end).is_some_and(is_word)
    };
    let of_forms = SECRETS_OF_FORMS.iter().filter(|_| is_form);
    SECRETS.iter().chain(of_forms).find(is_here).copied()
}

/// Returns the start and end of the value of the key that ends at `at`; `None` if it has no value.
fn value_after(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = &text[at..];
    let start = at + after_separator(rest).or_else(|| after_head_of_part(rest))?;
    let value = &text[start..];
    let n_quote_bytes = quotes(value);
    let quote = value[..n_quote_bytes].last().copied();
    let is_escaped = n_quote_bytes == 2;
    let value = &value[n_quote_bytes..];
    let is_end = |offset: usize| match quote {
        // The value of a part of a form ends with the line.
        None => b"&\"'<>;,}\\ \t\r\n".contains(&value[offset]) || value[offset..].starts_with(b"%26"),
        Some(_) if is_escaped => value[offset] == b'\\',
        Some(quote) => value[offset] == quote && (offset == 0 || value[offset - 1] != b'\\'),
    };
    let n_bytes = (0..value.len()).find(|offset| is_end(*offset)).unwrap_or(value.len());
    (n_bytes > 0).then_some((start + n_quote_bytes, start + n_quote_bytes + n_bytes))
}

/// Returns the number of bytes of the opening quotation mark: `"`, `'` or, in a text within a text, `\"`.
fn quotes(text: &[u8]) -> usize {
    match text {
        [b'\\', b'"' | b'\'', ..] => 2,
        [b'"' | b'\'', ..] => 1,
        _ => 0,
    }
}

/// Returns the number of bytes before a value that follows `=` or `:`.
fn after_separator(rest: &[u8]) -> Option<usize> {
    let blanks = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut at = quotes(rest);
    at += blanks(at);
    at += match &rest[at..] {
        [b'=' | b':', ..] => 1,
        [b'%', b'3', b'D' | b'd', ..] => 3,
        _ => return None,
    };
    Some(at + blanks(at))
}

/// Returns the number of bytes before the value of a part of a form, `name="password"`, after the part's head.
fn after_head_of_part(rest: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    const LONGEST: usize = 256;
    let head = rest.strip_prefix(b"\"")?;
    let head = &head[..head.len().min(LONGEST)];
    let end =
        head.starts_with(b"\r\n").then(|| head.windows(END.len()).position(|window| window == END))??;
    Some(1 + end + END.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let masked = body(text.as_bytes(), false);
        assert_eq!(String::from_utf8(masked).unwrap(), expected);
    }

    #[test]
    fn secrets_are_masked_in_all_formats() {
        check("grant_type=x&client_secret=abc%2F1&scope=y", "grant_type=x&client_secret=***&scope=y");
        check("refresh_token=abc", "refresh_token=***");
        check("{\"access_token\":\"a\\\"b\", \"n\": 1}", "{\"access_token\":\"***\", \"n\": 1}");
        check("{\"access_token\" : \"abc\"}", "{\"access_token\" : \"***\"}");
        check("{\"password\":null,\"a\":1}", "{\"password\":***,\"a\":1}");
        check("{\"refreshToken\":\"abc\"}", "{\"refreshToken\":\"***\"}");
        check(
            "{\"body\":\"{\\\"id_token\\\":\\\"abc\\\"}\"}",
            "{\"body\":\"{\\\"id_token\\\":\\\"***\\\"}\"}",
        );
        check(
            "{\"headers\":{\"Authorization\":\"Bearer abc\"}}",
            "{\"headers\":{\"Authorization\":\"***\"}}",
        );
        check("\"https://x/_download/y?tempauth=abc&z=1\"", "\"https://x/_download/y?tempauth=***&z=1\"");
        check("?next=%2Fa%3Faccess_token%3Dabc%26b", "?next=%2Fa%3Faccess_token%3D***%26b");
        check(
            "shared_link=http://x&shared_link_password=abc",
            "shared_link=http://x&shared_link_password=***",
        );
        check(
            "--b\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\nabc\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\n***\r\n--b--",
        );
        // A secret that is cut off is masked to its end.
        check("{\"client_secret\":\"abc", "{\"client_secret\":\"***");
    }

    #[test]
    fn other_text_stays_unchanged() {
        for text in [
            "",
            "password",
            "a password is needed",
            "{\"password\":\"\"}",
            "{\"code\":\"itemNotFound\",\"token\":\"abc\"}",
            "my_access_token_x=1",
            "access_tokens=1",
            "name=\"password\"",
            "$filter=name eq 'x'&token=abc",
        ] {
            check(text, text);
        }
        assert_eq!(body(b"code=abc&token=abc&a=1", true), b"code=***&token=***&a=1");
        assert_eq!(body(b"\xff&password=\xfe\xff&x", false), b"\xff&password=***&x");
    }

    #[test]
    fn headers_of_credentials_keep_their_scheme() {
        for (name, value, expected) in [
            ("authorization", "Bearer abc", "Bearer ***"),
            ("authorization", "abc", "***"),
            ("proxy-authorization", "Basic abc", "Basic ***"),
            ("cookie", "a=1; b=2", "***"),
            ("location", "http://x/?access_token=abc", "http://x/?access_token=***"),
            ("boxapi", "shared_link=x&shared_link_password=abc", "shared_link=x&shared_link_password=***"),
            ("accept", "*/*", "*/*"),
        ] {
            assert_eq!(header(name, value), expected, "{name}");
        }
    }
}
