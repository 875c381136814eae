//! Finds the file that an upload is for, as deep as its folders are there.

use drivesim::{Access, DriveError, Error, NameRules};

use crate::app::App;
use crate::graph::drive::Found;
use crate::graph::item;
use crate::graph::refusal::Refusal;
use crate::graph::route::ItemName;
use crate::graph::upload::Place;

/// The place of a file: the deepest folder of its path that can be seen, and the names that follow.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// What is there: a folder, unless the path leads through a file.
    pub(crate) top: drivesim::Item,
    /// The folders that are missing, and the file.
    names: Vec<String>,
}

impl Target {
    /// Finds where an upload goes now. Fails if the file or the folder that it follows is gone.
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

    /// Finds the place of a name in a folder, which need not be there.
    pub(crate) fn named(app: &App, found: &Found, folder: &ItemName, name: &str) -> Result<Target, Refusal> {
        let names: Vec<&str> = folder.path.split('/').filter(|name| !name.is_empty()).collect();
        let above = |n_names: usize| ItemName { path: names[..n_names].join("/"), ..folder.clone() };
        // A folder can only be there if all above it are.
        let (mut top, mut n_there) = (item::find(app, found, &above(0))?, 0);
        let mut n_unknown = names.len();
        while n_there < n_unknown {
            let n_tried = n_there + (n_unknown - n_there).div_ceil(2);
            match item::find(app, found, &above(n_tried)) {
                Ok(there) => (top, n_there) = (there, n_tried),
                Err(_) => n_unknown = n_tried - 1,
            }
        }
        let names = names[n_there..].iter().chain([&name]).map(|&name| name.to_owned()).collect();
        Ok(Target { top, names })
    }

    /// Returns whether the folder of the file is there.
    pub(crate) fn has_folder(&self) -> bool {
        self.names.len() == 1
    }

    /// Returns the folders that are missing.
    pub(crate) fn missing_folders(&self) -> &[String] {
        self.names.split_last().map_or(&[], |(_, folders)| folders)
    }

    /// Returns whether two uploads go to the same file.
    pub(crate) fn is_same(&self, other: &Target, rules: &NameRules) -> bool {
        let is_same_name = |(mine, other): (&String, &String)| rules.same(mine, other);
        self.top.id == other.top.id
            && self.names.len() == other.names.len()
            && self.names.iter().zip(&other.names).all(is_same_name)
    }

    /// Refuses a place in which nothing can be made: in a file, or in a folder that may not be changed or read.
    pub(crate) fn check_access(&self, app: &App, found: &Found) -> Result<(), Refusal> {
        let top = found.drive.at(self.top.id);
        if !self.top.is_folder() {
            return Err(DriveError::NotAFolder { item: app.sim.path(&top)? }.into());
        }
        if app.sim.access(&top)? != Access::Write {
            let item = app.sim.path(&top)?;
            return Err(DriveError::AccessDenied { item, needed: Access::Write, is_below: false }.into());
        }
        // A folder that may not be read looks missing, and cannot be made.
        if !self.has_folder() && self.is_unreadable(app, found)? {
            return Err(Refusal::not_found());
        }
        Ok(())
    }

    fn is_unreadable(&self, app: &App, found: &Found) -> Result<bool, Refusal> {
        let path = item::join(&app.sim.path(found.drive.at(self.top.id))?, self.first());
        Ok(app.sim.access(found.drive.at(path)).is_ok_and(|access| access == Access::None))
    }

    /// Refuses a file that could not be made now. A name is taken as well if a running copy holds it and has not shown
    /// it yet.
    pub(crate) fn check_new(&self, app: &App, found: &Found, n_bytes: u64) -> Result<(), Refusal> {
        match app.sim.check_upload(found.drive.at(self.top.id), self.first(), n_bytes) {
            // The first name is that of a folder, to which other rules may apply.
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
