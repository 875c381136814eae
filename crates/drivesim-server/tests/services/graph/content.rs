//! Tests of the contents of files on the wire: hashes, downloads, small uploads.

use axum::body::Body;
use drivesim::Sim;
use drivesim::access::Access;
use drivesim::address::Precondition;
use drivesim_server::{Limits, ServerOptions};
use serde_json::Value;

use crate::support::TestServer;

const BUSINESS: &str = "drive work profile=business owner=me\n";
const PERSONAL: &str = "drive home profile=personal owner=me\n";
const ROOT: &str = "/v1.0/me/drive/root";

fn business(outline: &str) -> TestServer {
    TestServer::new(&format!("{BUSINESS}{outline}"))
}

fn personal(outline: &str) -> TestServer {
    TestServer::new(&format!("{PERSONAL}{outline}"))
}

fn download_url(wire: &TestServer, item: &str) -> String {
    let item = wire.get(item).expect(200).json();
    item["@microsoft.graph.downloadUrl"].as_str().unwrap().to_owned()
}

#[test]
fn a_business_file_has_quick_xor_hash_alone() {
    let wire = business("a.txt = \"hello world\"\n");
    let item = wire.get(&format!("{ROOT}:/a.txt")).expect(200).json();
    assert_eq!(item["file"]["hashes"], serde_json::json!({ "quickXorHash": "aCgDG9jwBhDc4Q1yawMZAAAAAAA=" }));
    assert_eq!(item["file"]["mimeType"], "text/plain");
}

#[test]
fn a_personal_file_has_sha1_and_sha256_as_well() {
    let wire = personal("a.txt = \"hello world\"\nempty\n");
    let hashes = wire.get(&format!("{ROOT}:/a.txt")).expect(200).json()["file"]["hashes"].clone();
    assert_eq!(hashes["quickXorHash"], "aCgDG9jwBhDc4Q1yawMZAAAAAAA=");
    assert_eq!(hashes["sha1Hash"], "2AAE6C35C94FCFB415DBE95F408B9CE91EE846ED");
    let sha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    assert_eq!(hashes["sha256Hash"], sha256);
    let hashes = wire.get(&format!("{ROOT}:/empty")).expect(200).json()["file"]["hashes"].clone();
    assert_eq!(hashes["quickXorHash"], "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
}

#[test]
fn declared_content_above_64_mib_has_no_hash() {
    let wire = business("at.bin = 64 MiB\nbeyond.bin = 65 MiB\nhuge.bin = 4096 TiB\n");
    let items = wire.get(&format!("{ROOT}/children")).expect(200).json()["value"].clone();
    let has_hashes: Vec<bool> =
        items.as_array().unwrap().iter().map(|item| item["file"].get("hashes").is_some()).collect();
    assert_eq!(has_hashes, [true, false, false]);
}

#[test]
fn copies_and_repeated_reads_have_the_same_hash() {
    let wire = business("Docs/\na.bin = 3 MiB\n");
    let hashes_of =
        |path: &str| wire.get(&format!("{ROOT}:{path}")).expect(200).json()["file"]["hashes"].clone();
    let first = hashes_of("/a.bin");
    wire.sim.copy("/a.bin", "/Docs", drivesim::CopyOptions::default()).unwrap();
    assert_eq!([hashes_of("/Docs/a.bin"), hashes_of("/a.bin")], [first.clone(), first.clone()]);
    wire.sim.write("/a.bin", vec![1; 5000]).unwrap();
    assert_ne!(hashes_of("/a.bin"), first);
}

#[test]
fn a_download_url_needs_no_token() {
    let sim = Sim::builder().outline(format!("{BUSINESS}a b.txt = \"hello\"\n")).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().token("tok", &["Files.Read"]));
    let auth = ("authorization", "Bearer tok");
    let item = wire.get_with(&format!("{ROOT}:/a%20b.txt"), auth).expect(200).json();
    let url = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
    assert!(url.starts_with("http://host/_download/"), "{url}");
    let response = wire.get(url).expect(200);
    assert_eq!(response.body, b"hello");
    assert_eq!(response.header("content-type"), "text/plain");
    assert_eq!(response.header("content-length"), "5");
    assert_eq!(response.header("accept-ranges"), "bytes");
    assert_eq!(response.header("etag"), item["eTag"].as_str().unwrap());
    wire.get_with(url, auth).expect(200);
    wire.get_with(url, ("authorization", "Bearer wrong")).expect(200);
}

