//! Tests of copies between services: names, versions and metadata, and what an outline keeps.

use std::time::Duration;

use drivesim::drive::DriveSpec;
use drivesim::item::{Timestamp, Versions};
use drivesim::outline::Detail;
use drivesim::profile::Service;
use drivesim::{CopyOptions, Error, JobStatus, Pace, Profile, Sim};

const SECOND: Duration = Duration::from_secs(1);

fn sim(from: &Profile, to: &Profile) -> (Sim, drivesim::drive::DriveRef) {
    let outline = "d/\n  f.txt = \"1\"\n  e/\n    g = 3 B\n";
    let sim = Sim::builder().profile(from.clone()).outline(outline).starts_at(Timestamp::UNIX_EPOCH);
    let sim = sim.build().unwrap();
    let target = sim.add_drive(DriveSpec::new("target").profile(to.clone())).unwrap();
    (sim, target)
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_tree_with_versions_and_descriptions_is_copied_between_all_services_and_back() {
    for from in Profile::ALL {
        for to in Profile::ALL {
            for pace in [Pace::Instant, Pace::items_per_second(1)] {
                let (sim, target) = sim(&from, &to);
                let ann = sim.acting_as("ann");
                for text in ["2", "33"] {
                    sim.advance(SECOND).unwrap();
                    ann.write("/d/f.txt", text).unwrap();
                }
                ann.set_description("/d/f.txt", "a file").unwrap();
                ann.set_description("/d/e", "a folder").unwrap();
                let options = CopyOptions::default().versions(Versions::All).pace(pace);
                let job = sim.acting_as("bob").copy("/d", target.at("/"), options.clone()).unwrap();
                sim.run_until_idle();
                assert_eq!(job.status(), JobStatus::Completed);
                sim.check_invariants();
                assert_eq!(sim.outline_of(target.at("/")).unwrap(), sim.outline_of("/").unwrap());
                let copy = sim.item(target.at("/d/f.txt")).unwrap();
                assert_eq!((&*copy.created_by, copy.version, copy.etag), ("bob", 3, 0));
                let about = (to.service == Service::Box).then_some("a file");
                assert_eq!(copy.description.as_deref(), about);
                let versions = sim.versions(target.at("/d/f.txt")).unwrap();
                assert_eq!(versions, sim.versions("/d/f.txt").unwrap());
                // Changes of the copy do not affect its source.
                sim.acting_as("eve").restore_version(target.at("/d/f.txt"), 1).unwrap();
                sim.acting_as("eve").set_description(target.at("/d/e"), "another").unwrap();
                assert_eq!(sim.read("/d/f.txt").unwrap(), b"33");
                assert_eq!(sim.item("/d/e").unwrap().description.as_deref(), Some("a folder"));
                // Back, with the version that was added.
                let mut back = options.clone();
                back.name = Some("back".to_owned());
                sim.copy(target.at("/d"), "/", back).unwrap();
                sim.run_until_idle();
                let numbers = |path: &str| {
                    let versions = sim.versions(path).unwrap();
                    versions
                        .iter()
                        .map(|version| (version.number, version.modified_by.to_string()))
                        .collect::<Vec<_>>()
                };
                let by = |number: u32, user: &str| (number, user.to_owned());
                let expected = [by(4, "eve"), by(3, "ann"), by(2, "ann"), by(1, "me")];
                assert_eq!(numbers("/back/f.txt"), expected);
                assert_eq!(sim.read("/back/f.txt").unwrap(), b"1");
                let kept_by_both = from.service == Service::Box;
                let about = sim.item("/back/e").unwrap().description;
                assert_eq!(
                    about.as_deref(),
                    kept_by_both.then_some("another"),
                    "{} {}",
                    from.name(),
                    to.name()
                );
                sim.check_invariants();
                sim.remove_drive(sim.drive("target").unwrap()).unwrap();
                assert_eq!(sim.read("/back/f.txt").unwrap(), b"1");
                sim.check_invariants();
            }
        }
    }
}

#[test]
fn many_handles_of_two_drives_are_not_mixed_up() {
    for to in Profile::ALL {
        let source = Sim::builder().profile(Profile::BUSINESS).build().unwrap();
        let target = source.add_drive(DriveSpec::new("target").profile(to.clone())).unwrap();
        // The target has different names, contents, users and histories under the same handles.
        for number in 0..40 {
            let there = source.acting_as(&format!("there {number}"));
            there.write(target.at(format!("/there {number}")), format!("t{number}").as_str()).unwrap();
            there.write(target.at(format!("/there {number}")), format!("tt{number}").as_str()).unwrap();
        }
        source.create_folder("/", "d").unwrap();
        for number in 0..300 {
            let here = source.acting_as(&format!("here {number}"));
            for text in ["a", "bb", "ccc"] {
                here.write(format!("/d/here {number}"), format!("{text}{number}").as_str()).unwrap();
            }
            here.set_description(format!("/d/here {number}"), &format!("about {number}")).unwrap();
        }
        source.copy("/d", target.at("/"), CopyOptions::default().versions(Versions::All)).unwrap();
        source.check_invariants();
        for number in 0..300 {
            let path = format!("/d/here {number}");
            assert_eq!(source.read(target.at(&path)).unwrap(), format!("ccc{number}").as_bytes());
            let versions = source.versions(target.at(&path)).unwrap();
            assert_eq!(versions, source.versions(&path).unwrap());
            for version in versions {
                assert_eq!(&*version.modified_by, format!("here {number}").as_str());
                let content =
                    |address: drivesim::address::Address| source.version_content(address, version.number);
                assert_eq!(content(target.at(&path)), content(path.as_str().into()));
            }
            let about = source.item(target.at(&path)).unwrap().description;
            let expected = format!("about {number}");
            assert_eq!(about.as_deref(), (to.service == Service::Box).then_some(expected.as_str()));
        }
        for number in 0..40 {
            let path = target.at(format!("/there {number}"));
            assert_eq!(source.read(&path).unwrap(), format!("tt{number}").as_bytes());
            assert_eq!(&*source.item(&path).unwrap().created_by, format!("there {number}").as_str());
        }
    }
}

#[test]
fn a_tree_with_names_that_the_target_rejects_is_not_copied() {
    let outline = "case/\n  a\n  A\nchars/\n  in/\n    a:b\nfine/\n  a\n";
    for to in [Profile::BUSINESS, Profile::PERSONAL, Profile::BOX] {
        let sim = Sim::builder().outline(outline).build().unwrap();
        let target = sim.add_drive(DriveSpec::new("target").profile(to.clone())).unwrap();
        let copy = |path: &str| {
            let options = CopyOptions::default().versions(Versions::All);
            sim.copy(path, target.at("/"), options).and_then(|job| job.outcome().unwrap())
        };
        assert_eq!(code(copy("/case")), "nameAlreadyExists");
        if to.service == Service::Box {
            copy("/chars").unwrap();
        } else {
            assert_eq!(code(copy("/chars")), "invalidRequest");
        }
        copy("/fine").unwrap();
        assert_eq!(
            sim.children(target.at("/")).unwrap().len(),
            if to.service == Service::Box { 2 } else { 1 }
        );
        sim.check_invariants();
    }
}

#[test]
fn the_rules_of_the_target_decide_limits_and_locks_of_a_copy() {
    let files: String = (0..600).map(|number| format!("  f{number}\n")).collect();
    for from in Profile::ALL {
        for to in Profile::ALL {
            let sim = Sim::builder().profile(from.clone()).pace(Pace::Held).outline(format!("d/\n{files}"));
            let sim = sim.build().unwrap();
            let target = sim.add_drive(DriveSpec::new("target").profile(to.clone())).unwrap();
            sim.create_folder(target.at("/"), "to").unwrap();
            let job = sim.copy("/d", target.at("/to"), CopyOptions::default()).unwrap();
            for (address, what) in [("/d".into(), "source"), (target.at("/to"), "target")] {
                let is_locked = sim.rename(address, "x").is_err_and(|error| error.code() == "resourceLocked");
                assert_eq!(
                    is_locked,
                    to.service == Service::Box,
                    "{what} of {} to {}",
                    from.name(),
                    to.name()
                );
            }
            job.step(999).unwrap();
            assert_eq!(job.status(), JobStatus::Completed);
            sim.rename(target.at(if to.service == Service::Box { "/to" } else { "/x" }), "y").unwrap();
            sim.check_invariants();
        }
    }
}

#[test]
fn an_outline_prints_the_times_owners_versions_and_access_that_it_declares() {
    let outline = "drive one profile=business owner=me access=read\n\
                   f.txt = \"hi\" # created=2020-01-01T00:00:00Z modified=2021-01-01T00:00:00Z owner=ann versions=12 access=write\n\
                   drive two profile=box access=none\n\
                   d/ # created=2020-01-01T00:00:00Z modified=2020-01-01T00:00:00Z owner=\"a b\" access=none\n  \
                   g = 1 KiB # created=2020-01-01T00:00:00Z modified=2022-01-01T00:00:00Z versions=2\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    assert_eq!(sim.outline_with(Detail::Attributes).unwrap(), outline);
    let again = Sim::builder().outline(sim.outline_with(Detail::Attributes).unwrap()).build().unwrap();
    assert_eq!(again.outline_with(Detail::Attributes).unwrap(), outline);
    sim.check_invariants();
    let plain = "drive one profile=business owner=me access=read\nf.txt = \"hi\"\n\
                 drive two profile=box access=none\nd/\n  g = 1 KiB\n";
    assert_eq!(sim.outline().unwrap(), plain);
}

#[test]
fn an_outline_of_a_drive_with_versions_creates_as_many_versions() {
    for profile in Profile::ALL {
        let sim = Sim::builder().profile(profile.clone()).outline("f = \"1\"\ng\n").build().unwrap();
        for text in ["2", "3", "4"] {
            sim.write("/f", text).unwrap();
        }
        sim.delete_version("/f", 2).unwrap();
        sim.write("/g", "x").unwrap();
        sim.delete_version("/g", 1).unwrap();
        let printed = sim.outline_with(Detail::Attributes).unwrap();
        assert!(printed.contains("versions=3") && printed.matches("versions").count() == 1, "{printed}");
        let again = Sim::builder().profile(profile).outline(&printed).build().unwrap();
        assert_eq!(again.versions("/f").unwrap().len(), 3);
        assert_eq!(again.outline_with(Detail::Attributes).unwrap(), printed);
        again.check_invariants();
    }
}
