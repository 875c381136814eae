//! Tests of requests of real clients other than copies: addresses, uploads, times and deletions.

use crate::graph::support::{TestRequest, TestServer, business, personal};

const TREE: &str = "base/\n  a.txt = \"hi\"\nto/\n";

/// Encodes every character of an id, as the generated clients do.
fn encoded(id: &str) -> String {
    id.replace('!', "%21")
}

/// Sends bytes.
fn put(wire: &TestServer, url: &str, bytes: &[u8]) -> u16 {
    let url = wire.expand(url);
    let headers = [("content-type", "application/octet-stream")];
    wire.send(&TestRequest { method: "PUT", url: &url, headers: &headers, body: bytes }).status
}

#[test]
fn graph_onedrive_ends_the_url_of_the_drive_with_a_slash() {
    for wire in [business(TREE), personal(TREE)] {
        wire.run_transcript(
            r#"
            > GET /v1.0/me/drive/
            < 200
            < {"...": "", "id": "[drive]", "owner": {"user": {"...": ""}}}
            "#,
        );
    }
}

#[test]
fn the_official_sdk_encodes_colons_slashes_and_ids() {
    for wire in [business(TREE), personal(TREE)] {
        let (root, base) = (encoded(&wire.expand("[id:/]")), encoded(&wire.expand("[id:/base]")));
        let new = format!("/v1.0/drives/[drive]/items/{base}%3A%2Fms.txt%3A/content");
        assert_eq!(put(&wire, &new, b"one"), 201);
        assert_eq!(put(&wire, &new, b"two"), 200);
        let below = format!("/v1.0/drives/[drive]/items/{root}%3A%2Fbase%2Fms.txt%3A/content");
        assert_eq!(put(&wire, &below, b"three"), 200);
        wire.run_transcript(&format!(
            r#"
            > GET {below}
            < 302
            < Location: http://drive.test/_download/[*]

            > GET /v1.0/drives/[drive]/items/{root}%3A%2Fbase%2Fms.txt%3A
            < 200
            < {{"...": "", "name": "ms.txt", "size": 5}}

            > GET /v1.0/drives/[drive]/items/{base}/children?%24top=1&%24select=name
            < 200
            < {{"@odata.count": 2, "@odata.nextLink": "http://drive.test/[*]", "value": [{{"name": "a.txt"}}]}}
            "#
        ));
        assert_eq!(wire.sim.read("/base/ms.txt").unwrap(), b"three");
    }
}

