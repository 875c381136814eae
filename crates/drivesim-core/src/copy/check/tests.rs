//! Tests of the checks of copies, when they are requested and when they start.

use jiff::Timestamp;

use super::*;
use crate::content::Content;
use crate::copy::tests::drive;
use crate::history::Versions;
use crate::item::ItemId;
use crate::profile::Profile;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A drive and a copy of one of its items to one of its folders.
fn case(profile: Profile, outline: &str, source: &str, target: &str) -> (Drive, CopySpec) {
    let drive = drive(profile, outline);
    let spec = CopySpec::new(drive.find(source).unwrap(), drive.find(target).unwrap());
    (drive, spec)
}

fn written(drive: &mut Drive, file: ItemId, sizes: &[usize]) {
    for &size in sizes {
        drive.write(file, Content::from("x".repeat(size).as_str()), NOW).unwrap();
    }
}

#[test]
fn only_the_children_of_the_root_are_copied_where_the_profile_allows_it() {
    let target = drive(Profile::PLAIN, "");
    for (profile, allowed) in [(Profile::PLAIN, true), (Profile::BOX, false)] {
        let source = drive(profile, "a\n");
        let whole = CopySpec::new(source.root(), target.root()).named("all");
        assert!(matches!(check(&source, &target, &whole), Err(Error::IsRoot { .. })));
        let children = CopySpec::new(source.root(), target.root()).children_only();
        match check(&source, &target, &children) {
            Ok(()) => assert!(allowed),
            Err(refused) => assert!(!allowed && matches!(refused, Error::IsRoot { .. }), "{refused}"),
        }
    }
}

#[test]
fn a_file_has_no_children_to_copy_and_a_folder_has() {
    let (drive, spec) = case(Profile::PLAIN, "a\nb/\nc/\n  d\n", "/a", "/b");
    assert_eq!(check(&drive, &drive, &spec), Ok(()));
    let children = check(&drive, &drive, &spec.children_only());
    assert!(matches!(children, Err(Error::ChildrenOfAFile { .. })), "{children:?}");
    let of_folder = CopySpec::new(drive.find("/c").unwrap(), drive.find("/b").unwrap()).children_only();
    assert_eq!(check(&drive, &drive, &of_folder), Ok(()));
}

#[test]
fn a_taken_name_fails_when_the_profile_says_and_always_when_the_copy_starts() {
    let text = "a\nto/\n  a\n  b/\n";
    for (profile, name, conflict, at_once) in [
        (Profile::PLAIN, None, Conflict::Fail, true),
        (Profile::PLAIN, Some("b"), Conflict::Replace, true),
        (Profile::BUSINESS, None, Conflict::Fail, false),
        (Profile::BUSINESS, Some("b"), Conflict::Fail, true),
        (Profile::BUSINESS, Some("b"), Conflict::Replace, false),
    ] {
        let (drive, spec) = case(profile, text, "/a", "/to");
        let spec = CopySpec { name: name.map(str::to_owned), ..spec.on_conflict(conflict) };
        let requested = check(&drive, &drive, &spec);
        assert_eq!(requested.is_err(), at_once, "{spec:?}: {requested:?}");
        let started = open(&drive, &drive, &spec).unwrap_err();
        assert!(matches!(started, Error::NameTaken { .. }), "{spec:?}: {started}");
    }
}

#[test]
fn children_fail_one_by_one_and_the_copy_only_if_none_is_left() {
    let (drive, spec) = case(Profile::PLAIN, "from/\n  a\n  b\nto/\n  a\n", "/from", "/to");
    let opened = open(&drive, &drive, &spec.children_only()).unwrap();
    assert_eq!((opened.roots.len(), opened.refused.len()), (1, 1));
    assert!(matches!(opened.refused[..], [(0, Error::NameTaken { .. })]));
    let (drive, spec) = case(Profile::PLAIN, "from/\n  a\n  b\nto/\n  a\n  b\n", "/from", "/to");
    let refused = open(&drive, &drive, &spec.children_only()).unwrap_err();
    assert!(matches!(&refused, Error::SomeFailed { details } if details.len() == 2), "{refused}");
    let (drive, spec) = case(Profile::PLAIN, "from/\nto/\n", "/from", "/to");
    assert_eq!(open(&drive, &drive, &spec.children_only()).unwrap().roots.len(), 0);
}

