//! Tests the JSON forms of the values of this crate, and that each can be deserialized.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Debug;
use std::time::Duration;

use drivesim_jobs::{Event, EventKind, Every, Pace, Percent, SimTime, Status};
use expect_test::expect;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Serializes values, one per line, and asserts that each can be deserialized.
#[track_caller]
fn forms<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: impl IntoIterator<Item = T>) -> String {
    let form = |value: T| {
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
        json + "\n"
    };
    values.into_iter().map(form).collect()
}

/// Returns the error of deserializing a text.
#[track_caller]
fn parse_error<T: DeserializeOwned + Debug>(json: &str) -> String {
    serde_json::from_str::<T>(json).unwrap_err().to_string() + "\n"
}

#[test]
fn names_are_those_of_the_services() {
    use EventKind::{Accepted, Progress, Started};
    let mut actual = forms([Status::NotStarted, Status::InProgress, Status::Completed, Status::Failed]);
    actual += &forms([Accepted, Started, Progress, EventKind::Completed, EventKind::Failed]);
    actual += &forms(Every::ALL);
    expect![[r#"
        "notStarted"
        "inProgress"
        "completed"
        "failed"
        "accepted"
        "started"
        "progress"
        "completed"
        "failed"
        "percent"
        "tenth"
        "item"
    "#]]
    .assert_eq(&actual);
}

#[test]
fn paces_have_their_usual_text_form() {
    let paces = [
        Pace::Instant,
        Pace::items_per_second(1000),
        Pace::bytes_per_second(10 << 20),
        Pace::after(Duration::from_millis(1500)),
        Pace::polls(3),
        Pace::Held,
    ];
    expect![[r#"
        "instant"
        "1000items/s"
        "10MiB/s"
        "1500ms"
        "3polls"
        "held"
    "#]]
    .assert_eq(&forms(paces));
}

#[test]
fn a_text_that_is_no_pace_or_never_ends_fails_with_the_rule() {
    let actual: String =
        ["\"fast\"", "\"0items/s\"", "\"0polls\"", "3", "null"].map(parse_error::<Pace>).concat();
    expect![[r#"
        `fast` is not a pace: expected `instant`, a rate in whole items (`1000items/s`) or bytes (`500B/s`, `64KiB/s`, `10MiB/s`, `1GiB/s`, `1TiB/s`), a time (`250ms`, `2s`, `1m`, `1h`), a number of polls (`3polls`) or `held`
        a job at the pace `0items/s` never ends: expected at least 1, such as `1items/s`, `1B/s` or `1polls`
        a job at the pace `0polls` never ends: expected at least 1, such as `1items/s`, `1B/s` or `1polls`
        invalid type: integer `3`, expected a string at line 1 column 1
        invalid type: null, expected a string at line 1 column 4
    "#]].assert_eq(&actual);
}

#[test]
fn a_pace_that_never_ends_is_not_serialized() {
    let actual = [Pace::items_per_second(0), Pace::polls(0)]
        .map(|pace| serde_json::to_string(&pace).unwrap_err().to_string() + "\n");
    expect![[r#"
        a job at the pace `0items/s` never ends: expected at least 1, such as `1items/s`, `1B/s` or `1polls`
        a job at the pace `0polls` never ends: expected at least 1, such as `1items/s`, `1B/s` or `1polls`
    "#]]
    .assert_eq(&actual.concat());
}

#[test]
fn percentages_are_numbers_in_tenths() {
    expect![[r#"
        0.0
        0.1
        33.3
        99.9
        100.0
    "#]]
    .assert_eq(&forms([0, 1, 333, 999, 1000].map(Percent::from_tenths)));
    forms((0..=1000).map(Percent::from_tenths));
    assert_eq!(serde_json::from_str::<Percent>("50").unwrap(), Percent::from_whole(50));
    let actual: String =
        ["-0.1", "100.1", "33.33", "1e300", "-1e300", "\"5\""].map(parse_error::<Percent>).concat();
    expect![[r#"
        -0.1 is not a percentage, 0 to 100 in tenths
        100.1 is not a percentage, 0 to 100 in tenths
        33.33 is not a percentage, 0 to 100 in tenths
        1e300 is not a percentage, 0 to 100 in tenths
        -1e300 is not a percentage, 0 to 100 in tenths
        invalid type: string "5", expected f64 at line 1 column 3
    "#]]
    .assert_eq(&actual);
}

#[test]
fn only_events_that_a_job_can_have_are_deserialized() {
    let at = SimTime::new(Duration::from_millis(1500));
    let event = |kind, tenths, items_done| {
        let percent = Percent::from_tenths(tenths);
        Event { at, kind, percent, items_done, items_total: 3 }
    };
    let events = [event(EventKind::Progress, 333, 1), event(EventKind::Completed, 1000, 3)];
    expect![[r#"
        {"at":{"secs":1,"nanos":500000000},"event":"progress","percentComplete":33.3,"itemsDone":1,"itemsTotal":3}
        {"at":{"secs":1,"nanos":500000000},"event":"completed","percentComplete":100.0,"itemsDone":3,"itemsTotal":3}
    "#]].assert_eq(&forms(events));
    let event = |event: &str, percent: &str, done: u32| {
        format!(
            "{{\"at\":{{\"secs\":1,\"nanos\":0}},\"event\":{event:?},\"percentComplete\":{percent},\"itemsDone\":{done},\
             \"itemsTotal\":3}}"
        )
    };
    let wrong = [
        event("progress", "100", 1),
        event("completed", "99.9", 3),
        event("progress", "1", 4),
        event("accepted", "50", 0),
        event("accepted", "0", 3),
        event("started", "0.1", 0),
        event("started", "0", 0),
        event("completed", "100", 2),
        event("moved", "1", 1),
    ];
    let actual: String = wrong.iter().map(|wrong| parse_error::<Event>(wrong)).collect();
    expect![[r#"
        a job is at 100 % exactly when it has completed
        a job is at 100 % exactly when it has completed
        a job cannot have done more items than it has
        a job that was just accepted or started is at 0 % with 0 of 0 items
        a job that was just accepted or started is at 0 % with 0 of 0 items
        a job that was just accepted or started is at 0 % with 0 of 0 items
        a job that was just accepted or started is at 0 % with 0 of 0 items
        a job has done all its items when it has completed
        unknown variant `moved`, expected one of `accepted`, `started`, `progress`, `completed`, `failed` at line 1 column 42
    "#]].assert_eq(&actual);
}

#[test]
fn other_values_fail_with_a_message_that_names_the_event() {
    expect![[r#"
        invalid type: integer `7`, expected an event of a job at line 1 column 1
        invalid length 0, expected an event of a job at line 1 column 2
    "#]]
    .assert_eq(&["7", "[]"].map(parse_error::<Event>).concat());
}

#[test]
fn times_are_spans_since_the_start() {
    expect![[r#"
        {"secs":0,"nanos":0}
        {"secs":18446744073709551615,"nanos":999999999}
    "#]]
    .assert_eq(&forms([SimTime::ZERO, SimTime::MAX]));
    parse_error::<SimTime>("{\"secs\":18446744073709551615,\"nanos\":1000000000}");
    parse_error::<SimTime>("{\"secs\":-1,\"nanos\":0}");
}
