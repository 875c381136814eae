//! Tests of the bin: listing, access, restore, expiry and purge.

use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::drive::DriveSpec;
use drivesim::item::Timestamp;
use drivesim::options::{OnFailure, RestoreOptions, Visibility};
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, ItemId, JobStatus, Pace, Profile, Sim};

use crate::error_kinds::kind;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const SECOND: Duration = Duration::from_secs(1);
const DOCS: &str = "Docs/\n  a.txt = \"hi\"\n  deep/\n    b = 5 B\nto/\n";

fn sim(profile: Profile, outline: &str) -> Sim {
    Sim::builder().profile(profile).outline(outline).starts_at(Timestamp::UNIX_EPOCH).build().unwrap()
}

fn id(sim: &Sim, path: &str) -> ItemId {
    sim.item(path).unwrap().id
}

fn bin_names(sim: &Sim) -> Vec<String> {
    sim.bin(sim.first_drive().unwrap()).unwrap().into_iter().map(|entry| entry.item.name).collect()
}

fn retention_days(profile: &Profile) -> Option<u32> {
    match profile.service {
        Service::Plain => None,
        Service::Business => Some(93),
        Service::Personal | Service::Box => Some(30),
    }
}

#[test]
fn deleted_items_are_only_in_the_bin() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), DOCS);
        let [docs, file, deep, below] =
            ["/Docs", "/Docs/a.txt", "/Docs/deep", "/Docs/deep/b"].map(|path| id(&sim, path));
        let root = id(&sim, "/");
        sim.advance(SECOND).unwrap();
        sim.acting_as("ann").delete(file).unwrap();
        sim.advance(SECOND).unwrap();
        sim.acting_as("bob").delete(docs).unwrap();
        sim.check_invariants();
        sim.assert_outline("to/\n");
        for deleted in [docs, file, deep, below] {
            assert_eq!(kind(sim.item(deleted)), "NotFound");
            assert_eq!(kind(sim.path(deleted)), "NotFound");
            assert_eq!(kind(sim.delete(deleted)), "NotFound");
            assert_eq!(kind(sim.rename(deleted, "x")), "NotFound");
            assert_eq!(kind(sim.move_to(deleted, "/to")), "NotFound");
            assert_eq!(kind(sim.write(deleted, "x")), "NotFound");
            assert_eq!(kind(sim.lock(deleted, LockScope::Item)), "NotFound");
            assert_eq!(kind(sim.access(deleted)), "NotFound");
            assert_eq!(kind(sim.set_access(deleted, Some(Access::Read))), "NotFound");
            assert_eq!(kind(sim.copy(deleted, "/to", CopyOptions::default()).map(|_| ())), "NotFound");
            assert_eq!(kind(sim.move_to("/to", deleted)), "NotFound");
            assert_eq!(kind(sim.create_folder(deleted, "x")), "NotFound");
        }
        let bin = sim.bin(sim.first_drive().unwrap()).unwrap();
        let listed: Vec<_> = bin
            .iter()
            .map(|entry| {
                let (item, at) = (&entry.item, entry.deleted_at.as_second());
                (item.id, item.parent, item.name.as_str(), item.size, at, &*entry.deleted_by)
            })
            .collect();
        let expected = [(file, Some(docs), "a.txt", 2, 1, "ann"), (docs, Some(root), "Docs", 5, 2, "bob")];
        assert_eq!(listed, expected);
        let days = retention_days(&profile).map(|days| 2 + i64::from(days) * 24 * 60 * 60);
        assert_eq!(bin[1].purge_at.map(Timestamp::as_second), days);
        assert_eq!(sim.bin_item(docs).unwrap(), bin[1]);
        for not_in_bin in [deep, below, id(&sim, "/to")] {
            assert_eq!(kind(sim.bin_item(not_in_bin)), "NotInBin");
            assert_eq!(kind(sim.restore_item(not_in_bin)), "NotInBin");
            assert_eq!(kind(sim.purge(not_in_bin)), "NotInBin");
        }
        assert_eq!(kind(sim.restore_item("/Docs")), "NotInBin");
    }
}

