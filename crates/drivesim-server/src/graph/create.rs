//! The only place that makes folders.

use axum::http::{StatusCode, header};
use drivesim::{Address, Conflict, ItemId};

use crate::app::App;
use crate::call::Call;
use crate::graph::body::Members;
use crate::graph::drive::{self, Flavour, Found};
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{item, precondition, read};
use crate::reply::Reply;

/// Makes a folder in a folder: 201 with it. To replace one means to find it, with what is in it: 200. That files
/// are not made by POST to `children` *differs* from the services (onedrive-api-docs#1702).
pub(crate) fn folder(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read(call)?;
    let found = drive::find(app, route)?;
    let wanted = members.text("name")?.ok_or_else(|| Refusal::invalid("A new item needs a name."))?;
    if members.object("folder")?.is_none() {
        let message = "Only folders are made here: the member folder is missing.";
        return Err(Refusal::invalid(message));
    }
    let conflict = members.conflict()?.unwrap_or(Conflict::Fail);
    let parent = parent(app, &found, name)?;
    let mut folder = parent.address.clone();
    if call.header(header::IF_MATCH.as_str()).is_some() {
        folder = precondition::matched(call, &found, &app.sim.item(&folder)?)?;
    }
    let there = there(app, &found, &parent.address, wanted);
    let made = app.sim.create_folder_or(folder, wanted, conflict).inspect_err(|_| parent.give_up(app))?;
    let status = if there == Some(made) { StatusCode::OK } else { StatusCode::CREATED };
    let made = app.sim.item(found.drive.at(made))?;
    Ok(Reply::json(status, read::shown(app, call, &found, &made)?))
}

/// Returns what has a name in a folder.
fn there(app: &App, found: &Found, folder: &Address, name: &str) -> Option<ItemId> {
    let path = item::join(&app.sim.path(folder).ok()?, name);
    app.sim.item(found.drive.at(path)).ok().map(|item| item.id)
}

/// The folder that something is made in, and the top one of those that had to be made for it.
pub(crate) struct Parent {
    pub(crate) address: Address,
    made: Option<Address>,
}

impl Parent {
    /// Takes back the folders that were made for nothing: what is refused must have changed nothing.
    pub(crate) fn give_up(&self, app: &App) {
        if let Some(made) = &self.made {
            // If it cannot be deleted, somebody else has changed or deleted it meanwhile: then it is theirs.
            let _ = app.sim.delete_permanently(made.clone());
        }
    }
}

/// Finds the folder that something is made in. OneDrive of a person makes those that are missing on the way.
pub(crate) fn parent(app: &App, found: &Found, name: &ItemName) -> Result<Parent, Refusal> {
    let address = item::address(app, found, name)?;
    let is_missing = found.flavour == Flavour::Personal && !name.path.is_empty() && !app.sim.exists(&address);
    if !is_missing {
        return Ok(Parent { address, made: None });
    }
    let top = ItemName { path: String::new(), ..name.clone() };
    let top = found.drive.at(item::find(app, found, &top)?.id);
    let mut parent = Parent { address: top, made: None };
    for name in name.path.split('/') {
        if let Err(refusal) = step_into(app, found, &mut parent, name) {
            parent.give_up(app);
            return Err(refusal);
        }
    }
    Ok(parent)
}

/// Goes on to the folder of a name, which is made if it is missing.
fn step_into(app: &App, found: &Found, parent: &mut Parent, name: &str) -> Result<(), Refusal> {
    let path = item::join(&app.sim.path(&parent.address)?, name);
    if let Ok(there) = app.sim.item(found.drive.at(path)) {
        parent.address = found.drive.at(there.id);
        return Ok(());
    }
    let folder = found.drive.at(app.sim.create_folder(&parent.address, name)?);
    parent.made.get_or_insert_with(|| folder.clone());
    parent.address = folder;
    Ok(())
}
