//! The only place that sees to it that answers are made of what there is: a write between two reads must show.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::program::Program;

/// A file that can be given another name, and is shown in an answer.
#[derive(Clone)]
pub struct File {
    /// How and where its name is changed.
    pub method: &'static str,
    pub path: String,
    pub name: String,
}

/// Changes the name of a file and back, and looks at an answer before, between and after.
pub fn check(program: &Program, path: &str, file: &File) -> Result<()> {
    const OTHER: &str = "renamed.txt";
    let shows = |name: &str| -> Result<bool> {
        let told = String::from_utf8(program.get_bytes(path)?)?;
        Ok(told.contains(&format!("\"name\":\"{name}\"")))
    };
    for (name, other) in [(&*file.name, OTHER), (OTHER, &file.name)] {
        ensure!(shows(name)? && !shows(other)?, "{path} does not show {name}");
        program.send(file.method, &file.path, &json!({ "name": other }))?;
        ensure!(shows(other)? && !shows(name)?, "{path} does not show that {name} is {other} now");
    }
    Ok(())
}
