//! The only place that copies files and folders of Box.

use axum::http::StatusCode;
use drivesim::{
    Access, ConflictsShape, CopyOptions, DriveError, Error, Item, ItemKind, Pace, Versions, Visibility,
};

use crate::app::App;
use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::fields::Fields;
use crate::box_api::place::Place;
use crate::box_api::refusal::Refusal;
use crate::box_api::show::Shower;
use crate::box_api::{Asked, events, ids, read};
use crate::call::Call;
use crate::reply::{Reply, Touched};

/// What the body of a copy may have.
const OF_FILE: Shape = Shape::of(&["name", "parent", "version"]).needing(&["parent"]).describing_item();
const OF_FOLDER: Shape = Shape::of(&["name", "parent"]).needing(&["parent"]).describing_item();

/// Copies a file: 201 with the copy.
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(asked.call, &OF_FILE)?;
    let source = asked.place.file(asked.app, asked.id())?;
    let target = target(asked, &wanted)?;
    let mut options = wanted.options();
    if let Some(version) = &wanted.version {
        let number = version_of(asked, &source, version);
        let number = number.map_err(|refusal| refusal.told_as(asked.place.wire.foreign_version_status))?;
        options = options.versions(Versions::Number(number));
    }
    copy(asked, (&source, &target), &wanted, options)
}

/// Copies a folder: 201 with the copy, which fills up at the pace of the job if there are many items.
pub(crate) fn folder(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(asked.call, &OF_FOLDER)?;
    let source = asked.place.folder(asked.app, asked.id())?;
    let target = target(asked, &wanted)?;
    if let (true, Some(name)) = (source.parent.is_none(), &wanted.name) {
        // That the root may not be copied is told after that.
        check_name(asked, &target, name)?;
    }
    copy(asked, (&source, &target), &wanted, wanted.options())
}

/// What a request asks for.
struct Wanted {
    parent: String,
    name: Option<String>,
    version: Option<String>,
    fields: Fields,
}

impl Wanted {
    fn read(call: &Call, shape: &Shape) -> Result<Wanted, Refusal> {
        let members = Members::read(call, shape)?;
        let parent = members.id_in("parent", &PARENT)?;
        Ok(Wanted {
            parent,
            name: members.text("name")?.map(str::to_owned),
            version: if shape.has.contains(&"version") { members.id("version")? } else { None },
            fields: Fields::read(call, Fields::Standard)?,
        })
    }

    fn options(&self) -> CopyOptions {
        self.name.as_ref().map_or_else(CopyOptions::default, CopyOptions::named)
    }
}

/// Reads which version of a file is meant, whose content is still there.
pub(crate) fn version_of(asked: &Asked<'_>, source: &Item, id: &str) -> Result<u32, Refusal> {
    let number = number_of(asked, source, id)?;
    let content = asked.app.sim.version_content(asked.place.at(source.id), number);
    content.map(|_| number).map_err(|_| Refusal::not_found("file_version", id))
}

/// Reads which version of a file is meant. That a version of another file is 404 at Box is *assumed* (option
/// `foreign_version_status`).
pub(crate) fn number_of(asked: &Asked<'_>, source: &Item, id: &str) -> Result<u32, Refusal> {
    let version = ids::parse(id).and_then(|id| asked.place.ids.parse_version(id));
    let number = version.filter(|(file, _)| *file == source.id).map(|(_, number)| number);
    number.ok_or_else(|| Refusal::not_found("file_version", id))
}

/// Finds the folder to copy to, and refuses what nobody may copy there. That a copy at Box is checked in this order is
/// *assumed*: token, body, source, target, access to the target, policy, version, `If-None-Match`, and then as the drive
/// does (no option: order of checks).
fn target(asked: &Asked<'_>, wanted: &Wanted) -> Result<Item, Refusal> {
    let (app, place) = (asked.app, asked.place);
    let target = place.target(app, "parent", &wanted.parent)?;
    let (needed, at) = (Access::Write, || place.at(target.id));
    if app.sim.access(at())? != needed {
        return Err(DriveError::AccessDenied { item: app.sim.path(at())?, needed, is_below: false }.into());
    }
    if place.wire.forbids_copies {
        let message = "Access denied - Blocked by Shield Access Policy";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden_by_policy", message));
    }
    Ok(target)
}

/// Refuses a name that no folder may have.
fn check_name(asked: &Asked<'_>, target: &Item, name: &str) -> Result<(), Refusal> {
    let rules = asked.app.sim.profile_of(&asked.place.drive)?.names;
    let checked = rules.check(name, ItemKind::Folder, target.parent.is_none());
    checked.map_err(|fault| DriveError::BadName { name: name.to_owned(), fault }.into())
}

fn copy(
    asked: &Asked<'_>,
    (source, target): (&Item, &Item),
    wanted: &Wanted,
    options: CopyOptions,
) -> Result<Reply, Refusal> {
    let (app, call, place) = (asked.app, asked.call, asked.place);
    // Only the answer is documented, no header of the request.
    if place.wire.if_none_match_on_copy && read::is_known(call, source)? {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED));
    }
    asked.reserve_for_path(&wanted.fields, target.id)?;
    let shower = asked.shower();
    let refused = |error| refused(&shower, target, error);
    let options = paced(app, place, source, options)?;
    let job = asked.acting().copy(place.at(source.id), place.at(target.id), options).map_err(refused)?;
    let made = job.begin().map_err(refused)?;
    events::tell(asked, Deed::Copy, made);
    let made = app.sim.item(place.at(made))?;
    let reply = Reply::json(StatusCode::CREATED, shower.item(&made, &wanted.fields));
    Ok(reply.touching(Touched::accepted(&job)))
}

/// Returns how a copy goes: done when it is answered, or, if there are many items, step by step with all to be seen.
///
/// That what a long copy has made so far may be moved, renamed, copied and deleted while it fills up, and what else is in
/// its target, but for copies of files from there, is *assumed*: only the source and the folder are said to be locked
/// (option `lock_blocks_create_upload`).
fn paced(app: &App, place: &Place, source: &Item, options: CopyOptions) -> Result<CopyOptions, Refusal> {
    let profile = app.sim.profile_of(&place.drive)?;
    // That all items in a folder count where Box asks whether its copy is a long one, not only those directly in it,
    // and the folder does not, is *assumed* (option `async_item_threshold`).
    let tally = app.sim.tally(place.at(source.id))?;
    let n_below = (tally.files + tally.folders).saturating_sub(1);
    let is_later =
        source.is_folder() && profile.copy_locks_from.is_some_and(|least| n_below >= u64::from(least));
    Ok(if is_later { options.visibility(Visibility::Gradual) } else { options.pace(Pace::Instant) })
}

/// Tells why a copy was refused, in the words of Box.
fn refused(shower: &Shower<'_>, target: &Item, error: Error) -> Refusal {
    let wire = &shower.place.wire;
    match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) => {
            let holder = shower.holder(target.id, name);
            Refusal::taken(wire, ConflictsShape::Object, holder)
        }
        Error::Drive(DriveError::IntoItself { .. }) => Refusal::from(error).told_as(wire.cyclic_copy_status),
        Error::Drive(DriveError::QuotaExceeded { .. }) => {
            Refusal::from(error).told_as(wire.copy_without_room_status)
        }
        Error::Drive(DriveError::IsRoot { .. }) => Refusal::from(error).told_as(wire.copy_root_status),
        _ => Refusal::from(error),
    }
}
