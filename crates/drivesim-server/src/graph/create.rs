//! Handles requests to create folders.

use axum::http::{StatusCode, header};
use drivesim::address::Address;
use drivesim::error::DriveError;
use drivesim::item::ItemKind;
use drivesim::options::Update;
use drivesim::profile::{MicrosoftWire, utf16_len};
use drivesim::{Conflict, Error};

use crate::graph::body::{self, Members};
use crate::graph::body_types::BodyType;
use crate::graph::drive::{self, ResolvedDrive};
use crate::graph::error::GraphError;
use crate::graph::route::{ItemLocator, Route};
use crate::graph::upload_target::UploadTarget;
use crate::graph::{change, item, precondition, read, rejection, upload};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;

/// Creates a folder in a folder: 201. With the conflict behavior replace, an existing folder is returned with its
/// children: 200.
pub(crate) fn folder(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    let members = Members::read(request, BodyType::Create)?;
    let found = drive::find(app, route)?;
    let folder_name =
        members.non_empty_text("name")?.ok_or_else(|| GraphError::invalid("A new item needs a name."))?;
    check_kind(request, &members)?;
    let metadata = metadata(&members)?;
    let metadata = if found.wire.keeps_facts_of_new_folder { metadata } else { Update::default() };
    read::reserve_response(request, None, request.body.len())?;
    let conflict = body::conflict(request, &members)?;
    let conflict = conflict.unwrap_or(default_conflict(&found.wire));
    let parent = match expected(app, request, &found, name)? {
        Some(address) => ParentFolder { address, created: Vec::new() },
        None => find_or_create_parent(
            app,
            &found,
            name,
            NewItem { name: folder_name, kind: ItemKind::Folder, n_bytes: 0 },
        )?,
    };
    // Tries to create it first, so that the status is right even if concurrent requests create the same folder.
    let may_exist = conflict == Conflict::Replace;
    let first_conflict = if may_exist { Conflict::Fail } else { conflict };
    let create =
        |conflict| found.sim_as_caller(app).create_folder_with(&parent.address, folder_name, conflict);
    let (folder, status) = match create(first_conflict) {
        Err(Error::Drive(DriveError::NameTaken { .. })) if may_exist => (create(conflict), StatusCode::OK),
        created => (created, StatusCode::CREATED),
    };
    let folder = folder.inspect_err(|_| parent.undo(app))?;
    if status == StatusCode::CREATED {
        // The folder exists now. If a concurrent request has locked it, it keeps its own times, and that is not an
        // error.
        let _ = found.sim_as_caller(app).update(found.drive.at(folder), metadata);
    }
    let folder = app.sim.item(found.drive.at(folder))?;
    read::reply(status, (app, request, &found), &folder)
}

/// The facets of new items other than folders (driveItem: create a folder, upload from URL, add a shortcut).
const OTHER_KINDS: [&str; 6] =
    ["file", "package", "bundle", "remoteItem", "@microsoft.graph.sourceUrl", "@content.sourceUrl"];

/// Fails if the new item is not a folder.
fn check_kind(request: &ApiRequest, members: &Members) -> Result<(), GraphError> {
    if members.object("folder")?.is_some() {
        return Ok(());
    }
    if let Some(kind) = OTHER_KINDS.into_iter().find(|kind| members.has(kind)) {
        return Err(rejection::not_implemented(request, &format!("{kind} in a new item")));
    }
    Err(GraphError::invalid("A new item needs a facet: the member folder is missing."))
}

/// Reads the metadata of a new folder. O365 sends a description.
///
/// ASSUMED: A new folder has the description and the times that are sent with it: the page accepts a driveItem and does
/// not mention its members (option `new_folder_facts`).
fn metadata(members: &Members) -> Result<Update, GraphError> {
    let members = members.without_null(&["description", "fileSystemInfo"]);
    let times = members.object("fileSystemInfo")?.map(|info| change::times(&info)).transpose()?;
    let metadata = Update::default().times_of_upload(times.unwrap_or_default());
    Ok(match members.text("description")? {
        Some(description) => metadata.description(description),
        None => metadata,
    })
}

/// Returns the conflict behavior of a request that names none.
fn default_conflict(wire: &MicrosoftWire) -> Conflict {
    if wire.finds_folder_again { Conflict::Replace } else { Conflict::Fail }
}

