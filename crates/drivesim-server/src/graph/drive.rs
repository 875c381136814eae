//! The only place that finds the drive a URL names and shows a drive.

use std::borrow::Cow;
use std::cell::OnceCell;

use axum::http::StatusCode;
use drivesim::{
    Access, DriveError, DriveId, DriveLook, DriveRef, ItemId, MicrosoftWire, Profile, QuotaState, Sim,
    WireIdForm, WireIds,
};

use crate::app::App;
use crate::call::Call;
use crate::caller::Caller;
use crate::graph::ids::Ids;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, DriveName, Route};
use crate::graph::tags::TagRules;
use crate::graph::{drive_item, ids, json, query};
use crate::instant::Instant;
use crate::ordered_json::{Value, json};
use crate::reply::Reply;
use crate::token::TokenKind;
use crate::url;

/// How many bytes most URLs of folders in a browser take at most.
const TYPICAL_URL: usize = 128;

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
    pub(crate) root: ItemId,
    pub(crate) flavour: Flavour,
    /// How the drive answers where the pages leave it open.
    pub(crate) wire: MicrosoftWire,
    pub(crate) owner: Option<String>,
    pub(crate) dialect: Dialect,
    /// What stands before the drive in links.
    pub(crate) version: &'static str,
    /// The ids that the drive and its items were given.
    given: WireIds,
    /// Who asks for it.
    pub(crate) caller: Caller,
    /// What the drive and its site are called on the wire, once that was worked out.
    names: OnceCell<(String, String)>,
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
    let mut all = Vec::new();
    app.sim.find_drive(|drive| {
        all.extend(Found::of(&drive, dialect));
        None::<()>
    });
    all
}

/// Looks at a drive as this family sees it; `None` for one of another service, and one that is gone.
pub(crate) fn seen(app: &App, id: DriveId, dialect: Dialect) -> Option<Found> {
    let see = |drive: DriveLook<'_>| if drive.is_closed { None } else { Found::of(&drive, dialect) };
    app.sim.look_at_drive(id, see).flatten()
}

