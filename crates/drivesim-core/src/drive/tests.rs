//! Tests of drives that need their internals: swept tables, reused slots, pins.

use super::*;
use crate::copy::{CopySpec, open};
use crate::fixture::Detail;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn drive_with_file() -> (Drive, ItemId) {
    let mut drive = Drive::new(Profile { max_versions: Some(1), ..Profile::PLAIN }, NOW);
    let file = drive.create_file(drive.root(), "a", Content::from("hi"), Conflict::Fail, NOW).unwrap();
    (drive, file)
}

#[test]
fn unused_names_contents_and_metadata_are_freed() {
    let (mut drive, file) = drive_with_file();
    for number in 0..20_000u32 {
        drive.rename(file, &format!("Name {number}"), NOW).unwrap();
        let at = Timestamp::from_second(i64::from(number)).unwrap();
        drive.write(file, Content::from(format!("content {number}").as_str()), at).unwrap();
    }
    assert!(drive.tree.names.len() < 4000, "{} names", drive.tree.names.len());
    assert!(drive.tree.contents.len() < 4000, "{} contents", drive.tree.contents.len());
    assert!(drive.tree.metadata.len() < 4000, "{} metadata", drive.tree.metadata.len());
    assert_eq!(drive.outline(drive.root(), Detail::Names).unwrap(), "Name 19999 = \"content 19999\"\n");
    assert_eq!(drive.item(file).unwrap().modified_at.as_second(), 19_999);
    assert_eq!(drive.find("/Name 19999"), Ok(file));
    drive.check_invariants();
}

#[test]
fn a_copy_being_built_keeps_the_names_and_contents_it_has_read() {
    let (mut drive, file) = drive_with_file();
    let spec = CopySpec::new(file, drive.root()).named("b");
    let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
    let ticket = drive.reserve(&planned, NOW).unwrap();
    let staged = planned.build(ticket, usize::MAX);
    drive.delete_permanently(file).unwrap();
    let other = drive.create_file(drive.root(), "other", Content::empty(), Conflict::Fail, NOW).unwrap();
    for number in 0..5000 {
        drive.rename(other, &format!("name {number}"), NOW).unwrap();
        drive.write(other, Content::from(format!("{number}").as_str()), NOW).unwrap();
    }
    let copy = drive.attach(staged).unwrap().into_item().unwrap();
    assert_eq!(drive.outline(copy, Detail::Names).unwrap(), "b = \"hi\"\n");
    drive.check_invariants();
}

#[test]
fn a_view_is_not_changed_by_later_writes() {
    let (mut drive, file) = drive_with_file();
    let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
    drive.move_to(file, folder, None, Conflict::Fail, NOW).unwrap();
    let spec = CopySpec::new(folder, drive.root()).named("copy");
    let opened = open(&drive, &drive, &spec).unwrap();
    drive.rename(file, "renamed", NOW).unwrap();
    drive.create_folder(folder, "new", Conflict::Fail, NOW).unwrap();
    drive.delete_permanently(file).unwrap();
    let planned = opened.plan().unwrap();
    let ticket = drive.reserve(&planned, NOW).unwrap();
    let copy = drive.attach(planned.build(ticket, usize::MAX)).unwrap().item;
    assert_eq!(drive.outline(copy, Detail::Names).unwrap(), "a = \"hi\"\n");
}

#[test]
fn a_released_reservation_leaves_no_trace() {
    let (mut drive, file) = drive_with_file();
    for n_files in [1, 400] {
        let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
        for number in 0..n_files {
            drive.create_file(folder, &format!("{number}"), Content::from("x"), Conflict::Fail, NOW).unwrap();
        }
        let spec = CopySpec::new(folder, drive.root()).named("copy");
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        drive.check_invariants();
        drive.release(ticket);
        drive.check_invariants();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        let staged = planned.build(ticket, usize::MAX);
        // The name is taken between `reserve` and `attach`: the copy fails and its reservation is released.
        drive.create_folder(drive.root(), "copy", Conflict::Fail, NOW).unwrap();
        assert!(matches!(drive.attach(staged), Err(Error::NameTaken { .. })));
        drive.check_invariants();
        drive.delete_permanently(drive.find("/copy").unwrap()).unwrap();
        drive.delete_permanently(folder).unwrap();
    }
    assert!(drive.contains(file));
    drive.check_invariants();
}

