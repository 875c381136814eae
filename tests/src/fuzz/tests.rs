//! Runs the bodies of the fuzz targets on the kept inputs, and on odd mixtures of them and of pieces.

use std::fs;
use std::path::Path;

use super::{TARGETS, world};
use crate::random::Random;

/// What is mixed into the inputs of all targets.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\0",
    "%00",
    "%2e%2e/",
    "%zz",
    "%",
    "/",
    "//",
    ":",
    "?",
    "&",
    "=",
    "\u{1e}",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    "null",
    "true",
    "-1",
    "1e400",
    "18446744073709551616",
    "\\ud800",
    "{\"a\":",
    "[[[[[[[[",
    "é",
    "🎉",
    "\u{202e}",
    " ",
    "\t",
    "--x",
    "--x--",
    "$expand=children",
    "$top=0",
    "$select=id,",
    "fields=path_collection",
    "Content-Length: 5",
    "Transfer-Encoding: chunked",
    "Host: evil.example",
    "Connection: close",
    "HTTP/1.1",
    "GET / HTTP/1.1\r\n\r\n",
    "bytes 0-",
    "bytes */",
    "/9223372036854775807",
    "..",
    ".",
    "root:/",
    ":/copy",
];

/// Returns the inputs that are kept for a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no inputs in {}", folder.display());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Changes an input in one place.
fn mutate(random: &mut Random, input: &mut Vec<u8>, others: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    let end = (at + random.below(8)).min(input.len());
    match random.below(6) {
        0 => drop(input.splice(at..end, random.pick(PIECES).bytes())),
        1 => drop(input.splice(at..at, random.pick(PIECES).bytes())),
        2 => drop(input.drain(at..end)),
        3 if at < input.len() => input[at] = random.number() as u8,
        4 => {
            let other = random.pick(others);
            let from = random.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        _ => {
            let again = input[at..end].to_vec();
            drop(input.splice(at..at, again));
        }
    }
}

fn check(target: &str, n_cases: usize) {
    let (_, body) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let kept = kept(target);
    kept.iter().for_each(|input| body(input));
    // `DRIVESIM_CASES=100000 DRIVESIM_SEED=7` for more of them, and others.
    let of_env = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let mut random = Random::new(of_env("DRIVESIM_SEED").unwrap_or(1));
    for _ in 0..of_env("DRIVESIM_CASES").map_or(n_cases, |n_cases| n_cases as usize) {
        let mut input = random.pick(&kept).clone();
        for _ in 0..=random.below(6) {
            mutate(&mut random, &mut input, &kept);
        }
        let _shown = Shown(&input);
        body(&input);
    }
    // `--nocapture` shows what the inputs have reached.
    eprintln!("{target}: {:?}", world::take_seen());
}

#[test]
fn kept_inputs_reach_what_is_taken_and_what_is_refused() {
    for (target, body) in TARGETS.iter().filter(|(target, _)| *target != "raw_request") {
        world::take_seen();
        kept(target).iter().for_each(|input| body(input));
        let seen = world::take_seen();
        assert!(seen.keys().any(|status| *status < 300), "{target}: {seen:?}");
        assert!(seen.keys().any(|status| *status >= 400), "{target}: {seen:?}");
    }
}

/// Shows the input of a case that fails.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input: b\"{}\"", self.0.escape_ascii());
        }
    }
}

#[test]
fn raw_bytes_are_answered_or_their_connection_ends() {
    check("raw_request", 400);
}

#[test]
fn bodies_of_json_are_taken_or_refused() {
    check("json_body", 400);
}

#[test]
fn queries_are_taken_or_refused() {
    check("query", 400);
}

#[test]
fn paths_are_taken_or_refused() {
    check("path", 400);
}

#[test]
fn multipart_bodies_are_taken_or_refused() {
    check("multipart", 400);
}

#[test]
fn ranges_of_uploads_are_taken_or_refused_and_make_the_file_that_was_sent() {
    check("upload_range", 120);
}

#[test]
fn calls_of_the_admin_api_are_taken_or_refused() {
    check("admin", 120);
}
