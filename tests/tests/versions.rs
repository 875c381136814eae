//! Tests of versions: listing, restore, deletion, limits and copies.

use std::time::Duration;

use drivesim::access::LockScope;
use drivesim::drive::DriveSpec;
use drivesim::item::{Content, Times, Timestamp, Versions};
use drivesim::options::Update;
use drivesim::outline::Detail;
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Error, Job, JobStatus, Pace, Profile, Sim};

use crate::error_kinds::kind;

const SECOND: Duration = Duration::from_secs(1);

fn sim(profile: Profile, outline: &str) -> Sim {
    Sim::builder().profile(profile).outline(outline).starts_at(Timestamp::UNIX_EPOCH).build().unwrap()
}

/// Writes each text a second after the last one, as one of three users in turn.
fn write_all(sim: &Sim, path: &str, texts: &[&str]) {
    for (text, user) in texts.iter().zip(["ann", "bob", "eve"].iter().cycle()) {
        sim.advance(SECOND).unwrap();
        sim.acting_as(user).write(path, *text).unwrap();
    }
}

/// Returns the versions of a file as text: number, size, second, user, and time of deletion.
fn listed(sim: &Sim, path: &str) -> Vec<String> {
    let versions = sim.versions(path).unwrap();
    assert!(versions[0].is_current && versions[1..].iter().all(|version| !version.is_current));
    assert_eq!(versions[0].number, sim.item(path).unwrap().version);
    let text = |version: &drivesim::item::Version| {
        let deleted = version.deleted_at.map_or(String::new(), |at| format!(" deleted {}", at.as_second()));
        let (at, by) = (version.modified_at.as_second(), &version.modified_by);
        format!("{}: {} B at {at} by {by}{deleted}", version.number, version.size)
    };
    versions.iter().map(text).collect()
}

fn numbers(sim: &Sim, path: &str) -> Vec<u32> {
    sim.versions(path).unwrap().iter().map(|version| version.number).collect()
}

fn tags(sim: &Sim, path: &str) -> (u32, u32) {
    let item = sim.item(path).unwrap();
    (item.etag, item.ctag)
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

fn failure(job: &Job) -> String {
    assert_eq!(job.status(), JobStatus::Failed);
    kind(job.outcome().unwrap())
}

#[test]
fn each_write_adds_a_version_with_its_user_and_time() {
    for profile in Profile::ALL {
        let sim = sim(profile, "");
        sim.acting_as("zoe").write("/a.txt", "1").unwrap();
        assert_eq!(listed(&sim, "/a.txt"), ["1: 1 B at 0 by zoe"]);
        write_all(&sim, "/a.txt", &["22", "", "4444"]);
        let expected =
            ["4: 4 B at 3 by eve", "3: 0 B at 2 by bob", "2: 2 B at 1 by ann", "1: 1 B at 0 by zoe"];
        assert_eq!(listed(&sim, "/a.txt"), expected);
        for (number, text) in [(1, "1"), (2, "22"), (3, ""), (4, "4444")] {
            assert_eq!(sim.version_content("/a.txt", number).unwrap(), Content::from(text));
        }
        for number in [0, 5, u32::MAX] {
            assert_eq!(kind(sim.version_content("/a.txt", number)), "NoVersion");
        }
        sim.check_invariants();
    }
}

#[test]
fn metadata_and_names_do_not_change_the_versions() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "d/\n");
        sim.acting_as("zoe").write("/a", "1").unwrap();
        write_all(&sim, "/a", &["22"]);
        sim.write("/once", "x").unwrap();
        let before = (listed(&sim, "/a"), listed(&sim, "/once"));
        sim.advance(SECOND).unwrap();
        let late = Some(Timestamp::from_second(1000).unwrap());
        for path in ["/a", "/once"] {
            sim.set_description(path, "about").unwrap();
            if !profile.times_make_version {
                let times = Times { fs_modified_at: late, fs_created_at: late, ..Times::default() };
                sim.set_times(path, times).unwrap();
            }
            if profile.item_times_settable {
                sim.set_times(path, Times { created_at: late, modified_at: late, ..Times::default() })
                    .unwrap();
            }
            sim.move_to(path, "/d").unwrap();
        }
        sim.rename("/d/a", "b").unwrap();
        assert_eq!((listed(&sim, "/d/b"), listed(&sim, "/d/once")), before, "{}", profile.name());
    }
}

