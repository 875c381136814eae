//! Builds a simulator.

use std::time::Duration;

pub use drivesim_core::copy::PARALLEL_FROM;
use drivesim_core::outline::{Bounds, DriveHeader, DriveOutline, Outline, parse_within};
use drivesim_core::{Profile, Timestamp};
use drivesim_jobs::{Clock, Pace};
use std::sync::Arc;

use crate::copy_pool::CopyPool;
use crate::drive_spec::{ONLY_DRIVE, print_profile, set_options};
use crate::drives::Drives;
use crate::error::Error;
use crate::jobs::{EndedJobs, Jobs};
use crate::options::{OnFailure, Visibility};
use crate::owner::Owner;
use crate::sim::Sim;
use crate::state::{Shared, new_lineage};

/// How long ended jobs are kept. The token in the URL of a monitor was valid for 24 hours.
///
/// ASSUMED: A monitor answers for 24 hours after the end (no option: `SimBuilder::keep_ended` sets it for all drives).
const KEEP_ENDED: Duration = Duration::from_secs(24 * 60 * 60);

/// How many ended jobs are kept, and how many bytes of them.
const MOST_ENDED: EndedJobs = EndedJobs::new(10_000, 32 << 20);

/// How long a waiter waits for a job that nobody moves: longer than a busy machine delays a thread that is about to
/// move it.
const WAIT_TIMEOUT: Duration = Duration::from_secs(30);

/// Builds a simulator. The defaults are an empty plain drive, a clock moved by hand, and copies that are done at once.
#[derive(Clone)]
#[must_use]
pub struct SimBuilder {
    pub(crate) profile: Profile,
    outline: Source,
    owner: Option<Owner>,
    pub(crate) pace: Pace,
    clock: ClockKind,
    starts_at: Option<Timestamp>,
    pub(crate) seed: u64,
    visibility: Visibility,
    on_failure: OnFailure,
    keep_ended: Duration,
    most_ended: EndedJobs,
    wait_timeout: Duration,
    parallel_from: usize,
    n_threads: Option<usize>,
    bounds: Bounds,
}

#[derive(Clone)]
enum Source {
    Text(String),
    Parsed(Outline),
}

#[derive(Clone, Copy)]
enum ClockKind {
    Manual,
    System,
}

impl Sim {
    /// Creates a builder with the default settings.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// let sim = Sim::builder().profile(Profile::BOX).outline("Docs/\n").build()?;
    /// assert!(sim.exists("/Docs"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn builder() -> SimBuilder {
        SimBuilder::default()
    }
}

impl Default for SimBuilder {
    fn default() -> SimBuilder {
        SimBuilder {
            profile: Profile::PLAIN,
            outline: Source::Text(String::new()),
            owner: None,
            pace: Pace::Instant,
            clock: ClockKind::Manual,
            starts_at: None,
            seed: 0,
            visibility: Visibility::default(),
            on_failure: OnFailure::default(),
            keep_ended: KEEP_ENDED,
            most_ended: MOST_ENDED,
            wait_timeout: WAIT_TIMEOUT,
            parallel_from: PARALLEL_FROM,
            n_threads: None,
            bounds: Bounds::NONE,
        }
    }
}

impl SimBuilder {
    /// Sets the profile of the drive, and of drives that the outline gives no profile.
    pub fn profile(self, profile: Profile) -> SimBuilder {
        SimBuilder { profile, ..self }
    }

    /// Sets the content of the drive, or of several drives, as an outline.
    pub fn outline(self, outline: impl Into<String>) -> SimBuilder {
        SimBuilder { outline: Source::Text(outline.into()), ..self }
    }

