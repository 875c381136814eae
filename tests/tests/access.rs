//! Tests of access levels: inheritance, hidden items, and which verbs fail and when.

use drivesim::access::{Access, LockScope};
use drivesim::item::Times;
use drivesim::options::RestoreOptions;
use drivesim::{Conflict, CopyOptions, Error, Item, ItemId, JobStatus, Pace, Profile, Sim};

use crate::error_kinds::kind;

const DRIVE: &str = "d/\n  e/\n    f = \"1\"\n    g = 2 B\n  k\nto/\n  taken\n";

fn sim(profile: Profile) -> Sim {
    Sim::builder().profile(profile).outline(DRIVE).build().unwrap()
}

fn names(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

type Change = (&'static str, fn(&Sim, ItemId) -> Result<(), Error>);

/// Every verb that changes the file `/d/e/f` or creates an item in its folder.
const CHANGES: [Change; 17] = [
    ("write", |sim, file| sim.write(file, "x").map(|_| ())),
    ("rename", |sim, file| sim.rename(file, "x")),
    ("rename to the same", |sim, file| sim.rename(file, "f")),
    ("move", |sim, file| sim.move_to(file, "/to")),
    ("delete", |sim, file| sim.delete(file)),
    ("delete for good", |sim, file| sim.delete_permanently(file)),
    ("delete above", |sim, _| sim.delete("/d")),
    ("move above", |sim, _| sim.move_to("/d", "/to")),
    ("describe", |sim, file| sim.set_description(file, "x")),
    ("set times", |sim, file| {
        sim.set_times(file, Times { fs_created_at: Some(sim.now()), ..Times::default() })
    }),
    ("restore a version", |sim, file| sim.restore_version(file, 1)),
    ("delete a version", |sim, file| sim.delete_version(file, 1)),
    ("make a folder", |sim, _| sim.create_folder("/d/e", "new").map(|_| ())),
    ("make a file", |sim, _| sim.create_sized("/d/e", "new", 1).map(|_| ())),
    ("write a new file", |sim, _| sim.write("/d/e/new", "x").map(|_| ())),
    ("move into", |sim, _| sim.move_to("/to/taken", "/d/e")),
    ("copy into", |sim, _| sim.copy("/to/taken", "/d/e", CopyOptions::default()).map(|_| ())),
];

type Query = (&'static str, fn(&Sim, &str) -> Result<(), Error>);

/// Every verb that reads `/d/e`, by path.
const QUERIES: [Query; 8] = [
    ("item", |sim, path| sim.item(path).map(|_| ())),
    ("path", |sim, path| sim.path(path).map(|_| ())),
    ("tally", |sim, path| sim.totals(path).map(|_| ())),
    ("search", |sim, path| sim.search(path, "x").map(|_| ())),
    ("children", |sim, path| sim.children(path).map(|_| ())),
    ("outline", |sim, path| sim.outline_of(path).map(|_| ())),
    ("lock", |sim, path| {
        sim.lock(path, LockScope::Item).and_then(|lock| sim.unlock(sim.first_drive().unwrap(), lock))
    }),
    ("copy", |sim, path| sim.copy(path, "/to", CopyOptions::named("copy")).map(|_| ())),
];

#[test]
fn read_only_items_cannot_be_changed() {
    for profile in Profile::ALL {
        for (name, change) in CHANGES {
            for restricted in ["/d/e", "/d", "/"] {
                let sim = sim(profile.clone());
                let file = sim.item("/d/e/f").unwrap().id;
                sim.write(file, "2").unwrap();
                sim.set_access(restricted, Some(Access::Read)).unwrap();
                let before = sim.fork();
                assert_eq!(kind(change(&sim, file)), "AccessDenied", "{name} with {restricted} restricted");
                assert!(before.diff(&sim).unwrap().is_empty());
                if restricted != "/" {
                    assert!(QUERIES.iter().all(|(_, query)| query(&sim, "/d/e").is_ok()));
                }
                sim.set_access(restricted, Some(Access::Write)).unwrap();
                assert_eq!(kind(change(&sim, file)), "done", "{name} on {}", profile.name());
                sim.check_invariants();
            }
        }
    }
}

#[test]
fn inaccessible_items_are_not_found() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let [folder, file] = ["/d/e", "/d/e/f"].map(|path| sim.item(path).unwrap().id);
        sim.write(file, "2").unwrap();
        let outline = sim.outline().unwrap();
        sim.set_access(folder, Some(Access::None)).unwrap();
        for (name, query) in QUERIES {
            assert_eq!(kind(query(&sim, "/d/e")), "NotFound", "{name}");
        }
        for (name, change) in CHANGES {
            let expected = if name.ends_with("above") { "AccessDenied" } else { "NotFound" };
            assert_eq!(kind(change(&sim, file)), expected, "{name}");
        }
        assert_eq!((kind(sim.item(folder)), kind(sim.item(file))), ("NotFound".into(), "NotFound".into()));
        assert!(!sim.exists("/d/e/f") && !sim.exists(file));
        assert_eq!(names(&sim.children("/d").unwrap()), ["k"]);
        assert_eq!(sim.item("/d").unwrap().child_count, 1);
        assert_eq!(names(&sim.children_at("/d", 0, 9).unwrap()), ["k"]);
        assert_eq!(names(&sim.children_at("/d", 1, 9).unwrap()), [""; 0]);
        let page = sim.children_after("/d", None, 1).unwrap();
        assert_eq!((names(&page.items), page.next_after), (vec!["k"], None));
        let tally = sim.totals("/d").unwrap();
        assert_eq!((tally.files, tally.folders, tally.bytes), (1, 1, 0));
        // It still occupies its name and its bytes.
        assert_eq!(kind(sim.create_folder("/d", "e")), "NameTaken");
        assert_eq!(sim.item("/d").unwrap().size, 3);
        assert_eq!(sim.outline().unwrap(), outline, "an outline of a drive contains all items");
        sim.set_access("/d/e", None).unwrap();
        assert!(sim.exists(file));
        sim.check_invariants();
    }
}

#[test]
fn a_level_is_inherited_by_items_without_their_own() {
    let sim = sim(Profile::PLAIN);
    let levels =
        || ["/", "/d", "/d/e", "/d/e/f", "/to"].map(|path| sim.access(path).unwrap().to_string()).join(" ");
    assert_eq!(levels(), "write write write write write");
    sim.set_access("/d", Some(Access::Read)).unwrap();
    assert_eq!(levels(), "write read read read write");
    sim.set_access("/d/e/f", Some(Access::Write)).unwrap();
    sim.set_access("/", Some(Access::None)).unwrap();
    assert_eq!(levels(), "none read read write none");
    sim.set_access("/d", None).unwrap();
    assert_eq!(levels(), "none none none write none");
    sim.set_access("/d", None).unwrap();
    sim.set_access("/", None).unwrap();
    assert_eq!(levels(), "write write write write write");
    assert_eq!(kind(sim.access("/missing")), "NotFound");
    assert_eq!(kind(sim.set_access("/missing", None)), "NotFound");
}

#[test]
fn an_item_with_its_own_level_is_found_below_an_inaccessible_folder() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let file = sim.item("/d/e/f").unwrap().id;
        sim.set_access("/d", Some(Access::None)).unwrap();
        sim.set_access(file, Some(Access::Write)).unwrap();
        sim.write("/d/e/f", "2").unwrap();
        sim.write(file, "3").unwrap();
        assert_eq!(sim.read(file).unwrap(), b"3");
        assert_eq!(sim.path(file).unwrap(), "/d/e/f");
        assert!(!sim.exists("/d/e") && !sim.exists("/d/e/g"));
        assert_eq!(names(&sim.children("/").unwrap()), ["to"]);
        assert_eq!(names(&sim.search("/", "f").unwrap()), ["f"]);
        // Its folder is inaccessible, so it is not found as the target of the restore.
        sim.delete(file).unwrap();
        assert_eq!(kind(sim.restore_item(file)), "NotFound");
        sim.set_access("/d", None).unwrap();
        sim.restore_item(file).unwrap();
        sim.set_access("/d", Some(Access::None)).unwrap();
        sim.copy(file, "/to", CopyOptions::default()).unwrap();
        sim.move_to(file, "/to").map_err(|error| error.code()).unwrap_err();
        sim.rename("/to/f", "h").unwrap();
        sim.move_to(file, "/to").unwrap();
        sim.delete(file).unwrap();
        sim.restore_item_with(file, RestoreOptions::to("/to").name("back")).unwrap();
        sim.check_invariants();
    }
}

