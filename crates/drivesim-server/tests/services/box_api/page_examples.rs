//! Replays the examples of the page of copy file on Box: the request, those of its SDKs, and the members of responses.
//! The responses that the page lists are in `transcripts.rs`.
//!
//! Where a response differs from the page:
//! - The server generates the ids of copies and versions: the page's `11112` and `99999` do not occur. An id can be
//!   assigned to a copy later, as the last test does.
//! - A folder that is not the root has an `etag` and a `sequence_id`; the example for Node has `null`, and the response
//!   example another `sequence_id` than `etag`.
//! - `sha1` and `size` are those of the content: the page combines the hash of the three bytes `foo` with 68,431 bytes.
//! - Members that were not set have their defaults; a copy keeps those that the option `copy_keeps_members` lists.
//! - `path_collection` begins with the root, as in the example for Node; the response example omits it.

use drivesim::Sim;
use drivesim::item::Timestamp;
use drivesim_server::{ServerOptions, User};
use expect_test::{Expect, expect};
use serde_json::Value;

use crate::box_api::members::FILE_MEMBERS;
use crate::box_api::support::TestServer;
use crate::support::replay::{RequestExample, format_response};

const OUTLINE: &str = "\
Contracts/ # id=12345
Destination/ # id=123
Origin/
  Contract.pdf = 629644 B # id=12345
  My File.pdf = \"foo\" # id=11111
Personal Files/ # id=22222
Target/ # id=44444
";

/// Serves the tree at the time of the response example, as a drive of its user.
fn wire() -> TestServer {
    wire_of(aaron(), "-08:00", "2012-12-12T10:53:43-08:00")
}

/// Serves the tree as a drive of a user, with a time zone and a start of the clock.
fn wire_of(user: User, zone: &str, now: &str) -> TestServer {
    let line = format!("drive box profile=box owner=user:{} wire.time_zone={zone}", user.id);
    let sim =
        Sim::builder().starts_at(now.parse::<Timestamp>().unwrap()).outline(format!("{line}\n{OUTLINE}"));
    TestServer::with_options(sim.build().unwrap(), ServerOptions::default().user(user))
}

/// Returns the user of the response example.
fn aaron() -> User {
    User::new("11446498", "Aaron Levie", "ceo@example.com")
}

fn replayed(wire: &TestServer, request: &str) -> String {
    let printed = RequestExample::parse(request);
    // The test server takes the place of api.box.com.
    let path = printed.url.strip_prefix("https://api.box.com").unwrap();
    let answer = wire.send(&printed.method, path, &printed.header_pairs(), printed.body.clone());
    format_response(answer.status.as_u16(), &answer.headers, &answer.body)
}

#[track_caller]
fn check(wire: &TestServer, request: &str, expected: Expect) {
    expected.assert_eq(&replayed(wire, request));
}

/// Returns the request with which an SDK copies a file into a folder.
fn sdk(file: &str, folder: &str, name: Option<&str>) -> String {
    let name = name.map_or(String::new(), |name| format!(", \"name\": \"{name}\""));
    format!(
        r#"
        POST https://api.box.com/2.0/files/{file}/copy
        authorization: Bearer <ACCESS_TOKEN>
        content-type: application/json

        {{"parent": {{"id": "{folder}"}}{name}}}
        "#
    )
}

