//! Tests that no look of any length holds the lock of a drive, and that a thread in haste waits for none.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::time::Duration;

use drivesim_core::{Conflict, Content, Detail, Profile, Timestamp};
use drivesim_jobs::{Pace, Status};

use crate::drives::with_hook;
use crate::haste::without_waiting;
use crate::options::CopyOptions;
use crate::sim::Sim;

const TREE: &str = "drive mine profile=business\nDocs/\n  a.txt = \"hi\"\nto/\n";

/// The tree, with a folder of more items than a page has.
fn outline() -> String {
    let many: String = (0..1001).map(|number| format!("  {number}\n")).collect();
    format!("{TREE}many/\n{many}")
}

fn sim() -> Sim {
    Sim::builder().outline(outline()).build().unwrap()
}

/// A look at a simulator, printed.
type Look = fn(&Sim) -> String;

/// All looks that take longer the more items there are.
const LONG: &[(&str, Look)] = &[
    ("outline", |sim| sim.outline().unwrap()),
    ("outline_with", |sim| sim.outline_with(Detail::Attributes).unwrap()),
    ("drive_outline", |sim| sim.drive_outline("mine", Detail::Names).unwrap()),
    ("outline_of", |sim| sim.outline_of("/").unwrap()),
    ("children", |sim| format!("{:?}", sim.children("/many").unwrap())),
    ("children_after", |sim| format!("{:?}", sim.children_after("/", None, 1001).unwrap().items)),
    ("children_at", |sim| format!("{:?}", sim.children_at("/", 0, 1001).unwrap())),
    ("listing_at", |sim| format!("{:?}", sim.listing_at("/", 0, 1001).unwrap())),
    ("listing_after", |sim| {
        format!("{:?}", sim.listing_after("/", drivesim_core::ItemKind::File, "", 1001).unwrap())
    }),
    ("contents", |sim| {
        let file = sim.item("/Docs/a.txt").unwrap().id;
        format!("{:?}", sim.contents(&sim.drive("mine").unwrap(), vec![file; 1001]).unwrap())
    }),
    ("tally", |sim| format!("{:?}", sim.tally("/").unwrap())),
    ("search", |sim| format!("{:?}", sim.search("/", "").unwrap())),
    ("changes", |sim| format!("{:?}", sim.changes("/", None, 100).unwrap().changes)),
    ("bin", |sim| format!("{:?}", sim.bin("/").unwrap())),
    ("versions", |sim| format!("{:?}", sim.versions("/Docs/a.txt").unwrap())),
    ("diff", |sim| format!("{:?}", sim.diff(&sim.fork()).unwrap())),
];

#[test]
fn no_look_of_any_length_holds_the_lock_of_a_drive() {
    for (name, look) in LONG {
        let sim = sim();
        let (before, n_forks) = (look(&sim), Rc::new(Cell::new(0)));
        let write = {
            let n_forks = n_forks.clone();
            move |cell: &crate::drives::DriveCell| {
                let mut drive = cell.try_lock().unwrap_or_else(|| panic!("{name} holds the lock"));
                let (root, at) = (drive.root(), Timestamp::UNIX_EPOCH);
                let file = format!("{}.txt", n_forks.replace(n_forks.get() + 1));
                drive.create_file(root, &file, Content::from("x"), Conflict::Fail, at).unwrap();
            }
        };
        let looked = with_hook(write, || look(&sim));
        assert!(n_forks.get() > 0, "{name} looks at no fork");
        assert_eq!(looked, before, "{name} sees what was written meanwhile");
    }
}

#[test]
fn a_page_is_looked_at_without_a_fork_unless_something_in_it_is_passed_over() {
    let n_forks = |sim: &Sim| {
        let n_forks = Rc::new(Cell::new(0));
        let count = n_forks.clone();
        with_hook(
            move |_| count.set(count.get() + 1),
            || {
                sim.listing_at("/", 0, 1000).unwrap();
                sim.children_after("/", None, 1000).unwrap();
                sim.children("/").unwrap();
                sim.item("/Docs").unwrap();
                sim.quota("/").unwrap();
            },
        );
        n_forks.get()
    };
    let sim = sim();
    assert_eq!(n_forks(&sim), 0);
    sim.set_access("/Docs/a.txt", Some(drivesim_core::Access::None)).unwrap();
    assert_eq!(n_forks(&sim), 3);
}

#[test]
fn a_caller_may_change_a_drive_while_drives_are_handed_out() {
    let sim = sim();
    let made = sim.find_drive(|drive| sim.create_folder(drive.name.at("/"), "new").ok());
    assert!(made.is_some());
    let closed = sim.find_any_drive(|drive| {
        sim.set_access(drive.name.at("/"), Some(drivesim_core::Access::None)).unwrap();
        Some(drive.name.clone())
    });
    assert_eq!(closed.map(|drive| drive.name().to_owned()).as_deref(), Some("mine"));
    assert!(sim.drives().is_empty() && sim.drive("mine").is_err());
    assert!(sim.fork().drives().is_empty());
}

#[test]
fn a_thread_in_haste_waits_for_no_drive_and_finds_all_others() {
    let sim = sim();
    let mine = sim.drive("mine").unwrap();
    let team = sim.add_drive("team", Profile::BOX).unwrap();
    let ((locked, is_locked), (let_go, gate)) = (channel(), channel());
    std::thread::scope(|threads| {
        let (sim, mine) = (&sim, &mine);
        threads.spawn(move || {
            sim.while_locked(mine, || {
                locked.send(()).unwrap();
                gate.recv().unwrap();
            })
        });
        is_locked.recv().unwrap();
        assert_eq!(without_waiting(|| sim.exists(mine.at("/Docs"))), None);
        assert_eq!(without_waiting(|| sim.exists(team.at("/"))), Some(true));
        assert_eq!(without_waiting(|| sim.drives()), Some(vec![mine.clone(), team.clone()]));
        let found = || sim.find_drive(|drive| (drive.profile.name == "box").then(|| drive.name.clone()));
        assert_eq!(without_waiting(found), Some(Some(team.clone())));
        assert_eq!(without_waiting(|| sim.find_drive(|drive| Some(drive.wire_ids().n_items()))), None);
        let_go.send(()).unwrap();
    });
    assert_eq!(without_waiting(|| sim.exists(mine.at("/Docs"))), Some(true));
}

#[test]
fn a_thread_in_haste_does_no_work_of_jobs_and_takes_no_long_look() {
    let sim = Sim::builder().system_clock().outline(outline()).build().unwrap();
    let job = sim.copy("/Docs", "/to", CopyOptions::default().pace(Pace::after(Duration::ZERO))).unwrap();
    // A job starts a moment after it was accepted.
    while without_waiting(|| sim.exists("/to/Docs")) == Some(false) {}
    assert_eq!(without_waiting(|| sim.exists("/to/Docs")), None);
    assert!(sim.exists("/to/Docs"));
    assert_eq!(without_waiting(|| job.poll().status), Some(Status::Completed));
    for (name, look) in LONG {
        let hasty = || std::panic::catch_unwind(|| drop(look(&sim)));
        assert!(without_waiting(hasty).is_none(), "{name}");
    }
    let polled = CopyOptions::named("Other").pace(Pace::polls(2));
    let job = sim.copy("/Docs", "/to", polled).unwrap();
    assert_eq!(without_waiting(|| job.poll()), None);
    assert_eq!((job.poll().status, job.poll().status), (Status::InProgress, Status::Completed));
}
