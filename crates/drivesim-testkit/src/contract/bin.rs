//! Promises about the bin: what it contains, what can be restored, what is purged.

use std::time::Duration;

use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Profile};

use super::views::Id;
use super::{Binned, Fixture, Subject, TREE, on_all, on_each};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Deletes an item and returns its id.
#[track_caller]
fn delete<S: Subject>(on: &mut Fixture<S>, path: &str) -> Id {
    let id = on.does(|drive| drive.id(path));
    on.does(|drive| drive.delete(path));
    id
}

/// Restores an item to its old place.
fn restore_in_place<S: Subject>(drive: &mut S, id: &Id) -> Result<(), String> {
    drive.restore(id, None, None, Conflict::Fail)
}

/// Returns the names in the bin.
#[track_caller]
fn names_in_bin<S: Subject>(on: &mut Fixture<S>) -> Vec<String> {
    on.does(|drive| drive.bin()).into_iter().map(|binned| binned.name).collect()
}

/// The bin lists deleted items in order, with their folder and when and by whom they were deleted.
pub fn deleted_items_are_in_the_bin<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.pass(DAY);
        on.act_as("ann");
        let folder = on.does(|drive| drive.id("/Docs"));
        let id = delete(&mut on, "/Docs/b.txt");
        delete(&mut on, "/a.txt");
        let bin = on.does(|drive| drive.bin());
        let (name, deleted_at, deleted_by) = ("b.txt".to_owned(), on.now(), "ann".to_owned());
        let purge_at = bin.first().and_then(|binned| binned.purge_at);
        assert_eq!(bin.first(), Some(&Binned { id, name, folder, deleted_at, deleted_by, purge_at }));
        assert_eq!(names_in_bin(&mut on), ["b.txt", "a.txt"]);
    }
}

/// The bin does not list the items below a deleted folder, but those that were deleted before the folder.
pub fn items_below_a_deleted_folder_are_not_listed_in_the_bin<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let below = on.does(|drive| drive.id("/Docs/deep"));
        delete(&mut on, "/Docs/b.txt");
        delete(&mut on, "/Docs");
        assert_eq!(names_in_bin(&mut on), ["b.txt", "Docs"]);
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &below));
        on.refuses("itemNotFound", |drive| drive.purge(&below));
    }
}

/// Items in the bin, and below them, are found neither by name nor by id.
pub fn items_in_the_bin_are_not_found<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let below = on.does(|drive| drive.id("/Docs/b.txt"));
        let id = delete(&mut on, "/Docs");
        on.refuses("itemNotFound", |drive| drive.path(&id));
        on.refuses("itemNotFound", |drive| drive.path(&below));
        on.refuses("itemNotFound", |drive| drive.item("/Docs/b.txt"));
    }
}

/// A restored item has its old place, ids and everything below it, and is no longer in the bin.
pub fn a_restored_item_is_what_it_was<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let below = on.does(|drive| drive.id("/Docs/b.txt"));
        let id = delete(&mut on, "/Docs");
        on.does(|drive| restore_in_place(drive, &id));
        on.holds(TREE);
        assert_eq!([on.id("/Docs"), on.id("/Docs/b.txt")], [Ok(id), Ok(below)]);
        assert_eq!(names_in_bin(&mut on), [""; 0]);
    }
}

/// Only items in the bin can be restored: not existing ones, and not those that were already restored.
pub fn only_items_in_the_bin_can_be_restored<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let existing = on.does(|drive| drive.id("/Docs"));
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &existing));
        let id = delete(&mut on, "/a.txt");
        on.does(|drive| restore_in_place(drive, &id));
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &id));
    }
}

/// A restore can rename the item.
pub fn a_restore_can_rename<S: Subject>() {
    for mut on in on_all::<S>("a = \"hi\"\n") {
        let id = delete(&mut on, "/a");
        on.refuses("invalidRequest", |drive| drive.restore(&id, None, Some("b/c"), Conflict::Fail));
        on.does(|drive| drive.restore(&id, None, Some("b"), Conflict::Fail));
        on.holds("b = \"hi\"\n");
    }
}

/// A restore can choose another folder; on Box only if the old one does not exist.
pub fn a_restore_can_choose_another_folder<S: Subject>() {
    for mut on in on_all::<S>("d/\n  a\nto/\n") {
        let id = delete(&mut on, "/d/a");
        on.does(|drive| drive.restore(&id, Some("/to"), None, Conflict::Fail));
        on.holds(if on.profile().service == Service::Box { "d/\n  a\nto/\n" } else { "d/\nto/\n  a\n" });
    }
    for mut on in on_all::<S>("d/\n  a\nto/\n") {
        let id = delete(&mut on, "/d/a");
        delete(&mut on, "/d");
        on.does(|drive| drive.restore(&id, Some("/to"), None, Conflict::Fail));
        on.holds("to/\n  a\n");
    }
}

/// An item whose folder is deleted, in the bin or for good, needs another folder, not a file.
pub fn a_restore_needs_an_existing_folder<S: Subject>() {
    for mut on in on_all::<S>("d/\n  a\ne/\n  b\nf\n") {
        let (a, b) = (delete(&mut on, "/d/a"), delete(&mut on, "/e/b"));
        delete(&mut on, "/d");
        on.does(|drive| drive.delete_permanently("/e"));
        for id in [a, b] {
            on.refuses("itemNotFound", |drive| restore_in_place(drive, &id));
            on.refuses("itemNotFound", |drive| drive.restore(&id, Some("/d"), None, Conflict::Fail));
            on.refuses("invalidRequest", |drive| drive.restore(&id, Some("/f"), None, Conflict::Fail));
        }
        assert_eq!(names_in_bin(&mut on), ["a", "b", "d"]);
    }
}

