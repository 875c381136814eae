//! Tests that a personal drive takes names for the same that its database compares as equal.

use drivesim::address::Address;
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::item::ItemKind;
use drivesim::profile::{Conflicts, Level, NameRules};
use drivesim::{Conflict, CopyOptions, Error, ItemId, JobStatus, Profile, Sim};
use proptest::prelude::*;

/// Pairs of names that are the same: in either case, within a name, and several in one name.
const SAME: [(&str, &str); 9] = [
    ("æ", "ae"),
    ("Æ.txt", "ae.txt"),
    ("æ", "AE"),
    ("Æ", "Ae"),
    ("a æ b.txt", "A AE B.txt"),
    ("\u{FA16}", "\u{732A}"),
    ("x\u{FA16}y.tar.gz", "X\u{732A}y.tar.gz"),
    ("æ\u{FA16}ÆaE", "ae\u{732A}AEæ"),
    ("Éæ", "éAE"),
];

/// Pairs of names that are not the same anywhere.
const DIFFERENT: [(&str, &str); 7] =
    [("æ", "a"), ("æ", "ea"), ("æ", "aé"), ("œ", "oe"), ("ß", "ss"), ("ǽ", "ae"), ("\u{FA17}", "\u{76CA}")];

fn sim(profile: Profile, outline: &str) -> Sim {
    Sim::builder().profile(profile).outline(outline).build().unwrap()
}

/// A personal drive whose copies have all conflict behaviors.
fn all_behaviors() -> Profile {
    let mut profile = Profile::PERSONAL;
    profile.copy_conflicts = Conflicts::ALL;
    profile
}

/// The profiles that take the pairs for the same, and those that do not.
fn profiles() -> [(Profile, bool); 6] {
    let with = |mut profile: Profile, value| {
        profile.set_option("collation", value).unwrap();
        profile
    };
    [
        (Profile::PERSONAL, true),
        (with(Profile::BUSINESS, "seen"), true),
        (with(Profile::PERSONAL, "none"), false),
        (Profile::BUSINESS, false),
        (Profile::BOX, false),
        (Profile::PLAIN, false),
    ]
}

fn create(sim: &Sim, folder: impl Into<Address>, name: &str, text: &str) -> Result<ItemId, Error> {
    sim.create_file(folder, name, text)
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

fn names(sim: &Sim, folder: &str) -> Vec<String> {
    sim.children(folder).unwrap().into_iter().map(|item| item.name).collect()
}

#[test]
fn a_name_beside_its_other_spelling_is_taken_on_personal_drives_only() {
    for (profile, is_same) in profiles() {
        for (one, other) in SAME.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
            let sim = sim(profile.clone(), "d/\nx\n");
            create(&sim, "/d", one, "1").unwrap();
            let created = [
                create(&sim, "/d", other, "2").map(drop),
                sim.create_folder("/d", other).map(drop),
                sim.update("/x", drivesim::options::Update::default().parent("/d").name(other)),
            ];
            sim.check_invariants();
            // Where the names are apart, the first attempt succeeds and the others find the name taken.
            let n_taken = created.iter().filter(|result| result.is_err()).count();
            assert_eq!(n_taken, if is_same { 3 } else { 2 }, "{one:?} and {other:?} on {profile:?}");
            for error in created.into_iter().filter_map(Result::err) {
                assert_eq!(error.code(), "nameAlreadyExists");
            }
        }
    }
}

#[test]
fn other_pairs_are_two_names_everywhere() {
    for (profile, _) in profiles() {
        for (one, other) in DIFFERENT {
            let sim = sim(profile.clone(), "");
            sim.create_folder("/", one).unwrap();
            sim.create_folder("/", other).unwrap();
            sim.check_invariants();
        }
    }
}

#[test]
fn an_item_is_found_by_the_other_spelling_of_its_path() {
    for (one, other) in SAME {
        let sim = sim(Profile::PERSONAL, "");
        sim.create_folder("/", one).unwrap();
        let file = create(&sim, format!("/{one}"), other, "1").unwrap();
        for path in [format!("/{one}/{one}"), format!("/{other}/{one}"), format!("/{other}/{other}")] {
            assert_eq!(sim.item(path.as_str()).unwrap().id, file, "{path}");
        }
        assert_eq!(sim.path(file).unwrap(), format!("/{one}/{other}"), "names are stored as given");
        assert_eq!(code(sim.item("/missing")), "itemNotFound");
    }
}

