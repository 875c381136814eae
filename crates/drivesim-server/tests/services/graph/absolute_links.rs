//! Tests of the beginning of absolute links: the host of the request, the headers of a proxy, the public URL of the
//! server.

use drivesim_server::ServerOptions;

use crate::graph::support::{Response, TestRequest, TestServer, business};

const TREE: &str = "drive work profile=business owner=me\na.txt\nb.txt\n";
const LIST: &str = "/v1.0/me/drive/root/children?$top=1";

fn next_link(wire: &TestServer, headers: &[(&str, &str)]) -> String {
    let response = wire.send(&TestRequest { method: "GET", url: LIST, headers, body: b"" });
    response.json()["@odata.nextLink"].as_str().unwrap().to_owned()
}

fn start_copy(wire: &TestServer, headers: &[(&str, &str)]) -> Response {
    let all = [&[("content-type", "application/json")], headers].concat();
    let url = "/v1.0/me/drive/root:/a.txt:/copy?@microsoft.graph.conflictBehavior=rename";
    wire.send(&TestRequest { method: "POST", url, headers: &all, body: b"{}" })
}

#[test]
fn links_use_the_host_and_the_scheme_of_the_request() {
    let wire = TestServer::new(TREE);
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("x-forwarded-proto", "https, http"), ("x-forwarded-host", "a.test, b.test")], "https://a.test/"),
        (&[], "http://drive.test/"),
        (&[("x-forwarded-proto", "https")], "https://drive.test/"),
        (
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "graph.test:8443")],
            "https://graph.test:8443/",
        ),
    ];
    for (headers, base) in cases {
        assert!(next_link(&wire, headers).starts_with(&format!("{base}v1.0/drives/")), "{headers:?}");
        let response = start_copy(&wire, headers);
        let location = response.header("location").unwrap();
        assert!(location.starts_with(&format!("{base}_api/v2.0/monitor/")), "{headers:?}: {location}");
    }
}

#[test]
fn the_public_url_has_priority_over_the_request() {
    for public_url in ["https://public.test:444/base", "https://public.test:444/base/"] {
        let wire = TestServer::with_options(ServerOptions::default().public_url(public_url), TREE);
        let headers = [("x-forwarded-proto", "http"), ("x-forwarded-host", "x.test")];
        assert!(next_link(&wire, &headers).starts_with("https://public.test:444/base/v1.0/drives/"));
        let response = start_copy(&wire, &headers);
        assert!(
            response
                .header("location")
                .unwrap()
                .starts_with("https://public.test:444/base/_api/v2.0/monitor/")
        );
        let item = wire.get_json("/v1.0/me/drive/root:/a.txt");
        assert!(item["webUrl"].as_str().unwrap().starts_with("https://public.test:444/base/"));
    }
}

#[test]
fn links_use_the_service_of_the_request() {
    let wire = business("a.txt\nb.txt\n");
    let cases = [
        ("/v1.0/me/drive", "http://drive.test/v1.0/drives/"),
        ("/beta/me/drive", "http://drive.test/beta/drives/"),
        ("/of/mine/v1.0/me/drive", "http://drive.test/of/mine/v1.0/drives/"),
        ("/sites/s/_api/v2.1/drive", "http://drive.test/sites/s/_api/v2.1/drives/"),
        ("/drive", "http://drive.test/drives/"),
        ("/v1.0/drive", "http://drive.test/drives/"),
        ("/_api/v2.0/drive", "http://drive.test/_api/v2.0/drives/"),
    ];
    for (drive, base) in cases {
        let page = wire.get_json(&format!("{drive}/root/children?$top=1"));
        let link = page["@odata.nextLink"].as_str().unwrap();
        assert!(link.starts_with(base), "{drive}: {link}");
        assert_eq!(wire.get_json(link)["value"][0]["name"], "b.txt");
    }
}

#[test]
fn malformed_headers_are_ignored() {
    let wire = TestServer::new(TREE);
    for value in ["", " ", "a b", "https://", "\"", "x/../y?z#"] {
        for header in ["x-forwarded-proto", "x-forwarded-host", "client-request-id", "prefer", "accept"] {
            let response =
                wire.send(&TestRequest { method: "GET", url: LIST, headers: &[(header, value)], body: b"" });
            assert_eq!(response.status, 200, "{header}: {value:?}");
            let link = response.json()["@odata.nextLink"].as_str().unwrap().to_owned();
            assert!(link.starts_with("http://drive.test/v1.0/drives/"), "{header}: {value:?}: {link}");
        }
    }
}

#[test]
fn responses_return_the_client_request_id() {
    let wire = TestServer::new(TREE);
    let headers = [("client-request-id", "mine")];
    let response = wire.send(&TestRequest {
        method: "GET",
        url: "/v1.0/me/drive/root:/gone",
        headers: &headers,
        body: b"",
    });
    assert_eq!(response.header("client-request-id"), Some("mine"));
    assert_eq!(response.json()["error"]["innerError"]["client-request-id"], "mine");
    assert_ne!(response.header("request-id"), Some("mine"));
}
