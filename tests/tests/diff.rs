//! Tests of the differences between two states of a simulator, as text and as values.

use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::diff::Difference;
use drivesim::drive::DriveSpec;
use drivesim::item::{Times, Timestamp, Versions};
use drivesim::options::MoveOptions;
use drivesim::{CopyOptions, JobStatus, Pace, Profile, Sim};

const DRIVE: &str = "a.txt = \"hi\"\nd/\n  e/\n    f = \"1\"\n  g = 3 B\nold/\n  k\n";

fn sim(profile: Profile) -> Sim {
    Sim::builder().profile(profile).outline(DRIVE).build().unwrap()
}

fn words(difference: &Difference) -> String {
    let flags = [
        (difference.is_created(), "created"),
        (difference.is_removed(), "removed"),
        (difference.is_moved(), "moved"),
        (difference.is_renamed(), "renamed"),
        (difference.content_changed, "content"),
        (difference.facts_changed, "facts"),
    ];
    let words = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word);
    let path = difference.after.as_ref().or(difference.before.as_ref()).map(|located| &located.path);
    format!("{} {}", path.unwrap(), words.collect::<Vec<_>>().join(" "))
}

fn all_words(before: &Sim, after: &Sim) -> Vec<String> {
    before.diff(after).unwrap().differences().map(|(_, difference)| words(difference)).collect()
}

type Change = (&'static str, fn(&Sim), &'static str, &'static [&'static str]);

const CHANGES: [Change; 19] = [
    ("nothing", |_| (), "", &[]),
    (
        "write",
        |sim| sim.write("/d/e/f", "2").map(|_| ()).unwrap(),
        "  d/\n    e/\n~     f = \"2\" # content was \"1\"\n",
        &["/d/e/f content"],
    ),
    (
        "write what it held",
        |sim| {
            sim.advance(Duration::from_secs(1)).unwrap();
            sim.write("/d/e/f", "1").map(|_| ()).unwrap();
        },
        "  d/\n    e/\n~     f = \"1\" # times or versions changed\n",
        &["/d/e/f facts"],
    ),
    (
        "make",
        |sim| sim.write("/d/new", "x").map(|_| ()).unwrap(),
        "  d/\n+   new = \"x\"\n",
        &["/d/new created"],
    ),
    ("rename", |sim| sim.rename("/d/e", "h").unwrap(), "  d/\n>   h/ # was /d/e\n", &["/d/h renamed"]),
    ("rename in other case", |sim| sim.rename("/d", "D").unwrap(), "> D/ # was /d\n", &["/D renamed"]),
    ("move", |sim| sim.move_to("/d/e", "/old").unwrap(), "  old/\n>   e/ # was /d/e\n", &["/old/e moved"]),
    (
        "move, rename and write",
        |sim| {
            sim.move_to_with("/d/e/f", "/old", MoveOptions::named("h")).unwrap();
            sim.write("/old/h", "").unwrap();
        },
        "  old/\n>   h # was /d/e/f, content was \"1\"\n",
        &["/old/h moved renamed content"],
    ),
    (
        "delete a file",
        |sim| sim.delete("/d/e/f").unwrap(),
        "  d/\n    e/\n-     f = \"1\"\n",
        &["/d/e/f removed"],
    ),
    (
        "delete a folder",
        |sim| sim.delete("/d").unwrap(),
        "- d/\n-   e/\n-     f = \"1\"\n-   g = 3 B\n",
        &["/d removed", "/d/e removed", "/d/e/f removed", "/d/g removed"],
    ),
    (
        "delete for good",
        |sim| sim.delete_permanently("/old").unwrap(),
        "- old/\n-   k\n",
        &["/old removed", "/old/k removed"],
    ),
    (
        "delete what something was moved out of",
        |sim| {
            sim.move_to("/d/e", "/old").unwrap();
            sim.delete("/d").unwrap();
        },
        "- d/\n-   g = 3 B\n  old/\n>   e/ # was /d/e\n",
        &["/d removed", "/d/g removed", "/old/e moved"],
    ),
    (
        "make again what was deleted",
        |sim| {
            sim.delete("/a.txt").unwrap();
            sim.write("/a.txt", "hi").unwrap();
        },
        "- a.txt = \"hi\"\n+ a.txt = \"hi\"\n",
        &["/a.txt removed", "/a.txt created"],
    ),
    (
        "copy",
        |sim| sim.copy("/d", "/old", CopyOptions::default()).map(|_| ()).unwrap(),
        "  old/\n+   d/\n+     e/\n+       f = \"1\"\n+     g = 3 B\n",
        &["/old/d created", "/old/d/e created", "/old/d/e/f created", "/old/d/g created"],
    ),
    (
        "make and delete",
        |sim| {
            sim.write("/new", "x").unwrap();
            sim.delete("/new").unwrap();
        },
        "",
        &[],
    ),
    (
        "describe",
        |sim| sim.set_description("/d/g", "new").unwrap(),
        "  d/\n~   g = 3 B # description was \"\"\n",
        &["/d/g facts"],
    ),
    (
        "describe the root",
        |sim| sim.set_description("/", "new").unwrap(),
        "~ / # description was \"\"\n",
        &["/ facts"],
    ),
    (
        "set times",
        |sim| {
            let times = Times { fs_created_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() };
            sim.set_times("/d/g", times).unwrap();
        },
        "  d/\n~   g = 3 B # times or versions changed\n",
        &["/d/g facts"],
    ),
    (
        "set what is no change of items",
        |sim| {
            sim.lock("/d", LockScope::Tree).unwrap();
            sim.set_access("/old", Some(Access::None)).unwrap();
            sim.set_quota(sim.first_drive().unwrap(), Some(1 << 40)).unwrap();
            sim.advance(Duration::from_secs(9)).unwrap();
        },
        "",
        &[],
    ),
];

