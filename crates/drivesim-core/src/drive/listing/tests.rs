//! Tests that listings equal the sorted children, after any history.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;
use crate::access::Access;
use crate::conflict::Conflict;
use crate::content::Content;
use crate::copy::AttachedCopy;
use crate::copy::{CopySpec, open};
use crate::listing_order::{ListingOrder, compare_naturally};
use crate::name::{Case, NameRules};
use crate::profile::Profile;
use crate::{Timestamp, Update};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const ORDERS: [ListingOrder; 3] = [ListingOrder::Name, ListingOrder::Natural, ListingOrder::FoldersFirst];

fn profile(listing_order: ListingOrder) -> Profile {
    Profile { listing_order, names: NameRules { case: Case::Folded, ..NameRules::PLAIN }, ..Profile::PLAIN }
}

/// Compares items by the definition of the order.
fn compare(by: ListingOrder, a: &Item, b: &Item) -> Ordering {
    let (name_a, name_b) = (NameRules::PLAIN.name(&a.name), NameRules::PLAIN.name(&b.name));
    let first = match by {
        ListingOrder::Name => Ordering::Equal,
        ListingOrder::Natural => compare_naturally(name_a.folded(), name_b.folded()),
        ListingOrder::FoldersFirst => a.is_folder().cmp(&b.is_folder()).reverse(),
    };
    first.then_with(|| name_a.cmp(&name_b))
}

/// Returns the children of a folder, sorted into its listing order.
fn sorted(drive: &Drive, folder: ItemId) -> Vec<Item> {
    let mut items = drive.children(folder).unwrap();
    items.sort_by(|a, b| compare(drive.profile().listing_order, a, b));
    items
}

/// Checks the listing of a folder as a whole and by pages from `from` on, by number and by name.
fn check(drive: &Drive, folder: ItemId, from: usize) -> Vec<Item> {
    let expected = sorted(drive, folder);
    assert_eq!(drive.listing_at(folder, 0, usize::MAX).unwrap(), expected);
    let from = from % (expected.len() + 2);
    for limit in [0, 1, 7, 100] {
        let end = expected.len().min(from + limit);
        let page = expected.get(from..end).unwrap_or_default();
        assert_eq!(drive.listing_at(folder, from as u32, limit).unwrap(), page, "from {from}");
        let Some(before) = from.checked_sub(1).and_then(|before| expected.get(before)) else { continue };
        let after = drive.listing_after(folder, before.kind, &before.name, limit).unwrap();
        assert_eq!(after, page, "after {:?}", before.name);
    }
    expected
}

fn name(number: u32) -> String {
    const WORDS: [&str; 5] = ["", "a", "B", "a0", "x "];
    let (word, digits) = (WORDS[number as usize % WORDS.len()], number / 5 % 1500);
    format!("{word}{digits}{}", if number.is_multiple_of(3) { ".txt" } else { "" })
}

/// A drive with a large folder, and the copies that run in it.
struct World {
    drive: Drive,
    other: Drive,
    folders: Vec<ItemId>,
    fillings: Vec<AttachedCopy>,
    /// Earlier states of the drive, and the children of the first folder then.
    forks: Vec<(Drive, Vec<Item>)>,
}

impl World {
    fn new(by: ListingOrder, other_by: ListingOrder, n_files: u32, in_order: bool) -> World {
        let mut drive = Drive::new(profile(by), NOW);
        let mut folders = Vec::new();
        for folder in ["large", "small"] {
            folders.push(drive.create_folder(drive.root(), folder, Conflict::Fail, NOW).unwrap());
        }
        let mut world = World {
            drive,
            other: Drive::new(profile(other_by), NOW),
            folders,
            fillings: Vec::new(),
            forks: Vec::new(),
        };
        for number in 0..n_files {
            let number = if in_order { number } else { number.wrapping_mul(2_654_435_761) % 7919 };
            world.create(0, number);
        }
        world
    }

    fn create(&mut self, folder: u32, number: u32) {
        let (folder, name) = (self.folder(folder), name(number));
        // A taken name or a deleted folder makes the verb fail.
        let _ = if number % 11 == 5 {
            self.drive.create_folder(folder, &name, Conflict::Fail, NOW)
        } else {
            self.drive.create_file(folder, &name, Content::from("x"), Conflict::Fail, NOW)
        };
    }