#[test]
fn direct_endpoints_have_another_member_for_the_download_url() {
    let wire = personal("a.txt = \"hello\"\n");
    for path in ["/drive/root:/a.txt", "/v1.0/drive/root:/a.txt?select=content.downloadUrl"] {
        let item = wire.get(path).expect(200).json();
        assert_eq!(item.get("@microsoft.graph.downloadUrl"), None, "{path}");
        let url = item["@content.downloadUrl"].as_str().unwrap();
        assert_eq!(wire.get(url).expect(200).body, b"hello");
    }
    let item = wire.get(&format!("{ROOT}?$select=id,@microsoft.graph.downloadUrl")).expect(200).json();
    assert_eq!(item.get("@microsoft.graph.downloadUrl"), None, "folders have none");
}

#[test]
fn ranges_are_supported() {
    let wire = business("a.bin = \"0123456789\"\nempty\n");
    let url = download_url(&wire, &format!("{ROOT}:/a.bin"));
    let cases = [
        ("bytes=0-", "0123456789", "bytes 0-9/10"),
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-99", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
    ];
    for (range, body, content_range) in cases {
        let response = wire.get_with(&url, ("range", range)).expect(206);
        assert_eq!(response.body, body.as_bytes(), "{range}");
        assert_eq!(
            (response.header("content-range"), response.header("content-length")),
            (content_range, &*body.len().to_string())
        );
    }
    for range in ["bytes=10-", "bytes=-0", "bytes=18446744073709551615-"] {
        let response = wire.get_with(&url, ("range", range)).expect(416);
        assert_eq!(response.header("content-range"), "bytes */10", "{range}");
    }
    for range in ["bytes=0-1,3-4", "bytes=5-2", "bytes=x-y", "bytes=-1-5"] {
        assert_eq!(wire.get_with(&url, ("range", range)).expect(200).body, b"0123456789", "{range}");
    }
    let empty = download_url(&wire, &format!("{ROOT}:/empty"));
    assert_eq!(wire.get_with(&empty, ("range", "bytes=0-")).expect(416).header("content-range"), "bytes */0");
    assert_eq!(wire.get(&empty).expect(200).header("content-length"), "0");
}

#[test]
fn if_range_returns_the_whole_file_after_a_change() {
    let wire = business("a.txt = \"one\"\n");
    let url = download_url(&wire, &format!("{ROOT}:/a.txt"));
    let etag = wire.get(&url).expect(200).header("etag").to_owned();
    let resume = |wire: &TestServer| {
        wire.send("GET", &url, &[("range", "bytes=1-"), ("if-range", &etag)], Body::empty())
    };
    assert_eq!(resume(&wire).expect(206).body, b"ne");
    wire.get_with(&url, ("if-none-match", &etag)).expect(304);
    wire.sim.write("/a.txt", "two").unwrap();
    assert_eq!(resume(&wire).expect(200).body, b"two");
    wire.get_with(&url, ("if-none-match", &etag)).expect(200);
}

#[test]
fn head_returns_the_headers_without_a_body() {
    let wire = business("a.bin = 5000 TiB\n");
    let url = download_url(&wire, &format!("{ROOT}:/a.bin"));
    let response = wire.send("HEAD", &url, &[], Body::empty()).expect(200);
    assert_eq!((response.header("content-length"), response.body.len()), ("5497558138880000", 0));
    let response = wire.send("HEAD", &url, &[("range", "bytes=5-9")], Body::empty()).expect(206);
    assert_eq!((response.header("content-length"), response.body.len()), ("5", 0));
}

