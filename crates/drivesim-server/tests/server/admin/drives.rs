//! Tests of drives in the admin API: outlines are read and replaced, drives are added and removed.

use drivesim::Sim;

use crate::admin::{MINE, TestServer, server_with_held_copies};

#[test]
fn all_drives_or_one_can_be_printed() {
    let server = TestServer::from_builder(
        Sim::builder().outline(format!("{MINE}drive \"my team\" profile=box access=none\nÄ/\n")),
    );
    let all = server.get("outline");
    assert_eq!(all.text, format!("{MINE}drive \"my team\" profile=box access=none\nÄ/\n"));
    assert_eq!(all.headers["content-type"], "text/plain; charset=utf-8");
    server.assert_outline("my%20team", "Ä/\n");
    server.assert_outline("my+team", "Ä/\n");
    assert_eq!(server.get("outline?drive=none").status_and_code(), (404, "noDrive".to_owned()));
    assert_eq!(server.send_admin("PUT", "outline?drive=my%20team", "B/\n").status, 204);
    server.assert_outline("my%20team", "B/\n");
    assert_eq!(server.send_admin("PUT", "outline", all.text.clone()).status, 204);
    assert_eq!(server.get("outline").text, all.text);
    assert!(server.get("outline?detail=all").text.contains("created=2024-01-01T00:00:00Z"));
    assert_eq!(server.get("outline?detail=much").status_and_code(), (400, "badRequest".to_owned()));
    assert_eq!(server.get("outline?drvie=mine").status_and_code(), (400, "badRequest".to_owned()));
}

#[test]
fn an_outline_replaces_the_content_of_a_drive() {
    let server = server_with_held_copies();
    let put = |outline: &str| server.send_admin("PUT", "outline?drive=mine", outline.to_owned());
    assert_eq!(put("New/\n  \"b c.txt\" = \"ho\"\n").status, 204);
    server.assert_outline("mine", "New/\n  b c.txt = \"ho\"\n");
    // A printed outline can be put back, with the drive line and without.
    assert_eq!(put(&server.get("outline").text).status, 204);
    assert_eq!(put("").status, 204);
    server.assert_outline("mine", "");
    // With one drive, its name is optional.
    assert_eq!(server.send_admin("PUT", "outline", "x\n").status, 204);
    server.assert_outline("mine", "x\n");
}

#[test]
fn a_bad_outline_changes_nothing_and_the_error_has_its_position() {
    let server = server_with_held_copies();
    let put = |outline: Vec<u8>| server.send_admin("PUT", "outline?drive=mine", outline).error();
    let cases: [(&[u8], &str); 8] = [
        (b"a\n   b\n", "line 2, column 4"),
        (b"a\nA\n", "line 2, column 1"),
        (b"\"a:b\"\n", "line 1, column 1"),
        (b"\xff\n", "not valid UTF-8"),
        (b"drive other\n", "for the drive \"mine\""),
        (b"drive mine owner=user:ann\n", "for the drive \"mine\""),
        (b"drive mine\na\ndrive other\nb\n", "line 3, column 7"),
        (b"drive mine quota=3\n", "for the drive \"mine\""),
    ];
    for (outline, expected) in cases {
        let (status, code, message) = put(outline.to_vec());
        assert_eq!((status, &*code), (400, "badOutline"), "{message}");
        assert!(message.contains(expected), "{message} does not contain {expected}");
    }
    server.assert_outline("mine", "Docs/\n  a.txt = \"hi\"\n");
    assert_eq!(
        server.send_admin("PUT", "outline?drive=other", "").status_and_code(),
        (404, "noDrive".to_owned())
    );
}

#[test]
fn with_several_drives_the_one_to_replace_must_be_named() {
    let server = TestServer::from_builder(Sim::builder().outline(format!("{MINE}drive team\n")));
    assert_eq!(server.send_admin("PUT", "outline", "x\n").status_and_code(), (400, "badRequest".to_owned()));
    assert_eq!(server.send_admin("PUT", "outline?drive=team", "# a comment\nx\n").status, 204);
    server.assert_outline("team", "x\n");
}

const SEVERAL: &str = "\
drive mine profile=business owner=me
Docs/
  a.txt = \"hi\"
