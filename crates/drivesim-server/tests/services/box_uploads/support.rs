//! Sends requests of tests to the router of Box without a port. Checks every response against the published schema.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use drivesim::Sim;
use drivesim_server::{ServerOptions, router_with};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use tower::ServiceExt;

use crate::support::box_responses;

const BOUNDARY: &str = "----=_box";

/// A simulator with a drive of Box, and the router that serves it.
pub struct TestServer {
    pub sim: Sim,
    router: Router,
}

/// A response.
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A part of a multipart body: its name and its content.
pub type Part<'a> = (&'a str, &'a [u8]);

impl TestServer {
    /// Serves an outline as a drive of Box.
    pub fn new(items: &str) -> TestServer {
        TestServer::with_options(items, ServerOptions::default())
    }

    /// Serves an outline as a drive of Box, with options of the server.
    pub fn with_options(items: &str, options: ServerOptions) -> TestServer {
        let sim = Sim::builder().outline(format!("drive mine profile=box\n{items}")).build().unwrap();
        TestServer { router: router_with(sim.clone(), options).unwrap(), sim }
    }

    /// Sends a request to a path or to an absolute URL. Fails if a response of Box does not match the schema of its
    /// operation.
    #[track_caller]
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
        let path = url.strip_prefix("http://host").unwrap_or(url);
        let mut request = Request::builder().method(method).uri(path).header("host", "host");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let answer = pollster::block_on(async {
            let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Response { status: parts.status.as_u16(), headers: parts.headers, body }
        });
        if box_responses::is_box_url(path) {
            let (status, headers, body) = (answer.status, &answer.headers, &*answer.body);
            box_responses::assert_valid(&box_responses::Exchange {
                method,
                url: path,
                status,
                headers,
                body,
            });
        }
        answer
    }

    pub fn get(&self, url: &str) -> Response {
        self.send("GET", url, &[], "")
    }

    pub fn post(&self, url: &str, body: &Value) -> Response {
        self.send("POST", url, &[("content-type", "application/json")], body.to_string())
    }

    pub fn options(&self, url: &str, body: &Value) -> Response {
        self.send("OPTIONS", url, &[("content-type", "application/json")], body.to_string())
    }

    /// Sends a multipart form with these parts, in order.
    pub fn send_form(&self, url: &str, headers: &[(&str, &str)], parts: &[Part<'_>]) -> Response {
        let kind = format!("multipart/form-data; boundary=\"{BOUNDARY}\"");
        let mut headers = headers.to_vec();
        headers.push(("content-type", &kind));
        self.send("POST", url, &headers, encode_form(parts))
    }

    /// Uploads a file into the root and returns its id.
    pub fn upload(&self, name: &str, content: &[u8]) -> String {
        let attributes = json!({ "name": name, "parent": { "id": "0" } }).to_string();
        let parts: [Part<'_>; 2] = [("attributes", attributes.as_bytes()), ("file", content)];
        self.send_form("/api/2.0/files/content", &[], &parts).expect_status(201).entry()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Uploads a new version of a file and returns the id of that version.
    pub fn upload_version(&self, file: &str, content: &[u8]) -> String {
        let answer = self.send_form(&format!("/api/2.0/files/{file}/content"), &[], &[("file", content)]);
        answer.expect_status(200).entry()["file_version"]["id"].as_str().unwrap().to_owned()
    }

    /// Returns the outline of the drive.
    pub fn outline(&self) -> String {
        self.sim.outline_of(self.sim.drive("mine").unwrap().at("/")).unwrap()
    }

    /// Returns a file as JSON.
    pub fn file(&self, id: &str) -> Value {
        self.get(&format!("/2.0/files/{id}")).expect_status(200).json()
    }
}

/// Encodes parts as a multipart body.
pub fn encode_form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in parts {
        let file = if *name == "attributes" { "" } else { "; filename=\"\"" };
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend([head.as_bytes(), *content, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

impl Response {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Returns the only file of the response to an upload.
    #[track_caller]
    pub fn entry(&self) -> Value {
        let body = self.json();
        assert_eq!((&body["total_count"], body["entries"].as_array().map(Vec::len)), (&json!(1), Some(1)));
        body["entries"][0].clone()
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    /// Asserts the status, and returns the response.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Response {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Asserts that the response is an error with this status and code, and returns its `context_info`.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str) -> Value {
        let error = self.expect_status(status).json();
        let actual = (&error["type"], &error["status"], &error["code"]);
        assert_eq!(actual, (&json!("error"), &json!(status), &json!(code)), "{error}");
        error["context_info"].clone()
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]);
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}

/// Returns the SHA-1 of bytes in hexadecimal digits.
pub fn sha1(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha1::digest(bytes))
}

/// Returns the SHA-1 of bytes as the `digest` header of a chunked upload.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha={}", data_encoding::BASE64.encode(&Sha1::digest(bytes)))
}
