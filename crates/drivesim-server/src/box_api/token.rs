//! Grants and revokes tokens of Box. Every well-formed request for a token succeeds.

use axum::http::StatusCode;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::{access, users};
use crate::http::json_body;
use crate::http::request::{self, ApiRequest};
use crate::http::response::ApiResponse;
use crate::json::excerpt::{self, Excerpt};
use crate::json::ordered::json;
use crate::state::app::App;
use crate::state::token::Token;

/// The lifetime of a token in responses, in seconds (guide to tokens: about an hour).
const LIFE: u32 = 3600;

/// The grant type that exchanges a token for one with fewer scopes.
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The parameters of a form that have an effect, or that Box knows; others are recorded as ignored.
const MEMBERS: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "code",
    "refresh_token",
    "assertion",
    "box_subject_type",
    "box_subject_id",
    "token",
];

/// An error of OAuth 2.
struct OAuthError {
    code: OAuthErrorCode,
    description: String,
}

/// The code of an error of OAuth 2 (RFC 6749, 5.2).
#[derive(Clone, Copy)]
enum OAuthErrorCode {
    InvalidGrant,
    InvalidRequest,
    UnauthorizedClient,
    UnsupportedGrantType,
}

impl OAuthErrorCode {
    /// Returns the code on the wire.
    fn as_str(self) -> &'static str {
        match self {
            OAuthErrorCode::InvalidGrant => "invalid_grant",
            OAuthErrorCode::InvalidRequest => "invalid_request",
            OAuthErrorCode::UnauthorizedClient => "unauthorized_client",
            OAuthErrorCode::UnsupportedGrantType => "unsupported_grant_type",
        }
    }
}

impl OAuthError {
    fn new(code: OAuthErrorCode, description: impl Into<String>) -> OAuthError {
        OAuthError { code, description: description.into() }
    }
}

/// Responds with a token, or with an error of OAuth 2.
pub(crate) fn grant(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    check_unsupported(context.request)?;
    Ok(match check(context.request).and_then(|()| token(context.app, context.request)) {
        Ok(token) => {
            let body = json!({
                "access_token": token, "expires_in": LIFE, "restricted_to": [], "token_type": "bearer",
            });
            ApiResponse::json(StatusCode::OK, body)
        }
        Err(error) => error_response(error),
    })
}

/// Fails for a token exchange, which Box has and drivesim does not.
fn check_unsupported(request: &ApiRequest) -> Result<(), BoxError> {
    let Ok(form) = Form::read(request) else { return Ok(()) };
    let is_exchange = form.required("grant_type").is_ok_and(|grant| grant == EXCHANGE);
    if is_exchange { Err(BoxError::not_implemented(&format!("the grant type '{EXCHANGE}'"))) } else { Ok(()) }
}

/// Revokes a token: 200 without a body.
///
/// DIFFERS(Box): A revoked token is still accepted: the tokens that are checked are those of the server's
/// configuration.
pub(crate) fn revoke(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let checked = Form::read(context.request).and_then(|form| form.required("token").map(drop));
    Ok(checked.map_or_else(error_response, |()| ApiResponse::empty(StatusCode::OK)))
}

/// Renders an error of OAuth 2.
fn error_response(error: OAuthError) -> ApiResponse {
    ApiResponse::json(
        StatusCode::BAD_REQUEST,
        json!({
            "error": error.code.as_str(),
            "error_description": excerpt::shorten_message(&error.description),
        }),
    )
}

/// Returns a valid token. If the server checks no tokens, it is derived from the request and the time.
///
/// ASSUMED: If tokens are checked, Box grants the first one that allows changes, or else reading, of the user that the
/// request names, or else of any user (no option: the client is not known here).
fn token(app: &App, request: &ApiRequest) -> Result<String, OAuthError> {
    let Some(known) = app.options.tokens.as_deref() else {
        let seed = [app.sim.now().to_string().as_bytes(), b" ", &request.body].concat();
        return Ok(HEXLOWER.encode(Uuid::new_v5(&Uuid::NAMESPACE_OID, &seed).as_bytes()));
    };
    let subject = Form::read(request)?.user();
    let is_of_subject = |token: &Token| {
        let id = access::user_of(token).map(|user| users::id_of(&app.options, user));
        subject.is_some() && id == subject
    };
    let allows = |token: &Token, scope: &str| token.scopes.iter().any(|own| own == scope);
    let writes = |token: &Token| allows(token, "root_readwrite");
    let usable = known.iter().filter(|token| writes(token) || allows(token, "root_readonly"));
    let token = usable.min_by_key(|token| (!is_of_subject(token), !writes(token)));
    let none = "No token of this server has a scope of Box: root_readwrite or root_readonly";
    token
        .map(|token| token.name.clone())
        .ok_or_else(|| OAuthError::new(OAuthErrorCode::UnauthorizedClient, none))
}

