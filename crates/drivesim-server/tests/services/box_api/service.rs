//! Tests of users, access tokens, API versions, rate limits, ids and compression at Box.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use data_encoding::BASE64URL_NOPAD;
use drivesim::Sim;
use drivesim_server::ServerOptions;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::box_api::support::{Response, TestServer};

#[test]
fn the_user_is_the_owner_with_the_quota_of_the_drive() {
    let wire = TestServer::with_drive_line("drive mine profile=box owner=user:ann", "a.txt = \"hello\"");
    wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(1000)).unwrap();
    let me = wire.get("/users/me").expect_status(200).json();
    assert_eq!(
        (&me["type"], &me["name"], &me["login"]),
        (&json!("user"), &json!("ann"), &json!("ann@example.com"))
    );
    assert_eq!((&me["space_amount"], &me["space_used"]), (&json!(1000), &json!(5)));
    let file = wire.get(&format!("/files/{}", wire.id("a.txt"))).expect_status(200).json();
    assert_eq!(file["owned_by"]["id"], me["id"]);
    assert!(me.get("role").is_none(), "{me}");
}

#[test]
fn what_counts_against_the_quota_is_an_option() {
    for (options, used) in [
        ("", 11),
        ("quota_counts=all", 11),
        ("quota_counts=versions", 8),
        ("quota_counts=bin", 8),
        ("quota_counts=none", 5),
    ] {
        let wire = TestServer::with_drive_line(
            &format!("drive mine profile=box {options}"),
            "a.txt = \"old\"\nb.txt = \"bin\"",
        );
        wire.sim.write("/a.txt", "newer").unwrap();
        wire.send("DELETE", &format!("/files/{}", wire.id("b.txt")), &[], Body::empty()).expect_status(204);
        assert_eq!(wire.get("/users/me").expect_status(200).json()["space_used"], used, "{options:?}");
    }
}

#[test]
fn an_unlimited_quota_is_exact_as_a_floating_point_number() {
    let me = TestServer::new("").get("/users/me").expect_status(200).json();
    // rclone parses the numbers as floating point, and subtracts.
    assert!(me["space_amount"].as_u64().unwrap() < 1 << 53, "{me}");
}

#[test]
fn a_user_has_the_requested_fields_only() {
    let wire = TestServer::new("");
    let me = wire.get("/users/me?fields=role,enterprise,nonsense").expect_status(200).json();
    let keys: Vec<&String> = me.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["type", "id", "role", "enterprise"]);
}

#[test]
fn errors_name_unsupported_api_versions() {
    let wire = TestServer::new("a.txt");
    wire.get_with("/folders/0", ("box-version", "2024.0")).expect_status(200);
    for version in ["2025.0", "1", "", "latest"] {
        let error =
            wire.get_with("/folders/0", ("Box-Version", version)).expect_error(400, "invalid_api_version");
        assert!(error["message"].as_str().unwrap().contains("[2024.0]"), "{error}");
    }
    wire.assert_outline("a.txt\n");
}

/// Requests an access token with a form.
#[track_caller]
fn token(wire: &TestServer, form: &[(&str, &str)]) -> Response {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs: Vec<String> = form.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    wire.send("POST", "/oauth2/token", &headers, pairs.join("&"))
}

