//! The only place for the promises of making, writing, renaming, moving and deleting.

use drivesim::Profile;

use super::{Subject, TREE, Trial, on_all, on_each};

/// What is made is there, a folder empty and a file with its bytes.
pub fn what_is_made_is_there<S: Subject>() {
    for mut on in on_all::<S>("d/\n") {
        on.does(|drive| drive.create_folder("/", "e"));
        on.does(|drive| drive.create_file("/d", "a.txt", "hi"));
        on.holds("d/\n  a.txt = \"hi\"\ne/\n");
    }
}

/// Nothing is made under a taken name, in a file or in what is not there.
pub fn nothing_is_made_where_it_has_no_place<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("nameAlreadyExists", |drive| drive.create_folder("/", "a.txt"));
        on.refuses("nameAlreadyExists", |drive| drive.create_file("/", "Docs", "x"));
        on.refuses("invalidRequest", |drive| drive.create_folder("/a.txt", "x"));
        on.refuses("itemNotFound", |drive| drive.create_file("/missing", "x", "x"));
    }
}

/// A written file reads as it was written; one that is not there is made.
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

/// A folder is not written, nor a file in a folder that is not there.
pub fn a_folder_is_not_written<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.write("/Docs", "x"));
        on.refuses("itemNotFound", |drive| drive.write("/missing/a", "x"));
    }
}

/// A renamed item keeps what it holds.
pub fn a_renamed_item_keeps_what_it_holds<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"hi\"\nd/\n  b\n") {
        on.does(|drive| drive.rename("/a.txt", "c.txt"));
        on.does(|drive| drive.rename("/d", "e"));
        on.holds("c.txt = \"hi\"\ne/\n  b\n");
    }
}

/// An item does not stand in its own way: it takes its name in another case, and its very name.
pub fn an_item_may_change_the_case_of_its_name<S: Subject>() {
    for mut on in on_all::<S>("a.txt\n") {
        on.does(|drive| drive.rename("/a.txt", "a.txt"));
        on.does(|drive| drive.rename("/a.txt", "A.txt"));
        on.holds("A.txt\n");
    }
}

/// An item is not renamed to a name that is taken, in another case neither where case is ignored.
pub fn an_item_is_not_renamed_to_a_taken_name<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("nameAlreadyExists", |drive| drive.rename("/a.txt", "Docs"));
    }
    for mut on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        on.refuses("nameAlreadyExists", |drive| drive.rename("/a.txt", "dOCS"));
    }
}

/// A moved folder takes all below it along.
pub fn a_moved_folder_takes_all_along<S: Subject>() {
    for mut on in on_all::<S>("d/\n  a = \"hi\"\n  e/\n    b\nto/\n") {
        on.does(|drive| drive.move_to("/d", "/to", None));
        on.holds("to/\n  d/\n    a = \"hi\"\n    e/\n      b\n");
    }
}

/// An item may be given another name as it is moved.
pub fn a_moved_item_may_be_renamed<S: Subject>() {
    for mut on in on_all::<S>("a = \"hi\"\nto/\n  a\n") {
        on.does(|drive| drive.move_to("/a", "/to", Some("b")));
        on.holds("to/\n  a\n  b = \"hi\"\n");
    }
}

/// Nothing is moved onto a taken name, into itself, into a file or to where there is nothing.
pub fn nothing_is_moved_where_it_has_no_place<S: Subject>() {
    for mut on in on_all::<S>("a\nd/\n  e/\nto/\n  a\n") {
        on.refuses("nameAlreadyExists", |drive| drive.move_to("/a", "/to", None));
        on.refuses("invalidRequest", |drive| drive.move_to("/d", "/d", None));
        on.refuses("invalidRequest", |drive| drive.move_to("/d", "/d/e", None));
        on.refuses("invalidRequest", |drive| drive.move_to("/d", "/a", None));
        on.refuses("itemNotFound", |drive| drive.move_to("/d", "/missing", None));
        on.refuses("itemNotFound", |drive| drive.move_to("/missing", "/d", None));
    }
}

/// A deleted folder takes all below it along.
pub fn a_deleted_folder_takes_all_along<S: Subject>() {
    for mut on in on_all::<S>("a\nd/\n  a = \"hi\"\n  e/\n    b\n") {
        on.does(|drive| drive.delete("/d"));
        on.holds("a\n");
    }
}

/// What is gone is not found by any verb.
pub fn what_is_deleted_is_not_found<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.delete("/a.txt"));
        on.refuses("itemNotFound", |drive| drive.delete("/a.txt"));
        on.refuses("itemNotFound", |drive| drive.rename("/a.txt", "b"));
        on.refuses("itemNotFound", |drive| drive.read("/a.txt"));
    }
}

/// The name of what was deleted is free.
pub fn the_name_of_what_is_deleted_is_free<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"old\"\n") {
        on.does(|drive| drive.delete("/a.txt"));
        on.does(|drive| drive.create_folder("/", "a.txt"));
        on.holds("a.txt/\n");
    }
}

/// The root is neither renamed nor moved nor deleted.
pub fn the_root_stays<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.rename("/", "x"));
        on.refuses("invalidRequest", |drive| drive.move_to("/", "/to", None));
        on.refuses("invalidRequest", |drive| drive.delete("/"));
    }
}

/// Sums follow every change, all the way up.
pub fn sizes_follow_every_change<S: Subject>() {
    let size = |on: &Trial<S>, path: &str| on.item(path).map(|item| (item.size, item.child_count));
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
