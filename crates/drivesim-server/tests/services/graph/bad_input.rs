//! Tests of malformed input: it fails with an error of the service and changes nothing.

use drivesim::Sim;
use drivesim::outline::Detail;
use drivesim_server::{Limits, ServerOptions};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::graph::support::{TestRequest, TestServer, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n  in/\nTo/\n";

fn state(sim: &Sim) -> String {
    sim.outline_with(Detail::Attributes).unwrap()
}

/// Sends a bad request and asserts that it fails with an error body and changes nothing.
fn check(wire: &TestServer, sent: &TestRequest<'_>) -> u16 {
    let before = state(&wire.sim);
    let response = wire.send(sent);
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let description =
        format!("{} {:.200} {:.200}: {}", sent.method, sent.url, String::from_utf8_lossy(sent.body), text);
    assert!(
        (400..500).contains(&response.status) || response.status == 501,
        "{} for {description}",
        response.status
    );
    assert!(response.json()["error"]["message"].is_string(), "{description}");
    assert_eq!(state(&wire.sim), before, "{description}");
    assert_eq!(wire.sim.jobs().len(), 0, "{description}");
    response.status
}

const JSON: [(&str, &str); 2] = [("content-type", "application/json"), ("prefer", "respond-async")];

fn check_body(wire: &TestServer, method: &str, url: &str, body: &[u8]) {
    let url = wire.expand(url);
    assert_eq!(check(wire, &TestRequest { method, url: &url, headers: &JSON, body }), 400, "{url}");
}

/// The routes that read a body.
const WRITES: [(&str, &str); 6] = [
    ("POST", "/v1.0/me/drive/root:/Docs/a.txt:/copy"),
    ("POST", "/drive/root:/Docs/a.txt:/copy"),
    ("POST", "/_api/v2.0/drive/root:/Docs/a.txt:/copy"),
    ("POST", "/v1.0/me/drive/root:/Docs:/children"),
    ("PATCH", "/v1.0/me/drive/root:/Docs/a.txt"),
    ("PATCH", "/drive/root:/Docs"),
];

#[test]
fn bodies_that_are_not_objects_fail() {
    let deep = ["[".repeat(5000), "{\"a\":".repeat(5000)];
    let bodies: [&[u8]; 14] = [
        b"",
        b" ",
        b"{",
        b"{\"name\":\"x\"",
        b"{\"name\":\"x\",}",
        b"{'name':'x'}",
        b"{\"name\":\"\xff\"}",
        b"{\"name\":\"\\ud800\"}",
        b"[]",
        b"null",
        b"7",
        b"\"name\"",
        deep[0].as_bytes(),
        deep[1].as_bytes(),
    ];
    for wire in [business(TREE), personal(TREE)] {
        for (method, url) in WRITES {
            bodies.iter().for_each(|body| check_body(&wire, method, url, body));
        }
    }
}

#[test]
fn members_of_wrong_types_fail() {
    let wrong = |key: &str, values: &[&str]| -> Vec<String> {
        values.iter().map(|value| format!(r#"{{"name":"n","folder":{{}},{key}:{value}}}"#)).collect()
    };
    let texts = ["7", "true", "[]", "{}", "1e400"];
    let objects = ["7", "true", "[]", "\"x\""];
    for wire in [business(TREE), personal(TREE)] {
        for url in ["/v1.0/me/drive/root:/Docs/a.txt:/copy", "/drive/root:/Docs/a.txt:/copy"] {
            let mut bodies = wrong("\"name\"", &texts);
            bodies.extend(wrong("\"childrenOnly\"", &["7", "\"true\"", "[]", "{}"]));
            bodies.extend(wrong("\"includeAllVersionHistory\"", &["0", "\"\"", "[]", "{}"]));
            bodies.extend(wrong("\"parentReference\"", &objects));
            for key in ["driveId", "id", "path"] {
                bodies.extend(texts.map(|value| format!(r#"{{"parentReference":{{"{key}":{value}}}}}"#)));
            }
            bodies.iter().for_each(|body| check_body(&wire, "POST", url, body.as_bytes()));
        }
        let mut bodies = wrong("\"name\"", &texts);
        bodies.extend(wrong("\"folder\"", &objects));
        bodies.extend(wrong("\"@microsoft.graph.conflictBehavior\"", &["7", "[]", "\"other\"", "\"\""]));
        bodies.extend(["{}", r#"{"folder":{}}"#, r#"{"name":"x","folder":null}"#].map(str::to_owned));
        let url = "/v1.0/me/drive/root:/Docs:/children";
        bodies.iter().for_each(|body| check_body(&wire, "POST", url, body.as_bytes()));
    }
}

#[test]
fn urls_that_are_not_valid_text_fail() {
    for wire in [business(TREE), personal(TREE)] {
        for head in ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"] {
            for tail in ["/root:/%FF", "/root:/a%00b", "/items/%C3%28", "/root?$select=%FF", "/root?%00=1"] {
                for method in ["GET", "DELETE"] {
                    let url = format!("{head}{tail}");
                    assert_eq!(
                        check(&wire, &TestRequest { method, url: &url, headers: &[], body: b"" }),
                        400,
                        "{url}"
                    );
                }
            }
        }
    }
}

#[test]
fn paths_of_missing_items_fail() {
    let paths = [
        "..",
        "../..",
        "Docs/../..",
        "Docs/..",
        "%2E%2E",
        "Docs/%2E%2E/Docs",
        "a%5Cb",
        "%01",
        "%0A%0D",
        "%7F",
        "a%25",
        "a.txt/b/c",
        "Docs/a.txt/b",
        "Docs/a.txt/children",
        "%20",
        "con",
        "%F0%9F%A6%80",
        "Docs%2F%2F..%2F",
    ];
    for wire in [business(TREE), personal(TREE)] {
        for path in paths {
            for head in ["/v1.0/me/drive/root:/", "/drive/root:/", "/v1.0/me/drive/items/root:/"] {
                for (method, action) in [("GET", ""), ("GET", ":/children"), ("DELETE", ""), ("PATCH", "")] {
                    let url = format!("{head}{path}{action}");
                    let body: &[u8] = if method == "PATCH" { br#"{"name":"x"}"# } else { b"" };
                    check(&wire, &TestRequest { method, url: &url, headers: &JSON, body });
                }
            }
        }
    }
}

#[test]
fn ids_that_are_malformed_or_of_another_drive_fail() {
    let wire = TestServer::new(
        "drive work profile=business owner=me\na\ndrive team profile=business owner=site:s\nb\nc\n\
         drive home profile=personal owner=user:p\nd\ndrive away profile=personal owner=user:q\ne\n",
    );
    let (work, home) = (wire.expand("[id:work:/a]"), wire.expand("[id:home:/d]"));
    let cases = [
        (wire.expand("[id:team:/b]"), 404),
        (wire.expand("[id:team:/]"), 404),
        (home.clone(), 400),
        (work.to_lowercase(), 400),
        (work[..33].to_owned(), 400),
        (format!("{work}A"), 400),
        (work.replacen("01", "02", 1), 400),
        ("x".to_owned(), 400),
        ("!".to_owned(), 400),
        ("%00".to_owned(), 400),
        ("01".to_owned() + &"A".repeat(32), 404),
    ];
    for (id, status) in cases {
        let url = format!("/v1.0/drives/work/items/{id}");
        assert_eq!(
            check(&wire, &TestRequest { method: "GET", url: &url, headers: &[], body: b"" }),
            status,
            "{id}"
        );
    }
    let cid = home.split('!').next().unwrap().to_owned();
    let cases = [
        (wire.expand("[id:away:/e]"), 404),
        (work, 400),
        (format!("{cid}!0"), 404),
        (format!("{cid}!100"), 404),
        (format!("{cid}!99999999999999999999999999999999999999"), 404),
        (format!("{cid}!18446744073709551716"), 404),
        (format!("{cid}!-1"), 400),
        (format!("{cid}!"), 400),
        (cid, 400),
    ];
    for (id, status) in cases {
        let url = format!("/v1.0/drives/home/items/{id}");
        assert_eq!(
            check(&wire, &TestRequest { method: "GET", url: &url, headers: &[], body: b"" }),
            status,
            "{id}"
        );
    }
}

#[test]
fn the_error_for_an_unknown_route_names_it() {
    let wire = business(TREE);
    let mut methods = vec!["PROPFIND", "OPTIONS", "TRACE", "PURGE", "x"];
    methods.extend(["GET", "POST", "DELETE"]);
    for method in methods {
        for path in ["/", "/x", "/v1.0", "/beta/me", "/_api/v9/drive"] {
            let response = wire.send(&TestRequest { method, url: path, headers: &[], body: b"" });
            let error = response.json()["error"].clone();
            assert_eq!((response.status, &error["code"]), (501, &"notSupported".into()), "{method} {path}");
            assert!(error["message"].as_str().unwrap().starts_with(&format!("{method} {path} ")), "{error}");
        }
    }
}

#[test]
fn urls_and_bodies_that_are_too_long_fail() {
    for wire in [business(TREE), personal(TREE)] {
        for head in ["/v1.0/me/drive/root:", "/drive/root:", "/_api/v2.0/drive/root:"] {
            let url = head.to_owned() + &"/a".repeat(10_000);
            assert_eq!(check(&wire, &TestRequest { method: "GET", url: &url, headers: &[], body: b"" }), 414);
            let url = head.to_owned() + &"/a".repeat(8_000);
            assert_eq!(check(&wire, &TestRequest { method: "GET", url: &url, headers: &[], body: b"" }), 404);
            let url = head.to_owned() + "/" + &"n".repeat(10_000);
            check(&wire, &TestRequest { method: "GET", url: &url, headers: &[], body: b"" });
        }
        let body = format!(r#"{{"name":"{}"}}"#, "n".repeat(2 << 20));
        for url in ["/v1.0/me/drive/root:/Docs/a.txt:/copy", "/drive/root:/Docs/a.txt:/copy"] {
            let sent = TestRequest { method: "POST", url, headers: &JSON, body: body.as_bytes() };
            assert_eq!(check(&wire, &sent), 413);
        }
    }
    let mut limits = Limits::default();
    (limits.max_url, limits.max_json) = (1 << 20, 10);
    let wire = TestServer::with_options(
        ServerOptions::default().limits(limits),
        &format!("drive h profile=personal owner=me\n{TREE}"),
    );
    let url = "/v1.0/me/drive/root:".to_owned() + &"/a".repeat(10_000) + ":/children";
    let sent = TestRequest { method: "POST", url: &url, headers: &JSON, body: br#"{"n":1}"# };
    assert_eq!(check(&wire, &sent), 400);
    let sent = TestRequest { method: "POST", url: &url, headers: &JSON, body: br#"{"name":"x"}"# };
    assert_eq!(check(&wire, &sent), 413);
}

/// Generates pieces of URLs of Graph, and some that are not.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "/v1.0",
        "/beta",
        "/_api",
        "/v2.0",
        "/me",
        "/drive",
        "/drives",
        "/root",
        "/items",
        "/monitor",
        ":",
        ":/",
        "/",
        "/copy",
        "/children",
        "/Docs",
        "/a.txt",
        "/restore",
        "/permanentDelete",
        "/users",
        "/sites",
        "..",
        ".",
        "%2F",
        "%3A",
        "%00",
        "%FF",
        "%",
        "!",
        "?",
        "&",
        "=",
        "$top",
        "$select",
        "$expand=children(",
        "()",
        "#",
        "+",
        "'",
        "@microsoft.graph.conflictBehavior=replace",
        "$skiptoken=",
        "$orderby=size%20desc",
    ];
    prop_oneof![4 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "[!-~]{0,6}"]
}

/// Generates URLs that a client might send, sometimes with an extra piece.
fn nearly_right() -> impl Strategy<Value = Vec<String>> {
    let items =
        ["/root:/Docs/a.txt", "/root:/Docs", "/root:/To", "/root:", "/items/root:/docs/in", "/root:/new/one"];
    let actions = ["", ":", ":/copy", ":/children", ":/restore", ":/permanentDelete"];
    let (items, actions) =
        (proptest::sample::select(items.to_vec()), proptest::sample::select(actions.to_vec()));
    let more = proptest::option::weighted(0.3, piece());
    (items, actions, more)
        .prop_map(|(item, action, more)| vec![item.to_owned(), action.to_owned(), more.unwrap_or_default()])
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let json = prop_oneof![
        Just("\"new\"".to_owned()),
        Just("null".to_owned()),
        Just("\"\"".to_owned()),
        Just("{}".to_owned()),
        Just("-1".to_owned()),
        Just("\"/drive/root:/To\"".to_owned()),
        "\"[ -!#-\\[\\]-~]{0,8}\"",
    ];
    let keys = ["name", "parentReference", "folder", "childrenOnly", "fileSystemInfo", "description", "id"];
    let member =
        (proptest::sample::select(keys.to_vec()), json).prop_map(|(key, value)| format!("\"{key}\":{value}"));
    let object =
        proptest::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(",")));
    prop_oneof![object.prop_map(String::into_bytes), proptest::collection::vec(any::<u8>(), 0..24)]
}

#[test]
fn any_request_gets_a_response_and_failed_ones_change_nothing() {
    let methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    let head = proptest::sample::select(&["/v1.0/me/drive", "/drive", "/_api/v2.0/drive", ""][..]);
    let url = (head, prop_oneof![proptest::collection::vec(piece(), 0..8), nearly_right()]);
    let requests = (proptest::sample::select(methods.to_vec()), url, any::<bool>(), body());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: 1500, failure_persistence: None, ..Config::default() };
    let n_changed = std::cell::Cell::new(0);
    let result =
        TestRunner::new_with_rng(config, rng).run(&requests, |(method, (head, pieces), is_json, body)| {
            let wire = if is_json { business(TREE) } else { personal(TREE) };
            let url = head.to_owned() + &pieces.concat();
            if axum::http::Uri::try_from(&url).is_err() {
                return Ok(());
            }
            let before = state(&wire.sim);
            let requests = TestRequest { method, url: &url, headers: &JSON, body: &body };
            let response = wire.send(&requests);
            let text = String::from_utf8_lossy(&response.body).into_owned();
            prop_assert!(
                response.status < 500 || response.status == 501,
                "{method} {url}: {} {text}",
                response.status
            );
            if response.status >= 400 {
                // A response to HEAD has no body.
                let has_code = method == "HEAD" || response.json()["error"]["code"].is_string();
                prop_assert!(has_code, "{method} {url}: {text}");
                prop_assert_eq!(state(&wire.sim), before.clone(), "{} {} failed", method, url);
            }
            n_changed.set(n_changed.get() + usize::from(state(&wire.sim) != before));
            wire.sim.check_invariants();
            Ok(())
        });
    result.unwrap();
    assert!(n_changed.get() > 10, "only {} requests were good enough to change something", n_changed.get());
}
