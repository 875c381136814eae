//! Promises about locks: what they prevent on which service, and which items they cover.

use drivesim::access::LockScope;
use drivesim::item::{Times, Timestamp};
use drivesim::{Conflict, CopyOptions, Profile};

use super::views::NamedCall;
use super::{Ended, Fixture, Subject, on_all};

const LOCKED: Result<(), &str> = Err("resourceLocked");
const TREE: &str = "d/\n  a.txt = \"one\"\n  e/\n    b.txt\nto/\nx.txt\nold.txt\n";
const ONEDRIVE: [Profile; 2] = [Profile::BUSINESS, Profile::PERSONAL];

/// Sets up a drive with an item in the bin and a file with two versions, and locks an item of it.
fn locked<S: Subject>(profile: &Profile, path: &str, scope: LockScope) -> Fixture<S> {
    let mut on = Fixture::<S>::on(profile, TREE);
    on.does(|drive| drive.write("/d/a.txt", "two"));
    on.does(|drive| drive.delete("/old.txt"));
    on.does(|drive| drive.lock(path, scope));
    on
}

/// Asserts the result of each of these calls while the item at this path is locked.
#[track_caller]
fn assert_while_locked<S: Subject, const N: usize>(
    profiles: &[Profile],
    path: &str,
    scope: LockScope,
    expected: Result<(), &str>,
    calls: [NamedCall<S>; N],
) {
    for profile in profiles.iter().filter(|profile| S::offers(profile)) {
        Fixture::assert_outcomes(expected, || locked::<S>(profile, path, scope), calls);
    }
}

fn copy<S: Subject>(drive: &mut S, source: &str, target: &str) -> Result<(), String> {
    match drive.copy(source, target, CopyOptions::default()) {
        Ended::Completed(_) => Ok(()),
        Ended::Refused(code) | Ended::Failed(code) => Err(code),
    }
}

/// Calls that change the content or the metadata of a file.
fn writes<S: Subject>() -> [NamedCall<S>; 5] {
    [
        ("write", |drive| drive.write("/d/a.txt", "three")),
        ("description", |drive| drive.set_description("/d/a.txt", "new")),
        ("times", |drive| {
            let fs_created_at = Some(Timestamp::UNIX_EPOCH);
            drive.set_times("/d/a.txt", Times { fs_created_at, ..Times::default() })
        }),
        ("restored version", |drive| drive.restore_version("/d/a.txt", 1)),
        ("deleted version", |drive| drive.delete_version("/d/a.txt", 1)),
    ]
}

/// Calls that take a file from its place.
fn removals<S: Subject>() -> [NamedCall<S>; 4] {
    [
        ("rename", |drive| drive.rename("/d/a.txt", "b.txt")),
        ("move", |drive| drive.move_to("/d/a.txt", "/to", None)),
        ("delete", |drive| drive.delete("/d/a.txt")),
        ("delete for good", |drive| drive.delete_permanently("/d/a.txt")),
    ]
}

/// Calls that create an item in a folder.
fn creations<S: Subject>() -> [NamedCall<S>; 3] {
    [
        ("new file", |drive| drive.create_file("/d", "new", "x")),
        ("new folder", |drive| drive.create_folder("/d", "new")),
        ("new by write", |drive| drive.write("/d/new", "x")),
    ]
}

/// Calls other than moves that put an existing item into a folder.
fn additions<S: Subject>() -> [NamedCall<S>; 2] {
    [
        ("copy into", |drive| copy(drive, "/x.txt", "/d")),
        ("restore into", |drive| {
            let id = drive.bin()?.remove(0).id;
            drive.restore(&id, Some("/d"), None, Conflict::Fail)
        }),
    ]
}

fn move_in<S: Subject>() -> [NamedCall<S>; 1] {
    [("move into", |drive| drive.move_to("/x.txt", "/d", None))]
}

/// A lock does not prevent reading.
pub fn locked_items_can_be_read<S: Subject>() {
    for profile in Profile::ALL.into_iter().filter(S::offers) {
        let mut on = locked::<S>(&profile, "/d", LockScope::Tree);
        assert_eq!(on.read("/d/a.txt"), Ok(b"two".to_vec()));
        assert_eq!(on.names("/d").map(|names| names.len()), Ok(2));
        assert_eq!(on.does(|drive| drive.versions("/d/a.txt")).len(), 2);
    }
}

