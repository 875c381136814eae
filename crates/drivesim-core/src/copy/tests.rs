//! Tests of copies at the level of one drive: outlines in, outlines out.

mod replacing;

use jiff::Timestamp;

use super::*;
use crate::child_list::INDEX_FROM;
use crate::content::Content;
use crate::fixture::Detail;
use crate::outline::parse;
use crate::profile::Profile;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const NEVER_PARALLEL: usize = usize::MAX;

pub(crate) fn drive(profile: Profile, outline: &str) -> Drive {
    let outline = parse(outline).unwrap();
    Drive::from_lines(profile, &outline.drives[0].lines, NOW).unwrap()
}

fn text(drive: &Drive) -> String {
    drive.check_invariants();
    drive.outline(drive.root(), Detail::Names).unwrap()
}

fn canonical(outline: &str) -> String {
    text(&drive(Profile::PLAIN, outline))
}

/// Starts a copy and attaches it.
fn start(drive: &mut Drive, spec: &CopySpec) -> Result<Attached, Error> {
    check(drive, drive, spec)?;
    let planned = open(drive, drive, spec)?.plan()?;
    let ticket = drive.reserve(&planned, NOW)?;
    let staged = planned.build(ticket, NEVER_PARALLEL);
    drive.attach(staged)
}

fn spec(drive: &Drive, source: &str, target: &str) -> CopySpec {
    CopySpec::new(drive.find(source).unwrap(), drive.find(target).unwrap())
}

const DOCS: &str = "
    Archive/
    Docs/
      2024/
        q1.xlsx = 3 B
      notes.txt = \"hello\"
";

#[test]
fn copies_a_folder_with_everything_below_it() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").named("Docs (old)");
    let copy = drive.copy(&spec, NOW, NEVER_PARALLEL).unwrap();
    assert_eq!(drive.path(copy).unwrap(), "/Archive/Docs (old)");
    assert_eq!(drive.item(drive.find("/Archive").unwrap()).unwrap().size, 8);
    let expected = "
        Archive/
          Docs (old)/
            2024/
              q1.xlsx = 3 B
            notes.txt = \"hello\"
        Docs/
          2024/
            q1.xlsx = 3 B
          notes.txt = \"hello\"
    ";
    assert_eq!(text(&drive), canonical(expected));
}

#[test]
fn copies_children_without_their_folder() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").children_only();
    assert_eq!(drive.copy(&spec, NOW, NEVER_PARALLEL), drive.find("/Archive"));
    assert_eq!(drive.item(drive.find("/Archive").unwrap()).unwrap().child_count, 2);
    text(&drive);
}

/// Creates a folder with `n_folders` folders of `n_files` files and another folder each; every other one in an order
/// that no listing has.
fn wide(profile: Profile, n_folders: u32, n_files: u32) -> Drive {
    let mut drive = Drive::new(profile, NOW);
    let top = drive.create_folder(drive.root(), "Source", Conflict::Fail, NOW).unwrap();
    for folder in 0..n_folders {
        let parent = drive.create_folder(top, &format!("F{folder}"), Conflict::Fail, NOW).unwrap();
        for file in 0..n_files {
            // A step that is coprime to the number visits each once.
            let number = if folder % 2 == 0 { file } else { file * 7919 % n_files };
            let content = Content::from("x".repeat(number as usize % 9).as_str());
            drive.create_file(parent, &format!("N{number}.txt"), content, Conflict::Fail, NOW).unwrap();
        }
        let inner = drive.create_folder(parent, "z", Conflict::Fail, NOW).unwrap();
        drive.create_file(inner, "last", Content::from("x"), Conflict::Fail, NOW).unwrap();
    }
    drive
}

fn copied(drive: &mut Drive, spec: &CopySpec, parallel_from: usize) -> Attached {
    let planned = open(drive, drive, spec).unwrap().plan().unwrap();
    let ticket = drive.reserve(&planned, NOW).unwrap();
    let attached = drive.attach(planned.build(ticket, parallel_from)).unwrap();
    drive.check_invariants();
    attached
}