#[test]
fn a_copy_needs_read_access_to_all_of_its_source_and_write_access_to_its_target() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let copy = |source: &str, target: &str| {
            kind(sim.copy(source, target, CopyOptions::named("copy")).map(|_| ()))
        };
        sim.set_access("/d/e/f", Some(Access::None)).unwrap();
        assert_eq!(copy("/d", "/to"), "AccessDenied");
        let children = CopyOptions::children_only();
        assert_eq!(kind(sim.copy("/d", "/to", children).map(|_| ())), "AccessDenied");
        assert_eq!(copy("/d/e/f", "/to"), "NotFound");
        sim.set_access("/d/e/f", Some(Access::Read)).unwrap();
        assert_eq!(copy("/d", "/to"), "done");
        sim.set_access("/to", Some(Access::Read)).unwrap();
        assert_eq!(copy("/d", "/to"), "AccessDenied");
        assert_eq!(copy("/to/copy", "/d"), "done", "a copy inherits the level of its folder");
        sim.set_access("/d/copy/e/f", Some(Access::Read)).unwrap();
        sim.set_access("/to", None).unwrap();
        sim.rename("/to/copy", "first").unwrap();
        sim.copy("/d/copy", "/to", CopyOptions::default()).unwrap();
        assert_eq!(sim.access("/to/copy/e/f").unwrap(), Access::Write, "levels are not copied");
        // Access is checked after existence and before IntoItself.
        sim.set_access("/d", Some(Access::Read)).unwrap();
        assert_eq!(copy("/d", "/d/e"), "AccessDenied");
        assert_eq!(copy("/missing", "/d/e"), "NotFound");
        sim.set_access("/d", None).unwrap();
        assert_eq!(copy("/d", "/d/e"), "IntoItself");
        sim.check_invariants();
    }
}

