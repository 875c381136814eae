//! Tests of shared links, locks, tags and other settings of files and folders.

use serde_json::{Value, json};

use crate::box_api::support::{Response, TestServer};

const FIXTURE: &str = "a.txt = \"hello\"\nDocs/\n  b.txt = \"b\"\n";

/// Serves a drive and returns the URLs of a file and a folder in it.
fn served() -> (TestServer, String, String) {
    let wire = TestServer::new(FIXTURE);
    let (file, folder) = (format!("/files/{}", wire.id("/a.txt")), format!("/folders/{}", wire.id("/Docs")));
    (wire, file, folder)
}

/// Returns the types of all user events so far.
fn events(wire: &TestServer) -> Vec<String> {
    let actual = wire.get("/events?stream_position=0").expect_status(200).json();
    let entries = actual["entries"].as_array().unwrap().iter();
    entries.map(|event| event["event_type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_shared_link_is_created_changed_and_removed() {
    let (wire, file, folder) = served();
    let link = |url: &str, body: Value| {
        let actual = wire
            .put(&format!("{url}?fields=shared_link"), &json!({ "shared_link": body }))
            .expect_status(200)
            .json();
        assert_eq!(actual.as_object().unwrap().len(), 4, "{actual}");
        (actual["etag"].clone(), actual["shared_link"].clone())
    };
    let (etag, created) = link(&file, json!({}));
    let url = created["url"].as_str().unwrap().to_owned();
    let token = url.strip_prefix("https://app.box.com/s/").unwrap();
    assert!(
        token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()),
        "{url}"
    );
    let all = json!({ "can_preview": true, "can_download": true, "can_edit": false });
    let expected = json!({
        "url": url, "download_url": null, "vanity_url": null, "vanity_name": null, "access": "company",
        "effective_access": "company", "effective_permission": "can_download", "unshared_at": null,
        "is_password_enabled": false, "permissions": all, "download_count": 0, "preview_count": 0,
    });
    assert_eq!((&etag, &created), (&json!("1"), &expected));
    let body = json!({
        "access": "open", "password": "Passw0rd!", "vanity_name": "my_vanity_name",
        "unshared_at": "2030-01-01T00:00:00Z", "permissions": { "can_edit": true },
    });
    let (etag, open) = link(&file, body);
    assert_eq!(
        json!([etag, open["url"], open["download_url"]]),
        json!(["2", url, format!("https://app.box.com/shared/static/{token}.txt"),])
    );
    let actual = ["vanity_url", "effective_permission", "unshared_at", "is_password_enabled"]
        .map(|key| open[key].clone());
    let expected =
        json!(["https://app.box.com/v/my_vanity_name", "can_edit", "2029-12-31T16:00:00-08:00", true]);
    assert_eq!(json!(actual), expected);
    assert_eq!(link(&file, json!({})), (json!("2"), open.clone()), "nothing is different");
    let (_, plain) = link(&file, json!({ "password": null }));
    assert_eq!(
        json!([plain["is_password_enabled"], plain["unshared_at"]]),
        json!([false, open["unshared_at"]])
    );
    let (_, own) = link(&file, json!({ "access": "collaborators" }));
    let none = json!({ "can_preview": false, "can_download": false, "can_edit": false });
    assert_eq!(
        json!([own["permissions"], own["effective_permission"], own["download_url"]]),
        json!([none, "no_access", null])
    );
    let (_, again) = link(&file, json!({ "access": "company" }));
    assert_eq!(again["permissions"], all);
    assert_eq!(link(&file, Value::Null).1, Value::Null);
    let (_, other) = link(&file, json!({}));
    assert_ne!(other["url"], json!(url), "a later link has another URL");
    let (_, of_folder) = link(&folder, json!({ "access": "open" }));
    assert_eq!(of_folder["download_url"], Value::Null);
    let expected = [
        "ITEM_SHARED_CREATE",
        "ITEM_SHARED_UPDATE",
        "ITEM_SHARED_UPDATE",
        "ITEM_SHARED_UPDATE",
        "ITEM_SHARED_UPDATE",
        "ITEM_SHARED_UNSHARE",
        "ITEM_SHARED_CREATE",
        "ITEM_SHARED_CREATE",
    ];
    assert_eq!(events(&wire), expected);
}

#[test]
fn errors_name_invalid_members_of_shared_links() {
    let (wire, file, folder) = served();
    let cases = [
        (r#"{"access":"everybody"}"#, "shared_link.access"),
        (r#"{"access":7}"#, "shared_link.access"),
        (r#"{"access":null}"#, "shared_link.access"),
        (r#"{"password":"Passw0rd!"}"#, "shared_link.password"),
        (r#"{"access":"open","password":"Passw0r"}"#, "shared_link.password"),
        (r#"{"access":"open","password":"passwords"}"#, "shared_link.password"),
        (r#"{"vanity_name":"short"}"#, "shared_link.vanity_name"),
        (r#"{"vanity_name":"with a space in it"}"#, "shared_link.vanity_name"),
        (r#"{"unshared_at":"2001-01-01T00:00:00Z"}"#, "shared_link.unshared_at"),
        (r#"{"unshared_at":"tomorrow"}"#, "shared_link.unshared_at"),
        (r#"{"permissions":{"can_download":"true"}}"#, "shared_link.permissions.can_download"),
        (r#"{"access":"collaborators","permissions":{"can_download":true}}"#, "shared_link_permissions"),
    ];
    for (link, name) in cases {
        let body = format!(r#"{{"name":"x","shared_link":{link}}}"#);
        let error =
            wire.send("PUT", &file, &[("content-type", "application/json")], body).expect_status(400).json();
        assert_eq!(error["context_info"]["errors"][0]["name"], name, "{link}: {error}");
    }
    let body =
        json!({ "shared_link": { "access": "collaborators", "permissions": { "can_download": true } } });
    let error = wire.put(&file, &body).expect_error(400, "bad_request");
    assert_eq!(error["context_info"]["errors"][0]["message"], "Invalid value 'download => 1'.");
    wire.put(&file, &json!({ "shared_link": [] })).expect_parameter_error("invalid_parameter", "shared_link");
    let edit = json!({ "shared_link": { "permissions": { "can_edit": true } } });
    wire.put(&folder, &edit).expect_parameter_error("invalid_parameter", "shared_link.permissions.can_edit");
    wire.assert_outline(FIXTURE);
    assert_eq!(wire.get(&file).expect_status(200).json()["shared_link"], Value::Null);
}

#[test]
fn members_that_cannot_be_set_are_rejected() {
    let (wire, file, folder) = served();
    let cases = [
        (&folder, r#"{"lock":{"access":"lock"}}"#, "lock"),
        (&folder, r#"{"owned_by":{"id":"1"}}"#, "owned_by"),
        (&file, r#"{"sync_state":"synced"}"#, "sync_state"),
        (&file, r#"{"etag":"5"}"#, "etag"),
        (&file, r#"{"size":5}"#, "size"),
        (&file, r#"{"shared_link":{"effective_access":"open"}}"#, "shared_link.effective_access"),
        (&file, r#"{"shared_link":{"url":"https://x.test"}}"#, "shared_link.url"),
        (&file, r#"{"lock":{"id":"5"}}"#, "lock.id"),
        (&folder, r#"{"folder_upload_email":{"email":"a@x.test"}}"#, "folder_upload_email.email"),
    ];
    for (url, body, name) in cases {
        let answer = wire.send("PUT", url, &[("content-type", "application/json")], body);
        let error = answer.expect_status(400).json();
        assert_eq!(error["context_info"]["errors"][0]["name"], name, "{body}: {error}");
    }
    wire.assert_outline(FIXTURE);
    // The type and unknown members change nothing.
    wire.put(&file, &json!({ "type": "file", "nosuch": 1 })).expect_status(200);
    assert_eq!(crate::box_api::strict::ignored(&wire), ["type", "nosuch"]);
}

#[test]
fn the_access_of_a_new_shared_link_is_an_option_of_the_drive() {
    for access in ["open", "company", "collaborators"] {
        let wire = TestServer::with_drive_line(
            &format!("drive box profile=box wire.shared_link_access={access}"),
            FIXTURE,
        );
        let actual = wire
            .put(&format!("/files/{}", wire.id("/a.txt")), &json!({ "shared_link": {} }))
            .expect_status(200)
            .json();
        assert_eq!(actual["shared_link"]["effective_access"], access);
    }
}

#[test]
fn tags_are_set_as_a_list() {
    let (wire, file, folder) = served();
    let tags = |url: &str, tags: Value| {
        let actual =
            wire.put(&format!("{url}?fields=tags"), &json!({ "tags": tags })).expect_status(200).json();
        json!([actual["tags"], actual["etag"]])
    };
    assert_eq!(tags(&file, json!(["b", "a", "b"])), json!([["b", "a"], "1"]));
    assert_eq!(tags(&file, json!(["b", "a"])), json!([["b", "a"], "1"]), "nothing is different");
    assert_eq!(tags(&file, json!(["a"])), json!([["a"], "2"]));
    assert_eq!(tags(&file, json!([])), json!([[], "3"]));
    assert_eq!(tags(&folder, json!(["ä"])), json!([["ä"], "1"]));
    assert_eq!(events(&wire), ["TAG_ITEM_CREATE", "ITEM_MODIFY", "ITEM_MODIFY", "TAG_ITEM_CREATE"]);
    for wrong in [json!("a"), json!([7]), json!(null), json!({}), json!(["a", ""]), json!(vec!["a"; 101])] {
        wire.put(&file, &json!({ "tags": wrong })).expect_parameter_error("invalid_parameter", "tags");
    }
}

#[test]
fn a_lock_is_set_read_and_removed() {
    let (wire, file, _) = served();
    let lock = |body: Value| {
        wire.put(&format!("{file}?fields=lock"), &json!({ "lock": body })).expect_status(200).json()
    };
    let actual = lock(
        json!({ "access": "lock", "expires_at": "2030-01-01T00:00:00Z", "is_download_prevented": true }),
    );
    assert!(actual["lock"]["id"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_digit()), "{actual}");
    let mut set = actual["lock"].clone();
    set.as_object_mut().unwrap().remove("id");
    let me = wire.get("/users/me").expect_status(200).json();
    let expected = json!({
        "type": "lock",
        "created_by": { "type": "user", "id": me["id"], "name": me["name"], "login": me["login"] },
        "created_at": "2023-12-31T16:00:00-08:00",
        "expired_at": "2029-12-31T16:00:00-08:00",
        "is_download_prevented": true,
        "app_type": null,
    });
    assert_eq!(set, expected);
    assert_eq!(
        wire.get(&file).expect_status(200).json().get("lock"),
        None,
        "the lock is returned on request only"
    );
    // The owner of the lock may do everything.
    wire.put(&file, &json!({ "name": "b.txt" })).expect_status(200);
    wire.get(&format!("{file}/content")).expect_status(302);
    assert_eq!(lock(Value::Null)["lock"], Value::Null);
    assert_eq!(lock(json!({ "type": "lock" }))["lock"].get("expired_at"), None);
    assert_eq!(events(&wire), ["LOCK_CREATE", "ITEM_RENAME", "LOCK_DESTROY", "LOCK_CREATE"]);
    wire.put(&file, &json!({ "lock": { "access": "unlock" } }))
        .expect_parameter_error("invalid_parameter", "lock.access");
    // The clock of the drive is at 2024-01-01T00:00:00Z.
    for past in ["2012-12-12T10:53:43-08:00", "2024-01-01T00:00:00Z"] {
        wire.put(&file, &json!({ "lock": { "expires_at": past } }))
            .expect_parameter_error("invalid_parameter", "lock.expires_at");
    }
}

/// Serves a file that another user has locked, and returns its URL.
fn locked(more: &str) -> (TestServer, String) {
    let lock = format!(r#"lock={{"id":"1","type":"lock","created_by":{{"id":"7","type":"user"}}{more}}}"#);
    let wire = TestServer::new(&format!("a.txt = \"hello\" # {lock} versions=2\nDocs/\n"));
    let url = format!("/files/{}", wire.id("/a.txt"));
    (wire, url)
}

#[test]
fn a_lock_of_another_user_blocks_renames_moves_new_versions_and_deletion() {
    let (wire, file) = locked("");
    let past = wire.get(&format!("{file}/versions")).expect_status(200).json()["entries"][0]["id"].clone();
    let refused = |answer: Response| {
        answer.expect_error(403, "access_denied_item_locked");
    };
    refused(wire.put(&file, &json!({ "name": "b.txt" })));
    refused(wire.put(&file, &json!({ "parent": { "id": wire.id("/Docs") } })));
    refused(wire.put(&file, &json!({ "lock": null })));
    refused(wire.put(&file, &json!({ "lock": { "access": "lock" } })));
    refused(wire.delete(&file));
    refused(wire.upload(&format!("{file}/content"), &json!({}), "new"));
    refused(wire.post(&format!("{file}/versions/current"), &json!({ "type": "file_version", "id": past })));
    wire.assert_outline("a.txt = \"hello\"\nDocs/\n");
    wire.put(&file, &json!({ "description": "d", "tags": ["t"] })).expect_status(200);
    wire.get(&format!("{file}/content")).expect_status(302);
    wire.post(&format!("{file}/copy"), &json!({ "parent": { "id": wire.id("/Docs") } })).expect_status(201);
    let (wire, file) = locked(r#","is_download_prevented":true"#);
    refused(wire.get(&format!("{file}/content")));
    let (wire, file) = locked(r#","expired_at":"2012-12-12T10:53:43-08:00""#);
    wire.delete(&file).expect_status(204);
}

#[test]
fn a_lock_belongs_to_the_user_that_it_names_by_id_or_login() {
    let ann = drivesim_server::User::new("7", "Ann Lee", "ann@example.com");
    let locks = [r#"{"id":"7"}"#, r#"{"id":"99","login":"ann@example.com"}"#];
    for (owner, lock) in [("7", locks[0]), ("7", locks[1]), ("ann@example.com", locks[0])] {
        let outline = format!(
            "drive box profile=box owner=user:{owner}\na.txt # lock={{\"id\":\"1\",\"created_by\":{lock}}}\n"
        );
        let sim = drivesim::Sim::builder().outline(outline).build().unwrap();
        let wire = TestServer::with_options(sim, drivesim_server::ServerOptions::default().user(ann.clone()));
        let file = format!("/files/{}", wire.id("/a.txt"));
        assert_eq!(wire.put(&file, &json!({ "lock": null })).expect_status(200).json()["type"], "file");
    }
    // A numeric owner is its own user id.
    let outline =
        "drive box profile=box owner=user:7\na.txt # lock={\"id\":\"1\",\"created_by\":{\"id\":\"7\"}}\n";
    let wire = TestServer::with_options(
        drivesim::Sim::builder().outline(outline).build().unwrap(),
        Default::default(),
    );
    wire.put(&format!("/files/{}", wire.id("/a.txt")), &json!({ "lock": null })).expect_status(200);
}

#[test]
fn a_disposition_date_can_be_postponed_but_not_advanced() {
    let (wire, file, folder) = served();
    let set = |at: &str| wire.put(&format!("{file}?fields=disposition_at"), &json!({ "disposition_at": at }));
    assert_eq!(
        set("2030-01-01T00:00:00Z").expect_status(200).json()["disposition_at"],
        "2029-12-31T16:00:00-08:00"
    );
    assert_eq!(set("2031-01-01T00:00:00Z").expect_status(200).json()["etag"], "2");
    set("2030-01-01T00:00:00Z").expect_parameter_error("invalid_parameter", "disposition_at");
    set("soon").expect_status(400);
    wire.put(&file, &json!({ "disposition_at": null }))
        .expect_parameter_error("invalid_parameter", "disposition_at");
    wire.put(&folder, &json!({ "disposition_at": "2030-01-01T00:00:00Z" }))
        .expect_parameter_error("invalid_parameter", "disposition_at");
}

#[test]
fn settings_of_a_folder_are_set_atomically() {
    let (wire, _, folder) = served();
    let body = json!({
        "name": "Papers", "sync_state": "synced", "can_non_owners_invite": false,
        "can_non_owners_view_collaborators": false, "is_collaboration_restricted_to_enterprise": true,
        "folder_upload_email": { "access": "collaborators" },
    });
    let names = "etag,sync_state,can_non_owners_invite,can_non_owners_view_collaborators,\
                 is_collaboration_restricted_to_enterprise,folder_upload_email";
    let mut actual = wire.put(&format!("{folder}?fields={names}"), &body).expect_status(200).json();
    let email = actual["folder_upload_email"]["email"].as_str().unwrap().to_owned();
    assert!(email.starts_with("upload.Docs.") && email.ends_with("@u.box.com"), "{email}");
    actual.as_object_mut().unwrap().retain(|key, _| !["type", "id"].contains(&&**key));
    let expected = json!({
        "etag": "1", "sync_state": "synced", "can_non_owners_invite": false,
        "can_non_owners_view_collaborators": false, "is_collaboration_restricted_to_enterprise": true,
        "folder_upload_email": { "access": "collaborators", "email": email },
    });
    assert_eq!(actual, expected);
    assert_eq!(events(&wire), ["ITEM_RENAME", "ITEM_SYNC", "ITEM_MODIFY"]);
    let wrong = json!({ "name": "Docs", "sync_state": "synced", "can_non_owners_invite": "yes" });
    wire.put(&folder, &wrong).expect_parameter_error("invalid_parameter", "can_non_owners_invite");
    assert_eq!(wire.get(&folder).expect_status(200).json()["name"], "Papers");
    let actual = wire
        .put(&folder, &json!({ "folder_upload_email": null, "sync_state": "not_synced" }))
        .expect_status(200)
        .json();
    assert_eq!(actual["folder_upload_email"], Value::Null);
    assert_eq!(events(&wire)[3..], ["ITEM_UNSYNC", "ITEM_MODIFY"]);
}

#[test]
fn a_new_folder_is_created_with_its_settings() {
    let wire = TestServer::new("");
    let body = |state: &str| json!({ "name": "n", "parent": { "id": "0" }, "sync_state": state, "folder_upload_email": { "access": "open" } });
    wire.post("/folders", &body("nosuch")).expect_parameter_error("invalid_parameter", "sync_state");
    wire.assert_outline("");
    let created = wire
        .post("/folders?fields=sync_state,folder_upload_email", &body("synced"))
        .expect_status(201)
        .json();
    assert_eq!(json!([created["etag"], created["sync_state"]]), json!(["0", "synced"]));
    assert_eq!(created["folder_upload_email"]["access"], "open");
    assert_eq!(events(&wire), ["ITEM_CREATE"]);
}

#[test]
fn settings_respect_if_match() {
    let (wire, file, _) = served();
    let set = |etag: &str| {
        wire.send_json("PUT", &file, &[("if-match", etag)], &json!({ "shared_link": {}, "tags": ["a"] }))
    };
    set("7").expect_error(412, "precondition_failed");
    assert_eq!(
        wire.get(&format!("{file}?fields=tags,shared_link")).expect_status(200).json()["tags"],
        json!([])
    );
    set("0").expect_status(200);
    let actual = wire.get(&format!("{file}?fields=tags,shared_link")).expect_status(200).json();
    assert_eq!(
        json!([actual["tags"], actual["etag"], actual["shared_link"]["access"]]),
        json!([["a"], "1", "company"])
    );
}
