//! The only place that says which dialect answers a request, and what is looked at before its body is read.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::aside::aside;
use crate::call::Call;
use crate::connection::Connected;
use crate::control;
use crate::control::fault::Fault;
use crate::control::journal::{Asked, Ticket, word_of};
use crate::control::messages::Messages;
use crate::family::{self, Admitted, Ids, Refused};
use crate::gzip;
use crate::intake::{Taken, discard};
use crate::options::Strictness;
use crate::reply::Reply;

/// Answers a request that came through a router.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, None).await
}

/// Answers a request. Its body is read when it is known that somebody wants it, and how much of it.
pub(crate) async fn answer(app: Arc<App>, request: Request, connected: Option<Connected>) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head { parts, connected };
    if control::is_here(head.parts.uri.path()) {
        // In boxes is what most requests need no room for.
        return Box::pin(at_the_side_door(app, head, body)).await;
    }
    let asking = Asking::of(&app, &head.parts);
    for_a_service(app, asking, head, body).await
}

/// Answers a request of the side door.
async fn at_the_side_door(app: Arc<App>, mut unread: Head, body: Body) -> Response {
    let is_head = unread.parts.method == Method::HEAD;
    let finish = move |reply: Reply| {
        let reply = reply.with(header::CACHE_CONTROL, "no-store");
        if is_head { reply.without_body() } else { reply }.into_response()
    };
    let wait = unread.wait(&app);
    let mut call = match unread.call(&app) {
        Ok(call) => call,
        Err(bad) => {
            discard(body, &unread.parts.headers, wait).await;
            return finish(bad.fault().reply());
        }
    };
    let route = match control::find(&call) {
        Ok(route) => route,
        Err(fault) => {
            discard(body, &call.headers, wait).await;
            return finish(fault.reply());
        }
    };
    let taken = match app.intake.take(body, route.most_bytes(&app.options.limits), wait).await {
        Ok(taken) => taken,
        Err(bad) => return finish(bad.fault().reply()),
    };
    let is_long = route.is_long();
    call.body = taken.bytes();
    let work = move || {
        let reply = route.answer(&app, &call);
        app.snapshots.bound(&app.sim);
        drop(taken);
        finish(reply)
    };
    if is_long { aside(work).await.unwrap_or_else(stopping) } else { work() }
}

/// Answers a request in the dialect of a service and writes it into the journal.
async fn for_a_service(app: Arc<App>, mut asking: Asking, head: Head, body: Body) -> Response {
    match admit(&app, &mut asking, head, body).await {
        Err(refusal) => asking.finish(&app, Err(refusal)),
        Ok((mut call, admitted, taken)) => {
            if let Some(place) = admitted.awaited() {
                Box::pin(app.events.news(place, app.options.limits.max_long_poll)).await;
            }
            call.body = taken.bytes();
            call.go_below(admitted.prefix());
            if admitted.is_short(&call) {
                call.hurry();
                let outcome = admitted.answer(&app, &call);
                if !call.begins_again() {
                    app.snapshots.bound(&app.sim);
                    asking.asked.ignored = call.take_ignored();
                    return asking.finish(&app, outcome);
                }
            }
            let work = move || {
                let outcome = admitted.answer(&app, &call);
                app.snapshots.bound(&app.sim);
                drop(taken);
                asking.asked.ignored = call.take_ignored();
                asking.finish(&app, outcome)
            };
            Box::pin(aside(work)).await.unwrap_or_else(stopping)
        }
    }
}

