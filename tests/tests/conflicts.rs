//! Tests of conflicts: every behavior, pair of kinds and profile, with and without an explicit name.

use std::fmt::Write as _;

use drivesim::drive::DriveSpec;
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Error, JobStatus, Pace, Profile, Sim};
use expect_test::{Expect, expect};

const BEHAVIOURS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];
/// The copied item, and the item with the same name in the target.
const PAIRS: [(&str, &str, &str); 4] = [
    ("file on file", "x.txt = 1 B", "x.txt = 2 B"),
    ("folder on folder", "x.d/\n  new", "x.d/\n  old"),
    ("file on folder", "x.d = 1 B", "x.d/\n  old"),
    ("folder on file", "x.txt/\n  new", "x.txt = 2 B"),
];

fn indent(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}

/// Copies to a taken name and returns the outcome as text.
fn outcome(
    profile: &Profile,
    (_, source, existing): (&str, &str, &str),
    conflict: Conflict,
    named: bool,
) -> String {
    let outline = format!("source/\n{}target/\n{}", indent(source), indent(existing));
    let name = existing.split(['/', ' ']).next().unwrap();
    let sim = Sim::builder().profile(profile.clone()).pace(Pace::Held).outline(&outline).build().unwrap();
    let before = sim.outline().unwrap();
    let old = sim.item(format!("/target/{name}")).unwrap().id;
    let options = if named { CopyOptions::named(name) } else { CopyOptions::default() };
    let options = options.on_conflict(conflict);
    match sim.copy(format!("/source/{name}"), "/target", options) {
        Err(error) => {
            assert_eq!(sim.outline().unwrap(), before, "a rejected call changed something");
            assert_eq!(sim.jobs().len(), 0, "a rejected call left a job");
            format!("refused {}", error.code())
        }
        Ok(job) => {
            assert_eq!(sim.outline().unwrap(), before, "a waiting job changed something");
            job.step(9).unwrap();
            sim.check_invariants();
            match job.outcome().unwrap() {
                Err(error) => {
                    assert_eq!(job.status(), JobStatus::Failed);
                    assert_eq!(sim.outline().unwrap(), before, "a failed job changed something");
                    format!("failed {}", error.code())
                }
                Ok(new) => {
                    assert_ne!(new, old, "the copy has a new id");
                    let kept = if sim.exists(old) { "kept" } else { "gone" };
                    let new_name = sim.item(new).unwrap().name;
                    format!("{new_name}, old {kept}")
                }
            }
        }
    }
}

fn check(profile: Profile, expected: Expect) {
    let mut table = String::new();
    for conflict in BEHAVIOURS {
        for pair in PAIRS {
            let named = outcome(&profile, pair, conflict, true);
            let unnamed = outcome(&profile, pair, conflict, false);
            writeln!(table, "{conflict:8} {:17} named: {named:30} unnamed: {unnamed}", pair.0).unwrap();
        }
    }
    expected.assert_eq(&table);
}