#[test]
fn two_names_that_are_equal_in_the_target_conflict_unless_they_are_numbered() {
    let source = drive(Profile::PLAIN, "from/\n  A\n  a\n  b\n");
    let target = Drive::new(Profile::BUSINESS, NOW);
    let spec = CopySpec::new(source.find("/from").unwrap(), target.root()).children_only();
    let opened = open(&source, &target, &spec).unwrap();
    let names: Vec<&str> = opened.roots.iter().map(|root| root.name.as_str()).collect();
    assert_eq!(names, ["A", "b"]);
    assert!(matches!(opened.refused[..], [(1, Error::NameTaken { .. })]), "{:?}", opened.refused);
    let renaming = open(&source, &target, &spec.clone().on_conflict(Conflict::Rename)).unwrap();
    assert_eq!((renaming.roots.len(), renaming.refused.len()), (3, 0));
    let same = Drive::new(Profile::PLAIN, NOW);
    let opened = open(&source, &same, &CopySpec { target: same.root(), ..spec }).unwrap();
    assert_eq!((opened.roots.len(), opened.refused.len()), (3, 0));
}

#[test]
fn a_file_that_may_not_be_changed_is_not_replaced() {
    let (mut drive, spec) = case(Profile::PLAIN, "a\nto/\n  a\n", "/a", "/to");
    let spec = spec.on_conflict(Conflict::Replace);
    assert_eq!(check(&drive, &drive, &spec), Ok(()));
    drive.set_access(drive.find("/to/a").unwrap(), Some(Access::Read)).unwrap();
    let refused = check(&drive, &drive, &spec);
    assert!(matches!(refused, Err(Error::AccessDenied { .. })), "{refused:?}");
}

#[test]
fn a_copy_with_more_items_than_the_profile_allows_fails() {
    for (limit, whole, children) in [(2, false, false), (3, false, true), (4, true, true)] {
        let profile = Profile { max_copy_items: Some(limit), ..Profile::PLAIN };
        let (drive, spec) = case(profile, "from/\n  a\n  b/\n    c\nto/\n", "/from", "/to");
        assert_eq!(check(&drive, &drive, &spec).is_ok(), whole, "{limit}");
        let refused = check(&drive, &drive, &spec.children_only());
        assert_eq!(refused.is_ok(), children, "{limit}");
        assert!(children || matches!(refused, Err(Error::TooManyItems { .. })));
    }
}

#[test]
fn a_copy_of_a_large_folder_locks_both_ends() {
    for (threshold, locks) in [(0, true), (2, true), (3, false)] {
        let profile = Profile { async_item_threshold: Some(threshold), ..Profile::PLAIN };
        let (drive, spec) = case(profile, "from/\n  a\n  b/\n    c\nto/\n", "/from", "/to");
        assert_eq!(locks_ends(&drive, &drive, &spec), locks, "{threshold}");
        assert_eq!(locks_ends(&drive, &drive, &spec.children_only()), locks, "{threshold}");
    }
    let (drive, spec) =
        case(Profile { async_item_threshold: Some(0), ..Profile::PLAIN }, "a\nto/\n", "/a", "/to");
    assert!(!locks_ends(&drive, &drive, &spec), "files");
}

#[test]
fn no_path_becomes_longer_than_the_profile_allows() {
    // The longest path is `to/deep/from/long name`.
    for (limit, fits) in [(21, false), (22, true)] {
        let profile = Profile { max_path: Some(limit), ..Profile::PLAIN };
        let (drive, spec) = case(profile, "from/\n  a\n  long name\nto/\n  deep/\n", "/from", "/to/deep");
        let checked = check(&drive, &drive, &spec);
        assert_eq!(checked.is_ok(), fits, "{limit}: {checked:?}");
        assert!(fits || matches!(checked, Err(Error::PathTooLong { .. })));
    }
    // The number of a new name counts too: `to/a 1`.
    for (limit, fits) in [(5, false), (6, true)] {
        let profile = Profile { max_path: Some(limit), ..Profile::PLAIN };
        let (drive, spec) = case(profile, "a\nto/\n  a\n", "/a", "/to");
        let checked = check(&drive, &drive, &spec.on_conflict(Conflict::Rename));
        assert_eq!(checked.is_ok(), fits, "{limit}: {checked:?}");
    }
}

#[test]
fn bytes_must_fit_into_sizes_and_into_the_quota() {
    let (mut drive, spec) = case(Profile::PLAIN, "a = 6 B\nto/\n", "/a", "/to");
    for (total, fits) in [(11, false), (12, true)] {
        drive.set_quota(Some(total));
        let checked = check(&drive, &drive, &spec);
        assert_eq!(checked.is_ok(), fits, "{total}: {checked:?}");
        assert!(fits || matches!(checked, Err(Error::QuotaExceeded { .. })));
    }
    let large = format!("a = {} B\nto/\n", u64::MAX / 2 + 1);
    let (drive, spec) = case(Profile::PLAIN, &large, "/a", "/to");
    assert!(matches!(check(&drive, &drive, &spec), Err(Error::SizeOverflow { .. })));
}

