//! Promises about times and users of items, about times that are set, and about descriptions.

use std::time::Duration;

use drivesim::item::{Times, Timestamp};
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Profile};

use super::{Facts, Fixture, Subject, Tag, on_all, on_each};

const TREE: &str = "a.txt = \"hi\"\nd/\n  b.txt\nto/\n";
const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;

/// Sets up a drive on each profile, with Ann as the user and the clock one day later.
fn by_ann<S: Subject>(outline: &str) -> impl Iterator<Item = Fixture<S>> {
    on_all::<S>(outline).map(|mut on| {
        on.pass(Duration::from_secs(24 * 60 * 60));
        on.act_as("ann");
        on
    })
}

/// Asserts that an item has its previous metadata but was just changed by Ann.
#[track_caller]
fn assert_changed_now<S: Subject>(on: &Fixture<S>, before: Facts, path: &str) {
    let (modified_at, after) = (on.now(), on.knows(path));
    let (etag, ctag) = (after.etag.clone(), after.ctag.clone());
    assert_eq!(after, Facts { modified_at, modified_by: "ann".to_owned(), etag, ctag, ..before });
}

fn content_times(facts: &Facts) -> [Timestamp; 2] {
    [facts.fs_created_at, facts.fs_modified_at]
}

/// A new item has the time and the user of its creation, and no description.
pub fn a_new_item_has_the_time_and_user_of_its_creation<S: Subject>() {
    for mut on in by_ann::<S>("") {
        on.does(|drive| drive.create_file("/", "a", "hi"));
        on.does(|drive| drive.create_folder("/", "b"));
        on.does(|drive| drive.write("/c", "hi"));
        for path in ["/a", "/b", "/c"] {
            let (now, facts) = (on.now(), on.knows(path));
            assert_eq!([facts.created_at, facts.modified_at], [now; 2]);
            assert_eq!(content_times(&facts), [now; 2]);
            assert_eq!([&*facts.created_by, &*facts.modified_by], ["ann"; 2]);
            assert_eq!(facts.description, None);
        }
    }
}

/// A write sets the time and user of the last change, and the time of the content, but not those of creation.
pub fn a_write_sets_the_time_and_user<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/a.txt");
        on.does(|drive| drive.write("/a.txt", "new"));
        let fs_modified_at = on.now();
        assert_changed_now(&on, Facts { fs_modified_at, ..before }, "/a.txt");
    }
}

/// A rename sets the time and user of the last change, and keeps the times of the content.
pub fn a_renamed_file_keeps_the_times_of_its_content<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/a.txt");
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        assert_changed_now(&on, before, "/b.txt");
    }
}

/// A move to another folder sets the times of the content to now on business, and keeps them elsewhere.
pub fn only_business_updates_content_times_on_a_move<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let (before, now) = (on.knows("/a.txt"), on.now());
        on.does(|drive| drive.move_to("/a.txt", "/to", None));
        let content =
            if on.profile().service == Service::Business { [now; 2] } else { content_times(&before) };
        let [fs_created_at, fs_modified_at] = content;
        assert_changed_now(&on, Facts { fs_created_at, fs_modified_at, ..before }, "/to/a.txt");
    }
}

/// A rename of a folder sets the time of its content on Box, and keeps it elsewhere.
pub fn only_box_updates_content_times_of_renamed_folders<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/d");
        on.does(|drive| drive.rename("/d", "e"));
        let is_box = on.profile().service == Service::Box;
        let fs_modified_at = if is_box { on.now() } else { before.fs_modified_at };
        assert_changed_now(&on, Facts { fs_modified_at, ..before }, "/e");
    }
}

/// A change in a folder does not change the folder.
pub fn a_change_in_a_folder_does_not_change_the_folder<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/d");
        on.does(|drive| drive.create_folder("/d", "new"));
        on.does(|drive| drive.write("/d/b.txt", "new"));
        on.does(|drive| drive.rename("/d/b.txt", "c.txt"));
        on.does(|drive| drive.move_to("/a.txt", "/d", None));
        on.does(|drive| drive.delete("/d/c.txt"));
        let after = on.knows("/d");
        assert_eq!(after, Facts { ctag: after.ctag.clone(), ..before });
    }
}

