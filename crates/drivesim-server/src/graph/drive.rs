//! The only place that finds the drive a URL names and shows a drive.

use axum::http::StatusCode;
use drivesim::{DriveRef, Profile, QuotaState};
use serde_json::{Value, json};

use crate::app::App;
use crate::call::Call;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, DriveName, Route};
use crate::graph::{ids, json};
use crate::reply::Reply;

/// The two kinds of drive that Graph tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// OneDrive for work and SharePoint.
    Business,
    /// OneDrive of a person.
    Personal,
}

/// A drive as this family sees it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) drive: DriveRef,
    pub(crate) flavour: Flavour,
    pub(crate) profile: Profile,
    pub(crate) owner: Option<String>,
    pub(crate) dialect: Dialect,
}

/// Returns how a drive is seen here; `None` for one of another service.
fn flavour_of(profile: &Profile) -> Option<Flavour> {
    match profile.name {
        "box" => None,
        "personal" => Some(Flavour::Personal),
        _ => Some(Flavour::Business),
    }
}

/// Returns the drives that are seen here, in the order in which they were made.
pub(crate) fn all(app: &App, dialect: Dialect) -> Vec<Found> {
    app.sim.drives().into_iter().filter_map(|drive| seen(app, drive, dialect)).collect()
}

/// Looks at a drive as this family sees it; `None` for one of another service, and one that is gone.
pub(crate) fn seen(app: &App, drive: DriveRef, dialect: Dialect) -> Option<Found> {
    let profile = app.sim.profile_of(&drive).ok()?;
    let owner = app.sim.owner_of(&drive).ok()?;
    Some(Found { flavour: flavour_of(&profile)?, drive, profile, owner, dialect })
}

/// Finds the drive that a route names. That `/drive` is the first personal drive, or else the first of all, *differs*
/// from the services, which know by the token whose it is.
pub(crate) fn find(app: &App, route: &Route) -> Result<Found, Refusal> {
    let drives = all(app, route.dialect);
    let found = match &route.drive {
        DriveName::Id(id) => return by_id(drives, id),
        DriveName::Owner(owner) => drives.into_iter().find(|found| found.owner.as_ref() == Some(owner)),
        DriveName::Default => {
            let personal = drives.iter().position(|found| found.flavour == Flavour::Personal);
            drives.into_iter().nth(personal.unwrap_or(0))
        }
    };
    found.ok_or_else(Refusal::not_found)
}

/// Finds a drive by the id of the wire, or by name. That the name of a drive does for its id
/// *differs* from the services.
pub(crate) fn by_id(drives: Vec<Found>, id: &str) -> Result<Found, Refusal> {
    let is_meant = |found: &Found| ids::is_drive_id(&found.drive, found.flavour, id);
    let by_name = drives.iter().position(|found| found.drive.name() == id);
    let at = drives.iter().position(is_meant).or(by_name);
    match at.and_then(|at| drives.into_iter().nth(at)) {
        Some(found) => Ok(found),
        None if looks_like_an_id(id) => Err(Refusal::not_found()),
        None => Err(Refusal::invalid(
            "The provided drive id appears to be malformed, or does not represent a valid drive.",
        )
        .inner("invalidResourceId")),
    }
}

/// Says whether a text has the form of a drive's id, though of none that is here.
fn looks_like_an_id(id: &str) -> bool {
    let is_hex = (15..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || id.strip_prefix("b!").is_some_and(|rest| rest.len() == 64)
}

impl Found {
    /// Returns the id of the drive on the wire.
    pub(crate) fn wire_id(&self) -> String {
        ids::drive_id(&self.drive, self.flavour)
    }

    /// Returns the type as references to items tell it.
    pub(crate) fn drive_type(&self) -> &'static str {
        let is_site = self.owner.as_deref().is_some_and(|owner| owner.starts_with("site:"));
        match self.flavour {
            Flavour::Personal => "personal",
            Flavour::Business if is_site => "documentLibrary",
            Flavour::Business => "business",
        }
    }

    /// Returns what the URL of the drive in a browser starts with. That a `webUrl` is on this server, where nothing is
    /// shown, *differs* from the services.
    pub(crate) fn web_url(&self, call: &Call) -> String {
        format!("{}/{}", call.base, json::url_segment(self.drive.name()))
    }

    /// Returns the URL of the drive here. That links in an answer are those of the API that was asked is *assumed*.
    pub(crate) fn url(&self, call: &Call) -> String {
        let way = match self.dialect {
            Dialect::SharePoint => "/_api/v2.0",
            Dialect::Graph => "/v1.0",
            // Below `/v1.0` the drives are Graph's, and who follows a link is to be answered in the same dialect.
            Dialect::OneDrive => "",
        };
        format!("{}{way}/drives/{}", call.base, json::url_segment(&self.wire_id()))
    }
}

/// Answers with a drive.
pub(crate) fn read(app: &App, call: &Call, route: &Route) -> Result<Reply, Refusal> {
    let found = find(app, route)?;
    let mut value = show(app, call, &found)?;
    json::select(&mut value, call.query("$select"));
    Ok(Reply::json(StatusCode::OK, value))
}

/// Answers with all drives. That `/me/drives` lists drives of others too *differs* from the services.
pub(crate) fn list(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let drives = all(app, Dialect::Graph);
    let shown: Result<Vec<Value>, Refusal> = drives.iter().map(|found| show(app, call, found)).collect();
    Ok(Reply::json(StatusCode::OK, json!({ "value": shown? })))
}

fn show(app: &App, call: &Call, found: &Found) -> Result<Value, Refusal> {
    let quota = app.sim.quota(found.drive.at("/"))?;
    let root = app.sim.item(found.drive.at("/"))?;
    let state = match quota.state() {
        QuotaState::Normal => "normal",
        QuotaState::Nearing => "nearing",
        QuotaState::Critical => "critical",
        QuotaState::Exceeded => "exceeded",
    };
    let (kind, owner) = match found.owner.as_deref().and_then(|owner| owner.split_once(':')) {
        Some((kind @ ("group" | "site"), id)) => (kind, id),
        Some((_, id)) => ("user", id),
        None => ("user", drivesim_core::ME),
    };
    // A site is an owner that identities have no word for.
    let kind = if kind == "site" { "application" } else { kind };
    // That a drive without a quota tells as much as a signed number can is *assumed*; the three add up, as clients
    // expect.
    let total = quota.total.unwrap_or(u64::MAX).min(i64::MAX as u64);
    Ok(json!({
        "id": found.wire_id(),
        "driveType": found.drive_type(),
        "name": found.drive.name(),
        "webUrl": found.web_url(call),
        "createdDateTime": json::time(found.flavour, root.created_at),
        "lastModifiedDateTime": json::time(found.flavour, root.modified_at),
        "owner": { kind: json::identity(owner) },
        "quota": {
            "total": total,
            "used": quota.used.min(i64::MAX as u64),
            "remaining": quota.remaining.min(total.saturating_sub(quota.used)),
            "deleted": quota.deleted.min(i64::MAX as u64),
            "state": state,
        },
    }))
}
