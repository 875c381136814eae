//! Finds the drive that a URL names, and renders drives.

use std::borrow::Cow;
use std::cell::OnceCell;

use axum::http::StatusCode;
use drivesim::access::Access;
use drivesim::drive::{DriveInfo, DriveRef, Owner, QuotaState};
use drivesim::error::DriveError;
use drivesim::profile::MicrosoftWire;
use drivesim::wire_id::{WireIdForm, WireIds};
use drivesim::{ItemId, Profile, Sim};

use crate::graph::error::GraphError;
use crate::graph::ids::GraphIds;
use crate::graph::route::{Api, DriveLocator, Route};
use crate::graph::tags::TagRules;
use crate::graph::{drive_item, ids, json, query};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::http::url;
use crate::json::ordered::{Value, json};
use crate::json::rfc3339::Rfc3339;
use crate::state::app::App;
use crate::state::caller::Caller;
use crate::state::token::TokenKind;

/// The length in bytes that most `webUrl`s of folders do not exceed.
const TYPICAL_URL: usize = 128;

/// The two kinds of drive of Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriveType {
    /// OneDrive for work and SharePoint.
    Business,
    /// OneDrive of a person.
    Personal,
}

/// A drive that a request names, with what a handler needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedDrive {
    pub(crate) drive: DriveRef,
    pub(crate) root: ItemId,
    pub(crate) drive_type: DriveType,
    /// The wire options of the drive.
    pub(crate) wire: MicrosoftWire,
    pub(crate) owner: Option<Owner>,
    pub(crate) api: Api,
    /// The part of links before the drive.
    pub(crate) version: &'static str,
    /// The assigned ids of the drive and its items.
    assigned_ids: WireIds,
    /// The sender of the request.
    pub(crate) caller: Caller,
    /// The wire ids of the drive and of its site, once computed.
    wire_ids: OnceCell<(String, String)>,
}

/// Returns the type of a drive; `None` for a drive of another service.
fn drive_type_of(profile: &Profile) -> Option<DriveType> {
    match profile.name {
        "box" => None,
        "personal" => Some(DriveType::Personal),
        _ => Some(DriveType::Business),
    }
}

/// Returns the drives of Microsoft whose roots can be read, in order of creation.
pub(crate) fn all(app: &App, dialect: Api) -> Vec<ResolvedDrive> {
    app.sim.drive_infos().filter_map(|drive| ResolvedDrive::of(&drive, dialect)).collect()
}

/// Returns a drive; `None` if it is gone, of another service, or its root cannot be read.
pub(crate) fn by_ref(app: &App, drive: &DriveRef, dialect: Api) -> Option<ResolvedDrive> {
    let drive = app.sim.drive_info(drive).ok()?;
    if drive.is_closed() { None } else { ResolvedDrive::of(&drive, dialect) }
}

/// Returns the oldest drive that matches and whose root can be read.
fn first(app: &App, dialect: Api, matches: impl Fn(&DriveInfo, DriveType) -> bool) -> Option<ResolvedDrive> {
    app.sim.drive_infos().find_map(|drive| {
        let drive_type = drive_type_of(drive.profile())?;
        if matches(&drive, drive_type) { ResolvedDrive::of(&drive, dialect) } else { None }
    })
}

/// Returns the error for a drive that matches but whose root cannot be read; `None` if there is no such drive.
fn unreadable(app: &App, matches: impl Fn(&DriveInfo, DriveType) -> bool) -> Option<GraphError> {
    app.sim.all_drive_infos().find_map(|drive| {
        let is_found = drive.is_closed() && matches(&drive, drive_type_of(drive.profile())?);
        is_found.then(|| match drive.profile().refuses_unreadable {
            true => DriveError::AccessDenied { item: "/".to_owned(), needed: Access::Read, is_below: false }
                .into(),
            false => GraphError::not_found(),
        })
    })
}

/// Returns the error for an owner without a drive, or without one that can be read.
fn no_drive_of_owner(app: &App, owner: &str) -> GraphError {
    let unreadable = unreadable(app, |drive, _| is_owned_by(drive.owner(), owner));
    unreadable.unwrap_or_else(|| GraphError::no_drive_of(owner))
}

/// Returns whether an owner is the one that a text names.
fn is_owned_by(owner: Option<&Owner>, text: &str) -> bool {
    owner.is_some_and(|owner| *owner == *text)
}

