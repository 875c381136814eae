//! Tests of metadata: times, users, tags and descriptions after every verb on every profile, and what a copy keeps.

use std::fmt::Write as _;
use std::time::Duration;

use drivesim::drive::DriveSpec;
use drivesim::item::{Times, Timestamp, Versions};
use drivesim::options::{MoveOptions, RestoreOptions};
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Error, Item, ItemId, JobStatus, Pace, Profile, Sim};
use expect_test::{Expect, expect};

const SECOND: Duration = Duration::from_secs(1);

fn sim(profile: Profile, outline: &str) -> Sim {
    Sim::builder().profile(profile).outline(outline).starts_at(Timestamp::UNIX_EPOCH).build().unwrap()
}

fn at(second: i64) -> Option<Timestamp> {
    Some(Timestamp::from_second(second).unwrap())
}

/// Returns the four times, the tags and the users of an item as text.
fn metadata(item: &Item) -> String {
    let times = [item.created_at, item.modified_at, item.fs_created_at, item.fs_modified_at];
    let times = times.map(|time| time.as_second().to_string()).join(" ");
    let about = item.description.as_deref().map_or(String::new(), |text| format!(" {text:?}"));
    let (by, then_by) = (&item.created_by, &item.modified_by);
    format!("{times} etag {} ctag {} {by} {then_by}{about}", item.etag, item.ctag)
}

