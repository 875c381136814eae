//! Tests of concurrent calls, and of results that do not depend on the number of threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drivesim::{Conflict, CopyOptions, JobStatus, Pace, Sim};
use rayon::prelude::*;

/// Long enough that only a deadlock takes longer, even on a busy machine.
pub(crate) const WATCHDOG_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// Runs `body` and panics if it is incomplete.
pub(crate) fn with_watchdog<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = std::sync::mpsc::channel();
    let worker = std::thread::spawn(move || sender.send(body()).unwrap());
    match receiver.recv_timeout(WATCHDOG_TIMEOUT) {
        Ok(result) => result,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
            panic!("a deadlock: nothing came back in {WATCHDOG_TIMEOUT:?}")
        }
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            std::panic::resume_unwind(worker.join().unwrap_err())
        }
    }
}

/// Creates a drive with 58,000 items of many shapes below `/source`.
fn fifty_thousand(builder: drivesim::builder::SimBuilder) -> Sim {
    let sim = builder.build().unwrap();
    let source = sim.create_folder("/", "source").unwrap();
    for number in 0..500u64 {
        let parent = if number % 3 == 0 {
            source
        } else {
            sim.item(format!("/source/f{:03}", number / 3 * 3)).unwrap().id
        };
        let folder = sim.create_folder(parent, &format!("f{number:03}")).unwrap();
        for file in 0..101 {
            sim.create_sized(folder, &format!("n{:03}.txt", file * 37 % 101), number * file).unwrap();
        }
    }
    // Folders that have an index of names. Several tasks copy the second one.
    for n_files in [300u64, 7000] {
        let folder = sim.create_folder(source, &format!("large {n_files}")).unwrap();
        for file in 0..n_files {
            sim.create_sized(folder, &format!("n{:04}.txt", file * 37 % n_files), file).unwrap();
        }
    }
    sim
}

#[test]
fn ids_order_and_items_are_the_same_for_1_2_and_16_threads() {
    let run = |n_threads: usize, parallel_from: usize| {
        let sim = fifty_thousand(Sim::builder().threads(n_threads).parallel_from(parallel_from));
        let job = sim.copy("/source", "/", CopyOptions::named("copy")).unwrap();
        let gradual = CopyOptions::named("gradual").pace(Pace::items_per_second(10_000));
        let second = sim.copy("/copy", "/", gradual).unwrap();
        sim.run_until_idle();
        sim.check_invariants();
        let mut items = Vec::new();
        let mut folders = vec![sim.item("/").unwrap()];
        while let Some(folder) = folders.pop() {
            let children = sim.children(folder.id).unwrap();
            folders.extend(children.iter().filter(|item| item.is_folder()).cloned());
            items.extend(children);
        }
        assert_eq!(second.status(), JobStatus::Completed);
        (items, job.parallel_tasks())
    };
    let (serial, n_tasks) = run(1, usize::MAX);
    assert_eq!(n_tasks, 0);
    assert!(serial.len() >= 150_000);
    for n_threads in [1, 2, 16] {
        let (parallel, n_tasks) = run(n_threads, 1);
        assert!(n_tasks >= 10, "only {n_tasks} tasks");
        assert!(parallel == serial, "{n_threads} threads have another result");
    }
}

#[test]
fn threads_copy_write_and_read_in_two_drives() {
    with_watchdog(|| {
        let sim =
            Sim::builder().parallel_from(1).outline("Docs/\n  a = 3 B\n  b/\n    c = 4 B\n").build().unwrap();
        let other = sim.add_drive("other").unwrap();
        sim.copy("/Docs", other.at("/"), CopyOptions::default()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (sim, other) = (sim.clone(), other.clone());
                scope.spawn(move || {
                    for number in 0..60 {
                        let name = format!("{thread} {number}");
                        sim.copy("/Docs", other.at("/"), CopyOptions::named(&name)).unwrap();
                        sim.copy(other.at("/Docs"), "/", CopyOptions::named(&name)).unwrap();
                        sim.write(format!("/{name}/new"), "x").unwrap();
                        sim.rename(other.at(format!("/{name}").as_str()), &format!("{name}!")).unwrap();
                        if number % 3 == 0 {
                            sim.delete(format!("/{name}")).unwrap();
                        }
                        sim.children("/").unwrap();
                    }
                });
            }
        });
        sim.check_invariants();
        assert_eq!(sim.item("/").unwrap().child_count, 1 + 8 * 40);
        assert_eq!(sim.item(other.at("/")).unwrap().child_count, 1 + 8 * 60);
    });
}

