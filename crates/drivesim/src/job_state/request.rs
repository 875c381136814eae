//! Defines what was requested of a job.

use std::sync::Arc;

use drivesim_core::copy::CopySpec;
use drivesim_core::{Drive, ItemId};
use drivesim_jobs::Pace;

use crate::address::DriveRef;
use crate::options::{OnFailure, Visibility};

/// The parameters of a job.
#[derive(Debug)]
pub(crate) struct CopyRequest {
    pub(crate) source_drive: DriveRef,
    pub(crate) target_drive: DriveRef,
    /// Names source and target in the errors of the job; `None` for an instant copy.
    pub(crate) paths: Option<EndpointPaths>,
    pub(crate) spec: CopySpec,
    /// The user who requested the copy.
    pub(crate) user: Arc<str>,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) on_failure: OnFailure,
}

/// The paths of source and target folder when the copy was requested.
#[derive(Debug)]
pub(crate) struct EndpointPaths {
    pub(crate) source: String,
    pub(crate) target: String,
}

impl EndpointPaths {
    /// Returns the paths of items that were found in their drives.
    pub(crate) fn of(source: (&Drive, ItemId), target: (&Drive, ItemId)) -> EndpointPaths {
        let path = |(drive, item): (&Drive, ItemId)| drive.path(item).unwrap_or_else(|_| item.to_string());
        EndpointPaths { source: path(source), target: path(target) }
    }
}
