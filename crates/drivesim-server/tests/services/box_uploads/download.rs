//! Tests of downloads from Box.

use drivesim_server::ServerOptions;

use crate::box_uploads::support::TestServer;

#[test]
fn a_download_redirects_to_a_url_that_supports_ranges() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"0123456789");
    let answer = wire.get(&format!("/2.0/files/{file}/content")).expect_status(302);
    let url = answer.header("location");
    assert!(url.starts_with("http://host/"), "{url}");
    let whole = wire.get(url).expect_status(200);
    assert_eq!((&*whole.body, whole.header("content-type")), (&b"0123456789"[..], "text/plain"));
    let part = wire.send("GET", url, &[("range", "bytes=2-4")], "").expect_status(206);
    assert_eq!((&*part.body, part.header("content-range")), (&b"234"[..], "bytes 2-4/10"));
    let beyond = wire.send("GET", url, &[("range", "bytes=10-")], "").expect_status(416);
    assert_eq!(beyond.header("content-range"), "bytes */10");
    let head = wire.send("HEAD", url, &[], "").expect_status(200);
    assert_eq!((head.body.len(), head.header("content-length")), (0, "10"));
}

#[test]
fn a_past_version_is_downloaded_by_its_id() {
    let wire = TestServer::new("");
    let (file, other) = (wire.upload("a.txt", b"one"), wire.upload("b.txt", b"other"));
    let first = wire.file(&file)["file_version"]["id"].as_str().unwrap().to_owned();
    let second = wire.upload_version(&file, b"two");
    let read_version = |version: &str| {
        let answer = wire.get(&format!("/2.0/files/{file}/content?version={version}")).expect_status(302);
        String::from_utf8(wire.get(answer.header("location")).expect_status(200).body).unwrap()
    };
    assert_eq!([read_version(&first), read_version(&second), read_version("")], ["one", "two", "two"]);
    let version_of_other = wire.file(&other)["file_version"]["id"].as_str().unwrap().to_owned();
    for version in [&*version_of_other, "x", "1"] {
        wire.get(&format!("/2.0/files/{file}/content?version={version}")).expect_error(404, "not_found");
    }
}

#[test]
fn a_download_url_returns_the_current_content_until_the_file_is_deleted() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let url = wire.get(&format!("/2.0/files/{file}/content")).header("location").to_owned();
    wire.upload_version(&file, b"two");
    assert_eq!(wire.get(&url).expect_status(200).body, b"two");
    wire.sim.delete(wire.sim.drive("mine").unwrap().at("/a.txt")).unwrap();
    wire.get(&url).expect_error(404, "not_found");
    wire.get(&format!("/2.0/files/{file}/content")).expect_error(404, "not_found");
}

#[test]
fn an_unknown_download_url_is_not_found() {
    let wire = TestServer::new("drive other profile=business\na.txt\n");
    let file = wire.upload("a.txt", b"one");
    let url = wire.get(&format!("/2.0/files/{file}/content")).header("location").to_owned();
    let last = if url.ends_with('A') { "B" } else { "A" };
    wire.get(&format!("{}{last}", &url[..url.len() - 1])).expect_error(404, "not_found");
    wire.get("/2.0/_download/x").expect_error(404, "not_found");
    // Download tickets of one service are unknown to the other.
    let of_graph = wire.get("/v1.0/drives/other/root:/a.txt:/content").expect_status(302);
    let ticket = of_graph.header("location").rsplit('/').next().unwrap();
    wire.get(&format!("/2.0/_download/{ticket}")).expect_error(404, "not_found");
    let ticket = url.rsplit('/').next().unwrap();
    wire.get(&format!("/_download/{ticket}")).expect_status(404);
}

#[test]
fn a_download_url_needs_no_token() {
    let options = ServerOptions::default().token("t", &["root_readwrite"]);
    let wire = TestServer::with_options("a.txt = \"one\"\n", options);
    let token = [("authorization", "Bearer t")];
    let listed = wire.send("GET", "/2.0/folders/0/items", &token, "").expect_status(200).json();
    let url = format!("/2.0/files/{}/content", listed["entries"][0]["id"].as_str().unwrap());
    wire.get(&url).expect_error(401, "unauthorized");
    let answer = wire.send("GET", &url, &token, "").expect_status(302);
    assert_eq!(wire.get(answer.header("location")).expect_status(200).body, b"one");
}
