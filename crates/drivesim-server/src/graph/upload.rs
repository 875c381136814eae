//! The only place that puts bytes into a drive: where a URL says they belong, on what conditions, and how it is told.

use axum::http::{StatusCode, header};
use drivesim::{Address, Conflict, Content, DriveError, Error, Item, ItemId, ItemKind, Precondition};

use crate::app::App;
use crate::call::Call;
use crate::graph::create::Leaf;
use crate::graph::drive::{self, Found};
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::target::Target;
use crate::graph::{body, create, item, precondition, read, tags};
use crate::reply::Reply;

/// Where bytes belong.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In this file.
    File(ItemId),
    /// In a file with this name in a folder, which may have to be made.
    Named { folder: ItemName, name: String },
}

/// Answers a small upload: 201 with the new file, 200 with the one that holds something else now (driveItem: put
/// content). Any type of content is bytes.
pub(crate) fn put(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route)?;
    let conflict = body::conflict_in_query(call)?.unwrap_or(Conflict::Replace);
    let (place, existing) = place(app, &found, name)?;
    let expected = expected(call, &found, existing.as_ref())?;
    read::reserve(call, existing.as_ref(), 0)?;
    let content = Content::from(&call.body[..]);
    let stored = store(app, &found, &place, content, conflict, expected)?;
    answer(app, call, &found, stored)
}

/// Returns where a URL puts bytes, and what is there now. What is there may be a folder if the place has a name: what
/// to do then is a matter of conflict behaviour.
pub(crate) fn place(app: &App, found: &Found, name: &ItemName) -> Result<(Place, Option<Item>), Refusal> {
    if name.path.is_empty() {
        let file = item::find(app, found, name)?;
        if file.is_folder() {
            // That bytes for a folder are refused with 400 is *assumed* (option `folder_content_status`).
            let refusal = Refusal::invalid("A folder cannot hold bytes; name the file that is to be in it.");
            return Err(refusal.told_as(found.wire.folder_content_status));
        }
        return Ok((Place::File(file.id), Some(file)));
    }
    let (above, leaf) = name.path.rsplit_once('/').unwrap_or(("", &name.path));
    let folder = ItemName { path: above.to_owned(), ..name.clone() };
    // Checked before anything is made on the way there.
    let is_at_root = above.is_empty() && name.id.is_none();
    found.profile(app)?.names.check(leaf, ItemKind::File, is_at_root).map_err(|fault| {
        let name = leaf.to_owned();
        Refusal::from(DriveError::BadName { name, fault })
    })?;
    let existing = app.sim.item(item::address(app, found, name)?).ok();
    // A file that is there may be written whatever may be done with its folder.
    if existing.as_ref().is_none_or(Item::is_folder) {
        check_folder(app, found, &folder, leaf)?;
    }
    Ok((Place::Named { folder: followed(app, found, folder), name: leaf.to_owned() }, existing))
}

/// Names a folder that is there by its id, so that what is put into it later follows it.
fn followed(app: &App, found: &Found, folder: ItemName) -> ItemName {
    match item::find(app, found, &folder) {
        Ok(there) if there.parent.is_some() => {
            let id = found.ids().item(there.id, false);
            ItemName { id: Some(id.to_string()), path: String::new(), ..folder }
        }
        _ => folder,
    }
}

/// Refuses a folder that bytes cannot be put into: one that is missing where none are made, and one that may not be
/// changed.
fn check_folder(app: &App, found: &Found, folder: &ItemName, name: &str) -> Result<(), Refusal> {
    let target = Target::named(app, found, folder, name)?;
    if !target.has_folder() && !create::makes_folders(found, ItemKind::File) {
        return Err(Refusal::not_found());
    }
    target.check_access(app, found)
}

/// What a request expects of what is there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected {
    /// That it still has this tag.
    tag: Option<Precondition>,
    /// That nothing is there, `If-None-Match: *`.
    is_new: bool,
}

