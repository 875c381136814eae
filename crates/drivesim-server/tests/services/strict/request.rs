//! Builds requests to an operation: one that the service accepts, and variants with one changed parameter.

use axum::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::strict::operation::{Operation, Parameter, ParameterLocation};
use crate::strict::service::{Ids, Server, Service, TestRequest};
use crate::strict::values::ParameterText;

/// The characters that are percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'!').remove(b'/');

/// A request that an operation accepts, in parts.
#[derive(Clone, Debug, Default)]
pub struct BaseRequest {
    words: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Clone, Debug, Default)]
enum Body {
    #[default]
    Nothing,
    Json(Value),
    /// The attributes of an upload.
    Multipart(Value),
    Form(Vec<(String, String)>),
    Bytes(Bytes),
}

/// Returns a request to an operation that the service accepts, if the drive permits the operation. Opens an upload
/// session if the operation needs one.
pub fn base_request(service: Service, ids: &Ids, operation: &Operation, server: &Server) -> BaseRequest {
    if service == Service::Box { of_box(ids, operation, server) } else { of_graph(ids, operation) }
}

fn of_graph(ids: &Ids, operation: &Operation) -> BaseRequest {
    let verb = operation.verb();
    let is_of_folder = ["listChildren", "createChild", "delta", "deltaWithToken", "search"].contains(&verb);
    let is_relative = operation.path.contains("{driveItem-id}:");
    let item = match verb {
        _ if is_relative || is_of_folder => &ids.folder,
        "restore" => &ids.deleted_file,
        _ => &ids.file,
    };
    let path = match (is_relative, is_of_folder) {
        (true, true) => "in",
        (true, false) => "a.txt",
        (false, true) => "Docs",
        (false, false) => "Docs/a.txt",
    };
    let words = vec![
        ("drive-id", ids.drive.clone()),
        ("driveItem-id", item.clone()),
        ("item-path", path.to_owned()),
        ("name", "documents".to_owned()),
        ("q", "a".to_owned()),
        ("token", "latest".to_owned()),
        ("driveItemVersion-id", "1.0".to_owned()),
        ("permission-id", "1".to_owned()),
        ("job-id", "1".to_owned()),
    ];
    let parent = json!({ "driveId": ids.drive, "id": ids.target });
    let body = match verb {
        "update" => Body::Json(json!({ "name": "new.txt" })),
        "createChild" => Body::Json(json!({ "name": "new", "folder": {} })),
        "copy" => Body::Json(json!({ "name": "new.txt", "parentReference": parent })),
        "restore" => Body::Json(json!({ "name": "new.txt", "parentReference": parent })),
        "createUploadSession" => Body::Json(json!({ "item": { "fileSize": 3 } })),
        "upload" => Body::Bytes(Bytes::from_static(b"new")),
        _ if operation.media.is_some() => Body::Json(json!({})),
        _ => Body::Nothing,
    };
    BaseRequest { words, body, ..BaseRequest::default() }
}

/// The size of upload sessions. The parts have eight MiB each, except the last, which has one byte.
const SESSION_SIZE: u64 = 3 * (8 << 20) + 1;