#[test]
fn serial_and_parallel_copies_are_equal() {
    // Folders with and without an index; one that several tasks share; more items than a chunk of pages has.
    for (profile, n_folders, n_files) in [
        (Profile::PLAIN, 4, 300),
        (Profile::BUSINESS, 60, 290),
        (Profile::PLAIN, 2, 4001),
        (Profile::PLAIN, 100, 20),
    ] {
        let profile = Profile { max_copy_items: None, ..profile };
        let mut serial = wide(profile, n_folders, n_files);
        let mut parallel = serial.clone();
        let spec = spec(&serial, "/Source", "/").named("Copy");
        let a = copied(&mut serial, &spec, NEVER_PARALLEL);
        let b = copied(&mut parallel, &spec, 1);
        assert_eq!((a.n_tasks, b.n_tasks > 1, b.item), (0, a.n_items > 3072, a.item));
        assert_eq!(parallel.outline(b.item, Detail::Names), serial.outline(a.item, Detail::Names));
        assert_eq!(serial.outline(a.item, Detail::Names), serial.outline(spec.source, Detail::Names));
        for path in ["/Source/F1/N7.txt", "/Copy/F1/N7.txt", "/Copy/F1/z/last"] {
            assert_eq!(serial.find(path), parallel.find(path));
            assert!(serial.find(path).is_ok(), "{path}");
        }
        let other_case = serial.find("/copy/f1/n7.TXT");
        assert_eq!(other_case.is_ok(), profile_folds(&serial), "{other_case:?}");
        // A copy of a copy has its index.
        let again = serial.copy(&CopySpec::new(a.item, serial.root()).named("Again"), NOW, 1).unwrap();
        serial.check_invariants();
        assert_eq!(serial.outline(again, Detail::Names), serial.outline(a.item, Detail::Names));
    }
}

#[test]
fn folders_around_the_index_threshold_are_copied() {
    for n_files in [INDEX_FROM - 1, INDEX_FROM, INDEX_FROM + 1] {
        for (profile, step) in
            [(Profile::PLAIN, 1), (Profile::BUSINESS, 1), (Profile::PLAIN, 101), (Profile::BUSINESS, 101)]
        {
            let mut drive = Drive::new(profile, NOW);
            let source = drive.create_folder(drive.root(), "Source", Conflict::Fail, NOW).unwrap();
            // A step that is coprime to the number visits each once.
            for number in 0..n_files {
                let name = format!("N{:03}", number * step % n_files);
                drive.create_file(source, &name, Content::empty(), Conflict::Fail, NOW).unwrap();
            }
            let spec = CopySpec::new(source, drive.root());
            copied(&mut drive, &spec.clone().named("at once"), NEVER_PARALLEL);
            let mut attached = start(&mut drive, &spec.named("gradual").gradual()).unwrap().attached;
            for n_revealed in [100, n_files as usize + 1] {
                drive.reveal(&mut attached, n_revealed);
                drive.check_invariants();
            }
            for (path, other) in [("/at once/N007", "/at once/n007"), ("/gradual/N200", "/gradual/n200")] {
                assert!(drive.find(path).is_ok(), "{path} {n_files}");
                assert_eq!(drive.find(other).is_ok(), profile_folds(&drive), "{other} {n_files}");
            }
        }
    }
}

#[test]
fn a_folder_with_a_fragmented_order_is_copied_by_several_tasks() {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    let source = drive.create_folder(drive.root(), "Source", Conflict::Fail, NOW).unwrap();
    let mut files = Vec::new();
    for number in 0..9000 {
        let name = format!("{:05}", 2 * number);
        files.push(drive.create_file(source, &name, Content::empty(), Conflict::Fail, NOW).unwrap());
    }
    for number in [1000, 4000, 4001, 7000] {
        let name = format!("{:05}", 2 * number + 1);
        drive.create_file(source, &name, Content::empty(), Conflict::Fail, NOW).unwrap();
        drive.delete_permanently(files[number + 300]).unwrap();
    }
    let spec = CopySpec::new(source, drive.root()).named("Copy");
    let copy = copied(&mut drive, &spec, 1);
    assert!(copy.n_tasks > 2);
    assert_eq!(drive.outline(copy.item, Detail::Names), drive.outline(source, Detail::Names));
}

