//! Draws names, texts and item selectors.

use drivesim::Conflict;
use drivesim_testkit::strategies::{TRICKY_NAMES, VALID_NAMES};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use crate::op::{AddressBy, ItemSelector, Selector, Tag};

const CONFLICTS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
/// The lengths of the long names: a short number fits after the first, none after the second.
const LONG: [usize; 3] = [250, 254, 256];

// All of these are boxed: a strategy and its value trees contain the nested ones by value, so without boxes the whole
// tree is moved over the stack (3 MiB without optimisation).

pub(super) fn name() -> BoxedStrategy<String> {
    let long = select(LONG.to_vec()).prop_map(|length| "L".repeat(length - 4) + ".txt");
    prop_oneof![
        30 => select(VALID_NAMES.to_vec()).prop_map(str::to_owned),
        8 => select(TRICKY_NAMES.to_vec()).prop_map(str::to_owned),
        1 => long,
    ]
    .boxed()
}

pub(super) fn conflict() -> BoxedStrategy<Conflict> {
    select(CONFLICTS.to_vec()).boxed()
}

pub(super) fn text() -> BoxedStrategy<String> {
    select(vec!["", "x", "hello"]).prop_map(str::to_owned).boxed()
}

/// Draws how an item is named: mostly so that it is found.
pub(super) fn address_by() -> BoxedStrategy<AddressBy> {
    prop_oneof![
        40 => Just(AddressBy::Path),
        36 => Just(AddressBy::Id),
        3 => Just(AddressBy::Stale),
        1 => Just(AddressBy::Missing),
        1 => Just(AddressBy::NoPath),
    ]
    .boxed()
}

pub(super) fn drive() -> BoxedStrategy<u8> {
    prop_oneof![6 => Just(0u8), 4 => Just(1), 3 => Just(2)].boxed()
}

/// Draws the expected tag of an item: mostly none, and otherwise mostly the right one.
pub(super) fn tag() -> BoxedStrategy<Tag> {
    prop_oneof![
        40 => Just(Tag::None),
        1 => Just(Tag::RightETag),
        1 => Just(Tag::RightCTag),
        1 => select(vec![Tag::WrongETag, Tag::WrongCTag]),
    ]
    .boxed()
}

/// Draws a selector in the first drive.
fn in_first_drive(want: Selector) -> BoxedStrategy<ItemSelector> {
    // Sometimes any item, even where a folder is needed.
    let want = prop_oneof![28 => Just(want), 1 => Just(Selector::Any)];
    let parts = (any::<u16>(), want, address_by(), tag());
    parts
        .prop_map(|(pick, want, by, tag)| ItemSelector { drive: 0, pick, want, by, tag, child: None })
        .boxed()
}

pub(super) fn selector(want: Selector) -> BoxedStrategy<ItemSelector> {
    (drive(), in_first_drive(want)).prop_map(|(drive, spot)| ItemSelector { drive, ..spot }).boxed()
}

/// Draws two selectors in these drives.
fn spots_in(
    drives: BoxedStrategy<(u8, u8)>,
    from: Selector,
    to: Selector,
) -> BoxedStrategy<(ItemSelector, ItemSelector)> {
    let parts = (drives, in_first_drive(from), in_first_drive(to));
    let placed = parts.prop_map(|((one, two), source, target)| {
        (ItemSelector { drive: one, ..source }, ItemSelector { drive: two, ..target })
    });
    placed.boxed()
}

/// Draws an item and a folder, mostly in one drive.
pub(super) fn selector_pair(
    from: Selector,
    n_same: u32,
    n_other: u32,
) -> BoxedStrategy<(ItemSelector, ItemSelector)> {
    let same = drive().prop_map(|drive| (drive, drive)).boxed();
    let other = (drive(), drive()).boxed();
    spots_in(prop_oneof![n_same => same, n_other => other].boxed(), from, Selector::Folder)
}

/// Draws an item that is changed while jobs run, and a folder.
pub(super) fn contended_pair() -> BoxedStrategy<(ItemSelector, ItemSelector)> {
    let same = drive().prop_map(|drive| (drive, drive)).boxed();
    prop_oneof![
        4 => selector_pair(Selector::Child, 12, 1),
        4 => spots_in(same, Selector::OfJob, Selector::OfJob),
        2 => selector_pair(Selector::OfJob, 12, 0),
    ]
    .boxed()
}

pub(super) fn contended_item() -> BoxedStrategy<ItemSelector> {
    contended_pair().prop_map(|(item, _)| item).boxed()
}

/// Draws an item by path with an expected tag.
pub(super) fn tagged_selector(want: Selector) -> BoxedStrategy<ItemSelector> {
    let tag = select(vec![Tag::RightETag, Tag::RightCTag, Tag::WrongETag, Tag::WrongCTag]);
    (selector(want), tag).prop_map(|(spot, tag)| ItemSelector { by: AddressBy::Path, tag, ..spot }).boxed()
}