#[test]
fn on_business_setting_times_adds_a_version_unless_the_option_is_off() {
    let times = |at| Times { fs_modified_at: Some(Timestamp::from_second(at).unwrap()), ..Times::default() };
    let mut no_version = Profile::BUSINESS;
    no_version.set_option("times_make_version", "false").unwrap();
    for (profile, makes) in
        [(Profile::BUSINESS, true), (no_version, false), (Profile::PERSONAL, false), (Profile::BOX, false)]
    {
        let sim = sim(profile, "a = 1000 B\nd/\n  b = 1 B\nto/\n");
        let used = |sim: &Sim| sim.quota(sim.first_drive().unwrap()).unwrap().used;
        let ctag = sim.item("/a").unwrap().ctag;
        for n in 1..4 {
            let expected = if makes { 1001 + 1000 * n } else { 1001 };
            sim.set_times("/a", times(n as i64)).unwrap();
            assert_eq!(used(&sim), expected);
            assert_eq!(numbers(&sim, "/a").len() as u64, if makes { n + 1 } else { 1 });
        }
        assert_eq!((sim.item("/a").unwrap().etag, sim.item("/a").unwrap().ctag), (3, ctag));
        let before = (used(&sim), numbers(&sim, "/a").len());
        sim.set_times("/d", times(5)).unwrap();
        sim.set_times("/", times(5)).unwrap();
        sim.set_description("/a", "about").unwrap();
        sim.rename("/a", "c").unwrap();
        sim.update("/c", Update::default().times_of_upload(times(6))).unwrap();
        assert_eq!((used(&sim), numbers(&sim, "/c").len()), before);
        sim.update("/c", Update::default().name("a").parent("/to").times(times(7))).unwrap();
        assert_eq!(numbers(&sim, "/to/a").len(), before.1 + usize::from(makes));
        assert_eq!(sim.item("/to/a").unwrap().fs_modified_at.as_second(), 7);
        sim.check_invariants();
    }
}

#[test]
fn setting_times_fails_if_its_version_exceeds_the_quota() {
    let sim = sim(Profile::BUSINESS, "a = 1000 B\nto/\n  a = 2 B\n");
    sim.set_quota(sim.first_drive().unwrap(), Some(2001)).unwrap();
    let times = Times { fs_created_at: Some(Timestamp::UNIX_EPOCH), ..Times::default() };
    let before = sim.fork();
    assert_eq!(kind(sim.set_times("/a", times)), "QuotaExceeded");
    let over = Update::default().parent("/to").on_conflict(Conflict::Replace).times(times);
    assert_eq!(kind(sim.update("/a", over.clone())), "QuotaExceeded");
    assert!(before.diff(&sim).unwrap().is_empty());
    sim.set_quota(sim.first_drive().unwrap(), Some(2002)).unwrap();
    sim.update("/a", over).unwrap();
    assert_eq!(
        (numbers(&sim, "/to/a"), sim.quota(sim.first_drive().unwrap()).unwrap().used),
        (vec![2, 1], 2000)
    );
    sim.check_invariants();
}

#[test]
fn the_oldest_versions_are_dropped_beyond_the_limit_of_the_profile() {
    for (profile, limit) in
        [(Profile::PLAIN, 601), (Profile::BUSINESS, 500), (Profile::PERSONAL, 25), (Profile::BOX, 100)]
    {
        let sim = sim(profile.clone(), "a = 1 B\n");
        for size in 2..=601 {
            sim.write("/a", Content::Generated { size, number: size }).unwrap();
        }
        let expected: Vec<u32> = (601 - limit + 1..=601).rev().collect();
        assert_eq!(numbers(&sim, "/a"), expected, "{}", profile.name());
        let oldest = 601 - limit + 1;
        assert_eq!(sim.version_content("/a", oldest).unwrap().size(), u64::from(oldest));
        assert_eq!(kind(sim.restore_version("/a", oldest - 1)), "NoVersion");
        let past: u64 = (oldest..601).map(u64::from).sum();
        let counted = if profile.quota_counts.versions { past } else { 0 };
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, 601 + counted);
        sim.check_invariants();
    }
}

