//! Checks every response of Graph, the OneDrive API and SharePoint: the status, whether it has a body, the published
//! schema and members of the body, the envelope of an error.

mod body_kind;
mod members;
mod schema;

use axum::http::HeaderMap;
use serde_json::Value;

use body_kind::{BodyKind, Service};

/// A request and its response.
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    /// A path with its query, or a whole URL.
    pub(crate) url: &'a str,
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl Exchange<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Names the exchange in messages.
impl std::fmt::Display for Exchange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(self.body);
        write!(f, "{} {:.300} came {} {:.3000}", self.method, self.url, self.status, body)
    }
}

/// Panics if a response is wrong.
pub(crate) fn assert_valid(exchange: &Exchange<'_>) {
    let faults = violations(exchange);
    assert!(faults.is_empty(), "{}\nin {exchange}", faults.join("\n"));
}

/// Returns what is wrong with a response.
pub(crate) fn violations(exchange: &Exchange<'_>) -> Vec<String> {
    let path = body_kind::path(exchange.url);
    let mut faults = Vec::new();
    let mut unless = |is_right: bool, what: &str| faults.extend((!is_right).then(|| what.to_owned()));
    unless(exchange.header("request-id").is_some(), "there is no request-id");
    let value = serde_json::from_slice(exchange.body).unwrap_or(Value::Null);
    let Some(kind) = BodyKind::of(exchange, &path, &value) else {
        unless(false, "no operation responds so");
        return faults;
    };
    match kind {
        BodyKind::Content => return faults,
        BodyKind::Empty => {
            unless(exchange.body.is_empty(), "there is a body");
            return faults;
        }
        _ => {}
    }
    unless(exchange.header("content-type") == Some("application/json"), "the type is not that of JSON");
    unless(value.is_object(), "the body is no object");
    let dialect = Service::of(&path);
    faults.extend(schema::violations(kind.schema(dialect), &value));
    let selection = body_kind::Selection::of(exchange.url);
    match kind {
        BodyKind::Error => faults.extend(members::of_error(exchange, dialect, &value)),
        BodyKind::Item if !selection.of_items => faults.extend(members::of_item(&value, dialect)),
        BodyKind::Items if !selection.of_items => {
            let items = value["value"].as_array().into_iter().flatten();
            faults.extend(items.flat_map(|item| members::of_item(item, dialect)));
        }
        BodyKind::Session { is_new } => faults.extend(members::of_session(&value, is_new)),
        BodyKind::Monitor => faults.extend(members::of_monitor(&value, dialect)),
        _ => {}
    }
    if !selection.of_children {
        let inside = |item: &Value| item["children"].as_array().cloned().unwrap_or_default();
        let listed = value["value"].as_array().into_iter().flatten().flat_map(inside);
        let children: Vec<Value> = inside(&value).into_iter().chain(listed).collect();
        faults.extend(children.iter().flat_map(|child| members::of_item(child, dialect)));
    }
    faults
}
