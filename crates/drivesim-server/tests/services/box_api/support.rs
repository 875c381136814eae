//! Sends requests of tests to the router of Box without a port. Checks every response against the published schema.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use drivesim::Sim;
use drivesim_server::{ServerOptions, router_with};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::box_responses;

/// A simulator with a drive of Box, and the router that serves it.
pub struct TestServer {
    pub sim: Sim,
    router: Router,
}

/// A response.
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestServer {
    /// Serves an outline as a drive of Box, with a manual clock.
    pub fn new(outline: &str) -> TestServer {
        TestServer::with_drive_line("drive box profile=box", outline)
    }

    /// Serves an outline below the given drive line, which sets the options of the drive.
    pub fn with_drive_line(line: &str, outline: &str) -> TestServer {
        let outline = format!("{line}\n{outline}");
        TestServer::with_options(Sim::builder().outline(outline).build().unwrap(), ServerOptions::default())
    }

    /// Serves a simulator with options of the server.
    pub fn with_options(sim: Sim, options: ServerOptions) -> TestServer {
        let router = router_with(sim.clone(), options).unwrap();
        TestServer { sim, router }
    }

    /// Sends a request. A path without a known prefix is below `/2.0`. Fails if the response does not match the schema
    /// of its operation.
    #[track_caller]
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
        let path = url.strip_prefix("http://host").unwrap_or(url);
        let is_whole = ["/2.0", "/api/", "/oauth2/", "/_drivesim/"].iter().any(|head| path.starts_with(head));
        let path = if is_whole { path.to_owned() } else { format!("/2.0{path}") };
        let mut request = Request::builder().method(method).uri(&path).header("host", "host");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let answer = pollster::block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Response { status: parts.status, headers: parts.headers, body }
        });
        if !path.starts_with("/_drivesim/") {
            let (status, headers, body) = (answer.status.as_u16(), &answer.headers, &*answer.body);
            box_responses::assert_valid(&box_responses::Exchange {
                method,
                url: &path,
                status,
                headers,
                body,
            });
        }
        answer
    }

    /// Sends a GET request.
    #[track_caller]
    pub fn get(&self, url: &str) -> Response {
        self.send("GET", url, &[], Body::empty())
    }

    /// Sends a GET request with a header.
    #[track_caller]
    pub fn get_with(&self, url: &str, header: (&str, &str)) -> Response {
        self.send("GET", url, &[header], Body::empty())
    }

    /// Sends a POST request with JSON.
    #[track_caller]
    pub fn post(&self, url: &str, body: &Value) -> Response {
        self.send_json("POST", url, &[], body)
    }

    /// Sends a PUT request with JSON.
    #[track_caller]
    pub fn put(&self, url: &str, body: &Value) -> Response {
        self.send_json("PUT", url, &[], body)
    }

    /// Sends an OPTIONS request with JSON.
    #[track_caller]
    pub fn options(&self, url: &str, body: &Value) -> Response {
        self.send_json("OPTIONS", url, &[], body)
    }

    /// Sends a DELETE request.
    #[track_caller]
    pub fn delete(&self, url: &str) -> Response {
        self.send("DELETE", url, &[], Body::empty())
    }

    /// Sends a request with headers and JSON.
    #[track_caller]
    pub fn send_json(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(method, url, &headers, body.to_string())
    }

    /// Uploads a file or a new version, with its attributes.
    #[track_caller]
    pub fn upload(&self, url: &str, attributes: &Value, content: &str) -> Response {
        self.upload_text(url, &attributes.to_string(), content)
    }

    /// Uploads a file with attributes that may be invalid JSON.
    #[track_caller]
    pub fn upload_text(&self, url: &str, attributes: &str, content: &str) -> Response {
        let body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"attributes\"\r\n\r\n{attributes}\r\n--x\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{content}\r\n--x--\r\n"
        );
        self.send("POST", url, &[("content-type", "multipart/form-data; boundary=x")], body)
    }

    /// Returns the wire id of the item at a path, from listings as a client would read them.
    #[track_caller]
    pub fn id(&self, path: &str) -> String {
        let mut id = "0".to_owned();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let listed = self.get(&format!("/folders/{id}/items?limit=1000")).expect_status(200).json();
            let found = listed["entries"].as_array().unwrap().iter().find(|entry| entry["name"] == name);
            let found = found.unwrap_or_else(|| panic!("no {name} of {path} in {listed}"));
            id = found["id"].as_str().unwrap().to_owned();
        }
        id
    }

    /// Asserts that the drive contains exactly these items.
    #[track_caller]
    pub fn assert_outline(&self, outline: &str) {
        assert_eq!(self.sim.outline_of("/").unwrap(), outline);
    }
}

impl Response {
    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Returns a header. Fails if it is missing.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    /// Asserts the status, and returns the response.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Response {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Asserts that the response is an error with this status and code, and returns it.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str) -> Value {
        let error = self.expect_status(status).json();
        assert_eq!(error["code"], code, "{error}");
        error
    }

    /// Asserts that the response is an error of a parameter: `missing_parameter` or `invalid_parameter`.
    #[track_caller]
    pub fn expect_parameter_error(self, reason: &str, name: &str) -> Value {
        let error = self.expect_error(400, "bad_request");
        let first = &error["context_info"]["errors"][0];
        assert_eq!((&first["reason"], &first["name"]), (&json!(reason), &json!(name)), "{error}");
        error
    }

    /// Returns the names of the entries, in order.
    #[track_caller]
    pub fn names(&self) -> Vec<String> {
        let body = self.json();
        let entries = body["entries"].as_array().unwrap_or_else(|| panic!("no entries: {self:?}"));
        entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]);
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}
