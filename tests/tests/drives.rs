//! Tests of the replacement of all drives by an outline.

use std::thread;

use drivesim::access::Access;
use drivesim::drive::{DriveSpec, Owner};
use drivesim::outline::parse;
use drivesim::profile::Service;
use drivesim::{CopyOptions, Error, JobStatus, Pace, Profile, Sim};

const THREE: &str = "\
drive work profile=business owner=me
Docs/
  a.txt = \"hi\"
drive home profile=personal
drive vault profile=box access=read wire.copy_root_status=400
x.bin = 5 B
";

fn sim(outline: &str) -> Sim {
    Sim::builder().pace(Pace::Held).outline(outline).build().unwrap()
}

fn replace(sim: &Sim, outline: &str) -> Result<(), Error> {
    sim.replace_drives(parse(outline).unwrap())
}

fn names(sim: &Sim) -> Vec<String> {
    sim.drives().iter().map(|drive| drive.name().to_owned()).collect()
}

#[test]
fn a_printed_outline_restores_the_drives_after_any_change() {
    type Change = fn(&Sim);
    let changes: [Change; 9] = [
        |_| (),
        |sim| _ = sim.create_folder("/", "New").unwrap(),
        |sim| sim.delete("/Docs").unwrap(),
        |sim| sim.remove_drive(sim.drive("work").unwrap()).unwrap(),
        |sim| sim.remove_drive(sim.drive("vault").unwrap()).unwrap(),
        |sim| _ = sim.add_drive("other").unwrap(),
        |sim| {
            sim.remove_drive(sim.drive("home").unwrap()).unwrap();
            sim.add_drive(DriveSpec::new("home").profile(Profile::BUSINESS).owner(Owner::user("ann")))
                .unwrap();
        },
        |sim| {
            sim.remove_drive(sim.drive("vault").unwrap()).unwrap();
            sim.add_drive(
                DriveSpec::new("vault").profile(Profile::BOX).option("wire.copy_root_status", "500").unwrap(),
            )
            .unwrap();
        },
        |sim| {
            for name in ["work", "home", "vault"] {
                sim.remove_drive(sim.drive(name).unwrap()).unwrap();
            }
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let sim = sim(THREE);
        let printed = sim.outline().unwrap();
        assert_eq!(printed, THREE);
        change(&sim);
        replace(&sim, &printed).unwrap();
        assert_eq!(sim.outline().unwrap(), printed, "change {number}");
        assert_eq!(names(&sim), ["work", "home", "vault"], "change {number}");
        sim.check_invariants();
        // A path without a drive still means the first drive.
        assert_eq!(sim.read("/Docs/a.txt").unwrap(), b"hi");
        assert_eq!(sim.fork().outline().unwrap(), printed);
    }
}

#[test]
fn a_drive_whose_line_matches_keeps_its_id_and_others_are_replaced() {
    let sim = sim(THREE);
    let ids = |names: [&str; 3]| names.map(|name| sim.drive(name).unwrap().id());
    let before = ids(["work", "home", "vault"]);
    let root = sim.item("/").unwrap().id;
    replace(
        &sim,
        "drive vault profile=box access=read wire.copy_root_status=400\ndrive work\nb\ndrive home profile=box\n",
    )
    .unwrap();
    let after = ids(["work", "home", "vault"]);
    assert_eq!((after[0], after[2]), (before[0], before[2]));
    assert_ne!(after[1], before[1]);
    assert_eq!(names(&sim), ["vault", "work", "home"]);
    let work = sim.drive("work").unwrap();
    assert_eq!(sim.item(work.at("/")).unwrap().id, root);
    // A line with only a name keeps the profile and the owner.
    assert_eq!(sim.owner_of(&work).unwrap(), Some(Owner::Me));
    assert_eq!(sim.profile_of(&work).unwrap().service, Service::Business);
    // Drives in any order can be locked together and forked.
    sim.copy(work.at("/b"), sim.drive("home").unwrap().at("/"), CopyOptions::default()).unwrap();
    assert_eq!(sim.fork().drives(), sim.drives());
}

#[test]
fn a_line_with_more_than_a_name_sets_all_attributes() {
    let sim = sim(THREE);
    replace(&sim, "drive work owner=user:ann\ndrive new\n").unwrap();
    assert_eq!(
        sim.outline().unwrap(),
        "drive work profile=business owner=user:ann\ndrive new profile=plain\n"
    );
}

#[test]
fn a_rejected_outline_changes_nothing() {
    let outlines = [
        "drive work\nfine\ndrive home\n\"a:b\"\n",
        "drive home\nok\ndrive new profile=business\nfine\nFINE\n",
        "drive work\nx = 1 B # versions=501\n",
        "drive new profile=box max_versions=0\n",
        "drive new profile=plain max_versions=400\n",
        "drive new profile=box wire.Copy=400\n",
        "drive home speed=9\n",
    ];
    for outline in outlines {
        let sim = sim(THREE);
        let before: Vec<_> = sim.drives();
        let item = sim.item("/Docs/a.txt").unwrap().id;
        assert!(replace(&sim, outline).is_err(), "{outline}");
        assert_eq!(sim.outline().unwrap(), THREE);
        assert_eq!(sim.drives(), before);
        assert!(sim.exists(item), "{outline}");
        // The failure has used no drive number: the next drive has the same id as without it.
        let fresh = self::sim(THREE);
        let next = |sim: &Sim| sim.add_drive("next").unwrap().id();
        assert_eq!(next(&sim), next(&fresh));
    }
    let mut invalid = parse("drive a\ndrive b\n").unwrap();
    invalid.drives[1].header.as_mut().unwrap().name = "a".to_owned();
    let error = sim(THREE).replace_drives(invalid).unwrap_err();
    assert!(matches!(error, Error::DriveExists { .. }), "{error}");
    for (profile, owner) in [(Some("dropbox"), None), (None, Some("ann"))] {
        let mut invalid = parse("drive a\n").unwrap();
        let header = invalid.drives[0].header.as_mut().unwrap();
        (header.profile, header.owner) = (profile.map(str::to_owned), owner.map(str::to_owned));
        let error = sim(THREE).replace_drives(invalid).unwrap_err();
        assert!(matches!(error, Error::NoProfile { .. } | Error::NoOwner { .. }), "{error}");
    }
}

#[test]
fn an_outline_without_drive_lines_is_the_default_drive() {
    let sim = sim("a\n");
    let id = sim.drive("drive").unwrap().id();
    sim.add_drive(DriveSpec::new("other").profile(Profile::BOX)).unwrap();
    replace(&sim, "b\n").unwrap();
    assert_eq!(sim.outline().unwrap(), "b\n");
    assert_eq!(sim.drive("drive").unwrap().id(), id);
    replace(&sim, "").unwrap();
    assert_eq!(sim.outline().unwrap(), "");
}

#[test]
fn jobs_fail_in_replaced_and_removed_drives_alike() {
    let sim = sim(THREE);
    let copy = |target: &str| {
        let job = sim.copy("/Docs", sim.drive(target).unwrap().at("/"), CopyOptions::named("Copy")).unwrap();
        job.step(1).unwrap();
        job
    };
    let (replaced, removed) = (copy("work"), copy("home"));
    replace(&sim, "drive work\n").unwrap();
    assert_eq!((replaced.status(), removed.status()), (JobStatus::Failed, JobStatus::Failed));
    let message = |job: &drivesim::Job| job.outcome().unwrap().unwrap_err().to_string();
    assert_eq!(message(&replaced), "\"/Copy\" does not exist");
    assert_eq!(message(&removed), "\"/Copy\" does not exist");
    sim.check_invariants();
}

#[test]
fn access_levels_do_not_prevent_the_replacement() {
    let sim = sim(THREE);
    sim.set_access("/", Some(Access::None)).unwrap();
    replace(&sim, THREE).unwrap();
    assert_eq!(sim.outline().unwrap(), THREE);
}

#[test]
fn a_fork_never_contains_half_of_a_replacement() {
    const ROUNDS: usize = 200;
    let (even, odd) = ("drive a\none\ndrive b\none\n", "drive b\ntwo\ndrive a\ntwo\n");
    let sim = sim(even);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            for _ in 0..ROUNDS {
                let fork = sim.fork().outline().unwrap();
                let n_new = fork.matches("two").count();
                assert!(n_new == 0 || n_new == 2, "{fork}");
            }
        });
        for round in 0..ROUNDS {
            replace(&sim, if round % 2 == 0 { odd } else { even }).unwrap();
        }
        reader.join().unwrap();
    });
}