    /// Sets the content of the drives as a parsed outline.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let mut outline = drivesim::outline::parse("a\nb\n")?;
    /// outline.drives[0].lines.remove(0);
    /// Sim::builder().parsed_outline(outline).build()?.assert_outline("b\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn parsed_outline(self, outline: Outline) -> SimBuilder {
        SimBuilder { outline: Source::Parsed(outline), ..self }
    }

    /// Sets the owner of the drive. Of several drives, the first whose line names no owner gets it, unless another line
    /// names this owner.
    ///
    /// Without it, the only drive of an outline without `drive` lines belongs to `me`, as long as no other drive does,
    /// so that `/me/drive` of a server leads to it.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::drive::Owner;
    /// let sim = Sim::builder().outline("Docs/\n").build()?;
    /// assert_eq!(sim.owner_of(sim.first_drive()?)?, Some(Owner::Me));
    /// let sim = Sim::builder().owner(Owner::site("team")).outline("Docs/\n").build()?;
    /// assert_eq!(sim.owner_of(sim.first_drive()?)?, Some(Owner::site("team")));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn owner(self, owner: Owner) -> SimBuilder {
        SimBuilder { owner: Some(owner), ..self }
    }

    /// Sets the pace of copies whose options set none.
    pub fn pace(self, pace: Pace) -> SimBuilder {
        SimBuilder { pace, ..self }
    }

    /// Makes time follow the system's clock instead of [`Sim::advance`].
    pub fn system_clock(self) -> SimBuilder {
        SimBuilder { clock: ClockKind::System, ..self }
    }

    /// Sets the time of day at which the simulation starts. By default a manual clock starts with the year 2024, so
    /// that runs can be repeated, and the system's clock at the current time.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::Timestamp;
    /// let start: Timestamp = "2030-01-01T00:00:00Z".parse().expect("a time");
    /// let sim = Sim::builder().starts_at(start).build()?;
    /// assert_eq!(sim.now(), start);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn starts_at(self, starts_at: Timestamp) -> SimBuilder {
        SimBuilder { starts_at: Some(starts_at), ..self }
    }

    /// Sets the seed from which the ids of drives and jobs are derived.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let id = |seed| -> Result<_, drivesim::Error> { Ok(Sim::builder().id_seed(seed).build()?.first_drive()?.id()) };
    /// assert!(id(1)? == id(1)? && id(1)? != id(2)?);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn id_seed(self, seed: u64) -> SimBuilder {
        SimBuilder { seed, ..self }
    }

    /// Sets what is visible of copies while they run.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// # use drivesim::options::Visibility;
    /// let builder = Sim::builder().pace(Pace::Held).visibility(Visibility::OnCompletion);
    /// let sim = builder.outline("Docs/\n  a\n").build()?;
    /// let job = sim.copy("/Docs", "/", CopyOptions::named("Copy"))?;
    /// job.step(1)?;
    /// assert!(!sim.exists("/Copy"));
    /// job.step(1)?;
    /// sim.assert_outline_of("/Copy", "a\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn visibility(self, visibility: Visibility) -> SimBuilder {
        SimBuilder { visibility, ..self }
    }

    /// Sets whether the items of a copy that fails halfway are kept.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Profile, Sim};
    /// # use drivesim::options::OnFailure;
    /// let builder = Sim::builder().profile(Profile::BUSINESS).on_failure(OnFailure::Remove);
    /// let sim = builder.outline("Docs/\n  a\n  b\nTo/\n  b = \"taken\"\n").build()?;
    /// let job = sim.copy("/Docs", "/To", CopyOptions::children_only())?;
    /// assert_eq!(job.status(), JobStatus::Failed);
    /// sim.assert_outline_of("/To", "b = \"taken\"\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn on_failure(self, on_failure: OnFailure) -> SimBuilder {
        SimBuilder { on_failure, ..self }
    }

    /// Sets how long ended jobs are kept, within the bounds of [`SimBuilder::keep_ended_jobs`]. The default is a day.
    pub fn keep_ended(self, keep_ended: Duration) -> SimBuilder {
        SimBuilder { keep_ended, ..self }
    }

    /// Sets how many ended jobs are kept, and about how many bytes they may take. Beyond that the oldest are forgotten,
    /// as if they had never existed; an existing [`Job`](crate::Job) handle can still read its job. The default is
    /// 10,000 jobs and 32 MiB. [`Sim::keep_ended_jobs`] changes it later.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Sim};
    /// let sim = Sim::builder().keep_ended_jobs(1, 1 << 20).outline("a.txt\nDocs/\n").build()?;
    /// let first = sim.copy("/a.txt", "/", CopyOptions::named("b.txt"))?;
    /// let second = sim.copy("/a.txt", "/", CopyOptions::named("c.txt"))?;
    /// assert!(sim.job(first.id()).is_none() && sim.job(second.id()).is_some());
    /// assert_eq!(first.status(), JobStatus::Completed);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn keep_ended_jobs(self, number: usize, bytes: usize) -> SimBuilder {
        SimBuilder { most_ended: EndedJobs::new(number, bytes), ..self }
    }

    /// Sets for how much real time [`Job::wait`](crate::Job::wait) waits for a job that does not move by itself while
    /// nobody moves the simulator; then it panics. The default is 30 seconds; [`Duration::MAX`] means no limit.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).wait_timeout(Duration::ZERO).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// let waited = std::panic::catch_unwind(|| pollster::block_on(job.wait()));
    /// let message = *waited.unwrap_err().downcast::<String>().unwrap();
    /// assert!(message.contains("It is held and moves only when Job::step is called"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn wait_timeout(self, wait_timeout: Duration) -> SimBuilder {
        SimBuilder { wait_timeout, ..self }
    }

    /// Sets from how many items on a copy is split across threads; see [`PARALLEL_FROM`]. The results are the same.
    pub fn parallel_from(self, n_items: usize) -> SimBuilder {
        SimBuilder { parallel_from: n_items, ..self }
    }

    /// Sets how many threads build large copies. The default is the number of cores. The results are the same.
    pub fn threads(self, n_threads: usize) -> SimBuilder {
        SimBuilder { n_threads: Some(n_threads.max(1)), ..self }
    }

    /// Sets how many items and past versions all drives may hold together, including those in the bins and those of
    /// copies that are being built. By default only memory and the limits of a single drive apply.
    ///
    /// Anything beyond that fails before it is created: an outline at its line, a verb or a copy with
    /// [`drivesim_core::Error::OverCapacity`]. [`Sim::set_bounds`] changes it later.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().max_items(4).outline("a.txt # versions=2\nDocs/\n").build()?;
    /// let copy = |name| sim.copy("/a.txt", "/Docs", CopyOptions::named(name));
    /// copy("b.txt")?;
    /// let refused = copy("c.txt")?.outcome().unwrap().unwrap_err();
    /// assert_eq!(refused.to_string(), "no room for \"c.txt\": all drives together hold at most 4 items and versions");
    ///
    /// let refused = Sim::builder().max_items(100).outline("a.txt # versions=400\n").build().unwrap_err();
    /// let message = "not an outline: line 1, column 1: with its 400 versions there are 400 items and versions, 100 are allowed";
    /// assert_eq!(refused.to_string(), message);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn max_items(self, n_items: u64) -> SimBuilder {
        SimBuilder { bounds: Bounds { max_items: n_items, ..self.bounds }, ..self }
    }

    /// Sets how many bytes of contents all drives may hold together, and of texts: descriptions, members and names of
    /// users. Past versions and bins count too. Declared content takes no bytes, and copies within a drive share their
    /// contents. Otherwise like [`SimBuilder::max_items`].
    pub fn max_content(self, n_bytes: u64) -> SimBuilder {
        SimBuilder { bounds: Bounds { max_content: n_bytes, ..self.bounds }, ..self }
    }

    /// Sets how many bytes the change logs of all drives may take together. Beyond that the drive that changes forgets
    /// its oldest changes, down to 16 KiB; older tokens then fail with [`drivesim_core::Error::ResyncRequired`]. By
    /// default each drive keeps its last 100,000 changes.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().max_change_log(0).build()?;
    /// let drive = sim.first_drive()?;
    /// let token = sim.changes(&drive, None, 10)?.token;
    /// for number in 0..200 {
    ///     sim.create_folder("/", &number.to_string())?;
    ///     sim.delete_permanently(format!("/{number}"))?;
    /// }
    /// assert!(sim.change_log_bytes() <= 16 << 10);
    /// assert_eq!(sim.changes(&drive, Some(token), 10).unwrap_err().code(), "resyncRequired");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn max_change_log(self, n_bytes: u64) -> SimBuilder {
        SimBuilder { bounds: Bounds { max_change_log: n_bytes, ..self.bounds }, ..self }
    }

    /// Builds the simulator.
    ///
    /// # Errors
    /// [`Error::Outline`], [`Error::Fixture`], [`Error::Option`], [`Error::Pace`], [`Error::NoOwner`],
    /// [`Error::DriveWireId`].
    pub fn build(self) -> Result<Sim, Error> {
        self.pace.check()?;
        let (clock, starts_at) = match self.clock {
            ClockKind::Manual => (Clock::manual(), NEW_YEAR_2024),
            ClockKind::System => (Clock::system(), Timestamp::now()),
        };
        let starts_at = self.starts_at.unwrap_or(starts_at);
        let outline = match self.outline {
            Source::Text(text) => parse_within(&text, self.bounds)?,
            Source::Parsed(outline) => {
                outline.check_within(self.bounds)?;
                outline
            }
        };
        let mut owner = owner_to_give(self.owner.as_ref(), &outline)?;
        let drives = Drives::new(self.bounds);
        for drive in &outline.drives {
            let mut header = header_of(drive);
            header.owner = header.owner.or_else(|| owner.take());
            add_drive(&drives, self.seed, drive, header, &self.profile, starts_at)?;
        }
        let shared = Shared {
            drives,
            jobs: Jobs::new(self.keep_ended, self.most_ended),
            clock,
            starts_at,
            seed: self.seed,
            pace: self.pace,
            visibility: self.visibility,
            on_failure: self.on_failure,
            staging: Arc::new(CopyPool::new(self.parallel_from, self.n_threads)),
            event_sink: Default::default(),
            is_time_kept: Default::default(),
            wait_timeout: self.wait_timeout,
            moves: Arc::default(),
            epoch: 0,
            lineage: new_lineage(),
            created_at_fork: Default::default(),
        };
        Ok(Sim::with_state(shared))
    }
}

