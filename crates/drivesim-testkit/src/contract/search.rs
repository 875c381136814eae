//! Promises about searches.

use drivesim::CopyOptions;
use drivesim::access::Access;

use super::{Subject, TREE, on_all};

/// A search finds names that contain the text, in any case, on every service.
pub fn a_search_finds_parts_of_names_in_any_case<S: Subject>() {
    for mut on in on_all::<S>("My Report.txt\nREPORTS/\nrepor\nÉté\n") {
        assert_eq!(on.does(|drive| drive.search("/", "rEport")), ["/My Report.txt", "/REPORTS"]);
        assert_eq!(on.does(|drive| drive.search("/", "éTÉ")), ["/Été"]);
        assert_eq!(on.does(|drive| drive.search("/", "missing")), [""; 0]);
    }
}

/// A search includes all levels: a folder comes before its children, siblings by name.
pub fn a_search_includes_all_levels<S: Subject>() {
    for mut on in on_all::<S>("x3\nx1/\n  y/\n    x9\n  x2\nX2\ny/\n  x0\n") {
        let found = on.does(|drive| drive.search("/", "x"));
        assert_eq!(found, ["/x1", "/x1/x2", "/x1/y/x9", "/X2", "/x3", "/y/x0"]);
    }
}

/// A search finds the items below its folder, not the folder itself or its siblings.
pub fn a_search_stays_below_its_folder<S: Subject>() {
    for mut on in on_all::<S>("x/\n  x1\nx2\n") {
        assert_eq!(on.does(|drive| drive.search("/x", "x")), ["/x/x1"]);
    }
}

/// A search finds the current items, also if renamed, moved or copied, and none in the bin.
pub fn a_search_finds_current_items<S: Subject>() {
    for mut on in on_all::<S>("find/\n  me\nother\nto/\n") {
        on.does(|drive| drive.delete("/find"));
        assert_eq!(on.does(|drive| drive.search("/", "e")), ["/other"]);
        on.does(|drive| drive.rename("/other", "find"));
        on.copies("/find", "/to", CopyOptions::default());
        assert_eq!(on.does(|drive| drive.search("/", "find")), ["/find", "/to/find"]);
    }
}

/// A search omits items that the caller may not read, but finds readable items below them.
pub fn a_search_finds_readable_items<S: Subject>() {
    for mut on in on_all::<S>("a1/\n  a2\n  a3\na4\n") {
        on.does(|drive| drive.set_access("/a1", Some(Access::None)));
        on.does(|drive| drive.set_access("/a1/a3", Some(Access::Read)));
        assert_eq!(on.does(|drive| drive.search("/", "a")), ["/a1/a3", "/a4"]);
    }
}

/// A search fails if its folder is a file or does not exist.
pub fn a_search_needs_a_folder<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.search("/a.txt", "a"));
        on.refuses("itemNotFound", |drive| drive.search("/missing", "a"));
    }
}
