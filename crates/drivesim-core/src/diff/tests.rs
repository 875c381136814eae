//! Tests of the comparison of two states of a drive.

use expect_test::{Expect, expect};
use jiff::Timestamp;

use crate::copy::CopySpec;
use crate::{Actor, Conflict, Content, Drive, Profile, Times, outline};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const LATER: Actor<'static> = Actor { at: Timestamp::MAX, by: "ann" };

fn drive() -> Drive {
    let text =
        "Archive/\nDocs/\n  a.txt = \"hi\"\n  b.txt = 3 KiB\n  deep/\n    c.txt = \"x\"\nold.txt = \"y\"\n";
    Drive::from_lines(Profile::PLAIN, &outline::parse(text).unwrap().drives[0].lines, NOW).unwrap()
}

fn check(change: impl Fn(&mut Drive), expected: Expect) {
    let before = drive();
    let mut after = before.clone();
    change(&mut after);
    expected.assert_eq(&before.diff_outline(&after).unwrap());
    let n_lines = before.diff_outline(&after).unwrap().lines().filter(|line| !line.starts_with(' ')).count();
    assert_eq!(before.diff(&after).unwrap().len(), n_lines);
}

fn id(drive: &Drive, path: &str) -> crate::ItemId {
    drive.find(path).unwrap()
}

#[test]
fn equal_states_have_no_differences() {
    check(|_| (), expect![""]);
}

#[test]
fn a_copy_is_a_created_subtree() {
    check(
        |drive| {
            let spec = CopySpec::new(id(drive, "/Docs"), id(drive, "/Archive"));
            drive.copy(&spec, NOW, usize::MAX).unwrap();
        },
        expect![[r#"
              Archive/
            +   Docs/
            +     a.txt = "hi"
            +     b.txt = 3 KiB
            +     deep/
            +       c.txt = "x"
        "#]],
    );
}

#[test]
fn a_deleted_folder_is_removed_with_the_items_below_it_except_moved_ones() {
    check(
        |drive| {
            drive.move_to(id(drive, "/Docs/deep"), drive.root(), None, Conflict::Fail, NOW).unwrap();
            drive.delete(id(drive, "/Docs"), NOW).unwrap();
        },
        expect![[r#"
            > deep/ # was /Docs/deep
            - Docs/
            -   a.txt = "hi"
            -   b.txt = 3 KiB
        "#]],
    );
}

#[test]
fn a_restored_item_is_no_difference() {
    check(
        |drive| {
            let docs = id(drive, "/Docs");
            drive.delete(docs, NOW).unwrap();
            drive.restore(docs, None, None, Conflict::Fail, NOW).unwrap();
        },
        expect![""],
    );
}

#[test]
fn moved_and_renamed_items_are_printed_in_their_new_place_with_the_old_one() {
    check(
        |drive| {
            drive.rename(id(drive, "/old.txt"), "new.txt", LATER).unwrap();
            let new = drive.create_folder(drive.root(), "New", Conflict::Fail, NOW).unwrap();
            drive.move_to(id(drive, "/Docs"), new, Some("Moved"), Conflict::Fail, LATER).unwrap();
            drive.write(id(drive, "/New/Moved/a.txt"), Content::from("ho"), LATER).unwrap();
        },
        expect![[r#"
            + New/
            >   Moved/ # was /Docs
            ~     a.txt = "ho" # content was "hi"
            > new.txt = "y" # was /old.txt
        "#]],
    );
}

#[test]
fn changes_of_content_times_and_description_are_printed() {
    check(
        |drive| {
            drive.write(id(drive, "/Docs/b.txt"), Content::empty(), LATER).unwrap();
            drive.set_description(id(drive, "/Docs/deep"), "about it", LATER).unwrap();
            let times = Times { modified_at: Some(Timestamp::MAX), ..Times::default() };
            drive.set_times(id(drive, "/old.txt"), times, NOW).unwrap();
            drive.set_description(drive.root(), "all of it", LATER).unwrap();
        },
        expect![[r#"
            ~ / # description was ""
              Docs/
            ~   b.txt # content was 3072 B
            ~   deep/ # description was ""
            ~ old.txt = "y" # times or versions changed
        "#]],
    );
}

#[test]
fn an_item_that_replaced_another_is_a_new_item() {
    check(
        |drive| {
            drive.delete_permanently(id(drive, "/old.txt")).unwrap();
            drive.create_file(drive.root(), "old.txt", Content::from("y"), Conflict::Fail, NOW).unwrap();
        },
        expect![[r#"
            - old.txt = "y"
            + old.txt = "y"
        "#]],
    );
}

#[test]
fn a_difference_has_its_kind() {
    let before = drive();
    let mut after = before.clone();
    after.rename(id(&after, "/old.txt"), "new.txt", NOW).unwrap();
    after.move_to(id(&after, "/Docs/a.txt"), after.root(), None, Conflict::Fail, NOW).unwrap();
    after.delete(id(&after, "/Archive"), NOW).unwrap();
    after.write(id(&after, "/Docs/b.txt"), Content::from("b"), NOW).unwrap();
    after.create_folder(after.root(), "z", Conflict::Fail, NOW).unwrap();
    let lines: Vec<String> = before
        .diff(&after)
        .unwrap()
        .iter()
        .map(|difference| {
            let paths =
                [&difference.before, &difference.after].map(|side| side.as_ref().map_or("-", |at| &at.path));
            let marks = [
                ("created", difference.is_created()),
                ("removed", difference.is_removed()),
                ("moved", difference.is_moved()),
                ("renamed", difference.is_renamed()),
                ("content", difference.content_changed),
                ("facts", difference.facts_changed),
            ];
            let marks: Vec<&str> = marks.iter().filter(|(_, is)| *is).map(|(mark, _)| *mark).collect();
            format!("{} {} {}", paths[0], paths[1], marks.join(" "))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "/Docs/a.txt /a.txt moved",
            "/Archive - removed",
            "/Docs/b.txt /Docs/b.txt content",
            "/old.txt /new.txt renamed",
            "- /z created"
        ]
    );
}
