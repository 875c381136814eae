//! Replays the page of Microsoft Graph on copying a driveItem, beta and v1.0: each request as printed there, on a drive
//! with the ids of the page, and each whole response.
//!
//! Differences between a response and the page:
//! - `Location` has the host of this server instead of `contoso.sharepoint.com`, and the GUID of the accepted job.
//! - `{item-id}` is a placeholder on the page; here it is an id of the form that published samples have.
//! - The page shows no monitor and no new item. A new item has an id that no page can know.

use expect_test::{Expect, expect};

use crate::graph::support::{TestRequest, TestServer};
use crate::support::replay::{RequestExample, format_response};

const TREE: &str = "\
Plans/ # id=DCD0D3AD-8989-4F23-A5A2-2C086050513F
contoso plan.txt = \"to do\" # id=01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K
";

/// Serves the drive of the page with an owner.
fn wire(owner: &str) -> TestServer {
    let id = "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B";
    TestServer::new(&format!("drive work profile=business owner={owner} id={id}\n{TREE}"))
}

/// Sends a request as printed and returns the whole response.
pub(crate) fn replay(wire: &TestServer, request: &str) -> String {
    let printed = RequestExample::parse(request);
    let headers = printed.header_pairs();
    let (method, url, body) = (&*printed.method, &*printed.url, printed.body.as_bytes());
    let response = wire.send(&TestRequest { method, url, headers: &headers, body });
    format_response(response.status, &response.headers, &response.body)
}

#[track_caller]
fn check(wire: &TestServer, request: &str, expected: Expect) {
    expected.assert_eq(&replay(wire, request));
}

/// Checks responses that are all the same.
#[track_caller]
fn check_all(responses: &[String], expected: Expect) {
    assert!(responses.iter().all(|response| *response == responses[0]), "{responses:#?}");
    expected.assert_eq(&responses[0]);
}

/// Returns the request of the example, to a route and with a query.
fn example(route: &str, query: &str) -> String {
    format!(
        r#"
        POST {route}/items/01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K/copy{query}
        Content-Type: application/json

        {{
          "parentReference": {{
            "driveId": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B",
            "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F"
          }},
          "name": "contoso plan (copy).txt"
        }}
        "#
    )
}

