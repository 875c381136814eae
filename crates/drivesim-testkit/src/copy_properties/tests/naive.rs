//! Checks that each property broken by a naive copier is reported with a small and valid counterexample.

use drivesim::profile::Level;
use std::sync::Arc;

use super::*;
use crate::copy_properties::setting::{Scene, Setting};
use crate::copy_properties::shrinking::smaller_scenes;
use crate::copy_properties::stage::CaseRun;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// The behavior of a naive copier.
#[derive(Clone, Copy, Debug)]
enum How {
    /// Fails for missing items and for a taken name in the same letter case, and never otherwise.
    RefusesTheExactName,
    /// Makes every copy, over existing items.
    AcceptsAll,
    /// Makes every copy, next to existing items.
    AddsAll,
    RefusesAll,
    DropsEmptyFolders,
    TreatsTakenNamesAs(Conflict),
    ChangesOnRefusal,
}

const ALL: [How; 9] = [
    How::RefusesTheExactName,
    How::AcceptsAll,
    How::AddsAll,
    How::RefusesAll,
    How::DropsEmptyFolders,
    How::TreatsTakenNamesAs(Conflict::Fail),
    How::TreatsTakenNamesAs(Conflict::Replace),
    How::TreatsTakenNamesAs(Conflict::Rename),
    How::ChangesOnRefusal,
];

struct Naive {
    how: How,
    right: Memory,
}

impl Naive {
    fn new(profile: &Profile, how: How) -> Naive {
        let wrong = match how {
            How::DropsEmptyFolders => Wrong::LosesEmptyFolders,
            How::TreatsTakenNamesAs(_) => Wrong::IgnoresBehaviours,
            _ => Wrong::Nothing,
        };
        Naive { how, right: Memory::new(profile, wrong) }
    }

    /// Copies without checking the rules of names.
    fn copy_unchecked(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
        let copy = self.right.tree.cut(&it.source, it.wanted_name());
        self.right.tree.graft(&it.target, &copy);
        Ok(Some(it.wanted_name().to_owned()))
    }
}

impl Copier for Naive {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        self.right.populate(tree)
    }

    fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
        let path = join(&it.target, it.wanted_name());
        match self.how {
            How::RefusesTheExactName if self.right.kind(&it.source).is_none() => Err("no source".into()),
            How::RefusesTheExactName if self.right.kind(&it.target).is_none() => Err("no target".into()),
            How::RefusesTheExactName if self.right.kind(&path).is_some() => Err("taken".into()),
            How::RefusesTheExactName | How::AddsAll => self.copy_unchecked(it),
            How::AcceptsAll => {
                self.right.tree = self.right.tree.without(&path);
                self.copy_unchecked(it)
            }
            How::RefusesAll => Err("never".into()),
            How::DropsEmptyFolders => self.right.copy(it),
            How::TreatsTakenNamesAs(conflict) => self.right.copy(&CopyRequest { conflict, ..it.clone() }),
            How::ChangesOnRefusal => {
                let outcome = self.right.copy(it);
                if outcome.is_err() {
                    self.right.tree.insert("/refused", Entry::Folder);
                }
                outcome
            }
        }
    }

    fn tree(&mut self) -> Outcome<Tree> {
        self.right.tree()
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Outcome {
        self.right.write(path, bytes)
    }

    fn size(&mut self, path: &str) -> Outcome<u64> {
        self.right.size(path)
    }
}

fn setting(profile: &Profile) -> Setting {
    Setting { profile: profile.clone(), accepts: Arc::new(|_| true) }
}

fn is_kept(property: &Property, scene: &Scene, profile: &Profile, copier: &mut dyn Copier) -> bool {
    (property.check)(&mut CaseRun::new(copier, profile), scene).is_ok()
}

