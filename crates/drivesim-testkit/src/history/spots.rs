//! The only place that draws names, texts and which item is meant.

use drivesim::Conflict;
use proptest::prelude::*;
use proptest::sample::select;

use super::{By, Spot, Tag, Want};

const CONFLICTS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
/// Names that every service takes, and that collide with each other in one way or another.
pub(crate) const GOOD: [&str; 12] =
    ["a", "A", "b", "c", "x", "a.txt", "A.txt", "a 1.txt", "a1.txt", "a 1", "a1", "a.tar.gz"];
/// Names that some service does not take, or that need care.
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
/// How many characters the long names have: a short number fits behind the first, none behind the second.
const LONG: [usize; 3] = [250, 254, 256];
pub(super) fn name() -> impl Strategy<Value = String> + Clone {
    let long = select(LONG.to_vec()).prop_map(|length| "L".repeat(length - 4) + ".txt");
    prop_oneof![
        30 => select(GOOD.to_vec()).prop_map(str::to_owned),
        8 => select(ODD.to_vec()).prop_map(str::to_owned),
        1 => long,
    ]
}

pub(super) fn conflict() -> impl Strategy<Value = Conflict> + Clone {
    select(CONFLICTS.to_vec())
}

pub(super) fn text() -> impl Strategy<Value = String> + Clone {
    select(vec!["", "x", "hello"]).prop_map(str::to_owned)
}

/// Draws how an item is named: mostly in a way that finds it.
pub(super) fn by() -> impl Strategy<Value = By> + Clone {
    prop_oneof![
        40 => Just(By::Path),
        36 => Just(By::Id),
        3 => Just(By::Stale),
        1 => Just(By::Missing),
        1 => Just(By::NoPath),
    ]
}

pub(super) fn drive() -> impl Strategy<Value = u8> + Clone {
    prop_oneof![6 => Just(0u8), 4 => Just(1), 3 => Just(2)]
}

/// Draws which tag an item is to have: mostly none, and if one, mostly the right one.
pub(super) fn tag() -> impl Strategy<Value = Tag> + Clone {
    prop_oneof![
        40 => Just(Tag::None),
        1 => Just(Tag::RightETag),
        1 => Just(Tag::RightCTag),
        1 => select(vec![Tag::WrongETag, Tag::WrongCTag]),
    ]
}

pub(super) fn spot_in(drive: u8, want: Want) -> impl Strategy<Value = Spot> {
    // A folder where one is needed, but now and then whatever there is.
    let want = prop_oneof![28 => Just(want), 1 => Just(Want::Any)];
    let parts = (any::<u16>(), want, by(), tag());
    parts.prop_map(move |(pick, want, by, tag)| Spot { drive, pick, want, by, tag })
}

pub(super) fn spot(want: Want) -> impl Strategy<Value = Spot> {
    drive().prop_flat_map(move |drive| spot_in(drive, want))
}

/// Draws two spots, mostly in one drive.
pub(super) fn spots(from: Want, n_same: u32, n_other: u32) -> impl Strategy<Value = (Spot, Spot)> {
    let drives = prop_oneof![
        n_same => drive().prop_map(|drive| (drive, drive)),
        n_other => (drive(), drive()),
    ];
    drives.prop_flat_map(move |(one, two)| (spot_in(one, from), spot_in(two, Want::Folder)))
}

/// Draws an item that is changed while jobs go on, and a folder.
pub(super) fn disturbed() -> impl Strategy<Value = (Spot, Spot)> {
    prop_oneof![
        4 => spots(Want::Child, 12, 1),
        4 => drive().prop_flat_map(|drive| (spot_in(drive, Want::OfJob), spot_in(drive, Want::OfJob))),
        2 => spots(Want::OfJob, 12, 0),
    ]
}

pub(super) fn disturbed_one() -> impl Strategy<Value = Spot> {
    disturbed().prop_map(|(item, _)| item)
}

/// Draws an item by path that is to have a tag.
pub(super) fn tagged(want: Want) -> impl Strategy<Value = Spot> {
    let tag = select(vec![Tag::RightETag, Tag::RightCTag, Tag::WrongETag, Tag::WrongCTag]);
    (spot(want), tag).prop_map(|(spot, tag)| Spot { by: By::Path, tag, ..spot })
}
