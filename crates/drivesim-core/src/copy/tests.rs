//! What copying does, at the level of one drive: outlines in, outlines out.

use jiff::Timestamp;

use super::*;
use crate::outline::parse;
use crate::profile::Profile;
use crate::seed::Detail;

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

/// Starts a copy step by step and attaches it.
fn start(drive: &mut Drive, spec: &CopySpec) -> Result<Attached, Error> {
    check(drive, drive, spec)?;
    let planned = open(drive, drive, spec)?.plan()?;
    let ticket = drive.reserve(&planned, NOW)?;
    let staged = planned.fill(ticket, NEVER_PARALLEL);
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
fn copies_a_folder_with_all_below_it() {
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

#[test]
fn large_copies_are_the_same_serial_and_parallel() {
    let mut lines = String::from("Source/\n");
    for folder in 0..40 {
        lines += &format!("  f{folder}/\n");
        for file in 0..250 {
            lines += &format!("    n{file}.txt = {} B\n", file + 1);
        }
    }
    let mut serial = drive(Profile::PLAIN, &lines);
    let mut parallel = serial.clone();
    let spec = spec(&serial, "/Source", "/").named("Copy");
    let a = serial.copy(&spec, NOW, NEVER_PARALLEL).unwrap();
    let planned = open(&parallel, &parallel, &spec).unwrap().plan().unwrap();
    let ticket = parallel.reserve(&planned, NOW).unwrap();
    let staged = planned.fill(ticket, 1);
    let attached = parallel.attach(staged).unwrap();
    assert!(attached.n_tasks > 1);
    assert_eq!(attached.item, a);
    assert_eq!(text(&parallel), text(&serial));
    assert_eq!(parallel.outline(a, Detail::Names), parallel.outline(spec.source, Detail::Names));
}

#[test]
fn a_gradual_copy_shows_folders_before_what_is_in_them_and_takes_names_at_once() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").gradual();
    let mut filling = start(&mut drive, &spec).unwrap().filling;
    assert_eq!(text(&drive), canonical(DOCS));
    let archive = drive.find("/Archive").unwrap();
    let taken = drive.create_folder(archive, "Docs", Conflict::Fail, NOW);
    assert!(matches!(taken, Err(Error::NameTaken { .. })), "{taken:?}");
    let mut seen = Vec::new();
    for until in 1..=4 {
        assert_eq!(drive.reveal(&mut filling, until), []);
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
fn a_moved_folder_keeps_filling_and_a_deleted_one_drops_what_was_to_come() {
    let mut drive = drive(Profile::PLAIN, DOCS);
    let spec = spec(&drive, "/Docs", "/Archive").gradual();
    let mut filling = start(&mut drive, &spec).unwrap().filling;
    drive.reveal(&mut filling, 2);
    let year = drive.find("/Archive/Docs/2024").unwrap();
    drive.move_to(year, drive.root(), None, Conflict::Fail, NOW).unwrap();
    drive.delete_permanently(drive.find("/Archive/Docs").unwrap()).unwrap();
    assert!(!drive.can_fill(&filling));
    drive.reveal(&mut filling, 4);
    assert_eq!(drive.outline(year, Detail::Names).unwrap(), "q1.xlsx = 3 B\n");
    text(&drive);
}

#[test]
fn a_dropped_copy_leaves_what_was_seen_and_no_promise() {
    for n_seen in 0..=4 {
        let mut drive = drive(Profile::PLAIN, DOCS);
        let spec = spec(&drive, "/Docs", "/Archive").gradual();
        let mut filling = start(&mut drive, &spec).unwrap().filling;
        drive.reveal(&mut filling, n_seen);
        let before = text(&drive);
        drive.drop_rest(filling);
        assert_eq!(text(&drive), before);
        assert_eq!(drive.tree.promised, 0);
    }
}

#[test]
fn a_gradual_replace_keeps_the_old_file_until_its_successor_is_complete() {
    let mut drive = drive(Profile::PLAIN, "a.txt = 3 B\nb/\n  a.txt = 5 B\n");
    let old = drive.find("/b/a.txt").unwrap();
    let spec = spec(&drive, "/a.txt", "/b").on_conflict(Conflict::Replace).gradual();
    let mut filling = start(&mut drive, &spec).unwrap().filling;
    assert_eq!(text(&drive), "a.txt = 3 B\nb/\n  a.txt = 5 B\n");
    drive.reveal(&mut filling, 1);
    assert_eq!(text(&drive), "a.txt = 3 B\nb/\n  a.txt = 3 B\n");
    assert!(!drive.contains(old), "replace gives a new id");
}

#[test]
fn a_successor_that_cannot_have_its_place_is_dropped() {
    let mut drive = drive(Profile::PLAIN, "a.txt = 3 B\nb/\n  a.txt = 5 B\n");
    let spec = spec(&drive, "/a.txt", "/b").on_conflict(Conflict::Replace).gradual();
    let mut filling = start(&mut drive, &spec).unwrap().filling;
    drive.delete_permanently(drive.find("/b/a.txt").unwrap()).unwrap();
    let folder = drive.find("/b").unwrap();
    drive.create_folder(folder, "a.txt", Conflict::Fail, NOW).unwrap();
    let refused = drive.reveal(&mut filling, 1);
    assert!(
        matches!(refused[..], [(0, Error::NameTaken { holder: crate::ItemKind::Folder, .. })]),
        "{refused:?}"
    );
    assert_eq!(text(&drive), "a.txt = 3 B\nb/\n  a.txt/\n");
}

#[test]
fn a_copy_from_another_drive_takes_names_and_contents_over() {
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
fn a_copy_to_stricter_rules_is_refused_whole() {
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
