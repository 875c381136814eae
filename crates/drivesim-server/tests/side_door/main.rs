//! What a test in any language can do at the side door, `/_drivesim/`, asked of the router directly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod access;
mod description;
mod drives;
mod gate;
mod ignored;
mod job_events;
mod jobs;
mod journal;
mod names;
mod state;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use drivesim::{Pace, Sim, SimBuilder};
use drivesim_server::{ServerOptions, router_with};
use serde_json::Value;
use tower::ServiceExt;

/// A server that is called without a port.
#[derive(Clone)]
pub(crate) struct Server {
    router: Router,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    /// Returns status, code and message of a refusal.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        assert_eq!(error.as_object().map(|error| error.len()), Some(2), "{}", self.text);
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        (self.status, text("code"), text("message"))
    }

    /// Returns status and code of a refusal.
    #[track_caller]
    pub(crate) fn code(&self) -> (u16, String) {
        let (status, code, _) = self.refusal();
        (status, code)
    }
}

impl Server {
    pub(crate) fn of(builder: SimBuilder) -> Server {
        Server::with(builder.build().unwrap(), ServerOptions::default())
    }

    pub(crate) fn with(sim: Sim, options: ServerOptions) -> Server {
        Server { router: router_with(sim, options).unwrap() }
    }

    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        Server::read(self.open(request))
    }

    /// Sends a request and returns the beginning of its answer, which may go on for long.
    pub(crate) fn open(&self, request: Request<Body>) -> Response {
        pollster::block_on(self.router.clone().oneshot(request)).unwrap()
    }

    /// Reads an answer to its end.
    pub(crate) fn read(response: Response) -> Answer {
        pollster::block_on(async {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    /// Sends a request whose answer need not be text.
    pub(crate) fn send_bytes(&self, request: Request<Body>) {
        pollster::block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        });
    }

    /// Calls a route of the side door.
    pub(crate) fn call(&self, method: &str, route: &str, body: impl Into<Body>) -> Answer {
        self.wire(method, &format!("/_drivesim/{route}"), body)
    }

    /// Calls any path, as a client of Graph does.
    pub(crate) fn wire(&self, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap())
    }

    pub(crate) fn get(&self, route: &str) -> Answer {
        self.call("GET", route, "")
    }

    pub(crate) fn post(&self, route: &str, body: &str) -> Answer {
        self.call("POST", route, body.to_owned())
    }

    #[track_caller]
    pub(crate) fn assert_outline(&self, drive: &str, expected: &str) {
        assert_eq!(self.get(&format!("outline?drive={drive}")).text, expected);
    }

    /// Asks for a copy as a client does; returns the path of its monitor.
    #[track_caller]
    pub(crate) fn copy(&self, path: &str, name: &str) -> String {
        let path = format!("/v1.0/me/drive/root:{path}:/copy");
        let answer = self.wire("POST", &path, format!("{{\"name\":{name:?}}}"));
        assert_eq!(answer.status, 202, "{}", answer.text);
        let url = answer.headers["location"].to_str().unwrap().to_owned();
        url.strip_prefix("http://localhost").unwrap().to_owned()
    }
}

pub(crate) const MINE: &str = "drive mine profile=business owner=me\nDocs/\n  a.txt = \"hi\"\n";

/// A server with one drive in which copies are held.
pub(crate) fn held() -> Server {
    Server::of(Sim::builder().pace(Pace::Held).outline(MINE))
}