#[test]
fn an_item_can_be_renamed_to_its_own_other_spelling() {
    for (one, other) in SAME {
        let sim = sim(Profile::PERSONAL, "x\n");
        let file = create(&sim, "/", one, "1").unwrap();
        assert_eq!(code(sim.rename("/x", other)), "nameAlreadyExists");
        sim.rename(file, other).unwrap();
        assert_eq!(sim.item(file).unwrap().name, other);
        assert_eq!(sim.item(format!("/{one}")).unwrap().id, file);
        sim.check_invariants();
    }
}

#[test]
fn a_copy_resolves_a_conflict_with_the_other_spelling() {
    for (one, other) in SAME {
        let sim = sim(all_behaviors(), "from/\nto/\n");
        let source = create(&sim, "/from", one, "new").unwrap();
        let old = create(&sim, "/to", other, "old").unwrap();
        let copy = |conflict| sim.copy(source, "/to", CopyOptions::default().on_conflict(conflict));
        assert_eq!(code(copy(Conflict::Fail)), "nameAlreadyExists");
        let numbered = copy(Conflict::Rename).unwrap().outcome().unwrap().unwrap();
        let again = copy(Conflict::Rename).unwrap().outcome().unwrap().unwrap();
        let rules = NameRules::PERSONAL;
        for (item, number) in [(numbered, 1), (again, 2)] {
            let suffix = Profile::PERSONAL.copy_suffix;
            let expected = rules.with_number(&rules.name(one), ItemKind::File, number, suffix);
            assert_eq!(sim.item(item).unwrap().name, expected.as_str());
        }
        let new = copy(Conflict::Replace).unwrap().outcome().unwrap().unwrap();
        assert!(!sim.exists(old));
        assert_eq!(sim.item(new).unwrap().name, one);
        assert_eq!(sim.read(format!("/to/{other}")).unwrap(), b"new");
        assert_eq!(sim.children("/to").unwrap().len(), 3);
        sim.check_invariants();
    }
}

#[test]
fn numbers_of_the_other_spelling_are_taken() {
    let sim = sim(all_behaviors(), "æ.txt\nto/\n  AE.txt\n  Æ 1.txt\n  ae 3.txt\n");
    let copy = || sim.copy("/ae.txt", "/to", CopyOptions::default().on_conflict(Conflict::Rename)).unwrap();
    let name = |job: drivesim::Job| sim.item(job.outcome().unwrap().unwrap()).unwrap().name;
    assert_eq!((name(copy()), name(copy())), ("æ 2.txt".to_owned(), "æ 4.txt".to_owned()));
    sim.delete("/to/Æ 3.txt").unwrap();
    assert_eq!(name(copy()), "æ 3.txt");
    sim.check_invariants();
}

#[test]
fn an_outline_with_both_spellings_is_rejected_on_personal_drives_only() {
    for (profile, is_same) in profiles() {
        for (one, other) in SAME {
            let built = Sim::builder().profile(profile.clone()).outline(format!("{one}\n{other}\n")).build();
            assert_eq!(built.is_err(), is_same, "{one:?} and {other:?} on {profile:?}");
        }
    }
    let option = Sim::builder().outline("drive d profile=personal collation=none\næ\nae\n").build().unwrap();
    assert_eq!(names(&option, "/"), ["ae", "æ"]);
}

/// Copies a folder with these children from a drive of a profile to a personal drive.
fn copied(from: Profile, children: &[&str], options: CopyOptions) -> (Sim, DriveRef, Result<(), Error>) {
    let sim = sim(from, "d/\n");
    for name in children {
        create(&sim, "/d", name, name).unwrap();
    }
    let target = sim.add_drive(DriveSpec::new("target").profile(Profile::PERSONAL)).unwrap();
    let outcome = sim.copy("/d", target.at("/"), options).and_then(|job| {
        assert_ne!(job.status(), JobStatus::InProgress);
        job.outcome().unwrap().map(drop)
    });
    sim.check_invariants();
    (sim, target, outcome)
}