drive home profile=personal owner=user:ann
drive vault profile=box wire.copy_root_status=400
\"#1.bin\" = 5 B
";

#[test]
fn an_outline_of_several_drives_restores_them() {
    let changes: [fn(&TestServer); 6] = [
        |_| (),
        |server| {
            server.send_admin("PUT", "outline?drive=vault", "x\n");
        },
        |server| {
            server.send_admin("DELETE", "drives/mine", "");
        },
        |server| {
            server.post("drives", "{\"name\":\"other\",\"profile\":\"box\",\"owner\":\"user:bob\"}");
        },
        |server| {
            server.send_admin("DELETE", "drives/home", "");
            server.post("drives", "{\"name\":\"home\",\"profile\":\"business\",\"owner\":\"user:eve\"}");
        },
        |server| {
            for name in ["mine", "home", "vault"] {
                server.send_admin("DELETE", &format!("drives/{name}"), "");
            }
            server.post("drives", "{\"name\":\"other\",\"profile\":\"box\",\"owner\":\"me\"}");
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let server = TestServer::from_builder(Sim::builder().outline(SEVERAL));
        let printed = server.get("outline").text;
        assert_eq!(printed, SEVERAL);
        change(&server);
        let put = server.send_admin("PUT", "outline", printed.clone());
        assert_eq!((put.status, put.text.as_str()), (204, ""), "change {number}");
        assert_eq!(server.get("outline").text, printed, "change {number}");
        // On the wire everything is restored too.
        let file = server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "");
        assert_eq!((file.status, &file.json()["size"]), (200, &2.into()), "change {number}");
        assert_eq!(server.send_json("GET", "/v1.0/users/ann/drive", "").json()["driveType"], "personal");
        assert_eq!(server.send_json("GET", "/2.0/folders/0/items", "").json()["total_count"], 1);
        assert_eq!(server.send_json("GET", "/v1.0/users/bob/drive", "").status, 404);
    }
}

#[test]
fn drives_that_are_put_back_unchanged_keep_their_ids() {
    let server = TestServer::from_builder(Sim::builder().outline(SEVERAL));
    let id = |server: &TestServer| server.send_json("GET", "/v1.0/me/drive", "").json()["id"].clone();
    let before = id(&server);
    assert_eq!(server.send_admin("PUT", "outline", SEVERAL.replace("hi", "ho")).status, 204);
    assert_eq!(id(&server), before);
    assert_eq!(server.send_admin("PUT", "outline", "drive mine\nx\n").status, 204);
    assert_eq!(id(&server), before);
    assert_eq!(server.get("outline").text, "drive mine profile=business owner=me\nx\n");
    assert_eq!(server.send_admin("PUT", "outline", "drive mine profile=business\n").status, 204);
    assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 404, "the drive line has no owner");
}

#[test]
fn an_outline_with_invalid_drives_changes_nothing() {
    let limits = drivesim_server::Limits::default().max_drives(3);
    let sim = Sim::builder().outline(SEVERAL).build().unwrap();
    let server = TestServer::with(sim, drivesim_server::ServerOptions::default().limits(limits));
    let long = format!("drive {}\n", "x".repeat(256));
    let cases: [(&str, (u16, &str)); 9] = [
        ("drive a owner=me\ndrive b owner=me\n", (409, "ownerTaken")),
        ("drive mine\ndrive b owner=me\n", (409, "ownerTaken")),
        ("drive a\ndrive b\ndrive c\ndrive d\n", (409, "tooManyDrives")),
        ("drive a/b\n", (400, "badRequest")),
        (&long, (400, "badRequest")),
        ("drive a owner=user:..%2f/\n", (400, "badRequest")),
        ("drive mine\nok\ndrive home profile=personal owner=user:ann\n\"a:b\"\n", (400, "badOutline")),
        ("drive vault profile=box wire.copy_root_status=7\n", (400, "badOption")),
        ("drive a\ndrive a\n", (400, "badOutline")),
    ];
    for (outline, (status, code)) in cases {
        let response = server.send_admin("PUT", "outline", outline.to_owned());
        assert_eq!(response.status_and_code(), (status, code.to_owned()), "{outline}\n{}", response.text);
        assert_eq!(server.get("outline").text, SEVERAL, "{outline}");
    }
}

