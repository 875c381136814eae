//! Tests what drives count against a capacity.

use jiff::Timestamp;

use crate::Error;
use crate::actor::{Actor, ME};
use crate::capacity::{Capacity, CapacityKind};
use crate::conflict::Conflict;
use crate::content::Content;
use crate::copy::{CopySpec, open};
use crate::drive::{ContentFacts, Drive, Update};
use crate::history::Versions;
use crate::item::ItemId;
use crate::outline::Bounds;
use crate::profile::Profile;
use crate::traffic::Traffic;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn drive(capacity: &Capacity) -> Drive {
    let mut drive = Drive::new(Profile::BUSINESS, AT);
    drive.join(capacity).unwrap();
    drive
}

fn by_me<'a>() -> Actor<'a> {
    Actor { at: AT, by: ME }
}

fn is_over(error: &Error, expected: CapacityKind) -> bool {
    matches!(error, Error::OverCapacity { held, .. } if *held == expected)
}

#[test]
fn items_and_versions_of_all_drives_count_until_they_are_removed() {
    let capacity = Capacity::new(Bounds { max_items: 3, ..Bounds::NONE });
    let (mut one, mut two) = (drive(&capacity), drive(&capacity));
    let file = one.create_file(one.root(), "a", Content::from("1"), Conflict::Fail, AT).unwrap();
    one.write(file, Content::from("2"), AT).unwrap();
    two.create_folder(two.root(), "b", Conflict::Fail, AT).unwrap();
    let other = two.create_folder(two.root(), "c", Conflict::Fail, AT);
    assert!(is_over(&other.unwrap_err(), CapacityKind::Items));
    assert!(is_over(&one.write(file, Content::from("3"), AT).unwrap_err(), CapacityKind::Items));
    assert_eq!((one.versions(file).unwrap().len(), capacity.held().0), (2, 3));
    one.check_invariants();
    one.delete(file, AT).unwrap();
    one.settle_capacity();
    assert!(two.create_folder(two.root(), "c", Conflict::Fail, AT).is_err(), "the bin counts");
    one.purge_all().unwrap();
    one.settle_capacity();
    two.create_folder(two.root(), "c", Conflict::Fail, AT).unwrap();
    two.settle_capacity();
    drop(two);
    assert_eq!(capacity.held().0, 0);
}

#[test]
fn a_copy_and_its_versions_count_when_it_is_reserved() {
    let capacity = Capacity::new(Bounds { max_items: 12, ..Bounds::NONE });
    let mut drive = drive(&capacity);
    let folder = drive.create_folder(drive.root(), "a", Conflict::Fail, AT).unwrap();
    let file = drive.create_file(folder, "f", Content::from("1"), Conflict::Fail, AT).unwrap();
    drive.write(file, Content::from("2"), AT).unwrap();
    let spec = |name: &str| CopySpec::new(folder, drive.root()).named(name).versions(Versions::All);
    let plans = ["b", "c", "d", "e"].map(|name| open(&drive, &drive, &spec(name)).unwrap().plan().unwrap());
    let mut tickets = Vec::new();
    for (number, planned) in plans.iter().enumerate() {
        let ticket = drive.reserve(planned, AT);
        drive.settle_capacity();
        match ticket {
            Ok(ticket) => tickets.push(ticket),
            Err(error) => {
                assert!(number == 3 && is_over(&error, CapacityKind::Items), "{number}: {error}")
            }
        }
    }
    assert_eq!((tickets.len(), capacity.held().0), (3, 12));
    tickets.into_iter().for_each(|ticket| drive.release(ticket));
    drive.settle_capacity();
    assert_eq!(capacity.held().0, 3);
    drive.check_invariants();
}

#[test]
fn the_change_log_of_a_drive_counts_until_the_drive_leaves() {
    let capacity = Capacity::new(Bounds::NONE);
    let (mut one, mut two) = (drive(&capacity), drive(&capacity));
    for drive in [&mut one, &mut two] {
        let folder = drive.create_folder(drive.root(), "a", Conflict::Fail, AT).unwrap();
        drive.delete_permanently(folder).unwrap();
    }
    let (all, own) = (capacity.change_log_bytes(), two.change_log.n_bytes());
    assert!(own > 0 && all == 2 * own, "{all}, {own}");
    let clone = one.clone();
    one.leave_capacity();
    assert_eq!(capacity.change_log_bytes(), own);
    one.join_as_it_is(&capacity);
    drop((clone, two));
    assert_eq!(capacity.change_log_bytes(), own);
}

