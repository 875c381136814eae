//! The only place that says what a token allows at Box.

use axum::http::{Method, StatusCode, header};

use crate::app::App;
use crate::box_api::refusal::Refusal;
use crate::box_api::route::Route;
use crate::box_api::{download, events, operations};
use crate::call::Call;

/// What lets items be read, and what lets them be changed (guide to scopes).
const READ: [&str; 2] = ["root_readonly", "root_readwrite"];
const WRITE: [&str; 1] = ["root_readwrite"];

/// Refuses a request whose token is not known or does not allow it. Where no tokens are checked all is allowed; the URL
/// that tokens come from and go to needs none, that of a download has its own proof, and the long poll tells nothing.
pub(crate) fn check(app: &App, call: &Call, route: &Route) -> Result<(), Refusal> {
    let Some(tokens) = app.options.tokens.as_ref().filter(|_| !needs_none(&route.rest)) else {
        return Ok(());
    };
    let given = call.token().or_else(|| in_query(call, route));
    let token = given.and_then(|given| tokens.iter().find(|token| token.name == given));
    let Some(token) = token else {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized");
        return Err(
            refusal.with(header::WWW_AUTHENTICATE, "Bearer realm=\"Service\", error=\"invalid_token\"")
        );
    };
    // Where the long poll is may be asked by all who may read the events.
    let is_read = call.method == Method::GET || *route.rest == ["events"];
    let needed: &[&str] = if is_read { &READ } else { &WRITE };
    if token.scopes.iter().any(|scope| needed.contains(&scope.as_str())) {
        return Ok(());
    }
    let message = "The request requires higher privileges than provided by the access token.";
    let refusal = Refusal::new(StatusCode::FORBIDDEN, "insufficient_scope", message);
    Err(refusal.with(header::WWW_AUTHENTICATE, "Bearer realm=\"Service\", error=\"insufficient_scope\""))
}

/// Returns the token that a download may have in its query instead (reference of downloads).
fn in_query<'a>(call: &'a Call, route: &Route) -> Option<&'a str> {
    let is_download = call.method == Method::GET && operations::fits("files/{}/content", &route.rest);
    call.query("access_token").filter(|_| is_download)
}

fn needs_none(rest: &[String]) -> bool {
    let has_none = ["oauth2", download::HEAD, events::LONG_POLL];
    rest.first().is_some_and(|head| has_none.contains(&head.as_str()))
}
