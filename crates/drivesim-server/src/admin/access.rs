//! Reads and sets access levels of items through the admin API.

use axum::http::StatusCode;
use drivesim::access::Access;
use drivesim::drive::DriveRef;
use serde::Deserialize;

use crate::admin::error::AdminError;
use crate::admin::{drives, read};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Quoted;
use crate::json::ordered::json;
use crate::state::app::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    drive: Option<String>,
    path: String,
    /// `null` removes the level. The member is required, because a forgotten one would remove the level too.
    #[serde(deserialize_with = "Option::deserialize")]
    access: Option<String>,
}

/// Responds with the access level of an item: 200.
pub(super) fn show(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &["drive", "path"])?;
    let path = request
        .query("path")
        .ok_or_else(|| AdminError::bad_request("The query has no path, as in ?path=/Docs."))?;
    respond(app, &drive(app, request.query("drive"))?, path)
}

/// Sets the access level of an item, and of everything below it without an own level: 200 with the resulting level.
pub(super) fn set(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    let form = "{\"drive\"?:…,\"path\":…,\"access\":\"none\"|\"read\"|\"write\"|null}";
    let Level { drive: name, path, access } = read::json(request, form)?;
    let level = access.map(|name| {
        let unknown = || {
            AdminError::bad_request(format!(
                "There is no access {}; it is none, read, write or null.",
                Quoted(&name)
            ))
        };
        Access::named(&name).ok_or_else(unknown)
    });
    let (level, drive) = (level.transpose()?, drive(app, name.as_deref())?);
    check_path(&path)?;
    app.sim.set_access(drive.at(path.as_str()), level)?;
    respond(app, &drive, &path)
}

fn respond(app: &App, drive: &DriveRef, path: &str) -> Result<ApiResponse, AdminError> {
    check_path(path)?;
    let (access, own) = (app.sim.access(drive.at(path))?, app.sim.own_access(drive.at(path))?);
    let own = own.map(|access| access.to_string());
    let body = json!({ "drive": drive.name(), "path": path, "access": access.to_string(), "own": own });
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// Fails if a path does not begin at the root.
fn check_path(path: &str) -> Result<(), AdminError> {
    if path.starts_with('/') {
        return Ok(());
    }
    Err(AdminError::bad_request(format!(
        "The path {} does not begin with a slash, as in /Docs.",
        Quoted(path)
    )))
}

/// Finds a drive by its name; without a name, the only drive.
fn drive(app: &App, name: Option<&str>) -> Result<DriveRef, AdminError> {
    let only = || {
        let message = "The drive must be named unless there is exactly one.";
        drives::only_drive(app).ok_or_else(|| AdminError::bad_request(message))
    };
    name.map_or_else(only, |name| Ok(drives::find_drive(app, name)?))
}