const NEW_YEAR_2024: Timestamp = Timestamp::constant(1_704_067_200, 0);

/// Returns the `drive` line of a drive, or a default one if it has none.
fn header_of(outline: &DriveOutline) -> DriveHeader {
    let only = || DriveHeader { name: ONLY_DRIVE.to_owned(), ..DriveHeader::default() };
    outline.header.clone().unwrap_or_else(only)
}

/// Returns the owner for the first drive that has none, unless another drive already has this owner.
fn owner_to_give(owner: Option<&Owner>, outline: &Outline) -> Result<Option<String>, Error> {
    let Some(owner) = owner.map(Owner::to_string) else { return Ok(None) };
    // An id may be empty.
    owner.parse::<Owner>()?;
    let mut headers = outline.drives.iter().filter_map(|drive| drive.header.as_ref());
    let is_given = headers.any(|header| header.owner.as_deref() == Some(&owner));
    Ok(Some(owner).filter(|_| !is_given))
}

fn add_drive(
    drives: &Drives,
    seed: u64,
    outline: &DriveOutline,
    mut header: DriveHeader,
    default_profile: &Profile,
    at: Timestamp,
) -> Result<(), Error> {
    let named = header.profile.as_deref().and_then(Profile::named);
    let mut profile = named.unwrap_or_else(|| default_profile.clone());
    set_options(&mut profile, &mut header)?;
    print_profile(&mut header, &profile);
    drives.add(seed, header, outline.header.is_some(), |new| {
        Ok(new.drive(profile, at)?.with_lines(&outline.lines, at)?)
    })?;
    Ok(())
}
