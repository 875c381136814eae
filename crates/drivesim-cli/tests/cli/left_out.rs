//! Tests which entries of a folder or an outline are left out, and how they are reported.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use crate::work::WorkDir;

/// Copies a source, which must succeed, and checks how many things are left out and the reasons in the messages.
#[track_caller]
fn check(work: &WorkDir, args: &[&str], n_left_out: u64, reasons: &[&str]) {
    let args = [&["copy"], args, &["--into", "/x"]].concat();
    let object = work.json(0, &args);
    assert_eq!(object["leftOut"], n_left_out);
    assert_eq!(object["status"], "completed");
    let ran = work.run_ok(&args);
    let messages: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("left out ")).collect();
    assert_eq!(messages.len() as u64, n_left_out, "{}", ran.stderr);
    for reason in reasons {
        assert!(messages.iter().any(|line| line.contains(reason)), "{reason} is not in\n{}", ran.stderr);
    }
    assert!(ran.stdout.contains(&format!("\nleft out: {n_left_out}\n")), "{}", ran.stdout);
    let strict = work.run(&[&args[..], &["--strict"]].concat());
    assert_eq!(strict.code, 1);
    assert_eq!(strict.stdout.lines().next(), ran.stdout.lines().next());
}

#[test]
fn links_are_not_followed() {
    let work = WorkDir::with_docs();
    symlink(work.path("Docs/a.txt"), work.path("Docs/b.txt")).unwrap();
    symlink(work.path("Docs"), work.path("Docs/again")).unwrap();
    symlink("nowhere", work.path("Docs/dangling")).unwrap();
    check(
        &work,
        &["Docs"],
        3,
        &["Docs/b.txt\": it is a link", "again\": it is a link", "dangling\": it is a link"],
    );
}

#[test]
fn a_link_given_as_the_source_is_followed_and_gives_the_name() {
    let work = WorkDir::with_docs();
    symlink("Docs", work.path("link")).unwrap();
    let object = work.json(0, &["copy", "link", "--into", "/x"]);
    assert_eq!((&object["item"]["name"], object["leftOut"].as_u64()), (&"link".into(), Some(0)));
    assert_eq!(object["source"]["files"], 3);
}

#[test]
fn special_files_are_left_out() {
    let work = WorkDir::with_docs();
    let _socket = UnixListener::bind(work.path("Docs/socket")).unwrap();
    check(&work, &["Docs"], 1, &["Docs/socket\": it is a special file"]);
}

#[test]
fn a_name_that_is_not_utf_8_is_left_out_with_its_children() {
    let work = WorkDir::with_docs();
    let folder = work.path("Docs").join(OsStr::from_bytes(b"b\xff"));
    // Some file systems do not support such names; then there is nothing to leave out.
    if fs::create_dir(&folder).is_err() {
        return;
    }
    fs::write(folder.join("c.txt"), "").unwrap();
    check(&work, &["Docs"], 1, &[r#"Docs/b\xFF": its name is not UTF-8"#]);
    let object = work.json(0, &["copy", "Docs", "--into", "/x"]);
    assert_eq!((&object["source"]["files"], &object["source"]["folders"]), (&3.into(), &2.into()));
}

#[test]
fn names_that_are_equal_under_the_profile_are_left_out() {
    let work =
        WorkDir::with(&[("Docs/A.txt", "1"), ("Docs/a.txt", "22"), ("Docs/B/c", ""), ("Docs/b/d", "")]);
    if fs::read_dir(work.path("Docs")).unwrap().count() < 4 {
        // The file system ignores case too.
        return;
    }
    let taken = [
        "Docs/a.txt\": the name \"a.txt\" is taken by a file",
        "Docs/b\": the name \"b\" is taken by a folder",
    ];
    check(&work, &["Docs", "--profile", "business"], 2, &taken);
    let object = work.json(0, &["copy", "Docs", "Copy", "--profile", "box"]);
    assert_eq!((&object["source"]["bytes"], &object["source"]["folders"]), (&1.into(), &2.into()));
    assert_eq!(work.json(0, &["copy", "Docs", "Copy"])["leftOut"], 0);
}

#[test]
fn names_and_paths_that_the_profile_forbids_are_left_out() {
    let long = format!("{0}/{0}/end/", "l".repeat(200));
    let files = [
        ("Docs/a:b.txt", ""),
        ("Docs/con/inside.txt", ""),
        ("Docs/ok.txt", ""),
        (&*format!("Docs/{long}"), ""),
    ];
    let work = WorkDir::with(&files);
    let reasons =
        ["the name \"a:b.txt\" is not allowed", "the name \"con\" is not allowed", "400 are allowed"];
    check(&work, &["Docs", "--profile", "business"], 3, &reasons);
    let object = work.json(0, &["copy", "Docs", "Copy"]);
    assert_eq!((&object["leftOut"], &object["copy"]["files"]), (&0.into(), &3.into()));
}

#[test]
fn invalid_lines_of_an_outline_are_left_out_too() {
    let outline =
        "Docs/\n  a:b.txt\n  con/\n    inside.txt\n  A.txt = \"1\"\n  a.txt = 2 B\n  ok/\n    in.txt\n";
    let work = WorkDir::with(&[("docs.outline", outline), ("several.outline", "a\nA\nb:c/\n  d\n")]);
    let reasons = [
        "\"a:b.txt\" at line 2, column 3: the name \"a:b.txt\" is not allowed",
        "\"con\" at line 3, column 3: ",
    ];
    check(&work, &["docs.outline", "--profile", "business"], 3, &reasons);
    let object = work.json(0, &["copy", "docs.outline", "Copy", "--profile", "business"]);
    assert_eq!((&object["source"]["files"], &object["source"]["folders"]), (&2.into(), &2.into()));
    check(&work, &["several.outline", "--profile", "personal"], 2, &["\"b:c\" at line 3, column 1: "]);
    let ran = work.run_ok(&["outline", "docs.outline", "--profile", "business"]);
    assert_eq!(ran.stdout, "Docs/\n  A.txt = \"1\"\n  ok/\n    in.txt\n");
    assert_eq!(work.run(&["outline", "docs.outline", "--profile", "business", "--strict"]).code, 1);
}

#[test]
fn a_folder_that_cannot_be_listed_is_reported_and_left_out() {
    use std::os::unix::fs::PermissionsExt as _;
    let work = WorkDir::with_docs();
    let locked = work.path("Docs/2024");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may list it nevertheless; unit tests of the walk make a listing fail for any user.
    if fs::read_dir(&locked).is_err() {
        check(&work, &["Docs"], 1, &["Docs/2024\": Permission denied"]);
        let object = work.json(0, &["copy", "Docs", "--into", "/x"]);
        assert_eq!(object["source"]["folders"], 1);
        assert_eq!(work.run_ok(&["outline", "Docs"]).stdout, "Docs/\n  a.txt = 5 B\n");
        assert_eq!(work.run(&["copy", "Docs/2024", "Copy"]).code, 2);
    }
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
}
