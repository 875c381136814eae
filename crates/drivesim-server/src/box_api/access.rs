//! Checks the scopes of tokens for Box.

use axum::http::{StatusCode, header};

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::http::request::ApiRequest;
use crate::state::app::App;
use crate::state::token::{Token, TokenKind};

/// The scopes for reading items, and those for changing them (guide to scopes).
const READ: [&str; 2] = ["root_readonly", "root_readwrite"];
const WRITE: [&str; 1] = ["root_readwrite"];

/// The token that an operation requires. If the server checks no tokens, it requires none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequiredToken {
    /// None: the URLs for tokens need none, a download URL is signed, and the long poll reveals nothing.
    Nothing,
    /// One that allows reading.
    Read,
    /// One that allows reading, which may be in the query (reference of downloads).
    ReadInQuery,
    /// One that allows changes.
    Write,
}

/// Returns the user of a request's token, if it has one. Fails if the token is unknown or does not allow the request.
///
/// ASSUMED: A token of an application stands for a user of Box with the name of the application: such users are the
/// service accounts of applications (no option: a token may name its user).
pub(crate) fn check(
    app: &App,
    request: &ApiRequest,
    required: RequiredToken,
) -> Result<Option<String>, BoxError> {
    let Some(tokens) = app.options.tokens.as_ref().filter(|_| required != RequiredToken::Nothing) else {
        return Ok(None);
    };
    let in_query = || request.query("access_token").filter(|_| required == RequiredToken::ReadInQuery);
    let name = request.token().or_else(in_query);
    let token = name.and_then(|name| tokens.iter().find(|token| token.name == name));
    let Some(token) = token else {
        let error = BoxError::new(StatusCode::UNAUTHORIZED, BoxErrorCode::Unauthorized, "Unauthorized");
        return Err(
            error.with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"Service\", error=\"invalid_token\"")
        );
    };
    let sufficient: &[&str] = if required == RequiredToken::Write { &WRITE } else { &READ };
    if token.scopes.iter().any(|scope| sufficient.contains(&scope.as_str())) {
        return Ok(user_of(token).map(str::to_owned));
    }
    let message = "The request requires higher privileges than provided by the access token.";
    let error = BoxError::new(StatusCode::FORBIDDEN, BoxErrorCode::InsufficientScope, message);
    Err(error.with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"Service\", error=\"insufficient_scope\""))
}

/// Returns whether the token of a request allows changes; true if the server checks no tokens.
pub(crate) fn may_write(app: &App, request: &ApiRequest) -> bool {
    let Some(tokens) = &app.options.tokens else { return true };
    let token = tokens.iter().find(|token| request.token() == Some(token.name.as_str()));
    token.is_some_and(|token| token.scopes.iter().any(|scope| WRITE.contains(&scope.as_str())))
}

/// Returns the user of a token.
pub(crate) fn user_of(token: &Token) -> Option<&str> {
    match token.kind {
        Some(TokenKind::Application) => token.app.as_deref(),
        _ => token.user.as_deref(),
    }
}
