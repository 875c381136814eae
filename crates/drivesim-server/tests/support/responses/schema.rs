//! Checks responses against the published schemas, which are read from the folder that `DRIVESIM_FACTS` names.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The published schemas and the validators made from them.
struct Schemas {
    all: Value,
    validators: Mutex<HashMap<&'static str, &'static Validator>>,
}

fn schemas() -> Option<&'static Schemas> {
    static SCHEMAS: OnceLock<Option<Schemas>> = OnceLock::new();
    let read = || {
        let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
            // Not a macro: the output of `eprintln!` is captured while a test passes.
            let text =
                b"skipped: DRIVESIM_FACTS is not set, so responses are not checked against the published schemas\n";
            std::io::Write::write_all(&mut std::io::stderr(), text).unwrap();
            return None;
        };
        let file = std::path::Path::new(&folder).join("graph/graph-drive-strict.schema.json");
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut all: Value = serde_json::from_slice(&text).unwrap();
        // The owner of a drive may be a group. Only a type derived from `identitySet` lists it, so it is added here.
        let sets = &mut all["components"]["schemas"]["microsoft.graph.identitySet"]["properties"];
        sets["group"] = sets["user"].clone();
        Some(Schemas { all, validators: Mutex::default() })
    };
    SCHEMAS.get_or_init(read).as_ref()
}

impl Schemas {
    fn validator(&self, name: &'static str) -> &'static Validator {
        let make = || {
            let root = json!({ "$ref": format!("#/components/schemas/{name}"), "components": self.all["components"] });
            let validator = jsonschema::options().should_validate_formats(true).build(&root).unwrap();
            &*Box::leak(Box::new(validator))
        };
        self.validators.lock().unwrap().entry(name).or_insert_with(make)
    }
}

/// Returns where a value does not match a schema; nothing if there are no schemas.
pub(crate) fn violations(name: &'static str, value: &Value) -> Vec<String> {
    let Some(schemas) = schemas() else { return Vec::new() };
    let fault = |fault: jsonschema::ValidationError<'_>| {
        format!("not a {name}: {} at {}", fault, fault.instance_path())
    };
    schemas.validator(name).iter_errors(value).map(fault).collect()
}