/// Returns the held bytes, and checks that they are those of the drive.
fn bytes_held(capacity: &Capacity, drive: &Drive) -> u64 {
    drive.check_invariants();
    drive.settle_capacity();
    assert_eq!(capacity.held(), drive.held());
    capacity.held().1
}

#[test]
fn a_description_counts_as_content_and_one_that_does_not_fit_changes_nothing() {
    let capacity = Capacity::new(Bounds { max_content: 100, ..Bounds::NONE });
    let mut drive = drive(&capacity);
    let file = drive.create_file(drive.root(), "a", Content::from("12345"), Conflict::Fail, AT).unwrap();
    drive.set_description(file, &"d".repeat(90), AT).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 95);
    let before = drive.item(file).unwrap();
    let refused = drive.set_description(file, &"e".repeat(96), AT).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no room for \"a\": all drives together hold at most 100 bytes of contents and texts"
    );
    assert!(drive.create_file(drive.root(), "b", Content::from("123456"), Conflict::Fail, AT).is_err());
    let facts = ContentFacts { description: Some("123456"), ..ContentFacts::default() };
    let upload = drive.upload(drive.root(), "b", Content::empty(), facts, AT);
    assert!(is_over(&upload.unwrap_err(), CapacityKind::Content));
    let long = "f".repeat(96);
    let facts = ContentFacts { description: Some(&long), ..ContentFacts::default() };
    let version = drive.upload_version(file, Content::from("1"), None, facts, by_me());
    assert!(is_over(&version.unwrap_err(), CapacityKind::Content));
    assert_eq!((drive.item(file).unwrap(), bytes_held(&capacity, &drive)), (before, 95));
    drive.set_description(file, &"e".repeat(95), AT).unwrap();
    drive.set_description(file, "", AT).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 5);
}

/// Fills a drive of 100 bytes, makes 60 of them unused, and checks that they can be used again.
fn check_unused_bytes_are_reused(profile: Profile, drop_sixty: impl FnOnce(&mut Drive, ItemId)) {
    let capacity = Capacity::new(Bounds { max_content: 100, ..Bounds::NONE });
    let mut drive = Drive::new(profile, AT);
    drive.join(&capacity).unwrap();
    let content = |n: usize| Content::from(vec![b'x'; n]);
    let file = drive.create_file(drive.root(), "a", content(60), Conflict::Fail, AT).unwrap();
    drive.create_file(drive.root(), "b", content(40), Conflict::Fail, AT).unwrap();
    let refused = |drive: &mut Drive| {
        let refused = drive.create_file(drive.root(), "d", content(60), Conflict::Fail, AT);
        is_over(&refused.unwrap_err(), CapacityKind::Content)
    };
    assert!(refused(&mut drive) && refused(&mut drive));
    assert!(!drive.tree.may_have_unused(), "a second failure would search all items again");
    drop_sixty(&mut drive, file);
    drive.create_file(drive.root(), "c", content(60), Conflict::Fail, AT).unwrap();
    assert!(refused(&mut drive));
    assert!(!drive.tree.may_have_unused());
    assert_eq!(bytes_held(&capacity, &drive), 100);
}

#[test]
fn only_a_failure_after_something_became_unused_searches_for_it() {
    check_unused_bytes_are_reused(Profile::BUSINESS, |drive, file| {
        drive.delete_permanently(file).unwrap();
    });
    check_unused_bytes_are_reused(Profile::BUSINESS, |drive, file| {
        drive.delete(file, AT).unwrap();
        drive.purge_all().unwrap();
    });
    check_unused_bytes_are_reused(Profile::BUSINESS, |drive, file| {
        drive.write(file, Content::empty(), AT).unwrap();
        drive.delete_version(file, 1, AT).unwrap();
    });
    let profile = Profile { max_versions: Some(1), ..Profile::BUSINESS };
    check_unused_bytes_are_reused(profile, |drive, file| {
        drive.write(file, Content::empty(), AT).unwrap();
        drive.write(file, Content::empty(), AT).unwrap();
    });
}