/// Returns what is wrong with a counterexample.
fn complaint(failure: &Failure, profile: &Profile, how: How) -> Option<&'static str> {
    let (property, scene) = (failure.property, &failure.scene);
    let keeps = |scene: &Scene, copier: &mut dyn Copier| is_kept(property, scene, profile, copier);
    let is_broken = |scene: Scene| !keeps(&scene, &mut Naive::new(profile, how));
    let most_items = if property.name == "wide_folders_are_copied" { 3 } else { 5 };
    if !(property.precondition)(&setting(profile), scene) {
        return Some("it is not what the property presupposes");
    }
    if !keeps(scene, &mut Memory::new(profile, Wrong::Nothing)) {
        return Some("a right copier fails too");
    }
    if failure.start != scene.tree {
        return Some("it is not what was checked");
    }
    if scene.tree.len() > most_items {
        return Some("it has more items than it needs");
    }
    smaller_scenes(failure, &setting(profile)).any(is_broken).then_some("a smaller one is broken too")
}

#[test]
fn naive_copiers_are_reported_with_valid_counterexamples() {
    let mut complaints = Vec::new();
    for profile in Profile::ALL {
        for how in ALL {
            let report = Check::new(profile.clone()).cases(8).find(|| Naive::new(&profile, how));
            assert!(!report.broken.is_empty(), "{} {how:?}: {report}", profile.name());
            for failure in &report.broken {
                if let Some(complaint) = complaint(failure, &profile, how) {
                    complaints.push(format!("{how:?}: {complaint}: {failure}"));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}\n{} complaints", complaints.join("\n"), complaints.len());
}

#[test]
fn drawn_scenes_meet_their_precondition_and_a_correct_copier_passes() {
    for profile in Profile::ALL {
        let setting = setting(&profile);
        for property in properties().iter().filter(|property| (property.missing)(&profile).is_none()) {
            let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(3), ..Config::default() });
            let scenes = (property.scenes)(&setting);
            for _ in 0..60 {
                let scene = scenes.new_tree(&mut runner).unwrap().current();
                let what = format!("{} {}: {scene:?}", profile.name(), property.name);
                assert!((property.precondition)(&setting, &scene), "{what}");
                let mut right = Memory::new(&profile, Wrong::Nothing);
                assert!(is_kept(property, &scene, &profile, &mut right), "{what}");
            }
        }
    }
}

/// Returns the start and the last call of a broken property, for each profile and seed.
fn counterexamples(profiles: &[Profile], how: How, name: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (profile, seed) in profiles.iter().flat_map(|profile| (1..=4).map(move |seed| (profile, seed))) {
        let check = Check::new(profile.clone()).only(&[name]).seed(seed);
        let report = check.find(|| Naive::new(profile, how));
        let [failure] = &report.broken[..] else { panic!("{report}") };
        found.insert((failure.start.to_string(), failure.calls.last().cloned().unwrap_or_default()));
    }
    found
}

#[test]
fn a_name_in_another_case_stays_in_another_case() {
    let found = counterexamples(
        &[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX],
        How::RefusesTheExactName,
        CASE,
    );
    // Either of the two names may be the source.
    let smallest = [("a", "A"), ("A", "a")].map(|(source, other)| {
        (format!("{source}\nto/\n  {other}\n"), format!("copy /{source} into /to, conflict: fail"))
    });
    assert!(!found.is_empty() && found.is_subset(&BTreeSet::from(smallest)), "{found:?}");
}

#[test]
fn a_rejected_name_stays_rejected() {
    for profile in Profile::ALL {
        let found = counterexamples(
            std::slice::from_ref(&profile),
            How::RefusesTheExactName,
            "a_refused_name_changes_nothing",
        );
        for (start, call) in found {
            assert!(start.lines().count() <= 3, "{}: {start}{call}", profile.name());
            let name = call.split('"').nth(1).unwrap_or_default();
            let is_refused = |kind| profile.names.check(name, kind, Level::Below).is_err();
            assert!(is_refused(ItemKind::Folder), "{}: {start}{call}", profile.name());
            assert!(name.chars().count() <= 2 || profile.names.max_name == Some(name.len() - 1), "{call}");
        }
    }
}