#[test]
fn jobs_in_replaced_drives_fail_with_the_path_of_the_missing_item() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":1}");
    assert_eq!(
        server.send_admin("PUT", "outline", "drive mine profile=business owner=me\nDocs/\n").status,
        204
    );
    let error = server.get("jobs/1").json()["error"].clone();
    assert_eq!(
        (&error["code"], &error["message"]),
        (&"itemNotFound".into(), &"\"/Copy\" does not exist".into())
    );
}

#[test]
fn jobs_in_replaced_drives_fail_and_old_ids_are_not_found() {
    let server = server_with_held_copies();
    let old =
        server.send_json("GET", "/v1.0/me/drive/root:/Docs", "").json()["id"].as_str().unwrap().to_owned();
    let monitor = server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":1}");
    server.send_admin("PUT", "outline", "Docs/\n");
    let job = server.get("jobs/1").json();
    assert_eq!((&job["status"], &job["error"]["code"]), (&"failed".into(), &"itemNotFound".into()));
    assert_eq!(server.send_json("GET", &monitor, "").json()["status"], "failed");
    assert_eq!(server.send_json("GET", &format!("/v1.0/me/drive/items/{old}"), "").status, 404);
    server.assert_outline("mine", "Docs/\n");
}

#[test]
fn drives_can_be_added_and_removed() {
    let server = server_with_held_copies();
    let added =
        server.post("drives", "{\"name\":\"das Büro 1\",\"profile\":\"personal\",\"owner\":\"user:ann\"}");
    assert_eq!(added.status, 201);
    assert_eq!(added.json()["owner"], "user:ann");
    assert_eq!(server.send_json("GET", "/v1.0/users/ann/drive", "").json()["name"], "das Büro 1");
    assert_eq!(server.send_admin("DELETE", "drives/das%20B%C3%BCro%201", "").status, 204);
    assert_eq!(
        server.send_admin("DELETE", "drives/das%20B%C3%BCro%201", "").status_and_code(),
        (404, "noDrive".to_owned())
    );
    assert_eq!(server.post("drives", "{\"name\":\"box\",\"profile\":\"box\",\"owner\":null}").status, 201);
}

#[test]
fn adding_an_invalid_drive_fails() {
    let server = server_with_held_copies();
    let add = |body: &str| server.post("drives", body).status_and_code();
    let long = format!("{{\"name\":\"{}\",\"profile\":\"box\"}}", "x".repeat(256));
    let cases = [
        ("{\"name\":\"mine\",\"profile\":\"box\"}", (409, "driveExists")),
        ("{\"name\":\"b\",\"profile\":\"box\",\"owner\":\"me\"}", (409, "ownerTaken")),
        ("{\"name\":\"b\",\"profile\":\"box\",\"owner\":\"ann\"}", (400, "badOwner")),
        ("{\"name\":\"b\",\"profile\":\"dropbox\"}", (400, "badProfile")),
        ("{\"name\":\"\",\"profile\":\"box\"}", (400, "badRequest")),
        (&long, (400, "badRequest")),
        ("{\"name\":\"b\"}", (400, "badRequest")),
        ("{\"name\":\"b\",\"profile\":\"box\",\"ower\":\"me\"}", (400, "badRequest")),
        ("{\"name\":7,\"profile\":\"box\"}", (400, "badRequest")),
        ("[]", (400, "badRequest")),
        ("{", (400, "badRequest")),
        ("", (400, "badRequest")),
    ];
    for (body, (status, code)) in cases {
        assert_eq!(add(body), (status, code.to_owned()), "{body}");
    }
    assert_eq!(server.get("outline").text, MINE);
}

