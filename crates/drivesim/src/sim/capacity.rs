//! Bounds the total content of all drives of a simulator.

use drivesim_core::outline::Bounds;

use crate::sim::Sim;

impl Sim {
    /// Returns how much all drives may hold together. The default is [`Bounds::NONE`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::Bounds;
    /// let sim = Sim::builder().max_items(10).build()?;
    /// assert_eq!(sim.bounds(), Bounds { max_items: 10, ..Bounds::NONE });
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn bounds(&self) -> Bounds {
        self.state().drives.capacity.bounds()
    }

    /// Sets how much all drives may hold together from now on. Existing items stay, and the bounds stay when a snapshot
    /// is restored. Forks start with the bounds of the original and count separately.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::Bounds;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.set_bounds(Bounds { max_items: 1, ..Bounds::NONE });
    /// let refused = sim.create_folder("/", "Docs").unwrap_err();
    /// assert_eq!(refused.code(), "quotaLimitReached");
    /// sim.delete("/a.txt")?;
    /// assert!(sim.create_folder("/", "Docs").is_err(), "the bin counts too");
    /// sim.purge_all(sim.first_drive()?)?;
    /// sim.create_folder("/", "Docs")?;
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn set_bounds(&self, bounds: Bounds) {
        self.state().drives.capacity.set_bounds(bounds);
    }

    /// Returns how many items and past versions all drives hold together, including those in the bins and those of
    /// copies that are being built, and how many bytes of contents and texts. The cost is constant.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"hi\"\nb.txt # versions=3\n").build()?;
    /// assert_eq!(sim.held(), (4, 2));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn held(&self) -> (u64, u64) {
        self.state().drives.capacity.held()
    }

    /// Returns about how many bytes the change logs of all drives take together, which [`Bounds::max_change_log`] bounds.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let before = sim.change_log_bytes();
    /// sim.delete_permanently("/a.txt")?;
    /// assert!(sim.change_log_bytes() > before, "its name is remembered for those who ask what has changed");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn change_log_bytes(&self) -> u64 {
        self.state().drives.capacity.change_log_bytes()
    }
}