#[test]
fn the_example_is_accepted_and_creates_the_item() {
    let wire = wire("me");
    // The page's URL of a monitor is https://contoso.sharepoint.com/_api/v2.0/monitor/4A3407B5-88FC-4504-8B21-0AABD3412717:
    // the host and the GUID of the job are this server's.
    check(
        &wire,
        &example("/beta/me/drive", ""),
        expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/_api/v2.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private
    "#]],
    );
    check(
        &wire,
        "GET /_api/v2.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
        expect![[r#"
            HTTP/1.1 200 OK
            content-type: application/json
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private

            {
              "@odata.context": "http://drive.test/_api/v2.1/$metadata#drives('6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B')/operations/$entity",
              "id": "8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
              "createdDateTime": "0001-01-01T00:00:00Z",
              "lastActionDateTime": "0001-01-01T00:00:00Z",
              "percentageComplete": 100.0,
              "percentComplete": 100.0,
              "resourceId": "015J6JJPTWPJK2QQESVYGBOG4OEHS5WENW",
              "resourceLocation": "http://drive.test/_api/v2.0/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B/items/015J6JJPTWPJK2QQESVYGBOG4OEHS5WENW",
              "status": "completed"
            }
        "#]],
    );
    check(
        &wire,
        "GET /v1.0/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B/items/015J6JJPTWPJK2QQESVYGBOG4OEHS5WENW",
        expect![[r#"
            HTTP/1.1 200 OK
            content-type: application/json
            etag: "{A8557A76-9240-0CAE-171B-8E21E5DB11B6},1"
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private

            {
              "@odata.context": "http://drive.test/v1.0/$metadata#drives('6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B')/items/$entity",
              "id": "015J6JJPTWPJK2QQESVYGBOG4OEHS5WENW",
              "name": "contoso plan (copy).txt",
              "size": 5,
              "createdDateTime": "2024-01-01T00:00:00Z",
              "lastModifiedDateTime": "2024-01-01T00:00:00Z",
              "webUrl": "http://drive.test/work/Plans/contoso%20plan%20(copy).txt",
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
                "driveId": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B",
                "driveType": "business",
                "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F",
                "name": "Plans",
                "path": "/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B/root:/Plans",
                "siteId": "d9de6bb6-6df7-8130-82cd-65da5efce81f"
              },
              "eTag": "\"{A8557A76-9240-0CAE-171B-8E21E5DB11B6},1\"",
              "cTag": "\"c:{A8557A76-9240-0CAE-171B-8E21E5DB11B6},1\"",
              "file": {
                "mimeType": "text/plain",
                "hashes": {
                  "quickXorHash": "dHgDCMjwBgAAAAAABQAAAAAAAAA="
                }
              },
              "@microsoft.graph.downloadUrl": "http://drive.test/_download/5J6JJPQ35BMXXBXHS7VXUR6XKUBPRF4ZAKZFGECC7CLZSQXYS6MUFMSTCC"
            }
        "#]],
    );
    check(
        &wire,
        "GET /v1.0/me/drive/items/DCD0D3AD-8989-4F23-A5A2-2C086050513F/children?$select=id,name,parentReference",
        expect![[r#"
            HTTP/1.1 200 OK
            content-type: application/json
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private

            {
              "@odata.context": "http://drive.test/v1.0/$metadata#drives('6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B')/items('DCD0D3AD-8989-4F23-A5A2-2C086050513F')/children",
              "@odata.count": 1,
              "value": [
                {
                  "id": "015J6JJPTWPJK2QQESVYGBOG4OEHS5WENW",
                  "name": "contoso plan (copy).txt",
                  "parentReference": {
                    "driveId": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B",
                    "driveType": "business",
                    "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F",
                    "name": "Plans",
                    "path": "/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B/root:/Plans",
                    "siteId": "d9de6bb6-6df7-8130-82cd-65da5efce81f"
                  }
                }
              ]
            }
        "#]],
    );
    wire.sim.assert_outline_of("/Plans", "contoso plan (copy).txt = \"to do\"\n");
}

#[test]
fn the_example_is_accepted_on_each_route_of_the_list() {
    let mut responses = Vec::new();
    for (owner, route) in [
        ("me", "/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B"),
        ("group:02bd9fd6-8f93-4758-87c3-1fb73740a315", "/groups/02bd9fd6-8f93-4758-87c3-1fb73740a315/drive"),
        ("me", "/me/drive"),
        ("site:contoso.sharepoint.com,1,2", "/sites/contoso.sharepoint.com,1,2/drive"),
        ("user:48d31887-5fad-4d73-a9f5-3c356e68a038", "/users/48d31887-5fad-4d73-a9f5-3c356e68a038/drive"),
    ] {
        for version in ["beta", "v1.0"] {
            let wire = wire(owner);
            responses.push(replay(&wire, &example(&format!("/{version}{route}"), "")));
            wire.sim.assert_outline_of("/Plans", "contoso plan (copy).txt = \"to do\"\n");
        }
    }
    check_all(
        &responses,
        expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/_api/v2.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private
    "#]],
    );
}

#[test]
fn without_a_parent_the_copy_is_next_to_its_source_and_without_a_name_it_keeps_that_of_the_source() {
    let wire = wire("me");
    check(
        &wire,
        r#"
        POST /v1.0/me/drive/items/01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K/copy
        Content-Type: application/json

        {
          "name": "contoso plan (copy).txt"
        }
        "#,
        expect![[r#"
            HTTP/1.1 202 Accepted
            location: http://drive.test/_api/v2.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private
        "#]],
    );
    check(
        &wire,
        r#"
        POST /v1.0/me/drive/items/01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K/copy
        Content-Type: application/json

        {
          "parentReference": {
            "driveId": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B",
            "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F"
          }
        }
        "#,
        expect![[r#"
            HTTP/1.1 202 Accepted
            location: http://drive.test/_api/v2.0/monitor/435c5724-3c89-5288-a21c-1cec09be805a
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private
        "#]],
    );
    wire.sim.assert_outline(
        "Plans/\n  contoso plan.txt = \"to do\"\ncontoso plan (copy).txt = \"to do\"\ncontoso plan.txt = \"to do\"\n",
    );
}

/// Serves the drive with an item that has the name of the example.
fn with_conflict() -> TestServer {
    let wire = wire("me");
    wire.sim.create_file("/Plans", "contoso plan (copy).txt", "old").unwrap();
    wire
}

#[test]
fn fail_reports_the_failure_and_is_the_default() {
    let responses = ["", "?@microsoft.graph.conflictBehavior=fail"].map(|query| {
        let wire = with_conflict();
        let response = replay(&wire, &example("/v1.0/me/drive", query));
        wire.sim.assert_outline_of("/Plans", "contoso plan (copy).txt = \"old\"\n");
        response
    });
    check_all(
        &responses,
        expect![[r#"
        HTTP/1.1 409 Conflict
        content-type: application/json
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private

        {
          "error": {
            "code": "nameAlreadyExists",
            "message": "The specified item name already exists. The name \"contoso plan (copy).txt\" is taken by a file in \"/Plans\".",
            "innerError": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
}

#[test]
fn replace_overwrites_the_item_at_the_target() {
    let wire = with_conflict();
    let query = "?@microsoft.graph.conflictBehavior=replace";
    check(
        &wire,
        &example("/v1.0/me/drive", query),
        expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/_api/v2.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private
    "#]],
    );
    wire.sim.assert_outline_of("/Plans", "contoso plan (copy).txt = \"to do\"\n");
}

#[test]
fn rename_renames_the_copy() {
    let wire = with_conflict();
    let query = "?@microsoft.graph.conflictBehavior=rename";
    check(
        &wire,
        &example("/v1.0/me/drive", query),
        expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/_api/v2.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private
    "#]],
    );
    wire.sim.assert_outline_of(
        "/Plans",
        "contoso plan (copy).txt = \"old\"\ncontoso plan (copy)1.txt = \"to do\"\n",
    );
}

/// The note of the page: a conflict behavior is not supported for OneDrive Consumer. A personal drive may have the same
/// ids: GUIDs are allowed for every service.
#[test]
fn a_personal_drive_supports_no_conflict_behavior() {
    let outline =
        format!("drive home profile=personal owner=me id=6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B\n{TREE}")
            .replace("01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K", "D4648F06C91D9D3D!54927");
    let request = |query: &str| {
        example("/v1.0/me/drive", query)
            .replace("01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K", "D4648F06C91D9D3D!54927")
    };
    // A taken name fails for every behavior.
    let responses = ["fail", "replace", "rename"].map(|behavior| {
        let wire = TestServer::new(&outline);
        wire.sim.create_file("/Plans", "contoso plan (copy).txt", "old").unwrap();
        let query = format!("?@microsoft.graph.conflictBehavior={behavior}");
        let response = replay(&wire, &request(&query));
        wire.sim.assert_outline_of("/Plans", "contoso plan (copy).txt = \"old\"\n");
        response
    });
    check_all(
        &responses,
        expect![[r#"
            HTTP/1.1 409 Conflict
            content-type: application/json
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private

            {
              "error": {
                "code": "nameAlreadyExists",
                "message": "The specified item name already exists. The name \"contoso plan (copy).txt\" is taken by a file in \"/Plans\".",
                "innerError": {
                  "date": "2024-01-01T00:00:00",
                  "request-id": "[id]",
                  "client-request-id": "[id]"
                }
              }
            }
        "#]],
    );
    // The monitor of a personal drive has a URL of Graph.
    let wire = TestServer::new(&outline);
    check(
        &wire,
        &request(""),
        expect![[r#"
        HTTP/1.1 202 Accepted
        location: http://drive.test/v1.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959
        x-content-type-options: nosniff
        request-id: [id]
        client-request-id: [id]
        cache-control: private
    "#]],
    );
    check(
        &wire,
        "GET /v1.0/monitor/8c72bdea-dd20-5f1e-ac2f-ea7183ed1959",
        expect![[r#"
            HTTP/1.1 200 OK
            content-type: application/json
            x-content-type-options: nosniff
            request-id: [id]
            client-request-id: [id]
            cache-control: private

            {
              "operation": "itemCopy",
              "percentageComplete": 100.0,
              "resourceId": "EA7C94BE1BE8597B!104",
              "status": "completed"
            }
        "#]],
    );
}

#[test]
fn ids_of_the_page_that_no_item_has_are_not_found() {
    let wire = TestServer::new(
        "drive work profile=business owner=me\ncontoso plan.txt # id=01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K\n",
    );
    check(
        &wire,
        &example("/v1.0/me/drive", ""),
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
            "innerError": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
    check(
        &wire,
        "GET /v1.0/me/drive/items/DCD0D3AD-8989-4F23-A5A2-2C086050513F",
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
            "innerError": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
    check(
        &wire,
        "GET /v1.0/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B",
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
            "innerError": {
              "date": "2024-01-01T00:00:00",
              "request-id": "[id]",
              "client-request-id": "[id]"
            }
          }
        }
    "#]],
    );
}
