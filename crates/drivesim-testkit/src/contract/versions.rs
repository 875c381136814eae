//! Promises about versions of files, and about copies of them.

use std::time::Duration;

use drivesim::item::{Times, Versions};
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Profile};

use super::{Fixture, Subject, on_all, on_each};

/// Sets up a file that was written twice, on each of these profiles: `one`, `two`, `three`.
fn written<S: Subject>(profiles: &[Profile]) -> impl Iterator<Item = Fixture<S>> {
    on_each::<S>(profiles, "a.txt = \"one\"\nto/\n").map(|mut on| {
        on.does(|drive| drive.write("/a.txt", "two"));
        on.does(|drive| drive.write("/a.txt", "three"));
        // Lists the versions first, so that promises are skipped before they copy versions on a subject without them.
        assert_eq!(on.does(|drive| drive.versions("/a.txt")).len(), 3);
        on
    })
}

/// Returns the numbers and texts of the versions that can still be read, latest first.
#[track_caller]
fn readable_versions<S: Subject>(on: &mut Fixture<S>, path: &str) -> Vec<(u32, String)> {
    let versions = on.does(|drive| drive.versions(path));
    let kept = versions.into_iter().filter(|version| !version.is_deleted);
    let read =
        |number| on.read_version(path, number).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    kept.map(|version| (version.number, read(version.number).unwrap_or_default())).collect()
}

fn texts<const N: usize>(versions: [(u32, &str); N]) -> Vec<(u32, String)> {
    versions.map(|(number, text)| (number, text.to_owned())).to_vec()
}

/// A new file has one version, with the number 1, however it was created.
pub fn a_new_file_has_one_version<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"hi\"\n") {
        on.does(|drive| drive.create_file("/", "b.txt", "hi"));
        on.does(|drive| drive.write("/c.txt", "hi"));
        for path in ["/a.txt", "/b.txt", "/c.txt"] {
            assert_eq!(readable_versions(&mut on, path), texts([(1, "hi")]));
        }
    }
}

/// A write adds a version and keeps the earlier ones, latest first.
pub fn a_write_keeps_the_versions_before_it<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        assert_eq!(readable_versions(&mut on, "/a.txt"), texts([(3, "three"), (2, "two"), (1, "one")]));
        let versions = on.does(|drive| drive.versions("/a.txt"));
        assert_eq!(versions.iter().map(|version| version.size).collect::<Vec<_>>(), [5, 3, 3]);
    }
}

/// A version has the time and the user of its write, also after it has become a past one.
pub fn a_version_has_the_time_and_user_of_its_write<S: Subject>() {
    for mut on in on_all::<S>("") {
        let mut expected = Vec::new();
        for user in ["ann", "bob", "cleo"] {
            on.pass(Duration::from_secs(1));
            on.act_as(user);
            on.does(|drive| drive.write("/a.txt", user));
            expected.insert(0, (on.now(), user.to_owned()));
        }
        on.pass(Duration::from_secs(1));
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        let versions = on.does(|drive| drive.versions("/b.txt")).into_iter();
        assert_eq!(versions.map(|v| (v.modified_at, v.modified_by)).collect::<Vec<_>>(), expected);
    }
}

/// A change of neither content nor times adds no version.
pub fn only_content_adds_a_version<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"hi\"\nto/\n") {
        on.does(|drive| drive.rename("/a.txt", "b.txt"));
        on.does(|drive| drive.move_to("/b.txt", "/to", None));
        on.does(|drive| drive.set_description("/to/b.txt", "new"));
        on.does(|drive| drive.set_times("/to/b.txt", Times::default()));
        assert_eq!(readable_versions(&mut on, "/to/b.txt"), texts([(1, "hi")]));
    }
}

/// Setting the times of the content adds a version of the same content on business, and none elsewhere.
pub fn only_business_adds_a_version_for_times<S: Subject>() {
    for mut on in on_all::<S>("a.txt = \"hi\"\n") {
        let now = Some(on.now());
        let expected = match on.profile().service {
            Service::Business => {
                vec![texts([(2, "hi"), (1, "hi")]), texts([(3, "hi"), (2, "hi"), (1, "hi")])]
            }
            _ => vec![texts([(1, "hi")]); 2],
        };
        let times = [
            Times { fs_modified_at: now, ..Times::default() },
            Times { fs_created_at: now, ..Times::default() },
        ];
        for (times, expected) in times.into_iter().zip(expected) {
            on.does(|drive| drive.set_times("/a.txt", times));
            assert_eq!(readable_versions(&mut on, "/a.txt"), expected);
        }
    }
}

