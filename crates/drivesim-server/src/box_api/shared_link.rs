//! Creates, changes and removes the shared link of a file or folder of Box (guide to shared links).

use drivesim::Item;

use crate::box_api::body::{Members, Shape};
use crate::box_api::context::RequestContext;
use crate::box_api::derived_token::derived_token;
use crate::box_api::error::BoxError;
use crate::json::ordered::{Map, Value, json};

const BODY: Shape = Shape::of(&["access", "password", "vanity_name", "unshared_at", "permissions"])
    .with_nullable(&["password"])
    .with_read_only(&[
        "url",
        "download_url",
        "vanity_url",
        "effective_access",
        "effective_permission",
        "is_password_enabled",
        "download_count",
        "preview_count",
    ]);
const PERMISSIONS: Shape = Shape::of(&["can_download", "can_preview", "can_edit"]);
const ACCESS: &[&str] = &["open", "company", "collaborators"];
/// The least numbers of characters of a password and of a vanity name.
const PASSWORD: usize = 8;
const VANITY_NAME: usize = 12;

/// Returns the shared link of an item.
pub(crate) fn of(item: &Item) -> Option<Value> {
    let link = item.members.get("shared_link").filter(|link| !link.is_null())?;
    Some(Value::parse(link.as_str()))
}

/// Returns the link of an item after a change; `None` if the body removes it. Members that the body does not name are
/// unchanged.
///
/// ASSUMED: A link of Box that is changed without naming its access keeps its access, and the effective access is the
/// access, as no policy restricts it (no option: no other reading is known).
pub(crate) fn read(
    context: &RequestContext<'_>,
    item: &Item,
    members: &Members<'_>,
) -> Result<Option<Value>, BoxError> {
    let Some(body) = members.object("shared_link", &BODY)? else { return Ok(None) };
    let old = of(item);
    let before = |key: &str| old.as_ref().map(|link| link[key].clone()).filter(|value| *value != Value::Null);
    let access = match (body.word("access", ACCESS)?, before("access")) {
        (Some(access), _) => access.to_owned(),
        (None, Some(Value::String(access))) => access,
        (None, _) => context.drive.wire.shared_link_access.as_str().to_owned(),
    };
    let url = before("url")
        .unwrap_or_else(|| json!(format!("https://app.box.com/s/{}", derived_token(context, item, "link"))));
    let name = vanity_name(&body)?.unwrap_or_else(|| before("vanity_name").unwrap_or_default());
    let permissions = permissions(item, &body, &access, before("permissions"))?;
    let mut link = Map::new();
    let mut put = |key: &str, value: Value| link.insert(key.to_owned(), value);
    put("url", url.clone());
    put("download_url", download_url(item, &access, &permissions, &url));
    put(
        "vanity_url",
        match &name {
            Value::String(name) => json!(format!("https://app.box.com/v/{name}")),
            _ => Value::Null,
        },
    );
    put("vanity_name", name);
    put("access", json!(access));
    put("effective_access", json!(access));
    put("effective_permission", json!(effective(&permissions)));
    put(
        "unshared_at",
        unshared_at(context, &body)?.unwrap_or_else(|| before("unshared_at").unwrap_or_default()),
    );
    put("is_password_enabled", json!(has_password(&body, &access, before("is_password_enabled"))?));
    put("permissions", permissions);
    put("download_count", before("download_count").unwrap_or(json!(0)));
    put("preview_count", before("preview_count").unwrap_or(json!(0)));
    Ok(Some(link.into()))
}

