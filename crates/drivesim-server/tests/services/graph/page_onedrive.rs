//! Replays the pages of the OneDrive API on copying an item, that of 2017 (`copy`) and that of 2015 (`action.copy`):
//! each request as printed there, and each whole response.
//!
//! Differences between a response and the pages:
//! - `Location` has the host of this server instead of `onedrive.com`, and the GUID of the accepted job.
//! - `{item-id}`, `{item-path}` and `{new-parent-id}` are placeholders; here they are ids of the form that the pages of
//!   that API have, and the path of the same file.
//! - The 303 has a body in addition to `Location`, as observed.

use drivesim::Pace;
use drivesim::access::Access;
use expect_test::{Expect, expect};

use crate::graph::page_graph::replay;
use crate::graph::support::TestServer;

const OUTLINE: &str = "\
drive home profile=personal owner=me id=D4648F06C91D9D3D
Documents/ # id=D4648F06C91D9D3D!54926
Other/ # id=D4648F06C91D9D3D!54928
report.txt = \"to do\" # id=D4648F06C91D9D3D!54927
";

/// Serves the drive at a pace at which the second poll of a monitor finds the job completed.
fn wire() -> TestServer {
    TestServer::with_pace(Pace::polls(2), OUTLINE)
}

#[track_caller]
fn check(wire: &TestServer, request: &str, expected: Expect) {
    expected.assert_eq(&replay(wire, request));
}

/// Returns the request of the page of 2017.
fn copy(source: &str) -> String {
    format!(
        r#"
        POST {source}/copy
        Content-Type: application/json
        Prefer: respond-async

        {{
          "parentReference": {{
            "path": "/drive/root:/Documents"
          }},
          "name": "foobar.txt"
        }}
        "#
    )
}

/// Returns the request of the page of 2015, with an id for `{new-parent-id}`.
fn action_copy(source: &str, new_parent_id: &str) -> String {
    format!(
        r#"
        POST {source}/action.copy
        Content-Type: application/json
        Prefer: respond-async

        {{
          "parentReference": {{
            "id": "{new_parent_id}",
            "path": "/drive/root:/Documents"
          }},
          "name": "foobar"
        }}
        "#
    )
}