/// Returns the oldest of the drives that are seen here and meant.
fn first(app: &App, dialect: Dialect, is_meant: impl Fn(&DriveLook<'_>, Flavour) -> bool) -> Option<Found> {
    app.sim.find_drive(|drive| {
        let flavour = flavour_of(drive.profile)?;
        if is_meant(&drive, flavour) { Found::of(&drive, dialect) } else { None }
    })
}

/// Returns why a drive that is meant is not seen here though it is there: its root may not be read.
fn withheld(app: &App, is_meant: impl Fn(&DriveLook<'_>, Flavour) -> bool) -> Option<Refusal> {
    app.sim.find_any_drive(|drive| {
        let is_it = drive.is_closed && is_meant(&drive, flavour_of(drive.profile)?);
        is_it.then(|| match drive.profile.refuses_unreadable {
            true => DriveError::AccessDenied { item: "/".to_owned(), needed: Access::Read, is_below: false }
                .into(),
            false => Refusal::not_found(),
        })
    })
}

/// Refuses the drive of an owner that has none, or none that may be seen.
fn none_of(app: &App, owner: &str) -> Refusal {
    let withheld = withheld(app, |drive, _| drive.owner == Some(owner));
    withheld.unwrap_or_else(|| Refusal::no_drive_of(owner))
}

/// Finds the drive that a route names. That `/drive` is the first personal drive, or else the first of all, where no token
/// says whose it is, *differs* from the services, which always know.
pub(crate) fn find(app: &App, route: &Route) -> Result<Found, Refusal> {
    let Route { dialect, caller, .. } = route;
    let of_owner = |owner: &str| first(app, *dialect, |drive, _| drive.owner == Some(owner));
    let found = match &route.drive {
        DriveName::Id(id, owner) => {
            let found = by_id(app, caller, *dialect, id)?;
            // A site's URL does not lead to the drives of another.
            Some(found).filter(|found| {
                owner.as_ref().is_none_or(|owner| found.owner == Some(signed_in(caller, owner)))
            })
        }
        DriveName::Owner(owner) => {
            let owner = signed_in(caller, owner);
            Some(of_owner(&owner).ok_or_else(|| none_of(app, &owner))?)
        }
        DriveName::Default => Some(default(app, route, of_owner)?),
    };
    let found = found.ok_or_else(Refusal::not_found)?;
    check_seen(caller, &found)?;
    Ok(Found { version: route.version, caller: caller.clone(), ..found })
}

/// Finds the drive of `/drive`: that of the user of the token. Without a user it is the first personal drive that the
/// caller sees, or else the first of all. That `/drive` of SharePoint is the first drive too if the user has none is
/// *assumed*: there it is the drive of a site (no option: a token with a user decides it).
fn default(app: &App, route: &Route, of_owner: impl Fn(&str) -> Option<Found>) -> Result<Found, Refusal> {
    let Route { dialect, caller, .. } = route;
    if caller.user.is_some() {
        let owner = signed_in(caller, drivesim_core::ME);
        match of_owner(&owner) {
            Some(found) => return Ok(found),
            None if *dialect == Dialect::OneDrive => return Err(none_of(app, &owner)),
            None => {}
        }
    }
    let seen = |flavour| first(app, *dialect, |_, other| other == flavour && sees(caller, other));
    let unseen = || withheld(app, |_, other| sees(caller, other)).unwrap_or_else(Refusal::not_found);
    seen(Flavour::Personal).or_else(|| seen(Flavour::Business)).ok_or_else(unseen)
}

/// Returns the owner that a URL names to a caller: `me` is the user of the token, if it has one.
fn signed_in(caller: &Caller, owner: &str) -> String {
    match &caller.user {
        Some(user) if owner == drivesim_core::ME && **user != *drivesim_core::ME => format!("user:{user}"),
        _ => owner.to_owned(),
    }
}

/// Returns whether a caller can see drives of a flavour: those of personal accounts and of organisations are apart.
/// That the token of a work account or of an application sees no personal drive, and that of a personal account no
/// other, is *assumed*: the pages only say that the two kinds of account have permissions of their own (no option: the
/// kind of the token says it).
fn sees(caller: &Caller, flavour: Flavour) -> bool {
    match caller.kind {
        None => true,
        Some(TokenKind::Personal) => flavour == Flavour::Personal,
        Some(TokenKind::Work | TokenKind::Application) => flavour == Flavour::Business,
    }
}

/// Refuses a drive that a caller cannot see. That a drive of the other kind of account is 404, as if it were not there,
/// is *assumed* (no option: rare).
fn check_seen(caller: &Caller, found: &Found) -> Result<(), Refusal> {
    match caller.kind.filter(|_| !sees(caller, found.flavour)) {
        Some(kind) => Err(Refusal::other_account(kind, found.flavour)),
        None => Ok(()),
    }
}

/// Finds a drive by the id of the wire, or by name. That the name of a drive does for its id *differs* from the
/// services.
pub(crate) fn by_id(app: &App, caller: &Caller, dialect: Dialect, id: &str) -> Result<Found, Refusal> {
    let has_id = |drive: &DriveLook<'_>, flavour| {
        Ids { drive: drive.name, flavour, given: drive.own_wire_ids }.is_drive(id)
    };
    let is_named = |drive: &DriveLook<'_>, _| drive.name.name() == id;
    match first(app, dialect, has_id).or_else(|| first(app, dialect, is_named)) {
        Some(found) => check_seen(caller, &found).map(|()| Found { caller: caller.clone(), ..found }),
        None => {
            let is_meant = |drive: &DriveLook<'_>, flavour| {
                sees(caller, flavour) && (has_id(drive, flavour) || is_named(drive, flavour))
            };
            Err(withheld(app, is_meant).unwrap_or_else(|| no_drive(id)))
        }
    }
}

/// Refuses the id of a drive that is not there.
fn no_drive(id: &str) -> Refusal {
    if looks_like_an_id(id) {
        return Refusal::not_found();
    }
    let message = "The provided drive id appears to be malformed, or does not represent a valid drive.";
    Refusal::invalid(message).inner("invalidResourceId")
}