#[test]
fn members_count_until_the_item_is_purged() {
    let capacity = Capacity::new(Bounds { max_content: 100, ..Bounds::NONE });
    let mut drive = Drive::new(Profile::BOX, AT);
    drive.join(&capacity).unwrap();
    let file = drive.create_file(drive.root(), "a", Content::empty(), Conflict::Fail, AT).unwrap();
    let tags = |n: usize| [("tags".to_owned(), Some(format!("[\"{}\"]", "t".repeat(n)).parse().unwrap()))];
    drive.set_members(file, &tags(92)).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 100, "four bytes of the name, four around the text");
    assert!(is_over(&drive.set_members(file, &tags(93)).unwrap_err(), CapacityKind::Content));
    let update = Update { members: &tags(93), name: Some("b"), ..Update::default() };
    assert!(is_over(&drive.update(file, update, AT).unwrap_err(), CapacityKind::Content));
    assert!(drive.find("/a").is_ok());
    drive.set_members(file, &tags(10)).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 18);
    drive.delete(file, AT).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 18, "the bin counts");
    drive.purge_all().unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 0);
}

#[test]
fn texts_that_a_copy_keeps_count_in_its_drive() {
    let capacity = Capacity::new(Bounds { max_content: 250, ..Bounds::NONE });
    let mut drive = Drive::new(Profile::BOX, AT);
    drive.join(&capacity).unwrap();
    let folder = drive.create_folder(drive.root(), "a", Conflict::Fail, AT).unwrap();
    for name in ["x", "y"] {
        let file = drive.create_file(folder, name, Content::empty(), Conflict::Fail, AT).unwrap();
        drive.set_description(file, &name.repeat(50), AT).unwrap();
    }
    assert_eq!(bytes_held(&capacity, &drive), 100);
    let copy = |drive: &mut Drive, name: &str| {
        drive.copy(&CopySpec::new(folder, drive.root()).named(name), AT, usize::MAX)
    };
    copy(&mut drive, "b").unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 200);
    assert!(is_over(&copy(&mut drive, "c").unwrap_err(), CapacityKind::Content));
    assert!(drive.find("/c").is_err());
    for path in ["/a", "/b"] {
        drive.delete_permanently(drive.find(path).unwrap()).unwrap();
    }
    drive.check_invariants();
    drive.tree.sweep_bytes();
    assert_eq!(bytes_held(&capacity, &drive), 0);
}

#[test]
fn a_description_that_copies_shared_makes_room_once_each_has_its_own() {
    let capacity = Capacity::new(Bounds { max_content: 250, ..Bounds::NONE });
    let mut drive = Drive::new(Profile::BOX, AT);
    drive.join(&capacity).unwrap();
    let folder = drive.create_folder(drive.root(), "a", Conflict::Fail, AT).unwrap();
    let file = drive.create_file(folder, "x", Content::empty(), Conflict::Fail, AT).unwrap();
    drive.set_description(file, &"d".repeat(100), AT).unwrap();
    drive.copy(&CopySpec::new(folder, drive.root()).named("b"), AT, usize::MAX).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 200);
    let too_long = |drive: &mut Drive| {
        let refused = drive.create_file(drive.root(), "c", Content::from(vec![1; 200]), Conflict::Fail, AT);
        is_over(&refused.unwrap_err(), CapacityKind::Content)
    };
    assert!(too_long(&mut drive) && !drive.tree.may_have_unused());
    let copied = drive.find("/b/x").unwrap();
    drive.set_description(copied, "", AT).unwrap();
    drive.create_file(drive.root(), "c", Content::from(vec![1; 150]), Conflict::Fail, AT).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 250);
}

#[test]
fn an_abandoned_import_makes_room_for_others() {
    let capacity = Capacity::new(Bounds { max_content: 100, ..Bounds::NONE });
    let source_lines = crate::outline::parse(&format!("a = \"{}\"\n", "s".repeat(60))).unwrap();
    let source = Drive::from_lines(Profile::BUSINESS, &source_lines.drives[0].lines, AT).unwrap();
    let mut target = drive(&capacity);
    let over = target.create_file(target.root(), "b", Content::from(vec![1; 101]), Conflict::Fail, AT);
    assert!(is_over(&over.unwrap_err(), CapacityKind::Content));
    assert!(!target.tree.may_have_unused());
    let spec = CopySpec::new(source.find("/a").unwrap(), target.root());
    let mut planned = open(&source, &target, &spec).unwrap().plan().unwrap();
    while target.import(&mut planned, 1000, AT).unwrap() {}
    assert_eq!(bytes_held(&capacity, &target), 60);
    drop(planned);
    target.create_file(target.root(), "b", Content::from(vec![1; 100]), Conflict::Fail, AT).unwrap();
    assert_eq!(bytes_held(&capacity, &target), 100);
}