/// The page's URL of a monitor is https://onedrive.com/monitor/4A3407B5-88FC-4504-8B21-0AABD3412717: the host and the GUID
/// of the job are this server's.
#[test]
fn the_example_of_2017_returns_202_while_it_runs_and_303_after_it_completed() {
    let by_id = "/drive/items/D4648F06C91D9D3D!54927";
    let responses = [by_id, "/drive/root:/report.txt:"].map(|source| {
        let wire = wire();
        let requests = [
            &copy(source),
            "GET /monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
            "GET /monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
            "GET /drives/D4648F06C91D9D3D/items/D4648F06C91D9D3D!1000000004",
        ];
        let responses = requests.map(|request| replay(&wire, request));
        wire.sim.assert_outline_of("/Documents", "foobar.txt = \"to do\"\n");
        responses.join("\n")
    });
    expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        HTTP/1.1 202 Accepted
        content-type: application/json
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "operation": "ItemCopy",
          "percentageComplete": 50.0,
          "status": "inProgress",
          "statusDescription": "Completed 0/1 files; 0/5 bytes"
        }

        HTTP/1.1 303 See Other
        content-type: application/json
        location: http://drive.test/drives/D4648F06C91D9D3D/items/D4648F06C91D9D3D!1000000004
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "operation": "ItemCopy",
          "percentageComplete": 100.0,
          "resourceId": "D4648F06C91D9D3D!1000000004",
          "status": "completed"
        }

        HTTP/1.1 200 OK
        content-type: application/json
        etag: aRDQ2NDhGMDZDOTFEOUQzRCExMDAwMDAwMDA0LjE
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "@odata.context": "http://drive.test/$metadata#drives('D4648F06C91D9D3D')/items/$entity",
          "id": "D4648F06C91D9D3D!1000000004",
          "name": "foobar.txt",
          "size": 5,
          "createdDateTime": "2024-01-01T00:00:00Z",
          "lastModifiedDateTime": "2024-01-01T00:00:00Z",
          "webUrl": "http://drive.test/home/Documents/foobar.txt",
          "createdBy": {
            "user": {
              "id": "me",
              "displayName": "me"
            }
          },
          "lastModifiedBy": {
            "user": {
              "id": "me",
              "displayName": "me"
            }
          },
          "fileSystemInfo": {
            "createdDateTime": "2024-01-01T00:00:00Z",
            "lastModifiedDateTime": "2024-01-01T00:00:00Z"
          },
          "parentReference": {
            "driveId": "D4648F06C91D9D3D",
            "driveType": "personal",
            "id": "D4648F06C91D9D3D!54926",
            "name": "Documents",
            "path": "/drive/root:/Documents"
          },
          "eTag": "aRDQ2NDhGMDZDOTFEOUQzRCExMDAwMDAwMDA0LjE",
          "cTag": "aYzpENDY0OEYwNkM5MUQ5RDNEITEwMDAwMDAwMDQuMQ",
          "file": {
            "mimeType": "text/plain",
            "hashes": {
              "quickXorHash": "dHgDCMjwBgAAAAAABQAAAAAAAAA=",
              "sha1Hash": "0DC14E0059A1B3B3C86487A1A308A0085F03D116",
              "sha256Hash": "217655f48dde4e0a45408a559183ec410abf98188b35ad563cb8c512f13d2269"
            }
          },
          "@content.downloadUrl": "http://drive.test/_download/5J6JJPQ35BMXXBXHS7VXUR6XKUNKUWHGQUKSGYM2VJMONWVKLDTMKFJDMC"
        }
    "#]].assert_eq(&responses[0]);
    assert_eq!(responses[0], responses[1], "both routes of the page have the same responses");
}

/// The page's URL of a monitor is https://onedrive.com/monitor/113jlkjlkjasd1212abcascaf: jobs have GUIDs here.
#[test]
fn the_example_of_2015_returns_202_while_it_runs_and_303_after_it_completed() {
    let by_id = "/drive/items/D4648F06C91D9D3D!54927";
    let responses = [by_id, "/drive/root:/report.txt:"].map(|source| {
        let wire = wire();
        let request = action_copy(source, "D4648F06C91D9D3D!54926");
        let requests = [
            &request,
            "GET /monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
            "GET /monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
            "GET /drives/D4648F06C91D9D3D/items/D4648F06C91D9D3D!1000000004",
        ];
        let responses = requests.map(|request| replay(&wire, request));
        wire.sim.assert_outline_of("/Documents", "foobar = \"to do\"\n");
        responses.join("\n")
    });
    expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        HTTP/1.1 202 Accepted
        content-type: application/json
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "operation": "ItemCopy",
          "percentageComplete": 50.0,
          "status": "inProgress",
          "statusDescription": "Completed 0/1 files; 0/5 bytes"
        }

        HTTP/1.1 303 See Other
        content-type: application/json
        location: http://drive.test/drives/D4648F06C91D9D3D/items/D4648F06C91D9D3D!1000000004
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "operation": "ItemCopy",
          "percentageComplete": 100.0,
          "resourceId": "D4648F06C91D9D3D!1000000004",
          "status": "completed"
        }

        HTTP/1.1 200 OK
        content-type: application/json
        etag: aRDQ2NDhGMDZDOTFEOUQzRCExMDAwMDAwMDA0LjE
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "@odata.context": "http://drive.test/$metadata#drives('D4648F06C91D9D3D')/items/$entity",
          "id": "D4648F06C91D9D3D!1000000004",
          "name": "foobar",
          "size": 5,
          "createdDateTime": "2024-01-01T00:00:00Z",
          "lastModifiedDateTime": "2024-01-01T00:00:00Z",
          "webUrl": "http://drive.test/home/Documents/foobar",
          "createdBy": {
            "user": {
              "id": "me",
              "displayName": "me"
            }
          },
          "lastModifiedBy": {
            "user": {
              "id": "me",
              "displayName": "me"
            }
          },
          "fileSystemInfo": {
            "createdDateTime": "2024-01-01T00:00:00Z",
            "lastModifiedDateTime": "2024-01-01T00:00:00Z"
          },
          "parentReference": {
            "driveId": "D4648F06C91D9D3D",
            "driveType": "personal",
            "id": "D4648F06C91D9D3D!54926",
            "name": "Documents",
            "path": "/drive/root:/Documents"
          },
          "eTag": "aRDQ2NDhGMDZDOTFEOUQzRCExMDAwMDAwMDA0LjE",
          "cTag": "aYzpENDY0OEYwNkM5MUQ5RDNEITEwMDAwMDAwMDQuMQ",
          "file": {
            "mimeType": "application/octet-stream",
            "hashes": {
              "quickXorHash": "dHgDCMjwBgAAAAAABQAAAAAAAAA=",
              "sha1Hash": "0DC14E0059A1B3B3C86487A1A308A0085F03D116",
              "sha256Hash": "217655f48dde4e0a45408a559183ec410abf98188b35ad563cb8c512f13d2269"
            }
          },
          "@content.downloadUrl": "http://drive.test/_download/5J6JJPQ35BMXXBXHS7VXUR6XKUNKUWHGQUKSGYM2VJMONWVKLDTMKFJDMC"
        }
    "#]].assert_eq(&responses[0]);
    assert_eq!(responses[0], responses[1], "both routes of the page have the same responses");
}

