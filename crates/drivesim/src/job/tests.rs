//! Tests that a report is of one moment, and that reading a job changes nothing.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use drivesim_core::Profile;
use drivesim_jobs::{EventKind, Every, Pace, Status};

use super::ResolvedJob;
use crate::drives::with_hook;
use crate::effects::{Effects, channel};
use crate::event_reader::Events;
use crate::options::{CopyOptions, OnFailure};
use crate::sim::Sim;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_report_does_not_contradict_itself_while_another_thread_runs_what_is_due() {
    let builder = Sim::builder().pace(Pace::items_per_second(1));
    let sim = builder.outline("Docs/\n  a\n  b\nother\nto/\n").build().unwrap();
    let first = sim.copy("/Docs", "/to", CopyOptions::default()).unwrap();
    sim.copy("/other", "/to", CopyOptions::default()).unwrap();
    let n_read = Rc::new(Cell::new(0));
    // Called while the clock is at its new time, the first job has just started and the second one is starting.
    let hook = {
        let (first, n_read) = (first.clone(), n_read.clone());
        move |_: &crate::drives::DriveCell| {
            let report = first.report();
            if report.progress.items_total == 3 {
                let seen = (report.status, report.percent.tenths(), report.progress.items_done);
                assert_eq!(seen, (Status::InProgress, 0, 0));
                n_read.set(n_read.get() + 1);
            }
        }
    };
    with_hook(hook, || sim.advance(10 * SECOND).unwrap());
    assert_eq!(n_read.get(), 1);
    let report = first.report();
    assert_eq!((report.percent.tenths(), report.progress.items_done), (1000, 3));
}

/// Returns a simulator with a job that is done after ten seconds and has run for some time.
fn running(stops: &[Duration]) -> Sim {
    let builder = Sim::builder().pace(Pace::after(10 * SECOND));
    let sim = builder.outline("a\nto/\n").build().unwrap();
    sim.copy("/a", "/to", CopyOptions::default()).unwrap();
    stops.iter().for_each(|by| sim.advance(*by).unwrap());
    sim
}

#[test]
fn a_failed_job_reports_the_same_progress_whether_or_not_it_was_read() {
    let sims = [running(&[4500 * SECOND / 1000]), running(&[SECOND, SECOND, SECOND, SECOND, SECOND / 2])];
    let read = sims[0].fork();
    assert_eq!(read.jobs()[0].report().percent.tenths(), 450);
    for sim in sims.iter().chain([&read]) {
        sim.delete("/to").unwrap();
        let report = sim.jobs()[0].report();
        assert_eq!((report.status, report.percent.tenths()), (Status::Failed, 450));
    }
}

#[test]
fn a_job_that_loses_its_target_has_reported_its_progress_however_often_the_clock_stops() {
    for stops in [vec![10 * SECOND], vec![SECOND; 10]] {
        let builder = Sim::builder().profile(Profile::BUSINESS).on_failure(OnFailure::Remove);
        let sim = builder.outline("Docs/\n  in/\n  other\n  taken\nfile\nto/\n  taken\n").build().unwrap();
        // It fails in the end, and what it has made is removed, with the target of the second job.
        let failing =
            sim.copy("/Docs", "/to", CopyOptions::children_only().pace(Pace::after(4 * SECOND))).unwrap();
        sim.advance(2 * SECOND).unwrap();
        let pace = Pace::after(8 * SECOND);
        let orphaned = sim.copy("/file", "/to/in", CopyOptions::default().pace(pace)).unwrap();
        let events = orphaned.events();
        stops.iter().for_each(|by| sim.advance(*by).unwrap());
        let (failed, lost) = (failing.report(), orphaned.report());
        assert_eq!(
            (failed.status, lost.status, lost.percent.tenths()),
            (Status::Failed, Status::Failed, 250)
        );
        let marks = events.try_iter().filter(|event| event.kind == EventKind::Progress);
        let marks: Vec<u8> = marks.map(|event| event.percent.whole()).collect();
        assert_eq!(marks, (1..=25).collect::<Vec<u8>>());
    }
}

#[test]
fn a_reader_that_comes_while_another_thread_advances_the_clock_receives_no_progress_twice() {
    let sim = running(&[SECOND]);
    let job = sim.jobs().remove(0);
    // The time that a reader has read before it is added.
    let ResolvedJob { sim: state, cell, is_known, now } = job.resolve();
    sim.advance(SECOND).unwrap();
    let (sender, receiver) = channel();
    let mut effects = Effects::default();
    cell.subscribe(&state, Every::Percent, &sender, is_known, now, &mut effects);
    state.publish(effects);
    let events = Events::of_job(sim.clone(), cell.clone(), receiver);
    sim.run_until_idle();
    let percents: Vec<u8> = events.try_iter().map(|event| event.percent.whole()).collect();
    // Accepted, started, what was done before, and the rest.
    let rest = 20..=100;
    assert_eq!(percents, [0, 0].into_iter().chain(rest).collect::<Vec<u8>>());
}
