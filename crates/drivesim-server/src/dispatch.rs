//! Routes a request to its service or to the admin API, and reads its body when the route is known.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::admin::error::AdminError;
use crate::admin::{self, gate};
use crate::head::RequestHead;
use crate::http::body_limiter::{BufferedBody, discard};
use crate::http::connection_info::ConnectionInfo;
use crate::http::gzip;
use crate::http::inline_budget::OverInlineBudget;
use crate::http::offload::offload;
use crate::http::request::ApiRequest;
use crate::http::response::{ApiResponse, ResponseError};
use crate::http::response_budget;
use crate::limits::budget::{BudgetPart, Permit};
use crate::service::{self, Rejection, RequestIds, RoutedRequest};
use crate::state::app::App;
use crate::state::journal::messages::Messages;
use crate::state::journal::{RequestLine, RequestNumber, method_name};
use crate::state::options::Strictness;

/// Handles a request that came through a router.
pub(crate) async fn handle_routed(State(app): State<Arc<App>>, request: Request) -> Response {
    handle(app, request, None).await
}

/// Handles a request. Its body is read when the route is known, which bounds its length.
pub(crate) async fn handle(app: Arc<App>, request: Request, connected: Option<ConnectionInfo>) -> Response {
    let (parts, body) = request.into_parts();
    let head = RequestHead { parts, connection: connected };
    if head.is_for_server() {
        return Box::pin(respond_for_server(app, head, body)).await;
    }
    if head.is_for_admin_api() {
        // Boxed, so that most requests need no memory for it.
        return Box::pin(handle_admin(app, head, body)).await;
    }
    let exchange = Exchange::of(&app, &head.parts);
    handle_service(app, exchange, head, body).await
}

/// The methods that the server supports.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Responds to `OPTIONS *`, which belongs to no service: 204 with the methods.
async fn respond_for_server(app: Arc<App>, mut head: RequestHead, body: Body) -> Response {
    let (wait, request) = (head.body_wait(&app), head.take_request(&app));
    let headers = request.as_ref().map_or(&head.parts.headers, |request| &request.headers);
    let is_read = discard(body, headers, wait).await;
    let (response, closes) = match request {
        Ok(_) => (
            ApiResponse::empty(StatusCode::NO_CONTENT).with_header(header::ALLOW, METHODS),
            head.closes(is_read),
        ),
        Err(bad) => (bad.to_admin_error().to_response(), head.closes_after(bad, is_read)),
    };
    closing(response, closes).into_response()
}

/// Adds `Connection: close` if the connection ends with the response.
fn closing(response: ApiResponse, closes: bool) -> ApiResponse {
    if closes { response.with_header(header::CONNECTION, "close") } else { response }
}

/// Handles a request to the admin API.
async fn handle_admin(app: Arc<App>, mut unread: RequestHead, body: Body) -> Response {
    let is_head = unread.parts.method == Method::HEAD;
    let finish = move |response: ApiResponse| {
        let response = response.nosniff().with_header(header::CACHE_CONTROL, "no-store");
        if is_head { response.without_body() } else { response }.into_response()
    };
    let wait = unread.body_wait(&app);
    let mut request = match unread.take_request(&app) {
        Ok(request) => request,
        Err(bad) => {
            let is_read = discard(body, &unread.parts.headers, wait).await;
            return finish(closing(bad.to_admin_error().to_response(), unread.closes_after(bad, is_read)));
        }
    };
    let uri = &unread.parts.uri;
    let route = gate::check(&app.options, &request, uri, unread.connection);
    let route = match route.and_then(|()| admin::find_route(&request, uri.path())) {
        Ok(route) => route,
        Err(fault) => {
            let is_read = discard(body, &request.headers, wait).await;
            return finish(closing(fault.to_response(), unread.closes(is_read)));
        }
    };
    let taken = match app.body_limiter.read(body, route.max_body(&app.options.limits), wait).await {
        Ok(taken) => taken,
        Err(bad) => return finish(closing(AdminError::from(bad).to_response(), unread.closes(false))),
    };
    let (is_long, reads, this) = (route.is_long(), request.method == Method::GET, app.clone());
    request.body = taken.bytes();
    let work = move || {
        let response = route.handle(&app, &request);
        // The clock may have been advanced, and jobs may have ended.
        app.count_ended_jobs();
        app.enforce_fork_limits();
        drop(taken);
        let response = response.count_bytes(
            app.response_limits(),
            request.method == Method::GET,
            request.response_budget().take(),
        );
        finish(response.unwrap_or_else(|bad| AdminError::from(bad).to_response()))
    };
    match is_long {
        true if reads => this.offload_pool.run(work).await.unwrap_or_else(stopping),
        true => offload(work).await.unwrap_or_else(stopping),
        false => work(),
    }
}

/// Handles a request to a service and records it in the journal.
async fn handle_service(app: Arc<App>, mut exchange: Exchange, head: RequestHead, body: Body) -> Response {
    match admit(&app, &mut exchange, head, body).await {
        Err(error) => exchange.finish(&app, Err(error), app.budget.empty_permit(BudgetPart::Responses)),
        Ok((mut request, admitted, taken)) => {
            if let Some(position) = admitted.awaited_position() {
                Box::pin(app.box_events.wait_for_event(position, app.options.limits.max_long_poll)).await;
            }
            request.body = taken.bytes();
            request.push_base_path(admitted.prefix());
            let is_long = if admitted.is_short(&request) {
                match request.run_inline(|| admitted.handle(&app, &request)) {
                    Ok(outcome) => {
                        exchange.entry.ignored = request.take_ignored();
                        return exchange.finish(&app, outcome, request.response_budget().take());
                    }
                    Err(over) => over == OverInlineBudget::IsLong,
                }
            } else {
                // The response to a change is short.
                request.method == Method::GET
            };
            let this = app.clone();
            let work = move || {
                let outcome = admitted.handle(&app, &request);
                app.enforce_fork_limits();
                drop(taken);
                exchange.entry.ignored = request.take_ignored();
                exchange.finish(&app, outcome, request.response_budget().take())
            };
            let done = if is_long {
                Box::pin(this.offload_pool.run(work)).await
            } else {
                Box::pin(offload(work)).await
            };
            done.unwrap_or_else(stopping)
        }
    }
}

