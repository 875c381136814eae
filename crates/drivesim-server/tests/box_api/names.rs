//! The only place for tests of names at Box: what each call makes of them, or refuses.

use serde_json::{Value, json};

use crate::support::{Answer, Wire};

/// Sends a name in every call that takes one but for the copy of a file, each in a drive of its own.
fn ask_all(name: &str) -> Vec<(&'static str, Answer)> {
    let drive = || Wire::new("a.txt\nd/\nTo/\n");
    let at = |wire: &Wire, url: &str, path: &str| url.replace("{}", &wire.id(path));
    let new = |wire: &Wire| json!({ "name": name, "parent": { "id": wire.id("To") }, "size": 1 });
    let named = json!({ "name": name });
    let ask = |wire: Wire, what: &'static str| {
        let answer = match what {
            "copy of a folder" => wire.post(&at(&wire, "/folders/{}/copy", "d"), &new(&wire)),
            "new folder" => wire.post("/folders", &new(&wire)),
            "renamed folder" => wire.put(&at(&wire, "/folders/{}", "d"), &named),
            "renamed file" => wire.put(&at(&wire, "/files/{}", "a.txt"), &named),
            "upload" => wire.upload("/files/content", &new(&wire), "x"),
            "new version" => wire.upload(&at(&wire, "/files/{}/content", "a.txt"), &named, "x"),
            "preflight" => wire.options("/files/content", &new(&wire)),
            "preflight of a version" => wire.options(&at(&wire, "/files/{}/content", "a.txt"), &named),
            "upload session" => {
                let body = json!({ "folder_id": wire.id("To"), "file_name": name, "file_size": 20_000_000 });
                wire.post("/files/upload_sessions", &body)
            }
            _ => unreachable!("{what}"),
        };
        (what, answer)
    };
    let calls = [
        "copy of a folder",
        "new folder",
        "renamed folder",
        "renamed file",
        "upload",
        "new version",
        "preflight",
        "preflight of a version",
        "upload session",
    ];
    calls.map(|what| ask(drive(), what)).into()
}

fn copy(wire: &Wire, name: &str) -> Answer {
    let body = json!({ "name": name, "parent": { "id": wire.id("To") } });
    wire.post(&format!("/files/{}/copy", wire.id("a.txt")), &body)
}

/// Holds every call to what a vector says of the name.
fn check(vector: &Value) {
    let (name, file) = (vector["input"].as_str().unwrap(), vector["file_copy"].as_str().unwrap());
    let answer = copy(&Wire::new("a.txt\nTo/\n"), name);
    match file.strip_prefix("400") {
        Some(_) => assert_eq!(answer.status.as_u16(), 400, "{vector}: {answer:?}"),
        None => assert_eq!(answer.expect(201).json()["name"], file, "{vector}"),
    }
    let others = vector["create_rename_upload_foldercopy"].as_str().unwrap();
    for (what, answer) in ask_all(name) {
        let Some(code) = others.strip_prefix("400") else {
            assert!([200, 201].contains(&answer.status.as_u16()), "{what}, {vector}: {answer:?}");
            continue;
        };
        // A session must have a name.
        let is_missing = name.is_empty() && what == "upload session";
        answer.refused(400, if is_missing { "missing_file_name" } else { code.trim() });
    }
}

#[test]
fn the_name_vectors_hold_in_every_call() {
    let vectors = include_str!("../../../drivesim-core/tests/vectors/box-names.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() > 20, "only {} vectors", vectors.len());
    vectors.iter().for_each(check);
}

#[test]
fn a_space_at_the_end_may_be_kept_by_an_option() {
    for (option, made) in [("", "new.txt"), (" reject_trailing_space=false", "new.txt ")] {
        let wire = Wire::seeded(&format!("drive box profile=box{option}"), "a.txt\nTo/\n");
        assert_eq!(copy(&wire, "new.txt ").expect(201).json()["name"], made);
        let folder = wire.post("/folders", &json!({ "name": "new ", "parent": { "id": "0" } }));
        assert_eq!(folder.status.as_u16(), if option.is_empty() { 400 } else { 201 });
    }
}
