//! Implements the verbs that read items, listings and contents.

use drivesim_core::{Content, Drive, Item, ItemId, ItemKind, Page, Totals};

use crate::address::{Address, DriveRef};
use crate::error::Error;
use crate::sim::Sim;

/// How many bytes are read at once: a declared size must not fill the memory.
const READ_LIMIT: u64 = 1 << 30;

impl Sim {
    /// Returns the contents of several files of a drive, like [`Sim::content`]; `None` for items that are no files or
    /// do not exist.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = 3 B\nDocs/\n").build()?;
    /// let ids = [sim.item("/a.txt")?.id, sim.item("/Docs")?.id];
    /// let sizes = sim.contents(sim.first_drive()?, ids)?.into_iter().map(|content| content.map(|it| it.size()));
    /// assert!(sizes.eq([Some(3), None]));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    pub fn contents(
        &self,
        drive: impl Into<DriveRef>,
        files: impl IntoIterator<Item = ItemId>,
    ) -> Result<Vec<Option<Content>>, Error> {
        let sim = self.state();
        sim.run_due();
        let cell = sim.drives.by_ref(&drive.into())?;
        // The iterator is the caller's, so it runs before the lock is taken.
        let files: Vec<ItemId> = files.into_iter().collect();
        let look = |drive: &Drive| files.iter().map(|file| drive.content(*file).ok()).collect();
        Ok(cell.read_items(files.len(), |_| true, look))
    }

    /// Returns an item.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt = 3 B\n").build()?;
    /// let docs = sim.item("/Docs")?;
    /// assert_eq!((docs.size, docs.child_count), (3, 1));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`]; see [`Drive::item`].
    pub fn item(&self, item: impl Into<Address>) -> Result<Item, Error> {
        self.read_item(item.into(), Drive::item)
    }

    /// Returns whether an item exists and may be read.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// assert!(sim.exists("/a.txt") && !sim.exists("/b.txt"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn exists(&self, item: impl Into<Address>) -> bool {
        self.item(item).is_ok()
    }

    /// Returns the path of an item.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt\n").build()?;
    /// let file = sim.item("/Docs/a.txt")?.id;
    /// sim.rename("/Docs", "Old")?;
    /// assert_eq!(sim.path(file)?, "/Old/a.txt");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::path`].
    pub fn path(&self, item: impl Into<Address>) -> Result<String, Error> {
        self.read_item(item.into(), Drive::path)
    }

    /// Lists a folder in canonical order.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("b\nA\n").build()?;
    /// let names: Vec<String> = sim.children("/")?.into_iter().map(|item| item.name).collect();
    /// assert_eq!(names, ["A", "b"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::children`].
    pub fn children(&self, folder: impl Into<Address>) -> Result<Vec<Item>, Error> {
        let folder = folder.into();
        // A small folder is read like a page.
        let n_children = self.read_item(folder.clone(), Drive::item)?.child_count as usize;
        self.read_items(folder, n_children, Drive::shows_all, Drive::children)
    }

    /// Returns a page of a folder; see [`Drive::children_after`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a\nb\nc\n").build()?;
    /// let page = sim.children_after("/", None, 2)?;
    /// assert_eq!((page.items.len(), page.next_after.as_deref()), (2, Some("b")));
    /// assert_eq!(sim.children_after("/", Some("b"), 2)?.next_after, None);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::children_after`].
    pub fn children_after(
        &self,
        folder: impl Into<Address>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page, Error> {
        self.read_items(folder.into(), limit, Drive::shows_all, |drive, folder| {
            drive.children_after(folder, after, limit)
        })
    }

    /// Lists a folder from index `offset` on; see [`Drive::children_at`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a\nb\nc\n").build()?;
    /// assert_eq!(sim.children_at("/", 1, 1)?[0].name, "b");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::children_at`].
    pub fn children_at(
        &self,
        folder: impl Into<Address>,
        offset: u32,
        limit: usize,
    ) -> Result<Vec<Item>, Error> {
        self.read_items(folder.into(), limit, Drive::shows_all, |drive, folder| {
            drive.children_at(folder, offset, limit)
        })
    }

    /// Returns at most `limit` children of a folder in the order in which the service of the drive lists them, from
    /// index `from` on, counted from 0; see [`Drive::listing_at`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let seed = "drive work profile=business\na10\na2\nz/\ndrive home profile=personal\na10\na2\nz/\n";
    /// let sim = Sim::builder().outline(seed).build()?;
    /// let names = |drive: &str| -> Result<Vec<String>, drivesim::Error> {
    ///     let page = sim.listing_at(sim.drive(drive)?.at("/"), 0, 100)?;
    ///     Ok(page.into_iter().map(|item| item.name).collect())
    /// };
    /// assert_eq!(names("work")?, ["z", "a10", "a2"]);
    /// assert_eq!(names("home")?, ["a2", "a10", "z"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::listing_at`].
    pub fn listing_at(
        &self,
        folder: impl Into<Address>,
        from: u32,
        limit: usize,
    ) -> Result<Vec<Item>, Error> {
        self.read_items(folder.into(), limit, Drive::withholds_nothing, |drive, folder| {
            drive.listing_at(folder, from, limit)
        })
    }

    /// Returns at most `limit` children of a folder in the order in which the service of the drive lists them, starting
    /// after an item of this kind and name; see [`Drive::listing_after`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::item::ItemKind;
    /// let sim = Sim::builder().outline("drive files profile=box\na\nb/\nc/\nd\n").build()?;
    /// let page = sim.listing_after("/", ItemKind::Folder, "b", 2)?;
    /// let names: Vec<&str> = page.iter().map(|item| item.name.as_str()).collect();
    /// assert_eq!(names, ["c", "a"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::listing_after`].
    pub fn listing_after(
        &self,
        folder: impl Into<Address>,
        kind: ItemKind,
        name: &str,
        limit: usize,
    ) -> Result<Vec<Item>, Error> {
        self.read_items(folder.into(), limit, Drive::withholds_nothing, |drive, folder| {
            drive.listing_after(folder, kind, name, limit)
        })
    }

    /// Returns the totals of an item and all items below it.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a.txt = 3 B\n  b.txt = 4 B\n").build()?;
    /// let totals = sim.totals("/Docs")?;
    /// assert_eq!((totals.folders, totals.files, totals.bytes), (1, 2, 7));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::totals`].
    pub fn totals(&self, item: impl Into<Address>) -> Result<Totals, Error> {
        self.read_fork(item.into(), Drive::totals)
    }

    /// Returns the content of a file, without generating the bytes of declared content.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("disk.img = 1 TiB\n").build()?;
    /// let (content, mut end) = (sim.content("/disk.img")?, [0; 4]);
    /// content.read_at(content.size() - 4, &mut end);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::content`].
    pub fn content(&self, file: impl Into<Address>) -> Result<Content, Error> {
        self.read_item(file.into(), Drive::content)
    }

    /// Reads a whole file of at most 1 GiB; use [`Sim::content`] for ranges of larger ones.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("a.txt = \"hi\"\n").build()?;
    /// assert_eq!(sim.read("/a.txt")?, b"hi");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::content`]; [`Error::TooLargeToRead`] for more than 1 GiB.
    pub fn read(&self, file: impl Into<Address>) -> Result<Vec<u8>, Error> {
        let content = self.content(file)?;
        let size = content.size();
        if size > READ_LIMIT {
            return Err(Error::TooLargeToRead { size });
        }
        let mut bytes = vec![0; size as usize];
        content.read_at(0, &mut bytes);
        Ok(bytes)
    }

    /// Checks every link, order and sum of every drive. For tests and debugging.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().outline("Docs/\n  a\n").build()?;
    /// sim.move_to("/Docs/a", "/")?;
    /// sim.check_invariants();
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Panics
    /// When an invariant is broken, which only a bug in this crate can cause.
    ///
    /// Threads that change a drive wait meanwhile.
    pub fn check_invariants(&self) {
        for cell in self.state().drives.all().iter() {
            cell.read().check_invariants();
        }
    }

    /// Calls `meanwhile` while a drive is locked, as if a change of it took so long: for tests of threads that wait for
    /// it.
    ///
    /// # Errors
    /// [`Error::NoDrive`].
    #[doc(hidden)]
    pub fn while_locked<R>(
        &self,
        drive: impl Into<DriveRef>,
        meanwhile: impl FnOnce() -> R,
    ) -> Result<R, Error> {
        let cell = self.state().drives.by_ref(&drive.into())?;
        let _locked = cell.write();
        Ok(meanwhile())
    }
}
