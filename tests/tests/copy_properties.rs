//! Checks the properties of a copy on drivesim with each profile, and the page that lists them.

use std::fmt::Write;

use drivesim::Profile;
use drivesim_testkit::contract::{EngineSubject, SteppedSubject, Subject};
use drivesim_testkit::copy_properties::{Check, SubjectCopier, properties};

fn copier<S: Subject>(profile: Profile) -> impl Fn() -> SubjectCopier<S> {
    move || SubjectCopier::new(profile.clone())
}

macro_rules! check_properties {
    ($($module:ident: $profile:expr, $subject:ty, $cases:literal;)+) => {
        $(drivesim_testkit::copy_property_tests!(
            $module,
            Check::new($profile).cases($cases),
            copier::<$subject>($profile)
        );)+
    };
}

check_properties! {
    plain: Profile::PLAIN, EngineSubject, 16;
    business: Profile::BUSINESS, EngineSubject, 16;
    personal: Profile::PERSONAL, EngineSubject, 16;
    of_box: Profile::BOX, EngineSubject, 16;
    stepped: Profile::BUSINESS, SteppedSubject, 8;
}

#[test]
fn drivesim_is_checked_for_all_properties_of_a_profile() {
    for profile in Profile::ALL {
        let report = Check::new(profile.clone()).cases(1).run(copier::<EngineSubject>(profile.clone()));
        let not_checked: Vec<&str> = report.skipped.iter().map(|(name, _)| *name).collect();
        let offers = profile.copy_conflicts;
        let expected: &[&str] = match (offers.replace, offers.rename) {
            (true, true) => &["behaviors_not_offered_are_refused"],
            _ => &[
                "replace_leaves_one_file",
                "replace_fails_with_folders",
                "rename_keeps_both",
                "rename_takes_the_lowest_free_number",
            ],
        };
        assert_eq!(not_checked, expected, "{}", profile.name());
    }
}

const HEAD: &str = include_str!("copy_properties.md");

/// The example of the page, compiled and run with these tests.
#[cfg(target_os = "linux")]
#[path = "../stranger/tests/my_copy.rs"]
mod my_copy;

const CODE: &str = include_str!("../stranger/tests/my_copy.rs");
const STRANGER: &str = include_str!("../stranger/Cargo.toml");

/// Returns the dependencies of the stranger that the example of the page uses.
fn dependencies() -> String {
    let (_, lines) = STRANGER.split_once("[dev-dependencies]\n").unwrap();
    let is_used = |line: &&str| {
        let name = line.split(' ').next().unwrap_or_default().replace('-', "_");
        !name.is_empty() && CODE.contains(&format!("{name}::"))
    };
    lines.lines().filter(is_used).collect::<Vec<_>>().join("\n")
}

/// Returns the page: the text of `copy_properties.md` with the code of `my_copy.rs`, and the table of the testkit.
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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/properties.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let is_current = std::fs::read_to_string(path).unwrap_or_default() == page();
    assert!(
        is_current,
        "docs/properties.md is stale: UPDATE_EXPECT=1 cargo test -p drivesim-tests the_page_lists"
    );
}
