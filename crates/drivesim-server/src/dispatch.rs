//! The only place that says which dialect answers a request, and what is looked at before its body is read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::answer_room;
use crate::app::App;
use crate::aside::aside;
use crate::budget::{Part, Share};
use crate::call::Call;
use crate::connection::Connected;
use crate::control::journal::{Asked, Ticket, word_of};
use crate::control::messages::Messages;
use crate::control::{self, gate};
use crate::family::{self, Admitted, Ids, Refused};
use crate::gzip;
use crate::head::Head;
use crate::intake::{Taken, discard};
use crate::options::Strictness;
use crate::reply::{Reply, Unsent};

/// Answers a request that came through a router.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, None).await
}

/// Answers a request. Its body is read when it is known that somebody wants it, and how much of it.
pub(crate) async fn answer(app: Arc<App>, request: Request, connected: Option<Connected>) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head { parts, connected };
    if head.is_of_the_server() {
        return Box::pin(of_the_server(app, head, body)).await;
    }
    if head.is_of_the_admin_api() {
        // In boxes is what most requests need no room for.
        return Box::pin(at_the_side_door(app, head, body)).await;
    }
    let asking = Asking::of(&app, &head.parts);
    for_a_service(app, asking, head, body).await
}

/// The methods that the server knows.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Answers `OPTIONS *`, which belongs to no service: 204 with the methods.
async fn of_the_server(app: Arc<App>, mut head: Head, body: Body) -> Response {
    let (wait, call) = (head.wait(&app), head.call(&app));
    let headers = call.as_ref().map_or(&head.parts.headers, |call| &call.headers);
    let is_read = discard(body, headers, wait).await;
    let (reply, closes) = match call {
        Ok(_) => (Reply::empty(StatusCode::NO_CONTENT).with(header::ALLOW, METHODS), head.closes(is_read)),
        Err(bad) => (bad.fault().reply(), head.closes_after(bad, is_read)),
    };
    closing(reply, closes).into_response()
}

/// Says in an answer that the connection ends with it, if it does.
fn closing(reply: Reply, closes: bool) -> Reply {
    if closes { reply.with(header::CONNECTION, "close") } else { reply }
}

/// Answers a request of the side door.
async fn at_the_side_door(app: Arc<App>, mut unread: Head, body: Body) -> Response {
    let is_head = unread.parts.method == Method::HEAD;
    let finish = move |reply: Reply| {
        let reply = reply.with_its_type_only().with(header::CACHE_CONTROL, "no-store");
        if is_head { reply.without_body() } else { reply }.into_response()
    };
    let wait = unread.wait(&app);
    let mut call = match unread.call(&app) {
        Ok(call) => call,
        Err(bad) => {
            let is_read = discard(body, &unread.parts.headers, wait).await;
            return finish(closing(bad.fault().reply(), unread.closes_after(bad, is_read)));
        }
    };
    let uri = &unread.parts.uri;
    let route = gate::check(&app.options, &call, uri, unread.connected);
    let route = match route.and_then(|()| control::find(&call, uri.path())) {
        Ok(route) => route,
        Err(fault) => {
            let is_read = discard(body, &call.headers, wait).await;
            return finish(closing(fault.reply(), unread.closes(is_read)));
        }
    };
    let taken = match app.intake.take(body, route.most_bytes(&app.options.limits), wait).await {
        Ok(taken) => taken,
        Err(bad) => return finish(closing(bad.fault().reply(), unread.closes(false))),
    };
    let (is_long, reads, this) = (route.is_long(), call.method == Method::GET, app.clone());
    call.body = taken.bytes();
    let work = move || {
        let reply = route.answer(&app, &call);
        // Time may have been moved, and jobs have ended with it.
        app.count_ended_jobs();
        app.bound_forks();
        drop(taken);
        let reply = reply.counted(&app, call.method == Method::GET, call.answer_room().take());
        finish(reply.unwrap_or_else(|bad| bad.fault().reply()))
    };
    match is_long {
        true if reads => this.long_work.run(work).await.unwrap_or_else(stopping),
        true => aside(work).await.unwrap_or_else(stopping),
        false => work(),
    }
}

