//! Tests of ids in paths and bodies at Box.

use crate::box_api::strict::{check, row};

const PATH: &str = "guide to common errors: 405 for an id in a path that is not a number";
const NUMBER: &str = "ids are decimal numbers; an unknown one is not found";
const MEMBER: &str = "box-java-sdk issue 680: the error names the member";
const ASSUMED: &str = "assumed: a text that is not a number is an unknown id";

#[test]
fn an_id_in_a_path_is_a_decimal_number() {
    check(&[
        row("GET /files/abc", 405, "method_not_allowed", PATH),
        row("GET /files/-1", 405, "method_not_allowed", PATH),
        row("GET /files/%2B1", 405, "method_not_allowed", PATH),
        row("GET /files/1.0", 405, "method_not_allowed", PATH),
        row("GET /files/0x1", 405, "method_not_allowed", PATH),
        row("GET /files/%201", 405, "method_not_allowed", PATH),
        row("GET /files/f_1", 405, "method_not_allowed", PATH),
        row("GET /files/0{file}", 404, "not_found item", NUMBER),
        row("GET /files/99999999999999999999999999999999999999999999", 404, "not_found item", NUMBER),
        row("GET /files/0", 404, "not_found item", NUMBER),
        row("GET /files/{folder}", 404, "not_found item", NUMBER),
        row("GET /folders/{file}", 404, "not_found item", NUMBER),
        row("GET /folders/00", 404, "not_found item", NUMBER),
        row("GET /folders/root", 405, "method_not_allowed", PATH),
        row("GET /folders/abc/items", 405, "method_not_allowed", PATH),
        row("PUT /files/abc {}", 405, "method_not_allowed", PATH),
        row("DELETE /folders/abc", 405, "method_not_allowed", PATH),
        row("POST /files/abc/copy {\"parent\":{\"id\":\"0\"}}", 405, "method_not_allowed", PATH),
        row("GET /files/abc/versions", 405, "method_not_allowed", PATH),
        row("GET /files/{file}/versions/abc", 405, "method_not_allowed", PATH),
        row("GET /files/{file}/versions/1", 404, "not_found file_version", NUMBER),
        row("GET /files/{file}/content?version=abc", 404, "not_found file_version", ASSUMED),
        row("GET /files/{file}/content?version=1", 404, "not_found file_version", NUMBER),
        row(
            "GET /files/upload_sessions/abc",
            400,
            "invalid_upload_session_id",
            "guide to common errors: a session id has its own code",
        ),
    ]);
}

#[test]
fn an_id_in_a_body_is_a_decimal_number_as_text() {
    check(&[
        row(r#"POST /folders {"name":"n","parent":{"id":"999"}}"#, 404, "not_found parent", MEMBER),
        row(r#"POST /folders {"name":"n","parent":{"id":"{file}"}}"#, 404, "not_found parent", MEMBER),
        row(r#"POST /folders {"name":"n","parent":{"id":"abc"}}"#, 404, "not_found parent", ASSUMED),
        row(r#"POST /folders {"name":"n","parent":{"id":""}}"#, 404, "not_found parent", ASSUMED),
        row(r#"POST /folders {"name":"n","parent":{"id":"-1"}}"#, 404, "not_found parent", ASSUMED),
        row(r#"POST /folders {"name":"n","parent":{"id":"+0"}}"#, 404, "not_found parent", ASSUMED),
        row(r#"POST /folders {"name":"n","parent":{"id":"00"}}"#, 404, "not_found parent", ASSUMED),
        row(r#"POST /folders {"name":"n","parent":{"id":" 0"}}"#, 404, "not_found parent", ASSUMED),
        row(r#"POST /folders {"name":"n","parent":{"id":"0{folder}"}}"#, 404, "not_found parent", ASSUMED),
        row(
            r#"POST /folders {"name":"n","parent":{"id":"99999999999999999999999999999999999999999999"}}"#,
            404,
            "not_found parent",
            NUMBER,
        ),
        row(r#"PUT /files/{file} {"parent":{"id":"999"}}"#, 404, "not_found parent", MEMBER),
        row(r#"POST /files/{file}/copy {"parent":{"id":"999"}}"#, 404, "not_found parent", MEMBER),
        row(
            r#"POST /files/{file}/copy {"parent":{"id":"0"},"version":"abc"}"#,
            404,
            "not_found file_version",
            ASSUMED,
        ),
        row(r#"POST /files/content {"name":"n","parent":{"id":"999"}}"#, 404, "not_found parent", MEMBER),
        row(r#"OPTIONS /files/content {"name":"n","parent":{"id":"999"}}"#, 404, "not_found parent", MEMBER),
        row(
            r#"POST /files/upload_sessions {"folder_id":"999","file_size":20000000,"file_name":"n"}"#,
            404,
            "not_found folder_id",
            MEMBER,
        ),
        row("GET /search?query=a&ancestor_folder_ids=999", 404, "not_found ancestor_folder_ids", MEMBER),
        row("GET /search?query=a&ancestor_folder_ids=x", 404, "not_found ancestor_folder_ids", ASSUMED),
    ]);
}
