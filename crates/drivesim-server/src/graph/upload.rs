//! Handles uploads of contents: finds the target file, checks conditions, stores the bytes, renders the file.

use axum::http::{StatusCode, header};
use drivesim::{Address, Conflict, Content, DriveError, Error, Item, ItemId, ItemKind, Precondition};

use crate::app::App;
use crate::call::Call;
use crate::graph::create::Leaf;
use crate::graph::drive::{self, Found};
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::target::Target;
use crate::graph::{body, create, item, precondition, read, tags};
use crate::reply::Reply;

/// The target of an upload.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// An existing file.
    File(ItemId),
    /// A file with this name in a folder; both may have to be created.
    Named { folder: ItemName, name: String },
}

/// Handles a simple upload: 201 with the new file, or 200 with the file whose content was replaced (driveItem: put
/// content). The content type is ignored.
pub(crate) fn put(app: &App, request: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route)?;
    let conflict = body::conflict_in_query(request)?.unwrap_or(Conflict::Replace);
    let (place, existing) = place(app, &found, name)?;
    let expected = expected(request, &found, existing.as_ref())?;
    read::reserve(request, existing.as_ref(), 0)?;
    let content = Content::from(&request.body[..]);
    let stored = store(app, &found, &place, content, conflict, expected)?;
    answer(app, request, &found, stored)
}

/// Returns the target that a URL names, and the item that exists there. The item may be a folder if the target has a
/// name: the conflict behavior decides then.
pub(crate) fn place(app: &App, found: &Found, name: &ItemName) -> Result<(Place, Option<Item>), Refusal> {
    if name.path.is_empty() {
        let file = item::find(app, found, name)?;
        if file.is_folder() {
            // ASSUMED: An upload of bytes to a folder fails with 400 (option `folder_content_status`).
            let error = Refusal::invalid("A folder cannot hold bytes; name the file that is to be in it.");
            return Err(error.told_as(found.wire.folder_content_status));
        }
        return Ok((Place::File(file.id), Some(file)));
    }
    let (above, leaf) = name.path.rsplit_once('/').unwrap_or(("", &name.path));
    let folder = ItemName { path: above.to_owned(), ..name.clone() };
    // Checked before missing folders are created.
    let is_at_root = above.is_empty() && name.id.is_none();
    found.profile(app)?.names.check(leaf, ItemKind::File, is_at_root).map_err(|fault| {
        let name = leaf.to_owned();
        Refusal::from(DriveError::BadName { name, fault })
    })?;
    let existing = app.sim.item(item::address(app, found, name)?).ok();
    // An existing file may be written whatever the access to its folder.
    if existing.as_ref().is_none_or(Item::is_folder) {
        check_folder(app, found, &folder, leaf)?;
    }
    Ok((Place::Named { folder: by_id(app, found, folder), name: leaf.to_owned() }, existing))
}

/// Names an existing folder by its id, so that a later upload finds it after a move.
fn by_id(app: &App, found: &Found, folder: ItemName) -> ItemName {
    match item::find(app, found, &folder) {
        Ok(existing) if existing.parent.is_some() => {
            let id = found.ids().item(existing.id, false);
            ItemName { id: Some(id.to_string()), path: String::new(), ..folder }
        }
        _ => folder,
    }
}

/// Fails if no file can be created in a folder: it is missing and the drive creates no folders, or it may not be
/// changed.
fn check_folder(app: &App, found: &Found, folder: &ItemName, name: &str) -> Result<(), Refusal> {
    let target = Target::named(app, found, folder, name)?;
    if !target.has_folder() && !create::makes_folders(found, ItemKind::File) {
        return Err(Refusal::not_found());
    }
    target.check_access(app, found)
}

/// The preconditions of an upload.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected {
    /// The item has this tag.
    tag: Option<Precondition>,
    /// No item exists, `If-None-Match: *`.
    is_new: bool,
}