#[test]
fn a_limit_of_one_or_zero_keeps_only_the_current_version() {
    for limit in [0, 1] {
        let mut profile = Profile::BUSINESS;
        profile.max_versions = Some(limit);
        let sim = sim(profile, "a = \"1\"\n");
        sim.set_quota(sim.first_drive().unwrap(), Some(4)).unwrap();
        sim.write("/a", "22").unwrap();
        sim.write("/a", "4444").unwrap();
        assert_eq!(numbers(&sim, "/a"), [3]);
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, 4);
        sim.check_invariants();
    }
}

#[test]
fn a_restored_version_is_added_as_a_new_one() {
    for profile in Profile::ALL {
        let sim = sim(profile, "a = \"1\"\n");
        write_all(&sim, "/a", &["22", "333"]);
        sim.advance(SECOND).unwrap();
        assert_eq!(tags(&sim, "/a"), (2, 2));
        sim.acting_as("zoe").restore_version("/a", 2).unwrap();
        assert_eq!(tags(&sim, "/a"), (3, 3));
        assert_eq!(sim.read("/a").unwrap(), b"22");
        let expected =
            ["4: 2 B at 3 by zoe", "3: 3 B at 2 by bob", "2: 2 B at 1 by ann", "1: 1 B at 0 by me"];
        assert_eq!(listed(&sim, "/a"), expected);
        let item = sim.item("/a").unwrap();
        assert_eq!((item.fs_modified_at.as_second(), item.modified_at.as_second()), (3, 3));
        assert_eq!(&*item.modified_by, "zoe");
        sim.check_invariants();
    }
}

#[test]
fn only_existing_past_versions_can_be_restored_or_deleted() {
    for profile in Profile::ALL {
        let sim = sim(profile, "a = \"1\"\nonce\nd/\n");
        write_all(&sim, "/a", &["22", "333"]);
        sim.delete_version("/a", 2).unwrap();
        let before = (listed(&sim, "/a"), tags(&sim, "/a"));
        for (path, number, expected) in [
            ("/a", 3, "CurrentVersion"),
            ("/a", 2, "NoVersion"),
            ("/a", 0, "NoVersion"),
            ("/a", 4, "NoVersion"),
            ("/once", 1, "CurrentVersion"),
            ("/once", 2, "NoVersion"),
            ("/d", 1, "NotAFile"),
            ("/missing", 1, "NotFound"),
        ] {
            assert_eq!(kind(sim.restore_version(path, number)), expected, "{path} {number}");
            assert_eq!(kind(sim.delete_version(path, number)), expected, "{path} {number}");
        }
        assert_eq!((listed(&sim, "/a"), tags(&sim, "/a")), before);
        assert_eq!(kind(sim.versions("/d")), "NotAFile");
    }
}

#[test]
fn a_deleted_version_is_listed_on_box_but_cannot_be_read() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "a = \"1\"\n");
        write_all(&sim, "/a", &["22", "333"]);
        let used = sim.quota(sim.first_drive().unwrap()).unwrap().used;
        let token = sim.change_token(sim.first_drive().unwrap()).unwrap();
        sim.advance(SECOND).unwrap();
        sim.delete_version("/a", 2).unwrap();
        let mut expected = vec!["3: 3 B at 2 by bob", "1: 1 B at 0 by me"];
        if profile.service == Service::Box {
            expected.insert(1, "2: 2 B at 1 by ann deleted 3");
        }
        assert_eq!(listed(&sim, "/a"), expected);
        assert_eq!(kind(sim.version_content("/a", 2)), "NoVersion");
        assert_eq!(tags(&sim, "/a"), (2, 2), "the item has not changed");
        assert_eq!(sim.item("/a").unwrap().modified_at.as_second(), 2);
        assert_eq!(sim.changes(sim.first_drive().unwrap(), Some(token), 9).unwrap().changes, []);
        let freed = if profile.quota_counts.versions { 2 } else { 0 };
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, used - freed);
        sim.check_invariants();
    }
}

#[test]
fn version_numbers_are_not_reused_after_deletions() {
    for profile in Profile::ALL {
        let sim = sim(profile, "a = \"1\"\n");
        write_all(&sim, "/a", &["2", "3"]);
        sim.delete_version("/a", 1).unwrap();
        sim.delete_version("/a", 2).unwrap();
        write_all(&sim, "/a", &["4"]);
        assert_eq!(sim.item("/a").unwrap().version, 4);
        assert_eq!(sim.version_content("/a", 3).unwrap(), Content::from("3"));
        assert_eq!(kind(sim.restore_version("/a", 2)), "NoVersion");
        sim.check_invariants();
    }
}

