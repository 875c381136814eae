//! Defines the handle of a simulator. Its verbs are in the files of `sim/`.

mod attributes;
mod bin;
mod capacity;
mod copies;
mod differences;
mod drive_info;
mod drives;
mod edits;
mod events;
mod feed;
mod jobs;
mod locks;
mod members;
mod outline_pieces;
mod outlines;
mod queries;
mod quota;
mod resolve;
mod snapshots;
mod time;
mod uploads;
mod versions;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arc_swap::{ArcSwap, Guard};
use drivesim_core::{Actor, Drive, ItemId, ME};
use drivesim_jobs::SimTime;

use crate::address::Address;
use crate::error::Error;
use crate::state::Shared;

pub use self::differences::Diff;
pub use self::drive_info::{DriveInfo, DriveInfos};
pub use self::outline_pieces::OutlinePieces;
pub(crate) use self::outlines::DriveText;
use self::resolve::resolve;
pub use self::snapshots::Snapshot;

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
    pub(crate) current: Arc<ArcSwap<Shared>>,
    /// The user of all operations through this handle.
    user: Arc<str>,
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
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// assert_eq!((sim.user(), sim.acting_as("ann").user()), ("me", "ann"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
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

    /// Returns whether the simulator is still in this state.
    pub(crate) fn is_in(&self, state: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.state(), state)
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

    /// Reads the drive of an address, in a time that does not grow with the number of items.
    pub(crate) fn read_item<R>(
        &self,
        address: Address,
        look: impl FnOnce(&Drive, ItemId) -> Result<R, drivesim_core::Error>,
    ) -> Result<R, Error> {
        let sim = self.state();
        sim.run_due();
        let cell = sim.cell(&address)?;
        let drive = cell.read();
        Ok(look(&drive, resolve(&drive, &address)?)?)
    }

    /// Reads `n_items` items of the drive of an address, quickly if `is_quick` holds.
    pub(crate) fn read_items<R>(
        &self,
        address: Address,
        n_items: usize,
        is_quick: impl FnOnce(&Drive) -> bool,
        look: impl FnOnce(&Drive, ItemId) -> Result<R, drivesim_core::Error>,
    ) -> Result<R, Error> {
        let sim = self.state();
        sim.run_due();
        let cell = sim.cell(&address)?;
        Ok(cell.read_items(n_items, is_quick, |drive| look(drive, resolve(drive, &address)?))?)
    }

    /// Reads the drive of an address, in a time that grows with the number of items.
    pub(crate) fn read_fork<R>(
        &self,
        address: Address,
        look: impl FnOnce(&Drive, ItemId) -> Result<R, drivesim_core::Error>,
    ) -> Result<R, Error> {
        self.read_items(address, usize::MAX, |_| false, look)
    }
}

#[cfg(test)]
mod tests;
