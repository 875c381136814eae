//! Tests the results, progress and output of `drivesim copy`.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::work::WorkDir;

/// Removes the values that differ from run to run from an object; they must exist.
fn without_time(mut object: Value) -> Value {
    for key in ["elapsedMs", "itemsPerSecond"] {
        let figure = object.as_object_mut().unwrap().remove(key).unwrap();
        assert!(figure.as_f64().unwrap() >= 0.0, "{key}: {figure}");
    }
    object
}

#[test]
fn a_folder_is_copied_next_to_itself_under_another_name() {
    let ran = WorkDir::with_docs().run_ok(&["copy", "Docs", "Docs (copy)"]);
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
fn states_are_printed_as_lines_without_a_terminal() {
    let ran = WorkDir::with_docs().run_ok(&["copy", "Docs", "Copy", "--pace", "50ms"]);
    let words: Vec<&str> = ran.stderr.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!((words.first(), words.last()), (Some(&"notStarted"), Some(&"completed")));
    assert!(words.contains(&"inProgress"), "{}", ran.stderr);
    assert!(words.len() < 14, "{}", ran.stderr);
    assert!(ran.stderr.ends_with("completed 100%, 5/5 items, 8 B/8 B\n"), "{}", ran.stderr);
}

#[test]
fn the_rate_is_printed_once() {
    for pace in ["instant", "20ms", "1000items/s"] {
        let ran = WorkDir::with_docs().run_ok(&["copy", "Docs", "Copy", "--pace", pace]);
        let output_text = ran.stdout.clone() + &ran.stderr;
        assert_eq!(output_text.matches(" items/s").count(), 1, "{output_text}");
    }
}

#[test]
fn a_paced_copy_takes_its_time_and_shows_progress_without_a_terminal() {
    let work = WorkDir::with_docs();
    let ran = work.run(&["copy", "Docs", "Docs (copy)", "--pace", "300ms", "--json"]);
    let object: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(object["elapsedMs"].as_f64().unwrap() >= 300.0, "{object}");
    let states: Vec<&str> = ran.stderr.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!((states[0], states[1], states.last()), ("notStarted", "inProgress", Some(&"completed")));
}

#[test]
fn the_json_object_has_all_results() {
    let object = WorkDir::with_docs().json(0, &["copy", "Docs", "Copy"]);
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
fn a_copy_that_fails_at_once_is_in_the_json_object() {
    let work = WorkDir::with_docs();
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
fn a_job_that_fails_later_is_reported_as_failed() {
    let work = WorkDir::with_docs();
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
    let work = WorkDir::with_docs();
    for (profile, name) in [("plain", "Docs 1"), ("business", "Docs1")] {
        let object = work.json(0, &["copy", "Docs", "--on-conflict", "rename", "--profile", profile]);
        assert_eq!(object["item"]["name"], name);
    }
}

#[test]
fn several_copies_are_renamed_by_default() {
    let work = WorkDir::with_docs();
    let object = work.json(0, &["copy", "Docs", "--times", "3"]);
    assert_eq!((&object["item"]["name"], &object["copy"]["files"]), (&json!("Docs 3"), &json!(3)));
    let object = work.json(0, &["copy", "Docs", "Copy", "--times", "3", "--on-conflict", "rename"]);
    assert_eq!(object["item"]["name"], "Copy 2");
    for behavior in ["fail", "replace"] {
        let object = work.json(1, &["copy", "Docs", "Copy", "--times", "2", "--on-conflict", behavior]);
        assert_eq!(object["error"]["code"], "nameAlreadyExists");
        assert_eq!(object["item"], Value::Null);
    }
    let ran = work.run_ok(&["copy", "Docs", "--times", "200"]);
    assert!(ran.stdout.contains(", the last of 200 copies\n"), "{}", ran.stdout);
    assert!(ran.stderr.lines().count() < 14, "{}", ran.stderr);
}

#[test]
fn missing_folders_of_the_target_path_are_created() {
    let work = WorkDir::with_docs();
    let ran = work.run_ok(&["copy", "Docs", "--into", "/Archive/2024", "--pace", "1000items/s"]);
    assert!(
        ran.stdout.starts_with("copied to \"/Archive/2024/Docs\" in the simulated drive, id "),
        "{}",
        ran.stdout
    );
    let object = work.json(0, &["copy", "Docs", "--into", "/Archive", "--pace", "1GiB/s"]);
    assert_eq!((&object["item"]["name"], &object["percentComplete"]), (&json!("Docs"), &json!(100.0)));
}

#[test]
fn a_copy_into_itself_fails() {
    let work = WorkDir::with_docs();
    for into in ["/Docs", "/Docs/2024", "/Docs/new/folder"] {
        let object = work.json(1, &["copy", "Docs", "--into", into]);
        assert_eq!(object["error"]["code"], "invalidRequest", "{into}");
        assert!(object["error"]["message"].as_str().unwrap().contains("into itself"), "{object}");
    }
}

#[test]
fn an_invalid_name_fails_with_its_code() {
    let work = WorkDir::with_docs();
    let object = work.json(1, &["copy", "Docs", "a:b", "--profile", "business"]);
    assert_eq!(object["error"]["code"], "invalidRequest");
    let object = work.json(1, &["copy", "Docs", "--into", "/con", "--profile", "business"]);
    assert_eq!(object["error"]["code"], "invalidRequest");
    // The name of the source itself: without it there is nothing to copy.
    let work = WorkDir::with(&[("con/a.txt", "")]);
    let object = work.json(1, &["copy", "con", "Copy", "--profile", "business"]);
    assert_eq!(
        (&object["error"]["code"], &object["source"]["folders"]),
        (&json!("invalidRequest"), &json!(0))
    );
}

#[test]
fn the_working_directory_has_a_name() {
    let work = WorkDir::with_docs();
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
fn a_closed_pipe_is_not_an_error() {
    let work = WorkDir::with_docs();
    for args in [&["copy", "Docs", "Copy"][..], &["outline", "Docs"], &["copy", "Docs", "Copy", "--json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = work.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
    }
    // The same with a closed stderr.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = work.command(&["copy", "Docs", "Copy"]).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}
