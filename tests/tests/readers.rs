//! What readers see while others are at work: never half of a change.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drivesim::{
    Conflict, CopyOptions, DriveRef, Item, ItemId, Job, JobStatus, Pace, Profile, Sim, Visibility,
};

use crate::threads::with_watchdog;

/// How many folders and files there are in each folder of what is copied, and how deep it goes.
const SHAPE: (usize, usize, usize) = (4, 12, 4);

/// Checks a simulator that nobody else is at work on by what can be seen of it: every child has its folder, no name is
/// there twice, counts are those of the listings, and no folder is smaller than what is shown in it.
pub(crate) fn check_whole(sim: &Sim) {
    for drive in sim.drives() {
        let root = sim.item(drive.at("/")).unwrap();
        let (mut folders, mut ids) = (vec![root], BTreeSet::new());
        while let Some(folder) = folders.pop() {
            let children = check_folder(sim, &drive, &folder);
            for child in children {
                assert!(ids.insert(child.id), "{} is in two places", child.name);
                if child.is_folder() {
                    folders.push(child);
                }
            }
        }
    }
}

/// Checks one folder against its listing, which it returns.
fn check_folder(sim: &Sim, drive: &DriveRef, folder: &Item) -> Vec<Item> {
    let children = sim.children(drive.at(folder.id)).unwrap();
    let path = sim.path(drive.at(folder.id)).unwrap();
    assert_eq!(sim.item(drive.at(path.as_str())).unwrap(), *folder, "{path} leads elsewhere");
    assert_eq!(folder.child_count as usize, children.len(), "the child count of {path}");
    check_listing(sim, drive, &children);
    assert!(
        children.iter().all(|child| child.parent == Some(folder.id)),
        "a child of another folder in {path}"
    );
    let size: u64 = children.iter().map(|child| child.size).sum();
    assert!(size <= folder.size, "{path} is smaller than what is in it");
    children
}

/// Checks that no name is twice in a listing.
fn check_listing(sim: &Sim, drive: &DriveRef, children: &[Item]) {
    let sees_case = sim.profile_of(drive).unwrap().names.case == drivesim::Case::Sensitive;
    let name =
        |item: &Item| if sees_case { item.name.clone() } else { drivesim::fold(&item.name).into_owned() };
    let names: BTreeSet<String> = children.iter().map(name).collect();
    assert_eq!(names.len(), children.len(), "a name is there twice");
}

/// Checks what a fork, which is one look at everything, shows: as [`check_whole`] does, and sizes are those of what is in
/// there, since all may look at everything.
fn check_fork(sim: &Sim) -> Sim {
    let fork = sim.fork();
    check_whole(&fork);
    for drive in fork.drives() {
        let mut folders = vec![fork.item(drive.at("/")).unwrap()];
        while let Some(folder) = folders.pop() {
            let children = fork.children(drive.at(folder.id)).unwrap();
            let size: u64 = children.iter().map(|child| child.size).sum();
            assert_eq!(size, folder.size, "the size of {}", folder.name);
            folders.extend(children.into_iter().filter(Item::is_folder));
        }
    }
    fork
}

/// Looks at a folder and at what is in it call by call, while others are at work but delete nothing: what was seen once
/// is there for good.
fn check_by_calls(sim: &Sim, drive: &DriveRef, folder: ItemId) {
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let before = sim.item(drive.at(folder)).unwrap();
        let children = sim.children(drive.at(folder)).unwrap();
        let after = sim.item(drive.at(folder)).unwrap();
        assert!(children.iter().all(|child| child.parent == Some(folder)), "a child of another folder");
        check_listing(sim, drive, &children);
        let n = children.len() as u32;
        assert!(before.child_count <= n && n <= after.child_count, "{n} children of {before:?}, {after:?}");
        assert!(before.size <= after.size, "what only grows became smaller");
        for child in children {
            let path = sim.path(drive.at(child.id)).unwrap();
            assert!(path.ends_with(&format!("/{}", child.name)), "{path} is not that of {}", child.name);
            assert_eq!(sim.item(drive.at(child.id)).unwrap().parent, Some(folder));
            folders.extend(Some(child).filter(Item::is_folder).map(|child| child.id));
        }
    }
}

/// Jobs that a reader looks at, and how far each has told it was.
#[derive(Default)]
struct Percents(Vec<(Job, f64, usize)>);

impl Percents {
    /// Looks at all jobs once more, at those that are new too.
    fn look(&mut self, sim: &Sim) {
        let jobs = sim.jobs();
        let known = self.0.len();
        self.0.extend(jobs.into_iter().skip(known).map(|job| (job, 0.0, 0)));
        for (job, percent, n_items) in &mut self.0 {
            let report = job.report();
            let n_done = job.progress().items_done;
            let told = report.percent_complete;
            assert!(told >= *percent, "job {} went back from {percent} % to {told} %", job.number());
            assert!(n_done >= *n_items, "job {} went back from {n_items} items to {n_done}", job.number());
            assert_eq!(report.status == JobStatus::Completed, told == 100.0);
            (*percent, *n_items) = (told, n_done);
        }
    }
}

