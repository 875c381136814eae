//! Implements the verbs on locks.

use drivesim_core::{LockId, LockScope};

use crate::address::{Address, DriveRef};
use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Locks an item, alone or with all items below it, until the lock is released. What a lock forbids is
    /// [`Profile::lock_refuses`](drivesim_core::Profile::lock_refuses).
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::access::LockScope;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// let lock = sim.lock("/Docs", LockScope::Tree)?;
    /// assert_eq!(sim.rename("/Docs/a.txt", "b.txt").unwrap_err().code(), "resourceLocked");
    /// sim.unlock(sim.first_drive()?, lock)?;
    /// sim.rename("/Docs/a.txt", "b.txt")?;
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::lock`](drivesim_core::Drive::lock).
    pub fn lock(&self, item: impl Into<Address>, scope: LockScope) -> Result<LockId, Error> {
        self.change(item.into(), |drive, item, _| drive.lock(item, scope))
    }

    /// Releases a lock of a drive.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::access::LockScope;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let lock = sim.lock("/a.txt", LockScope::Item)?;
    /// sim.unlock(sim.first_drive()?, lock)?;
    /// assert!(sim.unlock(sim.first_drive()?, lock).is_err(), "it was released");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`]; see [`Drive::unlock`](drivesim_core::Drive::unlock).
    pub fn unlock(&self, drive: impl Into<DriveRef>, lock: LockId) -> Result<(), Error> {
        let sim = self.state();
        sim.run_due();
        Ok(sim.drives.by_ref(&drive.into())?.write().unlock(lock)?)
    }
}