/// Returns the permissions of a link. Setting those of a link for collaborators fails (sookasa/box.py issue 18).
///
/// ASSUMED: Box shows all permissions of a link for collaborators as false (no option: no other reading is known).
fn permissions(item: &Item, body: &Members<'_>, access: &str, old: Option<Value>) -> Result<Value, BoxError> {
    let permissions = body.object("permissions", &PERMISSIONS)?;
    let flag = |key: &str| permissions.as_ref().map_or(Ok(None), |permissions| permissions.flag(key));
    let (download, preview, edit) = (flag("can_download")?, flag("can_preview")?, flag("can_edit")?);
    if edit == Some(true) && item.is_folder() {
        return Err(BoxError::invalid("shared_link.permissions.can_edit", "true", "false for a folder"));
    }
    if access == "collaborators" {
        if let Some(flag) = download.or(preview).or(edit) {
            let what = if download.is_some() { "download" } else { "preview" };
            let message = format!("Invalid value '{what} => {}'.", u8::from(flag));
            return Err(BoxError::invalid_parameter("shared_link_permissions", message));
        }
        return Ok(json!({ "can_preview": false, "can_download": false, "can_edit": false }));
    }
    // The permissions of a link for collaborators were not chosen by a client.
    let is_chosen =
        |old: &Value| ["can_preview", "can_download", "can_edit"].iter().any(|key| old[key] == json!(true));
    let old = old
        .filter(is_chosen)
        .unwrap_or_else(|| json!({ "can_preview": true, "can_download": true, "can_edit": false }));
    let or_old = |flag: Option<bool>, key: &str| flag.map_or_else(|| old[key].clone(), |flag| json!(flag));
    Ok(json!({
        "can_preview": or_old(preview, "can_preview"),
        "can_download": or_old(download, "can_download"),
        "can_edit": or_old(edit, "can_edit"),
    }))
}

/// Returns the highest permission of a link.
fn effective(permissions: &Value) -> &'static str {
    let mut highest_first = ["can_edit", "can_download", "can_preview"].into_iter();
    highest_first.find(|key| permissions[key] == json!(true)).unwrap_or("no_access")
}

/// Returns the URL for direct downloads.
///
/// ASSUMED: A shared link of Box has a `download_url` only if it is of a file that everybody may download (no option:
/// no other reading is known).
fn download_url(item: &Item, access: &str, permissions: &Value, url: &Value) -> Value {
    let is_public = !item.is_folder() && access == "open" && permissions["can_download"] == json!(true);
    match url {
        Value::String(url) if is_public => {
            let token = url.rsplit('/').next().unwrap_or_default();
            let extension = item.name.rsplit_once('.').map_or(String::new(), |(_, end)| format!(".{end}"));
            json!(format!("https://app.box.com/shared/static/{token}{extension}"))
        }
        _ => Value::Null,
    }
}

/// Returns the vanity name, if the body has one.
fn vanity_name(body: &Members<'_>) -> Result<Option<Value>, BoxError> {
    let Some(name) = body.text("vanity_name")? else { return Ok(None) };
    // ASSUMED: The vanity name of a shared link of Box has no characters that a URL escapes (no option: no other
    // reading is known).
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.chars().count() < VANITY_NAME || !name.chars().all(is_plain) {
        let expected = format!("at least {VANITY_NAME} letters, digits, hyphens, underscores or dots");
        return Err(BoxError::invalid("shared_link.vanity_name", name, &expected));
    }
    Ok(Some(json!(name)))
}

/// Returns the time at which the link expires, if the body has one. It must be in the future.
fn unshared_at(context: &RequestContext<'_>, body: &Members<'_>) -> Result<Option<Value>, BoxError> {
    let Some(at) = body.time("unshared_at")? else { return Ok(None) };
    let rendered = json!(context.renderer().time(at));
    if at <= context.app.sim.now() {
        return Err(BoxError::invalid(
            "shared_link.unshared_at",
            &rendered.to_string(),
            "a time in the future",
        ));
    }
    Ok(Some(rendered))
}

/// Returns whether the link has a password. Only open links may have one, with at least 8 characters, one of them a
/// digit, a capital letter or a special character.
///
/// ASSUMED: The password of a shared link of Box is removed when its access changes (no option: no other reading is
/// known).
fn has_password(body: &Members<'_>, access: &str, old: Option<Value>) -> Result<bool, BoxError> {
    if body.is_null("password") {
        return Ok(false);
    }
    let Some(password) = body.text("password")? else {
        return Ok(access == "open" && old == Some(json!(true)));
    };
    let invalid = |expected: &str| Err(BoxError::invalid("shared_link.password", "***", expected));
    if access != "open" {
        return invalid("omitted: only a link with the access 'open' has one");
    }
    let is_hard = |c: char| !c.is_lowercase();
    if password.chars().count() < PASSWORD || !password.contains(is_hard) {
        return invalid(
            "at least 8 characters, one of them a digit, a capital letter or a special character",
        );
    }
    Ok(true)
}
