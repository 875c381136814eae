//! Runs promises: sets up a subject on a profile, provides its assertions, reports failures.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use drivesim::{CopyOptions, Profile, Sim};

use super::subject::{Ended, Subject, UnsupportedFeature, unsupported};
use super::views::{Code, Facts, NamedCall};
use crate::expect::{expect_ok, fail};

thread_local! {
    /// The drive that the last failed promise ran on, for the report.
    static SCENE: RefCell<String> = const { RefCell::new(String::new()) };
    /// Whether the current promise has run on any profile.
    static IS_TRIED: Cell<bool> = const { Cell::new(false) };
}

/// The feature that is missing if a subject does not offer a profile.
const PROFILE: &str = "profile";

/// Runs a promise. Returns `false` if the subject does not support what the promise needs. A promise about several
/// profiles runs on those that the subject offers.
///
/// # Panics
/// Panics if the promise is broken, after printing it and the outlines of the drive.
pub fn run(name: &str, promise: fn()) -> bool {
    ask(name, promise).is_none()
}

/// Runs a promise. Returns the missing feature if the subject does not support the promise.
fn ask(name: &str, promise: fn()) -> Option<&'static str> {
    IS_TRIED.set(false);
    let ended = catch_unwind(promise);
    let name = name.replace('_', " ");
    let missing = match &ended {
        Ok(()) => Some(PROFILE),
        Err(payload) => payload.downcast_ref().map(|UnsupportedFeature(what)| *what),
    };
    if missing == Some(PROFILE) && IS_TRIED.get() {
        return None;
    }
    if let Some(what) = missing {
        println!("skipped, as the subject does not support `{what}`: {name}");
        return Some(what);
    }
    let Err(payload) = ended else { return None };
    eprintln!("broken promise: {name}\n{}", SCENE.take());
    resume_unwind(payload)
}

/// The promises that were run on a subject, and those that were skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The names of the promises that were run.
    pub asked: Vec<&'static str>,
    /// The names of the promises that were skipped.
    pub skipped: Vec<&'static str>,
    /// The names of the skipped promises, by the missing feature: a verb, a profile, or the argument of [`unsupported`].
    pub for_want_of: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Asked {
    pub(super) fn run_all(promises: &[(&'static str, fn())]) -> Asked {
        let mut report = Asked { asked: Vec::new(), skipped: Vec::new(), for_want_of: BTreeMap::new() };
        for &(name, promise) in promises {
            match ask(name, promise) {
                None => report.asked.push(name),
                Some(what) => {
                    report.skipped.push(name);
                    report.for_want_of.entry(what).or_default().push(name);
                }
            }
        }
        report
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n_asked, n_skipped) = (self.asked.len(), self.skipped.len());
        write!(f, "{n_asked} of {} promises run, {n_skipped} skipped", n_asked + n_skipped)
    }
}

/// A subject that a promise runs on. Dereferences to it, so all verbs of [`Subject`] can be called.
#[derive(Debug)]
pub struct Fixture<S: Subject> {
    subject: S,
    profile: Profile,
    before: String,
}

/// Sets up a drive on each profile that the subject offers, one after the other.
pub fn on_all<S: Subject>(outline: &str) -> impl Iterator<Item = Fixture<S>> {
    on_each(&Profile::ALL, outline)
}

/// Sets up a drive on each of these profiles that the subject offers, one after the other.
pub fn on_each<S: Subject>(profiles: &[Profile], outline: &str) -> impl Iterator<Item = Fixture<S>> {
    profiles.iter().filter(|profile| S::offers(profile)).map(move |profile| Fixture::on(profile, outline))
}

impl<S: Subject> Fixture<S> {
    /// Creates a drive of this profile with the content of the outline.
    pub fn on(profile: &Profile, outline: &str) -> Fixture<S> {
        if !S::offers(profile) {
            unsupported(PROFILE);
        }
        IS_TRIED.set(true);
        let subject = S::new(profile, outline);
        let trial = Fixture { subject, profile: profile.clone(), before: canonical(outline) };
        trial.holds(outline);
        trial
    }

    /// Returns the profile of the drive.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Asserts that the drive's content is exactly that of the outline.
    #[track_caller]
    pub fn holds(&self, outline: &str) {
        assert_eq!(canonical(&self.subject.outline()), canonical(outline), "the content of the drive");
    }

    /// Asserts that a call succeeds, and returns its value.
    #[track_caller]
    pub fn does<T>(&mut self, call: impl FnOnce(&mut S) -> Result<T, Code>) -> T {
        expect_ok(call(&mut self.subject), "refused")
    }

    /// Asserts that an item exists, and returns its metadata.
    #[track_caller]
    pub fn knows(&self, path: &str) -> Facts {
        expect_ok(self.subject.facts(path), path)
    }

    /// Makes each of these calls on a separate drive from `set_up`, and asserts its result.
    #[track_caller]
    pub(super) fn assert_outcomes(
        expected: Result<(), &str>,
        set_up: impl Fn() -> Fixture<S>,
        calls: impl IntoIterator<Item = NamedCall<S>>,
    ) {
        for (name, call) in calls {
            let mut on = set_up();
            let got = call(&mut on);
            assert_eq!(got, expected.map_err(str::to_owned), "{name}");
        }
    }

    /// Asserts that a call fails with this code and changes nothing.
    #[track_caller]
    pub fn refuses<T: Debug>(&mut self, code: &str, call: impl FnOnce(&mut S) -> Result<T, Code>) {
        let before = self.subject.outline();
        match call(&mut self.subject) {
            Err(got) => assert_eq!(got, code, "the code of the failure"),
            Ok(got) => fail(format_args!("must fail with {code}, returned {got:?}")),
        }
        self.holds(&before);
    }

    /// Asserts that a copy completes, and returns the path of the new item.
    #[track_caller]
    pub fn copies(&mut self, source: &str, target: &str, options: CopyOptions) -> String {
        match self.subject.copy(source, target, options) {
            Ended::Completed(path) => path,
            other => fail(format_args!("the copy of {source} to {target} must complete: {other:?}")),
        }
    }

    /// Asserts that a copy fails, in the call or in its job, with this code and without any change.
    #[track_caller]
    pub fn copies_not(&mut self, code: &str, source: &str, target: &str, options: CopyOptions) {
        self.refuses(code, |drive| match drive.copy(source, target, options) {
            Ended::Completed(path) => Ok(path),
            Ended::Refused(code) | Ended::Failed(code) => Err(code),
        });
    }
}

impl<S: Subject> Deref for Fixture<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.subject
    }
}

impl<S: Subject> DerefMut for Fixture<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.subject
    }
}

impl<S: Subject> Drop for Fixture<S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // A failure here must not hide the first one.
            let after = catch_unwind(AssertUnwindSafe(|| self.subject.outline()));
            let after = after.unwrap_or_else(|_| "(it cannot be printed)".to_owned());
            let (profile, before) = (self.profile.name(), &self.before);
            SCENE.set(format!("on a {profile} drive, before:\n{before}\nafter:\n{after}"));
        }
    }
}

/// Returns an outline in the form that drivesim prints.
#[track_caller]
fn canonical(outline: &str) -> String {
    let sim = expect_ok(Sim::builder().outline(outline).build(), "an outline");
    expect_ok(sim.outline(), "an outline")
}
