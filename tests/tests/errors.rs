//! Tests of error messages: they name the item and the rule, and a failed call changes nothing.

use drivesim::drive::{DriveSpec, Owner};
use drivesim::error::DriveError;
use drivesim::options::MoveOptions;
use drivesim::{Conflict, CopyOptions, Error, Profile, Sim};
use expect_test::{Expect, expect};

const DRIVE: &str =
    "a.txt = \"hi\"\nDocs/\n  b.bin = 3 B\n  deep/\n    deeper/\nto/\n  a.txt = 1 B\n  Docs/\n";

fn sim(profile: Profile) -> Sim {
    Sim::builder().profile(profile).outline(DRIVE).build().unwrap()
}

type Call<'a> = &'a dyn Fn(&Sim) -> Result<(), Error>;

/// Runs failing calls, compares their messages, and checks that none has changed the drive.
fn check(sim: &Sim, calls: &[Call<'_>], expected: Expect) {
    let before = sim.outline().unwrap();
    let mut messages = String::new();
    for (number, call) in calls.iter().enumerate() {
        match call(sim) {
            Ok(()) => panic!("call number {number} has not failed"),
            Err(error) => messages += &format!("{error}\n"),
        }
        sim.check_invariants();
        sim.assert_outline(&before);
        assert_eq!(sim.jobs().len(), 0);
    }
    expected.assert_eq(&messages);
}

#[test]
fn reads_name_the_missing_item() {
    let sim = sim(Profile::PLAIN);
    let deleted = sim.create_folder("/", "deleted").unwrap();
    sim.delete(deleted).unwrap();
    check(
        &sim,
        &[
            &|sim| sim.item("/missing/a").map(drop),
            &|sim| sim.item("a.txt").map(drop),
            &|sim| sim.item("/Docs//b.bin").map(drop),
            &|sim| sim.item(deleted).map(drop),
            &|sim| sim.children("/a.txt").map(drop),
            &|sim| sim.read("/Docs").map(drop),
            &|sim| sim.drive("other").map(drop),
        ],
        expect![[r#"
            "/missing/a" does not exist
            "a.txt" is not a path: a path begins with a slash, as "/a.txt"
            "/Docs//b.bin" is not a path: names of a path are separated by one slash, as "/Docs/b.bin"
            "0000000100000009" does not exist
            "/a.txt" is a file, a folder is needed
            "/Docs" is a folder, a file is needed
            there is no drive "other"
        "#]],
    );
}

#[test]
fn changes_name_the_item_and_the_rule() {
    check(
        &sim(Profile::BUSINESS),
        &[
            &|sim| sim.create_folder("/", "docs").map(drop),
            &|sim| sim.create_folder("/", "a:b").map(drop),
            &|sim| sim.create_folder("/", "").map(drop),
            &|sim| sim.create_folder("/Docs", "Forms").map(drop),
            &|sim| sim.create_file("/Docs", "a_vti_b", "").map(drop),
            &|sim| sim.create_folder("/", "~tmp").map(drop),
            &|sim| sim.create_folder("/a.txt", "x").map(drop),
            &|sim| sim.create_folder("/missing", "x").map(drop),
            &|sim| sim.write("/Docs", "x").map(drop),
            &|sim| sim.write("/missing/x", "x").map(drop),
            &|sim| sim.write("/", "x").map(drop),
            &|sim| sim.create_file_with("/", "DOCS", "x", Conflict::Replace).map(drop),
            &|sim| sim.create_folder_with("/", "A.txt", Conflict::Replace).map(drop),
            &|sim| sim.rename("/a.txt", "Docs"),
            &|sim| sim.rename("/a.txt", "nul.txt"),
            &|sim| sim.rename("/", "x"),
            &|sim| sim.move_to("/a.txt", "/to"),
            &|sim| sim.move_to("/Docs", "/Docs/deep/deeper"),
            &|sim| sim.move_to("/", "/Docs"),
            &|sim| sim.move_to("/Docs", "/a.txt"),
            &|sim| {
                sim.move_to_with("/Docs", "/to", MoveOptions::named("a.txt").on_conflict(Conflict::Replace))
            },
            &|sim| sim.delete("/").map(drop),
            &|sim| sim.add_drive("drive").map(drop),
            &|sim| sim.drive("missing").map(drop),
        ],
        expect![[r#"
            the name "docs" is taken by a folder in "/"
            the name "a:b" is not allowed: a name must not contain ':'
            the name "" is not allowed: a name must not be empty
            the name "Forms" is not allowed: "forms" is reserved for folders
            the name "a_vti_b" is not allowed: a name must not contain "_vti_"
            the name "~tmp" is not allowed: a folder's name must not start with '~'
            "/a.txt" is a file, a folder is needed
            "/missing" does not exist
            "/Docs" is a folder, a file is needed
            "/missing" does not exist
            "/" is a folder, a file is needed
            the name "DOCS" is taken by a folder in "/"
            the name "A.txt" is taken by a file in "/"
            the name "Docs" is taken by a folder in "/"
            the name "nul.txt" is not allowed: "NUL" is reserved
            the root of a drive cannot be renamed
            the name "a.txt" is taken by a file in "/to"
            "/Docs" cannot go into itself or below, to "/Docs/deep/deeper"
            the root of a drive cannot be moved
            "/a.txt" is a file, a folder is needed
            the name "a.txt" is taken by a file in "/to"
            the root of a drive cannot be deleted
            a drive "drive" already exists
            there is no drive "missing"
        "#]],
    );
}

#[test]
fn copies_name_the_item_and_the_rule() {
    let copy = |source: &'static str, target: &'static str, options: CopyOptions| {
        move |sim: &Sim| sim.copy(source, target, options.clone()).map(drop)
    };
    let children = CopyOptions::children_only();
    let mut named_children = children.clone();
    named_children.name = Some("x".to_owned());
    let named = CopyOptions::named;
    check(
        &sim(Profile::BUSINESS),
        &[
            &copy("/Docs", "/to", named_children),
            &copy("/missing", "/to", named("x")),
            &copy("/", "/to", named("x")),
            &copy("/a.txt", "/to", children),
            &copy("/a.txt", "/missing", named("x")),
            &copy("/Docs", "/a.txt", named("x")),
            &copy("/Docs", "/Docs", named("x")),
            &copy("/Docs", "/Docs/deep", named("x")),
            &copy("/Docs", "/to", named("x?")),
            &copy("/Docs", "/to", named("docs")),
        ],
        expect![[r#"
            a copy of children only takes no name, "x" was given
            "/missing" does not exist
            the root of a drive cannot be copied
            "/a.txt" is a file: only the children of a folder can be copied without it
            "/missing" does not exist
            "/a.txt" is a file, a folder is needed
            "/Docs" cannot go into itself or below, to "/Docs"
            "/Docs" cannot go into itself or below, to "/Docs/deep"
            the name "x?" is not allowed: a name must not contain '?'
            the name "docs" is taken by a folder in "/to"
        "#]],
    );
    check(
        &sim(Profile::PERSONAL),
        &[&copy("/a.txt", "/to", CopyOptions::default().on_conflict(Conflict::Rename))],
        expect![[r#"
            a personal drive does not offer the conflict behavior rename here
        "#]],
    );
    check(
        &sim(Profile::BOX),
        &[
            &copy("/", "/to", CopyOptions::children_only()),
            &copy("/a.txt", "/to", named("//")),
            &copy("/Docs", "/to", named("a/b")),
            &copy("/Docs", "/to", named("a ")),
            &copy("/Docs", "/to", named("A.TXT")),
        ],
        expect![[r#"
            the root of a drive cannot be copied
            the name "//" is not allowed: nothing usable is left of the name after the removal of what it must not contain
            the name "a/b" is not allowed: a name must not contain '/'; a name is the last part of a path, here "b"
            the name "a " is not allowed: a name must not end with a space
            the name "A.TXT" is taken by a file in "/to"
        "#]],
    );
}

#[test]
fn items_cannot_be_moved_between_drives() {
    let sim = sim(Profile::PLAIN);
    let other = sim.add_drive("other").unwrap();
    check(
        &sim,
        &[&|sim| sim.move_to("/a.txt", other.at("/"))],
        expect![[r#"
            items cannot be moved from the drive "drive" to the drive "other", only copied
        "#]],
    );
}

#[test]
fn a_folder_cannot_go_where_paths_below_it_would_be_too_long() {
    let long = "x".repeat(200);
    let outline = format!("deep/\n  {long}/\n    {}\nfolder with a long name/\n", "y".repeat(190));
    let sim = Sim::builder().profile(Profile::BUSINESS).outline(outline).build().unwrap();
    let rename = "long enough";
    check(
        &sim,
        &[
            &|sim| sim.move_to("/deep", "/folder with a long name"),
            &|sim| sim.rename("/deep", rename),
            &|sim| sim.copy("/deep", "/", CopyOptions::named(rename)).map(drop),
            &|sim| sim.copy("/deep", "/folder with a long name", CopyOptions::default()).map(drop),
        ],
        expect![[r#"
            the path of "deep" would have at least 420 UTF-16 units, 400 are allowed
            the path of "long enough" would have at least 403 UTF-16 units, 400 are allowed
            the path of "long enough" would have at least 403 UTF-16 units, 400 are allowed
            the path of "deep" would have at least 420 UTF-16 units, 400 are allowed
        "#]],
    );
    // A copy of children only fails for the child that does not fit.
    let job = sim.copy("/deep", "/folder with a long name", CopyOptions::children_only()).unwrap();
    let Error::Drive(DriveError::SomeFailed { details }) = job.outcome().unwrap().unwrap_err() else {
        panic!("another error");
    };
    assert!(details[0].to_string().ends_with("would have at least 415 UTF-16 units, 400 are allowed"));
    sim.rename("/deep", "d").unwrap();
}

#[test]
fn a_copy_has_at_most_thirty_thousand_items_on_onedrive() {
    for profile in [Profile::BUSINESS, Profile::PERSONAL] {
        let sim = Sim::builder().profile(profile).build().unwrap();
        let folder = sim.create_folder("/", "many").unwrap();
        for number in 0..29_999 {
            sim.create_sized(folder, &format!("{number}"), 0).unwrap();
        }
        sim.copy(folder, "/", CopyOptions::named("enough")).unwrap().outcome().unwrap().unwrap();
        sim.create_folder(folder, "one more").unwrap();
        let failure = sim.copy(folder, "/", CopyOptions::named("too many")).unwrap_err();
        assert_eq!(failure.to_string(), "\"/many\" has more items than the 30000 that one copy may have");
        sim.create_folder("/", "into").unwrap();
        sim.copy(folder, "/into", CopyOptions::children_only()).unwrap().outcome().unwrap().unwrap();
    }
}

#[test]
fn errors_of_an_outline_name_line_and_column() {
    let build = |profile: Profile, outline: &str| {
        Sim::builder().profile(profile).outline(outline).build().unwrap_err().to_string()
    };
    expect![[
        r#"no drive can hold the outline: line 3, column 3: the name "A.TXT" is taken by a file in "/Docs""#
    ]]
    .assert_eq(&build(Profile::BUSINESS, "Docs/\n  a.txt\n  A.TXT\n"));
    expect![[r#"no drive can hold the outline: line 2, column 3: the name "a\\b" is not allowed: a name must not contain '\\'"#]].assert_eq(&build(Profile::BOX, "Docs/\n  \"a\\\\b\"\n"));
    expect![[r#"no drive can hold the outline: line 2, column 1: with 1099511627776 bytes more for "b" the drive would hold more than 2^64 - 1 bytes"#]].assert_eq(&build(Profile::PLAIN, "a = 16777215 TiB\nb = 1 TiB\nc = 1 TiB\n"));
    expect!["no drive can hold the outline: line 1, column 1: 2 versions, the maximum here is 1"]
        .assert_eq(&build(Profile::PLAIN, "a/ # versions=2\n"));
    expect![[r#"not an outline: line 1, column 7: the drive "d": the profile plain has no option speed; it has none"#]]
        .assert_eq(&build(Profile::PLAIN, "drive d profile=plain speed=9\n"));
    expect![[r#"not an outline: line 1, column 7: the drive "d": the option max_versions is 100 or another number, not "Z""#]]
        .assert_eq(&build(Profile::PLAIN, "drive d profile=box max_versions=Z\n"));
    expect!["not an outline: line 1, column 4: expected the first item without indentation, found 2 spaces after the margin of 1"].assert_eq(&build(Profile::PLAIN, "   a\n  b/\n c\n"));
}

#[test]
fn a_read_only_drive_can_be_copied_from_but_not_changed() {
    let outline = "drive mine profile=plain\nto/\ndrive theirs profile=box access=read\na = 1 B\n\
                   drive secret profile=box access=none\nb = 1 B\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let theirs = sim.drive("theirs").unwrap();
    sim.copy(theirs.at("/a"), "/to", CopyOptions::default()).unwrap();
    assert!(sim.exists("/to/a"));
    for result in [
        sim.delete(theirs.at("/a")).map(drop),
        sim.copy("/to", theirs.at("/"), CopyOptions::default()).map(drop),
    ] {
        assert_eq!(result.unwrap_err().code(), "accessDenied");
    }
    assert_eq!(sim.drive("secret").unwrap_err().code(), "itemNotFound");
    assert_eq!(sim.drives().len(), 2);
}

#[test]
fn a_name_below_the_source_is_checked_for_each_kind() {
    let sim = Sim::builder().outline("from/\n  a/\n    ~x\n  b/\n    ~x/\n").build().unwrap();
    let other = sim.add_drive(DriveSpec::new("other").profile(Profile::BUSINESS)).unwrap();
    let job = sim.copy("/from", other.at("/"), CopyOptions::default()).unwrap();
    let failure = job.outcome().unwrap().unwrap_err().to_string();
    assert_eq!(failure, "the name \"~x\" is not allowed: a folder's name must not start with '~'");
    assert!(sim.children(other.at("/")).unwrap().is_empty());
}

#[test]
fn the_checks_of_a_copy_have_an_order() {
    let outline = "drive mine\na\ndrive theirs access=read\nd/\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let theirs = sim.drive("theirs").unwrap();
    let mut named_children = CopyOptions::children_only();
    named_children.name = Some("x".to_owned());
    let code = |source: &str, target: &str, options: &CopyOptions| {
        sim.copy(source, theirs.at(target), options.clone()).unwrap_err().code()
    };
    assert_eq!(code("/missing", "/missing", &named_children), "invalidRequest");
    assert_eq!(code("/missing", "/missing", &CopyOptions::default()), "itemNotFound");
    assert_eq!(code("/a", "/missing", &CopyOptions::default()), "itemNotFound");
    assert_eq!(code("/a", "/d", &CopyOptions::default()), "accessDenied");
}

#[test]
fn assert_outline_accepts_the_text_that_a_simulator_was_built_from() {
    for text in [
        "drive Team profile=business\na\n",
        "drive A profile=box owner=me\na\ndrive B\nb = 2048 B\n",
        "b\na\n",
    ] {
        let sim = Sim::builder().outline(text).build().unwrap();
        sim.assert_outline(text);
        sim.assert_outline(&sim.outline().unwrap());
    }
    Sim::builder().outline("drive Team\na\n").build().unwrap().assert_outline("a\n");
}

#[test]
fn a_failed_assertion_shows_the_difference() {
    let sim = Sim::builder().outline("a\nDocs/\n  b\n").build().unwrap();
    let failed = std::panic::catch_unwind(|| sim.assert_outline("a\nDocs/\n  c\n")).unwrap_err();
    expect![[r#"
        the drive does not look as expected (- expected, + actual):

        @@ -1,3 +1,3 @@
         a
         Docs/
        -  c
        +  b

        DRIVESIM_FULL_DIFF=1 prints both whole
    "#]]
    .assert_eq(failed.downcast_ref::<String>().unwrap());
}

/// Fails like an assertion of a user; the next test runs it.
#[test]
#[ignore = "it fails so that another test can read its message"]
fn an_assertion_that_fails() {
    Sim::builder().outline("a\nDocs/\n").build().unwrap().assert_outline("b\nDocs/\n");
}

#[test]
fn a_failed_assertion_shows_both_outlines_on_request() {
    let failed = |value: Option<&str>| {
        let mut test = std::process::Command::new(std::env::current_exe().unwrap());
        test.args(["--exact", "errors::an_assertion_that_fails", "--ignored", "--nocapture"]);
        test.env_remove("DRIVESIM_FULL_DIFF").envs(value.map(|value| ("DRIVESIM_FULL_DIFF", value)));
        let output = test.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let whole = "expected:\n    b\n    Docs/\n\nactual:\n    a\n    Docs/\n";
    assert!(failed(Some("1")).contains(whole));
    for value in [None, Some(""), Some("0")] {
        let message = failed(value);
        assert!(!message.contains(whole), "{message}");
        assert!(message.contains("-b\n+a\n Docs/\n\nDRIVESIM_FULL_DIFF=1 prints both whole\n"), "{message}");
    }
}

#[test]
fn a_drive_without_an_owner_belongs_to_me_unless_another_drive_does() {
    let sim = Sim::builder().outline("Docs/\n").build().unwrap();
    let drive = sim.drive("drive").unwrap();
    let owner = |drive: &drivesim::drive::DriveRef| sim.owner_of(drive).unwrap();
    assert_eq!(owner(&drive), Some(Owner::Me));
    sim.assert_outline("Docs/\n");
    let team = sim.add_drive(DriveSpec::new("team").profile(Profile::BOX)).unwrap();
    assert_eq!(owner(&team), None);
    let printed = sim.outline().unwrap();
    assert_eq!(printed, "drive drive profile=plain owner=me\nDocs/\ndrive team profile=box\n");
    sim.assert_outline(&printed);
    sim.assert_outline("drive drive\nDocs/\ndrive team\n");
    let again = Sim::builder().outline(&printed).build().unwrap();
    assert_eq!(again.outline().unwrap(), printed);
    let mine = sim.add_drive(DriveSpec::new("mine").profile(Profile::BUSINESS).owner(Owner::Me)).unwrap();
    assert_eq!((owner(&drive), owner(&mine)), (None, Some(Owner::Me)));
    sim.remove_drive(sim.drive("mine").unwrap()).unwrap();
    assert_eq!(sim.fork().owner_of(&drive).unwrap(), Some(Owner::Me));
    sim.replace_outline(sim.drive("drive").unwrap(), "drive drive owner=me\na\n").unwrap();
    sim.replace_outline(sim.drive("drive").unwrap(), "drive drive owner=user:ann\na\n").unwrap_err();
}

#[test]
fn an_owner_is_given_to_the_first_drive_without_one_unless_another_drive_has_it() {
    let owners = |owner: Owner, outline: &str| {
        let sim = Sim::builder().owner(owner).outline(outline).build()?;
        sim.drives().iter().map(|drive| sim.owner_of(drive)).collect::<Result<Vec<_>, _>>()
    };
    assert_eq!(owners(Owner::user("ann"), "a\n"), Ok(vec![Some(Owner::user("ann"))]));
    let two = "drive a profile=box\ndrive b profile=business\n";
    assert_eq!(owners(Owner::Me, two), Ok(vec![Some(Owner::Me), None]));
    let two = "drive a owner=group:g\ndrive b profile=business\n";
    assert_eq!(owners(Owner::Me, two), Ok(vec![Some(Owner::group("g")), Some(Owner::Me)]));
    let two = "drive a profile=box\ndrive b owner=me\n";
    assert_eq!(owners(Owner::Me, two), Ok(vec![None, Some(Owner::Me)]));
    let no_owner = drivesim::Error::NoOwner { owner: "user:".to_owned() };
    assert_eq!(owners(Owner::user(""), "a\n"), Err(no_owner.clone()));
    let sim = Sim::builder().build().unwrap();
    assert_eq!(sim.add_drive(DriveSpec::new("a").owner(Owner::user(""))), Err(no_owner));
}

#[test]
fn constructed_lines_with_an_invalid_depth_are_rejected() {
    let mut outline = drivesim::outline::parse("a\nb\n").unwrap();
    for depth in [1, 7, usize::MAX] {
        outline.drives[0].lines[1].depth = depth;
        let failure = Sim::builder().parsed_outline(outline.clone()).build().unwrap_err().to_string();
        assert_eq!(
            failure,
            format!(
                "no drive can hold the outline: line 2, column 1: an item at depth {depth}, the maximum here is 0"
            )
        );
    }
}

#[test]
fn files_of_the_same_size_have_different_bytes_unless_they_are_copies() {
    let sim = Sim::builder().outline("drive a\nx = 1 KiB\ny = 1 KiB\ndrive b\nz = 1 KiB\n").build().unwrap();
    let b = sim.drive("b").unwrap();
    sim.copy("/x", b.at("/"), CopyOptions::default()).unwrap();
    let read = |path: &str| sim.read(b.at(path)).unwrap();
    assert_ne!(sim.read("/x").unwrap(), sim.read("/y").unwrap());
    assert_ne!(read("/x"), read("/z"));
    assert_eq!(read("/x"), sim.read("/x").unwrap());
}
