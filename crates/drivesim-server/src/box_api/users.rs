//! The only place that shows users of Box.

use std::borrow::Cow;

use axum::http::{HeaderName, StatusCode};
use serde::Serialize;

use crate::app::App;
use crate::box_api::fields::{Fields, USER};
use crate::box_api::place::{self, Place};
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, access, ids};
use crate::call::Call;
use crate::options::ServerOptions;
use crate::ordered_json::{Map, Value, json};
use crate::reply::Reply;

/// A user in short form.
#[derive(Serialize)]
pub(crate) struct User<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    pub(crate) name: &'a str,
    pub(crate) login: Cow<'a, str>,
}

impl<'a> User<'a> {
    /// The user that made the root.
    pub(crate) const NOBODY: User<'static> =
        User { kind: "user", id: String::new(), name: "", login: Cow::Borrowed("") };

    /// Shows a user. One that was not described has its name as its login too, made an address of mail.
    pub(crate) fn of(options: &'a ServerOptions, name: &'a str) -> User<'a> {
        if let Some(user) = options.user_of(name) {
            return User {
                kind: "user",
                id: ids::user(&user.id),
                name: &user.name,
                login: Cow::Borrowed(&user.login),
            };
        }
        let is_address = name.contains('@');
        let login =
            if is_address { Cow::Borrowed(name) } else { Cow::Owned([name, "@example.com"].concat()) };
        User { kind: "user", id: ids::user(name), name, login }
    }
}

/// Returns the sender of a request: the user that `as-user` names, or else the user of the token. That a request to Box
/// without `as-user` whose token has no user comes from the owner of the drive, or from the user that the simulator acts
/// for, is *assumed*: the service always knows by the token (no option: tokens with a user decide it). Only owners of
/// drives, users of tokens and users that were described can be named.
pub(crate) fn caller<'a>(
    app: &'a App,
    call: &Call,
    place: &'a Place,
    of_token: Option<&'a str>,
) -> Result<Cow<'a, str>, Refusal> {
    if let Some(id) = call.decisive(HeaderName::from_static("as-user"))? {
        return named(app, id.trim()).map(Cow::Owned);
    }
    if let Some(user) = of_token {
        return Ok(Cow::Borrowed(user));
    }
    let given = app.sim.user();
    Ok(Cow::Borrowed(if given == drivesim_core::ME { &place.owner } else { given }))
}

/// Returns the id of a user.
pub(crate) fn id_of(options: &ServerOptions, name: &str) -> String {
    ids::user(options.user_of(name).map_or(name, |user| &user.id))
}

/// Finds a user by id. That a user of Box that there is not is 404 is *assumed* (no option: no other reading is
/// known).
fn named(app: &App, id: &str) -> Result<String, Refusal> {
    let is_meant = |name: &str| id_of(&app.options, name) == id;
    let owner = app.sim.find_drive(|drive| drive.owner.map(place::user_of).filter(|name| is_meant(name)));
    let known = [drivesim_core::ME, app.sim.user()].into_iter().find(|name| is_meant(name));
    let tokens = app.options.tokens.iter().flatten().filter_map(access::user_of);
    let of_token = || tokens.map(str::to_owned).find(|name| is_meant(name));
    let described = || app.options.users.iter().map(|user| user.id.clone()).find(|name| is_meant(name));
    let found = owner.or_else(|| known.map(str::to_owned)).or_else(of_token).or_else(described);
    found.ok_or_else(|| Refusal::not_found("user", id))
}

/// Answers with the sender of the request.
pub(crate) fn me(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let user = User::of(&asked.app.options, asked.user);
    let mut members = Map::new();
    for &member in &*fields.members(&USER, asked.place.wire.fields_base) {
        let value = match member {
            "type" => json!(user.kind),
            "id" => json!(user.id),
            "name" => json!(user.name),
            "login" => json!(user.login),
            _ => of_me(asked, member)?,
        };
        members.insert(member.to_owned(), value);
    }
    Ok(Reply::json(StatusCode::OK, members))
}

/// Returns a member of the user that short forms do not have. The numbers of bytes are those of the drive, and
/// `UNLIMITED` where it has no quota. Which values a user of Box shows for what nothing in drivesim sets, as `en` for
/// the language and `admin` for the role, is *assumed* (no option: no other reading is known).
fn of_me(asked: &Asked<'_>, member: &str) -> Result<Value, Refusal> {
    let (app, place, shower) = (asked.app, asked.place, asked.shower());
    let root = || app.sim.item(place.at("/"));
    let bytes = |n_bytes: u64| json!(n_bytes.min(i64::MAX as u64));
    Ok(match member {
        "created_at" | "modified_at" => json!(shower.time(root()?.created_at)),
        "language" => json!("en"),
        "timezone" => json!("America/Los_Angeles"),
        "space_amount" => bytes(app.sim.quota(place.at("/"))?.total.unwrap_or(UNLIMITED)),
        "space_used" => bytes(app.sim.quota(place.at("/"))?.used),
        "max_upload_size" => bytes(app.options.limits.max_upload as u64),
        "status" => json!("active"),
        "job_title" | "phone" | "address" => json!(""),
        "avatar_url" => json!(format!("{}/2.0/users/me/avatar", asked.call.base)),
        "role" => json!("admin"),
        "tracking_codes" | "my_tags" => json!([]),
        "can_see_managed_users" | "is_sync_enabled" => json!(true),
        "enterprise" => json!({ "type": "enterprise", "id": ENTERPRISE, "name": "drivesim" }),
        "hostname" => json!(asked.call.base),
        "external_app_user_id" => json!(""),
        "is_external_collab_restricted"
        | "is_exempt_from_device_limits"
        | "is_exempt_from_login_verification"
        | "is_platform_access_only" => json!(false),
        // `notification_email`.
        _ => Value::Null,
    })
}

/// How many bytes an account without a limit has (recorded answers). It and what is left of it are exact where clients
/// read them as floating numbers, as rclone does.
const UNLIMITED: u64 = 999_999_999_999_999;
/// The enterprise that all users belong to.
const ENTERPRISE: &str = "1000001";
