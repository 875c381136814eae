//! Tests of members of files and folders: setting, reading them whole or in part, and which ones copies keep.

use drivesim::{Profile, Sim};
use drivesim_server::ServerOptions;
use serde_json::{Value, json};

use crate::box_api::strict::ignored;
use crate::box_api::support::TestServer;

/// Members of a file, their values in the example of the reference of copying a file, and whether a copy keeps them.
pub(crate) const FILE_MEMBERS: &[(&str, &str, bool)] = &[
    ("allowed_invitee_roles", r#"["editor"]"#, false),
    (
        "classification",
        r##"{"color":"#FF0000","definition":"Content that should not be shared outside the company.","name":"Top Secret"}"##,
        true,
    ),
    ("comment_count", "10", false),
    ("disposition_at", r#""2012-12-12T10:53:43-08:00""#, false),
    ("expires_at", r#""2012-12-12T10:53:43-08:00""#, false),
    (
        "expiring_embed_link",
        r#"{"access_token":"c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ","expires_in":3600,"restricted_to":[{"object":{"etag":"1","id":"12345","type":"folder","name":"Contracts","sequence_id":"3"},"scope":"item_download"}],"token_type":"bearer","url":"https://cloud.app.box.com/preview/expiring_embed/..."}"#,
        false,
    ),
    ("has_collaborations", "true", false),
    ("is_accessible_via_shared_link", "true", false),
    ("is_associated_with_app_item", "true", false),
    ("is_externally_owned", "true", false),
    ("is_package", "true", true),
    (
        "lock",
        r#"{"id":"11446498","type":"lock","app_type":"office_wopiplus","created_at":"2012-12-12T10:53:43-08:00","created_by":{"id":"11446498","type":"user","login":"ceo@example.com","name":"Aaron Levie"},"expired_at":"2012-12-12T10:53:43-08:00","is_download_prevented":true}"#,
        false,
    ),
    (
        "metadata",
        r#"{"enterprise_27335":{"marketingCollateral":{"$canEdit":true,"$id":"01234500-12f1-1234-aa12-b1d234cb567e","$parent":"folder_59449484661","$scope":"enterprise_27335","$template":"marketingCollateral","$type":"properties-6bcba49f-ca6d-4d2a-a758-57fe6edf44d0","$typeVersion":2,"$version":1}}}"#,
        false,
    ),
    (
        "permissions",
        r#"{"can_annotate":true,"can_comment":true,"can_delete":true,"can_download":false,"can_invite_collaborator":true,"can_preview":true,"can_rename":true,"can_set_share_access":true,"can_share":true,"can_upload":true,"can_view_annotations_all":true,"can_view_annotations_self":true}"#,
        false,
    ),
    (
        "representations",
        r#"{"entries":[{"content":{"url_template":"https://dl.boxcloud.com/api/2.0/internal_files/123/versions/345/representations/png_paged_2048x2048/content/{+asset_path}?watermark_content=4567"},"info":{"url":"https://api.box.com/2.0/internal_files/123/versions/345/representations/png_paged_2048x2048"},"properties":{"dimensions":"2048x2048","paged":true,"thumb":true},"representation":"png","status":{"state":"success"}}]}"#,
        false,
    ),
    (
        "shared_link",
        r#"{"access":"open","download_count":3,"download_url":"https://www.box.com/shared/static/rh935iit6ewrmw0unyul.jpeg","effective_access":"company","effective_permission":"can_download","is_password_enabled":true,"permissions":{"can_download":true,"can_edit":false,"can_preview":true},"preview_count":3,"unshared_at":"2018-04-13T13:53:23-07:00","url":"https://www.box.com/s/vspke7y05sb214wjokpk","vanity_name":"my_url","vanity_url":"https://acme.app.box.com/v/my_url/"}"#,
        false,
    ),
    ("shared_link_permission_options", r#"["can_preview"]"#, false),
    ("tags", r#"["approved"]"#, true),
    ("uploader_display_name", r#""Ellis Wiggins""#, false),
    ("watermark_info", r#"{"is_watermarked":true}"#, false),
];

/// Members of a folder, values other than the defaults, and whether a copy keeps them.
const FOLDER_MEMBERS: &[(&str, &str, bool)] = &[
    ("allowed_invitee_roles", r#"["editor"]"#, false),
    ("allowed_shared_link_access_levels", r#"["company"]"#, false),
    ("can_non_owners_invite", "false", false),
    ("can_non_owners_view_collaborators", "false", false),
    ("classification", r#"{"name":"Top Secret"}"#, true),
    ("folder_upload_email", r#"{"access":"open","email":"upload.Contracts.asd7asd@u.box.com"}"#, false),
    ("has_collaborations", "true", false),
    ("is_accessible_via_shared_link", "true", false),
    ("is_associated_with_app_item", "true", false),
    ("is_collaboration_restricted_to_enterprise", "true", false),
    ("is_externally_owned", "true", false),
    ("metadata", r#"{"global":{"properties":{"$parent":"folder_1","a":"b"}}}"#, false),
    (
        "permissions",
        r#"{"can_delete":false,"can_download":false,"can_invite_collaborator":false,"can_rename":false,"can_set_share_access":false,"can_share":false,"can_upload":false,"can_apply_watermark":true}"#,
        false,
    ),
    (
        "shared_link",
        r#"{"url":"https://www.box.com/s/x","download_url":null,"effective_access":"open","effective_permission":"can_preview","is_password_enabled":false,"download_count":0,"preview_count":0}"#,
        false,
    ),
    ("sync_state", r#""synced""#, false),
    ("tags", r#"["approved"]"#, true),
    ("watermark_info", r#"{"is_watermarked":true}"#, false),
];

const FIXTURE: &str = "Contracts/\n  Contract.pdf = 629644 B\n  plain.txt\nto/\n";
const FILE: &str = "/Contracts/Contract.pdf";

/// How the members are set.
#[derive(Clone, Copy, Debug)]
enum SetBy {
    Outline,
    Admin,
    Rust,
}

/// Serves a drive in which the file and its folder have all members.
fn served(by: SetBy) -> TestServer {
    let attributes = |members: &[(&str, &str, bool)]| {
        let members = members.iter().map(|(name, value, _)| format!(" {name}={value}"));
        format!(" #{}\n", members.collect::<String>())
    };
    if let SetBy::Outline = by {
        let outline = FIXTURE
            .replacen("Contracts/\n", &format!("Contracts/{}", attributes(FOLDER_MEMBERS)), 1)
            .replacen(" B\n", &format!(" B{}", attributes(FILE_MEMBERS)), 1);
        return TestServer::new(&outline);
    }
    let wire = TestServer::new(FIXTURE);
    for (path, members) in [(FILE, FILE_MEMBERS), ("/Contracts", FOLDER_MEMBERS)] {
        for (name, value, _) in members {
            if let SetBy::Rust = by {
                wire.sim.set_member(path, name, value).unwrap();
                continue;
            }
            let body = format!(r#"{{"set":{{"{name}":{value}}}}}"#);
            let url = format!("/_drivesim/members?path={path}");
            wire.send("PATCH", &url, &[], body).expect_status(200);
        }
    }
    wire
}

/// Reads one member of an item.
#[track_caller]
fn read_member(wire: &TestServer, kind: &str, id: &str, name: &str) -> Value {
    wire.get(&format!("/{kind}/{id}?fields={name}")).expect_status(200).json()[name].clone()
}

#[test]
fn every_member_is_returned_as_it_was_set() {
    for by in [SetBy::Outline, SetBy::Admin, SetBy::Rust] {
        let wire = served(by);
        for (kind, path, members) in
            [("files", FILE, FILE_MEMBERS), ("folders", "/Contracts", FOLDER_MEMBERS)]
        {
            let id = wire.id(path);
            for (name, value, _) in members {
                let answer = wire.get(&format!("/{kind}/{id}?fields={name}")).expect_status(200);
                let text = String::from_utf8(answer.body.clone()).unwrap();
                assert!(text.contains(&format!("\"{name}\":{value}")), "{by:?} {name}: {text}");
                assert_eq!(answer.json().as_object().unwrap().len(), if *name == "type" { 3 } else { 4 });
            }
            let names: Vec<&str> = members.iter().map(|(name, ..)| *name).collect();
            let all = wire.get(&format!("/{kind}/{id}?fields={}", names.join(","))).expect_status(200).json();
            for (name, value, _) in members {
                assert_eq!(all[name], serde_json::from_str::<Value>(value).unwrap(), "{by:?} {name}");
            }
            assert_eq!(all["etag"], "0", "setting members does not change the etag");
        }
        let from_admin = wire.get(&format!("/_drivesim/members?path={FILE}")).expect_status(200).json();
        assert_eq!(from_admin.as_object().unwrap().len(), FILE_MEMBERS.len());
    }
}

#[test]
fn the_tables_have_a_value_other_than_the_default_for_every_member() {
    for (kind, path, members) in
        [("files", "/Contracts/plain.txt", FILE_MEMBERS), ("folders", "/to", FOLDER_MEMBERS)]
    {
        let is_of = |rule: &&drivesim::profile::MemberRule| {
            if kind == "files" { rule.is_of_files } else { rule.is_of_folders }
        };
        let rules = Profile::BOX.members.iter().filter(is_of).map(|rule| rule.name);
        assert_eq!(members.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), rules.collect::<Vec<_>>());
        let wire = TestServer::new(FIXTURE);
        let id = wire.id(path);
        for (name, value, _) in members {
            assert_ne!(
                read_member(&wire, kind, &id, name),
                serde_json::from_str::<Value>(value).unwrap(),
                "{name}"
            );
        }
    }
}

#[test]
fn a_copy_keeps_the_listed_members_and_has_defaults_for_the_others() {
    let wire = served(SetBy::Outline);
    let to = json!({ "parent": { "id": wire.id("/to") } });
    wire.post(&format!("/folders/{}/copy", wire.id("/Contracts")), &to).expect_status(201);
    let copies = [
        ("files", "/to/Contracts/Contract.pdf", "/to/Contracts/plain.txt", FILE_MEMBERS),
        ("folders", "/to/Contracts", "/to", FOLDER_MEMBERS),
    ];
    for (kind, copy, plain, members) in copies {
        let (copy, plain) = (wire.id(copy), wire.id(plain));
        for (name, value, is_kept) in members {
            let default = read_member(&wire, kind, &plain, name);
            // The default of this member contains the id of the file.
            let default = match *name {
                "expiring_embed_link" => json!({ "url": format!("http://host/2.0/files/{copy}/content") }),
                _ => default,
            };
            let expected = if *is_kept { serde_json::from_str(value).unwrap() } else { default };
            assert_eq!(read_member(&wire, kind, &copy, name), expected, "{kind} {name}");
        }
    }
    let file =
        wire.post(&format!("/files/{}/copy?fields=tags,lock", wire.id(FILE)), &to).expect_status(201).json();
    assert_eq!(json!([file["tags"], file["lock"]]), json!([["approved"], null]));
}

#[test]
fn a_metadata_instance_is_copied_if_an_option_lists_its_template() {
    let metadata = r#"metadata={"enterprise_1":{"kept":{"$version":1},"left":{"$version":2}}}"#;
    let line = "drive box profile=box copy_keeps_members=metadata.enterprise_1.kept";
    let wire = TestServer::with_drive_line(line, &format!("to/\na.txt # tags=[\"x\"] {metadata}\n"));
    let to = json!({ "parent": { "id": wire.id("/to") } });
    let url = format!("/files/{}/copy?fields=metadata,tags", wire.id("/a.txt"));
    let copy = wire.post(&url, &to).expect_status(201).json();
    assert_eq!(
        json!([copy["metadata"], copy["tags"]]),
        json!([{ "enterprise_1": { "kept": { "$version": 1 } } }, []])
    );
}

#[test]
fn a_field_name_with_a_dot_returns_only_that_part() {
    let wire = served(SetBy::Rust);
    let url = format!("/files/{}?fields=", wire.id(FILE));
    let read = |fields: &str| wire.get(&format!("{url}{fields}")).expect_status(200).json();
    let base = |more: Value| {
        let mut base = read("id");
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    };
    assert_eq!(read("permissions.can_download"), base(json!({ "permissions": { "can_download": false } })));
    let both = json!({ "permissions": { "can_download": false, "can_share": true }, "tags": ["approved"] });
    assert_eq!(read("permissions.can_share,tags,permissions.can_download"), base(both));
    let instance = &read("metadata")["metadata"]["enterprise_27335"]["marketingCollateral"];
    assert_eq!(instance["$typeVersion"], 2);
    let named = json!({ "metadata": { "enterprise_27335": { "marketingCollateral": instance } } });
    assert_eq!(read("metadata.enterprise_27335.marketingCollateral"), base(named.clone()));
    assert_eq!(read("metadata.enterprise.marketingCollateral"), base(named));
    assert_eq!(read("permissions,permissions.can_download")["permissions"].as_object().unwrap().len(), 12);
}

#[test]
fn a_missing_part_is_omitted_and_an_unknown_one_is_noted() {
    let wire = served(SetBy::Rust);
    let url = format!("/files/{}?fields=", wire.id("/Contracts/plain.txt"));
    let cases = [
        ("metadata.global.properties", ""),
        ("metadata.enterprise_27335.marketingCollateral", ""),
        ("permissions.can_apply_watermark", ""),
        ("permissions.nosuch", "?fields=permissions.nosuch"),
        ("tags.0", "?fields=tags.0"),
        ("nosuch.name", "?fields=nosuch.name"),
        ("name.x", "?fields=name.x"),
        ("parent.name", "?fields=parent.name"),
        ("shared_link.url", "?fields=shared_link.url"),
        ("owned_by.login", "?fields=owned_by.login"),
    ];
    for (fields, noted) in cases {
        let actual = wire.get(&format!("{url}{fields}")).expect_status(200);
        assert_eq!(ignored(&wire).join(" "), noted, "{fields}");
        let mut names: Vec<String> = actual.json().as_object().unwrap().keys().cloned().collect();
        names.retain(|name| !["type", "id", "etag"].contains(&&**name));
        assert_eq!(names, [""; 0], "{fields}");
    }
}

#[test]
fn lists_searches_and_events_return_members() {
    let wire = served(SetBy::Rust);
    let list = format!("/folders/{}/items?fields=tags,permissions.can_download", wire.id("/Contracts"));
    let entries = wire.get(&list).expect_status(200).json()["entries"].clone();
    assert_eq!(json!([entries[0]["tags"], entries[1]["tags"]]), json!([["approved"], []]));
    assert_eq!(entries[0]["permissions"], json!({ "can_download": false }));
    let found = wire.get("/search?query=Contract.pdf&fields=tags,shared_link").expect_status(200).json();
    assert_eq!(found["entries"][0]["shared_link"]["vanity_name"], "my_url");
    wire.put(&format!("/files/{}", wire.id(FILE)), &json!({ "name": "c.pdf" })).expect_status(200);
    let events = wire.get("/events?stream_position=0").expect_status(200).json();
    assert_eq!(events["entries"].as_array().unwrap().len(), 1);
    assert_eq!(events["entries"][0]["source"]["shared_link"]["preview_count"], 3);
}

#[test]
fn representations_that_were_set_are_returned_for_any_hint() {
    let wire = served(SetBy::Rust);
    let hints = ("X-Rep-Hints", "[pdf]");
    let read = |path: &str| wire.get_with(&format!("/files/{}?fields=representations", wire.id(path)), hints);
    assert_eq!(
        read(FILE).expect_status(200).json()["representations"]["entries"][0]["representation"],
        "png"
    );
    assert_eq!(ignored(&wire), ["X-Rep-Hints:"]);
    read("/Contracts/plain.txt").expect_error(501, "not_implemented");
}

#[test]
fn the_trash_keeps_members_and_shows_no_shared_link() {
    let wire = served(SetBy::Outline);
    for (kind, path) in [("files", FILE), ("folders", "/Contracts")] {
        let id = wire.id(path);
        let link = read_member(&wire, kind, &id, "shared_link");
        wire.delete(&format!("/{kind}/{id}?recursive=true")).expect_status(204);
        let trashed =
            wire.get(&format!("/{kind}/{id}/trash?fields=tags,shared_link")).expect_status(200).json();
        assert_eq!(json!([trashed["tags"], trashed["shared_link"]]), json!([["approved"], null]), "{kind}");
        let restored = wire.post(&format!("/{kind}/{id}"), &json!({})).expect_status(201).json();
        assert_eq!(restored["shared_link"], Value::Null, "{kind}");
        assert_eq!(read_member(&wire, kind, &id, "shared_link"), link, "{kind}");
        assert_eq!(read_member(&wire, kind, &id, "tags"), json!(["approved"]), "{kind}");
    }
}

#[test]
fn a_shared_link_makes_its_subtree_accessible() {
    let outline = "a/\n  b/\n    c.txt\nd/\n  e.txt\n";
    let wire = TestServer::new(outline);
    let is_shared = |path: &str| read_member(&wire, "files", &wire.id(path), "is_accessible_via_shared_link");
    assert_eq!(json!([is_shared("/a/b/c.txt"), is_shared("/d/e.txt")]), json!([false, false]));
    let (_, link, _) = FOLDER_MEMBERS.iter().find(|(name, ..)| *name == "shared_link").unwrap();
    wire.sim.set_member("/a", "shared_link", link).unwrap();
    assert_eq!(json!([is_shared("/a/b/c.txt"), is_shared("/d/e.txt")]), json!([true, false]));
}

#[test]
fn the_admin_api_sets_and_clears_members_and_explains_errors() {
    let wire = served(SetBy::Rust);
    let change =
        |url: &str, body: &str| wire.send("PATCH", &format!("/_drivesim/members{url}"), &[], body.to_owned());
    let path = "?path=/Contracts/plain.txt";
    let members =
        change(path, r#"{"set":{"tags":["x"],"comment_count":2,"classification":null}}"#).expect_status(200);
    assert_eq!(
        String::from_utf8(members.body).unwrap(),
        r#"{"classification":null,"comment_count":2,"tags":["x"]}"#
    );
    let members =
        change(path, r#"{"set":{"tags":["y"]},"clear":["comment_count","lock"]}"#).expect_status(200).json();
    assert_eq!(members, json!({ "classification": null, "tags": ["y"] }));
    assert_eq!(wire.get(&format!("/_drivesim/members{path}&drive=box")).expect_status(200).json(), members);
    let error_text = |url: &str, body: &str| {
        let error = change(url, body).json()["error"].clone();
        format!("{}: {}", error["code"].as_str().unwrap(), error["message"].as_str().unwrap())
    };
    let cases = [
        (path, r#"{"set":{"tags":[7]}}"#, "badMember: tags[0] must be a non-empty string, not 7"),
        (path, r#"{"set":{"tags":[""]}}"#, "badMember: tags[0] must be a non-empty string, not \"\""),
        (path, r#"{"set":{"lock":{}}}"#, "badMember: lock must have the member created_by"),
        (path, r#"{"set":{"tags":["z"],"lock":7}}"#, "badMember: lock must be an object or null, not 7"),
        (
            path,
            r#"{"set":{"tag":[]}}"#,
            "badMember: a file of a box drive has no member \"tag\"; it has allowed",
        ),
        (
            path,
            r#"{"set":{"sync_state":"synced"}}"#,
            "badMember: a file of a box drive has no member \"sync_state\"",
        ),
        (path, r#"{"clear":["nosuch"]}"#, "badMember: a file of a box drive has no member \"nosuch\""),
        (path, r#"{"set":{"tags":[]},"clear":["tags"]}"#, "badRequest: The member \"tags\" cannot be both"),
        (path, r#"{"set":{"tags":[],"tags":["z"]}}"#, "badRequest: The body is not as expected"),
        (path, r#"{"sets":{}}"#, "badRequest: The body is not as expected"),
        ("", "{}", "badRequest: The item must be named by its path"),
        ("?path=/nothing", "{}", "noItem: \"/nothing\" does not exist"),
        ("?path=nothing", "{}", "badPath: "),
        ("?path=/to&drive=other", "{}", "noDrive: "),
    ];
    for (url, body, expected) in cases {
        let actual = error_text(url, body);
        assert!(actual.starts_with(expected), "{url} {body}: {actual}");
    }
    assert_eq!(wire.get(&format!("/_drivesim/members{path}")).expect_status(200).json(), members);
}

#[test]
fn only_drives_of_box_have_members() {
    let sim =
        Sim::builder().outline("drive box profile=box\na\ndrive me profile=business\na\n").build().unwrap();
    let wire = TestServer::with_options(sim, ServerOptions::default());
    let url = "/_drivesim/members?path=/a&drive=me";
    let error = wire.send("PATCH", url, &[], r#"{"set":{"tags":[]}}"#).expect_status(400).json();
    let message = "a file of a business drive has no member \"tags\"; only box drives have members";
    assert_eq!(error["error"]["message"], message);
    let error = wire.send("PATCH", "/_drivesim/members?path=/a", &[], "{}").expect_status(400).json();
    assert!(error["error"]["message"].as_str().unwrap().contains("&drive=NAME"), "{error}");
}