#[test]
fn a_large_copy_that_fills_a_gap_does_not_change_the_slots_behind_it() {
    let mut drive = wide(Profile::PLAIN, 60, 290);
    let copy = |drive: &mut Drive, name| copied(drive, &spec(drive, "/Source", "/").named(name), 1).item;
    let (gap, behind) = (copy(&mut drive, "gap"), copy(&mut drive, "behind"));
    let before = drive.outline(behind, Detail::Names);
    drive.delete_permanently(gap).unwrap();
    let filled = copy(&mut drive, "filled");
    assert_eq!((filled.slot, filled == gap), (gap.slot, false));
    assert_eq!(
        (drive.outline(behind, Detail::Names), drive.outline(filled, Detail::Names)),
        (before.clone(), before)
    );
}

fn profile_folds(drive: &Drive) -> bool {
    drive.profile().names.case == crate::name::Case::Folded
}

#[test]
fn a_plan_has_the_number_and_the_sizes_of_the_items() {
    let drive = drive(Profile::PLAIN, DOCS);
    for (spec, expected) in [
        (spec(&drive, "/Docs", "/Archive"), &[0, 0, 5, 3][..]),
        (spec(&drive, "/Docs", "/Archive").children_only(), &[0, 5, 3]),
        (spec(&drive, "/Docs/notes.txt", "/Archive"), &[5]),
        (spec(&drive, "/Archive", "/Docs"), &[0]),
    ] {
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let mut sizes = planned.sizes();
        for (at, &size) in expected.iter().enumerate() {
            assert_eq!((sizes.len(), sizes.next()), (expected.len() - at, Some(size)), "{spec:?}");
        }
        assert_eq!((sizes.len(), sizes.next()), (0, None));
        drop(sizes);
        assert_eq!((planned.n_items(), planned.n_bytes()), (expected.len(), expected.iter().sum()));
    }
}

#[test]
fn a_copy_without_nonempty_folders_keeps_no_view_of_the_nodes() {
    let mut drive = drive(Profile::BOX, "a = \"hi\"\nempty/\nto/\nfiles/\n  b\n  c = 3 B\n");
    drive.write(drive.find("/a").unwrap(), Content::from("hello"), NOW).unwrap();
    for (spec, text) in [
        (spec(&drive, "/a", "/to"), "a = \"hello\"\n"),
        (spec(&drive, "/a", "/to").versions(Versions::All), "a = \"hello\"\n"),
        (spec(&drive, "/a", "/to").versions(Versions::Number(1)), "a = \"hi\"\n"),
        (spec(&drive, "/empty", "/to"), "empty/\n"),
        (spec(&drive, "/files", "/to").children_only(), "b\nc = 3 B\n"),
    ] {
        let mut drive = drive.clone();
        let mut planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        assert_eq!(planned.opened.view.nodes.n_pages(), 0);
        while drive.import(&mut planned, 1, NOW).unwrap() {}
        let ticket = drive.reserve(&planned, NOW).unwrap();
        drive.attach(planned.build(ticket, NEVER_PARALLEL)).unwrap();
        drive.check_invariants();
        assert_eq!(drive.outline(spec.target, Detail::Names).unwrap().replace(", 2 versions", ""), text);
    }
    let planned = open(&drive, &drive, &spec(&drive, "/files", "/to")).unwrap().plan().unwrap();
    assert!(planned.opened.view.nodes.n_pages() > 0);
}

#[test]
fn hidden_items_of_another_copy_are_not_copied() {
    let mut drive = drive(Profile::PLAIN, "Docs/\n  a\n  b\n  c\nto/\n");
    let gradual = spec(&drive, "/Docs", "/to").gradual();
    let mut attached = start(&mut drive, &gradual).unwrap().attached;
    drive.reveal(&mut attached, 3);
    // Another client's file sorts after the hidden items.
    let folder = drive.find("/to/Docs").unwrap();
    drive.create_file(folder, "d", Content::empty(), Conflict::Fail, NOW).unwrap();
    let copy = drive.copy(&spec(&drive, "/to", "/").named("copy"), NOW, NEVER_PARALLEL).unwrap();
    assert_eq!(drive.outline(copy, Detail::Names).unwrap(), "Docs/\n  a\n  b\n  d\n");
    drive.reveal(&mut attached, 4);
    text(&drive);
}