/// Looks at the URL, the token and the length of a request and then takes its body.
async fn admit(
    app: &App,
    asking: &mut Asking,
    mut head: Head,
    body: Body,
) -> Result<(Call, Admitted, Taken), Refused> {
    let wait = head.wait(app);
    let call = match head.call(app) {
        Ok(mut call) => {
            if app.options.strict == Strictness::All {
                call.refuse_ignored();
            }
            call
        }
        Err(bad) => {
            let path = head.parts.uri.path();
            asking.asked.path = path.to_owned();
            discard(body, &head.parts.headers, wait).await;
            return Err(bad.refused(path));
        }
    };
    asking.asked.path.clone_from(&call.path);
    let admitted = match family::admit(app, &call) {
        Ok(admitted) => admitted,
        Err(refused) => {
            discard(body, &call.headers, wait).await;
            return Err(refused);
        }
    };
    asking.asked.dialect = Some(admitted.dialect());
    let most = admitted.most_bytes(&app.options.limits);
    let taken = app.intake.take(body, most, wait).await;
    let taken = taken.map_err(|bad| family::unread(&call.path, bad.status(), bad.message()))?;
    app.journal.keep_body(&mut asking.messages.request, &taken.bytes());
    Ok((call, admitted, taken))
}

/// The head of a request, and the connection that it came by.
struct Head {
    parts: Parts,
    connected: Option<Connected>,
}

impl Head {
    /// Returns how long nothing may come of a body. A router without a port has no clock of its own for that.
    fn wait(&self, app: &App) -> Option<Duration> {
        self.connected.map(|_| app.options.limits.max_body_wait)
    }

    /// Reads it, and takes its headers if it can be read. HEAD is answered as GET is, without the body (RFC 9110, 9.3.2).
    /// That HEAD is answered wherever GET is, also at a monitor, where it counts as a look at the job, is *assumed* of the
    /// services (no option: no other reading is known). That a URL that is too long is refused with 414 is *assumed*
    /// (no option: limit of drivesim).
    fn call(&mut self, app: &App) -> Result<Call, BadHead> {
        let most = app.options.limits.max_url;
        if self.parts.uri.path_and_query().map_or(0, |text| text.as_str().len()) > most {
            return Err(BadHead::TooLong(most));
        }
        let local = self.connected.and_then(|connected| connected.local);
        let call = Call::head(&mut self.parts, app.options.public_url.as_deref(), local);
        let mut call = call.map_err(|_| BadHead::NotText)?;
        if call.method == Method::HEAD {
            call.method = Method::GET;
        }
        Ok(call)
    }
}

/// Answers where the server is stopped before the work was begun.
fn stopping() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// A request to a service while it is answered.
struct Asking {
    ticket: Ticket,
    asked: Asked,
    messages: Messages,
    ids: Ids,
}

impl Asking {
    /// Reads what can be told of a request before anything is known of it.
    fn of(app: &App, parts: &Parts) -> Asking {
        let ticket = app.journal.begin();
        let request = ticket.request_id();
        let client = parts.headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let asked = Asked {
            method: word_of(&parts.method),
            path: String::new(),
            query: parts.uri.query().map(str::to_owned),
            dialect: None,
            at: app.sim.now(),
            ignored: Vec::new(),
        };
        let mut messages = Messages::default();
        app.journal.keep_headers(&mut messages.request, &parts.headers);
        let (client, takes_gzip) = (client.map(str::to_owned), gzip::is_asked(&parts.headers));
        Asking { ticket, asked, messages, ids: Ids { request, client, takes_gzip } }
    }

    /// Writes down how the request was answered, and puts the answer together.
    fn finish(mut self, app: &App, outcome: Result<Reply, Refused>) -> Response {
        let reply = outcome.unwrap_or_else(|refused| refused.reply(app, &self.ids));
        let (method, path, status) = (&self.asked.method, &self.asked.path, reply.status.as_u16());
        tracing::info!(%method, path, status, "answered");
        let dialect = self.asked.dialect.or_else(|| family::dialect(path));
        self.asked.dialect = dialect;
        let response = &mut self.messages.response;
        let is_head = self.asked.method == Method::HEAD.as_str();
        // Of an answer to HEAD no body is sent.
        if !is_head {
            app.journal.keep_body_of(response, &reply);
        }
        let reply = family::finish(dialect, reply, self.ids);
        app.journal.keep_headers(response, reply.headers());
        app.journal.record(self.ticket, self.asked, &reply, self.messages);
        if is_head { reply.without_body() } else { reply }.into_response()
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
            BadHead::NotText => "The URL is not percent-encoded UTF-8, or has a zero byte.".to_owned(),
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
