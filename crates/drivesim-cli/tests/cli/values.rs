//! Tests the messages about bad values: the flag or variable, the value, and the expected form, in the program's own
//! words.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::work::WorkDir;

/// A flag of a command, a bad value, and the expected form in the message.
type Case = (&'static str, &'static str, &'static str);

/// Parts of messages of libraries about values that they cannot parse.
const FOREIGN: [&str; 9] = [
    "invalid digit",
    "too large to fit",
    "out of range",
    "is not in ",
    "jiff",
    "not a boolean",
    "empty string",
    "UTF-8 sequence",
    "ParseIntError",
];

const COPY: &[Case] = &[
    ("into", "x", "\"x\" is not a path"),
    ("on-conflict", "merge", "[possible values: fail, replace, rename]"),
    ("pace", "quick", "is not a pace: expected `instant`, a rate"),
    ("pace", "99999999999999999999items/s", "is too large: expected one like"),
    ("pace", "0items/s", "never ends: expected at least 1"),
    ("pace", "held", "a job at the pace `held` would never end: no poll or step moves it here"),
    ("times", "0", "expected a whole number from 1 to 4294967295"),
    ("times", "often", "expected a whole number from 1 to 4294967295"),
    ("times", "4294967296", "expected a whole number from 1 to 4294967295"),
    ("profile", "dropbox", "[possible values: plain, business, personal, box]"),
    ("max-content", "much", "expected a number of bytes, as in 4096, 16 KiB or 64MiB"),
];

const OUTLINE: &[Case] = &[
    ("profile", "dropbox", "[possible values: plain, business, personal, box]"),
    ("max-content", "1 MB", "expected a number of bytes, as in 4096, 16 KiB or 64MiB"),
];

const COUNT: &str = "expected a non-negative integer to ";
const SIZE: &str = "expected a number of bytes, as in 4096, 16 KiB or 64MiB";
const TIME: &str = "expected a time, as in 500ms, 30s or 2m";

const SERVE: &[Case] = &[
    ("listen", "8080", "expected HOST:PORT, as in 127.0.0.1:8080; port 0 picks a free one"),
    ("listen", "256.0.0.1:0", "cannot listen on 256.0.0.1:0"),
    ("fixture", "none.outline", "cannot read \"none.outline\": No such file"),
    ("max-content", "-1", SIZE),
    ("clock", "sundial", "[possible values: system, manual]"),
    ("strict-requests", "some", "[possible values: formats, all]"),
    ("pace", "quick", "is not a pace: expected `instant`, a rate"),
    ("public-url", "drives.test", "it must begin with http:// or https://"),
    ("public-url", "http://me:secret@x", "must not have a user or a password"),
    ("token-check", "maybe", "[possible values: off, on]"),
    ("token", "t", "expected NAME=SCOPES with commas between the scopes"),
    ("user", "7=Ann", "expected ID=NAME <LOGIN>, as in 11446498=Aaron Levie <ceo@example.com>"),
    ("log", "loud", "[possible values: off, error, warn, info, debug, trace]"),
    ("admin", "maybe", "[possible values: on, off, token]"),
    ("admin-token", "a", "it is not checked: also give --admin token"),
    ("admin-host", "drives:8080", "it must be without a port"),
    ("id-seed", "many", COUNT),
    ("max-memory", "abc", SIZE),
    ("max-items", "abc", COUNT),
    ("max-change-log", "abc", SIZE),
    ("max-running-job-bytes", "abc", SIZE),
    ("max-json-values", "abc", COUNT),
    ("max-answer", "abc", SIZE),
    ("max-answers", "abc", SIZE),
    ("max-answer-wait", "5", TIME),
    ("max-head", "abc", SIZE),
    ("max-hash-bytes", "abc", SIZE),
    ("max-ended-jobs", "abc", COUNT),
    ("max-ended-job-bytes", "abc", SIZE),
    ("max-event-bytes", "abc", SIZE),
    ("max-snapshot-bytes", "abc", SIZE),
    ("max-json", "1.5 MiB", SIZE),
    ("max-upload", "99999999999999999999", "expected at most 18446744073709551615 bytes"),
    ("max-outline", "MiB", SIZE),
    ("max-url", "abc", SIZE),
    ("max-page", "abc", COUNT),
    ("max-hashed", "1 mib", SIZE),
    ("max-sessions", "1.5", COUNT),
    ("max-session-bytes", "abc", SIZE),
    ("max-bodies", "abc", SIZE),
    ("max-connections", "-1", COUNT),
    ("max-head-wait", "5", TIME),
    ("max-body-wait", "5 parsecs", TIME),
    ("max-jobs", "many", COUNT),
    ("max-drives", "99999999999999999999", COUNT),
    ("max-journal", "0x10", COUNT),
    ("max-journal-bytes", "abc", SIZE),
    ("max-journal-body", "abc", SIZE),
    ("max-events", "1 000", COUNT),
    ("max-long-poll", "soon", TIME),
    ("max-snapshots", "+1", COUNT),
];

/// The switches of `serve`, whose variables have a value.
const SWITCHES: [&str; 3] = ["outline", "with-content", "strict"];

#[track_caller]
fn check(stderr: &str, name: &str, value: &str, expected: &str) {
    assert!(stderr.starts_with("error: "), "{stderr}");
    for part in [name, value, expected] {
        assert!(stderr.contains(part), "{part} is not in\n{stderr}");
    }
    for foreign in FOREIGN {
        assert!(!stderr.contains(foreign), "{foreign} is in\n{stderr}");
    }
}

fn variable(flag: &str) -> String {
    format!("DRIVESIM_{}", flag.replace('-', "_").to_uppercase())
}

/// Returns the flags of a command that have a value.
fn flags_of(work: &WorkDir, command: &str) -> BTreeSet<String> {
    let help = work.run_ok(&[command, "--help"]).stdout;
    let lines = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    lines.filter_map(|line| Some(line.split_once(" <")?.0.to_owned())).collect()
}

#[test]
fn the_error_of_a_bad_flag_value_names_the_flag_and_the_expected_form() {
    let work = WorkDir::with_docs();
    let commands: [(&str, &[&str], &[Case]); 3] = [
        ("copy", &["copy", "Docs"], COPY),
        ("outline", &["outline", "Docs"], OUTLINE),
        ("serve", &["serve"], SERVE),
    ];
    for (command, args, cases) in commands {
        let tested: BTreeSet<String> = cases.iter().map(|(flag, ..)| (*flag).to_owned()).collect();
        assert_eq!(tested, flags_of(&work, command), "{command}");
        for (flag, value, expected) in cases {
            let flag = format!("--{flag}");
            for written in [vec![flag.clone(), (*value).to_owned()], vec![format!("{flag}={value}")]] {
                let written: Vec<&str> = written.iter().map(String::as_str).collect();
                if value.starts_with('-') && written.len() > 1 {
                    // It would parse as a flag.
                    continue;
                }
                let ran = work.run(&[args, &written[..]].concat());
                assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{written:?}\n{}", ran.stderr);
                check(&ran.stderr, &flag, value, expected);
            }
        }
    }
}

#[test]
fn the_error_of_a_bad_variable_names_the_variable_and_the_expected_form() {
    let work = WorkDir::with_docs();
    let switches =
        SWITCHES.map(|flag| (flag, "maybe", "expected 1, true, yes or on, or 0, false, no or off"));
    for (flag, value, expected) in SERVE.iter().copied().chain(switches) {
        let variable = variable(flag);
        let ran = work.command(&["serve"]).env(&variable, value).output().unwrap();
        let stderr = String::from_utf8(ran.stderr).unwrap();
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(2), 0), "{variable}={value}\n{stderr}");
        check(&stderr, &variable, value, expected);
        assert!(!stderr.contains(&format!("--{flag}")), "{variable} is named as a flag:\n{stderr}");
    }
}

#[test]
fn the_error_names_the_flag_if_both_are_given() {
    let work = WorkDir::with(&[]);
    let ran = work.command(&["serve", "--max-page", "abc"]).env("DRIVESIM_MAX_PAGE", "7").output().unwrap();
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert!(
        stderr
            .starts_with("error: invalid value 'abc' for '--max-page <N>': expected a non-negative integer"),
        "{stderr}"
    );
}

#[test]
fn the_error_of_a_value_that_is_not_utf_8_names_its_source() {
    let work = WorkDir::with(&[]);
    let bad = OsStr::from_bytes(b"\xff");
    let ran = work.command(&["serve"]).env("DRIVESIM_MAX_PAGE", bad).output().unwrap();
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert!(
        stderr.starts_with("error: invalid value \"\\xFF\" for 'DRIVESIM_MAX_PAGE': expected UTF-8"),
        "{stderr}"
    );
    let ran = work.command(&["serve", "--max-page"]).arg(bad).output().unwrap();
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(stderr.starts_with("error: \"\\xFF\" is not UTF-8"), "{stderr}");
}
