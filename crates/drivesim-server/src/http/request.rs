//! Reads a request: its method, path, query, headers and body.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use percent_encoding::percent_decode_str;

use crate::http::inline_budget::{InlineBudget, OverInlineBudget};
use crate::http::response_budget::ResponseBudget;
use crate::http::url;
use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart, OverBudget, Permit};

/// A request.
#[derive(Debug)]
pub(crate) struct ApiRequest {
    pub(crate) method: Method,
    /// The path, decoded once. It starts with a slash.
    pub(crate) path: String,
    query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// Empty until the route has decided how much of it is read.
    pub(crate) body: Bytes,
    /// The beginning of absolute links: a URL as in RFC 3986, so without quotation mark and backslash.
    pub(crate) base: String,
    /// The number of bytes that were hashed for the response and count against its limit.
    n_hashed: Cell<u64>,
    inline_budget: InlineBudget,
    is_counted: Cell<bool>,
    /// The names of parameters that were sent and have no effect.
    ignored: RefCell<Vec<String>>,
    /// Whether such parameters are errors.
    refuses_ignored: bool,
    memory: RequestMemory,
}

/// The memory for values made from the body while the request is processed.
#[derive(Debug)]
pub(crate) struct RequestMemory {
    /// The maximal number of values and keys in the JSON of the body.
    most_values: usize,
    share: RefCell<Permit>,
    answer: ResponseBudget,
}

impl RequestMemory {
    pub(crate) fn new(limits: &Limits, budget: &Budget) -> RequestMemory {
        let share = RefCell::new(budget.empty_permit(BudgetPart::Bodies));
        RequestMemory {
            most_values: limits.max_json_values,
            share,
            answer: ResponseBudget::new(limits, budget),
        }
    }
}

/// The maximal number of ignored names that are kept. One more entry says that there are others.
const MAX_IGNORED: usize = 100;
const MORE_IGNORED: &str = "…";

/// Headers with a single value, not a list.
const SINGLE: [HeaderName; 2] = [header::AUTHORIZATION, header::CONTENT_TYPE];

/// A header that cannot be read, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadHeader {
    pub(crate) name: HeaderName,
    /// The rest of the message after the name, without a period.
    pub(crate) why: &'static str,
}

/// A URL that is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadUrl;

/// The maximal number of pairs in a query or a form: each takes far more memory than the two bytes that it may have.
///
/// ASSUMED: More than a thousand options of a query, or members of a form, fail with 400 (no option: limit of
/// drivesim).
pub(crate) const MAX_PAIRS: usize = 1000;

impl ApiRequest {
    /// Reads the head of a request. Takes the headers out of `parts` if it succeeds.
    pub(crate) fn from_parts(
        parts: &mut Parts,
        public_url: Option<&str>,
        local: Option<SocketAddr>,
        room: RequestMemory,
    ) -> Result<ApiRequest, BadUrl> {
        let base = public_url.map_or_else(|| base_of(parts, local), str::to_owned);
        let path = decoded(parts.uri.path()).ok_or(BadUrl)?;
        let query = parse_pairs(parts.uri.query().unwrap_or_default()).ok_or(BadUrl)?;
        let (method, headers) = (parts.method.clone(), std::mem::take(&mut parts.headers));
        Ok(ApiRequest {
            method,
            path,
            query,
            headers,
            body: Bytes::new(),
            base,
            n_hashed: Cell::new(0),
            inline_budget: InlineBudget::default(),
            is_counted: Cell::new(false),
            ignored: RefCell::default(),
            refuses_ignored: false,
            memory: room,
        })
    }

    /// Returns the maximal number of values and keys in the JSON of the body.
    pub(crate) fn max_json_values(&self) -> usize {
        self.memory.most_values
    }

    /// Returns the memory for the response, if the request changes something.
    pub(crate) fn response_budget(&self) -> &ResponseBudget {
        &self.memory.answer
    }

    /// Takes memory for a value made from the body.
    pub(crate) fn take_memory(&self, n_bytes: usize) -> Result<Permit, OverBudget> {
        let mut share = self.memory.share.borrow().empty_like();
        share.resize(n_bytes)?;
        Ok(share)
    }

    /// Holds a share until the request is finished.
    pub(crate) fn hold_permit(&self, share: Permit) {
        self.memory.share.borrow_mut().absorb(share);
    }

    /// Returns what a handler may still do where it runs.
    pub(crate) fn inline_budget(&self) -> &InlineBudget {
        &self.inline_budget
    }

    /// Runs the handler of the request on a thread of connections. Fails if it exceeds the inline budget or would have to
    /// wait. Then it has changed nothing, and is run again on another thread.
    pub(crate) fn run_inline<R>(&self, handle: impl FnOnce() -> R) -> Result<R, OverInlineBudget> {
        self.inline_budget.run(handle).inspect_err(|_| {
            self.n_hashed.set(0);
            self.ignored.take();
        })
    }

