//! Prints a broken property: the tree, the calls, the expected and the found result.

use std::fmt;

use super::setting::Scene;
use super::table::Property;
use super::tree::Tree;

/// A broken property, with the smallest scene that was found.
#[derive(Clone)]
#[non_exhaustive]
pub struct Failure {
    /// The property.
    pub property: &'static Property,
    /// The name of the profile.
    pub profile: &'static str,
    /// The items in the storage before the first call.
    pub start: Tree,
    /// The calls that were made, with the last one.
    pub calls: Vec<String>,
    /// The condition that does not hold.
    pub what: String,
    /// The expected result, mostly an outline.
    pub expected: String,
    /// The actual result.
    pub found: String,
    /// The scene that the property was checked on.
    pub(super) scene: Scene,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Property { name, says, source, .. } = self.property;
        writeln!(f, "{name} is broken: {says}\n  (source: {source})")?;
        writeln!(f, "a {} drive that holds", self.profile)?;
        indented(f, &format!("{:?}", self.start))?;
        for call in &self.calls {
            writeln!(f, "{call}")?;
        }
        writeln!(f, "must be true: {}\nexpected", self.what)?;
        indented(f, &self.expected)?;
        writeln!(f, "found")?;
        indented(f, &self.found)
    }
}

fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if text.is_empty() {
        return writeln!(f, "    (nothing)");
    }
    text.lines().try_for_each(|line| writeln!(f, "    {line}"))
}

/// Prints the message.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
