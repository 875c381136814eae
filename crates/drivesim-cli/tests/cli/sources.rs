//! Tests how a command treats a path: as a folder, a file, an outline, standard input.
#![cfg(unix)]

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::serve::RunningServer;
use crate::work::{CommandOutput, WorkDir};

/// Runs the program with a text as its standard input.
fn fed(work: &WorkDir, args: &[&str], input: &str) -> CommandOutput {
    let mut command = work.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that fails on its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    CommandOutput {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn fed_json(work: &WorkDir, args: &[&str], input: &str) -> Value {
    let ran = fed(work, &[args, &["--json"]].concat(), input);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn a_plain_file_is_copied_as_a_file() {
    let text = "milk\neggs\nDocs/\n  not an outline\n";
    let work = WorkDir::with(&[("notes.txt", text), ("noext", "x"), ("a.outline.bak", "one\ntwo\n")]);
    let object = work.json(0, &["copy", "notes.txt", "copy.txt"]);
    let size = text.len() as u64;
    assert_eq!(
        (&object["item"]["name"], &object["source"]["files"], &object["source"]["bytes"]),
        (&"copy.txt".into(), &1.into(), &size.into())
    );
    assert_eq!(object["source"]["folders"], 0);
    for name in ["noext", "a.outline.bak"] {
        let object = work.json(0, &["copy", name, "--into", "/x"]);
        assert_eq!((&object["item"]["name"], &object["copy"]["files"]), (&name.into(), &1.into()));
    }
    assert_eq!(work.run_ok(&["outline", "notes.txt"]).stdout, format!("notes.txt = {size} B\n"));
    assert_eq!(work.run_ok(&["outline", "noext", "--with-content"]).stdout, "noext = \"x\"\n");
    assert!(work.run_ok(&["outline", "noext", "--times"]).stdout.starts_with("noext = 1 B # modified=20"));
    // A name that the profile does not allow leaves nothing to copy.
    fs::write(work.path("a:b"), "").unwrap();
    let object = work.json(1, &["copy", "a:b", "x", "--profile", "business"]);
    assert_eq!(object["error"]["code"], "invalidRequest");
}

#[test]
fn a_file_is_an_outline_by_its_name_or_by_a_flag() {
    let work =
        WorkDir::with(&[("a.outline", "Docs/\n  b.txt\n"), ("b.OUTLINE", "c\n"), ("c.txt", "Docs/\n  d\n")]);
    assert_eq!(work.run_ok(&["outline", "a.outline"]).stdout, "Docs/\n  b.txt\n");
    assert_eq!(work.run_ok(&["outline", "b.OUTLINE"]).stdout, "c\n");
    assert_eq!(work.run_ok(&["outline", "c.txt", "--outline"]).stdout, "Docs/\n  d\n");
    let object = work.json(0, &["copy", "c.txt", "--outline", "--into", "/x"]);
    assert_eq!((&object["item"]["name"], &object["source"]["folders"]), (&"Docs".into(), &1.into()));
}

#[test]
fn a_folder_is_a_folder_whatever_it_is_called() {
    let work = WorkDir::with(&[("x.outline/a.txt", "hi"), ("x.outline/in.outline", "one\n")]);
    for flags in [&[][..], &["--outline"]] {
        let printed = work.run_ok(&[&["outline", "x.outline"], flags].concat()).stdout;
        assert_eq!(printed, "x.outline/\n  a.txt = 2 B\n  in.outline = 4 B\n");
    }
    let serving = RunningServer::start(&work, &["--fixture", "x.outline"], &[]);
    assert_eq!(serving.listed("/v1.0/me/drive/root/children", "name"), ["a.txt", "in.outline"]);
}

#[test]
fn standard_input_is_an_outline() {
    let work = WorkDir::with(&[]);
    let outline = "# made by hand\nDocs/\n  a.txt = \"hi\"\n";
    for stdin in ["-", "/dev/stdin"] {
        let object = fed_json(&work, &["copy", stdin, "Copy"], outline);
        assert_eq!((&object["item"]["name"], &object["source"]["bytes"]), (&"Copy".into(), &2.into()));
        assert_eq!(fed(&work, &["outline", stdin], outline).stdout, "Docs/\n  a.txt = \"hi\"\n");
        // Several items are put into one folder.
        let object = fed_json(&work, &["copy", stdin, "--into", "/x"], "a\nb\n");
        assert_eq!(object["item"]["name"], "stdin");
        let ran = fed(&work, &["copy", stdin], "a\n   b\n");
        assert_eq!(ran.code, 2);
        let message = "error: standard input is not an outline: line 2, column 4: ";
        assert!(ran.stderr.starts_with(message), "{}", ran.stderr);
    }
    // A file of that name needs another path.
    fs::write(work.path("-"), "text").unwrap();
    assert_eq!(work.run_ok(&["outline", "./-"]).stdout, "- = 4 B\n");
}

#[test]
fn a_stream_with_a_name_is_an_outline() {
    let work = WorkDir::with(&[]);
    let program = env!("CARGO_BIN_EXE_drivesim");
    let script = format!("mkfifo pipe && (printf 'Docs/\\n  a\\n' > pipe &) && {program} outline pipe");
    let output =
        std::process::Command::new("sh").args(["-c", &script]).current_dir(work.path(".")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Docs/\n  a\n");
}

#[test]
fn only_one_fixture_is_read_from_standard_input() {
    let work = WorkDir::with(&[]);
    for stdin in ["-", "/dev/stdin"] {
        let serving =
            RunningServer::start_with_stdin(&work, &["--fixture", stdin], "Docs/\n  a.txt\n# the end\n");
        assert_eq!(serving.listed("/v1.0/me/drive/root/children", "name"), ["Docs"]);
        assert_eq!(serving.json("/v1.0/me/drive")["name"], "stdin");
    }
    // Invalid lines are left out here as well, so the text is parsed twice.
    let serving =
        RunningServer::start_with_stdin(&work, &["--fixture", "-"], "drive team profile=business\nok\ncon\n");
    assert_eq!(serving.listed("/v1.0/drives", "name"), ["team"]);
    assert!(serving.stop("-TERM").2.starts_with("left out \"con\" at line 3, column 1 of standard input: "));
    let ran = fed(&work, &["serve", "--fixture", "-", "--fixture", "/dev/stdin"], "a\n");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (2, "error: --fixture: standard input is given twice, but can be read only once\n")
    );
}

#[test]
fn a_plain_file_is_a_fixture_only_with_the_outline_flag() {
    let work = WorkDir::with(&[("team.txt", "Docs/\n")]);
    let ran = work.run(&["serve", "--fixture", "team.txt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let message = "error: --fixture: \"team.txt\" is a file without the extension .outline; --outline ";
    assert!(ran.stderr.starts_with(message), "{}", ran.stderr);
    let children = "/v1.0/me/drive/root/children";
    let serving = RunningServer::start(&work, &["--fixture", "team.txt", "--outline"], &[]);
    assert_eq!(serving.listed(children, "name"), ["Docs"]);
    let serving = RunningServer::start(&work, &["--fixture", "team.txt"], &[("DRIVESIM_OUTLINE", "1")]);
    assert_eq!(serving.listed(children, "name"), ["Docs"]);
}

#[test]
fn strict_serves_nothing_if_items_are_left_out() {
    let work = WorkDir::with(&[("twice.outline", "a\nb\na\n"), ("Docs/ok.txt", ""), ("Docs/a:b", "")]);
    let ran = work.run(&["serve", "--fixture", "twice.outline", "--strict"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let messages: Vec<&str> = ran.stderr.lines().collect();
    assert!(
        messages[0].starts_with("left out \"a\" at line 3, column 1 of \"twice.outline\": "),
        "{}",
        ran.stderr
    );
    assert_eq!(messages[1..], ["error: --strict: one item is left out"]);
    let mut command = work.command(&["serve", "--fixture", "Docs", "--fixture", "twice.outline"]);
    let output = command.env("DRIVESIM_STRICT", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.ends_with("error: DRIVESIM_STRICT: 2 items are left out\n"), "{stderr}");
    fs::remove_file(work.path("Docs/a:b")).unwrap();
    let serving = RunningServer::start(&work, &["--fixture", "Docs", "--strict"], &[]);
    assert_eq!(serving.listed("/v1.0/me/drive/root/children", "name"), ["ok.txt"]);
}

#[test]
fn too_much_content_fails_with_the_file_that_exceeds_the_limit() {
    let work = WorkDir::with(&[("Docs/a.txt", "hello"), ("Docs/b/c.txt", "world!"), ("Docs/d.txt", "x")]);
    let all = ["--with-content", "--max-content", "12"];
    assert_eq!(work.json(0, &[&["copy", "Docs", "Copy"], &all[..]].concat())["copy"]["bytes"], 12);
    let less = ["--with-content", "--max-content", "10 B"];
    for args in [&["copy", "Docs", "Copy"][..], &["outline", "Docs"], &["serve", "--fixture", "Docs"]] {
        let ran = work.run(&[args, &less[..]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        let message =
            "\"Docs/b/c.txt\" has 6 B, after 5 B of other files: --max-content allows 10 B of content in all";
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
    // Without the bytes there is no limit.
    assert_eq!(work.json(0, &["copy", "Docs", "Copy", "--max-content", "0"])["copy"]["bytes"], 12);
    let ran = work.run(&["copy", "Docs/a.txt", "Copy", "--with-content", "--max-content", "4"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("\"Docs/a.txt\" has 5 B: --max-content allows 4 B"), "{}", ran.stderr);
    let output = work
        .command(&["serve", "--fixture", "Docs", "--with-content"])
        .env("DRIVESIM_MAX_CONTENT", "4")
        .output();
    let stderr = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(stderr.contains("has 5 B: DRIVESIM_MAX_CONTENT allows 4 B"), "{stderr}");
}