#[test]
fn each_change_is_printed_with_its_parent_folders() {
    for profile in [Profile::PLAIN, Profile::PERSONAL, Profile::BOX] {
        for (name, change, lines, expected) in CHANGES {
            let sim = sim(profile.clone());
            let before = sim.fork();
            change(&sim);
            let diff = before.diff(&sim).unwrap();
            assert_eq!(diff.to_string(), lines, "{name} on {}", profile.name());
            assert_eq!(diff.is_empty(), lines.is_empty());
            assert_eq!(all_words(&before, &sim), expected, "{name} on {}", profile.name());
            assert!(diff.differences().all(|(drive, _)| drive == "drive"));
            assert!(sim.diff(&sim).unwrap().is_empty());
            before.check_invariants();
            sim.check_invariants();
        }
    }
}

#[test]
fn on_business_changed_file_system_times_are_part_of_a_move() {
    let sim = sim(Profile::BUSINESS);
    let before = sim.fork();
    sim.advance(Duration::from_secs(1)).unwrap();
    sim.move_to("/a.txt", "/old").unwrap();
    assert_eq!(all_words(&before, &sim), ["/old/a.txt moved"], "they are part of the move");
    let between = sim.fork();
    let fs_modified_at = Some(Timestamp::UNIX_EPOCH);
    sim.set_times("/old/a.txt", Times { fs_modified_at, ..Times::default() }).unwrap();
    sim.rename("/old/a.txt", "b.txt").unwrap();
    assert_eq!(all_words(&between, &sim), ["/old/b.txt renamed facts"], "a rename is not a move");
}

#[test]
fn the_reverse_diff_has_the_inverse_differences() {
    for (name, change, ..) in CHANGES {
        let sim = sim(Profile::PLAIN);
        let before = sim.fork();
        change(&sim);
        let (forward, back) = (before.diff(&sim).unwrap(), sim.diff(&before).unwrap());
        let mut forward: Vec<_> = forward.differences().map(|(_, difference)| difference.clone()).collect();
        let mut back: Vec<_> = back
            .differences()
            .map(|(_, difference)| {
                let mut inverse = difference.clone();
                (inverse.before, inverse.after) = (difference.after.clone(), difference.before.clone());
                inverse
            })
            .collect();
        let path = |difference: &Difference| {
            let located = difference.before.as_ref().or(difference.after.as_ref()).unwrap();
            (located.path.clone(), located.item.id)
        };
        forward.sort_by_key(path);
        back.sort_by_key(path);
        assert_eq!(forward, back, "{name}");
    }
}

