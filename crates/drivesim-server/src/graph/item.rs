//! The only place that finds the item a URL names and shows an item as a driveItem.

use data_encoding::{HEXLOWER, HEXUPPER};
use drivesim::{Address, Content, Item, ItemId};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::{Flavour, Found};
use crate::graph::ids::{self, BadId};
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, ItemName};
use crate::graph::{download, json, tags};
use crate::hashes::{self, Hashes, Which};

/// Finds an item by the id of the wire.
pub(crate) fn by_wire_id(app: &App, found: &Found, id: &str) -> Result<ItemId, Refusal> {
    let root = app.sim.item(found.drive.at("/"))?.id;
    ids::parse_item_id(&found.drive, found.flavour, id, root).map_err(|bad| match bad {
        BadId::OtherDrive => Refusal::not_found(),
        // The personal service's words.
        BadId::OtherFlavour => Refusal::invalid("ObjectHandle is Invalid").inner("invalidResourceId"),
        BadId::Malformed => {
            Refusal::invalid("The request is malformed or incorrect.").inner("invalidResourceId")
        }
    })
}

/// Returns the address of the item that a URL names; it need not be there if it is named by path.
pub(crate) fn address(app: &App, found: &Found, name: &ItemName) -> Result<Address, Refusal> {
    let top = match &name.id {
        Some(id) => Address::from(by_wire_id(app, found, id)?),
        None => Address::from("/"),
    };
    let top = found.drive.at(top);
    if name.path.is_empty() {
        return Ok(top);
    }
    let above = if name.id.is_some() { app.sim.path(&top)? } else { "/".to_owned() };
    Ok(found.drive.at(join(&above, &name.path)))
}

/// Finds the item that a URL names.
pub(crate) fn find(app: &App, found: &Found, name: &ItemName) -> Result<Item, Refusal> {
    Ok(app.sim.item(address(app, found, name)?)?)
}

/// Returns the path of something below a folder.
pub(crate) fn join(folder: &str, below: &str) -> String {
    format!("{}/{below}", folder.trim_end_matches('/'))
}

/// Shows an item with the members that are selected.
pub(crate) fn show(
    app: &App,
    call: &Call,
    found: &Found,
    item: &Item,
    select: Option<&str>,
) -> Result<Value, Refusal> {
    let path = app.sim.path(found.drive.at(item.id))?;
    let mut value = unhashed(call, found, item, &path);
    json::select(&mut value, select);
    put_hashes(&mut value, app, found, item, |content, which| hashes::of(app, content, which));
    Ok(value)
}

/// Shows one of many items, whose path is known, with the members that are selected.
pub(crate) fn show_at(
    (app, call, found): (&App, &Call, &Found),
    item: &Item,
    path: &str,
    select: Option<&str>,
) -> Value {
    let mut value = unhashed(call, found, item, path);
    json::select(&mut value, select);
    put_hashes(&mut value, app, found, item, |content, which| {
        hashes::of_one_of_many(app, call, content, which)
    });
    value
}

/// Puts the hashes where they belong, if anybody wants to see what kind of file an item is: to make them takes long.
///
/// Business drives have quickXorHash alone, personal ones sha1Hash and sha256Hash as well (resource page on hashes;
/// sha1Hash in upper case from memory of real answers). That `sha256Hash` is in lower case is *assumed*.
fn put_hashes(
    value: &mut Value,
    app: &App,
    found: &Found,
    item: &Item,
    make: impl FnOnce(&Content, Which) -> Option<Hashes>,
) {
    let which = match found.flavour {
        Flavour::Business => Which::Business,
        Flavour::Personal => Which::Personal,
    };
    let Some(file) = value.get_mut("file").and_then(Value::as_object_mut) else { return };
    let content = app.sim.content(found.drive.at(item.id)).ok();
    let Some(hashes) = content.and_then(|content| make(&content, which)) else { return };
    let told = [
        ("quickXorHash", hashes.quick_xor),
        ("sha1Hash", hashes.sha1.map(|hash| HEXUPPER.encode(&hash))),
        ("sha256Hash", hashes.sha256.map(|hash| HEXLOWER.encode(&hash))),
    ];
    let told = told.into_iter().filter_map(|(key, hash)| Some((key.to_owned(), json!(hash?))));
    file.insert("hashes".to_owned(), Value::Object(told.collect()));
}

