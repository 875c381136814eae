//! Implements the verbs on the bins of drives: delete, restore, purge.

use drivesim_core::{BinItem, Content};

use crate::address::{Address, DriveRef};
use crate::error::Error;
use crate::options::RestoreOptions;
use crate::sim::Sim;
use crate::sim::resolve::{binned_id, resolve, resolve_binned};

impl Sim {
    /// Deletes an item and all items below it: it goes to the bin of its drive. Jobs that copy to a folder in it fail.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// sim.delete("/Docs")?;
    /// sim.assert_outline("");
    /// assert_eq!(sim.bin(sim.first_drive()?)?[0].item.name, "Docs");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::delete`](drivesim_core::Drive::delete).
    pub fn delete(&self, item: impl Into<Address>) -> Result<(), Error> {
        self.remove(item.into(), |drive, item, act| drive.delete(item, act))
    }

    /// Deletes an item. Fails for a folder that is not empty.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// assert!(sim.delete_if_empty("/Docs").is_err());
    /// sim.delete("/Docs/a.txt")?;
    /// sim.delete_if_empty("/Docs")?;
    /// sim.assert_outline("");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::delete_if_empty`](drivesim_core::Drive::delete_if_empty).
    pub fn delete_if_empty(&self, item: impl Into<Address>) -> Result<(), Error> {
        self.remove(item.into(), |drive, item, act| drive.delete_if_empty(item, act))
    }

    /// Deletes an item and all items below it permanently.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// sim.delete_permanently("/Docs")?;
    /// assert!(sim.bin(sim.first_drive()?)?.is_empty());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::delete_permanently`](drivesim_core::Drive::delete_permanently).
    pub fn delete_permanently(&self, item: impl Into<Address>) -> Result<(), Error> {
        self.remove(item.into(), |drive, item, _| drive.delete_permanently(item))
    }

    /// Deletes an item permanently. Fails for a folder that is not empty.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  in/\n").build()?;
    /// assert!(sim.delete_permanently_if_empty("/Docs").is_err());
    /// sim.delete_permanently_if_empty("/Docs/in")?;
    /// sim.delete_permanently_if_empty("/Docs")?;
    /// assert!(sim.bin(sim.first_drive()?)?.is_empty());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::delete_permanently_if_empty`](drivesim_core::Drive::delete_permanently_if_empty).
    pub fn delete_permanently_if_empty(&self, item: impl Into<Address>) -> Result<(), Error> {
        self.remove(item.into(), |drive, item, _| drive.delete_permanently_if_empty(item))
    }