#[test]
fn a_restored_folder_has_its_items_with_the_old_ids() {
    for profile in Profile::ALL {
        let sim = sim(profile, DOCS);
        let before = sim.fork();
        let docs = id(&sim, "/Docs");
        sim.delete(docs).unwrap();
        sim.restore_item(docs).unwrap();
        sim.check_invariants();
        sim.assert_outline(DOCS);
        for path in ["/Docs", "/Docs/a.txt", "/Docs/deep", "/Docs/deep/b"] {
            assert_eq!(id(&sim, path), id(&before, path));
        }
        assert!(sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
        assert_eq!(kind(sim.restore_item(docs)), "NotInBin");
    }
}

#[test]
fn delete_if_empty_fails_if_an_item_in_the_folder_is_visible() {
    let sim = Sim::builder()
        .profile(Profile::BUSINESS)
        .pace(Pace::Held)
        .outline("a/\n  x\nb/\nc.txt\nd/\n")
        .build()
        .unwrap();
    let error = sim.delete_if_empty("/a").unwrap_err();
    assert_eq!((error.to_string().as_str(), error.code()), ("\"/a\" is not empty", "invalidRequest"));
    sim.lock("/d", LockScope::Item).unwrap();
    assert_eq!(sim.delete_if_empty("/d").unwrap_err().code(), "resourceLocked");
    // Unrevealed items of a running copy do not count: they are deleted too, and the copy fails.
    let options = CopyOptions::named("copy").visibility(Visibility::Gradual);
    let job = sim.copy("/a", "/b", options).unwrap();
    job.step(1).unwrap();
    for path in ["/b/copy", "/b", "/c.txt"] {
        sim.delete_if_empty(path).unwrap();
    }
    sim.assert_outline("a/\n  x\nd/\n");
    sim.check_invariants();
}

#[test]
fn delete_permanently_if_empty_fails_if_a_copy_has_unrevealed_items_in_the_folder() {
    let sim = Sim::builder()
        .profile(Profile::BUSINESS)
        .pace(Pace::Held)
        .outline("a/\n  x\nb/\nc.txt\nd/\n")
        .build()
        .unwrap();
    let options = CopyOptions::named("copy").visibility(Visibility::Gradual);
    let job = sim.copy("/a", "/b", options).unwrap();
    job.step(1).unwrap();
    sim.lock("/d", LockScope::Item).unwrap();
    for (path, code) in [
        ("/a", "invalidRequest"),
        ("/b", "invalidRequest"),
        ("/b/copy", "invalidRequest"),
        ("/d", "resourceLocked"),
        ("/e", "itemNotFound"),
    ] {
        assert_eq!(sim.delete_permanently_if_empty(path).unwrap_err().code(), code, "{path}");
    }
    job.step(1).unwrap();
    sim.delete_permanently("/b/copy/x").unwrap();
    for path in ["/b/copy", "/b", "/c.txt"] {
        sim.delete_permanently_if_empty(path).unwrap();
    }
    assert!(sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
    sim.assert_outline("a/\n  x\nd/\n");
    sim.check_invariants();
}

#[test]
fn an_item_deleted_before_its_folder_is_not_restored_with_it() {
    for profile in Profile::ALL {
        let sim = sim(profile, DOCS);
        let [docs, file] = ["/Docs", "/Docs/a.txt"].map(|path| id(&sim, path));
        sim.delete(file).unwrap();
        sim.delete(docs).unwrap();
        assert_eq!(kind(sim.restore_item(file)), "NotFound", "its folder is in the bin");
        sim.restore_item(docs).unwrap();
        sim.assert_outline("Docs/\n  deep/\n    b = 5 B\nto/\n");
        assert_eq!(bin_names(&sim), ["a.txt"]);
        sim.restore_item(file).unwrap();
        sim.assert_outline(DOCS);
        sim.check_invariants();
    }
}

#[test]
fn on_box_the_target_of_a_restore_is_used_only_if_the_old_folder_is_missing() {
    for profile in Profile::ALL {
        for is_old_deleted in [false, true] {
            let sim = sim(profile.clone(), DOCS);
            let file = id(&sim, "/Docs/a.txt");
            sim.delete(file).unwrap();
            if is_old_deleted {
                sim.delete("/Docs").unwrap();
            }
            sim.restore_item_with(file, RestoreOptions::to("/to").name("new.txt")).unwrap();
            let stays = profile.service == Service::Box && !is_old_deleted;
            let expected = if stays { "/Docs/new.txt" } else { "/to/new.txt" };
            assert_eq!(sim.path(file).unwrap(), expected, "{}", profile.name());
            assert_eq!(id(&sim, expected), file);
            sim.check_invariants();
        }
    }
}

#[test]
fn the_checks_of_a_restore_have_an_order_and_a_failure_changes_nothing() {
    let long = "x".repeat(250);
    for profile in Profile::ALL {
        let outline =
            format!("Docs/\n  f = 6 B\nto/\n  taken\n  locked/\n{long}/\n  {long}/\n", long = &long[..170]);
        let sim = sim(profile.clone(), &outline);
        let other = sim.add_drive(DriveSpec::new("other").profile(profile.clone())).unwrap();
        let file = id(&sim, "/Docs/f");
        sim.delete(file).unwrap();
        sim.delete("/Docs").unwrap();
        sim.set_access("/to/taken", Some(Access::Read)).unwrap();
        let to = |item: ItemId, folder: &str, name: &str, conflict| {
            kind(sim.restore_item_with(item, RestoreOptions::to(folder).name(name).on_conflict(conflict)))
        };
        let before = (sim.outline().unwrap(), sim.bin(sim.first_drive().unwrap()).unwrap());
        let below_docs = id(&sim, "/to");
        assert_eq!(to(below_docs, "/missing", "a", Conflict::Fail), "NotInBin");
        assert_eq!(to(file, "/missing", "a:/", Conflict::Rename), "NotFound");
        assert_eq!(to(file, "/to/taken", "a/", Conflict::Rename), "NotAFolder");
        let across = sim.restore_item_with(file, RestoreOptions::to(other.at("/")));
        assert_eq!(kind(across), "AcrossDrives");
        sim.set_access("/to", Some(Access::Read)).unwrap();
        assert_eq!(to(file, "/to", "a/", Conflict::Rename), "AccessDenied");
        sim.set_access("/to", None).unwrap();
        if profile.service == Service::Box {
            assert_eq!(to(file, "/to", "a/", Conflict::Rename), "ConflictNotOffered");
        }
        assert_eq!(to(file, "/to", "a/", Conflict::Fail), "BadName");
        let lock = sim.lock("/to", LockScope::Item).unwrap();
        if matches!(profile.service, Service::Plain | Service::Box) {
            assert_eq!(to(file, "/to", "taken", Conflict::Fail), "Locked");
        } else {
            assert_eq!(to(file, "/to", "taken", Conflict::Fail), "NameTaken");
        }
        sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
        if profile.service == Service::Plain {
            sim.set_quota(sim.first_drive().unwrap(), Some(5)).unwrap();
            assert_eq!(to(file, "/to", "free", Conflict::Fail), "QuotaExceeded");
        }
        assert_eq!(to(file, "/to", "taken", Conflict::Fail), "NameTaken");
        sim.set_quota(sim.first_drive().unwrap(), None).unwrap();
        if profile.service != Service::Box {
            assert_eq!(to(file, "/to", "taken", Conflict::Replace), "AccessDenied");
            assert_eq!(to(file, "/to", "locked", Conflict::Replace), "NameTaken");
        }
        if profile.max_path.is_some() {
            let folder = format!("/{long}/{long}", long = &long[..170]);
            assert_eq!(to(file, &folder, &long[..60], Conflict::Fail), "PathTooLong");
        }
        assert_eq!((sim.outline().unwrap(), sim.bin(sim.first_drive().unwrap()).unwrap()), before);
        sim.check_invariants();
    }
}

#[test]
fn conflicts_of_a_restore_are_resolved_as_for_a_new_item() {
    for profile in Profile::ALL.into_iter().filter(|profile| profile.service != Service::Box) {
        let sim = sim(profile, "a.txt = \"old\"\nd/\n");
        let [old, folder] = ["/a.txt", "/d"].map(|path| id(&sim, path));
        sim.delete(old).unwrap();
        let new = sim.write("/a.txt", "new").unwrap();
        assert_eq!(kind(sim.restore_item(old)), "NameTaken");
        sim.restore_item_with(old, Conflict::Rename).unwrap();
        assert_eq!(sim.path(old).unwrap(), "/a 1.txt");
        sim.delete(old).unwrap();
        sim.restore_item_with(old, RestoreOptions::named("a.txt").on_conflict(Conflict::Replace)).unwrap();
        assert_eq!(sim.path(old).unwrap(), "/a.txt");
        assert_eq!(sim.read("/a.txt").unwrap(), b"old");
        assert_eq!(sim.versions(old).unwrap().len(), 1, "it is not a version of the replaced file");
        assert!(
            !sim.exists(new) && sim.bin(sim.first_drive().unwrap()).unwrap().is_empty(),
            "the replaced file is purged"
        );
        sim.delete(folder).unwrap();
        sim.write("/d", "a file").unwrap();
        for conflict in [Conflict::Fail, Conflict::Replace] {
            assert_eq!(kind(sim.restore_item_with(folder, conflict)), "NameTaken");
        }
        sim.restore_item_with(folder, Conflict::Rename).unwrap();
        sim.assert_outline("a.txt = \"old\"\nd = \"a file\"\nd 1/\n");
        sim.check_invariants();
    }
}

#[test]
fn the_number_of_a_deleted_item_is_free_until_it_is_restored() {
    let sim = sim(Profile::BUSINESS, "a\n");
    let create = || sim.create_file_with("/", "a", "x", Conflict::Rename).unwrap();
    let [one, two] = [create(), create()];
    assert_eq!([one, two].map(|id| sim.path(id).unwrap()), ["/a 1", "/a 2"]);
    sim.delete(one).unwrap();
    sim.restore_item(one).unwrap();
    assert_eq!(sim.path(create()).unwrap(), "/a 3");
    sim.delete(one).unwrap();
    assert_eq!(sim.path(create()).unwrap(), "/a 1");
    sim.restore_item_with(one, Conflict::Rename).unwrap();
    assert_eq!(sim.path(one).unwrap(), "/a 1 1");
    sim.check_invariants();
}

#[test]
fn items_in_the_bin_expire_at_the_exact_time() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "d/\n  f = 3 B\nkept = 1 B\nlate\n");
        let [folder, late] = ["/d", "/late"].map(|path| id(&sim, path));
        sim.set_quota(sim.first_drive().unwrap(), Some(10)).unwrap();
        sim.write("/d/f", "12345").unwrap();
        sim.delete(folder).unwrap();
        sim.advance(SECOND).unwrap();
        sim.delete(late).unwrap();
        let Some(days) = retention_days(&profile) else {
            sim.advance(10_000 * DAY).unwrap();
            assert_eq!(bin_names(&sim), ["d", "late"]);
            sim.restore_item(folder).unwrap();
            continue;
        };
        sim.advance(days * DAY - SECOND - Duration::from_nanos(1)).unwrap();
        assert_eq!(bin_names(&sim), ["d", "late"]);
        let quota = sim.quota(sim.first_drive().unwrap()).unwrap();
        assert_eq!((quota.used, quota.deleted), (1 + 5 + 3, 5));
        let fork = sim.fork();
        fork.restore_item(folder).unwrap();
        assert_eq!(fork.read("/d/f").unwrap(), b"12345");

        sim.advance(Duration::from_nanos(1)).unwrap();
        assert_eq!(bin_names(&sim), ["late"]);
        assert_eq!(kind(sim.bin_item(folder)), "NotInBin");
        let quota = sim.quota(sim.first_drive().unwrap()).unwrap();
        assert_eq!((quota.used, quota.deleted, quota.remaining), (1, 0, 9), "{}", profile.name());
        // Each verb purges expired items itself.
        let fork = || sim.fork();
        assert_eq!(kind(fork().restore_item(folder)), "NotInBin");
        assert_eq!(kind(fork().purge(folder)), "NotInBin");
        fork().create_sized("/", "new", 9).unwrap();
        fork().write("/kept", "1234567").unwrap();
        let nine = "kept = \"123456789\"\n";
        let copied = Sim::builder().outline(nine).build().unwrap();
        let target = copied.add_drive(DriveSpec::new("target").profile(profile.clone())).unwrap();
        copied.write(target.at("/f"), "123456789").unwrap();
        copied.set_quota(&target, Some(10)).unwrap();
        copied.delete(target.at("/f")).unwrap();
        let held = CopyOptions::default().pace(Pace::Held);
        assert_eq!(kind(copied.copy("/kept", target.at("/"), held.clone()).map(|_| ())), "QuotaExceeded");
        copied.advance(days * DAY).unwrap();
        let job = copied.copy("/kept", target.at("/"), held).unwrap();
        job.step(1).unwrap();
        assert_eq!(job.status(), JobStatus::Completed);
        copied.check_invariants();
        sim.check_invariants();
    }
}

