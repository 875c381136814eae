//! Handles requests to copy an item.

use axum::http::{StatusCode, header};
use drivesim::address::Address;
use drivesim::item::Versions;
use drivesim::{Conflict, CopyOptions, Item, Job};

use crate::graph::api::Api;
use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::context::{DriveContext, GraphContext};
use crate::graph::drive_type::DriveType;
use crate::graph::error::GraphError;
use crate::graph::folder_reference::FolderReference;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::options::{EmptyCopy, GraphOptions, PersonalConflict, RequiredOn};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::{conflict_behavior, monitor, precondition};
use crate::http::request::ApiRequest;
use crate::http::response::{ApiResponse, JobNote};
use crate::state::app::App;

/// Starts a copy: 202 with the URL of its monitor, or an error.
///
/// ASSUMED: The routes of the OneDrive API require `Prefer: respond-async`, whatever the drive, and the others do not:
/// Graph's pages do not mention it (option `wire.prefer_required`).
/// ASSUMED: A copy is checked in this order: token, `Prefer`, body, `childrenOnly` with `name`, whether there is a
/// `parentReference`, source, `If-Match`, root, `childrenOnly` of a file, target, and then the rules of the drive (no
/// option: order of checks).
pub(crate) fn copy(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let GraphContext { app, request, route } = context;
    let drive = context.find_drive();
    // Errors of the request itself come before a missing drive.
    let wire = drive.as_ref().map_or(GraphOptions::BUSINESS, |drive| drive.wire);
    if applies(wire.prefer_required, route.api) && !request.prefers("respond-async") {
        let message = "Copy is asynchronous: the header Prefer: respond-async is required.";
        return Err(GraphError::invalid(message));
    }
    let members = Members::read(request, BodyType::Copy)?;
    let parameters = CopyParameters::read(request, &members)?;
    parameters.check_parent(applies(wire.parent_required, route.api))?;
    let drive = drive?;
    let context = context.in_drive(&drive);
    let source = context.find_item(locator)?;
    let address = address(context, &source)?;
    parameters.check_source(&source)?;
    parameters.check_not_empty(wire.empty_copy)?;
    let target = target(context, &source, parameters.parent.as_ref())?;
    let options = parameters.options(&drive);
    check_jobs(app)?;
    let job = drive.sim_as_caller(app).copy(address, target, options)?;
    Ok(accepted(context, &job))
}

/// Returns whether a set of routes includes those of an API.
fn applies(routes: RequiredOn, api: Api) -> bool {
    match routes {
        RequiredOn::OneDriveApi => api == Api::OneDrive,
        RequiredOn::All => true,
        RequiredOn::None => false,
    }
}

/// Returns the address of the source.
///
/// ASSUMED: A copy with If-Match fails if the tag of its source differs: the page names no conditions (option
/// `wire.if_match_on_copy`).
fn address(context: DriveContext<'_>, source: &Item) -> Result<Address, GraphError> {
    if context.drive.wire.if_match_on_copy {
        return precondition::address_if_match(context, source);
    }
    Ok(context.drive.at(source.id))
}

/// Fails if the server has the largest number of unfinished jobs. Concurrent requests may exceed it.
///
/// ASSUMED: A copy on a drive of Microsoft fails with 429 `activityLimitReached` while too many jobs have not ended (no
/// option: limit of drivesim).
fn check_jobs(app: &App) -> Result<(), GraphError> {
    let limit = app.options.limits.max_jobs;
    if app.sim.n_unfinished_jobs() < limit {
        return Ok(());
    }
    let message = format!("There are {limit} unfinished jobs, which is the limit; retry later.");
    Err(GraphError::busy(message))
}

/// Returns the response to an accepted copy.
fn accepted(context: DriveContext<'_>, job: &Job) -> ApiResponse {
    let response =
        ApiResponse::empty(StatusCode::ACCEPTED).with_header(header::LOCATION, monitor::url(context, job));
    response.with_job_note(JobNote::accepted(job))
}

/// The parameters of a copy.
struct CopyParameters {
    name: Option<String>,
    parent: Option<FolderReference>,
    children_only: bool,
    all_versions: bool,
    conflict: Conflict,
}

impl CopyParameters {
    fn read(request: &ApiRequest, members: &Members) -> Result<CopyParameters, GraphError> {
        let flags = members.without_null(&["childrenOnly", "includeAllVersionHistory"]);
        let children_only = flags.flag("childrenOnly")?;
        let all_versions = flags.flag("includeAllVersionHistory")?;
        let name = members.non_empty_text("name")?.map(str::to_owned);
        let parent = FolderReference::read(request, members)?;
        let conflict = conflict_behavior::of_query(request)?.unwrap_or_default();
        if children_only && name.is_some() {
            return Err(GraphError::invalid("Cannot use name parameter alongside childrenOnly."));
        }
        Ok(CopyParameters { name, parent, children_only, all_versions, conflict })
    }

    /// Checks the source, before the target is looked up.
    fn check_source(&self, source: &Item) -> Result<(), GraphError> {
        if source.parent.is_none() && !self.children_only {
            return Err(GraphError::invalid("Cannot copy the root folder."));
        }
        if self.children_only && !source.is_folder() {
            return Err(GraphError::invalid("childrenOnly option is not valid for file items."));
        }
        Ok(())
    }

    /// Fails if the copy has neither a target nor a name, on drives that require one. The message was seen (python-o365
    /// issue 769), while the pages call both members optional.
    fn check_not_empty(&self, empty_copy: EmptyCopy) -> Result<(), GraphError> {
        if self.name.is_some() || self.parent.is_some() || empty_copy == EmptyCopy::Accept {
            return Ok(());
        }
        Err(GraphError::invalid(
            "At least one of 'parentReference.id', 'parentReference.path', 'parentReference.sharepointIds' or 'name' \
             must be provided for a copy operation.",
        ))
    }

    /// Fails if the copy has no target, where one is required. The OneDrive API's pages mark only `name` as optional.
    fn check_parent(&self, is_required: bool) -> Result<(), GraphError> {
        if self.parent.is_some() || !is_required {
            return Ok(());
        }
        Err(GraphError::invalid("The member parentReference is required: it names the folder to copy to."))
    }

    fn options(&self, drive: &ResolvedDrive) -> CopyOptions {
        let options = match (&self.name, self.children_only) {
            (Some(name), _) => CopyOptions::named(name),
            (None, true) => CopyOptions::children_only(),
            (None, false) => CopyOptions::default(),
        };
        // A known issue of the service: past versions are not copied if a name is sent.
        let versions =
            if self.all_versions && self.name.is_none() { Versions::All } else { Versions::Current };
        // Personal drives ignore the conflict behavior.
        let ignores = drive.wire.personal_conflict == PersonalConflict::Ignore;
        let is_ignored = drive.drive_type == DriveType::Personal && ignores;
        options.versions(versions).on_conflict(if is_ignored { Conflict::Fail } else { self.conflict })
    }
}

/// Finds the target: the folder of the `parentReference`, or else that of the source (Graph's page on copying).
fn target(
    context: DriveContext<'_>,
    source: &Item,
    parent: Option<&FolderReference>,
) -> Result<Address, GraphError> {
    match parent {
        Some(parent) => parent.find(context.app, context.drive),
        None => Ok(context.drive.at(source.parent.unwrap_or(source.id))),
    }
}
