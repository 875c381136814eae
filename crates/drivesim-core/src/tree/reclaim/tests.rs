//! Tests that freeing in portions leaves nothing behind.

use jiff::Timestamp;

use crate::access::Access;
use crate::conflict::Conflict;
use crate::content::Content;
use crate::copy::{CopySpec, open};
use crate::drive::{Drive, FULL_SCAN_LIMIT};
use crate::item::ItemId;
use crate::profile::Profile;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Fills a folder: every tenth item is a folder, every second of these holds a file; the others are files, every
/// seventh has versions, every ninth a description.
fn fill(drive: &mut Drive, folder: ItemId, numbers: impl Iterator<Item = u32>) {
    for number in numbers {
        let name = format!("{number:05}");
        if number % 10 == 1 {
            let inner = drive.create_folder(folder, &name, Conflict::Fail, NOW).unwrap();
            if number % 20 == 1 {
                drive.create_file(inner, "inside", Content::from("x"), Conflict::Fail, NOW).unwrap();
            }
            continue;
        }
        let file = drive.create_file(folder, &name, Content::from("x"), Conflict::Fail, NOW).unwrap();
        if number % 7 == 0 {
            drive.write(file, Content::from("xy"), NOW).unwrap();
        }
        if number % 9 == 0 {
            drive.set_description(file, &name, NOW).unwrap();
        }
    }
}

fn free_all(drive: &mut Drive) -> usize {
    let mut n_portions = 0;
    while drive.has_reclaimable() {
        n_portions += 1;
        drive.reclaim_some();
    }
    n_portions
}

#[test]
fn a_folder_of_all_kinds_of_items_is_freed_whole() {
    let mut drive = Drive::new(Profile::BUSINESS, NOW);
    drive.reclaim_in_portions();
    let used = |drive: &Drive| {
        let tree = &drive.tree;
        let tables = (tree.metadata.n_used(), tree.histories.n_used());
        (tree.arena.n_used(), tables, tree.past, tree.hidden_bytes, tree.n_hidden, drive.quota(NOW).used)
    };
    let before = used(&drive);
    for step in [1u32, 7, 1001] {
        let folder = drive.create_folder(drive.root(), "all", Conflict::Fail, NOW).unwrap();
        // In order, and in two other orders: a step without a common factor visits each number once.
        fill(
            &mut drive,
            folder,
            (0..1500).map(|number| number * step % 1500).filter(|number| number % 50 != 3),
        );
        let copy = drive.copy(&CopySpec::new(folder, drive.root()).named("copy"), NOW, usize::MAX).unwrap();
        let few = drive.create_folder(folder, "few", Conflict::Fail, NOW).unwrap();
        fill(&mut drive, few, [3, 1, 2].into_iter());
        drive.check_invariants();
        for top in [copy, folder] {
            drive.delete_permanently(top).unwrap();
            assert!(drive.has_reclaimable(), "many items are not freed at once");
            free_all(&mut drive);
            drive.check_invariants();
        }
        assert_eq!(used(&drive), before, "{step}");
    }
}