/// A locked file cannot be renamed, moved or deleted, on any service.
pub fn a_locked_file_cannot_be_moved_or_deleted<S: Subject>() {
    assert_while_locked(&Profile::ALL, "/d/a.txt", LockScope::Item, LOCKED, removals::<S>());
}

/// A locked file cannot be written, described, dated or restored to another version, except on Box.
pub fn a_locked_file_can_be_written_on_box_only<S: Subject>() {
    let others = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL];
    assert_while_locked(&others, "/d/a.txt", LockScope::Item, LOCKED, writes::<S>());
    assert_while_locked(&[Profile::BOX], "/d/a.txt", LockScope::Item, Ok(()), writes::<S>());
}

/// Restoring a version of a locked Box file fails if it also restores a name: that is a rename.
pub fn a_locked_box_file_keeps_its_name_when_a_version_is_restored<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BOX, "a.txt = \"one\"\n");
    on.does(|drive| drive.write("/a.txt", "two"));
    on.does(|drive| drive.rename("/a.txt", "b.txt"));
    on.does(|drive| drive.write("/b.txt", "three"));
    let lock = on.does(|drive| drive.lock("/b.txt", LockScope::Item));
    on.refuses("resourceLocked", |drive| drive.restore_version("/b.txt", 1));
    on.does(|drive| drive.restore_version("/b.txt", 2));
    on.does(|drive| drive.unlock(&lock));
    on.does(|drive| drive.restore_version("/b.txt", 1));
    on.holds("a.txt = \"one\"\n");
}

/// A locked file can be copied, except on Box.
pub fn a_locked_file_can_be_copied_except_on_box<S: Subject>() {
    let copies: [NamedCall<S>; 1] = [("copy", |drive| copy(drive, "/d/a.txt", "/to"))];
    let others = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL];
    assert_while_locked(&others, "/d/a.txt", LockScope::Item, Ok(()), copies);
    assert_while_locked(&[Profile::BOX], "/d/a.txt", LockScope::Item, LOCKED, copies);
}

/// A locked file cannot be replaced.
pub fn a_locked_file_cannot_be_replaced<S: Subject>() {
    let replaces: [NamedCall<S>; 1] = [("replace", |drive| {
        let options = CopyOptions::named("a.txt").on_conflict(Conflict::Replace);
        match drive.copy("/x.txt", "/d", options) {
            Ended::Completed(_) => Ok(()),
            Ended::Refused(code) | Ended::Failed(code) => Err(code),
        }
    })];
    assert_while_locked(&[Profile::PLAIN, Profile::BUSINESS], "/d/a.txt", LockScope::Item, LOCKED, replaces);
}

/// Nothing can be moved into a locked folder, on any service.
pub fn moving_into_a_locked_folder_fails<S: Subject>() {
    assert_while_locked(&Profile::ALL, "/d", LockScope::Item, LOCKED, move_in::<S>());
}

/// On plain drives, nothing can be added to a locked folder.
pub fn a_locked_plain_folder_accepts_no_items<S: Subject>() {
    assert_while_locked(&[Profile::PLAIN], "/d", LockScope::Item, LOCKED, creations::<S>());
    assert_while_locked(&[Profile::PLAIN], "/d", LockScope::Item, LOCKED, additions::<S>());
}

/// On OneDrive, items can be created in, copied into and restored to a locked folder.
pub fn a_locked_onedrive_folder_accepts_new_items<S: Subject>() {
    assert_while_locked(&ONEDRIVE, "/d", LockScope::Item, Ok(()), creations::<S>());
    assert_while_locked(&ONEDRIVE, "/d", LockScope::Item, Ok(()), additions::<S>());
}

/// On Box, items can be created in a locked folder, but not copied into or restored to it.
pub fn a_locked_box_folder_accepts_created_items_only<S: Subject>() {
    assert_while_locked(&[Profile::BOX], "/d", LockScope::Item, Ok(()), creations::<S>());
    assert_while_locked::<S, 1>(&[Profile::BOX], "/d", LockScope::Item, LOCKED, [additions()[0]]);
    let restores: [NamedCall<S>; 1] = [("restore into", |drive| {
        let id = drive.bin()?.remove(0).id;
        drive.restore(&id, None, None, Conflict::Fail)
    })];
    assert_while_locked(&[Profile::BOX], "/", LockScope::Item, LOCKED, restores);
}