/// Checks the form of a request for a token.
fn check(request: &ApiRequest) -> Result<(), OAuthError> {
    let form = Form::read(request)?;
    match form.required("grant_type")? {
        "client_credentials" => {
            form.required("client_id")?;
            form.required("client_secret")?;
            form.subject()
        }
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
            let client = form.required("client_id")?;
            form.required("client_secret")?;
            check_assertion(request, form.required("assertion")?, client)
        }
        "refresh_token" => form.required("refresh_token").map(drop),
        "authorization_code" => form.required("code").map(drop),
        _ => {
            let message = "Unrecognized grant_type parameter";
            Err(OAuthError::new(OAuthErrorCode::UnsupportedGrantType, message))
        }
    }
}

/// The members of a form.
struct Form<'a> {
    request: &'a ApiRequest,
    pairs: Vec<(String, String)>,
}

impl<'a> Form<'a> {
    fn read(request: &'a ApiRequest) -> Result<Form<'a>, OAuthError> {
        let pairs = std::str::from_utf8(&request.body).ok().and_then(request::parse_pairs);
        let pairs = pairs.ok_or_else(|| {
            invalid(&format!("The body must be a form in UTF-8, with at most {} members", request::MAX_PAIRS))
        })?;
        for (number, (name, _)) in pairs.iter().enumerate() {
            if pairs[..number].iter().any(|(other, _)| other == name) {
                // RFC 6749, 3.2: parameters must not be included more than once.
                return Err(invalid(&format!("'{}' is given twice", Excerpt(name))));
            }
            if !MEMBERS.contains(&name.as_str()) {
                if request.is_strict() {
                    return Err(invalid(&format!(
                        "'{name:.100}' has no effect, and this server is configured to reject that"
                    )));
                }
                request.note_ignored(name);
            }
        }
        Ok(Form { request, pairs })
    }

    fn required(&self, key: &str) -> Result<&str, OAuthError> {
        let pair = self.pairs.iter().find(|(name, value)| name == key && !value.is_empty());
        pair.map(|(_, value)| value.as_str()).ok_or_else(|| invalid(&format!("'{key}' is required")))
    }

    /// Returns the id of the user that the token is for, if any.
    fn user(&self) -> Option<String> {
        let value = |key: &str| self.required(key).ok();
        if value("box_subject_type") == Some("user") {
            return value("box_subject_id").map(str::to_owned);
        }
        let claims = object(self.request, value("assertion")?.split('.').nth(1)?)?;
        let text = |key: &str| claims.get(key).and_then(Value::as_str);
        text("sub").filter(|_| text("box_sub_type") == Some("user")).map(str::to_owned)
    }

    /// Checks that the request names an enterprise or a user that the token is for.
    fn subject(&self) -> Result<(), OAuthError> {
        self.required("box_subject_id")?;
        check_kind(self.required("box_subject_type")?)
    }
}

fn check_kind(kind: &str) -> Result<(), OAuthError> {
    match kind {
        "enterprise" | "user" => Ok(()),
        other => Err(invalid(&format!(
            "The type of the subject must be 'enterprise' or 'user', not '{}'",
            Excerpt(other)
        ))),
    }
}

/// Checks a signed assertion (guide to JWT): three parts, the second with the claims that Box requires.
///
/// DIFFERS(Box): The signature of an assertion is not checked, as no key is known, and neither are its times, as
/// clients have their own clocks.
fn check_assertion(request: &ApiRequest, assertion: &str, client: &str) -> Result<(), OAuthError> {
    let grant = |why: &str| OAuthError::new(OAuthErrorCode::InvalidGrant, why);
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(grant("The assertion must have three parts"));
    };
    if signature.is_empty() || object(request, header).is_none() {
        return Err(grant("The assertion must begin with a header and end with a signature"));
    }
    let claims =
        object(request, claims).ok_or_else(|| grant("The claims of the assertion must be a JSON object"))?;
    let text = |key: &str| claims.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    for key in ["iss", "sub", "box_sub_type", "aud", "jti"] {
        text(key).ok_or_else(|| grant(&format!("The assertion must have the claim '{key}'")))?;
    }
    if text("iss") != Some(client) {
        return Err(grant("The claim 'iss' must be the client_id"));
    }
    check_kind(text("box_sub_type").unwrap_or_default())?;
    let length = text("jti").map_or(0, |id| id.chars().count());
    if !(16..=128).contains(&length) {
        return Err(grant("The claim 'jti' must have 16 to 128 characters"));
    }
    let time = |key: &str| claims.get(key).and_then(Value::as_f64);
    match (time("exp"), time("iat")) {
        (None, _) => Err(grant("The assertion must have the claim 'exp', a number of seconds")),
        (Some(end), Some(start)) if end - start > 60.0 => {
            Err(grant("The assertion may last for at most 60 seconds"))
        }
        _ => Ok(()),
    }
}

/// Decodes a part of an assertion.
fn object(request: &ApiRequest, part: &str) -> Option<Map<String, Value>> {
    let bytes = BASE64URL_NOPAD.decode(part.trim_end_matches('=').as_bytes()).ok()?;
    match json_body::parse(request, &bytes) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn invalid(why: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidRequest, why)
}
