//! The only place that reads a request to copy and answers that it was accepted.

use axum::http::{StatusCode, header};
use drivesim::{Address, Conflict, CopyOptions, Item, Job, MicrosoftWire, Routes, Versions};

use crate::app::App;
use crate::call::Call;
use crate::graph::body::{self, Members};
use crate::graph::drive::{self, Flavour, Found};
use crate::graph::reference::Reference;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, ItemName, Route};
use crate::graph::types::Body;
use crate::graph::{item, monitor, precondition};
use crate::reply::{Reply, Touched};

/// Accepts a copy: 202 and where to ask for its status, or the refusal. That the routes of the OneDrive API want
/// `Prefer: respond-async`, whatever the drive, and the others do not is *assumed*: Graph's pages have no word of it
/// (option `prefer_required`). That a copy is checked in this order is *assumed*: token, `Prefer`, body,
/// `childrenOnly` with `name`, whether there is a `parentReference`, source, `If-Match`, root, `childrenOnly` of a
/// file, target, and then as the drive does (no option: order of checks).
pub(crate) fn start(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route);
    // What is wrong with the request itself is said before that there is no such drive.
    let wire = found.as_ref().map_or(MicrosoftWire::BUSINESS, |found| found.wire);
    if applies(wire.prefer_required, route.dialect) && !call.prefers("respond-async") {
        let message = "Copy is asynchronous: the header Prefer: respond-async is required.";
        return Err(Refusal::invalid(message));
    }
    let members = Members::read(call, Body::Copy)?;
    let wanted = Wanted::read(call, &members)?;
    wanted.check_parent(applies(wire.parent_required, route.dialect))?;
    let found = found?;
    let source = item::find(app, &found, name)?;
    let address = address(call, &found, &source)?;
    wanted.check_source(&source)?;
    wanted.check_not_empty(wire.refuses_empty_copy)?;
    let target = target(app, &found, &source, wanted.parent.as_ref())?;
    let options = wanted.options(&found);
    check_jobs(app)?;
    let job = found.acting(app).copy(address, target, options)?;
    Ok(accepted(app, call, &found, &job))
}

/// Returns whether routes are meant that are of an API.
fn applies(routes: Routes, dialect: Dialect) -> bool {
    match routes {
        Routes::OneDriveApi => dialect == Dialect::OneDrive,
        Routes::All => true,
        Routes::None => false,
    }
}

/// Returns what to copy. That a copy with If-Match is held to the tag of its source is *assumed*: the page names no
/// conditions (option `if_match_on_copy`).
fn address(call: &Call, found: &Found, source: &Item) -> Result<Address, Refusal> {
    if found.wire.if_match_on_copy {
        return precondition::matched(call, found, source);
    }
    Ok(found.drive.at(source.id))
}

/// Refuses a copy while as many jobs as the server takes have not ended. That a copy on a drive of Microsoft is refused
/// with 429 `activityLimitReached` while too many have not ended is *assumed* (no option: limit of drivesim). Requests
/// that come at the same moment may all be the last.
fn check_jobs(app: &App) -> Result<(), Refusal> {
    let most = app.options.limits.max_jobs;
    if app.sim.n_unfinished_jobs() < most {
        return Ok(());
    }
    let message = format!("There are {most} jobs that have not ended, no more are accepted; come again.");
    Err(Refusal::busy(message))
}

fn accepted(app: &App, call: &Call, found: &Found, job: &Job) -> Reply {
    let reply =
        Reply::empty(StatusCode::ACCEPTED).with(header::LOCATION, monitor::url(app, call, found, job));
    reply.touching(Touched::accepted(job))
}

/// What a request asks for.
struct Wanted {
    name: Option<String>,
    parent: Option<Reference>,
    children_only: bool,
    all_versions: bool,
    conflict: Conflict,
}

impl Wanted {
    fn read(call: &Call, members: &Members) -> Result<Wanted, Refusal> {
        let flags = members.without_null(&["childrenOnly", "includeAllVersionHistory"]);
        let children_only = flags.flag("childrenOnly")?;
        let all_versions = flags.flag("includeAllVersionHistory")?;
        let name = members.filled_text("name")?.map(str::to_owned);
        let parent = Reference::read(call, members)?;
        let conflict = body::conflict_in_query(call)?.unwrap_or_default();
        if children_only && name.is_some() {
            return Err(Refusal::invalid("Cannot use name parameter alongside childrenOnly."));
        }
        Ok(Wanted { name, parent, children_only, all_versions, conflict })
    }

    /// Refuses what is wrong with the source alone, before the target is looked for.
    fn check_source(&self, source: &Item) -> Result<(), Refusal> {
        if source.parent.is_none() && !self.children_only {
            return Err(Refusal::invalid("Cannot copy the root folder."));
        }
        if self.children_only && !source.is_folder() {
            return Err(Refusal::invalid("childrenOnly option is not valid for file items."));
        }
        Ok(())
    }

    /// Refuses a copy that says neither where it goes nor what it is called, if the drive does so. The message was seen
    /// (python-o365 issue 769), while the pages call both members optional.
    fn check_not_empty(&self, refuses: bool) -> Result<(), Refusal> {
        if self.name.is_some() || self.parent.is_some() || !refuses {
            return Ok(());
        }
        Err(Refusal::invalid(
            "At least one of 'parentReference.id', 'parentReference.path', 'parentReference.sharepointIds' or 'name' \
             must be provided for a copy operation.",
        ))
    }

    /// Refuses a copy that does not say where it goes, if it must. The OneDrive API's pages mark `name` alone as optional.
    fn check_parent(&self, is_required: bool) -> Result<(), Refusal> {
        if self.parent.is_some() || !is_required {
            return Ok(());
        }
        Err(Refusal::invalid("The member parentReference is required: it names the folder to copy to."))
    }

    fn options(&self, found: &Found) -> CopyOptions {
        let options = match (&self.name, self.children_only) {
            (Some(name), _) => CopyOptions::named(name),
            (None, true) => CopyOptions::children_only(),
            (None, false) => CopyOptions::default(),
        };
        // A known issue of the service: all versions are not copied when a name is sent.
        let versions =
            if self.all_versions && self.name.is_none() { Versions::All } else { Versions::Current };
        // Personal drives take no notice of a behaviour.
        let is_ignored = found.flavour == Flavour::Personal && !found.wire.refuses_unoffered_conflict;
        options.versions(versions).on_conflict(if is_ignored { Conflict::Fail } else { self.conflict })
    }
}

/// Finds the folder to copy to; without a reference that of the source (Graph's page on copying).
fn target(app: &App, found: &Found, source: &Item, parent: Option<&Reference>) -> Result<Address, Refusal> {
    match parent.map(|parent| parent.folder(app, found)).transpose()? {
        Some((drive, folder)) => Ok(drive.drive.at(folder.id)),
        None => Ok(found.drive.at(source.parent.unwrap_or(source.id))),
    }
}