#[test]
fn a_restored_item_has_changed_once() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let before = sim.fork();
        let folder = sim.item("/d").unwrap().id;
        sim.advance(Duration::from_secs(1)).unwrap();
        sim.delete(folder).unwrap();
        let deleted = sim.fork();
        sim.restore_item(folder).unwrap();
        assert_eq!(all_words(&before, &sim), ["/d facts"]);
        let created = ["/d created", "/d/e created", "/d/e/f created", "/d/g created"];
        assert_eq!(all_words(&deleted, &sim), created);
    }
}

#[test]
fn restored_and_deleted_versions_are_changes() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        sim.write("/a.txt", "2").unwrap();
        sim.write("/a.txt", "3").unwrap();
        let before = sim.fork();
        sim.restore_version("/a.txt", 1).unwrap();
        assert_eq!(before.diff(&sim).unwrap().to_string(), "~ a.txt = \"hi\" # content was \"3\"\n");
        let before = sim.fork();
        sim.delete_version("/a.txt", 2).unwrap();
        assert_eq!(all_words(&before, &sim), ["/a.txt facts"], "{}", profile.name());
        sim.check_invariants();
    }
}

#[test]
fn a_running_copy_differs_by_its_revealed_items() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let before = sim.fork();
        let job = sim.copy("/d", "/old", CopyOptions::default().pace(Pace::Held)).unwrap();
        job.step(2).unwrap();
        sim.assert_diff_from(&before, "  old/\n+   d/\n+     e/\n");
        let halfway = sim.fork();
        job.step(9).unwrap();
        assert_eq!(job.status(), JobStatus::Completed);
        sim.assert_diff_from(&halfway, "  old/\n    d/\n      e/\n+       f = \"1\"\n+     g = 3 B\n");
    }
}

#[test]
fn added_and_removed_drives_are_listed_with_all_items() {
    let outline = "drive one profile=plain\na = 1 B\ndrive two profile=box\nb = 2 B\n\
                   drive three profile=business\nc = 3 B\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let before = sim.fork();
    let two = sim.drive("two").unwrap();
    sim.write(two.at("/b"), "").unwrap();
    sim.remove_drive(sim.drive("one").unwrap()).unwrap();
    let four = sim.add_drive(DriveSpec::new("four").profile(Profile::PERSONAL)).unwrap();
    sim.copy(two.at("/b"), four.at("/"), CopyOptions::default()).unwrap();
    sim.add_drive("five").unwrap();
    let diff = before.diff(&sim).unwrap();
    let expected = "- drive one profile=plain\n- a = 1 B\n  drive two profile=box\n~ b # content was 2 B\n\
                    + drive four profile=personal\n+ b\n+ drive five profile=plain\n";
    assert_eq!(diff.to_string(), expected);
    let drives: Vec<&str> = diff.differences().map(|(drive, _)| drive).collect();
    assert_eq!(drives, ["one", "two", "four"]);
    // A new drive with the same name is another drive.
    let before = sim.fork();
    sim.remove_drive(sim.drive("three").unwrap()).unwrap();
    sim.add_drive(DriveSpec::new("three").profile(Profile::BUSINESS)).unwrap();
    let expected = "- drive three profile=business\n- c = 3 B\n+ drive three profile=business\n";
    assert_eq!(before.diff(&sim).unwrap().to_string(), expected);
    assert!(sim.diff(&sim.fork()).unwrap().is_empty());
}

#[test]
fn two_forks_of_one_origin_can_be_compared() {
    let origin = sim(Profile::PLAIN);
    let (one, two) = (origin.fork(), origin.fork());
    one.rename("/a.txt", "one").unwrap();
    two.rename("/a.txt", "two").unwrap();
    assert_eq!(one.diff(&two).unwrap().to_string(), "> two = \"hi\" # was /one\n");
    // Both forks give new items the same ids, so these count as the same items.
    one.write("/new", "x").unwrap();
    two.write("/new", "x").unwrap();
    assert_eq!(all_words(&one, &two), ["/two renamed"]);
}

#[test]
fn a_restored_snapshot_undoes_all_differences() {
    let sim = sim(Profile::BUSINESS);
    let (snapshot, before) = (sim.snapshot(), sim.fork());
    for (_, change, ..) in CHANGES {
        change(&sim);
        sim.restore(&snapshot);
        assert!(before.diff(&sim).unwrap().is_empty());
    }
}

