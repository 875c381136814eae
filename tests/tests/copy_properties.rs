//! The properties of a copy, kept by drivesim under each profile, and the page that lists them.

use std::fmt::Write;

use drivesim::Profile;
use drivesim_testkit::contract::{EngineSubject, SteppedSubject, Subject};
use drivesim_testkit::copy_properties::{Check, SubjectCopier, properties};

fn copier<S: Subject>(profile: Profile) -> impl Fn() -> SubjectCopier<S> {
    move || SubjectCopier::new(profile.clone())
}

macro_rules! kept {
    ($($module:ident: $profile:expr, $subject:ty, $cases:literal;)+) => {
        $(drivesim_testkit::copy_property_tests!(
            $module,
            Check::new($profile).cases($cases),
            copier::<$subject>($profile)
        );)+
    };
}

kept! {
    plain: Profile::PLAIN, EngineSubject, 16;
    business: Profile::BUSINESS, EngineSubject, 16;
    personal: Profile::PERSONAL, EngineSubject, 16;
    of_box: Profile::BOX, EngineSubject, 16;
    stepped: Profile::BUSINESS, SteppedSubject, 8;
}

#[test]
fn drivesim_is_checked_for_all_that_a_profile_has() {
    for profile in Profile::ALL {
        let report = Check::new(profile.clone()).cases(1).run(copier::<EngineSubject>(profile.clone()));
        let not_checked: Vec<&str> = report.skipped.iter().map(|(name, _)| *name).collect();
        let offers = profile.copy_conflicts;
        let expected: &[&str] = match (offers.replace, offers.rename) {
            (true, true) => &["behaviours_not_offered_are_refused"],
            _ => &[
                "replace_leaves_one_file",
                "replace_takes_no_folders",
                "rename_keeps_both",
                "rename_takes_the_lowest_free_number",
            ],
        };
        assert_eq!(not_checked, expected, "{}", profile.name);
    }
}

const HEAD: &str = include_str!("copy_properties.md");

/// The example of the page, which is compiled and run as a part of these tests.
#[cfg(target_os = "linux")]
#[path = "../stranger/tests/my_copy.rs"]
mod my_copy;

const CODE: &str = include_str!("../stranger/tests/my_copy.rs");
const STRANGER: &str = include_str!("../stranger/Cargo.toml");

/// Returns the lines of the stranger's dependencies that the example of the page needs: it is built with them.
fn dependencies() -> String {
    let (_, lines) = STRANGER.split_once("[dev-dependencies]\n").unwrap();
    let is_used = |line: &&str| {
        let name = line.split(' ').next().unwrap_or_default().replace('-', "_");
        !name.is_empty() && CODE.contains(&format!("{name}::"))
    };
    lines.lines().filter(is_used).collect::<Vec<_>>().join("\n")
}

/// The page: what stands before the table is in `copy_properties.md`, its example in `my_copy.rs`, the table comes from the
/// testkit.
fn page() -> String {
    let mut page = HEAD.replace("{dependencies}", &dependencies()).replace("{code}", CODE.trim_end());
    for property in properties() {
        let says = property.says.replace('|', "\\|");
        writeln!(page, "| `{}` | {says} | {} |", property.name, property.source).unwrap();
    }
    page
}

#[test]
fn the_page_lists_all_properties() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/properties.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(place, page()).unwrap();
    }
    let is_there = std::fs::read_to_string(place).unwrap_or_default() == page();
    assert!(
        is_there,
        "docs/properties.md is stale: UPDATE_EXPECT=1 cargo test -p drivesim-tests the_page_lists"
    );
}
