//! Defines what the fuzzers run, as functions of bytes, so that the normal tests run them too.

use drivesim::item::ItemKind;
use drivesim::outline::{Detail, Outline, parse};
use drivesim::profile::Level;
use drivesim::{Conflict, CopyOptions, Profile, Sim};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::comparison;
use crate::history::{models, ops};

/// Parses a text as an outline: never panics, and the result prints and parses to the same.
///
/// # Panics
/// Panics if it does not.
pub fn outline(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(outline) = parse(text) else { return };
    let printed = outline.to_string();
    match parse(&printed) {
        Ok(again) => assert_eq!(without_positions(again), without_positions(outline), "{printed}"),
        Err(error) => assert!(outline.drives.is_empty(), "{error} in the print of an outline: {printed}"),
    }
    for profile in Profile::ALL {
        let build = |text: &str| Sim::builder().profile(profile.clone()).outline(text).build();
        let Ok(sim) = build(text) else { continue };
        sim.check_invariants();
        for detail in [Detail::Names, Detail::Attributes] {
            let Ok(printed) = sim.outline_with(detail) else { continue };
            let again = build(&printed).map(|sim| sim.outline_with(detail));
            assert_eq!(again, Ok(Ok(printed)));
        }
    }
}

/// Removes the positions of lines, which printing does not keep.
fn without_positions(mut outline: Outline) -> Outline {
    for drive in &mut outline.drives {
        if let Some(header) = &mut drive.header {
            header.at = Default::default();
        }
        drive.lines.iter_mut().for_each(|line| line.at = Default::default());
    }
    outline
}

/// Uses a text as a name in every profile: it is rejected, or it is valid, for copies too, and fits the maximum length
/// with a number.
///
/// # Panics
/// Panics if it is not.
pub fn name(bytes: &[u8]) {
    let Ok(name) = std::str::from_utf8(bytes) else { return };
    for profile in Profile::ALL {
        let rules = profile.names.clone();
        let own = rules.name(name);
        assert_eq!(rules.name(own.canonical()).canonical(), own.canonical());
        for kind in [ItemKind::File, ItemKind::Folder] {
            if rules.check(name, kind, Level::Root).is_ok() {
                assert!(
                    rules.check(name, kind, Level::Below).is_ok(),
                    "the root accepts a name that folders reject"
                );
                let numbered = rules.with_number(&own, kind, 12, profile.copy_suffix);
                let n_units = numbered.as_str().encode_utf16().count();
                assert!(rules.max_name.is_none_or(|limit| n_units <= limit), "{numbered:?}");
            }
        }
        if let Ok(copied) = rules.for_file_copy(name, Level::Below) {
            assert_eq!(rules.check(&copied, ItemKind::File, Level::Below), Ok(()));
            assert_eq!(rules.for_file_copy(&copied, Level::Below).as_deref(), Ok(&*copied));
        }
        use_in_drive(profile, name);
    }
}

/// The number of bytes of one draw.
const DRAW: usize = 4;
/// The maximum number of ops, and the number of items of the model at which a history ends: the model scans all of
/// them for every query.
const MOST_OPS: usize = 150;
const MOST_ITEMS: usize = 300;

/// Runs a history on the model and on drivesim and compares everything that can be read. The first four bytes determine
/// the initial state, each following four an op, so that a fuzzer removes, repeats, mixes and redraws ops without
/// changing the others.
///
/// The bytes are seeds of the draws, not their random data: proptest halves the remaining bytes for each choice, so
/// that none would be left after a dozen choices.
///
/// # Panics
/// Panics if something differs, with the calls on stderr.
pub fn history(bytes: &[u8]) {
    let _printer = FailurePrinter;
    let mut draws = bytes.chunks(DRAW).take(MOST_OPS + 1);
    let Some(model) = draws.next().and_then(|seed| draw(seed, models())) else { return };
    comparison::run(model, |model| {
        let seed = draws.next().filter(|_| model.items.len() < MOST_ITEMS)?;
        draw(seed, ops(model))
    });
}

