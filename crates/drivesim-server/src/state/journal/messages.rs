//! Keeps the headers and bodies of requests and responses, up to a limit.

use axum::http::HeaderMap;
use data_encoding::BASE64;

use crate::json::ordered::{Map, Value, json};
use crate::state::journal::masks;

/// The stored part of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredMessage {
    /// A line for each header, `name: value`. One text takes less memory than many.
    head: Vec<u8>,
    is_head_cut: bool,
    /// The beginning of the body.
    body: Vec<u8>,
    n_bytes: u64,
}

/// A request and its response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages {
    pub(crate) request: StoredMessage,
    pub(crate) response: StoredMessage,
}

/// The usual number of bytes of a message's headers.
const TYPICAL: usize = 512;

impl StoredMessage {
    /// Stores headers up to `most` bytes, and omits the others.
    pub(crate) fn store_headers(&mut self, headers: &HeaderMap, most: usize) {
        self.head.reserve(TYPICAL.min(most));
        for (name, value) in headers {
            let (name, value) = (name.as_str(), value.as_bytes());
            if self.head.len() + name.len() + value.len() + 2 > most {
                self.is_head_cut = true;
                return;
            }
            self.head.extend_from_slice(name.as_bytes());
            self.head.push(b':');
            self.head.extend_from_slice(value);
            self.head.push(b'\n');
        }
    }

    /// Stores the beginning of a body.
    pub(crate) fn store_body(&mut self, body: &[u8], most: usize) {
        self.store_prefix(body[..body.len().min(most)].to_vec(), body.len() as u64);
    }

    /// Stores the beginning of a body of `n_bytes` bytes.
    pub(crate) fn store_prefix(&mut self, beginning: Vec<u8>, n_bytes: u64) {
        (self.body, self.n_bytes) = (beginning, n_bytes);
    }

    /// Returns the memory of the message beside its own size.
    pub(crate) fn count_bytes(&self) -> usize {
        self.head.capacity() + self.body.capacity()
    }

    /// Returns the message without secrets.
    pub(crate) fn message(&self) -> LoggedMessage {
        let lines = self.head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| {
                let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
                let name = String::from_utf8_lossy(name).into_owned();
                let value = masks::header(&name, &String::from_utf8_lossy(&value[1..]));
                Some((name, value))
            })
            .collect();
        let is_form = |(name, value): &(String, String)| {
            name == "content-type" && value.starts_with("application/x-www-form-urlencoded")
        };
        let is_form = headers.iter().any(is_form);
        LoggedMessage {
            headers,
            has_all_headers: !self.is_head_cut,
            body: masks::body(&self.body, is_form),
            has_whole_body: self.body.len() as u64 == self.n_bytes,
            size: self.n_bytes,
        }
    }
}

/// The headers and the body of a request or a response in the journal.
///
/// Secrets are masked with `***`: `Authorization`, cookies, passwords, and tokens and secrets in URLs, forms and JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedMessage {
    /// The headers in their order, with names in lower case. A response has those that the server sets, without the
    /// date, the length and others that HTTP adds.
    pub headers: Vec<(String, String)>,
    /// Whether all headers are included; headers beyond [`Limits::max_journal_body`](crate::Limits::max_journal_body)
    /// are omitted.
    pub has_all_headers: bool,
    /// The body, or its beginning if it exceeds [`Limits::max_journal_body`](crate::Limits::max_journal_body). Empty
    /// for a request that was rejected before its body was read. The body of a response is stored before it is
    /// compressed.
    pub body: Vec<u8>,
    /// Whether the body is complete.
    pub has_whole_body: bool,
    /// The number of bytes of the complete body.
    pub size: u64,
}

impl LoggedMessage {
    /// Returns the value of a header, in any case of its name. The values of several lines are joined to one list.
    pub fn header(&self, name: &str) -> Option<String> {
        let lines = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let values: Vec<&str> = lines.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Returns the body as text; `None` if it is not UTF-8. A character that the limit has cut in two is omitted.
    pub fn text(&self) -> Option<&str> {
        match std::str::from_utf8(&self.body) {
            Ok(text) => Some(text),
            Err(error) if !self.has_whole_body && error.error_len().is_none() => {
                std::str::from_utf8(&self.body[..error.valid_up_to()]).ok()
            }
            Err(_) => None,
        }
    }

    /// Returns the message in the JSON of the admin API.
    pub(crate) fn to_json(&self) -> Value {
        let names = self.headers.iter().map(|(name, _)| name);
        let headers: Map = names.map(|name| (name.clone(), json!(self.header(name)))).collect();
        let (body, encoding) = match self.text() {
            Some(text) => (text.to_owned(), "utf-8"),
            None => (BASE64.encode(&self.body), "base64"),
        };
        json!({
            "headers": headers,
            "hasAllHeaders": self.has_all_headers,
            "body": body,
            "encoding": encoding,
            "hasWholeBody": self.has_whole_body,
            "size": self.size,
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn logged(headers: &[(&'static str, &'static str)], body: &[u8], most: usize) -> LoggedMessage {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut kept = StoredMessage::default();
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| _ = map.append(name, value));
        kept.store_headers(&map, most);
        kept.store_body(body, most);
        kept.message()
    }

    #[test]
    fn headers_are_found_in_any_case_and_several_lines_are_one_list() {
        let message =
            logged(&[("prefer", "a"), ("prefer", "b: c"), ("authorization", "Bearer x")], b"", 1000);
        assert_eq!(message.header("Prefer").as_deref(), Some("a, b: c"));
        assert_eq!(message.header("authorization").as_deref(), Some("Bearer ***"));
        assert_eq!(message.header("none"), None);
        assert_eq!(
            message.to_json()["headers"],
            json!({ "prefer": "a, b: c", "authorization": "Bearer ***" })
        );
    }

    #[test]
    fn headers_and_body_beyond_the_limit_are_omitted_and_marked() {
        let message = logged(&[("a", "12345"), ("b", "12345")], "ééé".as_bytes(), 9);
        assert_eq!((message.headers.len(), message.has_all_headers), (1, false));
        assert_eq!((message.text(), message.size, message.has_whole_body), (Some("ééé"), 6, true));
        let message = logged(&[], "ééé".as_bytes(), 5);
        assert_eq!((message.text(), message.size, message.has_whole_body), (Some("éé"), 6, false));
        assert_eq!(message.to_json()["body"], json!("éé"));
    }

    #[test]
    fn bytes_that_are_not_text_are_shown_in_base64() {
        let message = logged(&[], &[0xff, 0xc3], 9);
        assert_eq!((message.text(), &message.to_json()["encoding"]), (None, &json!("base64")));
        assert_eq!(message.to_json()["body"], json!("/8M="));
        // Half a character at the end of a complete body is not text.
        assert_eq!(logged(&[], &[0xc3], 9).text(), None);
    }
}
