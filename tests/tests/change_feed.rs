//! Tests of the change feed: each item once, in the order of its last change, page by page.

use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::drive::DriveSpec;
use drivesim::feed::{Change, ChangeToken, Changes};
use drivesim::item::{Content, Times, Timestamp, Versions};
use drivesim::options::{OnFailure, RestoreOptions};
use drivesim::{Conflict, CopyOptions, Error, Pace, Profile, Sim};

const DRIVE: &str = "d/\n  e/\n    f = \"1\"\n  g\nto/\n";

fn sim(profile: Profile) -> Sim {
    Sim::builder().profile(profile).outline(DRIVE).build().unwrap()
}

fn all(sim: &Sim, token: Option<ChangeToken>) -> Changes {
    let changes = sim.changes(sim.first_drive().unwrap(), token, usize::MAX).unwrap();
    assert!(!changes.more);
    changes
}

/// Returns the changes since a token as text: paths of changed items, and tombstones.
fn changes_since(sim: &Sim, token: ChangeToken) -> Vec<String> {
    let text = |change: &Change| match change {
        Change::Changed(item) => {
            assert_eq!(sim.item(item.id).unwrap(), *item, "the change has the current state of the item");
            sim.path(item.id).unwrap()
        }
        Change::Deleted(tombstone) => {
            assert!(!sim.exists(tombstone.id));
            format!("no {} of {} B", tombstone.name, tombstone.size)
        }
    };
    all(sim, Some(token)).changes.iter().map(text).collect()
}

fn is_resync<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    result.unwrap_err() == Error::Drive(drivesim::error::DriveError::ResyncRequired)
}