#[test]
fn a_folder_with_both_spellings_cannot_be_copied_to_a_personal_drive() {
    // Other names are between the two in the order of the source.
    let between = ["ad", "ae", "af", "b", "z", "æ"];
    for from in [Profile::PLAIN, Profile::BUSINESS, Profile::BOX] {
        let (sim, target, outcome) = copied(from.clone(), &between, CopyOptions::default());
        assert_eq!(code(outcome), "nameAlreadyExists");
        assert!(sim.children(target.at("/")).unwrap().is_empty());
        for apart in [&between[..5], &between[2..]] {
            let (sim, target, outcome) = copied(from.clone(), apart, CopyOptions::default());
            outcome.unwrap();
            assert_eq!(sim.children(target.at("/d")).unwrap().len(), apart.len());
        }
    }
}

#[test]
fn a_copy_of_children_places_one_of_both_spellings() {
    let between = ["ad", "ae", "af", "æ"];
    for from in [Profile::PLAIN, Profile::BUSINESS] {
        let (sim, target, outcome) = copied(from, &between, CopyOptions::children_only());
        assert_eq!(code(outcome), "nameAlreadyExists");
        assert!(sim.children(target.at("/")).unwrap().len() <= 3);
    }
}

#[test]
fn a_large_folder_finds_the_other_spelling() {
    let sim = sim(Profile::PERSONAL, "d/\n");
    for number in 0..600 {
        create(&sim, "/d", &format!("Æ{number}"), "1").unwrap();
    }
    assert_eq!(code(create(&sim, "/d", "ae77", "1")), "nameAlreadyExists");
    assert_eq!(sim.item("/d/aE599").unwrap().name, "Æ599");
    let copy = sim.copy("/d", "/", CopyOptions::named("æ")).unwrap().outcome().unwrap().unwrap();
    assert_eq!(sim.item("/AE/ae300").unwrap().parent, Some(copy));
    for number in 0..400 {
        sim.delete(format!("/ae/ae{number}")).unwrap();
    }
    sim.check_invariants();
}

#[test]
fn spellings_keep_their_places_in_listings_and_searches() {
    for (profile, _) in profiles() {
        let sim = sim(profile, "ad\næ2\nAE10\naf\nz\n");
        assert_eq!(names(&sim, "/"), ["ad", "AE10", "af", "z", "æ2"]);
        let listed = sim.listing_at("/", 0, 9).unwrap();
        let listed: Vec<&str> = listed.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(listed, ["ad", "AE10", "af", "z", "æ2"]);
        let after = sim.listing_after("/", ItemKind::File, "z", 1).unwrap();
        assert_eq!(after[0].name, "æ2");
        let found = |text: &str| sim.search("/", text).unwrap().len();
        assert_eq!((found("ae"), found("Æ"), found("e1")), (1, 1, 1));
    }
}

#[test]
fn a_restored_item_finds_its_name_taken_by_the_other_spelling() {
    let sim = sim(Profile::PERSONAL, "æ\n");
    let old = sim.item("/ae").unwrap().id;
    sim.delete(old).unwrap();
    create(&sim, "/", "AE", "1").unwrap();
    assert_eq!(code(sim.restore_item(old)), "nameAlreadyExists");
    sim.rename("/æ", "x").unwrap();
    sim.restore_item(old).unwrap();
    sim.check_invariants();
}

proptest! {
    #[test]
    fn a_drive_holds_no_two_names_that_are_the_same(
        names in prop::collection::vec("[aAeEæÆ\u{FA16}\u{732A}.1 ]{1,4}[a-c]", 1..12),
    ) {
        let sim = sim(Profile::PERSONAL, "");
        let rules = NameRules::PERSONAL;
        let mut held: Vec<String> = Vec::new();
        for name in &names {
            let is_taken = held.iter().any(|other| rules.same(other, name));
            let created = create(&sim, "/", name, "1");
            if rules.check(name, ItemKind::File, Level::Root).is_ok() {
                prop_assert_eq!(created.is_err(), is_taken, "{:?} beside {:?}", name, held);
            }
            if created.is_ok() {
                held.push(name.clone());
            }
            let holder = held.iter().find(|other| rules.same(other, name));
            let found = sim.item(format!("/{name}")).ok().map(|item| item.name);
            prop_assert_eq!(found.as_ref(), holder);
        }
        sim.check_invariants();
    }
}