#[test]
fn copied_past_versions_count_against_the_quota_where_the_service_counts_them() {
    let (mut drive, spec) = case(Profile::BUSINESS, "from/\n  a = 2 B\nto/\n", "/from", "/to");
    let file = drive.find("/from/a").unwrap();
    written(&mut drive, file, &[3, 4]);
    assert_eq!(drive.quota(NOW).used, 9);
    let all = spec.clone().versions(Versions::All);
    for (total, with_past, without) in
        [(12, false, false), (13, false, true), (17, false, true), (18, true, true)]
    {
        drive.set_quota(Some(total));
        assert_eq!(check(&drive, &drive, &all).is_ok(), with_past, "{total}");
        assert_eq!(check(&drive, &drive, &spec).is_ok(), without, "{total}");
        // A copy that was opened before checks the room again.
        drive.set_quota(None);
        let planned = open(&drive, &drive, &all).unwrap().plan().unwrap();
        drive.set_quota(Some(total));
        let reserved = drive.reserve(&planned, NOW).map(|ticket| drive.release(ticket));
        assert_eq!(reserved.is_ok(), with_past, "{total}");
    }
    drive.set_quota(None);
    let copy = drive.copy(&all, NOW, usize::MAX).unwrap();
    assert_eq!(drive.quota(NOW).used, 18);
    drive.delete_permanently(copy).unwrap();
    assert_eq!(drive.quota(NOW).used, 9);
}

#[test]
fn a_single_version_is_copied_only_of_a_file_that_has_it() {
    let (mut drive, spec) = case(Profile::PLAIN, "a = 10 B\nd/\n  b\nto/\n", "/a", "/to");
    let (file, old) = (spec.source, drive.content(spec.source).unwrap());
    written(&mut drive, file, &[1]);
    let first = spec.clone().versions(Versions::Number(1));
    // The file has 1 byte now.
    drive.set_quota(Some(11));
    assert_eq!(check(&drive, &drive, &first), Ok(()));
    drive.set_quota(Some(10));
    assert!(matches!(check(&drive, &drive, &first), Err(Error::QuotaExceeded { .. })));
    assert_eq!(check(&drive, &drive, &spec), Ok(()));
    drive.set_quota(None);
    let copy = drive.copy(&first.clone().named("old"), NOW, usize::MAX).unwrap();
    assert_eq!((drive.content(copy), drive.item(copy).unwrap().size), (Ok(old), 10));
    let current = drive.copy(&spec.clone().versions(Versions::Number(2)), NOW, usize::MAX).unwrap();
    assert_eq!(drive.content(current), drive.content(file));
    let missing = check(&drive, &drive, &spec.clone().versions(Versions::Number(3)));
    assert!(matches!(missing, Err(Error::NoVersion { .. })), "{missing:?}");
    let of_folder = CopySpec { source: drive.find("/d").unwrap(), ..first };
    assert!(matches!(check(&drive, &drive, &of_folder), Err(Error::NotAFile { .. })));
    assert!(matches!(check(&drive, &drive, &of_folder.children_only()), Err(Error::NotAFile { .. })));
}

#[test]
fn a_long_name_elsewhere_does_not_affect_the_check_of_paths() {
    // The longest path below the source is /to/a/b/c…, where c… has the units that the limit leaves.
    let (long, at_limit) = ("x".repeat(255), "c".repeat(200));
    let outline = format!("{long}\na/\n  b/\n    {at_limit}\nto/\n");
    let (mut drive, spec) = case(Profile::BUSINESS, &outline, "/a", "/to");
    for (limit, fits) in [("to/a/b/".len() + 200, true), ("to/a/b/".len() + 199, false), (5000, true)] {
        drive.profile.max_path = Some(limit);
        let is_path_too_long = |error: Option<Error>| matches!(error, Some(Error::PathTooLong { .. }));
        assert_eq!(check(&drive, &drive, &spec).is_ok(), fits, "{limit}");
        assert_eq!(is_path_too_long(check(&drive, &drive, &spec).err()), !fits, "{limit}");
        assert_eq!(is_path_too_long(open(&drive, &drive, &spec).err()), !fits, "{limit}");
    }
}
