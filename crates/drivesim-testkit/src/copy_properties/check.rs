//! Runs the properties against a copier: draws scenes, shrinks failing ones, and reports.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use drivesim::Profile;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use super::copier::Copier;
use super::failure::Failure;
use super::setting::{Scene, Setting};
use super::shrinking::smallest;
use super::stage::{CaseEnd, CaseRun, Fault, create_copier};
use super::table::{Property, properties};
use crate::expect::fail;
use crate::strategies::NO_NAMES;

/// The default number of scenes of a property.
const CASES: u32 = 32;
/// The maximum number of shrinking steps of a failing scene, and the maximum time in milliseconds.
const SHRINK_STEPS: u32 = 20_000;
const SHRINK_TIME: u32 = 20_000;
/// The maximum number of rejected names and scenes, in total and additionally for each scene. Above it, a property
/// counts as not checked.
const REJECTS: u32 = 2_000;
const REJECTS_EACH: u32 = 500;

/// Which properties to check, under which profile, and how thoroughly.
///
/// The same check draws the same scenes each time: it stores no files, and no environment variable changes the number
/// of scenes. [`Check::seed`] draws others.
#[derive(Clone)]
pub struct Check {
    setting: Setting,
    cases: u32,
    seed: u64,
    chosen: Vec<&'static Property>,
    skipped: Vec<&'static Property>,
}

impl Check {
    /// Checks all properties under the rules of a profile.
    ///
    /// ```
    /// use drivesim::Profile;
    /// use drivesim_testkit::copy_properties::Check;
    ///
    /// let check = Check::new(Profile::BOX).cases(100).skip(&["odd_names_are_kept"]);
    /// ```
    pub fn new(profile: Profile) -> Check {
        Check {
            setting: Setting { profile, accepts: Arc::new(|_| true) },
            cases: CASES,
            seed: 1,
            chosen: properties().iter().collect(),
            skipped: Vec::new(),
        }
    }

    /// Sets the number of scenes for each property; 32 by default.
    ///
    /// # Panics
    /// Panics if the number is 0: such a check would keep all properties.
    #[track_caller]
    pub fn cases(self, cases: u32) -> Check {
        if cases == 0 {
            fail("cases(0) checks nothing: a check draws at least one scene for each property");
        }
        Check { cases, ..self }
    }

    /// Sets the seed, to draw other scenes.
    pub fn seed(self, seed: u64) -> Check {
        Check { seed, ..self }
    }

    /// Uses only names for which `accepts` holds, for a storage that does not allow all names of the profile. If few
    /// names are accepted, they are drawn from a list of usual names; a property for which none is found is not
    /// checked.
    ///
    /// The names that the properties use themselves are not restricted: `in`, `to`, `below`, `new`, `second`, `third`,
    /// `fourth`, `a`, and `f0`, `f1` and so on.
    ///
    /// ```
    /// use drivesim::Profile;
    /// use drivesim_testkit::copy_properties::Check;
    ///
    /// let check = Check::new(Profile::PLAIN).names(|name| name.is_ascii() && !name.ends_with('.'));
    /// ```
    pub fn names(mut self, accepts: impl Fn(&str) -> bool + Send + Sync + 'static) -> Check {
        self.setting.accepts = Arc::new(accepts);
        self
    }

    /// Checks only the properties with these names.
    ///
    /// # Panics
    /// Panics if no property has one of the names.
    #[track_caller]
    pub fn only(self, names: &[&str]) -> Check {
        let chosen = names.iter().map(|name| property(name)).collect();
        Check { chosen, ..self }
    }

    /// Skips the properties with these names.
    ///
    /// # Panics
    /// Panics if no property has one of the names.
    #[track_caller]
    pub fn skip(mut self, names: &[&str]) -> Check {
        self.skipped.extend(names.iter().map(|name| property(name)));
        self
    }

    /// Checks the properties, each on many scenes, and returns the report. `make` returns a copier with an empty
    /// storage; it is called for each scene.
    ///
    /// # Panics
    /// Panics if a property is broken, with the smallest scene that was found, or if all properties were skipped.
    #[track_caller]
    pub fn run<C: Copier>(&self, make: impl Fn() -> C) -> Report {
        let report = self.find(make);
        if !report.broken.is_empty() {
            fail(report);
        }
        report.require_checked();
        report
    }

    /// Checks one property as a separate test, for [`copy_property_tests`](crate::copy_property_tests).
    #[doc(hidden)]
    #[track_caller]
    pub fn run_one<C: Copier>(&self, name: &str, make: impl Fn() -> C) {
        let is_chosen = self.chosen.iter().any(|chosen| chosen.name == name);
        let chosen = is_chosen.then(|| property(name)).into_iter().collect();
        let one = Check { chosen, ..self.clone() };
        let report = one.find(make);
        if !report.broken.is_empty() {
            fail(report);
        }
        report.skipped.iter().for_each(|(name, why)| println!("{name} was not checked: {why}"));
    }

    /// Fails if none of the properties can be checked, for [`copy_property_tests`](crate::copy_property_tests): a test
    /// of one property passes if it is not checked.
    #[doc(hidden)]
    #[track_caller]
    pub fn run_any<C: Copier>(&self, make: impl Fn() -> C) {
        let mut report = Report::default();
        for &property in &self.chosen {
            match self.outcome(property, &make) {
                Err(Verdict::Skipped(why)) => report.skipped.push((property.name, why)),
                _ => return,
            }
        }
        report.require_checked();
    }

