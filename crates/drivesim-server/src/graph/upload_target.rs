//! Finds the deepest existing folder in the path of an upload, and checks whether the file can be created.

use drivesim::access::Access;
use drivesim::error::DriveError;
use drivesim::profile::NameRules;
use drivesim::{Error, ItemId};

use crate::graph::error::GraphError;
use crate::graph::item;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::state::app::App;

/// How an upload names its file.
#[derive(Clone, Debug)]
pub(crate) enum UploadPath {
    /// An existing file.
    File(ItemId),
    /// A file with this name in a folder; both may have to be created.
    Named { folder: ItemLocator, name: String },
}

/// The path of a file: its deepest folder that is visible, and the names that follow.
#[derive(Clone, Debug)]
pub(crate) struct UploadTarget {
    /// The existing item: a folder, unless the path leads through a file.
    pub(crate) deepest: drivesim::Item,
    /// The names of the missing folders and of the file.
    names: Vec<String>,
}

impl UploadTarget {
    /// Resolves the target of an upload. Fails if the file, or the folder that is named by id, is gone.
    pub(crate) fn resolve(
        app: &App,
        drive: &ResolvedDrive,
        path: &UploadPath,
    ) -> Result<UploadTarget, GraphError> {
        match path {
            UploadPath::Named { folder, name } => UploadTarget::resolve_name(app, drive, folder, name),
            UploadPath::File(id) => {
                let file = app.sim.item(drive.at(*id))?;
                let folder = app.sim.item(drive.at(file.parent.unwrap_or(drive.root)))?;
                Ok(UploadTarget { deepest: folder, names: vec![file.name] })
            }
        }
    }

    /// Resolves a name in a folder that need not exist.
    pub(crate) fn resolve_name(
        app: &App,
        drive: &ResolvedDrive,
        folder: &ItemLocator,
        name: &str,
    ) -> Result<UploadTarget, GraphError> {
        let names: Vec<&str> = folder.path.split('/').filter(|name| !name.is_empty()).collect();
        let folder_at = |n_names: usize| ItemLocator { path: names[..n_names].join("/"), ..folder.clone() };
        // A binary search: a folder can only exist if all folders above it do.
        let (mut deepest, mut n_existing) = (item::find(app, drive, &folder_at(0))?, 0);
        let mut n_at_most = names.len();
        while n_existing < n_at_most {
            let n_tried = n_existing + (n_at_most - n_existing).div_ceil(2);
            match item::find(app, drive, &folder_at(n_tried)) {
                Ok(folder) => (deepest, n_existing) = (folder, n_tried),
                Err(_) => n_at_most = n_tried - 1,
            }
        }
        let names = names[n_existing..].iter().chain([&name]).map(|&name| name.to_owned()).collect();
        Ok(UploadTarget { deepest, names })
    }

    /// Returns whether the parent of the file exists.
    pub(crate) fn has_folder(&self) -> bool {
        self.names.len() == 1
    }

    /// Returns the missing folders.
    pub(crate) fn missing_folders(&self) -> &[String] {
        self.names.split_last().map_or(&[], |(_, folders)| folders)
    }

    /// Returns whether two uploads have the same file as target.
    pub(crate) fn is_same(&self, other: &UploadTarget, rules: &NameRules) -> bool {
        let is_same_name = |(mine, other): (&String, &String)| rules.same(mine, other);
        self.deepest.id == other.deepest.id
            && self.names.len() == other.names.len()
            && self.names.iter().zip(&other.names).all(is_same_name)
    }

    /// Fails if nothing can be created below the deepest folder: it is a file, or it may not be changed or read.
    pub(crate) fn check_access(&self, app: &App, drive: &ResolvedDrive) -> Result<(), GraphError> {
        let deepest = drive.at(self.deepest.id);
        if !self.deepest.is_folder() {
            return Err(DriveError::NotAFolder { item: app.sim.path(&deepest)? }.into());
        }
        if app.sim.access(&deepest)? != Access::Write {
            let item = app.sim.path(&deepest)?;
            return Err(DriveError::AccessDenied { item, needed: Access::Write, is_below: false }.into());
        }
        // A folder that may not be read looks missing, and cannot be created.
        if !self.has_folder() && self.is_unreadable(app, drive)? {
            return Err(GraphError::not_found());
        }
        Ok(())
    }

    fn is_unreadable(&self, app: &App, drive: &ResolvedDrive) -> Result<bool, GraphError> {
        let path = item::join(&app.sim.path(drive.at(self.deepest.id))?, self.first());
        Ok(app.sim.access(drive.at(path)).is_ok_and(|access| access == Access::None))
    }

    /// Fails if the file could not be created now. A name is also taken if a running copy has it and has not revealed
    /// its item yet.
    pub(crate) fn check_new(&self, app: &App, drive: &ResolvedDrive, n_bytes: u64) -> Result<(), GraphError> {
        match app.sim.check_upload(drive.at(self.deepest.id), self.first(), n_bytes) {
            // The first name is that of a missing folder, so only a conflict of names counts.
            Err(error) if !self.has_folder() && !is_taken(&error) => Ok(()),
            checked => Ok(checked?),
        }
    }

    fn first(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

fn is_taken(error: &Error) -> bool {
    matches!(error, Error::Drive(DriveError::NameTaken { .. }))
}