    /// Lists the bin of a drive, in the order of deletion: only the deleted items themselves, not the items below them.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\nb.txt\n").build()?;
    /// sim.delete("/b.txt")?;
    /// sim.delete("/Docs")?;
    /// let bin = sim.bin(sim.first_drive()?)?;
    /// let names: Vec<&str> = bin.iter().map(|deleted| &*deleted.item.name).collect();
    /// assert_eq!(names, ["b.txt", "Docs"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn bin(&self, drive: impl Into<DriveRef>) -> Result<Vec<BinItem>, Error> {
        let sim = self.state();
        let at = sim.timestamp(sim.run_due());
        Ok(sim.drives.by_ref(&drive.into())?.fork().bin(at))
    }

    /// Returns an item in the bin, named by its id.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let file = sim.item("/a.txt")?.id;
    /// sim.delete(file)?;
    /// assert_eq!(sim.bin_item(file)?.item.name, "a.txt");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::bin_item`](drivesim_core::Drive::bin_item).
    pub fn bin_item(&self, item: impl Into<Address>) -> Result<BinItem, Error> {
        let (sim, address) = (self.state(), item.into());
        let at = sim.timestamp(sim.run_due());
        let cell = sim.cell(&address)?;
        let drive = cell.read();
        Ok(drive.bin_item(resolve_binned(&drive, &address)?, at)?)
    }

    /// Returns the content of a file in the bin, named by its id.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"hi\"\n").build()?;
    /// let file = sim.item("/a.txt")?.id;
    /// sim.delete(file)?;
    /// assert_eq!(sim.bin_content(file)?.size(), 2);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::bin_content`](drivesim_core::Drive::bin_content).
    pub fn bin_content(&self, file: impl Into<Address>) -> Result<Content, Error> {
        let (sim, address) = (self.state(), file.into());
        let at = sim.timestamp(sim.run_due());
        let cell = sim.cell(&address)?;
        let drive = cell.read();
        Ok(drive.bin_content(resolve_binned(&drive, &address)?, at)?)
    }

    /// Restores an item of the bin, named by its id, to its previous folder. Fails if its name is taken.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// let docs = sim.item("/Docs")?.id;
    /// sim.delete(docs)?;
    /// sim.restore_item(docs)?;
    /// sim.assert_outline("Docs/\n  a.txt\n");
    /// assert_eq!(sim.item("/Docs")?.id, docs);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::restore`](drivesim_core::Drive::restore).
    pub fn restore_item(&self, item: impl Into<Address>) -> Result<(), Error> {
        self.restore_item_with(item, RestoreOptions::default())
    }

    /// Restores an item of the bin, named by its id, to another folder of its drive, under another name, or with another
    /// conflict behavior.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::options::RestoreOptions;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\nOld/\n").build()?;
    /// let file = sim.item("/Docs/a.txt")?.id;
    /// sim.delete(file)?;
    /// sim.restore_item_with(file, RestoreOptions::to("/Old").name("b.txt"))?;
    /// sim.assert_outline("Docs/\nOld/\n  b.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::restore`](drivesim_core::Drive::restore); [`Error::AcrossDrives`] for a folder of another drive.
    pub fn restore_item_with(
        &self,
        item: impl Into<Address>,
        options: impl Into<RestoreOptions>,
    ) -> Result<(), Error> {
        let (sim, address) = (self.state(), item.into());
        let RestoreOptions { folder, name, conflict } = options.into();
        let now = sim.run_due();
        let cell = sim.cell(&address)?;
        let item = binned_id(&address)?;
        if let Some(folder) = &folder {
            sim.check_same_drive(&cell, folder)?;
        }
        {
            let mut drive = sim.lock_after_removals(&cell, now);
            let act = self.actor(&sim, now);
            drive.purge_due(act.at);
            // Checked first, whatever is wrong with the folder.
            drive.require_in_bin(item, act.at)?;
            resolve_binned(&drive, &address)?;
            let folder = folder.map(|folder| resolve(&drive, &folder)).transpose()?;
            drive.restore(item, folder, name.as_deref(), conflict, act)?;
        }
        sim.after_removal(&cell, now);
        Ok(())
    }

    /// Purges an item of the bin, named by its id.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let file = sim.item("/a.txt")?.id;
    /// sim.delete(file)?;
    /// sim.purge(file)?;
    /// assert!(sim.restore_item(file).is_err());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::purge`](drivesim_core::Drive::purge).
    pub fn purge(&self, item: impl Into<Address>) -> Result<(), Error> {
        let (sim, address) = (self.state(), item.into());
        let at = sim.timestamp(sim.run_due());
        let cell = sim.cell(&address)?;
        cell.purge_due(at);
        {
            let mut drive = cell.write();
            let item = resolve_binned(&drive, &address)?;
            drive.purge(item)?;
        }
        Ok(())
    }

    /// Purges all items in the bin of a drive.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a\nb\n").build()?;
    /// sim.delete("/a")?;
    /// sim.delete("/b")?;
    /// let drive = sim.first_drive()?;
    /// sim.purge_all(&drive)?;
    /// assert!(sim.bin(&drive)?.is_empty());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`]; see [`Drive::purge_all`](drivesim_core::Drive::purge_all).
    pub fn purge_all(&self, drive: impl Into<DriveRef>) -> Result<(), Error> {
        let sim = self.state();
        sim.run_due();
        sim.drives.by_ref(&drive.into())?.write().purge_all()?;
        Ok(())
    }
}