    /// Returns whether the request is to be counted now: only at the first call.
    pub(crate) fn mark_counted(&self) -> bool {
        !self.is_counted.replace(true)
    }

    /// Returns whether `n_bytes` more may be hashed for the response, of `most` for all of it.
    pub(crate) fn reserve_hashing(&self, n_bytes: u64, most: u64) -> bool {
        let n_hashed = self.n_hashed.get().saturating_add(n_bytes);
        let is_granted = n_hashed <= most;
        if is_granted {
            self.n_hashed.set(n_hashed);
        }
        is_granted
    }

    /// Notes for the journal that something was sent that has no effect: `parent.size` for a member of the body,
    /// `?size` for an option of the query, `X-Size:` for a header. Each name is noted once.
    pub(crate) fn note_ignored(&self, name: impl Into<String>) {
        let (mut names, name) = (self.ignored.borrow_mut(), name.into());
        match names.len() {
            _ if names.contains(&name) => {}
            0..MAX_IGNORED => names.push(name),
            MAX_IGNORED => names.push(MORE_IGNORED.to_owned()),
            _ => {}
        }
    }

    /// Makes parameters without effect errors.
    pub(crate) fn set_strict(&mut self) {
        self.refuses_ignored = true;
    }

    /// Returns whether parameters without effect are errors instead of noted.
    pub(crate) fn is_strict(&self) -> bool {
        self.refuses_ignored
    }

    /// Takes the names that were noted as ignored.
    pub(crate) fn take_ignored(&self) -> Vec<String> {
        self.ignored.take()
    }

    /// Makes links start with a path.
    pub(crate) fn push_base_path(&mut self, prefix: &str) {
        self.base.push_str(prefix);
    }

    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns all lines of a header as one list. It is for headers that decide something, where an unreadable line
    /// must not be overlooked.
    pub(crate) fn strict_header(&self, name: HeaderName) -> Result<Option<String>, BadHeader> {
        let lines: Result<Vec<&str>, _> =
            self.headers.get_all(&name).iter().map(HeaderValue::to_str).collect();
        let lines = lines.map_err(|_| BadHeader { name, why: "has bytes that are not text" })?;
        Ok((!lines.is_empty()).then(|| lines.join(", ")))
    }

    /// Fails if a header with a single value comes twice: a proxy or the service may read the other one (RFC 9110,
    /// 5.3).
    ///
    /// ASSUMED: A header with one value fails with 400 if it comes twice (no option: rare).
    pub(crate) fn check_headers(&self) -> Result<(), BadHeader> {
        let comes_twice = |name: &HeaderName| self.headers.get_all(name).iter().nth(1).is_some();
        match SINGLE.into_iter().find(comes_twice) {
            Some(name) => Err(BadHeader { name, why: "must not come twice" }),
            None => Ok(()),
        }
    }

    /// Returns a value of the query. The `$` before the key is optional.
    pub(crate) fn query(&self, key: &str) -> Option<&str> {
        let bare = key.strip_prefix('$').unwrap_or(key);
        let matches = |given: &str| given == key || given == bare;
        self.query.iter().find(|(given, _)| matches(given)).map(|(_, value)| value.as_str())
    }

    /// Returns the whole query, decoded.
    pub(crate) fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// Returns whether `Content-Type` is JSON; `None` without that header.
    pub(crate) fn has_json_content_type(&self) -> Option<bool> {
        self.headers
            .contains_key(header::CONTENT_TYPE)
            .then(|| self.has_content_type_of(&["application/json"]))
    }

    /// Returns whether `Content-Type` is one of `types`, or missing.
    pub(crate) fn has_content_type_of(&self, types: &[&str]) -> bool {
        let Some(kind) = self.headers.get(header::CONTENT_TYPE) else { return true };
        let essence = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        types.iter().any(|kind| essence.eq_ignore_ascii_case(kind))
    }

    /// Returns the encoding of the body if it is not plain UTF-8.
    pub(crate) fn unsupported_encoding(&self) -> Option<&str> {
        let is_encoding =
            |word: &&str| !word.trim().is_empty() && !word.trim().eq_ignore_ascii_case("identity");
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let charset = kind.split(';').filter_map(|part| part.split_once('=')).find_map(|(key, value)| {
            key.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
        });
        let is_utf8 =
            |name: &str| ["utf-8", "utf8", "us-ascii"].iter().any(|utf8| name.eq_ignore_ascii_case(utf8));
        let encodings = self.headers.get_all(header::CONTENT_ENCODING).iter();
        let encoding = encodings.map(|line| line.to_str().unwrap_or("not text")).find(is_encoding);
        encoding.or(charset.filter(|name| !is_utf8(name)))
    }

