//! Promises about the change feed.

use drivesim::access::{Access, LockScope};
use drivesim::item::{Times, Timestamp};
use drivesim::{Conflict, CopyOptions, Profile};

use super::views::NamedCall;
use super::{Fixture, Subject, TREE, on_all, on_each};

/// Returns the names of the items that changed since a token, in order, with a `-` before deleted ones.
#[track_caller]
fn changes_since<S: Subject>(on: &mut Fixture<S>, token: &str) -> Vec<String> {
    let feed = on.does(|drive| drive.changes(Some(token), 1000));
    assert!(!feed.more);
    let names = feed
        .changes
        .into_iter()
        .map(|change| if change.is_gone { "-" } else { "" }.to_owned() + &change.name);
    names.collect()
}

/// Returns the same names, sorted.
#[track_caller]
fn sorted_changes_since<S: Subject>(on: &mut Fixture<S>, token: &str) -> Vec<String> {
    let mut names = changes_since(on, token);
    names.sort();
    names
}

#[track_caller]
fn token<S: Subject>(on: &mut Fixture<S>) -> String {
    on.does(|drive| drive.token())
}

/// The feed is empty after the token of now, and the token of an empty page is as good.
pub fn nothing_has_changed_since_now<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let now = token(&mut on);
        assert_eq!(changes_since(&mut on, &now), [""; 0]);
        let next = on.does(|drive| drive.changes(Some(&now), 10)).token;
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        assert_eq!(changes_since(&mut on, &next), ["b.txt"]);
    }
}

/// Without a token, the feed lists all items, with the root, and then nothing.
pub fn the_feed_begins_with_all_items<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.delete("/Docs/deep"));
        let all = on.does(|drive| drive.changes(None, 1000));
        let mut names: Vec<String> = all.changes.into_iter().map(|change| change.name).collect();
        names.sort();
        assert_eq!(
            (names, all.more),
            (["", "Docs", "a.txt", "b.txt", "to"].map(str::to_owned).to_vec(), false)
        );
        assert_eq!(changes_since(&mut on, &all.token), [""; 0]);
    }
}

/// Every change of an item puts that item into the feed, and no other.
pub fn every_change_of_an_item_is_in_the_feed<S: Subject>() {
    let changes: [NamedCall<S>; 8] = [
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
            assert_eq!(changes_since(&mut on, &before), ["x"], "{name}");
        }
    }
}

/// What changes no item is not in the feed: a deleted version, a lock, a quota, a failed call, the same name.
pub fn calls_that_change_no_item_are_not_in_the_feed<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.write("/a.txt", "two"));
        let before = token(&mut on);
        on.does(|drive| drive.delete_version("/a.txt", 1));
        on.does(|drive| drive.lock("/to", LockScope::Tree));
        on.does(|drive| drive.set_quota(Some(1000)));
        on.does(|drive| drive.rename("/a.txt", "a.txt"));
        on.refuses("invalidRequest", |drive| drive.rename("/a.txt", "b/c"));
        assert_eq!(changes_since(&mut on, &before), [""; 0]);
    }
}

/// An item that changed often is listed once, in its current state, in the order of last changes.
pub fn each_item_is_listed_once_in_the_order_of_last_changes<S: Subject>() {
    for mut on in on_all::<S>("a\nb\nc\n") {
        let before = token(&mut on);
        on.does(|drive| drive.write("/a", "new"));
        on.does(|drive| drive.write("/c", "new"));
        on.does(|drive| drive.write("/b", "new"));
        on.does(|drive| drive.rename("/a", "d"));
        assert_eq!(changes_since(&mut on, &before), ["c", "b", "d"]);
    }
}

/// A deleted item is listed as deleted under its old id, whether in the bin or for good; the items below it are not
/// listed.
pub fn a_deleted_item_is_listed_without_the_items_below<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let (before, id) = (token(&mut on), on.does(|drive| drive.id("/a.txt")));
        on.does(|drive| drive.write("/Docs/b.txt", "new"));
        on.does(|drive| drive.delete("/Docs"));
        on.does(|drive| drive.delete_permanently("/a.txt"));
        let feed = on.does(|drive| drive.changes(Some(&before), 10));
        assert_eq!(changes_since(&mut on, &before), ["-Docs", "-a.txt"]);
        assert_eq!(feed.changes[1].id, id);
    }
}

/// A purge adds nothing to the feed: the item was already deleted.
pub fn a_purge_is_not_in_the_feed<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let id = on.does(|drive| drive.id("/Docs"));
        on.does(|drive| drive.delete("/Docs"));
        on.does(|drive| drive.delete("/a.txt"));
        let before = token(&mut on);
        on.does(|drive| drive.purge(&id));
        on.does(|drive| drive.empty_bin());
        assert_eq!(changes_since(&mut on, &before), [""; 0]);
    }
}

/// A restored folder is listed with everything below it, and no longer as deleted.
pub fn a_restored_item_is_listed_with_everything_below<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let (first, id) = (token(&mut on), on.does(|drive| drive.id("/Docs")));
        on.does(|drive| drive.delete("/Docs"));
        let then = token(&mut on);
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        for since in [first, then] {
            assert_eq!(sorted_changes_since(&mut on, &since), ["Docs", "b.txt", "c.txt", "deep", "empty"]);
        }
    }
}

/// A moved folder is listed without the items below it: their places in the folder did not change.
pub fn a_moved_folder_is_listed_alone<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let before = token(&mut on);
        on.does(|drive| drive.move_to("/Docs", "/to", None));
        assert_eq!(changes_since(&mut on, &before), ["Docs"]);
    }
}

/// The feed lists each item of a copy, but neither its source nor its target.
pub fn a_copy_is_listed_item_by_item<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let before = token(&mut on);
        on.copies("/Docs", "/to", CopyOptions::named("new"));
        assert_eq!(sorted_changes_since(&mut on, &before), ["b.txt", "c.txt", "deep", "empty", "new"]);
    }
}

/// An item that a copy replaces is listed as deleted, and its copy as new.
pub fn a_replaced_item_is_listed_as_deleted<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS], "a = \"new\"\nto/\n  a = \"old\"\n") {
        let (before, old) = (token(&mut on), on.does(|drive| drive.id("/to/a")));
        on.copies("/a", "/to", CopyOptions::default().on_conflict(Conflict::Replace));
        assert_eq!(sorted_changes_since(&mut on, &before), ["-a", "a"]);
        let feed = on.does(|drive| drive.changes(Some(&before), 10));
        assert!(feed.changes.iter().all(|change| (change.id == old) == change.is_gone));
    }
}

/// The feed is sent in pages while there are more changes.
pub fn changes_are_sent_in_pages<S: Subject>() {
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

/// A change while all items are listed in pages is in one of the later pages.
pub fn changes_during_the_first_listing_are_not_missed<S: Subject>() {
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

/// The feed omits items that the caller may not read.
pub fn unreadable_items_are_not_in_the_feed<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let before = token(&mut on);
        on.does(|drive| drive.write("/Docs/b.txt", "new"));
        on.does(|drive| drive.set_access("/Docs", Some(Access::None)));
        on.does(|drive| drive.write("/a.txt", "new"));
        assert_eq!(changes_since(&mut on, &before), ["a.txt"]);
        let all = on.does(|drive| drive.changes(None, 1000));
        assert!(all.changes.iter().all(|change| change.name != "b.txt"));
    }
}

/// Tokens from before a drive was restored to an earlier state are rejected.
pub fn tokens_from_before_a_state_restore_are_rejected<S: Subject>() {
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
        assert_eq!(changes_since(&mut on, &new), ["c.txt"]);
    }
}
