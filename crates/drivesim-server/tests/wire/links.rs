//! The only place for what absolute links begin with: what the client used, what a proxy says, what the server was told.

use drivesim_server::ServerOptions;

use crate::support::{Answer, Sent, Wire, business};

const TREE: &str = "drive work profile=business owner=me\na.txt\nb.txt\n";
const LIST: &str = "/v1.0/me/drive/root/children?$top=1";

fn read(wire: &Wire, headers: &[(&str, &str)]) -> String {
    let answer = wire.send(&Sent { method: "GET", url: LIST, headers, body: b"" });
    answer.json()["@odata.nextLink"].as_str().unwrap().to_owned()
}

fn copied(wire: &Wire, headers: &[(&str, &str)]) -> Answer {
    let all = [&[("content-type", "application/json")], headers].concat();
    let url = "/v1.0/me/drive/root:/a.txt:/copy?@microsoft.graph.conflictBehavior=rename";
    wire.send(&Sent { method: "POST", url, headers: &all, body: b"{}" })
}

#[test]
fn links_follow_the_host_and_the_scheme() {
    let wire = Wire::new(TREE);
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
        assert!(read(&wire, headers).starts_with(&format!("{base}v1.0/drives/")), "{headers:?}");
        let answer = copied(&wire, headers);
        let location = answer.header("location").unwrap();
        assert!(location.starts_with(&format!("{base}_api/v2.0/monitor/")), "{headers:?}: {location}");
    }
}

#[test]
fn a_public_url_goes_before_what_the_request_says() {
    for given in ["https://public.test:444/base", "https://public.test:444/base/"] {
        let wire = Wire::with(ServerOptions::default().public_url(given), TREE);
        let headers = [("x-forwarded-proto", "http"), ("x-forwarded-host", "x.test")];
        assert!(read(&wire, &headers).starts_with("https://public.test:444/base/v1.0/drives/"));
        let answer = copied(&wire, &headers);
        assert!(
            answer.header("location").unwrap().starts_with("https://public.test:444/base/_api/v2.0/monitor/")
        );
        let item = wire.read("/v1.0/me/drive/root:/a.txt");
        assert!(item["webUrl"].as_str().unwrap().starts_with("https://public.test:444/base/"));
    }
}

#[test]
fn links_are_of_the_dialect_that_was_spoken() {
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
        let page = wire.read(&format!("{drive}/root/children?$top=1"));
        let link = page["@odata.nextLink"].as_str().unwrap();
        assert!(link.starts_with(base), "{drive}: {link}");
        assert_eq!(wire.read(link)["value"][0]["name"], "b.txt");
    }
}

#[test]
fn headers_that_make_no_sense_break_nothing() {
    let wire = Wire::new(TREE);
    for value in ["", " ", "a b", "https://", "\"", "x/../y?z#"] {
        for header in ["x-forwarded-proto", "x-forwarded-host", "client-request-id", "prefer", "accept"] {
            let answer =
                wire.send(&Sent { method: "GET", url: LIST, headers: &[(header, value)], body: b"" });
            assert_eq!(answer.status, 200, "{header}: {value:?}");
            let link = answer.json()["@odata.nextLink"].as_str().unwrap().to_owned();
            assert!(link.starts_with("http://drive.test/v1.0/drives/"), "{header}: {value:?}: {link}");
        }
    }
}

#[test]
fn a_request_keeps_its_id() {
    let wire = Wire::new(TREE);
    let headers = [("client-request-id", "mine")];
    let answer =
        wire.send(&Sent { method: "GET", url: "/v1.0/me/drive/root:/gone", headers: &headers, body: b"" });
    assert_eq!(answer.header("client-request-id"), Some("mine"));
    assert_eq!(answer.json()["error"]["innerError"]["client-request-id"], "mine");
    assert_ne!(answer.header("request-id"), Some("mine"));
}