/// Returns whether a text has the form of a drive's id, though of none that is here.
fn looks_like_an_id(id: &str) -> bool {
    let is_hex = (15..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_guid = || WireIdForm::Business.is_drive(id);
    is_hex || id.strip_prefix("b!").is_some_and(|rest| rest.len() == 64) || is_guid()
}

impl Found {
    /// Sees a drive as this family does; `None` if it is of another service.
    fn of(drive: &DriveLook<'_>, dialect: Dialect) -> Option<Found> {
        Some(Found {
            flavour: flavour_of(drive.profile)?,
            wire: drive.profile.microsoft_wire,
            drive: drive.name.clone(),
            root: drive.root,
            owner: drive.owner.map(str::to_owned),
            dialect,
            version: dialect.version(),
            given: drive.wire_ids(),
            caller: Caller::default(),
            names: OnceCell::new(),
        })
    }

    /// Returns the rules of the drive.
    pub(crate) fn profile(&self, app: &App) -> Result<Profile, Refusal> {
        Ok(app.sim.profile_of(&self.drive)?)
    }

    /// Returns what writes and reads the ids of the drive and its items.
    pub(crate) fn ids(&self) -> Ids<'_> {
        Ids { drive: &self.drive, flavour: self.flavour, given: &self.given }
    }

    /// Returns the simulator as the sender of the request uses it: what it changes is noted with the name of the sender.
    pub(crate) fn acting<'a>(&self, app: &'a App) -> Cow<'a, Sim> {
        self.caller.acting(&app.sim)
    }

    /// Returns which tags items of the drive have.
    pub(crate) fn tag_rules(&self) -> TagRules {
        let MicrosoftWire { root_etag, folder_ctag, .. } = self.wire;
        TagRules { flavour: self.flavour, root_etag, folder_ctag }
    }

    /// Returns the id of the drive on the wire.
    pub(crate) fn wire_id(&self) -> &str {
        &self.names().0
    }

    /// Returns the id of the site that the drive is in.
    pub(crate) fn site_id(&self) -> &str {
        &self.names().1
    }

    fn names(&self) -> &(String, String) {
        let make = || (self.ids().drive(), ids::site_text(&self.drive));
        self.names.get_or_init(make)
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
        let mut url = String::with_capacity(TYPICAL_URL);
        url.push_str(&call.base);
        url.push('/');
        url::push_segment(&mut url, self.drive.name());
        url
    }

    /// Returns the URL of the drive here. That links in an answer are those of the API that was asked is *assumed* (no
    /// option: no other reading is known).
    pub(crate) fn url(&self, call: &Call) -> String {
        format!("{}{}/drives/{}", call.base, self.version, url::segment(self.wire_id()))
    }

    /// Returns what says of which kind an answer is: something of the drive. The form of an `@odata.context` is that
    /// of the samples for a page of children, which is *assumed* of the others (no option: no other reading is known).
    pub(crate) fn context(&self, call: &Call, what: &str) -> String {
        [&call.base, self.version, "/$metadata#drives('", self.wire_id(), "')", what].concat()
    }
}

/// Answers with a drive.
pub(crate) fn read(app: &App, call: &Call, route: &Route) -> Result<Reply, Refusal> {
    query::check(call, &["select"])?;
    let found = find(app, route)?;
    let context = format!("{}{}/$metadata#drives/$entity", call.base, found.version);
    let mut value = json::with_context(context, show(app, call, &found)?);
    json::select(&mut value, call.query("$select"));
    Ok(Reply::json(StatusCode::OK, value))
}

/// Answers with all drives, or with those of one owner.
pub(crate) fn list(app: &App, call: &Call, route: &Route, owner: Option<&str>) -> Result<Reply, Refusal> {
    query::check(call, &["select", "top", "skiptoken"])?;
    let page = query::Page::read(app, call)?;
    let mut drives = all(app, route.dialect);
    let of = owner.map(|owner| signed_in(&route.caller, owner));
    drives.retain(|found| sees(&route.caller, found.flavour) && (of.is_none() || found.owner == of));
    let n_drives = drives.len();
    let mut shown = Vec::new();
    for found in drives.into_iter().skip(page.from).take(page.most) {
        let mut value = show(app, call, &Found { version: route.version, ..found })?;
        json::select(&mut value, call.query("$select"));
        shown.push(value);
    }
    let last = page.from + shown.len();
    let here = format!("{}{}", call.base, route.version);
    let mut answer = json!({ "@odata.context": format!("{here}/$metadata#drives"), "value": shown });
    if last < n_drives && page.from < last {
        let list = format!("{here}{}/drives", owner.map_or_else(String::new, owner_path));
        answer["@odata.nextLink"] = json!(query::Page::next_link(call, &list, last));
    }
    Ok(Reply::json(StatusCode::OK, answer))
}

/// Returns how a URL names an owner.
fn owner_path(owner: &str) -> String {
    match owner.split_once(':') {
        Some((kind, id)) => format!("/{kind}s/{}", url::segment(id)),
        None => format!("/{owner}"),
    }
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
        // That a drive of nobody is shown as owned by a user of its own name is *assumed*: clients expect an owner (no
        // option: clients rely on it).
        None if found.owner.is_none() => ("user", found.drive.name()),
        None => ("user", drivesim_core::ME),
    };
    let precision = drive_item::precision(found.flavour);
    // A site is an owner that identities have no word for.
    let kind = if kind == "site" { "application" } else { kind };
    // That a drive without a quota shows the largest signed number is *assumed*; the three add up, as clients
    // expect (no option: clients rely on it).
    let total = quota.total.unwrap_or(u64::MAX).min(i64::MAX as u64);
    Ok(json!({
        "id": found.wire_id(),
        "driveType": found.drive_type(),
        "name": found.drive.name(),
        "webUrl": found.web_url(call),
        "createdDateTime": Instant::utc(root.created_at, precision),
        "lastModifiedDateTime": Instant::utc(root.modified_at, precision),
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
