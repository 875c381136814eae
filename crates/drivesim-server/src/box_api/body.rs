//! Parses the JSON of requests to Box into members of known types.

use drivesim::item::Timestamp;
use serde_json::{Map, Value};

use crate::box_api::error::BoxError;
use crate::box_api::{ignored, member_lists, time};
use crate::http::json_body::{self, JsonError};
use crate::http::request::ApiRequest;
use crate::json::excerpt::{self, Excerpt, Quoted};

/// The members that an object may have. Others are ignored, and recorded as such.
///
/// If the object describes a file or folder, other members of files and folders are not ignored but fail: a client that
/// sends one intends to set it.
///
/// ASSUMED: A member of files and folders that a request to Box cannot set fails, such as a `classification` in a
/// change or `tags` in a copy (no option: rare).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The members that have an effect.
    pub(crate) members: &'static [&'static str],
    /// The members that Box has and drivesim lacks.
    pub(crate) unsupported: &'static [&'static str],
    /// Whether `null` counts as absent.
    ///
    /// ASSUMED: `null` fails for members that are not nullable in the description of Box, except in the attributes of
    /// an upload (no option: rare).
    pub(crate) allows_null: bool,
    /// The members that `null` removes.
    pub(crate) nullable: &'static [&'static str],
    /// The required members: `null` fails like a missing member.
    pub(crate) required: &'static [&'static str],
    /// The members that the service sets itself: they fail in a request.
    pub(crate) read_only: &'static [&'static str],
    /// Whether it describes a file or folder, whose other members fail.
    pub(crate) describes_item: bool,
}

impl Shape {
    pub(crate) const fn of(members: &'static [&'static str]) -> Shape {
        Shape {
            members,
            unsupported: &[],
            allows_null: false,
            nullable: &[],
            required: &[],
            read_only: &[],
            describes_item: false,
        }
    }

    pub(crate) const fn with_required(self, required: &'static [&'static str]) -> Shape {
        Shape { required, ..self }
    }

    pub(crate) const fn with_unsupported(self, unsupported: &'static [&'static str]) -> Shape {
        Shape { unsupported, ..self }
    }

    pub(crate) const fn with_nullable(self, nullable: &'static [&'static str]) -> Shape {
        Shape { nullable, ..self }
    }

    pub(crate) const fn with_read_only(self, read_only: &'static [&'static str]) -> Shape {
        Shape { read_only, ..self }
    }

    pub(crate) const fn describing_item(self) -> Shape {
        Shape { describes_item: true, ..self }
    }

    /// Returns whether a member is known but cannot be set by the request. `type` and `id`, which identify the item,
    /// are ignored instead.
    fn rejects(&self, name: &str) -> bool {
        let is_read_only = self.read_only.contains(&name);
        is_read_only
            || self.describes_item && !["type", "id"].contains(&name) && member_lists::is_item_member(name)
    }

    pub(crate) const fn allowing_null(self) -> Shape {
        Shape { allows_null: true, ..self }
    }
}

/// The content types that are accepted for JSON.
const CONTENT_TYPES: [&str; 2] = ["application/json", "application/x-www-form-urlencoded"];

/// The target folder of an operation.
pub(crate) const PARENT: Shape = Shape::of(&["id", "type"]).with_required(&["id"]);

/// The members of a JSON object in a request.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a> {
    request: &'a ApiRequest,
    /// The prefix of the members' names: `parent.`
    prefix: String,
    members: Map<String, Value>,
}

