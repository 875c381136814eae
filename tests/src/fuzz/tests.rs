//! Runs the bodies of the fuzz targets on the stored seeds and on mutations of them.

use std::fs;
use std::path::Path;

use super::{TARGETS, world};
use crate::random::Random;

/// The fragments that mutations insert into inputs.
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

/// Returns the stored inputs of a target.
fn stored_inputs(target: &str) -> Vec<Vec<u8>> {
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
    let stored = stored_inputs(target);
    stored.iter().for_each(|input| body(input));
    // For example: `DRIVESIM_CASES=100000 DRIVESIM_RANDOM_SEED=7`.
    let env_number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let mut random = Random::new(env_number("DRIVESIM_RANDOM_SEED").unwrap_or(1));
    for _ in 0..env_number("DRIVESIM_CASES").map_or(n_cases, |n_cases| n_cases as usize) {
        let mut input = random.pick(&stored).clone();
        for _ in 0..=random.below(6) {
            mutate(&mut random, &mut input, &stored);
        }
        let _printer = PrintOnPanic(&input);
        body(&input);
    }
    // `--nocapture` shows how often each status was returned.
    eprintln!("{target}: {:?}", world::take_statuses());
}

#[test]
fn stored_inputs_cause_successes_and_failures() {
    for (target, body) in TARGETS.iter().filter(|(target, _)| *target != "raw_request") {
        world::take_statuses();
        stored_inputs(target).iter().for_each(|input| body(input));
        let seen = world::take_statuses();
        assert!(seen.keys().any(|status| *status < 300), "{target}: {seen:?}");
        assert!(seen.keys().any(|status| *status >= 400), "{target}: {seen:?}");
    }
}

/// Prints the input of a case that panics.
struct PrintOnPanic<'a>(&'a [u8]);

impl Drop for PrintOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input: b\"{}\"", self.0.escape_ascii());
        }
    }
}

#[test]
fn raw_bytes_get_a_response_or_close_the_connection() {
    check("raw_request", 400);
}

#[test]
fn json_bodies_are_accepted_or_rejected() {
    check("json_body", 400);
}

#[test]
fn queries_are_accepted_or_rejected() {
    check("query", 400);
}

#[test]
fn paths_are_accepted_or_rejected() {
    check("path", 400);
}

#[test]
fn multipart_bodies_are_accepted_or_rejected() {
    check("multipart", 400);
}

#[test]
fn upload_ranges_are_accepted_or_rejected_and_yield_the_bytes_sent() {
    check("upload_range", 120);
}

#[test]
fn admin_requests_are_accepted_or_rejected() {
    check("admin", 120);
}
