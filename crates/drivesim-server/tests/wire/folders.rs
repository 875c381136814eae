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
fn the_behavior_may_stand_in_the_query() {
    for wire in [business("Docs/\n  a/\n"), personal("Docs/\n  a/\n")] {
        let id = wire.fill("[id:/Docs/a]");
        for (behavior, status, name) in [("fail", 409, ""), ("replace", 200, "a"), ("rename", 201, "a 1")] {
            let url = format!("{CHILDREN}?@microsoft.graph.conflictBehavior={behavior}");
            let answer = wire.send_json("POST", &url, r#"{"name":"a","folder":{}}"#);
            assert_eq!(answer.status, status, "{behavior}");
            if status != 409 {
                assert_eq!(answer.json()["name"], name, "{behavior}");
            }
        }
        assert_eq!(wire.fill("[id:/Docs/a]"), id);
    }
}

#[test]
fn the_same_folder_again_is_found_where_a_person_has_it_so() {
    let tree = "Docs/\n  a/\n    in.txt\n  f = \"file\"\n";
    let option = |option: &str| Wire::new(&format!("drive home profile=personal owner=me{option}\n{tree}"));
    for (wire, status) in [
        (option(""), 409),
        (option(" folder_again=refuse"), 409),
        (option(" folder_again=existing"), 200),
        (business(tree), 409),
    ] {
        let id = wire.fill("[id:/Docs/a]");
        for url in
            [CHILDREN, "/v1.0/me/drive/items/[id:/Docs]/children", "/_api/v2.0/drive/root:/Docs:/children"]
        {
            check(&wire, "", status, "a");
            wire.expect("POST", url, r#"{"name":"a","folder":{}}"#, status, "");
        }
        assert_eq!(wire.fill("[id:/Docs/a]"), id);
        // Who says what is wanted gets it, and a file is no folder.
        check(&wire, r#","@microsoft.graph.conflictBehavior":"fail""#, 409, "");
        wire.expect("POST", CHILDREN, r#"{"name":"f","folder":{}}"#, 409, "nameAlreadyExists");
        check(&wire, r#","@microsoft.graph.conflictBehavior":"rename""#, 201, "A 1");
        wire.sim.assert_outline("Docs/\n  a/\n    in.txt\n  A 1/\n  f = \"file\"\n");
    }
    let answer = Wire::with(
        drivesim_server::ServerOptions::default(),
        "drive home profile=personal owner=me folder_again=existing\n",
    )
    .send_json("POST", "/drive/root/children", r#"{"name":"new","folder":{}}"#);
    assert_eq!(answer.status, 201);
}

/// Makes a folder and a file of a name in the root and below it, in all the ways there are.
fn check_name(wire: &Wire, name: &str, of_folder: u16, of_file: u16) {
    let code = |status: u16| if status == 400 { "invalidRequest" } else { "" };
    let gone = |status: u16, made: u16, path: &str| {
        assert_eq!(status == made, wire.sim.exists(path), "{path}");
        if status == made {
            wire.sim.delete_permanently(path).unwrap();
        }
    };
    for (url, above) in [("root", ""), ("root:/To:", "/To"), ("root:/To/in:", "/To/in")] {
        let (path, folder) = (format!("{above}/{name}"), format!(r#"{{"name":"{name}","folder":{{}}}}"#));
        let children = format!("/v1.0/me/drive/{url}/children");
        wire.expect("POST", &children, &folder, of_folder, code(of_folder));
        gone(of_folder, 201, &path);
        let content = format!("/v1.0/me/drive/root:{path}:/content");
        wire.expect("PUT", &content, "", of_file, code(of_file));
        gone(of_file, 201, &path);
        let session = format!("/v1.0/me/drive/root:{path}:/createUploadSession");
        let opened = if of_file == 201 { 200 } else { of_file };
        wire.expect("POST", &session, "{}", opened, code(of_file));
        for (source, of_kind) in [("d", of_folder), ("f", of_file)] {
            let (moved, copied) = if of_kind == 201 { (200, 202) } else { (400, 400) };
            let item = format!("/v1.0/me/drive/root:/{source}");
            let parent =
                if above.is_empty() { "/drive/root".to_owned() } else { format!("/drive/root:{above}") };
            let body = format!(r#"{{"name":"{name}","parentReference":{{"path":"{parent}"}}}}"#);
            wire.expect("POST", &format!("{item}:/copy"), &body, copied, code(of_kind));
            gone(copied, 202, &path);
            wire.keep("moved", wire.fill(&format!("[id:/{source}]")));
            wire.expect("PATCH", &item, &body, moved, code(of_kind));
            if moved == 200 {
                let back = format!(r#"{{"name":"{source}","parentReference":{{"path":"/drive/root"}}}}"#);
                wire.expect("PATCH", "/v1.0/me/drive/items/[moved]", &back, 200, "");
            }
        }
    }
}

const NAMED: &str = "d/\nf = \"f\"\nTo/\n  in/\n";

#[test]
fn only_work_drives_refuse_the_names_of_sharepoint() {
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
fn the_names_of_sharepoint_are_read_as_a_drive_has_them() {
    let drive = |options: &str| Wire::new(&format!("drive d owner=me {options}\n{NAMED}"));
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
    let told = business(NAMED).send_json(
        "POST",
        "/v1.0/me/drive/root:/To:/children",
        r#"{"name":"Forms","folder":{}}"#,
    );
    let message = told.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("Name is reserved for list forms folder. "), "{message}");
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
fn a_folder_is_made_in_a_folder() {
    let wire = business("a.txt\n");
    let body = r#"{"name":"x","folder":{}}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/a.txt:/children", body, 400, "invalidRequest");
    wire.expect("POST", "/v1.0/me/drive/root:/gone:/children", body, 404, "itemNotFound");
}
