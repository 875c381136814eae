//! Tests the JSON forms of the values of this crate, and that each can be deserialized.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Debug;
use std::time::Duration;

use drivesim::diff::Diff;
use drivesim::event::{Every, JobEvent};
use drivesim::item::Versions;
use drivesim::job::{JobId, JobReport, Progress};
use drivesim::options::{OnFailure, Visibility};
use drivesim::{Conflict, CopyOptions, Error, Job, JobStatus, Pace, Profile, Sim};
use expect_test::expect;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Serializes a value and asserts that it can be deserialized.
#[track_caller]
fn form<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
    json + "\n"
}

/// Returns the error of deserializing a text.
#[track_caller]
fn parse_error<T: DeserializeOwned + Debug>(json: &str) -> String {
    serde_json::from_str::<T>(json).unwrap_err().to_string() + "\n"
}

fn sim() -> Sim {
    let builder = Sim::builder().pace(Pace::items_per_second(1));
    builder.outline("Archive/\nDocs/\n  a.txt = \"hi\"\n").build().unwrap()
}

fn copy(sim: &Sim) -> Job {
    sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap()
}

#[test]
fn ids_are_uuids() {
    let sim = sim();
    let (job, drive) = (copy(&sim).id(), sim.drives()[0].id());
    expect![[r#"
        "8c72bdea-dd20-5f1e-ac2f-ea7183ed1959"
        "ea7c94be-1be8-597b-86e7-97eb7a47d755"
    "#]]
    .assert_eq(&(form(&job) + &form(&drive)));
    let wrong = [
        "\"\"",
        "\"1\"",
        "\"{8aa3fe24-7ea6-5e1c-9de7-c2d8b1b9a2f4}\"",
        "\"8aa3fe247ea65e1c9de7c2d8b1b9a2f4\"",
        "1",
    ];
    expect![[r#"
        "" is not the UUID of an id, 8-4-4-4-12 digits
        "1" is not the UUID of an id, 8-4-4-4-12 digits
        "{8aa3fe24-7ea6-5e1c-9de7-c2d8b1b9a2f4}" is not the UUID of an id, 8-4-4-4-12 digits
        "8aa3fe247ea65e1c9de7c2d8b1b9a2f4" is not the UUID of an id, 8-4-4-4-12 digits
        invalid type: integer `1`, expected a string at line 1 column 1
    "#]]
    .assert_eq(&wrong.map(parse_error::<JobId>).concat());
}

#[test]
fn missing_options_of_a_copy_have_defaults() {
    let options = CopyOptions::named("b")
        .on_conflict(Conflict::Rename)
        .versions(Versions::Number(2))
        .pace(Pace::after(Duration::from_secs(2)))
        .visibility(Visibility::OnCompletion)
        .on_failure(OnFailure::Remove);
    expect![[r#"
        {"name":"b","conflict":"rename","childrenOnly":false,"versions":{"number":2},"pace":"2s","visibility":"onCompletion","leftovers":"remove"}
        {"name":null,"conflict":"fail","childrenOnly":false,"versions":"current","pace":null,"visibility":null,"leftovers":null}
    "#]].assert_eq(&(form(&options) + &form(&CopyOptions::default())));
    let read = |json: &str| serde_json::from_str::<CopyOptions>(json).unwrap();
    assert_eq!(read("{}"), CopyOptions::default());
    assert_eq!(read("{\"childrenOnly\":true}"), CopyOptions::children_only());
    let wrong = [
        "{\"conflict\":\"overwrite\"}",
        "{\"pace\":\"0items/s\"}",
        "{\"nam\":\"x\"}",
        "{\"childrenOnly\":1}",
    ];
    expect![[r#"
        unknown variant `overwrite`, expected one of `fail`, `replace`, `rename` at line 1 column 23
        a job at the pace `0items/s` never ends: expected at least 1, such as `1items/s`, `1B/s` or `1polls` at line 1 column 19
        unknown field `nam`, expected one of `name`, `conflict`, `childrenOnly`, `versions`, `pace`, `visibility`, `leftovers` at line 1 column 6
        invalid type: integer `1`, expected a boolean at line 1 column 17
    "#]].assert_eq(&wrong.map(parse_error::<CopyOptions>).concat());
}

#[test]
fn a_report_at_each_time_of_a_job() {
    let sim = sim();
    let job = copy(&sim);
    // The form of a report has no progress in items and bytes.
    let report = || {
        let mut report = job.report();
        report.progress = Progress::default();
        report
    };
    let mut actual = form(&report());
    sim.advance(Duration::from_millis(1500)).unwrap();
    actual += &form(&report());
    let progress: Progress = job.progress();
    actual += &form(&progress);
    sim.run_until_idle();
    actual += &form(&report());
    let failing = sim.copy("/Docs", "/Archive", CopyOptions::named("other")).unwrap();
    sim.delete("/Archive").unwrap();
    sim.run_until_idle();
    let report = failing.report();
    let json = serde_json::to_string(&report).unwrap();
    actual += &json;
    expect![[r#"
        {"status":"notStarted","percentComplete":0.0,"item":null,"error":null}
        {"status":"inProgress","percentComplete":75.0,"item":null,"error":null}
        {"itemsDone":1,"itemsTotal":2,"bytesDone":0,"bytesTotal":2}
        {"status":"completed","percentComplete":100.0,"item":"0000000100000004","error":null}
        {"status":"failed","percentComplete":0.0,"item":null,"error":{"code":"itemNotFound","message":"\"/Archive\" does not exist"}}"#]].assert_eq(&actual);
    // Only the code and the message of an error are deserialized.
    let read: JobReport = serde_json::from_str(&json).unwrap();
    let (error, original) = (read.error().unwrap(), report.error().unwrap());
    assert_eq!((error.code(), error.to_string()), (original.code(), original.to_string()));
    form(&read);
}

#[test]
fn an_inconsistent_report_fails() {
    let report = |status: &str, percent: &str, item: &str, error: &str| {
        format!("{{\"status\":{status:?},\"percentComplete\":{percent},\"item\":{item},\"error\":{error}}}")
    };
    let (item, error) = ("\"0000000000000001\"", "{\"code\":\"itemNotFound\",\"message\":\"gone\"}");
    let wrong = [
        report("completed", "99.9", item, "null"),
        report("inProgress", "100", "null", "null"),
        report("inProgress", "101", "null", "null"),
        report("inProgress", "NaN", "null", "null"),
        report("completed", "100", "null", "null"),
        report("inProgress", "5", item, "null"),
        report("failed", "5", "null", "null"),
        report("completed", "100", item, error),
        report("failed", "5", "null", "{\"code\":\"oops\",\"message\":\"gone\"}"),
        report("notStarted", "50", "null", "null"),
        report("done", "100", item, "null"),
    ];
    let actual: String = wrong.iter().map(|wrong| parse_error::<JobReport>(wrong)).collect();
    expect![[r#"
        a job is at 100 % exactly when it has completed
        a job is at 100 % exactly when it has completed
        101.0 is not a percentage, 0 to 100 in tenths at line 1 column 44
        expected value at line 1 column 42
        a job has a new item exactly when it has completed
        a job has a new item exactly when it has completed
        a job has an error exactly when it has failed
        a job has an error exactly when it has failed
        "oops" is not the code of an error at line 1 column 92
        a job that has not started is at 0 %
        unknown variant `done`, expected one of `notStarted`, `inProgress`, `completed`, `failed` at line 1 column 16
    "#]].assert_eq(&actual);
}

#[test]
fn errors_are_deserialized_with_any_code() {
    let sim = sim();
    let error = sim.create_folder("/", "Docs").unwrap_err();
    let json = serde_json::to_string(&error).unwrap();
    expect![[r#"{"code":"nameAlreadyExists","message":"the name \"Docs\" is taken by a folder in \"/\""}"#]]
        .assert_eq(&json);
    assert_eq!(form(&serde_json::from_str::<Error>(&json).unwrap()).trim_end(), json);
    // All literals in the bodies of `Error::code`, so that a new one is not forgotten.
    let sources = [include_str!("../src/error.rs"), include_str!("../../drivesim-core/src/error.rs")];
    let bodies = sources.map(|source| source.split_once("pub fn code(").unwrap().1);
    let bodies = bodies.map(|rest| rest.split_once("\n    }\n").unwrap().0);
    let codes: Vec<&str> = bodies.iter().flat_map(|body| body.split('"').skip(1).step_by(2)).collect();
    assert!(codes.len() > 12 && codes.contains(&"someItemsFailed"), "{codes:?}");
    for code in codes {
        let json = format!("{{\"code\":{code:?},\"message\":\"x\"}}");
        assert_eq!(serde_json::from_str::<Error>(&json).unwrap().code(), code);
    }
}

#[test]
fn events_have_the_form_that_the_server_streams() {
    let sim = sim();
    let job = copy(&sim);
    let events = job.events_every(Every::Item);
    sim.run_until_idle();
    let events: Vec<JobEvent> = events.into_iter().collect();
    let actual: String = events.iter().map(form).collect();
    expect![[r#"
        {"job":"8c72bdea-dd20-5f1e-ac2f-ea7183ed1959","at":"2024-01-01T00:00:00Z","event":"accepted","status":"notStarted","percentComplete":0.0,"itemsDone":0,"itemsTotal":0}
        {"job":"8c72bdea-dd20-5f1e-ac2f-ea7183ed1959","at":"2024-01-01T00:00:00.000000001Z","event":"started","status":"inProgress","percentComplete":0.0,"itemsDone":0,"itemsTotal":0}
        {"job":"8c72bdea-dd20-5f1e-ac2f-ea7183ed1959","at":"2024-01-01T00:00:01Z","event":"progress","status":"inProgress","percentComplete":50.0,"itemsDone":1,"itemsTotal":2}
        {"job":"8c72bdea-dd20-5f1e-ac2f-ea7183ed1959","at":"2024-01-01T00:00:02Z","event":"progress","status":"inProgress","percentComplete":99.9,"itemsDone":2,"itemsTotal":2}
        {"job":"8c72bdea-dd20-5f1e-ac2f-ea7183ed1959","at":"2024-01-01T00:00:02Z","event":"completed","status":"completed","percentComplete":100.0,"itemsDone":2,"itemsTotal":2}
    "#]].assert_eq(&actual);
    let json = serde_json::to_string(&events[2]).unwrap();
    let first = serde_json::to_string(&events[0]).unwrap();
    let last = serde_json::to_string(&events[4]).unwrap();
    let wrong = [
        first.replace("0.0", "50.0"),
        first.replace("\"itemsDone\":0,\"itemsTotal\":0", "\"itemsDone\":3,\"itemsTotal\":4"),
        last.replace("\"itemsDone\":2", "\"itemsDone\":0"),
        json.replace("inProgress", "completed"),
        json.replace("50.0", "100.0"),
        json.replace("\"itemsDone\":1", "\"itemsDone\":3"),
        json.replace("\"itemsDone\":1", "\"itemsDone\":-1"),
        json.replace("2024-01-01T00:00:01Z", "yesterday"),
    ];
    expect![[r#"
        a job that was just accepted or started is at 0 % with 0 of 0 items
        a job that was just accepted or started is at 0 % with 0 of 0 items
        a job has done all its items when it has completed
        the status is not the one after this event
        a job is at 100 % exactly when it has completed
        a job cannot have done more items than it has
        invalid value: integer `-1`, expected usize at line 1 column 152
        failed to parse four digit integer as year: invalid digit, expected 0-9 but got y at line 1 column 62
    "#]]
    .assert_eq(&wrong.iter().map(|wrong| parse_error::<JobEvent>(wrong)).collect::<String>());
}

#[test]
fn all_values_of_a_job_can_be_deserialized() {
    let paces =
        [Pace::Instant, Pace::Held, Pace::polls(3), Pace::items_per_second(1), Pace::bytes_per_second(1)];
    let empty = CopyOptions::children_only();
    let copies = [
        ("/Docs", CopyOptions::default()),
        ("/None", CopyOptions::named("n")),
        ("/None", empty),
        ("/Gone", CopyOptions::named("g")),
    ];
    for (pace, every) in paces.into_iter().flat_map(|pace| Every::ALL.map(|every| (pace, every))) {
        let builder = Sim::builder()
            .pace(pace)
            .outline("Archive/\nDocs/\n  a.txt = \"hi\"\nGone/\n  b = \"hi\"\nNone/\n");
        let sim = builder.build().unwrap();
        let all = sim.events_every(every);
        let copy =
            |(from, options): &(&str, CopyOptions)| sim.copy(*from, "/Archive", options.clone()).unwrap();
        let jobs: Vec<Job> = copies.iter().map(copy).collect();
        let mut read: Vec<JobEvent> = Vec::new();
        for round in 0..4 {
            if round == 1 && pace != Pace::Instant {
                sim.delete("/Gone").unwrap();
            }
            for job in &jobs {
                read.extend(job.events_every(every).try_iter());
                let report = serde_json::to_string(&job.report()).unwrap();
                form(&serde_json::from_str::<JobReport>(&report).unwrap());
                job.poll();
                let _ = job.step(1);
            }
            sim.advance(Duration::from_millis(900)).unwrap();
        }
        sim.run_until_idle();
        read.extend(jobs.iter().flat_map(|job| job.events_every(every).into_iter()));
        read.extend(all.try_iter());
        assert!(read.iter().any(|event| event.status() == JobStatus::Completed), "{pace}");
        read.iter().for_each(|event| drop(form(event)));
        for item in sim.children("/").unwrap() {
            form(&item);
        }
        form(&sim.item("/").unwrap());
    }
}

#[test]
fn other_values_fail_with_a_message_that_names_the_type() {
    let actual = ["7", "[]"].map(|json| {
        parse_error::<JobEvent>(json)
            + &parse_error::<JobReport>(json)
            + &parse_error::<Error>(json)
            + &parse_error::<Diff>(json)
    });
    expect![[r#"
        invalid type: integer `7`, expected an event of a job at line 1 column 1
        invalid type: integer `7`, expected a report of a job at line 1 column 1
        invalid type: integer `7`, expected an error with its code and its message at line 1 column 1
        invalid type: integer `7`, expected the text and the differences of a comparison at line 1 column 1
        invalid length 0, expected an event of a job at line 1 column 2
        invalid length 0, expected a report of a job at line 1 column 2
        invalid length 0, expected an error with its code and its message at line 1 column 2
        invalid length 0, expected the text and the differences of a comparison at line 1 column 2
        invalid type: integer `7`, expected a difference with the name of its drive at line 1 column 28
    "#]]
    .assert_eq(&(actual.concat() + &parse_error::<Diff>(r#"{"text":"x","differences":[7]}"#)));
}

#[test]
fn unknown_keys_fail_in_input_and_are_ignored_in_output() {
    let report = r#"{"status":"notStarted","percentComplete":0,"item":null,"error":null,"later":1}"#;
    assert!(serde_json::from_str::<JobReport>(report).is_ok());
    assert!(parse_error::<CopyOptions>(r#"{"later":1}"#).contains("unknown field `later`"));
}

#[test]
fn a_diff_is_its_text_and_its_differences() {
    let sim = sim();
    let before = sim.fork();
    sim.rename("/Docs/a.txt", "b.txt").unwrap();
    sim.create_folder("/", "New").unwrap();
    let diff: Diff = before.diff(&sim).unwrap();
    expect![[r#"
        {"text":"  Docs/\n>   b.txt = \"hi\" # was /Docs/a.txt\n+ New/\n","differences":[{"drive":"drive","before":{"path":"/Docs/a.txt","item":{"id":"0000000100000003","parent":"0000000100000002","name":"a.txt","kind":"file","size":2,"childCount":0,"createdAt":"2024-01-01T00:00:00Z","modifiedAt":"2024-01-01T00:00:00Z","fsCreatedAt":"2024-01-01T00:00:00Z","fsModifiedAt":"2024-01-01T00:00:00Z","createdBy":"me","modifiedBy":"me","description":null,"members":{},"etag":0,"ctag":0,"version":1}},"after":{"path":"/Docs/b.txt","item":{"id":"0000000100000003","parent":"0000000100000002","name":"b.txt","kind":"file","size":2,"childCount":0,"createdAt":"2024-01-01T00:00:00Z","modifiedAt":"2024-01-01T00:00:00Z","fsCreatedAt":"2024-01-01T00:00:00Z","fsModifiedAt":"2024-01-01T00:00:00Z","createdBy":"me","modifiedBy":"me","description":null,"members":{},"etag":1,"ctag":0,"version":1}},"contentChanged":false,"factsChanged":false},{"drive":"drive","before":null,"after":{"path":"/New","item":{"id":"0000000100000004","parent":"0000000100000000","name":"New","kind":"folder","size":0,"childCount":0,"createdAt":"2024-01-01T00:00:00Z","modifiedAt":"2024-01-01T00:00:00Z","fsCreatedAt":"2024-01-01T00:00:00Z","fsModifiedAt":"2024-01-01T00:00:00Z","createdBy":"me","modifiedBy":"me","description":null,"members":{},"etag":0,"ctag":0,"version":0}},"contentChanged":false,"factsChanged":false}]}
    "#]].assert_eq(&form(&diff));
    form(&sim.diff(&sim).unwrap());
    let boxed = Sim::builder().profile(Profile::BOX).outline("a.txt\n").build().unwrap();
    let before = boxed.fork();
    boxed.set_member("/a.txt", "tags", "[\"x\"]").unwrap();
    let tagged = form(&before.diff(&boxed).unwrap());
    assert!(tagged.contains(r#""members":{"tags":["x"]}"#), "{tagged}");
    let json = serde_json::to_string(&diff).unwrap();
    let text = serde_json::to_string(&diff.to_string()).unwrap();
    expect![[r#"
        differences need a text
    "#]]
    .assert_eq(&parse_error::<Diff>(&json.replace(&text, "\"\"")));
}