#[test]
fn plain_rejects_a_taken_name_at_once() {
    check(
        Profile::PLAIN,
        expect![[r#"
        fail     file on file      named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     folder on folder  named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     file on folder    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     folder on file    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        replace  file on file      named: x.txt, old gone                unnamed: x.txt, old gone
        replace  folder on folder  named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        replace  file on folder    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        replace  folder on file    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        rename   file on file      named: x 1.txt, old kept              unnamed: x 1.txt, old kept
        rename   folder on folder  named: x.d 1, old kept                unnamed: x.d 1, old kept
        rename   file on folder    named: x 1.d, old kept                unnamed: x 1.d, old kept
        rename   folder on file    named: x.txt 1, old kept              unnamed: x.txt 1, old kept
    "#]],
    );
}

#[test]
fn business_rejects_at_once_only_explicit_names_with_fail() {
    check(
        Profile::BUSINESS,
        expect![[r#"
        fail     file on file      named: refused nameAlreadyExists      unnamed: failed nameAlreadyExists
        fail     folder on folder  named: refused nameAlreadyExists      unnamed: failed nameAlreadyExists
        fail     file on folder    named: refused nameAlreadyExists      unnamed: failed nameAlreadyExists
        fail     folder on file    named: refused nameAlreadyExists      unnamed: failed nameAlreadyExists
        replace  file on file      named: x.txt, old gone                unnamed: x.txt, old gone
        replace  folder on folder  named: failed nameAlreadyExists       unnamed: failed nameAlreadyExists
        replace  file on folder    named: failed nameAlreadyExists       unnamed: failed nameAlreadyExists
        replace  folder on file    named: failed nameAlreadyExists       unnamed: failed nameAlreadyExists
        rename   file on file      named: x1.txt, old kept               unnamed: x1.txt, old kept
        rename   folder on folder  named: x.d1, old kept                 unnamed: x.d1, old kept
        rename   file on folder    named: x1.d, old kept                 unnamed: x1.d, old kept
        rename   folder on file    named: x.txt1, old kept               unnamed: x.txt1, old kept
    "#]],
    );
}

#[test]
fn personal_supports_only_fail() {
    check(
        Profile::PERSONAL,
        expect![[r#"
        fail     file on file      named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     folder on folder  named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     file on folder    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     folder on file    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        replace  file on file      named: refused notSupported           unnamed: refused notSupported
        replace  folder on folder  named: refused notSupported           unnamed: refused notSupported
        replace  file on folder    named: refused notSupported           unnamed: refused notSupported
        replace  folder on file    named: refused notSupported           unnamed: refused notSupported
        rename   file on file      named: refused notSupported           unnamed: refused notSupported
        rename   folder on folder  named: refused notSupported           unnamed: refused notSupported
        rename   file on folder    named: refused notSupported           unnamed: refused notSupported
        rename   folder on file    named: refused notSupported           unnamed: refused notSupported
    "#]],
    );
}

#[test]
fn box_always_rejects_a_taken_name() {
    check(
        Profile::BOX,
        expect![[r#"
        fail     file on file      named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     folder on folder  named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     file on folder    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        fail     folder on file    named: refused nameAlreadyExists      unnamed: refused nameAlreadyExists
        replace  file on file      named: refused notSupported           unnamed: refused notSupported
        replace  folder on folder  named: refused notSupported           unnamed: refused notSupported
        replace  file on folder    named: refused notSupported           unnamed: refused notSupported
        replace  folder on file    named: refused notSupported           unnamed: refused notSupported
        rename   file on file      named: refused notSupported           unnamed: refused notSupported
        rename   folder on folder  named: refused notSupported           unnamed: refused notSupported
        rename   file on folder    named: refused notSupported           unnamed: refused notSupported
        rename   folder on file    named: refused notSupported           unnamed: refused notSupported
    "#]],
    );
}

/// Moves to a taken name and returns the outcome as text.
fn move_outcome(profile: &Profile, (_, source, existing): (&str, &str, &str), conflict: Conflict) -> String {
    let outline = format!("source/\n{}target/\n{}", indent(source), indent(existing));
    let name = existing.split(['/', ' ']).next().unwrap();
    let sim = Sim::builder().profile(profile.clone()).outline(&outline).build().unwrap();
    let (old, own) =
        (sim.item(format!("/target/{name}")).unwrap(), sim.item(format!("/source/{name}")).unwrap());
    let used = sim.quota(sim.first_drive().unwrap()).unwrap().used;
    let before = sim.outline().unwrap();
    let outcome = match sim.move_to_with(own.id, "/target", conflict) {
        Err(error) => {
            assert_eq!(sim.outline().unwrap(), before, "a rejected call changed something");
            format!("refused {}", error.code())
        }
        Ok(()) => {
            let is_kept = sim.exists(old.id);
            let left = if is_kept { used } else { used - old.size };
            assert!(sim.bin(sim.first_drive().unwrap()).unwrap().is_empty());
            assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, left);
            format!("{}, old {}", sim.item(own.id).unwrap().name, if is_kept { "kept" } else { "gone" })
        }
    };
    sim.check_invariants();
    outcome
}

#[test]
fn a_move_follows_its_conflict_behavior_where_supported() {
    let mut table = String::new();
    for conflict in BEHAVIOURS {
        for pair in PAIRS {
            let of = |profile: Profile| move_outcome(&profile, pair, conflict);
            let plain = of(Profile::PLAIN);
            assert_eq!([of(Profile::BUSINESS), of(Profile::PERSONAL)], [plain.clone(), plain.clone()]);
            let boxed = of(Profile::BOX);
            writeln!(table, "{conflict:8} {:17} {plain:26} box: {boxed}", pair.0).unwrap();
        }
    }
    expect![[r#"
        fail     file on file      refused nameAlreadyExists  box: refused nameAlreadyExists
        fail     folder on folder  refused nameAlreadyExists  box: refused nameAlreadyExists
        fail     file on folder    refused nameAlreadyExists  box: refused nameAlreadyExists
        fail     folder on file    refused nameAlreadyExists  box: refused nameAlreadyExists
        replace  file on file      x.txt, old gone            box: refused notSupported
        replace  folder on folder  refused nameAlreadyExists  box: refused notSupported
        replace  file on folder    refused nameAlreadyExists  box: refused notSupported
        replace  folder on file    refused nameAlreadyExists  box: refused notSupported
        rename   file on file      x 1.txt, old kept          box: refused notSupported
        rename   folder on folder  x.d 1, old kept            box: refused notSupported
        rename   file on folder    x 1.d, old kept            box: refused notSupported
        rename   folder on file    x.txt 1, old kept          box: refused notSupported
    "#]]
    .assert_eq(&table);
}

fn sim(profile: Profile, outline: &str) -> Sim {
    Sim::builder().profile(profile).outline(outline).build().unwrap()
}

#[test]
fn a_copy_into_its_own_folder_without_a_name_conflicts_with_its_source() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "a.txt = 1 B\n");
        let code = match sim.copy("/a.txt", "/", CopyOptions::default()) {
            Err(error) => error.code(),
            Ok(job) => job.outcome().unwrap().unwrap_err().code(),
        };
        assert_eq!(code, "nameAlreadyExists", "{}", profile.name());
        sim.assert_outline("a.txt = 1 B\n");
    }
}

#[test]
fn a_renamed_copy_in_the_same_folder_has_the_lowest_free_number() {
    let renamed = CopyOptions::default().on_conflict(Conflict::Rename);
    let plain = sim(Profile::PLAIN, "a.txt = 1 B\na 2.txt\n");
    for expected in ["a 1.txt", "a 3.txt"] {
        let copy = plain.copy("/a.txt", "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        assert_eq!(plain.item(copy).unwrap().name, expected);
    }
    let business = sim(Profile::BUSINESS, "a.txt = 1 B\nA1.TXT\nx.y/\n");
    for (source, expected) in [("/a.txt", "a2.txt"), ("/x.y", "x.y1")] {
        let copy = business.copy(source, "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        assert_eq!(business.item(copy).unwrap().name, expected);
    }
}

#[test]
fn a_freed_number_is_used_again() {
    let sim = sim(Profile::PLAIN, "a\n");
    let renamed = CopyOptions::default().on_conflict(Conflict::Rename);
    let mut copies = Vec::new();
    for _ in 0..5 {
        copies.push(sim.copy("/a", "/", renamed.clone()).unwrap().outcome().unwrap().unwrap());
    }
    sim.delete("/a 2").unwrap();
    sim.rename("/a 4", "b").unwrap();
    for expected in ["a 2", "a 4", "a 6"] {
        let copy = sim.copy("/a", "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        assert_eq!(sim.item(copy).unwrap().name, expected);
    }
}

#[test]
fn a_numbered_name_is_never_a_forbidden_one() {
    let sim = sim(Profile::BUSINESS, "COM.txt\nLPT/\n");
    let renamed = CopyOptions::default().on_conflict(Conflict::Rename);
    for (source, expected) in [("/COM.txt", "COM10.txt"), ("/LPT", "LPT10")] {
        let copy = sim.copy(source, "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        assert_eq!(sim.item(copy).unwrap().name, expected);
    }
}

#[test]
fn a_stem_that_is_too_long_for_a_number_is_truncated() {
    let long = "x".repeat(251) + ".txt";
    let sim = sim(Profile::BUSINESS, &format!("{long}\n"));
    let renamed = CopyOptions::default().on_conflict(Conflict::Rename);
    let mut names = Vec::new();
    for _ in 0..12 {
        let copy = sim.copy(format!("/{long}"), "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        names.push(sim.item(copy).unwrap().name);
    }
    assert_eq!(names[0], "x".repeat(250) + "1.txt");
    assert_eq!(names[11], "x".repeat(249) + "12.txt");
}

#[test]
fn a_replacement_has_a_new_id() {
    let sim = sim(Profile::BUSINESS, "a.txt = 1 B\nd/\n  A.TXT = 2 B\n");
    let old = sim.item("/d/a.txt").unwrap().id;
    let job = sim.copy("/a.txt", "/d", CopyOptions::default().on_conflict(Conflict::Replace)).unwrap();
    let new = job.outcome().unwrap().unwrap();
    assert_ne!(new, old);
    assert!(!sim.exists(old));
    sim.assert_outline("a.txt = 1 B\nd/\n  a.txt = 1 B\n");
}

#[test]
fn a_file_that_replaces_itself_is_a_new_item() {
    let sim = sim(Profile::PLAIN, "a.txt = 1 B\n");
    let old = sim.item("/a.txt").unwrap().id;
    let job = sim.copy("/a.txt", "/", CopyOptions::default().on_conflict(Conflict::Replace)).unwrap();
    assert_ne!(job.outcome().unwrap().unwrap(), old);
    sim.assert_outline("a.txt = 1 B\n");
}

#[test]
fn a_folder_is_not_copied_into_itself_or_below() {
    for profile in Profile::ALL {
        let sim = sim(profile, "a/\n  b/\n    c/\n");
        let before = sim.outline().unwrap();
        for target in ["/a", "/a/b", "/a/b/c"] {
            let failure = sim.copy("/a", target, CopyOptions::named("new")).unwrap_err();
            assert!(
                matches!(failure, Error::Drive(drivesim::error::DriveError::IntoItself { .. })),
                "{failure}"
            );
        }
        assert!(sim.move_to("/a", "/a/b").is_err());
        sim.assert_outline(&before);
    }
}

#[test]
fn conflicts_of_children_are_resolved_one_by_one() {
    let sim = sim(Profile::BUSINESS, "from/\n  a = 1 B\n  b/\n    c\n  d = 1 B\nto/\n  a = 2 B\n  B/\n");
    let only = CopyOptions::children_only();
    let job = sim.copy("/from", "/to", only.clone().on_conflict(Conflict::Replace)).unwrap();
    let failure = job.outcome().unwrap().unwrap_err();
    assert_eq!(
        failure.to_string(),
        "1 of the items could not be copied, the first because the name \"b\" is taken by a folder in \"/to\""
    );
    sim.assert_outline_of("/to", "a = 1 B\nB/\nd = 1 B\n");
    let job = sim.copy("/from", "/to", only.clone().on_conflict(Conflict::Rename)).unwrap();
    assert_eq!(job.outcome().unwrap().unwrap(), sim.item("/to").unwrap().id);
    sim.assert_outline_of("/to", "a = 1 B\na1 = 1 B\nB/\nb1/\n  c\nd = 1 B\nd1 = 1 B\n");
    let job = sim.copy("/from", "/to", only).unwrap();
    assert!(job.outcome().unwrap().unwrap_err().to_string().starts_with("3 of the items"));
}

#[test]
fn children_that_the_target_rejects_are_skipped() {
    let long = "n".repeat(250);
    let outline = format!("from/\n  Forms/\n    x\n  a = 1 B\n  a_vti_b\n  {long}\n  b/\n    c\n");
    for pace in [Pace::Instant, Pace::Held] {
        let sim = Sim::builder().pace(pace).outline(&outline).build().unwrap();
        let deep = "d".repeat(200);
        let other = sim.add_drive(DriveSpec::new("other").profile(Profile::BUSINESS)).unwrap();
        sim.create_folder(other.at("/"), &deep).unwrap();
        let target = other.at(format!("/{deep}"));
        let job = sim.copy("/from", &target, CopyOptions::children_only()).unwrap();
        let _ = job.step(9);
        let Error::Drive(drivesim::error::DriveError::SomeFailed { details }) =
            job.outcome().unwrap().unwrap_err()
        else {
            panic!("another error");
        };
        let messages: Vec<String> = details.iter().map(|error| error.to_string()[..14].to_owned()).collect();
        assert_eq!(messages, ["the name \"a_vt", "the name \"Form", "the path of \"n"]);
        sim.assert_outline_of(&target, "a = 1 B\nb/\n  c\n");
        let unfit = sim.copy("/from/a_vti_b", &target, CopyOptions::default()).unwrap_err();
        assert_eq!(unfit.code(), "invalidRequest");
        sim.delete("/from/a").unwrap();
        sim.delete("/from/b").unwrap();
        let none = sim.copy("/from", &target, CopyOptions::children_only()).unwrap();
        let _ = none.step(9);
        assert_eq!(none.outcome().unwrap().unwrap_err().code(), "someItemsFailed");
        sim.check_invariants();
    }
}

#[test]
fn profiles_that_reject_taken_names_at_once_also_reject_children() {
    for profile in [Profile::PLAIN, Profile::PERSONAL, Profile::BOX] {
        let sim = sim(profile, "from/\n  a\n  b\nto/\n  b\n");
        let before = sim.outline().unwrap();
        assert!(sim.copy("/from", "/to", CopyOptions::children_only()).is_err());
        sim.assert_outline(&before);
    }
}

#[test]
fn only_the_children_of_the_root_can_be_copied_but_not_on_box() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "a\n");
        let other = sim.add_drive(DriveSpec::new("other").profile(profile.clone())).unwrap();
        assert!(sim.copy("/", other.at("/"), CopyOptions::named("x")).is_err());
        let copied = sim.copy("/", other.at("/"), CopyOptions::children_only());
        assert_eq!(copied.is_ok(), profile.service != Service::Box);
        assert_eq!(sim.exists(other.at("/a")), profile.service != Service::Box);
    }
}

#[test]
fn children_with_the_same_canonical_name_in_the_target_conflict() {
    for pace in [Pace::Instant, Pace::Held] {
        let sim = Sim::builder().pace(pace).outline("from/\n  A = 1 B\n  a = 2 B\n  b\n").build().unwrap();
        let other = sim.add_drive(DriveSpec::new("other").profile(Profile::BUSINESS)).unwrap();
        sim.create_sized(other.at("/"), "a", 9).unwrap();
        let replaced = CopyOptions::children_only().on_conflict(Conflict::Replace);
        let job = sim.copy("/from", other.at("/"), replaced).unwrap();
        let _ = job.step(9);
        assert_eq!(job.outcome().unwrap().unwrap_err().code(), "someItemsFailed");
        sim.assert_outline_of(other.at("/"), "A = 1 B\nb\n");
        let renamed = CopyOptions::children_only().on_conflict(Conflict::Rename);
        let job = sim.copy("/from", other.at("/"), renamed).unwrap();
        let _ = job.step(9);
        sim.assert_outline_of(other.at("/"), "A = 1 B\nA1 = 1 B\na2 = 2 B\nb\nb1\n");
        let strict = sim.add_drive(DriveSpec::new("strict").profile(Profile::PERSONAL)).unwrap();
        assert!(sim.copy("/from", strict.at("/"), CopyOptions::children_only()).is_err());
        sim.check_invariants();
    }
}

#[test]
fn errors_of_children_are_in_the_order_of_the_children() {
    let sim = Sim::builder()
        .profile(Profile::BUSINESS)
        .pace(Pace::Held)
        .outline("from/\n  a\n  b/\nto/\n  a\n  b/\n")
        .build()
        .unwrap();
    let job = sim.copy("/from", "/to", CopyOptions::children_only().on_conflict(Conflict::Replace)).unwrap();
    job.step(0).unwrap();
    // The error of a, which was to be replaced, occurs later than that of b.
    sim.delete("/to/a").unwrap();
    sim.create_folder("/to", "a").unwrap();
    job.step(1).unwrap();
    let Error::Drive(drivesim::error::DriveError::SomeFailed { details }) =
        job.outcome().unwrap().unwrap_err()
    else {
        panic!("another error");
    };
    let names: Vec<String> = details.iter().map(|error| error.to_string()[..12].to_owned()).collect();
    assert_eq!(names, ["the name \"a\"", "the name \"b\""]);
}

#[test]
fn unrevealed_items_do_not_count_towards_the_path_length_of_a_copy() {
    let long = "x".repeat(150);
    let outline = format!("from/\n  {long}/\n    {long}/\nto/\n{}/\n", "y".repeat(100));
    let sim = Sim::builder().profile(Profile::BUSINESS).pace(Pace::Held).outline(outline).build().unwrap();
    let job = sim.copy("/from", "/to", CopyOptions::default()).unwrap();
    job.step(1).unwrap();
    let target = format!("/{}", "y".repeat(100));
    sim.copy("/to/from", &target, CopyOptions::default().pace(Pace::Instant)).unwrap();
    assert!(sim.exists(format!("{target}/from")));
    assert!(sim.move_to("/to/from", &target).is_err(), "a move includes unrevealed items");
}

#[test]
fn skipped_children_need_no_quota() {
    let huge = u64::MAX / 2;
    let outline = format!("from/\n  a = {huge} B\n  b = 1 B\nto/\n  a/\nrest = {} B\n", huge - 10);
    let sim = Sim::builder().profile(Profile::BUSINESS).outline(outline).build().unwrap();
    let job = sim.copy("/from", "/to", CopyOptions::children_only()).unwrap();
    assert_eq!(job.outcome().unwrap().unwrap_err().code(), "someItemsFailed");
    sim.assert_outline_of("/to", "a/\nb = 1 B\n");
}

#[test]
fn a_child_whose_numbered_path_would_be_too_long_is_skipped_at_the_start() {
    let (folder, name) = ("f".repeat(200), "n".repeat(199));
    let outline = format!("from/\n  {name}\n  short\n{folder}/\n  {name}\n");
    let sim = Sim::builder().profile(Profile::BUSINESS).pace(Pace::Held).outline(outline).build().unwrap();
    let renamed = CopyOptions::children_only().on_conflict(Conflict::Rename);
    let job = sim.copy("/from", format!("/{folder}"), renamed).unwrap();
    job.step(0).unwrap();
    assert_eq!(job.progress().items_total, 1);
    job.step(1).unwrap();
    let failure = job.outcome().unwrap().unwrap_err().to_string();
    assert!(failure.contains("401 UTF-16 units"), "{failure}");
    sim.assert_outline_of(format!("/{folder}"), &format!("{name}\nshort\n"));
}
