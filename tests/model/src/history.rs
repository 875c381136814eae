//! Defines verbs as data, and strategies for histories of them.
//!
//! [`histories`] draws whole histories; [`models`] and [`verbs`] draw their parts, one after the other. A verb is
//! resolved with a [`Model`]: [`Model::apply`] resolves it to a call and determines the expected result, and
//! [`comparison`](crate::comparison) performs that call on a simulator.
//!
//! Names are drawn from a small set so that they conflict. Items are selected by a number modulo the number of items,
//! so that a shorter history remains valid.

mod items;
mod jobs;
mod metadata;
mod print;
pub(crate) mod selectors;
mod shrink;
mod weighted;

use std::time::Duration;

use drivesim::Conflict;
use drivesim::access::{Access, LockScope};
use drivesim::options::{OnFailure, Visibility};
use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use self::weighted::Weighted;
use crate::model::{CopyWish, JobFault, Model, Service, Setup};

pub use self::shrink::{Histories, HistoryTree};

/// The items that a selector matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Any item, with the root.
    Any,
    /// A folder, with the root.
    Folder,
    /// A file.
    File,
    /// Any item but the root.
    Child,
    /// An item that concerns an active job, or else any but the root.
    OfJob,
    /// A folder that concerns an active job, or else any.
    FolderOfJob,
    /// A file that was written more than once, or else any file.
    Written,
    /// A file that had another name before, or else a file as in `Written`.
    Renamed,
    /// An item in the bin, or else any but the root.
    Binned,
    /// An item with an access level set on it, or else any.
    Limited,
}

/// How a selector names its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressBy {
    /// By its path.
    Path,
    /// By its id.
    Id,
    /// By the id of a deleted item.
    Stale,
    /// By a path below it that does not exist.
    Missing,
    /// By a text that is not a path.
    NoPath,
}

/// The tag that is expected of the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names describe them")]
pub enum Tag {
    None,
    RightETag,
    RightCTag,
    WrongETag,
    WrongCTag,
}

/// Selects an item before the existing items are known. Prints as one line.
#[derive(Clone)]
pub struct ItemSelector {
    /// The index of the drive.
    pub drive: u8,
    /// The index among the matching items.
    pub pick: u16,
    /// The items that match.
    pub want: Selector,
    /// How the item is named.
    pub by: AddressBy,
    /// The expected tag; the verb fails if the item has another one.
    pub tag: Tag,
}

/// A call before the existing items and jobs are known. Prints as one line, so that a history prints one verb per line.
#[derive(Clone)]
#[expect(missing_docs, reason = "they are named as the verbs of a simulator and their arguments")]
pub enum Verb {
    As {
        user: u8,
        verb: Box<Verb>,
    },
    CreateFolder {
        parent: ItemSelector,
        name: String,
        conflict: Conflict,
    },
    CreateFile {
        parent: ItemSelector,
        name: String,
        text: String,
        conflict: Conflict,
    },
    CreateSized {
        parent: ItemSelector,
        name: String,
        size: u64,
    },
    Write {
        file: ItemSelector,
        new_name: Option<String>,
        text: String,
    },
    Rename {
        item: ItemSelector,
        name: String,
    },
    Move {
        item: ItemSelector,
        target: ItemSelector,
        name: Option<String>,
        conflict: Conflict,
    },
    Update {
        item: ItemSelector,
        target: Option<ItemSelector>,
        name: Option<String>,
        conflict: Conflict,
        text: Option<String>,
        times: [Option<i64>; 4],
    },
    RestoreVersion {
        file: ItemSelector,
        number: u16,
    },
    DeleteVersion {
        file: ItemSelector,
        number: u16,
    },
    SetTimes {
        item: ItemSelector,
        times: [Option<i64>; 4],
    },
    SetDescription {
        item: ItemSelector,
        text: String,
    },
    Delete {
        item: ItemSelector,
    },
    DeletePermanently {
        item: ItemSelector,
    },
    RestoreItem {
        item: ItemSelector,
        folder: Option<ItemSelector>,
        name: Option<String>,
        conflict: Conflict,
    },
    RestoreOver {
        item: ItemSelector,
        pick: u16,
        conflict: Conflict,
    },
    Purge {
        item: ItemSelector,
    },
    PurgeAll {
        drive: u8,
    },
    SetAccess {
        item: ItemSelector,
        access: Option<Access>,
    },
    SetQuota {
        drive: u8,
        more: Option<i64>,
    },
    Lock {
        item: ItemSelector,
        scope: LockScope,
    },
    Unlock {
        lock: u16,
    },
    Copy {
        source: ItemSelector,
        target: ItemSelector,
        wish: CopyWish,
    },
    Poll {
        job: u16,
    },
    Step {
        job: u16,
        n_items: usize,
    },
    InjectFault {
        job: u16,
        how: JobFault,
    },
    Advance {
        by: Duration,
    },
    RunUntilIdle,
    AddDrive {
        service: Service,
    },
    RemoveDrive,
}