#[test]
fn ranges_of_generated_bytes_match_the_whole() {
    let wire = business("a.bin = 300 KiB\nhuge.bin = 5000 TiB\n");
    let url = download_url(&wire, &format!("{ROOT}:/a.bin"));
    assert_eq!(wire.get(&url).expect(200).body, wire.sim.read("/a.bin").unwrap());
    let part = wire.get_with(&url, ("range", "bytes=1-250000")).expect(206);
    assert_eq!(part.body, wire.sim.read("/a.bin").unwrap()[1..=250_000]);
    let url = download_url(&wire, &format!("{ROOT}:/huge.bin"));
    assert_eq!(wire.get_with(&url, ("range", "bytes=-7")).expect(206).body.len(), 7);
}

#[test]
fn a_download_url_stays_valid_until_the_item_is_deleted() {
    let wire = business("Docs/\na.txt = \"one\"\n");
    let url = download_url(&wire, &format!("{ROOT}:/a.txt"));
    wire.sim.move_to("/a.txt", "/Docs").unwrap();
    wire.sim.write("/Docs/a.txt", "two").unwrap();
    assert_eq!(wire.get(&url).expect(200).body, b"two");
    wire.sim.delete("/Docs/a.txt").unwrap();
    wire.get(&url).expect_error(404, "itemNotFound", "");
}

#[test]
fn a_forged_download_url_is_not_found() {
    let wire = business("a.txt = \"one\"\n");
    let url = download_url(&wire, &format!("{ROOT}:/a.txt"));
    let ticket = url.rsplit('/').next().unwrap();
    for at in 0..ticket.len() {
        let other = if &ticket[at..=at] == "A" { "B" } else { "A" };
        let forged = format!("/_download/{}{other}{}", &ticket[..at], &ticket[at + 1..]);
        wire.get(&forged).expect_error(404, "itemNotFound", "");
    }
    for bad in ["x", "%00", "%F0%9F%92%A5", "========", &"A".repeat(58), &"A".repeat(5000)] {
        let status = wire.get(&format!("/_download/{bad}")).status.as_u16();
        assert!(matches!(status, 400 | 404), "{bad}: {status}");
    }
    wire.send("DELETE", &url, &[], Body::empty()).expect(501);
}

#[test]
fn content_redirects_to_the_download_url() {
    let wire = business("Docs/\na.txt = \"hello\"\n");
    let item = wire.get(&format!("{ROOT}:/a.txt")).expect(200).json();
    let by_id = format!("/v1.0/me/drive/items/{}/content", item["id"].as_str().unwrap());
    for path in [&*format!("{ROOT}:/a.txt:/content"), &by_id, "/_api/v2.0/drives/work/root:/a.txt:/content"] {
        let response = wire.get(path).expect(302);
        assert_eq!(wire.get(response.header("location")).expect(200).body, b"hello", "{path}");
        for tag in ["eTag", "cTag"] {
            wire.get_with(path, ("if-none-match", item[tag].as_str().unwrap())).expect(304);
        }
        wire.get_with(path, ("if-none-match", "\"other\"")).expect(302);
    }
    wire.get(&format!("{ROOT}:/Docs:/content")).expect_error(400, "invalidRequest", "");
    wire.get(&format!("{ROOT}:/none:/content")).expect_error(404, "itemNotFound", "");
}