#[test]
fn the_d_client_begins_paths_with_a_dot_and_an_encoded_slash() {
    for wire in [business(TREE), personal(TREE)] {
        assert_eq!(put(&wire, "/v1.0/me/drive/root:/.%2Fx.txt:/content", b"x"), 201);
        assert_eq!(put(&wire, "/v1.0/drives/[drive]/root:/.%2Fbase%2Fx.txt:/content", b"y"), 201);
        let url = "/v1.0/drives/[drive]/root:/.%2Fbase:/children";
        wire.expect("POST", url, r#"{"name":"new","folder":{},"@name.conflictBehavior":"fail"}"#, 201, "");
        wire.expect("PATCH", "/v1.0/me/drive/root:/.%2Fx.txt", r#"{"name":"z.txt"}"#, 200, "");
        let url = "/v1.0/me/drive/root:/.%2Fs.txt:/createUploadSession";
        let session = wire.send_json("POST", url, "{}").json();
        let url = session["uploadUrl"].as_str().unwrap();
        let headers = [("content-range", "bytes 0-0/1")];
        assert_eq!(wire.send(&TestRequest { method: "PUT", url, headers: &headers, body: b"s" }).status, 201);
        wire.sim.assert_outline(
            "base/\n  a.txt = \"hi\"\n  new/\n  x.txt = \"y\"\ns.txt = \"s\"\nto/\nz.txt = \"x\"\n",
        );
    }
}

#[test]
fn booleans_may_be_capitalized_in_queries_but_not_in_json() {
    for wire in [business(TREE), personal(TREE)] {
        for drive in ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"] {
            for query in ["recursive=True&usemarker=True", "%24count=True", "includeDeletedItems=True"] {
                let page = wire.get_json(&format!("{drive}/root/children?{query}"));
                assert_eq!(page["value"].as_array().unwrap().len(), 2, "{query}");
            }
            for query in ["recursive=True&usemarker=True", "includeDeletedItems=True"] {
                assert_eq!(wire.get_json(&format!("{drive}/root:/base/a.txt?{query}"))["name"], "a.txt");
            }
        }
        let body = r#"{"name":"b.txt","includeAllVersionHistory":True}"#;
        wire.expect("POST", "/v1.0/me/drive/root:/base/a.txt:/copy", body, 400, "invalidRequest");
    }
}

#[test]
fn rclone_sets_the_times_of_a_copy_because_it_does_not_keep_them() {
    for wire in [business(TREE), personal(TREE)] {
        let past = r#"{"fileSystemInfo":{"createdDateTime":"2001-02-03T04:05:06Z","lastModifiedDateTime":"2002-03-04T05:06:07Z"}}"#;
        wire.expect("PATCH", "/v1.0/me/drive/root:/base/a.txt", past, 200, "");
        wire.run_transcript(
            r#"
            > POST /v1.0/drives/[drive]/items/[id:/base/a.txt]/copy?@microsoft.graph.conflictBehavior=replace
            > Content-Type: application/json
            > Prefer: respond-async
            > {"parentReference": {"driveId": "[drive]", "id": "[id:/to]", "path": "", "driveType": ""}, "name": "b.txt"}
            < 202
            < Location: [=monitor]

            > GET [monitor]
            < 200
            < {"...": "", "status": "completed", "resourceId": "[=new]"}

            > GET /v1.0/drives/[drive]/items/[new]?$select=fileSystemInfo
            < 200
            < {"fileSystemInfo": {"createdDateTime": "2024-01-01T00:00:00Z", "lastModifiedDateTime": "2024-01-01T00:00:00Z"}}

            > PATCH /v1.0/drives/[drive]/items/[new]
            > Content-Type: application/json
            > {"fileSystemInfo": {"createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-03-04T05:06:07Z"}}
            < 200
            < {"...": "", "id": "[new]", "name": "b.txt", "fileSystemInfo":
            <  {"createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-03-04T05:06:07Z"}}

            > GET /v1.0/drives/[drive]/items/[new]?$select=fileSystemInfo
            < 200
            < {"fileSystemInfo": {"createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-03-04T05:06:07Z"}}
            "#,
        );
    }
}

#[test]
fn rclone_uses_a_session_for_six_bytes_and_a_put_for_an_empty_file() {
    let times = r#""fileSystemInfo": {"createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-03-04T05:06:07Z"}"#;
    for wire in [business(TREE), personal(TREE)] {
        wire.run_transcript(&format!(
            r#"
            > POST /v1.0/drives/[drive]/items/[id:/base]:/six.txt:/createUploadSession
            > Content-Type: application/json
            > {{"item": {{{times}}}}}
            < 200
            < {{"uploadUrl": "[=upload]", "expirationDateTime": "[*]", "nextExpectedRanges": ["0-"]}}

            > PUT [upload]
            > Content-Range: bytes 0-5/6
            > "sixb"
            < 201
            < {{"...": "", "name": "six.txt", "size": 6, {times}}}

            > PUT /v1.0/drives/[drive]/items/[id:/base]:/none.txt:/content
            > Content-Type: text/plain
            < 201
            < {{"...": "", "name": "none.txt", "size": 0}}

            > PATCH /v1.0/drives/[drive]/items/[id:/base]:/none.txt:
            > Content-Type: application/json
            > {{{times}}}
            < 200
            < {{"...": "", "name": "none.txt", "size": 0, {times}}}
            "#
        ));
    }
}

#[test]
fn sessions_are_opened_with_an_empty_object_and_with_a_name() {
    for wire in [business(TREE), personal(TREE)] {
        for (name, body) in [("o365.bin", "{}"), ("office365.bin", r#"{"item": {"name": "office365.bin"}}"#)]
        {
            wire.run_transcript(&format!(
                r#"
                > POST /v1.0/me/drive/items/[id:/to]:/{name}:/createUploadSession
                > Content-Type: application/json
                > {body}
                < 200
                < {{"uploadUrl": "[=upload]", "expirationDateTime": "[*]", "nextExpectedRanges": ["0-"]}}

                > GET [upload]
                < 200
                < {{"expirationDateTime": "[*]", "nextExpectedRanges": ["0-"]}}
                "#
            ));
        }
    }
}

#[test]
fn folders_are_created_without_a_conflict_behavior() {
    for wire in [business(TREE), personal(TREE)] {
        for (name, body) in
            [("O365", r#"{"name":"O365","folder":{}}"#), ("fs", r#"{"name":"fs","folder":{}}"#)]
        {
            let url = "/v1.0/me/drive/items/[id:/to]/children";
            wire.expect("POST", url, body, 201, "");
            wire.expect("POST", url, body, 409, "nameAlreadyExists");
            assert!(wire.sim.exists(format!("/to/{name}")));
        }
    }
}

#[test]
fn msgraphfs_deletes_permanently() {
    for body in ["{}", ""] {
        for wire in [business(TREE), personal(TREE)] {
            wire.set_variable("a", wire.expand("[id:/base/a.txt]"));
            wire.run_transcript(&format!(
                r#"
                > POST /v1.0/drives/[drive]/items/[a]/permanentDelete
                > Content-Type: application/json
                > {body}
                < 204
                < !Location

                > GET /v1.0/drives/[drive]/items/[a]
                < 404
                < ...

                > POST /v1.0/drives/[drive]/items/[a]/permanentDelete
                > Content-Type: application/json
                > {body}
                < 404
                < ...
                "#
            ));
            assert!(wire.sim.bin(wire.sim.first_drive().unwrap()).unwrap().is_empty());
            wire.sim.assert_outline("base/\nto/\n");
        }
    }
}

#[test]
fn content_can_be_read_with_a_tag_and_a_range_from_byte_zero() {
    let wire = business(TREE);
    let tag = wire.get_json("/v1.0/me/drive/root:/base/a.txt")["eTag"].as_str().unwrap().to_owned();
    let content = "/v1.0/me/drive/root:/base/a.txt:/content";
    let send = |method: &str, url: &str, header: (&str, &str)| {
        wire.send(&TestRequest { method, url, headers: &[header], body: b"" })
    };
    assert_eq!(send("GET", content, ("if-none-match", &tag)).status, 304);
    assert_eq!(send("PUT", content, ("if-match", "\"other\"")).status, 412);
    let redirect = send("GET", content, ("range", "bytes=0-"));
    assert_eq!(redirect.status, 302, "the range applies to the URL of the redirect");
    let content_response = send("GET", redirect.header("location").unwrap(), ("range", "bytes=0-"));
    assert_eq!((content_response.status, &*content_response.body), (206, &b"hi"[..]));
}

#[test]
fn a_drive_id_that_was_never_issued_is_malformed() {
    for wire in [business(TREE), personal(TREE)] {
        for url in ["/v1.0/drives/not-a-drive", "/v1.0/drives/not-a-drive/root:/base", "/drives/x!y/root"] {
            wire.expect("GET", url, "", 400, "invalidRequest");
        }
    }
}

#[test]
fn operations_that_are_not_supported_fail_with_501() {
    for wire in [business(TREE), personal(TREE)] {
        for action in
            ["root/delta", "items/[id:/base]/delta()", "root/search(q='a')", "root:/base:/search(q='a')"]
        {
            let url = format!("/v1.0/me/drive/{action}");
            let response = wire.get(&url);
            let error = response.json()["error"].clone();
            assert_eq!((response.status, &error["code"]), (501, &"notSupported".into()), "{url}");
            assert!(error["message"].as_str().unwrap().contains("drivesim routes"), "{error}");
        }
    }
}