#[test]
fn a_move_or_delete_needs_write_access_to_all_items_below() {
    for profile in Profile::ALL {
        for level in [Access::Read, Access::None] {
            let sim = sim(profile.clone());
            sim.set_access("/d/e/g", Some(level)).unwrap();
            for (verb, result) in [
                ("move", sim.move_to("/d", "/to")),
                ("rename", sim.rename("/d", "h")),
                ("delete", sim.delete("/d")),
                ("delete for good", sim.delete_permanently("/d")),
            ] {
                assert_eq!(kind(result), "AccessDenied", "{verb}");
            }
            assert_eq!(
                kind(sim.move_to("/d", "/d/e")),
                "AccessDenied",
                "access is checked before IntoItself"
            );
            sim.delete("/d/e/f").unwrap();
            sim.set_access("/d/e/g", None).unwrap();
            sim.delete("/d").unwrap();
            sim.check_invariants();
        }
    }
}

#[test]
fn a_level_moves_with_its_item_and_ends_with_it() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let file = sim.item("/d/e/f").unwrap().id;
        sim.set_access("/d", Some(Access::Write)).unwrap();
        sim.set_access(file, Some(Access::Write)).unwrap();
        sim.move_to(file, "/to").unwrap();
        sim.set_access("/to", Some(Access::Read)).unwrap();
        assert_eq!(sim.access(file).unwrap(), Access::Write);
        sim.delete(file).unwrap();
        assert_eq!(kind(sim.restore_item(file)), "AccessDenied");
        sim.set_access("/to", None).unwrap();
        sim.restore_item(file).unwrap();
        sim.set_access("/to", Some(Access::Read)).unwrap();
        sim.write(file, "still").unwrap();
        sim.delete_permanently(file).unwrap();
        assert_eq!(kind(sim.write("/to/f", "x")), "AccessDenied");
        sim.check_invariants();
    }
}

#[test]
fn access_is_checked_again_when_a_job_starts_but_not_later() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let copy = |name: &str| sim.copy("/d", "/to", CopyOptions::named(name).pace(Pace::Held)).unwrap();
        let [no_source, no_target, running] = ["no source", "no target", "running"].map(copy);
        running.step(1).unwrap();
        sim.set_access("/d/e/f", Some(Access::None)).unwrap();
        no_source.step(9).unwrap();
        assert_eq!(kind(no_source.outcome().unwrap()), "AccessDenied");
        sim.set_access("/d/e/f", None).unwrap();
        sim.set_access("/to", Some(Access::Read)).unwrap();
        no_target.step(9).unwrap();
        assert_eq!(kind(no_target.outcome().unwrap()), "AccessDenied");
        running.step(9).unwrap();
        assert_eq!(running.status(), JobStatus::Completed, "{:?}", running.outcome());
        assert_eq!(names(&sim.children("/to").unwrap()), ["running", "taken"]);
        sim.check_invariants();
    }
}

