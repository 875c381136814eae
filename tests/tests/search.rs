//! Tests of the search: matches of a part of a name, their order, and what is excluded.

use std::time::Duration;

use drivesim::access::Access;
use drivesim::{CopyOptions, Item, Pace, Profile, Sim};

const DRIVE: &str = "Reports/\n  old/\n    report 1.txt\n    REPORT 2.txt\n  Straße.txt\n  notes\nreports.zip = 1 B\nÄrger\nto/\n";

fn sim(profile: Profile) -> Sim {
    Sim::builder().profile(profile).outline(DRIVE).build().unwrap()
}

fn names(found: &[Item]) -> Vec<&str> {
    found.iter().map(|item| item.name.as_str()).collect()
}

#[test]
fn search_matches_parts_of_names_in_any_case_and_lists_folders_before_their_children() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        for (folder, text, expected) in [
            ("/", "report", &["Reports", "report 1.txt", "REPORT 2.txt", "reports.zip"][..]),
            ("/", "REPORT", &["Reports", "report 1.txt", "REPORT 2.txt", "reports.zip"]),
            ("/", "port 1.T", &["report 1.txt"]),
            ("/", "ärg", &["Ärger"]),
            ("/Reports", "report", &["report 1.txt", "REPORT 2.txt"]),
            ("/Reports/old", "old", &[]),
            ("/", "old/report", &[]),
            ("/", "missing", &[]),
            ("/to", "", &[]),
            ("/Reports", "", &["notes", "old", "report 1.txt", "REPORT 2.txt", "Straße.txt"]),
        ] {
            assert_eq!(names(&sim.search(folder, text).unwrap()), expected, "{text} in {folder}");
        }
        for item in sim.search("/", "report").unwrap() {
            assert_eq!(sim.item(item.id).unwrap(), item);
        }
        assert_eq!(sim.search("/reports.zip", "r").unwrap_err().code(), "invalidRequest");
        assert_eq!(sim.search("/missing", "r").unwrap_err().code(), "itemNotFound");
    }
}

#[test]
fn search_results_are_paged() {
    let sim = sim(Profile::PLAIN);
    let all = sim.search("/", "r").unwrap();
    for limit in 1..=all.len() {
        let pages =
            (0..all.len()).step_by(limit).flat_map(|skip| sim.search_at("/", "r", skip, limit).unwrap());
        assert_eq!(pages.collect::<Vec<_>>(), all);
    }
    assert!(sim.search_at("/", "r", all.len(), 9).unwrap().is_empty());
    assert!(sim.search_at("/", "r", usize::MAX, usize::MAX).unwrap().is_empty());
    assert!(sim.search_at("/", "r", 0, 0).unwrap().is_empty());
}

#[test]
fn deleted_unrevealed_and_inaccessible_items_are_not_found() {
    for profile in Profile::ALL {
        let sim = sim(profile);
        let old = sim.item("/Reports/old").unwrap().id;
        sim.delete(old).unwrap();
        assert_eq!(names(&sim.search("/", "report").unwrap()), ["Reports", "reports.zip"]);
        assert_eq!(sim.search(old, "report").unwrap_err().code(), "itemNotFound");
        sim.restore_item(old).unwrap();
        sim.set_access(old, Some(Access::None)).unwrap();
        assert_eq!(names(&sim.search("/", "report").unwrap()), ["Reports", "reports.zip"]);
        // An item with its own access level is found in any folder.
        sim.set_access("/Reports/old/report 1.txt", Some(Access::Read)).unwrap();
        assert_eq!(names(&sim.search("/", "report").unwrap()), ["Reports", "report 1.txt", "reports.zip"]);
        sim.set_access("/Reports", Some(Access::None)).unwrap();
        assert_eq!(sim.search("/Reports", "report").unwrap_err().code(), "itemNotFound");
        for path in ["/Reports/old/report 1.txt", "/Reports/old", "/Reports"] {
            sim.set_access(path, None).unwrap();
        }
        let job = sim.copy("/Reports", "/to", CopyOptions::default().pace(Pace::Held)).unwrap();
        job.step(1).unwrap();
        assert_eq!(names(&sim.search("/to", "report").unwrap()), ["Reports"]);
        job.step(9).unwrap();
        assert_eq!(sim.search("/to", "report").unwrap().len(), 3);
    }
}

#[test]
fn a_hundred_thousand_copies_of_names_are_all_found() {
    let files: String = (0..1000).map(|number| format!("  f{number}\n")).collect();
    let sim = Sim::builder().outline(format!("d/\n{files}")).build().unwrap();
    for number in 0..100 {
        let options = CopyOptions::named(format!("copy {number}")).pace(Pace::after(Duration::from_secs(1)));
        sim.copy("/d", "/", options).unwrap();
    }
    sim.run_until_idle();
    assert_eq!(sim.search("/", "F99").unwrap().len(), 11 * 101);
    assert_eq!(sim.search("/", "copy").unwrap().len(), 100);
    assert_eq!(sim.search_at("/", "", 101_000, 9_999).unwrap().len(), 101);
}
