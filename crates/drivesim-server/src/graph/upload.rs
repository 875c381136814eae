//! Handles uploads of contents: finds the target file, checks conditions, stores the bytes, renders the file.

use axum::http::{StatusCode, header};
use drivesim::address::{Address, Precondition};
use drivesim::error::DriveError;
use drivesim::item::{Content, ItemKind};
use drivesim::{Conflict, Error, Item, ItemId};

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::item_locator::ItemLocator;
use crate::graph::parent_folder::{self, NewItem};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::Route;
use crate::graph::upload_target::{UploadPath, UploadTarget};
use crate::graph::{conflict_behavior, drive, item, item_response, precondition, tags};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;

/// Handles a simple upload: 201 with the new file, or 200 with the file whose content was replaced (driveItem: put
/// content). The content type is ignored.
pub(crate) fn put(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    let found = drive::find(app, route)?;
    let conflict = conflict_behavior::of_query(request)?.unwrap_or(Conflict::Replace);
    let (place, existing) = resolve(app, &found, name)?;
    let expected = preconditions(request, &found, existing.as_ref())?;
    item_response::reserve(request, existing.as_ref(), 0)?;
    let content = Content::from(&request.body[..]);
    let stored = store(app, &found, &place, content, conflict, expected)?;
    stored_file_response(app, request, &found, stored)
}

/// Returns the target that a URL names, and the item that exists there. The item may be a folder if the target has a
/// name: the conflict behavior decides then.
pub(crate) fn resolve(
    app: &App,
    found: &ResolvedDrive,
    name: &ItemLocator,
) -> Result<(UploadPath, Option<Item>), GraphError> {
    if name.path.is_empty() {
        let file = item::find(app, found, name)?;
        if file.is_folder() {
            // ASSUMED: An upload of bytes to a folder fails with 400 (option `folder_content_status`).
            let error = GraphError::invalid("A folder has no content; name a file in it.");
            return Err(error.with_status(found.wire.folder_content_status));
        }
        return Ok((UploadPath::File(file.id), Some(file)));
    }
    let (above, leaf) = name.path.rsplit_once('/').unwrap_or(("", &name.path));
    let folder = ItemLocator { path: above.to_owned(), ..name.clone() };
    // Checked before missing folders are created.
    let is_at_root = above.is_empty() && name.id.is_none();
    found.profile(app)?.names.check(leaf, ItemKind::File, is_at_root).map_err(|fault| {
        let name = leaf.to_owned();
        GraphError::from(DriveError::BadName { name, fault })
    })?;
    let existing = app.sim.item(item::address(app, found, name)?).ok();
    // An existing file may be written whatever the access to its folder.
    if existing.as_ref().is_none_or(Item::is_folder) {
        check_folder(app, found, &folder, leaf)?;
    }
    Ok((UploadPath::Named { folder: by_id(app, found, folder), name: leaf.to_owned() }, existing))
}

/// Names an existing folder by its id, so that a later upload finds it after a move.
fn by_id(app: &App, found: &ResolvedDrive, folder: ItemLocator) -> ItemLocator {
    match item::find(app, found, &folder) {
        Ok(existing) if existing.parent.is_some() => {
            let id = found.ids().item(existing.id, false);
            ItemLocator { id: Some(id.to_string()), path: String::new(), ..folder }
        }
        _ => folder,
    }
}

/// Fails if no file can be created in a folder: it is missing and the drive creates no folders, or it may not be
/// changed.
fn check_folder(
    app: &App,
    found: &ResolvedDrive,
    folder: &ItemLocator,
    name: &str,
) -> Result<(), GraphError> {
    let target = UploadTarget::resolve_name(app, found, folder, name)?;
    if !target.has_folder() && !parent_folder::creates_missing_folders(found, ItemKind::File) {
        return Err(GraphError::not_found());
    }
    target.check_access(app, found)
}

/// The preconditions of an upload.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UploadPreconditions {
    /// The item has this tag.
    tag: Option<Precondition>,
    /// No item exists, `If-None-Match: *`.
    is_new: bool,
}