    /// Returns the token of the request.
    pub(crate) fn token(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION.as_str())?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Returns whether a list in a `Prefer` header contains `word`.
    pub(crate) fn prefers(&self, word: &str) -> bool {
        let values = self.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split([',', ';'])).any(|part| part.trim().eq_ignore_ascii_case(word))
    }
}

/// Returns the scheme and host that the client used, or else the address that it reached; with the path where the
/// router is nested.
fn base_of(parts: &Parts, local: Option<SocketAddr>) -> String {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    // Each proxy appends its word: the first is of the proxy that the client spoke to.
    let first = |name: &str| text(name).map(|list| list.split(',').next().unwrap_or_default().trim());
    let is_host = |word: &&str| !word.contains('@') && word.parse::<Authority>().is_ok();
    let forwarded = first("x-forwarded-proto");
    let schemes = ["http", "https"];
    let known_scheme = |given: &str| schemes.into_iter().find(|scheme| given.eq_ignore_ascii_case(scheme));
    let scheme = forwarded.and_then(known_scheme).or(parts.uri.scheme_str()).unwrap_or("http");
    // A host in an absolute target overrides `Host` (RFC 9112, 3.2.2).
    let host = parts.uri.authority().map(|host| host.as_str()).or(text("host")).filter(is_host);
    let host = first("x-forwarded-host").filter(is_host).or(host).map(Cow::Borrowed);
    let host = host.or_else(|| local.map(|local| Cow::Owned(local.to_string())));
    [scheme, "://", &host.unwrap_or(Cow::Borrowed("localhost")), &nested_at(parts)].concat()
}

/// Returns the path that outer routers have cut off.
fn nested_at(parts: &Parts) -> Cow<'_, str> {
    let Some(OriginalUri(original)) = parts.extensions.get() else { return Cow::Borrowed("") };
    let whole = original.path();
    url::encode_forbidden(whole.strip_suffix(parts.uri.path()).unwrap_or(whole).trim_end_matches('/'))
}

/// Decodes text of a URL. Returns `None` if it is not UTF-8, has a NUL, or a percent sign that encodes nothing.
fn decoded(text: &str) -> Option<String> {
    // Most texts have nothing encoded.
    if !text.contains('%') {
        return (!text.contains('\0')).then(|| text.to_owned());
    }
    let is_hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    if text.match_indices('%').any(|(at, _)| !is_hex(at + 1) || !is_hex(at + 2)) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.contains('\0')).then(|| decoded.into_owned())
}

/// Returns the decoded pairs of a query or a form; `None` if it is invalid, or has too many.
pub(crate) fn parse_pairs(query: &str) -> Option<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    if parts.clone().nth(MAX_PAIRS).is_some() {
        return None;
    }
    let pair = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(&key.replace('+', " "))?, decoded(&value.replace('+', " "))?))
    };
    parts.map(pair).collect()
}

#[cfg(test)]
impl Default for RequestMemory {
    fn default() -> RequestMemory {
        let limits = Limits::default();
        RequestMemory::new(&limits, &Budget::new(&limits))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn each_ignored_name_is_noted_once_and_only_the_first_hundred() {
        let (mut parts, ()) = Request::builder().uri("/").body(()).unwrap().into_parts();
        let call = ApiRequest::from_parts(&mut parts, None, None, RequestMemory::default()).unwrap();
        for number in 0..1000 {
            call.note_ignored(format!("a{}", number % 200));
        }
        let names = call.take_ignored();
        assert_eq!((&*names[0], &*names[99], &*names[100], names.len()), ("a0", "a99", MORE_IGNORED, 101));
        assert_eq!(call.take_ignored(), [] as [&str; 0]);
    }

    #[test]
    fn url_text_is_decoded_and_invalid_text_is_refused() {
        for (text, expected) in [
            ("", Some("")),
            ("a b", Some("a b")),
            ("%C3%A9/%2525", Some("é/%25")),
            ("a\0", None),
            ("%41\0", None),
            ("%00", None),
            ("%", None),
            ("%4", None),
            ("%4g", None),
            ("%FF", None),
        ] {
            assert_eq!(decoded(text).as_deref(), expected, "{text:?}");
        }
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            parse_pairs("a=1+2&&b&c=%3D="),
            Some(vec![pair("a", "1 2"), pair("b", ""), pair("c", "==")])
        );
        assert_eq!(parse_pairs("a=1&b=\0"), None);
        assert_eq!(parse_pairs(&"a&".repeat(MAX_PAIRS)).map(|pairs| pairs.len()), Some(MAX_PAIRS));
        assert_eq!(parse_pairs(&"a&".repeat(MAX_PAIRS + 1)), None);
    }
}