#[test]
fn a_copy_that_replaces_a_file_changes_sizes_by_the_difference() {
    for gradual in [false, true] {
        let mut drive = drive(Profile::PLAIN, "a = 3 B\nto/\n  a = 10 B\n  b = 1 B\n");
        let spec = spec(&drive, "/a", "/to").on_conflict(Conflict::Replace);
        if gradual {
            let mut attached = start(&mut drive, &spec.gradual()).unwrap().attached;
            assert!(drive.can_fill(&attached));
            drive.reveal(&mut attached, 1);
        } else {
            drive.copy(&spec, NOW, NEVER_PARALLEL).unwrap();
        }
        let sizes = ["/to", "/"].map(|path| drive.item(drive.find(path).unwrap()).unwrap().size);
        assert_eq!(sizes, [4, 7]);
        text(&drive);
    }
}

#[test]
fn a_copy_appears_in_the_change_feed_and_changes_the_tags_above() {
    let later = Timestamp::from_second(9).unwrap();
    for n_files in [1, 200] {
        let mut drive = drive(Profile::PERSONAL, "Docs/\nto/\n");
        let docs = drive.find("/Docs").unwrap();
        for number in 0..n_files {
            drive.create_file(docs, &format!("{number}"), Content::empty(), Conflict::Fail, NOW).unwrap();
        }
        let (target, token) = (drive.find("/to").unwrap(), drive.change_token());
        let before = drive.item(target).unwrap().ctag;
        let copy = drive.copy(&CopySpec::new(docs, target), later, NEVER_PARALLEL).unwrap();
        let feed = drive.changes(Some(token), 1000).unwrap();
        assert!(feed.changes.len() > n_files, "{feed:?}");
        assert_ne!(drive.item(target).unwrap().ctag, before);
        assert_eq!(
            (drive.item(copy).unwrap().created_at, drive.item(docs).unwrap().created_at),
            (later, NOW)
        );
        let empty = drive.create_folder(drive.root(), "empty", Conflict::Fail, NOW).unwrap();
        let before = drive.item(target).unwrap().ctag;
        drive.copy(&CopySpec::new(empty, target).children_only(), later, NEVER_PARALLEL).unwrap();
        assert_eq!(drive.item(target).unwrap().ctag, before, "nothing was copied");
    }
}

#[test]
fn a_gradual_copy_reports_its_progress_and_whether_it_can_continue() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").gradual();
    let mut attached = start(&mut drive, &spec).unwrap().attached;
    for (n_revealed, n_bytes) in [(0, 0), (1, 0), (2, 0), (3, 5), (4, 8)] {
        drive.reveal(&mut attached, n_revealed);
        assert_eq!(
            (attached.n_items(), attached.n_revealed(), attached.n_bytes_revealed()),
            (4, n_revealed, n_bytes)
        );
        assert!(drive.can_fill(&attached));
    }
    let children = spec.clone().children_only().on_conflict(Conflict::Rename);
    let attached = start(&mut drive, &children).unwrap().attached;
    assert!(drive.can_fill(&attached));
    drive.delete_permanently(spec.target).unwrap();
    assert!(!drive.can_fill(&attached));
    drive.drop_rest(attached);
    text(&drive);
}

#[test]
fn room_is_reserved_for_each_copy_until_it_is_attached_or_released() {
    let mut drive = drive(Profile::BUSINESS, "Docs/\n  a = 5 B\n  b = 6 B\nto/\n");
    drive.write(drive.find("/Docs/a").unwrap(), Content::from("abc"), NOW).unwrap();
    let spec = spec(&drive, "/Docs", "/to").versions(Versions::All).on_conflict(Conflict::Rename);
    let planned = || open(&drive, &drive, &spec).unwrap().plan().unwrap();
    let (first, second) = (planned(), planned());
    let n_used = drive.tree.arena.n_used();
    let promised = |drive: &Drive| {
        let reserved = &drive.tree.reserved;
        (reserved.n_items, reserved.n_bytes, reserved.past.n_bytes)
    };
    let one = drive.reserve(&first, NOW).unwrap();
    assert_eq!(promised(&drive), (3, 9, 5));
    let two = drive.reserve(&second, NOW).unwrap();
    assert_eq!((promised(&drive), drive.tree.arena.n_used()), ((6, 18, 10), n_used + 6));
    assert_eq!(
        drive.clone().tree.arena.n_used(),
        n_used,
        "a clone releases reservations that are not its own"
    );
    drive.release(one);
    assert_eq!(promised(&drive), (3, 9, 5));
    assert_eq!((drive.tree.arena.n_used(), drive.clone().tree.arena.n_used()), (n_used + 3, n_used));
    let mut second = second;
    while drive.import(&mut second, 1, NOW).unwrap() {}
    drive.attach(second.build(two, NEVER_PARALLEL)).unwrap();
    assert_eq!((promised(&drive), drive.tree.arena.n_used()), ((0, 0, 0), n_used + 3));
    drive.check_invariants();
}