impl<'a> Members<'a> {
    /// Parses the body of a request; an empty body has no members. The content type may be JSON, missing, as from the
    /// SDK of Box for Python (version 3), or that of a form, as the reference of Box sends JSON with curl.
    ///
    /// ASSUMED: JSON with another content type fails with 415 at Box: its description only has this one (no option: no
    /// other reading is known).
    pub(crate) fn read(request: &'a ApiRequest, shape: &Shape) -> Result<Members<'a>, BoxError> {
        if request.body.is_empty() {
            return Ok(Members::empty(request));
        }
        if !request.has_content_type_of(&CONTENT_TYPES) {
            return Err(BoxError::unsupported_media_type());
        }
        if let Some(encoding) = request.unsupported_encoding() {
            return Err(BoxError::not_implemented(&format!(
                "bodies that are {} and not plain UTF-8",
                Quoted(encoding)
            )));
        }
        Members::of(request, &request.body, shape)
    }

    /// Parses JSON.
    ///
    /// ASSUMED: An object with a duplicate member fails at Box (no option: rare).
    pub(crate) fn of(request: &'a ApiRequest, json: &[u8], shape: &Shape) -> Result<Members<'a>, BoxError> {
        match json_body::parse(request, json) {
            Ok(Value::Object(members)) => Members::checked(request, String::new(), members, shape),
            Ok(_) => Err(wrong("The body must be a JSON object")),
            // For example a duplicate member.
            Err(JsonError::Malformed(error)) if error.is_data() => {
                Err(wrong(&format!("The body is not accepted: {error}")))
            }
            Err(JsonError::Body(error)) => Err(BoxError::unreadable(error.status(), error.message())),
            Err(JsonError::Malformed(error)) => Err(wrong(&format!("The body is not JSON: {error}"))),
        }
    }

    /// No members at all.
    pub(crate) fn empty(request: &'a ApiRequest) -> Members<'a> {
        Members { request, prefix: String::new(), members: Map::new() }
    }

    fn checked(
        request: &'a ApiRequest,
        prefix: String,
        mut members: Map<String, Value>,
        shape: &Shape,
    ) -> Result<Members<'a>, BoxError> {
        for (key, value) in &members {
            let name = || format!("{prefix}{key}");
            if shape.unsupported.contains(&key.as_str()) {
                if !has_no_effect(key, value) {
                    return Err(BoxError::not_implemented(&format!("the member '{}'", name())));
                }
            } else if !shape.members.contains(&key.as_str()) {
                if shape.rejects(key) {
                    let message = format!("'{}' cannot be set by this request", Excerpt(&name()));
                    return Err(BoxError::invalid_parameter(&name(), message));
                }
                ignored::note_ignored(request, name())?;
            } else if value.is_null() && !shape.allows_null && !shape.nullable.contains(&key.as_str()) {
                let is_required = shape.required.contains(&key.as_str());
                let invalid = || BoxError::invalid(&name(), "null", "a value of its type, or omitted");
                return Err(if is_required { BoxError::missing(&name()) } else { invalid() });
            }
        }
        members.retain(|key, value| !value.is_null() || shape.nullable.contains(&key.as_str()));
        Ok(Members { request, prefix, members })
    }

    fn name(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Returns the error for a member of another type.
    fn wrong_type(&self, key: &str, value: &Value, expected: &str) -> BoxError {
        BoxError::invalid(&self.name(key), &excerpt::json(value), expected)
    }

    /// Returns a string.
    pub(crate) fn text(&self, key: &str) -> Result<Option<&str>, BoxError> {
        match self.members.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_type(key, other, "a string")),
        }
    }

    /// Returns a time.
    pub(crate) fn time(&self, key: &str) -> Result<Option<Timestamp>, BoxError> {
        let time = |value: &Value| match value {
            Value::String(text) => time::parse(&self.name(key), text),
            other => Err(BoxError::bad_time(&self.name(key), &excerpt::json(other))),
        };
        self.members.get(key).map(time).transpose()
    }

    /// Returns a count.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, BoxError> {
        let wrong = |value: &Value| self.wrong_type(key, value, "a number, from 0");
        self.members.get(key).map(|value| value.as_u64().ok_or_else(|| wrong(value))).transpose()
    }