/// Asserts that no access token was issued, and returns the error code.
#[track_caller]
fn refused(answer: Response) -> String {
    let body = answer.expect_status(400).json();
    assert!(body["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    assert!(body.get("access_token").is_none(), "{body}");
    body["error"].as_str().unwrap().to_owned()
}

const CREDENTIALS: [(&str, &str); 5] = [
    ("grant_type", "client_credentials"),
    ("client_id", "some"),
    ("client_secret", "s&cret"),
    ("box_subject_type", "enterprise"),
    ("box_subject_id", "7"),
];

#[test]
fn client_credentials_get_a_token() {
    let wire = TestServer::new("");
    let body = token(&wire, &CREDENTIALS).expect_status(200).json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert_eq!(body["restricted_to"], json!([]));
    assert_eq!(body["access_token"].as_str().unwrap().len(), 32);
    for (missing, _) in CREDENTIALS {
        let form: Vec<(&str, &str)> = CREDENTIALS.into_iter().filter(|(key, _)| *key != missing).collect();
        assert_eq!(refused(token(&wire, &form)), "invalid_request", "without {missing}");
    }
    let mut form = CREDENTIALS.to_vec();
    form[3].1 = "group";
    assert_eq!(refused(token(&wire, &form)), "invalid_request");
    form[0].1 = "password";
    assert_eq!(refused(token(&wire, &form)), "unsupported_grant_type");
}

#[test]
fn an_issued_token_is_accepted() {
    let sim = Sim::builder().outline("drive box profile=box\na.txt").build().unwrap();
    let options =
        ServerOptions::default().token("graph", &["Files.ReadWrite"]).token("boxed", &["root_readwrite"]);
    let wire = TestServer::with_options(sim, options);
    wire.get("/folders/0").expect_error(401, "unauthorized");
    let issued =
        token(&wire, &CREDENTIALS).expect_status(200).json()["access_token"].as_str().unwrap().to_owned();
    wire.get_with("/folders/0", ("authorization", &format!("Bearer {issued}"))).expect_status(200);
}

/// Creates a JWT assertion with these claims.
fn assertion(claims: &Value) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}.c2lnbmVk", encode(&json!({ "alg": "RS512", "typ": "JWT", "kid": "k" })), encode(claims))
}

#[test]
fn a_jwt_assertion_gets_a_token_if_its_claims_are_valid() {
    let wire = TestServer::new("");
    let claims = json!({
        "iss": "some", "sub": "7", "box_sub_type": "enterprise", "aud": "http://host/oauth2/token",
        "jti": "0123456789abcdef", "exp": 1_700_000_045,
    });
    let exchange = |assertion: &str| {
        let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let form =
            [("grant_type", kind), ("client_id", "some"), ("client_secret", "x"), ("assertion", assertion)];
        token(&wire, &form)
    };
    assert!(exchange(&assertion(&claims)).expect_status(200).json()["access_token"].is_string());
    for key in ["iss", "sub", "box_sub_type", "aud", "jti", "exp"] {
        let mut without = claims.clone();
        without.as_object_mut().unwrap().remove(key);
        assert_eq!(refused(exchange(&assertion(&without))), "invalid_grant", "without {key}");
    }
    for (key, bad) in [
        ("iss", json!("other")),
        ("jti", json!("short")),
        ("jti", json!("x".repeat(129))),
        ("iat", json!(1_600_000_000)),
    ] {
        let mut wrong = claims.clone();
        wrong[key] = bad;
        assert_eq!(refused(exchange(&assertion(&wrong))), "invalid_grant", "{key}");
    }
    for nonsense in ["", "a.b", "a.b.c", "..", "e30.W10.x", "é.é.é"] {
        refused(exchange(nonsense));
    }
    assert_eq!(refused(wire.send("POST", "/oauth2/token", &[], vec![0xff, 0xfe])), "invalid_request");
    assert_eq!(refused(wire.send("POST", "/api/oauth2/token", &[], "%zz")), "invalid_request");
    assert_eq!(refused(wire.send("POST", "/oauth2/token", &[], "")), "invalid_request");
}

