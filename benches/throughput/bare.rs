//! Serves the route that everything is measured against: it returns a constant body.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::runtime::Runtime;

/// A server with one route. It stops when this is dropped.
pub struct BareServer {
    address: SocketAddr,
    _runtime: Runtime,
}

impl BareServer {
    /// Starts a server whose response has `n_bytes` bytes.
    pub fn start(n_bytes: usize) -> Result<BareServer> {
        let body = axum::body::Bytes::from(vec![b'x'; n_bytes]);
        let respond = move || {
            let body = body.clone();
            async move { ([(header::CONTENT_TYPE, "application/json")], body) }
        };
        let router: Router = Router::new().route("/", get(respond));
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).context("a port")?;
        let address = listener.local_addr()?;
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(BareServer { address, _runtime: runtime })
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}
