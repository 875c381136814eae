//! Implements the verbs on quotas of drives.

use drivesim_core::Quota;

use crate::address::DriveRef;
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Returns the quota of a drive.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a = 1 KiB\n").build()?;
    /// let quota = sim.quota(sim.first_drive()?)?;
    /// assert_eq!((quota.used, quota.total), (1024, None));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn quota(&self, drive: impl Into<DriveRef>) -> Result<Quota, Error> {
        let sim = self.state();
        let at = sim.timestamp(sim.run_due());
        let cell = sim.drives.by_ref(&drive.into())?;
        // Expired items of the bin are left out one by one.
        Ok(cell.read_items(1, |drive| !drive.has_due_purges(at), |drive| drive.quota(at)))
    }

    /// Sets how many bytes a drive may hold; `None` for as many as fit 64 bits.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a = 1 KiB\n").build()?;
    /// let drive = sim.first_drive()?;
    /// sim.set_quota(&drive, Some(1500))?;
    /// assert_eq!(sim.quota(&drive)?.remaining, 476);
    /// assert_eq!(sim.create_sized("/", "b", 477).unwrap_err().code(), "quotaLimitReached");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn set_quota(&self, drive: impl Into<DriveRef>, total: Option<u64>) -> Result<(), Error> {
        let sim = self.state();
        sim.run_due();
        sim.drives.by_ref(&drive.into())?.write().set_quota(total);
        Ok(())
    }
}
