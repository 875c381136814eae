//! The only place for the promises of locks: what they refuse on which service, how far they reach.

use drivesim::{Conflict, CopyOptions, LockScope, Profile, Times, Timestamp};

use super::seen::Call;
use super::{Ended, Subject, Trial, on_all};

const LOCKED: Result<(), &str> = Err("resourceLocked");
const TREE: &str = "d/\n  a.txt = \"one\"\n  e/\n    b.txt\nto/\nx.txt\nold.txt\n";
const ONEDRIVE: [Profile; 2] = [Profile::BUSINESS, Profile::PERSONAL];

/// Sets up a drive with something in the bin and a file that has two versions, and locks an item of it.
fn locked<S: Subject>(profile: &Profile, path: &str, scope: LockScope) -> Trial<S> {
    let mut on = Trial::<S>::on(profile, TREE);
    on.does(|drive| drive.write("/d/a.txt", "two"));
    on.does(|drive| drive.delete("/old.txt"));
    on.does(|drive| drive.lock(path, scope));
    on
}

/// Asserts what comes of each of these calls when this item is locked.
#[track_caller]
fn locked_gives<S: Subject, const N: usize>(
    profiles: &[Profile],
    (path, scope): (&str, LockScope),
    expected: Result<(), &str>,
    calls: [Call<S>; N],
) {
    for profile in profiles.iter().filter(|profile| S::offers(profile)) {
        Trial::gives(expected, || locked::<S>(profile, path, scope), calls);
    }
}

fn copy<S: Subject>(drive: &mut S, source: &str, target: &str) -> Result<(), String> {
    match drive.copy(source, target, CopyOptions::default()) {
        Ended::Completed(_) => Ok(()),
        Ended::Refused(code) | Ended::Failed(code) => Err(code),
    }
}

/// What is done to a file's content and to what is known of it.
fn writes<S: Subject>() -> [Call<S>; 5] {
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

/// What takes a file from where it is.
fn departures<S: Subject>() -> [Call<S>; 4] {
    [
        ("rename", |drive| drive.rename("/d/a.txt", "b.txt")),
        ("move", |drive| drive.move_to("/d/a.txt", "/to", None)),
        ("delete", |drive| drive.delete("/d/a.txt")),
        ("delete for good", |drive| drive.delete_permanently("/d/a.txt")),
    ]
}

/// What makes something new in a folder.
fn creations<S: Subject>() -> [Call<S>; 3] {
    [
        ("new file", |drive| drive.create_file("/d", "new", "x")),
        ("new folder", |drive| drive.create_folder("/d", "new")),
        ("new by write", |drive| drive.write("/d/new", "x")),
    ]
}

/// What puts something that there is elsewhere into a folder, but for moves.
fn arrivals<S: Subject>() -> [Call<S>; 2] {
    [
        ("copy into", |drive| copy(drive, "/x.txt", "/d")),
        ("restore into", |drive| {
            let id = drive.bin()?.remove(0).id;
            drive.restore(&id, Some("/d"), None, Conflict::Fail)
        }),
    ]
}

fn move_in<S: Subject>() -> [Call<S>; 1] {
    [("move into", |drive| drive.move_to("/x.txt", "/d", None))]
}

/// What is locked is read as ever.
pub fn what_is_locked_is_read<S: Subject>() {
    for profile in Profile::ALL.into_iter().filter(S::offers) {
        let mut on = locked::<S>(&profile, "/d", LockScope::Tree);
        assert_eq!(on.read("/d/a.txt"), Ok(b"two".to_vec()));
        assert_eq!(on.names("/d").map(|names| names.len()), Ok(2));
        assert_eq!(on.does(|drive| drive.versions("/d/a.txt")).len(), 2);
    }
}

/// A locked file stays where it is, on every service.
pub fn a_locked_file_stays_where_it_is<S: Subject>() {
    locked_gives(&Profile::ALL, ("/d/a.txt", LockScope::Item), LOCKED, departures::<S>());
}

/// A locked file is not written, described, dated or put back to another version, but on Box.
pub fn a_locked_file_is_written_on_box_only<S: Subject>() {
    let others = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL];
    locked_gives(&others, ("/d/a.txt", LockScope::Item), LOCKED, writes::<S>());
    locked_gives(&[Profile::BOX], ("/d/a.txt", LockScope::Item), Ok(()), writes::<S>());
}

/// A locked Box file gets no name back with a version: that is a rename.
pub fn a_locked_box_file_gets_no_name_back<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BOX, "a.txt = \"one\"\n");
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

/// A locked file is copied, but on Box.
pub fn a_locked_file_is_copied_but_on_box<S: Subject>() {
    let copies: [Call<S>; 1] = [("copy", |drive| copy(drive, "/d/a.txt", "/to"))];
    let others = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL];
    locked_gives(&others, ("/d/a.txt", LockScope::Item), Ok(()), copies);
    locked_gives(&[Profile::BOX], ("/d/a.txt", LockScope::Item), LOCKED, copies);
}

/// A locked file is not replaced.
pub fn a_locked_file_is_not_replaced<S: Subject>() {
    let replaces: [Call<S>; 1] = [("replace", |drive| {
        let options = CopyOptions::named("a.txt").on_conflict(Conflict::Replace);
        match drive.copy("/x.txt", "/d", options) {
            Ended::Completed(_) => Ok(()),
            Ended::Refused(code) | Ended::Failed(code) => Err(code),
        }
    })];
    locked_gives(&[Profile::PLAIN, Profile::BUSINESS], ("/d/a.txt", LockScope::Item), LOCKED, replaces);
}