#[test]
fn a_drive_keeps_options_of_the_server_that_the_simulator_does_not_know() {
    const LINES: &str =
        "drive files profile=box max_versions=7 wire.not_known=a+b wire.time_zone=+01:00\na.txt\n";
    let sim = sim(LINES);
    assert_eq!(sim.outline().unwrap(), LINES);
    let files = sim.drive("files").unwrap();
    let wire = |sim: &Sim| sim.profile_of(&files).unwrap().wire.to_string();
    let expected = "wire.not_known=a+b wire.time_zone=+01:00";
    assert_eq!(wire(&sim), expected);
    // They survive forks and snapshots, and a printed outline restores them.
    assert_eq!(wire(&sim.fork()), expected);
    let snapshot = sim.snapshot();
    replace(&sim, "drive files profile=box\n").unwrap();
    assert_eq!(sim.profile_of(sim.drive("files").unwrap()).unwrap(), Profile::BOX);
    sim.restore(&snapshot);
    assert_eq!(wire(&sim), expected);
    sim.remove_drive(&files).unwrap();
    replace(&sim, LINES).unwrap();
    assert_eq!(sim.outline().unwrap(), LINES);
    sim.check_invariants();
}

#[test]
fn a_spec_takes_options_of_the_server_by_name_and_from_a_profile() {
    let sim = Sim::builder().build().unwrap();
    let spec = DriveSpec::new("one").profile(Profile::PERSONAL);
    let spec = spec.option("wire.session_days", "3").unwrap().option("wire.session_days", "4").unwrap();
    let one = sim.add_drive(spec).unwrap();
    assert_eq!(sim.profile_of(&one).unwrap().wire.get("session_days"), Some("4"));
    let mut profile = Profile::PERSONAL;
    profile.set_option("wire.restore", "refused").unwrap();
    sim.add_drive(DriveSpec::new("two").profile(profile)).unwrap();
    let printed = sim.outline().unwrap();
    let lines =
        "drive one profile=personal wire.session_days=4\ndrive two profile=personal wire.restore=refused\n";
    assert!(printed.ends_with(lines), "{printed}");
    for name in ["wire.", "wire.A", "wire.a.b"] {
        DriveSpec::new("three").option(name, "1").unwrap_err();
    }
}

#[test]
fn an_old_name_of_an_option_is_printed_as_the_present_one() {
    let old = "drive files profile=box child_etag=1 copy_root_status=400\na\n";
    let sim = sim(old);
    let present = "drive files profile=box copied_child_etag=1 wire.copy_root_status=400\na\n";
    assert_eq!(sim.outline().unwrap(), present);
    let files = sim.drive("files").unwrap();
    // The same drive, so it keeps its id.
    replace(&sim, old).unwrap();
    assert_eq!(sim.drive("files").unwrap(), files);
    assert_eq!(Profile::option_renamed("child_etag"), Some("copied_child_etag"));
    // Both names set one option.
    let both = "drive b profile=box wire.copy_root_status=401 copy_root_status=402\n";
    let error = parse(both).unwrap_err().to_string();
    assert!(error.contains("expected each key once, found `wire.copy_root_status` again"), "{error}");
    assert_eq!(sim.outline().unwrap(), present);
}
