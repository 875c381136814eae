//! The only place that joins drives, jobs and the clock: the simulator and its verbs.

mod looks;
mod time;

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use drivesim_core::copy::{CopySpec, Reveal, Scope, check};
use drivesim_core::outline::DriveHeader;
use drivesim_core::{Conflict, Content, Drive, ItemId, Profile, Timestamp};
use drivesim_jobs::{Clock, Pace, SimTime};

use crate::address::{Address, DriveRef, ItemRef};
use crate::builder::SimBuilder;
use crate::drives::{Access, DriveCell, Drives, read_both};
use crate::error::Error;
use crate::event::{JobEvent, Pending, Subscribers};
use crate::ids::JobId;
use crate::job::Job;
use crate::jobs::Jobs;
use crate::options::{CopyOptions, Leftovers, Visibility};
use crate::running::Order;
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

    pub(crate) fn tell(&self, told: Pending) {
        self.subscribers.tell(told, |time| self.timestamp(time));
    }
}

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
        let cell = self.shared.drives.add(self.shared.seed, header, Drive::new(profile, at))?;
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

    /// Makes a folder; a taken name is refused.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let docs = sim.create_folder("/", "Docs")?;
    /// assert_eq!(sim.path(docs)?, "/Docs");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_folder`].
    pub fn create_folder(&self, parent: impl Into<Address>, name: &str) -> Result<ItemId, Error> {
        self.create_folder_or(parent, name, Conflict::Fail)
    }

    /// Makes a folder and says what to do when the name is taken; see [`Drive::create_folder`].
    ///
    /// # Errors
    /// See [`Drive::create_folder`].
    pub fn create_folder_or(
        &self,
        parent: impl Into<Address>,
        name: &str,
        conflict: Conflict,
    ) -> Result<ItemId, Error> {
        self.change(parent.into(), |drive, parent, at| drive.create_folder(parent, name, conflict, at))
    }

    /// Makes a file and says what to do when the name is taken; see [`Drive::create_file`].
    ///
    /// ```
    /// # use drivesim::{Conflict, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let copy = sim.create_file_or("/", "a.txt", "hi", Conflict::Rename)?;
    /// assert_eq!(sim.path(copy)?, "/a 1.txt");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_file`].
    pub fn create_file_or(
        &self,
        parent: impl Into<Address>,
        name: &str,
        content: impl Into<Content>,
        conflict: Conflict,
    ) -> Result<ItemId, Error> {
        let content = content.into();
        self.change(parent.into(), |drive, parent, at| drive.create_file(parent, name, content, conflict, at))
    }

    /// Makes a file of `size` bytes that are generated when they are read; a taken name is refused.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// sim.create_sized("/", "disk.img", 1 << 40)?;
    /// sim.assert_outline("disk.img = 1 TiB\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_file`].
    pub fn create_sized(&self, parent: impl Into<Address>, name: &str, size: u64) -> Result<ItemId, Error> {
        self.change(parent.into(), |drive, parent, at| {
            let content = drive.generated(size);
            drive.create_file(parent, name, content, Conflict::Fail, at)
        })
    }

    /// Writes a file: gives the one at this address the content, or makes it, in a folder that is there.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n").build()?;
    /// let id = sim.write("/Docs/a.txt", "hello")?;
    /// assert_eq!(sim.write("/Docs/a.txt", "hello again")?, id);
    /// assert_eq!(sim.read("/Docs/a.txt")?, b"hello again");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_file`] and [`Drive::write`].
    pub fn write(&self, file: impl Into<Address>, content: impl Into<Content>) -> Result<ItemId, Error> {
        let (address, content) = (file.into(), content.into());
        let (now, cell) = self.open_for_change(&address)?;
        let at = self.shared.timestamp(now);
        let mut drive = cell.drive.write();
        let id = match &address.item {
            ItemRef::Id(id) => *id,
            ItemRef::Path(path) => match drive.find(path) {
                Ok(id) => id,
                Err(missing @ drivesim_core::Error::BadPath { .. }) => return Err(missing.into()),
                Err(_) => {
                    let (folder, name) = drivesim_core::split_last(path)?;
                    let folder = drive.find(folder)?;
                    return Ok(drive.create_file(folder, name, content, Conflict::Fail, at)?);
                }
            },
        };
        drive.write(id, content, at)?;
        Ok(id)
    }

    /// Sets when an item was made and when its content last changed; `None` leaves a time as it is.
    ///
    /// ```
    /// # use drivesim::{Sim, Timestamp};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.set_times("/a.txt", None, Some(Timestamp::UNIX_EPOCH))?;
    /// assert_eq!(sim.item("/a.txt")?.modified_at, Timestamp::UNIX_EPOCH);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::set_times`].
    pub fn set_times(
        &self,
        item: impl Into<Address>,
        created_at: Option<Timestamp>,
        modified_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        self.change(item.into(), |drive, item, _| drive.set_times(item, created_at, modified_at))
    }

    /// Gives an item another name in its folder.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.rename("/a.txt", "b.txt")?;
    /// sim.assert_outline("b.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::rename`].
    pub fn rename(&self, item: impl Into<Address>, name: &str) -> Result<(), Error> {
        self.change(item.into(), |drive, item, _| drive.rename(item, name))
    }

    /// Moves an item into a folder of the same drive; a taken name is refused.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n").build()?;
    /// sim.move_to("/a.txt", "/Docs")?;
    /// sim.assert_outline("Docs/\n  a.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::move_to`].
    pub fn move_to(&self, item: impl Into<Address>, target: impl Into<Address>) -> Result<(), Error> {
        self.move_to_or(item, target, None, Conflict::Fail)
    }

    /// Moves an item, under another name if one is given, and says what to do when the name is taken.
    ///
    /// # Errors
    /// See [`Drive::move_to`]; [`Error::NoDrive`] when the target is in another drive: only copies cross drives.
    pub fn move_to_or(
        &self,
        item: impl Into<Address>,
        target: impl Into<Address>,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<(), Error> {
        let (item, target) = (item.into(), target.into());
        let (now, cell) = self.open_for_change(&item)?;
        let other = self.cell(&target)?;
        if other.id != cell.id {
            return Err(Error::AcrossDrives { from: cell.name.clone(), to: other.name.clone() });
        }
        {
            let mut drive = cell.drive.write();
            let (item, target) = (resolve(&drive, &item)?, resolve(&drive, &target)?);
            drive.move_to(item, target, name, conflict)?;
        }
        self.after_removal(&cell, now);
        Ok(())
    }

    /// Deletes an item and all below it for good; returns how many items that were.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// assert_eq!(sim.delete("/Docs")?, 2);
    /// sim.assert_outline("");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::delete`].
    pub fn delete(&self, item: impl Into<Address>) -> Result<u64, Error> {
        let address = item.into();
        let (now, cell) = self.open_for_change(&address)?;
        let n_deleted = {
            let mut drive = cell.drive.write();
            let item = resolve(&drive, &address)?;
            drive.delete(item)?
        };
        self.after_removal(&cell, now);
        Ok(n_deleted)
    }

    /// Asks for a copy of an item in a folder, of the same drive or another, and returns the job that makes it.
    ///
    /// ```
    /// # use drivesim::{Conflict, CopyOptions, JobStatus, Sim};
    /// let sim = Sim::builder().outline("a.txt = \"hi\"\n").build()?;
    /// let job = sim.copy("/a.txt", "/", CopyOptions::default().on_conflict(Conflict::Rename))?;
    /// assert_eq!(job.status(), JobStatus::Completed);
    /// sim.assert_outline("a.txt = \"hi\"\na 1.txt = \"hi\"\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// What is refused at once, see [`check`]; [`Error::Pace`]. Nothing has happened then. What is refused later
    /// is the job's outcome.
    pub fn copy(
        &self,
        source: impl Into<Address>,
        target: impl Into<Address>,
        options: CopyOptions,
    ) -> Result<Job, Error> {
        let sim = &*self.shared;
        let (source, target) = (source.into(), target.into());
        let pace = options.pace.unwrap_or(sim.pace);
        pace.check()?;
        let source_cell = self.cell(&source)?;
        let (now, target_cell) = self.open_for_change(&target)?;
        let spec = read_both(&source_cell, &target_cell, |from, to| {
            let spec = spec_of(resolve(from, &source)?, resolve(to, &target)?, &options, pace);
            check(from, to, &spec).map(|()| spec)
        })?;
        let order = Order {
            source_drive: source_cell.id,
            target_drive: target_cell.id,
            spec,
            pace,
            visibility: options.visibility.unwrap_or(sim.visibility),
            leftovers: options.leftovers.unwrap_or(sim.leftovers),
        };
        let mut told = Pending::default();
        let cell = sim.jobs.accept(sim.seed, now, order, &mut told);
        if pace == Pace::Instant {
            cell.run_until(sim, now, &mut told);
        }
        sim.tell(told);
        Ok(Job { sim: self.clone(), cell })
    }

    /// Returns the jobs that are still known, oldest first: all that run, and those that ended not too long ago.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// assert_eq!(sim.jobs()[0].id(), job.id());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn jobs(&self) -> Vec<Job> {
        let now = self.shared.settle();
        self.shared.jobs.forget(now);
        self.shared.jobs.all().into_iter().map(|cell| Job { sim: self.clone(), cell }).collect()
    }

    /// Returns a job by its id; `None` for one that never was or ended long ago.
    pub fn job(&self, id: JobId) -> Option<Job> {
        let now = self.shared.settle();
        self.shared.jobs.forget(now);
        self.shared.jobs.get(id).map(|cell| Job { sim: self.clone(), cell })
    }

    /// Subscribes to what happens to jobs from now on: accepted, started, each whole percent, completed, failed.
    ///
    /// Events come in the order of due time, then job; each carries its own due time.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, EventKind, Sim};
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n").build()?;
    /// let events = sim.events();
    /// sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// let kinds: Vec<EventKind> = events.try_iter().map(|event| event.kind).collect();
    /// assert_eq!(kinds[..2], [EventKind::Accepted, EventKind::Started]);
    /// assert_eq!(kinds.last(), Some(&EventKind::Completed));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events(&self) -> Receiver<JobEvent> {
        self.shared.settle();
        self.shared.subscribers.subscribe()
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
    fn open_for_change(&self, address: &Address) -> Result<(SimTime, Arc<DriveCell>), Error> {
        let now = self.shared.settle();
        let cell = self.cell(address)?;
        if cell.access == Access::Read {
            return Err(Error::AccessDenied { name: cell.name.clone() });
        }
        Ok((now, cell))
    }

    /// Fails the jobs whose new item or target was in what was just removed from a drive.
    fn after_removal(&self, cell: &DriveCell, now: SimTime) {
        let sim = &*self.shared;
        let mut told = Pending::default();
        for job in sim.jobs.active() {
            if job.order.target_drive == cell.id {
                job.fail_if_homeless(sim, now, &mut told);
            }
        }
        sim.tell(told);
    }
}

/// Finds the item of an address in its drive.
pub(crate) fn resolve(drive: &Drive, address: &Address) -> Result<ItemId, drivesim_core::Error> {
    match &address.item {
        ItemRef::Id(id) => Ok(*id),
        ItemRef::Path(path) => drive.find(path),
    }
}

fn spec_of(source: ItemId, target: ItemId, options: &CopyOptions, pace: Pace) -> CopySpec {
    let mut spec = CopySpec::new(source, target).on_conflict(options.conflict);
    spec.name = options.name.clone();
    spec.scope = if options.children_only { Scope::ChildrenOnly } else { Scope::Whole };
    spec.reveal = if pace == Pace::Instant { Reveal::AtOnce } else { Reveal::Gradual };
    spec
}
