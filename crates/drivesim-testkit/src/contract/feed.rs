//! The only place for the promises of the feed of changes.

use drivesim::{Access, Conflict, CopyOptions, LockScope, Profile, Times, Timestamp};

use super::seen::Call;
use super::{Subject, TREE, Trial, on_all, on_each};

/// Returns what has changed since a token: names, in order, with a `-` before what is gone.
#[track_caller]
fn told<S: Subject>(on: &mut Trial<S>, token: &str) -> Vec<String> {
    let feed = on.does(|drive| drive.changes(Some(token), 1000));
    assert!(!feed.more);
    let told = feed
        .changes
        .into_iter()
        .map(|change| if change.is_gone { "-" } else { "" }.to_owned() + &change.name);
    told.collect()
}

/// Returns the same in order of names.
#[track_caller]
fn told_in_any_order<S: Subject>(on: &mut Trial<S>, token: &str) -> Vec<String> {
    let mut told = told(on, token);
    told.sort();
    told
}

#[track_caller]
fn token<S: Subject>(on: &mut Trial<S>) -> String {
    on.does(|drive| drive.token())
}

/// Nothing has changed since this moment, and the token that comes with nothing is as good.
pub fn nothing_has_changed_since_now<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let now = token(&mut on);
        assert_eq!(told(&mut on, &now), [""; 0]);
        let next = on.does(|drive| drive.changes(Some(&now), 10)).token;
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        assert_eq!(told(&mut on, &next), ["b.txt"]);
    }
}

/// Without a token all items are told, the root too, and then nothing.
pub fn all_items_are_told_at_first<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.delete("/Docs/deep"));
        let all = on.does(|drive| drive.changes(None, 1000));
        let mut names: Vec<String> = all.changes.into_iter().map(|change| change.name).collect();
        names.sort();
        assert_eq!(
            (names, all.more),
            (["", "Docs", "a.txt", "b.txt", "to"].map(str::to_owned).to_vec(), false)
        );
        assert_eq!(told(&mut on, &all.token), [""; 0]);
    }
}

/// Every change of an item tells of the item, and of nothing else.
pub fn every_change_of_an_item_is_told<S: Subject>() {
    let changes: [Call<S>; 8] = [
        ("new", |drive| drive.create_file("/Docs", "x", "one")),
        ("folder", |drive| drive.create_folder("/to", "x")),
        ("write", |drive| drive.write("/Docs/x", "two")),
        ("restored version", |drive| drive.restore_version("/Docs/x", 1)),
        ("description", |drive| drive.set_description("/Docs/x", "new")),
        ("times", |drive| {
            let fs_created_at = Some(Timestamp::UNIX_EPOCH);
            drive.set_times("/Docs/x", Times { fs_created_at, ..Times::default() })
        }),
        ("move", |drive| drive.move_to("/Docs/x", "/to/x", None)),
        ("rename", |drive| drive.rename("/to/x", "y").and_then(|()| drive.rename("/to/y", "x"))),
    ];
    for mut on in on_all::<S>(TREE) {
        for (name, change) in changes {
            let before = token(&mut on);
            assert_eq!(change(&mut on), Ok(()), "{name}");
            assert_eq!(told(&mut on, &before), ["x"], "{name}");
        }
    }
}

/// What is no change of an item is not told: a deleted version, a lock, a quota, a refused call, the same name.
pub fn what_changes_no_item_is_not_told<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.write("/a.txt", "two"));
        let before = token(&mut on);
        on.does(|drive| drive.delete_version("/a.txt", 1));
        on.does(|drive| drive.lock("/to", LockScope::Tree));
        on.does(|drive| drive.set_quota(Some(1000)));
        on.does(|drive| drive.rename("/a.txt", "a.txt"));
        on.refuses("invalidRequest", |drive| drive.rename("/a.txt", "b/c"));
        assert_eq!(told(&mut on, &before), [""; 0]);
    }
}

/// An item that changed often is told once, as it is now, after those that changed before its last change.
pub fn each_item_is_told_once_in_the_order_of_last_changes<S: Subject>() {
    for mut on in on_all::<S>("a\nb\nc\n") {
        let before = token(&mut on);
        on.does(|drive| drive.write("/a", "new"));
        on.does(|drive| drive.write("/c", "new"));
        on.does(|drive| drive.write("/b", "new"));
        on.does(|drive| drive.rename("/a", "d"));
        assert_eq!(told(&mut on, &before), ["c", "b", "d"]);
    }
}

/// A deleted item is told as gone under its old id, in the bin or for good; what was below it is not told.
pub fn a_deleted_item_is_told_without_what_was_below<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let (before, id) = (token(&mut on), on.does(|drive| drive.id("/a.txt")));
        on.does(|drive| drive.write("/Docs/b.txt", "new"));
        on.does(|drive| drive.delete("/Docs"));
        on.does(|drive| drive.delete_permanently("/a.txt"));
        let feed = on.does(|drive| drive.changes(Some(&before), 10));
        assert_eq!(told(&mut on, &before), ["-Docs", "-a.txt"]);
        assert_eq!(feed.changes[1].id, id);
    }
}

