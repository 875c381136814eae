//! Tests each option of business and personal drives on the wire: option, value, request, answer.

mod copies;
mod others;

use drivesim::{Pace, Profile, Sim};
use serde_json::json;

use crate::support::{Answer, Sent, Wire};

/// The drive through Graph, and through the OneDrive API.
const GRAPH: &str = "/v1.0/me/drive";
const ONEDRIVE: &str = "/drive";
const BUSINESS: &[&str] = &["business"];
const PERSONAL: &[&str] = &["personal"];
const BOTH: &[&str] = &["business", "personal"];
const TREE: &str = "a.txt = \"new\"\nd/\n  new.txt = \"x\"\n  old.txt = \"z\"\nTo/\n  a.txt = \"old\"\n  d/\n    old.txt = \"y\"\n";

/// An option, and what is answered under each value to the same requests.
struct Row {
    option: &'static str,
    profiles: &'static [&'static str],
    pace: Pace,
    /// Sends the requests and returns what came, in short.
    ask: fn(&Wire) -> String,
    answers: &'static [(&'static str, &'static str)],
}

/// Makes a row whose copies are done at once.
const fn row(
    option: &'static str,
    profiles: &'static [&'static str],
    answers: &'static [(&'static str, &'static str)],
    ask: fn(&Wire) -> String,
) -> Row {
    Row { option, profiles, pace: Pace::Instant, ask, answers }
}

fn rows() -> impl Iterator<Item = &'static Row> {
    copies::ROWS.iter().chain(others::ROWS)
}

/// Returns a drive under an option, `name=value`, or without one.
fn drive(row: &Row, profile: &str, option: &str) -> Wire {
    let outline = format!("drive mine profile={profile} owner=me {option}\n{TREE}");
    // Other readings are held to this table alone.
    if option.is_empty() { Wire::paced(row.pace, &outline) } else { Wire::unchecked(row.pace, &outline) }
}

fn send(wire: &Wire, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    wire.send(&Sent { method, url: &wire.fill(url), headers, body })
}

/// Returns the status of an answer, and the code of an error.
fn outcome(answer: &Answer) -> String {
    if answer.status < 400 {
        return answer.status.to_string();
    }
    format!("{} {}", answer.status, answer.json()["error"]["code"].as_str().unwrap())
}

fn json(wire: &Wire, method: &str, url: &str, body: &str) -> String {
    outcome(&wire.send_json(method, &format!("{GRAPH}/{url}"), body))
}

/// Asks for a copy with a body, with the header that the OneDrive API wants.
fn copy(wire: &Wire, url: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let body = wire.fill(body);
    send(wire, "POST", url, &headers, body.as_bytes())
}

/// Asks for a copy and returns what becomes of it.
fn copied(wire: &Wire, url: &str, body: &str) -> String {
    let answer = copy(wire, &format!("{GRAPH}/root:/{url}"), body);
    let Some(monitor) = answer.header("location") else { return outcome(&answer) };
    let status = wire.get(monitor).json();
    let code = status["error"]["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    format!("{} {}{code}", answer.status, status["status"].as_str().unwrap())
}

/// Returns the names of what is in a folder.
fn names(wire: &Wire, path: &str) -> String {
    let listed = wire.get(&format!("{GRAPH}/root:{path}:/children")).json();
    let names = listed["value"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap());
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_option_changes_what_is_answered() {
    for row in rows() {
        for &profile in row.profiles {
            for &(value, expected) in row.answers {
                let wire = drive(row, profile, &format!("{}={value}", row.option));
                let what = format!("{profile} {}={value}", row.option);
                assert_eq!((row.ask)(&wire), expected, "{what}");
                wire.sim.check_invariants();
            }
            let answers: Vec<&str> = row.answers.iter().map(|&(_, answer)| answer).collect();
            let mut different = answers.clone();
            different.sort_unstable();
            different.dedup();
            assert_eq!(different.len(), answers.len(), "{}: two values are answered alike", row.option);
        }
    }
}

#[test]
fn without_an_option_its_first_value_is_answered() {
    for row in rows() {
        for &profile in row.profiles {
            let mut options = Profile::options();
            let option = options
                .find(|option| option.name == row.option && option.profiles.contains(&profile))
                .unwrap_or_else(|| panic!("{profile} has no option {}", row.option));
            let first = option.values.split([',', ' ']).next().unwrap();
            let expected = row.answers.iter().find(|(value, _)| *value == first);
            let (_, expected) = expected.unwrap_or_else(|| panic!("{}={first} is not tried", row.option));
            assert_eq!((row.ask)(&drive(row, profile, "")), *expected, "{profile} {}", row.option);
        }
    }
}

#[test]
fn each_option_and_each_of_its_words_is_in_the_table() {
    for option in Profile::options() {
        for &profile in option.profiles.iter().filter(|profile| BOTH.contains(profile)) {
            let tried: Vec<&str> = rows()
                .filter(|row| row.option == option.name && row.profiles.contains(&profile))
                .flat_map(|row| row.answers.iter().map(|&(value, _)| value))
                .collect();
            assert!(tried.len() >= 2, "{profile} {}: {tried:?}", option.name);
            let words = option.values.split(", ").flat_map(|words| words.split(" or "));
            for word in words.filter(|word| !word.starts_with("another ")) {
                assert!(tried.contains(&word), "{profile} {}={word} is not tried", option.name);
            }
        }
    }
}

#[test]
fn outlines_rust_and_the_admin_api_set_the_same() {
    for row in rows() {
        for &profile in row.profiles {
            for &(value, _) in row.answers {
                let mut expected = Profile::named(profile).unwrap();
                expected.set_option(row.option, value).unwrap();
                let wire = drive(row, profile, &format!("{}={value}", row.option));
                let of = |sim: &Sim, name: &str| sim.profile_of(&sim.drive(name).unwrap()).unwrap();
                assert_eq!(of(&wire.sim, "mine"), expected, "{profile} {}={value}", row.option);
                let body = json!({ "name": "other", "profile": profile, "options": { row.option: value } });
                let made = wire.send_json("POST", "/_drivesim/drives", &body.to_string());
                assert_eq!(made.status, 201, "{}={value}", row.option);
                assert_eq!(of(&wire.sim, "other"), expected, "{profile} {}={value}", row.option);
            }
        }
    }
}