#[test]
fn wire_ids_can_be_set_by_outlines_and_for_new_drives() {
    let server = server_with_held_copies();
    let (drive, item) = ("6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B", "DCD0D3AD-8989-4F23-A5A2-2C086050513F");
    let new = |name: &str, profile: &str, id: &str| {
        server.send_admin(
            "POST",
            "drives",
            format!(r#"{{"name":"{name}","profile":"{profile}","id":"{id}"}}"#),
        )
    };
    let added = new("work", "business", drive);
    assert_eq!(added.status, 201);
    assert!(added.text.contains(&format!("\"id\":\"{drive}\"")), "{}", added.text);
    assert!(server.get("outline").text.contains(&format!("drive work profile=business id={drive}\n")));
    assert_eq!(new("other", "business", drive).status_and_code(), (409, "idTaken".to_owned()));
    assert_eq!(new("files", "box", "12345").status_and_code(), (400, "badId".to_owned()));
    let put = |outline: String| server.send_admin("PUT", "outline?drive=work", outline);
    assert_eq!(put(format!("Docs/ # id={item}\n")).status, 204);
    assert!(server.get("outline?detail=all").text.contains(&format!("Docs/ # id={item} created=")));
    let (status, code, message) = put(format!("A/ # id={item}\nB/ # id={item}\n")).error();
    assert_eq!((status, &*code), (400, "badOutline"));
    assert!(message.contains("line 2, column 1") && message.contains("is taken by \"/A\""), "{message}");
}

#[test]
fn a_duplicate_member_fails_at_any_depth() {
    let server = server_with_held_copies();
    for body in [
        r#"{"name":"x","name":"y","profile":"box"}"#,
        r#"{"name":"x","profile":"box","options":{"wire.copy_root_status":"400","wire.copy_root_status":"500"}}"#,
    ] {
        let (status, code, message) = server.post("drives", body).error();
        assert_eq!((status, &*code), (400, "badRequest"), "{message}");
    }
    server.assert_outline("mine", "Docs/\n  a.txt = \"hi\"\n");
}

#[test]
fn a_bad_option_is_reported_with_a_position_only_in_outlines() {
    let server = server_with_held_copies();
    let message_of = |route: &str, body: &str| {
        let method = if route == "drives" { "POST" } else { "PUT" };
        let (status, code, message) = server.send_admin(method, route, body.to_owned()).error();
        assert_eq!((status, code.as_str()), (400, "badOption"), "{message}");
        message
    };
    let body_of_drive = "{\"name\":\"x\",\"profile\":\"business\",\"options\":{\"copy_suffix\":\"Spaced\"}}";
    let message = message_of("drives", body_of_drive);
    assert!(message.starts_with("the drive \"x\": ") && !message.contains("line"), "{message}");
    let message = message_of("outline", "drive x profile=business copy_suffix=Spaced\n");
    assert!(message.starts_with("not an outline: line 1, column 7: the drive \"x\": "), "{message}");
}

#[test]
fn an_option_that_the_service_does_not_have_is_rejected_by_name() {
    let server = server_with_held_copies();
    let before = server.get("outline").text;
    let post = |profile: &str, option: &str, value: &str| {
        let body = format!(r#"{{"name":"x","profile":"{profile}","options":{{"{option}":"{value}"}}}}"#);
        let (status, code, message) = server.post("drives", &body).error();
        assert_eq!((status, code.as_str()), (400, "badOption"), "{message}");
        message
    };
    let message = post("box", "wire.x", "1");
    assert!(
        message.contains("the profile box has no option wire.x; it has wire.conflicts_shape, "),
        "{message}"
    );
    let message = post("business", "wire.copy_root_status", "400");
    assert!(
        message.contains("the profile business has no option wire.copy_root_status; it has "),
        "{message}"
    );
    let message = post("box", "wire.copy_root_status", "200");
    let expected = "the option wire.copy_root_status is 500 or another status, not \"200\"";
    assert!(message.contains(expected), "{message}");
    let message = post("plain", "wire.time_zone", "+01:00");
    assert!(message.contains("the profile plain has no option wire.time_zone; it has none"), "{message}");
    for (outline, expected) in [
        (
            "drive mine\ndrive x profile=box wire.x=1\n",
            "line 2, column 7: the drive \"x\": the profile box has no option",
        ),
        // A line without a profile has that of the drive, which is one of Microsoft.
        ("drive mine owner=me wire.rate_limit=1\n", "the profile business has no option wire.rate_limit"),
    ] {
        let (status, code, message) = server.send_admin("PUT", "outline", outline).error();
        assert_eq!((status, code.as_str()), (400, "badOption"), "{message}");
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(server.get("outline").text, before);
}

#[test]
fn an_old_name_of_an_option_is_accepted_with_a_warning() {
    let server = server_with_held_copies();
    let options = |options: &str| {
        let body = format!(r#"{{"name":"new","profile":"box","options":{options}}}"#);
        let added = server.post("drives", &body);
        assert_eq!(added.status, 201, "{}", added.text);
        assert_eq!(server.send_admin("DELETE", "drives/new", "").status, 204);
        added.json()["warnings"].clone()
    };
    let health = || server.get("health").json()["warnings"].clone();
    assert!(options(r#"{"wire.copy_root_status":"400"}"#).is_null());
    assert!(health().is_null());
    let status = "option copy_root_status: use wire.copy_root_status";
    let etag = "option child_etag: use copied_child_etag";
    assert_eq!(options(r#"{"copy_root_status":"400","child_etag":"1"}"#), serde_json::json!([etag, status]));
    assert_eq!(options(r#"{"copy_root_status":"401"}"#), serde_json::json!([status]));
    assert_eq!(health(), serde_json::json!([etag, status]));
    assert_eq!(server.post("reset", "").status, 204);
    assert!(health().is_null());
    let put = server.send_admin("PUT", "outline", "drive b profile=box time_zone=+01:00\n");
    assert_eq!(put.status, 204, "{}", put.text);
    assert_eq!(health(), serde_json::json!(["option time_zone: use wire.time_zone"]));
    assert_eq!(server.get("outline").text, "drive b profile=box wire.time_zone=+01:00\n");
    // A rejected outline leaves no warning.
    server.send_admin("PUT", "outline", "drive b profile=box rate_limit=x\n");
    assert_eq!(health(), serde_json::json!(["option time_zone: use wire.time_zone"]));
}

#[test]
fn a_drive_with_an_unknown_option_stops_the_start_and_later_its_requests() {
    let outline = "drive files profile=box wire.x=1\n";
    let error = drivesim_server::Server::start(Sim::builder().outline(outline).build().unwrap()).unwrap_err();
    let expected = "the drive \"files\": the profile box has no option wire.x; it has wire.conflicts_shape, ";
    assert!(error.to_string().starts_with(expected), "{error}");

    // Drives that are added to the simulator of a running server are not checked before a request needs them.
    let mine = Sim::builder().outline("drive mine profile=business owner=me\na.txt\n").build().unwrap();
    let server = TestServer::with(mine.clone(), drivesim_server::ServerOptions::default());
    let file = server.send_json("GET", "/v1.0/me/drive/root:/a.txt", "").json();
    let download = file["@microsoft.graph.downloadUrl"].as_str().unwrap().to_owned();
    let outline = "drive mine profile=business owner=me wire.restore=maybe\na.txt\n\
                   drive files profile=box wire.time_zone=+25:00\na.txt\n\
                   drive good profile=personal owner=user:ann\na.txt\n";
    mine.replace_drives(drivesim::outline::parse(outline).unwrap()).unwrap();
    let fails = |url: &str, drive: &str, option: &str| {
        let response = server.send_json("GET", url, "");
        assert_eq!(response.status, 500, "{url}: {}", response.text);
        for part in [format!("\\\"{drive}\\\""), format!("the option {option} is ")] {
            assert!(response.text.contains(&part), "{url}: {}", response.text);
        }
    };
    for url in
        ["/v1.0/me/drive", "/v1.0/me/drive/root:/a.txt", "/v1.0/drives", "/v1.0/drives/mine/root/children"]
    {
        fails(url, "mine", "wire.restore");
    }
    fails("/2.0/folders/0", "files", "wire.time_zone");
    fails("/2.0/users/me", "files", "wire.time_zone");
    assert_eq!(server.send_json("GET", "/v1.0/users/ann/drive/root:/a.txt", "").status, 200);
    assert_eq!(server.send_json("GET", &download, "").status, 404, "the drive is a new one");
    assert_eq!(server.get("outline").text, outline);
}
