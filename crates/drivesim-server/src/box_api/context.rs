//! Holds a request with what its handler needs.

use drivesim::{ItemId, Sim};

use crate::box_api::drive::BoxDrive;
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::item_renderer::BoxItemRenderer;
use crate::http::request::ApiRequest;
use crate::state::app::App;

/// The approximate size in JSON of a folder in the path of an item, without its name.
const IN_PATH: usize = 96;

/// A request with what its handler needs.
pub(crate) struct RequestContext<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a ApiRequest,
    pub(crate) drive: &'a BoxDrive,
    /// The sender of the request.
    pub(crate) user: &'a str,
    /// The segments of the path after the version.
    pub(crate) segments: &'a [String],
    /// The position in the event stream that a long poll has waited for.
    pub(crate) awaited_position: Option<u64>,
}

impl RequestContext<'_> {
    /// Returns the id in the path: the segment after the kind of the resource.
    pub(crate) fn id(&self) -> &str {
        self.segment(1)
    }

    /// Returns a segment of the path after the version; empty if there is none.
    pub(crate) fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map_or("", String::as_str)
    }

    /// Returns the simulator with the sender of the request as actor.
    pub(crate) fn sim_as_caller(&self) -> Sim {
        self.app.sim.acting_as(self.user)
    }

    /// Reserves memory for a response with an item of a folder, before it is changed: the path may be long.
    pub(crate) fn reserve_for_path(&self, fields: &Fields, folder: ItemId) -> Result<(), BoxError> {
        if !fields.includes_path() {
            return Ok(());
        }
        // If the folder is gone, the change itself fails.
        let path = self.app.sim.path(self.drive.at(folder)).unwrap_or_default();
        let n_folders = path.bytes().filter(|&byte| byte == b'/').count();
        Ok(self.request.response_budget().reserve(2 * path.len() + n_folders * IN_PATH)?)
    }

    /// Returns the renderer of items for this request.
    pub(crate) fn renderer(&self) -> BoxItemRenderer<'_> {
        BoxItemRenderer { app: self.app, request: self.request, drive: self.drive }
    }
}
