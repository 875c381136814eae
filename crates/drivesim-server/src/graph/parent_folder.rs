//! Finds the parent of a new item, and creates missing folders in its path.

use axum::http::StatusCode;
use drivesim::address::Address;
use drivesim::error::DriveError;
use drivesim::item::ItemKind;
use drivesim::profile::{Level, Name};

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::item;
use crate::graph::item_locator::ItemLocator;
use crate::graph::options::MissingFolders;
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
pub(crate) fn creates_missing_folders(drive: &ResolvedDrive, kind: ItemKind) -> bool {
    let missing_folders = match kind {
        ItemKind::File => drive.wire.upload_folders,
        ItemKind::Folder => drive.wire.children_folders,
    };
    missing_folders == MissingFolders::Made
}

/// Finds the parent of a new item, and creates missing folders in its path on drives that do so.
pub(crate) fn find_or_create(
    app: &App,
    drive: &ResolvedDrive,
    locator: &ItemLocator,
    new_item: NewItem<'_>,
) -> Result<ParentFolder, GraphError> {
    let address = item::address(app, drive, locator)?;
    let exists = locator.path.is_empty() || app.sim.exists(&address);
    if exists || !creates_missing_folders(drive, new_item.kind) {
        return Ok(ParentFolder::existing(address));
    }
    let target = UploadTarget::resolve_name(app, drive, locator, new_item.name)?;
    check_path(app, drive, &target, new_item)?;
    let mut parent = ParentFolder::existing(drive.at(target.deepest.id));
    for name in target.missing_folders() {
        if let Err(error) = step_into(app, drive, &mut parent, name) {
            parent.undo(app);
            return Err(error);
        }
    }
    Ok(parent)
}

/// Fails if an item could not be created at the end of its path, before any folder of the path is created.
pub(crate) fn check_path(
    app: &App,
    drive: &ResolvedDrive,
    target: &UploadTarget,
    new_item: NewItem<'_>,
) -> Result<(), GraphError> {
    let profile = drive.profile(app)?;
    let folders = target.missing_folders();
    let names =
        folders.iter().map(|name| (name.as_str(), ItemKind::Folder)).chain([(new_item.name, new_item.kind)]);
    for (at, (name, kind)) in names.enumerate() {
        let is_at_root = at == 0 && target.deepest.parent.is_none();
        let level = if is_at_root { Level::Root } else { Level::Below };
        let bad_name = |fault| DriveError::BadName { name: name.to_owned(), fault };
        profile.names.check(name, kind, level).map_err(bad_name)?;
    }
    let deepest_path = app.sim.path(drive.at(target.deepest.id))?;
    let path = item::join(&item::join(&deepest_path, &folders.join("/")), new_item.name);
    let units = Name::units_of(path.trim_start_matches('/'));
    if let Some(limit) = profile.max_path.filter(|&limit| units > limit) {
        return Err(DriveError::PathTooLong { name: new_item.name.to_owned(), units, limit }.into());
    }
    check_quota(app, drive, new_item.n_bytes)
}

/// Creates the next folder of the path, or uses the one that a concurrent request has created.
fn step_into(
    app: &App,
    drive: &ResolvedDrive,
    parent: &mut ParentFolder,
    name: &str,
) -> Result<(), GraphError> {
    match drive.sim_as_caller(app).create_folder(&parent.address, name) {
        Ok(folder) => {
            parent.address = drive.at(folder);
            parent.created.push(parent.address.clone());
        }
        Err(error) => {
            let path = item::join(&app.sim.path(&parent.address)?, name);
            let existing = app.sim.item(drive.at(path)).map_err(|_| error)?;
            parent.address = drive.at(existing.id);
        }
    }
    Ok(())
}

/// Fails if a file exceeds the quota of the drive.
pub(crate) fn check_quota(app: &App, drive: &ResolvedDrive, n_bytes: u64) -> Result<(), GraphError> {
    let remaining = app.sim.quota(&drive.drive_ref)?.remaining;
    if n_bytes <= remaining {
        return Ok(());
    }
    let message = format!("The file has {n_bytes} bytes, the drive has {remaining} bytes left.");
    Err(GraphError::new(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::QuotaLimitReached, message))
}