/// Answers a request in the dialect of a service and writes it into the journal.
async fn for_a_service(app: Arc<App>, mut asking: Asking, head: Head, body: Body) -> Response {
    match admit(&app, &mut asking, head, body).await {
        Err(refusal) => asking.finish(&app, Err(refusal), app.budget.share(Part::Answers)),
        Ok((mut call, admitted, taken)) => {
            if let Some(place) = admitted.awaited() {
                Box::pin(app.events.news(place, app.options.limits.max_long_poll)).await;
            }
            call.body = taken.bytes();
            call.go_below(admitted.prefix());
            if admitted.is_short(&call) {
                call.hurry();
                let outcome = drivesim::without_waiting(|| admitted.answer(&app, &call));
                if outcome.is_none() {
                    call.gives_up();
                }
                // Asked in any case: it also makes ready for the next answer.
                let begins_again = call.begins_again();
                if let Some(outcome) = outcome.filter(|_| !begins_again) {
                    asking.asked.ignored = call.take_ignored();
                    return asking.finish(&app, outcome, call.answer_room().take());
                }
            }
            // What is short was begun already and has to wait, and a change is answered in short.
            let is_short = admitted.is_short(&call) || call.method != Method::GET;
            let this = app.clone();
            let work = move || {
                let outcome = admitted.answer(&app, &call);
                app.bound_forks();
                drop(taken);
                asking.asked.ignored = call.take_ignored();
                asking.finish(&app, outcome, call.answer_room().take())
            };
            let done =
                if is_short { Box::pin(aside(work)).await } else { Box::pin(this.long_work.run(work)).await };
            done.unwrap_or_else(stopping)
        }
    }
}

/// Looks at the URL, the token and the length of a request and then takes its body.
async fn admit(
    app: &Arc<App>,
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
            let is_read = discard(body, &head.parts.headers, wait).await;
            asking.closes = head.closes_after(bad, is_read);
            return Err(bad.refused(path));
        }
    };
    asking.asked.path.clone_from(&call.path);
    let (call, admitted) = match drivesim::without_waiting(|| family::admit(app, &call)) {
        Some(admitted) => (call, admitted),
        None => {
            let (app, path) = (app.clone(), call.path.clone());
            let again = move || {
                let admitted = family::admit(&app, &call);
                (call, admitted)
            };
            let stopping =
                || family::unread(&path, StatusCode::SERVICE_UNAVAILABLE, "The server stops.".to_owned());
            Box::pin(aside(again)).await.ok_or_else(stopping)?
        }
    };
    // A deletion has nothing to show.
    let is_answered = call.method != Method::GET && call.method != Method::DELETE;
    let has_room = if is_answered { answer_room::check(app) } else { Ok(()) };
    let full = |full: Unsent| family::unread(&call.path, full.status(), full.message());
    let admitted = match admitted.and_then(|admitted| has_room.map(|()| admitted).map_err(full)) {
        Ok(admitted) => admitted,
        Err(refused) => {
            asking.closes = head.closes(discard(body, &call.headers, wait).await);
            return Err(refused);
        }
    };
    asking.asked.dialect = Some(admitted.dialect());
    let most = admitted.most_bytes(&app.options.limits);
    let taken = app.intake.take(body, most, wait).await;
    let taken = taken.map_err(|bad| {
        asking.closes = head.closes(false);
        family::unread(&call.path, bad.status(), bad.message())
    })?;
    app.journal.keep_body(&mut asking.messages.request, &taken.bytes());
    Ok((call, admitted, taken))
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
    /// Whether the connection ends with the answer.
    closes: bool,
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
        Asking { ticket, asked, messages, ids: Ids { request, client, takes_gzip }, closes: false }
    }

    /// Writes down how the request was answered, and puts the answer together.
    fn finish(mut self, app: &App, outcome: Result<Reply, Refused>, room: Share) -> Response {
        let is_read = self.asked.method == Method::GET.as_str();
        let counted = |reply: Reply, is_read: bool, room: Share| {
            let counted = reply.counted(app, is_read, room);
            counted.map_err(|bad| family::unread(&self.asked.path, bad.status(), bad.message()))
        };
        let no_room = room.sibling();
        let outcome = outcome.and_then(|reply| counted(reply, is_read, room));
        // A refusal has changed nothing: where there is no room for it, that is said in its place.
        let outcome = outcome.or_else(|refused| counted(refused.reply(app, &self.ids), true, no_room));
        let reply = outcome.unwrap_or_else(|full| full.reply(app, &self.ids));
        if reply.touched.is_some() {
            app.count_ended_jobs();
        }
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
        let reply = closing(family::finish(dialect, reply, self.ids), self.closes);
        app.journal.keep_headers(response, reply.headers());
        app.journal.record(self.ticket, self.asked, &reply, self.messages);
        if is_head { reply.without_body() } else { reply }.into_response()
    }
}
