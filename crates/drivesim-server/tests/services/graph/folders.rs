//! Tests of the creation of folders: the three conflict behaviors, and missing parents.

use crate::graph::support::{TestServer, business, personal};

const CHILDREN: &str = "/v1.0/me/drive/root:/Docs:/children";

#[test]
fn creating_a_folder_returns_201() {
    for wire in [business("Docs/\n"), personal("Docs/\n")] {
        wire.run_transcript(
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

/// Creates the folder `a` where one that is not empty exists.
fn check(wire: &TestServer, behavior: &str, status: u16, name: &str) {
    let body = format!(r#"{{"name":"A","folder":{{}}{behavior}}}"#);
    let response = wire.send_json("POST", CHILDREN, &body);
    let body_returned = response.json();
    assert_eq!(response.status, status, "{body}: {body_returned}");
    if status == 409 {
        assert_eq!(body_returned["error"]["code"], "nameAlreadyExists");
    } else {
        assert_eq!(body_returned["name"], name, "{body}");
    }
}

#[test]
fn each_behavior_resolves_a_taken_name() {
    for kind in [business, personal] {
        let wire = || kind("Docs/\n  a/\n    in.txt\n");
        check(&wire(), "", 409, "");
        check(&wire(), r#","@name.conflictBehavior":"fail""#, 409, "");
        check(&wire(), r#","@microsoft.graph.somethingElse":"rename""#, 409, "");
        for key in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
            check(&wire(), &format!(r#","{key}":"rename""#), 201, "A 1");
            let replaced = wire();
            let id = replaced.expand("[id:/Docs/a]");
            check(&replaced, &format!(r#","{key}":"replace""#), 200, "a");
            assert_eq!(replaced.expand("[id:/Docs/a]"), id);
            replaced.sim.assert_outline("Docs/\n  a/\n    in.txt\n");
        }
    }
}

#[test]
fn the_behavior_may_be_in_the_query() {
    for wire in [business("Docs/\n  a/\n"), personal("Docs/\n  a/\n")] {
        let id = wire.expand("[id:/Docs/a]");
        for (behavior, status, name) in [("fail", 409, ""), ("replace", 200, "a"), ("rename", 201, "a 1")] {
            let url = format!("{CHILDREN}?@microsoft.graph.conflictBehavior={behavior}");
            let response = wire.send_json("POST", &url, r#"{"name":"a","folder":{}}"#);
            assert_eq!(response.status, status, "{behavior}");
            if status != 409 {
                assert_eq!(response.json()["name"], name, "{behavior}");
            }
        }
        assert_eq!(wire.expand("[id:/Docs/a]"), id);
    }
}

#[test]
fn an_option_of_personal_drives_returns_an_existing_folder() {
    let tree = "Docs/\n  a/\n    in.txt\n  f = \"file\"\n";
    let option =
        |option: &str| TestServer::new(&format!("drive home profile=personal owner=me{option}\n{tree}"));
    for (wire, status) in [
        (option(""), 409),
        (option(" wire.folder_again=refuse"), 409),
        (option(" wire.folder_again=existing"), 200),
        (business(tree), 409),
    ] {
        let id = wire.expand("[id:/Docs/a]");
        for url in
            [CHILDREN, "/v1.0/me/drive/items/[id:/Docs]/children", "/_api/v2.0/drive/root:/Docs:/children"]
        {
            check(&wire, "", status, "a");
            wire.expect("POST", url, r#"{"name":"a","folder":{}}"#, status, "");
        }
        assert_eq!(wire.expand("[id:/Docs/a]"), id);
        // An explicit behavior overrides the option, which does not apply to files.
        check(&wire, r#","@microsoft.graph.conflictBehavior":"fail""#, 409, "");
        wire.expect("POST", CHILDREN, r#"{"name":"f","folder":{}}"#, 409, "nameAlreadyExists");
        check(&wire, r#","@microsoft.graph.conflictBehavior":"rename""#, 201, "A 1");
        wire.sim.assert_outline("Docs/\n  a/\n    in.txt\n  A 1/\n  f = \"file\"\n");
    }
    let response = TestServer::with_options(
        drivesim_server::ServerOptions::default(),
        "drive home profile=personal owner=me wire.folder_again=existing\n",
    )
    .send_json("POST", "/drive/root/children", r#"{"name":"new","folder":{}}"#);
    assert_eq!(response.status, 201);
}

/// Creates a folder and a file with a name in the root and below it, by every operation.
fn check_name(wire: &TestServer, name: &str, folder_status: u16, file_status: u16) {
    let code = |status: u16| if status == 400 { "invalidRequest" } else { "" };
    let check_and_delete = |status: u16, success: u16, path: &str| {
        assert_eq!(status == success, wire.sim.exists(path), "{path}");
        if status == success {
            wire.sim.delete_permanently(path).unwrap();
        }
    };
    for (url, above) in [("root", ""), ("root:/To:", "/To"), ("root:/To/in:", "/To/in")] {
        let (path, folder) = (format!("{above}/{name}"), format!(r#"{{"name":"{name}","folder":{{}}}}"#));
        let children = format!("/v1.0/me/drive/{url}/children");
        wire.expect("POST", &children, &folder, folder_status, code(folder_status));
        check_and_delete(folder_status, 201, &path);
        let content = format!("/v1.0/me/drive/root:{path}:/content");
        wire.expect("PUT", &content, "", file_status, code(file_status));
        check_and_delete(file_status, 201, &path);
        let session = format!("/v1.0/me/drive/root:{path}:/createUploadSession");
        let session_status = if file_status == 201 { 200 } else { file_status };
        wire.expect("POST", &session, "{}", session_status, code(file_status));
        for (source, item_status) in [("d", folder_status), ("f", file_status)] {
            let (moved, copied) = if item_status == 201 { (200, 202) } else { (400, 400) };
            let item = format!("/v1.0/me/drive/root:/{source}");
            let parent =
                if above.is_empty() { "/drive/root".to_owned() } else { format!("/drive/root:{above}") };
            let body = format!(r#"{{"name":"{name}","parentReference":{{"path":"{parent}"}}}}"#);
            wire.expect("POST", &format!("{item}:/copy"), &body, copied, code(item_status));
            check_and_delete(copied, 202, &path);
            wire.set_variable("moved", wire.expand(&format!("[id:/{source}]")));
            wire.expect("PATCH", &item, &body, moved, code(item_status));
            if moved == 200 {
                let back = format!(r#"{{"name":"{source}","parentReference":{{"path":"/drive/root"}}}}"#);
                wire.expect("PATCH", "/v1.0/me/drive/items/[moved]", &back, 200, "");
            }
        }
    }
}

const NAMED: &str = "d/\nf = \"f\"\nTo/\n  in/\n";

#[test]
fn only_business_drives_reject_the_names_of_sharepoint() {
    for name in ["a_vti_b.bin", "_vti_", "x_VTI_y"] {
        check_name(&business(NAMED), name, 400, 400);
        check_name(&personal(NAMED), name, 201, 201);
    }
    for name in ["Forms", "forms", "FORMS"] {
        check_name(&business(NAMED), name, 400, 201);
        check_name(&personal(NAMED), name, 201, 201);
    }
    for name in ["Forms.d", "MyForms", "vti_"] {
        check_name(&business(NAMED), name, 201, 201);
    }
}

#[test]
fn options_allow_or_reject_the_names_of_sharepoint() {
    let drive = |options: &str| TestServer::new(&format!("drive d owner=me {options}\n{NAMED}"));
    check_name(&drive("profile=business forms_folders=allowed"), "Forms", 201, 201);
    check_name(&drive("profile=personal forms_folders=refused"), "Forms", 400, 201);
    check_name(&drive("profile=business vti_names=allowed"), "a_vti_b", 201, 201);
    check_name(&drive("profile=personal vti_names=refused"), "a_vti_b", 400, 400);
    for profile in ["business", "personal"] {
        let wire = drive(&format!("profile={profile} forms_folders=refused_at_root"));
        let folder = r#"{"name":"Forms","folder":{}}"#;
        wire.expect("POST", "/v1.0/me/drive/root/children", folder, 400, "invalidRequest");
        wire.expect("POST", "/v1.0/me/drive/root:/To:/children", folder, 201, "");
    }
    let response = business(NAMED).send_json(
        "POST",
        "/v1.0/me/drive/root:/To:/children",
        r#"{"name":"Forms","folder":{}}"#,
    );
    let message = response.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("Name is reserved for list forms folder. "), "{message}");
}

#[test]
fn a_folder_does_not_replace_a_file() {
    let wire = business("Docs/\n  a = \"file\"\n");
    check(&wire, r#","@microsoft.graph.conflictBehavior":"replace""#, 409, "");
    wire.sim.assert_outline("Docs/\n  a = \"file\"\n");
}

#[test]
fn personal_drives_create_missing_parents() {
    let (work, home) = (business("Docs/\n"), personal("Docs/\n"));
    let url = "/v1.0/me/drive/root:/Docs/2024/q1:/children";
    work.expect("POST", url, r#"{"name":"x","folder":{}}"#, 404, "itemNotFound");
    work.sim.assert_outline("Docs/\n");
    home.expect("POST", url, r#"{"name":"x","folder":{}}"#, 201, "");
    home.sim.assert_outline("Docs/\n  2024/\n    q1/\n      x/\n");
}

#[test]
fn a_failed_request_creates_no_parents() {
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
fn invalid_names_fail() {
    for kind in [business, personal] {
        let wire = kind("Docs/\n");
        let mut names: Vec<String> = "\"*:<>?/\\|".chars().map(|bad| format!("a{bad}b")).collect();
        names.extend(
            ["", ".", "..", " a", "a ", "a.", "CON", "nul.txt", "~$a", "desktop.ini"].map(str::to_owned),
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
fn the_parent_of_a_new_folder_must_be_a_folder() {
    let wire = business("a.txt\n");
    let body = r#"{"name":"x","folder":{}}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/a.txt:/children", body, 400, "invalidRequest");
    wire.expect("POST", "/v1.0/me/drive/root:/gone:/children", body, 404, "itemNotFound");
}
