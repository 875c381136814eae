//! Checks what a token allows at Box.

use axum::http::{Method, StatusCode, header};

use crate::app::App;
use crate::box_api::refusal::Refusal;
use crate::box_api::route::Route;
use crate::box_api::{download, events, operations};
use crate::call::Call;
use crate::token::{Token, TokenKind};

/// What lets items be read, and what lets them be changed (guide to scopes).
const READ: [&str; 2] = ["root_readonly", "root_readwrite"];
const WRITE: [&str; 1] = ["root_readwrite"];

/// Refuses a request whose token is not known or does not allow it. Where no tokens are checked all is allowed; the URL
/// that tokens come from and go to needs none, that of a download has its own proof, and the long poll tells nothing.
///
/// Returns the user of the token, if it has one. That a token of an application stands for a user of Box with the
/// name of the application is *assumed*: such users are the service accounts of applications (no option: a token may
/// name its user).
pub(crate) fn check(app: &App, call: &Call, route: &Route) -> Result<Option<String>, Refusal> {
    let Some(tokens) = app.options.tokens.as_ref().filter(|_| !needs_none(&route.rest)) else {
        return Ok(None);
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
        return Ok(user_of(token).map(str::to_owned));
    }
    let message = "The request requires higher privileges than provided by the access token.";
    let refusal = Refusal::new(StatusCode::FORBIDDEN, "insufficient_scope", message);
    Err(refusal.with(header::WWW_AUTHENTICATE, "Bearer realm=\"Service\", error=\"insufficient_scope\""))
}

/// Returns whether the token of a request that may read lets items be changed too. Where no tokens are checked it does.
pub(crate) fn may_write(app: &App, call: &Call) -> bool {
    let Some(tokens) = &app.options.tokens else { return true };
    let token = tokens.iter().find(|token| call.token() == Some(token.name.as_str()));
    token.is_some_and(|token| token.scopes.iter().any(|scope| WRITE.contains(&scope.as_str())))
}

/// Returns the user of a token.
pub(crate) fn user_of(token: &Token) -> Option<&str> {
    match token.kind {
        Some(TokenKind::Application) => token.app.as_deref(),
        _ => token.user.as_deref(),
    }
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
