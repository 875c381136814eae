//! Tests bad usage and the help texts.

use crate::work::WorkDir;

#[test]
fn bad_usage_exits_with_2_and_prints_nothing_on_stdout() {
    let work = WorkDir::with_docs();
    let table: &[&[&str]] = &[
        &[],
        &["copy"],
        &["paste", "Docs"],
        &["copy", "Docs", "Copy", "More"],
        &["copy", "Docs", "Copy", "--fast"],
        &["copy", "Nothing", "Copy"],
        &["copy", "Docs", "Copy", "--pace", "quick"],
        &["copy", "Docs", "Copy", "--pace", "0items/s"],
        &["copy", "Docs", "Copy", "--pace", "held"],
        &["copy", "Docs", "Copy", "--times", "0"],
        &["copy", "Docs", "Copy", "--profile", "dropbox"],
        &["copy", "Docs", "Copy", "--on-conflict", "merge"],
        &["copy", "Docs", "Copy", "--into", "Archive"],
        &["copy", "Docs", "--on-conflict", "rename", "--profile", "personal"],
        &["copy", "Docs", "--times", "2", "--profile", "box", "--json"],
        &["outline", "Nothing"],
    ];
    for args in table {
        let ran = work.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_usage_error_says_what_is_wrong() {
    let work = WorkDir::with_docs();
    let table: &[(&[&str], &str)] = &[
        (&["copy", "Nothing", "Copy"], "cannot read \"Nothing\": No such file"),
        (&["copy", "Docs", "--pace", "quick"], "is not a pace: expected `instant`"),
        (
            &["copy", "Docs", "--into", "x"],
            "bad value for --into: \"x\" is not a path: a path begins with a slash, as \"/x\"",
        ),
        (
            &["copy", "Docs", "--on-conflict", "rename", "--profile", "personal"],
            "a personal drive does not offer the conflict behavior rename",
        ),
    ];
    for (args, message) in table {
        let stderr = work.run(args).stderr;
        assert!(stderr.starts_with("error: ") && stderr.contains(message), "{args:?}\n{stderr}");
    }
}

#[test]
fn each_help_has_an_example() {
    let work = WorkDir::with(&[]);
    let table: &[(&[&str], &str)] = &[
        (&["--help"], "\n  drivesim copy Docs"),
        (&["copy", "--help"], "\n  drivesim copy Docs"),
        (&["outline", "--help"], "\n  drivesim outline Docs"),
        (&["serve", "--help"], "\n  drivesim serve --fixture"),
        (&["routes", "--help"], "\n  drivesim routes --markdown"),
        (&["options", "--help"], "\n  drivesim options --markdown"),
        (&["copy", "-h"], "\n  drivesim copy Docs"),
    ];
    for (args, example) in table {
        let help = work.run_ok(args).stdout;
        assert!(help.contains("Example") && help.contains(example), "{args:?}\n{help}");
    }
    assert!(work.run_ok(&["--version"]).stdout.starts_with("drivesim "));
}