/// Draws a verb and its user. `n_deletes` is the weight of deletes.
fn any_verb(n_deletes: u32) -> BoxedStrategy<Verb> {
    let service = select(Service::ALL.to_vec());
    let mut verbs = items::changes();
    verbs.extend(items::versions());
    verbs.extend(items::deletes(n_deletes));
    verbs.extend(metadata::metadata());
    verbs.extend(metadata::limits());
    verbs.extend(jobs::job_verbs());
    verbs.push((4, service.prop_map(|service| Verb::AddDrive { service }).boxed()));
    verbs.push((1, Just(Verb::RemoveDrive).boxed()));
    let user = prop_oneof![4 => Just(0u8), 1 => 1u8..3];
    (user, Weighted::new(verbs)).prop_map(|(user, verb)| Verb::As { user, verb: Box::new(verb) }).boxed()
}

fn setup() -> BoxedStrategy<Setup> {
    let service = || {
        prop_oneof![
            4 => Just(Service::Plain),
            5 => Just(Service::Business),
            3 => Just(Service::Personal),
            4 => Just(Service::Box),
        ]
    };
    let visibility = select(vec![Visibility::Gradual, Visibility::OnCompletion]);
    let leftovers = select(vec![OnFailure::Keep, OnFailure::Remove]);
    let is_tight = prop_oneof![3 => Just(false), 1 => Just(true)];
    (service(), service(), is_tight, any::<bool>(), visibility, leftovers)
        .prop_map(|(one, two, is_tight, is_short, visibility, leftovers)| Setup {
            one,
            two,
            is_tight,
            is_short,
            visibility,
            leftovers,
        })
        .boxed()
}

/// The number of items of a model above which deletes are more frequent.
const MANY_ITEMS: usize = 45;

thread_local! {
    // Building the strategies takes longer than drawing from them.
    static FEW: BoxedStrategy<Verb> = any_verb(5);
    static MANY: BoxedStrategy<Verb> = any_verb(40);
}

/// Draws an initial model and the verbs of a history. A failing history is first shortened, then its verbs and its
/// initial state are simplified.
///
/// ```
/// use drivesim_model::history::histories;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(5), |((model, verbs) in histories(1..10))| {
///     let mut verbs = verbs.into_iter();
///     drivesim_model::comparison::run(model, |_| verbs.next());
/// });
/// ```
pub fn histories(n_verbs: impl Into<SizeRange>) -> Histories {
    Histories::new(n_verbs.into())
}

/// Draws initial models of histories.
///
/// ```
/// use drivesim_model::history::models;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(5), |(model in models())| {
///     prop_assert_eq!(model.drives.len(), 2);
/// });
/// ```
pub fn models() -> BoxedStrategy<Model> {
    setup().prop_map(Model::new).boxed()
}

/// Draws the next verb of a history, given the current model: the weights depend on its number of items.
///
/// ```
/// use drivesim_model::history::{models, verbs};
/// use proptest::prelude::*;
///
/// let model_and_verb = models().prop_flat_map(|model| (Just(model.clone()), verbs(&model)));
/// proptest!(ProptestConfig::with_cases(5), |((mut model, verb) in model_and_verb)| {
///     model.apply(&verb);
///     prop_assert!(model.last.is_some());
/// });
/// ```
pub fn verbs(model: &Model) -> BoxedStrategy<Verb> {
    let verbs = if model.items.len() > MANY_ITEMS { &MANY } else { &FEW };
    verbs.with(BoxedStrategy::clone)
}