#[test]
fn a_job_can_use_the_bytes_of_expired_items() {
    for profile in Profile::ALL.into_iter().filter(|profile| profile.bin_days.is_some()) {
        let sim = sim(profile.clone(), "source = \"12345\"\nto/\nold = \"12345\"\n");
        sim.set_quota(sim.first_drive().unwrap(), Some(15)).unwrap();
        let job = sim.copy("/source", "/to", CopyOptions::default().pace(Pace::Held)).unwrap();
        sim.write("/new", "12345").unwrap();
        sim.delete("/old").unwrap();
        sim.advance(100 * DAY).unwrap();
        job.step(1).unwrap();
        assert_eq!(job.status(), JobStatus::Completed, "{} {:?}", profile.name(), job.outcome());
        sim.check_invariants();
    }
}

#[test]
fn emptying_the_bin_needs_write_access_to_the_drive() {
    for profile in Profile::ALL {
        let sim = sim(profile, "a\nb\nd/\n");
        let [a, b] = ["/a", "/b"].map(|path| id(&sim, path));
        sim.delete(a).unwrap();
        sim.delete(b).unwrap();
        sim.set_access("/", Some(Access::Read)).unwrap();
        assert_eq!(kind(sim.purge(a)), "AccessDenied");
        assert_eq!(kind(sim.purge_all(sim.first_drive().unwrap())), "AccessDenied");
        assert_eq!(kind(sim.restore_item(a)), "AccessDenied");
        assert_eq!(bin_names(&sim), ["a", "b"]);
        sim.set_access("/", Some(Access::None)).unwrap();
        assert!(bin_names(&sim).is_empty());
        assert_eq!(kind(sim.bin_item(a)), "NotInBin");
        sim.set_access("/", None).unwrap();
        sim.purge(a).unwrap();
        assert_eq!(kind(sim.purge(a)), "NotInBin");
        assert_eq!(bin_names(&sim), ["b"]);
        sim.purge_all(sim.first_drive().unwrap()).unwrap();
        sim.purge_all(sim.first_drive().unwrap()).unwrap();
        assert!(bin_names(&sim).is_empty());
        sim.check_invariants();
    }
}