/// Reads the preconditions of a request. Fails with 412 if they do not hold (If-Match on an upload from memory,
/// If-None-Match from the page on sessions).
///
/// ASSUMED: If-Match on an upload fails if there is no item (no option: no other reading is known).
pub(crate) fn expected(request: &Call, found: &Found, existing: Option<&Item>) -> Result<Expected, Refusal> {
    let none_match = precondition::tags_in(request, header::IF_NONE_MATCH)?;
    let is_named = |header: &str, item: &Item| tags::names(header, found.ids(), found.tag_rules(), item);
    if none_match.as_deref().zip(existing).is_some_and(|(header, item)| is_named(header, item)) {
        return Err(excluded());
    }
    let is_new = none_match.is_some_and(|header| header.trim() == "*");
    let Some(header) = precondition::tags_in(request, header::IF_MATCH)? else {
        return Ok(Expected { tag: None, is_new });
    };
    let named = |item: &Item| match header.trim() {
        "*" => Some(Precondition::ETag(item.etag)),
        header => tags::named(header, found.ids(), found.tag_rules(), item),
    };
    match existing.and_then(named) {
        Some(tag) => Ok(Expected { tag: Some(tag), is_new }),
        None => Err(unmatched("The item is not the one that If-Match names.")),
    }
}

fn unmatched(message: &str) -> Refusal {
    let error = Refusal::new(StatusCode::PRECONDITION_FAILED, "resourceModified", message);
    error.inner("entityTagDoesNotMatch")
}

fn excluded() -> Refusal {
    unmatched("There is an item that If-None-Match excludes.")
}

/// Fails if a file exceeds the quota of the drive.
pub(crate) fn check_room(app: &App, found: &Found, n_bytes: u64) -> Result<(), Refusal> {
    let remaining = app.sim.quota(found.drive.at("/"))?.remaining;
    if n_bytes <= remaining {
        return Ok(());
    }
    let message = format!("The file has {n_bytes} bytes, the drive has room for {remaining}.");
    Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached", message))
}

/// The file of an upload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) id: ItemId,
    is_new: bool,
}

/// How often a store is retried while concurrent requests create and delete the file.
const TRIES: usize = 16;

/// Stores a content in its target.
pub(crate) fn store(
    app: &App,
    found: &Found,
    place: &Place,
    content: Content,
    conflict: Conflict,
    expected: Expected,
) -> Result<Stored, Refusal> {
    let with_precondition = |address: Address| match expected.tag {
        Some(tag) => address.if_match(tag),
        None => address,
    };
    let (folder, name) = match place {
        Place::File(id) => {
            let id = found.acting(app).write(with_precondition(found.drive.at(*id)), content)?;
            return Ok(Stored { id, is_new: false });
        }
        Place::Named { folder, name } => (folder, name),
    };
    let path = item::join(&folder.path, name).trim_start_matches('/').to_owned();
    let address = item::address(app, found, &ItemName { path, ..folder.clone() })?;
    let create = |conflict| create_file(app, found, (folder, name), content.clone(), conflict);
    if expected.is_new {
        return create(Conflict::Fail).map_err(|error| if error.is_of_a_name() { excluded() } else { error });
    }
    if conflict != Conflict::Replace {
        return create(conflict);
    }
    let mut last_error = Refusal::busy("Others make and delete the file all the time.");
    for _ in 0..TRIES {
        let existing = app.sim.item(&address).ok();
        let is_file = existing.as_ref().is_some_and(|item| !item.is_folder());
        // A request that names the tag of the replaced file must not create one.
        if is_file || expected.tag.is_some() {
            match found.acting(app).write(with_precondition(address.clone()), content.clone()) {
                Ok(id) => return Ok(Stored { id, is_new: false }),
                Err(Error::Drive(DriveError::NotFound { .. })) if expected.tag.is_none() => {}
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        match create(Conflict::Fail) {
            // If no item is found after all tries, a copy has the name and has not revealed its item yet.
            Err(error) if error.is_of_a_name() && existing.is_none() => last_error = error,
            result => return result,
        }
    }
    Err(last_error)
}

/// Creates a file.
fn create_file(
    app: &App,
    found: &Found,
    (folder, name): (&ItemName, &str),
    content: Content,
    conflict: Conflict,
) -> Result<Stored, Refusal> {
    let leaf = Leaf { name, kind: ItemKind::File, n_bytes: content.size() };
    let folder = create::parent(app, found, folder, leaf)?;
    let created = found.acting(app).create_file_or(&folder.address, name, content, conflict);
    let id = created.inspect_err(|_| folder.give_up(app))?;
    Ok(Stored { id, is_new: true })
}

/// Answers with the file of an upload.
pub(crate) fn answer(app: &App, request: &Call, found: &Found, stored: Stored) -> Result<Reply, Refusal> {
    let status = if stored.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let file = app.sim.item(found.drive.at(stored.id))?;
    read::reply(status, (app, request, found), &file)
}
