//! Checks what a token allows: the permission tables of the pages.

use axum::http::{Method, StatusCode, header};

use crate::app::App;
use crate::call::Call;
use crate::caller::Caller;
use crate::graph::drive::{self, Flavour};
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, DriveName, Goal, Route};
use crate::token::{Token, TokenKind};

/// The permissions that let items be read and those that let them be changed and copied, for one row of the tables.
struct Permissions {
    read: &'static [&'static str],
    write: &'static [&'static str],
}

// That `Sites.Manage.All` and `Sites.FullControl.All` allow what `Sites.ReadWrite.All` does is *assumed*: the pages list
// neither, but each is said to hold more (no option: no other reading is known).

/// Delegated, work or school account (driveItem: get, driveItem: copy).
const WORK: Permissions = Permissions {
    read: &[
        "Files.Read",
        "Files.Read.All",
        "Files.ReadWrite",
        "Files.ReadWrite.All",
        "Sites.Read.All",
        "Sites.ReadWrite.All",
        "Sites.Manage.All",
        "Sites.FullControl.All",
    ],
    write: &[
        "Files.ReadWrite",
        "Files.ReadWrite.All",
        "Sites.ReadWrite.All",
        "Sites.Manage.All",
        "Sites.FullControl.All",
    ],
};
/// Delegated, personal account (the same pages).
const PERSONAL: Permissions = Permissions {
    read: &["Files.Read", "Files.Read.All", "Files.ReadWrite", "Files.ReadWrite.All"],
    write: &["Files.ReadWrite", "Files.ReadWrite.All"],
};
/// Application (the same pages).
const APPLICATION: Permissions = Permissions {
    read: &[
        "Files.Read.All",
        "Files.ReadWrite.All",
        "Sites.Read.All",
        "Sites.ReadWrite.All",
        "Sites.Manage.All",
        "Sites.FullControl.All",
    ],
    write: &["Files.ReadWrite.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"],
};

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

/// Refuses a request whose token is not known or does not allow it, and returns its sender. Where no tokens are
/// checked all is allowed. That `me` is refused to an application before its permissions are looked at is *assumed* (no
/// option: order of checks).
pub(crate) fn check(app: &App, call: &Call, route: &Route) -> Result<Caller, Refusal> {
    let Some(token) = check_token(app, call)? else { return Ok(Caller::default()) };
    if token.kind == Some(TokenKind::Application) {
        check_no_user(route)?;
    }
    let row = row(app, route, token.kind);
    let is_read = call.method == Method::GET;
    let needed = if is_read { row.read } else { row.write };
    if token.scopes.iter().any(|scope| needed.contains(&scope.as_str())) {
        return Ok(Caller::of(token, app.sim.user()));
    }
    let kind = token.kind.map_or_else(String::new, |kind| format!(" of the kind {kind}"));
    let message = format!("Insufficient privileges: the token{kind} needs one of {}.", needed.join(", "));
    Err(Refusal::new(StatusCode::FORBIDDEN, "accessDenied", message))
}

/// Returns the row of the tables for a token: that of its kind, or else of the kind of account whose drive is asked for.
fn row(app: &App, route: &Route, kind: Option<TokenKind>) -> Permissions {
    match kind {
        Some(TokenKind::Work) => WORK,
        Some(TokenKind::Personal) => PERSONAL,
        Some(TokenKind::Application) => APPLICATION,
        None => {
            let names_a_drive = matches!(route.goal, Goal::Drive | Goal::Item(_));
            let is_personal =
                || drive::find(app, route).is_ok_and(|found| found.flavour == Flavour::Personal);
            if names_a_drive && is_personal() { PERSONAL } else { WORK }
        }
    }
}

/// Refuses to an application what is of the user who is signed in: `me`, and `/drive` of the OneDrive API. That `me` is
/// 400 `BadRequest` for an application is *assumed* of drives: it was seen of `/me` itself (no option: rare). That
/// `/drive` of the OneDrive API is 400 for an application is *assumed*, after what was seen where an application asks
/// for a user without a drive (microsoft-graph-docs issues 3631 and 1463); that of SharePoint is the one of the site
/// (no option: rare).
fn check_no_user(route: &Route) -> Result<(), Refusal> {
    if route.is_of_me {
        let message = "/me request is only valid with delegated authentication flow.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "BadRequest", message));
    }
    let names_no_drive =
        matches!(route.goal, Goal::Drive | Goal::Item(_)) && route.drive == DriveName::Default;
    if names_no_drive && route.dialect == Dialect::OneDrive {
        let message = "Call was made to the default drive, but the token is one of an application: no user is signed in.";
        return Err(Refusal::invalid(message));
    }
    Ok(())
}
