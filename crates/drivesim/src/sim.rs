//! Defines the simulator, which joins drives, jobs and the clock. Its verbs are in the files of `sim/`.

mod attributes;
mod bin;
mod capacity;
mod copies;
mod differences;
mod edits;
mod feed;
mod find_drives;
mod members;
mod new_drives;
mod outline_pieces;
mod outlines;
mod queries;
mod snapshots;
mod time;
mod uploads;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use drivesim_core::outline::{DriveHeader, is_owner};
use drivesim_core::{Actor, Drive, ItemId, ME, Profile, Timestamp};
use drivesim_jobs::{Clock, Pace, SimTime};

use crate::address::{Address, DriveRef, ItemRef};
use crate::builder::SimBuilder;
use crate::copy_pool::CopyPool;
use crate::drives::{DriveCell, DriveWriteGuard, Drives};
use crate::error::Error;
use crate::event::{Effects, EventSink};
use crate::jobs::Jobs;
use crate::options::{OnFailure, Visibility};
use crate::watchdog::Moves;

pub(crate) use self::copies::unlock_endpoints;
pub use self::differences::Diff;
pub use self::find_drives::DriveInfo;
pub use self::outline_pieces::OutlinePieces;
pub(crate) use self::queries::DriveText;
pub use self::snapshots::Snapshot;
pub(crate) use self::snapshots::new_lineage;

/// A simulator: drives, a clock and the jobs that copy.
///
/// It is a handle: clones refer to the same simulator, and any number of threads may use it at once. All verbs accept
/// an [`Address`]: a path (`"/Docs/a.txt"`) or an id of the first drive, or [`DriveRef::at`] for another drive.
///
/// ```
/// use std::time::Duration;
/// use drivesim::{Conflict, CopyOptions, JobStatus, Pace, Profile, Sim};
///
/// let sim = Sim::builder()
///     .profile(Profile::BUSINESS)
///     .pace(Pace::items_per_second(4))
///     .outline("Archive/\nDocs/\n  a.txt = \"hi\"\n  b.bin = 2 MiB\n")
///     .build()?;
/// let job = sim.copy("/Docs", "/Archive", CopyOptions::named("Docs (old)").on_conflict(Conflict::Rename))?;
/// assert_eq!(job.status(), JobStatus::NotStarted);
///
/// sim.advance(Duration::from_millis(250))?;
/// assert_eq!((job.status(), job.percent_complete()), (JobStatus::InProgress, 33.3));
/// sim.assert_outline("
///     Archive/
///       Docs (old)/
///     Docs/
///       a.txt = \"hi\"
///       b.bin = 2 MiB
/// ");
///
/// sim.run_until_idle();
/// assert_eq!((job.status(), job.percent_complete()), (JobStatus::Completed, 100.0));
/// # Ok::<(), drivesim::Error>(())
/// ```
#[derive(Clone)]
pub struct Sim {
    current: Arc<ArcSwap<Shared>>,
    /// The user of all operations through this handle.
    user: Arc<str>,
}

/// The state of a simulator. All its handles share it, until one of them restores another state.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) drives: Drives,
    pub(crate) jobs: Jobs,
    pub(crate) clock: Clock,
    pub(crate) starts_at: Timestamp,
    pub(crate) seed: u64,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) leftovers: OnFailure,
    pub(crate) staging: Arc<CopyPool>,
    pub(crate) event_sink: EventSink,
    pub(crate) alarm: crate::wait::TimeKeeper,
    /// How long a waiter waits for a job that nobody moves.
    pub(crate) wait_timeout: Duration,
    /// How often time or a job was moved.
    pub(crate) moves: Arc<Moves>,
    /// How often another state was restored. Change tokens of earlier epochs are invalid.
    pub(crate) epoch: u64,
    /// A number that no other state has.
    pub(crate) lineage: u64,
    /// The bytes that the drives had created at the latest fork of this state that may outlive it: a snapshot, an
    /// outline that is printed; 0 before.
    pub(crate) created_at_fork: AtomicU64,
}

impl Shared {
    /// Returns the time of day at a time of the simulation, at most the last one of the year 9999.
    pub(crate) fn timestamp(&self, time: SimTime) -> Timestamp {
        self.starts_at.saturating_add(time.as_duration()).unwrap_or(Timestamp::MAX)
    }

