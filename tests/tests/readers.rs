//! Tests that readers never see partial changes during copies.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drivesim::drive::DriveRef;
use drivesim::options::Visibility;
use drivesim::{Conflict, CopyOptions, Item, ItemId, Job, JobStatus, Pace, Profile, Sim};

use crate::threads::with_watchdog;

/// The number of folders and files in each folder of the source, and its depth.
const SHAPE: (usize, usize, usize) = (4, 12, 4);

/// Checks the visible state of a simulator that no other thread uses: every child has its folder, names are unique,
/// counts equal those of the listings, and no folder is smaller than its children.
pub(crate) fn check_consistent(sim: &Sim) {
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

/// Checks a folder against its listing, and returns the listing.
fn check_folder(sim: &Sim, drive: &DriveRef, folder: &Item) -> Vec<Item> {
    let children = sim.children(drive.at(folder.id)).unwrap();
    let path = sim.path(drive.at(folder.id)).unwrap();
    assert_eq!(sim.item(drive.at(path.as_str())).unwrap(), *folder, "{path} is another item");
    assert_eq!(folder.child_count as usize, children.len(), "the child count of {path}");
    check_listing(sim, drive, &children);
    assert!(
        children.iter().all(|child| child.parent == Some(folder.id)),
        "a child of another folder in {path}"
    );
    let size: u64 = children.iter().map(|child| child.size).sum();
    assert!(size <= folder.size, "{path} is smaller than its children");
    children
}

/// Checks that the names of a listing are unique.
fn check_listing(sim: &Sim, drive: &DriveRef, children: &[Item]) {
    let rules = sim.profile_of(drive).unwrap().names;
    let name = |item: &Item| rules.name(&item.name).canonical().to_owned();
    let names: BTreeSet<String> = children.iter().map(name).collect();
    assert_eq!(names.len(), children.len(), "a name is listed twice");
}

/// Forks the simulator and checks the fork like [`check_consistent`]. Also checks that the size of each folder equals the
/// sum of its children, as all items are accessible.
fn check_fork(sim: &Sim) -> Sim {
    let fork = sim.fork();
    check_consistent(&fork);
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

/// Reads a folder and its children with separate calls while other threads run but delete nothing, so that items never
/// disappear.
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
        assert!(before.size <= after.size, "the size decreased");
        for child in children {
            let path = sim.path(drive.at(child.id)).unwrap();
            assert!(path.ends_with(&format!("/{}", child.name)), "{path} is not the path of {}", child.name);
            assert_eq!(sim.item(drive.at(child.id)).unwrap().parent, Some(folder));
            folders.extend(Some(child).filter(Item::is_folder).map(|child| child.id));
        }
    }
}

/// The jobs that a reader has observed, with the last percentage and number of items of each.
#[derive(Default)]
struct Percents(Vec<(Job, f64, usize)>);

impl Percents {
    /// Reads the progress of all jobs, including new ones, and checks that it has not decreased.
    fn update(&mut self, sim: &Sim) {
        let jobs = sim.jobs();
        let known = self.0.len();
        self.0.extend(jobs.into_iter().skip(known).map(|job| (job, 0.0, 0)));
        for (job, percent, n_items) in &mut self.0 {
            let report = job.report();
            let (new, n_done) = (report.percent.as_f64(), report.progress.items_done);
            assert!(new >= *percent, "job {} went back from {percent} % to {new} %", job.number());
            assert!(n_done >= *n_items, "job {} went back from {n_items} items to {n_done}", job.number());
            assert_eq!(report.status == JobStatus::Completed, new == 100.0);
            (*percent, *n_items) = (new, n_done);
        }
    }
}

/// Creates a drive with a tree below `/source` and the folder `/to`, and an empty second drive.
fn large_sim() -> (Sim, DriveRef) {
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
    let other = sim.add_drive("other").unwrap();
    (sim, other)
}

/// Runs `read` repeatedly on two threads while `work` runs, at least once.
fn read_during(sim: &Sim, work: impl FnOnce() + Send, read: impl Fn(&Sim, &mut Percents) + Sync) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut percents = Percents::default();
                    loop {
                        let was_over = is_over.load(Ordering::Acquire);
                        read(sim, &mut percents);
                        percents.update(sim);
                        if was_over {
                            return;
                        }
                    }
                })
            })
            .collect();
        // The readers must end even if the work panics.
        let worker = scope.spawn(work).join();
        is_over.store(true, Ordering::Release);
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        worker.unwrap();
    });
}

/// Copies the tree within and across drives, instantly and gradually, while the clock advances.
fn make_copies(sim: &Sim, other: &DriveRef) {
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
fn a_fork_during_copies_is_consistent() {
    with_watchdog(|| {
        let (sim, other) = large_sim();
        read_during(&sim, || make_copies(&sim, &other), |sim, _| drop(check_fork(sim)));
        sim.check_invariants();
    });
}

#[test]
fn items_of_running_copies_never_disappear_or_shrink() {
    with_watchdog(|| {
        let (sim, other) = large_sim();
        read_during(
            &sim,
            || make_copies(&sim, &other),
            |sim, percents| {
                for drive in sim.drives() {
                    percents.update(sim);
                    check_by_calls(sim, &drive, sim.item(drive.at("/")).unwrap().id);
                }
            },
        );
        sim.check_invariants();
    });
}

#[test]
fn a_copy_that_is_visible_on_completion_is_complete_or_invisible() {
    with_watchdog(|| {
        let (sim, other) = large_sim();
        let whole = sim.totals("/source").unwrap();
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
        read_during(&sim, work, |sim, _| {
            let in_first = sim.children("/to").unwrap().into_iter().map(|item| sim.totals(item.id).unwrap());
            let in_other = sim.children(other.at("/")).unwrap();
            let in_other = in_other.into_iter().map(|item| sim.totals(other.at(item.id)).unwrap());
            assert!(in_first.chain(in_other).all(|tally| tally == whole), "a part of a copy is visible");
        });
    });
}

#[test]
fn readers_see_consistent_folders_while_running_copies_are_moved_and_deleted() {
    with_watchdog(|| {
        let (sim, other) = large_sim();
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
        read_during(&sim, work, |sim, _| {
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
