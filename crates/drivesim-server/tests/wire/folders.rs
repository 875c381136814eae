//! The only place for making folders: the three behaviours, and what is missing on the way.

use crate::support::{Wire, business, personal};

const CHILDREN: &str = "/v1.0/me/drive/root:/Docs:/children";

#[test]
fn a_new_folder_is_answered_with_201() {
    for wire in [business("Docs/\n"), personal("Docs/\n")] {
        wire.speaks(
            r#"
            > POST /v1.0/me/drive/items/[id:/Docs]/children
            > Content-Type: application/json
            > {"name": "New", "folder": {}, "@microsoft.graph.conflictBehavior": "fail"}
            < 201
            < {"...": "", "id": "[id:/Docs/New]", "name": "New", "folder": {"childCount": 0}, "size": 0}
            "#,
        );
        wire.sim.assert_outline("Docs/\n  New/\n");
    }
}

/// Makes the folder `a` where there is one with something in it.
fn check(wire: &Wire, behavior: &str, status: u16, name: &str) {
    let body = format!(r#"{{"name":"A","folder":{{}}{behavior}}}"#);
    let answer = wire.send_json("POST", CHILDREN, &body);
    let told = answer.json();
    assert_eq!(answer.status, status, "{body}: {told}");
    if status == 409 {
        assert_eq!(told["error"]["code"], "nameAlreadyExists");
    } else {
        assert_eq!(told["name"], name, "{body}");
    }
}

#[test]
fn a_taken_name_is_refused_found_or_numbered() {
    for kind in [business, personal] {
        let wire = || kind("Docs/\n  a/\n    in.txt\n");
        check(&wire(), "", 409, "");
        check(&wire(), r#","@name.conflictBehavior":"fail""#, 409, "");
        check(&wire(), r#","@microsoft.graph.conflictBehavior":null"#, 409, "");
        check(&wire(), r#","@microsoft.graph.somethingElse":"rename""#, 409, "");
        for key in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
            check(&wire(), &format!(r#","{key}":"rename""#), 201, "A 1");
            let replaced = wire();
            let id = replaced.fill("[id:/Docs/a]");
            check(&replaced, &format!(r#","{key}":"replace""#), 200, "a");
            assert_eq!(replaced.fill("[id:/Docs/a]"), id);
            replaced.sim.assert_outline("Docs/\n  a/\n    in.txt\n");
        }
    }
}

#[test]
fn a_file_is_not_replaced_by_a_folder() {
    let wire = business("Docs/\n  a = \"file\"\n");
    check(&wire, r#","@microsoft.graph.conflictBehavior":"replace""#, 409, "");
    wire.sim.assert_outline("Docs/\n  a = \"file\"\n");
}

#[test]
fn a_person_gets_the_folders_that_are_missing_on_the_way() {
    let (work, home) = (business("Docs/\n"), personal("Docs/\n"));
    let url = "/v1.0/me/drive/root:/Docs/2024/q1:/children";
    work.expect("POST", url, r#"{"name":"x","folder":{}}"#, 404, "itemNotFound");
    work.sim.assert_outline("Docs/\n");
    home.expect("POST", url, r#"{"name":"x","folder":{}}"#, 201, "");
    home.sim.assert_outline("Docs/\n  2024/\n    q1/\n      x/\n");
}

#[test]
fn what_is_refused_leaves_no_folders_on_the_way() {
    let home = personal("Docs/\n  f.txt\n");
    let cases = [
        ("/v1.0/me/drive/root:/Docs/2024/q1:/children", r#"{"name":"a:b","folder":{}}"#),
        ("/v1.0/me/drive/root:/Docs/2024/con:/children", r#"{"name":"x","folder":{}}"#),
        ("/v1.0/me/drive/root:/Docs/f.txt/q1:/children", r#"{"name":"x","folder":{}}"#),
        ("/v1.0/me/drive/root:/Docs/2024/../q:/children", r#"{"name":"x","folder":{}}"#),
        ("/v1.0/me/drive/root:/Docs/2024:/children", r#"{"name":"x"}"#),
        ("/v1.0/me/drive/root:/Docs/2024:/children", r#"{"folder":{}}"#),
    ];
    for (url, body) in cases {
        home.expect("POST", url, body, 400, "invalidRequest");
        home.sim.assert_outline("Docs/\n  f.txt\n");
    }
    let long = format!("/v1.0/me/drive/root:{}:/children", "/n".repeat(300));
    home.expect("POST", &long, r#"{"name":"x","folder":{}}"#, 400, "invalidRequest");
    home.sim.assert_outline("Docs/\n  f.txt\n");
}

#[test]
fn names_that_the_services_refuse_make_nothing() {
    for kind in [business, personal] {
        let wire = kind("Docs/\n");
        let mut names: Vec<String> = "\"*:<>?/\\|".chars().map(|bad| format!("a{bad}b")).collect();
        names.extend(
            ["", ".", "..", " a", "a ", "a.", "CON", "nul.txt", "~$a", "a_vti_b", "desktop.ini"]
                .map(str::to_owned),
        );
        names.push("n".repeat(256));
        for name in names {
            let body = serde_json::json!({ "name": name, "folder": {} }).to_string();
            wire.expect("POST", CHILDREN, &body, 400, "invalidRequest");
        }
        wire.sim.assert_outline("Docs/\n");
    }
}

#[test]
fn a_folder_is_made_in_a_folder() {
    let wire = business("a.txt\n");
    let body = r#"{"name":"x","folder":{}}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/a.txt:/children", body, 400, "invalidRequest");
    wire.expect("POST", "/v1.0/me/drive/root:/gone:/children", body, 404, "itemNotFound");
}
