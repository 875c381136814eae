//! Creates and removes drives through the admin API, and reads and replaces their items.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::outline::{Detail, DriveHeader, Line, Outline, parse_within};
use drivesim::{Error, Profile};
use serde::Deserialize;

use crate::admin::error::AdminError;
use crate::admin::error_code::AdminCode;
use crate::admin::read;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::{Excerpt, Quoted};
use crate::json::ordered::json;
use crate::limits::budget::{BudgetPart, Permit};
use crate::state::app::App;
use crate::wire_options::check_wire_options;

/// The maximal number of bytes of a drive's name and owner.
const MAX_NAME: usize = 255;
/// The maximal number of bytes of an option's value.
const MAX_OPTION: usize = 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDrive {
    name: String,
    profile: String,
    owner: Option<String>,
    /// The id of the drive on the wire, instead of a derived one.
    id: Option<String>,
    /// Options of the drive, as in its `drive` line.
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// Creates an empty drive: 201 with its description.
pub(super) fn add(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    let form = "{\"name\":…,\"profile\":…,\"owner\"?:…,\"id\"?:…,\"options\"?:{…}}";
    let NewDrive { name, profile, owner, id, options } = read::json(request, form)?;
    check_name(&name)?;
    // Serialized by the lock, so that no two drives get the same owner.
    let _guard = app.snapshots.lock();
    let most = app.options.limits.max_drives;
    if app.sim.all_drives().len() >= most {
        let message = format!("There are {most} drives or more, no more are created; one can be removed.");
        return Err(AdminError::new(AdminCode::TooManyDrives, message));
    }
    if let Some(owner) = &owner {
        check_owner_text(owner)?;
        check_owner(app, owner)?;
    }
    check_options(&options)?;
    let mut description = json!({ "name": name, "profile": profile, "owner": owner, "options": options });
    if let Some(id) = &id {
        description["id"] = json!(id);
    }
    let (profile, options) = (Some(profile), options.into_iter().collect());
    let header = DriveHeader { name, profile, owner, id, options, ..DriveHeader::default() };
    app.sim.add_drive(checked_spec(header.clone())?)?;
    let warnings = app.warnings.add(old_names(&header));
    if !warnings.is_empty() {
        description["warnings"] = json!(warnings);
    }
    Ok(ApiResponse::json(StatusCode::CREATED, description))
}

/// Describes the drive of a `drive` line, and checks its wire options, which the simulator does not know.
fn checked_spec(header: DriveHeader) -> Result<DriveSpec, Error> {
    let (at, drive) = (header.at, header.name.clone());
    let spec = DriveSpec::try_from(header)?;
    check_wire_options(spec.rules()).map_err(|fault| Error::Option { at, drive, fault })?;
    Ok(spec)
}

/// Returns the options of a `drive` line that are set by old names.
fn old_names(header: &DriveHeader) -> impl Iterator<Item = &str> {
    header
        .options
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| Profile::option_renamed(name).is_some())
}

/// Fails for a name that no URL can contain.
fn check_name(name: &str) -> Result<(), AdminError> {
    if name.is_empty() || name.len() > MAX_NAME {
        let message =
            format!("The name of a drive must have 1 to {MAX_NAME} bytes, this one has {}.", name.len());
        return Err(AdminError::bad_request(message));
    }
    check_segment("name of a drive", name)
}

/// Fails for an owner that no URL can contain.
fn check_owner_text(owner: &str) -> Result<(), AdminError> {
    check_length("owner", owner, MAX_NAME)?;
    check_segment("owner", owner)
}

/// Fails if an option is longer than a server keeps.
fn check_options<'a>(options: impl IntoIterator<Item = (&'a String, &'a String)>) -> Result<(), AdminError> {
    options.into_iter().try_for_each(|(key, value)| {
        check_length("name of an option", key, MAX_NAME)?;
        check_length(&format!("option {key:?}"), value, MAX_OPTION)
    })
}

fn check_length(what: &str, text: &str, most: usize) -> Result<(), AdminError> {
    if text.len() <= most {
        return Ok(());
    }
    let message = format!("The {what} may have at most {most} bytes, this one has {}.", text.len());
    Err(AdminError::bad_request(message))
}

/// Fails for a text that no segment of a URL can contain.
fn check_segment(what: &str, text: &str) -> Result<(), AdminError> {
    if text.contains(['/', '\0']) || matches!(text, "." | "..") {
        let message = format!(
            "The {what} {} cannot be part of a URL: it has a slash or a NUL, or consists of dots.",
            Quoted(text)
        );
        return Err(AdminError::bad_request(message));
    }
    Ok(())
}

/// Fails if the owner has a drive: a URL with the owner must name one drive.
fn check_owner(app: &App, owner: &str) -> Result<(), AdminError> {
    let has_owner = |drive: &DriveRef| app.sim.owner_of(drive).ok().flatten().is_some_and(|of| of == *owner);
    let Some(drive) = app.sim.all_drives().into_iter().find(has_owner) else { return Ok(()) };
    Err(owner_taken(drive.name(), owner))
}

fn owner_taken(drive: &str, owner: &str) -> AdminError {
    let message = format!(
        "The drive {} has the owner {}; an owner may have only one drive.",
        Quoted(drive),
        Excerpt(owner)
    );
    AdminError::new(AdminCode::OwnerTaken, message)
}

