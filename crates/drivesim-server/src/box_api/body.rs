//! The only place that reads the JSON of requests to Box: members that may be there, of the type they must have.

use serde_json::{Map, Value};

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// The members of a JSON object that was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Reads the body of a call; without one there are no members.
    pub(crate) fn read(call: &Call) -> Result<Members, Refusal> {
        if call.body.is_empty() {
            return Ok(Members::default());
        }
        if let Some(encoding) = call.foreign_encoding() {
            return Err(wrong(&format!("The body is {encoding:?}, it must be plain UTF-8")));
        }
        Members::of(&call.body)
    }

    /// Reads JSON.
    pub(crate) fn of(body: &[u8]) -> Result<Members, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Members(members)),
            Ok(_) => Err(wrong("The body must be a JSON object")),
            Err(error) => Err(wrong(&format!("The body is not JSON: {error}"))),
        }
    }

    fn member(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Returns a text; `null` is as if it were not there.
    pub(crate) fn text(&self, key: &str) -> Result<Option<&str>, Refusal> {
        let wrong = |value: &Value| Refusal::invalid(key, &value.to_string(), "a string");
        self.member(key).map(|value| value.as_str().ok_or_else(|| wrong(value))).transpose()
    }

    /// Returns a number of things; clients send it as a text as well.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, Refusal> {
        let wrong = |value: &Value| Refusal::invalid(key, &value.to_string(), "a number, from 0");
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        self.member(key).map(|value| number(value).ok_or_else(|| wrong(value))).transpose()
    }

    /// Returns an object.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Members>, Refusal> {
        match self.member(key) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Members(members.clone()))),
            Some(other) => Err(Refusal::invalid(key, &other.to_string(), "an object")),
        }
    }

    /// Returns a list.
    pub(crate) fn list(&self, key: &str) -> Result<Option<&Vec<Value>>, Refusal> {
        let wrong = |value: &Value| Refusal::invalid(key, &value.to_string(), "a list");
        self.member(key).map(|value| value.as_array().ok_or_else(|| wrong(value))).transpose()
    }

    /// Returns an id. Ids are strings; numbers are taken too (*assumed*).
    pub(crate) fn id(&self, key: &str) -> Result<Option<String>, Refusal> {
        self.id_called(key, key)
    }

    /// Returns the id of an object that must be there: `parent.id`.
    pub(crate) fn id_in(&self, key: &str) -> Result<String, Refusal> {
        let object = self.object(key)?.ok_or_else(|| Refusal::missing(key))?;
        let name = format!("{key}.id");
        object.id_called("id", &name)?.ok_or_else(|| Refusal::missing(&name))
    }

    fn id_called(&self, key: &str, name: &str) -> Result<Option<String>, Refusal> {
        match self.member(key) {
            None => Ok(None),
            Some(Value::String(id)) => Ok(Some(id.clone())),
            Some(Value::Number(id)) => Ok(Some(id.to_string())),
            Some(other) => Err(Refusal::invalid(name, &other.to_string(), "a string")),
        }
    }
}

fn wrong(message: &str) -> Refusal {
    Refusal::bad("invalid_parameter", "entity-body", message)
}