#[test]
fn only_on_box_a_restored_version_restores_its_name() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "old.txt = \"1\"\n");
        let id = sim.item("/old.txt").unwrap().id;
        sim.write(id, "2").unwrap();
        sim.rename(id, "new.txt").unwrap();
        sim.restore_version(id, 1).unwrap();
        let expected = if profile.service == Service::Box { "/old.txt" } else { "/new.txt" };
        assert_eq!(sim.path(id).unwrap(), expected);
        assert_eq!(sim.item(expected).unwrap().id, id);
        assert_eq!(tags(&sim, expected), (3, 2), "one more change, with or without its name");
        // The second version got the new name before the third was added.
        sim.restore_version(id, 2).unwrap();
        assert_eq!(sim.path(id).unwrap(), "/new.txt");
        sim.check_invariants();
    }
}

#[test]
fn a_version_with_a_taken_name_is_not_restored() {
    let sim = sim(Profile::BOX, "old.txt = \"1\"\n");
    let id = sim.item("/old.txt").unwrap().id;
    sim.write(id, "2").unwrap();
    sim.rename(id, "new.txt").unwrap();
    let other = sim.create_folder("/", "OLD.txt").unwrap();
    let (before, tags_before) = (sim.outline().unwrap(), tags(&sim, "/new.txt"));
    assert_eq!(kind(sim.restore_version(id, 1)), "NameTaken");
    sim.assert_outline(&before);
    assert_eq!((tags(&sim, "/new.txt"), numbers(&sim, "/new.txt")), (tags_before, vec![2, 1]));
    sim.rename(other, "other").unwrap();
    // The file's own name in another case does not conflict.
    sim.rename(id, "OLD.TXT").unwrap();
    sim.restore_version(id, 1).unwrap();
    assert_eq!(sim.path(id).unwrap(), "/old.txt");
    sim.check_invariants();
}

#[test]
fn a_copy_has_one_version_unless_all_are_requested() {
    for profile in Profile::ALL {
        let sim = sim(profile, "d/\n  a = \"1\"\n  once = \"x\"\nto/\n");
        write_all(&sim, "/d/a", &["22", "333", "4444"]);
        sim.delete_version("/d/a", 2).unwrap();
        sim.advance(SECOND).unwrap();
        let zoe = sim.acting_as("zoe");
        zoe.copy("/d", "/to", CopyOptions::named("current")).unwrap();
        assert_eq!(listed(&sim, "/to/current/a"), ["1: 4 B at 4 by zoe"]);
        zoe.copy("/d", "/to", CopyOptions::named("all").versions(Versions::All)).unwrap();
        let expected = ["4: 4 B at 3 by eve", "3: 3 B at 2 by bob", "1: 1 B at 0 by me"];
        assert_eq!(listed(&sim, "/to/all/a"), expected);
        assert_eq!(sim.version_content("/to/all/a", 3).unwrap(), Content::from("333"));
        assert_eq!(tags(&sim, "/to/all/a"), (0, 0));
        zoe.copy("/d/a", "/to", CopyOptions::named("third").versions(Versions::Number(3))).unwrap();
        assert_eq!(listed(&sim, "/to/third"), ["1: 3 B at 4 by zoe"]);
        assert_eq!(sim.read("/to/third").unwrap(), b"333");
        zoe.copy("/d/a", "/to", CopyOptions::named("latest").versions(Versions::Number(4))).unwrap();
        assert_eq!(sim.read("/to/latest").unwrap(), b"4444");
        assert_eq!(sim.item("/to").unwrap().size, 4 + 1 + 4 + 1 + 3 + 4);
        sim.check_invariants();
        // The source and the copy are independent.
        sim.write("/to/all/a", "5").unwrap();
        sim.delete_version("/d/a", 3).unwrap();
        assert_eq!(sim.version_content("/to/all/a", 3).unwrap(), Content::from("333"));
        assert_eq!(sim.item("/d/a").unwrap().version, 4);
        sim.delete_permanently("/d").unwrap();
        assert_eq!(numbers(&sim, "/to/all/a"), [5, 4, 3, 1]);
        sim.check_invariants();
    }
}

