//! Tests of the admin API, `/_drivesim/`, sent to the router without a port.

mod access;
mod description;
mod drives;
mod ignored_parts;
mod job_events;
mod jobs;
mod journal;
mod names;
mod request_guard;
mod server_state;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use drivesim::builder::SimBuilder;
use drivesim::{Pace, Sim};
use drivesim_server::{ServerOptions, router_with};
use serde_json::Value;
use tower::ServiceExt;

/// A server without a port.
#[derive(Clone)]
pub(crate) struct TestServer {
    router: Router,
}

/// A response.
pub(crate) struct TextResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl TextResponse {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    /// Returns the status, code and message of an error.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        assert_eq!(error.as_object().map(|error| error.len()), Some(2), "{}", self.text);
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        (self.status, text("code"), text("message"))
    }

    /// Returns the status and code of an error.
    #[track_caller]
    pub(crate) fn status_and_code(&self) -> (u16, String) {
        let (status, code, _) = self.error();
        (status, code)
    }
}

impl TestServer {
    pub(crate) fn from_builder(builder: SimBuilder) -> TestServer {
        TestServer::with(builder.build().unwrap(), ServerOptions::default())
    }

    pub(crate) fn with(sim: Sim, options: ServerOptions) -> TestServer {
        TestServer { router: router_with(sim, options).unwrap() }
    }

    pub(crate) fn send(&self, request: Request<Body>) -> TextResponse {
        TestServer::read(self.open(request))
    }

    /// Sends a request and returns the response before its body is read, which may be a long stream.
    pub(crate) fn open(&self, request: Request<Body>) -> Response {
        pollster::block_on(self.router.clone().oneshot(request)).unwrap()
    }

    /// Reads a response to its end.
    pub(crate) fn read(response: Response) -> TextResponse {
        pollster::block_on(async {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            TextResponse { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    /// Sends a request whose response may be binary.
    pub(crate) fn send_bytes(&self, request: Request<Body>) {
        pollster::block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        });
    }

    /// Sends a request to a route of the admin API.
    pub(crate) fn send_admin(&self, method: &str, route: &str, body: impl Into<Body>) -> TextResponse {
        self.send_json(method, &format!("/_drivesim/{route}"), body)
    }

    /// Sends a request to any path, as a client of Graph does.
    pub(crate) fn send_json(&self, method: &str, path: &str, body: impl Into<Body>) -> TextResponse {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap())
    }

    pub(crate) fn get(&self, route: &str) -> TextResponse {
        self.send_admin("GET", route, "")
    }

    pub(crate) fn post(&self, route: &str, body: &str) -> TextResponse {
        self.send_admin("POST", route, body.to_owned())
    }

    #[track_caller]
    pub(crate) fn assert_outline(&self, drive: &str, expected: &str) {
        assert_eq!(self.get(&format!("outline?drive={drive}")).text, expected);
    }

    /// Starts a copy as a client does and returns the path of its monitor.
    #[track_caller]
    pub(crate) fn copy(&self, path: &str, name: &str) -> String {
        let path = format!("/v1.0/me/drive/root:{path}:/copy");
        let response = self.send_json("POST", &path, format!("{{\"name\":{name:?}}}"));
        assert_eq!(response.status, 202, "{}", response.text);
        let url = response.headers["location"].to_str().unwrap().to_owned();
        url.strip_prefix("http://localhost").unwrap().to_owned()
    }
}

pub(crate) const MINE: &str = "drive mine profile=business owner=me\nDocs/\n  a.txt = \"hi\"\n";

/// Creates a server with one drive on which copies are held.
pub(crate) fn server_with_held_copies() -> TestServer {
    TestServer::from_builder(Sim::builder().pace(Pace::Held).outline(MINE))
}
