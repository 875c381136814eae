//! Draws operations that create, write, rename, move, delete and restore items.

use drivesim::Conflict;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::selectors::{
    conflict, contended_item, contended_pair, drive, name, selector, selector_pair, tagged_selector, text,
};
use crate::op::{Indirect, ItemSelector, Op, Selected, Selector};

/// A size of which two exceed the capacity of a drive.
const HUGE: u64 = 3 << 62;

pub(super) fn changes() -> Vec<(u32, BoxedStrategy<Op<Selected>>)> {
    let parent = || selector(Selector::Folder);
    let folder = (parent(), name(), conflict()).prop_map(|(parent, name, conflict)| Op::CreateFolder {
        parent,
        name,
        conflict,
    });
    let file = (parent(), name(), text(), conflict())
        .prop_map(|(parent, name, text, conflict)| Op::CreateFile { parent, name, text, conflict });
    let size = prop_oneof![3 => select(vec![0, 7, 1024]), 2 => Just(HUGE)];
    let sized =
        (parent(), name(), size).prop_map(|(parent, name, size)| Op::CreateSized { parent, name, size });
    let file_or_folder = prop_oneof![2 => selector(Selector::File), 3 => selector(Selector::Folder)];
    let write = (file_or_folder, proptest::option::of(name()), text())
        .prop_map(|(file, child, text)| Op::Write { file: ItemSelector { child, ..file }, text });
    let tagged = (tagged_selector(Selector::Folder), name(), text())
        .prop_map(|(file, name, text)| Op::Write { file: ItemSelector { child: Some(name), ..file }, text });
    let rename = (contended_item(), name()).prop_map(|(item, name)| Op::Rename { item, name });
    let conflict = || prop_oneof![2 => Just(Conflict::Fail), 3 => conflict()];
    let moves = (contended_pair(), proptest::option::of(name()), conflict())
        .prop_map(|((item, target), name, conflict)| Op::Move { item, target, name, conflict });
    // Replaces other files.
    let file_name = select(vec!["a.txt", "A.txt", "x", "c", "b"]).prop_map(str::to_owned);
    let over =
        (selector_pair(Selector::File, 1, 0), file_name, select(vec![Conflict::Replace, Conflict::Rename]))
            .prop_map(|((item, target), name, conflict)| Op::Move {
                item,
                target,
                name: Some(name),
                conflict,
            });
    // Replaces items of the initial state.
    let taken = || select(vec!["a", "b", "a.txt"]).prop_map(str::to_owned);
    let again = prop_oneof![
        (selector(Selector::Folder), taken()).prop_map(|(parent, name)| Op::CreateFolder {
            parent,
            name,
            conflict: Conflict::Replace
        }),
        (selector(Selector::Folder), taken(), text()).prop_map(|(parent, name, text)| Op::CreateFile {
            parent,
            name,
            text,
            conflict: Conflict::Replace
        }),
    ];
    vec![
        (2, again.boxed()),
        (5, folder.boxed()),
        (5, file.boxed()),
        (3, sized.boxed()),
        (4, write.boxed()),
        (1, tagged.boxed()),
        (6, rename.boxed()),
        (12, moves.boxed()),
        (6, over.boxed()),
    ]
}

/// Draws ops on versions.
pub(super) fn versions() -> Vec<(u32, BoxedStrategy<Op<Selected>>)> {
    let file = || selector(Selector::Written);
    let again = (file(), text()).prop_map(|(file, text)| Op::Write { file, text });
    let rename = (file(), select(vec!["a", "b", "c", "x"]).prop_map(str::to_owned))
        .prop_map(|(item, name)| Op::Rename { item, name });
    let restore = (selector(Selector::Renamed), any::<u16>())
        .prop_map(|(file, pick)| Op::RestoreVersion { file, number: pick.into() });
    let delete =
        (file(), any::<u16>()).prop_map(|(file, pick)| Op::DeleteVersion { file, number: pick.into() });
    vec![(6, again.boxed()), (9, rename.boxed()), (9, restore.boxed()), (4, delete.boxed())]
}

/// Draws ops that delete, restore and purge. `n_deletes` is the weight of deletes.
pub(super) fn deletes(n_deletes: u32) -> Vec<(u32, BoxedStrategy<Op<Selected>>)> {
    let delete = contended_item().prop_map(|item| Op::Delete { item });
    let for_good = contended_item().prop_map(|item| Op::DeletePermanently { item });
    let name = || proptest::option::weighted(0.3, name());
    let conflict = || prop_oneof![1 => Just(Conflict::Fail), 2 => conflict()];
    let restore = (selector(Selector::Binned), name(), conflict())
        .prop_map(|(item, name, conflict)| Op::RestoreItem { item, folder: None, name, conflict });
    let elsewhere = (selector_pair(Selector::Binned, 12, 1), name(), conflict()).prop_map(
        |((item, folder), name, conflict)| Op::RestoreItem { item, folder: Some(folder), name, conflict },
    );
    let conflict = prop_oneof![1 => Just(Conflict::Replace), 1 => Just(Conflict::Rename)];
    let over = (selector(Selector::Binned), any::<u16>(), conflict)
        .prop_map(|(item, pick, conflict)| Op::Extra(Indirect::RestoreOver { item, pick, conflict }));
    let purge = selector(Selector::Binned).prop_map(|item| Op::Purge { item });
    vec![
        (n_deletes + 4, delete.boxed()),
        (n_deletes / 2, for_good.boxed()),
        (4, restore.boxed()),
        (5, elsewhere.boxed()),
        (7, over.boxed()),
        (1 + n_deletes / 8, purge.boxed()),
        (1 + n_deletes / 8, drive().prop_map(|drive| Op::PurgeAll { drive }).boxed()),
    ]
}
