//! Creates the drives that all threads of a storm share, and checks them at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::snapshot::Snapshot;
use drivesim::{Conflict, CopyOptions, ItemId, Job, JobStatus, Pace, Profile, Sim};

use super::rng::TestRng;
use super::worker::WorkerReport;
use crate::readers::check_consistent;

/// The number of items from which Box locks the source and the target of a copy.
const N_BIG: usize = 501;
const START: &str = "a/\n  a.txt = \"one\"\n  b/\n    c = 10 B\n    x/\nb/\n  a/\nc/\nx = 3 B\n";

/// The state that all threads of a storm share.
pub(super) struct Storm {
    pub(super) sim: Sim,
    pub(super) drives: Vec<DriveRef>,
    pub(super) seed: u64,
    /// The current verb of each worker, for the watchdog.
    pub(super) at_work: Mutex<BTreeMap<usize, &'static str>>,
    /// A state that any worker may restore. With it, ids, jobs and locks are not checked at the end.
    pub(super) before: Option<Snapshot>,
}

/// Creates a folder with enough items that Box locks the source and the target of a copy. Other threads may create or
/// lock it first.
pub(super) fn create_big_folder(sim: &Sim, drive: &DriveRef) {
    let _ = sim.create_folder(drive.at("/"), "big");
    for number in 0..N_BIG {
        let _ = sim.create_sized(drive.at("/big"), &number.to_string(), 1);
    }
}

pub(super) fn profile(dice: &mut TestRng) -> Profile {
    dice.pick(&[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX])
}

/// Runs a job to its end.
pub(super) fn finish(sim: &Sim, job: &Job) {
    match job.pace() {
        Pace::Held => drop(job.step(usize::MAX).unwrap()),
        Pace::Polls(n) => (0..n).for_each(|_| drop(job.poll())),
        _ => sim.run_until_idle(),
    }
}

pub(super) fn finish_all(sim: &Sim) {
    sim.run_until_idle();
    sim.jobs().iter().for_each(|job| finish(sim, job));
    for job in sim.jobs() {
        let is_over = matches!(job.status(), JobStatus::Completed | JobStatus::Failed);
        assert!(is_over, "job {} at the pace {} does not end", job.number(), job.pace());
    }
}

impl Storm {
    pub(super) fn new(seed: u64, has_snapshot: bool) -> Storm {
        let mut dice = TestRng::new(seed);
        let from = dice.pick(&[1, 100, usize::MAX]);
        let builder = Sim::builder().profile(profile(&mut dice)).parallel_from(from).threads(2);
        let sim = builder.id_seed(seed).outline(START).build().unwrap();
        // One of the two drives locks the source and the target of large copies.
        let two = sim.add_drive(DriveSpec::new("two").profile(Profile::BOX)).unwrap();
        for name in ["a", "b"] {
            sim.create_folder(two.at("/"), name).unwrap();
        }
        let drives = vec![sim.drive("drive").unwrap(), two];
        drives.iter().for_each(|drive| create_big_folder(&sim, drive));
        let before = has_snapshot.then(|| sim.snapshot());
        Storm { sim, drives, seed, at_work: Mutex::default(), before }
    }

    /// Checks the final state, and returns how often each verb succeeded.
    pub(super) fn check(&self, reports: Vec<WorkerReport>) -> BTreeMap<&'static str, u64> {
        let sim = &self.sim;
        finish_all(sim);
        sim.check_invariants();
        let mut n_done = BTreeMap::new();
        let mut created: Vec<(DriveRef, ItemId)> = Vec::new();
        for report in reports {
            for (drive, id) in report.restricted {
                let _ = sim.set_access(drive.at(id), None);
            }
            created.extend(report.created);
            for (name, n) in report.n_done {
                *n_done.entry(name).or_default() += n;
            }
        }
        check_consistent(sim);
        if self.before.is_none() {
            let n_created = created.len();
            let distinct: BTreeSet<_> =
                created.iter().map(|(drive, id)| (drive.id().to_string(), *id)).collect();
            assert_eq!(distinct.len(), n_created, "an id is not unique");
            check_unlocked(&sim.fork());
        }
        n_done
    }
}

/// Checks that nothing is locked: deletes all items of all drives and copies into the roots, which locks would prevent.
pub(crate) fn check_unlocked(fork: &Sim) {
    for drive in fork.drives() {
        fork.set_quota(&drive, None).unwrap();
        for child in fork.children(drive.at("/")).unwrap() {
            fork.delete_permanently(drive.at(child.id)).unwrap();
        }
        let folder = fork.create_folder(drive.at("/"), "folder").unwrap();
        fork.copy(drive.at(folder), drive.at("/"), CopyOptions::named("copy")).unwrap();
        fork.move_to_with(drive.at(folder), drive.at("/copy"), Conflict::Fail).unwrap();
    }
}
