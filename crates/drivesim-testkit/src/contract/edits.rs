//! Promises about creating, writing, renaming, moving and deleting.

use drivesim::Profile;

use super::{Fixture, Subject, TREE, on_all, on_each};

/// A created item exists: a folder is empty, a file has its content.
pub fn created_items_exist<S: Subject>() {
    for mut on in on_all::<S>("d/\n") {
        on.does(|drive| drive.create_folder("/", "e"));
        on.does(|drive| drive.create_file("/d", "a.txt", "hi"));
        on.holds("d/\n  a.txt = \"hi\"\ne/\n");
    }
}

/// Creating fails under a taken name, in a file and in a missing folder.
pub fn creating_fails_without_a_valid_place<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("nameAlreadyExists", |drive| drive.create_folder("/", "a.txt"));
        on.refuses("nameAlreadyExists", |drive| drive.create_file("/", "Docs", "x"));
        on.refuses("invalidRequest", |drive| drive.create_folder("/a.txt", "x"));
        on.refuses("itemNotFound", |drive| drive.create_file("/missing", "x", "x"));
    }
}

/// A file reads as it was written. Writing to a free path creates a file.
pub fn a_written_file_reads_as_it_was_written<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        for path in ["/a.txt", "/Docs/new.txt"] {
            on.does(|drive| drive.write(path, "written"));
            assert_eq!(on.read(path), Ok(b"written".to_vec()));
        }
        on.does(|drive| drive.write("/a.txt", ""));
        assert_eq!(on.read("/a.txt"), Ok(Vec::new()));
    }
}

/// Writing fails on a folder and in a missing folder.
pub fn writing_a_folder_fails<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.write("/Docs", "x"));
        on.refuses("itemNotFound", |drive| drive.write("/missing/a", "x"));
    }
}

/// A renamed item keeps its content or children.
pub fn a_renamed_item_keeps_its_content<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"hi\"\nd/\n  b\n") {
        on.does(|drive| drive.rename("/a.txt", "c.txt"));
        on.does(|drive| drive.rename("/d", "e"));
        on.holds("c.txt = \"hi\"\ne/\n  b\n");
    }
}

/// An item does not conflict with itself: it can be renamed to another case of its name, and to the same name.
pub fn an_item_may_change_the_case_of_its_name<S: Subject>() {
    for mut on in on_all::<S>("a.txt\n") {
        on.does(|drive| drive.rename("/a.txt", "a.txt"));
        on.does(|drive| drive.rename("/a.txt", "A.txt"));
        on.holds("A.txt\n");
    }
}

/// Renaming fails if the name is taken, also in another case where case is ignored.
pub fn renaming_to_a_taken_name_fails<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("nameAlreadyExists", |drive| drive.rename("/a.txt", "Docs"));
    }
    for mut on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        on.refuses("nameAlreadyExists", |drive| drive.rename("/a.txt", "dOCS"));
    }
}

/// A folder moves with everything below it.
pub fn a_folder_moves_with_everything_below_it<S: Subject>() {
    for mut on in on_all::<S>("d/\n  a = \"hi\"\n  e/\n    b\nto/\n") {
        on.does(|drive| drive.move_to("/d", "/to", None));
        on.holds("to/\n  d/\n    a = \"hi\"\n    e/\n      b\n");
    }
}

/// A move can also rename the item.
pub fn a_move_can_rename<S: Subject>() {
    for mut on in on_all::<S>("a = \"hi\"\nto/\n  a\n") {
        on.does(|drive| drive.move_to("/a", "/to", Some("b")));
        on.holds("to/\n  a\n  b = \"hi\"\n");
    }
}

/// A move fails if the item is missing, if its name is taken in the target, or if the target is the item itself, below it, a file or missing.
pub fn moving_fails_without_a_valid_place<S: Subject>() {
    for mut on in on_all::<S>("a\nd/\n  e/\nto/\n  a\n") {
        on.refuses("nameAlreadyExists", |drive| drive.move_to("/a", "/to", None));
        on.refuses("invalidRequest", |drive| drive.move_to("/d", "/d", None));
        on.refuses("invalidRequest", |drive| drive.move_to("/d", "/d/e", None));
        on.refuses("invalidRequest", |drive| drive.move_to("/d", "/a", None));
        on.refuses("itemNotFound", |drive| drive.move_to("/d", "/missing", None));
        on.refuses("itemNotFound", |drive| drive.move_to("/missing", "/d", None));
    }
}

/// A folder is deleted with everything below it.
pub fn a_folder_is_deleted_with_everything_below_it<S: Subject>() {
    for mut on in on_all::<S>("a\nd/\n  a = \"hi\"\n  e/\n    b\n") {
        on.does(|drive| drive.delete("/d"));
        on.holds("a\n");
    }
}

/// A deleted item is not found by its path.
pub fn deleted_items_are_not_found<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.delete("/a.txt"));
        on.refuses("itemNotFound", |drive| drive.delete("/a.txt"));
        on.refuses("itemNotFound", |drive| drive.rename("/a.txt", "b"));
        on.refuses("itemNotFound", |drive| drive.read("/a.txt"));
    }
}

/// The name of a deleted item can be used again.
pub fn the_name_of_a_deleted_item_is_free<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"old\"\n") {
        on.does(|drive| drive.delete("/a.txt"));
        on.does(|drive| drive.create_folder("/", "a.txt"));
        on.holds("a.txt/\n");
    }
}

/// The root cannot be renamed, moved or deleted.
pub fn the_root_cannot_be_changed<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.rename("/", "x"));
        on.refuses("invalidRequest", |drive| drive.move_to("/", "/to", None));
        on.refuses("invalidRequest", |drive| drive.delete("/"));
    }
}

/// Every change updates the sizes of all folders above it, and the number of children of its folder.
pub fn sizes_follow_every_change<S: Subject>() {
    let size = |on: &Fixture<S>, path: &str| on.item(path).map(|item| (item.size, item.child_count));
    for mut on in on_all::<S>("d/\n  e/\n    a = \"12345\"\nto/\n") {
        assert_eq!(size(&on, "/"), Ok((5, 2)));
        on.does(|drive| drive.write("/d/e/a", "123"));
        assert_eq!((size(&on, "/d"), size(&on, "/")), (Ok((3, 1)), Ok((3, 2))));
        on.does(|drive| drive.move_to("/d/e", "/to", None));
        assert_eq!((size(&on, "/d"), size(&on, "/to")), (Ok((0, 0)), Ok((3, 1))));
        on.does(|drive| drive.delete("/to/e/a"));
        assert_eq!((size(&on, "/to"), size(&on, "/")), (Ok((0, 1)), Ok((0, 2))));
    }
}
