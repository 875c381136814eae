//! Runs the command `routes`: prints the table of the server's routes, for a terminal or as a page.

use std::fmt::Write as _;

use drivesim_server::{PathWord, RouteInfo, path_words, routes};

use crate::Completeness;
use crate::args::PageArgs;
use crate::failure::Failure;
use crate::report::print;

/// Runs the command.
pub(crate) fn run(args: &PageArgs) -> Result<Completeness, Failure> {
    let text = if args.markdown { page(routes(), path_words()) } else { table(routes(), path_words()) };
    print(&text)?;
    Ok(Completeness::Whole)
}

/// Returns the routes by group.
fn groups(routes: &[RouteInfo]) -> impl Iterator<Item = (&'static str, &[RouteInfo])> {
    routes
        .chunk_by(|one, next| one.group == next.group)
        .filter_map(|group| Some((group.first()?.group, group)))
}

/// Formats the table in columns.
fn table(routes: &[RouteInfo], words: &[PathWord]) -> String {
    let width = routes.iter().map(|route| route.path.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (group, routes) in groups(routes) {
        let _ = writeln!(text, "{group}");
        for RouteInfo { method, path, does, .. } in routes {
            let _ = writeln!(text, "  {method:<6}  {path:<width$}  {does}");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "HEAD is supported wherever GET is, without a body.\n");
    let mut first = true;
    for PathWord { word, means, forms, .. } in words {
        let gap = if std::mem::take(&mut first) { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{word} is {means}");
        for form in *forms {
            let _ = writeln!(text, "  {form}");
        }
    }
    text
}

/// Formats the page `docs/routes.md`.
fn page(routes: &[RouteInfo], words: &[PathWord]) -> String {
    let mut text = String::from(HEAD);
    for (group, routes) in groups(routes) {
        let _ = write!(text, "\n## {group}\n\n| method | path | operation |\n|---|---|---|\n");
        for RouteInfo { method, path, does, .. } in routes {
            let _ = writeln!(text, "| {method} | `{path}` | {does} |");
        }
    }
    text.push_str("\n## Placeholders\n\nOther words in braces are ids, names and paths.\n");
    for PathWord { word, means, forms, .. } in words {
        let _ = write!(text, "\n`{word}` is {means}:\n\n");
        for form in *forms {
            let _ = writeln!(text, "- `{form}`");
        }
    }
    text
}

const HEAD: &str = "\
# Routes of the server

Printed by `drivesim routes --markdown > docs/routes.md`; a test fails when it is stale. The tables are in
`crates/drivesim-server/src`: `routes.rs`, `admin/routes.rs`. Other requests fail. HEAD is supported wherever GET is, with
the same status and headers and without a body. [Differences](differences.md) lists where responses differ from those of
the services.
";