#[test]
fn repeated_copies_and_deletions_reuse_slots() {
    let (mut drive, file) = drive_with_file();
    let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
    for number in 0..1000 {
        drive.create_file(folder, &format!("{number}"), Content::from("x"), Conflict::Fail, NOW).unwrap();
    }
    let mut n_pages = Vec::new();
    let mut ids = std::collections::HashSet::new();
    for _ in 0..20 {
        let copy = drive.copy(&CopySpec::new(folder, drive.root()).named("copy"), NOW, usize::MAX).unwrap();
        assert!(ids.insert(copy), "an id is used twice");
        let small = drive.copy(&CopySpec::new(file, copy), NOW, usize::MAX).unwrap();
        assert!(ids.insert(small));
        drive.delete_permanently(copy).unwrap();
        n_pages.push(drive.tree.nodes().n_pages());
    }
    assert_eq!(n_pages.first(), n_pages.last(), "{n_pages:?}");
    drive.check_invariants();
}

#[test]
fn repeated_upload_checks_use_no_more_memory_and_change_nothing() {
    let (mut drive, file) = drive_with_file();
    let before = (drive.item(file).unwrap(), drive.outline(drive.root(), Detail::Names).unwrap());
    for number in 0..20_000 {
        drive.check_upload_version(file, Some(&format!("name {number}")), 5).unwrap();
        drive.check_upload(drive.root(), &format!("name {number}"), 5).unwrap();
    }
    assert!(drive.tree.names.len() < 10_000, "{} names are kept", drive.tree.names.len());
    assert_eq!((drive.item(file).unwrap(), drive.outline(drive.root(), Detail::Names).unwrap()), before);
    drive.check_invariants();
}

#[test]
fn an_item_may_change_the_case_of_its_own_name_only() {
    let mut drive = Drive::new(Profile::BUSINESS, NOW);
    let a = drive.create_folder(drive.root(), "Docs", Conflict::Fail, NOW).unwrap();
    let b = drive.create_folder(drive.root(), "Other", Conflict::Fail, NOW).unwrap();
    drive.rename(a, "DOCS", NOW).unwrap();
    assert_eq!(drive.item(a).unwrap().name, "DOCS");
    assert!(matches!(drive.rename(b, "docs", NOW), Err(Error::NameTaken { .. })));
    assert_eq!(drive.find("/dOcS"), Ok(a));
    drive.check_invariants();
}

#[test]
fn a_plain_drive_numbers_names_of_different_case_separately() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    for (name, expected) in [("a", "a"), ("a", "a 1"), ("a", "a 2"), ("A", "A"), ("A", "A 1")] {
        let folder = drive.create_folder(drive.root(), name, Conflict::Rename, NOW).unwrap();
        assert_eq!(drive.item(folder).unwrap().name, expected);
    }
}

/// Renames and rewrites the file in a clone of the drive, often enough to make a sweep due.
fn renamed_and_rewritten(drive: &Drive, file: ItemId, prefix: &str) -> Drive {
    let mut drive = drive.clone();
    for number in 0..10_000u32 {
        drive.rename(file, &format!("{prefix} {number}"), NOW).unwrap();
        drive.write(file, Content::from(format!("{prefix} {number}").as_str()), NOW).unwrap();
    }
    drive.check_invariants();
    drive
}

