//! Lists what options about uploads, downloads, items and names change.

use std::time::Duration;

use drivesim::access::Access;

use super::{BOTH, BUSINESS, GRAPH, OptionCase, PERSONAL, json, names, outcome, row, send};
use crate::graph::support::TestServer;

/// Opens a session and returns the outcome and its URL.
fn session(wire: &TestServer, path: &str, body: &str) -> (String, String) {
    let response = wire.send_json("POST", &format!("{GRAPH}/root:/{path}:/createUploadSession"), body);
    let url = if response.status == 200 {
        response.json()["uploadUrl"].as_str().unwrap().to_owned()
    } else {
        String::new()
    };
    (outcome(&response), url)
}

fn put(wire: &TestServer, url: &str, range: &str, body: &[u8]) -> String {
    outcome(&send(wire, "PUT", url, &[("content-range", range)], body))
}

/// Writes a file.
fn write(wire: &TestServer, path: &str, body: &[u8]) -> String {
    let url = format!("{GRAPH}/root:/{path}:/content");
    outcome(&send(wire, "PUT", &url, &[("content-type", "text/plain")], body))
}

fn folder(wire: &TestServer, parent: &str, name: &str) -> String {
    json(wire, "POST", parent, &format!(r#"{{"name":"{name}","folder":{{}}}}"#))
}

/// Returns whether an item has a member.
fn has(wire: &TestServer, url: &str, member: &str) -> String {
    let response = wire.get(&format!("{GRAPH}/{url}"));
    response.json().get(member).map_or("none", |_| "there").to_owned()
}

const TOKEN_OUTCOMES: &[(&str, &str)] = &[("ignored", "taken"), ("refused", "401")];

fn with_token(wire: &TestServer, method: &str, url: &str) -> String {
    let headers = [("authorization", "Bearer t"), ("content-range", "bytes 0-3/8")];
    let (headers, body): (&[_], &[u8]) =
        if method == "PUT" { (&headers, b"0123") } else { (&headers[..1], b"") };
    let response = send(wire, method, url, headers, body);
    if response.status == 401 { "401" } else { "taken" }.to_owned()
}

pub(super) const ROWS: &[OptionCase] = &[
    row("wire.token_at_upload", BOTH, TOKEN_OUTCOMES, |wire| {
        with_token(wire, "PUT", &session(wire, "n.bin", "{}").1)
    }),
    row("wire.token_at_download", BOTH, TOKEN_OUTCOMES, |wire| {
        let item = wire.get(&format!("{GRAPH}/root:/a.txt")).json();
        with_token(wire, "GET", item["@microsoft.graph.downloadUrl"].as_str().unwrap())
    }),
    row("wire.token_at_monitor", BOTH, TOKEN_OUTCOMES, |wire| {
        with_token(wire, "GET", &wire.copy(&format!("{GRAPH}/root:/d:/copy"), r#"{"name":"n"}"#))
    }),
    row("wire.second_session", BOTH, &[("refused", "409 nameAlreadyExists"), ("allowed", "200")], |wire| {
        session(wire, "n.bin", "{}");
        session(wire, "n.bin", "{}").0
    }),
    row("wire.open_total", BOTH, &[("deferred", "202"), ("refused", "400 invalidRequest")], |wire| {
        put(wire, &session(wire, "n.bin", r#"{"deferCommit":true}"#).1, "bytes 0-3/*", b"0123")
    }),
    row("wire.upload_folders", BOTH, &[("made", "201"), ("refused", "404 itemNotFound")], |wire| {
        write(wire, "no/such/n.txt", b"n")
    }),
    row("wire.children_folders", BOTH, &[("made", "201"), ("refused", "404 itemNotFound")], |wire| {
        folder(wire, "root:/no/such:/children", "n")
    }),
    row(
        "forms_folders",
        BOTH,
        &[
            ("refused", "400 invalidRequest, 400 invalidRequest"),
            ("refused_at_root", "400 invalidRequest, 201"),
            ("allowed", "201, 201"),
        ],
        |wire| {
            let at_root = folder(wire, "root/children", "Forms");
            format!("{at_root}, {}", folder(wire, "root:/To:/children", "FORMS"))
        },
    ),
    row("vti_names", BOTH, &[("refused", "400 invalidRequest"), ("allowed", "201")], |wire| {
        write(wire, "a_vti_b.txt", b"n")
    }),
    row("collation", BOTH, &[("seen", "409 nameAlreadyExists"), ("none", "201")], |wire| {
        assert_eq!(folder(wire, "root/children", "Ægir"), "201");
        folder(wire, "root/children", "aegir")
    }),
    row("times_make_version", BUSINESS, &[("true", "2"), ("false", "1")], |wire| {
        let body = r#"{"fileSystemInfo":{"lastModifiedDateTime":"2020-01-01T00:00:00Z"}}"#;
        assert_eq!(json(wire, "PATCH", "root:/a.txt", body), "200");
        wire.sim.versions("/a.txt").unwrap().len().to_string()
    }),
    row("wire.folder_again", PERSONAL, &[("refuse", "409 nameAlreadyExists"), ("existing", "200")], |wire| {
        folder(wire, "root/children", "d")
    }),
    row(
        "wire.precondition_status",
        PERSONAL,
        &[("412", "412 resourceModified"), ("409", "409 resourceModified")],
        |wire| {
            outcome(&send(
                wire,
                "DELETE",
                &format!("{GRAPH}/root:/a.txt"),
                &[("if-match", "\"nosuch\"")],
                b"",
            ))
        },
    ),
    row(
        "listing_order",
        BOTH,
        &[
            ("name", "a.txt a10 a2 d To"),
            ("natural", "a.txt a2 a10 d To"),
            ("folders_first", "a10 a2 d To a.txt"),
        ],
        |wire| {
            folder(wire, "root/children", "a10");
            folder(wire, "root/children", "a2");
            names(wire, "")
        },
    ),
    row(
        "wire.session_conflict",
        BOTH,
        &[
            ("replace", "200 200: a.txt"),
            ("fail", "409 nameAlreadyExists: a.txt"),
            ("rename", "200 201: a 1.txt a.txt"),
        ],
        |wire| {
            wire.sim.delete("/To/d").unwrap();
            let (status, url) = session(wire, "To/a.txt", "{}");
            let sent = if url.is_empty() {
                String::new()
            } else {
                format!(" {}", put(wire, &url, "bytes 0-3/4", b"0123"))
            };
            format!("{status}{sent}: {}", names(wire, "/To"))
        },
    ),
    row(
        "wire.session_days",
        BOTH,
        &[("7", "2024-01-08T00:00:00Z, 202"), ("2", "2024-01-03T00:00:00Z, 404 itemNotFound")],
        |wire| {
            let url = format!("{GRAPH}/root:/n.bin:/createUploadSession");
            let opened = wire.send_json("POST", &url, "{}").json();
            wire.sim.advance(Duration::from_secs(3 * 24 * 60 * 60)).unwrap();
            let sent = put(wire, opened["uploadUrl"].as_str().unwrap(), "bytes 0-3/8", b"0123");
            format!("{}, {sent}", opened["expirationDateTime"].as_str().unwrap())
        },
    ),
    row(
        "wire.fragment_multiple",
        BOTH,
        &[("1", "202, 202, 201"), ("4", "400 invalidRequest, 202, 201")],
        |wire| {
            let odd = put(wire, &session(wire, "n1.bin", "{}").1, "bytes 0-2/6", b"012");
            let url = session(wire, "n2.bin", "{}").1;
            let even = put(wire, &url, "bytes 0-3/6", b"0123");
            format!("{odd}, {even}, {}", put(wire, &url, "bytes 4-5/6", b"45"))
        },
    ),
    row(
        "wire.folder_content_status",
        BOTH,
        &[("400", "400 invalidRequest, 400 invalidRequest"), ("404", "404 itemNotFound, 404 itemNotFound")],
        |wire| {
            let read = outcome(&wire.get(&format!("{GRAPH}/root:/d:/content")));
            let url = format!("{GRAPH}/items/[id:/d]/content");
            format!("{read}, {}", outcome(&send(wire, "PUT", &url, &[("content-type", "text/plain")], b"n")))
        },
    ),
    row("wire.children_of_file", BOTH, &[("empty", "200"), ("refuse", "400 invalidRequest")], |wire| {
        outcome(&wire.get(&format!("{GRAPH}/root:/a.txt:/children")))
    }),
    row(
        "wire.new_folder_facts",
        BOTH,
        &[("kept", "there 2020-01-01T00"), ("ignored", "none 2024-01-01T00")],
        |wire| {
            let body = r#"{"name":"n","folder":{},"description":"x","fileSystemInfo":{"lastModifiedDateTime":"2020-01-01T00:00:00Z"}}"#;
            assert_eq!(json(wire, "POST", "root/children", body), "201");
            let folder = wire.get(&format!("{GRAPH}/root:/n")).json();
            let at = folder["fileSystemInfo"]["lastModifiedDateTime"].as_str().unwrap();
            format!("{} {}", has(wire, "root:/n", "description"), &at[..13])
        },
    ),
    row(
        "wire.parent_path",
        BOTH,
        &[("drives", "/drives/ID/root:/To, /drive/root:/To"), ("drive", "/drive/root:/To, /drive/root:/To")],
        |wire| {
            let id = wire.expand("[drive]");
            let actual = [GRAPH, super::ONEDRIVE].map(|drive| {
                let item = wire.get(&format!("{drive}/root:/To/a.txt")).json();
                item["parentReference"]["path"].as_str().unwrap().replace(&id, "ID")
            });
            actual.join(", ")
        },
    ),
    row("wire.restore", BUSINESS, &[("allowed", "204, 200"), ("refused", "204, 400 notSupported")], |wire| {
        let id = wire.expand("[id:/a.txt]");
        let deleted = outcome(&send(wire, "DELETE", &format!("{GRAPH}/items/{id}"), &[], b""));
        format!("{deleted}, {}", json(wire, "POST", &format!("items/{id}/restore"), "{}"))
    }),
    row("wire.root_etag", BOTH, &[("true", "there there"), ("false", "none there")], |wire| {
        format!("{} {}", has(wire, "root", "eTag"), has(wire, "root:/d", "eTag"))
    }),
    row("wire.folder_ctag", BOTH, &[("true", "there there"), ("false", "none there")], |wire| {
        format!("{} {}", has(wire, "root:/d", "cTag"), has(wire, "root:/a.txt", "cTag"))
    }),
    row("max_name", BOTH, &[("255", "201, 201"), ("7", "201, 400 invalidRequest")], |wire| {
        let short = folder(wire, "root/children", "1234567");
        format!("{short}, {}", folder(wire, "root/children", "12345678"))
    }),
    row("max_path", BOTH, &[("400", "201, 201"), ("12", "201, 400 invalidRequest")], |wire| {
        let short = folder(wire, "root:/To:/children", "456789012");
        format!("{short}, {}", folder(wire, "root:/To:/children", "4567890123"))
    }),
    row("max_versions", BUSINESS, &[("500", "3"), ("2", "2")], versions),
    row("max_versions", PERSONAL, &[("25", "3"), ("2", "2")], versions),
    row("bin_days", BUSINESS, &[("93", "200"), ("7", "404 itemNotFound")], restored),
    row("bin_days", PERSONAL, &[("30", "200"), ("7", "404 itemNotFound")], restored),
    row("quota_counts", BOTH, &[("all", "14"), ("versions", "12"), ("bin", "11"), ("none", "9")], |wire| {
        write(wire, "a.txt", b"newer");
        send(wire, "DELETE", &format!("{GRAPH}/root:/d"), &[], b"");
        wire.get(GRAPH).json()["quota"]["used"].to_string()
    }),
    row(
        "unreadable",
        BOTH,
        &[
            ("hidden", "404 itemNotFound, 404 itemNotFound, a.txt To"),
            ("refused", "403 accessDenied, 403 accessDenied, a.txt To"),
        ],
        |wire| {
            let id = wire.expand("[id:/d]");
            wire.sim.delete("/To/d").unwrap();
            wire.sim.set_access("/d", Some(Access::None)).unwrap();
            let by_path = outcome(&wire.get(&format!("{GRAPH}/root:/d")));
            let by_id = outcome(&wire.get(&format!("{GRAPH}/items/{id}")));
            let mut listed: Vec<String> = names(wire, "").split(' ').map(str::to_owned).collect();
            listed.sort_by_key(|name| name.to_lowercase());
            format!("{by_path}, {by_id}, {}", listed.join(" "))
        },
    ),
];

fn versions(wire: &TestServer) -> String {
    assert_eq!([write(wire, "a.txt", b"2"), write(wire, "a.txt", b"3")], ["200", "200"]);
    wire.sim.versions("/a.txt").unwrap().len().to_string()
}

/// Deletes a file and restores it after eight days.
fn restored(wire: &TestServer) -> String {
    let id = wire.expand("[id:/a.txt]");
    send(wire, "DELETE", &format!("{GRAPH}/items/{id}"), &[], b"");
    wire.sim.advance(Duration::from_secs(8 * 24 * 60 * 60)).unwrap();
    json(wire, "POST", &format!("items/{id}/restore"), "{}")
}
