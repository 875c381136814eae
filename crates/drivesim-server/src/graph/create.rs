//! The only place that makes folders.

use axum::http::{StatusCode, header};
use drivesim::{Address, Conflict, DriveError, Error, ItemKind, MicrosoftWire, Update, utf16_len};

use crate::app::App;
use crate::call::Call;
use crate::graph::body::{self, Members};
use crate::graph::drive::{self, Found};
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::target::Target;
use crate::graph::types::Body;
use crate::graph::{change, item, precondition, read, unanswered, upload};
use crate::reply::Reply;

/// Makes a folder in a folder: 201 with it. To replace one means to find it, with what is in it: 200.
pub(crate) fn folder(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read(call, Body::Create)?;
    let found = drive::find(app, route)?;
    let wanted = members.filled_text("name")?.ok_or_else(|| Refusal::invalid("A new item needs a name."))?;
    check_kind(call, &members)?;
    let facts = facts(&members)?;
    let facts = if found.wire.keeps_facts_of_new_folder { facts } else { Update::default() };
    read::reserve(call, None, call.body.len())?;
    let conflict = body::conflict(call, &members)?;
    let conflict = conflict.unwrap_or(default_conflict(&found.wire));
    let parent = match expected(app, call, &found, name)? {
        Some(address) => Parent { address, made: Vec::new() },
        None => parent(app, &found, name, Leaf { name: wanted, kind: ItemKind::Folder, n_bytes: 0 })?,
    };
    // A new one is told from one that was found by who made it, even if others do the same at this moment.
    let may_be_there = conflict == Conflict::Replace;
    let first = if may_be_there { Conflict::Fail } else { conflict };
    let (made, status) = match found.acting(app).create_folder_or(&parent.address, wanted, first) {
        Err(Error::Drive(DriveError::NameTaken { .. })) if may_be_there => {
            (found.acting(app).create_folder_or(&parent.address, wanted, conflict), StatusCode::OK)
        }
        made => (made, StatusCode::CREATED),
    };
    let made = made.inspect_err(|_| parent.give_up(app))?;
    if status == StatusCode::CREATED {
        // The folder is there: that it keeps its own times, if somebody was fast enough to lock it, is no refusal.
        let _ = found.acting(app).update(found.drive.at(made), facts);
    }
    let made = app.sim.item(found.drive.at(made))?;
    read::reply(status, (app, call, &found), &made)
}

/// What a new item may be that is no folder (driveItem: create a folder, upload from URL, add a shortcut).
const OTHER_KINDS: [&str; 6] =
    ["file", "package", "bundle", "remoteItem", "@microsoft.graph.sourceUrl", "@content.sourceUrl"];

/// Refuses to make anything but a folder.
fn check_kind(call: &Call, members: &Members) -> Result<(), Refusal> {
    if members.object("folder")?.is_some() {
        return Ok(());
    }
    if let Some(kind) = OTHER_KINDS.into_iter().find(|kind| members.has(kind)) {
        return Err(unanswered::not_built(call, &format!("{kind} in a new item")));
    }
    Err(Refusal::invalid("A new item needs a facet: the member folder is missing."))
}

/// Returns what is said of a folder beside its name. O365 sends a description. That a new folder has the description and
/// the times that are sent with it is *assumed*: the page takes a driveItem without a word on its members (option
/// `new_folder_facts`).
fn facts(members: &Members) -> Result<Update, Refusal> {
    let members = members.without_null(&["description", "fileSystemInfo"]);
    let times = members.object("fileSystemInfo")?.map(|info| change::times(&info)).transpose()?;
    let facts = Update::default().times_of_upload(times.unwrap_or_default());
    Ok(match members.text("description")? {
        Some(description) => facts.description(description),
        None => facts,
    })
}

/// Returns what becomes of a folder that is there already where nothing is said of it.
fn default_conflict(wire: &MicrosoftWire) -> Conflict {
    if wire.finds_folder_again { Conflict::Replace } else { Conflict::Fail }
}

