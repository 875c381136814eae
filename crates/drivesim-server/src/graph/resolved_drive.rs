//! Describes the drive that a request names: its type, owner, ids, tags and URLs.

use std::borrow::Cow;
use std::sync::OnceLock;

use drivesim::address::Address;
use drivesim::drive::{DriveInfo, DriveRef, Owner};
use drivesim::wire_id::WireIds;
use drivesim::{ItemId, Profile, Sim};

use crate::graph::api::Api;
use crate::graph::drive_type::DriveType;
use crate::graph::error::GraphError;
use crate::graph::ids::{self, GraphIds};
use crate::graph::options::GraphOptions;
use crate::graph::tags::TagRules;
use crate::http::request::ApiRequest;
use crate::http::url;
use crate::state::app::App;
use crate::state::caller::Caller;

/// The length in bytes that most `webUrl`s of folders do not exceed.
const TYPICAL_URL: usize = 128;

/// A drive that a request names, with what a handler needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedDrive {
    pub(crate) drive_ref: DriveRef,
    pub(crate) root: ItemId,
    pub(crate) drive_type: DriveType,
    /// The wire options of the drive.
    pub(crate) wire: GraphOptions,
    pub(crate) owner: Option<Owner>,
    pub(crate) api: Api,
    /// The part of links before the drive.
    pub(crate) version: &'static str,
    /// The assigned ids of the drive and its items.
    assigned_ids: WireIds,
    /// The sender of the request.
    pub(crate) caller: Caller,
    /// The wire ids of the drive and of its site, once computed.
    wire_ids: OnceLock<(String, String)>,
}

impl ResolvedDrive {
    /// Creates it from a drive; `None` for a drive of another service. Fails for a wire option that does not exist.
    pub(crate) fn of(drive: &DriveInfo, api: Api) -> Option<Result<ResolvedDrive, GraphError>> {
        let drive_type = DriveType::of(drive.profile())?;
        let wire = match GraphOptions::of(drive.profile()) {
            Ok(wire) => wire,
            Err(fault) => return Some(Err(GraphError::wrong_option(drive.name(), &fault))),
        };
        Some(Ok(ResolvedDrive {
            drive_type,
            wire,
            drive_ref: drive.drive().clone(),
            root: drive.root(),
            owner: drive.owner().cloned(),
            api,
            version: api.version(),
            assigned_ids: drive.wire_ids(),
            caller: Caller::default(),
            wire_ids: OnceLock::new(),
        }))
    }

    /// Sets the sender of the request.
    pub(crate) fn with_caller(self, caller: &Caller) -> ResolvedDrive {
        ResolvedDrive { caller: caller.clone(), ..self }
    }

    /// Sets the part of links before the drive.
    pub(crate) fn with_version(self, version: &'static str) -> ResolvedDrive {
        ResolvedDrive { version, ..self }
    }

    /// Returns whether the drive belongs to the owner that a text names.
    pub(crate) fn is_owned_by(&self, owner: &str) -> bool {
        self.owner.as_ref().is_some_and(|own| *own == *owner)
    }

    /// Returns the address of an item of the drive.
    pub(crate) fn at(&self, item: impl Into<Address>) -> Address {
        self.drive_ref.at(item)
    }

    /// Returns the profile of the drive.
    pub(crate) fn profile(&self, app: &App) -> Result<Profile, GraphError> {
        Ok(app.sim.profile_of(&self.drive_ref)?)
    }

    /// Returns the wire ids of the drive and its items.
    pub(crate) fn ids(&self) -> GraphIds<'_> {
        GraphIds { drive: &self.drive_ref, drive_type: self.drive_type, assigned: &self.assigned_ids }
    }

    /// Returns the simulator with the sender of the request as actor.
    pub(crate) fn sim_as_caller<'a>(&self, app: &'a App) -> Cow<'a, Sim> {
        self.caller.acting_on(&app.sim)
    }

    /// Returns the rules for the tags of the drive's items.
    pub(crate) fn tag_rules(&self) -> TagRules {
        let GraphOptions { root_etag, folder_ctag, .. } = self.wire;
        TagRules { drive_type: self.drive_type, root_etag, folder_ctag }
    }

    /// Returns the id of the drive on the wire.
    pub(crate) fn wire_id(&self) -> &str {
        &self.wire_ids().0
    }

    /// Returns the id of the site that the drive is in.
    pub(crate) fn site_id(&self) -> &str {
        &self.wire_ids().1
    }

    fn wire_ids(&self) -> &(String, String) {
        let compute = || (self.ids().drive(), ids::site_text(&self.drive_ref));
        self.wire_ids.get_or_init(compute)
    }

    /// Returns the `driveType` of the drive.
    pub(crate) fn drive_type_name(&self) -> &'static str {
        let is_site = matches!(self.owner, Some(Owner::Site(_)));
        match self.drive_type {
            DriveType::Personal => "personal",
            DriveType::Business if is_site => "documentLibrary",
            DriveType::Business => "business",
        }
    }

    /// Returns the `webUrl` of the drive, which begins those of its items.
    ///
    /// DIFFERS(the services): A `webUrl` points to this server, which serves nothing there.
    pub(crate) fn web_url(&self, request: &ApiRequest) -> String {
        let mut url = String::with_capacity(TYPICAL_URL);
        url.push_str(&request.base);
        url.push('/');
        url::push_segment(&mut url, self.drive_ref.name());
        url
    }

    /// Returns the API URL of the drive.
    ///
    /// ASSUMED: Links in a response lead to the API of the request (no option: no other reading is known).
    pub(crate) fn url(&self, request: &ApiRequest) -> String {
        format!("{}{}/drives/{}", request.base, self.version, url::encode_segment(self.wire_id()))
    }

    /// Returns the `@odata.context` of a response about `what` in the drive.
    ///
    /// ASSUMED: Each `@odata.context` has the form of the samples for a page of children (no option: no other reading
    /// is known).
    pub(crate) fn context(&self, request: &ApiRequest, what: &str) -> String {
        [&request.base, self.version, "/$metadata#drives('", self.wire_id(), "')", what].concat()
    }
}