#[test]
fn ids_of_purged_items_are_not_reused() {
    let sim = sim(Profile::PLAIN, "");
    let mut seen = std::collections::HashSet::new();
    for _ in 0..50 {
        let folder = sim.create_folder("/", "d").unwrap();
        let file = sim.write("/d/f", "x").unwrap();
        assert!(seen.insert(folder) && seen.insert(file));
        sim.delete(folder).unwrap();
        sim.purge(folder).unwrap();
        assert!(!sim.exists(folder) && !sim.exists(file));
    }
    sim.check_invariants();
}

#[test]
fn a_job_whose_new_item_is_deleted_fails_and_its_revealed_items_can_be_restored() {
    for profile in Profile::ALL {
        for leftovers in [OnFailure::Keep, OnFailure::Remove] {
            let sim = sim(profile.clone(), DOCS);
            let options = CopyOptions::default().pace(Pace::Held).on_failure(leftovers);
            let job = sim.copy("/Docs", "/to", options).unwrap();
            job.step(2).unwrap();
            let copy = id(&sim, "/to/Docs");
            sim.assert_outline_of("/to", "Docs/\n  a.txt = \"hi\"\n");
            sim.delete("/to").unwrap();
            sim.check_invariants();
            assert_eq!(job.status(), JobStatus::Failed);
            assert_eq!(kind(job.outcome().unwrap()), "NotFound");
            let to = sim.bin(sim.first_drive().unwrap()).unwrap()[0].item.clone();
            assert_eq!((to.size, to.child_count), (2, 1));
            sim.restore_item(to.id).unwrap();
            sim.assert_outline_of("/to", "Docs/\n  a.txt = \"hi\"\n");
            assert_eq!(id(&sim, "/to/Docs"), copy);
            sim.check_invariants();
        }
    }
}

