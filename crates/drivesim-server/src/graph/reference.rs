//! Reads a `parentReference`: a folder by id, by path or by both, of this drive or another.

use drivesim::Item;

use crate::app::App;
use crate::call::Call;
use crate::excerpt::Quoted;
use crate::graph::body::Members;
use crate::graph::drive::{self, Found};
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, DriveName, Goal, ItemName, Route};
use crate::graph::{item, unanswered};

/// A `parentReference` that was sent, which names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    drive_id: Option<String>,
    id: Option<String>,
    path: Option<String>,
}

impl Reference {
    /// Reads the member `parentReference`, if there is one. Its own members count for nothing where they are empty, as
    /// clients send them, or `null`, as the schema has it. That a `parentReference` is refused with 400 if it names no
    /// folder at all, or has a `driveId` without `id` and `path`, is *assumed* of all but copies (python-o365 issue
    /// 769) (no option: no other reading is known).
    pub(crate) fn read(call: &Call, members: &Members) -> Result<Option<Reference>, Refusal> {
        let Some(parent) = members.object("parentReference")? else { return Ok(None) };
        let parent = parent.without_null(&["driveId", "id", "path", "sharepointIds"]);
        let text = |key: &str| {
            let text = parent.text(key)?.filter(|text| !text.is_empty());
            Ok::<_, Refusal>(text.map(str::to_owned))
        };
        let reference = Reference { drive_id: text("driveId")?, id: text("id")?, path: text("path")? };
        if reference.id.is_none() && reference.path.is_none() {
            if parent.has("sharepointIds") {
                return Err(unanswered::not_built(call, "parentReference.sharepointIds"));
            }
            return Err(Refusal::invalid(match &reference.drive_id {
                Some(_) => "A parentReference with a driveId needs an id or a path.",
                None => "The parentReference names no folder: it needs an id or a path.",
            }));
        }
        Ok(Some(reference))
    }

    /// Finds the folder, with its drive. That a `parentReference` is refused with 400 if it names a file is *assumed*
    /// (option `file_as_target_status`). That a `parentReference` is refused with 400 if its `path` is in another
    /// drive than its `driveId` is *assumed* (no option: rare).
    pub(crate) fn folder(&self, app: &App, found: &Found) -> Result<(Found, Item), Refusal> {
        let drive = self.drive(app, found)?;
        if drive.flavour != found.flavour {
            // That nothing goes from business to personal drives or back, if the folder is named by path, is *assumed*
            // (no option: no other reading is known).
            return Err(Refusal::invalid("ObjectHandle is Invalid").inner("invalidResourceId"));
        }
        let by_id = self.id.as_ref().map(|id| by_id(app, &drive, id)).transpose()?;
        let by_path = self.path.as_ref().map(|path| by_path(app, &drive, path)).transpose()?;
        let chosen = match (by_id, by_path) {
            (Some(id), Some(path)) if id.id != path.id => {
                let message = "The id and the path of parentReference name different items.";
                return Err(Refusal::invalid(message));
            }
            (Some(folder), _) | (None, Some(folder)) => folder,
            (None, None) => return Err(Refusal::not_found()),
        };
        if !chosen.is_folder() {
            let refusal = Refusal::invalid("The item of parentReference is a file, a folder is needed.");
            return Err(refusal.told_as(found.wire.file_as_target_status));
        }
        Ok((drive, chosen))
    }

    /// Finds the drive: that of `driveId`, else that which the path names, else that of the request.
    fn drive(&self, app: &App, found: &Found) -> Result<Found, Refusal> {
        let named = self.path.as_ref().map(|path| drive_of_path(app, found, path)).transpose()?.flatten();
        let Some(id) = &self.drive_id else { return Ok(named.unwrap_or_else(|| found.clone())) };
        let drive = drive::by_id(app, &found.caller, found.dialect, id)?;
        if named.is_some_and(|other| other.drive != drive.drive) {
            let message = "The path of parentReference is in another drive than driveId.";
            return Err(Refusal::invalid(message));
        }
        Ok(drive)
    }
}

fn by_id(app: &App, drive: &Found, id: &str) -> Result<Item, Refusal> {
    if id == "root" {
        // The services want the id that the root really has.
        return Err(Refusal::invalid("ObjectHandle is Invalid").inner("invalidResourceId"));
    }
    let item = item::by_wire_id(drive, id)?;
    Ok(app.sim.item(drive.drive.at(item))?)
}

/// Returns what the path of an API may mean: clients encode it or not. What is decoded goes first, as answers here
/// tell paths so that they can be decoded.
fn readings(path: &str) -> Vec<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok();
    let mut readings: Vec<String> = decoded.iter().map(|path| path.clone().into_owned()).collect();
    readings.extend(Some(path.to_owned()).filter(|path| readings.first() != Some(path)));
    readings
}

fn malformed(path: &str) -> Refusal {
    Refusal::invalid(format!("The path {} of parentReference is malformed.", Quoted(path)))
        .inner("invalidPath")
}

/// Reads the path of an API as a URL, with or without what stands before the drive there.
fn route(dialect: Dialect, path: &str) -> Option<Route> {
    let path = path.trim_start_matches('/');
    let read = |path: &str| Route::read(path).ok();
    let route = read(&format!("/{path}")).or_else(|| read(&format!("/v1.0/{path}")))?;
    Some(Route { dialect, ..route })
}

/// Finds the drive that the path of an API names; `/drive` is that of the request.
fn drive_of_path(app: &App, found: &Found, path: &str) -> Result<Option<Found>, Refusal> {
    let route = readings(path).iter().find_map(|reading| route(found.dialect, reading));
    let named = route.filter(|route| route.drive != DriveName::Default);
    let (version, caller) = (found.version, found.caller.clone());
    named.map(|route| drive::find(app, &Route { version, caller, ..route })).transpose()
}

/// Finds an item by the path of an API: `/drive/root:/Documents`, `/drives/ID/root:/Documents`, `/drive/items/ID`, and
/// whatever URLs begin with.
fn by_path(app: &App, drive: &Found, path: &str) -> Result<Item, Refusal> {
    let mut refusal = None;
    for reading in readings(path) {
        let name = item_name(drive.dialect, &reading).ok_or_else(|| malformed(path));
        match name.and_then(|name| item::find(app, drive, &name)) {
            Ok(found) => return Ok(found),
            // What was decoded says best what is wrong.
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let is_encoded_badly = percent_encoding::percent_decode_str(path).decode_utf8().is_err();
    Err(refusal.filter(|_| !is_encoded_badly).unwrap_or_else(|| malformed(path)))
}

fn item_name(dialect: Dialect, path: &str) -> Option<ItemName> {
    match route(dialect, path)?.goal {
        Goal::Item(name) => Some(name).filter(|name| name.action.is_empty()),
        _ => None,
    }
}
