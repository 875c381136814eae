//! The only place that says which dialect answers a request, and what is looked at before its body is read.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::aside::aside;
use crate::call::Call;
use crate::connection::Connected;
use crate::control::fault::Fault;
use crate::control::journal::{Asked, Ticket};
use crate::graph::refusal::Refusal;
use crate::intake::{Taken, discard};
use crate::reply::Reply;
use crate::{control, graph};

/// Answers a request. Its body is read when it is known that somebody wants it, and how much of it.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if control::is_here(parts.uri.path()) {
        return at_the_side_door(app, parts, body).await;
    }
    let asking = Asking::of(&app, &parts);
    answer(app, asking, parts, body).await
}

/// Answers a request of the side door.
async fn at_the_side_door(app: Arc<App>, parts: Parts, body: Body) -> Response {
    let finish = |reply: Reply| reply.with(header::CACHE_CONTROL, "no-store").into_response();
    let wait = wait(&app, &parts);
    let head = head(&app, &parts).map_err(BadHead::fault);
    let (call, route) = match head.and_then(|call| control::find(&call).map(|route| (call, route))) {
        Ok(found) => found,
        Err(fault) => {
            discard(body, &parts.headers, wait).await;
            return finish(fault.reply());
        }
    };
    let taken = match app.intake.take(body, route.most_bytes(&app.options.limits), wait).await {
        Ok(taken) => taken,
        Err(bad) => return finish(bad.fault().reply()),
    };
    let is_long = route.is_long();
    let work = move || {
        let call = call.with_body(taken.bytes());
        finish(route.answer(&app, &call))
    };
    if is_long { aside(work).await.unwrap_or_else(stopping) } else { work() }
}

/// Answers a request in the dialect of a service and writes it into the journal.
async fn answer(app: Arc<App>, mut asking: Asking, parts: Parts, body: Body) -> Response {
    match admit(&app, &mut asking, parts, body).await {
        Err(refusal) => asking.finish(&app, Err(refusal)),
        Ok((call, admitted, taken)) => {
            let is_short = admitted.is_short(&app, &call);
            let work = move || {
                let call = call.with_body(taken.bytes());
                asking.finish(&app, graph::answer(&app, call, &admitted))
            };
            if is_short { work() } else { aside(work).await.unwrap_or_else(stopping) }
        }
    }
}

/// Looks at the URL, the token and the length of a request and then takes its body.
async fn admit(
    app: &App,
    asking: &mut Asking,
    parts: Parts,
    body: Body,
) -> Result<(Call, graph::Admitted, Taken), Refusal> {
    let is_direct = graph::is_direct(parts.uri.path());
    let wait = wait(app, &parts);
    let call = head(app, &parts).map_err(|bad| bad.refusal().direct(is_direct));
    let admitted = call.and_then(|call| {
        asking.asked.path.clone_from(&call.path);
        graph::admit(app, &call).map(|admitted| (call, admitted))
    });
    let (call, admitted) = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => {
            discard(body, &parts.headers, wait).await;
            return Err(refusal);
        }
    };
    let most = admitted.most_bytes(&app.options.limits);
    let is_direct = graph::is_direct(&call.path);
    let taken = app.intake.take(body, most, wait).await;
    Ok((call, admitted, taken.map_err(|bad| bad.refusal().direct(is_direct))?))
}

/// Returns how long nothing may come of a body. A router without a port has no clock of its own for that.
fn wait(app: &App, parts: &Parts) -> Option<Duration> {
    parts.extensions.get::<Connected>().map(|_| app.options.limits.max_body_wait)
}

/// Answers where the server is stopped before the work was begun.
fn stopping() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// A request to a service while it is answered.
struct Asking {
    ticket: Ticket,
    asked: Asked,
    request_id: String,
    client_id: String,
}

impl Asking {
    /// Reads what can be told of a request before anything is known of it.
    fn of(app: &App, parts: &Parts) -> Asking {
        let ticket = app.journal.begin();
        let request_id = ticket.request_id().to_string();
        let client_id = parts.headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let client_id = client_id.map_or_else(|| request_id.clone(), str::to_owned);
        let asked = Asked {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            dialect: None,
            at: app.sim.now(),
        };
        Asking { ticket, asked, request_id, client_id }
    }

    /// Writes down how the request was answered, and puts the answer together.
    fn finish(mut self, app: &App, outcome: Result<Reply, Refusal>) -> Response {
        self.asked.dialect = graph::dialect(&self.asked.path);
        let reply = outcome.unwrap_or_else(|refusal| refusal.reply(app, &self.request_id, &self.client_id));
        let (method, path, status) = (&self.asked.method, &self.asked.path, reply.status.as_u16());
        tracing::info!(method, path, status, "answered");
        app.journal.record(self.ticket, self.asked, &reply);
        let reply = reply
            .with(HeaderName::from_static("request-id"), self.request_id)
            .with(HeaderName::from_static("client-request-id"), self.client_id)
            .with(header::CACHE_CONTROL, "private");
        reply.into_response()
    }
}

/// Says why the head of a request could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BadHead {
    /// The URL is longer than this.
    TooLong(usize),
    NotText,
}

impl BadHead {
    fn status(self) -> StatusCode {
        match self {
            BadHead::TooLong(_) => StatusCode::URI_TOO_LONG,
            BadHead::NotText => StatusCode::BAD_REQUEST,
        }
    }

    fn message(self) -> String {
        match self {
            BadHead::TooLong(most) => format!("The URL is longer than {most} bytes."),
            BadHead::NotText => "The URL is not percent-encoded UTF-8.".to_owned(),
        }
    }

    fn refusal(self) -> Refusal {
        let refusal = Refusal::new(self.status(), "invalidRequest", self.message());
        if self == BadHead::NotText { refusal.inner("invalidPath") } else { refusal }
    }

    fn fault(self) -> Fault {
        Fault::new(self.status(), "unreadable", self.message())
    }
}

/// Reads the head of a request. That a URL that is too long is refused with 414 is *assumed*.
fn head(app: &App, parts: &Parts) -> Result<Call, BadHead> {
    let most = app.options.limits.max_url;
    if parts.uri.path_and_query().map_or(0, |text| text.as_str().len()) > most {
        return Err(BadHead::TooLong(most));
    }
    Call::head(parts, app.options.public_url.as_deref()).map_err(|_| BadHead::NotText)
}
