//! Tests of quotas: what counts, what fails on a full drive, and what never fails.

use drivesim::drive::QuotaState;
use drivesim::item::{Content, Versions};
use drivesim::options::RestoreOptions;
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Error, JobStatus, Pace, Profile, Sim};

use crate::error_kinds::kind;

fn sim(profile: Profile, outline: &str) -> Sim {
    Sim::builder().profile(profile).outline(outline).build().unwrap()
}

fn sized(size: u64) -> Content {
    Content::Generated { size, number: size }
}

fn used(sim: &Sim) -> u64 {
    sim.quota(sim.first_drive().unwrap()).unwrap().used
}

#[test]
fn the_bin_and_past_versions_count_except_on_plain() {
    for profile in Profile::ALL {
        let counts = profile.service != Service::Plain;
        let count = |current: u64, kept: u64| if counts { current + kept } else { current };
        let sim = sim(profile, "d/\n  f = 10 B\ng = 100 B\nto/\n");
        assert_eq!(used(&sim), 110);
        sim.write("/d/f", sized(20)).unwrap();
        assert_eq!(used(&sim), count(120, 10));
        sim.restore_version("/d/f", 1).unwrap();
        assert_eq!(used(&sim), count(110, 30));
        sim.delete_version("/d/f", 2).unwrap();
        assert_eq!(used(&sim), count(110, 10));
        let folder = sim.item("/d").unwrap().id;
        sim.delete(folder).unwrap();
        assert_eq!(used(&sim), count(100, 20));
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().deleted, 10);
        sim.restore_item(folder).unwrap();
        assert_eq!(used(&sim), count(110, 10));
        sim.copy("/d", "/to", CopyOptions::named("all").versions(Versions::All)).unwrap();
        assert_eq!(used(&sim), count(120, 20));
        sim.copy("/d", "/to", CopyOptions::named("current")).unwrap();
        assert_eq!(used(&sim), count(130, 20));
        sim.delete_permanently("/to/all").unwrap();
        assert_eq!(used(&sim), count(120, 10));
        sim.delete("/to").unwrap();
        sim.purge_all(sim.first_drive().unwrap()).unwrap();
        assert_eq!(used(&sim), count(110, 10));
        sim.delete_permanently("/d").unwrap();
        assert_eq!(used(&sim), 100);
        sim.check_invariants();
    }
}

#[test]
fn a_verb_succeeds_at_the_exact_quota_and_fails_a_byte_below() {
    for profile in Profile::ALL {
        let counts = profile.service != Service::Plain;
        let sim = sim(profile, "f = 10 B\nd/\n");
        let exceeded = |total: u64, verb: &dyn Fn(&Sim) -> Result<(), Error>| {
            let (fits, exceeding) = (sim.fork(), sim.fork());
            fits.set_quota(fits.first_drive().unwrap(), Some(total)).unwrap();
            exceeding.set_quota(exceeding.first_drive().unwrap(), Some(total - 1)).unwrap();
            assert_eq!(kind(verb(&fits)), "done");
            assert_eq!(fits.quota(fits.first_drive().unwrap()).unwrap().remaining, 0);
            fits.check_invariants();
            let before = exceeding.fork();
            let error = verb(&exceeding).unwrap_err();
            assert_eq!(
                (kind::<()>(Err(error.clone())), error.code()),
                ("QuotaExceeded".into(), "quotaLimitReached")
            );
            assert!(before.diff(&exceeding).unwrap().is_empty());
            assert_eq!(
                exceeding.quota(exceeding.first_drive().unwrap()).unwrap(),
                before.quota(before.first_drive().unwrap()).unwrap()
            );
            exceeding.check_invariants();
        };
        exceeded(15, &|sim| sim.create_sized("/", "new", 5).map(|_| ()));
        exceeded(15, &|sim| sim.write("/new", sized(5)).map(|_| ()));
        exceeded(if counts { 22 } else { 12 }, &|sim| sim.write("/f", sized(12)).map(|_| ()));
        exceeded(20, &|sim| sim.copy("/f", "/d", CopyOptions::default()).map(|_| ()));
        if counts {
            exceeded(13, &|sim| sim.write("/f", sized(3)).map(|_| ()));
        }
    }
}