#[test]
fn a_clone_and_its_original_are_both_swept() {
    let (drive, file) = drive_with_file();
    // A view of the original delays its sweeps, not those of the clone.
    let view = drive.tree.pin();
    let one = renamed_and_rewritten(&drive, file, "one");
    let two = renamed_and_rewritten(&one, file, "two");
    drop(view);
    for (drive, name) in [(&one, "one 9999"), (&two, "two 9999")] {
        assert!(drive.tree.names.len() < 4000, "{} names", drive.tree.names.len());
        assert!(drive.tree.contents.len() < 4000, "{} contents", drive.tree.contents.len());
        assert_eq!(drive.find(&format!("/{name}")), Ok(file));
    }
    assert_eq!(drive.find("/a"), Ok(file));
}

#[test]
fn a_clone_releases_the_reservation_of_a_copy_being_built() {
    // Few items take single slots, many take whole pages.
    for n_files in [3, 1000] {
        let mut drive = Drive::new(Profile::PLAIN, NOW);
        let docs = drive.create_folder(drive.root(), "Docs", Conflict::Fail, NOW).unwrap();
        for number in 0..n_files {
            let content = drive.generated(1 << 50);
            drive.create_file(docs, &format!("{number}"), content, Conflict::Fail, NOW).unwrap();
        }
        let spec = CopySpec::new(docs, drive.root()).named("copy").gradual();
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        let staged = planned.build(ticket, usize::MAX);
        let mut clone = drive.clone();
        assert_eq!((clone.tree.reserved.n_items, clone.tree.reserved.n_bytes), (0, 0));
        clone.check_invariants();
        clone.copy(&CopySpec::new(docs, clone.root()).named("copy"), NOW, usize::MAX).unwrap();
        clone.check_invariants();
        let mut attached = drive.attach(staged).unwrap().attached;
        let mut forked = drive.clone();
        forked.check_invariants();
        // Both copies continue, each in its drive.
        assert_eq!(forked.reveal(&mut attached.clone(), usize::MAX), []);
        drive.check_invariants();
        assert!(drive.find("/copy").is_err());
        assert_eq!(drive.reveal(&mut attached, usize::MAX), []);
        for drive in [&drive, &clone, &forked] {
            drive.check_invariants();
            assert_eq!(
                drive.outline(drive.find("/copy").unwrap(), Detail::Names),
                drive.outline(docs, Detail::Names)
            );
        }
    }
}

#[test]
fn a_clone_numbers_names_independently() {
    let (mut drive, _) = drive_with_file();
    let numbered = |drive: &mut Drive| {
        let id = drive.create_file(drive.root(), "a", Content::empty(), Conflict::Rename, NOW).unwrap();
        (id, drive.path(id).unwrap())
    };
    numbered(&mut drive);
    let mut clone = drive.clone();
    let first = numbered(&mut drive);
    assert_eq!(first.1, "/a 2");
    assert_eq!(numbered(&mut clone), first, "the same calls give the same names and ids");
    drive.delete_permanently(first.0).unwrap();
    assert_eq!(numbered(&mut clone).1, "/a 3");
    assert_eq!(numbered(&mut drive).1, "/a 2");
}

#[test]
fn a_page_has_at_least_one_item_whatever_the_limit() {
    let (mut drive, _) = drive_with_file();
    let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
    for name in ["a", "b"] {
        drive.create_folder(folder, name, Conflict::Fail, NOW).unwrap();
    }
    let first = drive.children_after(folder, None, 0).unwrap();
    assert_eq!(first, drive.children_after(folder, None, 1).unwrap());
    assert_eq!((first.items.len(), first.next_after.as_deref()), (1, Some("a")));
    assert_eq!(drive.children_after(folder, Some("a"), 0).unwrap().next_after, None);
}

