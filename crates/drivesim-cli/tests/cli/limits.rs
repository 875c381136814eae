//! Tests the flags and variables that limit what `drivesim serve` accepts.
#![cfg(unix)]

use crate::serve::RunningServer;
use crate::work::{WorkDir, check_page};

const CHILDREN: &str = "/v1.0/me/drive/root/children";

#[test]
fn limits_are_flags_and_variables() {
    let work = WorkDir::with(&[("x.outline", "a\nb\nc\n")]);
    let args = ["--fixture", "x.outline", "--max-page", "2", "--max-url", "1 KiB"];
    let serving = RunningServer::start(&work, &args, &[("DRIVESIM_MAX_DRIVES", "1")]);
    assert_eq!(serving.listed(CHILDREN, "name").len(), 2);
    assert_eq!(serving.request(&format!("{CHILDREN}?$top=3"), "none").0, 400);
    assert_eq!(serving.request(&format!("/{}", "x".repeat(1024)), "none").0, 414);
    assert_eq!(serving.request(&format!("/{}", "x".repeat(1000)), "none").0, 501);
}

#[test]
fn strict_requests_reject_options_without_effect() {
    let work = WorkDir::with(&[]);
    let strict = ["--strict-requests", "all"];
    for (args, variables, status) in [
        (&[][..], &[][..], 200),
        (&strict[..], &[][..], 400),
        (&[][..], &[("DRIVESIM_STRICT_REQUESTS", "all")][..], 400),
    ] {
        let serving = RunningServer::start(&work, args, variables);
        assert_eq!(serving.request(&format!("{CHILDREN}?nosuch=1"), "none").0, status);
        assert_eq!(serving.request(&format!("{CHILDREN}?top=1"), "none").0, 200);
    }
}

#[test]
fn a_limit_that_is_too_small_fails_with_its_flag_before_anything_is_read() {
    let work = WorkDir::with(&[]);
    let cases: [(&str, &str, &str); 5] = [
        ("--max-page", "0", "is 0, it must be at least 1"),
        ("--max-bodies", "0", "is 0 B, it must be at least 1 B"),
        ("--max-memory", "10", "is 10 B, it must be at least 1 MiB"),
        ("--max-head-wait", "0s", "is 0ns, it must be at least 1ms"),
        ("--max-connections", "0", "is 0, it must be at least 1"),
    ];
    for (flag, value, message) in cases {
        let ran = work.run(&["serve", "--fixture", "none", flag, value]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{flag}\n{}", ran.stderr);
        assert_eq!(ran.stderr, format!("error: {flag} {message}\n"));
        let variable = format!("DRIVESIM_{}", flag.trim_start_matches('-').replace('-', "_").to_uppercase());
        let ran = work.command(&["serve", "--fixture", "none"]).env(&variable, value).output().unwrap();
        assert_eq!(ran.status.code(), Some(2), "{variable}");
        let stderr = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(stderr, format!("error: {variable} {message}\n"));
    }
}

#[test]
fn empty_variables_count_as_not_set() {
    let variables = [
        "LISTEN",
        "SEED",
        "OUTLINE",
        "WITH_CONTENT",
        "MAX_CONTENT",
        "STRICT",
        "CLOCK",
        "PACE",
        "PUBLIC_URL",
        "TOKEN_CHECK",
        "TOKEN",
        "ADMIN",
        "ADMIN_TOKEN",
        "ADMIN_HOST",
        "ID_SEED",
        "LOG",
        "STRICT_REQUESTS",
        "MAX_PAGE",
        "MAX_BODY_WAIT",
    ];
    let variables = variables.map(|name| format!("DRIVESIM_{name}"));
    let env: Vec<(&str, &str)> = variables.iter().map(|name| (name.as_str(), "")).collect();
    let serving = RunningServer::start(&WorkDir::with(&[]), &[], &env);
    assert!(serving.address.starts_with("127.0.0.1:"), "{}", serving.address);
    assert_eq!(serving.listed("/v1.0/drives", "name"), ["me", "personal"]);
    assert_eq!(serving.json("/_drivesim/clock")["clock"], "system");
    // A flag counts despite an empty variable.
    let serving = RunningServer::start(&WorkDir::with(&[]), &["--clock", "manual"], &env);
    assert_eq!(serving.json("/_drivesim/clock")["clock"], "manual");
}

#[test]
fn the_page_in_the_docs_is_up_to_date() {
    check_page("limits");
}
