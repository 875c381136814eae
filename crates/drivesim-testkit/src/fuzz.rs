//! The only place for what the fuzzers run: plain functions of bytes, so that the normal tests run them too.

use drivesim::outline::{Outline, parse};
use drivesim::{Conflict, CopyOptions, ItemKind, Profile, Sim, fold, with_suffix};

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
        let Ok(sim) = Sim::builder().profile(profile).outline(text).build() else { continue };
        sim.check_invariants();
        let printed = sim.outline();
        let Ok(printed) = printed else { continue };
        let again = Sim::builder().outline(printed.clone()).build().map(|sim| sim.outline());
        assert_eq!(again, Ok(Ok(printed)));
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

/// Makes, copies and renames under a name; whatever is refused, the drive stays sound.
fn in_a_drive(profile: Profile, name: &str) {
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
    assert_eq!(sim.exists("/a.txt"), renamed.is_err() || fold(name) == "a.txt");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces that bodies meet in odd orders: from a fixed seed, so that a failure can be repeated.
    fn check(body: fn(&[u8]), pieces: &[&str], n_cases: usize) {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % below as u64) as usize
        };
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
        ];
        check(outline, &pieces, 4000);
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
}
