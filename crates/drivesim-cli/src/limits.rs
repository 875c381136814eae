//! Runs the command `limits`: prints the table of the server's limits, for a terminal or as a page.

use std::fmt::Write as _;

use drivesim_server::Limits;

use crate::Completeness;
use crate::args::PageArgs;
use crate::failure::Failure;
use crate::report::print;

/// Runs the command.
pub(crate) fn run(args: &PageArgs) -> Result<Completeness, Failure> {
    print(&if args.markdown { page() } else { table() })?;
    Ok(Completeness::Whole)
}

/// Formats the table, each limit with its default and, below, its meaning and what happens beyond it.
fn table() -> String {
    let (mut text, default) = (String::new(), Limits::default());
    for info in Limits::all() {
        let (name, value) = (info.name, (info.get)(&default));
        let _ = writeln!(text, "{name}={value}\n  {}\n  Beyond: {}", info.about.trim(), info.beyond);
    }
    text
}

/// Formats the page `docs/limits.md`.
fn page() -> String {
    let (mut text, default) = (String::from(HEAD), Limits::default());
    for info in Limits::all() {
        let (name, value) = (info.name, (info.get)(&default));
        let about = info.about.trim().trim_end_matches('.');
        let _ = writeln!(text, "| `{name}` | {value} | {about} | {} |", info.beyond);
    }
    text
}

const HEAD: &str = "\
# Limits of a server

Printed by `drivesim limits --markdown > docs/limits.md`; a test fails when it is stale. No client can make a server hold
more than this. `max_memory` limits all memory that the server uses in addition to its drives; `max_content`, `max_items`
and `max_change_log` limit the drives, `max_running_job_bytes` limits running jobs. `GET /_drivesim/health` shows how much
is in use.

Each limit is a flag of `drivesim serve` (`--max-page 100`), a variable (`DRIVESIM_MAX_PAGE=100`) and a field of
`drivesim_server::Limits`. Parts that outlive their request have at most a fraction of `max_memory`: upload sessions a
half, snapshots an eighth, the journal a sixteenth, events, hashes and ended jobs a thirty-second each. So a fifth of it is
always available for bodies and responses.

| limit | default | what is limited | what happens beyond |
|---|---|---|---|
";