/// Shows an item without its hashes.
fn unhashed(call: &Call, found: &Found, item: &Item, path: &str) -> Value {
    let is_root = item.parent.is_none();
    let mut members = Map::new();
    let mut put = |key: &str, value: Value| members.insert(key.to_owned(), value);
    put("id", json!(ids::item_id(&found.drive, found.flavour, item.id, is_root)));
    put("name", json!(if is_root { "root" } else { &item.name }));
    put("size", json!(item.size.min(i64::MAX as u64)));
    put("createdDateTime", json!(json::time(found.flavour, item.created_at)));
    put("lastModifiedDateTime", json!(json::time(found.flavour, item.modified_at)));
    put("webUrl", json!(format!("{}{}", found.web_url(call), json::url_path(path.trim_end_matches('/')))));
    put("createdBy", json!({ "user": json::identity(&item.created_by) }));
    put("lastModifiedBy", json!({ "user": json::identity(&item.modified_by) }));
    let times = [item.fs_created_at, item.fs_modified_at].map(|time| json::time(found.flavour, time));
    put("fileSystemInfo", json!({ "createdDateTime": times[0], "lastModifiedDateTime": times[1] }));
    put("parentReference", parent(found, item, path));
    if let Some(etag) = tags::etag(&found.drive, found.flavour, item) {
        put("eTag", json!(etag));
    }
    if let Some(ctag) = tags::ctag(&found.drive, found.flavour, item) {
        put("cTag", json!(ctag));
    }
    if let Some(description) = &item.description {
        put("description", json!(**description));
    }
    if is_root {
        put("root", json!({}));
    }
    if item.is_folder() {
        put("folder", json!({ "childCount": item.child_count }));
    } else {
        put("file", json!({ "mimeType": mime_type(&item.name) }));
        put(download::key(found.dialect), json!(download::url(call, &found.drive, item.id)));
    }
    Value::Object(members)
}

/// Shows where an item is.
fn parent(found: &Found, item: &Item, path: &str) -> Value {
    let mut members = Map::new();
    members.insert("driveId".to_owned(), json!(found.wire_id()));
    members.insert("driveType".to_owned(), json!(found.drive_type()));
    let Some(parent) = item.parent else { return Value::Object(members) };
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    let name = if above.is_empty() { "root" } else { above.rsplit('/').next().unwrap_or_default() };
    let id = ids::item_id(&found.drive, found.flavour, parent, above.is_empty());
    members.insert("id".to_owned(), json!(id));
    members.insert("name".to_owned(), json!(name));
    // Both have been seen, encoded paths and others, and clients decode them: so what is decoded must be the path.
    members.insert("path".to_owned(), json!(format!("{}{}", root_path(found), above.replace('%', "%25"))));
    if found.flavour == Flavour::Business {
        members.insert("siteId".to_owned(), json!(ids::site_id(&found.drive).to_string()));
    }
    Value::Object(members)
}

/// Returns how paths of a drive start. Clients of personal drives cut exactly this off. That a path names the drive on
/// business drives only, and not on the OneDrive API, is *assumed*: both forms were seen.
pub(crate) fn root_path(found: &Found) -> String {
    match (found.flavour, found.dialect) {
        (Flavour::Personal, _) | (_, Dialect::OneDrive) => "/drive/root:".to_owned(),
        (Flavour::Business, _) => format!("/drives/{}/root:", found.wire_id()),
    }
}

/// Returns the type of a file. That `mimeType` follows from the extension of the name is *assumed*.
pub(crate) fn mime_type(name: &str) -> String {
    mime_guess::from_path(name).first_or_octet_stream().to_string()
}