type Verb = (&'static str, fn(&Sim), &'static [&'static str]);

const VERBS: [Verb; 24] = [
    ("nothing", |_| (), &[]),
    ("write", |sim| sim.write("/d/e/f", "2").map(|_| ()).unwrap(), &["/d/e/f"]),
    ("make", |sim| sim.write("/d/new", "2").map(|_| ()).unwrap(), &["/d/new"]),
    ("rename", |sim| sim.rename("/d/e", "h").unwrap(), &["/d/h"]),
    ("rename to the same", |sim| sim.rename("/d/e", "e").unwrap(), &[]),
    ("move", |sim| sim.move_to("/d/e", "/to").unwrap(), &["/to/e"]),
    ("describe", |sim| sim.set_description("/d/e", "x").unwrap(), &["/d/e"]),
    ("describe with nothing", |sim| sim.set_description("/d/e", "").unwrap(), &[]),
    ("describe the root", |sim| sim.set_description("/", "x").unwrap(), &["/"]),
    (
        "set times",
        |sim| sim.set_times("/d/g", Times { fs_created_at: Some(sim.now()), ..Times::default() }).unwrap(),
        &["/d/g"],
    ),
    ("set no times", |sim| sim.set_times("/d/g", Times::default()).unwrap(), &[]),
    (
        "restore a version",
        |sim| {
            sim.write("/d/g", "2").unwrap();
            sim.restore_version("/d/g", 1).unwrap();
        },
        &["/d/g"],
    ),
    ("set access", |sim| sim.set_access("/d", Some(Access::Read)).unwrap(), &[]),
    ("lock", |sim| sim.lock("/d", LockScope::Tree).map(|_| ()).unwrap(), &[]),
    ("set a quota", |sim| sim.set_quota(sim.first_drive().unwrap(), Some(1 << 30)).unwrap(), &[]),
    ("delete a file", |sim| sim.delete("/d/e/f").unwrap(), &["no f of 1 B"]),
    ("delete a folder", |sim| sim.delete("/d").unwrap(), &["no d of 1 B"]),
    ("delete a folder for good", |sim| sim.delete_permanently("/d").unwrap(), &["no d of 1 B"]),
    (
        "delete and purge",
        |sim| {
            sim.delete("/d").unwrap();
            sim.purge_all(sim.first_drive().unwrap()).unwrap();
        },
        &["no d of 1 B"],
    ),
    (
        "delete and restore",
        |sim| {
            let folder = sim.item("/d/e").unwrap().id;
            sim.delete(folder).unwrap();
            sim.restore_item(folder).unwrap();
        },
        &["/d/e", "/d/e/f"],
    ),
    (
        "make and delete",
        |sim| {
            sim.write("/new", "22").unwrap();
            sim.delete("/new").unwrap();
        },
        &["no new of 2 B"],
    ),
    (
        "copy",
        |sim| sim.copy("/d", "/to", CopyOptions::default()).map(|_| ()).unwrap(),
        &["/to/d", "/to/d/e", "/to/d/g", "/to/d/e/f"],
    ),
    (
        "copy children",
        |sim| sim.copy("/d", "/to", CopyOptions::children_only()).map(|_| ()).unwrap(),
        &["/to/e", "/to/g", "/to/e/f"],
    ),
    (
        "copy all versions by and by",
        |sim| {
            let options = CopyOptions::default().versions(Versions::All).pace(Pace::items_per_second(1));
            sim.copy("/d/e", "/to", options).unwrap();
            sim.run_until_idle();
        },
        &["/to/e", "/to/e/f"],
    ),
];

#[test]
fn each_verb_logs_its_own_changes() {
    for profile in Profile::ALL {
        for (name, verb, expected) in VERBS {
            let sim = sim(profile.clone());
            let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
            verb(&sim);
            assert_eq!(changes_since(&sim, token), expected, "{name} on {}", profile.name());
            sim.check_invariants();
        }
    }
}

#[test]
fn an_item_that_changes_again_is_listed_once_and_last() {
    let sim = sim(Profile::PLAIN);
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    for path in ["/d/g", "/d/e/f", "/to", "/d/g"] {
        sim.set_description(path, path).unwrap();
        sim.set_description(path, "again").unwrap();
    }
    assert_eq!(changes_since(&sim, token), ["/d/e/f", "/to", "/d/g"]);
    let token = all(&sim, Some(token)).token;
    assert_eq!(changes_since(&sim, token), Vec::<String>::new());
    sim.rename("/d/g", "h").unwrap();
    assert_eq!(changes_since(&sim, token), ["/d/h"]);
}

#[test]
fn a_replaced_file_has_a_tombstone_and_the_new_one_is_listed() {
    let sim = sim(Profile::PLAIN);
    sim.write("/to/g", "old").unwrap();
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.copy("/d/g", "/to", CopyOptions::default().on_conflict(Conflict::Replace)).unwrap();
    assert_eq!(changes_since(&sim, token), ["no g of 3 B", "/to/g"]);
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.move_to_with("/d/g", "/to", Conflict::Replace).unwrap();
    assert_eq!(changes_since(&sim, token), ["no g of 0 B", "/to/g"]);
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.create_file_with("/to", "g", "new", Conflict::Replace).unwrap();
    assert_eq!(changes_since(&sim, token), ["/to/g"], "an overwritten file stays");
    let slowly = CopyOptions::named("g").on_conflict(Conflict::Replace).pace(Pace::Held);
    let job = sim.copy("/d/e/f", "/to", slowly).unwrap();
    job.step(0).unwrap();
    assert_eq!(changes_since(&sim, token), ["/to/g"]);
    job.step(1).unwrap();
    assert_eq!(changes_since(&sim, token), ["no g of 3 B", "/to/g"]);
    sim.check_invariants();
}

#[test]
fn a_stepped_copy_is_listed_as_it_is_revealed() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let mut token = sim.change_token(sim.first_drive().unwrap()).unwrap();
        let job = sim.copy("/d", "/to", CopyOptions::default().pace(Pace::Held)).unwrap();
        for expected in ["/to/d", "/to/d/e", "/to/d/g", "/to/d/e/f"] {
            assert_eq!(changes_since(&sim, token), Vec::<String>::new());
            job.step(1).unwrap();
            assert_eq!(changes_since(&sim, token), [expected]);
            token = all(&sim, Some(token)).token;
        }
        assert_eq!(all(&sim, None).changes.len(), 10);
    }
}