#[test]
fn a_copied_version_must_exist_and_belong_to_a_file() {
    let sim = sim(Profile::BUSINESS, "d/\n  a = \"1\"\nto/\n");
    sim.write("/d/a", "2").unwrap();
    sim.write("/d/a", "3").unwrap();
    sim.delete_version("/d/a", 1).unwrap();
    let copy = |source: &str, options: CopyOptions, number| {
        kind(sim.copy(source, "/to", options.versions(Versions::Number(number))).map(|_| ()))
    };
    assert_eq!(copy("/d/a", CopyOptions::default(), 1), "NoVersion");
    assert_eq!(copy("/d/a", CopyOptions::default(), 4), "NoVersion");
    assert_eq!(copy("/d", CopyOptions::default(), 1), "NotAFile");
    assert_eq!(copy("/d", CopyOptions::children_only(), 1), "NotAFile");
    assert!(sim.jobs().is_empty());
}

#[test]
fn the_copied_version_is_checked_again_when_the_job_starts_but_not_later() {
    for profile in Profile::ALL {
        let sim = sim(profile, "a = \"1\"\nto/\n");
        write_all(&sim, "/a", &["22", "333"]);
        let options = |name, versions| CopyOptions::named(name).versions(versions).pace(Pace::Held);
        let missing = sim.copy("/a", "/to", options("missing", Versions::Number(1))).unwrap();
        let existing = sim.copy("/a", "/to", options("existing", Versions::Number(2))).unwrap();
        let all = sim.copy("/a", "/to", options("all", Versions::All)).unwrap();
        existing.step(0).unwrap();
        all.step(0).unwrap();
        sim.check_invariants();
        sim.delete_version("/a", 1).unwrap();
        sim.delete_version("/a", 2).unwrap();
        for job in [&missing, &existing, &all] {
            job.step(1).unwrap();
            sim.check_invariants();
        }
        assert_eq!(failure(&missing), "NoVersion");
        assert_eq!(sim.read("/to/existing").unwrap(), b"22");
        assert_eq!(numbers(&sim, "/to/all"), [3, 2, 1]);
        assert_eq!(sim.version_content("/to/all", 1).unwrap(), Content::from("1"));
    }
}

#[test]
fn a_failed_copy_of_all_versions_leaves_no_bytes() {
    for profile in Profile::ALL {
        let sim = sim(profile, "d/\n  a = \"1\"\n  b = \"1\"\nto/\n");
        for path in ["/d/a", "/d/b"] {
            sim.write(path, "four").unwrap();
        }
        let used = sim.quota(sim.first_drive().unwrap()).unwrap().used;
        let options = CopyOptions::default().versions(Versions::All).pace(Pace::Held);
        let job = sim.copy("/d", "/to", options).unwrap();
        job.step(2).unwrap();
        sim.check_invariants();
        sim.delete_permanently("/to").unwrap();
        sim.check_invariants();
        assert_eq!(failure(&job), "NotFound");
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, used);
        assert_eq!(numbers(&sim, "/d/a"), [2, 1]);
    }
}

#[test]
fn a_cross_drive_copy_keeps_as_many_versions_as_the_target_allows() {
    for from in Profile::ALL {
        for to in Profile::ALL {
            let sim = sim(from.clone(), "a.txt\n");
            let other = sim.add_drive(DriveSpec::new("other").profile(to.clone())).unwrap();
            for number in 1..=60u64 {
                sim.acting_as(["ann", "bob"][number as usize % 2])
                    .write("/a.txt", Content::Generated { size: number, number })
                    .unwrap();
            }
            let n_kept = from.max_versions.unwrap_or(99).min(to.max_versions.unwrap_or(99)).min(61);
            sim.advance(SECOND).unwrap();
            let job = sim.copy("/a.txt", other.at("/"), CopyOptions::named("b.txt").versions(Versions::All));
            assert_eq!(job.unwrap().status(), JobStatus::Completed);
            let versions = sim.versions(other.at("/b.txt")).unwrap();
            let mut expected = sim.versions("/a.txt").unwrap()[..n_kept as usize].to_vec();
            // The current version has the current name of the file.
            expected[0].name = Some("b.txt".into());
            assert_eq!(versions, expected, "{} {}", from.name(), to.name());
            for version in versions {
                let of = |address| sim.version_content(address, version.number).unwrap();
                assert_eq!(of(other.at("/b.txt")), of("/a.txt".into()));
            }
            sim.check_invariants();
            // Versions from a profile without version names have no name to restore.
            sim.restore_version(other.at("/b.txt"), 58).unwrap();
            let name =
                if from.service == Service::Box && to.service == Service::Box { "/a.txt" } else { "/b.txt" };
            assert_eq!(sim.item(other.at(name)).unwrap().version, 62, "{} {}", from.name(), to.name());
            assert_eq!(sim.item(other.at(name)).unwrap().size, 57);
            sim.check_invariants();
        }
    }
}

