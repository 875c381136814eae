//! Promises about what callers may read and change.

use drivesim::access::Access;
use drivesim::item::{Times, Timestamp};
use drivesim::{Conflict, CopyOptions};

use super::views::NamedCall;
use super::{Fixture, Subject, TREE, on_all};

const DENIED: &str = "accessDenied";

/// Sets up [`TREE`] on each profile, with this access level for the folder `Docs`.
fn with_access<S: Subject>(access: Access) -> impl Iterator<Item = Fixture<S>> {
    on_all::<S>(TREE).map(move |mut on| {
        on.does(|drive| drive.set_access("/Docs", Some(access)));
        on
    })
}

/// Calls that change `/Docs`, `/Docs/b.txt` or items in them.
fn changes<S: Subject>() -> [NamedCall<S>; 10] {
    [
        ("write", |drive| drive.write("/Docs/b.txt", "x")),
        ("new file", |drive| drive.create_file("/Docs", "x", "x")),
        ("new folder", |drive| drive.create_folder("/Docs/deep", "x")),
        ("rename", |drive| drive.rename("/Docs/b.txt", "x")),
        ("move out", |drive| drive.move_to("/Docs/b.txt", "/to", None)),
        ("move in", |drive| drive.move_to("/a.txt", "/Docs", None)),
        ("delete", |drive| drive.delete("/Docs/deep")),
        ("delete for good", |drive| drive.delete_permanently("/Docs")),
        ("description", |drive| drive.set_description("/Docs", "x")),
        ("times", |drive| {
            let fs_created_at = Some(Timestamp::UNIX_EPOCH);
            drive.set_times("/Docs/b.txt", Times { fs_created_at, ..Times::default() })
        }),
    ]
}

/// Items that the caller may not read are not found, not listed and not counted.
pub fn unreadable_items_are_hidden<S: Subject>() {
    for mut on in with_access::<S>(Access::None) {
        on.refuses("itemNotFound", |drive| drive.item("/Docs"));
        on.refuses("itemNotFound", |drive| drive.read("/Docs/b.txt"));
        on.refuses("itemNotFound", |drive| drive.names("/Docs/deep"));
        assert_eq!(on.names("/"), Ok(vec!["a.txt".to_owned(), "to".to_owned()]));
        assert_eq!(on.item("/").map(|root| root.child_count), Ok(2));
        on.copies_not("itemNotFound", "/Docs", "/to", CopyOptions::default());
        on.copies_not("itemNotFound", "/a.txt", "/Docs", CopyOptions::default());
        for (_, change) in changes::<S>() {
            on.refuses("itemNotFound", change);
        }
    }
}

/// Items with read access can be read, and no verb changes them.
pub fn readable_items_cannot_be_changed<S: Subject>() {
    for mut on in with_access::<S>(Access::Read) {
        assert_eq!(on.read("/Docs/b.txt"), Ok(b"bytes".to_vec()));
        assert_eq!(on.names("/Docs").map(|names| names.len()), Ok(2));
        for (_, change) in changes::<S>() {
            on.refuses(DENIED, change);
        }
    }
}

/// Items with write access can be changed.
pub fn writable_items_can_be_changed<S: Subject>() {
    for (name, change) in changes::<S>() {
        for mut on in with_access::<S>(Access::Write) {
            assert_eq!(change(&mut on), Ok(()), "{name}");
        }
    }
}

/// A level applies to everything below it that has no level set, until it is removed.
pub fn a_level_is_inherited_until_it_is_removed<S: Subject>() {
    for mut on in with_access::<S>(Access::Read) {
        on.does(|drive| drive.set_access("/Docs/deep", Some(Access::Write)));
        on.does(|drive| drive.write("/Docs/deep/c.txt", "new"));
        on.refuses(DENIED, |drive| drive.write("/Docs/b.txt", "new"));
        on.does(|drive| drive.set_access("/Docs/deep", None));
        on.refuses(DENIED, |drive| drive.write("/Docs/deep/c.txt", "newer"));
        on.does(|drive| drive.set_access("/Docs", None));
        on.does(|drive| drive.write("/Docs/deep/c.txt", "newer"));
    }
}

