//! The only place that joins drives, jobs and the clock: the simulator. Its verbs stand in the files below it.

mod changes;
mod copies;
mod looks;
mod time;

use std::sync::Arc;

use drivesim_core::outline::DriveHeader;
use drivesim_core::{Drive, ItemId, Profile, Timestamp};
use drivesim_jobs::{Clock, Pace, SimTime};

use crate::address::{Address, DriveRef, ItemRef};
use crate::builder::SimBuilder;
use crate::drives::{Access, DriveCell, Drives};
use crate::error::Error;
use crate::event::{Pending, Subscribers};
use crate::jobs::Jobs;
use crate::options::{Leftovers, Visibility};
use crate::staging::Staging;

/// A simulator: drives, a clock and the jobs that copy.
///
/// It is a handle: clones mean the same simulator, and any number of threads may use it at once. All verbs take
/// an [`Address`]: a path (`"/Docs/a.txt"`) or an id of the first drive, or [`DriveRef::at`] for another.
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
#[derive(Clone, Debug)]
pub struct Sim {
    pub(crate) shared: Arc<Shared>,
}

/// What all handles of a simulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) drives: Drives,
    pub(crate) jobs: Jobs,
    pub(crate) clock: Clock,
    pub(crate) starts_at: Timestamp,
    pub(crate) seed: u64,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) leftovers: Leftovers,
    pub(crate) staging: Staging,
    pub(crate) subscribers: Subscribers,
    pub(crate) alarm: crate::wait::Alarm,
}

impl Shared {
    /// Returns the time of day at a time of the simulation; the last one there is beyond the year 9999.
    pub(crate) fn timestamp(&self, time: SimTime) -> Timestamp {
        self.starts_at.saturating_add(time.as_duration()).unwrap_or(Timestamp::MAX)
    }

    /// Does what is due, unless another thread is at it, and returns the time.
    pub(crate) fn settle(&self) -> SimTime {
        let now = self.clock.now();
        self.jobs.settle_if_due(self, now);
        now
    }

    /// Fails the jobs that have lost their place in a drive, and those that lose it with the leftovers of these.
    pub(crate) fn fail_homeless(&self, told: &mut Pending) {
        while let Some((drive, at)) = told.removed_from.pop() {
            for job in self.jobs.active() {
                if job.order.target_drive == drive && job.fail_if_homeless(self, at, told) {
                    self.jobs.unqueue(&job);
                }
            }
        }
    }

    /// Sees to what is left when all locks are given back: jobs that lost their place, events, waiters.
    pub(crate) fn tell(&self, mut told: Pending) {
        self.fail_homeless(&mut told);
        self.subscribers.tell(told, |time| self.timestamp(time));
    }
}

// An assertion that fails in a test holds no lock, so what it leaves behind is whole.
impl std::panic::UnwindSafe for Sim {}
impl std::panic::RefUnwindSafe for Sim {}

const _: fn() = || {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Sim>();
};

impl Sim {
    /// Starts to build a simulator.
    pub fn builder() -> SimBuilder {
        SimBuilder::default()
    }

    /// Makes another drive, empty.
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
        let at = self.shared.timestamp(self.shared.settle());
        let profile_name = Some(profile.name.to_owned());
        let header = DriveHeader { name: name.to_owned(), profile: profile_name, ..DriveHeader::default() };
        let cell = self.shared.drives.add(self.shared.seed, header, false, |first| {
            Ok(Drive::new(profile, at).numbering_contents_from(first))
        })?;
        Ok(DriveRef { id: cell.id, name: cell.name.clone() })
    }

    /// Removes a drive and all that is in it. Jobs that copy to it fail; those that have read it go on.
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
        let now = self.shared.settle();
        let cell = self.shared.drives.named(name)?;
        if self.shared.drives.remove(cell.id).is_none() {
            return Err(Error::NoDrive { name: name.to_owned() });
        }
        self.after_removal(&cell, now);
        Ok(())
    }

    /// Changes the drive an address names.
    pub(crate) fn change<R>(
        &self,
        address: Address,
        change: impl FnOnce(&mut Drive, ItemId, Timestamp) -> Result<R, drivesim_core::Error>,
    ) -> Result<R, Error> {
        let (now, cell) = self.open_for_change(&address)?;
        let mut drive = cell.drive.write();
        let item = resolve(&drive, &address)?;
        Ok(change(&mut drive, item, self.shared.timestamp(now))?)
    }

    /// Finds the drive of an address.
    pub(crate) fn cell(&self, address: &Address) -> Result<Arc<DriveCell>, Error> {
        let cell = match address.drive {
            None => self.shared.drives.first(),
            Some(id) => self.shared.drives.get(id),
        }?;
        // What may not be looked at is as if it were not there.
        if cell.access == Access::None {
            return Err(Error::NoDrive { name: cell.name.clone() });
        }
        Ok(cell)
    }

    /// Does what is due and finds the drive of an address, which must be one that may be changed.
    pub(crate) fn open_for_change(&self, address: &Address) -> Result<(SimTime, Arc<DriveCell>), Error> {
        let now = self.shared.settle();
        let cell = self.cell(address)?;
        check_writable(&cell)?;
        Ok((now, cell))
    }

    /// Fails the jobs whose new item or target was in what was just removed from a drive.
    pub(crate) fn after_removal(&self, cell: &DriveCell, now: SimTime) {
        let told = Pending { removed_from: vec![(cell.id, now)], ..Pending::default() };
        self.shared.tell(told);
    }
}

pub(crate) fn check_writable(cell: &DriveCell) -> Result<(), Error> {
    if cell.access == Access::Read {
        return Err(Error::AccessDenied { name: cell.name.clone() });
    }
    Ok(())
}

/// Finds the item of an address in its drive.
pub(crate) fn resolve(drive: &Drive, address: &Address) -> Result<ItemId, drivesim_core::Error> {
    match &address.item {
        ItemRef::Id(id) => Ok(*id),
        ItemRef::Path(path) => drive.find(path),
    }
}