#[test]
fn deleting_a_folder_drops_its_hidden_items() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let gradual = spec(&drive, "/Docs", "/Archive").gradual();
    for bin in [true, false] {
        let mut attached = start(&mut drive, &gradual).unwrap().attached;
        drive.reveal(&mut attached, 2);
        let copy = drive.find("/Archive/Docs").unwrap();
        if bin {
            drive.delete(copy, NOW).unwrap()
        } else {
            drive.delete_permanently(copy).unwrap()
        }
        assert_eq!((drive.tree.n_hidden, drive.tree.hidden_bytes), (0, 0));
        drive.drop_rest(attached);
        drive.check_invariants();
    }
}

#[test]
fn a_gradual_copy_reveals_folders_before_their_children_and_takes_names_at_once() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").gradual();
    let mut attached = start(&mut drive, &spec).unwrap().attached;
    assert_eq!(text(&drive), canonical(DOCS));
    let archive = drive.find("/Archive").unwrap();
    let taken = drive.create_folder(archive, "Docs", Conflict::Fail, NOW);
    assert!(matches!(taken, Err(Error::NameTaken { .. })), "{taken:?}");
    let mut seen = Vec::new();
    for until in 1..=4 {
        assert_eq!(drive.reveal(&mut attached, until), []);
        drive.check_invariants();
        seen.push(drive.outline(archive, Detail::Names).unwrap());
        assert_eq!(drive.item(archive).unwrap().size, [0, 0, 5, 8][until - 1]);
    }
    let expected = [
        "Docs/\n",
        "Docs/\n  2024/\n",
        "Docs/\n  2024/\n  notes.txt = \"hello\"\n",
        "Docs/\n  2024/\n    q1.xlsx = 3 B\n  notes.txt = \"hello\"\n",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_copy_continues_in_a_moved_folder_and_drops_the_rest_of_a_deleted_one() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").gradual();
    let mut attached = start(&mut drive, &spec).unwrap().attached;
    drive.reveal(&mut attached, 2);
    let year = drive.find("/Archive/Docs/2024").unwrap();
    drive.move_to(year, drive.root(), None, Conflict::Fail, NOW).unwrap();
    drive.delete_permanently(drive.find("/Archive/Docs").unwrap()).unwrap();
    assert!(!drive.can_fill(&attached));
    drive.reveal(&mut attached, 4);
    assert_eq!(drive.outline(year, Detail::Names).unwrap(), "q1.xlsx = 3 B\n");
    text(&drive);
}

#[test]
fn a_dropped_copy_leaves_its_revealed_items_and_no_reservation() {
    for n_revealed in 0..=4 {
        let mut drive = drive(Profile::PLAIN, DOCS);
        let spec = spec(&drive, "/Docs", "/Archive").gradual();
        let mut attached = start(&mut drive, &spec).unwrap().attached;
        drive.reveal(&mut attached, n_revealed);
        let before = text(&drive);
        drive.drop_rest(attached);
        assert_eq!(text(&drive), before);
        assert_eq!(drive.tree.hidden_bytes, 0);
    }
}

#[test]
fn a_copy_that_is_undone_leaves_nothing() {
    for n_revealed in 0..=4 {
        for children_only in [false, true] {
            let mut drive = drive(Profile::PLAIN, DOCS);
            let before = text(&drive);
            let spec = spec(&drive, "/Docs", "/Archive").gradual();
            let spec = if children_only { spec.children_only() } else { spec };
            let mut attached = start(&mut drive, &spec).unwrap().attached;
            drive.reveal(&mut attached, n_revealed);
            drive.undo(attached);
            assert_eq!((text(&drive), drive.tree.hidden_bytes), (before, 0), "{n_revealed}");
        }
    }
}

