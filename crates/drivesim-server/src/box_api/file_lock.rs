//! Checks the locks of other users on files of Box.

use axum::http::StatusCode;
use drivesim::Item;
use drivesim::item::Timestamp;

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::users::BoxUser;
use crate::json::ordered::{Value, json};

/// Fails for a change of a file that another user has locked: another name or parent, a new version, its deletion,
/// another lock.
///
/// ASSUMED: The lock of another user on a file of Box prevents no other changes, such as of the description, and an
/// expired one prevents nothing (no option: no other reading is known).
pub(crate) fn check_change(context: &RequestContext<'_>, file: &Item) -> Result<(), BoxError> {
    if of_others(context, file).is_some() { Err(locked()) } else { Ok(()) }
}

/// Fails for a download that the lock of another user prevents.
pub(crate) fn check_download(context: &RequestContext<'_>, file: &Item) -> Result<(), BoxError> {
    let lock = of_others(context, file);
    let is_prevented = lock.is_some_and(|lock| lock["is_download_prevented"] == json!(true));
    if is_prevented { Err(locked()) } else { Ok(()) }
}

/// Returns the lock of another user on a file, unless it has expired.
fn of_others(context: &RequestContext<'_>, file: &Item) -> Option<Value> {
    let lock = file.members.get("lock").filter(|lock| !lock.is_null())?;
    let lock = Value::parse(lock.as_str());
    let ends_at: Option<Timestamp> = match &lock["expired_at"] {
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let is_over = ends_at.is_some_and(|at| at <= context.app.sim.now());
    let user = Value::of(&BoxUser::of(&context.app.options, context.user));
    // A lock that an outline sets may name its user by id or login.
    let is_same = |key: &str| lock["created_by"][key] == user[key];
    let is_own = is_same("id") || is_same("login");
    (!is_over && !is_own).then_some(lock)
}

/// Code and message: the guide to common errors.
fn locked() -> BoxError {
    BoxError::new(StatusCode::FORBIDDEN, BoxErrorCode::AccessDeniedItemLocked, "Access denied - item locked")
}