#[test]
fn ambiguous_names_are_quoted() {
    let sim = sim(Profile::PLAIN);
    let before = sim.fork();
    sim.rename("/a.txt", "drive x").unwrap();
    sim.create_folder("/", "a # b").unwrap();
    sim.set_description("/old", "a \"quoted\"\nline").unwrap();
    let between = sim.fork();
    sim.set_description("/old", "").unwrap();
    let expected = "+ \"a # b\"/\n> \"drive x\" = \"hi\" # was /a.txt\n~ old/ # description was \"\"\n";
    assert_eq!(before.diff(&between).unwrap().to_string(), expected);
    let expected = "~ old/ # description was \"a \\\"quoted\\\"\\nline\"\n";
    assert_eq!(between.diff(&sim).unwrap().to_string(), expected);
}

#[test]
fn ambiguous_paths_are_quoted() {
    let ambiguous = ["a\n- evil", "a # was b", "a = b", "a, content was \"b\"", "a, b", "a ", "a\u{202e}b"];
    for name in ambiguous {
        let sim = sim(Profile::PLAIN);
        sim.rename("/a.txt", name).unwrap();
        let before = sim.fork();
        sim.rename(format!("/{name}"), "new").unwrap();
        sim.move_to("/d", "/old").unwrap();
        let quoted = name.escape_debug();
        let expected = format!("> new = \"hi\" # was \"/{quoted}\"\n  old/\n>   d/ # was /d\n");
        sim.assert_diff_from(&before, &expected);
        assert_eq!(before.diff(&sim).unwrap().to_string(), expected);
    }
    for name in ["plan (draft),final", "a b.txt", " a", "it's", "\"a\"", "#"] {
        let sim = sim(Profile::PLAIN);
        sim.rename("/a.txt", name).unwrap();
        let before = sim.fork();
        sim.rename(format!("/{name}"), "new").unwrap();
        assert_eq!(before.diff(&sim).unwrap().to_string(), format!("> new = \"hi\" # was /{name}\n"));
    }
}

#[test]
fn further_changes_are_printed_after_a_new_name_or_content() {
    let second = |n: i64| Some(Timestamp::from_second(n).unwrap());
    for profile in Profile::ALL {
        let sim = sim(profile.clone());
        for text in ["2", "3"] {
            sim.write("/a.txt", text).unwrap();
        }
        let check = |change: &dyn Fn(&Sim), expected: &str| {
            let sim = sim.fork();
            let before = sim.fork();
            sim.advance(Duration::from_secs(1)).unwrap();
            change(&sim);
            assert_eq!(before.diff(&sim).unwrap().to_string(), expected, "{}", profile.name());
            let facts =
                sim.diff(&before).unwrap().differences().map(|(_, it)| it.facts_changed).collect::<Vec<_>>();
            assert_eq!(facts, [expected.contains("times or versions") || expected.contains("description")]);
        };
        let moved = |sim: &Sim| sim.rename("/a.txt", "b").unwrap();
        let renamed = "> b = \"3\" # was /a.txt\n";
        check(&moved, renamed);
        let and_more = renamed.replace('\n', ", times or versions changed\n");
        check(
            &|sim| {
                sim.delete_version("/a.txt", 1).unwrap();
                moved(sim);
            },
            &and_more,
        );
        check(
            &|sim| {
                sim.set_times("/a.txt", Times { fs_modified_at: second(5), ..Times::default() }).unwrap();
                moved(sim);
            },
            &and_more,
        );
        check(
            &|sim| {
                sim.write("/a.txt", "3").unwrap();
                moved(sim);
            },
            &and_more,
        );
        let written = "~ a.txt = \"4\" # content was \"3\"\n";
        let write = |sim: &Sim| sim.write("/a.txt", "4").map(drop).unwrap();
        check(&write, written);
        check(
            &|sim| {
                sim.write("/a.txt", "between").unwrap();
                write(sim);
            },
            written,
        );
        check(
            &|sim| {
                sim.delete_version("/a.txt", 2).unwrap();
                write(sim);
            },
            &written.replace('\n', ", times or versions changed\n"),
        );
        let described = "~ a.txt = \"3\" # description was \"\"\n";
        let describe = |sim: &Sim| sim.set_description("/a.txt", "new").unwrap();
        check(&describe, described);
        check(
            &|sim| {
                describe(sim);
                sim.set_times("/a.txt", Times { fs_created_at: second(5), ..Times::default() }).unwrap();
            },
            &described.replace('\n', ", times or versions changed\n"),
        );
    }
}