    /// Checks the properties like [`Check::run`], and also returns the broken ones.
    pub fn find<C: Copier>(&self, make: impl Fn() -> C) -> Report {
        let mut report = Report::default();
        for &property in &self.chosen {
            match self.outcome(property, &make) {
                Ok(()) => report.kept.push(property.name),
                Err(Verdict::Skipped(why)) => report.skipped.push((property.name, why)),
                Err(Verdict::Broken(failure)) => report.broken.push(*failure),
            }
        }
        report
    }

    fn outcome<C: Copier>(&self, property: &'static Property, make: &impl Fn() -> C) -> Result<(), Verdict> {
        let is_skipped = self.skipped.iter().any(|skipped| skipped.name == property.name);
        let reason = is_skipped.then_some("it was skipped").or((property.missing)(&self.setting.profile));
        match reason {
            Some(reason) => Err(Verdict::Skipped(reason.to_owned())),
            None => self.check(property, make),
        }
    }

    fn check<C: Copier>(&self, property: &'static Property, make: &impl Fn() -> C) -> Result<(), Verdict> {
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(self.seed),
            max_shrink_iters: SHRINK_STEPS,
            max_shrink_time: SHRINK_TIME,
            max_local_rejects: self.cases.saturating_mul(REJECTS_EACH).saturating_add(REJECTS),
            ..Config::default()
        };
        let last: RefCell<Option<Box<Failure>>> = RefCell::new(None);
        let unsupported = RefCell::new(None);
        let outcome = TestRunner::new(config).run(&(property.scenes)(&self.setting), |scene| {
            if unsupported.borrow().is_some() {
                return Ok(());
            }
            if !(property.precondition)(&self.setting, &scene) {
                return Err(TestCaseError::reject("not what the property presupposes"));
            }
            match self.attempt(property, &scene, make) {
                Ok(()) => Ok(()),
                Err(Verdict::Skipped(what)) => {
                    unsupported.replace(Some(what));
                    Ok(())
                }
                Err(Verdict::Broken(failure)) => {
                    last.replace(Some(failure));
                    Err(TestCaseError::fail(property.name))
                }
            }
        });
        match (outcome, last.into_inner(), unsupported.into_inner()) {
            (Err(TestError::Fail(..)), Some(failure), _) => {
                let fails = |scene: &Scene| match self.attempt(property, scene, make) {
                    Err(Verdict::Broken(failure)) => Some(failure),
                    _ => None,
                };
                Err(Verdict::Broken(smallest(failure, &self.setting, fails)))
            }
            // The calls of the copier are guarded: this is a panic outside of them, for example when it is dropped.
            (Err(TestError::Fail(reason, _)), ..) => fail(format_args!("{}: {reason}", property.name)),
            (Err(TestError::Abort(_)), ..) => Err(Verdict::Skipped(NO_NAMES.to_owned())),
            (Ok(()), _, Some(what)) => Err(Verdict::Skipped(what)),
            (Ok(()), _, None) => Ok(()),
        }
    }

    /// Checks a property on one scene.
    fn attempt<C: Copier>(
        &self,
        property: &'static Property,
        scene: &Scene,
        make: &impl Fn() -> C,
    ) -> Result<(), Verdict> {
        let mut calls = Vec::new();
        let outcome = create_copier(make).and_then(|mut copier| {
            let mut stage = CaseRun::new(&mut copier, &self.setting.profile);
            let outcome = (property.check)(&mut stage, scene);
            calls = stage.calls;
            outcome
        });
        match outcome {
            Ok(()) => Ok(()),
            Err(CaseEnd::Unsupported(what)) => {
                Err(Verdict::Skipped(format!("the copier does not support `{what}`")))
            }
            Err(CaseEnd::Broken(Fault { what, expected, found })) => {
                let (profile, start) = (self.setting.profile.name(), scene.tree.clone());
                let scene = scene.clone();
                let failure = Failure { property, profile, start, calls, what, expected, found, scene };
                Err(Verdict::Broken(Box::new(failure)))
            }
        }
    }
}

/// Why a property does not count as kept.
enum Verdict {
    Skipped(String),
    Broken(Box<Failure>),
}

/// Finds a property by its name.
#[track_caller]
fn property(name: &str) -> &'static Property {
    let found = properties().iter().find(|property| property.name == name);
    found.unwrap_or_else(|| {
        let names: Vec<&str> = properties().iter().map(|property| property.name).collect();
        fail(format_args!("no property has the name {name:?}; there are: {}", names.join(", ")))
    })
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (profile, n_chosen) = (self.setting.profile.name(), self.chosen.len());
        write!(f, "Check of {n_chosen} properties under {profile}, {} cases, seed {}", self.cases, self.seed)
    }
}

/// The results of a check.
#[must_use = "what was not checked is nowhere else: print the report"]
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The names of the properties that were checked and hold.
    pub kept: Vec<&'static str>,
    /// The names of the properties that were not checked, with the reason.
    pub skipped: Vec<(&'static str, String)>,
    /// The broken properties, each with the smallest scene that was found.
    pub broken: Vec<Failure>,
}

impl Report {
    #[track_caller]
    fn require_checked(&self) {
        if self.kept.is_empty() {
            fail(format_args!("no property was checked: {self}"));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.broken {
            writeln!(f, "{failure}")?;
        }
        let (n_kept, n_broken, n_skipped) = (self.kept.len(), self.broken.len(), self.skipped.len());
        write!(f, "{n_kept} properties kept, {n_broken} broken, {n_skipped} not checked")?;
        self.skipped.iter().try_for_each(|(name, why)| write!(f, "\n  {name}: {why}"))
    }
}
