//! Holds what the functions behind a request need: the server, the request, its route or its drive.

use axum::http::Method;
use drivesim::Item;

use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::Route;
use crate::graph::{drive, item};
use crate::http::request::ApiRequest;
use crate::state::app::App;

/// A request and its route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GraphContext<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a ApiRequest,
    pub(crate) route: &'a Route,
}

impl<'a> GraphContext<'a> {
    /// Finds the drive that the route names.
    pub(crate) fn find_drive(self) -> Result<ResolvedDrive, GraphError> {
        drive::find(self.app, self.route)
    }

    /// Returns the context for the work in a drive.
    pub(crate) fn in_drive(self, drive: &'a ResolvedDrive) -> DriveContext<'a> {
        DriveContext { app: self.app, request: self.request, drive }
    }
}

/// A request and its drive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DriveContext<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a ApiRequest,
    pub(crate) drive: &'a ResolvedDrive,
}

impl DriveContext<'_> {
    /// Finds the item that a URL names.
    pub(crate) fn find_item(self, locator: &ItemLocator) -> Result<Item, GraphError> {
        item::find(self.app, self.drive, locator)
    }

    /// Returns whether the request changes nothing.
    pub(crate) fn is_read(self) -> bool {
        self.request.method == Method::GET
    }
}
