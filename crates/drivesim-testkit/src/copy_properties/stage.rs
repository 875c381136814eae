//! Runs one case of a property: calls the copier, records the calls, and compares the results.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use drivesim::Profile;

use super::copier::{Copier, CopyRequest, Outcome, Unsupported};
use super::tree::Tree;

/// Why a case ends early.
#[derive(Debug)]
pub(super) enum CaseEnd {
    /// The copier breaks the property.
    Broken(Fault),
    /// The copier does not support what the property needs.
    Unsupported(&'static str),
}

/// How a property is broken.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub what: String,
    pub expected: String,
    pub found: String,
}

/// The result of a step of a case.
pub(super) type CaseResult<T = ()> = Result<T, CaseEnd>;

/// Stops a case: the property is broken.
pub(super) fn broken<T>(
    what: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> CaseResult<T> {
    Err(CaseEnd::Broken(Fault { what: what.into(), expected: expected.into(), found: found.into() }))
}

/// A copier during one case.
pub(super) struct CaseRun<'a> {
    copier: &'a mut dyn Copier,
    pub profile: &'a Profile,
    /// The current items of the storage, as the copier lists them.
    pub now: Tree,
    /// The calls so far.
    pub calls: Vec<String>,
}

impl<'a> CaseRun<'a> {
    pub fn new(copier: &'a mut dyn Copier, profile: &'a Profile) -> CaseRun<'a> {
        CaseRun { copier, profile, now: Tree::default(), calls: Vec::new() }
    }

    /// Populates the storage with a tree.
    pub fn populate(&mut self, tree: &Tree) -> CaseResult {
        if let Err(message) = guarded(|| self.copier.populate(tree))? {
            return broken("the copier creates the items above", "they are created", message);
        }
        self.refresh()?;
        same("the copier lists the items that it was populated with", tree, &self.now)
    }

    /// Requests a copy that must succeed. Returns the name that the copier reports.
    pub fn copies(&mut self, request: &CopyRequest) -> CaseResult<Option<String>> {
        match self.request(request)? {
            Ok(name) => Ok(name),
            Err(message) => broken("the copy is made", "no error", message),
        }
    }

    /// Requests a copy that must fail and change nothing.
    pub fn refuses(&mut self, request: &CopyRequest) -> CaseResult {
        let before = self.now.clone();
        let outcome = self.request(request)?;
        same("a copy that must be refused changes nothing", &before, &self.now)?;
        match outcome {
            Err(_) => Ok(()),
            Ok(_) => broken("the copy is refused", "an error", "the copier reports success"),
        }
    }

    /// Replaces the bytes of a file.
    pub fn writes(&mut self, path: &str, bytes: &[u8]) -> CaseResult {
        self.calls.push(format!("write {} bytes to {path}", bytes.len()));
        match guarded(|| self.copier.write(path, bytes))? {
            Ok(()) => self.refresh(),
            Err(message) => broken("the file is written", "no error", message),
        }
    }

    /// Asserts that the storage reports this size of an item.
    pub fn has_size(&mut self, path: &str, expected: u64) -> CaseResult {
        match guarded(|| self.copier.size(path))? {
            Ok(size) if size == expected => Ok(()),
            Ok(size) => broken(format!("the size of {path}"), format!("{expected} B"), format!("{size} B")),
            Err(message) => broken(format!("the size of {path} is reported"), "no error", message),
        }
    }

    fn request(&mut self, request: &CopyRequest) -> CaseResult<Result<Option<String>, String>> {
        self.calls.push(request.to_string());
        let outcome = guarded(|| self.copier.copy(request))?;
        self.refresh()?;
        Ok(outcome)
    }

    fn refresh(&mut self) -> CaseResult {
        match guarded(|| self.copier.tree())? {
            Ok(tree) => {
                self.now = tree;
                Ok(())
            }
            Err(message) => broken("the copier lists its items", "no error", message),
        }
    }
}

/// Asserts that two trees are the same.
pub(super) fn same(what: &str, expected: &Tree, found: &Tree) -> CaseResult {
    if expected == found {
        return Ok(());
    }
    let (mut expected_text, mut found_text) = (format!("{expected:?}"), format!("{found:?}"));
    if expected_text == found_text {
        // The trees differ in long files, of which the outlines show only the size.
        let differs = expected.iter().zip(found.iter()).find(|(one, other)| one != other);
        let path = differs.map_or("", |((path, _), _)| path);
        expected_text += &format!("(the original bytes of {path})\n");
        found_text += &format!("(other bytes of {path})\n");
    }
    broken(what, expected_text, found_text)
}

/// Creates a copier. A panic breaks any property, because such a copier cannot be checked.
pub(super) fn create_copier<C>(make: impl FnOnce() -> C) -> CaseResult<C> {
    catch_unwind(AssertUnwindSafe(make)).or_else(|payload| {
        broken("the copier is created", "a copier", format!("a panic: {}", message_of(&*payload)))
    })
}

/// Calls the copier. A panic breaks the property: it does not count as an error.
fn guarded<T>(call: impl FnOnce() -> Outcome<T>) -> CaseResult<Result<T, String>> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(Ok(value)),
        Ok(Err(error)) => match error.downcast_ref::<Unsupported>() {
            Some(&Unsupported(what)) => Err(CaseEnd::Unsupported(what)),
            None => Ok(Err(error.to_string())),
        },
        Err(payload) => {
            broken("the copier returns", "a result", format!("a panic: {}", message_of(&*payload)))
        }
    }
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("(without a message)")
}
