//! Tests of preconditions: what is checked, when, and which error reports a mismatch.

use drivesim::access::{Access, LockScope};
use drivesim::address::{Address, Precondition};
use drivesim::item::Times;
use drivesim::options::{MoveOptions, RestoreOptions};
use drivesim::{CopyOptions, Error, Profile, Sim};

use crate::error_kinds::kind_of as kind;

const DRIVE: &str = "d/\n  f = \"1\"\nto/\n";

fn sim(profile: Profile) -> Sim {
    let sim = Sim::builder().profile(profile).outline(DRIVE).build().unwrap();
    sim.write("/d/f", "2").unwrap();
    sim.set_description("/d/f", "about").unwrap();
    sim
}

fn expecting(path: &str, expected: Precondition) -> Address {
    Address::from(path).if_match(expected)
}

type Verb = (&'static str, fn(&Sim, Address) -> Result<(), Error>);

/// Every verb that addresses a file.
const VERBS: [Verb; 14] = [
    ("write", |sim, item| sim.write(item, "3").map(drop_id)),
    ("rename", |sim, item| sim.rename(item, "g")),
    ("move", |sim, item| sim.move_to(item, "/to")),
    ("move here", |sim, item| sim.move_to_with(item, "/to", MoveOptions::named("g"))),
    ("delete", |sim, item| sim.delete(item)),
    ("delete for good", |sim, item| sim.delete_permanently(item)),
    ("set times", |sim, item| {
        sim.set_times(item, Times { fs_created_at: Some(sim.now()), ..Times::default() })
    }),
    ("describe", |sim, item| sim.set_description(item, "else")),
    ("restore a version", |sim, item| sim.restore_version(item, 1)),
    ("delete a version", |sim, item| sim.delete_version(item, 1)),
    ("copy", |sim, item| sim.copy(item, "/to", CopyOptions::default()).map(|_| ())),
    ("lock", |sim, item| sim.lock(item, LockScope::Item).map(|_| ())),
    ("item", |sim, item| sim.item(item).map(|_| ())),
    ("read", |sim, item| sim.read(item).map(|_| ())),
];

fn drop_id(_: drivesim::ItemId) {}

#[test]
fn every_verb_fails_without_a_change_if_the_tag_differs() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let file = sim.item("/d/f").unwrap();
        assert_eq!((file.etag, file.ctag), (2, 1));
        for (name, verb) in VERBS {
            for (expected, found) in [
                (Precondition::ETag(1), 2),
                (Precondition::ETag(3), 2),
                (Precondition::CTag(2), 1),
                (Precondition::CTag(0), 1),
            ] {
                for address in [expecting("/d/f", expected), Address::from(file.id).if_match(expected)] {
                    let before = sim.fork();
                    let error = verb(&sim, address).unwrap_err();
                    assert_eq!(error.code(), "resourceModified", "{name}");
                    let message = format!("\"/d/f\" has changed: expected {expected}, found {found}");
                    assert_eq!(error.to_string(), message, "{name}");
                    assert!(before.diff(&sim).unwrap().is_empty(), "{name}");
                    assert!(sim.jobs().is_empty() && sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
                }
            }
        }
        sim.check_invariants();
    }
}

#[test]
fn every_verb_succeeds_if_the_tag_matches() {
    for profile in Profile::ALL {
        for (name, verb) in VERBS {
            for expected in [Precondition::ETag(2), Precondition::CTag(1)] {
                let sim = sim(profile.clone());
                verb(&sim, expecting("/d/f", expected)).map_err(|error| format!("{name}: {error}")).unwrap();
                sim.check_invariants();
            }
        }
    }
}

#[test]
fn target_folders_can_have_preconditions() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        sim.set_description("/to", "about").unwrap();
        let old = Precondition::ETag(0);
        let results: [Result<(), Error>; 4] = [
            sim.move_to("/d/f", expecting("/to", old)),
            sim.copy("/d/f", expecting("/to", old), CopyOptions::default()).map(|_| ()),
            sim.create_folder(expecting("/to", old), "x").map(drop_id),
            sim.create_sized(expecting("/to", old), "x", 1).map(drop_id),
        ];
        for result in results {
            assert_eq!(kind(&result.unwrap_err()), "TagMismatch");
        }
        let file = sim.item("/d/f").unwrap().id;
        sim.delete(file).unwrap();
        sim.delete("/d").unwrap();
        let restored = sim.restore_item_with(file, RestoreOptions::to(expecting("/to", old)));
        assert_eq!(kind(&restored.unwrap_err()), "TagMismatch");
        let now = Precondition::ETag(1);
        sim.restore_item_with(file, RestoreOptions::to(expecting("/to", now))).unwrap();
        assert_eq!(sim.path(file).unwrap(), "/to/f");
    }
}

