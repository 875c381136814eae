//! Draws copies, and operations on jobs.

use std::time::Duration;

use drivesim::item::Versions;
use drivesim::options::{OnFailure, Visibility};
use drivesim::{Conflict, CopyOptions, Pace};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::selectors::{conflict, name, selector_pair};
use crate::op::{Indirect, ItemSelector, JobFault, Op, Selected, Selector};

pub(super) fn pace() -> BoxedStrategy<Pace> {
    prop_oneof![
        6 => Just(Pace::Instant),
        8 => Just(Pace::Held),
        5 => select(vec![1, 3, 4, 1000, u64::MAX]).prop_map(Pace::ItemsPerSecond),
        3 => select(vec![3, 10, 1000]).prop_map(Pace::BytesPerSecond),
        5 => select(vec![0, 250, 1000]).prop_map(|ms| Pace::After(Duration::from_millis(ms))),
        5 => (1u32..5).prop_map(Pace::Polls),
        1 => select(vec![Pace::ItemsPerSecond(0), Pace::BytesPerSecond(0), Pace::Polls(0)]),
    ]
    .boxed()
}

pub(super) fn copy_options(children_only: bool) -> BoxedStrategy<CopyOptions> {
    let name = if children_only {
        prop_oneof![12 => Just(None), 1 => name().prop_map(Some)].boxed()
    } else {
        proptest::option::of(name()).boxed()
    };
    let visibility = select(vec![None, Some(Visibility::Gradual), Some(Visibility::OnCompletion)]);
    let on_failure = select(vec![None, Some(OnFailure::Keep), Some(OnFailure::Remove)]);
    // All services support `Fail`.
    let conflict = prop_oneof![1 => Just(Conflict::Fail), 1 => conflict()];
    let weight = if children_only { 1 } else { 4 };
    let versions = prop_oneof![
        16 => Just(Versions::Current),
        8 => Just(Versions::All),
        weight => (0u32..4).prop_map(Versions::Number),
    ];
    let parts = (name, conflict, versions, pace(), visibility, on_failure);
    let options = parts.prop_map(move |(name, conflict, versions, pace, visibility, on_failure)| {
        let mut options = CopyOptions::default().on_conflict(conflict).versions(versions).pace(pace);
        (options.name, options.children_only) = (name, children_only);
        (options.visibility, options.on_failure) = (visibility, on_failure);
        options
    });
    options.boxed()
}

/// Draws the source and the target of a copy, sometimes a target that concerns another job.
pub(super) fn to_copy(
    from: Selector,
    n_same: u32,
    n_other: u32,
) -> BoxedStrategy<(ItemSelector, ItemSelector)> {
    let busy = (selector_pair(from, n_same, n_other), any::<bool>());
    let copied = busy.prop_map(|((source, target), is_busy)| match is_busy {
        true => (source, ItemSelector { want: Selector::FolderOfJob, ..target }),
        false => (source, target),
    });
    copied.boxed()
}

pub(super) fn job_ops() -> Vec<(u32, BoxedStrategy<Op<Selected>>)> {
    let copy = (to_copy(Selector::Child, 5, 3), copy_options(false))
        .prop_map(|((source, target), options)| Op::Copy { source, target, options });
    let file = (to_copy(Selector::Written, 5, 3), copy_options(false))
        .prop_map(|((source, target), options)| Op::Copy { source, target, options });
    let children = (to_copy(Selector::Folder, 3, 4), copy_options(true))
        .prop_map(|((source, target), options)| Op::Copy { source, target, options });
    let nanos = select(vec![0, 1, 249_999_999, 250_000_000, 1_000_000_000, 5_000_000_000]);
    let advance = nanos.prop_map(|nanos| Op::Advance { by: Duration::from_nanos(nanos) });
    // The times that items stay in the bin, and a little longer.
    let days = select(vec![30, 31, 93, 94]).prop_map(|days| Duration::from_secs(days * 24 * 60 * 60));
    let leap = days.prop_map(|by| Op::Advance { by });
    let step = (any::<u16>(), 0usize..4).prop_map(|(job, n_items)| Op::Step { job, n_items });
    // Some have a higher weight because they rarely apply to a job.
    let faults = prop_oneof![
        32 => Just(JobFault::TargetIntoSource),
        1 => Just(JobFault::DeleteSource),
        1 => Just(JobFault::DeleteTarget),
        1 => Just(JobFault::MoveNewItem),
        1 => Just(JobFault::DeleteNewItem),
        1 => Just(JobFault::DeleteReplaced),
        1 => Just(JobFault::FolderInPlace),
        24 => Just(JobFault::RemoveDrive),
        1 => Just(JobFault::MakeTargetReadOnly),
        4 => Just(JobFault::LockSource),
        1 => Just(JobFault::ExhaustQuota),
    ];
    let disturb = (any::<u16>(), faults).prop_map(|(job, how)| Op::Extra(Indirect::InjectFault { job, how }));
    vec![
        (16, copy.boxed()),
        (6, file.boxed()),
        (10, children.boxed()),
        (6, any::<u16>().prop_map(|job| Op::Poll { job }).boxed()),
        (12, step.boxed()),
        (31, disturb.boxed()),
        (8, advance.boxed()),
        (2, leap.boxed()),
        (1, Just(Op::RunUntilIdle).boxed()),
    ]
}
