//! Drives at the side door: outlines read and replaced, drives made and removed.

use drivesim::Sim;

use crate::{MINE, Server, held};

#[test]
fn all_drives_are_printed_or_one() {
    let server =
        Server::of(Sim::builder().outline(format!("{MINE}drive \"my team\" profile=box access=none\nÄ/\n")));
    let all = server.get("outline");
    assert_eq!(all.text, format!("{MINE}drive \"my team\" profile=box access=none\nÄ/\n"));
    assert_eq!(all.headers["content-type"], "text/plain; charset=utf-8");
    server.assert_outline("my%20team", "Ä/\n");
    server.assert_outline("my+team", "Ä/\n");
    assert_eq!(server.get("outline?drive=none").code(), (404, "noDrive".to_owned()));
    assert!(server.get("outline?detail=all").text.contains("created=2024-01-01T00:00:00Z"));
    assert_eq!(server.get("outline?detail=much").code(), (400, "badRequest".to_owned()));
    assert_eq!(server.get("outline?drvie=mine").code(), (400, "badRequest".to_owned()));
}

#[test]
fn an_outline_replaces_what_is_in_a_drive() {
    let server = held();
    let put = |outline: &str| server.call("PUT", "outline?drive=mine", outline.to_owned());
    assert_eq!(put("New/\n  \"b c.txt\" = \"ho\"\n").status, 204);
    server.assert_outline("mine", "New/\n  b c.txt = \"ho\"\n");
    // What was printed can be put back, with the drive line or without.
    assert_eq!(put(&server.get("outline").text).status, 204);
    assert_eq!(put("").status, 204);
    server.assert_outline("mine", "");
    // There is one drive, so it need not be named.
    assert_eq!(server.call("PUT", "outline", "x\n").status, 204);
    server.assert_outline("mine", "x\n");
}

#[test]
fn a_bad_outline_changes_nothing_and_says_where_it_is_bad() {
    let server = held();
    let put = |outline: Vec<u8>| server.call("PUT", "outline?drive=mine", outline).refusal();
    let cases: [(&[u8], &str); 8] = [
        (b"a\n   b\n", "line 2, column 4"),
        (b"a\nA\n", "line 2, column 1"),
        (b"\"a:b\"\n", "line 1, column 1"),
        (b"\xff\n", "not a text in UTF-8"),
        (b"drive other\n", "for the drive \"mine\""),
        (b"drive mine owner=user:ann\n", "for the drive \"mine\""),
        (b"drive mine\na\ndrive other\nb\n", "line 3, column 7"),
        (b"drive mine quota=3\n", "for the drive \"mine\""),
    ];
    for (outline, told) in cases {
        let (status, code, message) = put(outline.to_vec());
        assert_eq!((status, &*code), (400, "badOutline"), "{message}");
        assert!(message.contains(told), "{message} tells {told}");
    }
    server.assert_outline("mine", "Docs/\n  a.txt = \"hi\"\n");
    assert_eq!(server.call("PUT", "outline?drive=other", "").code(), (404, "noDrive".to_owned()));
}

#[test]
fn with_several_drives_the_one_to_be_replaced_must_be_named() {
    let server = Server::of(Sim::builder().outline(format!("{MINE}drive team\n")));
    assert_eq!(server.call("PUT", "outline", "x\n").code(), (400, "badRequest".to_owned()));
}

#[test]
fn jobs_that_fill_a_replaced_drive_fail_and_old_ids_name_nothing() {
    let server = held();
    let old = server.wire("GET", "/v1.0/me/drive/root:/Docs", "").json()["id"].as_str().unwrap().to_owned();
    let monitor = server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":1}");
    server.call("PUT", "outline", "Docs/\n");
    let job = server.get("jobs/1").json();
    assert_eq!((&job["status"], &job["error"]["code"]), (&"failed".into(), &"itemNotFound".into()));
    assert_eq!(server.wire("GET", &monitor, "").json()["status"], "failed");
    assert_eq!(server.wire("GET", &format!("/v1.0/me/drive/items/{old}"), "").status, 404);
    server.assert_outline("mine", "Docs/\n");
}

#[test]
fn drives_are_made_and_removed() {
    let server = held();
    let made =
        server.post("drives", "{\"name\":\"das Büro 1\",\"profile\":\"personal\",\"owner\":\"user:ann\"}");
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["owner"], "user:ann");
    assert_eq!(server.wire("GET", "/v1.0/users/ann/drive", "").json()["name"], "das Büro 1");
    assert_eq!(server.call("DELETE", "drives/das%20B%C3%BCro%201", "").status, 204);
    assert_eq!(server.call("DELETE", "drives/das%20B%C3%BCro%201", "").code(), (404, "noDrive".to_owned()));
    assert_eq!(server.post("drives", "{\"name\":\"box\",\"profile\":\"box\",\"owner\":null}").status, 201);
}

#[test]
fn a_drive_that_cannot_be_is_refused() {
    let server = held();
    let add = |body: &str| server.post("drives", body).code();
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
