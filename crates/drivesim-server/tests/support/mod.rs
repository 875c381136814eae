//! Sends requests to the router without a port, and has what several tests need beside it.

pub(crate) mod box_responses;
pub(crate) mod replay;
pub(crate) mod responses;
pub(crate) mod transport;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use drivesim::Sim;
use drivesim_server::{ServerOptions, router_with};
use serde_json::Value;
use tower::ServiceExt;

/// A simulator and a server for it.
pub struct TestServer {
    pub sim: Sim,
    router: Router,
    is_checked: bool,
}

/// A response.
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestServer {
    /// Serves an outline.
    pub fn new(outline: &str) -> TestServer {
        TestServer::with(Sim::builder().outline(outline).build().unwrap(), ServerOptions::default())
    }

    /// Serves a simulator with options.
    pub fn with(sim: Sim, options: ServerOptions) -> TestServer {
        let router = router_with(sim.clone(), options).unwrap();
        TestServer { sim, router, is_checked: true }
    }

    /// Turns off the check of responses, for limits that truncate them.
    pub fn unchecked(self) -> TestServer {
        TestServer { is_checked: false, ..self }
    }

    /// Sends a request. An absolute URL is reduced to the part after its host. The response is checked against the
    /// rules of its operation.
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
        let path = url.strip_prefix("http://host").unwrap_or(url);
        let mut request = Request::builder().method(method).uri(path).header("host", "host");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send_request(request.body(body.into()).unwrap())
    }

    /// Sends a request unchanged.
    pub fn send_request(&self, request: Request<Body>) -> Response {
        let (method, url) = (request.method().to_string(), request.uri().to_string());
        let response = pollster::block_on(async {
            let raw = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = raw.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Response { status: parts.status, headers: parts.headers, body }
        });
        let (status, headers, body) = (response.status.as_u16(), &response.headers, &*response.body);
        if !self.is_checked || url.starts_with("/_drivesim/") {
            return response;
        }
        responses::assert_valid(&responses::Exchange { method: &method, url: &url, status, headers, body });
        response
    }

    /// Sends a GET request.
    pub fn get(&self, url: &str) -> Response {
        self.send("GET", url, &[], Body::empty())
    }

    /// Sends a GET request with a header.
    pub fn get_with(&self, url: &str, header: (&str, &str)) -> Response {
        self.send("GET", url, &[header], Body::empty())
    }

    /// Sends bytes.
    pub fn put(&self, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
        self.send("PUT", url, headers, body)
    }

    /// Sends JSON.
    pub fn post(&self, url: &str, body: &Value) -> Response {
        self.send("POST", url, &[("content-type", "application/json")], body.to_string())
    }
}

impl Response {
    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Returns a header, which must be present.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    /// Asserts the status and returns the response.
    #[track_caller]
    pub fn expect(self, status: u16) -> Response {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Asserts that the request failed with this status and code, and with this inner code unless it is empty.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str, inner: &str) {
        let error = self.expect(status).json()["error"].clone();
        let inner_error = error.get("innerError").or(error.get("innererror"));
        let inner_code = inner_error.and_then(|error| error["code"].as_str()).unwrap_or_default();
        assert_eq!((error["code"].as_str(), inner_code), (Some(code), inner), "{error}");
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]);
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}