/// Returns the folder if the request has an `If-Match`. Fails if the folder does not match or does not exist.
fn expected(
    app: &App,
    request: &ApiRequest,
    found: &ResolvedDrive,
    name: &ItemLocator,
) -> Result<Option<Address>, GraphError> {
    if precondition::tags_in(request, header::IF_MATCH)?.is_none() {
        return Ok(None);
    }
    let may_be_created = !name.path.is_empty() && creates_missing_folders(found, ItemKind::Folder);
    let folder = item::find(app, found, name);
    let folder = folder.map_err(|error| if may_be_created { GraphError::modified() } else { error })?;
    precondition::address_if_match(request, found, &folder).map(Some)
}

/// The item to create in a folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewItem<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ItemKind,
    pub(crate) n_bytes: u64,
}

/// The parent of a new item, and the missing folders that were created for it.
pub(crate) struct ParentFolder {
    pub(crate) address: Address,
    created: Vec<Address>,
}

impl ParentFolder {
    /// Deletes the created folders again: a failed request must not change anything.
    pub(crate) fn undo(&self, app: &App) {
        for folder in self.created.iter().rev() {
            // This fails if concurrent requests use or have deleted the folder, which is fine.
            let _ = app.sim.delete_permanently_if_empty(folder);
        }
    }
}

/// Returns whether the drive creates missing folders in the path of a new item.
pub(crate) fn creates_missing_folders(found: &ResolvedDrive, kind: ItemKind) -> bool {
    match kind {
        ItemKind::File => found.wire.upload_makes_folders,
        ItemKind::Folder => found.wire.children_make_folders,
    }
}

/// Finds the parent of a new item, and creates missing folders in its path on drives that do so.
pub(crate) fn find_or_create_parent(
    app: &App,
    found: &ResolvedDrive,
    name: &ItemLocator,
    leaf: NewItem<'_>,
) -> Result<ParentFolder, GraphError> {
    let address = item::address(app, found, name)?;
    let exists = name.path.is_empty() || app.sim.exists(&address);
    if exists || !creates_missing_folders(found, leaf.kind) {
        return Ok(ParentFolder { address, created: Vec::new() });
    }
    let target = UploadTarget::resolve_name(app, found, name, leaf.name)?;
    check_path(app, found, &target, leaf)?;
    let mut parent = ParentFolder { address: found.drive.at(target.deepest.id), created: Vec::new() };
    for name in target.missing_folders() {
        if let Err(error) = step_into(app, found, &mut parent, name) {
            parent.undo(app);
            return Err(error);
        }
    }
    Ok(parent)
}

/// Fails if an item could not be created at the end of its path, before any folder of the path is created.
pub(crate) fn check_path(
    app: &App,
    found: &ResolvedDrive,
    target: &UploadTarget,
    leaf: NewItem<'_>,
) -> Result<(), GraphError> {
    let profile = found.profile(app)?;
    let folders = target.missing_folders();
    let named = folders.iter().map(|name| (name.as_str(), ItemKind::Folder)).chain([(leaf.name, leaf.kind)]);
    for (at, (name, kind)) in named.enumerate() {
        let is_at_root = at == 0 && target.deepest.parent.is_none();
        let bad = |fault| DriveError::BadName { name: name.to_owned(), fault };
        profile.names.check(name, kind, is_at_root).map_err(bad)?;
    }
    let top = app.sim.path(found.drive.at(target.deepest.id))?;
    let path = item::join(&item::join(&top, &folders.join("/")), leaf.name);
    let units = utf16_len(path.trim_start_matches('/'));
    if let Some(limit) = profile.max_path_units.filter(|&limit| units > limit) {
        return Err(DriveError::PathTooLong { name: leaf.name.to_owned(), units, limit }.into());
    }
    upload::check_room(app, found, leaf.n_bytes)
}

/// Creates the next folder of the path, or uses the one that a concurrent request has created.
fn step_into(
    app: &App,
    found: &ResolvedDrive,
    parent: &mut ParentFolder,
    name: &str,
) -> Result<(), GraphError> {
    match found.sim_as_caller(app).create_folder(&parent.address, name) {
        Ok(folder) => {
            parent.address = found.drive.at(folder);
            parent.created.push(parent.address.clone());
        }
        Err(error) => {
            let path = item::join(&app.sim.path(&parent.address)?, name);
            let existing = app.sim.item(found.drive.at(path)).map_err(|_| error)?;
            parent.address = found.drive.at(existing.id);
        }
    }
    Ok(())
}
