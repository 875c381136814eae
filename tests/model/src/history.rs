//! Draws histories of operations.
//!
//! [`histories`] draws whole histories; [`models`] and [`ops`] draw their parts, one after the other. [`Model::apply`]
//! resolves an op to a call and determines the expected result, and [`comparison`](crate::comparison) performs that
//! call on a simulator.
//!
//! Names are drawn from a small set so that they conflict. Items are selected by a number modulo the number of items,
//! so that a shorter history remains valid.

mod items;
mod jobs;
mod metadata;
mod selectors;
mod shrink;
mod weighted;

use drivesim::options::{OnFailure, Visibility};
use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use self::weighted::Weighted;
use crate::model::{Model, Setup};
use crate::op::{HistoryOp, Op, Service};

pub use self::shrink::{Histories, HistoryTree};

/// The name of the drive that histories add and remove.
const ADDITIONAL: &str = "extra";

/// Draws an op and its user. `n_deletes` is the weight of deletes.
fn any_op(n_deletes: u32) -> BoxedStrategy<HistoryOp> {
    let service = select(Service::ALL.to_vec());
    let mut ops = items::changes();
    ops.extend(items::versions());
    ops.extend(items::deletes(n_deletes));
    ops.extend(metadata::metadata());
    ops.extend(metadata::limits());
    ops.extend(jobs::job_ops());
    ops.push((4, service.prop_map(|rules| Op::AddDrive { name: ADDITIONAL.to_owned(), rules }).boxed()));
    ops.push((1, Just(Op::RemoveDrive { name: ADDITIONAL.to_owned() }).boxed()));
    let user = prop_oneof![4 => Just(0u8), 1 => 1u8..3];
    (user, Weighted::new(ops)).prop_map(|(user, op)| HistoryOp { user, op }).boxed()
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
    static FEW: BoxedStrategy<HistoryOp> = any_op(5);
    static MANY: BoxedStrategy<HistoryOp> = any_op(40);
}

/// Draws an initial model and the ops of a history. A failing history is first shortened, then its ops and its
/// initial state are simplified.
///
/// ```
/// use drivesim_model::history::histories;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(5), |((model, ops) in histories(1..10))| {
///     let mut ops = ops.into_iter();
///     drivesim_model::comparison::run(model, |_| ops.next());
/// });
/// ```
pub fn histories(n_ops: impl Into<SizeRange>) -> Histories {
    Histories::new(n_ops.into())
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

/// Draws the next op of a history, given the current model: the weights depend on its number of items.
///
/// ```
/// use drivesim_model::history::{models, ops};
/// use proptest::prelude::*;
///
/// let model_and_op = models().prop_flat_map(|model| (Just(model.clone()), ops(&model)));
/// proptest!(ProptestConfig::with_cases(5), |((mut model, op) in model_and_op)| {
///     model.apply(&op);
///     prop_assert!(model.last.is_some());
/// });
/// ```
pub fn ops(model: &Model) -> BoxedStrategy<HistoryOp> {
    let ops = if model.items.len() > MANY_ITEMS { &MANY } else { &FEW };
    ops.with(BoxedStrategy::clone)
}
