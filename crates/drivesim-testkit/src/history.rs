//! The only place for verbs as data and for the strategies that draw histories of them.
//!
//! Names come from few, so that they collide, and items are named by a number that is taken modulo how many there
//! are, so that a history that was made shorter still means something.

use std::time::Duration;

use drivesim::{Conflict, Leftovers, Pace, Visibility};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Union};
use proptest_state_machine::ReferenceStateMachine;

use crate::model::{CopyWish, Disturbance, Model, Service, Setup};

/// What kind of item is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Any, the root too.
    Any,
    /// A folder, the root too.
    Folder,
    /// A file.
    File,
    /// Any but the root.
    Child,
    /// Any that a job which has not ended has to do with, or else any but the root.
    OfJob,
    /// A folder that a job which has not ended has to do with, or else any.
    FolderOfJob,
}

/// How an item is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By its path.
    Path,
    /// By its id.
    Id,
    /// By the id of one that is gone.
    Stale,
    /// By a path below it at which there is nothing.
    Missing,
    /// By something that is not a path.
    NoPath,
}

/// Names an item before it is known which there are.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Which drive.
    pub drive: u8,
    /// Which of the items that fit.
    pub pick: u16,
    /// Which items fit.
    pub want: Want,
    /// How it is named.
    pub by: By,
}

/// A call before it is known which items and jobs there are.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are named as the verbs of a simulator and their arguments")]
pub enum Verb {
    CreateFolder { parent: Spot, name: String, conflict: Conflict },
    CreateFile { parent: Spot, name: String, text: String, conflict: Conflict },
    CreateSized { parent: Spot, name: String, size: u64 },
    Write { file: Spot, new_name: Option<String>, text: String },
    Rename { item: Spot, name: String },
    Move { item: Spot, target: Spot, name: Option<String>, conflict: Conflict },
    Delete { item: Spot },
    Copy { source: Spot, target: Spot, wish: CopyWish },
    Poll { job: u16 },
    Step { job: u16, n_items: usize },
    Disturb { job: u16, how: Disturbance },
    Advance { by: Duration },
    RunUntilIdle,
    AddDrive { service: Service },
    RemoveDrive,
}

const SERVICES: [Service; 4] = [Service::Plain, Service::Business, Service::Personal, Service::Box];
const CONFLICTS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
/// Names that every service takes, and that collide with each other in one way or another.
const GOOD: [&str; 12] =
    ["a", "A", "b", "c", "x", "a.txt", "A.txt", "a 1.txt", "a1.txt", "a 1", "a1", "a.tar.gz"];
/// Names that some service does not take, or that need care.
const ODD: [&str; 30] = [
    "",
    ".",
    "..",
    "a/b",
    "a:b",
    "a\\b",
    " a",
    "a ",
    "a.",
    "CON",
    "con.txt",
    "COM",
    "COM.txt",
    "LPT7",
    ".lock",
    "desktop.ini",
    "forms",
    "Forms",
    "~a",
    "~$a.txt",
    "x_vti_y",
    "&#169;",
    "&#x;",
    "a\u{1}b",
    "b/ ",
    "🎉",
    ".hidden",
    "é",
    "É",
    "\u{17F}",
];
/// How many characters the long names have: a short number fits behind the first, none behind the second.
const LONG: [usize; 3] = [250, 254, 256];
/// A size of which two do not fit on a drive.
const HUGE: u64 = 3 << 62;

fn name() -> impl Strategy<Value = String> + Clone {
    let long = select(LONG.to_vec()).prop_map(|length| "L".repeat(length - 4) + ".txt");
    prop_oneof![
        30 => select(GOOD.to_vec()).prop_map(str::to_owned),
        8 => select(ODD.to_vec()).prop_map(str::to_owned),
        1 => long,
    ]
}

fn conflict() -> impl Strategy<Value = Conflict> + Clone {
    select(CONFLICTS.to_vec())
}

fn text() -> impl Strategy<Value = String> + Clone {
    select(vec!["", "x", "hello"]).prop_map(str::to_owned)
}

/// Draws how an item is named: mostly in a way that finds it.
fn by() -> impl Strategy<Value = By> + Clone {
    prop_oneof![
        40 => Just(By::Path),
        36 => Just(By::Id),
        3 => Just(By::Stale),
        1 => Just(By::Missing),
        1 => Just(By::NoPath),
    ]
}

fn drive() -> impl Strategy<Value = u8> + Clone {
    prop_oneof![6 => Just(0u8), 4 => Just(1), 3 => Just(2)]
}