#[test]
fn leftovers_in_the_bin_are_not_removed() {
    let sim = sim(Profile::BUSINESS);
    sim.write("/d/e/x", "y").unwrap();
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    let options = CopyOptions::children_only().pace(Pace::Held).on_failure(OnFailure::Remove);
    let job = sim.copy("/d", "/to", options).unwrap();
    job.step(3).unwrap();
    let [new_folder, target] = ["/to/e", "/to"].map(|path| sim.item(path).unwrap().id);
    sim.delete(target).unwrap();
    assert!(job.outcome().unwrap().is_err());
    sim.restore_item(target).unwrap();
    // Leftovers that went to the bin with the target are not removed from it.
    assert!(sim.exists(new_folder));
    sim.check_invariants();
    assert!(changes_since(&sim, token).iter().any(|change| change == "/to/e"));
}

#[test]
fn a_tombstone_has_the_last_state_of_the_item() {
    let sim = sim(Profile::PLAIN);
    let file = sim.item("/d/g").unwrap().id;
    let first = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.delete(file).unwrap();
    let second = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.restore_item_with(file, RestoreOptions::to("/to").name("h")).unwrap();
    let third = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.write(file, "333").unwrap();
    sim.delete(file).unwrap();
    for token in [first, second, third] {
        let changes = all(&sim, Some(token)).changes;
        let [Change::Deleted(tombstone)] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((tombstone.id, tombstone.name.as_str(), tombstone.size), (file, "h", 3));
        assert_eq!(tombstone.parent, Some(sim.item("/to").unwrap().id));
    }
}

#[test]
fn pages_of_any_size_list_the_same_changes() {
    for profile in [Profile::PLAIN, Profile::PERSONAL] {
        let sim = sim(profile);
        let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
        for (_, verb, _) in VERBS.iter().filter(|(name, ..)| ["write", "copy", "rename"].contains(name)) {
            verb(&sim);
        }
        sim.delete("/d/g").unwrap();
        for start in [None, Some(token)] {
            let whole = all(&sim, start).changes;
            for limit in 1..=whole.len() + 1 {
                let (mut token, mut changes) = (start, Vec::new());
                loop {
                    let page = sim.changes(sim.first_drive().unwrap(), token, limit).unwrap();
                    assert!(page.changes.len() <= limit);
                    changes.extend(page.changes);
                    // A token equals the one parsed from its text.
                    token = Some(page.token.to_string().parse().unwrap());
                    assert_eq!(token, Some(page.token));
                    if !page.more {
                        break;
                    }
                }
                assert_eq!(changes, whole, "{limit} at once");
                assert_eq!(sim.changes(sim.first_drive().unwrap(), token, 1).unwrap().changes, []);
            }
        }
        let nothing = sim.changes(sim.first_drive().unwrap(), Some(token), 0).unwrap();
        assert_eq!(nothing.changes.len(), 1, "a page has at least one change, so that reading ends");
    }
}

#[test]
fn changes_during_a_full_listing_are_listed_at_its_end() {
    let sim = sim(Profile::PLAIN);
    let first = sim.changes(sim.first_drive().unwrap(), None, 3).unwrap();
    assert!(first.more);
    let Change::Changed(seen) = &first.changes[1] else { panic!() };
    let seen = seen.id;
    let unseen = sim.item("/to").unwrap().id;
    sim.set_description(seen, "later").unwrap();
    sim.delete(unseen).unwrap();
    let new = sim.write("/new", "x").unwrap();
    let rest = sim.changes(sim.first_drive().unwrap(), Some(first.token), usize::MAX).unwrap();
    assert!(rest.more);
    let last = sim.changes(sim.first_drive().unwrap(), Some(rest.token), usize::MAX).unwrap();
    assert!(!last.more);
    let ids = last.changes.iter().map(|change| match change {
        Change::Changed(item) => item.id,
        Change::Deleted(tombstone) => tombstone.id,
    });
    assert_eq!(ids.collect::<Vec<_>>(), [seen, unseen, new]);
    assert!(!rest.changes.iter().any(|change| matches!(change, Change::Changed(item) if item.id == unseen)));
}

