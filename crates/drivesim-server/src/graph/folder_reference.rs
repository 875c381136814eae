//! Parses a `parentReference` and finds its folder: by id, by path or by both, in this drive or another.

use drivesim::Item;
use drivesim::address::Address;

use crate::graph::api::Api;
use crate::graph::body::Members;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::{DriveLocator, Resource, Route};
use crate::graph::{drive, item};
use crate::http::request::ApiRequest;
use crate::json::excerpt::Quoted;
use crate::state::app::App;

/// A `parentReference` in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FolderReference {
    drive_id: Option<String>,
    id: Option<String>,
    path: Option<String>,
}

impl FolderReference {
    /// Parses the member `parentReference`, if present. Its members are ignored if they are empty, as clients send
    /// them, or `null`, as the schema allows.
    ///
    /// ASSUMED: A `parentReference` fails with 400 if it names no folder, or has a `driveId` without `id` and `path`;
    /// this is known only of copies (python-o365 issue 769) (no option: no other reading is known).
    pub(crate) fn read(
        request: &ApiRequest,
        members: &Members,
    ) -> Result<Option<FolderReference>, GraphError> {
        let Some(parent) = members.object("parentReference")? else { return Ok(None) };
        let parent = parent.without_null(&["driveId", "id", "path", "sharepointIds"]);
        let text = |key: &str| {
            let text = parent.text(key)?.filter(|text| !text.is_empty());
            Ok::<_, GraphError>(text.map(str::to_owned))
        };
        let reference = FolderReference { drive_id: text("driveId")?, id: text("id")?, path: text("path")? };
        if reference.id.is_none() && reference.path.is_none() {
            if parent.has("sharepointIds") {
                return Err(GraphError::not_implemented(request, "parentReference.sharepointIds"));
            }
            return Err(GraphError::invalid(match &reference.drive_id {
                Some(_) => "A parentReference with a driveId needs an id or a path.",
                None => "The parentReference names no folder: it needs an id or a path.",
            }));
        }
        Ok(Some(reference))
    }

    /// Finds the folder, for an item of `source_drive`.
    ///
    /// ASSUMED: A `parentReference` fails with 400 if it names a file (option `wire.file_as_target_status`).
    /// ASSUMED: A `parentReference` fails with 400 if its `path` is in another drive than its `driveId` (no option:
    /// rare).
    pub(crate) fn find(&self, app: &App, source_drive: &ResolvedDrive) -> Result<Address, GraphError> {
        let drive = self.drive(app, source_drive)?;
        if drive.drive_type != source_drive.drive_type {
            // ASSUMED: Nothing can be moved or copied between business and personal drives, also if the folder is named
            // by path (no option: no other reading is known).
            return Err(
                GraphError::invalid("ObjectHandle is Invalid").with_inner_code(ErrorCode::InvalidResourceId)
            );
        }
        let by_id = self.id.as_ref().map(|id| by_id(app, &drive, id)).transpose()?;
        let by_path = self.path.as_ref().map(|path| by_path(app, &drive, path)).transpose()?;
        let item = match (by_id, by_path) {
            (Some(id), Some(path)) if id.id != path.id => {
                let message = "The id and the path of parentReference name different items.";
                return Err(GraphError::invalid(message));
            }
            (Some(folder), _) | (None, Some(folder)) => folder,
            (None, None) => return Err(GraphError::not_found()),
        };
        if !item.is_folder() {
            let error = GraphError::invalid("The item of parentReference is a file, a folder is needed.");
            return Err(error.with_status(source_drive.wire.file_as_target_status));
        }
        Ok(drive.at(item.id))
    }

    /// Finds the drive: that of `driveId`, else that of the path, else that of the source.
    fn drive(&self, app: &App, source_drive: &ResolvedDrive) -> Result<ResolvedDrive, GraphError> {
        let path = self.path.as_ref();
        let by_path = path.map(|path| drive_of_path(app, source_drive, path)).transpose()?.flatten();
        let Some(id) = &self.drive_id else { return Ok(by_path.unwrap_or_else(|| source_drive.clone())) };
        let drive = drive::by_wire_id_or_name(app, &source_drive.caller, source_drive.api, id)?;
        if by_path.is_some_and(|other| other.drive_ref != drive.drive_ref) {
            let message = "The path of parentReference is in another drive than driveId.";
            return Err(GraphError::invalid(message));
        }
        Ok(drive)
    }
}

fn by_id(app: &App, drive: &ResolvedDrive, id: &str) -> Result<Item, GraphError> {
    if id == "root" {
        // The services require the real id of the root.
        return Err(
            GraphError::invalid("ObjectHandle is Invalid").with_inner_code(ErrorCode::InvalidResourceId)
        );
    }
    let item = item::by_wire_id(drive, id)?;
    Ok(app.sim.item(drive.at(item))?)
}

/// Returns the readings of an API path, which clients may or may not encode. The decoded one is first, because paths in
/// responses are meant to be decoded.
fn readings(path: &str) -> Vec<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok();
    let mut readings: Vec<String> = decoded.iter().map(|path| path.clone().into_owned()).collect();
    readings.extend(Some(path.to_owned()).filter(|path| readings.first() != Some(path)));
    readings
}

fn malformed(path: &str) -> GraphError {
    GraphError::invalid(format!("The path {} of parentReference is malformed.", Quoted(path)))
        .with_inner_code(ErrorCode::InvalidPath)
}

/// Parses an API path as a URL, with or without a version.
fn route(api: Api, path: &str) -> Option<Route> {
    let path = path.trim_start_matches('/');
    let read = |path: &str| Route::read(path).ok();
    let route = read(&format!("/{path}")).or_else(|| read(&format!("/v1.0/{path}")))?;
    Some(Route { api, ..route })
}

/// Finds the drive that an API path names; `None` for `/drive`, which is that of the source.
fn drive_of_path(
    app: &App,
    source_drive: &ResolvedDrive,
    path: &str,
) -> Result<Option<ResolvedDrive>, GraphError> {
    let route = readings(path).iter().find_map(|reading| route(source_drive.api, reading));
    let route = route.filter(|route| route.drive != DriveLocator::Default);
    let (version, caller) = (source_drive.version, source_drive.caller.clone());
    route.map(|route| drive::find(app, &Route { version, caller, ..route })).transpose()
}

/// Finds an item by an API path: `/drive/root:/Documents`, `/drives/ID/root:/Documents`, `/drive/items/ID`, with any
/// beginning that URLs may have.
fn by_path(app: &App, drive: &ResolvedDrive, path: &str) -> Result<Item, GraphError> {
    let mut first_error = None;
    for reading in readings(path) {
        let locator = item_locator(drive.api, &reading).ok_or_else(|| malformed(path));
        match locator.and_then(|locator| item::find(app, drive, &locator)) {
            Ok(item) => return Ok(item),
            // The error of the decoded path is the most helpful.
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    let is_encoded_badly = percent_encoding::percent_decode_str(path).decode_utf8().is_err();
    Err(first_error.filter(|_| !is_encoded_badly).unwrap_or_else(|| malformed(path)))
}

fn item_locator(api: Api, path: &str) -> Option<ItemLocator> {
    match route(api, path)?.resource {
        Resource::Item(locator) => Some(locator).filter(|locator| locator.action.is_empty()),
        _ => None,
    }
}
