//! Handles requests to create folders.

use axum::http::{StatusCode, header};
use drivesim::address::Address;
use drivesim::error::DriveError;
use drivesim::item::ItemKind;
use drivesim::options::Update;
use drivesim::{Conflict, Error};

use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::context::{DriveContext, GraphContext};
use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::options::{FolderAgain, NewFolderFacts};
use crate::graph::parent_folder::{self, NewItem, ParentFolder};
use crate::graph::{file_system_info, item_response, precondition};
use crate::http::request::ApiRequest;

/// Creates a folder in a folder: 201. With the conflict behavior replace, an existing folder is returned with its
/// children: 200.
pub(crate) fn folder(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let members = Members::read(request, BodyType::Create)?;
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let folder_name =
        members.non_empty_text("name")?.ok_or_else(|| GraphError::invalid("A new item needs a name."))?;
    check_kind(request, &members)?;
    let metadata = metadata(&members)?;
    let metadata = match drive.wire.new_folder_facts {
        NewFolderFacts::Kept => metadata,
        NewFolderFacts::Ignored => Update::default(),
    };
    item_response::reserve(request, None, request.body.len())?;
    let conflict = members.conflict_or_in_query(request)?;
    let conflict = conflict.unwrap_or(default_conflict(drive.wire.folder_again));
    let parent = match address_if_match(context, locator)? {
        Some(address) => ParentFolder::existing(address),
        None => parent_folder::find_or_create(
            app,
            &drive,
            locator,
            NewItem { name: folder_name, kind: ItemKind::Folder, n_bytes: 0 },
        )?,
    };
    // Tries to create it first, so that the status is right even if concurrent requests create the same folder.
    let may_exist = conflict == Conflict::Replace;
    let first_conflict = if may_exist { Conflict::Fail } else { conflict };
    let create =
        |conflict| drive.sim_as_caller(app).create_folder_with(&parent.address, folder_name, conflict);
    let (folder, status) = match create(first_conflict) {
        Err(Error::Drive(DriveError::NameTaken { .. })) if may_exist => (create(conflict), StatusCode::OK),
        created => (created, StatusCode::CREATED),
    };
    let folder = folder.inspect_err(|_| parent.undo(app))?;
    if status == StatusCode::CREATED {
        // The folder exists now. If a concurrent request has locked it, it keeps its own times, and that is not an
        // error.
        let _ = drive.sim_as_caller(app).update(drive.at(folder), metadata);
    }
    let folder = app.sim.item(drive.at(folder))?;
    item_response::render(context, status, &folder)
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
        return Err(GraphError::not_implemented(request, &format!("{kind} in a new item")));
    }
    Err(GraphError::invalid("A new item needs a facet: the member folder is missing."))
}

/// Reads the metadata of a new folder. O365 sends a description.
///
/// ASSUMED: A new folder has the description and the times that are sent with it: the page accepts a driveItem and does
/// not mention its members (option `wire.new_folder_facts`).
fn metadata(members: &Members) -> Result<Update, GraphError> {
    let members = members.without_null(&["description", "fileSystemInfo"]);
    let times = members.object("fileSystemInfo")?.map(|info| file_system_info::times(&info)).transpose()?;
    let metadata = Update::default().times_of_upload(times.unwrap_or_default());
    Ok(match members.text("description")? {
        Some(description) => metadata.description(description),
        None => metadata,
    })
}

/// Returns the conflict behavior of a request that names none.
fn default_conflict(folder_again: FolderAgain) -> Conflict {
    match folder_again {
        FolderAgain::Existing => Conflict::Replace,
        FolderAgain::Refuse => Conflict::Fail,
    }
}

/// Returns the address of the folder if the request has an `If-Match`. Fails if the folder does not match or does not exist.
fn address_if_match(context: DriveContext<'_>, locator: &ItemLocator) -> Result<Option<Address>, GraphError> {
    if precondition::tags_in(context.request, header::IF_MATCH)?.is_none() {
        return Ok(None);
    }
    let may_be_created =
        !locator.path.is_empty() && parent_folder::creates_missing_folders(context.drive, ItemKind::Folder);
    let folder = context.find_item(locator);
    let folder = folder.map_err(|error| if may_be_created { GraphError::modified() } else { error })?;
    precondition::address_if_match(context, &folder).map(Some)
}
