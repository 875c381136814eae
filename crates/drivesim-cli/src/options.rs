//! Runs the command `options`: prints the tables of drive options by service, for a terminal or as a page.

use std::fmt::Write as _;

use drivesim::Profile;
use drivesim::profile::Service;
use drivesim_server::wire_options;

use crate::Completeness;
use crate::args::PageArgs;
use crate::failure::Failure;
use crate::report::print;

/// Runs the command.
pub(crate) fn run(args: &PageArgs) -> Result<Completeness, Failure> {
    print(&if args.markdown { page() } else { table() })?;
    Ok(Completeness::Whole)
}

/// The services whose drives have options, and the titles of their tables.
const SERVICES: [(Service, &str); 3] = [
    (Service::Box, "Box"),
    (Service::Business, "OneDrive for work and SharePoint"),
    (Service::Personal, "OneDrive of a person"),
];

/// An option: its name, values and meaning.
struct Row {
    name: &'static str,
    values: &'static str,
    means: &'static str,
}

/// Returns the options of a service: those of the profile, then those of the server.
fn rows(service: Service) -> impl Iterator<Item = Row> {
    let of_profile = Profile::options()
        .filter(move |option| option.services.contains(&service))
        .map(|option| Row { name: option.name, values: option.values, means: option.means });
    let of_server = wire_options()
        .filter(move |option| option.services.contains(&service))
        .map(|option| Row { name: option.name, values: option.values, means: option.means });
    of_profile.chain(of_server)
}

/// Formats the tables, each option with its values and, below, its meaning.
fn table() -> String {
    let mut text = String::new();
    for (service, title) in SERVICES {
        let space = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{space}profile={service}: {title}");
        for Row { name, values, means } in rows(service) {
            let _ = writeln!(text, "{name}={values}\n  {means}");
        }
    }
    text
}

/// Formats the page `docs/options.md`.
fn page() -> String {
    let mut text = String::from(HEAD);
    for (service, title) in SERVICES {
        let _ = write!(text, "\n## {title}: `profile={service}`\n\n{COLUMNS}");
        for Row { name, values, means } in rows(service) {
            let _ = writeln!(text, "| `{name}` | {values} | {means} |");
        }
    }
    text
}

const COLUMNS: &str = "| option | values | what it means |\n|---|---|---|\n";

const HEAD: &str = "\
# Options of a drive

Printed by `drivesim options --markdown > docs/options.md`; a test fails when it is stale. Where the
documentation of a service leaves its behavior open, drivesim implements one reading, listed in
[differences](differences.md); these options select most of the other readings for a drive. The first value of each is the
default.

They are set in the line of a drive in an outline, `drive files profile=box max_versions=7 wire.time_zone=+01:00`, in
Rust with `Profile::set_option` or `DriveSpec::option`, and through the admin API when a drive is added:
`POST /_drivesim/drives {\"name\": \"files\", \"profile\": \"box\", \"options\": {\"wire.copy_root_status\": \"400\"}}`.

Options whose names begin with `wire.` are options of the server: they change its responses, and have no effect without it.
The simulator keeps them without interpreting them; the server checks them when it starts and when the admin API adds a drive.
";
