//! Refuses what the lock of somebody else on a file of Box refuses.

use axum::http::StatusCode;
use drivesim::{Item, Timestamp};

use crate::box_api::Asked;
use crate::box_api::refusal::Refusal;
use crate::box_api::users::User;
use crate::ordered_json::{Value, json};

/// Refuses a change of a file that somebody else has locked: another name or folder, a new version, its deletion,
/// another lock. That the lock of somebody else on a file of Box refuses no other changes, as of the description, and
/// that one which has run out refuses nothing, is *assumed* (no option: no other reading is known).
pub(crate) fn check(asked: &Asked<'_>, file: &Item) -> Result<(), Refusal> {
    if of_others(asked, file).is_some() { Err(refused()) } else { Ok(()) }
}

/// Refuses a download that the lock of somebody else prevents.
pub(crate) fn check_download(asked: &Asked<'_>, file: &Item) -> Result<(), Refusal> {
    let lock = of_others(asked, file);
    let is_prevented = lock.is_some_and(|lock| lock["is_download_prevented"] == json!(true));
    if is_prevented { Err(refused()) } else { Ok(()) }
}

/// Returns the lock on a file that somebody else has set, and that has not run out.
fn of_others(asked: &Asked<'_>, file: &Item) -> Option<Value> {
    let lock = file.members.get("lock").filter(|lock| !lock.is_null())?;
    let lock = Value::parse(lock.as_str());
    let ends_at: Option<Timestamp> = match &lock["expired_at"] {
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let is_over = ends_at.is_some_and(|at| at <= asked.app.sim.now());
    let user = Value::of(&User::of(&asked.app.options, asked.user));
    // A lock that an outline sets may name its user by either.
    let is_same = |key: &str| lock["created_by"][key] == user[key];
    let is_own = is_same("id") || is_same("login");
    (!is_over && !is_own).then_some(lock)
}

/// Code and message: the guide to common errors.
fn refused() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "access_denied_item_locked", "Access denied - item locked")
}