fn of_box(ids: &Ids, operation: &Operation, server: &Server) -> BaseRequest {
    let id = operation.id.as_str();
    let is_of_bin = id.ends_with("_trash") || ["post_files_id", "post_folders_id"].contains(&id);
    let is_of_version = id.contains("version");
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let (file, folder) = match (is_of_bin, is_of_version) {
        (true, _) => (&ids.deleted_file, &ids.deleted_folder),
        (_, true) => (&ids.versioned_file, &ids.folder),
        _ => (&ids.file, &ids.folder),
    };
    let mut words = vec![
        ("file_id", file.clone()),
        ("folder_id", folder.clone()),
        ("file_version_id", ids.version.clone()),
        ("zip_download_id", "1".to_owned()),
        ("folder_lock_id", "1".to_owned()),
    ];
    if operation.path.contains("{upload_session_id}") {
        words.push(("upload_session_id", open_box_session(server)));
    }
    let parent = json!({ "id": ids.target });
    let body = match id {
        "post_files_id" | "post_folders_id" => Body::Json(json!({ "name": "new", "parent": parent })),
        "put_files_id" | "put_folders_id" => Body::Json(json!({ "name": "new" })),
        "post_files_id_copy" | "post_folders_id_copy" | "post_folders" => {
            Body::Json(json!({ "name": "new", "parent": parent }))
        }
        "options_files_content" => Body::Json(json!({ "name": "new", "size": 3, "parent": parent })),
        "post_files_id_content" => Body::Multipart(json!({ "name": "new" })),
        "post_files_content" => Body::Multipart(json!({ "name": "new", "parent": parent })),
        "post_files_id_versions_current" => Body::Json(json!({ "type": "file_version", "id": ids.version })),
        "post_files_upload_sessions" => {
            Body::Json(json!({ "folder_id": ids.target, "file_size": SESSION_SIZE, "file_name": "new" }))
        }
        "post_files_id_upload_sessions" => Body::Json(json!({ "file_size": SESSION_SIZE })),
        "put_files_upload_sessions_id" => Body::Bytes(Bytes::from_static(b"x")),
        "post_files_upload_sessions_id_commit" => Body::Json(json!({ "parts": [] })),
        "post_oauth2_token" => Body::Form(pairs(&[
            ("grant_type", "client_credentials"),
            ("client_id", "i"),
            ("client_secret", "s"),
            ("box_subject_type", "user"),
            ("box_subject_id", "1"),
        ])),
        _ if operation.media.is_some() => Body::Json(json!({})),
        _ => Body::Nothing,
    };
    let query = match id {
        "get_search" => pairs(&[("query", "a")]),
        "delete_folders_id" => pairs(&[("recursive", "true")]),
        _ => Vec::new(),
    };
    let headers = match id {
        "put_files_upload_sessions_id" | "post_files_upload_sessions_id_commit" => {
            let last = SESSION_SIZE - 1;
            // The SHA-1 of `x`.
            let digest = "sha=EfatjsUqKYSrqv18O1FlA3hcIHI=";
            pairs(&[("digest", digest), ("content-range", &format!("bytes {last}-{last}/{SESSION_SIZE}"))])
        }
        _ => Vec::new(),
    };
    BaseRequest { words, query, headers, body }
}

/// Opens an upload session of Box and returns its id.
pub fn open_box_session(server: &Server) -> String {
    let body = json!({ "folder_id": "0", "file_size": SESSION_SIZE, "file_name": "big" });
    let sent = TestRequest::new("POST", "/2.0/files/upload_sessions").json(body.to_string());
    server.send(&sent).json()["id"].as_str().unwrap().to_owned()
}

/// The placeholder in JSON that a value replaces.
const PLACEHOLDER: &str = "\u{e000}";

impl BaseRequest {
    /// Builds the request to an operation.
    pub fn request(&self, operation: &Operation) -> TestRequest {
        self.build(operation, None, None)
    }

    /// Builds the same request with another value of a parameter.
    pub fn with_value(
        &self,
        operation: &Operation,
        parameter: &Parameter,
        text: &ParameterText,
    ) -> TestRequest {
        let mut changed = self.clone();
        let name = parameter.name.as_str();
        match parameter.location {
            ParameterLocation::Path => return changed.build(operation, Some((name, text)), None),
            ParameterLocation::Query => changed.query.retain(|(key, _)| key != name),
            ParameterLocation::Header => changed.headers.retain(|(key, _)| key != name),
            ParameterLocation::Body | ParameterLocation::Form => {}
        }
        match parameter.location {
            ParameterLocation::Path => {}
            ParameterLocation::Query => changed.query.extend(pairs(name, text)),
            ParameterLocation::Header => changed.headers.extend(pairs(name, text)),
            ParameterLocation::Form => {
                if let Body::Form(form) = &mut changed.body {
                    form.retain(|(key, _)| key != name);
                    form.extend(pairs(name, text));
                }
            }
            ParameterLocation::Body => match &mut changed.body {
                Body::Json(value) | Body::Multipart(value) => {
                    set_placeholder(value, name, *text == ParameterText::Absent)
                }
                Body::Nothing | Body::Bytes(_) | Body::Form(_) => {}
            },
        }
        changed.build(operation, None, Some((name, text)))
    }

