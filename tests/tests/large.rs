//! Tests that huge names, paths, folders, depths and sizes quickly yield a clear error or a correct result.

use drivesim::drive::DriveSpec;
use drivesim::profile::Service;
use drivesim::{CopyOptions, JobStatus, Pace, Profile, Sim};

const MILLION: u64 = 1_000_000;

#[test]
fn a_name_of_a_megabyte_is_accepted_by_plain_and_rejected_elsewhere() {
    let name = "n".repeat(1_000_000);
    for profile in Profile::ALL {
        let sim = Sim::builder().profile(profile.clone()).outline("a\n").build().unwrap();
        let created = sim.create_folder("/", &name);
        let copied = sim.copy("/a", "/", CopyOptions::named(&name));
        if profile.service == Service::Plain {
            assert_eq!(sim.item(created.unwrap()).unwrap().name, name);
            assert_eq!(copied.unwrap_err().code(), "nameAlreadyExists");
            continue;
        }
        for error in [created.unwrap_err(), copied.unwrap_err(), sim.rename("/a", &name).unwrap_err()] {
            let message = error.to_string();
            assert!(message.contains("255") && message.len() < 300, "{message}");
        }
        sim.assert_outline("a\n");
    }
}

#[test]
fn a_path_of_ten_thousand_names_is_resolved() {
    let sim = Sim::builder().build().unwrap();
    let mut folder = sim.item("/").unwrap().id;
    for _ in 0..10_000 {
        folder = sim.create_folder(folder, "part").unwrap();
    }
    let path = "/part".repeat(10_000);
    assert_eq!(sim.item(&path).unwrap().id, folder);
    assert_eq!(sim.path(folder).unwrap(), path);
    let missing = sim.item(path + "/part").unwrap_err();
    assert_eq!(missing.code(), "itemNotFound");
    assert!(missing.to_string().len() < 300, "{missing}");

    let business = Sim::builder().profile(Profile::BUSINESS).build().unwrap();
    let mut folder = business.item("/").unwrap().id;
    let error = (0..1000).find_map(|_| match business.create_folder(folder, "part") {
        Ok(created) => {
            folder = created;
            None
        }
        Err(error) => Some(error),
    });
    assert_eq!(error.unwrap().code(), "pathIsTooLong");
    assert_eq!(business.path(folder).unwrap().len(), "/part".len() * 80, "400 units without the first slash");
}

#[test]
fn a_chain_a_million_folders_deep_is_copied_moved_counted_and_deleted() {
    let sim = Sim::builder().build().unwrap();
    let top = sim.create_folder("/", "top").unwrap();
    let mut folder = top;
    for _ in 1..MILLION {
        folder = sim.create_folder(folder, "d").unwrap();
    }
    sim.create_sized(folder, "bottom", 5).unwrap();
    let copy = sim.copy("/top", "/", CopyOptions::named("copy")).unwrap().outcome().unwrap().unwrap();
    let tally = sim.totals(copy).unwrap();
    assert_eq!((tally.folders, tally.files, tally.bytes), (MILLION, 1, 5));
    let slowly = CopyOptions::named("slowly").pace(Pace::after(std::time::Duration::from_secs(10)));
    let job = sim.copy(copy, "/", slowly).unwrap();
    sim.run_until_idle();
    assert_eq!(job.status(), JobStatus::Completed);
    sim.move_to(copy, top).unwrap();
    assert_eq!(sim.item("/top").unwrap().size, 10);
    assert!(sim.move_to(top, folder).is_err(), "not into itself, a million folders below");
    let error = sim.outline().unwrap_err();
    assert_eq!(error.to_string(), "\"d\" is more than 2000 folders deep, an outline goes no deeper");
    sim.check_invariants();
    sim.delete(top).unwrap();
    sim.purge_all(sim.first_drive().unwrap()).unwrap();
    sim.check_invariants();
}

#[test]
fn a_folder_with_a_million_children_is_paged_and_copied() {
    let sim = Sim::builder().build().unwrap();
    let folder = sim.create_folder("/", "big").unwrap();
    for number in 0..MILLION {
        sim.create_sized(folder, &format!("{:07}", number * 7919 % MILLION), 1).unwrap();
    }
    let copy = sim.copy(folder, "/", CopyOptions::named("copy")).unwrap().outcome().unwrap().unwrap();
    assert_eq!((sim.item(copy).unwrap().child_count, sim.item(copy).unwrap().size), (1_000_000, MILLION));
    for offset in [0u32, 499_999, 999_999] {
        let page = sim.children_at(copy, offset, 2).unwrap();
        assert_eq!(page[0].name, format!("{offset:07}"));
    }
    let page = sim.children_after(copy, Some("0499999"), 3).unwrap();
    assert_eq!(page.items[0].name, "0500000");
    assert_eq!(page.next_after.as_deref(), Some("0500002"));
    sim.delete("/copy/0500000").unwrap();
    assert_eq!(sim.children_at(copy, 500_000, 1).unwrap()[0].name, "0500001");
    sim.create_folder("/", "into").unwrap();
    let job = sim.copy(copy, "/into", CopyOptions::children_only()).unwrap();
    assert_eq!(job.status(), JobStatus::Completed);
    assert_eq!(sim.item("/into").unwrap().child_count, 999_999);
    sim.delete(copy).unwrap();
    sim.purge_all(sim.first_drive().unwrap()).unwrap();
}