#[test]
fn requests_beyond_the_rate_limit_get_retry_after_and_change_nothing() {
    let wire = TestServer::with_drive_line("drive box profile=box wire.rate_limit=3", "a.txt");
    for _ in 0..3 {
        wire.get("/folders/0").expect_status(200);
    }
    let limited = wire.post("/folders", &json!({ "name": "new", "parent": { "id": "0" } }));
    assert_eq!(limited.header("retry-after"), "60");
    limited.expect_error(429, "rate_limit_exceeded");
    wire.assert_outline("a.txt\n");
    wire.sim.advance(std::time::Duration::from_secs(45)).unwrap();
    assert_eq!(wire.get("/folders/0").expect_status(429).header("retry-after"), "15");
    wire.sim.advance(std::time::Duration::from_secs(15)).unwrap();
    wire.post("/folders", &json!({ "name": "new", "parent": { "id": "0" } })).expect_status(201);
}

#[test]
fn changes_are_attributed_to_the_owner_or_to_the_as_user() {
    let outline = "drive box profile=box owner=user:ann\na.txt = \"hello\"\ndrive other profile=business owner=user:bob\n";
    let wire =
        TestServer::with_options(Sim::builder().outline(outline).build().unwrap(), ServerOptions::default());
    let me = wire.get("/users/me").expect_status(200).json();
    let new = |name: &str| json!({ "name": name, "parent": { "id": "0" } });
    let created = wire.post("/folders", &new("mine")).expect_status(201).json();
    assert_eq!(
        (&created["created_by"], &created["owned_by"]["id"]),
        (&json!({ "type": "user", "id": me["id"], "name": "ann", "login": "ann@example.com" }), &me["id"])
    );
    // User ids are derived from names, so another drive that bob owns reveals his id.
    let bob = TestServer::with_drive_line("drive box profile=box owner=user:bob", "")
        .get("/users/me")
        .expect_status(200)
        .json();
    let id = bob["id"].as_str().unwrap();
    assert_eq!(wire.get_with("/users/me", ("as-user", id)).expect_status(200).json()["name"], "bob");
    let created =
        wire.send_json("POST", "/folders", &[("as-user", id)], &new("his")).expect_status(201).json();
    assert_eq!(
        (&created["created_by"]["name"], &created["owned_by"]["name"]),
        (&json!("bob"), &json!("ann"))
    );
    let file = wire.id("a.txt");
    let body = json!({ "parent": { "id": created["id"] } });
    let copy = wire
        .send_json("POST", &format!("/files/{file}/copy"), &[("As-User", id)], &body)
        .expect_status(201)
        .json();
    assert_eq!(copy["created_by"]["name"], "bob");
    let events = wire.get("/events").expect_status(200).json();
    let by: Vec<&str> = events["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["created_by"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(by, ["ann", "bob", "bob"]);
    for unknown in ["1", "", "ann", "99999999999999999999"] {
        wire.send_json("POST", "/folders", &[("as-user", unknown)], &new("x")).expect_error(404, "not_found");
    }
    wire.assert_outline("a.txt = \"hello\"\nhis/\n  a.txt = \"hello\"\nmine/\n");
}

#[test]
fn ids_above_2_to_the_53_are_exact() {
    let offset = 1_u64 << 53;
    let wire = TestServer::with_drive_line(
        &format!("drive box profile=box id_offset={offset}"),
        "a/\n  b.txt = \"hello\"\n",
    );
    let (folder, file) = (wire.id("a"), wire.id("a/b.txt"));
    assert!([&folder, &file].iter().all(|id| id.parse::<u64>().unwrap() > offset), "{folder} {file}");
    assert_eq!(
        wire.get(&format!("/folders/{folder}/items")).expect_status(200).json()["entries"][0]["id"],
        file
    );
    let copy = json!({ "parent": { "id": folder }, "name": "c.txt" });
    let copied = wire.post(&format!("/files/{file}/copy"), &copy).expect_status(201).json();
    let version = &copied["file_version"]["id"];
    assert!(version.as_str().unwrap().parse::<u64>().unwrap() > offset, "{copied}");
    let url = format!("/files/{}/copy", copied["id"].as_str().unwrap());
    wire.post(&url, &json!({ "parent": { "id": "0" }, "version": version })).expect_status(201);
    wire.assert_outline("a/\n  b.txt = \"hello\"\n  c.txt = \"hello\"\nc.txt = \"hello\"\n");
    // The id without the offset names no item.
    let id = (file.parse::<u64>().unwrap() - offset).to_string();
    wire.get(&format!("/files/{id}")).expect_error(404, "not_found");
}

#[test]
fn no_token_is_issued_if_none_is_valid_for_box() {
    let sim = Sim::builder().outline("drive box profile=box\na.txt").build().unwrap();
    let wire = TestServer::with_options(sim, ServerOptions::default().token("graph", &["Files.ReadWrite"]));
    assert_eq!(refused(token(&wire, &CREDENTIALS)), "unauthorized_client");
}

#[test]
fn a_read_only_token_allows_the_event_stream_and_no_preflight() {
    let sim = Sim::builder().outline("drive box profile=box\na.txt").build().unwrap();
    let wire = TestServer::with_options(sim, ServerOptions::default().token("reader", &["root_readonly"]));
    let header = [("authorization", "Bearer reader")];
    wire.send("GET", "/events", &header, "").expect_status(200);
    wire.send("OPTIONS", "/events", &header, "").expect_status(200);
    wire.send("OPTIONS", "/files/content", &header, "{}").expect_error(403, "insufficient_scope");
}

#[test]
fn json_responses_are_compressed_on_request_and_downloads_are_not() {
    let outline = "drive box profile=box\na.txt = \"hello\"\n";
    let wire =
        TestServer::with_options(Sim::builder().outline(outline).build().unwrap(), ServerOptions::default());
    let router = drivesim_server::router(wire.sim.clone()).unwrap();
    let get_with_gzip = |url: &str| {
        let request =
            Request::builder().uri(url).header("host", "host").header("accept-encoding", "gzip, br");
        pollster::block_on(async {
            let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let encoding = answer.headers().get("content-encoding").cloned();
            (encoding, to_bytes(answer.into_body(), 10_000).await.unwrap())
        })
    };
    let (encoding, bytes) = get_with_gzip("http://host/2.0/folders/0");
    let mut decompressed = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*bytes), &mut decompressed).unwrap();
    let plain = wire.get("/folders/0").expect_status(200);
    assert_eq!((encoding.unwrap().to_str().unwrap(), decompressed), ("gzip", plain.body));
    let file = wire.get(&format!("/files/{}/content", wire.id("a.txt"))).expect_status(302);
    assert_eq!(get_with_gzip(file.header("location")), (None, "hello".into()));
}