#[test]
fn a_deleted_folder_of_a_running_copy_is_skipped_and_the_job_completes() {
    for profile in Profile::ALL {
        let sim = sim(profile, DOCS);
        let job = sim.copy("/Docs", "/to", CopyOptions::default().pace(Pace::Held)).unwrap();
        job.step(3).unwrap();
        let deep = id(&sim, "/to/Docs/deep");
        sim.delete(deep).unwrap();
        sim.check_invariants();
        job.step(1).unwrap();
        assert_eq!(job.status(), JobStatus::Completed);
        sim.restore_item(deep).unwrap();
        sim.assert_outline_of("/to", "Docs/\n  a.txt = \"hi\"\n  deep/\n");
        sim.check_invariants();
    }
}

#[test]
fn a_copy_of_children_fails_when_its_target_is_deleted() {
    for profile in Profile::ALL {
        let sim = sim(profile, DOCS);
        let job = sim.copy("/Docs", "/to", CopyOptions::children_only().pace(Pace::Held)).unwrap();
        job.step(1).unwrap();
        let to = id(&sim, "/to");
        sim.delete(to).unwrap();
        assert_eq!(kind(job.outcome().unwrap()), "NotFound");
        sim.restore_item(to).unwrap();
        sim.assert_outline_of("/to", "a.txt = \"hi\"\n");
        sim.check_invariants();
    }
}