#[test]
fn items_waiting_to_be_freed_elsewhere_do_not_delay_a_copy() {
    let mut drive = wide(Profile::PLAIN, 2, 900);
    drive.reclaim_in_portions();
    let [source, other] = ["/Source/F0", "/Source/F1"].map(|path| drive.find(path).unwrap());
    let spec = CopySpec::new(source, drive.root()).gradual();
    let mut attached = start(&mut drive, &spec).unwrap().attached;
    drive.delete_permanently(other).unwrap();
    drive.reveal(&mut attached, 500);
    assert!(drive.has_reclaimable());
    assert_eq!(drive.item(drive.find("/F0").unwrap()).unwrap().child_count, 499);
    while drive.reclaim_some().more {}
    drive.reveal(&mut attached, 2000);
    text(&drive);
    assert_eq!(drive.item(drive.find("/F0").unwrap()).unwrap().child_count, 901);
}

#[test]
fn a_gradual_replace_keeps_the_old_file_until_the_new_one_is_complete() {
    let mut drive = drive(Profile::PLAIN, "a.txt = 3 B\nb/\n  a.txt = 5 B\n");
    let old = drive.find("/b/a.txt").unwrap();
    let spec = spec(&drive, "/a.txt", "/b").on_conflict(Conflict::Replace).gradual();
    let mut attached = start(&mut drive, &spec).unwrap().attached;
    assert_eq!(text(&drive), "a.txt = 3 B\nb/\n  a.txt = 5 B\n");
    drive.reveal(&mut attached, 1);
    assert_eq!(text(&drive), "a.txt = 3 B\nb/\n  a.txt = 3 B\n");
    assert!(!drive.contains(old), "replace gives a new id");
}

#[test]
fn a_file_that_cannot_replace_another_is_dropped() {
    let mut drive = drive(Profile::PLAIN, "a.txt = 3 B\nb/\n  a.txt = 5 B\n");
    let spec = spec(&drive, "/a.txt", "/b").on_conflict(Conflict::Replace).gradual();
    let mut attached = start(&mut drive, &spec).unwrap().attached;
    drive.delete_permanently(drive.find("/b/a.txt").unwrap()).unwrap();
    let folder = drive.find("/b").unwrap();
    drive.create_folder(folder, "a.txt", Conflict::Fail, NOW).unwrap();
    let refused = drive.reveal(&mut attached, 1);
    assert!(
        matches!(refused[..], [(0, Error::NameTaken { holder: crate::ItemKind::Folder, .. })]),
        "{refused:?}"
    );
    assert_eq!(text(&drive), "a.txt = 3 B\nb/\n  a.txt/\n");
}

#[test]
fn a_copy_across_drives_imports_names_and_contents() {
    let source = drive(Profile::PLAIN, DOCS);
    let mut target = drive(Profile::BUSINESS, "Docs/\n  other = \"x\"\n");
    let spec = CopySpec::new(source.find("/Docs").unwrap(), target.root()).on_conflict(Conflict::Rename);
    let copy = target.copy_from(&source, &spec, NOW, 1).unwrap();
    assert_eq!(target.path(copy).unwrap(), "/Docs1");
    let expected = source.outline(source.find("/Docs").unwrap(), Detail::Names).unwrap();
    assert_eq!(target.outline(copy, Detail::Names).unwrap(), expected);
    text(&target);
}

#[test]
fn a_copy_to_a_drive_with_stricter_rules_fails_as_a_whole() {
    let mut target = Drive::new(Profile::BUSINESS, NOW);
    for (below, what) in [("a:b", "name"), ("COM1.txt", "name"), ("x\n  X", "pair")] {
        let source = drive(Profile::PLAIN, &format!("Docs/\n  {below}\n"));
        let spec = CopySpec::new(source.find("/Docs").unwrap(), target.root());
        let refused = target.copy_from(&source, &spec, NOW, 1).unwrap_err();
        match what {
            "name" => assert!(matches!(refused, Error::BadName { .. }), "{refused}"),
            _ => assert!(matches!(refused, Error::NameTaken { .. }), "{refused}"),
        }
        assert_eq!(text(&target), "");
    }
}
