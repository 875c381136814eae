//! The only place that reads the JSON of requests: members that may be there, of the type they must have.

use axum::http::StatusCode;
use drivesim::Conflict;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::excerpt::Quoted;
use crate::graph::refusal::Refusal;
use crate::graph::types::{self, Body};
use crate::graph::{unanswered, unused};
use crate::unique_json::{self, BadJson};

/// The members of a JSON object that was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Reads the body of a call, which must say that it is JSON, and holds its members to their types.
    pub(crate) fn read(call: &Call, body: Body) -> Result<Members, Refusal> {
        let bad = |message: &str| Refusal::new(StatusCode::BAD_REQUEST, "BadRequest", message);
        match call.says_json() {
            None => return Err(bad("Write requests must have a Content-Type header.")),
            Some(false) => return Err(bad("The Content-Type of the request must be application/json.")),
            Some(true) => {}
        }
        if let Some(encoding) = call.foreign_encoding() {
            return Err(unanswered::not_built(
                call,
                &format!("bodies that are {} and not plain UTF-8", Quoted(encoding)),
            ));
        }
        let members = Members::of(call)?;
        types::check(body, &members.0)?;
        unused::note_members(call, body, &members.0)?;
        Ok(members)
    }

    /// Reads a body that may be missing.
    pub(crate) fn read_if_any(call: &Call, body: Body) -> Result<Members, Refusal> {
        if call.body.is_empty() { Ok(Members::default()) } else { Members::read(call, body) }
    }

    fn of(call: &Call) -> Result<Members, Refusal> {
        // Some clients begin their UTF-8 with a mark.
        let body = call.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&call.body);
        // OData allows no member twice ("Multiple properties with the name 'x' were detected in a resource or a complex
        // value", says Microsoft's library).
        match unique_json::parse(call, body) {
            Ok(Value::Object(members)) => Ok(Members(members)),
            Ok(_) => Err(malformed("The body must be a JSON object.")),
            // Such as a member that is there twice.
            Err(BadJson::Malformed(error)) if error.is_data() => {
                Err(malformed(&format!("The body is not accepted: {error}.")))
            }
            Err(BadJson::Unread(bad)) => Err(Refusal::unread(bad.status(), bad.message())),
            Err(BadJson::Malformed(error)) => Err(malformed(&format!("The body is not JSON: {error}."))),
        }
    }

    /// Returns whether there is a member of this name, whatever it is.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Returns whether a member is there and `null`.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(Value::is_null)
    }

    /// Returns the members without those of these names that are `null`. That `null` means nothing in a member that the
    /// published schema lets be `null`, and that nobody saw refused, is *assumed* (no option: no other reading is
    /// known). Other members are refused if they are `null` (python-o365 issue 769).
    pub(crate) fn without_null(&self, keys: &[&str]) -> Members {
        let mut members = self.clone();
        members.0.retain(|key, value| !(value.is_null() && keys.contains(&key.as_str())));
        members
    }

    /// Returns a text.
    pub(crate) fn text(&self, key: &str) -> Result<Option<&str>, Refusal> {
        let wrong = || malformed(&format!("The member {key} must be a string."));
        self.0.get(key).map(|value| value.as_str().ok_or_else(wrong)).transpose()
    }

    /// Returns a text that has something in it.
    pub(crate) fn filled_text(&self, key: &str) -> Result<Option<&str>, Refusal> {
        match self.text(key)? {
            Some("") => Err(malformed(&format!("The member {key} must not be empty."))),
            text => Ok(text),
        }
    }

    /// Returns a truth value, `false` if it is not there.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, Refusal> {
        let wrong = || malformed(&format!("The member {key} must be true or false."));
        self.0.get(key).map_or(Ok(false), |value| value.as_bool().ok_or_else(wrong))
    }

    /// Returns a number of things.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, Refusal> {
        let wrong = || malformed(&format!("The member {key} must be a number, from 0."));
        self.0.get(key).map(|value| value.as_u64().ok_or_else(wrong)).transpose()
    }

    /// Returns an object.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Members>, Refusal> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Members(members.clone()))),
            Some(_) => Err(malformed(&format!("The member {key} must be an object."))),
        }
    }

    /// Returns the conflict behaviours, one for each spelling.
    fn conflicts(&self) -> impl Iterator<Item = Result<&str, Refusal>> {
        CONFLICT_KEYS.iter().filter_map(|key| self.text(key).transpose())
    }
}

/// How the conflict behaviour is spelled: by Graph, by the direct endpoints, and by clients that read the page wrongly.
pub(crate) const CONFLICT_KEYS: [&str; 3] =
    ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior", "@odata.conflictBehavior"];

/// Returns the conflict behaviour of a query and of a body.
pub(crate) fn conflict(call: &Call, members: &Members) -> Result<Option<Conflict>, Refusal> {
    only_conflict(in_query(call).chain(members.conflicts()))
}

/// Returns the conflict behaviour of a query.
pub(crate) fn conflict_in_query(call: &Call) -> Result<Option<Conflict>, Refusal> {
    only_conflict(in_query(call))
}

/// Returns the conflict behaviour of a body.
pub(crate) fn conflict_in_body(members: &Members) -> Result<Option<Conflict>, Refusal> {
    only_conflict(members.conflicts())
}

fn in_query(call: &Call) -> impl Iterator<Item = Result<&str, Refusal>> {
    CONFLICT_KEYS.iter().filter_map(|key| call.query(key)).map(Ok)
}

/// Reads conflict behaviours that must all be the same. That a request with two conflict behaviours that differ is refused is *assumed*:
/// one of them would be passed over, and a file replaced that was to be kept (no option: rare).
fn only_conflict<'a>(
    words: impl Iterator<Item = Result<&'a str, Refusal>>,
) -> Result<Option<Conflict>, Refusal> {
    let mut found = None;
    for word in words {
        let conflict = read_conflict(word?)?;
        if found.is_some_and(|other| other != conflict) {
            return Err(malformed("The conflict behavior is given twice, with different values."));
        }
        found = Some(conflict);
    }
    Ok(found)
}

/// Reads a conflict behaviour. Values have a case (page on case sensitivity). That another conflict behaviour than fail,
/// replace and rename is refused with 400 is *assumed* (no option: no other reading is known).
fn read_conflict(word: &str) -> Result<Conflict, Refusal> {
    match word {
        "fail" => Ok(Conflict::Fail),
        "replace" => Ok(Conflict::Replace),
        "rename" => Ok(Conflict::Rename),
        _ => Err(malformed(&format!(
            "The conflict behavior {} is none of fail, replace, rename.",
            Quoted(word)
        ))),
    }
}

fn malformed(message: &str) -> Refusal {
    Refusal::invalid(message).inner("invalidParameterFormat")
}
