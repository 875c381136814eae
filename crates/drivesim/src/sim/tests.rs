//! Tests that no long read holds the lock of a drive, and that a thread in `without_waiting` does not wait.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::time::Duration;

use drivesim_core::outline::parse;
use drivesim_core::{Conflict, Content, Detail, Profile, Timestamp};
use drivesim_jobs::{Pace, Status};

use crate::address::DriveRef;
use crate::drive_spec::DriveSpec;
use crate::drives::with_hook;
use crate::no_wait::without_waiting;
use crate::options::CopyOptions;
use crate::sim::Sim;
use drivesim_core::Service;

const TREE: &str = "drive mine profile=business\nDocs/\n  a.txt = \"hi\"\nto/\n";

/// The tree, with a folder of more items than a page has.
fn outline() -> String {
    let many: String = (0..1001).map(|number| format!("  {number}\n")).collect();
    format!("{TREE}many/\n{many}")
}

fn sim() -> Sim {
    Sim::builder().outline(outline()).build().unwrap()
}

/// A read of a simulator, printed.
type Read = fn(&Sim) -> String;

/// All reads whose time grows with the number of items.
const LONG: &[(&str, Read)] = &[
    ("outline", |sim| sim.outline().unwrap()),
    ("outline_with", |sim| sim.outline_with(Detail::Attributes).unwrap()),
    ("drive_outline", |sim| sim.drive_outline(sim.drive("mine").unwrap(), Detail::Names).unwrap()),
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
        format!("{:?}", sim.contents(sim.drive("mine").unwrap(), vec![file; 1001]).unwrap())
    }),
    ("totals", |sim| format!("{:?}", sim.totals("/").unwrap())),
    ("search", |sim| format!("{:?}", sim.search("/", "").unwrap())),
    ("changes", |sim| format!("{:?}", sim.changes(sim.first_drive().unwrap(), None, 100).unwrap().changes)),
    ("bin", |sim| format!("{:?}", sim.bin(sim.first_drive().unwrap()).unwrap())),
    ("versions", |sim| format!("{:?}", sim.versions("/Docs/a.txt").unwrap())),
    ("diff", |sim| format!("{:?}", sim.diff(&sim.fork()).unwrap())),
];

#[test]
fn no_long_read_holds_the_lock_of_a_drive() {
    for (name, read) in LONG {
        let sim = sim();
        let (before, n_forks) = (read(&sim), Rc::new(Cell::new(0)));
        let write = {
            let n_forks = n_forks.clone();
            move |cell: &crate::drives::DriveCell| {
                let mut drive = cell.try_lock().unwrap_or_else(|| panic!("{name} holds the lock"));
                let (root, at) = (drive.root(), Timestamp::UNIX_EPOCH);
                let file = format!("{}.txt", n_forks.replace(n_forks.get() + 1));
                drive.create_file(root, &file, Content::from("x"), Conflict::Fail, at).unwrap();
            }
        };
        let result = with_hook(write, || read(&sim));
        assert!(n_forks.get() > 0, "{name} reads no fork");
        assert_eq!(result, before, "{name} sees what was written meanwhile");
    }
}

