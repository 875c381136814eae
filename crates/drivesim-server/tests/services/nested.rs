//! Tests of the targets of links: below another router, and with a public URL.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use drivesim::Sim;
use drivesim_server::{ServerOptions, router_with};
use serde_json::Value;
use tower::ServiceExt;

const MINE: &str = "drive mine profile=business owner=me\na.txt = \"a\"\nb.txt = \"b\"\n";

fn drives(options: ServerOptions) -> Router {
    router_with(Sim::builder().outline(MINE).build().unwrap(), options).unwrap()
}

/// Sends a request and returns status, `Location` and body.
fn send(router: &Router, method: &str, url: &str, body: &'static str) -> (u16, String, Value) {
    let request = Request::builder().method(method).uri(url).header("host", "drive.test");
    let request = request.header("content-type", "application/json").body(Body::from(body)).unwrap();
    pollster::block_on(async {
        let response = router.clone().oneshot(request).await.unwrap();
        let location = response.headers().get("location").map(|url| url.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, location.unwrap_or_default(), serde_json::from_slice(&body).unwrap_or_default())
    })
}

#[test]
fn links_contain_the_path_at_which_the_router_is_nested() {
    let inner = || Router::new().nest("/sim", drives(ServerOptions::default()));
    for (router, prefix) in [
        (inner(), "http://drive.test/sim"),
        (Router::new().nest("/two/{tenant}", inner()), "http://drive.test/two/a%20b/sim"),
    ] {
        let path = prefix.strip_prefix("http://drive.test").unwrap();
        let (status, _, page) =
            send(&router, "GET", &format!("{path}/v1.0/me/drive/root/children?$top=1"), "");
        assert_eq!(status, 200, "{page}");
        let next = page["@odata.nextLink"].as_str().unwrap();
        assert!(next.starts_with(&format!("{prefix}/v1.0/drives/")), "{next}");
        assert_eq!(send(&router, "GET", next, "").2["value"][0]["name"], "b.txt");
        let copy = format!("{path}/v1.0/me/drive/root:/a.txt:/copy");
        let (status, monitor, error_body) = send(&router, "POST", &copy, "{\"name\":\"c.txt\"}");
        assert_eq!(status, 202, "{error_body}");
        assert!(monitor.starts_with(&format!("{prefix}/_api/v2.0/monitor/")), "{monitor}");
        assert_eq!(send(&router, "GET", &monitor, "").2["status"], "completed");
        let (_, file, _) = send(&router, "GET", &format!("{path}/v1.0/me/drive/root:/a.txt:/content"), "");
        assert_eq!(send(&router, "GET", &file, "").0, 200, "{file}");
        assert_eq!(send(&router, "GET", &format!("{path}/_drivesim/health"), "").0, 200);
    }
}

#[test]
fn links_are_valid_urls_for_every_prefix() {
    let both = format!("{MINE}drive box profile=box\nb.txt = \"b\"\n");
    let sim = Sim::builder().outline(&both).build().unwrap();
    let drives = router_with(sim, ServerOptions::default()).unwrap();
    let router = Router::new().nest("/of/{tenant}", drives);
    // Some clients do not encode characters that must be encoded.
    for (sent, expected) in [
        ("/of/a\"b", "/of/a%22b"),
        ("/of/a\\b", "/of/a%5Cb"),
        ("/of/é{}", "/of/%C3%A9%7B%7D"),
        ("/of/x/a%22%20b", "/of/x/a%22%20b"),
    ] {
        let (status, _, item) = send(&router, "GET", &format!("{sent}/v1.0/me/drive/root:/a.txt"), "");
        assert_eq!(status, 200, "{sent}: {item}");
        for member in ["@odata.context", "webUrl", "@microsoft.graph.downloadUrl"] {
            let url = item[member].as_str().unwrap();
            assert!(url.starts_with(&format!("http://drive.test{expected}/")), "{member}: {url}");
        }
        let download = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
        assert_eq!(send(&router, "GET", download, "").0, 200, "{download}");
        let (_, _, listed) = send(&router, "GET", &format!("{sent}/2.0/folders/0/items"), "");
        let id = listed["entries"][0]["id"].as_str().unwrap();
        let (status, download, _) = send(&router, "GET", &format!("{sent}/2.0/files/{id}/content"), "");
        assert_eq!(status, 302);
        assert!(download.starts_with(&format!("http://drive.test{expected}/2.0/")), "{download}");
        assert_eq!(send(&router, "GET", &download, "").0, 200, "{download}");
    }
}

#[test]
fn the_public_url_replaces_the_prefix_of_links() {
    let options = ServerOptions::default().public_url("https://drives.test/here");
    let router = Router::new().nest("/sim", drives(options));
    let (_, _, page) = send(&router, "GET", "/sim/v1.0/me/drive/root/children?$top=1", "");
    let next = page["@odata.nextLink"].as_str().unwrap();
    assert!(next.starts_with("https://drives.test/here/v1.0/drives/"), "{next}");
}
