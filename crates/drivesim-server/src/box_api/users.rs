//! Renders users of Box, and finds the sender of a request.

use std::borrow::Cow;

use axum::http::HeaderName;
use serde::Serialize;

use crate::box_api::drive::{self, BoxDrive};
use crate::box_api::error::BoxError;
use crate::box_api::{access, ids};
use crate::http::request::ApiRequest;
use crate::state::app::App;
use crate::state::options::ServerOptions;

/// A user in short form.
#[derive(Serialize)]
pub(crate) struct BoxUser<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) name: &'a str,
    pub(crate) login: Cow<'a, str>,
}

impl<'a> BoxUser<'a> {
    /// The creator of the root.
    pub(crate) const NOBODY: BoxUser<'static> =
        BoxUser { kind: "user", id: String::new(), name: "", login: Cow::Borrowed("") };

    /// Renders a user. The login of a user without a description is derived from its name.
    pub(crate) fn of(options: &'a ServerOptions, name: &'a str) -> BoxUser<'a> {
        if let Some(user) = options.user_of(name) {
            return BoxUser {
                kind: "user",
                id: ids::user(&user.id),
                name: &user.name,
                login: Cow::Borrowed(&user.login),
            };
        }
        let is_address = name.contains('@');
        let login =
            if is_address { Cow::Borrowed(name) } else { Cow::Owned([name, "@example.com"].concat()) };
        BoxUser { kind: "user", id: ids::user(name), name, login }
    }
}

/// Returns the sender of a request: the user that `as-user` names, or else the user of the token. `as-user` can name
/// owners of drives, users of tokens and users with a description.
///
/// ASSUMED: The sender of a request to Box without `as-user` and without a user of the token is the owner of the drive,
/// or the user that the simulator acts for: the service always knows it by the token (no option: tokens with a user
/// decide it).
pub(crate) fn caller<'a>(
    app: &'a App,
    request: &ApiRequest,
    drive: &'a BoxDrive,
    token_user: Option<&'a str>,
) -> Result<Cow<'a, str>, BoxError> {
    if let Some(id) = request.strict_header(HeaderName::from_static("as-user"))? {
        return find_user(app, id.trim()).map(Cow::Owned);
    }
    if let Some(user) = token_user {
        return Ok(Cow::Borrowed(user));
    }
    let user = app.sim.user();
    Ok(Cow::Borrowed(if user == drivesim_core::ME { &drive.owner } else { user }))
}

/// Returns the id of a user.
pub(crate) fn id_of(options: &ServerOptions, name: &str) -> String {
    ids::user(options.user_of(name).map_or(name, |user| &user.id))
}

/// Finds a user by id.
///
/// ASSUMED: An unknown user of Box is 404 (no option: no other reading is known).
fn find_user(app: &App, id: &str) -> Result<String, BoxError> {
    let matches = |name: &str| id_of(&app.options, name) == id;
    let mut owners = app.sim.drive_infos().filter_map(|drive| drive.owner().map(drive::user_of));
    let owner = owners.find(|name| matches(name));
    let known = [drivesim_core::ME, app.sim.user()].into_iter().find(|name| matches(name));
    let tokens = app.options.tokens.iter().flatten().filter_map(access::user_of);
    let token_user = || tokens.map(str::to_owned).find(|name| matches(name));
    let described_user = || app.options.users.iter().map(|user| user.id.clone()).find(|name| matches(name));
    let user = owner.or_else(|| known.map(str::to_owned)).or_else(token_user).or_else(described_user);
    user.ok_or_else(|| BoxError::not_found("user", id))
}
