//! Tests the rules for names.

use std::borrow::Cow;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;

use super::*;
use crate::item::ItemKind;

const LEVELS: [Level; 2] = [Level::Below, Level::Root];
const KINDS: [ItemKind; 2] = [ItemKind::File, ItemKind::Folder];

#[derive(Deserialize)]
struct OneDriveVector {
    input: String,
    profile: String,
    kind: String,
    place: String,
    verdict: String,
    source: String,
}

#[derive(Deserialize)]
struct BoxVectors {
    collision: BoxCollision,
    vectors: Vec<BoxVector>,
}

#[derive(Deserialize)]
struct BoxCollision {
    case_insensitive: bool,
    across_types: bool,
    examples: Vec<(String, String, serde_json::Value)>,
}

#[derive(Deserialize)]
struct BoxVector {
    input: String,
    file_copy: String,
    create_rename_upload_foldercopy: String,
}

fn onedrive_vectors() -> Vec<OneDriveVector> {
    serde_json::from_str(include_str!("../../tests/vectors/onedrive-names.json")).expect("OneDrive vectors")
}

fn box_vectors() -> BoxVectors {
    serde_json::from_str(include_str!("../../tests/vectors/box-names.json")).expect("Box vectors")
}

fn word(outcome: &Result<(), NameFault>) -> &'static str {
    let Err(fault) = outcome else { return "ok" };
    match fault {
        NameFault::Empty => "empty",
        NameFault::TooLong { .. } => "too_long",
        NameFault::ForbiddenCharacter { .. } => "forbidden_character",
        NameFault::ControlCharacter { .. } => "control_character",
        NameFault::Supplementary { .. } => "supplementary",
        NameFault::Entity => "entity",
        NameFault::LeadingSpace => "leading_space",
        NameFault::TrailingSpace => "trailing_space",
        NameFault::TrailingPeriod => "trailing_period",
        NameFault::LeadingTilde => "leading_tilde",
        NameFault::Reserved { .. } => "reserved",
        NameFault::ReservedFolder { .. } => "reserved_folder",
        NameFault::ReservedAtRoot { .. } => "reserved_at_root",
        NameFault::ReservedStart { .. } => "reserved_start",
        NameFault::ReservedPart { .. } => "reserved_part",
        NameFault::EmptyAfterSanitising => "empty_after_sanitising",
    }
}

/// Returns the texts that the Box vectors use for an outcome.
fn box_texts(outcome: &Result<Cow<'_, str>, NameFault>) -> Vec<String> {
    match outcome {
        Ok(name) => vec![name.to_string()],
        Err(NameFault::TooLong { .. }) => vec!["400 item_name_too_long".to_owned()],
        Err(NameFault::Empty) => {
            vec!["400 item_name_invalid".to_owned(), "400 bad_request or item_name_invalid".to_owned()]
        }
        Err(_) => vec!["400 item_name_invalid".to_owned()],
    }
}

/// Checks one name against rules, as a file below the root unless the word says otherwise.
#[track_caller]
fn check(rules: &NameRules, name: &str, expected: Result<(), NameFault>) {
    assert_eq!(rules.check(name, ItemKind::File, Level::Below), expected, "{}", Quoted(name));
}

#[track_caller]
fn check_copy(rules: &NameRules, name: &str, expected: Result<&str, NameFault>) {
    let copied = rules.for_file_copy(name, Level::Below);
    assert_eq!(copied.as_deref().map_err(Clone::clone), expected, "{}", Quoted(name));
}

#[track_caller]
fn check_suffix(name: &str, kind: ItemKind, limit: Option<usize>, spaced: &str, joined: &str) {
    assert_eq!(numbered(name, kind, 1, Suffix::Spaced, limit), spaced, "{name:?}, spaced");
    assert_eq!(numbered(name, kind, 1, Suffix::Joined, limit), joined, "{name:?}, joined");
}