#[test]
fn read_only_files_are_not_replaced() {
    let sim = sim(Profile::PLAIN);
    sim.write("/taken", "new").unwrap();
    for level in [Access::Read, Access::None] {
        sim.set_access("/to/taken", Some(level)).unwrap();
        let replace = CopyOptions::default().on_conflict(Conflict::Replace);
        assert_eq!(kind(sim.copy("/taken", "/to", replace).map(|_| ())), "AccessDenied");
        assert_eq!(kind(sim.move_to_with("/taken", "/to", Conflict::Replace)), "AccessDenied");
        assert_eq!(kind(sim.create_file_with("/to", "taken", "x", Conflict::Replace)), "AccessDenied");
        let renamed =
            sim.copy("/taken", "/to", CopyOptions::default().on_conflict(Conflict::Rename)).unwrap();
        assert_eq!(renamed.status(), JobStatus::Completed);
    }
    sim.set_access("/to/taken", None).unwrap();
    sim.assert_outline_of("/to", "taken\ntaken 1 = \"new\"\ntaken 2 = \"new\"\n");
    sim.check_invariants();
}

#[test]
fn a_drive_of_an_outline_may_be_read_only_or_inaccessible() {
    let outline = "drive a profile=plain access=write\nf = 1 B\n\
                   drive b profile=business access=read\nf = 2 B\n\
                   drive c profile=box access=none\nf = 3 B\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    sim.check_invariants();
    sim.assert_outline(outline);
    assert_eq!(sim.outline().unwrap(), outline);
    let drives = sim.drives();
    let drive_names: Vec<&str> = drives.iter().map(|drive| drive.name()).collect();
    assert_eq!(drive_names, ["a", "b"]);
    assert_eq!(kind(sim.drive("c")), "NoDrive");
    assert_eq!(kind(sim.write(drives[0].at("/f"), "x")), "done");
    assert_eq!(kind(sim.write(drives[1].at("/f"), "x")), "AccessDenied");
    assert_eq!(kind(sim.create_folder(drives[1].at("/"), "x")), "AccessDenied");
    sim.copy(drives[1].at("/f"), drives[0].at("/"), CopyOptions::named("copy")).unwrap();
    let back = sim.copy(drives[0].at("/f"), drives[1].at("/"), CopyOptions::named("copy"));
    assert_eq!(kind(back.map(|_| ())), "AccessDenied");
    // An access level can be removed from a drive and set again.
    sim.set_access(drives[1].at("/"), None).unwrap();
    sim.write(drives[1].at("/f"), "x").unwrap();
    sim.set_access(drives[1].at("/"), Some(Access::None)).unwrap();
    assert_eq!(sim.drives().len(), 1);
    assert_eq!(kind(sim.item(drives[1].at("/"))), "NotFound");
    assert_eq!(kind(sim.profile_of(&drives[1]).map(|_| ())), "done");
    let failure = Sim::builder().outline("drive a access=some\n").build().unwrap_err();
    assert_eq!(failure.code(), "invalidRequest");
}

#[test]
fn forks_have_their_own_levels() {
    let sim = sim(Profile::PLAIN);
    sim.set_access("/d", Some(Access::Read)).unwrap();
    let (fork, snapshot) = (sim.fork(), sim.snapshot());
    sim.set_access("/d", None).unwrap();
    assert_eq!(kind(fork.write("/d/k", "x")), "AccessDenied");
    fork.set_access("/to", Some(Access::None)).unwrap();
    assert!(sim.exists("/to"));
    sim.restore(&snapshot);
    assert_eq!(kind(sim.write("/d/k", "x")), "AccessDenied");
}

#[test]
fn writing_to_an_inaccessible_root_fails_with_not_found() {
    let sim = Sim::builder().outline("a\n").build().unwrap();
    sim.set_access("/", Some(Access::None)).unwrap();
    assert_eq!(sim.write("/", "x").unwrap_err().code(), "itemNotFound");
}

#[test]
fn replacing_a_read_only_folder_fails() {
    let sim = sim(Profile::PLAIN);
    for level in [Access::Read, Access::None] {
        sim.set_access("/d/e", Some(level)).unwrap();
        assert_eq!(kind(sim.create_folder_with("/d", "e", Conflict::Replace)), "AccessDenied");
    }
    sim.set_access("/d/e", None).unwrap();
    let lock = sim.lock("/d/e", LockScope::Item).unwrap();
    assert_eq!(kind(sim.create_folder_with("/d", "e", Conflict::Replace)), "Locked");
    sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
    let folder = sim.item("/d/e").unwrap().id;
    assert_eq!(sim.create_folder_with("/d", "e", Conflict::Replace), Ok(folder));
}

