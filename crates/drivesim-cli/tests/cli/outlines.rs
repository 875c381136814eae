//! Tests outlines: printed from a folder, read from a file, rejected.

use expect_test::expect;
use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use crate::work::WorkDir;

#[test]
fn a_folder_prints_as_an_outline_with_sizes_or_bytes() {
    let work = WorkDir::with_docs();
    let sizes = expect![[r#"
        Docs/
          2024/
            empty.txt
            q1.txt = 3 B
          a.txt = 5 B
    "#]];
    sizes.assert_eq(&work.run_ok(&["outline", "Docs"]).stdout);
    let bytes = expect![[r#"
        Docs/
          2024/
            empty.txt
            q1.txt = "one"
          a.txt = "hello"
    "#]];
    bytes.assert_eq(&work.run_ok(&["outline", "Docs", "--with-content"]).stdout);
}

#[test]
fn printed_times_are_those_of_the_files() {
    let work = WorkDir::with(&[("Docs/a.txt", "")]);
    let at = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(work.path("Docs/a.txt")).unwrap().set_modified(at).unwrap();
    File::open(work.path("Docs")).unwrap().set_modified(at).unwrap();
    let expected = "Docs/ # modified=2001-09-09T01:46:40Z\n  a.txt # modified=2001-09-09T01:46:40Z\n";
    assert_eq!(work.run_ok(&["outline", "Docs", "--times"]).stdout, expected);
    fs::write(work.path("docs.outline"), expected).unwrap();
    let again = work.run_ok(&["outline", "docs.outline", "--times"]).stdout;
    assert!(again.contains("modified=2001-09-09T01:46:40Z"), "{again}");
}

#[test]
fn copying_the_outline_of_a_folder_equals_copying_the_folder() {
    let work = WorkDir::with_docs();
    for flags in [&[][..], &["--with-content"]] {
        let outline = work.run_ok(&[&["outline", "Docs"], flags].concat()).stdout;
        fs::write(work.path("docs.outline"), &outline).unwrap();
        let mut objects = ["Docs", "docs.outline"].map(|source| work.json(0, &["copy", source, "Copy"]));
        for object in &mut objects {
            object.as_object_mut().unwrap().retain(|key, _| key != "elapsedMs" && key != "itemsPerSecond");
        }
        let [folder, text] = objects;
        assert_eq!(folder, text);
        assert_eq!(work.run_ok(&["outline", "docs.outline"]).stdout, outline);
    }
}

#[test]
fn a_single_item_is_the_source_and_several_are_put_into_a_folder() {
    let work =
        WorkDir::with(&[("one.outline", "a.txt = 3 B\n"), ("many.outline", "b/\n  c.txt = 2 B\na.txt\n")]);
    let one = work.json(0, &["copy", "one.outline", "--times", "2"]);
    assert_eq!((&one["item"]["name"], &one["copy"]["folders"]), (&"a 2.txt".into(), &0.into()));
    let many = work.json(0, &["copy", "many.outline", "--into", "/x"]);
    assert_eq!((&many["item"]["name"], &many["copy"]["folders"]), (&"many".into(), &2.into()));
    // A file may replace a file repeatedly.
    let replaced =
        work.json(0, &["copy", "one.outline", "--into", "/x", "--times", "3", "--on-conflict", "replace"]);
    assert_eq!(replaced["item"]["name"], "a.txt");
}

#[test]
fn a_drive_line_sets_the_profile_unless_the_command_line_does() {
    let work = WorkDir::with(&[("team.outline", "drive Team profile=business\nDocs/\n  a.txt\n")]);
    let named = |args: &[&str]| work.json(0, &[&["copy", "team.outline", "--times", "2"], args].concat());
    assert_eq!(named(&[])["item"]["name"], "Docs2");
    assert_eq!(named(&["--profile", "plain"])["item"]["name"], "Docs 2");
    let printed = work.run_ok(&["outline", "team.outline"]).stdout;
    assert_eq!(printed, "drive Team profile=business\nDocs/\n  a.txt\n");
    let read_only = WorkDir::with(&[("ro.outline", "drive Team access=read\nDocs/\n")]);
    assert_eq!(read_only.json(1, &["copy", "ro.outline", "Copy"])["error"]["code"], "accessDenied");
}

#[test]
fn an_outline_file_prints_in_canonical_form() {
    let work = WorkDir::with(&[
        ("a.outline", "\n    B = \"\"\n    a/\n      c = 2048 B # owner=ann\n"),
        ("drives.outline", "drive x\nb\na\ndrive y profile=box\n"),
    ]);
    assert_eq!(work.run_ok(&["outline", "a.outline"]).stdout, "a/\n  c = 2 KiB\nB\n");
    assert!(work.run_ok(&["outline", "a.outline", "--times"]).stdout.contains(" owner=ann\n"));
    let printed = work.run_ok(&["outline", "drives.outline"]).stdout;
    assert_eq!(printed, "drive x profile=plain\na\nb\ndrive y profile=box\n");
    fs::write(work.path("drives.outline"), &printed).unwrap();
    assert_eq!(work.run_ok(&["outline", "drives.outline"]).stdout, printed);
}

#[test]
fn a_file_that_is_not_an_outline_fails_with_the_position() {
    let work = WorkDir::with(&[
        ("tabs", "Docs/\n\ta.txt\n"),
        ("none", "# nothing\n"),
        ("versions", "a/ # versions=3\n"),
    ]);
    fs::write(work.path("bytes"), b"Docs/\n  \xc3\xbc\xff\n").unwrap();
    fs::write(work.path("options"), "drive x speed=9\na\n").unwrap();
    let table = [
        ("tabs", "\"tabs\" is not an outline: line 2, column 1: expected spaces as indentation, found a tab"),
        ("bytes", "\"bytes\" is not an outline: line 2, column 4: expected UTF-8, found the byte 0xff"),
        (
            "versions",
            "error: no drive can hold the outline: line 1, column 1: 3 versions, the maximum here is 1\n",
        ),
        (
            "options",
            "line 1, column 7: the drive \"x\": the profile plain has no option speed; it has none\n",
        ),
        ("none", "\"none\" has no item to copy"),
    ];
    for (file, message) in table {
        let ran = work.run(&["copy", file, "Copy", "--json", "--outline"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{file}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(message), "{}", ran.stderr);
    }
}

#[test]
fn several_drives_are_bad_usage_of_copy() {
    let work = WorkDir::with(&[("drives.outline", "drive x\na\ndrive y\nb\n")]);
    let ran = work.run(&["copy", "drives.outline", "Copy"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("has 2 drives, but a copy needs exactly one"), "{}", ran.stderr);
}

#[test]
fn the_error_of_a_tree_that_is_too_deep_names_the_item() {
    let work = WorkDir::with(&[("end/", "")]);
    // Created from the inside out, so that no path is too long for the system.
    fs::rename(work.path("end"), work.path("D")).unwrap();
    for level in 0..2001 {
        let name = if level == 0 { "end" } else { "d" };
        fs::create_dir(work.path("above")).unwrap();
        fs::rename(work.path("D"), work.path("above").join(name)).unwrap();
        fs::rename(work.path("above"), work.path("D")).unwrap();
    }
    let ran = work.run(&["outline", "D"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("\"end\" is more than 2000 folders deep"), "{}", ran.stderr);
}
