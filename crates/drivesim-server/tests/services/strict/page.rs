//! Generates docs/strictness.md from the table of rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::strict::rows::{Group, PLACEHOLDER};

const HEAD: &str = "\
# Accepted and rejected requests

A fake that takes what the service refuses hides a client's mistake. This page lists what drivesim takes of all that
clients send, how it answers, and who says so. Each row is a request that a test makes; the answer is its status with the
code of the refusal, the more specific one behind a slash, and what the journal of the admin API lists as `ignored`: what
was sent and has no effect. A server that is strict in all (`drivesim serve --strict-requests all`, in Rust
`ServerOptions::strict`) refuses what is ignored, with 400.

Where the source is *assumed*, no page and no sighting says how the service answers; no such rule refuses what a client of
the client tests sends. The same is tried at large with requests that are made from the services' OpenAPI descriptions:
each operation, each parameter, absent, empty, null, least, most, beyond, of the wrong type, twice.

Printed from `crates/drivesim-server/tests/services/strict/rows/`, where a row is changed; a test fails when this page is
stale: `UPDATE_EXPECT=1 cargo test -p drivesim-server --test services strict::the_page` writes it.
";

/// Returns the page.
pub fn page(groups: &[&Group]) -> String {
    let mut page = HEAD.to_owned();
    let mut titles: Vec<&str> = Vec::new();
    let mut by_title: BTreeMap<&str, Vec<&Group>> = BTreeMap::new();
    for group in groups {
        if !titles.contains(&group.title) {
            titles.push(group.title);
        }
        by_title.entry(group.title).or_default().push(group);
    }
    for title in titles {
        let _ = write!(page, "\n## {title}\n");
        for group in &by_title[title] {
            let _ = write!(page, "\n{}\n\n| value | answer | source |\n|---|---|---|\n", describe(group));
            for row in group.rows {
                let _ = writeln!(page, "| {} | {} | {} |", code(row.value), row.expected, linked(row.source));
            }
        }
    }
    page
}

/// Returns the service and the request of a group.
fn describe(group: &Group) -> String {
    let service = match group.service.name() {
        "business" => "Microsoft, business",
        "personal" => "Microsoft, personal",
        _ => "Box",
    };
    let mut text = format!("**{service}**: {}", code(group.request));
    for (name, value) in group.headers {
        if value.contains(PLACEHOLDER) {
            let _ = write!(text, ", {}", code(&format!("{name}: {value}")));
        }
    }
    if !group.body.is_empty() {
        let _ = write!(text, ", {}", code(group.body));
    }
    text
}

/// The owners of the repositories in the sources.
const OWNERS: &[(&str, &str)] = &[
    ("box-ui-elements", "box"),
    ("box-windows-sdk-v2", "box"),
    ("cli-microsoft365", "pnp"),
    ("microsoft-graph-docs", "microsoftgraph"),
    ("msgraph-sdk-dotnet", "microsoftgraph"),
    ("msgraph-sdk-php", "microsoftgraph"),
    ("onedrive-api-docs", "OneDrive"),
    ("onedrive-sdk-csharp", "OneDrive"),
    ("onedrive-sdk-python", "OneDrive"),
    ("python-o365", "O365"),
    ("rclone", "rclone"),
];

/// Turns issues in a source, like `rclone#4342`, into links.
fn linked(source: &str) -> String {
    let link = |word: &str| {
        let name = word.trim_end_matches([':', ';', ',']);
        let (repository, number) = name.split_once('#')?;
        let (_, owner) = OWNERS.iter().find(|(known, _)| *known == repository)?;
        let url = format!("https://github.com/{owner}/{repository}/issues/{number}");
        Some(format!("[{name}]({url}){}", &word[name.len()..]))
    };
    let words = source.split(' ').map(|word| link(word).unwrap_or_else(|| word.to_owned()));
    words.collect::<Vec<_>>().join(" ")
}

/// The delimiters of the parts of an upload to Box, and how the page shows them.
const PARTS: &[(&str, &str)] = &[
    ("--x\r\ncontent-disposition: form-data; name=\"attributes\"\r\n\r\n", " attributes="),
    ("--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n", " file="),
    ("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n", " file="),
    ("\r\n--x--\r\n", " (end)"),
];

/// Returns a text as Markdown code in a table cell.
fn code(text: &str) -> String {
    let text = PARTS.iter().fold(text.to_owned(), |text, (part, label)| text.replace(part, label));
    let text = if text.starts_with([' ', '\r']) { text.trim().replace("\r\n", "") } else { text };
    let escaped: String = text.chars().flat_map(escape).collect();
    let escaped = escaped.replace('|', "\\|");
    match escaped.as_str() {
        "" => "(empty)".to_owned(),
        _ if escaped.contains('`') => format!("`` {escaped} ``"),
        _ => format!("`{escaped}`"),
    }
}

fn escape(character: char) -> Vec<char> {
    match character {
        ' '..='~' | '§' | '…' => vec![character],
        _ => character.escape_default().collect(),
    }
}

/// Returns the path of the page, or `None` if the docs are not part of the package.
pub fn path() -> Option<PathBuf> {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    docs.is_dir().then(|| docs.join("strictness.md"))
}
