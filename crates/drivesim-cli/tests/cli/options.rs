//! Tests the table of drive options and its page in the docs.

use drivesim::Profile;

use crate::work::{WorkDir, check_page};

#[test]
fn the_tables_have_each_option_of_a_service_with_its_values_and_what_it_means() {
    let table = WorkDir::with(&[]).run_ok(&["options"]).stdout;
    let services: Vec<&str> = table.split("\n\n").map(|part| part.lines().next().unwrap()).collect();
    let titles = [
        "profile=box: Box",
        "profile=business: OneDrive for work and SharePoint",
        "profile=personal: OneDrive of a person",
    ];
    assert_eq!(services, titles);
    for part in table.split("\n\n") {
        let rows: Vec<&str> = part.lines().skip(1).collect();
        assert!(rows.chunks(2).all(|row| row[0].contains('=') && row[1].starts_with("  ")), "{part}");
    }
    let of_profiles = Profile::options().map(|option| option.services.len()).sum::<usize>();
    let of_server = drivesim_server::wire_options().map(|option| option.services.len()).sum::<usize>();
    assert_eq!(table.lines().count(), 3 + 2 + 2 * (of_profiles + of_server));
    assert!(
        table.contains("max_versions=100 or another number\n  the maximum number of versions of a file, ")
    );
    assert!(
        table.contains(
            "wire.copy_root_status=500 or another status\n  the error status of a copy of the root\n"
        )
    );
}

#[test]
fn an_old_name_of_an_option_is_accepted_with_a_warning() {
    let line = "drive d profile=box max_versions=7 copy_root_status=400 child_etag=1\nd/\n";
    let work = WorkDir::with(&[("a.outline", line)]);
    let warnings = "warning: option child_etag: use copied_child_etag\n\
                    warning: option copy_root_status: use wire.copy_root_status\n";
    let printed = work.run_ok(&["outline", "a.outline"]);
    assert_eq!(printed.stderr, warnings);
    let present = "drive d profile=box max_versions=7 wire.copy_root_status=400 copied_child_etag=1\nd/\n";
    assert_eq!(printed.stdout, present);
    assert!(work.run_ok(&["copy", "a.outline", "Copy"]).stderr.starts_with(warnings));
    std::fs::write(work.path("b.outline"), present).unwrap();
    assert_eq!(work.run_ok(&["outline", "b.outline"]).stderr, "");
}

#[cfg(unix)]
#[test]
fn a_served_outline_with_an_old_name_causes_a_warning() {
    let work = WorkDir::with(&[("a.outline", "drive d profile=box time_zone=+01:00\na\n")]);
    let server = crate::serve::RunningServer::start(&work, &["--seed", "a.outline"], &[]);
    assert_eq!(server.request("/2.0/folders/0", "x").0, 200);
    let (code, _, stderr) = server.stop("-TERM");
    assert_eq!((code, stderr.as_str()), (Some(0), "warning: option time_zone: use wire.time_zone\n"));
}

#[test]
fn an_option_that_the_server_does_not_have_is_an_error_with_its_position() {
    let work = WorkDir::with(&[("a.outline", "drive d profile=box wire.x=1\nd/\n")]);
    let expected = "line 1, column 7: the drive \"d\": the profile box has no option wire.x; it has wire.";
    for args in
        [&["outline", "a.outline"][..], &["copy", "a.outline", "Copy"], &["serve", "--seed", "a.outline"]]
    {
        let ran = work.run(args);
        assert_ne!(ran.code, 0, "{args:?}");
        assert!(ran.stderr.contains(expected), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn the_page_in_the_docs_is_up_to_date() {
    check_page("options");
}