#[test]
fn the_error_reports_the_needed_and_the_remaining_bytes() {
    let sim = sim(Profile::BUSINESS, "f = 10 B\n");
    sim.set_quota(sim.first_drive().unwrap(), Some(12)).unwrap();
    let error = sim.create_sized("/", "new", 5).unwrap_err();
    assert_eq!(error.to_string(), "5 bytes for \"new\" do not fit: 2 bytes of the quota are left");
}

#[test]
fn verbs_that_need_no_bytes_succeed_on_a_full_drive() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "f = 10 B\nd/\n  g = 10 B\nempty\n");
        sim.write("/f", sized(8)).unwrap();
        sim.set_quota(sim.first_drive().unwrap(), Some(1)).unwrap();
        let quota = sim.quota(sim.first_drive().unwrap()).unwrap();
        assert_eq!((quota.total, quota.remaining, quota.state()), (Some(1), 0, QuotaState::Exceeded));
        sim.create_folder("/", "new").unwrap();
        sim.write("/none", "").unwrap();
        sim.copy("/empty", "/d", CopyOptions::default()).unwrap();
        sim.rename("/f", "h").unwrap();
        sim.move_to("/h", "/d").unwrap();
        sim.set_description("/d/h", "full").unwrap();
        sim.delete_version("/d/h", 1).unwrap();
        if profile.service == Service::Plain {
            sim.write("/d/h", sized(8)).unwrap();
            sim.write("/d/h", sized(7)).unwrap();
        } else {
            assert_eq!(kind(sim.write("/d/h", sized(7))), "QuotaExceeded");
            assert_eq!(kind(sim.write("/d/h", "")), "done", "its content only becomes a past version");
        }
        let file = sim.item("/d/g").unwrap().id;
        sim.delete(file).unwrap();
        let restored = if profile.service == Service::Plain { "QuotaExceeded" } else { "done" };
        assert_eq!(kind(sim.restore_item(file)), restored, "{}", profile.name());
        sim.delete_permanently("/d").unwrap();
        sim.purge_all(sim.first_drive().unwrap()).unwrap();
        assert_eq!(used(&sim), 0);
        sim.check_invariants();
    }
}

#[test]
fn a_dropped_version_frees_its_bytes_for_the_next() {
    let mut profile = Profile::BUSINESS;
    profile.max_versions = Some(2);
    let sim = sim(profile, "f = 10 B\n");
    sim.write("/f", sized(10)).unwrap();
    sim.set_quota(sim.first_drive().unwrap(), Some(20)).unwrap();
    for _ in 0..5 {
        sim.write("/f", sized(10)).unwrap();
    }
    assert_eq!(kind(sim.write("/f", sized(11))), "QuotaExceeded");
    sim.write("/f", sized(9)).unwrap();
    assert_eq!(used(&sim), 19);
    // The previous version of 10 bytes is dropped.
    sim.write("/f", sized(11)).unwrap();
    assert_eq!(used(&sim), 20);
    sim.check_invariants();
}