/// Finds the drive that a route names.
///
/// DIFFERS(the services): Without a token that names a user, `/drive` is the first personal drive, or else the first of
/// all; the services always know the user.
pub(crate) fn find(app: &App, route: &Route) -> Result<ResolvedDrive, GraphError> {
    let Route { api: dialect, caller, .. } = route;
    let of_owner = |owner: &str| first(app, *dialect, |drive, _| is_owned_by(drive.owner(), owner));
    let found = match &route.drive {
        DriveLocator::Id(id, owner) => {
            let found = by_wire_id_or_name(app, caller, *dialect, id)?;
            // The URL of a site does not lead to drives of other sites.
            Some(found).filter(|found| {
                let of = owner.as_ref().map(|owner| signed_in(caller, owner));
                of.is_none_or(|of| is_owned_by(found.owner.as_ref(), &of))
            })
        }
        DriveLocator::Owner(owner) => {
            let owner = signed_in(caller, owner);
            Some(of_owner(&owner).ok_or_else(|| no_drive_of_owner(app, &owner))?)
        }
        DriveLocator::Default => Some(default(app, route, of_owner)?),
    };
    let found = found.ok_or_else(GraphError::not_found)?;
    check_seen(caller, &found)?;
    Ok(ResolvedDrive { version: route.version, caller: caller.clone(), ..found })
}

/// Finds the drive of `/drive`: that of the user of the token. Without a user it is the first personal drive that the
/// caller can see, or else the first of all.
///
/// ASSUMED: `/drive` of SharePoint is the first drive too if the user has none: there it is the drive of a site (no
/// option: a token with a user decides it).
fn default(
    app: &App,
    route: &Route,
    of_owner: impl Fn(&str) -> Option<ResolvedDrive>,
) -> Result<ResolvedDrive, GraphError> {
    let Route { api: dialect, caller, .. } = route;
    if caller.user.is_some() {
        let owner = signed_in(caller, drivesim_core::ME);
        match of_owner(&owner) {
            Some(found) => return Ok(found),
            None if *dialect == Api::OneDrive => return Err(no_drive_of_owner(app, &owner)),
            None => {}
        }
    }
    let first_of =
        |drive_type| first(app, *dialect, |_, other| other == drive_type && can_see(caller, other));
    let no_drive =
        || unreadable(app, |_, other| can_see(caller, other)).unwrap_or_else(GraphError::not_found);
    first_of(DriveType::Personal).or_else(|| first_of(DriveType::Business)).ok_or_else(no_drive)
}

/// Resolves the owner in a URL: `me` is the user of the token, if it has one.
fn signed_in(caller: &Caller, owner: &str) -> String {
    match &caller.user {
        Some(user) if owner == drivesim_core::ME && **user != *drivesim_core::ME => format!("user:{user}"),
        _ => owner.to_owned(),
    }
}

/// Returns whether a caller can see drives of a type: those of personal accounts and of organisations are separate.
///
/// ASSUMED: The token of a work account or of an application sees no personal drive, and that of a personal account
/// sees only personal drives: the pages only say that the two kinds of account have different permissions (no option:
/// the kind of the token says it).
fn can_see(caller: &Caller, drive_type: DriveType) -> bool {
    match caller.kind {
        None => true,
        Some(TokenKind::Personal) => drive_type == DriveType::Personal,
        Some(TokenKind::Work | TokenKind::Application) => drive_type == DriveType::Business,
    }
}

/// Fails if the caller cannot see the drive.
///
/// ASSUMED: A drive of the other kind of account is 404, as if it did not exist (no option: rare).
fn check_seen(caller: &Caller, found: &ResolvedDrive) -> Result<(), GraphError> {
    match caller.kind.filter(|_| !can_see(caller, found.drive_type)) {
        Some(kind) => Err(GraphError::other_account(kind, found.drive_type)),
        None => Ok(()),
    }
}

/// Finds a drive by its wire id, or by name.
///
/// DIFFERS(the services): The name of a drive is accepted in place of its id.
pub(crate) fn by_wire_id_or_name(
    app: &App,
    caller: &Caller,
    dialect: Api,
    id: &str,
) -> Result<ResolvedDrive, GraphError> {
    let has_id = |drive: &DriveInfo, drive_type| {
        GraphIds { drive: drive.drive(), drive_type, assigned: drive.own_wire_ids() }.is_drive(id)
    };
    let is_named = |drive: &DriveInfo, _| drive.name() == id;
    match first(app, dialect, has_id).or_else(|| first(app, dialect, is_named)) {
        Some(found) => check_seen(caller, &found).map(|()| ResolvedDrive { caller: caller.clone(), ..found }),
        None => {
            let matches = |drive: &DriveInfo, drive_type| {
                can_see(caller, drive_type) && (has_id(drive, drive_type) || is_named(drive, drive_type))
            };
            Err(unreadable(app, matches).unwrap_or_else(|| no_drive(id)))
        }
    }
}

/// Returns the error for an unknown id of a drive.
fn no_drive(id: &str) -> GraphError {
    if is_well_formed_id(id) {
        return GraphError::not_found();
    }
    let message = "The provided drive id appears to be malformed, or does not represent a valid drive.";
    GraphError::invalid(message).with_inner_code("invalidResourceId")
}