#[test]
fn hidden_items_in_a_deleted_folder_are_freed_once() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    drive.reclaim_in_portions();
    let mut folder = drive.create_folder(drive.root(), "docs", Conflict::Fail, NOW).unwrap();
    let (top, to) = (folder, drive.create_folder(drive.root(), "to", Conflict::Fail, NOW).unwrap());
    for name in ["year", "quarter", "deep"] {
        folder = drive.create_folder(folder, name, Conflict::Fail, NOW).unwrap();
    }
    for number in 0..1200 {
        drive.create_file(folder, &format!("{number:04}"), Content::from("x"), Conflict::Fail, NOW).unwrap();
    }
    let n_used = drive.tree.arena.n_used();
    for n_seen in [1, 2, 3, 100] {
        for (frees_before, n_more) in [(0, 0), (0, 300), (1, 0), (1, 300), (usize::MAX, 300)] {
            let planned = open(&drive, &drive, &CopySpec::new(top, to).gradual()).unwrap().plan().unwrap();
            let ticket = drive.reserve(&planned, NOW).unwrap();
            let mut attached = drive.attach(planned.build(ticket, usize::MAX)).unwrap().attached;
            drive.reveal(&mut attached, n_seen);
            // Items that were moved away stay; hidden items in them are dropped with the rest of the copy.
            let moved = drive.find("/to/docs/year").ok();
            if let Some(moved) = moved {
                drive.move_to(moved, drive.root(), None, Conflict::Fail, NOW).unwrap();
            }
            drive.delete_permanently(drive.find("/to/docs").unwrap()).unwrap();
            let mut n_freed = 0;
            while n_freed < frees_before && drive.has_reclaimable() {
                drive.reclaim_some();
                n_freed += 1;
            }
            assert!(!drive.can_fill(&attached));
            drive.reveal(&mut attached, n_seen + n_more);
            drive.drop_rest(attached);
            if let Some(moved) = moved {
                drive.delete_permanently(moved).unwrap();
            }
            free_all(&mut drive);
            drive.check_invariants();
            assert_eq!(drive.tree.arena.n_used(), n_used, "{n_seen} {frees_before}");
            assert_eq!((drive.tree.hidden_bytes, drive.tree.n_hidden), (0, 0));
        }
    }
}

#[test]
fn ids_and_access_levels_are_dropped_with_their_items() {
    for n_given in [10, FULL_SCAN_LIMIT as u32 + 1] {
        let mut drive = Drive::new(Profile::BOX, NOW);
        drive.reclaim_in_portions();
        let mut number = 1000;
        for name in ["removed", "kept"] {
            let folder = drive.create_folder(drive.root(), name, Conflict::Fail, NOW).unwrap();
            fill(&mut drive, folder, (0..4000).filter(|number| number % 10 != 1));
            let files = drive.children(folder).unwrap();
            for file in files.into_iter().take(n_given as usize) {
                number += 1;
                drive.set_access(file.id, Some(Access::Write)).unwrap();
                drive.set_wire_id(file.id, Some(&number.to_string())).unwrap();
            }
        }
        drive.delete_permanently(drive.find("/removed").unwrap()).unwrap();
        free_all(&mut drive);
        drive.check_invariants();
        assert_eq!(
            (drive.n_access_levels(), drive.wire_ids().n_items()),
            (n_given as usize, n_given as usize)
        );
        // Freeing one item drops its id and level without a search among the others.
        let file = drive.children(drive.find("/kept").unwrap()).unwrap().remove(0);
        drive.delete_permanently(file.id).unwrap();
        assert_eq!(
            (drive.n_access_levels(), drive.wire_ids().n_items()),
            (n_given as usize - 1, n_given as usize - 1)
        );
    }
}

#[test]
fn condemned_items_are_not_found_and_are_freed_in_any_order() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    drive.reclaim_in_portions();
    let (removed, kept) = (0, 1);
    let folders =
        ["removed", "kept"].map(|name| drive.create_folder(drive.root(), name, Conflict::Fail, NOW).unwrap());
    let mut ids = [Vec::new(), Vec::new()];
    for number in 0..9000 {
        for which in [removed, kept] {
            let name = format!("{number}");
            let file =
                drive.create_file(folders[which], &name, Content::from("x"), Conflict::Fail, NOW).unwrap();
            ids[which].push(file);
        }
    }
    drive.delete_permanently(folders[removed]).unwrap();
    let scanned = drive.scan_reclaimable().unwrap().run();
    drive.condemn(scanned);
    let mut n_portions = 0;
    while drive.has_reclaimable() {
        assert!(ids[removed].iter().all(|&id| !drive.contains(id) && drive.tree.arena.slot(id).is_none()));
        assert!(ids[kept].iter().all(|&id| drive.contains(id)));
        // Slots that are already free are reused.
        drive.create_folder(drive.root(), &format!("new {n_portions}"), Conflict::Fail, NOW).unwrap();
        drive.reclaim_some();
        n_portions += 1;
    }
    assert!(n_portions > 3);
    drive.check_invariants();
    assert_eq!(drive.tree.arena.n_used(), 1 + 1 + 9000 + n_portions);
}
