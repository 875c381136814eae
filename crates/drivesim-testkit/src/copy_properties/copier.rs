//! Defines what a user implements: the trait of code that copies, and the request that it gets.

use std::error::Error;
use std::fmt;

use drivesim::Conflict;

use super::tree::Tree;

/// What a call of a [`Copier`] returns. `?` converts any error.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Code that copies files and folders on storage of its own.
///
/// Each case of each property has a new copier, whose storage is empty. See [the module](super) for an example.
pub trait Copier {
    /// Creates all items of a tree in the empty storage.
    ///
    /// # Errors
    /// Fails if an item cannot be created. A property is reported as broken then: leave names that the storage cannot
    /// have out with [`Check::names`](super::Check::names).
    fn populate(&mut self, tree: &Tree) -> Outcome;

    /// Copies an item into a folder and waits until the copy is complete. Returns the name of the new item, or `None`
    /// if the code does not report it.
    ///
    /// # Errors
    /// Fails if the copy is refused, at once or later, whatever the reason. [`Unsupported`] if the code has no way to
    /// ask for this: the property is skipped.
    fn copy(&mut self, request: &CopyRequest) -> Outcome<Option<String>>;

    /// Lists all that is in the storage, with the bytes of all files.
    ///
    /// # Errors
    /// Fails if something cannot be listed or read.
    fn tree(&mut self) -> Outcome<Tree>;

    /// Replaces the bytes of a file. Optional: without it, properties that change something after a copy are skipped.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn write(&mut self, _path: &str, _bytes: &[u8]) -> Outcome {
        Err(Unsupported("write").into())
    }

    /// Returns the size of a file or folder as the storage reports it, in bytes. Optional: without it, properties of
    /// reported sizes are skipped.
    ///
    /// # Errors
    /// Fails if the item is not there.
    fn size(&mut self, _path: &str) -> Outcome<u64> {
        Err(Unsupported("size").into())
    }
}

/// A copy that a [`Copier`] is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyRequest {
    /// The path of the item to copy, such as `/Docs/a.txt`.
    pub source: String,
    /// The path of the folder to copy it into; `/` is the root.
    pub target: String,
    /// The name of the copy; without it that of the source.
    pub name: Option<String>,
    /// What to do if the name is taken.
    pub conflict: Conflict,
}

impl CopyRequest {
    /// Requests a copy of `source` into `target`, refused if the name is taken.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::CopyRequest;
    ///
    /// assert_eq!(CopyRequest::new("/a", "/to").to_string(), "copy /a into /to, conflict: fail");
    /// ```
    pub fn new(source: impl Into<String>, target: impl Into<String>) -> CopyRequest {
        CopyRequest { source: source.into(), target: target.into(), name: None, conflict: Conflict::Fail }
    }

    /// Returns the name that the copy should get: the one that is given, else that of the source.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::CopyRequest;
    ///
    /// assert_eq!(CopyRequest::new("/Docs/a.txt", "/to").wanted_name(), "a.txt");
    /// ```
    pub fn wanted_name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.source.rsplit('/').next().unwrap_or_default())
    }
}

impl fmt::Display for CopyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "copy {} into {}", self.source, self.target)?;
        if let Some(name) = &self.name {
            write!(f, " as {name:?}")?;
        }
        write!(f, ", conflict: {}", self.conflict)
    }
}

/// The error of a [`Copier`] that has no way to do what it is asked, with a word for that.
///
/// ```
/// use drivesim_testkit::copy_properties::{CopyRequest, Outcome, Unsupported};
///
/// fn copy(request: &CopyRequest) -> Outcome<Option<String>> {
///     if request.conflict != drivesim::Conflict::Fail {
///         return Err(Unsupported("conflict behaviours").into());
///     }
///     Ok(None)
/// }
/// assert!(copy(&CopyRequest::new("/a", "/")).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported(pub &'static str);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the copier has no `{}`", self.0)
    }
}

impl Error for Unsupported {}
