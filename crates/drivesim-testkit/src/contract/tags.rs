//! Promises about tags, and about changes with a tag as precondition.

use drivesim::access::{Access, LockScope};
use drivesim::item::{Times, Timestamp};
use drivesim::{Conflict, CopyOptions, Profile};

use super::views::NamedCall;
use super::{Fixture, Subject, Tag, on_all, on_each};

const TREE: &str = "p/\n  d/\n    a.txt = \"one\"\nq/\n  r/\n";
const NO_FOLDER_TAGS: [Profile; 3] = [Profile::PLAIN, Profile::BUSINESS, Profile::BOX];

/// Sets the creation time of the content.
fn set_times<S: Subject>(drive: &mut S, path: &str) -> Result<(), String> {
    drive.set_times(path, Times { fs_created_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() })
}

/// Deletes an item and restores it.
fn delete_and_restore<S: Subject>(drive: &mut S, path: &str) -> Result<(), String> {
    let id = drive.id(path)?;
    drive.delete(path)?;
    drive.restore(&id, None, None, Conflict::Fail)
}

/// Changes of a file that keep its content.
fn other_changes<S: Subject>() -> [NamedCall<S>; 5] {
    [
        ("rename", |drive| {
            drive.rename("/p/d/a.txt", "b.txt").and_then(|()| drive.rename("/p/d/b.txt", "a.txt"))
        }),
        ("move", |drive| {
            drive.move_to("/p/d/a.txt", "/q", None)?;
            drive.move_to("/q/a.txt", "/p/d", None)
        }),
        ("times", |drive| set_times(drive, "/p/d/a.txt")),
        ("description", |drive| drive.set_description("/p/d/a.txt", "new")),
        ("restore", |drive| delete_and_restore(drive, "/p/d/a.txt")),
    ]
}

/// Changes of the content of a file.
fn content_changes<S: Subject>() -> [NamedCall<S>; 2] {
    [
        ("write", |drive| drive.write("/p/d/a.txt", "two")),
        ("restored version", |drive| drive.restore_version("/p/d/a.txt", 1)),
    ]
}

/// Calls that add an item to a folder or remove one from it.
fn folder_changes<S: Subject>() -> [NamedCall<S>; 5] {
    [
        ("folder", |drive| drive.create_folder("/p/d", "new")),
        ("file", |drive| drive.create_file("/p/d", "new.txt", "new")),
        ("new by write", |drive| drive.write("/p/d/other.txt", "new")),
        ("delete", |drive| drive.delete("/p/d/new.txt")),
        ("delete for good", |drive| drive.delete_permanently("/p/d/other.txt")),
    ]
}

#[track_caller]
fn etag<S: Subject>(on: &Fixture<S>, path: &str) -> Tag {
    Tag::ETag(on.knows(path).etag)
}

#[track_caller]
fn ctag<S: Subject>(on: &Fixture<S>, path: &str) -> Tag {
    Tag::CTag(on.knows(path).ctag)
}

/// Returns the content tags of folders.
#[track_caller]
fn ctags<S: Subject>(on: &Fixture<S>, folders: &[&str]) -> Vec<String> {
    folders.iter().map(|folder| on.knows(folder).ctag).collect()
}

/// Changes an item, and returns the tag that it had before.
#[track_caller]
fn stale<S: Subject>(on: &mut Fixture<S>, path: &str) -> Tag {
    let tag = etag(on, path);
    on.does(|drive| drive.set_description(path, "moved on"));
    tag
}

/// Asserts that a call changes the content tags of the folders in `moved`, and keeps those in `still`.
#[track_caller]
fn assert_moves<S: Subject>(on: &mut Fixture<S>, moved: &[&str], still: &[&str], (name, call): NamedCall<S>) {
    let (before, stay) = (ctags(on, moved), ctags(on, still));
    assert_eq!(call(on), Ok(()), "{name}");
    let after = ctags(on, moved);
    for (folder, (before, after)) in moved.iter().zip(before.iter().zip(&after)) {
        assert_ne!(before, after, "the tag of {folder} after: {name}");
    }
    assert_eq!(ctags(on, still), stay, "the tags of {still:?} after: {name}");
}

/// Every change of an item changes its etag.
pub fn every_change_of_an_item_changes_its_etag<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        for (name, change) in content_changes::<S>().into_iter().chain(other_changes::<S>()) {
            let before = etag(&on, "/p/d/a.txt");
            assert_eq!(change(&mut on), Ok(()), "{name}");
            assert_ne!(etag(&on, "/p/d/a.txt"), before, "{name}");
        }
    }
}

