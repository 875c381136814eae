//! Finds the drive that a URL names.

use drivesim::access::Access;
use drivesim::drive::{DriveInfo, DriveRef};
use drivesim::error::DriveError;
use drivesim::profile::Unreadable;
use drivesim::wire_id::WireIdForm;

use crate::graph::api::Api;
use crate::graph::drive_type::DriveType;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::ids::GraphIds;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::{DriveLocator, Route};
use crate::state::app::App;
use crate::state::caller::Caller;
use crate::state::token::TokenKind;

/// Returns the drives of Microsoft whose roots can be read, in order of creation.
pub(crate) fn all(app: &App, api: Api) -> Result<Vec<ResolvedDrive>, GraphError> {
    app.sim.drive_infos().filter_map(|drive| ResolvedDrive::of(&drive, api)).collect()
}

/// Returns a drive; `None` if it is gone, of another service, or its root cannot be read.
pub(crate) fn by_ref(app: &App, drive: &DriveRef, api: Api) -> Result<Option<ResolvedDrive>, GraphError> {
    let drive = app.sim.drive_info(drive).ok().filter(|drive| !drive.is_closed());
    drive.and_then(|drive| ResolvedDrive::of(&drive, api)).transpose()
}

/// Returns the oldest drive that matches and whose root can be read.
fn first(
    app: &App,
    api: Api,
    matches: impl Fn(&DriveInfo, DriveType) -> bool,
) -> Result<Option<ResolvedDrive>, GraphError> {
    let found = app.sim.drive_infos().find_map(|drive| {
        let drive_type = DriveType::of(drive.profile())?;
        if matches(&drive, drive_type) { ResolvedDrive::of(&drive, api) } else { None }
    });
    found.transpose()
}

/// Returns the error for a drive that matches but whose root cannot be read; `None` if there is no such drive.
fn unreadable(app: &App, matches: impl Fn(&DriveInfo, DriveType) -> bool) -> Option<GraphError> {
    app.sim.all_drive_infos().find_map(|drive| {
        let is_found = drive.is_closed() && matches(&drive, DriveType::of(drive.profile())?);
        is_found.then(|| match drive.profile().unreadable {
            Unreadable::Refused => {
                DriveError::AccessDenied { item: "/".to_owned(), needed: Access::Read, is_below: false }
                    .into()
            }
            Unreadable::Hidden => GraphError::not_found(),
        })
    })
}

/// Returns the error for an owner without a drive, or without one that can be read.
fn no_drive_of_owner(app: &App, owner: &str) -> GraphError {
    let unreadable = unreadable(app, |drive, _| is_owned_by(drive, owner));
    unreadable.unwrap_or_else(|| GraphError::no_drive_of(owner))
}

/// Returns whether a drive belongs to the owner that a text names.
fn is_owned_by(drive: &DriveInfo, owner: &str) -> bool {
    drive.owner().is_some_and(|own| *own == *owner)
}

/// Finds the drive that a route names.
///
/// DIFFERS(the services): Without a token that names a user, `/drive` is the first personal drive, or else the first of
/// all; the services always know the user.
pub(crate) fn find(app: &App, route: &Route) -> Result<ResolvedDrive, GraphError> {
    let Route { api, caller, .. } = route;
    let of_owner = |owner: &str| first(app, *api, |drive, _| is_owned_by(drive, owner));
    let drive = match &route.drive {
        DriveLocator::Id(id, owner) => {
            let drive = by_wire_id_or_name(app, caller, *api, id)?;
            // The URL of a site does not lead to drives of other sites.
            let has_owner = |owner: &String| drive.is_owned_by(&signed_in(caller, owner));
            if !owner.as_ref().is_none_or(has_owner) {
                return Err(GraphError::not_found());
            }
            drive
        }
        DriveLocator::Owner(owner) => {
            let owner = signed_in(caller, owner);
            of_owner(&owner)?.ok_or_else(|| no_drive_of_owner(app, &owner))?
        }
        DriveLocator::Default => default(app, route, of_owner)?,
    };
    check_seen(caller, &drive)?;
    Ok(drive.with_caller(caller).with_version(route.version))
}

