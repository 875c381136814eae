//! Tests of locks: which operations they prevent on each profile, their scope, and the locks of large copies on Box.

use std::fmt::Write as _;

use drivesim::access::{Access, LockScope};
use drivesim::drive::DriveSpec;
use drivesim::error::DriveError;
use drivesim::item::{Times, Timestamp};
use drivesim::options::{MoveOptions, OnFailure};
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Error, ItemId, Job, JobStatus, Pace, Profile, Sim};
use expect_test::{Expect, expect};

use crate::error_kinds::kind;

const DRIVE: &str = "top/\n  d/\n    f = \"1\"\n    e/\n      g\nto/\nfree = \"x\"\nfree.d/\n";

fn sim(profile: Profile) -> Sim {
    let sim = Sim::builder().profile(profile).outline(DRIVE).build().unwrap();
    sim.write("/top/d/f", "2").unwrap();
    sim.create_folder("/top/d", "gone").unwrap();
    sim.delete("/top/d/gone").unwrap();
    sim
}

/// Returns the outcome of an instant copy: some profiles reject the call, on others the job fails.
fn copy_outcome(job: Result<Job, Error>) -> Result<(), Error> {
    job?.outcome().unwrap().map(|_| ())
}

type Operation = (&'static str, fn(&Sim) -> Result<(), Error>);

/// The operations on the file `/top/d/f`.
const FILE_OPERATIONS: [Operation; 13] = [
    ("write", |sim| sim.write("/top/d/f", "3").map(|_| ())),
    ("describe", |sim| sim.set_description("/top/d/f", "x")),
    ("set times", |sim| {
        sim.set_times("/top/d/f", Times { fs_created_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() })
    }),
    ("restore a version", |sim| sim.restore_version("/top/d/f", 1)),
    ("delete a version", |sim| sim.delete_version("/top/d/f", 1)),
    ("rename", |sim| sim.rename("/top/d/f", "h")),
    ("move", |sim| sim.move_to("/top/d/f", "/to")),
    ("delete", |sim| sim.delete("/top/d/f")),
    ("delete for good", |sim| sim.delete_permanently("/top/d/f")),
    ("copy", |sim| copy_outcome(sim.copy("/top/d/f", "/to", CopyOptions::default()))),
    ("make it again", |sim| sim.create_file_with("/top/d", "f", "x", Conflict::Replace).map(|_| ())),
    ("copy over it", |sim| {
        let replace = CopyOptions::named("f").on_conflict(Conflict::Replace);
        copy_outcome(sim.copy("/free", "/top/d", replace))
    }),
    ("move over it", |sim| {
        sim.move_to_with("/free", "/top/d", MoveOptions::named("f").on_conflict(Conflict::Replace))
    }),
];

/// The operations on the folder `/top/d` and in it.
const FOLDER_OPERATIONS: [Operation; 13] = [
    ("describe", |sim| sim.set_description("/top/d", "x")),
    ("rename", |sim| sim.rename("/top/d", "h")),
    ("move", |sim| sim.move_to("/top/d", "/to")),
    ("delete", |sim| sim.delete("/top/d")),
    ("delete for good", |sim| sim.delete_permanently("/top/d")),
    ("copy", |sim| copy_outcome(sim.copy("/top/d", "/to", CopyOptions::default()))),
    ("copy what is in it", |sim| copy_outcome(sim.copy("/top/d", "/to", CopyOptions::children_only()))),
    ("make a folder", |sim| sim.create_folder("/top/d", "new").map(|_| ())),
    ("make a file", |sim| sim.write("/top/d/new", "x").map(|_| ())),
    ("move into", |sim| sim.move_to("/free", "/top/d")),
    ("copy into", |sim| copy_outcome(sim.copy("/free", "/top/d", CopyOptions::default()))),
    ("restore into", |sim| {
        let deleted = sim.bin(sim.first_drive().unwrap()).unwrap()[0].item.id;
        sim.restore_item(deleted)
    }),
    ("move out of it", |sim| sim.move_to("/top/d/e", "/to")),
];

/// Runs each operation under each lock and returns the results as a table.
fn table(profile: &Profile, operations: &[Operation], locked: &[(&str, LockScope)]) -> String {
    let mut table = String::new();
    for (name, operation) in operations {
        write!(table, "{name}:").unwrap();
        for (path, scope) in locked {
            let sim = sim(profile.clone());
            let lock = sim.lock(*path, *scope).unwrap();
            let before = sim.fork();
            let outcome = kind(operation(&sim));
            if outcome != "done" {
                assert!(before.diff(&sim).unwrap().is_empty(), "{name} failed and has changed something");
            }
            sim.check_invariants();
            let outcome = match outcome.as_str() {
                "ConflictNotOffered" => "not offered",
                "Locked" => "locked",
                other => other,
            };
            write!(table, " {outcome},").unwrap();
            if outcome == "locked" {
                sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
                assert_eq!(kind(operation(&sim)), "done", "{name} without the lock");
            }
        }
        table.pop();
        table.push('\n');
    }
    table
}

/// Locks of the file, its folder, the subtree of its folder, and the subtree of the root.
const FILE_LOCKS: [(&str, LockScope); 4] = [
    ("/top/d/f", LockScope::Item),
    ("/top/d", LockScope::Item),
    ("/top/d", LockScope::Tree),
    ("/", LockScope::Tree),
];
/// Locks of the folder, its parent, the subtree of its parent, and a file below the folder.
const FOLDER_LOCKS: [(&str, LockScope); 4] = [
    ("/top/d", LockScope::Item),
    ("/top", LockScope::Item),
    ("/top", LockScope::Tree),
    ("/top/d/e/g", LockScope::Item),
];

fn check(profile: Profile, file: Expect, folder: Expect) {
    file.assert_eq(&table(&profile, &FILE_OPERATIONS, &FILE_LOCKS));
    folder.assert_eq(&table(&profile, &FOLDER_OPERATIONS, &FOLDER_LOCKS));
}

#[test]
fn a_lock_on_plain_prevents_all_changes_but_no_copies() {
    check(
        Profile::PLAIN,
        expect![[r#"
            write: locked, done, locked, locked
            describe: locked, done, locked, locked
            set times: locked, done, locked, locked
            restore a version: locked, done, locked, locked
            delete a version: locked, done, locked, locked
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: done, done, done, locked
            make it again: locked, locked, locked, locked
            copy over it: locked, locked, locked, locked
            move over it: locked, locked, locked, locked
        "#]],
        expect![[r#"
            describe: locked, done, locked, done
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: done, done, done, done
            copy what is in it: done, done, done, done
            make a folder: locked, done, locked, done
            make a file: locked, done, locked, done
            move into: locked, done, locked, done
            copy into: locked, done, locked, done
            restore into: locked, done, locked, done
            move out of it: done, done, locked, locked
        "#]],
    );
}

#[test]
fn a_lock_on_business_prevents_changes_of_the_locked_item() {
    check(
        Profile::BUSINESS,
        expect![[r#"
            write: locked, done, locked, locked
            describe: locked, done, locked, locked
            set times: locked, done, locked, locked
            restore a version: locked, done, locked, locked
            delete a version: locked, done, locked, locked
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: done, done, done, done
            make it again: locked, done, locked, locked
            copy over it: locked, done, locked, locked
            move over it: locked, locked, locked, locked
        "#]],
        expect![[r#"
            describe: locked, done, locked, done
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: done, done, done, done
            copy what is in it: done, done, done, done
            make a folder: done, done, done, done
            make a file: done, done, done, done
            move into: locked, done, locked, done
            copy into: done, done, done, done
            restore into: done, done, done, done
            move out of it: done, done, locked, locked
        "#]],
    );
}

#[test]
fn a_lock_on_personal_prevents_the_same_as_on_business() {
    check(
        Profile::PERSONAL,
        expect![[r#"
            write: locked, done, locked, locked
            describe: locked, done, locked, locked
            set times: locked, done, locked, locked
            restore a version: locked, done, locked, locked
            delete a version: locked, done, locked, locked
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: done, done, done, done
            make it again: locked, done, locked, locked
            copy over it: not offered, not offered, not offered, not offered
            move over it: locked, locked, locked, locked
        "#]],
        expect![[r#"
            describe: locked, done, locked, done
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: done, done, done, done
            copy what is in it: done, done, done, done
            make a folder: done, done, done, done
            make a file: done, done, done, done
            move into: locked, done, locked, done
            copy into: done, done, done, done
            restore into: done, done, done, done
            move out of it: done, done, locked, locked
        "#]],
    );
}

#[test]
fn a_lock_on_box_prevents_moves_deletes_copies_and_restores() {
    check(
        Profile::BOX,
        expect![[r#"
            write: done, done, done, done
            describe: done, done, done, done
            set times: done, done, done, done
            restore a version: done, done, done, done
            delete a version: done, done, done, done
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: locked, locked, locked, locked
            make it again: not offered, not offered, not offered, not offered
            copy over it: not offered, not offered, not offered, not offered
            move over it: not offered, not offered, not offered, not offered
        "#]],
        expect![[r#"
            describe: done, done, done, done
            rename: locked, done, locked, locked
            move: locked, done, locked, locked
            delete: locked, done, locked, locked
            delete for good: locked, done, locked, locked
            copy: locked, done, locked, locked
            copy what is in it: locked, done, locked, locked
            make a folder: done, done, done, done
            make a file: done, done, done, done
            move into: locked, done, locked, done
            copy into: locked, done, locked, done
            restore into: locked, done, locked, done
            move out of it: done, done, locked, locked
        "#]],
    );
}

#[test]
fn the_error_names_the_locked_item() {
    let sim = sim(Profile::PLAIN);
    sim.lock("/top", LockScope::Tree).unwrap();
    let error = sim.write("/top/d/f", "x").unwrap_err();
    assert_eq!((error.to_string().as_str(), error.code()), ("\"/top\" is locked", "resourceLocked"));
    let error = sim.delete("/top").unwrap_err();
    assert_eq!(error, Error::Drive(DriveError::Locked { item: "/top".to_owned() }));
}

#[test]
fn an_item_is_locked_until_all_its_locks_are_released() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let [one, two] = [LockScope::Item, LockScope::Tree].map(|scope| sim.lock("/top/d", scope).unwrap());
        assert_ne!(one, two);
        sim.unlock(sim.first_drive().unwrap(), one).unwrap();
        assert_eq!(kind(sim.delete("/top/d")), "Locked");
        let error = sim.unlock(sim.first_drive().unwrap(), one).unwrap_err();
        assert_eq!(error.to_string(), format!("there is no {one}"));
        sim.unlock(sim.first_drive().unwrap(), two).unwrap();
        sim.delete("/top/d").unwrap();
        let three = sim.lock("/top", LockScope::Item).unwrap();
        assert!(![one, two].contains(&three), "lock ids are not reused");
    }
}

#[test]
fn a_lock_moves_with_its_item_and_ends_with_it() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        // The removal of leftovers ignores locks.
        let options = CopyOptions::default().pace(Pace::Held).on_failure(OnFailure::Remove);
        let job = sim.copy("/top", "/to", options).unwrap();
        job.step(2).unwrap();
        let new_folder = sim.item("/to/top/d").unwrap().id;
        let lock = sim.lock(new_folder, LockScope::Item).unwrap();
        let target = sim.add_drive(DriveSpec::new("target").profile(profile.clone())).unwrap();
        let there = sim.create_folder(target.at("/"), "there").unwrap();
        let lock_there = sim.lock(target.at(there), LockScope::Item).unwrap();
        sim.remove_drive(sim.drive("target").unwrap()).unwrap();
        assert_eq!(kind(sim.unlock(&target, lock_there)), "NoDrive");
        job.step(9).unwrap();
        assert_eq!(job.status(), JobStatus::Completed);
        sim.move_to("/to/top", "/free.d").map_err(|error| error.code()).unwrap_err();
        sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
        sim.move_to("/to/top", "/free.d").unwrap();

        // The lock of a replaced file ends with it, where a lock does not prevent the replacement.
        if profile.service == Service::Box {
            continue;
        }
        assert_eq!(kind(sim.create_file_with("/", "free", "x", Conflict::Replace)), "done");
    }
}

#[test]
fn a_lock_ends_with_an_item_that_a_failed_job_removes() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let options = CopyOptions::named("new").pace(Pace::Held).on_failure(OnFailure::Remove);
        let job = sim.copy("/top", "/to", options).unwrap();
        job.step(3).unwrap();
        let lock = sim.lock("/to/new/d", LockScope::Item).unwrap();
        let fork = sim.fork();
        fork.unlock(fork.first_drive().unwrap(), lock).unwrap();
        fork.delete("/to/new").unwrap();
        assert_eq!(kind(fork.unlock(fork.first_drive().unwrap(), lock)), "NoLock");
        assert_eq!(kind(sim.delete("/to/new")), "Locked");
        assert_eq!(job.step(9).unwrap().status, JobStatus::Completed);
        sim.check_invariants();
        fork.check_invariants();
    }
}

#[test]
fn items_in_the_bin_cannot_be_locked_but_read_only_items_can() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let deleted = sim.bin(sim.first_drive().unwrap()).unwrap()[0].item.id;
        assert_eq!(kind(sim.lock(deleted, LockScope::Item)), "NotFound");
        assert_eq!(kind(sim.lock("/missing", LockScope::Item)), "NotFound");
        sim.set_access("/top", Some(Access::None)).unwrap();
        assert_eq!(kind(sim.lock("/top", LockScope::Item)), "NotFound");
        sim.set_access("/top", Some(Access::Read)).unwrap();
        sim.lock("/top", LockScope::Item).unwrap();
        assert_eq!(kind(sim.delete("/top")), "AccessDenied", "access is checked before locks");
    }
}

#[test]
fn a_lock_of_one_drive_does_not_affect_another() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        let other = sim.add_drive(DriveSpec::new("other").profile(profile.clone())).unwrap();
        sim.copy("/top", other.at("/"), CopyOptions::default()).unwrap();
        // The same path, and the first lock of each drive.
        let here = sim.lock("/top", LockScope::Tree).unwrap();
        sim.write(other.at("/top/d/f"), "x").unwrap();
        sim.rename(other.at("/top/d/f"), "h").unwrap();
        let there = sim.lock(other.at("/free"), LockScope::Item);
        assert_eq!(kind(there), "NotFound");
        sim.lock(other.at("/top/d/h"), LockScope::Item).unwrap();
        sim.unlock(sim.first_drive().unwrap(), here).unwrap();
        sim.rename("/top", "free to go").unwrap();
        assert_eq!(kind(sim.rename(other.at("/top/d/h"), "i")), "Locked");
    }
}

#[test]
fn locks_are_checked_again_when_a_job_starts_but_not_later() {
    for profile in [Profile::PLAIN, Profile::BOX] {
        let sim = sim(profile.clone());
        let copy = |name: &str| sim.copy("/top", "/to", CopyOptions::named(name).pace(Pace::Held)).unwrap();
        let [late, early] = ["late", "early"].map(copy);
        early.step(1).unwrap();
        sim.lock("/to", LockScope::Item).unwrap();
        late.step(9).unwrap();
        early.step(9).unwrap();
        assert_eq!(kind(late.outcome().unwrap()), "Locked");
        assert_eq!(early.status(), JobStatus::Completed);
        assert!(!sim.exists("/to/late"));
        sim.check_invariants();
    }
}

/// Creates a drive with a folder that has `n_below` items below it.
fn sim_with(profile: Profile, n_below: usize) -> Sim {
    let files: String = (0..n_below - 1).map(|number| format!("    f{number}\n")).collect();
    let outline = format!("top/\n  big/\n    in/\n{files}to/\n  old\nfree\n");
    Sim::builder().profile(profile).pace(Pace::Held).outline(outline).build().unwrap()
}

/// Returns the operations on the source and the target of a copy that a lock prevents.
fn locked_operations(sim: &Sim) -> Vec<&'static str> {
    let operations: [Operation; 17] = [
        ("write in the source", |sim| sim.write("/top/big/f0", "x").map(|_| ())),
        ("make in the source", |sim| sim.create_folder("/top/big/in", "x").map(|_| ())),
        ("rename in the source", |sim| sim.rename("/top/big/f1", "x")),
        ("delete in the source", |sim| sim.delete("/top/big/f2")),
        ("rename the source", |sim| sim.rename("/top/big", "x")),
        ("rename above the source", |sim| sim.rename("/top", "x")),
        ("delete above the source", |sim| sim.delete("/top")),
        ("move into the source", |sim| sim.move_to("/free", "/top/big/in")),
        ("copy from the source", |sim| sim.copy("/top/big/f3", "/top", CopyOptions::named("x")).map(|_| ())),
        ("copy the source again", |sim| sim.copy("/top/big", "/top", CopyOptions::named("y")).map(|_| ())),
        ("write in the target", |sim| sim.write("/to/new", "x").map(|_| ())),
        ("rename the target", |sim| sim.rename("/to", "x")),
        ("delete the target", |sim| sim.delete("/to")),
        ("move into the target", |sim| sim.move_to("/free", "/to")),
        ("copy into the target", |sim| sim.copy("/free", "/to", CopyOptions::default()).map(|_| ())),
        ("delete in the target", |sim| sim.delete("/to/old")),
        ("describe the target", |sim| sim.set_description("/to", "x")),
    ];
    let is_locked = |operation: &Operation| match operation.1(&sim.fork()) {
        Ok(()) => false,
        Err(error) => {
            assert_eq!(kind::<()>(Err(error)), "Locked", "{}", operation.0);
            true
        }
    };
    operations.into_iter().filter(is_locked).map(|(name, _)| name).collect()
}

const OPERATIONS_LOCKED_BY_COPY: [&str; 12] = [
    "rename in the source",
    "delete in the source",
    "rename the source",
    "rename above the source",
    "delete above the source",
    "move into the source",
    "copy from the source",
    "copy the source again",
    "rename the target",
    "delete the target",
    "move into the target",
    "copy into the target",
];

#[test]
fn a_copy_of_a_folder_with_501_items_locks_its_source_and_target_on_box() {
    for profile in Profile::ALL {
        for (n_items, children_only) in [(500, false), (501, false), (500, true), (501, true)] {
            let sim = sim_with(profile.clone(), n_items);
            let options = if children_only { CopyOptions::children_only() } else { CopyOptions::default() };
            let is_locked = profile.service == Service::Box && n_items == 501;
            let expected: &[&str] = if is_locked { &OPERATIONS_LOCKED_BY_COPY } else { &[] };
            assert!(locked_operations(&sim).is_empty());
            let job = sim.copy("/top/big", "/to", options).unwrap();
            for n_steps in [0, 250, 250] {
                assert_eq!(locked_operations(&sim), expected, "{n_items} on {}", profile.name());
                job.step(n_steps).unwrap();
            }
            job.step(2).unwrap();
            assert_eq!(job.status(), JobStatus::Completed);
            assert_eq!(job.progress().items_total, n_items + usize::from(!children_only));
            assert!(locked_operations(&sim).is_empty());
            sim.check_invariants();
        }
    }
}

#[test]
fn an_instant_copy_leaves_no_locks() {
    let sim = sim_with(Profile::BOX, 1000);
    let job = sim.copy("/top/big", "/to", CopyOptions::default().pace(Pace::Instant)).unwrap();
    assert_eq!(job.status(), JobStatus::Completed);
    assert!(locked_operations(&sim).is_empty());
}

#[test]
fn a_rejected_copy_leaves_no_locks() {
    let sim = sim_with(Profile::BOX, 1000);
    sim.create_folder("/to", "big").unwrap();
    assert_eq!(kind(sim.copy("/top/big", "/to", CopyOptions::default()).map(|_| ())), "NameTaken");
    let lock = sim.lock("/to", LockScope::Item).unwrap();
    let options = CopyOptions::named("other");
    assert_eq!(kind(sim.copy("/top/big", "/to", options).map(|_| ())), "Locked");
    sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
    let lock = sim.lock("/top/big/in", LockScope::Item).unwrap();
    let options = CopyOptions::named("other");
    assert_eq!(kind(sim.copy("/top/big", "/to", options).map(|_| ())), "Locked");
    sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
    sim.set_quota(sim.first_drive().unwrap(), Some(0)).unwrap();
    sim.set_quota(sim.first_drive().unwrap(), None).unwrap();
    assert!(sim.jobs().is_empty());
    assert!(locked_operations(&sim).is_empty());
}

#[test]
fn the_locks_of_a_copy_are_released_when_it_fails() {
    type Fault = fn(&Sim, &Job);
    let faults: [(&str, Fault); 4] = [
        ("NameTaken", |sim, job| {
            sim.create_folder("/to", "big").unwrap();
            job.step(1).unwrap();
        }),
        ("AccessDenied", |sim, job| {
            sim.set_access("/to", Some(Access::Read)).unwrap();
            job.step(1).unwrap();
            sim.set_access("/to", None).unwrap();
        }),
        ("NotFound", |sim, job| {
            sim.set_access("/top/big", Some(Access::None)).unwrap();
            job.step(1).unwrap();
            sim.set_access("/top/big", None).unwrap();
        }),
        ("NotFound", |sim, job| {
            // The target is locked but the new item is not, so only the new item can be deleted.
            job.step(9).unwrap();
            sim.delete("/to/big").unwrap();
        }),
    ];
    for (expected, inject) in faults {
        let sim = sim_with(Profile::BOX, 600);
        let job = sim.copy("/top/big", "/to", CopyOptions::default()).unwrap();
        assert_eq!(locked_operations(&sim), OPERATIONS_LOCKED_BY_COPY);
        inject(&sim, &job);
        assert_eq!(job.status(), JobStatus::Failed);
        assert_eq!(kind(job.outcome().unwrap()), expected);
        assert!(locked_operations(&sim).is_empty());
        sim.check_invariants();
    }
}

#[test]
fn a_cross_drive_copy_locks_its_source_and_target_in_their_drives() {
    for ending in 0..3 {
        let sim = sim_with(Profile::BOX, 600);
        let other = sim.add_drive(DriveSpec::new("other").profile(Profile::BOX)).unwrap();
        let to: ItemId = sim.create_folder(other.at("/"), "to").unwrap();
        let job = sim.copy("/top/big", other.at(to), CopyOptions::default()).unwrap();
        assert_eq!(locked_operations(&sim), OPERATIONS_LOCKED_BY_COPY[..8]);
        assert_eq!(kind(sim.delete(other.at(to))), "Locked");
        assert_eq!(kind(sim.rename("/to", "still free")), "done");
        sim.rename("/still free", "to").unwrap();
        match ending {
            0 => assert_eq!(job.step(999).unwrap().status, JobStatus::Completed),
            1 => {
                job.step(9).unwrap();
                sim.remove_drive(sim.drive("other").unwrap()).unwrap();
                assert_eq!(job.status(), JobStatus::Failed);
            }
            _ => {
                // A job that has read its source continues without it.
                job.step(9).unwrap();
                sim.remove_drive(sim.drive("drive").unwrap()).unwrap();
                assert_eq!(job.step(999).unwrap().status, JobStatus::Completed);
            }
        }
        if ending < 2 {
            assert!(locked_operations(&sim).is_empty());
        }
        if ending != 1 {
            sim.delete(other.at(to)).unwrap();
        }
        sim.check_invariants();
    }
}

#[test]
fn two_sources_are_copied_to_different_folders_at_once_but_one_source_not_twice() {
    let sim = sim_with(Profile::BOX, 600);
    sim.copy("/top/big", "/top", CopyOptions::named("big 2").pace(Pace::Instant)).unwrap();
    sim.create_folder("/", "to 2").unwrap();
    let one = sim.copy("/top/big", "/to", CopyOptions::default()).unwrap();
    assert_eq!(kind(sim.copy("/top/big", "/to 2", CopyOptions::default()).map(|_| ())), "Locked");
    assert_eq!(kind(sim.copy("/top/big 2", "/to", CopyOptions::default()).map(|_| ())), "Locked");
    let two = sim.copy("/top/big 2", "/to 2", CopyOptions::default()).unwrap();
    // The source can be in the folder that it is copied to.
    assert_eq!(kind(sim.copy("/top", "/to 2", CopyOptions::named("x")).map(|_| ())), "Locked");
    for job in [one, two] {
        assert_eq!(job.step(999).unwrap().status, JobStatus::Completed);
    }
    let sibling = sim.copy("/to/big", "/to", CopyOptions::named("sibling")).unwrap();
    assert_eq!(kind(sim.delete("/to")), "Locked");
    assert_eq!(sibling.step(999).unwrap().status, JobStatus::Completed);
    sim.delete("/to").unwrap();
    sim.check_invariants();
}

#[test]
fn forks_and_snapshots_have_only_the_locks_of_their_jobs() {
    let sim = sim_with(Profile::BOX, 600);
    let before = sim.snapshot();
    let job = sim.copy("/top/big", "/to", CopyOptions::default()).unwrap();
    job.step(9).unwrap();
    let (fork, halfway) = (sim.fork(), sim.snapshot());
    let forked = fork.job(job.id()).unwrap();
    forked.step(999).unwrap();
    assert!(locked_operations(&fork).is_empty());
    assert_eq!(locked_operations(&sim), OPERATIONS_LOCKED_BY_COPY);
    job.step(999).unwrap();
    assert!(locked_operations(&sim).is_empty());
    sim.restore(&halfway);
    assert_eq!(locked_operations(&sim), OPERATIONS_LOCKED_BY_COPY);
    job.step(999).unwrap();
    assert!(locked_operations(&sim).is_empty());
    sim.restore(&before);
    assert!(locked_operations(&sim).is_empty());
    sim.check_invariants();
}

#[test]
fn a_lock_of_another_drive_cannot_be_released() {
    let sim = Sim::builder().outline("a\n").build().unwrap();
    let other = sim.add_drive("other").unwrap();
    sim.create_sized(other.at("/"), "b", 1).unwrap();
    let locks =
        [sim.lock("/a", LockScope::Item).unwrap(), sim.lock(other.at("/b"), LockScope::Item).unwrap()];
    assert_ne!(locks[0], locks[1]);
    assert_eq!(sim.unlock(sim.first_drive().unwrap(), locks[1]).unwrap_err().code(), "invalidRequest");
    sim.unlock(&other, locks[1]).unwrap();
}
