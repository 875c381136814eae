//! The only place that reads a `parentReference`: a folder by id, by path or by both, of this drive or another.

use drivesim::Item;

use crate::app::App;
use crate::graph::body::Members;
use crate::graph::drive::{self, Found};
use crate::graph::item;
use crate::graph::refusal::Refusal;
use crate::graph::route::ItemName;

/// Finds the folder that a reference names, with its drive; `None` if it names nothing. Empty members are as if they
/// were not there: clients send them. That a `parentReference` is refused with 400 if it names a file, or a `driveId`
/// without `id` and `path`, or a `path` in another drive than `driveId`, is *assumed*.
pub(crate) fn folder(app: &App, found: &Found, parent: &Members) -> Result<Option<(Found, Item)>, Refusal> {
    let text = |key: &str| Ok::<_, Refusal>(parent.text(key)?.filter(|text| !text.is_empty()));
    let (drive_id, id, path) = (text("driveId")?, text("id")?, text("path")?);
    let drive = match (drive_id, path.map(|path| drive_of_path(app, found, path)).transpose()?.flatten()) {
        (Some(id), of_path) => {
            let drive = drive::by_id(app, found.dialect, id)?;
            if of_path.is_some_and(|other| other.drive != drive.drive) {
                let message = "The path of parentReference is in another drive than driveId.";
                return Err(Refusal::invalid(message));
            }
            drive
        }
        (None, Some(drive)) => drive,
        (None, None) => found.clone(),
    };
    if drive.flavour != found.flavour && (id.is_some() || path.is_some()) {
        // That nothing goes from business to personal drives or back, if the folder is named by path, is *assumed*.
        return Err(Refusal::invalid("ObjectHandle is Invalid").inner("invalidResourceId"));
    }
    let by_id = id.map(|id| by_id(app, &drive, id)).transpose()?;
    let by_path = path.map(|path| by_path(app, &drive, path)).transpose()?;
    let chosen = match (by_id, by_path) {
        (Some(id), Some(path)) if id.id != path.id => {
            return Err(Refusal::invalid("The id and the path of parentReference name different items."));
        }
        (Some(target), _) | (None, Some(target)) => target,
        (None, None) if drive_id.is_some() => {
            return Err(Refusal::invalid("A parentReference with a driveId needs an id or a path."));
        }
        (None, None) => return Ok(None),
    };
    if !chosen.is_folder() {
        return Err(Refusal::invalid("The item of parentReference is a file, a folder is needed."));
    }
    Ok(Some((drive, chosen)))
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
    let trimmed = |path: &str| path.trim_start_matches('/').to_owned();
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok();
    let mut readings: Vec<String> = decoded.iter().map(|path| trimmed(path)).collect();
    readings.extend(Some(trimmed(path)).filter(|path| readings.first() != Some(path)));
    readings
}

fn malformed(path: &str) -> Refusal {
    Refusal::invalid(format!("The path {path:?} of parentReference is malformed.")).inner("invalidPath")
}

/// Finds the drive that the path of an API begins with, if it names one.
fn drive_of_path(app: &App, found: &Found, path: &str) -> Result<Option<Found>, Refusal> {
    let readings = readings(path);
    let id = readings.iter().find_map(|path| path.strip_prefix("drives/")?.split_once('/'));
    id.map(|(id, _)| drive::by_id(app, found.dialect, id)).transpose()
}

/// Finds a folder by the path of an API: `/drive/root:/Documents`, `/drives/ID/root:/Documents`, `/drive/items/ID`.
/// The drive is that of the path.
fn by_path(app: &App, drive: &Found, path: &str) -> Result<Item, Refusal> {
    let mut refusal = None;
    for reading in readings(path) {
        let name = item_name(drive, &reading).ok_or_else(|| malformed(path));
        match name.and_then(|name| item::find(app, drive, &name)) {
            Ok(found) => return Ok(found),
            // What was decoded says best what is wrong.
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let is_encoded_badly = percent_encoding::percent_decode_str(path).decode_utf8().is_err();
    Err(refusal.filter(|_| !is_encoded_badly).unwrap_or_else(|| malformed(path)))
}

/// Reads what stands behind the drive.
fn item_name(drive: &Found, path: &str) -> Option<ItemName> {
    let rest = match path.strip_prefix("drives/") {
        Some(rest) => rest.split_once('/').map(|(_, rest)| rest),
        None => path.strip_prefix("me/").unwrap_or(path).strip_prefix("drive/"),
    };
    ItemName::read(rest?, drive.dialect).filter(|name| name.action.is_empty())
}
