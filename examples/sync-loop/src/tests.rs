//! Tests a program that uses drives with drivesim: by hand, with generated trees and edits, and by contract.

use std::collections::BTreeMap;
use std::time::Duration;

use drivesim::drive::DriveRef;
use drivesim::{CopyOptions, Error, Job, JobStatus, Pace, Profile, Sim};
use drivesim_testkit::contract::{Code, Ended, Subject};
use drivesim_testkit::strategies::{profiles, trees};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

use super::*;

/// A drive of a simulator as a `Remote` of the loop.
struct SimRemote<'a> {
    sim: &'a Sim,
    drive: DriveRef,
}

impl SimRemote<'_> {
    fn first(sim: &Sim) -> SimRemote<'_> {
        SimRemote { sim, drive: sim.drives().remove(0) }
    }
}

impl Remote for SimRemote<'_> {
    type Error = Error;

    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, Error> {
        let items = match self.sim.children(self.drive.at(folder)) {
            Err(error) if error.code() == "itemNotFound" => return Ok(None),
            other => other?,
        };
        let entry =
            |item: drivesim::Item| Entry { is_folder: item.is_folder(), size: item.size, name: item.name };
        Ok(Some(items.into_iter().map(entry).collect()))
    }
}

fn poll(job: &Job) -> Poll {
    let report = job.poll();
    match (report.status, report.error()) {
        (_, Some(error)) => Poll::Failed(error.code().to_owned()),
        (JobStatus::Completed, None) => Poll::Done,
        (_, None) => Poll::Running(report.percent.as_f64()),
    }
}

fn sim(pace: Pace) -> Sim {
    let outline = "Docs/\n  a.txt = 3 B\n  b.txt = 5 B\nto/\n";
    Sim::builder().pace(pace).outline(outline).build().unwrap()
}

// By hand: the simulator is brought to the moment that matters.

#[test]
fn a_pull_returns_the_changes_since_the_last() {
    let (sim, mut mirror) = (sim(Pace::Instant), Mirror::default());
    let first = mirror.pull(&SimRemote::first(&sim)).unwrap();
    assert_eq!(first.added, ["/Docs", "/Docs/a.txt", "/Docs/b.txt", "/to"]);

    sim.write("/Docs/a.txt", "longer").unwrap();
    sim.move_to("/Docs/b.txt", "/to").unwrap();
    let second = mirror.pull(&SimRemote::first(&sim)).unwrap();
    assert_eq!(second.added, ["/to/b.txt"]);
    assert_eq!(second.changed, ["/Docs/a.txt"]);
    assert_eq!(second.removed, ["/Docs/b.txt"]);
}

#[test]
fn a_pull_during_a_copy_finds_a_part_and_the_next_the_rest() {
    let (sim, mut mirror) = (sim(Pace::Held), Mirror::default());
    let job = sim.copy("/Docs", "/to", CopyOptions::default()).unwrap();
    mirror.pull(&SimRemote::first(&sim)).unwrap();
    job.step(2).unwrap();
    assert_eq!(mirror.pull(&SimRemote::first(&sim)).unwrap().added, ["/to/Docs", "/to/Docs/a.txt"]);
    job.step(1).unwrap();
    assert_eq!(mirror.pull(&SimRemote::first(&sim)).unwrap().added, ["/to/Docs/b.txt"]);
}

#[test]
fn a_folder_deleted_between_two_listings_is_removed() {
    /// Deletes `/Docs` once the root was listed.
    struct Unsteady<'a>(SimRemote<'a>);

    impl Remote for Unsteady<'_> {
        type Error = Error;

        fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, Error> {
            let listed = self.0.list(folder);
            if folder == "/" {
                self.0.sim.delete("/Docs")?;
            }
            listed
        }
    }

    let (sim, mut mirror) = (sim(Pace::Instant), Mirror::default());
    mirror.pull(&Unsteady(SimRemote::first(&sim))).unwrap();
    assert_eq!(mirror.items().keys().collect::<Vec<_>>(), ["/to"]);
}

#[test]
fn a_job_is_followed_in_simulated_time() {
    let sim = sim(Pace::after(Duration::from_secs(60)));
    let job = sim.copy("/Docs", "/to", CopyOptions::default()).unwrap();
    let wait = || sim.advance(Duration::from_secs(10)).unwrap();
    assert_eq!(follow(|| poll(&job), wait, 7), Ok(()));
    assert_eq!(sim.elapsed(), Duration::from_secs(60));
    assert!(sim.exists("/to/Docs/b.txt"));
}

#[test]
fn following_ends_when_a_job_fails_or_takes_too_long() {
    let sim = sim(Pace::polls(5));
    let job = sim.copy("/Docs", "/to", CopyOptions::default()).unwrap();
    assert_eq!(follow(|| poll(&job), || {}, 3), Err("timeout".to_owned()));
    sim.delete("/to").unwrap();
    assert_eq!(follow(|| poll(&job), || {}, 3), Err("itemNotFound".to_owned()));
}

// Generated: what holds for a few trees must hold for all, and after any edits.