    fn build(
        &self,
        operation: &Operation,
        word: Option<(&str, &ParameterText)>,
        member: Option<(&str, &ParameterText)>,
    ) -> TestRequest {
        let mut path = operation.path.clone();
        for (name, value) in &self.words {
            let value = match word {
                Some((changed, text)) if changed == *name => match text {
                    ParameterText::One(text) => utf8_percent_encode(text, ENCODED).to_string(),
                    ParameterText::Encoded(text) => (*text).to_owned(),
                    ParameterText::Absent | ParameterText::Twice(..) => String::new(),
                },
                _ => utf8_percent_encode(value, ENCODED).to_string(),
            };
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let mut sent =
            TestRequest::new(&operation.method, &format!("{}{path}{}", head(operation), query(&self.query)));
        sent.headers = self.headers.iter().map(|(name, value)| (name.clone(), bytes(value))).collect();
        let json = |value: &Value| {
            member.map_or_else(|| value.to_string(), |(name, text)| fill_placeholder(value, name, text))
        };
        let (media, body): (&str, Bytes) = match &self.body {
            Body::Nothing => return sent,
            Body::Json(value) => ("application/json", json(value).into()),
            Body::Form(form) => {
                ("application/x-www-form-urlencoded", query(form).trim_start_matches('?').to_owned().into())
            }
            Body::Bytes(bytes) => ("application/octet-stream", bytes.clone()),
            Body::Multipart(value) => ("multipart/form-data; boundary=x", multipart(&json(value)).into()),
        };
        sent.headers.push(("content-type".to_owned(), media.as_bytes().to_vec()));
        TestRequest { body, ..sent }
    }
}

/// Returns the path of an operation on this server, with the names of parameters in braces.
pub fn path(operation: &Operation) -> String {
    format!("{}{}", head(operation), operation.path)
}

fn head(operation: &Operation) -> &'static str {
    match operation.id.as_str() {
        "post_oauth2_token" => "",
        id if id.contains('.') || id == "batch" || id == "monitor" => "/v1.0",
        _ => "/2.0",
    }
}

/// Returns the bytes of a header: characters up to U+00FF are one byte each.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
}

/// Marks text that is not percent-encoded.
const RAW_MARK: char = '\u{e001}';

fn pairs(name: &str, text: &ParameterText) -> Vec<(String, String)> {
    let pair = |value: &str| (name.to_owned(), value.to_owned());
    match text {
        ParameterText::Absent => Vec::new(),
        ParameterText::One(text) => vec![pair(text)],
        ParameterText::Twice(one, other) => vec![pair(one), pair(other)],
        ParameterText::Encoded(text) => vec![pair(&format!("{RAW_MARK}{text}"))],
    }
}

fn query(pairs: &[(String, String)]) -> String {
    let encoded = |text: &str| match text.strip_prefix(RAW_MARK) {
        Some(text) => text.to_owned(),
        None => utf8_percent_encode(text, ENCODED).to_string(),
    };
    let pairs: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// Sets a member to the placeholder, or removes it.
fn set_placeholder(value: &mut Value, name: &str, is_removed: bool) {
    let (parent_path, key) = name.rsplit_once('/').unwrap_or(("", name));
    let mut parent = value;
    for step in parent_path.split('/').filter(|step| !step.is_empty()) {
        if step == "0" {
            if !parent.is_array() {
                *parent = json!([{}]);
            }
            if parent == &json!([]) {
                *parent = json!([{}]);
            }
            parent = &mut parent[0];
        } else {
            if !parent.is_object() {
                *parent = json!({});
            }
            if parent.get(step).is_none() {
                parent[step] = Value::Null;
            }
            parent = &mut parent[step];
        }
    }
    if !parent.is_object() {
        *parent = json!({});
    }
    if is_removed {
        parent.as_object_mut().unwrap().remove(key);
    } else {
        parent[key] = json!(PLACEHOLDER);
    }
}

/// Returns JSON with a text in place of the placeholder.
fn fill_placeholder(value: &Value, name: &str, text: &ParameterText) -> String {
    let key = name.rsplit('/').next().unwrap_or_default();
    let placeholder = format!("\"{key}\":\"{PLACEHOLDER}\"");
    let replacement = match text {
        ParameterText::One(text) => format!("\"{key}\":{text}"),
        ParameterText::Twice(one, other) => format!("\"{key}\":{one},\"{key}\":{other}"),
        ParameterText::Encoded(text) => (*text).to_owned(),
        ParameterText::Absent => return value.to_string(),
    };
    value.to_string().replace(&placeholder, &replacement)
}

fn multipart(attributes: &str) -> String {
    format!(
        "--x\r\ncontent-disposition: form-data; name=\"attributes\"\r\n\r\n{attributes}\r\n--x\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nabc\r\n--x--\r\n"
    )
}