/// A drive with a tree below `/source` and the folder `/to`, and another drive with nothing in it.
fn with_much() -> (Sim, DriveRef) {
    let (n_folders, n_files, depth) = SHAPE;
    let sim = Sim::builder().profile(Profile::BUSINESS).parallel_from(1).threads(2).build().unwrap();
    let mut folders = vec![(sim.create_folder("/", "source").unwrap(), 0)];
    while let Some((folder, level)) = folders.pop() {
        for number in 0..n_files {
            sim.create_sized(folder, &format!("file {number}"), number as u64 + 1).unwrap();
        }
        for number in 0..if level + 1 < depth { n_folders } else { 0 } {
            let below = sim.create_folder(folder, &format!("folder {number}")).unwrap();
            folders.push((below, level + 1));
        }
    }
    sim.create_folder("/", "to").unwrap();
    let other = sim.add_drive("other", Profile::PLAIN).unwrap();
    (sim, other)
}

/// Has `read` look again and again, in two threads, as long as `work` takes; it does so once at least.
fn while_others_work(sim: &Sim, work: impl FnOnce() + Send, read: impl Fn(&Sim, &mut Percents) + Sync) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut percents = Percents::default();
                    loop {
                        let was_over = is_over.load(Ordering::Acquire);
                        read(sim, &mut percents);
                        percents.look(sim);
                        if was_over {
                            return;
                        }
                    }
                })
            })
            .collect();
        // Readers end even if the work fails.
        let worker = scope.spawn(work).join();
        is_over.store(true, Ordering::Release);
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        worker.unwrap();
    });
}

/// Copies the tree in both drives and across them, at once and step by step, and lets time pass meanwhile.
fn copy_much(sim: &Sim, other: &DriveRef) {
    std::thread::scope(|scope| {
        let copier = scope.spawn(|| {
            for number in 0..6 {
                let name = CopyOptions::named(format!("copy {number}")).on_conflict(Conflict::Fail);
                let pace = if number % 2 == 0 { Pace::Instant } else { Pace::items_per_second(2000) };
                sim.copy("/source", "/to", name.clone().pace(pace)).unwrap();
                sim.copy("/source", other.at("/"), name.pace(Pace::items_per_second(1500))).unwrap();
            }
        });
        while !copier.is_finished() {
            sim.advance(Duration::from_millis(7)).unwrap();
        }
        for _ in 0..100 {
            sim.advance(Duration::from_millis(20)).unwrap();
        }
    });
    sim.run_until_idle();
    assert!(sim.jobs().iter().all(|job| job.status() == JobStatus::Completed));
}

#[test]
fn one_look_at_everything_during_copies_is_whole() {
    with_watchdog(|| {
        let (sim, other) = with_much();
        while_others_work(&sim, || copy_much(&sim, &other), |sim, _| drop(check_fork(sim)));
        sim.check_invariants();
    });
}

#[test]
fn what_a_reader_saw_of_running_copies_stays_and_grows() {
    with_watchdog(|| {
        let (sim, other) = with_much();
        while_others_work(
            &sim,
            || copy_much(&sim, &other),
            |sim, percents| {
                for drive in sim.drives() {
                    percents.look(sim);
                    check_by_calls(sim, &drive, sim.item(drive.at("/")).unwrap().id);
                }
            },
        );
        sim.check_invariants();
    });
}

#[test]
fn a_copy_that_appears_at_its_end_is_seen_whole_or_not_at_all() {
    with_watchdog(|| {
        let (sim, other) = with_much();
        let whole = sim.tally("/source").unwrap();
        let work = || {
            for number in 0..8 {
                let options = CopyOptions::named(number.to_string()).visibility(Visibility::OnCompletion);
                sim.copy("/source", "/to", options.clone().pace(Pace::Instant)).unwrap();
                let job = sim.copy("/source", other.at("/"), options.pace(Pace::Held)).unwrap();
                while job.status() != JobStatus::Completed {
                    job.step(300).unwrap();
                }
            }
        };
        while_others_work(&sim, work, |sim, _| {
            let tops = sim.children("/to").unwrap().into_iter().map(|item| sim.tally(item.id).unwrap());
            let in_other = sim.children(other.at("/")).unwrap();
            let in_other = in_other.into_iter().map(|item| sim.tally(other.at(item.id)).unwrap());
            assert!(tops.chain(in_other).all(|tally| tally == whole), "a part of a copy is seen");
        });
    });
}

#[test]
fn readers_see_whole_folders_while_running_copies_are_moved_renamed_and_deleted() {
    with_watchdog(|| {
        let (sim, other) = with_much();
        let work = || {
            for number in 0..8 {
                let options = CopyOptions::named("copy").pace(Pace::Held);
                let job = sim.copy("/source", "/to", options).unwrap();
                job.step(200).unwrap();
                sim.rename("/to/copy", "renamed").unwrap();
                job.step(200).unwrap();
                sim.move_to("/to/renamed", "/").unwrap();
                job.step(200).unwrap();
                let copied = sim.copy("/renamed", other.at("/"), CopyOptions::named(number.to_string()));
                assert_eq!(copied.unwrap().status(), JobStatus::Completed);
                let folder = sim.item("/renamed/folder 1").unwrap().id;
                sim.delete(folder).unwrap();
                job.step(100).unwrap();
                sim.restore_item(folder).unwrap();
                job.step(usize::MAX).unwrap();
                assert_eq!(job.status(), JobStatus::Completed);
                sim.delete("/renamed").unwrap();
            }
        };
        while_others_work(&sim, work, |sim, _| {
            let fork = check_fork(sim);
            fork.check_invariants();
            fork.jobs().iter().filter(|job| job.pace() == Pace::Held).for_each(|job| {
                job.step(usize::MAX).unwrap();
            });
            check_fork(&fork);
        });
        sim.check_invariants();
    });
}