#[test]
fn a_page_is_read_without_a_fork_unless_items_are_hidden() {
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
                sim.quota(sim.first_drive().unwrap()).unwrap();
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
fn drives_may_change_while_they_are_listed() {
    let sim = sim();
    let mut infos = sim.all_drive_infos();
    let mine = infos.next().unwrap();
    sim.create_folder(mine.drive().at("/"), "new").unwrap();
    sim.set_access(mine.drive().at("/"), Some(drivesim_core::Access::None)).unwrap();
    assert!(mine.is_closed() && mine.name() == "mine");
    assert!(sim.drives().is_empty() && sim.drive("mine").is_err());
    assert!(sim.fork().drives().is_empty());
    assert_eq!((sim.drive_infos().count(), sim.all_drive_infos().count()), (0, 1));
    let other = sim.add_drive("other").unwrap();
    assert!(infos.next().is_none(), "the list is of one moment");
    sim.remove_drive(&mine).unwrap();
    assert_eq!(sim.drive_infos().map(|drive| drive.drive().clone()).collect::<Vec<_>>(), [other]);
}

/// The ways to replace the items of a drive.
const REPLACING: &[(&str, Read)] = &[
    ("one drive", |sim| {
        format!("{:?}", sim.replace_outline(sim.drive("mine").unwrap(), "Docs/\n  new.txt\nto/\n"))
    }),
    ("all drives", |sim| {
        let outline = parse("drive mine\nDocs/\n  new.txt\nto/\ndrive other profile=box\nin it\n").unwrap();
        format!("{:?}", sim.replace_drives(outline))
    }),
];

#[test]
fn readers_continue_and_writers_wait_while_a_drive_is_replaced() {
    for (name, replace) in REPLACING {
        let sim = sim();
        let (before, writers) = (sim.outline().unwrap(), Rc::new(RefCell::new(Vec::new())));
        let hook = {
            let (sim, writers) = (sim.clone(), writers.clone());
            move |_: &crate::drives::DriveCell| {
                let seen = without_waiting(|| sim.exists("/Docs/a.txt"));
                assert_eq!(seen, Some(true), "{name}: a reader waits");
                assert_eq!(sim.outline().unwrap(), before, "{name}");
                if *name == "one drive" {
                    // No fork is made while drives are added or removed.
                    assert_eq!(sim.fork().outline().unwrap(), before, "{name}");
                }
                sim.check_invariants();
                let sim = sim.clone();
                writers.borrow_mut().push(std::thread::spawn(move || sim.create_folder("/to", "late")));
            }
        };
        assert_eq!(with_hook(hook, || replace(&sim)), "Ok(())", "{name}");
        for writer in writers.take() {
            // Before or after the replacement, but never in the temporary clone.
            let _ = writer.join().unwrap();
        }
        sim.check_invariants();
        let outline = sim.outline().unwrap();
        assert!(outline.contains("new.txt") && outline.contains("late/"), "{name}: {outline}");
    }
}

#[test]
fn a_copy_opened_during_a_replacement_sees_the_new_items() {
    const COPIES: [(&str, &str); 2] = [("mine", "does not exist"), ("team", "completed")];
    for ((name, replace), (source, expected)) in
        REPLACING.iter().flat_map(|way| COPIES.map(|copy| (way, copy)))
    {
        let sim = Sim::builder().outline(format!("{TREE}drive team profile=business\nDocs/\n  t.txt\n"));
        let sim = sim.build().unwrap();
        let copier = Rc::new(RefCell::new(None));
        let hook = {
            let (sim, copier) = (sim.clone(), copier.clone());
            move |_: &crate::drives::DriveCell| {
                let ((opened, is_opened), sim) = (channel(), sim.clone());
                let copy = move || {
                    let source = sim.drive(source).unwrap().at("/Docs");
                    let job = sim.copy(source, "/", CopyOptions::named("Copy")).unwrap();
                    job.outcome().unwrap().map_or_else(|error| error.to_string(), |_| "completed".to_owned())
                };
                // When the copy is opened again the receiver is gone.
                let signal = move |_: &crate::drives::DriveCell| {
                    let _ = opened.send(());
                };
                copier.replace(Some(std::thread::spawn(|| with_hook(signal, copy))));
                is_opened.recv().unwrap();
            }
        };
        assert_eq!(with_hook(hook, || replace(&sim)), "Ok(())", "{name}");
        let outcome = copier.take().unwrap().join().unwrap();
        sim.check_invariants();
        assert!(outcome.contains(expected), "{name}, from {source}: {outcome}");
        assert_eq!(
            sim.outline_of("/Copy").ok().as_deref(),
            (source == "team").then_some("t.txt\n"),
            "{name}"
        );
    }
}

#[test]
fn all_drives_and_counts_stay_when_a_replacement_fails() {
    let outline = "drive one profile=plain\na = \"12345\"\ndrive two profile=plain\nb = \"12345\"\n";
    let sim = Sim::builder().max_content(10).outline(outline).build().unwrap();
    let full = |sim: &Sim| sim.write("/more", "1").unwrap_err().to_string();
    let refusal = full(&sim);
    assert!(sim.replace_drives(parse("drive two\nx\nx\ndrive three profile=plain\nc\n").unwrap()).is_err());
    assert_eq!((sim.outline().unwrap(), full(&sim)), (outline.to_owned(), refusal));
    sim.check_invariants();
    assert!(sim.replace_outline(sim.drive("two").unwrap(), "x\nx\n").is_err());
    sim.replace_outline(sim.drive("two").unwrap(), "").unwrap();
    sim.write(sim.drive("two").unwrap().at("/more"), "12345").unwrap();
}

#[test]
fn adding_a_drive_does_not_block_access_to_other_drives() {
    let sim = sim();
    let seen = Rc::new(Cell::new(0));
    let hook = {
        let (sim, seen) = (sim.clone(), seen.clone());
        move |_: &crate::drives::DriveCell| {
            // Some of these names are in the shard of the map to which the new one is added.
            (0..1000).for_each(|number| assert!(sim.drive(&format!("no {number}")).is_err()));
            assert!(sim.drive("mine").is_ok() && sim.drive("other").is_err());
            seen.set(seen.get() + 1);
        }
    };
    with_hook(hook, || sim.add_drive(DriveSpec::new("other").profile(Profile::BOX)).unwrap());
    assert_eq!(seen.get(), 1);
    assert!(sim.drive("other").is_ok());
}

#[test]
fn a_thread_that_must_not_wait_gives_up_only_on_the_locked_drive() {
    let sim = sim();
    let mine = sim.drive("mine").unwrap();
    let team = sim.add_drive(DriveSpec::new("team").profile(Profile::BOX)).unwrap();
    let ((locked, is_locked), (release, gate)) = (channel(), channel());
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
        let found =
            || sim.drive_infos().find(|drive| drive.profile().service == Service::Box).map(DriveRef::from);
        assert_eq!(without_waiting(found), Some(Some(team.clone())));
        assert_eq!(without_waiting(|| sim.drive_info(mine).map(|drive| drive.wire_ids().n_items())), None);
        release.send(()).unwrap();
    });
    assert_eq!(without_waiting(|| sim.exists(mine.at("/Docs"))), Some(true));
}

#[test]
fn a_thread_that_must_not_wait_runs_no_jobs_and_no_long_reads() {
    let sim = Sim::builder().system_clock().outline(outline()).build().unwrap();
    let job = sim.copy("/Docs", "/to", CopyOptions::default().pace(Pace::after(Duration::ZERO))).unwrap();
    // A job starts a moment after it was accepted.
    while without_waiting(|| sim.exists("/to/Docs")) == Some(false) {}
    assert_eq!(without_waiting(|| sim.exists("/to/Docs")), None);
    assert!(sim.exists("/to/Docs"));
    assert_eq!(without_waiting(|| job.poll().status), Some(Status::Completed));
    for (name, read) in LONG {
        let caught = || std::panic::catch_unwind(|| drop(read(&sim)));
        assert!(without_waiting(caught).is_none(), "{name}");
    }
    let polled = CopyOptions::named("Other").pace(Pace::polls(2));
    let job = sim.copy("/Docs", "/to", polled).unwrap();
    assert_eq!(without_waiting(|| job.poll()), None);
    assert_eq!((job.poll().status, job.poll().status), (Status::InProgress, Status::Completed));
}