/// An item is restored to its old folder even if that was moved.
pub fn an_item_is_restored_to_its_moved_folder<S: Subject>() {
    for mut on in on_all::<S>("d/\n  a\nto/\n") {
        let id = delete(&mut on, "/d/a");
        on.does(|drive| drive.move_to("/d", "/to", Some("e")));
        on.does(|drive| restore_in_place(drive, &id));
        on.holds("to/\n  e/\n    a\n");
    }
}

/// A restore fails if the name is taken, and the item stays in the bin.
pub fn restoring_to_a_taken_name_fails<S: Subject>() {
    for mut on in on_all::<S>("a = \"old\"\n") {
        let id = delete(&mut on, "/a");
        on.does(|drive| drive.create_folder("/", "a"));
        on.refuses("nameAlreadyExists", |drive| restore_in_place(drive, &id));
        assert_eq!(names_in_bin(&mut on), ["a"]);
    }
}

/// The bin can have two items of one name. Both can be restored, the second with a number, except on Box.
pub fn a_restored_item_can_be_numbered<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"1\"\n") {
        let first = delete(&mut on, "/a.txt");
        on.does(|drive| drive.create_file("/", "a.txt", "2"));
        let second = delete(&mut on, "/a.txt");
        on.does(|drive| restore_in_place(drive, &first));
        let numbered = |drive: &mut S| drive.restore(&second, None, None, Conflict::Rename);
        if on.profile().service == Service::Box {
            on.refuses("notSupported", numbered);
        } else {
            on.does(numbered);
            on.holds("a.txt = \"1\"\na 1.txt = \"2\"\n");
        }
    }
}

/// A restored file can replace a file, which is purged; a folder cannot be replaced.
pub fn a_restored_file_may_replace_a_file<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL], "a = \"old\"\nb\n") {
        let (a, b) = (delete(&mut on, "/a"), delete(&mut on, "/b"));
        on.does(|drive| drive.create_file("/", "a", "new"));
        on.does(|drive| drive.create_folder("/", "b"));
        on.does(|drive| drive.restore(&a, None, None, Conflict::Replace));
        on.refuses("nameAlreadyExists", |drive| drive.restore(&b, None, None, Conflict::Replace));
        on.holds("a = \"old\"\nb/\n");
        assert_eq!((on.id("/a"), names_in_bin(&mut on)), (Ok(a), vec!["b".to_owned()]));
    }
}

/// A purged item cannot be restored; the other items stay in the bin.
pub fn purged_items_cannot_be_restored<S: Subject>() {
    for mut on in on_all::<S>("a\nb\nc\n") {
        let [a, b, _] = ["/a", "/b", "/c"].map(|path| delete(&mut on, path));
        on.does(|drive| drive.purge(&a));
        assert_eq!(names_in_bin(&mut on), ["b", "c"]);
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &a));
        on.refuses("itemNotFound", |drive| drive.purge(&a));
        on.does(|drive| drive.empty_bin());
        assert_eq!(names_in_bin(&mut on), [""; 0]);
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &b));
    }
}

/// An item that is deleted for good is not in the bin.
pub fn permanently_deleted_items_are_not_in_the_bin<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let id = on.does(|drive| drive.id("/Docs"));
        on.does(|drive| drive.delete_permanently("/Docs"));
        on.holds("a.txt = \"hi\"\nto/\n");
        on.refuses("itemNotFound", |drive| drive.path(&id));
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &id));
        on.refuses("itemNotFound", |drive| drive.delete_permanently("/Docs"));
        on.refuses("invalidRequest", |drive| drive.delete_permanently("/"));
        assert_eq!(names_in_bin(&mut on), [""; 0]);
    }
}

/// An item that a copy replaces is not in the bin.
pub fn replaced_items_are_not_in_the_bin<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS], "a = \"new\"\nto/\n  a = \"old\"\n") {
        let old = on.does(|drive| drive.id("/to/a"));
        on.copies("/a", "/to", CopyOptions::default().on_conflict(Conflict::Replace));
        assert_eq!(names_in_bin(&mut on), [""; 0]);
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &old));
    }
}

/// An item is purged when its time in the bin ends, at exactly that time.
pub fn items_are_purged_after_their_time_in_the_bin<S: Subject>() {
    let keeps = [(Profile::BUSINESS, 93), (Profile::PERSONAL, 30), (Profile::BOX, 30)];
    for (profile, days) in keeps.into_iter().filter(|(profile, _)| S::offers(profile)) {
        let mut on = Fixture::<S>::on(&profile, "a\nb\n");
        let id = delete(&mut on, "/a");
        on.pass(DAY);
        delete(&mut on, "/b");
        on.pass(DAY * (days - 1) - Duration::from_secs(1));
        assert_eq!(names_in_bin(&mut on), ["a", "b"]);
        let purge_at = on.does(|drive| drive.bin())[0].purge_at;
        on.pass(Duration::from_secs(1));
        assert_eq!((purge_at, names_in_bin(&mut on)), (Some(on.now()), vec!["b".to_owned()]));
        on.refuses("itemNotFound", |drive| restore_in_place(drive, &id));
    }
}

/// On plain drives, items stay in the bin without limit.
pub fn the_bin_of_a_plain_drive_has_no_time_limit<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, "a\n");
    let id = delete(&mut on, "/a");
    on.pass(DAY * 10_000);
    assert_eq!(on.does(|drive| drive.bin())[0].purge_at, None);
    on.does(|drive| restore_in_place(drive, &id));
    on.holds("a\n");
}
