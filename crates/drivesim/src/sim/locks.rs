//! Implements the verbs on locks.

use drivesim_core::{LockId, LockScope};

use crate::address::Address;
use crate::error::Error;
use crate::sim::Sim;
use crate::sim::resolve::check_precondition;

impl Sim {
    /// Locks an item, alone or with all items below it, until the lock is released. What a lock forbids is
    /// [`Profile::lock_refuses`](drivesim_core::Profile::lock_refuses).
    ///
    /// ```
    /// # use drivesim::{LockScope, Sim};
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// let lock = sim.lock("/Docs", LockScope::Tree)?;
    /// assert_eq!(sim.rename("/Docs/a.txt", "b.txt").unwrap_err().code(), "resourceLocked");
    /// sim.unlock("/", lock)?;
    /// sim.rename("/Docs/a.txt", "b.txt")?;
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::lock`](drivesim_core::Drive::lock).
    pub fn lock(&self, item: impl Into<Address>, scope: LockScope) -> Result<LockId, Error> {
        self.change(item.into(), |drive, item, _| drive.lock(item, scope))
    }

    /// Releases a lock in the drive of an address.
    ///
    /// # Errors
    /// See [`Drive::unlock`](drivesim_core::Drive::unlock).
    pub fn unlock(&self, drive: impl Into<Address>, lock: LockId) -> Result<(), Error> {
        let (sim, address) = (self.state(), drive.into());
        sim.run_due();
        let cell = sim.cell(&address)?;
        let mut drive = cell.write();
        check_precondition(&drive, &address)?;
        Ok(drive.unlock(lock)?)
    }
}