/// Removes a drive: 204.
pub(super) fn remove(app: &App, request: &ApiRequest, name: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &[])?;
    let drive = find_drive(app, name)?;
    app.sim.remove_drive(&drive)?;
    app.forget_uploads_to(drive.id());
    app.rates.forget_of(drive.id());
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Prints one drive, or all of them with their `drive` lines.
pub(super) fn print(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &["drive", "detail"])?;
    let detail = match request.query("detail").unwrap_or("names") {
        "names" => Detail::Names,
        "all" => Detail::Attributes,
        other => {
            return Err(AdminError::bad_request(format!(
                "detail={} is not one of names, all.",
                Excerpt(other)
            )));
        }
    };
    let n_parted = app.sim.bytes_parted();
    let mut pieces = match request.query("drive") {
        Some(name) => app.sim.drive_outline_pieces(find_drive(app, name)?, detail)?,
        None => app.sim.outline_pieces(detail)?,
    };
    let mut text = String::new();
    // Short outlines, also those of several drives, are sent with their length.
    let next = loop {
        match pieces.next() {
            None => return Ok(ApiResponse::text(StatusCode::OK, TEXT, text)),
            Some(piece) if text.len() + piece.len() > SHORT => break piece,
            Some(piece) => text.push_str(&piece),
        }
    };
    let body = app.outlines.start(vec![text, next], pieces, n_parted).ok_or_else(|| {
        AdminError::new(AdminCode::Busy, "Too many long outlines are being sent; try again later.")
    })?;
    Ok(ApiResponse::stream(TEXT, body))
}

/// The maximal length of an outline that is sent at once.
const SHORT: usize = 128 << 10;
const TEXT: &str = "text/plain; charset=utf-8";

/// Replaces the items of a drive, or all drives by those of an outline with `drive` lines: 204.
pub(super) fn replace(app: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &["drive"])?;
    let text = read::text(request)?;
    let _lines = room_for_lines(app, text)?;
    match request.query("drive") {
        Some(name) => replace_one(app, name, text)?,
        None => {
            let outline = parse_within(text, app.sim.bounds()).map_err(Error::from)?;
            if outline.drives.iter().any(|drive| drive.header.is_some()) {
                replace_all(app, outline)?;
            } else {
                let drive = only_drive(app).ok_or_else(|| {
                    let message = "The drive must be named unless there is exactly one: ?drive=NAME, or \
                                   an outline with drive lines for all drives.";
                    AdminError::bad_request(message)
                })?;
                replace_one(app, drive.name(), text)?;
            }
        }
    }
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Reserves memory for the lines of an outline, which take many times the memory of the text if they are short.
fn room_for_lines(app: &App, text: &str) -> Result<Permit, AdminError> {
    let n_lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let n_bytes = n_lines.saturating_mul(size_of::<Line>());
    app.budget.take(BudgetPart::Bodies, n_bytes).map_err(|over| {
        let message = format!("There is no memory for the {n_lines} lines of the outline now: {over}.");
        AdminError::new(AdminCode::ServiceNotAvailable, message)
    })
}

fn replace_one(app: &App, name: &str, text: &str) -> Result<(), AdminError> {
    let drive = find_drive(app, name)?;
    app.sim.replace_outline(&drive, text)?;
    app.forget_uploads_to(drive.id());
    Ok(())
}

/// Replaces all drives by those of an outline, under the same rules as for creating single drives.
fn replace_all(app: &App, outline: Outline) -> Result<(), AdminError> {
    // Serialized as in `add`.
    let _guard = app.snapshots.lock();
    let most = app.options.limits.max_drives;
    if outline.drives.len() > most {
        let message = format!("The outline has {} drives, at most {most} are allowed.", outline.drives.len());
        return Err(AdminError::new(AdminCode::TooManyDrives, message));
    }
    let headers = outline.drives.iter().filter_map(|drive| drive.header.as_ref());
    let mut owners: Vec<(String, &str)> = Vec::new();
    for header in headers {
        check_name(&header.name)?;
        check_options(header.options.iter().map(|(key, value)| (key, value)))?;
        let _ = checked_spec(with_profile(app, header))?;
        let Some(owner) = owner_after(app, header) else { continue };
        check_owner_text(&owner)?;
        if let Some((_, other)) = owners.iter().find(|(used, _)| *used == owner) {
            return Err(owner_taken(other, &owner));
        }
        owners.push((owner, &header.name));
    }
    let old_names = outline.drives.iter().filter_map(|drive| drive.header.as_ref()).flat_map(old_names);
    let old_names: Vec<String> = old_names.map(str::to_owned).collect();
    app.sim.replace_drives(outline)?;
    app.forget_uploads();
    app.warnings.add(old_names.iter().map(String::as_str));
    Ok(())
}

/// Returns a `drive` line with the profile that its drive will have: a line without one leaves that of the drive.
fn with_profile(app: &App, header: &DriveHeader) -> DriveHeader {
    let own = || {
        let drive = find_drive(app, &header.name).ok()?;
        Some(app.sim.profile_of(&drive).ok()?.name().to_owned())
    };
    DriveHeader { profile: header.profile.clone().or_else(own), ..header.clone() }
}

/// Returns the owner of a drive after its line was applied: a line with only a name leaves the owner unchanged.
fn owner_after(app: &App, header: &DriveHeader) -> Option<String> {
    let rest = DriveHeader { name: header.name.clone(), at: header.at, ..DriveHeader::default() };
    if *header != rest {
        return header.owner.clone();
    }
    let drive = find_drive(app, &header.name).ok()?;
    Some(app.sim.owner_of(&drive).ok().flatten()?.to_string())
}

/// Finds a drive by its name. Ignores access levels.
pub(super) fn find_drive(app: &App, name: &str) -> Result<DriveRef, Error> {
    let found = app.sim.all_drives().into_iter().find(|drive| drive.name() == name);
    found.ok_or_else(|| Error::NoDrive { name: name.to_owned() })
}

/// Returns the drive if there is exactly one. Ignores access levels.
pub(super) fn only_drive(app: &App) -> Option<DriveRef> {
    let mut drives = app.sim.all_drives();
    drives.pop().filter(|_| drives.is_empty())
}