/// A service keeps a limited number of versions, with the current one, and drops the oldest first.
pub fn the_oldest_version_over_the_limit_is_dropped<S: Subject>() {
    let limits = [(Profile::BUSINESS, 500), (Profile::PERSONAL, 25), (Profile::BOX, 100)];
    for (profile, limit) in limits.into_iter().filter(|(profile, _)| S::offers(profile)) {
        let mut on = Fixture::<S>::on(&profile, "a.txt\n");
        for _ in 1..limit {
            on.does(|drive| drive.write("/a.txt", "x"));
        }
        assert_eq!(on.does(|drive| drive.versions("/a.txt")).last().map(|version| version.number), Some(1));
        on.does(|drive| drive.write("/a.txt", "x"));
        let versions = on.does(|drive| drive.versions("/a.txt"));
        assert_eq!(
            versions.iter().map(|v| v.number).collect::<Vec<_>>(),
            (2..=limit + 1).rev().collect::<Vec<_>>()
        );
        on.refuses("itemNotFound", |drive| drive.read_version("/a.txt", 1));
    }
}

/// Plain drives keep all versions.
pub fn plain_keeps_all_versions<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, "a.txt\n");
    for _ in 0..600 {
        on.does(|drive| drive.write("/a.txt", "x"));
    }
    assert_eq!(on.does(|drive| drive.versions("/a.txt")).len(), 601);
}

/// Restoring a version adds a new one; no version is lost.
pub fn restoring_a_version_adds_a_version<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        on.does(|drive| drive.restore_version("/a.txt", 1));
        on.holds("a.txt = \"one\"\nto/\n");
        assert_eq!(
            readable_versions(&mut on, "/a.txt"),
            texts([(4, "one"), (3, "three"), (2, "two"), (1, "one")])
        );
    }
}

/// The current version can be neither restored nor deleted.
pub fn the_current_version_cannot_be_restored_or_deleted<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        on.refuses("invalidRequest", |drive| drive.restore_version("/a.txt", 3));
        on.refuses("invalidRequest", |drive| drive.delete_version("/a.txt", 3));
    }
}

/// A version that does not exist, or was deleted, is not found.
pub fn a_missing_version_is_not_found<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        on.does(|drive| drive.delete_version("/a.txt", 2));
        for number in [0, 2, 4] {
            on.refuses("itemNotFound", |drive| drive.read_version("/a.txt", number));
            on.refuses("itemNotFound", |drive| drive.restore_version("/a.txt", number));
            on.refuses("itemNotFound", |drive| drive.delete_version("/a.txt", number));
        }
    }
}

/// Deleting a version keeps the others, and its number is not used again.
pub fn deleting_a_version_keeps_the_others<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        on.does(|drive| drive.delete_version("/a.txt", 2));
        on.does(|drive| drive.write("/a.txt", "four"));
        assert_eq!(readable_versions(&mut on, "/a.txt"), texts([(4, "four"), (3, "three"), (1, "one")]));
    }
}

/// Box still lists deleted versions; other services do not.
pub fn only_box_lists_deleted_versions<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        let is_box = on.profile().service == Service::Box;
        on.does(|drive| drive.delete_version("/a.txt", 1));
        let versions = on.does(|drive| drive.versions("/a.txt"));
        assert_eq!(versions.iter().any(|version| version.number == 1), is_box);
        assert_eq!(versions.iter().filter(|version| version.is_deleted).count(), usize::from(is_box));
    }
}

/// On Box, restoring a version also restores the name that the file had then.
pub fn box_restores_the_name_of_a_version<S: Subject>() {
    for mut on in on_all::<S>("old.txt = \"one\"\n") {
        on.does(|drive| drive.write("/old.txt", "two"));
        on.does(|drive| drive.rename("/old.txt", "new.txt"));
        on.does(|drive| drive.restore_version("/new.txt", 1));
        let name = if on.profile().service == Service::Box { "old.txt" } else { "new.txt" };
        on.holds(&format!("{name} = \"one\"\n"));
    }
}

/// On Box, restoring a version fails if its name is taken now.
pub fn box_cannot_restore_a_version_to_a_taken_name<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BOX, "old.txt = \"one\"\n");
    on.does(|drive| drive.write("/old.txt", "two"));
    on.does(|drive| drive.rename("/old.txt", "new.txt"));
    on.does(|drive| drive.create_folder("/", "old.txt"));
    on.refuses("nameAlreadyExists", |drive| drive.restore_version("/new.txt", 1));
    assert_eq!(readable_versions(&mut on, "/new.txt"), texts([(2, "two"), (1, "one")]));
}

