//! Draws operations on the small drive.

use drivesim::access::{Access, LockScope};
use drivesim::{Conflict, CopyOptions};
use drivesim_model::op::Op;

use super::N_START;
use super::terms::{Few, ItemAt};
use crate::storm::TestRng;

const PATHS: [&str; 9] = ["/", "/a", "/a/b", "/a/x", "/a/b/y", "/c", "/c/x", "/x", "/c/b"];
const NAMES: [&str; 4] = ["x", "b", "n", "y"];
/// The number of the new item of the running copy, if there is one.
const COPIED: usize = N_START;

fn at(dice: &mut TestRng) -> ItemAt {
    if dice.one_in(2) { ItemAt::Path(dice.pick(&PATHS)) } else { ItemAt::Start(dice.below(N_START)) }
}

fn folder(dice: &mut TestRng) -> ItemAt {
    dice.pick(&[
        ItemAt::Path("/"),
        ItemAt::Path("/a"),
        ItemAt::Path("/c"),
        ItemAt::Path("/a/b"),
        ItemAt::Start(0),
        ItemAt::Start(1),
    ])
}

fn conflict(dice: &mut TestRng) -> Conflict {
    dice.pick(&[Conflict::Fail, Conflict::Fail, Conflict::Rename, Conflict::Replace])
}

pub(super) fn draw(dice: &mut TestRng, all_ops: bool) -> Op<Few> {
    let name = dice.pick(&NAMES).to_owned();
    let maybe = Some(name.clone()).filter(|_| dice.one_in(2));
    if all_ops && dice.one_in(2) {
        return draw_engine_only(dice);
    }
    if all_ops && dice.one_in(12) {
        return Op::Delete { item: ItemAt::Start(COPIED) };
    }
    match dice.below(14) {
        0 => Op::CreateFolder { parent: folder(dice), name, conflict: conflict(dice) },
        1 => Op::CreateFile { parent: folder(dice), name, text: "five".to_owned(), conflict: conflict(dice) },
        2 => Op::Write { file: at(dice), text: dice.pick(&["", "sixth"]).to_owned() },
        3 => Op::Rename { item: at(dice), name },
        4 | 5 => Op::Move { item: at(dice), target: folder(dice), name: maybe, conflict: conflict(dice) },
        6 => Op::Delete { item: at(dice) },
        7..=10 => {
            let (source, target) = (ItemAt::Start(dice.below(N_START)), ItemAt::Start(dice.below(N_START)));
            let mut options = CopyOptions::default().on_conflict(conflict(dice));
            options.name = maybe;
            Op::Copy { source, target, options }
        }
        11 => Op::ReadItem { item: at(dice) },
        _ => Op::List { folder: folder(dice) },
    }
}

/// Draws an operation that is not run on the model.
fn draw_engine_only(dice: &mut TestRng) -> Op<Few> {
    let copied = ItemAt::Start(COPIED);
    let restore = |item, conflict| Op::RestoreItem { item, folder: None, name: None, conflict };
    let describe = |item, text: &str| Op::SetDescription { item, text: text.to_owned() };
    match dice.below(22) {
        0 => Op::DeletePermanently { item: at(dice) },
        1..4 => restore(ItemAt::Start(dice.below(N_START)), conflict(dice)),
        4 => Op::Purge { item: ItemAt::Start(dice.below(N_START)) },
        5 => Op::ReadBin { drive: () },
        6 => Op::ReadVersions { file: at(dice) },
        7 => Op::RestoreVersion { file: at(dice), number: 1 },
        8 => describe(at(dice), dice.pick(&["", "about"])),
        9 => Op::ReadTags { item: at(dice) },
        10 => {
            let item = at(dice);
            Op::SetAccess { item, access: dice.pick(&[None, Some(Access::Read), Some(Access::None)]) }
        }
        11 => Op::Lock { item: at(dice), scope: LockScope::Item },
        12 => Op::SetQuota { drive: (), total: dice.pick(&[None, Some(25)]) },
        13 => Op::Search { folder: folder(dice), text: "x".to_owned() },
        15 | 16 => Op::Step { job: (), n_items: dice.below(4) },
        17 | 18 => restore(copied, Conflict::Fail),
        19 => Op::DeletePermanently { item: copied },
        20 => describe(copied, "copied"),
        21 => Op::ReadTags { item: copied },
        _ => Op::ReadChanges { drive: (), since: None, limit: 100 },
    }
}

/// Replaces quota changes in histories with copies: a copy reserves its bytes at a further moment after its checks,
/// which the search does not order.
pub(super) fn without_quotas_if_there_are_copies(mut ops: Vec<Vec<Op<Few>>>) -> Vec<Vec<Op<Few>>> {
    if ops.iter().flatten().any(|op| matches!(op, Op::Copy { .. })) {
        for op in ops.iter_mut().flatten().filter(|op| matches!(op, Op::SetQuota { .. })) {
            *op = Op::ReadBin { drive: () };
        }
    }
    ops
}