/// A purge tells nothing: the item was gone before.
pub fn a_purge_is_not_told<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let id = on.does(|drive| drive.id("/Docs"));
        on.does(|drive| drive.delete("/Docs"));
        on.does(|drive| drive.delete("/a.txt"));
        let before = token(&mut on);
        on.does(|drive| drive.purge(&id));
        on.does(|drive| drive.empty_bin());
        assert_eq!(told(&mut on, &before), [""; 0]);
    }
}

/// A restored folder is told with all below it, and as gone no more.
pub fn a_restored_item_is_told_with_all_below<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let (first, id) = (token(&mut on), on.does(|drive| drive.id("/Docs")));
        on.does(|drive| drive.delete("/Docs"));
        let then = token(&mut on);
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        for since in [first, then] {
            assert_eq!(told_in_any_order(&mut on, &since), ["Docs", "b.txt", "c.txt", "deep", "empty"]);
        }
    }
}

/// A moved folder is told without what is below it: that is where it was in the folder.
pub fn a_moved_folder_is_told_alone<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let before = token(&mut on);
        on.does(|drive| drive.move_to("/Docs", "/to", None));
        assert_eq!(told(&mut on, &before), ["Docs"]);
    }
}

/// A copy is told item by item; its source and its target are not.
pub fn a_copy_is_told_item_by_item<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let before = token(&mut on);
        on.copies("/Docs", "/to", CopyOptions::named("new"));
        assert_eq!(told_in_any_order(&mut on, &before), ["b.txt", "c.txt", "deep", "empty", "new"]);
    }
}

/// What a copy replaces is told as gone, and its copy as new.
pub fn what_is_replaced_is_told_as_gone<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS], "a = \"new\"\nto/\n  a = \"old\"\n") {
        let (before, old) = (token(&mut on), on.does(|drive| drive.id("/to/a")));
        on.copies("/a", "/to", CopyOptions::default().on_conflict(Conflict::Replace));
        assert_eq!(told_in_any_order(&mut on, &before), ["-a", "a"]);
        let feed = on.does(|drive| drive.changes(Some(&before), 10));
        assert!(feed.changes.iter().all(|change| (change.id == old) == change.is_gone));
    }
}

/// Changes come by pages as long as there are more.
pub fn changes_come_by_pages<S: Subject>() {
    for mut on in on_all::<S>("a\nb\nc\n") {
        let mut next = token(&mut on);
        for name in ["/b", "/a", "/c"] {
            on.does(|drive| drive.write(name, "new"));
        }
        for (name, more) in [("b", true), ("a", true), ("c", false)] {
            let page = on.does(|drive| drive.changes(Some(&next), 1));
            let names: Vec<String> = page.changes.into_iter().map(|change| change.name).collect();
            assert_eq!((names, page.more), (vec![name.to_owned()], more));
            next = page.token;
        }
    }
}

/// What changes while all items are being told by pages is told before the end.
pub fn what_changes_during_the_first_telling_is_not_missed<S: Subject>() {
    for mut on in on_all::<S>("a\nb\nc\n") {
        let mut page = on.does(|drive| drive.changes(None, 1));
        on.does(|drive| drive.rename("/a", "new"));
        let mut names: Vec<String> = Vec::new();
        while page.more {
            page = on.does(|drive| drive.changes(Some(&page.token), 1));
            names.extend(page.changes.iter().map(|change| change.name.clone()));
        }
        assert!(names.contains(&"new".to_owned()), "{names:?}");
    }
}

/// What may not be read is not told.
pub fn what_may_not_be_read_is_not_told<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let before = token(&mut on);
        on.does(|drive| drive.write("/Docs/b.txt", "new"));
        on.does(|drive| drive.set_access("/Docs", Some(Access::None)));
        on.does(|drive| drive.write("/a.txt", "new"));
        assert_eq!(told(&mut on, &before), ["a.txt"]);
        let all = on.does(|drive| drive.changes(None, 1000));
        assert!(all.changes.iter().all(|change| change.name != "b.txt"));
    }
}

/// A drive that was put back to an earlier state tells nothing for tokens given before.
pub fn a_token_from_before_the_drive_was_put_back_is_refused<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let early = token(&mut on);
        on.keep_state();
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        let late = token(&mut on);
        on.put_back();
        for old in [early, late] {
            on.refuses("resyncRequired", |drive| drive.changes(Some(&old), 10));
        }
        let new = token(&mut on);
        on.does(|drive| drive.rename("/a.txt", "c.txt"));
        assert_eq!(told(&mut on, &new), ["c.txt"]);
    }
}