#[test]
fn a_deleted_source_fails_a_job_before_its_start_but_not_later() {
    for profile in Profile::ALL {
        let sim = sim(profile, DOCS);
        let options = |name: &str| CopyOptions::named(name).pace(Pace::Held);
        let late = sim.copy("/Docs", "/to", options("late")).unwrap();
        let early = sim.copy("/Docs", "/to", options("early")).unwrap();
        early.step(0).unwrap();
        let docs = id(&sim, "/Docs");
        sim.delete(docs).unwrap();
        sim.purge(docs).unwrap();
        late.step(9).unwrap();
        early.step(9).unwrap();
        assert_eq!(kind(late.outcome().unwrap()), "NotFound");
        sim.assert_outline("to/\n  early/\n    a.txt = \"hi\"\n    deep/\n      b = 5 B\n");
        sim.check_invariants();
    }
}

#[test]
fn permanently_deleted_items_are_not_in_the_bin() {
    for profile in Profile::ALL {
        let sim = sim(profile, DOCS);
        let docs = id(&sim, "/Docs");
        sim.delete_permanently(docs).unwrap();
        assert!(sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
        assert_eq!(kind(sim.restore_item(docs)), "NotInBin");
        assert_eq!(kind(sim.delete_permanently("/")), "IsRoot");
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, 0);
        sim.check_invariants();
    }
}

