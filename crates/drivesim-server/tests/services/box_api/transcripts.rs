//! Replays the page of copy file: each response that it lists, with a request that causes it.
//!
//! The file is 12345 and the folder 123, as in the request of the page. Its other examples are in `page_examples.rs`.
//!
//! Lines that begin with `>` are sent. Lines that begin with `<` are the response: the status, the headers except those
//! of the connection, and the body. `[id]` stands for the two ids of a request, which are new each time.

use drivesim::access::LockScope;

use crate::box_api::support::{Response, TestServer};

const TREE: &str = "Plans/\n  Draft.txt = \"hello\" # id=12345\nTeam/ # id=123\n  Taken.txt = \"x\"\n";

/// The tree without ids.
const TREE_WITHOUT_IDS: &str = "Plans/\n  Draft.txt = \"hello\"\nTeam/\n  Taken.txt = \"x\"\n";

/// Serves the tree.
fn wire(line: &str) -> TestServer {
    TestServer::with_drive_line(line, TREE)
}

/// Sends the request of a transcript, and compares the response.
#[track_caller]
fn check_transcript(wire: &TestServer, transcript: &str) {
    let lines: Vec<&str> =
        transcript.trim().lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).collect();
    let (sent, expected): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| line.starts_with('>'));
    let text = |line: &&str| line[1..].strip_prefix(' ').unwrap_or(&line[1..]).to_owned();
    let sent: Vec<String> = sent.iter().map(text).collect();
    let n_head = sent.iter().position(String::is_empty).unwrap_or(sent.len());
    let (method, url) = sent[0].split_once(' ').unwrap();
    let headers: Vec<(&str, &str)> =
        sent[1..n_head].iter().map(|line| line.split_once(": ").unwrap()).collect();
    let answer = wire.send(method, url, &headers, sent[n_head..].join("\n"));
    assert_eq!(printed(&answer), expected.join("\n"));
}

/// Prints a response.
fn printed(answer: &Response) -> String {
    let mut lines = vec![answer.status.as_u16().to_string()];
    for (name, value) in &answer.headers {
        let value = if name == "box-request-id" { "[id]" } else { value.to_str().unwrap() };
        if name != "content-length" {
            lines.push(format!("{name}: {value}"));
        }
    }
    if !answer.body.is_empty() {
        let mut body = answer.json();
        if body["request_id"].is_string() {
            body["request_id"] = "[id]".into();
        }
        lines.push(String::new());
        lines.extend(serde_json::to_string_pretty(&body).unwrap().lines().map(str::to_owned));
    }
    lines.iter().map(|line| format!("< {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_is_copied_into_a_folder() {
    let wire = wire("drive box profile=box");
    check_transcript(
        &wire,
        r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "parent": {
        >     "id": "123"
        >   }
        > }
        < 201
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "file",
        <   "id": "1500000000005",
        <   "file_version": {
        <     "type": "file_version",
        <     "id": "1700004194309",
        <     "sha1": "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
        <   },
        <   "sequence_id": "0",
        <   "etag": "0",
        <   "sha1": "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        <   "name": "Draft.txt",
        <   "description": "",
        <   "size": 5,
        <   "path_collection": {
        <     "total_count": 2,
        <     "entries": [
        <       {
        <         "type": "folder",
        <         "id": "0",
        <         "sequence_id": null,
        <         "etag": null,
        <         "name": "All Files"
        <       },
        <       {
        <         "type": "folder",
        <         "id": "123",
        <         "sequence_id": "0",
        <         "etag": "0",
        <         "name": "Team"
        <       }
        <     ]
        <   },
        <   "created_at": "2023-12-31T16:00:00-08:00",
        <   "modified_at": "2023-12-31T16:00:00-08:00",
        <   "trashed_at": null,
        <   "purged_at": null,
        <   "content_created_at": "2023-12-31T16:00:00-08:00",
        <   "content_modified_at": "2023-12-31T16:00:00-08:00",
        <   "created_by": {
        <     "type": "user",
        <     "id": "29086937153",
        <     "name": "me",
        <     "login": "me@example.com"
        <   },
        <   "modified_by": {
        <     "type": "user",
        <     "id": "29086937153",
        <     "name": "me",
        <     "login": "me@example.com"
        <   },
        <   "owned_by": {
        <     "type": "user",
        <     "id": "29086937153",
        <     "name": "me",
        <     "login": "me@example.com"
        <   },
        <   "shared_link": null,
        <   "parent": {
        <     "type": "folder",
        <     "id": "123",
        <     "sequence_id": "0",
        <     "etag": "0",
        <     "name": "Team"
        <   },
        <   "item_status": "active"
        < }
        "#,
    );
    wire.assert_outline(
        "Plans/\n  Draft.txt = \"hello\"\nTeam/\n  Draft.txt = \"hello\"\n  Taken.txt = \"x\"\n",
    );
}

#[test]
fn an_earlier_version_is_copied_under_a_sanitised_name_and_returned_with_the_requested_fields() {
    let wire = wire("drive box profile=box");
    wire.sim.write("/Plans/Draft.txt", "hello again").unwrap();
    check_transcript(
        &wire,
        r#"
        > POST /2.0/files/12345/copy?fields=name,size,version_number
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "name": "First/draft.txt",
        >   "parent": {
        >     "id": "123"
        >   },
        >   "version": "1700004194306"
        > }
        < 201
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "file",
        <   "id": "1500000000005",
        <   "etag": "0",
        <   "name": "Firstdraft.txt",
        <   "size": 5,
        <   "version_number": "1"
        < }
        "#,
    );
    wire.sim.assert_outline_of("/Team", "Firstdraft.txt = \"hello\"\nTaken.txt = \"x\"\n");
}

