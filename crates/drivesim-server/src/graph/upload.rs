//! The only place that puts bytes into a drive: where a URL says they belong, on what conditions, and how it is told.

use axum::http::{StatusCode, header};
use drivesim::{Access, Address, Conflict, Content, DriveError, Item, ItemId, ItemKind, Precondition};

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::{self, Flavour, Found};
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{body, create, item, read, tags};
use crate::reply::Reply;

/// Where bytes belong.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In this file.
    File(ItemId),
    /// In a file with this name in a folder, which OneDrive of a person makes if need be.
    Named { folder: ItemName, name: String },
}

/// Answers a small upload: 201 with the new file, 200 with the one that holds something else now (driveItem: put
/// content). Any type of content is bytes.
pub(crate) fn put(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route)?;
    let conflict = body::conflict_in_query(call)?.unwrap_or(Conflict::Replace);
    let (place, existing) = place(app, &found, name)?;
    let expected = expected(call, &found, existing.as_ref())?;
    let content = Content::from(&call.body[..]);
    let stored = store(app, &found, &place, content, conflict, expected)?;
    answer(app, call, &found, stored)
}

/// Returns where a URL puts bytes, and what is there now. What is there may be a folder if the place has a name: what
/// to do then is a matter of conflict behaviour.
pub(crate) fn place(app: &App, found: &Found, name: &ItemName) -> Result<(Place, Option<Item>), Refusal> {
    if name.path.is_empty() {
        let file = item::find(app, found, name)?;
        if file.is_folder() {
            // That bytes for a folder are refused with 400 is *assumed*.
            return Err(Refusal::invalid("A folder cannot hold bytes; name the file that is to be in it."));
        }
        return Ok((Place::File(file.id), Some(file)));
    }
    let (above, leaf) = name.path.rsplit_once('/').unwrap_or(("", &name.path));
    let folder = ItemName { path: above.to_owned(), ..name.clone() };
    // Checked before anything is made on the way there.
    let is_at_root = above.is_empty() && name.id.is_none();
    found.profile.names.check(leaf, ItemKind::File, is_at_root).map_err(|fault| {
        let name = leaf.to_owned();
        Refusal::from(DriveError::BadName { name, fault })
    })?;
    let existing = app.sim.item(item::address(app, found, name)?).ok();
    // A file that is there may be written whatever may be done with its folder.
    if existing.as_ref().is_none_or(Item::is_folder) {
        check_folder(app, found, &folder)?;
    }
    Ok((Place::Named { folder, name: leaf.to_owned() }, existing))
}

/// Refuses a folder that bytes cannot be put into: one that is not there and not made, and one that may not be changed.
/// That an upload to a folder that is missing is 404 on business drives, and makes it on personal ones, is *assumed*.
fn check_folder(app: &App, found: &Found, name: &ItemName) -> Result<(), Refusal> {
    let address = item::address(app, found, name)?;
    match app.sim.item(&address) {
        Ok(folder) if !folder.is_folder() => {
            Err(DriveError::NotAFolder { item: app.sim.path(&address)? }.into())
        }
        Ok(_) if app.sim.access(&address)? != Access::Write => {
            let item = app.sim.path(&address)?;
            Err(DriveError::AccessDenied { item, needed: Access::Write }.into())
        }
        Ok(_) => Ok(()),
        Err(_) if found.flavour == Flavour::Personal && !name.path.is_empty() => Ok(()),
        Err(missing) => Err(missing.into()),
    }
}

/// Returns what the conditions of a request expect of what is there: 412 if it is not so (If-Match on an upload from
/// memory, If-None-Match from the page on sessions). That If-Match is 412 where an upload finds no file is *assumed*.
pub(crate) fn expected(
    call: &Call,
    found: &Found,
    existing: Option<&Item>,
) -> Result<Option<Precondition>, Refusal> {
    let refused = |message: &str| {
        let refusal = Refusal::new(StatusCode::PRECONDITION_FAILED, "resourceModified", message);
        Err(refusal.inner("entityTagDoesNotMatch"))
    };
    let is_named = |header: &str, item: &Item| tags::names(header, &found.drive, found.flavour, item);
    let unwanted = call.header(header::IF_NONE_MATCH.as_str());
    if unwanted.zip(existing).is_some_and(|(header, item)| is_named(header, item)) {
        return refused("There is an item that If-None-Match excludes.");
    }
    let Some(header) = call.header(header::IF_MATCH.as_str()) else { return Ok(None) };
    let named = |item: &Item| match header.trim() {
        "*" => Some(Precondition::ETag(item.etag)),
        header => tags::named(header, &found.drive, found.flavour, item),
    };
    match existing.and_then(named) {
        Some(expected) => Ok(Some(expected)),
        None => refused("The item is not the one that If-Match names."),
    }
}

/// A file that was put somewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) id: ItemId,
    is_new: bool,
}

/// Puts bytes where they belong.
pub(crate) fn store(
    app: &App,
    found: &Found,
    place: &Place,
    content: Content,
    conflict: Conflict,
    expected: Option<Precondition>,
) -> Result<Stored, Refusal> {
    let demand = |address: Address| match expected {
        Some(expected) => address.if_match(expected),
        None => address,
    };
    match place {
        Place::File(id) => {
            let id = app.sim.write(demand(found.drive.at(*id)), content)?;
            Ok(Stored { id, is_new: false })
        }
        Place::Named { folder, name } => {
            let path = item::join(&folder.path, name).trim_start_matches('/').to_owned();
            let there = item::address(app, found, &ItemName { path, ..folder.clone() })?;
            let existing = app.sim.item(&there).ok();
            let is_file = existing.as_ref().is_some_and(|item| !item.is_folder());
            // Whoever names what is to be replaced wants nothing new.
            if conflict == Conflict::Replace && (is_file || expected.is_some()) {
                let id = app.sim.write(demand(there), content)?;
                return Ok(Stored { id, is_new: false });
            }
            let folder = create::parent(app, found, folder)?;
            let existing = existing.map(|item| item.id);
            let made = app.sim.create_file_or(&folder.address, name, content, conflict);
            let id = made.inspect_err(|_| folder.give_up(app))?;
            Ok(Stored { id, is_new: existing != Some(id) })
        }
    }
}

/// Answers with a file that was put somewhere.
pub(crate) fn answer(app: &App, call: &Call, found: &Found, stored: Stored) -> Result<Reply, Refusal> {
    let status = if stored.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let file = app.sim.item(found.drive.at(stored.id))?;
    Ok(Reply::json(status, read::shown(app, call, found, &file)?))
}
