//! Adapts subjects of the contract, so that their copies can be checked against the properties.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use drivesim::{CopyOptions, Profile};

use super::copier::{Copier, CopyRequest, Outcome, Unsupported};
use super::tree::Tree;
use crate::contract::{Code, Ended, Subject, unsupported_feature};

/// A [`Subject`] of the contract as a [`Copier`].
///
/// ```
/// use drivesim::Profile;
/// use drivesim_testkit::contract::EngineSubject;
/// use drivesim_testkit::copy_properties::{Check, SubjectCopier};
///
/// let make = || SubjectCopier::<EngineSubject>::new(Profile::PERSONAL);
/// let report = Check::new(Profile::PERSONAL).cases(2).run(make);
/// assert!(report.kept.contains(&"a_copy_is_independent"));
/// ```
#[derive(Debug)]
pub struct SubjectCopier<S> {
    profile: Profile,
    subject: S,
}

impl<S: Subject> SubjectCopier<S> {
    /// Creates a subject with an empty drive of this profile.
    pub fn new(profile: Profile) -> SubjectCopier<S> {
        SubjectCopier { subject: S::new(&profile, ""), profile }
    }

    fn call<T>(&mut self, call: impl FnOnce(&mut S) -> Result<T, Code>) -> Outcome<T> {
        match catch_unwind(AssertUnwindSafe(|| call(&mut self.subject))) {
            Ok(outcome) => Ok(outcome?),
            Err(payload) => Err(unsupported(payload).into()),
        }
    }
}

/// Returns the missing feature, if the subject panicked because of it; resumes any other panic.
fn unsupported(payload: Box<dyn Any + Send>) -> Unsupported {
    match unsupported_feature(&*payload) {
        Some(what) => Unsupported(what),
        None => resume_unwind(payload),
    }
}

impl<S: Subject> Copier for SubjectCopier<S> {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        self.subject = S::new(&self.profile, &tree.to_string());
        Ok(())
    }

    fn copy(&mut self, request: &CopyRequest) -> Outcome<Option<String>> {
        let mut options = CopyOptions::default().on_conflict(request.conflict);
        options.name = request.name.clone();
        let ended = self.call(|subject| Ok(subject.copy(&request.source, &request.target, options)))?;
        match ended {
            Ended::Completed(path) => Ok(path.rsplit('/').next().map(str::to_owned)),
            Ended::Refused(code) | Ended::Failed(code) => Err(code.into()),
        }
    }

    fn tree(&mut self) -> Outcome<Tree> {
        let outline = self.call(|subject| Ok(subject.outline()))?;
        Ok(outline.parse()?)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Outcome {
        let text = std::str::from_utf8(bytes)?;
        self.call(|subject| subject.write(path, text))
    }

    fn size(&mut self, path: &str) -> Outcome<u64> {
        self.call(|subject| subject.item(path)).map(|seen| seen.size)
    }
}