/// Draws a value from a strategy, always the same for the same seed.
fn draw<S: Strategy>(seed: &[u8], strategy: S) -> Option<S::Value> {
    let mut long = [0; 32];
    long[..seed.len()].copy_from_slice(seed);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &long);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).ok().map(|tree| tree.current())
}

/// Prints the calls of a failed history when it is dropped.
struct FailurePrinter;

impl Drop for FailurePrinter {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the calls:\n{}", comparison::failed_calls());
        }
    }
}

/// Creates, copies and renames items with a name. The drive stays valid even if calls fail.
fn use_in_drive(profile: Profile, name: &str) {
    let is_same = profile.names.same(name, "a.txt");
    let Ok(sim) = Sim::builder().profile(profile).outline("a.txt = 1 B\nd/\n").build() else { return };
    let created = sim.create_folder("/d", name);
    let options = [CopyOptions::named(name), CopyOptions::named(name).on_conflict(Conflict::Rename)];
    for options in options {
        let _ = sim.copy("/a.txt", "/d", options);
    }
    let renamed = sim.rename("/a.txt", name);
    sim.check_invariants();
    if created.is_ok() {
        assert!(sim.exists(format!("/d/{name}")));
    }
    assert_eq!(sim.exists("/a.txt"), renamed.is_err() || is_same);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers below a limit, from a fixed seed, so that a failure can be repeated.
    fn random() -> impl FnMut(usize) -> usize {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        move |below| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % below as u64) as usize
        }
    }

    /// Runs a body on random sequences of pieces.
    fn check(body: fn(&[u8]), pieces: &[&str], n_cases: usize) {
        let mut next = random();
        for _ in 0..n_cases {
            let n_pieces = next(20);
            let case: String = (0..n_pieces).map(|_| pieces[next(pieces.len())]).collect();
            body(case.as_bytes());
        }
    }

    #[test]
    fn outlines_of_random_pieces_are_parsed_or_rejected() {
        let pieces = [
            "a",
            "b.txt",
            "/",
            "\n",
            "\n",
            "\n  ",
            "\n    ",
            " = ",
            "3 B",
            "2 KiB",
            "\"x\"",
            "b\"\\xff\"",
            " # ",
            "modified=2024-01-01T00:00:00Z",
            "owner=me",
            "drive ",
            "profile=box",
            " ",
            "\\",
            "\u{202e}",
            "é",
            "#",
            "=",
            " # ",
            "tags=[\"a # b\"]",
            "comment_count=1",
            "drive box profile=box\n",
            "[",
            "{",
            "]",
            ",",
        ];
        check(outline, &pieces, 4000);
    }

    #[test]
    fn a_name_in_another_case_differs_where_case_matters() {
        name(b"a.txT");
    }

    #[test]
    fn names_of_random_pieces_are_accepted_or_rejected() {
        let pieces = [
            "a",
            ".",
            " ",
            "COM",
            "1",
            "nul",
            ".txt",
            "~",
            "$",
            "_vti_",
            "forms",
            "/",
            "\\",
            "\0",
            "\u{7f}",
            "é",
            "É",
            "🎉",
            "&#1;",
            "\"",
            "*",
            "desktop.ini",
            "ß",
            "ſ",
        ];
        check(name, &pieces, 4000);
    }

    #[test]
    fn histories_of_random_bytes_agree_on_model_and_engine() {
        let mut next = random();
        for _ in 0..300 {
            let length = next(120);
            let bytes: Vec<u8> = (0..length).map(|_| next(256) as u8).collect();
            history(&bytes);
        }
    }

    #[test]
    fn a_history_is_determined_by_its_bytes() {
        let drawn = |bytes: &[u8]| {
            let mut drawn = Vec::new();
            let mut model = draw(&bytes[..DRAW], models()).unwrap();
            for seed in bytes[DRAW..].chunks(DRAW) {
                let op = draw(seed, ops(&model)).unwrap();
                model.apply(&op);
                drawn.push(format!("{op:?}"));
            }
            drawn
        };
        let bytes: Vec<u8> = (0..40).collect();
        let whole = drawn(&bytes);
        assert_eq!(whole.len(), 9);
        assert_eq!(drawn(&bytes), whole);
        assert_eq!(drawn(&bytes[..20]), whole[..4]);
    }
}