#[test]
fn on_box_changed_file_system_times_of_a_folder_are_part_of_other_changes() {
    let sim = sim(Profile::BOX);
    let before = sim.fork();
    sim.advance(Duration::from_secs(1)).unwrap();
    sim.rename("/d", "D").unwrap();
    sim.set_description("/old", "new").unwrap();
    let expected = "> D/ # was /d\n~ old/ # description was \"\"\n";
    assert_eq!(before.diff(&sim).unwrap().to_string(), expected);
}

#[test]
fn a_version_dropped_by_the_limit_is_part_of_the_write() {
    let mut profile = Profile::PLAIN;
    profile.max_versions = Some(2);
    let sim = sim(profile);
    sim.write("/a.txt", "2").unwrap();
    let before = sim.fork();
    sim.write("/a.txt", "3").unwrap();
    assert_eq!(all_words(&before, &sim), ["/a.txt content"]);
}

#[test]
fn two_forks_that_each_added_a_drive_differ_in_both_drives() {
    let sim = sim(Profile::PLAIN);
    let (one, two) = (sim.fork(), sim.fork());
    let first = one.add_drive(DriveSpec::new("one").profile(Profile::BOX)).unwrap();
    one.create_folder(first.at("/"), "a").unwrap();
    two.add_drive(DriveSpec::new("two").profile(Profile::BOX)).unwrap();
    let expected = "- drive one profile=box\n- a/\n+ drive two profile=box\n";
    assert_eq!(one.diff(&two).unwrap().to_string(), expected);
    // Drives with different profiles.
    let (one, two) = (sim.fork(), sim.fork());
    one.add_drive(DriveSpec::new("new").profile(Profile::BOX)).unwrap();
    two.add_drive(DriveSpec::new("new").profile(Profile::PERSONAL)).unwrap();
    let expected = "- drive new profile=box\n+ drive new profile=personal\n";
    assert_eq!(one.diff(&two).unwrap().to_string(), expected);
}

#[test]
fn a_replaced_single_drive_is_printed_with_its_name() {
    let empty = Sim::builder().build().unwrap();
    empty.remove_drive(empty.drive("drive").unwrap()).unwrap();
    let (one, two) = (empty.fork(), empty.fork());
    one.add_drive("one").unwrap();
    two.add_drive("two").unwrap();
    let expected = "- drive one profile=plain\n+ drive two profile=plain\n";
    assert_eq!(one.diff(&two).unwrap().to_string(), expected);
}

#[test]
fn one_change_among_three_hundred_thousand_items_is_found() {
    let files: String = (0..999).map(|number| format!("  f{number}\n")).collect();
    let sim = Sim::builder().outline(format!("0/\n{files}")).build().unwrap();
    for number in 1..300 {
        sim.copy("/0", "/", CopyOptions::named(number.to_string())).unwrap();
    }
    assert_eq!(sim.totals("/").unwrap().files, 299_700);
    let before = sim.fork();
    // A thousand comparisons would take minutes if each compared all items.
    for number in 0..1000 {
        sim.write("/277/f500", format!("{number}").as_str()).unwrap();
        assert_eq!(all_words(&before, &sim), ["/277/f500 content"]);
    }
    sim.copy("/277/f500", "/0", CopyOptions::named("new").versions(Versions::All)).unwrap();
    sim.delete("/299").unwrap();
    let diff = before.diff(&sim).unwrap();
    assert_eq!(diff.differences().count(), 2 + 1000);
    before.check_invariants();
    sim.check_invariants();
}

#[test]
fn a_difference_deeper_than_an_outline_fails() {
    let sim = sim(Profile::PLAIN);
    let mut folder = sim.create_folder("/", "top").unwrap();
    let top = folder;
    for _ in 0..3000 {
        folder = sim.create_folder(folder, "x").unwrap();
    }
    let before = sim.fork();
    sim.rename(top, "TOP").unwrap();
    assert_eq!(all_words(&before, &sim), ["/TOP renamed"]);
    sim.create_folder(folder, "y").unwrap();
    let error = before.diff(&sim).unwrap_err();
    assert!(error.to_string().contains("more than 2000 folders deep"), "{error}");
}
