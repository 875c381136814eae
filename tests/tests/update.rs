//! Tests of updates, which change several attributes of an item at once, or none if one of them fails.

use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::address::{Address, Precondition};
use drivesim::drive::DriveSpec;
use drivesim::item::{Times, Timestamp};
use drivesim::options::{MoveOptions, Update};
use drivesim::{Conflict, Error, Profile, Sim};

use crate::error_kinds::kind;

const DRIVE: &str = "d/\n  e/\n    g\n  f = \"1\"\nto/\n  taken = \"old\"\n  folder/\n";

fn sim(profile: Profile) -> Sim {
    Sim::builder().profile(profile).outline(DRIVE).starts_at(Timestamp::UNIX_EPOCH).build().unwrap()
}

fn content_time(second: i64) -> Times {
    Times { fs_modified_at: Some(Timestamp::from_second(second).unwrap()), ..Times::default() }
}

#[test]
fn name_parent_description_and_times_change_at_once() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let file = sim.item("/d/f").unwrap().id;
        let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
        let ctags = ["/", "/d", "/to"].map(|path| sim.item(path).unwrap().ctag);
        sim.advance(Duration::from_secs(7)).unwrap();
        let update = Update::default().name("new").parent("/to").description("about").times(content_time(3));
        sim.acting_as("ann").update(file, update).unwrap();
        let item = sim.item("/to/new").unwrap();
        assert_eq!((item.id, item.etag, item.ctag, &*item.modified_by), (file, 1, 0, "ann"));
        assert_eq!(item.description.as_deref(), Some("about"));
        let modified_at = if profile.item_time_follows_content { 3 } else { 7 };
        assert_eq!((item.modified_at.as_second(), item.fs_modified_at.as_second()), (modified_at, 3));
        let reset = if profile.move_resets_fs_times { 7 } else { 0 };
        assert_eq!(item.fs_created_at.as_second(), reset, "times that are not set are as after a move");
        assert_eq!(sim.changes(sim.first_drive().unwrap(), Some(token), 9).unwrap().changes.len(), 1);
        let moved = ["/", "/d", "/to"].map(|path| sim.item(path).unwrap().ctag);
        let expected = if profile.folder_ctags { [2, 1, 1] } else { [0; 3] };
        assert_eq!([0, 1, 2].map(|n| moved[n] - ctags[n]), expected);
        sim.check_invariants();
    }
}

#[test]
fn an_update_of_one_attribute_equals_its_verb() {
    type Verb = (Update, fn(&Sim) -> Result<(), Error>);
    let verbs: [Verb; 6] = [
        (Update::default().name("new"), |sim| sim.rename("/d/f", "new")),
        (Update::default().parent("/to"), |sim| sim.move_to("/d/f", "/to")),
        (Update::default().parent("/to").name("new"), |sim| {
            sim.move_to_with("/d/f", "/to", MoveOptions::named("new"))
        }),
        (Update::default().description("x"), |sim| sim.set_description("/d/f", "x")),
        (Update::default().times(content_time(5)), |sim| sim.set_times("/d/f", content_time(5))),
        (Update::default(), |sim| sim.rename("/d/f", "f")),
    ];
    for profile in Profile::ALL {
        for (update, verb) in verbs.clone() {
            let sim = sim(profile.clone());
            sim.advance(Duration::from_secs(7)).unwrap();
            let fork = sim.fork();
            let before = sim.fork();
            sim.update("/d/f", update.clone()).unwrap();
            verb(&fork).unwrap();
            assert!(sim.diff(&fork).unwrap().is_empty(), "{update:?}");
            let id = before.item("/d/f").unwrap().id;
            assert_eq!(sim.item(id), fork.item(id));
            assert_eq!(before.diff(&sim).unwrap().is_empty(), update == Update::default());
        }
    }
}

#[test]
fn if_one_change_fails_no_attribute_changes() {
    let all = |update: Update| update.description("about").times(content_time(3));
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let check = |item: &str, update: Update, expected: &str| {
            let before = sim.fork();
            assert_eq!(kind(sim.update(item, update)), expected, "{} on {}", item, profile.name());
            assert!(before.diff(&sim).unwrap().is_empty());
        };
        let to = || all(Update::default().parent("/to"));
        check("/", to(), "IsRoot");
        check("/", all(Update::default().name("x")), "IsRoot");
        check("/missing", to(), "NotFound");
        check("/d/f", all(Update::default().parent("/missing")), "NotFound");
        check("/d/f", all(Update::default().parent("/to/taken")), "NotAFolder");
        check("/d", all(Update::default().parent("/d/e")), "IntoItself");
        check("/d/f", to().name("a/b"), "BadName");
        check("/d/f", to().name("taken"), "NameTaken");
        check("/d/f", to().name("folder").on_conflict(Conflict::Fail), "NameTaken");
        if profile.max_description_units.is_some() {
            check("/d/f", to().description(&*"x".repeat(256)), "DescriptionTooLong");
        }
        if !profile.item_times_settable {
            let times = Times { created_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() };
            check("/d/f", to().times(times), "TimesNotSettable");
        }
        if !profile.move_conflicts.rename {
            check("/d/f", to().on_conflict(Conflict::Rename), "ConflictNotOffered");
        }
        sim.set_access("/to", Some(Access::Read)).unwrap();
        check("/d/f", to(), "AccessDenied");
        check("/to/taken", all(Update::default()), "AccessDenied");
        sim.set_access("/to", None).unwrap();
        let lock = sim.lock("/d/f", LockScope::Item).unwrap();
        check("/d/f", to(), "Locked");
        sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
        let other = sim.add_drive(DriveSpec::new("other").profile(profile.clone())).unwrap();
        let across = sim.update("/d/f", all(Update::default().parent(other.at("/"))));
        assert_eq!(kind(across), "AcrossDrives");
        let stale = Address::from("/d/f").if_match(Precondition::ETag(9));
        assert_eq!(kind(sim.update(stale, to())), "TagMismatch");
        assert_eq!(sim.item("/d/f").unwrap().etag, 0);
        sim.update("/d/f", to()).unwrap();
        sim.check_invariants();
    }
}

#[test]
fn a_conflict_is_resolved_as_by_a_move() {
    for profile in [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL] {
        check_conflicts(sim(profile));
    }
}

fn check_conflicts(sim: Sim) {
    let update = |name: &str, conflict| {
        Update::default().parent("/to").name(name).on_conflict(conflict).description("about")
    };
    sim.update("/d/f", update("taken", Conflict::Rename)).unwrap();
    assert_eq!(sim.item("/to/taken 1").unwrap().description.as_deref(), Some("about"));
    sim.update("/to/taken 1", update("taken", Conflict::Replace)).unwrap();
    assert_eq!(sim.read("/to/taken").unwrap(), b"1");
    assert_eq!(sim.item("/to/taken").unwrap().etag, 2);
    assert!(sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
    sim.check_invariants();
}

#[test]
fn the_root_can_get_a_description_and_times() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        sim.update("/", Update::default().description("all of it").times(content_time(9))).unwrap();
        let root = sim.item("/").unwrap();
        assert_eq!((root.etag, root.description.as_deref()), (1, Some("all of it")));
        assert_eq!(root.fs_modified_at.as_second(), 9);
    }
}
