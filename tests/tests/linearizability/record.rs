//! Runs operations on several threads and records what they return and when.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use drivesim_model::op::Op;

use super::engine::EngineReference;
use super::terms::{Few, OpResult};
use crate::error_kinds::kind_of;

/// An operation with its result and the times of its start and end.
#[derive(Clone, Debug)]
pub(super) struct RecordedOp {
    pub(super) op: Op<Few>,
    pub(super) got: OpResult,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Runs the operations of all threads concurrently and records the results. The last result is the final tree.
pub(super) fn record(engine: &EngineReference, ops: Vec<Vec<Op<Few>>>) -> Vec<Vec<RecordedOp>> {
    let (clock, n_ready, n_threads) = (&AtomicU64::new(0), &AtomicUsize::new(0), ops.len());
    let now = || clock.fetch_add(1, Ordering::SeqCst);
    let run_one = move |op: Op<Few>| {
        let from = now();
        let got = engine.try_run(&op).unwrap_or_else(|error| OpResult::failed(&kind_of(&error)));
        RecordedOp { op, got, from, to: now() }
    };
    let mut history: Vec<Vec<RecordedOp>> = std::thread::scope(|scope| {
        let threads = ops.into_iter().map(|ops| {
            scope.spawn(move || {
                n_ready.fetch_add(1, Ordering::SeqCst);
                while n_ready.load(Ordering::SeqCst) < n_threads {
                    std::thread::yield_now();
                }
                ops.into_iter().map(run_one).collect()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    history.push(vec![run_one(Op::ListAll { drive: () })]);
    history
}

/// Returns whether operations of two threads overlap in time.
pub(super) fn overlaps(history: &[Vec<RecordedOp>]) -> bool {
    history.iter().enumerate().any(|(n, one)| {
        let others = history[..n].iter().flatten();
        others.into_iter().any(|other| one.iter().any(|op| op.from < other.to && other.from < op.to))
    })
}

/// Formats a history for an assertion message.
pub(super) fn format_history(history: &[Vec<RecordedOp>]) -> String {
    let mut text = String::new();
    for (thread, recorded) in
        history.iter().enumerate().flat_map(|(n, all)| all.iter().map(move |one| (n, one)))
    {
        let RecordedOp { op, got, from, to } = recorded;
        let _ = writeln!(text, "thread {thread}, {from} to {to}: {op:?}\n    gave {got:?}");
    }
    text
}
