//! Tests of what copies and moves replace, with other options.

use super::*;
use crate::conflict::Replaces;
use crate::drive::Update;
use crate::profile::{PartialChildren, ReplacedItem};

const TREE: &str = "
    d/
      in/
        x.txt = 3 B
      new.txt = 5 B
    To/
      d/
        d/
          y.txt = 7 B
        old.txt = 11 B
      in = 13 B
";

fn rules(change: impl FnOnce(&mut Profile)) -> Profile {
    let mut profile = Profile { bin_days: None, ..Profile::BUSINESS };
    change(&mut profile);
    profile
}

/// Copies at once or step by step, to the end.
fn replace(drive: &mut Drive, (source, target): (&str, &str), is_gradual: bool) -> Result<(), Error> {
    let spec = spec(drive, source, target).on_conflict(Conflict::Replace);
    if !is_gradual {
        return drive.copy(&spec, NOW, NEVER_PARALLEL).map(drop);
    }
    let mut attached = start(drive, &spec.gradual())?;
    drive.check_invariants();
    while attached.attached.n_revealed() < attached.n_items {
        let next = attached.attached.n_revealed() + 1;
        assert_eq!(drive.reveal(&mut attached.attached, next), []);
        drive.check_invariants();
    }
    Ok(())
}

#[test]
fn a_folder_replaces_a_folder_and_everything_below_it() {
    for is_gradual in [false, true] {
        let mut drive = drive(rules(|rules| rules.folder_replace = Replaces::SameKind), TREE);
        let old = drive.find("/To/d").unwrap();
        replace(&mut drive, ("/d", "/To"), is_gradual).unwrap();
        let expected = "
            d/
              in/
                x.txt = 3 B
              new.txt = 5 B
            To/
              d/
                in/
                  x.txt = 3 B
                new.txt = 5 B
              in = 13 B
        ";
        assert_eq!(text(&drive), canonical(expected));
        assert!(matches!(drive.item(old), Err(Error::NotFound { .. })));
        assert_eq!(drive.item(drive.find("/To").unwrap()).unwrap().size, 21);
        // A folder does not replace a file.
        let refused = replace(&mut drive, ("/d/in", "/To"), is_gradual);
        assert!(matches!(refused, Err(Error::NameTaken { .. })), "{refused:?}");
    }
}

#[test]
fn a_folder_is_replaced_by_an_item_that_was_in_it() {
    for is_gradual in [false, true] {
        let mut drive = drive(rules(|rules| rules.folder_replace = Replaces::Anything), TREE);
        replace(&mut drive, ("/To/d/d", "/To"), is_gradual).unwrap();
        replace(&mut drive, ("/d/in", "/To"), is_gradual).unwrap();
        let expected = "
            d/
              in/
                x.txt = 3 B
              new.txt = 5 B
            To/
              d/
                y.txt = 7 B
              in/
                x.txt = 3 B
        ";
        assert_eq!(text(&drive), canonical(expected));
    }
}

#[test]
fn a_folder_that_may_not_be_changed_is_not_replaced() {
    let mut drive = drive(rules(|rules| rules.folder_replace = Replaces::Anything), TREE);
    let below = drive.find("/To/d/d/y.txt").unwrap();
    drive.set_access(below, Some(crate::Access::Read)).unwrap();
    let refused = replace(&mut drive, ("/d", "/To"), false);
    assert!(matches!(refused, Err(Error::AccessDenied { .. })), "{refused:?}");
    drive.set_access(below, None).unwrap();
    drive.lock(below, crate::LockScope::Item).unwrap();
    let refused = replace(&mut drive, ("/d", "/To"), false);
    assert!(matches!(refused, Err(Error::Locked { .. })), "{refused:?}");
}

#[test]
fn a_copy_into_a_replaced_folder_cannot_continue() {
    for replaced_item in [ReplacedItem::Gone, ReplacedItem::Bin] {
        let mut drive = drive(
            rules(|rules| (rules.folder_replace, rules.replaced_item) = (Replaces::SameKind, replaced_item)),
            TREE,
        );
        let into = spec(&drive, "/d/in", "/To/d").gradual();
        let mut attached = start(&mut drive, &into).unwrap().attached;
        drive.reveal(&mut attached, 1);
        replace(&mut drive, ("/d", "/To"), false).unwrap();
        assert!(!drive.can_fill(&attached));
        drive.drop_rest(attached);
        drive.check_invariants();
    }
}

#[test]
fn a_replaced_item_goes_to_the_bin_and_can_be_restored() {
    for is_gradual in [false, true] {
        let mut drive = drive(
            rules(|rules| {
                (rules.folder_replace, rules.replaced_item) = (Replaces::Anything, ReplacedItem::Bin)
            }),
            TREE,
        );
        let old = ["/To/d", "/To/in"].map(|path| drive.find(path).unwrap());
        replace(&mut drive, ("/d", "/To"), is_gradual).unwrap();
        replace(&mut drive, ("/d/in", "/To"), is_gradual).unwrap();
        let binned: Vec<_> = drive.bin(NOW).into_iter().map(|binned| binned.item.id).collect();
        assert_eq!(binned, old);
        drive.restore(old[0], None, Some("back"), Conflict::Fail, NOW).unwrap();
        assert!(drive.find("/To/back/d/y.txt").is_ok());
        drive.check_invariants();
    }
}

#[test]
fn moved_and_restored_files_put_the_files_they_replace_into_the_bin() {
    let tree = "a.txt = 3 B\nTo/\n  a.txt = 5 B\n";
    let mut drive = drive(rules(|rules| rules.replaced_item = ReplacedItem::Bin), tree);
    let [mine, old, to] = ["/a.txt", "/To/a.txt", "/To"].map(|path| drive.find(path).unwrap());
    drive.set_quota(Some(8));
    let update = Update { parent: Some(to), conflict: Conflict::Replace, ..Update::default() };
    drive.update(mine, update, NOW).unwrap();
    assert_eq!((drive.bin(NOW).len(), drive.item(to).unwrap().size), (1, 3));
    // The two swap places: there is room for both, and for no more.
    drive.restore(old, None, None, Conflict::Replace, NOW).unwrap();
    assert_eq!(text(&drive), canonical("To/\n  a.txt = 5 B\n"));
    assert_eq!(drive.bin(NOW)[0].item.id, mine);
}

#[test]
fn a_name_that_is_taken_meanwhile_fails_all_children() {
    for is_gradual in [false, true] {
        let mut drive =
            drive(rules(|rules| rules.partial_children = PartialChildren::None), "d/\n  a\n  b\nTo/\n");
        let spec = spec(&drive, "/d", "/To").children_only();
        let spec = if is_gradual { spec.gradual() } else { spec };
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, NOW).unwrap();
        let staged = planned.build(ticket, NEVER_PARALLEL);
        drive.create_folder(spec.target, "B", Conflict::Fail, NOW).unwrap();
        let refused = drive.attach(staged).map(|attached| attached.item);
        assert!(matches!(&refused, Err(Error::SomeFailed { details }) if details.len() == 1), "{refused:?}");
        assert_eq!(text(&drive), canonical("d/\n  a\n  b\nTo/\n  B/\n"));
    }
}
