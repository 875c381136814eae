//! Handles requests for drives: shows one, lists all.

use axum::http::StatusCode;
use drivesim::drive::{Owner, QuotaState};

use crate::graph::context::{DriveContext, GraphContext};
use crate::graph::error::GraphError;
use crate::graph::operation::GraphResult;
use crate::graph::query::PageRange;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::{drive, json};
use crate::http::response::ApiResponse;
use crate::http::url;
use crate::json::ordered::{Value, json};
use crate::json::rfc3339::Rfc3339;

/// Responds with a drive.
pub(crate) fn read(context: GraphContext<'_>) -> GraphResult {
    let GraphContext { request, .. } = context;
    let drive = context.find_drive()?;
    let odata_context = format!("{}{}/$metadata#drives/$entity", request.base, drive.version);
    let mut value = json::with_context(odata_context, render(context.in_drive(&drive))?);
    json::select(&mut value, request.query("$select"));
    Ok(ApiResponse::json(StatusCode::OK, value))
}

/// Responds with all drives, or with those of one owner.
pub(crate) fn list(context: GraphContext<'_>, owner: Option<&str>) -> GraphResult {
    let GraphContext { app, request, route } = context;
    let page = PageRange::read(app, request)?;
    let mut drives = drive::all(app, route.api)?;
    let resolved_owner = owner.map(|owner| drive::signed_in(&route.caller, owner));
    let is_owned =
        |drive: &ResolvedDrive| resolved_owner.as_deref().is_none_or(|owner| drive.is_owned_by(owner));
    drives.retain(|drive| drive::can_see(&route.caller, drive.drive_type) && is_owned(drive));
    let n_drives = drives.len();
    let mut values = Vec::new();
    for drive in drives.into_iter().skip(page.offset).take(page.limit) {
        let mut value = render(context.in_drive(&drive.with_version(route.version)))?;
        json::select(&mut value, request.query("$select"));
        values.push(value);
    }
    let last = page.offset + values.len();
    let api_url = format!("{}{}", request.base, route.version);
    let mut body = json!({ "@odata.context": format!("{api_url}/$metadata#drives"), "value": values });
    if last < n_drives && page.offset < last {
        let list = format!("{api_url}{}/drives", owner.map_or_else(String::new, owner_path));
        body["@odata.nextLink"] = json!(PageRange::next_link(request, &list, last));
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

/// Renders a drive.
fn render(context: DriveContext<'_>) -> Result<Value, GraphError> {
    let DriveContext { app, request, drive } = context;
    let quota = app.sim.quota(&drive.drive_ref)?;
    let root = app.sim.item(drive.at("/"))?;
    let state = match quota.state() {
        QuotaState::Normal => "normal",
        QuotaState::Nearing => "nearing",
        QuotaState::Critical => "critical",
        QuotaState::Exceeded => "exceeded",
    };
    let (kind, owner) = match &drive.owner {
        Some(Owner::Group(id)) => ("group", &**id),
        // An identitySet has no member for sites.
        Some(Owner::Site(id)) => ("application", &**id),
        Some(owner) => ("user", owner.id().unwrap_or(drivesim_core::ME)),
        // ASSUMED: A drive without an owner shows a user with the name of the drive: clients expect an owner (no
        // option: clients rely on it).
        None => ("user", drive.drive_ref.name()),
    };
    let precision = drive.drive_type.precision();
    // ASSUMED: A drive without a quota shows the largest signed number; the three numbers add up, as clients expect (no
    // option: clients rely on it).
    let total = quota.total.unwrap_or(u64::MAX).min(i64::MAX as u64);
    Ok(json!({
        "id": drive.wire_id(),
        "driveType": drive.drive_type_name(),
        "name": drive.drive_ref.name(),
        "webUrl": drive.web_url(request),
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
