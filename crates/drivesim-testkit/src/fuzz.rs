//! The only place for what the fuzzers run: plain functions of bytes, so that the normal tests run them too.

use drivesim::outline::{Outline, parse};
use drivesim::{Case, Conflict, CopyOptions, Detail, ItemKind, Profile, Sim, fold, with_suffix};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::comparison;
use crate::history::{models, verbs};

/// Reads any text as an outline: no panic, and what was read prints and reads back the same.
///
/// # Panics
/// When it does not.
pub fn outline(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(outline) = parse(text) else { return };
    let printed = outline.to_string();
    match parse(&printed) {
        Ok(again) => assert_eq!(placeless(again), placeless(outline), "{printed}"),
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

/// Forgets where lines stood, which printing does not keep.
fn placeless(mut outline: Outline) -> Outline {
    for drive in &mut outline.drives {
        if let Some(header) = &mut drive.header {
            header.at = Default::default();
        }
        drive.lines.iter_mut().for_each(|line| line.at = Default::default());
    }
    outline
}

/// Takes any text as a name in every profile: it is refused or it is the name, a copy's name too, and a number
/// put into it fits the rules' length.
///
/// # Panics
/// When it is not.
pub fn name(bytes: &[u8]) {
    let Ok(name) = std::str::from_utf8(bytes) else { return };
    assert_eq!(fold(&fold(name)), fold(name));
    for profile in Profile::ALL {
        let rules = profile.names.clone();
        for kind in [ItemKind::File, ItemKind::Folder] {
            if rules.check(name, kind, true).is_ok() {
                assert!(rules.check(name, kind, false).is_ok(), "the root takes what a folder refuses");
                let numbered = with_suffix(name, kind, 12, profile.copy_suffix, rules.max_units);
                let n_units = numbered.encode_utf16().count();
                assert!(rules.max_units.is_none_or(|limit| n_units <= limit), "{numbered:?}");
            }
        }
        if let Ok(copied) = rules.for_file_copy(name, false) {
            assert_eq!(rules.check(&copied, ItemKind::File, false), Ok(()));
            assert_eq!(rules.for_file_copy(&copied, false).as_deref(), Ok(&*copied));
        }
        in_a_drive(profile, name);
    }
}

/// How many bytes one draw takes.
const DRAW: usize = 4;
/// How many verbs are run at most, and with how many items of the model a history ends: it goes through all of them
/// for every question.
const MOST_VERBS: usize = 150;
const MOST_ITEMS: usize = 300;

/// Runs a history on the model and on drivesim and compares all that can be seen: four bytes are the start, each four
/// after them a verb, so that a fuzzer leaves out, repeats, mixes and redraws verbs without touching the others.
///
/// The bytes seed the draws rather than being them: proptest halves what is left of given bytes for each choice, so
/// that after a dozen choices nothing would be left.
///
/// # Panics
/// When something differs, with the calls on stderr.
pub fn history(bytes: &[u8]) {
    let _teller = Teller;
    let mut draws = bytes.chunks(DRAW).take(MOST_VERBS + 1);
    let Some(model) = draws.next().and_then(|seed| draw(seed, models())) else { return };
    comparison::run(model, |model| {
        let seed = draws.next().filter(|_| model.items.len() < MOST_ITEMS)?;
        draw(seed, verbs(model))
    });
}

/// Draws from a strategy, always the same from the same seed.
fn draw<S: Strategy>(seed: &[u8], strategy: S) -> Option<S::Value> {
    let mut long = [0; 32];
    long[..seed.len()].copy_from_slice(seed);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &long);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).ok().map(|tree| tree.current())
}

/// Tells the calls of a history that fails.
struct Teller;

impl Drop for Teller {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the calls:\n{}", comparison::failed_calls());
        }
    }
}

/// Makes, copies and renames under a name; whatever is refused, the drive stays sound.
fn in_a_drive(profile: Profile, name: &str) {
    let ignores_case = profile.names.case == Case::Folded;
    let Ok(sim) = Sim::builder().profile(profile).outline("a.txt = 1 B\nd/\n").build() else { return };
    let made = sim.create_folder("/d", name);
    let options = [CopyOptions::named(name), CopyOptions::named(name).on_conflict(Conflict::Rename)];
    for options in options {
        let _ = sim.copy("/a.txt", "/d", options);
    }
    let renamed = sim.rename("/a.txt", name);
    sim.check_invariants();
    if made.is_ok() {
        assert!(sim.exists(format!("/d/{name}")));
    }
    let is_same = name == "a.txt" || ignores_case && fold(name) == "a.txt";
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

    /// Pieces that bodies meet in odd orders.
    fn check(body: fn(&[u8]), pieces: &[&str], n_cases: usize) {
        let mut next = random();
        for _ in 0..n_cases {
            let n_pieces = next(20);
            let case: String = (0..n_pieces).map(|_| pieces[next(pieces.len())]).collect();
            body(case.as_bytes());
        }
    }

    #[test]
    fn outlines_of_odd_pieces_are_read_or_refused() {
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
    fn a_name_in_another_case_is_another_name_where_case_matters() {
        name(b"a.txT");
    }

    #[test]
    fn names_of_odd_pieces_are_taken_or_refused() {
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
    fn histories_of_random_bytes_are_the_same_on_model_and_engine() {
        let mut next = random();
        for _ in 0..300 {
            let length = next(120);
            let bytes: Vec<u8> = (0..length).map(|_| next(256) as u8).collect();
            history(&bytes);
        }
    }

    #[test]
    fn a_history_is_as_long_as_its_bytes_and_the_same_each_time() {
        let drawn = |bytes: &[u8]| {
            let mut drawn = Vec::new();
            let mut model = draw(&bytes[..DRAW], models()).unwrap();
            for seed in bytes[DRAW..].chunks(DRAW) {
                let verb = draw(seed, verbs(&model)).unwrap();
                model.apply(&verb);
                drawn.push(format!("{verb:?}"));
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
