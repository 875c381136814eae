//! The only place that says what a token allows: the permission tables of the pages.

use axum::http::{Method, StatusCode, header};

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::{self, Flavour};
use crate::graph::refusal::Refusal;
use crate::graph::route::{Goal, Route};
use crate::options::Token;

/// What lets items be read (driveItem: get).
const READ: [&str; 6] = [
    "Files.Read",
    "Files.Read.All",
    "Files.ReadWrite",
    "Files.ReadWrite.All",
    "Sites.Read.All",
    "Sites.ReadWrite.All",
];
/// What lets items be changed and copied (driveItem: copy).
const WRITE: [&str; 3] = ["Files.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All"];

/// Refuses a request whose token is not known, and returns the token; `None` where no tokens are checked.
pub(crate) fn check_token<'a>(app: &'a App, call: &Call) -> Result<Option<&'a Token>, Refusal> {
    let Some(tokens) = &app.options.tokens else { return Ok(None) };
    let unauthenticated = |message: &str| {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message);
        refusal.with(header::WWW_AUTHENTICATE, "Bearer")
    };
    let given = call.token().ok_or_else(|| unauthenticated("Access token is empty."))?;
    let token = tokens.iter().find(|token| token.name == given);
    let unknown = || unauthenticated("The access token is not one of this server's.");
    token.ok_or_else(unknown).map(Some)
}

/// Refuses a request whose token is not known or does not allow it. Where no tokens are checked all is allowed.
pub(crate) fn check(app: &App, call: &Call, route: &Route) -> Result<(), Refusal> {
    let Some(token) = check_token(app, call)? else { return Ok(()) };
    let needed: &[&str] = if matches!(call.method, Method::GET | Method::HEAD) { &READ } else { &WRITE };
    // Scopes for sites are for work only.
    let names_a_drive = matches!(route.goal, Goal::Drive | Goal::Item(_));
    let is_personal = || drive::find(app, route).is_ok_and(|found| found.flavour == Flavour::Personal);
    let is_of_a_person = names_a_drive && is_personal();
    let needed: Vec<&str> =
        needed.iter().filter(|scope| !(is_of_a_person && scope.starts_with("Sites."))).copied().collect();
    if token.scopes.iter().any(|scope| needed.contains(&scope.as_str())) {
        return Ok(());
    }
    let message = format!("Insufficient privileges: the token needs one of {}.", needed.join(", "));
    Err(Refusal::new(StatusCode::FORBIDDEN, "accessDenied", message))
}
