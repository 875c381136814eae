//! Implements the verbs that find jobs, and those that bound what jobs keep.

use crate::ids::JobId;
use crate::job::{Job, JobPage};
use crate::jobs::EndedJobs;
use crate::sim::Sim;

impl Sim {
    /// Returns the known jobs, oldest first: all that have not ended, and the last of those that ended recently; see
    /// [`SimBuilder::keep_ended_jobs`](crate::builder::SimBuilder::keep_ended_jobs).
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// assert_eq!(sim.jobs()[0].id(), job.id());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn jobs(&self) -> Vec<Job> {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        sim.jobs.all().into_iter().map(|cell| Job { sim: self.clone(), cell }).collect()
    }

    /// Returns at most `limit` of the known jobs with numbers above `number`, oldest first. The cost depends only on
    /// the size of the page.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// for name in ["b.txt", "c.txt", "d.txt"] {
    ///     sim.copy("/a.txt", "/", CopyOptions::named(name))?;
    /// }
    /// let page = sim.jobs_after(1, 1);
    /// assert_eq!((page.jobs[0].number(), page.jobs.len(), page.more, page.last_number), (2, 1, true, 3));
    /// assert!(!sim.jobs_after(2, 1).more);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn jobs_after(&self, number: u64, limit: usize) -> JobPage {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        // Before `last_number`, so that no job of the page has a higher number.
        let (cells, more) = sim.jobs.after(number, limit);
        let jobs = cells.into_iter().map(|cell| Job { sim: self.clone(), cell }).collect();
        JobPage { jobs, more, last_number: sim.jobs.last_number() }
    }

    /// Returns a job by its id; `None` if it never existed or is forgotten.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let job = sim.copy("/a.txt", "/", CopyOptions::named("b.txt"))?;
    /// assert_eq!(sim.job(job.id()).map(|job| job.number()), Some(1));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn job(&self, id: JobId) -> Option<Job> {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        sim.jobs.get(id).map(|cell| Job { sim: self.clone(), cell })
    }

    /// Returns a job by its number; `None` if it never existed or is forgotten.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let job = sim.copy("/a.txt", "/", CopyOptions::named("b.txt"))?;
    /// assert_eq!(sim.job_numbered(1).map(|job| job.id()), Some(job.id()));
    /// assert!(sim.job_numbered(2).is_none());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn job_numbered(&self, number: u64) -> Option<Job> {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        sim.jobs.numbered(number).map(|cell| Job { sim: self.clone(), cell })
    }

    /// Returns how many jobs have not ended, waiting or running. The cost is constant.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// assert_eq!(sim.n_unfinished_jobs(), 1);
    /// job.step(1)?;
    /// assert_eq!(sim.n_unfinished_jobs(), 0);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn n_unfinished_jobs(&self) -> usize {
        let sim = self.state();
        sim.run_due();
        sim.jobs.n_active()
    }

    /// Returns how many ended jobs are known, and about how many bytes they take. The cost is constant.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.copy("/a.txt", "/", CopyOptions::named("b.txt"))?;
    /// assert_eq!(sim.ended_jobs().number, 1);
    /// sim.keep_ended_jobs(0, 0);
    /// assert_eq!((sim.ended_jobs().number, sim.ended_jobs().bytes), (0, 0));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn ended_jobs(&self) -> EndedJobs {
        self.state().jobs.ended_jobs().0
    }

    /// Sets how many ended jobs are kept, and how many bytes they may take, like
    /// [`SimBuilder::keep_ended_jobs`](crate::builder::SimBuilder::keep_ended_jobs). The setting stays when another state is
    /// restored.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// for name in ["b.txt", "c.txt", "d.txt"] {
    ///     sim.copy("/a.txt", "/", CopyOptions::named(name))?;
    /// }
    /// sim.keep_ended_jobs(1, usize::MAX);
    /// assert_eq!(sim.jobs()[0].number(), 3);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn keep_ended_jobs(&self, number: usize, bytes: usize) {
        let sim = self.state();
        sim.jobs.keep_ended(EndedJobs::new(number, bytes), sim.clock.now());
    }

    /// Returns how many bytes running jobs keep in addition to the items of their copies, and the limit: reasons why
    /// items failed, due times at a pace in bytes. Jobs that keep up to 1 KiB and waiting jobs are not counted. The
    /// cost is constant.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let files: String = (0..99).map(|n| format!("  {n}.txt\n")).collect();
    /// let outline = format!("drive main profile=business\na/\n  new.txt\n{files}b/\n{files}");
    /// let sim = Sim::builder().pace(Pace::Held).outline(outline).build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::children_only())?;
    /// job.step(0)?;
    /// assert!(sim.running_job_bytes().0 > 99 * 16, "99 names are taken");
    /// job.step(1)?;
    /// assert_eq!(sim.running_job_bytes().0, 0);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn running_job_bytes(&self) -> (u64, u64) {
        self.state().jobs.running.used_and_limit()
    }

    /// Sets how many bytes running jobs may keep in addition to the items of their copies. A job that would exceed it
    /// fails when it starts, with [`drivesim_core::Error::OverCapacity`]. The limit stays when another state is
    /// restored, and forks start with it. By default there is none.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// assert_eq!(sim.running_job_bytes(), (0, u64::MAX));
    /// sim.limit_running_jobs(1 << 20);
    /// assert_eq!(sim.running_job_bytes(), (0, 1 << 20));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn limit_running_jobs(&self, n_bytes: u64) {
        self.state().jobs.running.set_limit(n_bytes);
    }
}