#[test]
fn copies_from_inside_a_parallel_iterator_do_not_deadlock() {
    with_watchdog(|| {
        let sim = Sim::builder().parallel_from(1).build().unwrap();
        let docs = sim.create_folder("/", "Docs").unwrap();
        for number in 0..2000 {
            sim.create_sized(docs, &format!("{number}"), 1).unwrap();
        }
        sim.create_folder("/", "to").unwrap();
        (0..200).into_par_iter().for_each(|number| {
            let pace = if number % 2 == 0 { Pace::Instant } else { Pace::items_per_second(1000) };
            sim.copy("/Docs", "/to", CopyOptions::named(format!("{number}")).pace(pace)).unwrap();
            sim.write(format!("/Docs/new {number}"), "x").unwrap();
            // Many threads advance the clock; the one that runs due jobs stages copies meanwhile.
            sim.advance(Duration::from_millis(100)).unwrap();
        });
        sim.run_until_idle();
        sim.check_invariants();
        assert_eq!(sim.item("/to").unwrap().child_count, 200);
        assert!(sim.jobs().iter().all(|job| job.status() == JobStatus::Completed));
    });
}

#[test]
fn a_reader_never_sees_a_partial_change() {
    with_watchdog(|| {
        let sim = Sim::builder().outline("Docs/\n  a = 1 B\n  b/\n    c = 1 B\nto/\n").build().unwrap();
        let done = Arc::new(AtomicBool::new(false));
        std::thread::scope(|scope| {
            let reader = scope.spawn({
                let (sim, done) = (sim.clone(), done.clone());
                move || {
                    let mut n_reads = 0;
                    loop {
                        // An outline is one consistent state.
                        let outline = sim.outline().unwrap();
                        Sim::builder().outline(outline).build().unwrap().check_invariants();
                        sim.check_invariants();
                        n_reads += 1;
                        if done.load(Ordering::Acquire) {
                            return n_reads;
                        }
                    }
                }
            });
            for number in 0..200 {
                let pace = if number % 2 == 0 { Pace::Instant } else { Pace::items_per_second(1000) };
                let options = CopyOptions::named("copy").on_conflict(Conflict::Rename).pace(pace);
                sim.copy("/Docs", "/to", options).unwrap();
                for _ in 0..4 {
                    sim.advance(Duration::from_millis(1)).unwrap();
                }
                if number % 10 == 9 {
                    let first = sim.children("/to").unwrap()[0].id;
                    sim.delete(first).unwrap();
                }
            }
            done.store(true, Ordering::Release);
            assert!(reader.join().unwrap() > 0);
        });
    });
}

#[test]
fn many_threads_step_and_poll_jobs() {
    with_watchdog(|| {
        let sim = Sim::builder().outline("Docs/\n  a\n  b\n  c\nto/\n").build().unwrap();
        let held = sim.copy("/Docs", "/to", CopyOptions::named("held").pace(Pace::Held)).unwrap();
        let polled = sim.copy("/Docs", "/to", CopyOptions::named("polled").pace(Pace::polls(40))).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let (held, polled) = (held.clone(), polled.clone());
                scope.spawn(move || {
                    for _ in 0..5 {
                        held.step(1).unwrap();
                        let before = polled.percent_complete();
                        assert!(polled.poll().percent.as_f64() >= before);
                    }
                });
            }
        });
        assert_eq!((held.status(), polled.status()), (JobStatus::Completed, JobStatus::Completed));
        sim.check_invariants();
    });
}