/// A call without effect keeps all tags: one that sets the same name, folder or description, or no times; one that fails;
/// a read.
pub fn calls_without_effect_keep_all_tags<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.set_description("/p/d/a.txt", "about"));
        let before = on.knows("/p/d/a.txt");
        on.does(|drive| drive.rename("/p/d/a.txt", "a.txt"));
        on.does(|drive| drive.move_to("/p/d/a.txt", "/p/d", None));
        on.does(|drive| drive.set_times("/p/d/a.txt", Times::default()));
        on.does(|drive| drive.set_description("/p/d/a.txt", "about"));
        on.refuses("invalidRequest", |drive| drive.rename("/p/d/a.txt", "b/c"));
        on.does(|drive| drive.read("/p/d/a.txt"));
        assert_eq!(on.knows("/p/d/a.txt"), before);
    }
}

/// The ctag of a file changes with its content and with nothing else.
pub fn the_ctag_of_a_file_changes_with_its_content_only<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        for (name, change) in content_changes::<S>() {
            let before = ctag(&on, "/p/d/a.txt");
            assert_eq!(change(&mut on), Ok(()), "{name}");
            assert_ne!(ctag(&on, "/p/d/a.txt"), before, "{name}");
        }
        for (name, change) in other_changes::<S>() {
            let before = ctag(&on, "/p/d/a.txt");
            assert_eq!(change(&mut on), Ok(()), "{name}");
            assert_eq!(ctag(&on, "/p/d/a.txt"), before, "{name}");
        }
    }
}

/// Deleting a version keeps the tags of the file and of all folders.
pub fn deleting_a_version_keeps_all_tags<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.write("/p/d/a.txt", "two"));
        let before = ["/p/d/a.txt", "/p/d", "/"].map(|path| on.knows(path));
        on.does(|drive| drive.delete_version("/p/d/a.txt", 1));
        assert_eq!(["/p/d/a.txt", "/p/d", "/"].map(|path| on.knows(path)), before);
    }
}

/// On personal drives, every change below a folder changes the ctags of all folders above the change, and no others.
pub fn personal_folders_have_a_ctag_of_all_below<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PERSONAL, TREE);
    let changes = folder_changes::<S>().into_iter().chain(content_changes::<S>());
    let [rename, _, rest @ ..] = other_changes();
    for change in changes.chain([rename]).chain(rest) {
        assert_moves(&mut on, &["/", "/p", "/p/d"], &["/q", "/q/r"], change);
    }
}

/// On personal drives, a move changes the ctags of the folders above the old place and the new one.
pub fn personal_moves_change_the_ctags_at_both_ends<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PERSONAL, TREE);
    let there: NamedCall<S> = ("move", |drive| drive.move_to("/p/d/a.txt", "/q/r", None));
    assert_moves(&mut on, &["/", "/p", "/p/d", "/q", "/q/r"], &[], there);
    let folder: NamedCall<S> = ("move of a folder", |drive| drive.move_to("/q/r", "/p", None));
    assert_moves(&mut on, &["/", "/p", "/q"], &["/p/d"], folder);
}

/// On personal drives, a copy changes the ctags of the folders above it, and keeps those of its source.
pub fn personal_copies_change_the_ctags_above_them<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PERSONAL, TREE);
    let (moved, still) = (ctags(&on, &["/", "/q", "/q/r"]), ctags(&on, &["/p", "/p/d"]));
    on.copies("/p/d", "/q/r", CopyOptions::default());
    for (before, after) in moved.iter().zip(ctags(&on, &["/", "/q", "/q/r"])) {
        assert_ne!(*before, after);
    }
    assert_eq!(ctags(&on, &["/p", "/p/d"]), still);
}

/// On other services, the ctag of a folder is constant, whatever happens below it.
pub fn folders_elsewhere_have_a_constant_ctag<S: Subject>() {
    for mut on in on_each::<S>(&NO_FOLDER_TAGS, TREE) {
        for change in
            folder_changes::<S>().into_iter().chain(content_changes::<S>()).chain(other_changes::<S>())
        {
            assert_moves(&mut on, &[], &["/", "/p", "/p/d"], change);
        }
    }
}

/// Purges keep all tags.
pub fn a_purge_keeps_all_tags<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let id = on.does(|drive| drive.id("/p/d/a.txt"));
        on.does(|drive| drive.delete("/p/d/a.txt"));
        on.does(|drive| drive.delete("/q/r"));
        let before = ["/", "/p", "/p/d"].map(|path| on.knows(path));
        on.does(|drive| drive.purge(&id));
        on.does(|drive| drive.empty_bin());
        assert_eq!(["/", "/p", "/p/d"].map(|path| on.knows(path)), before);
    }
}