/// Returns a name with a number that has at most `max_units`.
fn numbered(name: &str, kind: ItemKind, number: u64, suffix: Suffix, max_units: Option<usize>) -> String {
    let rules = NameRules { max_name: max_units, ..NameRules::PLAIN };
    rules.with_number(&rules.name(name), kind, number, suffix).to_string()
}

#[test]
fn every_onedrive_vector_gets_its_verdict() {
    let vectors = onedrive_vectors();
    let mut wrong = Vec::new();
    for vector in &vectors {
        let rules = match vector.profile.as_str() {
            "business" => NameRules::BUSINESS,
            "personal" => NameRules::PERSONAL,
            "plain" => NameRules::PLAIN,
            other => panic!("profile {other:?}"),
        };
        let kind = match vector.kind.as_str() {
            "file" => ItemKind::File,
            "folder" => ItemKind::Folder,
            other => panic!("kind {other:?}"),
        };
        let level = match vector.place.as_str() {
            "root" => Level::Root,
            "below" => Level::Below,
            other => panic!("place {other:?}"),
        };
        let mut words = vec![word(&rules.check(&vector.input, kind, level))];
        if kind == ItemKind::File {
            words.push(word(&rules.for_file_copy(&vector.input, level).map(|_| ())));
        }
        if words.iter().any(|word| *word != vector.verdict) {
            let (name, source) = (Quoted(&vector.input), &vector.source);
            wrong.push(format!(
                "{name} {kind} {}: {words:?}, not {} ({source})",
                vector.place, vector.verdict
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
    assert_eq!(vectors.len(), 770);
}

#[test]
fn onedrive_vectors_reach_every_rule_word_and_character() {
    let vectors = onedrive_vectors();
    let verdicts: BTreeSet<_> = vectors.iter().map(|vector| vector.verdict.as_str()).collect();
    let expected = [
        "control_character",
        "empty",
        "entity",
        "forbidden_character",
        "leading_space",
        "leading_tilde",
        "ok",
        "reserved",
        "reserved_folder",
        "reserved_part",
        "reserved_start",
        "too_long",
        "trailing_period",
        "trailing_space",
    ];
    assert!(verdicts.into_iter().eq(expected));

    let faults: Vec<NameFault> = vectors
        .iter()
        .filter(|vector| vector.profile == "business")
        .filter_map(|vector| NameRules::BUSINESS.check(&vector.input, ItemKind::File, Level::Below).err())
        .collect();
    let characters = NameRules::BUSINESS.forbidden;
    assert_eq!((characters.len(), NameRules::BUSINESS.reserved_stems.len()), (9, 26));
    for &character in characters {
        assert!(faults.contains(&NameFault::ForbiddenCharacter { character }), "{character:?}");
    }
    for &word in NameRules::BUSINESS.reserved_stems {
        assert!(faults.contains(&NameFault::Reserved { word }), "{word:?}");
    }
    for character in (0..=0x1F).chain([0x7F]).map(char::from) {
        assert!(faults.contains(&NameFault::ControlCharacter { character }), "{character:?}");
    }
}

#[test]
fn every_box_vector_gets_the_response_of_both_columns() {
    let vectors = box_vectors().vectors;
    let (mut accepted, mut refused, mut sanitised) = (0, 0, 0);
    for vector in &vectors {
        let input = vector.input.as_str();
        for level in LEVELS {
            let copied = NameRules::BOX.for_file_copy(input, level);
            assert!(box_texts(&copied).contains(&vector.file_copy), "{}, copied: {copied:?}", Quoted(input));
            for kind in KINDS {
                let checked = NameRules::BOX.check(input, kind, level);
                let texts = box_texts(&checked.clone().map(|()| Cow::Borrowed("ok")));
                let expected = &vector.create_rename_upload_foldercopy;
                assert!(texts.contains(expected), "{}, checked: {checked:?}", Quoted(input));
            }
        }
        accepted += usize::from(vector.create_rename_upload_foldercopy == "ok");
        refused += usize::from(vector.file_copy.starts_with("400 "));
        sanitised += usize::from(!vector.file_copy.starts_with("400 ") && vector.file_copy != input);
    }
    assert_eq!((vectors.len(), accepted, refused, sanitised), (22, 9, 6, 7));
}

#[test]
fn every_known_box_collision_gets_its_response() {
    let collision = box_vectors().collision;
    assert!(collision.case_insensitive && collision.across_types);
    let bare = |text: &str| text.trim_end_matches(" (file)").trim_end_matches(" (folder)").to_owned();
    let known: Vec<_> = collision.examples.iter().filter(|example| example.2.is_boolean()).collect();
    for (a, b, answer) in &known {
        assert_eq!(NameRules::BOX.same(&bare(a), &bare(b)), *answer == true, "{a:?} and {b:?}");
    }
    assert_eq!((known.len(), collision.examples.len()), (2, 4));
}

#[test]
fn names_fold_one_character_at_a_time() {
    for (name, folded) in [
        ("", ""),
        ("report.txt", "report.txt"),
        ("Report.TXT", "report.txt"),
        ("ÄÖÜ", "äöü"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("ς", "σ"),
        ("Привет", "привет"),
        ("straße", "straße"),
        ("STRASSE", "strasse"),
        ("ẞ", "ß"),
        ("\u{212A}", "k"),
        ("ſ", "s"),
        ("İ", "İ"),
        ("ı", "ı"),
        ("e\u{301}", "e\u{301}"),
        ("E\u{301}", "e\u{301}"),
        ("\u{10400}", "\u{10428}"),
        ("世界", "世界"),
    ] {
        let of_box = NameRules::BOX.name(name);
        assert_eq!((of_box.canonical(), of_box.as_str()), (folded, name), "{name:?}");
        assert_eq!(of_box.folded.is_none(), name == folded, "{name:?} borrowed");
        assert_eq!(NameRules::PLAIN.name(name).canonical(), name);
    }
}

#[test]
fn names_compare_by_the_case_of_the_rules() {
    for (a, b, folded, plain) in [
        ("a", "a", true, true),
        ("A.txt", "a.txt", true, false),
        ("Ä", "ä", true, false),
        ("straße", "STRASSE", false, false),
        ("\u{e9}", "e\u{301}", false, false),
        ("a", "b", false, false),
        ("a", "a ", false, false),
    ] {
        assert_eq!(NameRules::BUSINESS.same(a, b), folded, "{a:?} and {b:?}");
        assert_eq!(NameRules::BOX.same(a, b), folded, "{a:?} and {b:?}");
        assert_eq!(NameRules::PLAIN.same(a, b), plain, "{a:?} and {b:?}");
    }
}

#[test]
fn a_collation_takes_its_pairs_for_the_same_in_any_case_and_place() {
    let without = NameRules { collation: Collation::None, ..NameRules::PERSONAL };
    let sensitive = NameRules { case: Case::Sensitive, ..NameRules::PERSONAL };
    for (a, b, is_same) in [
        ("æ", "ae", true),
        ("Æ", "aE", true),
        ("x Ægir.txt", "X AEGIR.TXT", true),
        ("\u{FA16}", "\u{732A}", true),
        ("ææ\u{FA16}", "AeÆ\u{732A}", true),
        ("æ", "a", false),
        ("œ", "oe", false),
        ("ǽ", "ae", false),
        ("\u{FA16}", "\u{FA17}", false),
    ] {
        assert_eq!(NameRules::PERSONAL.same(a, b), is_same, "{a:?} and {b:?}");
        for rules in [&without, &sensitive, &NameRules::BUSINESS, &NameRules::BOX, &NameRules::PLAIN] {
            assert!(!rules.same(a, b), "{a:?} and {b:?}");
        }
    }
    assert!(!NameRules::PERSONAL.same("\u{FA17}", "\u{76CA}"), "a pair that was not seen");
}

#[test]
fn a_new_pair_of_a_collation_keeps_the_rules_of_its_table() {
    let name = |text: &str| NameRules::PERSONAL.name(text.to_owned());
    for &(character, text) in collation::SEEN {
        let single = character.to_string();
        assert!(!single.is_ascii() && name(&single).folded.is_none(), "{character:?} is folded");
        assert!(name(text).folded.is_none() && name(text).collated.is_none(), "{text:?} is canonical");
        let is_free = |c: char| !c.is_ascii_digit() && ![' ', '.'].contains(&c);
        assert!(text.chars().all(is_free), "{text:?} could be read as a number or an extension");
        assert_eq!(name(&single).canonical(), text);
    }
}

#[test]
fn lengths_are_counted_in_utf16_units() {
    for (name, units) in [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 2), ("世", 1), ("🎉", 2), ("a🎉b", 4)]
    {
        assert_eq!(units_of(name), units, "{name:?}");
        assert_eq!(units_of(name), name.encode_utf16().count(), "{name:?}");
    }
}

#[test]
fn the_first_fault_is_returned_with_the_rule_as_written() {
    let one = &NameRules::BUSINESS;
    check(one, &"🎉".repeat(128), Err(NameFault::TooLong { units: 256, limit: 255 }));
    check(one, "a:b*c", Err(NameFault::ForbiddenCharacter { character: ':' }));
    check(one, "a\tb\nc", Err(NameFault::ControlCharacter { character: '\t' }));
    check(one, "cOn.txt", Err(NameFault::Reserved { word: "CON" }));
    check(one, "DESKTOP.INI", Err(NameFault::Reserved { word: "desktop.ini" }));
    check(one, "a_VTI_b", Err(NameFault::ReservedPart { part: "_vti_" }));
    check(one, "~$a", Err(NameFault::ReservedStart { start: "~$" }));
    check(&NameRules::BOX, "..", Err(NameFault::Reserved { word: ".." }));
    check(&NameRules::BOX, "a🎉", Err(NameFault::Supplementary { character: '🎉' }));
    check(&NameRules::BOX, "a\u{10000}", Err(NameFault::Supplementary { character: '\u{10000}' }));
    check(&NameRules::BOX, "a\u{FFFF}", Ok(()));
    check(&NameRules::PLAIN, "a\0", Err(NameFault::ForbiddenCharacter { character: '\0' }));
}

#[test]
fn folder_names_are_reserved_anywhere_or_at_the_root_but_not_for_files() {
    let page = NameRules { reserved_folders: &[], reserved_at_root: &["forms"], ..NameRules::BUSINESS };
    let anywhere = Err(NameFault::ReservedFolder { word: "forms" });
    let level = Err(NameFault::ReservedAtRoot { word: "forms" });
    for (rules, root, below) in [
        (NameRules::BUSINESS, anywhere.clone(), anywhere),
        (page, level, Ok(())),
        (NameRules::PERSONAL, Ok(()), Ok(())),
    ] {
        for name in ["Forms", "FORMS", "forms"] {
            assert_eq!(rules.check(name, ItemKind::Folder, Level::Root), root, "{name}");
            assert_eq!(rules.check(name, ItemKind::Folder, Level::Below), below, "{name}");
            assert_eq!(rules.check(name, ItemKind::File, Level::Root), Ok(()), "{name}");
        }
        assert_eq!(rules.check("Forms.d", ItemKind::Folder, Level::Root), Ok(()));
    }
}

#[test]
fn only_business_rejects_the_directory_of_its_web_services() {
    for kind in KINDS {
        for name in ["_vti_", "a_vti_b.bin", "A_VTI_B"] {
            let refused = Err(NameFault::ReservedPart { part: "_vti_" });
            assert_eq!(NameRules::BUSINESS.check(name, kind, Level::Below), refused, "{name}");
            assert_eq!(NameRules::PERSONAL.check(name, kind, Level::Below), Ok(()), "{name}");
        }
    }
}

#[test]
fn the_name_of_a_box_file_copy_is_sanitised() {
    for (name, expected) in [
        ("a/b\\c\td", Ok("abcd")),
        ("trailing   ", Ok("trailing")),
        ("uncovered /", Ok("uncovered")),
        ("uncovered \u{1} \u{1}", Ok("uncovered")),
        (" leading", Ok(" leading")),
        ("/..a", Ok("..a")),
        ("", Err(NameFault::Empty)),
        ("   ", Err(NameFault::EmptyAfterSanitising)),
        ("\u{7f}", Err(NameFault::EmptyAfterSanitising)),
        ("./", Err(NameFault::EmptyAfterSanitising)),
        ("/.\\. ", Err(NameFault::EmptyAfterSanitising)),
        ("/🎉", Err(NameFault::Supplementary { character: '🎉' })),
    ] {
        check_copy(&NameRules::BOX, name, expected);
    }
    let long = format!("{}/", "a".repeat(255));
    check_copy(&NameRules::BOX, &long, Err(NameFault::TooLong { units: 256, limit: 255 }));
}

#[test]
fn changed_rules_apply() {
    let checked = NameRules { sanitise_file_names: SanitiseFileNames::Never, ..NameRules::BOX };
    check_copy(&checked, "a/b", Err(NameFault::ForbiddenCharacter { character: '/' }));
    check_copy(&checked, "..", Err(NameFault::Reserved { word: ".." }));

    let emoji = NameRules { reject_supplementary: RejectSupplementary::Never, ..NameRules::BOX };
    check(&emoji, "party🎉.txt", Ok(()));
    check_copy(&emoji, "party/🎉.txt", Ok("party🎉.txt"));

    let leading = NameRules { reject_leading_space: true, ..NameRules::BOX };
    check(&leading, " a", Err(NameFault::LeadingSpace));
    check_copy(&leading, "/ a ", Ok("a"));

    let sharepoint = NameRules { sanitise_file_names: SanitiseFileNames::CopyOnly, ..NameRules::BUSINESS };
    check_copy(&sharepoint, " a?. . ", Ok("a"));
    check_copy(&sharepoint, "C:ON", Err(NameFault::Reserved { word: "CON" }));

    let unlimited = NameRules { max_name: None, ..NameRules::BOX };
    check(&unlimited, &"a".repeat(256), Ok(()));

    let sensitive = NameRules { case: Case::Sensitive, ..NameRules::BOX };
    assert!(!sensitive.same("A", "a"));

    let short_parts = NameRules { reserved_parts: &["", "x"], ..NameRules::PLAIN };
    check(&short_parts, "a", Ok(()));
    check(&short_parts, "aXb", Err(NameFault::ReservedPart { part: "x" }));
}

#[test]
fn huge_names_are_checked_in_linear_time() {
    for pattern in ["a", "🎉", "&#1", "&#x", "_vti", " ", ".", "A", "ß", "/"] {
        let name = pattern.repeat((1 << 20) / pattern.len());
        for rules in [NameRules::PLAIN, NameRules::BUSINESS, NameRules::PERSONAL, NameRules::BOX] {
            let expected = rules
                .max_name
                .map(|limit| NameFault::TooLong { units: units_of(&name), limit })
                .or_else(|| (pattern == "/").then_some(NameFault::ForbiddenCharacter { character: '/' }));
            check(&rules, &name, expected.clone().map_or(Ok(()), Err));
            let copied = rules.for_file_copy(&name, Level::Root);
            assert_eq!(copied.err(), expected, "{}", Quoted(&name));

            // Without the limit every other rule reads the whole name.
            let unlimited = NameRules { max_name: None, ..rules };
            let _ = unlimited.check(&name, ItemKind::Folder, Level::Root);
            let _ = unlimited.for_file_copy(&name, Level::Root);
            assert!(unlimited.same(&name, &name));
        }
        for kind in KINDS {
            let cut = numbered(&name, kind, 7, Suffix::Joined, Some(255));
            assert!(units_of(&cut) <= 255 && cut.ends_with('7'), "{}", Quoted(&cut));
        }
    }
}

#[test]
fn the_number_goes_before_the_extension_of_a_file() {
    for (name, spaced, joined) in [
        ("a", "a 1", "a1"),
        ("a.txt", "a 1.txt", "a1.txt"),
        ("a.tar.gz", "a.tar 1.gz", "a.tar1.gz"),
        (".hidden", ".hidden 1", ".hidden1"),
        (".hidden.txt", ".hidden 1.txt", ".hidden1.txt"),
        ("...", "... 1", "...1"),
        ("..a", "..a 1", "..a1"),
        ("a.", "a 1.", "a1."),
        ("a 1.txt", "a 1 1.txt", "a 11.txt"),
        ("日本.語", "日本 1.語", "日本1.語"),
        ("", " 1", "1"),
    ] {
        check_suffix(name, ItemKind::File, None, spaced, joined);
        check_suffix(name, ItemKind::Folder, None, &format!("{name} 1"), &format!("{name}1"));
    }
}

#[test]
fn the_stem_is_cut_so_that_the_number_fits() {
    for (name, limit, spaced, joined) in [
        ("abcdef.txt", 12, "abcdef 1.txt", "abcdef1.txt"),
        ("abcdef.txt", 11, "abcde 1.txt", "abcdef1.txt"),
        ("abcdef.txt", 10, "abcd 1.txt", "abcde1.txt"),
        ("abcdef.txt", 7, "a 1.txt", "ab1.txt"),
        ("abcdef.txt", 6, "abcd 1", "a1.txt"),
        ("abcdef.txt", 5, "abc 1", "abcd1"),
        ("🎉🎉.txt", 8, "🎉 1.txt", "🎉1.txt"),
        ("🎉🎉.txt", 7, "🎉🎉. 1", "🎉1.txt"),
        ("🎉🎉.txt", 6, "🎉🎉 1", "🎉🎉.1"),
        ("a.bcdefghij", 6, "a.bc 1", "a.bcd1"),
        ("abc", 2, " 1", "a1"),
        ("abc", 0, " 1", "1"),
    ] {
        check_suffix(name, ItemKind::File, Some(limit), spaced, joined);
    }
    check_suffix("abc.def", ItemKind::Folder, Some(6), "abc. 1", "abc.d1");
    assert_eq!(numbered("abcdef.txt", ItemKind::File, 123, Suffix::Spaced, Some(10)), "ab 123.txt");
    assert_eq!(numbered("a", ItemKind::File, u64::MAX, Suffix::Joined, None), "a18446744073709551615");
}

#[test]
fn onedrive_rejects_names_of_dots_for_the_trailing_period() {
    check(&NameRules::BUSINESS, ".", Err(NameFault::TrailingPeriod));
    check(&NameRules::BUSINESS, "..", Err(NameFault::TrailingPeriod));
}

#[test]
fn a_number_can_make_a_reserved_word() {
    check(&NameRules::BUSINESS, "COM.txt", Ok(()));
    let numbered = numbered("COM.txt", ItemKind::File, 1, Suffix::Joined, Some(255));
    check(&NameRules::BUSINESS, &numbered, Err(NameFault::Reserved { word: "COM1" }));
}

#[test]
fn messages_of_faults_do_not_contain_the_name() {
    for (fault, message) in [
        (NameFault::Empty, "a name must not be empty"),
        (
            NameFault::TooLong { units: 256, limit: 255 },
            "a name must not be longer than 255 UTF-16 units, this one has 256",
        ),
        (NameFault::ForbiddenCharacter { character: '"' }, r#"a name must not contain '"'"#),
        (
            NameFault::ControlCharacter { character: '\u{1}' },
            r"a name must not contain the control character '\u{1}'",
        ),
        (
            NameFault::Supplementary { character: '🎉' },
            "a name must not contain characters above U+FFFF such as '🎉'",
        ),
        (NameFault::Entity, "a name must not contain a numeric HTML entity"),
        (NameFault::LeadingSpace, "a name must not start with a space"),
        (NameFault::TrailingSpace, "a name must not end with a space"),
        (NameFault::TrailingPeriod, "a name must not end with a period"),
        (NameFault::LeadingTilde, "a folder's name must not start with '~'"),
        (NameFault::Reserved { word: "CON" }, r#""CON" is reserved"#),
        (NameFault::ReservedFolder { word: "forms" }, r#""forms" is reserved for folders"#),
        (
            NameFault::ReservedAtRoot { word: "forms" },
            r#""forms" is reserved for folders directly below the root"#,
        ),
        (NameFault::ReservedStart { start: "~$" }, r#"a name must not start with "~$""#),
        (NameFault::ReservedPart { part: "_vti_" }, r#"a name must not contain "_vti_""#),
        (
            NameFault::EmptyAfterSanitising,
            "nothing usable is left of the name after the removal of what it must not contain",
        ),
    ] {
        assert_eq!(fault.to_string(), message);
    }
}

#[test]
fn displayed_names_are_quoted_escaped_and_shortened() {
    let (fits, long) = ("é".repeat(80), "é".repeat(81));
    for (name, shown) in [
        ("", r#""""#.to_owned()),
        ("a b", r#""a b""#.to_owned()),
        ("a\"b\\\n\0\u{202e}", r#""a\"b\\\n\0\u{202e}""#.to_owned()),
        (&fits, format!("\"{fits}\"")),
        (&long, format!("\"{fits}\"… (162 bytes)")),
    ] {
        assert_eq!(Quoted(name).to_string(), shown);
    }
}

/// Generates names made of what the rules check for.
fn nasty_name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(vec![
            "/", "\\", ".", " ", "\t", "\0", "\u{7f}", "~", "~$", "a", "B", "é", "É", "🎉", "ß", "K", ":",
            "_vti_", "&#1;", "CON", "forms", "desktop.ini",
        ])
        .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Generates rules that sanitise, with every flag either way.
fn sanitising_rules() -> impl Strategy<Value = NameRules> {
    let base = select(vec![NameRules::PLAIN, NameRules::BUSINESS, NameRules::PERSONAL, NameRules::BOX]);
    let limit = prop::option::of(0_usize..20);
    (base, limit, any::<[bool; 5]>()).prop_map(
        |(base, max_units, [control, emoji, leading, space, period])| NameRules {
            sanitise_file_names: SanitiseFileNames::CopyOnly,
            max_name: max_units,
            reject_control: control,
            reject_supplementary: if emoji {
                RejectSupplementary::Always
            } else {
                RejectSupplementary::Never
            },
            reject_leading_space: leading,
            reject_trailing_space: space,
            reject_trailing_period: period,
            ..base
        },
    )
}

proptest! {
    #[test]
    fn sanitised_names_are_accepted_and_not_changed_again(name in nasty_name(), level in select(LEVELS.to_vec())) {
        if let Ok(copied) = NameRules::BOX.for_file_copy(&name, level) {
            prop_assert_eq!(NameRules::BOX.check(&copied, ItemKind::File, level), Ok(()));
            prop_assert_eq!(NameRules::BOX.check(&copied, ItemKind::Folder, level), Ok(()));
            let again = NameRules::BOX.for_file_copy(&copied, level);
            prop_assert_eq!(again.as_deref(), Ok(copied.as_ref()));
        }
    }

    #[test]
    fn sanitised_names_are_accepted_under_all_rules(rules in sanitising_rules(), name in nasty_name(), level in select(LEVELS.to_vec())) {
        if rules.check(&name, ItemKind::File, level).is_ok() {
            prop_assert_eq!(rules.for_file_copy(&name, level), Ok(Cow::Borrowed(name.as_str())));
        }
        if let Ok(copied) = rules.for_file_copy(&name, level) {
            prop_assert_eq!(rules.check(&copied, ItemKind::File, level), Ok(()));
            let again = rules.for_file_copy(&copied, level);
            prop_assert_eq!(again.as_deref(), Ok(copied.as_ref()));
        }
    }

    #[test]
    fn a_numbered_name_fits_and_keeps_its_extension(
        stem in "[^.\0/]{1,40}",
        extension in prop::option::of("[^.\0/]{0,30}"),
        number: u64,
        limit in 22_usize..80,
        spaced: bool,
    ) {
        let (suffix, gap) = if spaced { (Suffix::Spaced, " ") } else { (Suffix::Joined, "") };
        let extension = extension.map_or(String::new(), |extension| format!(".{extension}"));
        let name = format!("{stem}{extension}");
        let numbered = numbered(&name, ItemKind::File, number, suffix, Some(limit));
        prop_assert!(units_of(&numbered) <= limit);
        let put_in = format!("{gap}{number}");
        prop_assert!(numbered.contains(&put_in));

        let tail = format!("{put_in}{extension}");
        let first = stem.chars().next().map_or(0, char::len_utf16);
        if units_of(&tail) + first <= limit {
            let cut = numbered.strip_suffix(&tail);
            prop_assert!(cut.is_some_and(|cut| !cut.is_empty() && stem.starts_with(cut)), "{:?}", numbered);
        }
        if units_of(&stem) + units_of(&tail) <= limit {
            prop_assert_eq!(numbered, format!("{stem}{tail}"));
        }
    }

    #[test]
    fn different_numbers_make_different_names(name in nasty_name(), a in 1_u64..500, gap in 1_u64..500) {
        for kind in KINDS {
            let number = |number| numbered(&name, kind, number, Suffix::Spaced, Some(255));
            prop_assert_ne!(number(a), number(a + gap));
        }
    }

    #[test]
    fn folding_is_idempotent(name in any::<String>()) {
        let folded = NameRules::BOX.name(&name).canonical().to_owned();
        let again = NameRules::BOX.name(&folded);
        prop_assert_eq!(again.canonical(), &folded);
        prop_assert_eq!(folded.chars().count(), name.chars().count());
        prop_assert!(NameRules::BOX.same(&name, &folded));
    }

    #[test]
    fn canonical_names_are_idempotent_and_those_of_their_parts(
        a in "[aeAEæÆ\u{FA16}\u{732A}ß.1 ]{0,6}",
        b in "[aeAEæÆ\u{FA16}\u{732A}ß.1 ]{0,6}",
    ) {
        for rules in [NameRules::PERSONAL, NameRules::BUSINESS, NameRules::PLAIN] {
            let canonical = |text: &str| rules.name(text).canonical().to_owned();
            prop_assert_eq!(canonical(&canonical(&a)), canonical(&a));
            prop_assert_eq!(canonical(&format!("{a}{b}")), canonical(&a) + &canonical(&b));
        }
    }

    #[test]
    fn being_the_same_is_transitive(
        names in prop::collection::vec("[aeAEæÆ\u{FA16}\u{732A}]{1,3}", 3),
    ) {
        let same = |a: usize, b: usize| NameRules::PERSONAL.same(&names[a], &names[b]);
        prop_assert!(same(0, 0) && same(0, 1) == same(1, 0));
        prop_assert!(!(same(0, 1) && same(1, 2)) || same(0, 2), "{:?}", names);
    }

    #[test]
    fn no_name_and_no_rules_panic(
        rules in sanitising_rules(),
        name in any::<String>(),
        number: u64,
        limit in 0_usize..9,
    ) {
        for kind in KINDS {
            let _ = rules.check(&name, kind, Level::Root);
            let _ = numbered(&name, kind, number, Suffix::Joined, Some(limit));
        }
        let _ = Quoted(&name).to_string();
    }
}