/// A change of a folder does not change the items below it.
pub fn a_change_of_a_folder_does_not_change_items_below<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let (id, before) = (on.does(|drive| drive.id("/d")), on.knows("/d/b.txt"));
        on.does(|drive| drive.rename("/d", "e"));
        on.does(|drive| drive.move_to("/e", "/to", None));
        on.does(|drive| drive.delete("/to/e"));
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        assert_eq!(on.knows("/to/e/b.txt"), before);
    }
}

/// A restore sets the time and user of the last change.
pub fn a_restore_sets_the_time_and_user<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let (id, before) = (on.does(|drive| drive.id("/a.txt")), on.knows("/a.txt"));
        on.act_as("bob");
        on.does(|drive| drive.delete("/a.txt"));
        on.pass(Duration::from_secs(1));
        on.act_as("ann");
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        assert_changed_now(&on, before, "/a.txt");
    }
}

/// A copy and all its items have the current time and the caller of the copy, not those of the source.
pub fn a_copy_has_the_time_and_user_of_the_request<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        on.does(|drive| drive.write("/d/b.txt", "new"));
        on.pass(Duration::from_secs(1));
        on.act_as("bob");
        on.copies("/d", "/to", CopyOptions::default());
        for path in ["/to/d", "/to/d/b.txt"] {
            let (now, facts) = (on.now(), on.knows(path));
            assert_eq!([facts.created_at, facts.modified_at], [now; 2]);
            assert_eq!([&*facts.created_by, &*facts.modified_by], ["bob"; 2]);
        }
    }
}

/// A copied file keeps the times of its content on Box. Elsewhere, and for folders on every service, they are set to
/// now.
pub fn only_box_copies_keep_the_times_of_content<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let old = Times { fs_created_at: Some(LONG_AGO), fs_modified_at: Some(LONG_AGO), ..Times::default() };
        on.does(|drive| drive.set_times("/d", old));
        on.does(|drive| drive.set_times("/d/b.txt", old));
        on.copies("/d", "/to", CopyOptions::default());
        let file = if on.profile().service == Service::Box { LONG_AGO } else { on.now() };
        assert_eq!(content_times(&on.knows("/to/d/b.txt")), [file; 2]);
        assert_eq!(content_times(&on.knows("/to/d")), [on.now(); 2]);
    }
}

/// Copies keep descriptions on Box, and lose them elsewhere.
pub fn only_box_copies_keep_descriptions<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.set_description("/d", "folder"));
        on.does(|drive| drive.set_description("/d/b.txt", "file"));
        on.copies("/d", "/to", CopyOptions::default());
        let is_box = on.profile().service == Service::Box;
        let kept = |text: &str| is_box.then(|| text.to_owned());
        assert_eq!(on.knows("/to/d").description, kept("folder"));
        assert_eq!(on.knows("/to/d/b.txt").description, kept("file"));
    }
}

/// The times of content can be set on every service; those that are not given stay.
pub fn times_of_content_are_set<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        for path in ["/a.txt", "/d"] {
            let before = on.knows(path);
            let times = Times { fs_created_at: Some(LONG_AGO), ..Times::default() };
            on.does(|drive| drive.set_times(path, times));
            assert_changed_now(
                &on,
                Facts { fs_created_at: LONG_AGO, ..with_time_of_box_folder(&on, path, before.clone()) },
                path,
            );
            let times = Times { fs_modified_at: Some(LONG_AGO), ..Times::default() };
            on.does(|drive| drive.set_times(path, times));
            let after = on.knows(path);
            assert_eq!(content_times(&after), [LONG_AGO; 2]);
            assert_eq!((after.created_at, &*after.modified_by), (before.created_at, "ann"));
        }
    }
}

/// Returns the metadata of an item that changes now: on Box, the time of a folder's content is that of the folder.
fn with_time_of_box_folder<S: Subject>(on: &Fixture<S>, path: &str, facts: Facts) -> Facts {
    let follows = on.profile().service == Service::Box && path == "/d";
    let fs_modified_at = if follows { on.now() } else { facts.fs_modified_at };
    Facts { fs_modified_at, ..facts }
}

