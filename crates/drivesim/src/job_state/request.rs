//! Defines what was requested of a job.

use std::sync::Arc;

use drivesim_core::copy::CopySpec;
use drivesim_core::{Drive, ItemId};
use drivesim_jobs::Pace;

use crate::ids::DriveId;
use crate::options::{OnFailure, Visibility};

/// The parameters of a job.
#[derive(Debug)]
pub(crate) struct CopyRequest {
    pub(crate) source_drive: DriveId,
    pub(crate) target_drive: DriveId,
    /// Names source and target in the errors of the job; `None` for an instant copy.
    pub(crate) endpoints: Option<Endpoints>,
    pub(crate) spec: CopySpec,
    /// The user who requested the copy.
    pub(crate) user: Arc<str>,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) leftovers: OnFailure,
}

/// The source or target of a copy as it was when the copy was requested.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) drive: Arc<str>,
    /// The path of the source or of the target folder.
    pub(crate) path: String,
}

impl Endpoint {
    /// Returns the end of a copy for an item that was found in the drive.
    pub(crate) fn of(name: &Arc<str>, drive: &Drive, item: ItemId) -> Endpoint {
        Endpoint { drive: name.clone(), path: drive.path(item).unwrap_or_else(|_| item.to_string()) }
    }
}

/// Source and target of a copy.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) source: Endpoint,
    pub(crate) target: Endpoint,
}