/// A change is made if the item has the expected tag, etag or ctag.
pub fn a_change_succeeds_if_the_tag_matches<S: Subject>() {
    for tag in [etag::<S>, ctag::<S>] {
        for mut on in on_all::<S>(TREE) {
            let delete: NamedCall<S> = ("delete", |drive| drive.delete("/p/d/a.txt"));
            for (name, change) in
                content_changes::<S>().into_iter().chain(other_changes::<S>()).chain([delete])
            {
                let tag = tag(&on, "/p/d/a.txt");
                on.if_match(tag);
                assert_eq!(change(&mut on), Ok(()), "{name}");
            }
            on.holds("p/\n  d/\nq/\n  r/\n");
        }
    }
}

/// The ctag of a file still matches after changes that kept its content.
pub fn a_ctag_matches_while_the_content_is_the_same<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let (old, content) = (etag(&on, "/p/d/a.txt"), ctag(&on, "/p/d/a.txt"));
        on.does(|drive| drive.rename("/p/d/a.txt", "b.txt"));
        on.if_match(old);
        on.refuses("resourceModified", |drive| drive.write("/p/d/b.txt", "two"));
        on.if_match(content.clone());
        on.does(|drive| drive.write("/p/d/b.txt", "two"));
        on.if_match(content);
        on.refuses("resourceModified", |drive| drive.write("/p/d/b.txt", "three"));
    }
}

/// No verb changes an item whose tag does not match.
pub fn a_change_fails_if_the_tag_does_not_match<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.does(|drive| drive.write("/p/d/a.txt", "two"));
        let tag = stale(&mut on, "/p/d/a.txt");
        let before = on.knows("/p/d/a.txt");
        let deletes: [NamedCall<S>; 3] = [
            ("delete", |drive| drive.delete("/p/d/a.txt")),
            ("delete for good", |drive| drive.delete_permanently("/p/d/a.txt")),
            ("deleted version", |drive| drive.delete_version("/p/d/a.txt", 1)),
        ];
        for (_, change) in content_changes::<S>().into_iter().chain(other_changes::<S>()).chain(deletes) {
            // A change in two steps fails at the first.
            on.if_match(tag.clone());
            on.refuses("resourceModified", change);
        }
        assert_eq!(on.knows("/p/d/a.txt"), before);
    }
}

/// Creating an item fails if the folder's tag does not match, and copying if the source's does not.
pub fn creating_and_copying_fail_if_the_tag_does_not_match<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let tag = stale(&mut on, "/p/d");
        on.if_match(tag.clone());
        on.refuses("resourceModified", |drive| drive.create_file("/p/d", "new", "x"));
        on.if_match(tag.clone());
        on.refuses("resourceModified", |drive| drive.create_folder("/p/d", "new"));
        on.if_match(tag);
        on.copies_not("resourceModified", "/p/d", "/q", CopyOptions::default());
    }
}

/// On an existing item, a tag that does not match is reported before any other error.
pub fn a_stale_tag_is_reported_before_other_errors<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let (root, file) = (stale(&mut on, "/"), stale(&mut on, "/p/d/a.txt"));
        on.does(|drive| drive.lock("/p/d/a.txt", LockScope::Item));
        on.does(|drive| drive.set_access("/p/d/a.txt", Some(Access::Read)));
        let wrong: [(&Tag, NamedCall<S>); 5] = [
            (&root, ("the root", |drive| drive.delete("/"))),
            (&file, ("read only", |drive| drive.write("/p/d/a.txt", "x"))),
            (&file, ("a bad name", |drive| drive.rename("/p/d/a.txt", "b/c"))),
            (&file, ("no folder", |drive| drive.create_folder("/p/d/a.txt", "x"))),
            (&file, ("no version", |drive| drive.restore_version("/p/d/a.txt", 7))),
        ];
        for (tag, (_, call)) in wrong {
            on.if_match(tag.clone());
            on.refuses("resourceModified", call);
        }
    }
}

/// A missing item is not found, whatever tag is expected; no file is created if a tag is expected.
pub fn no_file_is_created_if_a_tag_is_expected<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        let tag = etag(&on, "/p/d/a.txt");
        on.if_match(tag.clone());
        on.refuses("itemNotFound", |drive| drive.rename("/missing", "x"));
        on.if_match(tag);
        on.refuses("resourceModified", |drive| drive.write("/p/d/new.txt", "x"));
    }
}