#[test]
fn a_file_that_matches_if_none_match_is_not_copied() {
    let wire = wire("drive box profile=box");
    check_transcript(
        &wire,
        r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        > if-none-match: 0
        >
        > {
        >   "parent": {
        >     "id": "123"
        >   }
        > }
        < 304
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        "#,
    );
    wire.assert_outline(TREE_WITHOUT_IDS);
}

#[test]
fn a_copy_without_a_folder_is_a_bad_request() {
    check_transcript(
        &wire("drive box profile=box"),
        r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "name": "Final.txt"
        > }
        < 400
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "error",
        <   "status": 400,
        <   "code": "bad_request",
        <   "context_info": {
        <     "errors": [
        <       {
        <         "reason": "missing_parameter",
        <         "name": "parent",
        <         "message": "'parent' is required"
        <       }
        <     ]
        <   },
        <   "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
        <   "message": "Bad Request",
        <   "request_id": "[id]"
        < }
        "#,
    );
}

#[test]
fn a_copy_across_an_information_barrier_is_forbidden_by_policy() {
    check_transcript(
        &wire("drive box profile=box wire.forbidden_by_policy=true"),
        r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "parent": {
        >     "id": "123"
        >   }
        > }
        < 403
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "error",
        <   "status": 403,
        <   "code": "forbidden_by_policy",
        <   "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
        <   "message": "Access denied - Blocked by Shield Access Policy",
        <   "request_id": "[id]"
        < }
        "#,
    );
}

#[test]
fn a_missing_file_is_not_found() {
    check_transcript(
        &wire("drive box profile=box"),
        r#"
        > POST /2.0/files/12346/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "parent": {
        >     "id": "123"
        >   }
        > }
        < 404
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "error",
        <   "status": 404,
        <   "code": "not_found",
        <   "context_info": {
        <     "errors": [
        <       {
        <         "message": "Invalid value 'f_12346'. 'item' with value 'f_12346' not found",
        <         "name": "item",
        <         "reason": "invalid_parameter"
        <       }
        <     ]
        <   },
        <   "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
        <   "message": "Not Found",
        <   "request_id": "[id]"
        < }
        "#,
    );
}

#[test]
fn a_missing_folder_is_not_found() {
    check_transcript(
        &wire("drive box profile=box"),
        r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "parent": {
        >     "id": "124"
        >   }
        > }
        < 404
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "error",
        <   "status": 404,
        <   "code": "not_found",
        <   "context_info": {
        <     "errors": [
        <       {
        <         "message": "Invalid value 'd_124'. 'parent' with value 'd_124' not found",
        <         "name": "parent",
        <         "reason": "invalid_parameter"
        <       }
        <     ]
        <   },
        <   "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
        <   "message": "Not Found",
        <   "request_id": "[id]"
        < }
        "#,
    );
}

#[test]
fn a_folder_locked_by_another_operation_blocks_a_copy() {
    let wire = wire("drive box profile=box");
    let lock = wire.sim.lock("/Team", LockScope::Item).unwrap();
    let blocked = r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "parent": {
        >     "id": "123"
        >   }
        > }
        < 409
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "error",
        <   "status": 409,
        <   "code": "operation_blocked_temporary",
        <   "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
        <   "message": "The operation is blocked by another ongoing operation",
        <   "request_id": "[id]"
        < }
        "#;
    check_transcript(&wire, blocked);
    wire.sim.unlock(wire.sim.first_drive().unwrap(), lock).unwrap();
    wire.sim.lock("/Plans", LockScope::Tree).unwrap();
    check_transcript(&wire, blocked);
    wire.assert_outline(TREE_WITHOUT_IDS);
}

#[test]
fn a_name_conflict_reports_the_item_that_has_the_name() {
    check_transcript(
        &wire("drive box profile=box"),
        r#"
        > POST /2.0/files/12345/copy
        > authorization: Bearer token
        > content-type: application/json
        >
        > {
        >   "name": "TAKEN.TXT",
        >   "parent": {
        >     "id": "123"
        >   }
        > }
        < 409
        < content-type: application/json
        < x-content-type-options: nosniff
        < box-request-id: [id]
        < strict-transport-security: max-age=31536000
        < cache-control: no-cache, no-store
        <
        < {
        <   "type": "error",
        <   "status": 409,
        <   "code": "item_name_in_use",
        <   "context_info": {
        <     "conflicts": {
        <       "type": "file",
        <       "id": "1500000000004",
        <       "file_version": {
        <         "type": "file_version",
        <         "id": "1700004194308",
        <         "sha1": "11f6ad8ec52a2984abaafd7c3b516503785c2072"
        <       },
        <       "sequence_id": "0",
        <       "etag": "0",
        <       "sha1": "11f6ad8ec52a2984abaafd7c3b516503785c2072",
        <       "name": "Taken.txt"
        <     }
        <   },
        <   "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
        <   "message": "Item with the same name already exists",
        <   "request_id": "[id]"
        < }
        "#,
    );
}
