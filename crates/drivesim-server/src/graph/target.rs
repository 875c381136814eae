//! Finds the deepest existing folder in the path of an upload, and checks whether the file can be created.

use drivesim::{Access, DriveError, Error, NameRules};

use crate::app::App;
use crate::graph::drive::Found;
use crate::graph::item;
use crate::graph::refusal::Refusal;
use crate::graph::route::ItemName;
use crate::graph::upload::Place;

/// The path of a file: its deepest folder that is visible, and the names that follow.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The existing item: a folder, unless the path leads through a file.
    pub(crate) top: drivesim::Item,
    /// The names of the missing folders and of the file.
    names: Vec<String>,
}

impl Target {
    /// Resolves the target of an upload. Fails if the file, or the folder that is named by id, is gone.
    pub(crate) fn of(app: &App, found: &Found, place: &Place) -> Result<Target, Refusal> {
        match place {
            Place::Named { folder, name } => Target::named(app, found, folder, name),
            Place::File(id) => {
                let file = app.sim.item(found.drive.at(*id))?;
                let top = app.sim.item(found.drive.at(file.parent.unwrap_or(found.root)))?;
                Ok(Target { top, names: vec![file.name] })
            }
        }
    }

    /// Resolves a name in a folder that need not exist.
    pub(crate) fn named(app: &App, found: &Found, folder: &ItemName, name: &str) -> Result<Target, Refusal> {
        let names: Vec<&str> = folder.path.split('/').filter(|name| !name.is_empty()).collect();
        let above = |n_names: usize| ItemName { path: names[..n_names].join("/"), ..folder.clone() };
        // A binary search: a folder can only exist if all folders above it do.
        let (mut top, mut n_existing) = (item::find(app, found, &above(0))?, 0);
        let mut n_at_most = names.len();
        while n_existing < n_at_most {
            let n_tried = n_existing + (n_at_most - n_existing).div_ceil(2);
            match item::find(app, found, &above(n_tried)) {
                Ok(folder) => (top, n_existing) = (folder, n_tried),
                Err(_) => n_at_most = n_tried - 1,
            }
        }
        let names = names[n_existing..].iter().chain([&name]).map(|&name| name.to_owned()).collect();
        Ok(Target { top, names })
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
    pub(crate) fn is_same(&self, other: &Target, rules: &NameRules) -> bool {
        let is_same_name = |(mine, other): (&String, &String)| rules.same(mine, other);
        self.top.id == other.top.id
            && self.names.len() == other.names.len()
            && self.names.iter().zip(&other.names).all(is_same_name)
    }

    /// Fails if nothing can be created below `top`: it is a file, or a folder that may not be changed or read.
    pub(crate) fn check_access(&self, app: &App, found: &Found) -> Result<(), Refusal> {
        let top = found.drive.at(self.top.id);
        if !self.top.is_folder() {
            return Err(DriveError::NotAFolder { item: app.sim.path(&top)? }.into());
        }
        if app.sim.access(&top)? != Access::Write {
            let item = app.sim.path(&top)?;
            return Err(DriveError::AccessDenied { item, needed: Access::Write, is_below: false }.into());
        }
        // A folder that may not be read looks missing, and cannot be created.
        if !self.has_folder() && self.is_unreadable(app, found)? {
            return Err(Refusal::not_found());
        }
        Ok(())
    }

    fn is_unreadable(&self, app: &App, found: &Found) -> Result<bool, Refusal> {
        let path = item::join(&app.sim.path(found.drive.at(self.top.id))?, self.first());
        Ok(app.sim.access(found.drive.at(path)).is_ok_and(|access| access == Access::None))
    }

    /// Fails if the file could not be created now. A name is also taken if a running copy has it and has not revealed
    /// its item yet.
    pub(crate) fn check_new(&self, app: &App, found: &Found, n_bytes: u64) -> Result<(), Refusal> {
        match app.sim.check_upload(found.drive.at(self.top.id), self.first(), n_bytes) {
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