#[test]
fn invalid_token_texts_are_rejected() {
    let sim = sim(Profile::PLAIN);
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    assert_eq!(token.to_string().parse(), Ok(token));
    let good = ["0-0", "0-0-0", "ffffffff-ffffffffffffffff", "0-ffffffffffffffff-ffffffff"];
    for text in good {
        let token: ChangeToken = text.parse().unwrap();
        assert_eq!(token.to_string(), text);
    }
    for text in [
        "",
        "-",
        "0",
        "0-",
        "-0",
        "0-0-",
        "0-0-0-0",
        "0--0",
        "g-0",
        "A-0",
        "+1-0",
        "0-+1",
        " 0-0",
        "0-0\n",
        "10000000000000000-0",
        "0-10000000000000000",
        "0-0-100000000",
        "0x1-0",
        "٣-0",
    ] {
        assert!(text.parse::<ChangeToken>().is_err(), "{text:?}");
    }
    // Well-formed, but not of a state of this drive.
    for text in ["0-fffff", "1-0", "0-ffffffffffffffff", "0-fffff-0"] {
        assert!(is_resync(sim.changes(sim.first_drive().unwrap(), Some(text.parse().unwrap()), 9)), "{text}");
    }
    // A listing that continues after the last item is empty.
    let latest = token.to_string().replacen("0-", "", 1);
    let beyond: ChangeToken = format!("0-{latest}-ffffffff").parse().unwrap();
    assert_eq!(sim.changes(sim.first_drive().unwrap(), Some(beyond), 9).unwrap().changes, []);
}

#[test]
fn tokens_are_valid_in_forks_but_not_after_a_restore() {
    let sim = sim(Profile::PLAIN);
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    let listing = sim.changes(sim.first_drive().unwrap(), None, 2).unwrap().token;
    let snapshot = sim.snapshot();
    sim.write("/new", "x").unwrap();
    let fork = sim.fork();
    assert_eq!(changes_since(&fork, token), ["/new"]);
    fork.write("/newer", "x").unwrap();
    assert_eq!(changes_since(&fork, token), ["/new", "/newer"]);
    assert_eq!(changes_since(&sim, token), ["/new"]);
    let later = sim.change_token(sim.first_drive().unwrap()).unwrap();
    for _ in 0..2 {
        sim.restore(&snapshot);
        for old in [token, later, listing] {
            assert!(is_resync(sim.changes(sim.first_drive().unwrap(), Some(old), 9)));
        }
        let fresh = sim.change_token(sim.first_drive().unwrap()).unwrap();
        sim.write("/other", "x").unwrap();
        assert_eq!(changes_since(&sim, fresh), ["/other"]);
        assert_eq!(all(&sim, None).changes.len(), 7);
        let added = sim.add_drive(DriveSpec::new("added").profile(Profile::BOX)).unwrap();
        let of_added = sim.change_token(&added).unwrap();
        assert_eq!(sim.changes(&added, Some(of_added), 9).unwrap().changes, []);
        // The token is from before this restore.
        sim.restore(&snapshot);
        assert!(is_resync(sim.changes(sim.first_drive().unwrap(), Some(fresh), 9)));
    }
    fork.restore(&snapshot);
    assert!(is_resync(fork.changes(fork.first_drive().unwrap(), Some(token), 9)));
}

#[test]
fn each_drive_has_its_own_changes() {
    let sim = sim(Profile::PLAIN);
    let other = sim.add_drive(DriveSpec::new("other").profile(Profile::BUSINESS)).unwrap();
    let (first_token, second_token) =
        (sim.change_token(sim.first_drive().unwrap()).unwrap(), sim.change_token(&other).unwrap());
    sim.copy("/d/e", other.at("/"), CopyOptions::default()).unwrap();
    assert_eq!(changes_since(&sim, first_token), Vec::<String>::new());
    let changes = sim.changes(&other, Some(second_token), 9).unwrap().changes;
    let names = changes.iter().map(|change| match change {
        Change::Changed(item) => item.name.as_str(),
        Change::Deleted(_) => "gone",
    });
    assert_eq!(names.collect::<Vec<_>>(), ["e", "f"]);
}