/// Reads the preconditions of a request. Fails with 412 if they do not hold (If-Match on an upload from memory,
/// If-None-Match from the page on sessions).
///
/// ASSUMED: If-Match on an upload fails if there is no item (no option: no other reading is known).
pub(crate) fn preconditions(
    request: &ApiRequest,
    found: &ResolvedDrive,
    existing: Option<&Item>,
) -> Result<UploadPreconditions, GraphError> {
    let none_match = precondition::tags_in(request, header::IF_NONE_MATCH)?;
    let is_named = |header: &str, item: &Item| tags::matches(header, found.ids(), found.tag_rules(), item);
    if none_match.as_deref().zip(existing).is_some_and(|(header, item)| is_named(header, item)) {
        return Err(excluded());
    }
    let is_new = none_match.is_some_and(|header| header.trim() == "*");
    let Some(header) = precondition::tags_in(request, header::IF_MATCH)? else {
        return Ok(UploadPreconditions { tag: None, is_new });
    };
    let named = |item: &Item| match header.trim() {
        "*" => Some(Precondition::ETag(item.etag)),
        header => tags::matching_precondition(header, found.ids(), found.tag_rules(), item),
    };
    match existing.and_then(named) {
        Some(tag) => Ok(UploadPreconditions { tag: Some(tag), is_new }),
        None => Err(unmatched("The item is not the one that If-Match names.")),
    }
}

fn unmatched(message: &str) -> GraphError {
    let error = GraphError::new(StatusCode::PRECONDITION_FAILED, ErrorCode::ResourceModified, message);
    error.with_inner_code(ErrorCode::EntityTagDoesNotMatch)
}

fn excluded() -> GraphError {
    unmatched("There is an item that If-None-Match excludes.")
}

/// The file of an upload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredFile {
    pub(crate) id: ItemId,
    is_new: bool,
}

/// How often a store is retried while concurrent requests create and delete the file.
const TRIES: usize = 16;

/// Stores a content in its target.
pub(crate) fn store(
    app: &App,
    found: &ResolvedDrive,
    place: &UploadPath,
    content: Content,
    conflict: Conflict,
    expected: UploadPreconditions,
) -> Result<StoredFile, GraphError> {
    let with_precondition = |address: Address| match expected.tag {
        Some(tag) => address.if_match(tag),
        None => address,
    };
    let (folder, name) = match place {
        UploadPath::File(id) => {
            let id = found.sim_as_caller(app).write(with_precondition(found.drive.at(*id)), content)?;
            return Ok(StoredFile { id, is_new: false });
        }
        UploadPath::Named { folder, name } => (folder, name),
    };
    let path = item::join(&folder.path, name).trim_start_matches('/').to_owned();
    let address = item::address(app, found, &ItemLocator { path, ..folder.clone() })?;
    let create = |conflict| create_file(app, found, (folder, name), content.clone(), conflict);
    if expected.is_new {
        return create(Conflict::Fail)
            .map_err(|error| if error.is_name_conflict() { excluded() } else { error });
    }
    if conflict != Conflict::Replace {
        return create(conflict);
    }
    let mut last_error = GraphError::busy("Concurrent requests keep creating and deleting the file.");
    for _ in 0..TRIES {
        let existing = app.sim.item(&address).ok();
        let is_file = existing.as_ref().is_some_and(|item| !item.is_folder());
        // A request that names the tag of the replaced file must not create one.
        if is_file || expected.tag.is_some() {
            match found.sim_as_caller(app).write(with_precondition(address.clone()), content.clone()) {
                Ok(id) => return Ok(StoredFile { id, is_new: false }),
                Err(Error::Drive(DriveError::NotFound { .. })) if expected.tag.is_none() => {}
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        match create(Conflict::Fail) {
            // If no item is found after all tries, a copy has the name and has not revealed its item yet.
            Err(error) if error.is_name_conflict() && existing.is_none() => last_error = error,
            result => return result,
        }
    }
    Err(last_error)
}

/// Creates a file.
fn create_file(
    app: &App,
    found: &ResolvedDrive,
    (folder, name): (&ItemLocator, &str),
    content: Content,
    conflict: Conflict,
) -> Result<StoredFile, GraphError> {
    let leaf = NewItem { name, kind: ItemKind::File, n_bytes: content.size() };
    let folder = parent_folder::find_or_create(app, found, folder, leaf)?;
    let created = found.sim_as_caller(app).create_file_with(&folder.address, name, content, conflict);
    let id = created.inspect_err(|_| folder.undo(app))?;
    Ok(StoredFile { id, is_new: true })
}

/// Answers with the file of an upload.
pub(crate) fn stored_file_response(
    app: &App,
    request: &ApiRequest,
    found: &ResolvedDrive,
    stored: StoredFile,
) -> Result<ApiResponse, GraphError> {
    let status = if stored.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let file = app.sim.item(found.drive.at(stored.id))?;
    item_response::render(status, (app, request, found), &file)
}
