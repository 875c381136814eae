//! Promises about copies: what they contain, and what cannot be copied.

use drivesim::CopyOptions;

use super::{Subject, TREE, on_all};

/// A copied file has the name and the content of its source.
pub fn a_copied_file_has_the_name_and_bytes_of_its_source<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"hi\"\nto/\n") {
        on.copies("/a.txt", "/to", CopyOptions::default());
        on.holds("a.txt = \"hi\"\nto/\n  a.txt = \"hi\"\n");
    }
}

/// The bytes read from a copy are those read from its source.
pub fn a_copy_reads_as_its_source<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let copy = on.copies("/Docs/b.txt", "/to", CopyOptions::default());
        assert_eq!(on.read(&copy), on.read("/Docs/b.txt"));
    }
}

/// A copied folder has everything below its source, at every depth, also empty folders.
pub fn a_copied_folder_has_everything_below_its_source<S: Subject>() {
    for mut on in on_all::<S>("from/\n  a = \"1\"\n  b/\n    c/\n    d = \"2\"\n    e\nto/\n") {
        on.copies("/from", "/to", CopyOptions::default());
        on.holds(
            "from/\n  a = \"1\"\n  b/\n    c/\n    d = \"2\"\n    e\n\
             to/\n  from/\n    a = \"1\"\n    b/\n      c/\n      d = \"2\"\n      e\n",
        );
    }
}

/// A copied folder has the size and the number of children of its source.
pub fn a_copied_folder_has_the_size_of_its_source<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let copy = on.copies("/Docs", "/to", CopyOptions::default());
        assert_eq!(on.item(&copy), on.item("/Docs"));
    }
}

/// A file with declared content is copied with its size.
pub fn a_copied_file_has_the_size_of_its_source<S: Subject>() {
    for mut on in on_all::<S>("big.bin = 3 TiB\nto/\n") {
        on.copies("/big.bin", "/to", CopyOptions::default());
        on.holds("big.bin = 3 TiB\nto/\n  big.bin = 3 TiB\n");
    }
}

/// A completed job reports the path of the copy.
pub fn a_completed_job_reports_the_path_of_the_copy<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        assert_eq!(on.copies("/Docs", "/to", CopyOptions::default()), "/to/Docs");
        assert_eq!(on.copies("/Docs/deep", "/", CopyOptions::named("new")), "/new");
    }
}

/// A copy under another name has that name, and the items below it keep theirs.
pub fn a_copy_has_the_given_name<S: Subject>() {
    for mut on in on_all::<S>("a/\n  b\nto/\n") {
        on.copies("/a", "/to", CopyOptions::named("c"));
        on.holds("a/\n  b\nto/\n  c/\n    b\n");
    }
}

/// An item can be copied into its own folder under another name.
pub fn a_copy_can_go_into_the_folder_of_its_source<S: Subject>() {
    for mut on in on_all::<S>("a/\n  b\n") {
        on.copies("/a", "/", CopyOptions::named("c"));
        on.holds("a/\n  b\nc/\n  b\n");
    }
}

/// A copy can be copied again.
pub fn a_copy_of_a_copy_is_the_same<S: Subject>() {
    for mut on in on_all::<S>("a/\n  b = \"hi\"\n") {
        on.copies("/a", "/", CopyOptions::named("c"));
        on.copies("/c", "/", CopyOptions::named("d"));
        on.holds("a/\n  b = \"hi\"\nc/\n  b = \"hi\"\nd/\n  b = \"hi\"\n");
    }
}

/// Writing the source does not change the copy, and vice versa.
pub fn writes_to_a_copy_and_its_source_are_independent<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"old\"\nto/\n") {
        on.copies("/a.txt", "/to", CopyOptions::default());
        on.does(|drive| drive.write("/a.txt", "new"));
        on.holds("a.txt = \"new\"\nto/\n  a.txt = \"old\"\n");
        on.does(|drive| drive.write("/to/a.txt", "other"));
        on.holds("a.txt = \"new\"\nto/\n  a.txt = \"other\"\n");
    }
}

/// A copy remains when its source is deleted.
pub fn a_copy_stays_when_its_source_is_deleted<S: Subject>() {
    for mut on in on_all::<S>("a/\n  b = \"hi\"\nto/\n") {
        on.copies("/a", "/to", CopyOptions::default());
        on.does(|drive| drive.delete("/a"));
        on.holds("to/\n  a/\n    b = \"hi\"\n");
    }
}

/// A copy of children only omits the folder itself, and reports their new folder.
pub fn children_only_leaves_the_folder_out<S: Subject>() {
    for mut on in on_all::<S>("a/\n  b/\n    c\n  d\nto/\n") {
        assert_eq!(on.copies("/a", "/to", CopyOptions::children_only()), "/to");
        on.holds("a/\n  b/\n    c\n  d\nto/\n  b/\n    c\n  d\n");
    }
}

/// A copy of the children of an empty folder completes and copies nothing.
pub fn children_only_of_an_empty_folder_copies_nothing<S: Subject>() {
    for mut on in on_all::<S>("a/\nto/\n") {
        on.copies("/a", "/to", CopyOptions::children_only());
        on.holds("a/\nto/\n");
    }
}

/// A copy of the children of a file fails.
pub fn children_only_of_a_file_is_refused<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not("invalidRequest", "/a.txt", "/to", CopyOptions::children_only());
    }
}

/// A copy of children only fails if a name is given: it creates no item to be named.
pub fn children_only_with_a_name_fails<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let mut named = CopyOptions::children_only();
        named.name = Some("new".to_owned());
        on.copies_not("invalidRequest", "/Docs", "/to", named);
    }
}

/// The root cannot be copied.
pub fn the_root_is_not_copied<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not("invalidRequest", "/", "/to", CopyOptions::named("new"));
    }
}

/// A folder cannot be copied into itself or below itself.
pub fn a_folder_is_not_copied_into_itself<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        for target in ["/Docs", "/Docs/deep", "/Docs/deep/empty"] {
            on.copies_not("invalidRequest", "/Docs", target, CopyOptions::named("new"));
            on.copies_not("invalidRequest", "/Docs", target, CopyOptions::children_only());
        }
    }
}

/// A copy fails if its source is missing.
pub fn a_missing_source_is_not_found<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not("itemNotFound", "/missing", "/to", CopyOptions::default());
        on.copies_not("itemNotFound", "/Docs/missing/b", "/to", CopyOptions::default());
    }
}

/// A copy fails if its target is missing.
pub fn a_missing_target_is_not_found<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not("itemNotFound", "/a.txt", "/missing", CopyOptions::named("new"));
    }
}

/// A copy fails if its target is a file.
pub fn a_file_cannot_be_the_target<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not("invalidRequest", "/Docs", "/a.txt", CopyOptions::named("new"));
    }
}