#[test]
fn the_quota_of_a_copy_is_checked_at_the_call_and_at_its_start() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "d/\n  f = 5 B\n  g = 5 B\nto/\n");
        sim.set_quota(sim.first_drive().unwrap(), Some(19)).unwrap();
        let copy = |name: &str| sim.copy("/d", "/to", CopyOptions::named(name).pace(Pace::Held));
        assert_eq!(kind(copy("a").map(|_| ())), "QuotaExceeded");
        sim.set_quota(sim.first_drive().unwrap(), Some(35)).unwrap();
        let [one, two] = ["one", "two"].map(|name| copy(name).unwrap());
        // A job that has not started has reserved nothing.
        sim.create_sized("/", "more", 5).unwrap();
        one.step(0).unwrap();
        assert_eq!(used(&sim), 15, "unrevealed items do not count");
        assert_eq!(kind(sim.create_sized("/", "even more", 11)), "QuotaExceeded");
        two.step(0).unwrap();
        assert_eq!(kind(sim.create_sized("/", "even more", 1)), "QuotaExceeded");
        assert_eq!(kind(copy("three").map(|_| ())), "QuotaExceeded");
        one.step(9).unwrap();
        assert_eq!((one.status(), used(&sim)), (JobStatus::Completed, 25));
        two.step(1).unwrap();
        sim.delete_permanently("/to/two").unwrap();
        assert_eq!(two.status(), JobStatus::Failed);
        sim.create_sized("/", "even more", 10).unwrap();
        assert_eq!(used(&sim), 35);
        sim.check_invariants();

        let late = sim.fork();
        late.set_quota(late.first_drive().unwrap(), Some(100)).unwrap();
        let job = late.copy("/d", "/to", CopyOptions::named("late").pace(Pace::Held)).unwrap();
        late.set_quota(late.first_drive().unwrap(), Some(44)).unwrap();
        job.step(9).unwrap();
        assert_eq!(kind(job.outcome().unwrap()), "QuotaExceeded");
        assert!(!late.exists("/to/late"));
        late.check_invariants();
    }
}

#[test]
fn copied_versions_count_towards_the_quota() {
    for profile in Profile::ALL {
        let counts = profile.service != Service::Plain;
        let sim = sim(profile, "d/\n  f = 1 B\nto/\n");
        for size in [2, 4, 8] {
            sim.write("/d/f", sized(size)).unwrap();
        }
        let before = used(&sim);
        let options = CopyOptions::default().versions(Versions::All).pace(Pace::Held);
        if counts {
            sim.set_quota(sim.first_drive().unwrap(), Some(before + 14)).unwrap();
            assert_eq!(kind(sim.copy("/d", "/to", options.clone()).map(|_| ())), "QuotaExceeded");
            sim.set_quota(sim.first_drive().unwrap(), Some(before + 15)).unwrap();
        } else {
            sim.set_quota(sim.first_drive().unwrap(), Some(before + 8)).unwrap();
        }
        let job = sim.copy("/d", "/to", options).unwrap();
        job.step(1).unwrap();
        assert_eq!(kind(sim.create_sized("/", "new", 1)), "QuotaExceeded");
        job.step(1).unwrap();
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().remaining, 0);
        assert_eq!(used(&sim), before + if counts { 15 } else { 8 });
        sim.check_invariants();
    }
    // A copied old version has its own size, not that of the file.
    let sim = sim(Profile::BUSINESS, "f = 100 B\nto/\n");
    sim.write("/f", "").unwrap();
    sim.set_quota(sim.first_drive().unwrap(), Some(199)).unwrap();
    let old = CopyOptions::default().versions(Versions::Number(1));
    assert_eq!(kind(sim.copy("/f", "/to", old.clone()).map(|_| ())), "QuotaExceeded");
    sim.set_quota(sim.first_drive().unwrap(), Some(200)).unwrap();
    sim.copy("/f", "/to", old).unwrap();
    assert_eq!((used(&sim), sim.item("/to").unwrap().size), (200, 100));
    sim.check_invariants();
}

#[test]
fn each_drive_has_its_own_quota() {
    let sim = sim(Profile::PLAIN, "f = 10 B\n");
    let other = sim.add_drive("other").unwrap();
    sim.set_quota(&other, Some(9)).unwrap();
    assert_eq!(kind(sim.copy("/f", other.at("/"), CopyOptions::default()).map(|_| ())), "QuotaExceeded");
    sim.copy("/f", "/", CopyOptions::named("g")).unwrap();
    assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().total, None);
    assert_eq!(sim.quota(&other).unwrap().remaining, 9);
}

