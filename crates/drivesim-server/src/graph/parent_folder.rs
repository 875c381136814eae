//! Finds the parent of a new item, and creates missing folders in its path.

use axum::http::StatusCode;
use drivesim::address::Address;
use drivesim::error::DriveError;
use drivesim::item::ItemKind;
use drivesim::profile::Name;

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::item;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::upload_target::UploadTarget;
use crate::state::app::App;

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
    /// Creates it from a folder that exists.
    pub(crate) fn existing(address: Address) -> ParentFolder {
        ParentFolder { address, created: Vec::new() }
    }

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
pub(crate) fn find_or_create(
    app: &App,
    found: &ResolvedDrive,
    name: &ItemLocator,
    leaf: NewItem<'_>,
) -> Result<ParentFolder, GraphError> {
    let address = item::address(app, found, name)?;
    let exists = name.path.is_empty() || app.sim.exists(&address);
    if exists || !creates_missing_folders(found, leaf.kind) {
        return Ok(ParentFolder::existing(address));
    }
    let target = UploadTarget::resolve_name(app, found, name, leaf.name)?;
    check_path(app, found, &target, leaf)?;
    let mut parent = ParentFolder::existing(found.drive.at(target.deepest.id));
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
    let units = Name::units_of(path.trim_start_matches('/'));
    if let Some(limit) = profile.max_path_units.filter(|&limit| units > limit) {
        return Err(DriveError::PathTooLong { name: leaf.name.to_owned(), units, limit }.into());
    }
    check_quota(app, found, leaf.n_bytes)
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

/// Fails if a file exceeds the quota of the drive.
pub(crate) fn check_quota(app: &App, found: &ResolvedDrive, n_bytes: u64) -> Result<(), GraphError> {
    let remaining = app.sim.quota(&found.drive)?.remaining;
    if n_bytes <= remaining {
        return Ok(());
    }
    let message = format!("The file has {n_bytes} bytes, the drive has {remaining} bytes left.");
    Err(GraphError::new(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::QuotaLimitReached, message))
}
