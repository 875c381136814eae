//! The only place that says which dialect answers a request, and that reads it within the limits.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::call::Call;
use crate::control::fault::Fault;
use crate::control::journal::Asked;
use crate::graph::refusal::Refusal;
use crate::reply::Reply;
use crate::{control, graph};

/// Answers a request.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    if control::is_here(request.uri().path()) {
        let call = read(&app, request).await;
        let reply = call.map_or_else(|bad| bad.fault().reply(), |call| control::answer(&app, &call));
        return reply.with(header::CACHE_CONTROL, "no-store").into_response();
    }
    answer(&app, request).await.into_response()
}

/// Answers a request in the dialect of a service and writes it into the journal.
async fn answer(app: &App, request: Request) -> Reply {
    let ticket = app.journal.begin();
    let request_id = ticket.request_id().to_string();
    let client_id = request.headers().get("client-request-id").and_then(|id| id.to_str().ok());
    let client_id = client_id.map_or_else(|| request_id.clone(), str::to_owned);
    let mut asked = asked(app, &request);
    let is_direct = graph::is_direct(&asked.path);
    let reply = match read(app, request).await {
        Ok(call) => {
            asked.path.clone_from(&call.path);
            graph::answer(app, call)
        }
        Err(bad) => Err(bad.refusal().direct(is_direct)),
    };
    asked.dialect = graph::dialect(&asked.path);
    let reply = reply.unwrap_or_else(|refusal| refusal.reply(app, &request_id, &client_id));
    tracing::info!(method = asked.method, path = asked.path, status = reply.status.as_u16(), "answered");
    app.journal.record(ticket, asked, &reply);
    reply
        .with(HeaderName::from_static("request-id"), request_id)
        .with(HeaderName::from_static("client-request-id"), client_id)
        .with(header::CACHE_CONTROL, "private")
}

/// Returns what can be told of a request before it is read.
fn asked(app: &App, request: &Request) -> Asked {
    Asked {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        dialect: None,
        at: app.sim.now(),
    }
}

/// Says why a request could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unreadable {
    status: StatusCode,
    message: String,
}

impl Unreadable {
    fn refusal(self) -> Refusal {
        let is_url = self.status == StatusCode::BAD_REQUEST;
        let refusal = Refusal::new(self.status, "invalidRequest", self.message);
        if is_url { refusal.inner("invalidPath") } else { refusal }
    }

    fn fault(self) -> Fault {
        Fault::new(self.status, "unreadable", self.message)
    }
}

/// Reads a request whole. That a URL that is too long is refused with 414 and a body with 413 is *assumed*.
async fn read(app: &App, request: Request) -> Result<Call, Unreadable> {
    let (parts, body) = request.into_parts();
    let limits = &app.options.limits;
    let url_len = parts.uri.path_and_query().map_or(0, |text| text.as_str().len());
    if url_len > limits.max_url {
        let message = format!("The URL is longer than {} bytes.", limits.max_url);
        return Err(Unreadable { status: StatusCode::URI_TOO_LONG, message });
    }
    let is_upload = parts.method == axum::http::Method::PUT;
    let most = if is_upload { limits.max_upload } else { limits.max_json };
    let body = to_bytes(body, most).await.map_err(|_| {
        let message = format!("The body could not be read, or it is longer than {most} bytes.");
        Unreadable { status: StatusCode::PAYLOAD_TOO_LARGE, message }
    })?;
    let public_url = app.options.public_url.as_deref();
    Call::new((parts.method, &parts.uri, parts.headers), body, public_url).map_err(|_| {
        let message = "The URL is not percent-encoded UTF-8.".to_owned();
        Unreadable { status: StatusCode::BAD_REQUEST, message }
    })
}