/// Returns what the conditions of a request expect of what is there: 412 if it is not so (If-Match on an upload from
/// memory, If-None-Match from the page on sessions). That If-Match needs something there is *assumed* (no option: no
/// other reading is known).
pub(crate) fn expected(call: &Call, found: &Found, existing: Option<&Item>) -> Result<Expected, Refusal> {
    let unwanted = precondition::tags_in(call, header::IF_NONE_MATCH)?;
    let is_named = |header: &str, item: &Item| tags::names(header, found.ids(), found.tag_rules(), item);
    if unwanted.as_deref().zip(existing).is_some_and(|(header, item)| is_named(header, item)) {
        return Err(excluded());
    }
    let is_new = unwanted.is_some_and(|header| header.trim() == "*");
    let Some(header) = precondition::tags_in(call, header::IF_MATCH)? else {
        return Ok(Expected { tag: None, is_new });
    };
    let named = |item: &Item| match header.trim() {
        "*" => Some(Precondition::ETag(item.etag)),
        header => tags::named(header, found.ids(), found.tag_rules(), item),
    };
    match existing.and_then(named) {
        Some(tag) => Ok(Expected { tag: Some(tag), is_new }),
        None => Err(unmatched("The item is not the one that If-Match names.")),
    }
}

fn unmatched(message: &str) -> Refusal {
    let refusal = Refusal::new(StatusCode::PRECONDITION_FAILED, "resourceModified", message);
    refusal.inner("entityTagDoesNotMatch")
}

fn excluded() -> Refusal {
    unmatched("There is an item that If-None-Match excludes.")
}

/// Refuses more bytes than there is room for.
pub(crate) fn check_room(app: &App, found: &Found, n_bytes: u64) -> Result<(), Refusal> {
    let room = app.sim.quota(found.drive.at("/"))?.remaining;
    if n_bytes <= room {
        return Ok(());
    }
    let message = format!("The file has {n_bytes} bytes, the drive has room for {room}.");
    Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached", message))
}

/// A file that was put somewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) id: ItemId,
    is_new: bool,
}

/// How often a taken name is looked up again, because others make and delete the file at the same moment.
const TRIES: usize = 16;

/// Puts bytes where they belong.
pub(crate) fn store(
    app: &App,
    found: &Found,
    place: &Place,
    content: Content,
    conflict: Conflict,
    expected: Expected,
) -> Result<Stored, Refusal> {
    let demand = |address: Address| match expected.tag {
        Some(tag) => address.if_match(tag),
        None => address,
    };
    let (folder, name) = match place {
        Place::File(id) => {
            let id = found.acting(app).write(demand(found.drive.at(*id)), content)?;
            return Ok(Stored { id, is_new: false });
        }
        Place::Named { folder, name } => (folder, name),
    };
    let path = item::join(&folder.path, name).trim_start_matches('/').to_owned();
    let there = item::address(app, found, &ItemName { path, ..folder.clone() })?;
    let make = |conflict| make(app, found, (folder, name), content.clone(), conflict);
    if expected.is_new {
        return make(Conflict::Fail)
            .map_err(|refusal| if refusal.is_of_a_name() { excluded() } else { refusal });
    }
    if conflict != Conflict::Replace {
        return make(conflict);
    }
    let mut refused = Refusal::busy("Others make and delete the file all the time.");
    for _ in 0..TRIES {
        let existing = app.sim.item(&there).ok();
        let is_file = existing.as_ref().is_some_and(|item| !item.is_folder());
        // Whoever names what is to be replaced wants nothing new.
        if is_file || expected.tag.is_some() {
            match found.acting(app).write(demand(there.clone()), content.clone()) {
                Ok(id) => return Ok(Stored { id, is_new: false }),
                Err(Error::Drive(DriveError::NotFound { .. })) if expected.tag.is_none() => {}
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        match make(Conflict::Fail) {
            // What cannot be seen after all tries is held by a copy that has not shown it yet.
            Err(refusal) if refusal.is_of_a_name() && existing.is_none() => refused = refusal,
            made => return made,
        }
    }
    Err(refused)
}

/// Makes a new file.
fn make(
    app: &App,
    found: &Found,
    (folder, name): (&ItemName, &str),
    content: Content,
    conflict: Conflict,
) -> Result<Stored, Refusal> {
    let leaf = Leaf { name, kind: ItemKind::File, n_bytes: content.size() };
    let folder = create::parent(app, found, folder, leaf)?;
    let made = found.acting(app).create_file_or(&folder.address, name, content, conflict);
    let id = made.inspect_err(|_| folder.give_up(app))?;
    Ok(Stored { id, is_new: true })
}

/// Answers with a file that was put somewhere.
pub(crate) fn answer(app: &App, call: &Call, found: &Found, stored: Stored) -> Result<Reply, Refusal> {
    let status = if stored.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let file = app.sim.item(found.drive.at(stored.id))?;
    read::reply(status, (app, call, found), &file)
}