type Verb = (&'static str, fn(&Sim, ItemId));

/// Runs each verb on a new drive at second 7 as ann, and returns the metadata of all items that have changed.
fn diary(profile: &Profile, verbs: &[Verb]) -> String {
    const DRIVE: &str = "a/\n  b/\n    f = \"old\"\n    g = \"x\"\n  c/\n    k = \"k\"\n";
    let mut diary = String::new();
    for (name, verb) in verbs {
        let sim = sim(profile.clone(), DRIVE);
        let file = sim.item("/a/b/f").unwrap().id;
        let all: Vec<ItemId> = ["/", "/a", "/a/b", "/a/b/f", "/a/b/g", "/a/c", "/a/c/k"]
            .map(|path| sim.item(path).unwrap().id)
            .into();
        let before: Vec<String> = all.iter().map(|id| metadata(&sim.item(*id).unwrap())).collect();
        assert!(before.iter().all(|metadata| metadata == "0 0 0 0 etag 0 ctag 0 me me"), "{before:?}");
        sim.advance(7 * SECOND).unwrap();
        verb(&sim.acting_as("ann"), file);
        sim.check_invariants();
        for id in all {
            let Ok(item) = sim.item(id) else { continue };
            let after = metadata(&item);
            if !before.contains(&after) {
                let path = sim.path(id).unwrap();
                writeln!(diary, "{name}: {path} {after}").unwrap();
            }
        }
    }
    diary
}

const VERBS: [Verb; 20] = [
    ("write", |sim, file| sim.write(file, "new").map(|_| ()).unwrap()),
    ("write the same", |sim, file| sim.write(file, "old").map(|_| ()).unwrap()),
    ("rename", |sim, file| sim.rename(file, "h").unwrap()),
    ("rename to the same", |sim, file| sim.rename(file, "f").unwrap()),
    ("move", |sim, file| sim.move_to(file, "/a/c").unwrap()),
    ("move up", |sim, file| sim.move_to(file, "/a").unwrap()),
    ("move nowhere", |sim, file| sim.move_to(file, "/a/b").unwrap()),
    ("move and rename", |sim, file| {
        sim.move_to_with(file, "/a/c", MoveOptions::named("h")).unwrap();
    }),
    ("move a folder", |sim, _| sim.move_to("/a/c", "/a/b").unwrap()),
    ("rename a folder", |sim, _| sim.rename("/a/c", "d").unwrap()),
    ("describe", |sim, file| sim.set_description(file, "about").unwrap()),
    ("describe with nothing", |sim, file| sim.set_description(file, "").unwrap()),
    ("set times", |sim, file| {
        sim.set_times(file, Times { fs_created_at: at(1), fs_modified_at: at(2), ..Times::default() })
            .unwrap();
    }),
    ("set no times", |sim, file| sim.set_times(file, Times::default()).unwrap()),
    ("set times of a folder", |sim, _| {
        sim.set_times("/a/c", Times { fs_created_at: at(1), ..Times::default() }).unwrap();
    }),
    ("create", |sim, _| sim.create_folder("/a/b", "new").map(|_| ()).unwrap()),
    ("delete", |sim, _| sim.delete("/a/b/g").unwrap()),
    ("delete for good", |sim, _| sim.delete_permanently("/a/b/g").unwrap()),
    ("copy", |sim, _| {
        sim.copy("/a/b/g", "/a/c", CopyOptions::default()).unwrap();
    }),
    ("describe the root", |sim, _| sim.set_description("/", "all").unwrap()),
];

fn check(profile: Profile, expected: Expect) {
    expected.assert_eq(&diary(&profile, &VERBS));
}

#[test]
fn verbs_change_metadata_on_plain() {
    check(
        Profile::PLAIN,
        expect![[r#"
        write: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        write the same: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        rename: /a/b/h 0 7 0 0 etag 1 ctag 0 me ann
        move: /a/c/f 0 7 0 0 etag 1 ctag 0 me ann
        move up: /a/f 0 7 0 0 etag 1 ctag 0 me ann
        move and rename: /a/c/h 0 7 0 0 etag 1 ctag 0 me ann
        move a folder: /a/b/c 0 7 0 0 etag 1 ctag 0 me ann
        rename a folder: /a/d 0 7 0 0 etag 1 ctag 0 me ann
        describe: /a/b/f 0 7 0 0 etag 1 ctag 0 me ann "about"
        set times: /a/b/f 0 7 1 2 etag 1 ctag 0 me ann
        set times of a folder: /a/c 0 7 1 0 etag 1 ctag 0 me ann
        describe the root: / 0 7 0 0 etag 1 ctag 0 me ann "all"
    "#]],
    );
}

#[test]
fn on_business_a_move_resets_the_file_system_times() {
    check(
        Profile::BUSINESS,
        expect![[r#"
        write: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        write the same: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        rename: /a/b/h 0 7 0 0 etag 1 ctag 0 me ann
        move: /a/c/f 0 7 7 7 etag 1 ctag 0 me ann
        move up: /a/f 0 7 7 7 etag 1 ctag 0 me ann
        move and rename: /a/c/h 0 7 7 7 etag 1 ctag 0 me ann
        move a folder: /a/b/c 0 7 7 7 etag 1 ctag 0 me ann
        rename a folder: /a/d 0 7 0 0 etag 1 ctag 0 me ann
        describe: /a/b/f 0 7 0 0 etag 1 ctag 0 me ann "about"
        set times: /a/b/f 0 2 1 2 etag 1 ctag 0 me ann
        set times of a folder: /a/c 0 7 1 0 etag 1 ctag 0 me ann
        describe the root: / 0 7 0 0 etag 1 ctag 0 me ann "all"
    "#]],
    );
}

#[test]
fn on_personal_ctags_of_folders_count_changes_below_them() {
    check(
        Profile::PERSONAL,
        expect![[r#"
        write: / 0 0 0 0 etag 0 ctag 1 me me
        write: /a 0 0 0 0 etag 0 ctag 1 me me
        write: /a/b 0 0 0 0 etag 0 ctag 1 me me
        write: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        write the same: / 0 0 0 0 etag 0 ctag 1 me me
        write the same: /a 0 0 0 0 etag 0 ctag 1 me me
        write the same: /a/b 0 0 0 0 etag 0 ctag 1 me me
        write the same: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        rename: / 0 0 0 0 etag 0 ctag 1 me me
        rename: /a 0 0 0 0 etag 0 ctag 1 me me
        rename: /a/b 0 0 0 0 etag 0 ctag 1 me me
        rename: /a/b/h 0 7 0 0 etag 1 ctag 0 me ann
        move: / 0 0 0 0 etag 0 ctag 2 me me
        move: /a 0 0 0 0 etag 0 ctag 2 me me
        move: /a/b 0 0 0 0 etag 0 ctag 1 me me
        move: /a/c/f 0 7 0 0 etag 1 ctag 0 me ann
        move: /a/c 0 0 0 0 etag 0 ctag 1 me me
        move up: / 0 0 0 0 etag 0 ctag 2 me me
        move up: /a 0 0 0 0 etag 0 ctag 2 me me
        move up: /a/b 0 0 0 0 etag 0 ctag 1 me me
        move up: /a/f 0 7 0 0 etag 1 ctag 0 me ann
        move and rename: / 0 0 0 0 etag 0 ctag 2 me me
        move and rename: /a 0 0 0 0 etag 0 ctag 2 me me
        move and rename: /a/b 0 0 0 0 etag 0 ctag 1 me me
        move and rename: /a/c/h 0 7 0 0 etag 1 ctag 0 me ann
        move and rename: /a/c 0 0 0 0 etag 0 ctag 1 me me
        move a folder: / 0 0 0 0 etag 0 ctag 2 me me
        move a folder: /a 0 0 0 0 etag 0 ctag 2 me me
        move a folder: /a/b 0 0 0 0 etag 0 ctag 1 me me
        move a folder: /a/b/c 0 7 0 0 etag 1 ctag 0 me ann
        rename a folder: / 0 0 0 0 etag 0 ctag 1 me me
        rename a folder: /a 0 0 0 0 etag 0 ctag 1 me me
        rename a folder: /a/d 0 7 0 0 etag 1 ctag 0 me ann
        describe: / 0 0 0 0 etag 0 ctag 1 me me
        describe: /a 0 0 0 0 etag 0 ctag 1 me me
        describe: /a/b 0 0 0 0 etag 0 ctag 1 me me
        describe: /a/b/f 0 7 0 0 etag 1 ctag 0 me ann "about"
        set times: / 0 0 0 0 etag 0 ctag 1 me me
        set times: /a 0 0 0 0 etag 0 ctag 1 me me
        set times: /a/b 0 0 0 0 etag 0 ctag 1 me me
        set times: /a/b/f 0 7 1 2 etag 1 ctag 0 me ann
        set times of a folder: / 0 0 0 0 etag 0 ctag 1 me me
        set times of a folder: /a 0 0 0 0 etag 0 ctag 1 me me
        set times of a folder: /a/c 0 7 1 0 etag 1 ctag 0 me ann
        create: / 0 0 0 0 etag 0 ctag 1 me me
        create: /a 0 0 0 0 etag 0 ctag 1 me me
        create: /a/b 0 0 0 0 etag 0 ctag 1 me me
        delete: / 0 0 0 0 etag 0 ctag 1 me me
        delete: /a 0 0 0 0 etag 0 ctag 1 me me
        delete: /a/b 0 0 0 0 etag 0 ctag 1 me me
        delete for good: / 0 0 0 0 etag 0 ctag 1 me me
        delete for good: /a 0 0 0 0 etag 0 ctag 1 me me
        delete for good: /a/b 0 0 0 0 etag 0 ctag 1 me me
        copy: / 0 0 0 0 etag 0 ctag 1 me me
        copy: /a 0 0 0 0 etag 0 ctag 1 me me
        copy: /a/c 0 0 0 0 etag 0 ctag 1 me me
        describe the root: / 0 7 0 0 etag 1 ctag 0 me ann "all"
    "#]],
    );
}

#[test]
fn on_box_the_file_system_time_of_a_folder_follows_the_folder() {
    check(
        Profile::BOX,
        expect![[r#"
        write: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        write the same: /a/b/f 0 7 0 7 etag 1 ctag 1 me ann
        rename: /a/b/h 0 7 0 0 etag 1 ctag 0 me ann
        move: /a/c/f 0 7 0 0 etag 1 ctag 0 me ann
        move up: /a/f 0 7 0 0 etag 1 ctag 0 me ann
        move and rename: /a/c/h 0 7 0 0 etag 1 ctag 0 me ann
        move a folder: /a/b/c 0 7 0 7 etag 1 ctag 0 me ann
        rename a folder: /a/d 0 7 0 7 etag 1 ctag 0 me ann
        describe: /a/b/f 0 7 0 0 etag 1 ctag 0 me ann "about"
        set times: /a/b/f 0 7 1 2 etag 1 ctag 0 me ann
        set times of a folder: /a/c 0 7 1 7 etag 1 ctag 0 me ann
        describe the root: / 0 7 0 7 etag 1 ctag 0 me ann "all"
    "#]],
    );
}

#[test]
fn replacing_a_file_by_creating_it_is_one_change() {
    for profile in Profile::ALL.into_iter().filter(|profile| profile.service != Service::Box) {
        let sim = sim(profile.clone(), "d/\n  f = \"old\"\n");
        let file = sim.item("/d/f").unwrap().id;
        sim.advance(SECOND).unwrap();
        let again = sim.acting_as("ann").create_file_with("/d", "f", "new", Conflict::Replace).unwrap();
        assert_eq!(again, file);
        assert_eq!(metadata(&sim.item(file).unwrap()), "0 1 0 1 etag 1 ctag 1 me ann");
        let folder = sim.create_folder_with("/", "d", Conflict::Replace).unwrap();
        let ctag = u32::from(profile.folder_ctags);
        assert_eq!(metadata(&sim.item(folder).unwrap()), format!("0 0 0 0 etag 0 ctag {ctag} me me"));
    }
}

#[test]
fn versions_and_the_bin_change_ctags_of_folders_on_personal() {
    let sim = sim(Profile::PERSONAL, "a/\n  b/\n    f = \"1\"\n    g\nto/\n");
    let ctags = || ["/", "/a", "/a/b", "/to"].map(|path| sim.item(path).map_or(99, |item| item.ctag));
    let file = sim.item("/a/b/f").unwrap().id;
    let mut diary = String::new();
    let mut record = |verb: &str| writeln!(diary, "{verb}: {:?}", ctags()).unwrap();
    sim.write(file, "2").unwrap();
    record("write");
    sim.restore_version(file, 1).unwrap();
    record("restore a version");
    sim.delete_version(file, 2).unwrap();
    record("delete a version");
    sim.delete(file).unwrap();
    record("delete");
    sim.restore_item(file).unwrap();
    record("restore");
    sim.delete(file).unwrap();
    sim.purge(file).unwrap();
    record("delete and purge");
    sim.delete("/a/b/g").unwrap();
    let deleted = sim.bin(sim.first_drive().unwrap()).unwrap()[0].item.id;
    sim.restore_item_with(deleted, RestoreOptions::to("/to")).unwrap();
    record("delete and restore elsewhere");
    sim.set_description("/a/b", "folder").unwrap();
    record("describe a folder");
    sim.copy("/a", "/to", CopyOptions::default()).unwrap();
    record("copy a folder of two");
    let job = sim.copy("/a", "/to", CopyOptions::named("slow").pace(Pace::Held)).unwrap();
    job.step(1).unwrap();
    record("reveal a folder");
    job.step(1).unwrap();
    record("reveal a folder in it");
    assert_eq!(job.status(), JobStatus::Completed);
    expect![[r#"
        write: [1, 1, 1, 0]
        restore a version: [2, 2, 2, 0]
        delete a version: [2, 2, 2, 0]
        delete: [3, 3, 3, 0]
        restore: [4, 4, 4, 0]
        delete and purge: [5, 5, 5, 0]
        delete and restore elsewhere: [7, 6, 6, 1]
        describe a folder: [8, 7, 6, 1]
        copy a folder of two: [9, 7, 6, 2]
        reveal a folder: [10, 7, 6, 3]
        reveal a folder in it: [11, 7, 6, 4]
    "#]]
    .assert_eq(&diary);
    assert_eq!(sim.item("/to/slow").unwrap().ctag, 1);
    assert_eq!(sim.item("/to/a").unwrap().ctag, 0);
    sim.check_invariants();
}

#[test]
fn a_restore_from_the_bin_is_one_change() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "d/\n  f = \"1\"\n");
        let [folder, file] = ["/d", "/d/f"].map(|path| sim.item(path).unwrap().id);
        sim.advance(SECOND).unwrap();
        sim.acting_as("ann").delete(folder).unwrap();
        sim.advance(SECOND).unwrap();
        assert_eq!(metadata(&sim.bin_item(folder).unwrap().item), "0 0 0 0 etag 0 ctag 0 me me");
        sim.acting_as("bob").restore_item(folder).unwrap();
        let fs = if profile.service == Service::Box { 2 } else { 0 };
        assert_eq!(metadata(&sim.item(folder).unwrap()), format!("0 2 0 {fs} etag 1 ctag 0 me bob"));
        assert_eq!(metadata(&sim.item(file).unwrap()), "0 0 0 0 etag 0 ctag 0 me me");
    }
}

#[test]
fn only_plain_allows_setting_the_times_of_an_item() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "f\nd/\n");
        for path in ["/f", "/d", "/"] {
            for times in [
                Times { created_at: at(-5), ..Times::default() },
                Times { modified_at: at(-5), ..Times::default() },
                Times { created_at: at(0), fs_created_at: at(1), ..Times::default() },
            ] {
                let before = sim.item(path).unwrap();
                match sim.set_times(path, times) {
                    Ok(()) => {
                        assert_eq!(profile.service, Service::Plain);
                        let after = sim.item(path).unwrap();
                        assert_eq!(after.etag, before.etag + 1);
                        assert_eq!(after.created_at, times.created_at.unwrap_or(before.created_at));
                        assert_eq!(after.modified_at, times.modified_at.unwrap_or(sim.now()));
                    }
                    Err(error) => {
                        assert_ne!(profile.service, Service::Plain);
                        assert_eq!(error.code(), "notSupported");
                        assert_eq!(sim.item(path).unwrap(), before);
                    }
                }
            }
        }
        sim.check_invariants();
    }
}

#[test]
fn the_length_of_descriptions_on_box_is_in_utf16_units() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "f\n");
        // 𝄞 has two UTF-16 units, ü has one.
        let fits = "𝄞".repeat(127) + "ü";
        for (text, is_refused) in [(fits.clone(), false), (fits + "!", profile.service == Service::Box)] {
            let before = sim.item("/f").unwrap();
            match sim.set_description("/f", &text) {
                Ok(()) => {
                    assert!(!is_refused);
                    assert_eq!(sim.item("/f").unwrap().description.as_deref(), Some(&*text));
                    let etag = sim.item("/f").unwrap().etag;
                    sim.set_description("/f", &text).unwrap();
                    assert_eq!(sim.item("/f").unwrap().etag, etag, "the same text is no change");
                }
                Err(error) => {
                    assert!(is_refused);
                    let expected = "the description has 256 UTF-16 units, 255 are allowed";
                    assert_eq!((error.code(), error.to_string().as_str()), ("invalidRequest", expected));
                    assert_eq!(sim.item("/f").unwrap(), before);
                }
            }
        }
        sim.set_description("/f", "").unwrap();
        assert_eq!(sim.item("/f").unwrap().description, None);
    }
}

/// Creates a drive whose items have distinct metadata, for copies at second 9 by bob.
fn sim_with_metadata(profile: Profile) -> Sim {
    let sim = sim(profile, "d/\n  f = \"1\"\n  e/\n    g\nto/\n");
    let ann = sim.acting_as("ann");
    for (number, path) in ["/d", "/d/f", "/d/e", "/d/e/g"].into_iter().enumerate() {
        ann.set_description(path, &format!("about {number}")).unwrap();
        let number = 100 + 10 * number as i64;
        let times = Times { fs_created_at: at(number), fs_modified_at: at(number + 1), ..Times::default() };
        ann.set_times(path, times).unwrap();
    }
    ann.write("/d/f", "2").unwrap();
    let times = Times { fs_modified_at: at(111), ..Times::default() };
    ann.set_times("/d/f", times).unwrap();
    sim.advance(9 * SECOND).unwrap();
    sim
}

#[test]
fn a_copy_has_new_metadata_except_what_the_target_keeps() {
    for from in Profile::ALL {
        for to in Profile::ALL {
            let sim = sim_with_metadata(from.clone());
            let drive = match from.name() == to.name() {
                true => sim.drive("drive").unwrap(),
                false => {
                    let other = sim.add_drive(DriveSpec::new("other").profile(to.clone())).unwrap();
                    sim.create_folder(other.at("/"), "to").unwrap();
                    other
                }
            };
            let bob = sim.acting_as("bob");
            for (name, versions, pace) in [
                ("instant", Versions::Current, Pace::Instant),
                ("with versions", Versions::All, Pace::Instant),
                ("by and by", Versions::Current, Pace::after(5 * SECOND)),
            ] {
                let options = CopyOptions::named(name).versions(versions).pace(pace);
                bob.copy("/d", drive.at("/to"), options).unwrap();
            }
            sim.advance(SECOND).unwrap();
            sim.write("/d/f", "later").unwrap();
            sim.run_until_idle();
            sim.check_invariants();
            for copy in ["/to/instant", "/to/with versions", "/to/by and by"] {
                let metadata = |path: &str| metadata(&sim.item(drive.at(format!("{copy}{path}"))).unwrap());
                let is_box = to.service == Service::Box;
                let of_file = if is_box {
                    ["110 111", "130 131"].map(|fs| format!("9 9 {fs} etag 0 ctag 0 bob bob"))
                } else {
                    ["9 9", "9 9"].map(|fs| format!("9 9 {fs} etag 0 ctag 0 bob bob"))
                };
                let about = |number: u32| if is_box { format!(" \"about {number}\"") } else { String::new() };
                let case = format!("{} to {}, {copy}", from.name(), to.name());
                assert_eq!(metadata("/f"), of_file[0].clone() + &about(1), "{case}");
                assert_eq!(metadata("/e/g"), of_file[1].clone() + &about(3), "{case}");
                // The ctag of a copied folder changes only when items are revealed in it.
                let ctags = match (to.folder_ctags, copy) {
                    (true, "/to/by and by") => [3, 1],
                    _ => [0, 0],
                };
                for (path, number, ctag) in [("", 0, ctags[0]), ("/e", 2, ctags[1])] {
                    let expected = format!("9 9 9 9 etag 0 ctag {ctag} bob bob{}", about(number));
                    assert_eq!(metadata(path), expected, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_change_of_a_copied_item_does_not_affect_the_metadata_of_others() {
    for profile in Profile::ALL {
        let sim = sim(profile, "d/\n  f\n  g\nto/\n");
        sim.copy("/d", "/to", CopyOptions::default()).unwrap();
        sim.advance(SECOND).unwrap();
        sim.set_description("/to/d/f", "about").unwrap();
        for path in ["/to/d/g", "/d/f", "/d/g"] {
            assert_eq!(metadata(&sim.item(path).unwrap()), "0 0 0 0 etag 0 ctag 0 me me");
        }
        sim.check_invariants();
    }
}

#[test]
fn a_copy_of_children_only_changes_at_most_the_ctag_of_its_target() {
    for profile in Profile::ALL {
        let sim = sim_with_metadata(profile.clone());
        let before = sim.item("/to").unwrap();
        sim.acting_as("bob").copy("/d", "/to", CopyOptions::children_only()).unwrap();
        let after = sim.item("/to").unwrap();
        assert_eq!(after.ctag, before.ctag + u32::from(profile.folder_ctags));
        assert_eq!((after.etag, after.modified_at), (before.etag, before.modified_at));
        let file = metadata(&sim.item("/to/f").unwrap());
        let expected = if profile.service == Service::Box { "9 9 110 111" } else { "9 9 9 9" };
        assert!(file.starts_with(expected), "{} {file}", profile.name());
    }
}

#[test]
fn the_items_of_a_job_have_its_start_time() {
    for profile in Profile::ALL {
        let sim = sim(profile, "f\nto/\n");
        let job = sim.acting_as("bob").copy("/f", "/to", CopyOptions::default().pace(Pace::Held)).unwrap();
        sim.advance(3 * SECOND).unwrap();
        sim.acting_as("eve").write("/f", "new").unwrap();
        let job_of_eve = sim.acting_as("eve").job(job.id()).unwrap();
        job_of_eve.step(0).unwrap();
        sim.advance(3 * SECOND).unwrap();
        job_of_eve.step(1).unwrap();
        let copy = sim.item("/to/f").unwrap();
        assert_eq!((copy.created_at.as_second(), &*copy.created_by, &*copy.modified_by), (3, "bob", "bob"));
        assert_eq!((copy.size, copy.version), (3, 1));
    }
}

#[test]
fn a_failed_verb_changes_no_metadata() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "d/\n  f = \"1\"\n  taken\nto/\n  f\n");
        let all = ["/", "/d", "/d/f", "/d/taken", "/to", "/to/f"];
        let before = all.map(|path| sim.item(path).unwrap());
        sim.advance(SECOND).unwrap();
        let results: [Result<(), Error>; 6] = [
            sim.rename("/d/f", "taken"),
            sim.move_to("/d/f", "/to"),
            sim.move_to("/d", "/d"),
            sim.restore_version("/d/f", 1),
            sim.write("/d", "x").map(drop),
            sim.create_folder("/", "d").map(drop),
        ];
        assert!(results.iter().all(Result::is_err));
        assert_eq!(all.map(|path| sim.item(path).unwrap()), before, "{}", profile.name());
    }
}

#[test]
fn an_empty_copy_changes_no_tag() {
    let sim = Sim::builder().profile(Profile::PERSONAL).outline("from/\nto/\n").build().unwrap();
    sim.copy("/from", "/to", CopyOptions::children_only()).unwrap();
    assert_eq!((sim.item("/to").unwrap().ctag, sim.item("/").unwrap().ctag), (0, 0));
}
