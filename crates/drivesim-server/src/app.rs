//! The only place that keeps what a server knows beside its simulator.

use std::fmt;

use drivesim::outline::Bounds;
use drivesim::{DriveId, Sim, Snapshot};
use parking_lot::Mutex;

use crate::aside::LongWork;
use crate::box_api::chunked::Chunked;
use crate::box_api::event_log::EventLog;
use crate::box_api::rates::Rates;
use crate::budget::{Budget, Part, Share};
use crate::control::journal::Journal;
use crate::control::outline_body::Outlines;
use crate::control::snapshots::Snapshots;
use crate::downloads::Downloads;
use crate::graph::sessions::Sessions;
use crate::hashes::HashCache;
use crate::intake::Intake;
use crate::options::ServerOptions;
use crate::secret::Signer;
use crate::token::TokenError;

/// Returns why a server did not start.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// No address could be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Two drives belong to the same owner, whose drive a URL must name.
    #[error("the drives {first:?} and {second:?} both have the owner {owner}, who may have one")]
    OwnedTwice {
        /// The owner.
        owner: String,
        /// The name of the one drive.
        first: String,
        /// The name of the other.
        second: String,
    },
    /// Links cannot start with this.
    #[error("the public URL {url:?} cannot be used: {why}")]
    PublicUrl {
        /// What links were to start with.
        url: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// A token cannot be one, or is given twice.
    #[error("the token {name:?}: {why}")]
    Token {
        /// What clients were to send.
        name: String,
        /// The rule that it breaks.
        why: TokenError,
    },
    /// A user cannot be one, or has the id or login of another.
    #[error("the user {id:?}: {why}")]
    User {
        /// The id of the user.
        id: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The token of the admin API cannot be one.
    #[error("the token of the admin API: {why}")]
    AdminToken {
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The admin API cannot be reached by such a name.
    #[error("the name {host:?} of the admin API: {why}")]
    AdminHost {
        /// What was to be the name.
        host: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The system has no random numbers for the secret in URLs.
    #[error("cannot make the secret in URLs: {source}")]
    Random {
        /// Why not.
        source: std::io::Error,
    },
    /// A limit that would let nothing through.
    #[error("{limit} is {given}, it must be at least {least}")]
    Limit {
        /// The field of [`Limits`](crate::Limits).
        limit: &'static str,
        /// What it was to be.
        given: String,
        /// What it may be at least.
        least: String,
    },
}

// The message, which `unwrap` shows.
impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A server: its simulator, and what is known of requests.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) sim: Sim,
    pub(crate) options: ServerOptions,
    /// The state at the start, which a reset goes back to.
    seed: Snapshot,
    pub(crate) journal: Journal,
    /// The snapshots of the side door. While this is locked no drive is made through it.
    pub(crate) snapshots: Snapshots,
    /// The hashes of contents, made once.
    pub(crate) hashes: HashCache,
    /// The uploads that are not done.
    pub(crate) sessions: Sessions,
    /// Those to Box.
    pub(crate) chunked: Chunked,
    /// What was done to drives of Box, and how often they were asked.
    pub(crate) events: EventLog,
    pub(crate) rates: Rates,
    /// The long outlines that are being sent.
    pub(crate) outlines: Outlines,
    /// The files that are being sent.
    pub(crate) downloads: Downloads,
    /// The bodies that are being read or answered.
    pub(crate) intake: Intake,
    /// The threads for answers that may take long.
    pub(crate) long_work: LongWork,
    /// The bytes of all that is kept beside the drives.
    pub(crate) budget: Budget,
    /// Those of the jobs that have ended.
    ended_jobs: Mutex<Share>,
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
        sim.keep_ended_jobs(limits.max_ended_jobs, budget.of(Part::Jobs).1);
        let seed = sim.snapshot();
        let ended_jobs = Mutex::new(budget.share(Part::Jobs));
        let journal = Journal::new(limits, &budget);
        let intake = Intake::new(budget.clone());
        let events = EventLog::new(limits.max_events, &budget);
        Ok(App {
            sim,
            options,
            seed,
            journal,
            snapshots: Snapshots::new(&budget),
            hashes: HashCache::new(&budget),
            sessions: Sessions::new(&budget),
            chunked: Chunked::new(&budget),
            events,
            rates: Rates::default(),
            outlines: Outlines::new(&budget),
            downloads: Downloads::default(),
            intake,
            long_work: LongWork::default(),
            budget,
            ended_jobs,
            signer,
        })
    }

    /// Goes back to how everything was at the start: what is in the simulator, and what the server knows beside it.
    pub(crate) fn reset(&self) {
        let mut snapshots = self.snapshots.lock();
        self.sim.restore(&self.seed);
        self.snapshots.clear(&mut snapshots);
        self.journal.reset();
        self.events.forget();
        self.rates.forget();
        self.hashes.forget();
        self.forget_uploads();
    }

    /// Lets snapshots and outlines hold no more of what the drives have parted with than there is room for.
    pub(crate) fn bound_forks(&self) {
        self.snapshots.bound(&self.sim);
        self.outlines.bound(&self.sim);
    }

    /// Counts what the jobs that have ended take against the budget. Where there is no room, the oldest are forgotten.
    pub(crate) fn count_ended_jobs(&self) {
        let mut share = self.ended_jobs.lock();
        if share.resize(self.sim.ended_jobs().bytes).is_ok() {
            return;
        }
        let most = self.options.limits.max_ended_jobs;
        self.sim.keep_ended_jobs(most, share.n_bytes());
        // They take no more than was granted before.
        let n_bytes = self.sim.ended_jobs().bytes.min(share.n_bytes());
        let _ = share.resize(n_bytes);
        self.sim.keep_ended_jobs(most, self.budget.of(Part::Jobs).1);
    }

    /// Forgets the uploads that are not done.
    pub(crate) fn forget_uploads(&self) {
        self.sessions.forget();
        self.chunked.forget();
    }

    /// Forgets those to a drive.
    pub(crate) fn forget_uploads_to(&self, drive: DriveId) {
        self.sessions.forget_of(drive);
        self.chunked.forget_of(drive);
    }
}

fn check_owners(sim: &Sim) -> Result<(), StartError> {
    let mut owned: Vec<(String, String)> = Vec::new();
    for drive in sim.all_drives() {
        let Some(owner) = sim.owner_of(&drive).ok().flatten() else { continue };
        if let Some((_, first)) = owned.iter().find(|(other, _)| *other == owner) {
            let (first, second) = (first.clone(), drive.name().to_owned());
            return Err(StartError::OwnedTwice { owner, first, second });
        }
        owned.push((owner, drive.name().to_owned()));
    }
    Ok(())
}