#[test]
fn a_file_that_a_copy_or_a_move_replaces_is_purged() {
    let sim = sim(Profile::PLAIN, "a = \"1\"\nto/\n  a = \"22\"\n");
    let old = id(&sim, "/to/a");
    let replace = CopyOptions::default().on_conflict(Conflict::Replace);
    sim.copy("/a", "/to", replace).unwrap();
    let copied = id(&sim, "/to/a");
    sim.move_to_with("/a", "/to", Conflict::Replace).unwrap();
    assert!(![old, copied].into_iter().any(|deleted| sim.exists(deleted)));
    assert!(sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
    sim.check_invariants();
}

#[test]
fn forks_and_snapshots_have_their_own_bins() {
    let sim = sim(Profile::BUSINESS, DOCS);
    let docs = id(&sim, "/Docs");
    sim.delete(docs).unwrap();
    let (fork, snapshot) = (sim.fork(), sim.snapshot());
    fork.restore_item(docs).unwrap();
    assert_eq!(bin_names(&sim), ["Docs"]);
    sim.purge(docs).unwrap();
    assert_eq!(fork.read("/Docs/a.txt").unwrap(), b"hi");
    sim.restore(&snapshot);
    assert_eq!(bin_names(&sim), ["Docs"]);
    sim.restore_item(docs).unwrap();
    sim.assert_outline(DOCS);
    for sim in [&sim, &fork] {
        sim.check_invariants();
    }
}

#[test]
fn a_folder_of_two_hundred_thousand_items_is_deleted_restored_and_purged() {
    let files: String = (0..999).map(|number| format!("    f{number} = 1 B\n")).collect();
    for profile in [Profile::PLAIN, Profile::PERSONAL] {
        let sim = sim(profile.clone(), &format!("big/\n  0/\n{files}"));
        for number in 1..200 {
            let options = match profile.service {
                Service::Plain => CopyOptions::named(number.to_string()),
                _ => CopyOptions::named(number.to_string()).pace(Pace::after(SECOND)),
            };
            sim.copy("/big/0", "/big", options).unwrap();
        }
        sim.run_until_idle();
        let big = id(&sim, "/big");
        let tally = sim.totals(big).unwrap();
        assert_eq!((tally.folders, tally.files, tally.bytes), (201, 199_800, 199_800));
        sim.delete(big).unwrap();
        sim.check_invariants();
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().deleted, 199_800);
        sim.restore_item(big).unwrap();
        sim.check_invariants();
        assert_eq!(sim.totals(big).unwrap(), tally);
        let fork = sim.fork();
        sim.delete(big).unwrap();
        sim.purge(big).unwrap();
        sim.check_invariants();
        sim.assert_outline("");
        assert_eq!(
            (
                sim.quota(sim.first_drive().unwrap()).unwrap().used,
                sim.quota(sim.first_drive().unwrap()).unwrap().deleted
            ),
            (0, 0)
        );
        assert_eq!(fork.totals(big).unwrap(), tally);
        fork.check_invariants();
    }
}

