//! The only place for the promises of who did what when, of times that are set, and of descriptions.

use std::time::Duration;

use drivesim::{Conflict, CopyOptions, Profile, Times, Timestamp};

use super::{Facts, Subject, Tag, Trial, on_all, on_each};

const TREE: &str = "a.txt = \"hi\"\nd/\n  b.txt\nto/\n";
const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;

/// Sets up a trial on each profile, a day before what Ann does next.
fn by_ann<S: Subject>(outline: &str) -> impl Iterator<Item = Trial<S>> {
    on_all::<S>(outline).map(|mut on| {
        on.pass(Duration::from_secs(24 * 60 * 60));
        on.act_as("ann");
        on
    })
}

/// Asserts that an item is as it was but that Ann changed it now.
#[track_caller]
fn changed_now<S: Subject>(on: &Trial<S>, before: Facts, path: &str) {
    let (modified_at, after) = (on.now(), on.knows(path));
    let (etag, ctag) = (after.etag.clone(), after.ctag.clone());
    assert_eq!(after, Facts { modified_at, modified_by: "ann".to_owned(), etag, ctag, ..before });
}

fn content_times(facts: &Facts) -> [Timestamp; 2] {
    [facts.fs_created_at, facts.fs_modified_at]
}

/// What is made bears the time and the user of its making, and no description.
pub fn what_is_made_tells_who_made_it_and_when<S: Subject>() {
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

/// A write changes when and by whom a file and its content were changed, and not when they were made.
pub fn a_write_tells_who_wrote_and_when<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/a.txt");
        on.does(|drive| drive.write("/a.txt", "new"));
        let fs_modified_at = on.now();
        changed_now(&on, Facts { fs_modified_at, ..before }, "/a.txt");
    }
}

/// A renamed file tells who renamed it and when; its content is as old as before.
pub fn a_renamed_file_keeps_the_times_of_its_content<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/a.txt");
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        changed_now(&on, before, "/b.txt");
    }
}

/// On business what is moved to another folder has content of now; elsewhere content as old as before.
pub fn only_business_dates_moved_content_anew<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let (before, now) = (on.knows("/a.txt"), on.now());
        on.does(|drive| drive.move_to("/a.txt", "/to", None));
        let content = if on.profile().name == "business" { [now; 2] } else { content_times(&before) };
        let [fs_created_at, fs_modified_at] = content;
        changed_now(&on, Facts { fs_created_at, fs_modified_at, ..before }, "/to/a.txt");
    }
}

/// On Box a folder's content is as new as the folder's own last change; elsewhere a rename leaves it.
pub fn only_box_dates_folders_by_their_changes<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let before = on.knows("/d");
        on.does(|drive| drive.rename("/d", "e"));
        let is_box = on.profile().name == "box";
        let fs_modified_at = if is_box { on.now() } else { before.fs_modified_at };
        changed_now(&on, Facts { fs_modified_at, ..before }, "/e");
    }
}

/// A folder is not changed by what happens in it.
pub fn a_change_below_is_none_of_the_folder<S: Subject>() {
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

/// What is below a folder is not changed by what happens to the folder.
pub fn a_change_of_a_folder_is_none_of_what_is_below<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let (id, before) = (on.does(|drive| drive.id("/d")), on.knows("/d/b.txt"));
        on.does(|drive| drive.rename("/d", "e"));
        on.does(|drive| drive.move_to("/e", "/to", None));
        on.does(|drive| drive.delete("/to/e"));
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        assert_eq!(on.knows("/to/e/b.txt"), before);
    }
}

/// A restored item tells who restored it and when.
pub fn a_restored_item_tells_who_restored_it<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let (id, before) = (on.does(|drive| drive.id("/a.txt")), on.knows("/a.txt"));
        on.act_as("bob");
        on.does(|drive| drive.delete("/a.txt"));
        on.pass(Duration::from_secs(1));
        on.act_as("ann");
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        changed_now(&on, before, "/a.txt");
    }
}

/// A copy and all in it were made now by who asked for it, whoever made the source.
pub fn a_copy_tells_who_asked_for_it<S: Subject>() {
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

/// On Box a copied file has content as old as its source; elsewhere, and in folders everywhere, it is of now.
pub fn only_box_copies_keep_the_times_of_content<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        let old = Times { fs_created_at: Some(LONG_AGO), fs_modified_at: Some(LONG_AGO), ..Times::default() };
        on.does(|drive| drive.set_times("/d", old));
        on.does(|drive| drive.set_times("/d/b.txt", old));
        on.copies("/d", "/to", CopyOptions::default());
        let file = if on.profile().name == "box" { LONG_AGO } else { on.now() };
        assert_eq!(content_times(&on.knows("/to/d/b.txt")), [file; 2]);
        assert_eq!(content_times(&on.knows("/to/d")), [on.now(); 2]);
    }
}

