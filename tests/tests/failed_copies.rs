//! Makes copies fail after they were accepted, as docs/library.md describes.

use drivesim::access::{Access, LockScope};
use drivesim::{CopyOptions, Error, Pace, Sim};

/// Accepts a copy of the file, makes a change, and returns the code of the error with which the job fails.
fn code_after(change: impl FnOnce(&Sim) -> Result<(), Error>) -> &'static str {
    let sim = Sim::builder().pace(Pace::Held).outline("a.txt = 9 B\nto/\n").build().unwrap();
    let job = sim.copy("/a.txt", "/to", CopyOptions::default()).unwrap();
    change(&sim).unwrap();
    job.step(1).unwrap();
    job.report().error().unwrap().code()
}

#[test]
fn a_change_before_the_first_step_makes_a_copy_fail() {
    assert_eq!(code_after(|sim| sim.create_folder("/to", "a.txt").map(drop)), "nameAlreadyExists");
    assert_eq!(code_after(|sim| sim.delete("/a.txt")), "itemNotFound");
    assert_eq!(code_after(|sim| sim.delete("/to")), "itemNotFound");
    assert_eq!(code_after(|sim| sim.set_access("/to", Some(Access::Read))), "accessDenied");
    assert_eq!(code_after(|sim| sim.lock("/to", LockScope::Item).map(drop)), "resourceLocked");
    assert_eq!(code_after(|sim| sim.set_quota(sim.first_drive()?, Some(9))), "quotaLimitReached");
}

#[test]
fn a_copy_fails_in_the_middle_if_its_target_is_deleted() {
    let outline = "Docs/\n  a.txt\n  b.txt\nto/\n";
    let sim = Sim::builder().pace(Pace::Held).outline(outline).build().unwrap();
    let job = sim.copy("/Docs", "/to", CopyOptions::default()).unwrap();
    job.step(2).unwrap();
    assert_eq!(job.percent_complete(), 66.6);
    sim.delete("/to").unwrap();
    job.step(1).unwrap();
    let report = job.report();
    assert_eq!((report.percent.as_f64(), report.error().map(Error::code)), (66.6, Some("itemNotFound")));
}

#[test]
fn the_id_of_a_copy_in_another_drive_is_used_with_that_drive() {
    let sim = Sim::builder().outline("drive one\nx.txt\ndrive two\n").build().unwrap();
    let job = sim.copy("/x.txt", sim.drive("two").unwrap().at("/"), CopyOptions::named("y.txt")).unwrap();
    let id = job.report().item().unwrap();
    assert_eq!(sim.path(job.target_drive().at(id)).unwrap(), "/y.txt");
}