    fn folder(&self, number: u32) -> ItemId {
        self.folders[number as usize % self.folders.len()]
    }

    fn child(&self, folder: ItemId, number: u32) -> Option<Item> {
        let children = self.drive.children(folder).ok()?;
        children.get(number as usize % children.len().max(1)).cloned()
    }

    fn attach(&mut self, spec: &CopySpec, is_cross_drive: bool) {
        let source = if is_cross_drive { &self.other } else { &self.drive };
        let Ok(mut planned) = open(source, &self.drive, spec).and_then(|opened| opened.plan()) else {
            return;
        };
        while self.drive.import(&mut planned, usize::MAX, NOW).unwrap() {}
        let ticket = self.drive.reserve(&planned, NOW).unwrap();
        if let Ok(attached) = self.drive.attach(planned.build(ticket, usize::MAX)) {
            self.fillings.push(attached.attached);
            if attached.item != spec.target && self.folders.len() < 6 {
                self.folders.push(attached.item);
            }
        }
    }

    fn step(&mut self, verb: u8, which: u32, what: u32) {
        let (folder, other) = (self.folder(which), self.folder(what));
        let child = self.child(folder, what);
        match (verb, child) {
            (0..=2, _) => self.create(which, what),
            (3 | 4, Some(child)) => {
                let _ = self.drive.rename(child.id, &name(which ^ what), NOW);
            }
            (5 | 6, Some(child)) => {
                let update = Update { parent: Some(other), conflict: Conflict::Rename, ..Update::default() };
                let _ = self.drive.update(child.id, update, NOW);
            }
            (7, Some(child)) => {
                let _ = self.drive.delete(child.id, NOW);
            }
            (8, Some(child)) => {
                let _ = self.drive.delete_permanently(child.id);
            }
            (9, _) => {
                if let Some(binned) = self.drive.bin(NOW).pop() {
                    let _ = self.drive.restore(binned.item.id, None, None, Conflict::Rename, NOW);
                }
            }
            (10 | 11, _) => {
                let spec = CopySpec::new(folder, self.drive.root()).named(format!("copy {what}"));
                self.attach(&if verb == 10 { spec } else { spec.gradual() }, false);
            }
            (12, _) => {
                let spec = CopySpec::new(folder, other).children_only().on_conflict(Conflict::Rename);
                self.attach(&if what.is_multiple_of(2) { spec } else { spec.gradual() }, false);
            }
            (13, _) => {
                // To the other drive and back: each drive lists in its own order.
                let to = CopySpec::new(folder, self.other.root()).named(format!("there {which} {what}"));
                if let Ok(copy) = self.other.copy_from(&self.drive, &to, NOW, usize::MAX) {
                    check(&self.other, copy, what as usize);
                    let back = CopySpec::new(copy, self.drive.root()).named(format!("back {which} {what}"));
                    self.attach(&if what.is_multiple_of(2) { back } else { back.gradual() }, true);
                }
            }
            (14..=19, _) => {
                let n_fillings = self.fillings.len().max(1);
                if let Some(attached) = self.fillings.get_mut(which as usize % n_fillings) {
                    let until = attached.n_revealed() + what as usize % 200;
                    self.drive.reveal(attached, until);
                }
            }
            (20, _) if !self.fillings.is_empty() => {
                let attached = self.fillings.swap_remove(which as usize % self.fillings.len());
                if what.is_multiple_of(2) {
                    self.drive.drop_rest(attached)
                } else {
                    self.drive.undo(attached)
                }
            }
            (21 | 22, Some(child)) => {
                let access = if what.is_multiple_of(3) { None } else { Some(Access::None) };
                self.drive.set_access(child.id, access).unwrap();
            }
            (23, _) if self.drive.item(self.folders[0]).is_ok() => {
                self.forks.push((self.drive.clone(), sorted(&self.drive, self.folders[0])));
            }
            _ => {}
        }
    }