/// A folder has no versions.
pub fn a_folder_has_no_versions<S: Subject>() {
    for mut on in on_all::<S>("d/\n") {
        on.refuses("invalidRequest", |drive| drive.versions("/d"));
        on.refuses("invalidRequest", |drive| drive.read_version("/d", 1));
        on.refuses("invalidRequest", |drive| drive.restore_version("/d", 1));
        on.refuses("invalidRequest", |drive| drive.delete_version("/d", 1));
        on.refuses("itemNotFound", |drive| drive.versions("/missing"));
    }
}

/// A file is restored from the bin with its versions.
pub fn versions_are_restored_from_the_bin<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        let (id, before) = (on.does(|drive| drive.id("/a.txt")), on.does(|drive| drive.versions("/a.txt")));
        on.does(|drive| drive.delete("/a.txt"));
        on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
        assert_eq!(on.versions("/a.txt"), Ok(before));
    }
}

/// A copy has the current version of a file, as its first.
pub fn a_copy_has_the_current_version<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        let copy = on.copies("/a.txt", "/to", CopyOptions::default());
        assert_eq!(readable_versions(&mut on, &copy), texts([(1, "three")]));
    }
}

/// A copy of an earlier version has its content, as its first version.
pub fn a_copy_can_be_of_an_earlier_version<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        for (number, text) in [(1, "one"), (2, "two"), (3, "three")] {
            let options = CopyOptions::named(text).versions(Versions::Number(number));
            let copy = on.copies("/a.txt", "/to", options);
            assert_eq!(readable_versions(&mut on, &copy), texts([(1, text)]));
        }
        on.holds("a.txt = \"three\"\nto/\n  one = \"one\"\n  three = \"three\"\n  two = \"two\"\n");
    }
}

/// A copy fails if the version does not exist, or if the source is a folder.
pub fn a_copy_of_a_missing_version_fails<S: Subject>() {
    for mut on in on_all::<S>("a.txt\nd/\n  b\nto/\n") {
        assert_eq!(readable_versions(&mut on, "/a.txt"), texts([(1, "")]));
        let first = CopyOptions::default().versions(Versions::Number(1));
        on.copies_not("invalidRequest", "/d", "/to", first);
        on.copies_not(
            "invalidRequest",
            "/d",
            "/to",
            CopyOptions::children_only().versions(Versions::Number(1)),
        );
        let second = CopyOptions::default().versions(Versions::Number(2));
        on.copies_not("itemNotFound", "/a.txt", "/to", second);
    }
}

/// A copy of all versions has those that were not deleted, with their numbers, also for files at deeper levels.
pub fn a_copy_can_have_all_versions<S: Subject>() {
    for mut on in on_all::<S>("d/\n  e/\n    a.txt = \"one\"\nto/\n") {
        on.does(|drive| drive.write("/d/e/a.txt", "two"));
        on.does(|drive| drive.write("/d/e/a.txt", "three"));
        on.does(|drive| drive.delete_version("/d/e/a.txt", 2));
        on.copies("/d", "/to", CopyOptions::default().versions(Versions::All));
        assert_eq!(readable_versions(&mut on, "/to/d/e/a.txt"), texts([(3, "three"), (1, "one")]));
        assert_eq!(on.does(|drive| drive.versions("/to/d/e/a.txt")).len(), 2);
    }
}

/// The versions of a copy and those of its source are independent.
pub fn copied_versions_are_independent<S: Subject>() {
    for mut on in written::<S>(&Profile::ALL) {
        let copy = on.copies("/a.txt", "/to", CopyOptions::default().versions(Versions::All));
        on.does(|drive| drive.delete_version("/a.txt", 1));
        on.does(|drive| drive.write(&copy, "four"));
        assert_eq!(readable_versions(&mut on, "/a.txt"), texts([(3, "three"), (2, "two")]));
        assert_eq!(
            readable_versions(&mut on, &copy),
            texts([(4, "four"), (3, "three"), (2, "two"), (1, "one")])
        );
    }
}

/// A copy of all versions to a drive that keeps fewer has the latest of them.
pub fn a_copy_of_all_versions_is_limited_by_its_drive<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, "a.txt\n");
    on.does(|drive| drive.add_drive("other", &Profile::PERSONAL));
    for _ in 1..30 {
        on.does(|drive| drive.write("/a.txt", "x"));
    }
    let copy = on.copies("/a.txt", "other:/", CopyOptions::default().versions(Versions::All));
    let numbers: Vec<u32> =
        on.does(|drive| drive.versions(&copy)).iter().map(|version| version.number).collect();
    assert_eq!(numbers, (6..=30).rev().collect::<Vec<_>>());
}