#[test]
fn an_id_and_a_path_that_reference_two_items_are_an_error() {
    let source = "/drive/items/D4648F06C91D9D3D!54927";
    let wire = wire();
    check(
        &wire,
        &action_copy(source, "D4648F06C91D9D3D!54928"),
        expect![[r#"
        HTTP/1.1 400 Bad Request
        content-type: application/json
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "error": {
            "code": "invalidRequest",
            "message": "The id and the path of parentReference name different items.",
            "innererror": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
    wire.sim.assert_outline_of("/Documents", "");
}

#[test]
fn a_copy_without_a_name_keeps_the_name_of_its_source() {
    let wire = wire();
    check(
        &wire,
        r#"
        POST /drive/items/D4648F06C91D9D3D!54927/copy
        Content-Type: application/json
        Prefer: respond-async

        {
          "parentReference": {
            "id": "D4648F06C91D9D3D!54926"
          }
        }
        "#,
        expect![[r#"
            HTTP/1.1 202 Accepted
            location: http://drive.test/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private
        "#]],
    );
    wire.sim.run_until_idle();
}

#[test]
fn the_user_needs_read_access_to_the_item_and_write_access_to_the_folder() {
    let source = "/drive/items/D4648F06C91D9D3D!54927";
    let wire = wire();
    wire.sim.set_access("/Documents", Some(Access::Read)).unwrap();
    check(
        &wire,
        &copy(source),
        expect![[r#"
        HTTP/1.1 403 Forbidden
        content-type: application/json
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "error": {
            "code": "accessDenied",
            "message": "No write access to \"/Documents\".",
            "innererror": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
    wire.sim.set_access("/Documents", None).unwrap();
    wire.sim.set_access("/report.txt", Some(Access::None)).unwrap();
    check(
        &wire,
        &copy(source),
        expect![[r#"
        HTTP/1.1 404 Not Found
        content-type: application/json
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "error": {
            "code": "itemNotFound",
            "message": "The resource could not be found.",
            "innererror": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
    wire.sim.set_access("/report.txt", Some(Access::Read)).unwrap();
    let accepted = replay(&wire, &copy(source));
    assert!(accepted.starts_with("HTTP/1.1 202 Accepted\n"), "{accepted}");
}
