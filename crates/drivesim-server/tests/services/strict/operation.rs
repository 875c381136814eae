//! Reads the operations of a service from its OpenAPI description.

use serde_json::Value;

use crate::strict::schema::{Schema, resolve};

/// The part of a request that contains a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterLocation {
    Path,
    Query,
    Header,
    /// A member of the JSON body.
    Body,
    /// A member of a form.
    Form,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name. For a member of the body, its path with slashes.
    pub name: String,
    pub location: ParameterLocation,
    pub is_required: bool,
    pub schema: Schema,
}

/// An operation of a service.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: String,
    /// The path with the names of parameters in braces.
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// The media type of the body.
    pub media: Option<String>,
}

impl Operation {
    /// Returns the last word of the id, which names the action.
    pub fn verb(&self) -> &str {
        self.id.rsplit('.').next().unwrap_or_default()
    }

    /// Returns whether nested members are tested. Items have eight forms of addresses. Nested members are tested with
    /// one of them, because all operations of a verb parse their bodies in the same way.
    pub fn tests_nested_members(&self) -> bool {
        !self.id.contains('.') || self.id.starts_with("drives.items.")
    }
}

const METHODS: [&str; 6] = ["get", "put", "post", "patch", "delete", "options"];

/// Reads the operations of a description in the folder `DRIVESIM_FACTS`. Returns `None` if the variable is not set.
pub fn operations(file: &str) -> Option<Vec<Operation>> {
    let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
        eprintln!("DRIVESIM_FACTS is not set: SKIPPED, no request is made from {file}");
        return None;
    };
    let file = std::path::Path::new(&folder).join(file);
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let all: Value = serde_json::from_slice(&text).unwrap();
    let paths = all["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let methods = METHODS.into_iter().filter(|method| item[*method].is_object());
        methods.map(|method| operation(&all, path, item, method)).collect::<Vec<_>>()
    };
    Some(paths.iter().flat_map(of_path).collect())
}

fn operation(all: &Value, path: &str, item: &Value, method: &str) -> Operation {
    let described = &item[method];
    let list = |value: &Value| value["parameters"].as_array().cloned().unwrap_or_default();
    let parameters = list(described).into_iter().chain(list(item));
    let mut parameters: Vec<Parameter> = parameters.map(|parameter| parameter_of(all, &parameter)).collect();
    let content = described["requestBody"]["content"].as_object();
    let content = content.and_then(|content| content.iter().next());
    if let Some((media, body)) = content {
        parameters.extend(members(all, media, &body["schema"]));
    }
    Operation {
        id: described["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        parameters,
        media: content.map(|(media, _)| media.clone()),
    }
}

fn parameter_of(all: &Value, parameter: &Value) -> Parameter {
    let name = parameter["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let parameter = name.map_or(parameter, |name| &all["components"]["parameters"][name]);
    let place = match parameter["in"].as_str().unwrap() {
        "path" => ParameterLocation::Path,
        "query" => ParameterLocation::Query,
        "header" => ParameterLocation::Header,
        other => panic!("a parameter in {other}"),
    };
    Parameter {
        name: parameter["name"].as_str().unwrap().to_owned(),
        location: place,
        is_required: parameter["required"] == true,
        schema: Schema::read(&resolve(all, &parameter["schema"])),
    }
}

/// The maximum depth of nested members.
const DEPTH: usize = 4;

/// Returns the members of a body, including nested ones.
fn members(all: &Value, media: &str, schema: &Value) -> Vec<Parameter> {
    let mut found = Vec::new();
    let is_form = media == "application/x-www-form-urlencoded";
    let place = if is_form { ParameterLocation::Form } else { ParameterLocation::Body };
    // The attributes of a multipart body are its members; the file is not.
    let top = resolve(all, schema);
    let top =
        if media == "multipart/form-data" { resolve(all, &top["properties"]["attributes"]) } else { top };
    let mut open = vec![(String::new(), top)];
    while let Some((prefix, schema)) = open.pop() {
        let Some(properties) = schema["properties"].as_object() else { continue };
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (key, property) in properties {
            let name = format!("{prefix}{key}");
            let property = resolve(all, property);
            // The children of an item have the same members as the item.
            if name.matches('/').count() + 1 < DEPTH && key != "children" {
                let (below, mark) = match property["type"].as_str() {
                    Some("array") => (resolve(all, &property["items"]), "/0/"),
                    _ => (property.clone(), "/"),
                };
                open.push((format!("{name}{mark}"), below));
            }
            let is_required = required.contains(&Value::from(key.as_str()));
            found.push(Parameter { name, location: place, is_required, schema: Schema::read(&property) });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}
