//! Reads the subset of JSON Schema that the descriptions of the services use.

use serde_json::{Value, json};

/// The schema of a value.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The type: string, integer, number, boolean, array, object. Empty if any type is valid.
    pub kind: String,
    pub is_nullable: bool,
    pub enum_values: Vec<String>,
    pub format: String,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    /// The type of the items of an array.
    pub item_kind: String,
    pub item_enum_values: Vec<String>,
}

impl Schema {
    /// Reads a resolved schema.
    pub fn read(schema: &Value) -> Schema {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
        let length = |key: &str| schema[key].as_u64().map(|length| length as usize);
        Schema {
            kind: text(&schema["type"]),
            is_nullable: schema["nullable"] == true,
            enum_values: texts(&schema["enum"]),
            format: text(&schema["format"]),
            minimum: schema["minimum"].as_i64(),
            maximum: schema["maximum"].as_i64(),
            min_length: length("minLength"),
            max_length: length("maxLength"),
            item_kind: text(&schema["items"]["type"]),
            item_enum_values: texts(&schema["items"]["enum"]),
        }
    }
}

/// Returns a schema with resolved references, as one object with one type.
pub fn resolve(all: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return resolve(all, &all["components"]["schemas"][name]);
    }
    let is_null = |part: &&Value| part["type"] == "null";
    if let Some(parts) = schema["anyOf"].as_array() {
        let mut chosen = resolve(all, parts.iter().find(|part| !is_null(part)).unwrap());
        if parts.iter().any(|part| is_null(&part)) {
            chosen["nullable"] = json!(true);
        }
        return chosen;
    }
    let mut schema = schema.clone();
    if let Some(kinds) = schema["type"].as_array().cloned() {
        schema["nullable"] = json!(kinds.contains(&json!("null")));
        schema["type"] = kinds.into_iter().find(|kind| kind != "null").unwrap();
    }
    for part in schema["allOf"].as_array().cloned().unwrap_or_default() {
        let part = resolve(all, &part);
        for (key, property) in part["properties"].as_object().into_iter().flatten() {
            schema["properties"][key] = property.clone();
        }
    }
    schema
}
