//! Handles requests for drives: shows one, lists all.

use axum::http::StatusCode;
use drivesim::drive::{Owner, QuotaState};

use crate::graph::error::GraphError;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::Route;
use crate::graph::{drive, json, query};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::http::url;
use crate::json::ordered::{Value, json};
use crate::json::rfc3339::Rfc3339;
use crate::state::app::App;

/// Answers with a drive.
pub(crate) fn read(app: &App, request: &ApiRequest, route: &Route) -> Result<ApiResponse, GraphError> {
    query::check(request, &["select"])?;
    let found = drive::find(app, route)?;
    let context = format!("{}{}/$metadata#drives/$entity", request.base, found.version);
    let mut value = json::with_context(context, render(app, request, &found)?);
    json::select(&mut value, request.query("$select"));
    Ok(ApiResponse::json(StatusCode::OK, value))
}

/// Answers with all drives, or with those of one owner.
pub(crate) fn list(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    owner: Option<&str>,
) -> Result<ApiResponse, GraphError> {
    query::check(request, &["select", "top", "skiptoken"])?;
    let page = query::PageRange::read(app, request)?;
    let mut drives = drive::all(app, route.api);
    let of = owner.map(|owner| drive::signed_in(&route.caller, owner));
    drives.retain(|found| {
        let is_listed = of.as_deref().is_none_or(|owner| found.is_owned_by(owner));
        is_listed && drive::can_see(&route.caller, found.drive_type)
    });
    let n_drives = drives.len();
    let mut values = Vec::new();
    for found in drives.into_iter().skip(page.offset).take(page.limit) {
        let mut value = render(app, request, &found.with_version(route.version))?;
        json::select(&mut value, request.query("$select"));
        values.push(value);
    }
    let last = page.offset + values.len();
    let api_url = format!("{}{}", request.base, route.version);
    let mut body = json!({ "@odata.context": format!("{api_url}/$metadata#drives"), "value": values });
    if last < n_drives && page.offset < last {
        let list = format!("{api_url}{}/drives", owner.map_or_else(String::new, owner_path));
        body["@odata.nextLink"] = json!(query::PageRange::next_link(request, &list, last));
    }
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// Returns the path of an owner in URLs.
fn owner_path(owner: &str) -> String {
    match owner.split_once(':') {
        Some((kind, id)) => format!("/{kind}s/{}", url::encode_segment(id)),
        None => format!("/{owner}"),
    }
}

fn render(app: &App, request: &ApiRequest, found: &ResolvedDrive) -> Result<Value, GraphError> {
    let quota = app.sim.quota(&found.drive)?;
    let root = app.sim.item(found.drive.at("/"))?;
    let state = match quota.state() {
        QuotaState::Normal => "normal",
        QuotaState::Nearing => "nearing",
        QuotaState::Critical => "critical",
        QuotaState::Exceeded => "exceeded",
    };
    let (kind, owner) = match &found.owner {
        Some(Owner::Group(id)) => ("group", &**id),
        // An identitySet has no member for sites.
        Some(Owner::Site(id)) => ("application", &**id),
        Some(owner) => ("user", owner.id().unwrap_or(drivesim_core::ME)),
        // ASSUMED: A drive without an owner shows a user with the name of the drive: clients expect an owner (no
        // option: clients rely on it).
        None => ("user", found.drive.name()),
    };
    let precision = found.drive_type.precision();
    // ASSUMED: A drive without a quota shows the largest signed number; the three numbers add up, as clients expect (no
    // option: clients rely on it).
    let total = quota.total.unwrap_or(u64::MAX).min(i64::MAX as u64);
    Ok(json!({
        "id": found.wire_id(),
        "driveType": found.drive_type_name(),
        "name": found.drive.name(),
        "webUrl": found.web_url(request),
        "createdDateTime": Rfc3339::utc(root.created_at, precision),
        "lastModifiedDateTime": Rfc3339::utc(root.modified_at, precision),
        "owner": { kind: json::identity(&app.options, owner) },
        "quota": {
            "total": total,
            "used": quota.used.min(i64::MAX as u64),
            "remaining": quota.remaining.min(total.saturating_sub(quota.used)),
            "deleted": quota.deleted.min(i64::MAX as u64),
            "state": state,
        },
    }))
}