#[test]
fn the_child_count_includes_only_accessible_children() {
    let sim = sim(Profile::PLAIN);
    let count = |path: &str| sim.item(path).unwrap().child_count;
    for name in ["f", "g"] {
        sim.set_access(format!("/d/e/{name}"), Some(Access::None)).unwrap();
    }
    sim.set_access("/to/taken", Some(Access::Read)).unwrap();
    assert_eq!([count("/"), count("/d"), count("/d/e"), count("/to")], [2, 2, 0, 1]);
    for number in 0..9 {
        sim.write(format!("/d/e/{number}"), "x").unwrap();
    }
    assert_eq!(count("/d/e"), 9, "more children than levels");
    let file = sim.search("/", "k").unwrap()[0].id;
    sim.set_access(file, Some(Access::None)).unwrap();
    assert_eq!(count("/d"), 1);
    sim.set_access(file, None).unwrap();
    assert_eq!(count("/d"), 2);
    sim.check_invariants();
}

#[test]
fn a_listing_with_twenty_thousand_levels_is_fast() {
    let sim = Sim::builder().build().unwrap();
    for number in 0..20_000 {
        let id = sim.create_folder("/", &format!("{number}")).unwrap();
        sim.set_access(id, Some(Access::Read)).unwrap();
    }
    // Fifty listings would take minutes if each item were compared with each level.
    for _ in 0..50 {
        assert_eq!(sim.children("/").unwrap().len(), 20_000);
    }
}

#[test]
fn levels_of_an_outline_apply_and_are_printed() {
    let outline = "Closed/ # access=none\n  in\n  open # access=read\nFixed/ # access=read\n  in\n  Drop/ # access=write\nfree\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let levels = |path: &str| (sim.access(path).unwrap(), sim.own_access(path).unwrap());
    assert_eq!(levels("/"), (Access::Write, None));
    assert_eq!(levels("/Closed/in"), (Access::None, None));
    assert_eq!(levels("/Closed/open"), (Access::Read, Some(Access::Read)));
    assert_eq!(levels("/Fixed/in"), (Access::Read, None));
    assert_eq!(levels("/Fixed/Drop"), (Access::Write, Some(Access::Write)));
    assert_eq!(kind(sim.own_access("/missing")), "NotFound");
    assert_eq!(kind(sim.write("/Fixed/in", "x")), "AccessDenied");
    assert_eq!(kind(sim.write("/Closed/in", "x")), "NotFound");
    sim.create_file("/Fixed/Drop", "new", "x").unwrap();
    let listed: Vec<String> = sim.children("/").unwrap().iter().map(|item| item.name.to_string()).collect();
    assert_eq!(listed, ["Fixed", "free"]);
    // The change feed contains all accessible items, at any depth.
    let changes = sim.changes(sim.first_drive().unwrap(), None, 100).unwrap().changes;
    let changed: Vec<String> = changes
        .iter()
        .map(|change| match change {
            drivesim::feed::Change::Changed(item) => item.name.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(changed.contains(&"open".to_owned()) && !changed.contains(&"Closed".to_owned()), "{changed:?}");
    assert_eq!(changed.iter().filter(|name| *name == "in").count(), 1, "that of Fixed: {changed:?}");
    let printed = sim.outline_with(drivesim::outline::Detail::Attributes).unwrap();
    assert_eq!(printed.matches("access=").count(), 4, "{printed}");
    let again = Sim::builder().outline(&printed).build().unwrap();
    assert_eq!(again.outline_with(drivesim::outline::Detail::Attributes).unwrap(), printed);
    again.check_invariants();
}

#[test]
fn the_error_distinguishes_an_item_from_items_below_it() {
    for profile in Profile::ALL {
        let message = |result: Result<(), drivesim::Error>| result.unwrap_err().to_string();
        let copy = |sim: &Sim, source: &str, target: &str| {
            message(sim.copy(source, target, CopyOptions::named("copy")).map(|_| ()))
        };
        let sim = sim(profile.clone());
        sim.set_access("/d/e/f", Some(Access::None)).unwrap();
        assert_eq!(copy(&sim, "/d", "/to"), "no read access to items below \"/d\"");
        assert_eq!(message(sim.delete("/d")), "no write access to items below \"/d\"");
        sim.set_access("/d/e/f", Some(Access::Read)).unwrap();
        sim.set_access("/to", Some(Access::Read)).unwrap();
        assert_eq!(message(sim.delete("/d/e/f")), "no write access to \"/d/e/f\"");
        assert_eq!(message(sim.rename("/d/e", "x")), "no write access to items below \"/d/e\"");
        assert_eq!(copy(&sim, "/d", "/to"), "no write access to \"/to\"");
    }
}