#[test]
fn an_upload_creates_a_file_or_replaces_its_content() {
    let wire = business("Docs/\n");
    let path = format!("{ROOT}:/Docs/a.json:/content");
    let created = wire.put(&path, &[("content-type", "application/json")], "{\"a\":1}").expect(201).json();
    assert_eq!((&created["name"], &created["size"]), (&Value::from("a.json"), &Value::from(7)));
    let replaced = wire.put(&path, &[], "two").expect(200).json();
    assert_eq!((&replaced["id"], &replaced["size"]), (&created["id"], &Value::from(3)));
    let by_id = format!("/v1.0/me/drive/items/{}/content", created["id"].as_str().unwrap());
    wire.put(&by_id, &[("content-type", "text/plain")], "three").expect(200);
    assert_eq!(wire.sim.read("/Docs/a.json").unwrap(), b"three");
    assert_eq!(wire.sim.versions("/Docs/a.json").unwrap().len(), 3);
    let docs = wire.get(&format!("{ROOT}:/Docs")).expect(200).json()["id"].as_str().unwrap().to_owned();
    wire.put(&format!("/v1.0/me/drive/items/{docs}:/b.bin:/content"), &[], Body::empty()).expect(201);
    wire.put(&format!("{ROOT}/children/c.txt/content"), &[], "c").expect(201);
    wire.sim.assert_outline(
        "drive work profile=business owner=me\nDocs/\n  a.json = \"three\"\n  b.bin\nc.txt = \"c\"\n",
    );
}

#[test]
fn an_upload_has_the_conflict_behavior_of_the_query() {
    let wire = business("a.txt = \"one\"\n");
    let put = |behavior: &str| {
        let query = format!("?@microsoft.graph.conflictBehavior={behavior}");
        wire.put(&format!("{ROOT}:/a.txt:/content{query}"), &[], "two")
    };
    put("fail").expect_error(409, "nameAlreadyExists", "");
    assert_eq!(put("rename").expect(201).json()["name"], "a 1.txt");
    put("overwrite").expect_error(400, "invalidRequest", "invalidParameterFormat");
    assert_eq!(wire.sim.read("/a.txt").unwrap(), b"one");
    put("replace").expect(200);
    assert_eq!(wire.sim.read("/a.txt").unwrap(), b"two");
}

#[test]
fn an_upload_to_an_invalid_target_fails() {
    let wire = business("Docs/\n  locked/\na.txt = \"one\"\n");
    let put = |path: &str| wire.put(&format!("{ROOT}{path}"), &[], "x");
    put(":/Docs:/content").expect_error(409, "nameAlreadyExists", "");
    put(":/a.txt/b.txt:/content").expect_error(400, "invalidRequest", "");
    put(":/con.txt:/content").expect_error(400, "invalidRequest", "invalidPath");
    put(":/Docs/..:/content").expect_error(400, "invalidRequest", "invalidPath");
    put("/content").expect_error(400, "invalidRequest", "");
    wire.put("/v1.0/me/drive/items/nonsense/content", &[], "x").expect_error(
        400,
        "invalidRequest",
        "invalidResourceId",
    );
    wire.sim.set_access("/Docs", Some(Access::Read)).unwrap();
    put(":/Docs/b.txt:/content").expect_error(403, "accessDenied", "");
    wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(5)).unwrap();
    wire.put(&format!("{ROOT}:/b.txt:/content"), &[], "too much").expect_error(507, "quotaLimitReached", "");
}

#[test]
fn an_upload_with_preconditions_fails_unless_they_hold() {
    let wire = business("a.txt = \"one\"\n");
    let path = format!("{ROOT}:/a.txt:/content");
    let item = wire.get(&format!("{ROOT}:/a.txt")).expect(200).json();
    let (etag, ctag) = (item["eTag"].as_str().unwrap(), item["cTag"].as_str().unwrap());
    wire.put(&path, &[("if-match", etag)], "two").expect(200);
    for stale in [etag, ctag, "\"nonsense\""] {
        wire.put(&path, &[("if-match", stale)], "three").expect_error(
            412,
            "resourceModified",
            "entityTagDoesNotMatch",
        );
    }
    let new = format!("{ROOT}:/new.txt:/content");
    wire.put(&new, &[("if-match", "*")], "x").expect_error(412, "resourceModified", "entityTagDoesNotMatch");
    wire.put(&path, &[("if-none-match", "*")], "x").expect_error(
        412,
        "resourceModified",
        "entityTagDoesNotMatch",
    );
    wire.put(&new, &[("if-none-match", "*")], "x").expect(201);
    wire.put(&path, &[("if-match", "*")], "four").expect(200);
    assert_eq!(wire.sim.read("/a.txt").unwrap(), b"four");
    let tag = Precondition::ETag(wire.sim.item("/a.txt").unwrap().etag);
    assert!(wire.sim.write(drivesim::address::Address::from("/a.txt").if_match(tag), "five").is_ok());
}

