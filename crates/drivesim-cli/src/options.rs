//! Runs the command `options`: prints the table of drive options, for a terminal or as a page.

use std::fmt::Write as _;

use drivesim::Profile;
use drivesim::profile::ProfileOption;

use crate::Completeness;
use crate::args::PageArgs;
use crate::failure::Failure;
use crate::report::print;

/// Runs the command.
pub(crate) fn run(args: &PageArgs) -> Result<Completeness, Failure> {
    print(&if args.markdown { page() } else { table() })?;
    Ok(Completeness::Whole)
}

/// Formats the table, each option with its values and, below, its meaning.
fn table() -> String {
    let mut text = String::new();
    for ProfileOption { name, profiles, values, means, .. } in Profile::options() {
        let _ = writeln!(text, "{name}={values}\n  {}: {means}", profiles.join(", "));
    }
    text
}

/// Formats the page `docs/options.md`.
fn page() -> String {
    let mut text = String::from(HEAD);
    for ProfileOption { name, profiles, values, means, .. } in Profile::options() {
        let _ = writeln!(text, "| `{name}` | {} | {values} | {means} |", profiles.join(", "));
    }
    text
}

const HEAD: &str = "\
# Options of a drive

Printed by `drivesim options --markdown > docs/options.md`; a test fails when it is stale. Where the
documentation of a service leaves its behavior open, drivesim implements one reading, listed in
[differences](differences.md); these options select most of the other readings for a drive. The first value of each is the
default.

They are set in the line of a drive in an outline, `drive files profile=box copy_root_status=400 time_zone=+01:00`, in
Rust with `Profile::set_option`, and through the admin API when a drive is added:
`POST /_drivesim/drives {\"name\": \"files\", \"profile\": \"box\", \"options\": {\"copy_root_status\": \"400\"}}`.

| option | profile | values | what it means |
|---|---|---|---|
";
