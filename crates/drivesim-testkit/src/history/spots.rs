//! Draws names, texts and item selectors.

use drivesim::Conflict;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::{By, Spot, Tag, Want};

const CONFLICTS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
/// Names that every service accepts, and that conflict with each other in some way.
pub(crate) const GOOD: [&str; 12] =
    ["a", "A", "b", "c", "x", "a.txt", "A.txt", "a 1.txt", "a1.txt", "a 1", "a1", "a.tar.gz"];
/// Names that some service rejects, or that need special handling.
pub(crate) const ODD: [&str; 30] = [
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
/// The lengths of the long names: a short number fits after the first, none after the second.
const LONG: [usize; 3] = [250, 254, 256];

// All of these are boxed: a strategy and its value trees contain the nested ones by value, so without boxes the whole
// tree is moved over the stack (3 MiB without optimisation).

pub(super) fn name() -> BoxedStrategy<String> {
    let long = select(LONG.to_vec()).prop_map(|length| "L".repeat(length - 4) + ".txt");
    prop_oneof![
        30 => select(GOOD.to_vec()).prop_map(str::to_owned),
        8 => select(ODD.to_vec()).prop_map(str::to_owned),
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
pub(super) fn by() -> BoxedStrategy<By> {
    prop_oneof![
        40 => Just(By::Path),
        36 => Just(By::Id),
        3 => Just(By::Stale),
        1 => Just(By::Missing),
        1 => Just(By::NoPath),
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
fn in_first_drive(want: Want) -> BoxedStrategy<Spot> {
    // Sometimes any item, even where a folder is needed.
    let want = prop_oneof![28 => Just(want), 1 => Just(Want::Any)];
    let parts = (any::<u16>(), want, by(), tag());
    parts.prop_map(|(pick, want, by, tag)| Spot { drive: 0, pick, want, by, tag }).boxed()
}

pub(super) fn spot(want: Want) -> BoxedStrategy<Spot> {
    (drive(), in_first_drive(want)).prop_map(|(drive, spot)| Spot { drive, ..spot }).boxed()
}

/// Draws two selectors in these drives.
fn spots_in(drives: BoxedStrategy<(u8, u8)>, from: Want, to: Want) -> BoxedStrategy<(Spot, Spot)> {
    let parts = (drives, in_first_drive(from), in_first_drive(to));
    let placed = parts.prop_map(|((one, two), source, target)| {
        (Spot { drive: one, ..source }, Spot { drive: two, ..target })
    });
    placed.boxed()
}

/// Draws an item and a folder, mostly in one drive.
pub(super) fn spots(from: Want, n_same: u32, n_other: u32) -> BoxedStrategy<(Spot, Spot)> {
    let same = drive().prop_map(|drive| (drive, drive)).boxed();
    let other = (drive(), drive()).boxed();
    spots_in(prop_oneof![n_same => same, n_other => other].boxed(), from, Want::Folder)
}

/// Draws an item that is changed while jobs run, and a folder.
pub(super) fn disturbed() -> BoxedStrategy<(Spot, Spot)> {
    let same = drive().prop_map(|drive| (drive, drive)).boxed();
    prop_oneof![
        4 => spots(Want::Child, 12, 1),
        4 => spots_in(same, Want::OfJob, Want::OfJob),
        2 => spots(Want::OfJob, 12, 0),
    ]
    .boxed()
}

pub(super) fn disturbed_one() -> BoxedStrategy<Spot> {
    disturbed().prop_map(|(item, _)| item).boxed()
}

/// Draws an item by path with an expected tag.
pub(super) fn tagged(want: Want) -> BoxedStrategy<Spot> {
    let tag = select(vec![Tag::RightETag, Tag::RightCTag, Tag::WrongETag, Tag::WrongCTag]);
    (spot(want), tag).prop_map(|(spot, tag)| Spot { by: By::Path, tag, ..spot }).boxed()
}
