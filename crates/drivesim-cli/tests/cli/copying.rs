//! The only place that tests what `drivesim copy` makes of a folder, what it shows and what it prints.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::work::Work;

/// Takes the figures that differ from run to run out of an object; they must be there.
fn without_time(mut object: Value) -> Value {
    for key in ["elapsedMs", "itemsPerSecond"] {
        let figure = object.as_object_mut().unwrap().remove(key).unwrap();
        assert!(figure.as_f64().unwrap() >= 0.0, "{key}: {figure}");
    }
    object
}

#[test]
fn a_folder_is_copied_beside_itself_under_another_name() {
    let ran = Work::with_docs().done(&["copy", "Docs", "Docs (copy)"]);
    assert!(
        ran.stdout.starts_with("copied to \"/Docs (copy)\" in the simulated drive, id "),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("\nsource: 3 files, 2 folders, 8 B\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\ncopy:   3 files, 2 folders, 8 B\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains(" items/s\n"), "{}", ran.stdout);
}

#[test]
fn the_states_are_told_in_lines_where_there_is_no_terminal() {
    let ran = Work::with_docs().done(&["copy", "Docs", "Copy", "--pace", "50ms"]);
    let words: Vec<&str> = ran.stderr.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!((words.first(), words.last()), (Some(&"notStarted"), Some(&"completed")));
    assert!(words.contains(&"inProgress"), "{}", ran.stderr);
    assert!(words.len() < 14, "{}", ran.stderr);
    assert!(ran.stderr.ends_with("completed 100%, 5/5 items, 8 B/8 B\n"), "{}", ran.stderr);
}

#[test]
fn how_fast_it_went_is_told_once() {
    for pace in ["instant", "20ms", "1000items/s"] {
        let ran = Work::with_docs().done(&["copy", "Docs", "Copy", "--pace", pace]);
        let told = ran.stdout.clone() + &ran.stderr;
        assert_eq!(told.matches(" items/s").count(), 1, "{told}");
    }
}

#[test]
fn a_paced_copy_takes_its_time_and_shows_that_it_goes_on_without_a_terminal_too() {
    let work = Work::with_docs();
    let ran = work.run(&["copy", "Docs", "Docs (copy)", "--pace", "300ms", "--json"]);
    let object: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(object["elapsedMs"].as_f64().unwrap() >= 300.0, "{object}");
    let states: Vec<&str> = ran.stderr.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!((states[0], states[1], states.last()), ("notStarted", "inProgress", Some(&"completed")));
}

#[test]
fn one_object_tells_all() {
    let object = Work::with_docs().json(0, &["copy", "Docs", "Copy"]);
    let id = object["item"]["id"].as_str().unwrap().to_owned();
    assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let counts = json!({ "files": 3, "folders": 2, "bytes": 8 });
    let expected = json!({
        "status": "completed",
        "percentComplete": 100.0,
        "item": { "id": id, "name": "Copy" },
        "source": counts,
        "copy": counts,
        "leftOut": 0,
    });
    assert_eq!(without_time(object), expected);
}

#[test]
fn a_refused_copy_is_told_in_the_object_too() {
    let work = Work::with_docs();
    let message = "the name \"Docs\" is taken by a folder in \"/\"";
    let expected = json!({
        "status": "failed",
        "percentComplete": 0.0,
        "item": null,
        "source": { "files": 3, "folders": 2, "bytes": 8 },
        "copy": { "files": 0, "folders": 0, "bytes": 0 },
        "leftOut": 0,
        "error": { "code": "nameAlreadyExists", "message": message },
    });
    assert_eq!(without_time(work.json(1, &["copy", "Docs"])), expected);
    let ran = work.run(&["copy", "Docs"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert_eq!(ran.stderr, format!("error: nameAlreadyExists: {message}\n"));
}

#[test]
fn a_job_that_fails_later_is_told_as_one() {
    let work = Work::with_docs();
    let object = work.json(1, &["copy", "Docs", "--profile", "business"]);
    assert_eq!(
        (&object["status"], &object["error"]["code"]),
        (&json!("failed"), &json!("nameAlreadyExists"))
    );
    let ran = work.run(&["copy", "Docs", "--profile", "business"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("notStarted\n") && ran.stderr.contains("\nfailed 0%"), "{}", ran.stderr);
}

#[test]
fn each_profile_numbers_copies_its_own_way() {
    let work = Work::with_docs();
    for (profile, name) in [("plain", "Docs 1"), ("business", "Docs1")] {
        let object = work.json(0, &["copy", "Docs", "--on-conflict", "rename", "--profile", profile]);
        assert_eq!(object["item"]["name"], name);
    }
}

#[test]
fn several_copies_are_renamed_unless_told_otherwise() {
    let work = Work::with_docs();
    let object = work.json(0, &["copy", "Docs", "--times", "3"]);
    assert_eq!((&object["item"]["name"], &object["copy"]["files"]), (&json!("Docs 3"), &json!(3)));
    let object = work.json(0, &["copy", "Docs", "Copy", "--times", "3", "--on-conflict", "rename"]);
    assert_eq!(object["item"]["name"], "Copy 2");
    for behaviour in ["fail", "replace"] {
        let object = work.json(1, &["copy", "Docs", "Copy", "--times", "2", "--on-conflict", behaviour]);
        assert_eq!(object["error"]["code"], "nameAlreadyExists");
        assert_eq!(object["item"], Value::Null);
    }
    let ran = work.done(&["copy", "Docs", "--times", "200"]);
    assert!(ran.stdout.contains(", the last of 200 copies\n"), "{}", ran.stdout);
    assert!(ran.stderr.lines().count() < 14, "{}", ran.stderr);
}

#[test]
fn folders_missing_on_the_way_to_the_target_are_made() {
    let work = Work::with_docs();
    let ran = work.done(&["copy", "Docs", "--into", "/Archive/2024", "--pace", "1000items/s"]);
    assert!(
        ran.stdout.starts_with("copied to \"/Archive/2024/Docs\" in the simulated drive, id "),
        "{}",
        ran.stdout
    );
    let object = work.json(0, &["copy", "Docs", "--into", "/Archive", "--pace", "1GiB/s"]);
    assert_eq!((&object["item"]["name"], &object["percentComplete"]), (&json!("Docs"), &json!(100.0)));
}

#[test]
fn a_copy_into_itself_is_refused() {
    let work = Work::with_docs();
    for into in ["/Docs", "/Docs/2024", "/Docs/new/folder"] {
        let object = work.json(1, &["copy", "Docs", "--into", into]);
        assert_eq!(object["error"]["code"], "invalidRequest", "{into}");
        assert!(object["error"]["message"].as_str().unwrap().contains("into itself"), "{object}");
    }
}

#[test]
fn what_the_drive_refuses_of_the_names_is_told_with_its_code() {
    let work = Work::with_docs();
    let object = work.json(1, &["copy", "Docs", "a:b", "--profile", "business"]);
    assert_eq!(object["error"]["code"], "invalidRequest");
    let object = work.json(1, &["copy", "Docs", "--into", "/con", "--profile", "business"]);
    assert_eq!(object["error"]["code"], "invalidRequest");
    // The name of the source itself: without it there is nothing to copy.
    let work = Work::with(&[("con/a.txt", "")]);
    let object = work.json(1, &["copy", "con", "Copy", "--profile", "business"]);
    assert_eq!(
        (&object["error"]["code"], &object["source"]["folders"]),
        (&json!("invalidRequest"), &json!(0))
    );
}

#[test]
fn the_folder_the_program_stands_in_has_a_name() {
    let work = Work::with_docs();
    let mut command = work.command(&["copy", ".", "--times", "2", "--json"]);
    let output = command.current_dir(work.path("Docs/2024")).output().unwrap();
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["item"]["name"], "2024 2");
    let mut command = work.command(&["copy", "..", "--times", "2", "--json"]);
    let output = command.current_dir(work.path("Docs/2024")).output().unwrap();
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["item"]["name"], "Docs 2");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let work = Work::with_docs();
    for args in [&["copy", "Docs", "Copy"][..], &["outline", "Docs"], &["copy", "Docs", "Copy", "--json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = work.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
    }
    // The same with nobody to hear of the progress.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = work.command(&["copy", "Docs", "Copy"]).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}
