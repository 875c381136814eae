//! Defines the trait that users implement for their code, and the request that it receives.

use std::error::Error;
use std::fmt;

use drivesim::Conflict;

use super::tree::Tree;

/// The result of a call of a [`Copier`]. `?` converts any error.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Code that copies files and folders on its own storage.
///
/// Each case of each property has a new copier with an empty storage. See [the module](super) for an example.
pub trait Copier {
    /// Creates all items of a tree in the empty storage.
    ///
    /// # Errors
    /// Fails if an item cannot be created. The property is then reported as broken: exclude names that the storage does
    /// not allow with [`Check::names`](super::Check::names).
    fn populate(&mut self, tree: &Tree) -> Outcome;

    /// Copies an item into a folder and waits until the copy is complete. Returns the name of the new item, or `None`
    /// if the code does not report it.
    ///
    /// # Errors
    /// Fails if the copy fails, at once or later, for any reason. Fails with [`Unsupported`] if the code cannot make
    /// such a request: the property is then skipped.
    fn copy(&mut self, request: &CopyRequest) -> Outcome<Option<String>>;

    /// Lists all items in the storage, with the bytes of all files.
    ///
    /// # Errors
    /// Fails if something cannot be listed or read.
    fn tree(&mut self) -> Outcome<Tree>;

    /// Replaces the bytes of a file. Optional: without it, properties that write after a copy are skipped.
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
    /// Fails if the item does not exist.
    fn size(&mut self, _path: &str) -> Outcome<u64> {
        Err(Unsupported("size").into())
    }
}

/// A copy that a [`Copier`] has to make.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyRequest {
    /// The path of the item to copy, such as `/Docs/a.txt`.
    pub source: String,
    /// The path of the folder to copy it into; `/` is the root.
    pub target: String,
    /// The name of the copy; `None` for that of the source.
    pub name: Option<String>,
    /// What to do if the name is taken.
    pub conflict: Conflict,
}

impl CopyRequest {
    /// Requests a copy of `source` into `target`, which fails if the name is taken.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::CopyRequest;
    ///
    /// assert_eq!(CopyRequest::new("/a", "/to").to_string(), "copy /a into /to, conflict: fail");
    /// ```
    pub fn new(source: impl Into<String>, target: impl Into<String>) -> CopyRequest {
        CopyRequest { source: source.into(), target: target.into(), name: None, conflict: Conflict::Fail }
    }

    /// Returns the name that the copy should have: the given one, or else that of the source.
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

/// The error of a [`Copier`] that does not support a request, with the name of the missing feature.
///
/// ```
/// use drivesim_testkit::copy_properties::{CopyRequest, Outcome, Unsupported};
///
/// fn copy(request: &CopyRequest) -> Outcome<Option<String>> {
///     if request.conflict != drivesim::Conflict::Fail {
///         return Err(Unsupported("conflict behaviors").into());
///     }
///     Ok(None)
/// }
/// assert!(copy(&CopyRequest::new("/a", "/")).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported(pub &'static str);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the copier does not support `{}`", self.0)
    }
}

impl Error for Unsupported {}