#[test]
fn items_freed_in_portions_disappear_immediately_and_their_slots_are_reused() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    drive.reclaim_in_portions();
    let top = drive.create_folder(drive.root(), "top", Conflict::Fail, NOW).unwrap();
    let (mut folder, mut below) = (top, Vec::new());
    for level in 0..400 {
        for file in 0..60 {
            let name = format!("{file}.txt");
            below.push(drive.create_file(folder, &name, Content::from("x"), Conflict::Fail, NOW).unwrap());
        }
        folder = drive.create_folder(folder, &format!("level {level}"), Conflict::Fail, NOW).unwrap();
        below.push(folder);
    }
    let n_used = drive.tree.arena.n_used();
    drive.delete_permanently(top).unwrap();
    assert!(drive.has_reclaimable() && drive.tree.arena.n_used() > n_used / 2, "a portion is a small part");
    assert_eq!(drive.item(drive.root()).unwrap().size, 0);
    let mut n_portions = 1;
    loop {
        assert!(below.iter().all(|&id| !drive.contains(id)));
        // Reusing a slot that is free by now does not restore the items that were below it.
        drive.create_folder(drive.root(), &format!("new {n_portions}"), Conflict::Fail, NOW).unwrap();
        if !drive.reclaim_some().more {
            break;
        }
        n_portions += 1;
    }
    assert!(n_portions > 1);
    drive.check_invariants();
    assert_eq!(drive.tree.arena.n_used(), 1 + n_portions);
}

#[test]
fn each_table_is_swept_independently() {
    let names =
        |drive: &mut Drive, file, number: u32| drive.rename(file, &format!("Name {number}"), NOW).unwrap();
    let contents = |drive: &mut Drive, file, number: u32| {
        drive.write(file, Content::from(format!("content {number}").as_str()), NOW).unwrap();
    };
    let metadata = |drive: &mut Drive, _, number: u32| {
        let at = Timestamp::from_second(i64::from(number)).unwrap();
        let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, at).unwrap();
        drive.delete_permanently(folder).unwrap();
    };
    type Change = fn(&mut Drive, ItemId, u32);
    let changes: [(&str, Change); 3] = [("names", names), ("contents", contents), ("metadata", metadata)];
    for (what, change) in changes {
        let (mut drive, file) = drive_with_file();
        (0..10_000).for_each(|number| change(&mut drive, file, number));
        let tree = &drive.tree;
        for (table, len) in [
            ("names", tree.names.len()),
            ("contents", tree.contents.len()),
            ("metadata", tree.metadata.len()),
        ] {
            assert!(len < 4000, "{len} {table} after 10,000 changes of {what}");
        }
    }
}

#[test]
fn a_folder_in_a_reused_slot_has_no_cached_numbers() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    let mut slots = Vec::new();
    for n_files in [3, 1] {
        let folder = drive.create_folder(drive.root(), "d", Conflict::Fail, NOW).unwrap();
        slots.push(folder.slot);
        for _ in 0..n_files {
            drive.create_file(folder, "a", Content::empty(), Conflict::Rename, NOW).unwrap();
        }
        let next = drive.create_file(folder, "a", Content::empty(), Conflict::Rename, NOW).unwrap();
        assert_eq!(drive.item(next).unwrap().name, format!("a {n_files}"));
        drive.delete_permanently(folder).unwrap();
    }
    assert_eq!(slots[0], slots[1]);
}

#[test]
fn an_item_in_the_bin_is_named_by_the_path_it_was_deleted_from() {
    let mut drive = Drive::new(Profile::BUSINESS, NOW);
    let above = drive.create_folder(drive.root(), "above", Conflict::Fail, NOW).unwrap();
    let folder = drive.create_folder(above, "d", Conflict::Fail, NOW).unwrap();
    let file = drive.create_file(folder, "f", Content::from("x"), Conflict::Fail, NOW).unwrap();
    assert_eq!(drive.display_path(file.slot), "/above/d/f");
    drive.delete(file, NOW).unwrap();
    assert_eq!(drive.display_path(file.slot), "/above/d/f");
    drive.delete(folder, NOW).unwrap();
    assert_eq!(
        (drive.display_path(folder.slot), drive.display_path(file.slot)),
        ("/above/d".into(), "/above/d/f".into())
    );
    drive.delete_permanently(above).unwrap();
    assert_eq!(drive.display_path(folder.slot), "/d", "the folder it was in is gone for good");
}
