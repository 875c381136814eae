//! Parses the JSON of requests into members of known types.

use axum::http::StatusCode;
use drivesim::Conflict;
use serde_json::{Map, Value};

use crate::graph::body_types::{self, BodyType};
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::{conflict_behavior, ignored};
use crate::http::json_body::{self, JsonError};
use crate::http::request::ApiRequest;
use crate::json::excerpt::Quoted;

/// The members of a JSON object in a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Parses the body of a request and checks the types of its members. Its `Content-Type` must be JSON.
    pub(crate) fn read(request: &ApiRequest, body: BodyType) -> Result<Members, GraphError> {
        let bad_request =
            |message: &str| GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message);
        match request.has_json_content_type() {
            None => return Err(bad_request("Write requests must have a Content-Type header.")),
            Some(false) => {
                return Err(bad_request("The Content-Type of the request must be application/json."));
            }
            Some(true) => {}
        }
        if let Some(encoding) = request.unsupported_encoding() {
            return Err(GraphError::not_implemented(
                request,
                &format!("bodies that are {} and not plain UTF-8", Quoted(encoding)),
            ));
        }
        let members = Members::of(request)?;
        body_types::check(body, &members.0)?;
        ignored::note_members(request, body, &members.0)?;
        Ok(members)
    }

    /// Parses a body that may be missing.
    pub(crate) fn read_optional(request: &ApiRequest, body: BodyType) -> Result<Members, GraphError> {
        if request.body.is_empty() { Ok(Members::default()) } else { Members::read(request, body) }
    }

    fn of(request: &ApiRequest) -> Result<Members, GraphError> {
        // Some clients begin their UTF-8 with a byte order mark.
        let body = request.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&request.body);
        // OData allows no member twice ("Multiple properties with the name 'x' were detected in a resource or a complex
        // value", says Microsoft's library).
        match json_body::parse(request, body) {
            Ok(Value::Object(members)) => Ok(Members(members)),
            Ok(_) => Err(GraphError::malformed("The body must be a JSON object.")),
            // For example a duplicate member.
            Err(JsonError::Malformed(error)) if error.is_data() => {
                Err(GraphError::malformed(&format!("The body is not accepted: {error}.")))
            }
            Err(JsonError::Body(error)) => Err(GraphError::unreadable(error.status(), error.message())),
            Err(JsonError::Malformed(error)) => {
                Err(GraphError::malformed(&format!("The body is not JSON: {error}.")))
            }
        }
    }

    /// Returns whether there is a member of this name, of any type.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Returns whether a member is `null`.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(Value::is_null)
    }

    /// Returns the members without those of these names that are `null`. Other members fail if they are `null`
    /// (python-o365 issue 769).
    ///
    /// ASSUMED: `null` is ignored in a member that may be `null` in the published schema, unless the service was seen
    /// to reject it (no option: no other reading is known).
    pub(crate) fn without_null(&self, keys: &[&str]) -> Members {
        let mut members = self.clone();
        members.0.retain(|key, value| !(value.is_null() && keys.contains(&key.as_str())));
        members
    }

    /// Returns a string.
    pub(crate) fn text(&self, key: &str) -> Result<Option<&str>, GraphError> {
        let wrong = || GraphError::malformed(&format!("The member {key} must be a string."));
        self.0.get(key).map(|value| value.as_str().ok_or_else(wrong)).transpose()
    }

    /// Returns a string, which must not be empty.
    pub(crate) fn non_empty_text(&self, key: &str) -> Result<Option<&str>, GraphError> {
        match self.text(key)? {
            Some("") => Err(GraphError::malformed(&format!("The member {key} must not be empty."))),
            text => Ok(text),
        }
    }

    /// Returns a boolean; `false` if it is missing.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, GraphError> {
        let wrong = || GraphError::malformed(&format!("The member {key} must be true or false."));
        self.0.get(key).map_or(Ok(false), |value| value.as_bool().ok_or_else(wrong))
    }

    /// Returns a count.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, GraphError> {
        let wrong = || GraphError::malformed(&format!("The member {key} must be a number, from 0."));
        self.0.get(key).map(|value| value.as_u64().ok_or_else(wrong)).transpose()
    }

    /// Returns an object.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Members>, GraphError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Members(members.clone()))),
            Some(_) => Err(GraphError::malformed(&format!("The member {key} must be an object."))),
        }
    }

    /// Returns the conflict behavior.
    pub(crate) fn conflict(&self) -> Result<Option<Conflict>, GraphError> {
        conflict_behavior::parse(self.conflicts())
    }

    /// Returns the conflict behavior of the members and of the query.
    pub(crate) fn conflict_or_in_query(&self, request: &ApiRequest) -> Result<Option<Conflict>, GraphError> {
        conflict_behavior::parse(conflict_behavior::in_query(request).chain(self.conflicts()))
    }

    /// Returns the texts that name a conflict behavior.
    fn conflicts(&self) -> impl Iterator<Item = Result<&str, GraphError>> {
        conflict_behavior::KEYS.iter().filter_map(|key| self.text(key).transpose())
    }
}
