//! Draws and compares histories in threads with a small stack, as `tests/stack.rs` of the testkit does with trees.

use std::cell::Cell;
use std::thread;

use drivesim_model::history::{histories, models, ops};
use drivesim_model::{comparison, fuzz};
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
fn histories_are_drawn_whole_and_in_parts() {
    in_small_thread(|| {
        draw(histories(1..60));
        draw(models().prop_flat_map(|model| (Just(model.clone()), ops(&model))));
    });
}

#[test]
fn histories_are_compared() {
    in_small_thread(|| {
        proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(30) },
        |((model, ops) in histories(1..60))| {
            let mut ops = ops.into_iter();
            comparison::run(model, |_| ops.next());
        });
    });
}

#[test]
fn fuzz_bodies_are_run() {
    in_small_thread(|| {
        fuzz::outline(b"Docs/\n  a.txt = \"hi\"\n  b = 2 MiB\n");
        fuzz::name("a/ b.txt".as_bytes());
        fuzz::history(&[7; 200]);
    });
}
