//! Promises about listing, getting and reading items.

use drivesim::Profile;

use super::{Fixture, Seen, Subject, TREE, on_all, on_each};

/// A folder is listed by name regardless of case, files and folders together.
pub fn a_folder_is_listed_by_name_regardless_of_case<S: Subject>() {
    for on in on_all::<S>("d/\n  b\n  É\n  A/\n  c/\n  10\n  9\n") {
        assert_eq!(on.names("/d"), Ok(["10", "9", "A", "b", "c", "É"].map(str::to_owned).to_vec()));
    }
    let on = Fixture::<S>::on(&Profile::PLAIN, "b\na\nB\nA\n");
    assert_eq!(on.names("/"), Ok(["A", "a", "B", "b"].map(str::to_owned).to_vec()));
}

/// An empty folder has an empty listing.
pub fn an_empty_folder_lists_nothing<S: Subject>() {
    for on in on_all::<S>(TREE) {
        assert_eq!(on.names("/to"), Ok(Vec::new()));
    }
}

/// Listing fails on a file and on a missing item.
pub fn only_a_folder_is_listed<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.names("/a.txt"));
        on.refuses("itemNotFound", |drive| drive.names("/missing"));
    }
}

/// Reading fails on a folder and on a missing item.
pub fn only_a_file_is_read<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.refuses("invalidRequest", |drive| drive.read("/Docs"));
        on.refuses("itemNotFound", |drive| drive.read("/missing"));
        assert_eq!(on.read("/a.txt"), Ok(b"hi".to_vec()));
    }
}

/// A folder has the size of all files below it, and the number of its direct children.
pub fn a_folder_has_the_size_of_everything_below_it<S: Subject>() {
    for on in on_all::<S>("d/\n  a = 3 B\n  e/\n    b = 5 B\n    f/\n") {
        assert_eq!(on.item("/d"), Ok(Seen { is_folder: true, size: 8, child_count: 2 }));
        assert_eq!(on.item("/d/a"), Ok(Seen { is_folder: false, size: 3, child_count: 0 }));
        assert_eq!(on.item("/d/e/f"), Ok(Seen { is_folder: true, size: 0, child_count: 0 }));
    }
}

/// A missing item is not found, nor anything below a file.
pub fn missing_items_are_not_found<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        for path in ["/missing", "/missing/a.txt", "/a.txt/b"] {
            on.refuses("itemNotFound", |drive| drive.item(path));
        }
    }
}

/// A path is found in any case of its names; on plain drives only in the exact case.
pub fn a_path_is_found_in_any_case_where_case_is_ignored<S: Subject>() {
    for on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        assert_eq!(on.read("/dOCS/B.TXT"), on.read("/Docs/b.txt"));
    }
    let mut on = Fixture::<S>::on(&Profile::PLAIN, TREE);
    on.refuses("itemNotFound", |drive| drive.read("/dOCS/b.txt"));
}
