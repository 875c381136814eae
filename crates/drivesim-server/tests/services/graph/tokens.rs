//! Tests of the user and the application of a token: which drives it finds, and who is the author of its changes.

use drivesim::Pace;
use drivesim_server::{ServerOptions, StartError, Token, TokenError, TokenKind, router_with};
use serde_json::{Value, json};

use crate::graph::support::{Response, TestRequest, TestServer};

const DRIVES: &str = "\
drive mine profile=business owner=me
a.txt
drive anns profile=business owner=user:ann
ann.txt
drive home profile=personal owner=user:bob
bob.txt
drive team profile=business owner=site:team
team.txt
To/
";

fn work(name: &str) -> Token {
    Token::new(name, &["Files.ReadWrite.All"]).kind(TokenKind::Work)
}

fn wire() -> TestServer {
    let options = ServerOptions::default()
        .with_token(Token::new("plain", &["Files.ReadWrite.All"]))
        .with_token(work("work"))
        .with_token(work("ann").user("ann"))
        .with_token(work("ann-app").user("ann").app("backup"))
        .with_token(work("nobody").user("nobody"))
        .with_token(work("myself").user("me"))
        .with_token(Token::new("bob", &["Files.ReadWrite"]).kind(TokenKind::Personal).user("bob"))
        .with_token(Token::new("app", &["Files.ReadWrite.All"]).kind(TokenKind::Application))
        .with_token(
            Token::new("named-app", &["Sites.ReadWrite.All"]).kind(TokenKind::Application).app("nightly"),
        );
    TestServer::with_options(options, DRIVES)
}

fn send(wire: &TestServer, token: &str, method: &str, url: &str, body: &str) -> Response {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("content-type", "application/json"),
        ("prefer", "respond-async"),
        ("authorization", bearer.as_str()),
    ];
    wire.send(&TestRequest { method, url, headers: &headers, body: body.as_bytes() })
}

/// Returns the name of the drive, or the status and code of the error.
fn drive(wire: &TestServer, token: &str, url: &str) -> String {
    let response = send(wire, token, "GET", url, "");
    let json = response.json();
    match json["name"].as_str() {
        Some(name) => name.to_owned(),
        None => format!("{} {}", response.status, json["error"]["code"].as_str().unwrap()),
    }
}