#[test]
fn a_chain_a_hundred_thousand_folders_deep_is_deleted_and_restored() {
    let sim = sim(Profile::PLAIN, "to/\n");
    let top = sim.create_folder("/", "top").unwrap();
    let mut folder = top;
    for _ in 1..100_000 {
        folder = sim.create_folder(folder, "d").unwrap();
    }
    let file = sim.create_sized(folder, "bottom", 5).unwrap();
    sim.delete(top).unwrap();
    sim.check_invariants();
    assert_eq!(kind(sim.item(file)), "NotFound");
    assert!(sim.exists("/to"));
    sim.restore_item_with(top, RestoreOptions::to("/to").name("again")).unwrap();
    sim.check_invariants();
    assert_eq!(sim.item("/to").unwrap().size, 5);
    assert_eq!(sim.path(file).unwrap().len(), "/to/again/bottom".len() + 2 * 99_999);
    sim.delete(top).unwrap();
    sim.purge_all(sim.first_drive().unwrap()).unwrap();
    sim.check_invariants();
}

#[test]
fn an_item_in_the_bin_has_the_access_level_of_its_old_folder() {
    for profile in Profile::ALL {
        let sim = sim(profile, "d/\n  e/\n    f = \"1\"\n    g/\nto/\n");
        let [file, folder, top] = ["/d/e/f", "/d/e", "/d"].map(|path| id(&sim, path));
        sim.delete(file).unwrap();
        sim.set_access("/d", Some(Access::None)).unwrap();
        assert!(bin_names(&sim).is_empty());
        let elsewhere = || sim.restore_item_with(file, RestoreOptions::to("/to"));
        for result in [sim.bin_item(file).map(drop), sim.restore_item(file), elsewhere(), sim.purge(file)] {
            assert_eq!(kind(result), "NotInBin");
        }
        assert_eq!(
            kind(sim.purge_all(sim.first_drive().unwrap())),
            "AccessDenied",
            "not all items can be changed"
        );
        sim.set_access("/d", Some(Access::Read)).unwrap();
        assert_eq!(bin_names(&sim), ["f"]);
        for result in [elsewhere(), sim.purge(file), sim.purge_all(sim.first_drive().unwrap())] {
            assert_eq!(kind(result), "AccessDenied");
        }
        // When the folder is also in the bin, its items have the level of the folder's parent.
        sim.set_access("/d", None).unwrap();
        sim.delete(folder).unwrap();
        sim.set_access("/d", Some(Access::Read)).unwrap();
        assert_eq!(bin_names(&sim), ["f", "e"]);
        assert_eq!(kind(sim.purge(file)), "AccessDenied");
        assert_eq!(kind(sim.purge(folder)), "AccessDenied");
        // Without the old folder, the level is that of the root.
        sim.set_access("/d", None).unwrap();
        sim.delete_permanently(top).unwrap();
        sim.set_access("/", Some(Access::Read)).unwrap();
        assert_eq!(kind(sim.purge(file)), "AccessDenied");
        sim.set_access("/", None).unwrap();
        sim.restore_item_with(file, RestoreOptions::to("/to")).unwrap();
        sim.purge_all(sim.first_drive().unwrap()).unwrap();
        sim.check_invariants();
    }
}

#[test]
fn an_item_in_the_bin_keeps_its_own_access_level() {
    for profile in Profile::ALL {
        let sim = sim(profile, "d/\n  f = \"1\"\n  g = \"2\"\n");
        let [f, g] = ["/d/f", "/d/g"].map(|path| id(&sim, path));
        sim.set_access(f, Some(Access::Write)).unwrap();
        sim.set_access("/d", Some(Access::Read)).unwrap();
        sim.delete(f).unwrap();
        assert_eq!(kind(sim.restore_item(f)), "AccessDenied", "its folder is read-only");
        assert_eq!(kind(sim.delete(g)), "AccessDenied");
        sim.set_access("/", Some(Access::None)).unwrap();
        assert_eq!(bin_names(&sim), ["f"]);
        sim.purge(f).unwrap();
        sim.check_invariants();
    }
}