fn spot_in(drive: u8, want: Want) -> impl Strategy<Value = Spot> {
    // A folder where one is needed, but now and then whatever there is.
    let want = prop_oneof![28 => Just(want), 1 => Just(Want::Any)];
    (any::<u16>(), want, by()).prop_map(move |(pick, want, by)| Spot { drive, pick, want, by })
}

fn spot(want: Want) -> impl Strategy<Value = Spot> {
    drive().prop_flat_map(move |drive| spot_in(drive, want))
}

/// Draws two spots, mostly in one drive.
fn spots(from: Want, n_same: u32, n_other: u32) -> impl Strategy<Value = (Spot, Spot)> {
    let drives = prop_oneof![
        n_same => drive().prop_map(|drive| (drive, drive)),
        n_other => (drive(), drive()),
    ];
    drives.prop_flat_map(move |(one, two)| (spot_in(one, from), spot_in(two, Want::Folder)))
}

fn pace() -> impl Strategy<Value = Pace> {
    prop_oneof![
        6 => Just(Pace::Instant),
        8 => Just(Pace::Held),
        5 => select(vec![1, 3, 4, 1000, u64::MAX]).prop_map(Pace::ItemsPerSecond),
        3 => select(vec![3, 10, 1000]).prop_map(Pace::BytesPerSecond),
        5 => select(vec![0, 250, 1000]).prop_map(|ms| Pace::After(Duration::from_millis(ms))),
        5 => (1u32..5).prop_map(Pace::Polls),
        1 => select(vec![Pace::ItemsPerSecond(0), Pace::BytesPerSecond(0), Pace::Polls(0)]),
    ]
}

fn wish(children_only: bool) -> impl Strategy<Value = CopyWish> {
    let name = if children_only {
        prop_oneof![12 => Just(None), 1 => name().prop_map(Some)].boxed()
    } else {
        proptest::option::of(name()).boxed()
    };
    let visibility = select(vec![None, Some(Visibility::Gradual), Some(Visibility::OnCompletion)]);
    let leftovers = select(vec![None, Some(Leftovers::Keep), Some(Leftovers::Remove)]);
    // Fail is what all services offer.
    let conflict = prop_oneof![1 => Just(Conflict::Fail), 1 => conflict()];
    (name, conflict, pace(), visibility, leftovers).prop_map(
        move |(name, conflict, pace, visibility, leftovers)| CopyWish {
            name,
            conflict,
            children_only,
            pace,
            visibility,
            leftovers,
        },
    )
}

/// Draws what is copied and where to, now and then where another job is at work.
fn to_copy(from: Want, n_same: u32, n_other: u32) -> impl Strategy<Value = (Spot, Spot)> {
    let busy = (spots(from, n_same, n_other), any::<bool>());
    busy.prop_map(|((source, target), is_busy)| match is_busy {
        true => (source, Spot { want: Want::FolderOfJob, ..target }),
        false => (source, target),
    })
}

/// Draws an item that is changed while jobs go on, and a folder.
fn disturbed() -> impl Strategy<Value = (Spot, Spot)> {
    prop_oneof![
        4 => spots(Want::Child, 12, 1),
        4 => drive().prop_flat_map(|drive| (spot_in(drive, Want::OfJob), spot_in(drive, Want::OfJob))),
        2 => spots(Want::OfJob, 12, 0),
    ]
}

fn disturbed_one() -> impl Strategy<Value = Spot> {
    disturbed().prop_map(|(item, _)| item)
}

fn changes() -> Vec<(u32, BoxedStrategy<Verb>)> {
    let parent = || spot(Want::Folder);
    let folder = (parent(), name(), conflict()).prop_map(|(parent, name, conflict)| Verb::CreateFolder {
        parent,
        name,
        conflict,
    });
    let file = (parent(), name(), text(), conflict())
        .prop_map(|(parent, name, text, conflict)| Verb::CreateFile { parent, name, text, conflict });
    let size = prop_oneof![4 => select(vec![0, 7, 1024]), 1 => Just(HUGE)];
    let sized =
        (parent(), name(), size).prop_map(|(parent, name, size)| Verb::CreateSized { parent, name, size });
    let file_or_folder = prop_oneof![2 => spot(Want::File), 3 => spot(Want::Folder)];
    let write = (file_or_folder, proptest::option::of(name()), text())
        .prop_map(|(file, new_name, text)| Verb::Write { file, new_name, text });
    let rename = (disturbed_one(), name()).prop_map(|(item, name)| Verb::Rename { item, name });
    let conflict = || prop_oneof![2 => Just(Conflict::Fail), 3 => conflict()];
    let moves = (disturbed(), proptest::option::of(name()), conflict())
        .prop_map(|((item, target), name, conflict)| Verb::Move { item, target, name, conflict });
    vec![
        (5, folder.boxed()),
        (5, file.boxed()),
        (2, sized.boxed()),
        (4, write.boxed()),
        (6, rename.boxed()),
        (14, moves.boxed()),
        (4, select(SERVICES.to_vec()).prop_map(|service| Verb::AddDrive { service }).boxed()),
        (1, Just(Verb::RemoveDrive).boxed()),
    ]
}

