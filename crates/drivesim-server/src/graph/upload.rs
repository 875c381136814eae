//! Handles uploads of contents: finds the target file, checks conditions, stores the bytes, renders the file.

use axum::http::{StatusCode, header};
use drivesim::address::{Address, Precondition};
use drivesim::error::DriveError;
use drivesim::item::{Content, ItemKind};
use drivesim::profile::Level;
use drivesim::{Conflict, Error, Item, ItemId};

use crate::graph::context::{DriveContext, GraphContext};
use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::parent_folder::{self, NewItem};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::upload_target::{UploadPath, UploadTarget};
use crate::graph::{conflict_behavior, item, item_response, precondition, tags};
use crate::state::app::App;

/// Handles a simple upload: 201 with the new file, or 200 with the file whose content was replaced (driveItem: put
/// content). The content type is ignored.
pub(crate) fn put(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let conflict = conflict_behavior::of_query(request)?.unwrap_or(Conflict::Replace);
    let (path, existing) = resolve(app, &drive, locator)?;
    let preconditions = preconditions(context, existing.as_ref())?;
    item_response::reserve(request, existing.as_ref(), 0)?;
    let content = Content::from(&request.body[..]);
    let stored = store(app, &drive, FileUpload { path: &path, content, conflict, preconditions })?;
    stored_file_response(context, stored)
}

/// Returns the file that a URL names, and the item that exists there. The item may be a folder if the file is named by
/// path: the conflict behavior decides then.
pub(crate) fn resolve(
    app: &App,
    drive: &ResolvedDrive,
    locator: &ItemLocator,
) -> Result<(UploadPath, Option<Item>), GraphError> {
    if locator.path.is_empty() {
        let file = item::find(app, drive, locator)?;
        if file.is_folder() {
            // ASSUMED: An upload of bytes to a folder fails with 400 (option `wire.folder_content_status`).
            let error = GraphError::invalid("A folder has no content; name a file in it.");
            return Err(error.with_status(drive.wire.folder_content_status));
        }
        return Ok((UploadPath::File(file.id), Some(file)));
    }
    let (folder_path, name) = locator.path.rsplit_once('/').unwrap_or(("", &locator.path));
    let folder = ItemLocator { path: folder_path.to_owned(), ..locator.clone() };
    // Checked before missing folders are created.
    let is_at_root = folder_path.is_empty() && locator.id.is_none();
    let level = if is_at_root { Level::Root } else { Level::Below };
    drive
        .profile(app)?
        .names
        .check(name, ItemKind::File, level)
        .map_err(|fault| GraphError::from(DriveError::BadName { name: name.to_owned(), fault }))?;
    let existing = app.sim.item(item::address(app, drive, locator)?).ok();
    // An existing file may be written whatever the access to its folder.
    if existing.as_ref().is_none_or(Item::is_folder) {
        check_folder(app, drive, &folder, name)?;
    }
    Ok((UploadPath::Named { folder: by_id(app, drive, folder), name: name.to_owned() }, existing))
}

/// Names an existing folder by its id, so that a later upload finds it after a move.
fn by_id(app: &App, drive: &ResolvedDrive, folder: ItemLocator) -> ItemLocator {
    match item::find(app, drive, &folder) {
        Ok(existing) if existing.parent.is_some() => {
            let id = drive.ids().item(existing.id, false);
            ItemLocator { id: Some(id.to_string()), path: String::new(), ..folder }
        }
        _ => folder,
    }
}

