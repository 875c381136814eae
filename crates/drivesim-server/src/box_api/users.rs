//! Renders users of Box, and finds the sender of a request.

use std::borrow::Cow;

use axum::http::{HeaderName, StatusCode};
use serde::Serialize;

use crate::box_api::drive::{self, BoxDrive};
use crate::box_api::error::BoxError;
use crate::box_api::fields::{Fields, USER};
use crate::box_api::{RequestContext, access, ids};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Map, Value, json};
use crate::state::app::App;
use crate::state::options::ServerOptions;

/// A user in short form.
#[derive(Serialize)]
pub(crate) struct BoxUser<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
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
    place: &'a BoxDrive,
    of_token: Option<&'a str>,
) -> Result<Cow<'a, str>, BoxError> {
    if let Some(id) = request.strict_header(HeaderName::from_static("as-user"))? {
        return named(app, id.trim()).map(Cow::Owned);
    }
    if let Some(user) = of_token {
        return Ok(Cow::Borrowed(user));
    }
    let user = app.sim.user();
    Ok(Cow::Borrowed(if user == drivesim_core::ME { &place.owner } else { user }))
}

/// Returns the id of a user.
pub(crate) fn id_of(options: &ServerOptions, name: &str) -> String {
    ids::user(options.user_of(name).map_or(name, |user| &user.id))
}

/// Finds a user by id.
///
/// ASSUMED: An unknown user of Box is 404 (no option: no other reading is known).
fn named(app: &App, id: &str) -> Result<String, BoxError> {
    let matches = |name: &str| id_of(&app.options, name) == id;
    let mut owners = app.sim.drive_infos().filter_map(|drive| drive.owner().map(drive::user_of));
    let owner = owners.find(|name| matches(name));
    let known = [drivesim_core::ME, app.sim.user()].into_iter().find(|name| matches(name));
    let tokens = app.options.tokens.iter().flatten().filter_map(access::user_of);
    let of_token = || tokens.map(str::to_owned).find(|name| matches(name));
    let described = || app.options.users.iter().map(|user| user.id.clone()).find(|name| matches(name));
    let found = owner.or_else(|| known.map(str::to_owned)).or_else(of_token).or_else(described);
    found.ok_or_else(|| BoxError::not_found("user", id))
}

/// Answers with the sender of the request.
pub(crate) fn me(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    let user = BoxUser::of(&context.app.options, context.user);
    let mut members = Map::new();
    for &member in &*fields.members(&USER, context.drive.wire.fields_base) {
        let value = match member {
            "type" => json!(user.kind),
            "id" => json!(user.id),
            "name" => json!(user.name),
            "login" => json!(user.login),
            _ => of_me(context, member)?,
        };
        members.insert(member.to_owned(), value);
    }
    Ok(ApiResponse::json(StatusCode::OK, members))
}

/// Returns a member of the user that short forms do not have. The numbers of bytes are those of the drive, and
/// `UNLIMITED` if it has no quota.
///
/// ASSUMED: The values of members of a user of Box that nothing in drivesim sets, such as `en` for the language and
/// `admin` for the role (no option: no other reading is known).
fn of_me(context: &RequestContext<'_>, member: &str) -> Result<Value, BoxError> {
    let (app, place, shower) = (context.app, context.drive, context.renderer());
    let root = || app.sim.item(place.at("/"));
    let bytes = |n_bytes: u64| json!(n_bytes.min(i64::MAX as u64));
    Ok(match member {
        "created_at" | "modified_at" => json!(shower.time(root()?.created_at)),
        "language" => json!("en"),
        "timezone" => json!("America/Los_Angeles"),
        "space_amount" => bytes(app.sim.quota(&place.drive_ref)?.total.unwrap_or(UNLIMITED)),
        "space_used" => bytes(app.sim.quota(&place.drive_ref)?.used),
        "max_upload_size" => bytes(app.options.limits.max_upload as u64),
        "status" => json!("active"),
        "job_title" | "phone" | "address" => json!(""),
        "avatar_url" => json!(format!("{}/2.0/users/me/avatar", context.request.base)),
        "role" => json!("admin"),
        "tracking_codes" | "my_tags" => json!([]),
        "can_see_managed_users" | "is_sync_enabled" => json!(true),
        "enterprise" => json!({ "type": "enterprise", "id": ENTERPRISE, "name": "drivesim" }),
        "hostname" => json!(context.request.base),
        "external_app_user_id" => json!(""),
        "is_external_collab_restricted"
        | "is_exempt_from_device_limits"
        | "is_exempt_from_login_verification"
        | "is_platform_access_only" => json!(false),
        // `notification_email`.
        _ => Value::Null,
    })
}

/// The number of bytes of an account without a limit (recorded responses). Clients that parse it and the remaining
/// bytes as floating-point numbers, like rclone, get exact values.
const UNLIMITED: u64 = 999_999_999_999_999;
/// The enterprise that all users belong to.
const ENTERPRISE: &str = "1000001";
