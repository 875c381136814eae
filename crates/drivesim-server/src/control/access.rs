//! Reads and sets what callers may do with items through the admin API.

use axum::http::StatusCode;
use drivesim::{Access, DriveRef};
use serde::Deserialize;

use crate::app::App;
use crate::call::Call;
use crate::control::fault::Fault;
use crate::control::{drives, read};
use crate::excerpt::Quoted;
use crate::ordered_json::json;
use crate::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    drive: Option<String>,
    path: String,
    /// `null` takes the level away. The member must be there: one that was forgotten would take it away too.
    #[serde(deserialize_with = "Option::deserialize")]
    access: Option<String>,
}

/// Shows what callers may do with an item: 200.
pub(super) fn show(app: &App, call: &Call, _: &str) -> Result<Reply, Fault> {
    read::check_keys(call, &["drive", "path"])?;
    let path =
        call.query("path").ok_or_else(|| Fault::bad_request("The query has no path, as in ?path=/Docs."))?;
    answer(app, &drive(app, call.query("drive"))?, path)
}

/// Sets what callers may do with an item, and with all below it that has no level of its own: 200 with what holds then.
pub(super) fn set(app: &App, call: &Call, _: &str) -> Result<Reply, Fault> {
    read::check_keys(call, &[])?;
    let form = "{\"drive\"?:…,\"path\":…,\"access\":\"none\"|\"read\"|\"write\"|null}";
    let Level { drive: name, path, access } = read::json(call, form)?;
    let level = access.map(|name| {
        let unknown = || {
            Fault::bad_request(format!(
                "There is no access {}; it is none, read, write or null.",
                Quoted(&name)
            ))
        };
        Access::named(&name).ok_or_else(unknown)
    });
    let (level, drive) = (level.transpose()?, drive(app, name.as_deref())?);
    check_path(&path)?;
    app.sim.set_access(drive.at(path.as_str()), level)?;
    answer(app, &drive, &path)
}

fn answer(app: &App, drive: &DriveRef, path: &str) -> Result<Reply, Fault> {
    check_path(path)?;
    let (access, own) = (app.sim.access(drive.at(path))?, app.sim.own_access(drive.at(path))?);
    let own = own.map(|access| access.to_string());
    let shown = json!({ "drive": drive.name(), "path": path, "access": access.to_string(), "own": own });
    Ok(Reply::json(StatusCode::OK, shown))
}

/// Refuses a path that does not begin at the root.
fn check_path(path: &str) -> Result<(), Fault> {
    if path.starts_with('/') {
        return Ok(());
    }
    Err(Fault::bad_request(format!("The path {} does not begin with a slash, as in /Docs.", Quoted(path))))
}

/// Finds the drive with a name; without a name the only one that there is.
fn drive(app: &App, name: Option<&str>) -> Result<DriveRef, Fault> {
    let only = || {
        let message = "Which drive is meant must be said where there is not exactly one.";
        drives::only_drive(app).ok_or_else(|| Fault::bad_request(message))
    };
    name.map_or_else(only, |name| Ok(drives::named(app, name)?))
}