#[test]
fn an_upload_above_the_limit_fails() {
    let mut limits = Limits::default();
    limits.max_upload = 10;
    let sim = Sim::builder().outline(BUSINESS).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(limits));
    wire.put(&format!("{ROOT}:/a:/content"), &[], vec![0; 10]).expect(201);
    wire.put(&format!("{ROOT}:/b:/content"), &[], vec![0; 11]).expect_error(413, "invalidRequest", "");
}

#[test]
fn contents_are_sent_as_attachments() {
    let outline = "drive mine profile=business owner=me\ndrive home profile=personal owner=user:p\n\
                   drive box profile=box owner=user:b\n";
    let wire = TestServer::new(outline).unchecked();
    let script = b"<script>fetch('/_drivesim/reset', {method: 'POST'})</script>";
    for (name, encoded, disposition) in [
        ("a.html", "a.html", "attachment; filename=\"a.html\""),
        ("a.xhtml", "a.xhtml", "attachment; filename=\"a.xhtml\""),
        ("a.svg", "a.svg", "attachment; filename=\"a.svg\""),
        ("a.xml", "a.xml", "attachment; filename=\"a.xml\""),
        ("a.js", "a.js", "attachment; filename=\"a.js\""),
        ("none", "none", "attachment; filename=\"none\""),
        (
            "é b.html",
            "%C3%A9%20b.html",
            "attachment; filename=\"_ b.html\"; filename*=UTF-8''%C3%A9%20b.html",
        ),
    ] {
        let mut urls = Vec::new();
        for owner in ["me", "users/p"] {
            let file = format!("/v1.0/{owner}/drive/root:/{encoded}");
            wire.put(&format!("{file}:/content"), &[("content-type", "text/html")], &script[..]).expect(201);
            urls.push(wire.get(&format!("{file}:/content")).expect(302).header("location").to_owned());
        }
        let box_drive = wire.sim.drive("box").unwrap();
        wire.sim.create_file(box_drive.at("/"), name, script.to_vec()).unwrap();
        let entries = wire.get("/2.0/folders/0/items").expect(200).json()["entries"].clone();
        let entry = entries.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap();
        let download = wire.get(&format!("/2.0/files/{}/content", entry["id"].as_str().unwrap())).expect(302);
        urls.push(download.header("location").to_owned());
        for url in urls {
            for (range, status) in [("bytes=0-", 206), ("lines=1", 200)] {
                let response = wire.get_with(&url, ("range", range)).expect(status);
                assert_eq!(response.header("content-disposition"), disposition, "{url}");
                assert_eq!(response.header("x-content-type-options"), "nosniff", "{url}");
                assert_eq!(response.body, script, "{url}");
            }
        }
    }
}

#[test]
fn responses_have_a_content_type_and_nosniff() {
    let wire = TestServer::new(
        "drive mine profile=business owner=me\na.txt = \"a\"\ndrive box profile=box owner=user:b\n",
    )
    .unchecked();
    for url in [
        "/v1.0/me/drive/root:/a.txt",
        "/v1.0/me/drive/root:/%3Cscript%3E",
        "/2.0/folders/0",
        "/2.0/nothing",
        "/_drivesim/outline",
        "/_drivesim/%3Cscript%3E",
        "/_drivesim/openapi.json",
    ] {
        let response = wire.get(url);
        assert_eq!(response.header("x-content-type-options"), "nosniff", "{url}");
        let kind = response.header("content-type");
        assert!(kind.starts_with("application/json") || kind.starts_with("text/plain"), "{url}: {kind}");
    }
}