/// Checks the URL, the token and the length of a request and then reads its body.
async fn admit(
    app: &Arc<App>,
    exchange: &mut Exchange,
    mut head: RequestHead,
    body: Body,
) -> Result<(ApiRequest, RoutedRequest, BufferedBody), Rejection> {
    let wait = head.body_wait(app);
    let request = match head.take_request(app) {
        Ok(mut request) => {
            if app.options.strict == Strictness::All {
                request.set_strict();
            }
            request
        }
        Err(bad) => {
            let path = head.parts.uri.path();
            exchange.entry.path = path.to_owned();
            let is_read = discard(body, &head.parts.headers, wait).await;
            exchange.closes = head.closes_after(bad, is_read);
            return Err(bad.to_rejection(path));
        }
    };
    exchange.entry.path.clone_from(&request.path);
    let (request, admitted) = match drivesim::no_wait::without_waiting(|| service::route(app, &request)) {
        Some(admitted) => (request, admitted),
        None => {
            let (app, path) = (app.clone(), request.path.clone());
            let again = move || {
                let admitted = service::route(&app, &request);
                (request, admitted)
            };
            let stopping = || {
                service::reject_unread(&path, StatusCode::SERVICE_UNAVAILABLE, "The server stops.".to_owned())
            };
            Box::pin(offload(again)).await.ok_or_else(stopping)?
        }
    };
    // A deletion has no response body.
    let is_answered = request.method != Method::GET && request.method != Method::DELETE;
    let has_room = if is_answered { response_budget::check(&app.budget) } else { Ok(()) };
    let full = |full: ResponseError| service::reject_unread(&request.path, full.status(), full.message());
    let admitted = match admitted.and_then(|admitted| has_room.map(|()| admitted).map_err(full)) {
        Ok(admitted) => admitted,
        Err(refused) => {
            exchange.closes = head.closes(discard(body, &request.headers, wait).await);
            return Err(refused);
        }
    };
    exchange.entry.dialect = Some(admitted.service_name());
    let most = admitted.max_body(&app.options.limits);
    let taken = app.body_limiter.read(body, most, wait).await;
    let taken = taken.map_err(|bad| {
        exchange.closes = head.closes(false);
        service::reject_unread(&request.path, bad.status(), bad.message())
    })?;
    app.journal.keep_body(&mut exchange.messages.request, &taken.bytes());
    Ok((request, admitted, taken))
}

/// Responds if the server stops before the work has begun.
fn stopping() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// A request to a service while it is processed.
struct Exchange {
    ticket: RequestNumber,
    entry: RequestLine,
    messages: Messages,
    ids: RequestIds,
    /// Whether the connection ends with the response.
    closes: bool,
}

impl Exchange {
    /// Reads the parts of a request that need no routing.
    fn of(app: &App, parts: &Parts) -> Exchange {
        let ticket = app.journal.next_number();
        let request = ticket.request_id();
        let client = parts.headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let entry = RequestLine {
            method: method_name(&parts.method),
            path: String::new(),
            query: parts.uri.query().map(str::to_owned),
            dialect: None,
            at: app.sim.now(),
            ignored: Vec::new(),
        };
        let mut messages = Messages::default();
        app.journal.keep_headers(&mut messages.request, &parts.headers);
        let (client, takes_gzip) = (client.map(str::to_owned), gzip::is_accepted(&parts.headers));
        Exchange { ticket, entry, messages, ids: RequestIds { request, client, takes_gzip }, closes: false }
    }

    /// Records the request in the journal, and completes the response.
    fn finish(mut self, app: &App, outcome: Result<ApiResponse, Rejection>, room: Permit) -> Response {
        let is_read = self.entry.method == Method::GET.as_str();
        let counted = |response: ApiResponse, is_read: bool, room: Permit| {
            let counted = response.count_bytes(app.response_limits(), is_read, room);
            counted.map_err(|bad| service::reject_unread(&self.entry.path, bad.status(), bad.message()))
        };
        let empty_share = room.empty_like();
        let outcome = outcome.and_then(|response| counted(response, is_read, room));
        // A rejection has changed nothing. If it does not fit into the budget, an error about the budget replaces it.
        let outcome =
            outcome.or_else(|refused| counted(refused.to_response(app, &self.ids), true, empty_share));
        let response = outcome.unwrap_or_else(|full| full.to_response(app, &self.ids));
        if response.job_note.is_some() {
            app.count_ended_jobs();
        }
        let (method, path, status) = (&self.entry.method, &self.entry.path, response.status.as_u16());
        tracing::info!(%method, path, status, "answered");
        let dialect = self.entry.dialect.or_else(|| service::service_name(path));
        self.entry.dialect = dialect;
        let message = &mut self.messages.response;
        let is_head = self.entry.method == Method::HEAD.as_str();
        // The response to HEAD has no body.
        if !is_head {
            app.journal.keep_body_of(message, &response);
        }
        let response = closing(service::finish_response(dialect, response, self.ids), self.closes);
        app.journal.keep_headers(message, response.headers());
        app.journal.record(self.ticket, self.entry, &response, self.messages);
        if is_head { response.without_body() } else { response }.into_response()
    }
}