fn names(wire: &TestServer, token: &str, url: &str) -> Vec<String> {
    let listed = send(wire, token, "GET", url, "").json();
    let drives = listed["value"].as_array().unwrap_or_else(|| panic!("{listed}"));
    drives.iter().map(|drive| drive["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn me_is_the_user_of_the_token() {
    let wire = wire();
    for (token, me, default) in [
        ("plain", "mine", "home"),
        ("work", "mine", "mine"),
        ("ann", "anns", "anns"),
        ("ann-app", "anns", "anns"),
        ("myself", "mine", "mine"),
        ("nobody", "404 itemNotFound", "404 itemNotFound"),
        ("bob", "home", "home"),
        ("app", "400 BadRequest", "400 invalidRequest"),
    ] {
        assert_eq!(drive(&wire, token, "/v1.0/me/drive"), me, "{token}");
        assert_eq!(drive(&wire, token, "/drive"), default, "{token}");
    }
    assert_eq!(names(&wire, "ann", "/v1.0/me/drives"), ["anns"]);
    assert_eq!(drive(&wire, "ann", "/v1.0/me/drives/anns"), "anns");
    let response = send(&wire, "app", "GET", "/v1.0/me/drives/anns", "");
    assert_eq!((response.status, &response.json()["error"]["code"]), (400, &json!("BadRequest")));
    assert_eq!(send(&wire, "app", "GET", "/v1.0/me/drives", "").status, 400);
    assert_eq!(drive(&wire, "app", "/v1.0/users/ann/drive"), "anns");
    assert_eq!(drive(&wire, "app", "/v1.0/sites/team/drive"), "team");
    // The default drive of SharePoint is that of a site, not of a user.
    assert_eq!(drive(&wire, "app", "/_api/v2.0/drive"), "mine");
}

#[test]
fn a_token_with_a_kind_sees_the_drives_of_that_kind_of_account() {
    let wire = wire();
    assert_eq!(names(&wire, "plain", "/v1.0/drives"), ["mine", "anns", "home", "team"]);
    assert_eq!(names(&wire, "work", "/v1.0/drives"), ["mine", "anns", "team"]);
    assert_eq!(names(&wire, "app", "/v1.0/drives"), ["mine", "anns", "team"]);
    assert_eq!(names(&wire, "bob", "/v1.0/drives"), ["home"]);
    for (token, url, found) in [
        ("work", "/v1.0/drives/home", "404 itemNotFound"),
        ("work", "/v1.0/users/bob/drive", "404 itemNotFound"),
        ("app", "/v1.0/drives/home", "404 itemNotFound"),
        ("bob", "/v1.0/drives/mine", "404 itemNotFound"),
        ("bob", "/v1.0/sites/team/drive", "404 itemNotFound"),
        ("bob", "/v1.0/drives/home", "home"),
    ] {
        assert_eq!(drive(&wire, token, url), found, "{token} {url}");
    }
    // By wire id as well as by name.
    let id = send(&wire, "plain", "GET", "/v1.0/drives/home", "").json()["id"].as_str().unwrap().to_owned();
    let error_body = send(&wire, "work", "GET", &format!("/v1.0/drives/{id}/root"), "").json();
    let message = error_body["error"]["message"].as_str().unwrap();
    assert!(message.contains("a personal account") && message.contains("kind work"), "{message}");
}

#[test]
fn a_copy_to_a_drive_that_the_token_does_not_see_fails() {
    let wire = wire();
    for (token, source, target, status) in [
        ("work", "/v1.0/drives/mine/root:/a.txt:/copy", "home", 404),
        ("bob", "/v1.0/drives/home/root:/bob.txt:/copy", "mine", 404),
        ("app", "/v1.0/drives/mine/root:/a.txt:/copy", "home", 404),
        ("app", "/v1.0/drives/mine/root:/a.txt:/copy", "team", 202),
        ("work", "/v1.0/drives/mine/root:/a.txt:/copy", "anns", 202),
    ] {
        let body = json!({ "parentReference": { "path": format!("/drives/{target}/root:") } }).to_string();
        let response = send(&wire, token, "POST", source, &body);
        assert_eq!(response.status, status, "{token} {source} {target}");
        let id = send(&wire, "plain", "GET", &format!("/v1.0/drives/{target}"), "").json()["id"].clone();
        let body = json!({ "parentReference": { "driveId": id, "path": "/drive/root:" }, "name": "b.txt" });
        let response = send(&wire, token, "POST", source, &body.to_string());
        assert_eq!(response.status, status, "{token} {source} {target} by id");
    }
}

/// Returns the users who created and last modified an item.
fn created_and_modified_by(item: &Value) -> (Value, Value) {
    (item["createdBy"].clone(), item["lastModifiedBy"].clone())
}

fn identity(name: &str) -> Value {
    json!({ "id": name, "displayName": name })
}

#[test]
fn changes_are_made_by_the_user_and_the_application_of_the_token() {
    let wire = wire();
    let both = json!({ "application": identity("backup"), "user": identity("ann") });
    for (token, actor) in [
        ("plain", json!({ "user": identity("me") })),
        ("work", json!({ "user": identity("me") })),
        ("ann", json!({ "user": identity("ann") })),
        ("ann-app", both.clone()),
        ("app", json!({ "application": identity("app") })),
        ("named-app", json!({ "application": identity("nightly") })),
    ] {
        let at = "/v1.0/drives/team/root";
        let folder =
            send(&wire, token, "POST", &format!("{at}/children"), r#"{"name":"F","folder":{}}"#).json();
        assert_eq!(created_and_modified_by(&folder), (actor.clone(), actor.clone()), "a folder by {token}");
        let file = send(&wire, token, "PUT", &format!("{at}:/F/sub/f.txt:/content"), "x").json();
        assert_eq!(created_and_modified_by(&file), (actor.clone(), actor.clone()), "a file by {token}");
        let sub = send(&wire, token, "GET", &format!("{at}:/F/sub"), "").json();
        assert_eq!(created_and_modified_by(&sub).0, actor, "a created parent by {token}");
        let to = r#"{"name":"copy.txt","parentReference":{"path":"/drive/root:/To"}}"#;
        assert_eq!(send(&wire, token, "POST", &format!("{at}:/team.txt:/copy"), to).status, 202);
        let copy = send(&wire, token, "GET", &format!("{at}:/To/copy.txt"), "").json();
        assert_eq!(created_and_modified_by(&copy), (actor.clone(), actor.clone()), "a copy by {token}");
        let description = json!({ "description": token }).to_string();
        let changed = send(&wire, token, "PATCH", &format!("{at}:/team.txt"), &description).json();
        assert_eq!(
            created_and_modified_by(&changed),
            (json!({ "user": identity("me") }), actor.clone()),
            "a change by {token}"
        );
        let session = send(&wire, token, "POST", &format!("{at}:/big.txt:/createUploadSession"), "{}").json();
        // The URL is pre-authenticated and needs no token.
        let url = session["uploadUrl"].as_str().unwrap();
        let sent = [("content-range", "bytes 0-2/3")];
        let big = wire.send(&TestRequest { method: "PUT", url, headers: &sent, body: b"abc" }).json();
        assert_eq!(created_and_modified_by(&big), (actor.clone(), actor), "an upload session by {token}");
        for gone in ["F", "To/copy.txt", "big.txt"] {
            let url = format!("{at}:/{gone}:/permanentDelete");
            assert_eq!(send(&wire, token, "POST", &url, "").status, 204);
        }
    }
    // Outlines can name applications too.
    let wire = TestServer::with_pace(
        Pace::Instant,
        "drive d profile=business owner=me\na.txt # owner=\"ann via app:backup\"\nb.txt # owner=app:nightly\n",
    );
    assert_eq!(wire.get_json("/v1.0/me/drive/root:/a.txt")["createdBy"], both);
    let application = json!({ "application": identity("nightly") });
    assert_eq!(wire.get_json("/v1.0/me/drive/root:/b.txt")["createdBy"], application);
}

#[test]
fn an_invalid_token_fails_at_the_start_with_the_reason() {
    let start_error = |options: ServerOptions| {
        let sim = drivesim::Sim::builder().outline(DRIVES).build().unwrap();
        match router_with(sim, options).map(drop) {
            Err(StartError::Token { name, why }) => (name, why),
            other => panic!("{other:?}"),
        }
    };
    let (name, why) =
        start_error(ServerOptions::default().token("t", &["Files.Read", "Files.Readwrite.All"]));
    assert_eq!(name, "t");
    let nearest = Some("Files.ReadWrite.All");
    assert_eq!(why, TokenError::UnknownScope { scope: "Files.Readwrite.All".to_owned(), nearest });
    let twice = ServerOptions::default().token("t", &["Files.Read"]).token("t", &["Files.Read"]);
    assert_eq!(start_error(twice).1, TokenError::GivenTwice { name: "t".to_owned() });
    let nameless = ServerOptions::default().token("", &["Files.Read"]);
    assert_eq!(start_error(nameless).1, TokenError::NoName);
}

#[test]
fn scopes_in_one_text_and_as_urls_are_understood() {
    let scopes = ["https://graph.microsoft.com/Files.ReadWrite.All offline_access", "openid"];
    let wire = TestServer::with_options(ServerOptions::default().token("t", &scopes), DRIVES);
    let body = r#"{"name":"b.txt"}"#;
    assert_eq!(send(&wire, "t", "POST", "/v1.0/me/drive/root:/a.txt:/copy", body).status, 202);
}