/// A readable item is found by path and id, even below a folder that is not readable.
pub fn an_item_below_an_unreadable_folder_is_found<S: Subject>() {
    for mut on in with_access::<S>(Access::None) {
        on.does(|drive| drive.set_access("/Docs/b.txt", Some(Access::Write)));
        assert_eq!(on.read("/Docs/b.txt"), Ok(b"bytes".to_vec()));
        let id = on.does(|drive| drive.id("/Docs/b.txt"));
        assert_eq!(on.path(&id), Ok("/Docs/b.txt".to_owned()));
        on.does(|drive| drive.write("/Docs/b.txt", "new"));
        on.refuses("itemNotFound", |drive| drive.item("/Docs/deep/c.txt"));
    }
}

/// A folder cannot be moved or deleted if the caller may not change an item below it.
pub fn a_folder_with_read_only_items_cannot_be_moved_or_deleted<S: Subject>() {
    for access in [Access::Read, Access::None] {
        for mut on in on_all::<S>(TREE) {
            on.does(|drive| drive.set_access("/Docs/deep/c.txt", Some(access)));
            on.refuses(DENIED, |drive| drive.delete("/Docs"));
            on.refuses(DENIED, |drive| drive.delete_permanently("/Docs"));
            on.refuses(DENIED, |drive| drive.move_to("/Docs", "/to", None));
            on.does(|drive| drive.delete("/Docs/b.txt"));
        }
    }
}

/// A copy needs read access to all of its source, and write access to its target only.
pub fn a_copy_needs_read_access_to_its_source_and_write_access_to_its_target<S: Subject>() {
    for mut on in with_access::<S>(Access::Read) {
        on.copies("/Docs", "/to", CopyOptions::default());
        on.copies_not(DENIED, "/a.txt", "/Docs", CopyOptions::default());
        on.does(|drive| drive.write("/to/Docs/b.txt", "the copy may be changed"));
        on.does(|drive| drive.set_access("/Docs/deep/c.txt", Some(Access::None)));
        on.copies_not(DENIED, "/Docs", "/to", CopyOptions::named("new"));
    }
}

/// A move reports a missing end before denied access, and denied access before an invalid name.
pub fn denied_access_is_reported_after_missing_items_and_before_invalid_names<S: Subject>() {
    for mut on in with_access::<S>(Access::Read) {
        on.refuses("itemNotFound", |drive| drive.move_to("/Docs", "/missing", None));
        on.refuses(DENIED, |drive| drive.move_to("/Docs", "/Docs/deep", None));
        on.refuses(DENIED, |drive| drive.rename("/Docs/b.txt", "x/y"));
        on.refuses(DENIED, |drive| drive.create_file("/Docs", "b.txt", "taken"));
    }
}

/// An item in the bin has the access level of its folder; if that is purged, the level of the root.
pub fn items_in_the_bin_have_the_level_of_their_folder<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let id = on.does(|drive| drive.id("/Docs/deep"));
        on.does(|drive| drive.delete("/Docs/deep"));
        on.does(|drive| drive.set_access("/Docs", Some(Access::None)));
        assert_eq!(on.bin(), Ok(Vec::new()));
        let restore = |drive: &mut S| drive.restore(&id, Some("/to"), None, Conflict::Fail);
        on.refuses("itemNotFound", restore);
        on.refuses("itemNotFound", |drive| drive.purge(&id));
        on.does(|drive| drive.set_access("/Docs", Some(Access::Read)));
        assert_eq!(on.bin().map(|bin| bin.len()), Ok(1));
        on.refuses(DENIED, restore);
        on.refuses(DENIED, |drive| drive.purge(&id));
        on.refuses(DENIED, |drive| drive.empty_bin());
        on.does(|drive| drive.set_access("/Docs", None));
        on.does(|drive| drive.delete_permanently("/Docs"));
        on.does(restore);
    }
}
