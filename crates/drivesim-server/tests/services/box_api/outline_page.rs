//! Tests the examples of docs/outline.md: builds and prints each outline, and sends the body that changes members.

use drivesim::Sim;
use drivesim::outline::Detail;
use drivesim_server::ServerOptions;
use serde_json::json;

use crate::box_api::support::TestServer;

/// Returns the code blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/outline.md");
    let page = std::fs::read_to_string(path).unwrap();
    let start = format!("```{language}\n");
    let after = page.split(&*start).skip(1);
    after.map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect()
}

/// Removes quotes. Printed texts have them even if the page omits them.
fn plain(text: &str) -> String {
    text.replace('"', "")
}

#[test]
fn the_outlines_of_the_page_are_parsed_and_printed_with_all_attributes() {
    let outlines = blocks("text");
    assert_eq!(outlines.len(), 3);
    for outline in outlines {
        let sim = Sim::builder().outline(&*outline).build();
        let sim = sim.unwrap_or_else(|error| panic!("{error}: {outline}"));
        let printed = sim.outline_with(Detail::Attributes).unwrap();
        // The printed outline builds the same drive.
        let again = Sim::builder().outline(&*printed).build().unwrap();
        assert_eq!(again.outline_with(Detail::Attributes).unwrap(), printed);
        let items = outline.lines().filter(|line| !line.trim_start().starts_with(['#', '"']));
        let attributes = items.filter_map(|line| Some(line.split_once(" # ")?.1));
        for word in attributes.flat_map(str::split_whitespace) {
            assert!(plain(&printed).contains(&plain(word)), "{word} is not in {printed}");
        }
    }
}

#[test]
fn the_body_that_changes_members_is_accepted() {
    let [body] = &blocks("json")[..] else { panic!("one body is expected") };
    let outline = blocks("text").into_iter().find(|outline| outline.contains("lock=")).unwrap();
    let sim = Sim::builder().outline(outline).build().unwrap();
    let wire = TestServer::with_options(sim, ServerOptions::default());
    let url = "/_drivesim/members?path=/Docs/a.txt&drive=box";
    let members = wire.send("PATCH", url, &[], body.clone()).expect_status(200).json();
    let expected = json!({ "disposition_at": "2030-01-01T00:00:00Z", "tags": ["approved", "final"] });
    assert_eq!(members, expected);
}
