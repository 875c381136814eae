//! Checks the permissions of tokens, by the permission tables of the pages.

use axum::http::{Method, StatusCode, header};

use crate::graph::api::Api;
use crate::graph::drive;
use crate::graph::drive_type::DriveType;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::route::{DriveLocator, Resource, Route};
use crate::http::request::ApiRequest;
use crate::state::app::App;
use crate::state::caller::Caller;
use crate::state::token::{Token, TokenKind};

/// The permissions for reading items, and those for changing and copying them, in one row of the tables.
struct Permissions {
    read: &'static [&'static str],
    write: &'static [&'static str],
}

// ASSUMED: `Sites.Manage.All` and `Sites.FullControl.All` allow what `Sites.ReadWrite.All` does: the tables list
// neither, but the pages say that each includes more (no option: no other reading is known).

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

/// Returns the token of a request; `None` if the server checks no tokens. Fails if the token is unknown.
pub(crate) fn check_token<'a>(app: &'a App, request: &ApiRequest) -> Result<Option<&'a Token>, GraphError> {
    let Some(tokens) = &app.options.tokens else { return Ok(None) };
    let unauthenticated = |message: &str| {
        let error = GraphError::new(StatusCode::UNAUTHORIZED, ErrorCode::InvalidAuthenticationToken, message);
        error.with_header(header::WWW_AUTHENTICATE, "Bearer")
    };
    let name = request.token().ok_or_else(|| unauthenticated("Access token is empty."))?;
    let token = tokens.iter().find(|token| token.name == name);
    let unknown = || unauthenticated("The access token is not one of this server's.");
    token.ok_or_else(unknown).map(Some)
}

/// Returns the sender of a request. Fails if its token is unknown or does not allow the request. If the server checks
/// no tokens, everything is allowed.
///
/// ASSUMED: `me` fails for an application before its permissions are checked (no option: order of checks).
pub(crate) fn check(app: &App, request: &ApiRequest, route: &Route) -> Result<Caller, GraphError> {
    let Some(token) = check_token(app, request)? else { return Ok(Caller::default()) };
    if token.kind == Some(TokenKind::Application) {
        check_no_user(route)?;
    }
    let permissions = permissions(app, route, token.kind);
    let is_read = request.method == Method::GET;
    let needed = if is_read { permissions.read } else { permissions.write };
    if token.scopes.iter().any(|scope| needed.contains(&scope.as_str())) {
        return Ok(Caller::of(token, app.sim.user()));
    }
    let kind = token.kind.map_or_else(String::new, |kind| format!(" of the kind {kind}"));
    let message = format!("Insufficient privileges: the token{kind} needs one of {}.", needed.join(", "));
    Err(GraphError::new(StatusCode::FORBIDDEN, ErrorCode::AccessDenied, message))
}

/// Returns the row of the tables for a token: that of its kind, or else that of the account of the requested drive.
fn permissions(app: &App, route: &Route, kind: Option<TokenKind>) -> Permissions {
    match kind {
        Some(TokenKind::Work) => WORK,
        Some(TokenKind::Personal) => PERSONAL,
        Some(TokenKind::Application) => APPLICATION,
        None => {
            let names_a_drive = matches!(route.resource, Resource::Drive | Resource::Item(_));
            let is_personal =
                || drive::find(app, route).is_ok_and(|drive| drive.drive_type == DriveType::Personal);
            if names_a_drive && is_personal() { PERSONAL } else { WORK }
        }
    }
}

/// Fails if an application requests a drive of the signed-in user: `me`, and `/drive` of the OneDrive API. `/drive` of
/// SharePoint is the drive of the site.
///
/// ASSUMED: The drives of `me` are 400 `BadRequest` for an application: it was seen of `/me` itself (no option: rare).
/// ASSUMED: `/drive` of the OneDrive API is 400 for an application, as was seen where an application requests a user
/// without a drive (microsoft-graph-docs issues 3631 and 1463) (no option: rare).
fn check_no_user(route: &Route) -> Result<(), GraphError> {
    if route.is_of_me {
        let message = "/me request is only valid with delegated authentication flow.";
        return Err(GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message));
    }
    let names_no_drive =
        matches!(route.resource, Resource::Drive | Resource::Item(_)) && route.drive == DriveLocator::Default;
    if names_no_drive && route.api == Api::OneDrive {
        let message = "Call was made to the default drive, but the token is one of an application: no user is signed in.";
        return Err(GraphError::invalid(message));
    }
    Ok(())
}
