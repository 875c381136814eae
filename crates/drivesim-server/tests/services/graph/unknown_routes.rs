//! Tests of URLs without a route: those that the service rejects too, and those that it supports and drivesim does not.

use drivesim_server::ServerOptions;
use serde_json::Value;

use crate::graph::support::{TestRequest, TestServer, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n";
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// Beginnings of the URLs of each service.
const GRAPH: [&str; 4] =
    ["/v1.0/me/drive", "/beta/drives/[drive]", "/v1.0/me/drives/[drive]", "/p/v1.0/me/drive"];
const DIRECT: [&str; 4] = ["/drive", "/v1.0/drive", "/_api/v2.0/drive", "/sites/s/_api/v2.1/drives/[drive]"];

/// Sends a request that must not change anything, and returns its status and error.
fn send_failing(wire: &TestServer, method: &str, url: &str) -> (u16, Value) {
    let before = wire.sim.outline().unwrap();
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let response = wire.send(&TestRequest { method, url: &wire.expand(url), headers: &headers, body: b"{}" });
    assert_eq!(wire.sim.outline().unwrap(), before, "{method} {url}");
    (response.status, response.json()["error"].clone())
}

#[track_caller]
fn check(wire: &TestServer, method: &str, url: &str, (status, code, words): (u16, &str, &str)) {
    let (actual_status, error) = send_failing(wire, method, url);
    assert_eq!((actual_status, &error["code"]), (status, &code.into()), "{method} {url}: {error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(words), "{method} {url}: {message:?} does not contain {words:?}");
    assert_eq!(message.contains("drivesim routes"), status == 501, "{message}");
}

fn all_bases() -> impl Iterator<Item = &'static str> {
    GRAPH.into_iter().chain(DIRECT)
}

#[test]
fn extra_and_misplaced_colons_fail_with_400_for_every_method() {
    let at_most_two = "Paths can only contain at most two colons.";
    let malformed = "The request is malformed or incorrect.";
    let cases = [
        ("root:/Docs:/new.txt:/content", at_most_two),
        ("root:/Docs:/new%20(1).txt:/content", at_most_two),
        ("root:/Docs:/new.txt:/createUploadSession", at_most_two),
        ("root:/a:/b:/c:/content", at_most_two),
        ("root:/Docs:/a.txt:", at_most_two),
        ("items/[id:/Docs]:/a:/b:/content", at_most_two),
        ("items/root:/Docs:/a.txt:/copy", at_most_two),
        ("root%3A/Docs%3A/a.txt%3A/content", at_most_two),
        ("root:Docs", malformed),
        ("root:Docs/a.txt:/content", malformed),
        ("root:/Docs/a.txt:content", malformed),
        ("items/[id:/Docs]:a.txt", malformed),
        ("items/[id:/Docs]/a.txt:/content", malformed),
        ("root/Docs:/a.txt", malformed),
    ];
    for wire in [business(TREE), personal(TREE)] {
        for base in all_bases() {
            for (tail, words) in cases {
                for method in METHODS {
                    check(&wire, method, &format!("{base}/{tail}"), (400, "invalidRequest", words));
                }
            }
        }
    }
}

#[test]
fn a_path_without_a_closing_colon_supports_no_content_and_no_action() {
    for wire in [business(TREE), personal(TREE)] {
        let cases = GRAPH
            .map(|base| (base, "malformed"))
            .into_iter()
            .chain(DIRECT.map(|base| (base, "API not found")));
        for (base, words) in cases {
            for (method, tail) in [
                ("PUT", "root:/Docs/new.txt/content"),
                ("PUT", "root:/Docs/a.txt"),
                ("PUT", "items/[id:/Docs]:/new.txt/content"),
                ("POST", "root:/Docs/children"),
                ("POST", "root:/Docs/a.txt/copy"),
                ("POST", "root:/Docs/new.txt/createUploadSession"),
                ("POST", "items/[id:/Docs]:/a.txt/copy"),
            ] {
                check(&wire, method, &format!("{base}/{tail}"), (400, "invalidRequest", words));
            }
            for tail in ["root:/Docs/a.txt/content", "root:/Docs/children"] {
                let (status, error) = send_failing(&wire, "GET", &format!("{base}/{tail}"));
                assert_eq!((status, &error["code"]), (404, &"itemNotFound".into()), "{base}/{tail}");
            }
        }
    }
}

#[test]
fn a_path_without_its_first_colon_is_an_unknown_segment() {
    let paths = ["items/[id:/Docs]/Docs/a.txt", "root/Docs/a.txt", "items/root/Docs/a.txt", "Docs/a.txt"];
    for wire in [business(TREE), personal(TREE)] {
        for (tail, method) in paths.iter().flat_map(|tail| METHODS.map(|method| (tail, method))) {
            for base in GRAPH {
                let words = "Resource not found for the segment 'Docs'.";
                check(&wire, method, &format!("{base}/{tail}"), (400, "invalidRequest", words));
            }
            for base in DIRECT {
                check(&wire, method, &format!("{base}/{tail}"), (400, "invalidRequest", "API not found"));
            }
        }
    }
}

#[test]
fn unknown_segments_fail_with_the_error_of_the_service() {
    for wire in [business(TREE), personal(TREE)] {
        for method in METHODS {
            for (tail, segment) in [
                ("root/explode", "explode"),
                ("items/[id:/Docs]/explode", "explode"),
                ("root:/Docs:/explode", "explode"),
                ("root:/b.txt:/Content", "Content"),
                ("root:/Docs/a.txt:/content/x", "x"),
                ("items/[id:/Docs/a.txt]/copy/x", "x"),
                ("rootx", "rootx"),
                ("explode", "explode"),
            ] {
                let words = format!("Resource not found for the segment '{segment}'.");
                for base in GRAPH {
                    check(&wire, method, &format!("{base}/{tail}"), (400, "BadRequest", &words));
                }
                for base in DIRECT {
                    check(&wire, method, &format!("{base}/{tail}"), (400, "invalidRequest", "API not found"));
                }
            }
            check(&wire, method, "/v1.0/me/drive:/Docs", (400, "BadRequest", "segment 'drive:'"));
        }
        check(&wire, "GET", "/v1.0/me/drive/items", (400, "invalidRequest", "'filter'"));
        check(&wire, "GET", "/v1.0/me/drive/items?$filter=x", (501, "notSupported", "$filter"));
    }
}

#[test]
fn operations_that_drivesim_lacks_are_named_in_the_error() {
    for wire in [business(TREE), personal(TREE)] {
        for (method, tail, name) in [
            ("GET", "root/delta", "delta"),
            ("GET", "root/delta()", "delta"),
            ("GET", "root:/Docs:/delta(token='2021-09-29T20:00:00Z')", "delta(token="),
            ("GET", "items/[id:/Docs]/search(q='a:b/c')", "search(q="),
            ("GET", "search(q='{x}')", "search(q="),
            ("GET", "items/[id:/Docs/a.txt]/versions/1.0/content", "versions/1.0/content"),
            ("GET", "root/permissions", "permissions"),
            ("POST", "items/[id:/Docs]/createLink", "createLink"),
            ("POST", "items/[id:/Docs]/microsoft.graph.createLink", "createLink"),
            ("POST", "root:/Docs:/invite", "invite"),
            ("GET", "root:/Docs/a.txt:/thumbnails/0/small", "thumbnails/0/small"),
            ("POST", "items/[id:/Docs/a.txt]/checkout", "checkout"),
            ("GET", "root/children/$count", "children/$count"),
            ("GET", "root/$ref", "$ref"),
            ("GET", "root/name", "name"),
            ("GET", "special/approot", "special/approot"),
            ("PUT", "special/approot:/a.txt:/content", "special/approot"),
            ("GET", "recent()", "recent"),
            ("GET", "bundles", "bundles"),
        ] {
            let url = format!("/v1.0/me/drive/{}", tail.replace(['{', '}'], ""));
            check(&wire, method, &url, (501, "notSupported", &format!("lacks {name}")));
        }
        for (method, path, name) in [
            ("POST", "/v1.0/$batch", "$batch"),
            ("GET", "/v1.0/$metadata", "$metadata"),
            ("GET", "/v1.0/me", "me"),
            ("GET", "/beta/shares/u!x/driveItem", "shares/u!x/driveItem"),
            ("GET", "/v1.0/sites/contoso.test:/sites/a:/drive", "sites/contoso.test:/sites/a:/drive"),
        ] {
            check(&wire, method, path, (501, "notSupported", &format!("lacks {name}")));
        }
    }
}

#[test]
fn a_method_that_a_resource_does_not_support_is_not_allowed() {
    for wire in [business(TREE), personal(TREE)] {
        for (method, tail, allow) in [
            ("DELETE", "root/children", "GET, HEAD, POST"),
            ("GET", "root:/Docs/a.txt:/copy", "POST"),
            ("PATCH", "root:/Docs/a.txt:/content", "GET, HEAD, PUT"),
            ("POST", "items/[id:/Docs]", "GET, HEAD, PATCH, DELETE"),
            ("PUT", "root", "GET, HEAD, PATCH, DELETE"),
            ("PUT", "", "GET, HEAD"),
        ] {
            let url = wire.expand(&format!("/v1.0/me/drive/{tail}"));
            check(&wire, method, &url, (405, "notAllowed", "not allowed"));
            let response = wire.send(&TestRequest { method, url: &url, headers: &[], body: b"" });
            assert_eq!(response.header("allow"), Some(allow), "{method} {url}");
        }
        for method in ["OPTIONS", "PROPFIND"] {
            let url = "/v1.0/me/drive/root";
            check(
                &wire,
                method,
                url,
                (501, "notSupported", &format!("{method} {url} is not a route of drivesim")),
            );
        }
    }
}

#[test]
fn query_options_that_drivesim_lacks_are_named_in_the_error() {
    for wire in [business(TREE), personal(TREE)] {
        for (method, url, name) in [
            ("GET", "root/children?$filter=name%20eq%20'a'", "$filter"),
            ("GET", "root/children?filter=x", "$filter"),
            ("GET", "root/children?%24filter=x", "$filter"),
            ("GET", "root/children?$skip=1", "$skip"),
            ("GET", "root/children?$search=x", "$search"),
            ("GET", "root?$count=true", "$count"),
            ("GET", "root/children?$apply=x", "$apply"),
            ("GET", "root:/children?$filter=x", "$filter"),
            ("GET", "root?$filter=x", "$filter"),
            ("GET", "root?$top=1", "$top"),
            ("GET", "?$filter=x", "$filter"),
            ("GET", "root:/Docs/a.txt:/content?format=pdf", "$format"),
            ("PATCH", "root:/Docs/a.txt?$filter=x", "$filter"),
            ("POST", "root:/Docs/a.txt:/copy?$filter=x", "$filter"),
            ("DELETE", "root:/Docs/a.txt?$filter=x", "$filter"),
            ("GET", "root?$expand=permissions", "permissions in $expand"),
            ("GET", "root/children?$expand=children,versions", "versions in $expand"),
            ("GET", "root?$expand=children($filter=x)", "$filter in $expand"),
            ("GET", "root?$expand=children($expand=children)", "$expand in $expand"),
        ] {
            check(&wire, method, &format!("/v1.0/me/drive/{url}"), (501, "notSupported", name));
        }
        check(&wire, "GET", "/v1.0/drives?$filter=x", (501, "notSupported", "$filter"));
        check(&wire, "GET", "/v1.0/drives?$count=true", (501, "notSupported", "$count"));
        let counted = wire.get_json("/v1.0/me/drive/root/children?$count=true");
        assert_eq!(counted["@odata.count"], 1, "a page of children always has the count");
    }
}

#[test]
fn unknown_odata_options_fail_and_other_options_are_ignored() {
    for wire in [business(TREE), personal(TREE)] {
        for (method, url) in [
            ("GET", "root/children?$explode=1"),
            ("GET", "root?$Select=id"),
            ("GET", "?$skiptokens=x"),
            ("PATCH", "root:/Docs/a.txt?$explode=1"),
            ("POST", "root:/Docs/a.txt:/copy?$explode=1"),
        ] {
            let (status, error) = send_failing(&wire, method, &format!("/v1.0/me/drive/{url}"));
            assert_eq!((status, &error["code"]), (400, &"invalidRequest".into()), "{url}");
            assert_eq!(error["innerError"]["code"], "invalidQueryOption", "{url}");
        }
        for url in ["root/children?explode=1", "root?AVOverride=1", "?x=$filter"] {
            wire.get_json(&format!("/v1.0/me/drive/{url}"));
        }
    }
}

#[test]
fn the_token_is_checked_before_the_url() {
    let options = ServerOptions::default().token("t", &["Files.ReadWrite"]);
    let wire = TestServer::with_options(options, &format!("drive work profile=business owner=me\n{TREE}"));
    for (url, status) in [
        ("/v1.0/me/drive/root:/a:/b:/content", 401),
        ("/v1.0/me/drive/root/explode", 401),
        ("/v1.0/me/drive/rootx", 401),
        ("/v1.0/nowhere", 501),
        ("/nowhere", 501),
    ] {
        assert_eq!(send_failing(&wire, "GET", url).0, status, "{url}");
        let headers = [("authorization", "Bearer t")];
        let response = wire.send(&TestRequest { method: "GET", url, headers: &headers, body: b"" });
        assert_eq!(response.status, if status == 401 { 400 } else { status }, "{url}");
    }
}

/// Returns the operations of the published description: method and path.
fn published() -> Vec<(String, String)> {
    let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
        eprintln!("DRIVESIM_FACTS is not set: the published operations are not tested");
        return Vec::new();
    };
    let file = std::path::Path::new(&folder).join("graph/graph-drive-openapi.json");
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let all: Value = serde_json::from_slice(&text).unwrap();
    let paths = all["paths"].as_object().unwrap().iter();
    let of_path = |(path, operations): (&String, &Value)| {
        let methods = METHODS.into_iter().filter(|method| operations.get(method.to_lowercase()).is_some());
        methods.map(|method| (method.to_owned(), path.clone())).collect::<Vec<_>>()
    };
    paths.filter(|(path, _)| !path.starts_with("/x-")).flat_map(of_path).collect()
}