/// Returns the folder that an `If-Match` names. One that is not there yet is not it.
fn expected(app: &App, call: &Call, found: &Found, name: &ItemName) -> Result<Option<Address>, Refusal> {
    if precondition::tags_in(call, header::IF_MATCH)?.is_none() {
        return Ok(None);
    }
    let is_made = !name.path.is_empty() && makes_folders(found, ItemKind::Folder);
    let folder = item::find(app, found, name);
    let folder = folder.map_err(|refusal| if is_made { Refusal::modified() } else { refusal })?;
    precondition::matched(call, found, &folder).map(Some)
}

/// What is to be made in a folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ItemKind,
    pub(crate) n_bytes: u64,
}

/// The folder that something is made in, and those that had to be made for it.
pub(crate) struct Parent {
    pub(crate) address: Address,
    made: Vec<Address>,
}

impl Parent {
    /// Takes back the folders that were made for nothing: what is refused must have changed nothing.
    pub(crate) fn give_up(&self, app: &App) {
        for made in self.made.iter().rev() {
            // A folder that others use or have deleted meanwhile is theirs.
            let _ = app.sim.delete_permanently_if_empty(made);
        }
    }
}

/// Returns whether the folders that are missing on the way to a new item are made.
pub(crate) fn makes_folders(found: &Found, kind: ItemKind) -> bool {
    match kind {
        ItemKind::File => found.wire.upload_makes_folders,
        ItemKind::Folder => found.wire.children_make_folders,
    }
}

/// Finds the folder that something is made in, and makes those that are missing on the way where the drive does so.
pub(crate) fn parent(app: &App, found: &Found, name: &ItemName, leaf: Leaf<'_>) -> Result<Parent, Refusal> {
    let address = item::address(app, found, name)?;
    let is_there = name.path.is_empty() || app.sim.exists(&address);
    if is_there || !makes_folders(found, leaf.kind) {
        return Ok(Parent { address, made: Vec::new() });
    }
    let target = Target::named(app, found, name, leaf.name)?;
    check_way(app, found, &target, leaf)?;
    let mut parent = Parent { address: found.drive.at(target.top.id), made: Vec::new() };
    for name in target.missing_folders() {
        if let Err(refusal) = step_into(app, found, &mut parent, name) {
            parent.give_up(app);
            return Err(refusal);
        }
    }
    Ok(parent)
}

/// Refuses what could not be made at the end of the way, before anything is made on it.
pub(crate) fn check_way(app: &App, found: &Found, target: &Target, leaf: Leaf<'_>) -> Result<(), Refusal> {
    let profile = found.profile(app)?;
    let folders = target.missing_folders();
    let named = folders.iter().map(|name| (name.as_str(), ItemKind::Folder)).chain([(leaf.name, leaf.kind)]);
    for (at, (name, kind)) in named.enumerate() {
        let is_at_root = at == 0 && target.top.parent.is_none();
        let bad = |fault| DriveError::BadName { name: name.to_owned(), fault };
        profile.names.check(name, kind, is_at_root).map_err(bad)?;
    }
    let top = app.sim.path(found.drive.at(target.top.id))?;
    let path = item::join(&item::join(&top, &folders.join("/")), leaf.name);
    let units = utf16_len(path.trim_start_matches('/'));
    if let Some(limit) = profile.max_path_units.filter(|&limit| units > limit) {
        return Err(DriveError::PathTooLong { name: leaf.name.to_owned(), units, limit }.into());
    }
    upload::check_room(app, found, leaf.n_bytes)
}

/// Makes the next folder on the way. If others were faster, theirs is taken.
fn step_into(app: &App, found: &Found, parent: &mut Parent, name: &str) -> Result<(), Refusal> {
    match found.acting(app).create_folder(&parent.address, name) {
        Ok(folder) => {
            parent.address = found.drive.at(folder);
            parent.made.push(parent.address.clone());
        }
        Err(error) => {
            let path = item::join(&app.sim.path(&parent.address)?, name);
            let there = app.sim.item(found.drive.at(path)).map_err(|_| error)?;
            parent.address = found.drive.at(there.id);
        }
    }
    Ok(())
}