    /// Returns a count that may be sent as a string, as box-ui-elements sends the size of a preflight check (issue 200
    /// there).
    pub(crate) fn count_or_text(&self, key: &str) -> Result<Option<u64>, BoxError> {
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self
            .members
            .get(key)
            .and_then(Value::as_str)
            .filter(is_number)
            .and_then(|text| text.parse().ok())
        {
            Some(number) => Ok(Some(number)),
            None => self.count(key),
        }
    }

    /// Returns a boolean.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, BoxError> {
        match self.members.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(self.wrong_type(key, other, "true or false")),
        }
    }

    /// Returns a string that must be one of several values.
    pub(crate) fn word(
        &self,
        key: &str,
        words: &'static [&'static str],
    ) -> Result<Option<&'static str>, BoxError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let word = words.iter().copied().find(|word| *word == text);
        let wrong = || BoxError::invalid(&self.name(key), text, &format!("one of {}", words.join(", ")));
        word.map(Some).ok_or_else(wrong)
    }

    /// Returns a list of strings.
    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, BoxError> {
        let Some(value) = self.members.get(key) else { return Ok(None) };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let texts = value.as_array().and_then(|list| list.iter().map(text).collect::<Option<Vec<_>>>());
        texts.map(Some).ok_or_else(|| self.wrong_type(key, value, "a list of strings"))
    }

    /// Returns whether a nullable member is `null`.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        self.members.get(key).is_some_and(Value::is_null)
    }

    /// Returns an object; `None` for `null`.
    pub(crate) fn object(&self, key: &str, shape: &Shape) -> Result<Option<Members<'a>>, BoxError> {
        match self.members.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(members)) => {
                Members::checked(self.request, format!("{}{key}.", self.prefix), members.clone(), shape)
                    .map(Some)
            }
            Some(other) => Err(self.wrong_type(key, other, "an object")),
        }
    }

    /// Returns a list of objects.
    pub(crate) fn objects(&self, key: &str, shape: &Shape) -> Result<Option<Vec<Members<'a>>>, BoxError> {
        let list = match self.members.get(key) {
            None => return Ok(None),
            Some(Value::Array(list)) => list,
            Some(other) => return Err(self.wrong_type(key, other, "a list of objects")),
        };
        let object = |value: &Value| match value {
            Value::Object(members) => {
                Members::checked(self.request, format!("{}{key}.", self.prefix), members.clone(), shape)
            }
            other => Err(self.wrong_type(key, other, "a list of objects")),
        };
        list.iter().map(object).collect::<Result<_, _>>().map(Some)
    }

    /// Returns an id. Box describes ids as strings.
    ///
    /// ASSUMED: A number in place of an id fails at Box (no option: rare).
    pub(crate) fn id(&self, key: &str) -> Result<Option<String>, BoxError> {
        Ok(self.text(key)?.map(str::to_owned))
    }

    /// Returns the required id of a folder: `parent.id`.
    ///
    /// ASSUMED: A parent whose `type` is not that of a folder fails at Box (no option: rare).
    pub(crate) fn folder_id(&self, key: &str, shape: &Shape) -> Result<String, BoxError> {
        let object = self.object(key, shape)?.ok_or_else(|| BoxError::missing(&self.name(key)))?;
        match object.text("type")? {
            None | Some("folder") => {}
            Some(other) => return Err(BoxError::invalid(&object.name("type"), other, "'folder'")),
        }
        object.id("id")?.ok_or_else(|| BoxError::missing(&object.name("id")))
    }

    /// Returns whether a member is present.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.members.contains_key(key)
    }
}

/// Returns whether a member that drivesim lacks would change nothing: `null` or an empty list removes what no item has
/// (reference of files and folders).
fn has_no_effect(key: &str, value: &Value) -> bool {
    match key {
        "collections" => value.is_null() || value.as_array().is_some_and(Vec::is_empty),
        _ => false,
    }
}

fn wrong(message: &str) -> BoxError {
    BoxError::invalid_parameter("entity-body", message)
}