#[test]
fn a_precondition_is_checked_after_existence_and_before_all_else() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let wrong = Precondition::ETag(9);
        let delete = |path: &str| kind(&sim.delete(expecting(path, wrong)).unwrap_err());
        assert_eq!(delete("/missing"), "NotFound");
        assert_eq!(delete("/"), "TagMismatch");
        assert_eq!(kind(&sim.delete(expecting("/", Precondition::ETag(0))).unwrap_err()), "IsRoot");
        sim.set_access("/d", Some(Access::Read)).unwrap();
        assert_eq!(delete("/d"), "TagMismatch");
        sim.set_access("/d", Some(Access::None)).unwrap();
        assert_eq!(delete("/d"), "NotFound");
        sim.set_access("/d", None).unwrap();
        sim.lock("/d", LockScope::Item).unwrap();
        assert_eq!(delete("/d"), "TagMismatch");
        let renamed = sim.rename(expecting("/d", wrong), "to").unwrap_err();
        assert_eq!(kind(&renamed), "TagMismatch");
    }
}

#[test]
fn a_missing_file_does_not_match_a_precondition() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        for expected in [Precondition::ETag(0), Precondition::CTag(0)] {
            let error = sim.write(expecting("/d/new", expected), "x").unwrap_err();
            assert_eq!((kind(&error).as_str(), error.code()), ("NothingToMatch", "resourceModified"));
            assert_eq!(error.to_string(), "\"/d/new\" does not exist, so it does not match the precondition");
        }
        assert!(!sim.exists("/d/new"));
        let error = sim.write(expecting("no path", Precondition::ETag(0)), "x").unwrap_err();
        assert_eq!(kind(&error), "BadPath");
    }
}

#[test]
fn only_one_of_two_writers_with_the_same_tag_succeeds() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let matching = Precondition::ETag(sim.item("/d/f").unwrap().etag);
        sim.acting_as("ann").write(expecting("/d/f", matching), "ann").unwrap();
        assert!(sim.acting_as("bob").write(expecting("/d/f", matching), "bob").is_err());
        assert_eq!(sim.read("/d/f").unwrap(), b"ann");
        // A precondition on the content alone ignores a new name.
        let matching = Precondition::CTag(sim.item("/d/f").unwrap().ctag);
        sim.rename("/d/f", "g").unwrap();
        sim.write(expecting("/d/g", matching), "carl").unwrap();
    }
}

#[test]
fn a_precondition_applies_to_the_drive_of_the_address() {
    let sim = sim(Profile::PLAIN);
    let other = sim.add_drive("other").unwrap();
    sim.copy("/d", other.at("/"), CopyOptions::default()).unwrap();
    let copied = Precondition::ETag(0);
    sim.delete(other.at("/d/f").if_match(copied)).unwrap();
    sim.delete(other.at(expecting("/d", copied))).unwrap();
    assert_eq!(kind(&sim.delete(expecting("/d/f", copied)).unwrap_err()), "TagMismatch");
}

#[test]
fn a_precondition_of_a_copy_is_checked_only_at_the_call() {
    let sim = sim(Profile::BUSINESS);
    let matching = Precondition::ETag(2);
    let options = CopyOptions::default().pace(drivesim::Pace::Held);
    let job = sim.copy(expecting("/d/f", matching), "/to", options).unwrap();
    sim.write("/d/f", "newer").unwrap();
    job.step(1).unwrap();
    assert_eq!(sim.read("/to/f").unwrap(), b"newer");
}

#[test]
fn items_in_the_bin_can_have_preconditions() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let file = sim.item("/d/f").unwrap().id;
        let matching = |etag: u32| Address::from(file).if_match(Precondition::ETag(etag));
        assert_eq!(kind(&sim.restore_item(matching(9)).unwrap_err()), "NotInBin", "checked first");
        sim.delete(file).unwrap();
        for error in [
            sim.restore_item(matching(9)).unwrap_err(),
            sim.purge(matching(9)).unwrap_err(),
            sim.bin_item(matching(9)).unwrap_err(),
        ] {
            assert_eq!(kind(&error), "TagMismatch");
            // It has no path; the error names the path that it was deleted from.
            assert_eq!(error.to_string(), "\"/d/f\" has changed: expected etag 9, found 2");
        }
        assert_eq!(sim.bin_item(matching(2)).unwrap().item.etag, 2, "a delete does not change the tag");
        sim.restore_item(matching(2)).unwrap();
        sim.delete(matching(3)).unwrap();
        sim.purge(matching(3)).unwrap();
        assert_eq!(kind(&sim.purge(matching(3)).unwrap_err()), "NotInBin");
        sim.check_invariants();
    }
}

#[test]
fn access_levels_can_be_set_with_a_precondition() {
    let sim = sim(Profile::PLAIN);
    sim.set_access("/d", Some(Access::None)).unwrap();
    let failure = sim.set_access(expecting("/d", Precondition::ETag(9)), None).unwrap_err();
    assert_eq!(kind(&failure), "TagMismatch", "the owner of levels sees inaccessible items");
    assert_eq!(kind(&sim.access(expecting("/d", Precondition::CTag(9))).unwrap_err()), "TagMismatch");
    assert_eq!(sim.access("/d").unwrap(), Access::None);
    let failure = sim.set_access(expecting("/to", Precondition::ETag(9)), Some(Access::Read)).unwrap_err();
    assert_eq!(kind(&failure), "TagMismatch");
    sim.set_access(expecting("/to", Precondition::ETag(0)), Some(Access::Read)).unwrap();
    assert_eq!(sim.access("/to").unwrap(), Access::Read);
}