/// A lock on an item does not cover the items below it; a lock on a tree covers all of them.
pub fn a_tree_lock_covers_everything_below_its_item<S: Subject>() {
    assert_while_locked(&Profile::ALL, "/d", LockScope::Item, Ok(()), removals::<S>());
    assert_while_locked(&Profile::ALL, "/d", LockScope::Tree, LOCKED, removals::<S>());
    let deeper: [NamedCall<S>; 1] = [("deeper", |drive| drive.delete("/d/e/b.txt"))];
    assert_while_locked(&Profile::ALL, "/d", LockScope::Tree, LOCKED, deeper);
    let outside: [NamedCall<S>; 1] = [("outside", |drive| drive.delete("/x.txt"))];
    assert_while_locked(&Profile::ALL, "/d", LockScope::Tree, Ok(()), outside);
}

/// A folder cannot be renamed, moved or deleted while an item below it is locked.
pub fn a_folder_with_locked_items_cannot_be_moved_or_deleted<S: Subject>() {
    let goes: [NamedCall<S>; 4] = [
        ("rename", |drive| drive.rename("/d", "new")),
        ("move", |drive| drive.move_to("/d", "/to", None)),
        ("delete", |drive| drive.delete("/d")),
        ("delete for good", |drive| drive.delete_permanently("/d")),
    ];
    assert_while_locked(&Profile::ALL, "/d/e/b.txt", LockScope::Item, LOCKED, goes);
    let copies: [NamedCall<S>; 1] = [("copy", |drive| copy(drive, "/d", "/to"))];
    assert_while_locked(&[Profile::BOX], "/d/e/b.txt", LockScope::Item, LOCKED, copies);
}

/// A lock holds until it is released. Two locks on an item are released separately, each once.
pub fn a_lock_holds_until_it_is_released<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let [first, second] = [(); 2].map(|()| on.does(|drive| drive.lock("/d/a.txt", LockScope::Item)));
        on.does(|drive| drive.unlock(&first));
        on.refuses("resourceLocked", |drive| drive.rename("/d/a.txt", "b.txt"));
        on.refuses("invalidRequest", |drive| drive.unlock(&first));
        on.does(|drive| drive.unlock(&second));
        on.does(|drive| drive.rename("/d/a.txt", "b.txt"));
    }
}

/// A lock stays on its item when names change.
pub fn a_lock_stays_on_its_item<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.rename("/d", "old"));
        on.does(|drive| drive.lock("/old/a.txt", LockScope::Item));
        on.refuses("itemNotFound", |drive| drive.lock("/d", LockScope::Item));
        on.does(|drive| drive.delete("/old/e"));
        on.refuses("resourceLocked", |drive| drive.delete("/old/a.txt"));
        on.refuses("resourceLocked", |drive| drive.delete("/old"));
    }
}

/// Of an invalid name, a lock and a taken name, the first in this order is reported.
pub fn a_lock_is_reported_after_invalid_names_and_before_taken_ones<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.lock("/x.txt", LockScope::Item));
        on.refuses("invalidRequest", |drive| drive.rename("/x.txt", "b/c"));
        on.refuses("resourceLocked", |drive| drive.rename("/x.txt", "old.txt"));
    }
}

/// On Box, a copy of a folder with more than 500 items locks all of its source, and its target, until it ends. No copy
/// on another service does.
pub fn a_large_box_copy_locks_both_ends<S: Subject>() {
    let many = |n_files: usize| {
        let files: String = (0..n_files).map(|number| format!("  {number}.txt\n")).collect();
        format!("big/\n{files}to/\nx\n")
    };
    let locks = [(Profile::BOX, 500, false), (Profile::BOX, 501, true), (Profile::BUSINESS, 501, false)];
    for (profile, n_files, is_locked) in locks.into_iter().filter(|(profile, ..)| S::offers(profile)) {
        let mut on = Fixture::<S>::on(&profile, &many(n_files));
        let job = on.does(|drive| drive.begin_copy("/big", "/to", CopyOptions::default()));
        if is_locked {
            on.refuses("resourceLocked", |drive| drive.delete("/big/0.txt"));
            on.refuses("resourceLocked", |drive| drive.move_to("/x", "/to", None));
            on.refuses("resourceLocked", |drive| drive.rename("/to", "new"));
            assert!(matches!(on.end_copy(&job), Ended::Completed(_)));
        }
        on.does(|drive| drive.delete("/big/0.txt"));
        on.does(|drive| drive.move_to("/x", "/to", None));
        on.does(|drive| drive.rename("/to", "new"));
    }
}
