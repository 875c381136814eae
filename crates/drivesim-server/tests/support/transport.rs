//! Sends requests to a server in two ways: directly to its router, and over a connection to its port.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response};
use drivesim::Sim;
use drivesim_server::Server;
use serde_json::Value;
use tower::ServiceExt;

use super::{box_responses, responses};

/// A response.
#[derive(Debug)]
pub struct ReceivedResponse {
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

impl ReceivedResponse {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Reads a response and checks it against the rules of its operation.
    fn of((method, url): (&Method, &str), head: &Response<()>, body: Vec<u8>) -> ReceivedResponse {
        let (status, headers) = (head.status().as_u16(), head.headers());
        let method = method.as_str();
        let body_bytes = &*body;
        if box_responses::is_box_url(url) {
            box_responses::assert_valid(&box_responses::Exchange {
                method,
                url,
                status,
                headers,
                body: body_bytes,
            });
        } else {
            responses::assert_valid(&responses::Exchange { method, url, status, headers, body: body_bytes });
        }
        let location = head.headers().get("location").map(|url| url.to_str().expect("an URL").to_owned());
        ReceivedResponse { status: head.status().as_u16(), location, body }
    }
}

/// A request.
#[derive(Debug)]
pub struct OutgoingRequest<'a> {
    pub method: Method,
    /// Path and query, or a whole URL from a response.
    pub url: &'a str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl OutgoingRequest<'_> {
    fn request<B>(self, base: &str, body: impl FnOnce(Vec<u8>) -> B) -> Request<B> {
        let url = if self.url.starts_with('/') { format!("{base}{}", self.url) } else { self.url.to_owned() };
        let mut request = Request::builder().method(self.method).uri(url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(body(self.body)).expect("a request")
    }
}

/// A way to send requests to a server of a simulator.
pub trait Transport {
    fn new(sim: Sim) -> Self;
    fn send(&self, asking: OutgoingRequest<'_>) -> ReceivedResponse;
}

/// Calls the router directly.
pub struct RouterTransport(Router);

impl Transport for RouterTransport {
    fn new(sim: Sim) -> RouterTransport {
        RouterTransport(drivesim_server::router(sim).expect("no two owners"))
    }

    fn send(&self, asking: OutgoingRequest<'_>) -> ReceivedResponse {
        let target = (asking.method.clone(), asking.url.to_owned());
        let request = asking.request("http://localhost", Body::from);
        pollster::block_on(async {
            let response = self.0.clone().oneshot(request).await.expect("a service that never fails");
            let (head, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
            ReceivedResponse::of((&target.0, &target.1), &Response::from_parts(head, ()), body)
        })
    }
}

/// Starts a server on a port and connects to it.
pub struct SocketTransport {
    server: Server,
    agent: ureq::Agent,
}

impl Transport for SocketTransport {
    fn new(sim: Sim) -> SocketTransport {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        SocketTransport { server: Server::start(sim).expect("a free port"), agent: agent.into() }
    }

    fn send(&self, asking: OutgoingRequest<'_>) -> ReceivedResponse {
        let target = (asking.method.clone(), asking.url.to_owned());
        let request = asking.request(&self.server.url(), |body| body);
        let response = self.agent.run(request).expect("a response");
        let (head, mut body) = response.into_parts();
        let body = body.with_config().limit(u64::MAX).read_to_vec().expect("a body");
        ReceivedResponse::of((&target.0, &target.1), &Response::from_parts(head, ()), body)
    }
}
