//! What cannot be seen through the face: tables that are swept, slots that are used again, pins that hold.

use super::*;
use crate::copy::{CopySpec, open};
use crate::seed::Detail;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn drive_with_file() -> (Drive, ItemId) {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    let file = drive.create_file(drive.root(), "a", Content::from("hi"), Conflict::Fail, NOW).unwrap();
    (drive, file)
}

#[test]
fn names_contents_and_times_that_nothing_uses_are_given_back() {
    let (mut drive, file) = drive_with_file();
    for number in 0..20_000u32 {
        drive.rename(file, &format!("Name {number}")).unwrap();
        let at = Timestamp::from_second(i64::from(number)).unwrap();
        drive.write(file, Content::from(format!("content {number}").as_str()), at).unwrap();
    }
    assert!(drive.tree.names.len() < 4000, "{} names", drive.tree.names.len());
    assert!(drive.tree.contents.len() < 4000, "{} contents", drive.tree.contents.len());
    assert!(drive.tree.stamps.len() < 4000, "{} stamps", drive.tree.stamps.len());
    assert_eq!(drive.outline(drive.root(), Detail::Names).unwrap(), "Name 19999 = \"content 19999\"\n");
    assert_eq!(drive.item(file).unwrap().modified_at.as_second(), 19_999);
    assert_eq!(drive.find("/Name 19999"), Ok(file));
    drive.check_invariants();
}

#[test]
fn a_copy_that_is_being_made_keeps_the_names_and_contents_it_has_read() {
    let (mut drive, file) = drive_with_file();
    let spec = CopySpec::new(file, drive.root()).named("b");
    let planned = open(&drive, &drive, &spec).unwrap().plan(usize::MAX).unwrap();
    let ticket = drive.reserve(&planned, NOW).unwrap();
    let staged = planned.fill(ticket, usize::MAX);
    drive.delete(file).unwrap();
    let other = drive.create_file(drive.root(), "other", Content::empty(), Conflict::Fail, NOW).unwrap();
    for number in 0..5000 {
        drive.rename(other, &format!("name {number}")).unwrap();
        drive.write(other, Content::from(format!("{number}").as_str()), NOW).unwrap();
    }
    let copy = drive.attach(staged).unwrap().into_item().unwrap();
    assert_eq!(drive.outline(copy, Detail::Names).unwrap(), "b = \"hi\"\n");
    drive.check_invariants();
}

#[test]
fn a_view_is_not_changed_by_what_is_written_after_it() {
    let (mut drive, file) = drive_with_file();
    let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
    drive.move_to(file, folder, None, Conflict::Fail).unwrap();
    let spec = CopySpec::new(folder, drive.root()).named("copy");
    let opened = open(&drive, &drive, &spec).unwrap();
    drive.rename(file, "renamed").unwrap();
    drive.create_folder(folder, "new", Conflict::Fail, NOW).unwrap();
    drive.delete(file).unwrap();
    let planned = opened.plan(usize::MAX).unwrap();
    let ticket = drive.reserve(&planned, NOW).unwrap();
    let copy = drive.attach(planned.fill(ticket, usize::MAX)).unwrap().item;
    assert_eq!(drive.outline(copy, Detail::Names).unwrap(), "a = \"hi\"\n");
}

#[test]
fn room_that_is_given_back_leaves_no_trace() {
    let (mut drive, file) = drive_with_file();
    for n_files in [1, 400] {
        let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
        for number in 0..n_files {
            drive.create_file(folder, &format!("{number}"), Content::from("x"), Conflict::Fail, NOW).unwrap();
        }
        let spec = CopySpec::new(folder, drive.root()).named("copy");
        let planned = open(&drive, &drive, &spec).unwrap().plan(usize::MAX).unwrap();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        drive.check_invariants();
        drive.give_back(ticket);
        drive.check_invariants();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        let staged = planned.fill(ticket, usize::MAX);
        // The name is taken between start and attach: the copy is refused and its room given back.
        drive.create_folder(drive.root(), "copy", Conflict::Fail, NOW).unwrap();
        assert!(matches!(drive.attach(staged), Err(Error::NameTaken { .. })));
        drive.check_invariants();
        drive.delete(drive.find("/copy").unwrap()).unwrap();
        drive.delete(folder).unwrap();
    }
    assert!(drive.contains(file));
    drive.check_invariants();
}

#[test]
fn copies_and_deletes_again_and_again_take_no_more_slots() {
    let (mut drive, file) = drive_with_file();
    let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
    for number in 0..1000 {
        drive.create_file(folder, &format!("{number}"), Content::from("x"), Conflict::Fail, NOW).unwrap();
    }
    let mut n_pages = Vec::new();
    let mut ids = std::collections::HashSet::new();
    for _ in 0..20 {
        let copy = drive.copy(&CopySpec::new(folder, drive.root()).named("copy"), NOW, usize::MAX).unwrap();
        assert!(ids.insert(copy), "an id is given twice");
        let small = drive.copy(&CopySpec::new(file, copy), NOW, usize::MAX).unwrap();
        assert!(ids.insert(small));
        drive.delete(copy).unwrap();
        n_pages.push(drive.tree.nodes().n_pages());
    }
    assert_eq!(n_pages.first(), n_pages.last(), "{n_pages:?}");
    drive.check_invariants();
}

#[test]
fn a_case_of_its_own_name_is_free_and_another_items_is_not() {
    let mut drive = Drive::new(Profile::BUSINESS, NOW);
    let a = drive.create_folder(drive.root(), "Docs", Conflict::Fail, NOW).unwrap();
    let b = drive.create_folder(drive.root(), "Other", Conflict::Fail, NOW).unwrap();
    drive.rename(a, "DOCS").unwrap();
    assert_eq!(drive.item(a).unwrap().name, "DOCS");
    assert!(matches!(drive.rename(b, "docs"), Err(Error::NameTaken { .. })));
    assert_eq!(drive.find("/dOcS"), Ok(a));
    drive.check_invariants();
}

#[test]
fn plain_numbers_of_names_in_other_case_are_their_own() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    for (name, expected) in [("a", "a"), ("a", "a 1"), ("a", "a 2"), ("A", "A"), ("A", "A 1")] {
        let made = drive.create_folder(drive.root(), name, Conflict::Rename, NOW).unwrap();
        assert_eq!(drive.item(made).unwrap().name, expected);
    }
}