#[test]
fn plain_keeps_all_of_twenty_thousand_versions() {
    const N: u32 = 20_000;
    let sim = sim(Profile::PLAIN, "a\n");
    let mut halfway = None;
    for number in 2..=N {
        sim.write("/a", format!("{number}").as_str()).unwrap();
        if number == N / 2 {
            halfway = Some(sim.fork());
        }
    }
    let halfway = halfway.unwrap();
    assert_eq!(sim.versions("/a").unwrap().len() as u32, N);
    assert_eq!(halfway.versions("/a").unwrap().len() as u32, N / 2);
    for (sim, number) in [(&sim, 2), (&sim, N - 1), (&halfway, 2), (&halfway, N / 2)] {
        assert_eq!(sim.version_content("/a", number).unwrap(), Content::from(format!("{number}").as_str()));
    }
    assert_eq!(code(halfway.version_content("/a", N)), "itemNotFound");
    sim.restore_version("/a", 777).unwrap();
    assert_eq!((sim.read("/a").unwrap(), tags(&sim, "/a")), (b"777".to_vec(), (N, N)));
    sim.copy("/a", "/", CopyOptions::named("b").versions(Versions::All)).unwrap();
    assert_eq!(numbers(&sim, "/b").len() as u32, N + 1);
    for number in (2..N).step_by(10) {
        sim.delete_version("/a", number).unwrap();
    }
    sim.check_invariants();
    sim.delete("/a").unwrap();
    sim.purge_all(sim.first_drive().unwrap()).unwrap();
    assert_eq!(sim.version_content("/b", 12).unwrap(), Content::from("12"));
    sim.check_invariants();
    halfway.check_invariants();
}

#[test]
fn an_outline_creates_versions_and_prints_them_again() {
    let outline = "a = 5 B # created=1970-01-01T00:00:01Z modified=1970-01-01T00:00:02Z owner=ann versions=3\n\
                   d/ # created=1970-01-01T00:00:00Z modified=1970-01-01T00:00:00Z\n";
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), outline);
        sim.check_invariants();
        assert_eq!(sim.outline_with(Detail::Attributes).unwrap(), outline);
        assert_eq!(listed(&sim, "/a"), ["3: 5 B at 2 by ann", "2: 5 B at 1 by ann", "1: 5 B at 1 by ann"]);
        assert_eq!(tags(&sim, "/a"), (0, 0));
        let used = if profile.quota_counts.versions { 15 } else { 5 };
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, used);
        assert_ne!(sim.version_content("/a", 1).unwrap(), sim.version_content("/a", 2).unwrap());
        sim.rename("/a", "b").unwrap();
        sim.restore_version(sim.item("/b").unwrap().id, 1).unwrap();
        assert!(sim.exists(if profile.service == Service::Box { "/a" } else { "/b" }));
        sim.check_invariants();
    }
}

#[test]
fn an_outline_with_more_versions_than_the_profile_allows_is_rejected() {
    let build = |profile: Profile, n: u32| {
        Sim::builder().profile(profile).outline(format!("a = 1 B # versions={n}\n")).build()
    };
    for (profile, limit) in
        [(Profile::PLAIN, 500), (Profile::BUSINESS, 500), (Profile::PERSONAL, 25), (Profile::BOX, 100)]
    {
        let sim = build(profile.clone(), limit).unwrap();
        assert_eq!(sim.versions("/a").unwrap().len() as u32, limit);
        sim.check_invariants();
        let error = build(profile, limit + 1).unwrap_err().to_string();
        assert!(error.contains(&format!("{} versions, the maximum here is {limit}", limit + 1)), "{error}");
    }
    let folder = Sim::builder().outline("d/ # versions=2\n").build().unwrap_err().to_string();
    assert!(folder.contains("line 1") && folder.contains("the maximum here is 1"), "{folder}");
    let error = Sim::builder().outline("a = 1 B # versions=0\n").build().unwrap_err();
    assert_eq!(error.code(), "invalidRequest");
    // A count of one is the default and not printed.
    let sim = build(Profile::PLAIN, 1).unwrap();
    assert!(!sim.outline_with(Detail::Attributes).unwrap().contains("versions"));
}