/// Box copies keep descriptions, those of other services do not.
pub fn only_box_copies_keep_descriptions<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.set_description("/d", "folder"));
        on.does(|drive| drive.set_description("/d/b.txt", "file"));
        on.copies("/d", "/to", CopyOptions::default());
        let is_box = on.profile().name == "box";
        let kept = |text: &str| is_box.then(|| text.to_owned());
        assert_eq!(on.knows("/to/d").description, kept("folder"));
        assert_eq!(on.knows("/to/d/b.txt").description, kept("file"));
    }
}

/// The times of content are what they are set to, everywhere; those that are not named stay.
pub fn times_of_content_are_set<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        for path in ["/a.txt", "/d"] {
            let before = on.knows(path);
            let times = Times { fs_created_at: Some(LONG_AGO), ..Times::default() };
            on.does(|drive| drive.set_times(path, times));
            changed_now(
                &on,
                Facts { fs_created_at: LONG_AGO, ..on_box_now(&on, path, before.clone()) },
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

/// Returns the facts of an item that changes now: on Box the content of a folder is as new as the folder.
fn on_box_now<S: Subject>(on: &Trial<S>, path: &str, facts: Facts) -> Facts {
    let follows = on.profile().name == "box" && path == "/d";
    let fs_modified_at = if follows { on.now() } else { facts.fs_modified_at };
    Facts { fs_modified_at, ..facts }
}

/// On business an item was last changed when its content is said to have been; elsewhere when it is said.
pub fn only_business_dates_an_item_by_its_content<S: Subject>() {
    for mut on in by_ann::<S>(TREE) {
        for path in ["/a.txt", "/d"] {
            let made_at = on.knows(path).created_at;
            let times =
                Times { fs_created_at: Some(LONG_AGO), fs_modified_at: Some(LONG_AGO), ..Times::default() };
            on.does(|drive| drive.set_times(path, times));
            let expected = if on.profile().name == "business" { LONG_AGO } else { on.now() };
            let facts = on.knows(path);
            assert_eq!((facts.modified_at, facts.created_at), (expected, made_at));
            on.does(|drive| drive.set_description(path, "new"));
            assert_eq!(on.knows(path).modified_at, on.now());
        }
    }
}

/// When an item was made and changed is set on plain drives only, files and folders alike.
pub fn times_of_items_are_set_on_plain_drives_only<S: Subject>() {
    let (made, changed) = (
        Times { created_at: Some(LONG_AGO), ..Times::default() },
        Times { modified_at: Some(LONG_AGO), ..Times::default() },
    );
    let mut on = Trial::<S>::on(&Profile::PLAIN, TREE);
    for path in ["/a.txt", "/d"] {
        on.does(|drive| drive.set_times(path, made));
        on.does(|drive| drive.set_times(path, changed));
        let facts = on.knows(path);
        assert_eq!([facts.created_at, facts.modified_at], [LONG_AGO; 2]);
    }
    for mut on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        let before = on.knows("/a.txt");
        on.refuses("notSupported", |drive| drive.set_times("/a.txt", made));
        on.refuses("notSupported", |drive| drive.set_times("/a.txt", changed));
        assert_eq!(on.knows("/a.txt"), before);
    }
}

/// Several facts of an item change in one step, of which its etag tells once; or none, if one of them is refused.
pub fn several_facts_change_in_one_step_or_none<S: Subject>() {
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
        // Only where tags are counts can it be told that this was one change; the twin has changed once too.
        on.does(|drive| drive.rename("/d/twin", "other"));
        if new.etag.parse::<u32>().is_ok() {
            assert_eq!(on.knows("/d/other").etag, new.etag);
        }
    }
}

/// A description is what it was set to, until an empty one takes it away.
pub fn a_description_is_kept_until_it_is_taken_away<S: Subject>() {
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

/// On Box a description has at most 255 UTF-16 units; elsewhere it may be longer.
pub fn a_box_description_has_at_most_255_units<S: Subject>() {
    let longest = "🙂".repeat(127) + "x";
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.set_description("/a.txt", &longest));
        let longer = longest.clone() + "x";
        if on.profile().name == "box" {
            on.refuses("invalidRequest", |drive| drive.set_description("/a.txt", &longer));
            assert_eq!(on.knows("/a.txt").description.as_ref(), Some(&longest));
        } else {
            on.does(|drive| drive.set_description("/a.txt", &longer));
        }
    }
}