/// Fails if no file can be created in a folder: it is missing and the drive creates no folders, or it may not be
/// changed.
fn check_folder(
    app: &App,
    drive: &ResolvedDrive,
    folder: &ItemLocator,
    name: &str,
) -> Result<(), GraphError> {
    let target = UploadTarget::resolve_name(app, drive, folder, name)?;
    if !target.has_folder() && !parent_folder::creates_missing_folders(drive, ItemKind::File) {
        return Err(GraphError::not_found());
    }
    target.check_access(app, drive)
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
    context: DriveContext<'_>,
    existing: Option<&Item>,
) -> Result<UploadPreconditions, GraphError> {
    let DriveContext { request, drive, .. } = context;
    let none_match = precondition::tags_in(request, header::IF_NONE_MATCH)?;
    let lists = |header: &str, item: &Item| tags::matches(header, drive.ids(), drive.tag_rules(), item);
    if none_match.as_deref().zip(existing).is_some_and(|(header, item)| lists(header, item)) {
        return Err(item_exists());
    }
    let is_new = none_match.is_some_and(|header| header.trim() == "*");
    let Some(header) = precondition::tags_in(request, header::IF_MATCH)? else {
        return Ok(UploadPreconditions { tag: None, is_new });
    };
    let listed_tag = |item: &Item| match header.trim() {
        "*" => Some(Precondition::ETag(item.etag)),
        header => tags::matching_precondition(header, drive.ids(), drive.tag_rules(), item),
    };
    match existing.and_then(listed_tag) {
        Some(tag) => Ok(UploadPreconditions { tag: Some(tag), is_new }),
        None => Err(GraphError::tag_mismatch("The item is not the one that If-Match names.")),
    }
}

fn item_exists() -> GraphError {
    GraphError::tag_mismatch("There is an item that If-None-Match excludes.")
}

/// A content to store.
#[derive(Debug)]
pub(crate) struct FileUpload<'a> {
    pub(crate) path: &'a UploadPath,
    pub(crate) content: Content,
    pub(crate) conflict: Conflict,
    pub(crate) preconditions: UploadPreconditions,
}

/// The file of an upload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredFile {
    pub(crate) id: ItemId,
    is_new: bool,
}

/// How often a store is retried while concurrent requests create and delete the file.
const TRIES: usize = 16;

/// Stores a content in its file, which is created if it does not exist.
pub(crate) fn store(
    app: &App,
    drive: &ResolvedDrive,
    upload: FileUpload<'_>,
) -> Result<StoredFile, GraphError> {
    let FileUpload { path, content, conflict, preconditions } = upload;
    let with_precondition = |address: Address| match preconditions.tag {
        Some(tag) => address.if_match(tag),
        None => address,
    };
    let (folder, name) = match path {
        UploadPath::File(id) => {
            let id = drive.sim_as_caller(app).write(with_precondition(drive.at(*id)), content)?;
            return Ok(StoredFile { id, is_new: false });
        }
        UploadPath::Named { folder, name } => (folder, name),
    };
    let path = item::join(&folder.path, name).trim_start_matches('/').to_owned();
    let address = item::address(app, drive, &ItemLocator { path, ..folder.clone() })?;
    let create = |conflict| -> Result<StoredFile, GraphError> {
        let new_item = NewItem { name, kind: ItemKind::File, n_bytes: content.size() };
        let parent = parent_folder::find_or_create(app, drive, folder, new_item)?;
        let file =
            drive.sim_as_caller(app).create_file_with(&parent.address, name, content.clone(), conflict);
        let id = file.inspect_err(|_| parent.undo(app))?;
        Ok(StoredFile { id, is_new: true })
    };
    if preconditions.is_new {
        return create(Conflict::Fail)
            .map_err(|error| if error.is_name_conflict() { item_exists() } else { error });
    }
    if conflict != Conflict::Replace {
        return create(conflict);
    }
    let mut last_error = GraphError::busy("Concurrent requests keep creating and deleting the file.");
    for _ in 0..TRIES {
        let existing = app.sim.item(&address).ok();
        let is_file = existing.as_ref().is_some_and(|item| !item.is_folder());
        // A request that names the tag of the replaced file must not create one.
        if is_file || preconditions.tag.is_some() {
            match drive.sim_as_caller(app).write(with_precondition(address.clone()), content.clone()) {
                Ok(id) => return Ok(StoredFile { id, is_new: false }),
                Err(Error::Drive(DriveError::NotFound { .. })) if preconditions.tag.is_none() => {}
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

/// Responds with the file of an upload.
pub(crate) fn stored_file_response(context: DriveContext<'_>, stored: StoredFile) -> GraphResult {
    let status = if stored.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let file = context.app.sim.item(context.drive.at(stored.id))?;
    item_response::render(context, status, &file)
}
