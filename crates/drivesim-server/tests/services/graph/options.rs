//! Tests each option of business and personal drives on the wire: option, value, request, response.

mod copies;
mod others;

use drivesim::{Pace, Profile, Sim};
use drivesim_server::wire_options;
use serde_json::json;

use crate::graph::support::{Response, TestRequest, TestServer};

/// The drive through Graph, and through the OneDrive API.
const GRAPH: &str = "/v1.0/me/drive";
const ONEDRIVE: &str = "/drive";
const BUSINESS: &[&str] = &["business"];
const PERSONAL: &[&str] = &["personal"];
const BOTH: &[&str] = &["business", "personal"];
const TREE: &str = "a.txt = \"new\"\nd/\n  new.txt = \"x\"\n  old.txt = \"z\"\nTo/\n  a.txt = \"old\"\n  d/\n    old.txt = \"y\"\n";

/// An option, and the responses to the same requests for each of its values.
struct OptionCase {
    option: &'static str,
    profiles: &'static [&'static str],
    pace: Pace,
    /// Sends the requests and returns a summary of the responses.
    run: fn(&TestServer) -> String,
    expected: &'static [(&'static str, &'static str)],
}

/// Creates a row whose copies complete at once.
const fn row(
    option: &'static str,
    profiles: &'static [&'static str],
    answers: &'static [(&'static str, &'static str)],
    ask: fn(&TestServer) -> String,
) -> OptionCase {
    OptionCase { option, profiles, pace: Pace::Instant, run: ask, expected: answers }
}

/// An option of a drive, of the profile or of the server: its name, services and values.
type AnyOption = (&'static str, Vec<&'static str>, &'static str);

/// Returns all options.
fn options() -> impl Iterator<Item = AnyOption> {
    let of_profiles = Profile::options().map(|option| (option.name, option.services, option.values));
    let of_server = wire_options().map(|option| (option.name, option.services, option.values));
    let all = of_profiles.chain(of_server);
    all.map(|(name, services, values)| {
        (name, services.iter().map(|service| service.name()).collect(), values)
    })
}

fn rows() -> impl Iterator<Item = &'static OptionCase> {
    copies::ROWS.iter().chain(others::ROWS)
}

/// Serves a drive with an option, `name=value`, or without one.
fn drive(row: &OptionCase, profile: &str, option: &str) -> TestServer {
    let outline = format!("drive mine profile={profile} owner=me {option}\n{TREE}");
    // Responses under other values than the default are compared with this table only.
    if option.is_empty() {
        TestServer::with_pace(row.pace, &outline)
    } else {
        TestServer::unchecked(row.pace, &outline)
    }
}

fn send(wire: &TestServer, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    wire.send(&TestRequest { method, url: &wire.expand(url), headers, body })
}

/// Returns the status of a response, and the code of an error.
fn outcome(response: &Response) -> String {
    if response.status < 400 {
        return response.status.to_string();
    }
    format!("{} {}", response.status, response.json()["error"]["code"].as_str().unwrap())
}

fn json(wire: &TestServer, method: &str, url: &str, body: &str) -> String {
    outcome(&wire.send_json(method, &format!("{GRAPH}/{url}"), body))
}

/// Requests a copy with a body and the header that the OneDrive API requires.
fn copy(wire: &TestServer, url: &str, body: &str) -> Response {
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let body = wire.expand(body);
    send(wire, "POST", url, &headers, body.as_bytes())
}

/// Requests a copy and returns its outcome.
fn copy_outcome(wire: &TestServer, url: &str, body: &str) -> String {
    let response = copy(wire, &format!("{GRAPH}/root:/{url}"), body);
    let Some(monitor) = response.header("location") else { return outcome(&response) };
    let status = wire.get(monitor).json();
    let code = status["error"]["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    format!("{} {}{code}", response.status, status["status"].as_str().unwrap())
}

/// Returns the names of the children of a folder.
fn names(wire: &TestServer, path: &str) -> String {
    let listed = wire.get(&format!("{GRAPH}/root:{path}:/children")).json();
    let names = listed["value"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap());
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_option_changes_the_responses() {
    for row in rows() {
        for &profile in row.profiles {
            for &(value, expected) in row.expected {
                let wire = drive(row, profile, &format!("{}={value}", row.option));
                let context = format!("{profile} {}={value}", row.option);
                assert_eq!((row.run)(&wire), expected, "{context}");
                wire.sim.check_invariants();
            }
            let expected_responses: Vec<&str> = row.expected.iter().map(|&(_, response)| response).collect();
            let mut different = expected_responses.clone();
            different.sort_unstable();
            different.dedup();
            assert_eq!(
                different.len(),
                expected_responses.len(),
                "{}: two values have the same responses",
                row.option
            );
        }
    }
}

#[test]
fn the_first_value_of_an_option_is_the_default() {
    for row in rows() {
        for &profile in row.profiles {
            let (_, _, values) = options()
                .find(|(name, profiles, _)| *name == row.option && profiles.contains(&profile))
                .unwrap_or_else(|| panic!("{profile} has no option {}", row.option));
            let first = values.split([',', ' ']).next().unwrap();
            let expected = row.expected.iter().find(|(value, _)| *value == first);
            let (_, expected) =
                expected.unwrap_or_else(|| panic!("{}={first} is not in the table", row.option));
            assert_eq!((row.run)(&drive(row, profile, "")), *expected, "{profile} {}", row.option);
        }
    }
}

#[test]
fn each_option_and_each_of_its_values_is_in_the_table() {
    for (name, profiles, values) in options() {
        for &profile in profiles.iter().filter(|profile| BOTH.contains(profile)) {
            let tested: Vec<&str> = rows()
                .filter(|row| row.option == name && row.profiles.contains(&profile))
                .flat_map(|row| row.expected.iter().map(|&(value, _)| value))
                .collect();
            assert!(tested.len() >= 2, "{profile} {name}: {tested:?}");
            let named = values.split(", ").flat_map(|named| named.split(" or "));
            for named_value in named.filter(|named_value| !named_value.starts_with("another ")) {
                assert!(tested.contains(&named_value), "{profile} {name}={named_value} is not tried");
            }
        }
    }
}

#[test]
fn outlines_rust_and_the_admin_api_set_the_same_options() {
    for row in rows() {
        for &profile in row.profiles {
            for &(value, _) in row.expected {
                let mut expected = Profile::named(profile).unwrap();
                expected.set_option(row.option, value).unwrap();
                let wire = drive(row, profile, &format!("{}={value}", row.option));
                let profile_of = |sim: &Sim, name: &str| sim.profile_of(sim.drive(name).unwrap()).unwrap();
                assert_eq!(profile_of(&wire.sim, "mine"), expected, "{profile} {}={value}", row.option);
                let body = json!({ "name": "other", "profile": profile, "options": { row.option: value } });
                let created = wire.send_json("POST", "/_drivesim/drives", &body.to_string());
                assert_eq!(created.status, 201, "{}={value}", row.option);
                assert_eq!(profile_of(&wire.sim, "other"), expected, "{profile} {}={value}", row.option);
            }
        }
    }
}