/// An edit of the drive. An item is chosen among those that exist when the edit is made.
#[derive(Clone, Debug)]
enum Edit {
    CreateFolder(Index, &'static str),
    Write(Index, &'static str, &'static str),
    Rename(Index, &'static str),
    Move(Index, Index),
    Delete(Index),
    Copy(Index, Index),
    /// Reveals some items of the oldest copy that is not complete.
    Step(usize),
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let index = any::<Index>;
    let name = || select(vec!["a.txt", "A", "new", "Docs"]);
    prop_oneof![
        (index(), name()).prop_map(|(parent, name)| Edit::CreateFolder(parent, name)),
        (index(), name(), select(vec!["", "text"]))
            .prop_map(|(parent, name, text)| Edit::Write(parent, name, text)),
        (index(), name()).prop_map(|(item, name)| Edit::Rename(item, name)),
        (index(), index()).prop_map(|(item, target)| Edit::Move(item, target)),
        index().prop_map(Edit::Delete),
        (index(), index()).prop_map(|(source, target)| Edit::Copy(source, target)),
        (0..4usize).prop_map(Edit::Step),
    ]
}

impl Edit {
    fn apply(self, sim: &Sim) -> Result<(), Error> {
        let paths: Vec<String> = std::iter::once("/".to_owned()).chain(items_of(sim).into_keys()).collect();
        let at = |index: Index| index.get(&paths).as_str();
        match self {
            Edit::CreateFolder(parent, name) => sim.create_folder(at(parent), name).map(drop),
            Edit::Write(parent, name, text) => sim.write(format!("{}/{name}", at(parent)), text).map(drop),
            Edit::Rename(item, name) => sim.rename(at(item), name),
            Edit::Move(item, target) => sim.move_to(at(item), at(target)),
            Edit::Delete(item) => sim.delete(at(item)),
            Edit::Copy(source, target) => sim.copy(at(source), at(target), CopyOptions::default()).map(drop),
            Edit::Step(n_items) => {
                let active = |job: &Job| !matches!(job.status(), JobStatus::Completed | JobStatus::Failed);
                sim.jobs().into_iter().find(active).map_or(Ok(()), |job| job.step(n_items).map(drop))
            }
        }
    }
}

/// Returns the visible items by path, with the sizes of files.
fn items_of(sim: &Sim) -> BTreeMap<String, Option<u64>> {
    let (mut items, mut folders) = (BTreeMap::new(), vec![String::new()]);
    while let Some(folder) = folders.pop() {
        for item in sim.children(format!("{folder}/")).unwrap() {
            let path = format!("{folder}/{}", item.name);
            folders.extend(item.is_folder().then(|| path.clone()));
            items.insert(path, (!item.is_folder()).then_some(item.size));
        }
    }
    items
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(100) })]

    #[test]
    fn any_tree_is_mirrored_and_a_second_pull_finds_no_changes(
        (profile, tree) in profiles().prop_flat_map(|profile| (Just(profile.clone()), trees(&profile))),
    ) {
        let sim = Sim::builder().profile(profile).outline(tree.to_string()).build()?;
        let mut mirror = Mirror::default();
        mirror.pull(&SimRemote::first(&sim))?;
        prop_assert_eq!(mirror.items().len(), tree.drives[0].lines.len());
        prop_assert_eq!(mirror.pull(&SimRemote::first(&sim))?, Changes::default());
    }

    #[test]
    fn a_mirror_follows_any_edits(edits in vec(any_edit(), 1..40)) {
        let (sim, mut mirror) = (sim(Pace::Held), Mirror::default());
        for edit in edits {
            // A rejected edit, such as a move into itself, has changed nothing.
            let _ = edit.apply(&sim);
            mirror.pull(&SimRemote::first(&sim))?;
            prop_assert_eq!(mirror.items(), &items_of(&sim));
        }
    }
}

/// Tests run in threads of 2 MiB, and generated values are moved over the stack in builds without optimisation.
#[test]
fn generated_values_need_a_quarter_of_the_stack_of_a_test() {
    for test in [any_tree_is_mirrored_and_a_second_pull_finds_no_changes, a_mirror_follows_any_edits] {
        let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(test).unwrap();
        assert!(thread.join().is_ok());
    }
}

// By contract: the promises about copies and listings still hold when they go through the loop.

/// A drive whose copies are followed by the loop and whose folders are listed by it.
struct Followed(Sim);

impl Subject for Followed {
    fn new(profile: &Profile, outline: &str) -> Followed {
        let builder = Sim::builder().profile(profile.clone()).pace(Pace::polls(3));
        Followed(builder.outline(outline).build().unwrap())
    }

    fn outline(&self) -> String {
        self.0.outline().unwrap()
    }

    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended {
        let job = match self.0.copy(source, target, options) {
            Ok(job) => job,
            Err(error) => return Ended::Refused(error.code().to_owned()),
        };
        match follow(|| poll(&job), || {}, 10) {
            Ok(()) => Ended::Completed(self.0.path(job.report().item().unwrap()).unwrap()),
            Err(code) => Ended::Failed(code),
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, Code> {
        let listed = SimRemote::first(&self.0).list(folder).map_err(|error| error.code().to_owned())?;
        let entries = listed.ok_or("itemNotFound")?;
        Ok(entries.into_iter().map(|entry| entry.name).collect())
    }
}

drivesim_testkit::contract_tests!(contract, Followed);