/// Returns whether a text has the form of a drive's id.
fn is_well_formed_id(id: &str) -> bool {
    let is_hex = (15..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_guid = || WireIdForm::Business.is_drive(id);
    is_hex || id.strip_prefix("b!").is_some_and(|rest| rest.len() == 64) || is_guid()
}

impl ResolvedDrive {
    /// Creates it from a drive; `None` for a drive of another service.
    fn of(drive: &DriveInfo, dialect: Api) -> Option<ResolvedDrive> {
        Some(ResolvedDrive {
            drive_type: drive_type_of(drive.profile())?,
            wire: drive.profile().microsoft_wire,
            drive: drive.drive().clone(),
            root: drive.root(),
            owner: drive.owner().cloned(),
            api: dialect,
            version: dialect.version(),
            assigned_ids: drive.wire_ids(),
            caller: Caller::default(),
            wire_ids: OnceCell::new(),
        })
    }

    /// Returns the profile of the drive.
    pub(crate) fn profile(&self, app: &App) -> Result<Profile, GraphError> {
        Ok(app.sim.profile_of(&self.drive)?)
    }

    /// Returns the wire ids of the drive and its items.
    pub(crate) fn ids(&self) -> GraphIds<'_> {
        GraphIds { drive: &self.drive, drive_type: self.drive_type, assigned: &self.assigned_ids }
    }

    /// Returns the simulator with the sender of the request as actor.
    pub(crate) fn sim_as_caller<'a>(&self, app: &'a App) -> Cow<'a, Sim> {
        self.caller.acting_on(&app.sim)
    }

    /// Returns the rules for the tags of the drive's items.
    pub(crate) fn tag_rules(&self) -> TagRules {
        let MicrosoftWire { root_etag, folder_ctag, .. } = self.wire;
        TagRules { drive_type: self.drive_type, root_etag, folder_ctag }
    }

    /// Returns the id of the drive on the wire.
    pub(crate) fn wire_id(&self) -> &str {
        &self.wire_ids().0
    }

    /// Returns the id of the site that the drive is in.
    pub(crate) fn site_id(&self) -> &str {
        &self.wire_ids().1
    }

    fn wire_ids(&self) -> &(String, String) {
        let compute = || (self.ids().drive(), ids::site_text(&self.drive));
        self.wire_ids.get_or_init(compute)
    }

    /// Returns the `driveType` of the drive.
    pub(crate) fn drive_type_name(&self) -> &'static str {
        let is_site = matches!(self.owner, Some(Owner::Site(_)));
        match self.drive_type {
            DriveType::Personal => "personal",
            DriveType::Business if is_site => "documentLibrary",
            DriveType::Business => "business",
        }
    }

    /// Returns the `webUrl` of the drive, which begins those of its items.
    ///
    /// DIFFERS(the services): A `webUrl` points to this server, which serves nothing there.
    pub(crate) fn web_url(&self, request: &ApiRequest) -> String {
        let mut url = String::with_capacity(TYPICAL_URL);
        url.push_str(&request.base);
        url.push('/');
        url::push_segment(&mut url, self.drive.name());
        url
    }

    /// Returns the API URL of the drive.
    ///
    /// ASSUMED: Links in a response lead to the API of the request (no option: no other reading is known).
    pub(crate) fn url(&self, request: &ApiRequest) -> String {
        format!("{}{}/drives/{}", request.base, self.version, url::encode_segment(self.wire_id()))
    }

    /// Returns the `@odata.context` of a response about `what` in the drive.
    ///
    /// ASSUMED: Each `@odata.context` has the form of the samples for a page of children (no option: no other reading
    /// is known).
    pub(crate) fn context(&self, request: &ApiRequest, what: &str) -> String {
        [&request.base, self.version, "/$metadata#drives('", self.wire_id(), "')", what].concat()
    }
}

/// Answers with a drive.
pub(crate) fn read(app: &App, request: &ApiRequest, route: &Route) -> Result<ApiResponse, GraphError> {
    query::check(request, &["select"])?;
    let found = find(app, route)?;
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
    let mut drives = all(app, route.api);
    let of = owner.map(|owner| signed_in(&route.caller, owner));
    let is_listed =
        |found: &ResolvedDrive| of.as_ref().is_none_or(|of| is_owned_by(found.owner.as_ref(), of));
    drives.retain(|found| can_see(&route.caller, found.drive_type) && is_listed(found));
    let n_drives = drives.len();
    let mut values = Vec::new();
    for found in drives.into_iter().skip(page.offset).take(page.limit) {
        let mut value = render(app, request, &ResolvedDrive { version: route.version, ..found })?;
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
    let precision = drive_item::precision(found.drive_type);
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
