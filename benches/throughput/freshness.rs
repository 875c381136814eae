//! Checks that responses show the current state: a write between two reads must be visible.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::program::Program;

/// A file that can be renamed, and is part of a response.
#[derive(Clone)]
pub struct RenamedFile {
    /// The method of the request that renames it.
    pub method: &'static str,
    pub path: String,
    pub name: String,
}

/// Renames a file and back, and checks the response before and after each change.
pub fn check(program: &Program, path: &str, file: &RenamedFile) -> Result<()> {
    const OTHER: &str = "renamed.txt";
    let shows = |name: &str| -> Result<bool> {
        let body = String::from_utf8(program.get_bytes(path)?)?;
        Ok(body.contains(&format!("\"name\":\"{name}\"")))
    };
    for (name, other) in [(&*file.name, OTHER), (OTHER, &file.name)] {
        ensure!(shows(name)? && !shows(other)?, "{path} does not show {name}");
        program.send(file.method, &file.path, &json!({ "name": other }))?;
        ensure!(shows(other)? && !shows(name)?, "{path} does not show that {name} is {other} now");
    }
    Ok(())
}
