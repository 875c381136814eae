//! The only place that says which dialect answers a request, and what is looked at before its body is read.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::aside::aside;
use crate::call::Call;
use crate::connection::Connected;
use crate::control;
use crate::control::fault::Fault;
use crate::control::journal::{Asked, Ticket};
use crate::family::{self, Admitted, Ids, Refused};
use crate::intake::{Taken, discard};
use crate::reply::Reply;

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
            if let Some(place) = admitted.awaited(&app, &call) {
                app.events.news(place, app.options.limits.max_long_poll).await;
            }
            let is_short = admitted.is_short(&app, &call);
            let work = move || {
                let call = call.with_body(taken.bytes());
                asking.finish(&app, admitted.answer(&app, call))
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
) -> Result<(Call, Admitted, Taken), Refused> {
    let wait = wait(app, &parts);
    let call = head(app, &parts).map_err(|bad| bad.refused(parts.uri.path()));
    let admitted = call.and_then(|call| {
        asking.asked.path.clone_from(&call.path);
        family::admit(app, &call).map(|admitted| (call, admitted))
    });
    let (call, admitted) = match admitted {
        Ok(admitted) => admitted,
        Err(refused) => {
            discard(body, &parts.headers, wait).await;
            return Err(refused);
        }
    };
    let most = admitted.most_bytes(&app.options.limits);
    let taken = app.intake.take(body, most, wait).await;
    let taken = taken.map_err(|bad| family::unread(&call.path, bad.status(), bad.message()))?;
    Ok((call, admitted, taken))
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
    ids: Ids,
}

impl Asking {
    /// Reads what can be told of a request before anything is known of it.
    fn of(app: &App, parts: &Parts) -> Asking {
        let ticket = app.journal.begin();
        let request = ticket.request_id().to_string();
        let client = parts.headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let client = client.map_or_else(|| request.clone(), str::to_owned);
        let asked = Asked {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            dialect: None,
            at: app.sim.now(),
        };
        Asking { ticket, asked, ids: Ids { request, client } }
    }

    /// Writes down how the request was answered, and puts the answer together.
    fn finish(mut self, app: &App, outcome: Result<Reply, Refused>) -> Response {
        self.asked.dialect = family::dialect(&self.asked.path);
        let reply = outcome.unwrap_or_else(|refused| refused.reply(app, &self.ids));
        let (method, path, status) = (&self.asked.method, &self.asked.path, reply.status.as_u16());
        tracing::info!(method, path, status, "answered");
        let path = self.asked.path.clone();
        app.journal.record(self.ticket, self.asked, &reply);
        family::finished(&path, reply, self.ids).into_response()
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

    fn refused(self, path: &str) -> Refused {
        match self {
            BadHead::TooLong(_) => family::unread(path, self.status(), self.message()),
            BadHead::NotText => family::bad_url(path, self.message()),
        }
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