/// On business, setting the time of the content also sets the time of the item's last change; elsewhere that is now.
pub fn only_business_dates_items_by_their_content<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        for path in ["/a.txt", "/d"] {
            let created_at = on.knows(path).created_at;
            let times =
                Times { fs_created_at: Some(LONG_AGO), fs_modified_at: Some(LONG_AGO), ..Times::default() };
            on.does(|drive| drive.set_times(path, times));
            let expected = if on.profile().service == Service::Business { LONG_AGO } else { on.now() };
            let facts = on.knows(path);
            assert_eq!((facts.modified_at, facts.created_at), (expected, created_at));
            on.does(|drive| drive.set_description(path, "new"));
            assert_eq!(on.knows(path).modified_at, on.now());
        }
    }
}

/// The times of an item's creation and last change can be set on plain drives only, for files and folders.
pub fn times_of_items_are_set_on_plain_drives_only<S: Subject>() {
    let (created, changed) = (
        Times { created_at: Some(LONG_AGO), ..Times::default() },
        Times { modified_at: Some(LONG_AGO), ..Times::default() },
    );
    let mut on = Fixture::<S>::on(&Profile::PLAIN, TREE);
    for path in ["/a.txt", "/d"] {
        on.does(|drive| drive.set_times(path, created));
        on.does(|drive| drive.set_times(path, changed));
        let facts = on.knows(path);
        assert_eq!([facts.created_at, facts.modified_at], [LONG_AGO; 2]);
    }
    for mut on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        let before = on.knows("/a.txt");
        on.refuses("notSupported", |drive| drive.set_times("/a.txt", created));
        on.refuses("notSupported", |drive| drive.set_times("/a.txt", changed));
        assert_eq!(on.knows("/a.txt"), before);
    }
}

/// An update changes several properties of an item in one step, with one change of its etag, or none if one of them
/// fails.
pub fn an_update_changes_all_properties_or_none<S: Subject>() {
    let fs_modified_at = Some(Timestamp::UNIX_EPOCH);
    let times = Times { fs_modified_at, ..Times::default() };
    for mut on in on_all::<S>("d/\n  a.txt = \"hi\"\n  twin\nto/\n  taken\n") {
        let old = on.knows("/d/a.txt");
        let all =
            |drive: &mut S, name: &str| drive.update("/d/a.txt", Some(name), Some("/to"), Some("new"), times);
        on.refuses("nameAlreadyExists", |drive| all(drive, "taken"));
        on.refuses("invalidRequest", |drive| all(drive, "a/b"));
        assert_eq!(on.knows("/d/a.txt"), old);
        on.if_match(Tag::ETag(old.etag));
        on.does(|drive| all(drive, "b.txt"));
        on.holds("d/\n  twin\nto/\n  b.txt = \"hi\"\n  taken\n");
        let new = on.knows("/to/b.txt");
        assert_eq!((new.description.as_deref(), Some(new.fs_modified_at)), (Some("new"), fs_modified_at));
        assert_eq!(new.ctag, old.ctag);
        // Only tags that are counts show that this was one change; the twin has changed once too.
        on.does(|drive| drive.rename("/d/twin", "other"));
        if new.etag.parse::<u32>().is_ok() {
            assert_eq!(on.knows("/d/other").etag, new.etag);
        }
    }
}

/// A description stays until an empty one removes it.
pub fn a_description_stays_until_it_is_removed<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        for path in ["/a.txt", "/d"] {
            on.does(|drive| drive.set_description(path, "about"));
            assert_eq!(on.knows(path).description.as_deref(), Some("about"));
            assert_eq!((on.knows(path).modified_at, &*on.knows(path).modified_by), (on.now(), "ann"));
            on.does(|drive| drive.set_description(path, ""));
            assert_eq!(on.knows(path).description, None);
        }
    }
}

/// A description has at most 255 UTF-16 units on Box, and may be longer elsewhere.
pub fn a_box_description_has_at_most_255_units<S: Subject>() {
    let longest = "🙂".repeat(127) + "x";
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.set_description("/a.txt", &longest));
        let longer = longest.clone() + "x";
        if on.profile().service == Service::Box {
            on.refuses("invalidRequest", |drive| drive.set_description("/a.txt", &longer));
            assert_eq!(on.knows("/a.txt").description.as_ref(), Some(&longest));
        } else {
            on.does(|drive| drive.set_description("/a.txt", &longer));
        }
    }
}