#[test]
fn the_version_of_an_outlined_file_has_its_modification_time() {
    let outline = "a = 3 B # created=1970-01-01T00:00:01Z modified=1970-01-01T00:00:02Z owner=ann\n\
                   b = 3 B # created=1970-01-01T00:00:01Z\n\
                   d/ # created=1970-01-01T00:00:01Z modified=1970-01-01T00:00:02Z\n";
    for profile in Profile::ALL {
        let sim = sim(profile, outline);
        assert_eq!(listed(&sim, "/a"), ["1: 3 B at 2 by ann"]);
        assert_eq!(listed(&sim, "/b"), ["1: 3 B at 1 by me"]);
        sim.write("/a", "new").unwrap();
        assert_eq!(listed(&sim, "/a"), ["2: 3 B at 0 by me", "1: 3 B at 2 by ann"]);
        sim.check_invariants();
    }
}

#[test]
fn restoring_a_version_with_another_name_fails_on_a_locked_file() {
    let sim = sim(Profile::BOX, "a = \"1\"\n");
    sim.write("/a", "2").unwrap();
    sim.rename("/a", "b").unwrap();
    sim.write("/b", "3").unwrap();
    let lock = sim.lock("/b", LockScope::Item).unwrap();
    let before = sim.fork();
    assert_eq!(kind(sim.restore_version("/b", 1)), "Locked");
    assert!(before.diff(&sim).unwrap().is_empty());
    // The second version has the current name of the file.
    sim.restore_version("/b", 2).unwrap();
    sim.unlock(sim.first_drive().unwrap(), lock).unwrap();
    sim.restore_version("/b", 1).unwrap();
    assert!(sim.exists("/a"));
    sim.check_invariants();
}

#[test]
fn restoring_a_version_fails_if_the_drive_rejects_its_name() {
    let sim = sim(Profile::BOX, "\" a\" = \"1\"\n");
    let mut strict = Profile::BOX;
    strict.set_option("reject_leading_space", "true").unwrap();
    let strict = sim.add_drive(DriveSpec::new("strict").profile(strict)).unwrap();
    sim.write("/ a", "2").unwrap();
    sim.rename("/ a", "free").unwrap();
    sim.copy("/free", strict.at("/"), CopyOptions::default().versions(Versions::All)).unwrap();
    assert_eq!(kind(sim.restore_version(strict.at("/free"), 1)), "BadName");
    sim.restore_version("/free", 1).unwrap();
    assert!(sim.exists("/ a"));
    sim.check_invariants();
}

#[test]
fn deleted_versions_are_dropped_first() {
    let mut profile = Profile::BOX;
    profile.max_versions = Some(3);
    let sim = sim(profile, "a = \"1\"\n");
    write_all(&sim, "/a", &["22", "333"]);
    sim.delete_version("/a", 2).unwrap();
    sim.set_quota(sim.first_drive().unwrap(), Some(4 + 4)).unwrap();
    write_all(&sim, "/a", &["4444"]);
    assert_eq!(listed(&sim, "/a"), ["4: 4 B at 3 by ann", "3: 3 B at 2 by bob", "1: 1 B at 0 by me"]);
    assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, 8);
    sim.delete_version("/a", 3).unwrap();
    write_all(&sim, "/a", &["5"]);
    write_all(&sim, "/a", &["6"]);
    assert_eq!(numbers(&sim, "/a"), [6, 5, 4]);
    sim.check_invariants();
}

#[test]
fn a_copy_of_a_past_version_has_its_time_where_times_are_kept() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "a = \"1\"\nto/\n");
        write_all(&sim, "/a", &["2", "3"]);
        let times = Times { fs_created_at: Some(Timestamp::MIN), ..Times::default() };
        sim.set_times("/a", times).unwrap();
        for (number, second) in [(1, 0), (2, 1), (3, 2)] {
            let name = number.to_string();
            let options = CopyOptions::named(&name).versions(Versions::Number(number));
            sim.copy("/a", "/to", options).unwrap();
            let copy = sim.item(format!("/to/{name}")).unwrap();
            let expected = match profile.service {
                Service::Box => (Timestamp::MIN, Timestamp::from_second(second).unwrap()),
                _ => (sim.now(), sim.now()),
            };
            assert_eq!((copy.fs_created_at, copy.fs_modified_at), expected, "version {number}");
        }
    }
}
