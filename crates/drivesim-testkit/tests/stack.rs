//! Runs the testkit in threads with a small stack.
//!
//! Users' tests run in threads of 2 MiB and are built without optimisation, which moves values over the stack. An
//! overflow ends the whole test program, so a quarter of that size must suffice.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::cell::Cell;
use std::thread;

use drivesim::item::ItemKind;
use drivesim::{CopyOptions, Pace, Profile, Sim};
use drivesim_testkit::contract::EngineSubject;
use drivesim_testkit::copy_properties::{Check, SubjectCopier};
use drivesim_testkit::shapes;
use drivesim_testkit::strategies::{allowed_names, profiles, refused_names, trees};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};

/// A quarter of the stack of a test thread.
const STACK: usize = 512 * 1024;

fn in_small_thread(test: fn()) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(test).unwrap();
    assert!(thread.join().is_ok());
}

fn runner() -> TestRunner {
    let config = ProptestConfig::with_cases(20);
    TestRunner::new(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..config })
}

/// Draws values, and shrinks a failing one.
fn draw<S: Strategy>(strategy: S) {
    runner().run(&strategy, |_| Ok(())).unwrap();
    let n_drawn = Cell::new(0);
    let outcome = runner().run(&strategy, |_| {
        n_drawn.set(n_drawn.get() + 1);
        prop_assert!(n_drawn.get() < 5);
        Ok(())
    });
    assert!(matches!(outcome, Err(TestError::Fail(..))), "{outcome:?}");
}

#[test]
fn names_and_trees_are_drawn() {
    in_small_thread(|| {
        draw(profiles());
        for profile in Profile::ALL {
            draw(allowed_names(&profile, ItemKind::File));
            draw(refused_names(&profile, ItemKind::Folder));
            draw(trees(&profile));
        }
        draw(profiles().prop_flat_map(|profile| (Just(profile.clone()), trees(&profile))));
    });
}

#[test]
fn copies_are_checked() {
    in_small_thread(|| {
        let make = || SubjectCopier::<EngineSubject>::new(Profile::BUSINESS);
        println!("{}", Check::new(Profile::BUSINESS).cases(4).run(make));
        // A copier with the rules of another profile breaks a property, so that a scene is shrunk.
        let report = Check::new(Profile::PLAIN).cases(8).only(&["a_refused_name_changes_nothing"]);
        let corrects_names = || SubjectCopier::<EngineSubject>::new(Profile::BOX);
        assert_eq!(report.find(corrects_names).broken.len(), 1);
    });
}

#[test]
fn trees_are_created_copied_and_compared() {
    in_small_thread(|| {
        let sim = Sim::builder().profile(Profile::BUSINESS).pace(Pace::Held).build().unwrap();
        shapes::populate(&sim, shapes::Shape::Wide, 2000).unwrap();
        let before = sim.fork();
        let job = sim.copy("/source", "/", CopyOptions::named("copy")).unwrap();
        job.step(usize::MAX).unwrap();
        assert_eq!(sim.outline_of("/copy"), sim.outline_of("/source"));
        assert!(!before.diff(&sim).unwrap().is_empty());
        sim.check_invariants();
    });
}