    fn check(&self, from: u32) {
        for &folder in self.folders.iter().filter(|&&folder| self.drive.item(folder).is_ok()) {
            check(&self.drive, folder, from as usize);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_listing_equals_the_sorted_children_after_any_history(
        orders in (0..3usize, 0..3usize),
        n_files in prop_oneof![0u32..40, 240u32..270, 500u32..900],
        in_order: bool,
        steps in prop::collection::vec((0u8..24, any::<u32>(), any::<u32>()), 1..60),
    ) {
        let mut world = World::new(ORDERS[orders.0], ORDERS[orders.1], n_files, in_order);
        for &(verb, which, what) in &steps {
            world.step(verb, which, what);
            world.check(what);
        }
        world.drive.check_invariants();
        world.other.check_invariants();
        for (fork, expected) in &world.forks {
            fork.check_invariants();
            prop_assert_eq!(&fork.listing_at(world.folders[0], 0, usize::MAX).unwrap(), expected);
        }
    }
}

/// A drive with a folder of files and folders, created in mixed order.
fn large(by: ListingOrder, n_items: u32) -> (Drive, ItemId) {
    let mut drive = Drive::new(profile(by), NOW);
    let folder = drive.create_folder(drive.root(), "large", Conflict::Fail, NOW).unwrap();
    for number in 0..n_items {
        let number = number * 7919 % n_items;
        let name = format!("a{number}");
        match number % 10 {
            7 => drive.create_folder(folder, &name, Conflict::Fail, NOW),
            _ => drive.create_file(folder, &name, Content::empty(), Conflict::Fail, NOW),
        }
        .unwrap();
    }
    (drive, folder)
}

#[test]
fn a_gradual_copy_is_listed_up_to_its_revealed_items() {
    for by in ORDERS {
        let (mut drive, folder) = large(by, 3000);
        let spec = CopySpec::new(folder, drive.root()).named("first").gradual();
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        let mut first = drive.attach(planned.build(ticket, usize::MAX)).unwrap();
        for step in 1..=10 {
            drive.reveal(&mut first.attached, step * 300 + 1);
            drive.check_invariants();
            let items = check(&drive, first.item, step * 177);
            assert_eq!(items.len(), step * 300);
            // A copy of the items revealed so far, at once.
            let spec = CopySpec::new(first.item, drive.root()).named(format!("so far {step}"));
            let copy = drive.copy(&spec, NOW, usize::MAX).unwrap();
            let names = |items: Vec<Item>| items.into_iter().map(|item| item.name).collect::<Vec<_>>();
            assert_eq!(names(check(&drive, copy, step * 91)), names(items));
            // Items that are created and deleted meanwhile are listed among the revealed ones.
            drive
                .create_file(first.item, &format!("a{}b", step * 13), "x".into(), Conflict::Fail, NOW)
                .unwrap();
            let gone = drive.listing_at(first.item, step as u32 * 40, 1).unwrap();
            drive.delete_permanently(gone[0].id).unwrap();
            check(&drive, first.item, step * 55);
        }
        drive.check_invariants();
    }
}

#[test]
fn copies_of_copies_share_the_order_and_change_independently() {
    for by in ORDERS {
        let (mut drive, folder) = large(by, 1000);
        let mut copies = vec![folder];
        for number in 0..5 {
            let spec = CopySpec::new(copies[number], drive.root()).named(format!("copy {number}"));
            copies.push(drive.copy(&spec, NOW, usize::MAX).unwrap());
        }
        for (number, &copy) in copies.iter().enumerate() {
            let name = format!("a{}b", 37 * number);
            drive.create_file(copy, &name, Content::empty(), Conflict::Fail, NOW).unwrap();
            let gone = drive.listing_at(copy, 100 + number as u32, 1).unwrap();
            drive.delete(gone[0].id, NOW).unwrap();
            let renamed = drive.listing_at(copy, 500, 1).unwrap();
            drive.rename(renamed[0].id, "A1b", NOW).unwrap();
        }
        drive.check_invariants();
        copies.iter().for_each(|&copy| drop(check(&drive, copy, 333)));
    }
}

#[test]
fn unreadable_items_are_neither_listed_nor_counted() {
    for by in ORDERS {
        for n_items in [30, 1000] {
            let (mut drive, folder) = large(by, n_items);
            let listed = drive.listing_at(folder, 0, usize::MAX).unwrap();
            for number in [0, 1, 2, 9, 11, 12, n_items as usize - 1] {
                drive.set_access(listed[number].id, Some(Access::None)).unwrap();
            }
            for from in 0..30 {
                check(&drive, folder, from);
            }
            assert_eq!(drive.item(folder).unwrap().child_count, n_items - 7);
        }
    }
}

#[test]
fn pages_by_index_and_by_name_contain_each_item_once() {
    for by in ORDERS {
        let (drive, folder) = large(by, 2000);
        let whole = sorted(&drive, folder);
        let (mut by_number, mut by_name) = (Vec::new(), drive.listing_at(folder, 0, 37).unwrap());
        loop {
            let page = drive.listing_at(folder, by_number.len() as u32, 37).unwrap();
            if page.is_empty() {
                break;
            }
            by_number.extend(page);
            let last = by_name.last().unwrap();
            by_name.extend(drive.listing_after(folder, last.kind, &last.name, 37).unwrap());
        }
        assert_eq!(by_number, whole);
        assert_eq!(by_name, whole);
    }
}

#[test]
fn a_page_continues_after_a_name_that_was_deleted() {
    let (mut drive, folder) = large(ListingOrder::Natural, 300);
    let after = |drive: &Drive, name: &str| -> Vec<String> {
        let page = drive.listing_after(folder, ItemKind::File, name, 2).unwrap();
        page.into_iter().map(|item| item.name).collect()
    };
    assert_eq!(after(&drive, "a9"), ["a10", "a11"]);
    drive.delete(drive.child(folder, "a10").unwrap().unwrap(), NOW).unwrap();
    assert_eq!(after(&drive, "A10"), ["a11", "a12"]);
    assert_eq!(after(&drive, ""), ["a0", "a1"]);
    assert!(after(&drive, "b").is_empty());
}

#[test]
fn listing_a_file_fails() {
    let (drive, folder) = large(ListingOrder::FoldersFirst, 10);
    let file = drive.child(folder, "a1").unwrap().unwrap();
    assert!(matches!(drive.listing_at(file, 0, 1), Err(Error::NotAFolder { .. })));
    assert!(matches!(drive.listing_after(file, ItemKind::File, "a", 1), Err(Error::NotAFolder { .. })));
}

#[test]
fn a_hidden_item_in_a_reused_slot_is_listed_in_its_own_place() {
    for by in ORDERS {
        let (mut drive, folder) = large(by, 300);
        let small = drive.create_folder(drive.root(), "small", Conflict::Fail, NOW).unwrap();
        drive.create_file(small, "a55b", Content::empty(), Conflict::Fail, NOW).unwrap();
        let start = |drive: &mut Drive, spec: CopySpec| {
            let planned = open(drive, drive, &spec).unwrap().plan().unwrap();
            let ticket = drive.reserve(&planned, NOW).unwrap();
            drive.attach(planned.build(ticket, usize::MAX)).unwrap()
        };
        let spec = CopySpec::new(folder, drive.root()).named("copy").gradual();
        let mut first = start(&mut drive, spec);
        drive.reveal(&mut first.attached, 200);
        let gone = drive.listing_at(first.item, 7, 1).unwrap()[0].id;
        drive.delete_permanently(gone).unwrap();
        // Files are created until one gets the slot, which is freed again.
        let slot_taken = (0..1000).find_map(|number| {
            let name = format!("filler {number}");
            let file = drive.create_file(drive.root(), &name, Content::empty(), Conflict::Fail, NOW).unwrap();
            (file.slot == gone.slot).then_some(file)
        });
        drive.delete_permanently(slot_taken.unwrap()).unwrap();
        let mut second = start(&mut drive, CopySpec::new(small, first.item).children_only().gradual());
        check(&drive, first.item, 50);
        drive.reveal(&mut second.attached, 1);
        assert_eq!(drive.child(first.item, "a55b").unwrap().unwrap().slot, gone.slot);
        check(&drive, first.item, 50);
        drive.check_invariants();
        drive.reveal(&mut first.attached, 301);
        check(&drive, first.item, 50);
        drive.check_invariants();
    }
}