#[test]
fn sizes_that_would_overflow_fail_with_every_verb() {
    let half = 1u64 << 63;
    let sim = Sim::builder().outline(format!("a = {half} B\nb = 1 B\nto/\n")).build().unwrap();
    let before = sim.outline().unwrap();
    let errors = [
        sim.create_sized("/", "c", half).unwrap_err(),
        sim.create_sized("/", "c", u64::MAX).unwrap_err(),
        sim.copy("/a", "/to", CopyOptions::default()).unwrap_err(),
        sim.write("/b", drivesim::item::Content::Generated { size: half, number: 1 }).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.code(), "quotaLimitReached", "{error}");
        sim.assert_outline(&before);
    }
    sim.check_invariants();
    // A started copy reserves its bytes, so other verbs cannot use them.
    let roomy =
        Sim::builder().outline(format!("a = {} B\nto/\n", half - 1)).pace(Pace::Held).build().unwrap();
    let job = roomy.copy("/a", "/to", CopyOptions::default()).unwrap();
    job.step(0).unwrap();
    assert_eq!(roomy.create_sized("/", "b", 2).unwrap_err().code(), "quotaLimitReached");
    job.step(1).unwrap();
    assert_eq!(roomy.item("/").unwrap().size, u64::MAX - 1);
}

#[test]
fn a_huge_file_is_read_only_in_ranges() {
    let sim = Sim::builder().outline(format!("a = {} B\n", 1u64 << 63)).build().unwrap();
    assert!(sim.read("/a").is_err());
    let mut bytes = [0; 16];
    assert_eq!(sim.content("/a").unwrap().read_at((1 << 63) - 7, &mut bytes), 7);
}

#[test]
fn a_thousand_renamed_copies_are_numbered_in_order() {
    let sim = Sim::builder().outline("a.txt\n").build().unwrap();
    let renamed = CopyOptions::default().on_conflict(drivesim::Conflict::Rename);
    for number in 1..=1000 {
        let copy = sim.copy("/a.txt", "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        assert_eq!(sim.item(copy).unwrap().name, format!("a {number}.txt"));
    }
}

#[test]
fn concurrent_copies_do_not_reserve_the_same_bytes() {
    let outline = format!("a = {} B\nto/\n", u64::MAX / 3);
    let sim = Sim::builder().outline(outline).pace(Pace::Held).build().unwrap();
    let copy = |name: &str| sim.copy("/a", "/to", CopyOptions::named(name));
    let (first, second, late) = (copy("1").unwrap(), copy("2").unwrap(), copy("3").unwrap());
    for job in [&first, &second, &late] {
        job.step(0).unwrap();
    }
    let states = [first, second, late].map(|job| job.status());
    assert_eq!(states, [JobStatus::InProgress, JobStatus::InProgress, JobStatus::Failed]);
    assert_eq!(copy("4").unwrap_err().code(), "quotaLimitReached");
    sim.check_invariants();
}

#[test]
fn a_deep_copy_with_a_file_in_every_folder_is_fast() {
    let sim = Sim::builder().build().unwrap();
    // Built from the bottom up, so that no sizes of ancestors are updated.
    let mut top = sim.create_folder("/", "d").unwrap();
    for _ in 0..20_000 {
        let above = sim.create_folder("/", "new").unwrap();
        sim.create_sized(above, "file", 1).unwrap();
        sim.move_to(top, above).unwrap();
        sim.rename(above, "d").unwrap();
        top = above;
    }
    let options = CopyOptions::named("copy").pace(Pace::after(std::time::Duration::from_secs(1)));
    let job = sim.copy(top, "/", options).unwrap();
    sim.run_until_idle();
    assert_eq!(job.status(), JobStatus::Completed);
    assert_eq!(sim.item("/copy").unwrap().size, 20_000);
    let children = CopyOptions::children_only();
    let mut bottom = sim.item("/copy").unwrap().id;
    while let Some(below) = sim.children(bottom).unwrap().into_iter().find(|item| item.is_folder()) {
        bottom = below.id;
    }
    let many = sim.create_folder("/", "many").unwrap();
    for number in 0..5000 {
        sim.create_sized(many, &format!("{number}"), 1).unwrap();
    }
    sim.copy(many, bottom, children).unwrap();
    assert_eq!(sim.item("/copy").unwrap().size, 25_000);
    sim.check_invariants();
}

#[test]
fn thousands_of_names_are_copied_to_another_drive() {
    let sim = Sim::builder().build().unwrap();
    let other = sim.add_drive(DriveSpec::new("other").profile(Profile::BOX)).unwrap();
    let folder = sim.create_folder("/", "many").unwrap();
    for number in 0..5000 {
        sim.write(format!("/many/{number}"), format!("content {number}").as_str()).unwrap();
    }
    sim.copy(folder, other.at("/"), CopyOptions::default()).unwrap().outcome().unwrap().unwrap();
    assert_eq!(sim.outline_of(other.at("/many")).unwrap(), sim.outline_of(folder).unwrap());
    sim.check_invariants();
}

#[test]
fn a_free_number_is_found_fast_while_other_names_change() {
    let sim = Sim::builder().outline("a.txt\nother\n").build().unwrap();
    let renamed = CopyOptions::default().on_conflict(drivesim::Conflict::Rename);
    for number in 1..=20_000 {
        let copy = sim.copy("/a.txt", "/", renamed.clone()).unwrap().outcome().unwrap().unwrap();
        sim.rename("/other", if number % 2 == 0 { "other" } else { "Other" }).unwrap_or(());
        sim.rename("/Other", "other").unwrap_or(());
        if number == 20_000 {
            assert_eq!(sim.item(copy).unwrap().name, "a 20000.txt");
        }
    }
}
