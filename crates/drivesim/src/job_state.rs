//! Holds the state of a job: what was requested, how far it is, and what callers see of it.
//!
//! A job has two locks: `inner`, held while the job is moved one step, and `view`, held for a moment to read or set
//! what callers may see. While a copy is staged, neither is held; `Phase::Starting` keeps other threads off. Locks are
//! taken in the order `inner`, a drive's, `view`.

mod fork;
mod position;
mod report;
mod request;
mod running_bytes;
mod view;

use std::sync::Arc;

use drivesim_core::ItemId;
use drivesim_core::copy::{AttachedCopy, TopItemError};
use drivesim_jobs::{Every, Marks, SimTime, Timeline};
use parking_lot::Mutex;

use crate::effects::Sender;
use crate::ids::JobId;

pub(crate) use self::fork::PausedJob;
pub(crate) use self::position::Position;
pub use self::report::{JobReport, Progress};
pub(crate) use self::request::{CopyRequest, EndpointPaths};
pub(crate) use self::running_bytes::{RunningBytes, RunningShare};
use self::view::JobView;

/// A job.
#[derive(Debug)]
pub(crate) struct JobState {
    pub(crate) id: JobId,
    pub(crate) number: u64,
    pub(crate) accepted_at: SimTime,
    /// Shared by the same job in all forks, which identifies it.
    pub(crate) request: Arc<CopyRequest>,
    pub(crate) inner: Mutex<Inner>,
    pub(crate) view: Mutex<JobView>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) phase: Phase,
    pub(crate) started_at: Option<SimTime>,
    pub(crate) ended_at: Option<SimTime>,
    /// The reported progress, for each [`Every`]. Marks are passed only while there are readers, and when a reader is
    /// added.
    pub(crate) marks: [Marks; 3],
    /// The readers of this job's own events.
    pub(crate) listeners: Vec<Listener>,
    pub(crate) n_polls: u32,
    pub(crate) n_steps: usize,
}

#[derive(Debug)]
pub(crate) enum Phase {
    Waiting,
    /// A thread is staging the copy, without a lock.
    Starting,
    Running(Running),
    Ended,
}

#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) item: ItemId,
    /// The path at which the item was attached; the item may be gone.
    pub(crate) path: Arc<str>,
    pub(crate) errors: Arc<Vec<TopItemError>>,
    pub(crate) attached: AttachedCopy,
    pub(crate) share: RunningShare,
}

/// A reader of the events of one job.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) every: Every,
    pub(crate) sender: Sender,
}

impl JobState {
    pub(crate) fn new(id: JobId, number: u64, accepted_at: SimTime, request: CopyRequest) -> JobState {
        let inner = Inner {
            phase: Phase::Waiting,
            started_at: None,
            ended_at: None,
            marks: Every::ALL.map(Marks::new),
            listeners: Vec::new(),
            n_polls: 0,
            n_steps: 0,
        };
        JobState {
            id,
            number,
            accepted_at,
            request: Arc::new(request),
            inner: Mutex::new(inner),
            view: Mutex::new(JobView::new()),
        }
    }

    /// Returns whether this is the same job, in the same state or in a fork.
    pub(crate) fn is_same_job(&self, other: &JobState) -> bool {
        Arc::ptr_eq(&self.request, &other.request)
    }

    /// Returns the new item of a running job; it may still be hidden.
    pub(crate) fn new_item(&self) -> Option<ItemId> {
        match &self.inner.lock().phase {
            Phase::Running(running) => Some(running.item),
            _ => None,
        }
    }
}