#[test]
fn a_token_can_be_revoked() {
    let wire = TestServer::new("");
    let form = "client_id=a&client_secret=b&token=x";
    assert!(wire.send("POST", "/oauth2/revoke", &[], form).expect_status(200).body.is_empty());
    assert_eq!(refused(wire.send("POST", "/oauth2/revoke", &[], "client_id=a")), "invalid_request");
    wire.send("GET", "/oauth2/revoke", &[], "").expect_error(405, "method_not_allowed");
}

#[test]
fn ids_are_numbers_and_too_large_ones_are_not_found() {
    let wire = TestServer::new("a.txt\n");
    for id in ["abc", "-1", "1e3", "%F0%9F%98%80"] {
        wire.get(&format!("/files/{id}")).expect_error(405, "method_not_allowed");
    }
    let id = wire.id("a.txt");
    for id in ["9".repeat(60), format!("0{id}"), "00".to_owned()] {
        wire.get(&format!("/files/{id}")).expect_error(404, "not_found");
        wire.get(&format!("/folders/{id}")).expect_error(404, "not_found");
    }
    let error = wire.get("/files/%00").expect_error(400, "bad_request");
    assert_eq!(
        (&error["message"], error["context_info"]["errors"].as_array().unwrap().len()),
        (&json!("Bad Request"), 1)
    );
}