/// Finds the drive of `/drive`: that of the user of the token. Without a user it is the first personal drive that the
/// caller can see, or else the first of all.
///
/// ASSUMED: `/drive` of SharePoint is the first drive too if the user has none: there it is the drive of a site (no
/// option: a token with a user decides it).
fn default(
    app: &App,
    route: &Route,
    of_owner: impl Fn(&str) -> Result<Option<ResolvedDrive>, GraphError>,
) -> Result<ResolvedDrive, GraphError> {
    let Route { api, caller, .. } = route;
    if caller.user.is_some() {
        let owner = signed_in(caller, drivesim_core::ME);
        match of_owner(&owner)? {
            Some(drive) => return Ok(drive),
            None if *api == Api::OneDrive => return Err(no_drive_of_owner(app, &owner)),
            None => {}
        }
    }
    let first_of = |drive_type| first(app, *api, |_, other| other == drive_type && can_see(caller, other));
    let no_drive =
        || unreadable(app, |_, other| can_see(caller, other)).unwrap_or_else(GraphError::not_found);
    if let Some(drive) = first_of(DriveType::Personal)? {
        return Ok(drive);
    }
    first_of(DriveType::Business)?.ok_or_else(no_drive)
}

/// Resolves the owner in a URL: `me` is the user of the token, if it has one.
pub(crate) fn signed_in(caller: &Caller, owner: &str) -> String {
    match &caller.user {
        Some(user) if owner == drivesim_core::ME && **user != *drivesim_core::ME => format!("user:{user}"),
        _ => owner.to_owned(),
    }
}

/// Returns whether a caller can see drives of a type: those of personal accounts and of organizations are separate.
///
/// ASSUMED: The token of a work account or of an application sees no personal drive, and that of a personal account
/// sees only personal drives: the pages only say that the two kinds of account have different permissions (no option:
/// the kind of the token says it).
pub(crate) fn can_see(caller: &Caller, drive_type: DriveType) -> bool {
    match caller.kind {
        None => true,
        Some(TokenKind::Personal) => drive_type == DriveType::Personal,
        Some(TokenKind::Work | TokenKind::Application) => drive_type == DriveType::Business,
    }
}

/// Fails if the caller cannot see the drive.
///
/// ASSUMED: A drive of the other kind of account is 404, as if it did not exist (no option: rare).
fn check_seen(caller: &Caller, drive: &ResolvedDrive) -> Result<(), GraphError> {
    match caller.kind.filter(|_| !can_see(caller, drive.drive_type)) {
        Some(kind) => Err(GraphError::other_account(kind, drive.drive_type)),
        None => Ok(()),
    }
}

/// Finds a drive by its wire id, or by name.
///
/// DIFFERS(the services): The name of a drive is accepted in place of its id.
pub(crate) fn by_wire_id_or_name(
    app: &App,
    caller: &Caller,
    api: Api,
    id: &str,
) -> Result<ResolvedDrive, GraphError> {
    let has_id = |drive: &DriveInfo, drive_type| {
        GraphIds { drive: drive.drive(), drive_type, assigned: drive.own_wire_ids() }.is_drive(id)
    };
    let is_named = |drive: &DriveInfo, _| drive.name() == id;
    let found = match first(app, api, has_id)? {
        None => first(app, api, is_named)?,
        found => found,
    };
    match found {
        Some(drive) => check_seen(caller, &drive).map(|()| drive.with_caller(caller)),
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
    GraphError::invalid(message).with_inner_code(ErrorCode::InvalidResourceId)
}

/// Returns whether a text has the form of a drive's id.
fn is_well_formed_id(id: &str) -> bool {
    let is_hex = (15..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_guid = || WireIdForm::Business.is_drive(id);
    is_hex || id.strip_prefix("b!").is_some_and(|rest| rest.len() == 64) || is_guid()
}