    /// Runs what is due, unless another thread is doing so, and returns the time.
    pub(crate) fn run_due(&self) -> SimTime {
        let now = self.clock.now();
        self.jobs.run_due(self, now);
        now
    }

    /// Runs what is due, unless another thread is doing so, publishes new progress, and returns the time. With a manual
    /// clock the call that moves it publishes the progress.
    pub(crate) fn run_due_and_publish(&self) -> SimTime {
        let now = self.run_due();
        if !self.clock.is_manual() {
            let mut effects = Effects::default();
            self.jobs.publish_progress(self, now, &mut effects);
            self.publish(effects);
        }
        now
    }

    /// Fails the jobs that have lost their place in a drive, and those that lose it when the leftovers of these are
    /// removed.
    pub(crate) fn fail_orphaned(&self, effects: &mut Effects) {
        while let Some((drive, at)) = effects.removed_from.pop() {
            for job in self.jobs.active() {
                if job.request.target_drive == drive && job.fail_if_orphaned(self, at, effects) {
                    self.jobs.dequeue(&job);
                }
            }
        }
    }

    /// Applies pending effects after all locks are released: fails orphaned jobs, sends events, wakes waiters.
    pub(crate) fn publish(&self, mut effects: Effects) {
        self.fail_orphaned(&mut effects);
        self.event_sink.publish(effects, |time| self.timestamp(time));
    }

    /// Finds the drive of an address.
    pub(crate) fn cell(&self, address: &Address) -> Result<Arc<DriveCell>, Error> {
        match &address.drive {
            None => self.drives.first(),
            Some(drive) => self.drives.by_ref(drive),
        }
    }

    /// Fails if an address is not in this drive.
    pub(crate) fn check_same_drive(&self, cell: &DriveCell, other: &Address) -> Result<(), Error> {
        let other = self.cell(other)?;
        if other.id == cell.id {
            return Ok(());
        }
        Err(Error::AcrossDrives {
            from: cell.drive_ref.name().to_owned(),
            to: other.drive_ref.name().to_owned(),
        })
    }

    /// Fails the jobs whose new item or target was just removed from a drive.
    pub(crate) fn after_removal(&self, cell: &DriveCell, now: SimTime) {
        let mut effects = Effects::default();
        effects.removed_from.push((cell.id, now));
        self.publish(effects);
    }

    /// Locks a drive at a moment when all jobs know what they have lost by removals from it. Needed before something is
    /// put back: later the loss of the rest of a copy could not be detected.
    pub(crate) fn lock_after_removals<'a>(&self, cell: &'a DriveCell, now: SimTime) -> DriveWriteGuard<'a> {
        loop {
            let n_removals = cell.n_removals.load(Ordering::Relaxed);
            self.after_removal(cell, now);
            let drive = cell.write();
            // Counted under the lock of the drive. If other threads were faster, their removals are handled too.
            if cell.n_removals.load(Ordering::Relaxed) == n_removals {
                return drive;
            }
        }
    }
}

// An assertion that fails in a test holds no lock, so the state it leaves behind is consistent.
impl std::panic::UnwindSafe for Sim {}
impl std::panic::RefUnwindSafe for Sim {}

const _: fn() = || {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Sim>();
};

impl Sim {
    /// Creates a handle of a simulator in this state.
    pub(crate) fn with_state(state: Shared) -> Sim {
        Sim { current: Arc::new(ArcSwap::from_pointee(state)), user: Arc::from(ME) }
    }

    /// Returns a handle of this simulator whose operations are done by another user; the default user is `me`.
    ///
    /// The user is recorded with items and versions. Access levels are the same for all users.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.acting_as("ann").rename("/a.txt", "b.txt")?;
    /// let item = sim.item("/b.txt")?;
    /// assert_eq!((&*item.created_by, &*item.modified_by), ("me", "ann"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    #[must_use]
    pub fn acting_as(&self, user: &str) -> Sim {
        Sim { user: Arc::from(user), ..self.clone() }
    }

