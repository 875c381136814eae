//! Holds the state of a server: the simulator and everything that the server keeps beside it.

use drivesim::Sim;
use drivesim::drive::DriveId;
use drivesim::outline::Bounds;
use drivesim::snapshot::Snapshot;
use parking_lot::Mutex;

use crate::http::body_limiter::BodyLimiter;
use crate::http::offload::OffloadPool;
use crate::http::response::ResponseLimits;
use crate::limits::budget::{Budget, BudgetPart, Permit};
use crate::limits::downloads::Downloads;
use crate::state::event_log::EventLog;
use crate::state::hashes::HashCache;
use crate::state::journal::Journal;
use crate::state::options::ServerOptions;
use crate::state::outline_body::Outlines;
use crate::state::rates::RateLimiter;
use crate::state::secret::Signer;
use crate::state::snapshots::Snapshots;
use crate::state::start_error::StartError;
use crate::state::uploads::UploadStore;
use crate::state::warnings::Warnings;

/// A server: its simulator, its options and what it keeps between requests.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) sim: Sim,
    pub(crate) options: ServerOptions,
    /// The state at the start, which a reset restores.
    initial_state: Snapshot,
    pub(crate) journal: Journal,
    /// The snapshots of the admin API. While they are locked, the admin API creates no drive.
    pub(crate) snapshots: Snapshots,
    /// The hashes of contents; each is computed once.
    pub(crate) hashes: HashCache,
    /// The open upload sessions of Graph.
    pub(crate) graph_uploads: UploadStore,
    /// Those of Box.
    pub(crate) box_uploads: UploadStore,
    /// The events of Box drives, and the rates of requests to Box.
    pub(crate) box_events: EventLog,
    pub(crate) rates: RateLimiter,
    /// What clients of the admin API should change.
    pub(crate) warnings: Warnings,
    /// The long outlines that are being sent.
    pub(crate) outlines: Outlines,
    /// The files that are being sent.
    pub(crate) downloads: Downloads,
    /// The bodies that are being read or processed.
    pub(crate) body_limiter: BodyLimiter,
    /// The threads for responses that may take long.
    pub(crate) offload_pool: OffloadPool,
    /// Counts the bytes of everything that is kept beside the drives.
    pub(crate) budget: Budget,
    /// The permit of the ended jobs.
    ended_jobs: Mutex<Permit>,
    /// Signs the URLs that need no token.
    pub(crate) signer: Signer,
}

impl App {
    pub(crate) fn new(sim: Sim, options: ServerOptions) -> Result<App, StartError> {
        options.check()?;
        check_owners(&sim)?;
        let signer = Signer::of(&options)?;
        let limits = &options.limits;
        let (most, own) = (limits.bounds(), sim.bounds());
        sim.set_bounds(Bounds {
            max_items: most.max_items.min(own.max_items),
            max_content: most.max_content.min(own.max_content),
            max_change_log: most.max_change_log.min(own.max_change_log),
        });
        sim.limit_running_jobs(sim.running_job_bytes().1.min(limits.max_running_job_bytes as u64));
        let budget = Budget::new(limits);
        sim.keep_ended_jobs(limits.max_ended_jobs, budget.usage_of(BudgetPart::Jobs).1);
        let initial_state = sim.snapshot();
        let ended_jobs = Mutex::new(budget.empty_permit(BudgetPart::Jobs));
        let journal = Journal::new(limits, &budget);
        let body_limiter = BodyLimiter::new(budget.clone());
        let events = EventLog::new(limits.max_events, &budget);
        let graph_uploads = UploadStore::new("drivesim upload session", limits, &budget);
        let box_uploads = UploadStore::new("drivesim chunked upload", limits, &budget);
        let hashes = HashCache::new(limits, &budget);
        Ok(App {
            sim,
            options,
            initial_state,
            journal,
            snapshots: Snapshots::new(&budget),
            hashes,
            graph_uploads,
            box_uploads,
            box_events: events,
            rates: RateLimiter::default(),
            warnings: Warnings::default(),
            outlines: Outlines::new(&budget),
            downloads: Downloads::default(),
            body_limiter,
            offload_pool: OffloadPool::default(),
            budget,
            ended_jobs,
            signer,
        })
    }

    /// Returns what limits the bytes of responses.
    pub(crate) fn response_limits(&self) -> ResponseLimits<'_> {
        ResponseLimits {
            max_bytes: self.options.limits.max_answer,
            downloads: &self.downloads,
            sim: &self.sim,
        }
    }

    /// Restores the state at the start, of the simulator and of the server.
    pub(crate) fn reset(&self) {
        let mut snapshots = self.snapshots.lock();
        self.sim.restore(&self.initial_state);
        self.snapshots.clear(&mut snapshots);
        self.journal.reset();
        self.box_events.clear();
        self.rates.reset();
        self.warnings.clear();
        self.hashes.forget();
        self.forget_uploads();
    }

    /// Drops snapshots and outlines until the memory that only they hold fits into the budget.
    pub(crate) fn enforce_fork_limits(&self) {
        self.snapshots.enforce_limit(&self.sim);
        self.outlines.enforce_limit(&self.sim);
    }

    /// Counts the memory of ended jobs against the budget. Forgets the oldest ones if it does not fit.
    pub(crate) fn count_ended_jobs(&self) {
        let mut permit = self.ended_jobs.lock();
        if permit.resize(self.sim.ended_jobs().bytes).is_ok() {
            return;
        }
        let most = self.options.limits.max_ended_jobs;
        self.sim.keep_ended_jobs(most, permit.n_bytes());
        // They take no more than was granted before.
        let n_bytes = self.sim.ended_jobs().bytes.min(permit.n_bytes());
        let _ = permit.resize(n_bytes);
        self.sim.keep_ended_jobs(most, self.budget.usage_of(BudgetPart::Jobs).1);
    }

    /// Forgets all open upload sessions.
    pub(crate) fn forget_uploads(&self) {
        self.graph_uploads.clear();
        self.box_uploads.clear();
    }

    /// Forgets the upload sessions of a drive.
    pub(crate) fn forget_uploads_to(&self, drive: DriveId) {
        self.graph_uploads.remove_of_drive(drive);
        self.box_uploads.remove_of_drive(drive);
    }
}

fn check_owners(sim: &Sim) -> Result<(), StartError> {
    let mut owned: Vec<(String, String)> = Vec::new();
    for drive in sim.all_drives() {
        let Some(owner) = sim.owner_of(&drive).ok().flatten() else { continue };
        let owner = owner.to_string();
        if let Some((_, first)) = owned.iter().find(|(other, _)| *other == owner) {
            let (first, second) = (first.clone(), drive.name().to_owned());
            return Err(StartError::OwnedTwice { owner, first, second });
        }
        owned.push((owner, drive.name().to_owned()));
    }
    Ok(())
}