#[test]
fn the_request_example_copies_file_12345_into_folder_123() {
    let wire = wire();
    check(
        &wire,
        r#"
        POST https://api.box.com/2.0/files/12345/copy
        authorization: Bearer <ACCESS_TOKEN>
        content-type: application/json

        {
          "parent": {
            "id": "123"
          }
        }
        "#,
        expect![[r#"
            HTTP/1.1 201 Created
            content-type: application/json
            x-content-type-options: nosniff
            box-request-id: [id]
            strict-transport-security: max-age=31536000
            cache-control: no-cache, no-store

            {
              "type": "file",
              "id": "1500000000008",
              "file_version": {
                "type": "file_version",
                "id": "1700004194312",
                "sha1": "642f78fe9327e2cc5a4df1b70dc1f6e33b83a272"
              },
              "sequence_id": "0",
              "etag": "0",
              "sha1": "642f78fe9327e2cc5a4df1b70dc1f6e33b83a272",
              "name": "Contract.pdf",
              "description": "",
              "size": 629644,
              "path_collection": {
                "total_count": 2,
                "entries": [
                  {
                    "type": "folder",
                    "id": "0",
                    "sequence_id": null,
                    "etag": null,
                    "name": "All Files"
                  },
                  {
                    "type": "folder",
                    "id": "123",
                    "sequence_id": "0",
                    "etag": "0",
                    "name": "Destination"
                  }
                ]
              },
              "created_at": "2012-12-12T10:53:43-08:00",
              "modified_at": "2012-12-12T10:53:43-08:00",
              "trashed_at": null,
              "purged_at": null,
              "content_created_at": "2012-12-12T10:53:43-08:00",
              "content_modified_at": "2012-12-12T10:53:43-08:00",
              "created_by": {
                "type": "user",
                "id": "11446498",
                "name": "Aaron Levie",
                "login": "ceo@example.com"
              },
              "modified_by": {
                "type": "user",
                "id": "11446498",
                "name": "Aaron Levie",
                "login": "ceo@example.com"
              },
              "owned_by": {
                "type": "user",
                "id": "11446498",
                "name": "Aaron Levie",
                "login": "ceo@example.com"
              },
              "shared_link": null,
              "parent": {
                "type": "folder",
                "id": "123",
                "sequence_id": "0",
                "etag": "0",
                "name": "Destination"
              },
              "item_status": "active"
            }
        "#]],
    );
    wire.sim.assert_outline_of("/Destination", "Contract.pdf = 629644 B\n");
}

/// `file_copy.name` and `file_copy.parent.name` are what the example for Python prints.
#[test]
fn the_example_for_python_copies_file_11111_into_folder_44444() {
    let wire = wire();
    let answer = replayed(&wire, &sdk("11111", "44444", None));
    let (_, body) = answer.split_once("\n\n").unwrap();
    let copy: Value = serde_json::from_str(body).unwrap();
    let printed = format!("File {} has been copied into folder {}", copy["name"], copy["parent"]["name"]);
    assert_eq!(printed, r#"File "My File.pdf" has been copied into folder "Target""#);
    assert_eq!(copy["parent"]["id"], "44444");
    wire.sim.assert_outline_of("/Target", "My File.pdf = \"foo\"\n");
}

/// The members stand in the order of the comment in the example for Node, which is the standard set of members.
#[test]
fn the_examples_for_node_and_net_copy_file_11111_into_folder_22222() {
    let wire =
        wire_of(User::new("33333", "Test User", "test@example.com"), "-07:00", "2017-05-16T15:18:02-07:00");
    check(
        &wire,
        &sdk("11111", "22222", None),
        expect![[r#"
            HTTP/1.1 201 Created
            content-type: application/json
            x-content-type-options: nosniff
            box-request-id: [id]
            strict-transport-security: max-age=31536000
            cache-control: no-cache, no-store

            {
              "type": "file",
              "id": "1500000000008",
              "file_version": {
                "type": "file_version",
                "id": "1700004194312",
                "sha1": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"
              },
              "sequence_id": "0",
              "etag": "0",
              "sha1": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33",
              "name": "My File.pdf",
              "description": "",
              "size": 3,
              "path_collection": {
                "total_count": 2,
                "entries": [
                  {
                    "type": "folder",
                    "id": "0",
                    "sequence_id": null,
                    "etag": null,
                    "name": "All Files"
                  },
                  {
                    "type": "folder",
                    "id": "22222",
                    "sequence_id": "0",
                    "etag": "0",
                    "name": "Personal Files"
                  }
                ]
              },
              "created_at": "2017-05-16T15:18:02-07:00",
              "modified_at": "2017-05-16T15:18:02-07:00",
              "trashed_at": null,
              "purged_at": null,
              "content_created_at": "2017-05-16T15:18:02-07:00",
              "content_modified_at": "2017-05-16T15:18:02-07:00",
              "created_by": {
                "type": "user",
                "id": "33333",
                "name": "Test User",
                "login": "test@example.com"
              },
              "modified_by": {
                "type": "user",
                "id": "33333",
                "name": "Test User",
                "login": "test@example.com"
              },
              "owned_by": {
                "type": "user",
                "id": "33333",
                "name": "Test User",
                "login": "test@example.com"
              },
              "shared_link": null,
              "parent": {
                "type": "folder",
                "id": "22222",
                "sequence_id": "0",
                "etag": "0",
                "name": "Personal Files"
              },
              "item_status": "active"
            }
        "#]],
    );
    wire.sim.assert_outline_of("/Personal Files", "My File.pdf = \"foo\"\n");
}

/// The generated SDKs, and those for Java and iOS, copy into the root: folder 0.
#[test]
fn the_other_examples_copy_into_the_root_under_a_new_name_or_the_old_one() {
    let wire = wire();
    check(
        &wire,
        &sdk("11111", "0", Some("New Name")),
        expect![[r#"
            HTTP/1.1 201 Created
            content-type: application/json
            x-content-type-options: nosniff
            box-request-id: [id]
            strict-transport-security: max-age=31536000
            cache-control: no-cache, no-store

            {
              "type": "file",
              "id": "1500000000008",
              "file_version": {
                "type": "file_version",
                "id": "1700004194312",
                "sha1": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"
              },
              "sequence_id": "0",
              "etag": "0",
              "sha1": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33",
              "name": "New Name",
              "description": "",
              "size": 3,
              "path_collection": {
                "total_count": 1,
                "entries": [
                  {
                    "type": "folder",
                    "id": "0",
                    "sequence_id": null,
                    "etag": null,
                    "name": "All Files"
                  }
                ]
              },
              "created_at": "2012-12-12T10:53:43-08:00",
              "modified_at": "2012-12-12T10:53:43-08:00",
              "trashed_at": null,
              "purged_at": null,
              "content_created_at": "2012-12-12T10:53:43-08:00",
              "content_modified_at": "2012-12-12T10:53:43-08:00",
              "created_by": {
                "type": "user",
                "id": "11446498",
                "name": "Aaron Levie",
                "login": "ceo@example.com"
              },
              "modified_by": {
                "type": "user",
                "id": "11446498",
                "name": "Aaron Levie",
                "login": "ceo@example.com"
              },
              "owned_by": {
                "type": "user",
                "id": "11446498",
                "name": "Aaron Levie",
                "login": "ceo@example.com"
              },
              "shared_link": null,
              "parent": {
                "type": "folder",
                "id": "0",
                "sequence_id": null,
                "etag": null,
                "name": "All Files"
              },
              "item_status": "active"
            }
        "#]],
    );
    let again = replayed(&wire, &sdk("11111", "0", None));
    assert!(again.starts_with("HTTP/1.1 201 Created\n"), "{again}");
    assert!(wire.sim.exists("/New Name") && wire.sim.exists("/My File.pdf"));
}

/// The page's examples of parameters: the fields `id,type,name`, the name `FileCopy.txt`, the folder and the version
/// `0`. No version has the id 0, so that request fails with 404.
#[test]
fn the_examples_of_the_parameters_are_accepted() {
    let wire = wire();
    check(
        &wire,
        r#"
        POST https://api.box.com/2.0/files/12345/copy?fields=id,type,name
        authorization: Bearer <ACCESS_TOKEN>
        content-type: application/json

        {"name": "FileCopy.txt", "parent": {"id": "0"}}
        "#,
        expect![[r#"
            HTTP/1.1 201 Created
            content-type: application/json
            x-content-type-options: nosniff
            box-request-id: [id]
            strict-transport-security: max-age=31536000
            cache-control: no-cache, no-store

            {
              "type": "file",
              "id": "1500000000008",
              "etag": "0",
              "name": "FileCopy.txt"
            }
        "#]],
    );
    check(
        &wire,
        r#"
        POST https://api.box.com/2.0/files/12345/copy?fields=id,type,name
        authorization: Bearer <ACCESS_TOKEN>
        content-type: application/json

        {"name": "FileCopy.txt", "parent": {"id": "0"}, "version": "0"}
        "#,
        expect![[r#"
            HTTP/1.1 404 Not Found
            content-type: application/json
            x-content-type-options: nosniff
            box-request-id: [id]
            strict-transport-security: max-age=31536000
            cache-control: no-cache, no-store

            {
              "type": "error",
              "status": 404,
              "code": "not_found",
              "context_info": {
                "errors": [
                  {
                    "message": "Invalid value '0'. 'file_version' with value '0' not found",
                    "name": "file_version",
                    "reason": "invalid_parameter"
                  }
                ]
              },
              "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
              "message": "Not Found",
              "request_id": "[id]"
            }
        "#]],
    );
}

/// A folder has the name: the page lists `item_name_in_use` for it.
#[test]
fn a_name_that_a_folder_has_is_in_use() {
    check(
        &wire(),
        &sdk("11111", "0", Some("Contracts")),
        expect![[r#"
        HTTP/1.1 409 Conflict
        content-type: application/json
        x-content-type-options: nosniff
        box-request-id: [id]
        strict-transport-security: max-age=31536000
        cache-control: no-cache, no-store

        {
          "type": "error",
          "status": 409,
          "code": "item_name_in_use",
          "context_info": {
            "conflicts": {
              "type": "folder",
              "id": "12345",
              "sequence_id": "0",
              "etag": "0",
              "name": "Contracts"
            }
          },
          "help_url": "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/",
          "message": "Item with the same name already exists",
          "request_id": "[id]"
        }
    "#]],
    );
}

/// The members of the response example that drivesim has for files, in the order of the page. Without `tags`: the
/// published schema does not accept the empty list of a file without tags. Without `metadata`: a file without metadata
/// does not have it.
const MEMBERS: &str = "allowed_invitee_roles,classification,comment_count,content_created_at,content_modified_at,\
                       created_at,created_by,description,disposition_at,etag,expires_at,expiring_embed_link,extension,\
                       file_version,has_collaborations,is_accessible_via_shared_link,is_associated_with_app_item,\
                       is_externally_owned,is_package,item_status,lock,modified_at,modified_by,name,owned_by,parent,\
                       path_collection,permissions,purged_at,representations,sequence_id,sha1,shared_link,\
                       shared_link_permission_options,size,trashed_at,uploader_display_name,version_number,\
                       watermark_info";

#[test]
fn the_response_example_has_its_members() {
    let wire = wire();
    wire.sim.set_description("/Origin/Contract.pdf", "Contract for Q1 renewal").unwrap();
    // One change gives the folder the etag of the page.
    wire.sim.set_description("/Contracts", "all of them").unwrap();
    let request = sdk("12345", "12345", None).replace("/copy", &format!("/copy?fields={MEMBERS}"));
    let answer = replayed(&wire, &request);
    let (_, body) = answer.split_once("\n\n").unwrap();
    let copy: Value = serde_json::from_str(body).unwrap();
    for member in MEMBERS.split(',') {
        assert!(copy.get(member).is_some(), "{member} is in {copy}");
    }
    expect![[r#"
        HTTP/1.1 201 Created
        content-type: application/json
        x-content-type-options: nosniff
        box-request-id: [id]
        strict-transport-security: max-age=31536000
        cache-control: no-cache, no-store

        {
          "type": "file",
          "id": "1500000000008",
          "file_version": {
            "type": "file_version",
            "id": "1700004194312",
            "sha1": "642f78fe9327e2cc5a4df1b70dc1f6e33b83a272"
          },
          "sequence_id": "0",
          "etag": "0",
          "sha1": "642f78fe9327e2cc5a4df1b70dc1f6e33b83a272",
          "name": "Contract.pdf",
          "description": "Contract for Q1 renewal",
          "size": 629644,
          "path_collection": {
            "total_count": 2,
            "entries": [
              {
                "type": "folder",
                "id": "0",
                "sequence_id": null,
                "etag": null,
                "name": "All Files"
              },
              {
                "type": "folder",
                "id": "12345",
                "sequence_id": "1",
                "etag": "1",
                "name": "Contracts"
              }
            ]
          },
          "created_at": "2012-12-12T10:53:43-08:00",
          "modified_at": "2012-12-12T10:53:43-08:00",
          "trashed_at": null,
          "purged_at": null,
          "content_created_at": "2012-12-12T10:53:43-08:00",
          "content_modified_at": "2012-12-12T10:53:43-08:00",
          "created_by": {
            "type": "user",
            "id": "11446498",
            "name": "Aaron Levie",
            "login": "ceo@example.com"
          },
          "modified_by": {
            "type": "user",
            "id": "11446498",
            "name": "Aaron Levie",
            "login": "ceo@example.com"
          },
          "owned_by": {
            "type": "user",
            "id": "11446498",
            "name": "Aaron Levie",
            "login": "ceo@example.com"
          },
          "shared_link": null,
          "parent": {
            "type": "folder",
            "id": "12345",
            "sequence_id": "1",
            "etag": "1",
            "name": "Contracts"
          },
          "item_status": "active",
          "version_number": "1",
          "comment_count": 0,
          "permissions": {
            "can_download": true,
            "can_preview": true,
            "can_upload": true,
            "can_comment": true,
            "can_rename": true,
            "can_delete": true,
            "can_share": true,
            "can_set_share_access": true,
            "can_invite_collaborator": true,
            "can_annotate": true,
            "can_view_annotations_all": true,
            "can_view_annotations_self": true
          },
          "lock": null,
          "extension": "pdf",
          "is_package": false,
          "expiring_embed_link": {
            "url": "http://host/2.0/files/1500000000008/content"
          },
          "watermark_info": {
            "is_watermarked": false
          },
          "is_accessible_via_shared_link": false,
          "allowed_invitee_roles": [
            "editor",
            "viewer",
            "previewer",
            "uploader",
            "previewer uploader",
            "viewer uploader",
            "co-owner"
          ],
          "is_externally_owned": false,
          "has_collaborations": false,
          "expires_at": null,
          "representations": {
            "entries": []
          },
          "classification": null,
          "uploader_display_name": "Aaron Levie",
          "disposition_at": null,
          "shared_link_permission_options": [
            "can_preview",
            "can_download"
          ],
          "is_associated_with_app_item": false
        }
    "#]]
    .assert_eq(&answer);
    // The id of the example moves from the source to the copy.
    wire.sim.set_wire_id("/Origin/Contract.pdf", None).unwrap();
    wire.sim.set_wire_id("/Contracts/Contract.pdf", Some("12345")).unwrap();
    check(
        &wire,
        "GET https://api.box.com/2.0/files/12345?fields=id,parent,path_collection",
        expect![[r#"
            HTTP/1.1 200 OK
            content-type: application/json
            x-content-type-options: nosniff
            box-request-id: [id]
            strict-transport-security: max-age=31536000
            cache-control: no-cache, no-store

            {
              "type": "file",
              "id": "12345",
              "etag": "0",
              "path_collection": {
                "total_count": 2,
                "entries": [
                  {
                    "type": "folder",
                    "id": "0",
                    "sequence_id": null,
                    "etag": null,
                    "name": "All Files"
                  },
                  {
                    "type": "folder",
                    "id": "12345",
                    "sequence_id": "1",
                    "etag": "1",
                    "name": "Contracts"
                  }
                ]
              },
              "parent": {
                "type": "folder",
                "id": "12345",
                "sequence_id": "1",
                "etag": "1",
                "name": "Contracts"
              }
            }
        "#]],
    );
}

#[test]
fn the_response_example_has_the_values_of_the_page_if_its_source_has_them() {
    let names: Vec<&str> = FILE_MEMBERS.iter().map(|&(name, ..)| name).collect();
    let line = format!("drive box profile=box owner=user:11446498 copy_keeps_members={}", names.join("+"));
    let now = "2012-12-12T10:53:43-08:00".parse::<Timestamp>().unwrap();
    let sim = Sim::builder().starts_at(now).outline(format!("{line}\n{OUTLINE}")).build().unwrap();
    for (name, value, _) in FILE_MEMBERS {
        sim.set_member("/Origin/Contract.pdf", name, value).unwrap();
    }
    let wire = TestServer::with_options(sim, ServerOptions::default().user(aaron()));
    let fields = names.join(",").replace("metadata", "metadata.enterprise_27335.marketingCollateral");
    let request = sdk("12345", "12345", None).replace("/copy", &format!("/copy?fields={fields}"));
    check(
        &wire,
        &request,
        expect![[r##"
        HTTP/1.1 201 Created
        content-type: application/json
        x-content-type-options: nosniff
        box-request-id: [id]
        strict-transport-security: max-age=31536000
        cache-control: no-cache, no-store

        {
          "type": "file",
          "id": "1500000000008",
          "etag": "0",
          "shared_link": {
            "access": "open",
            "download_count": 3,
            "download_url": "https://www.box.com/shared/static/rh935iit6ewrmw0unyul.jpeg",
            "effective_access": "company",
            "effective_permission": "can_download",
            "is_password_enabled": true,
            "permissions": {
              "can_download": true,
              "can_edit": false,
              "can_preview": true
            },
            "preview_count": 3,
            "unshared_at": "2018-04-13T13:53:23-07:00",
            "url": "https://www.box.com/s/vspke7y05sb214wjokpk",
            "vanity_name": "my_url",
            "vanity_url": "https://acme.app.box.com/v/my_url/"
          },
          "comment_count": 10,
          "permissions": {
            "can_annotate": true,
            "can_comment": true,
            "can_delete": true,
            "can_download": false,
            "can_invite_collaborator": true,
            "can_preview": true,
            "can_rename": true,
            "can_set_share_access": true,
            "can_share": true,
            "can_upload": true,
            "can_view_annotations_all": true,
            "can_view_annotations_self": true
          },
          "tags": [
            "approved"
          ],
          "lock": {
            "id": "11446498",
            "type": "lock",
            "app_type": "office_wopiplus",
            "created_at": "2012-12-12T10:53:43-08:00",
            "created_by": {
              "id": "11446498",
              "type": "user",
              "login": "ceo@example.com",
              "name": "Aaron Levie"
            },
            "expired_at": "2012-12-12T10:53:43-08:00",
            "is_download_prevented": true
          },
          "is_package": true,
          "expiring_embed_link": {
            "access_token": "c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ",
            "expires_in": 3600,
            "restricted_to": [
              {
                "object": {
                  "etag": "1",
                  "id": "12345",
                  "type": "folder",
                  "name": "Contracts",
                  "sequence_id": "3"
                },
                "scope": "item_download"
              }
            ],
            "token_type": "bearer",
            "url": "https://cloud.app.box.com/preview/expiring_embed/..."
          },
          "watermark_info": {
            "is_watermarked": true
          },
          "is_accessible_via_shared_link": true,
          "allowed_invitee_roles": [
            "editor"
          ],
          "is_externally_owned": true,
          "has_collaborations": true,
          "expires_at": "2012-12-12T10:53:43-08:00",
          "representations": {
            "entries": [
              {
                "content": {
                  "url_template": "https://dl.boxcloud.com/api/2.0/internal_files/123/versions/345/representations/png_paged_2048x2048/content/{+asset_path}?watermark_content=4567"
                },
                "info": {
                  "url": "https://api.box.com/2.0/internal_files/123/versions/345/representations/png_paged_2048x2048"
                },
                "properties": {
                  "dimensions": "2048x2048",
                  "paged": true,
                  "thumb": true
                },
                "representation": "png",
                "status": {
                  "state": "success"
                }
              }
            ]
          },
          "classification": {
            "color": "#FF0000",
            "definition": "Content that should not be shared outside the company.",
            "name": "Top Secret"
          },
          "uploader_display_name": "Ellis Wiggins",
          "disposition_at": "2012-12-12T10:53:43-08:00",
          "shared_link_permission_options": [
            "can_preview"
          ],
          "is_associated_with_app_item": true,
          "metadata": {
            "enterprise_27335": {
              "marketingCollateral": {
                "$canEdit": true,
                "$id": "01234500-12f1-1234-aa12-b1d234cb567e",
                "$parent": "folder_59449484661",
                "$scope": "enterprise_27335",
                "$template": "marketingCollateral",
                "$type": "properties-6bcba49f-ca6d-4d2a-a758-57fe6edf44d0",
                "$typeVersion": 2,
                "$version": 1
              }
            }
          }
        }
    "##]],
    );
}