#[test]
fn the_state_reports_how_full_the_drive_is() {
    let sim = sim(Profile::BUSINESS, "f = 900 B\n");
    for (total, expected) in [
        (None, QuotaState::Normal),
        (Some(1000), QuotaState::Normal),
        (Some(999), QuotaState::Nearing),
        (Some(910), QuotaState::Nearing),
        (Some(909), QuotaState::Critical),
        (Some(901), QuotaState::Critical),
        (Some(900), QuotaState::Exceeded),
        (Some(0), QuotaState::Exceeded),
    ] {
        sim.set_quota(sim.first_drive().unwrap(), total).unwrap();
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().state(), expected, "{total:?}");
    }
}

#[test]
fn sizes_beyond_64_bits_fail_but_kept_bytes_may_exceed_them() {
    for profile in Profile::ALL {
        let sim = sim(profile.clone(), "d/\n");
        sim.set_quota(sim.first_drive().unwrap(), Some(1 << 20)).unwrap();
        sim.create_sized("/d", "small", 10).unwrap();
        assert_eq!(kind(sim.create_sized("/", "max", u64::MAX)), "SizeOverflow");
        assert_eq!(kind(sim.create_sized("/", "max", u64::MAX - 10)), "QuotaExceeded");
        assert_eq!(
            kind(sim.write("/d/small", sized(u64::MAX))),
            "QuotaExceeded",
            "the old size is subtracted"
        );
        sim.set_quota(sim.first_drive().unwrap(), None).unwrap();
        sim.write("/d/small", sized(u64::MAX)).unwrap();
        sim.check_invariants();
        assert_eq!(kind(sim.create_sized("/", "one more", 1)), "SizeOverflow");
        let first = sim.item("/d/small").unwrap().id;
        sim.delete(first).unwrap();
        sim.create_sized("/d", "small", u64::MAX).unwrap();
        sim.check_invariants();
        let quota = sim.quota(sim.first_drive().unwrap()).unwrap();
        assert_eq!((quota.used, quota.remaining, quota.deleted), (u64::MAX, 0, u64::MAX));
        let restored = sim.restore_item_with(first, RestoreOptions::named("other"));
        assert_eq!(kind(restored), "SizeOverflow");
        sim.write("/d/small", sized(3)).unwrap();
        sim.check_invariants();
        sim.write("/d/small", sized(u64::MAX)).unwrap();
        sim.write("/d/small", "").unwrap();
        sim.restore_item_with(first, RestoreOptions::named("other")).unwrap();
        sim.check_invariants();
        assert_eq!(kind(sim.restore_version("/d/small", 1)), "SizeOverflow");
        assert_eq!(kind(sim.copy("/d/other", "/", CopyOptions::default()).map(|_| ())), "SizeOverflow");
    }
}

#[test]
fn a_restored_file_can_use_the_bytes_of_the_file_it_replaces() {
    for profile in [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL] {
        let counts = profile.service != Service::Plain;
        let sim = sim(profile, "a = 6 B\n");
        let old = sim.item("/a").unwrap().id;
        sim.delete(old).unwrap();
        sim.create_sized("/", "a", 3).unwrap();
        sim.write("/a", sized(2)).unwrap();
        // The file in the bin, the visible file, and its past version.
        let all = if counts { 6 + 2 + 3 } else { 2 };
        assert_eq!(used(&sim), all);
        sim.set_quota(sim.first_drive().unwrap(), Some(if counts { all } else { 6 })).unwrap();
        sim.restore_item_with(old, Conflict::Replace).unwrap();
        assert_eq!((used(&sim), sim.item("/a").unwrap().id), (6, old));
        sim.check_invariants();
    }
}

#[test]
fn a_restored_file_that_replaces_another_may_have_the_maximum_size() {
    let sim = sim(Profile::PLAIN, "");
    let old = sim.create_sized("/", "a", u64::MAX).unwrap();
    sim.delete(old).unwrap();
    sim.create_sized("/", "a", u64::MAX).unwrap();
    sim.restore_item_with(old, Conflict::Replace).unwrap();
    assert_eq!(sim.item("/a").unwrap().id, old);
    sim.check_invariants();
}