#[test]
fn inaccessible_items_are_not_listed() {
    let sim = sim(Profile::PLAIN);
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    sim.write("/d/e/f", "2").unwrap();
    sim.write("/to/x", "2").unwrap();
    sim.set_access("/d", Some(Access::None)).unwrap();
    assert_eq!(changes_since(&sim, token), ["/to/x"]);
    assert_eq!(all(&sim, None).changes.len(), 3, "the root, /to and its child");
    sim.set_access("/d", Some(Access::Read)).unwrap();
    assert_eq!(changes_since(&sim, token), ["/d/e/f", "/to/x"]);
}

#[test]
fn a_copy_of_two_hundred_thousand_items_is_listed_in_pages() {
    let files: String = (0..999).map(|number| format!("    f{number}\n")).collect();
    for pace in [Pace::Instant, Pace::after(Duration::from_secs(1))] {
        let sim = Sim::builder().outline(format!("d/\n  0/\n{files}to/\n")).build().unwrap();
        for number in 1..200 {
            sim.copy("/d/0", "/d", CopyOptions::named(number.to_string())).unwrap();
        }
        let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
        sim.copy("/d", "/to", CopyOptions::default().pace(pace)).unwrap();
        sim.run_until_idle();
        let copy = sim.totals("/to/d").unwrap();
        let (mut seen, mut token) = (std::collections::HashSet::new(), token);
        loop {
            let page = sim.changes(sim.first_drive().unwrap(), Some(token), 7_000).unwrap();
            for change in &page.changes {
                let Change::Changed(item) = change else { panic!("{change:?}") };
                assert!(seen.insert(item.id), "{} is listed twice", item.name);
                let parent = item.parent.unwrap();
                assert!(seen.contains(&parent) || item.name == "d", "a folder is listed before its children");
            }
            token = page.token;
            if !page.more {
                break;
            }
        }
        assert_eq!(seen.len() as u64, copy.files + copy.folders);
        assert_eq!(seen.len(), 200_001);
        sim.delete("/to/d").unwrap();
        assert_eq!(changes_since(&sim, token), ["no d of 0 B"]);
    }
}

#[test]
fn a_token_expires_after_a_hundred_thousand_scattered_changes() {
    let files: String = (0..1000).map(|number| format!("  f{number}\n")).collect();
    let sim = Sim::builder().outline(format!("d/\n{files}")).build().unwrap();
    for number in 0..100 {
        sim.copy("/d", "/", CopyOptions::named(number.to_string())).unwrap();
    }
    let start = sim.change_token(sim.first_drive().unwrap()).unwrap();
    let items: Vec<_> = all(&sim, None).changes;
    let ids = items.iter().map(|change| match change {
        Change::Changed(item) => item.id,
        Change::Deleted(_) => panic!(),
    });
    let ids: Vec<_> = ids.collect();
    assert!(ids.len() > 100_000);
    // In reverse order, consecutive changes are not of consecutive slots.
    let touch = |id| {
        let times = Times { fs_created_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() };
        sim.set_times(id, times).unwrap();
    };
    let mut backwards = ids.iter().rev();
    backwards.by_ref().take(50_000).for_each(|id| touch(*id));
    let halfway = sim.change_token(sim.first_drive().unwrap()).unwrap();
    assert_eq!(all(&sim, Some(start)).changes.len(), 50_000);
    backwards.by_ref().take(50_500).for_each(|id| touch(*id));
    assert!(is_resync(sim.changes(sim.first_drive().unwrap(), Some(start), 9)));
    let rest = all(&sim, Some(halfway));
    assert_eq!(rest.changes.len(), 50_500);
    assert_eq!(all(&sim, Some(rest.token)).changes, []);
    assert_eq!(all(&sim, None).changes.len(), ids.len(), "a full listing always works");
    // Repeated changes of one item are one change.
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    (0..1000).for_each(|_| touch(ids[7]));
    assert_eq!(all(&sim, Some(token)).changes.len(), 1);
    sim.write("/d/f7", Content::from("x")).unwrap();
    sim.check_invariants();
}

#[test]
fn a_token_of_another_drive_is_rejected() {
    let sim = Sim::builder().outline("a\n").build().unwrap();
    let other = sim.add_drive("other").unwrap();
    let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
    assert!(sim.changes(sim.first_drive().unwrap(), Some(token), 1).is_ok());
    assert_eq!(sim.changes(&other, Some(token), 1).unwrap_err().code(), "resyncRequired");
}