    /// Returns the name of the user of all operations through this handle.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the actor of an operation at this moment.
    pub(crate) fn actor(&self, sim: &Shared, now: SimTime) -> Actor<'_> {
        Actor { at: sim.timestamp(now), by: &self.user }
    }

    /// Returns the state. A verb loads it once: if another state is restored meanwhile, the verb ends in the one it
    /// began in.
    pub(crate) fn state(&self) -> Guard<Arc<Shared>> {
        self.current.load()
    }

    /// Creates a builder with the default settings.
    pub fn builder() -> SimBuilder {
        SimBuilder::default()
    }

    /// Adds an empty drive.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive("team", Profile::BUSINESS)?;
    /// sim.create_folder(team.at("/"), "Docs")?;
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`].
    pub fn add_drive(&self, name: &str, profile: Profile) -> Result<DriveRef, Error> {
        self.make_drive(profile, DriveHeader { name: name.to_owned(), ..DriveHeader::default() })
    }

    /// Adds an empty drive with an owner: `me`, `user:ID`, `group:ID` or `site:ID`.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// let team = sim.add_drive_owned("team", Profile::BUSINESS, "site:marketing")?;
    /// assert_eq!(sim.owner_of(&team)?.as_deref(), Some("site:marketing"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveExists`], [`Error::NoOwner`].
    pub fn add_drive_owned(&self, name: &str, profile: Profile, owner: &str) -> Result<DriveRef, Error> {
        if !is_owner(owner) {
            return Err(Error::NoOwner { owner: owner.to_owned() });
        }
        let (name, owner) = (name.to_owned(), Some(owner.to_owned()));
        self.make_drive(profile, DriveHeader { name, owner, ..DriveHeader::default() })
    }

    fn make_drive(&self, profile: Profile, header: DriveHeader) -> Result<DriveRef, Error> {
        let sim = self.state();
        let at = sim.timestamp(sim.run_due());
        let header = DriveHeader { profile: Some(profile.name.to_owned()), ..header };
        let cell = sim.drives.add(sim.seed, header, false, |new| {
            let mut drive = new.drive(profile, at)?;
            drive.begin_epoch(sim.epoch << 32);
            Ok(drive)
        })?;
        Ok(cell.drive_ref.clone())
    }

    /// Removes a drive with all its items. Jobs that copy to it fail; those that have already read it continue.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().build()?;
    /// sim.add_drive("team", Profile::BOX)?;
    /// sim.remove_drive("team")?;
    /// assert!(sim.drive("team").is_err());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn remove_drive(&self, name: &str) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.run_due();
        let cell = sim.drives.by_name(name)?;
        if sim.drives.remove(cell.id).is_none() {
            return Err(Error::NoDrive { name: name.to_owned() });
        }
        sim.after_removal(&cell, now);
        Ok(())
    }

    /// Changes the drive of an address.
    pub(crate) fn change<R>(
        &self,
        address: Address,
        change: impl FnOnce(&mut Drive, ItemId, Actor<'_>) -> Result<R, drivesim_core::Error>,
    ) -> Result<R, Error> {
        let sim = self.state();
        let now = sim.run_due();
        let cell = sim.cell(&address)?;
        let act = self.actor(&sim, now);
        cell.purge_due(act.at);
        let mut drive = cell.write();
        let item = resolve(&drive, &address)?;
        Ok(change(&mut drive, item, act)?)
    }

    /// Changes the drive of an address in a way that may remove the new item or target of jobs.
    pub(crate) fn remove(
        &self,
        address: Address,
        remove: impl FnOnce(&mut Drive, ItemId, Actor<'_>) -> Result<(), drivesim_core::Error>,
    ) -> Result<(), Error> {
        let sim = self.state();
        let now = sim.run_due();
        let cell = sim.cell(&address)?;
        let act = self.actor(&sim, now);
        cell.purge_due(act.at);
        {
            let mut drive = cell.write();
            let item = resolve(&drive, &address)?;
            remove(&mut drive, item, act)?;
            cell.n_removals.fetch_add(1, Ordering::Relaxed);
        }
        sim.after_removal(&cell, now);
        Ok(())
    }
}

/// Finds the item of an address in its drive and checks the precondition of the address.
pub(crate) fn resolve(drive: &Drive, address: &Address) -> Result<ItemId, drivesim_core::Error> {
    let item = match &address.item {
        ItemRef::Id(id) => *id,
        ItemRef::Path(path) => drive.find(path)?,
    };
    if let Some(expected) = address.precondition {
        drive.check_precondition(item, expected)?;
    }
    Ok(item)
}

/// Checks the precondition, if any, of an address that only names its drive.
pub(crate) fn check_precondition(drive: &Drive, address: &Address) -> Result<(), drivesim_core::Error> {
    if address.precondition.is_some() { resolve(drive, address).map(drop) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