#[test]
fn each_published_operation_is_supported_or_named_as_missing() {
    let (mut n_supported, mut n_missing) = (0, 0);
    for kind in [business, personal] {
        let wire = kind(TREE);
        for (method, path) in published() {
            let url = path
                .replace("{drive-id}", "[drive]")
                .replace("{driveItem-id}", "[id:/Docs]")
                .replace("{item-path}", "Docs/a.txt")
                .replace(['{', '}'], "");
            let snapshot = wire.sim.snapshot();
            let headers = [("content-type", "application/json")];
            let url = wire.expand(&format!("/v1.0{url}"));
            let response =
                wire.send(&TestRequest { method: &method, url: &url, headers: &headers, body: b"{}" });
            wire.sim.restore(&snapshot);
            let text = String::from_utf8_lossy(&response.body).into_owned();
            assert_ne!(response.status, 405, "{method} {url}: {text}");
            assert!(!text.contains("Resource not found for the segment"), "{method} {url}: {text}");
            if response.status == 501 {
                let last = path.rsplit(['/', ':']).find(|part| !part.starts_with('{')).unwrap();
                let name = last.split('(').next().unwrap();
                assert!(
                    text.contains("drivesim, which lacks") && text.contains(name),
                    "{method} {url}: {text}"
                );
                n_missing += 1;
            } else {
                n_supported += 1;
            }
        }
    }
    let has_facts = std::env::var_os("DRIVESIM_FACTS").is_some();
    assert_eq!((n_supported > 100, n_missing > 100), (has_facts, has_facts), "{n_supported} and {n_missing}");
}
