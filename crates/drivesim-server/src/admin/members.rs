//! Reads and sets members of an item through the admin API.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use drivesim::address::Address;
use drivesim::item::{Json, MemberChange, Members};
use serde::Deserialize;

use crate::admin::error::AdminError;
use crate::admin::{drives, read};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Quoted;
use crate::json::ordered::{Map, Value};
use crate::state::app::App;

/// The form of a body.
const FORM: &str = "{\"set\"?:{\"tags\":[…]},\"clear\"?:[\"lock\"]}";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default)]
    set: Map,
    #[serde(default)]
    clear: BTreeSet<String>,
}

/// Responds with the members of an item that were set.
pub(super) fn show(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    let address = address(app, request)?;
    Ok(respond(&app.sim.members(address)?))
}

/// Sets and removes members of an item, all or none of them, and responds with those that are set afterwards.
pub(super) fn change(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    let address = address(app, request)?;
    let Change { set, clear } = read::json(request, FORM)?;
    if let Some(name) = clear.iter().find(|name| set.get(name).is_some()) {
        return Err(AdminError::bad_request(format!(
            "The member {} cannot be both set and cleared.",
            Quoted(name)
        )));
    }
    let mut changes: Vec<MemberChange> = Vec::new();
    for (name, value) in set.iter() {
        let value = value.to_string().parse::<Json>();
        let wrong =
            |error| AdminError::bad_request(format!("The value of {} is invalid: {error}.", Quoted(name)));
        changes.push((name.clone(), Some(value.map_err(wrong)?)));
    }
    changes.extend(clear.into_iter().map(|name| (name, None)));
    app.sim.set_members(&address, &changes)?;
    Ok(respond(&app.sim.members(address)?))
}

fn respond(members: &Members) -> ApiResponse {
    let members = members.iter().map(|(name, value)| (name.to_owned(), Value::parse(value.as_str())));
    ApiResponse::json(StatusCode::OK, Value::Object(members.collect::<Map>()))
}

/// Returns the address of the item: `path`, and `drive` unless there is exactly one.
fn address(app: &App, request: &ApiRequest) -> Result<Address, AdminError> {
    read::check_keys(request, &["drive", "path"])?;
    let path = request
        .query("path")
        .ok_or_else(|| AdminError::bad_request("The item must be named by its path: ?path=/Docs/a.txt."))?;
    let drive = match request.query("drive") {
        Some(name) => drives::find_drive(app, name)?,
        None => drives::only_drive(app).ok_or_else(|| {
            AdminError::bad_request("The drive must be named unless there is exactly one: &drive=NAME.")
        })?,
    };
    Ok(drive.at(path))
}