fn job_moves() -> Vec<(u32, BoxedStrategy<Verb>)> {
    let copy = (to_copy(Want::Child, 5, 3), wish(false)).prop_map(|((source, target), wish)| Verb::Copy {
        source,
        target,
        wish,
    });
    let children = (to_copy(Want::Folder, 3, 4), wish(true))
        .prop_map(|((source, target), wish)| Verb::Copy { source, target, wish });
    let advance = select(vec![0, 1, 249_999_999, 250_000_000, 1_000_000_000, 5_000_000_000])
        .prop_map(|nanos| Verb::Advance { by: Duration::from_nanos(nanos) });
    let step = (any::<u16>(), 0usize..4).prop_map(|(job, n_items)| Verb::Step { job, n_items });
    let disturbances = vec![
        // Some are drawn twice because they seldom find a job they can be done to.
        Disturbance::TargetIntoSource,
        Disturbance::TargetIntoSource,
        Disturbance::DeleteSource,
        Disturbance::DeleteTarget,
        Disturbance::MoveNewItem,
        Disturbance::DeleteNewItem,
        Disturbance::DeleteReplaced,
        Disturbance::FolderInPlace,
        Disturbance::RemoveDrive,
        Disturbance::RemoveDrive,
    ];
    let disturb = (any::<u16>(), select(disturbances)).prop_map(|(job, how)| Verb::Disturb { job, how });
    vec![
        (20, copy.boxed()),
        (10, children.boxed()),
        (6, any::<u16>().prop_map(|job| Verb::Poll { job }).boxed()),
        (9, step.boxed()),
        (9, disturb.boxed()),
        (8, advance.boxed()),
        (1, Just(Verb::RunUntilIdle).boxed()),
    ]
}

/// Draws a verb; with more deletes when there is much to delete.
fn verb(n_deletes: u32) -> BoxedStrategy<Verb> {
    let delete = disturbed_one().prop_map(|item| Verb::Delete { item });
    let mut verbs = changes();
    verbs.extend(job_moves());
    verbs.push((n_deletes, delete.boxed()));
    Union::new_weighted(verbs).boxed()
}

fn setup() -> impl Strategy<Value = Setup> {
    let service = || {
        prop_oneof![
            4 => Just(Service::Plain),
            5 => Just(Service::Business),
            2 => Just(Service::Personal),
            2 => Just(Service::Box),
        ]
    };
    let visibility = select(vec![Visibility::Gradual, Visibility::OnCompletion]);
    let leftovers = select(vec![Leftovers::Keep, Leftovers::Remove]);
    let is_tight = prop_oneof![3 => Just(false), 1 => Just(true)];
    (service(), service(), is_tight, visibility, leftovers).prop_map(
        |(one, two, is_tight, visibility, leftovers)| Setup { one, two, is_tight, visibility, leftovers },
    )
}

/// How many items a model may have before more is deleted.
const MANY_ITEMS: usize = 45;

thread_local! {
    // Building the strategies takes longer than drawing from them.
    static FEW: BoxedStrategy<Verb> = verb(5);
    static MANY: BoxedStrategy<Verb> = verb(40);
}

/// The model as what proptest draws histories for.
#[derive(Debug)]
pub struct Histories;

impl ReferenceStateMachine for Histories {
    type State = Model;
    type Transition = Verb;

    fn init_state() -> BoxedStrategy<Model> {
        setup().prop_map(Model::new).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Verb> {
        let verbs = if model.items.len() > MANY_ITEMS { &MANY } else { &FEW };
        verbs.with(BoxedStrategy::clone)
    }

    fn apply(mut model: Model, verb: &Verb) -> Model {
        model.apply(verb);
        model
    }
}