#[test]
fn removing_the_target_drive_during_a_copy_ends_the_job() {
    for pace in [Pace::Instant, Pace::items_per_second(1000)] {
        with_watchdog(move || {
            for round in 0..20u64 {
                let sim = Sim::builder().pace(pace).outline("Docs/\n").build().unwrap();
                for number in 0..3000 {
                    sim.create_sized("/Docs", &format!("{number}"), 1).unwrap();
                }
                let to = sim.add_drive("to").unwrap();
                let remover = std::thread::spawn({
                    let sim = sim.clone();
                    move || {
                        for _ in 0..round * 40 {
                            std::hint::spin_loop();
                            sim.elapsed();
                        }
                        sim.remove_drive(sim.drive("to").unwrap()).unwrap();
                    }
                });
                let job = sim.copy("/Docs", to.at("/"), CopyOptions::default());
                sim.advance(Duration::from_secs(5)).unwrap();
                remover.join().unwrap();
                sim.run_until_idle();
                if let Ok(job) = job {
                    assert!(
                        pace == Pace::Instant
                            || job.status() == JobStatus::Failed
                            || job.status() == JobStatus::Completed
                    );
                    assert_ne!(job.status(), JobStatus::InProgress);
                }
            }
        });
    }
}

#[test]
fn a_report_is_consistent() {
    with_watchdog(|| {
        for _ in 0..300 {
            let sim = Sim::builder().pace(Pace::polls(1)).outline("a\nto/\n").build().unwrap();
            let job = sim.copy("/a", "/to", CopyOptions::default()).unwrap();
            std::thread::scope(|scope| {
                let poller = scope.spawn(|| job.poll());
                for _ in 0..20 {
                    let report = job.report();
                    let done = report.status == JobStatus::Completed;
                    assert_eq!((done, done), (report.item().is_some(), report.percent.whole() == 100));
                }
                poller.join().unwrap();
            });
        }
    });
}

#[test]
fn drives_come_and_go_from_many_threads() {
    with_watchdog(|| {
        let sim = Sim::builder().build().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let sim = sim.clone();
                scope.spawn(move || {
                    for number in 0..500 {
                        let name = format!("{thread} {}", number % 7);
                        let drive = sim.add_drive(&*name).unwrap();
                        sim.remove_drive(&drive).unwrap();
                        // Other threads may have added or removed it first.
                        let _ = sim.add_drive("shared");
                        let _ = sim.drive("shared").and_then(|drive| sim.remove_drive(drive));
                    }
                });
            }
        });
        assert!(sim.drives().len() <= 2);
    });
}

#[test]
fn a_job_fails_even_if_its_deleted_item_is_restored_at_once() {
    with_watchdog(|| {
        for _ in 0..20 {
            let sim = Sim::builder().pace(Pace::Held).outline("Docs/\n  a\n  b\nto/\n").build().unwrap();
            let copy = |name: String| {
                let job = sim.copy("/Docs", "/to", CopyOptions::named(name)).unwrap();
                job.step(1).unwrap();
                job
            };
            // The delete notifies many jobs before the last one.
            let others: Vec<_> = (0..200).map(|number| copy(number.to_string())).collect();
            let job = copy("copy".to_owned());
            let copy = sim.item("/to/copy").unwrap().id;
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    while sim.restore_item(copy).is_err() {
                        std::thread::yield_now();
                    }
                });
                sim.delete(copy).unwrap();
            });
            assert_eq!(job.step(5).unwrap().status, JobStatus::Failed);
            assert_eq!(sim.item(copy).unwrap().child_count, 0);
            assert!(others.iter().all(|job| job.status() == JobStatus::InProgress));
        }
    });
}