#[test]
fn texts_of_removed_items_make_room_for_others() {
    let capacity = Capacity::new(Bounds { max_content: 100, ..Bounds::NONE });
    let mut drive = drive(&capacity);
    for number in 0..10 {
        let outline = format!("a.txt # description={}\n", number.to_string().repeat(60));
        let lines = crate::outline::parse(&outline).unwrap().drives.remove(0).lines;
        drive.replace_all(&lines, AT).unwrap();
        bytes_held(&capacity, &drive);
    }
    let outline = format!("a # description={}\nb # description={}\n", "1".repeat(60), "2".repeat(60));
    let lines = crate::outline::parse(&outline).unwrap().drives.remove(0).lines;
    assert!(drive.replace_all(&lines, AT).unwrap_err().to_string().contains("no room for"));
    let file = drive.find("/a.txt").unwrap();
    drive.delete_permanently(file).unwrap();
    drive.create_file(drive.root(), "c", Content::from(vec![1; 100]), Conflict::Fail, AT).unwrap();
    assert_eq!(bytes_held(&capacity, &drive), 100);
}

#[test]
fn the_names_of_users_count_until_all_items_are_replaced() {
    let capacity = Capacity::new(Bounds::NONE);
    let mut drive = drive(&capacity);
    let lines = |user: &str| {
        let outline = format!("a.txt # owner={user} modified_by=other\n");
        crate::outline::parse(&outline).unwrap().drives.remove(0).lines
    };
    let mut first = 0;
    for number in 0..20 {
        drive.replace_all(&lines(&format!("{number:0>50}")), AT).unwrap();
        let held = bytes_held(&capacity, &drive);
        first = if number == 0 { held } else { first };
        assert!(held >= 50 && held == first, "{held}, {first}");
        let outline = drive.whole_outline(crate::Detail::Attributes).unwrap();
        assert!(outline.contains(&format!("owner={number:0>50} modified_by=other")), "{outline}");
    }
    let by = Actor { at: AT, by: "a user who is not known yet" };
    drive.create_folder(drive.root(), "b", Conflict::Fail, by).unwrap();
    assert!(bytes_held(&capacity, &drive) > first);
}

#[test]
fn a_text_that_only_a_clone_has_counts_as_parted() {
    let mut drive = Drive::new(Profile::BUSINESS, AT);
    let file = drive.create_file(drive.root(), "a", Content::empty(), Conflict::Fail, AT).unwrap();
    drive.set_description(file, &"1".repeat(1 << 20), AT).unwrap();
    let parted = |change: &mut dyn FnMut()| {
        let before = Traffic::now();
        change();
        (Traffic::now() - before).parted
    };
    let clone = drive.clone();
    let long = "2".repeat(1 << 20);
    assert!(parted(&mut || drive.set_description(file, &long, AT).unwrap()) >= 1 << 20);
    assert!(parted(&mut || drive.set_description(file, &long[1..], AT).unwrap()) < 1 << 16);
    assert_eq!(clone.item(file).unwrap().description.unwrap().len(), 1 << 20);
    clone.check_invariants();
    let second = drive.clone();
    assert!(parted(&mut || drive.delete_permanently(file).unwrap()) > 1 << 19);
    drop(second);
}

#[test]
fn contents_count_once_for_all_copies_until_they_are_swept() {
    let capacity = Capacity::new(Bounds { max_content: 100, ..Bounds::NONE });
    let mut drive = drive(&capacity);
    let sixty = || Content::from(vec![7; 60]);
    let file = drive.create_file(drive.root(), "a", sixty(), Conflict::Fail, AT).unwrap();
    drive.copy(&CopySpec::new(file, drive.root()).named("b"), AT, usize::MAX).unwrap();
    let large = drive.generated(1 << 40);
    drive.create_file(drive.root(), "large", large, Conflict::Fail, AT).unwrap();
    let refused = drive.create_file(drive.root(), "c", sixty(), Conflict::Fail, AT).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no room for \"c\": all drives together hold at most 100 bytes of contents and texts"
    );
    assert!(is_over(&drive.write(file, sixty(), AT).unwrap_err(), CapacityKind::Content));
    for path in ["/a", "/b"] {
        drive.delete_permanently(drive.find(path).unwrap()).unwrap();
    }
    drive.create_file(drive.root(), "c", sixty(), Conflict::Fail, AT).unwrap();
    drive.settle_capacity();
    assert_eq!(capacity.held().1, 60);
    drive.check_invariants();
    let clone = drive.clone();
    drop(clone);
    assert_eq!(capacity.held().1, 60, "a clone does not count");
}