/// Nothing is moved into a locked folder, on any service.
pub fn nothing_is_moved_into_a_locked_folder<S: Subject>() {
    locked_gives(&Profile::ALL, ("/d", LockScope::Item), LOCKED, move_in::<S>());
}

/// On plain drives nothing new comes into a locked folder.
pub fn a_locked_plain_folder_takes_nothing<S: Subject>() {
    locked_gives(&[Profile::PLAIN], ("/d", LockScope::Item), LOCKED, creations::<S>());
    locked_gives(&[Profile::PLAIN], ("/d", LockScope::Item), LOCKED, arrivals::<S>());
}

/// On OneDrive a locked folder takes what is made in it, copied into it or restored to it.
pub fn a_locked_onedrive_folder_takes_what_is_new<S: Subject>() {
    locked_gives(&ONEDRIVE, ("/d", LockScope::Item), Ok(()), creations::<S>());
    locked_gives(&ONEDRIVE, ("/d", LockScope::Item), Ok(()), arrivals::<S>());
}

/// On Box a locked folder takes what is made in it, and nothing copied or restored.
pub fn a_locked_box_folder_takes_what_is_made_in_it<S: Subject>() {
    locked_gives(&[Profile::BOX], ("/d", LockScope::Item), Ok(()), creations::<S>());
    locked_gives::<S, 1>(&[Profile::BOX], ("/d", LockScope::Item), LOCKED, [arrivals()[0]]);
    let restores: [Call<S>; 1] = [("restore into", |drive| {
        let id = drive.bin()?.remove(0).id;
        drive.restore(&id, None, None, Conflict::Fail)
    })];
    locked_gives(&[Profile::BOX], ("/", LockScope::Item), LOCKED, restores);
}

/// A lock on an item alone leaves what is below it free; one on a tree reaches all of it.
pub fn a_lock_on_a_tree_reaches_all_of_it<S: Subject>() {
    locked_gives(&Profile::ALL, ("/d", LockScope::Item), Ok(()), departures::<S>());
    locked_gives(&Profile::ALL, ("/d", LockScope::Tree), LOCKED, departures::<S>());
    let deeper: [Call<S>; 1] = [("deeper", |drive| drive.delete("/d/e/b.txt"))];
    locked_gives(&Profile::ALL, ("/d", LockScope::Tree), LOCKED, deeper);
    let beside: [Call<S>; 1] = [("beside", |drive| drive.delete("/x.txt"))];
    locked_gives(&Profile::ALL, ("/d", LockScope::Tree), Ok(()), beside);
}

/// A folder does not go, by a move or a delete, with something locked below it.
pub fn a_folder_does_not_go_with_what_is_locked<S: Subject>() {
    let goes: [Call<S>; 4] = [
        ("rename", |drive| drive.rename("/d", "new")),
        ("move", |drive| drive.move_to("/d", "/to", None)),
        ("delete", |drive| drive.delete("/d")),
        ("delete for good", |drive| drive.delete_permanently("/d")),
    ];
    locked_gives(&Profile::ALL, ("/d/e/b.txt", LockScope::Item), LOCKED, goes);
    let copies: [Call<S>; 1] = [("copy", |drive| copy(drive, "/d", "/to"))];
    locked_gives(&[Profile::BOX], ("/d/e/b.txt", LockScope::Item), LOCKED, copies);
}

/// A lock holds until it is given back; of two each is given back by itself, and once.
pub fn a_lock_holds_until_it_is_given_back<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let [first, second] = [(); 2].map(|()| on.does(|drive| drive.lock("/d/a.txt", LockScope::Item)));
        on.does(|drive| drive.unlock(&first));
        on.refuses("resourceLocked", |drive| drive.rename("/d/a.txt", "b.txt"));
        on.refuses("invalidRequest", |drive| drive.unlock(&first));
        on.does(|drive| drive.unlock(&second));
        on.does(|drive| drive.rename("/d/a.txt", "b.txt"));
    }
}

/// A lock goes with its item, whatever that is called.
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

/// Of a bad name, a lock and a taken name the first is told, in this order.
pub fn a_lock_is_told_after_bad_names_and_before_taken_ones<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.lock("/x.txt", LockScope::Item));
        on.refuses("invalidRequest", |drive| drive.rename("/x.txt", "b/c"));
        on.refuses("resourceLocked", |drive| drive.rename("/x.txt", "old.txt"));
    }
}

/// On Box a copy of a folder with more than 500 items in it locks all of its source, and its target, until it ends;
/// nobody else's does.
pub fn a_large_box_copy_locks_both_ends<S: Subject>() {
    let many = |n_files: usize| {
        let files: String = (0..n_files).map(|number| format!("  {number}.txt\n")).collect();
        format!("big/\n{files}to/\nx\n")
    };
    let locks = [(Profile::BOX, 500, false), (Profile::BOX, 501, true), (Profile::BUSINESS, 501, false)];
    for (profile, n_files, is_locked) in locks.into_iter().filter(|(profile, ..)| S::offers(profile)) {
        let mut on = Trial::<S>::on(&profile, &many(n_files));
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
