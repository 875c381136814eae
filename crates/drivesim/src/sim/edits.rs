//! Implements the verbs that change the items of one drive: create, write, rename, move, update.

use drivesim_core::{Conflict, Content, Error as DriveError, ItemId};

use crate::address::{Address, ItemRef};
use crate::error::Error;
use crate::options::{CreateOptions, MoveOptions, Update};
use crate::sim::Sim;
use crate::sim::resolve::resolve;

impl Sim {
    /// Creates a folder. Fails if the name is taken.
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
    /// See [`Drive::create_folder`](drivesim_core::Drive::create_folder).
    pub fn create_folder(&self, parent: impl Into<Address>, name: &str) -> Result<ItemId, Error> {
        self.create_folder_with(parent, name, CreateOptions::default())
    }

    /// Creates a folder. The options decide what happens if the name is taken; see
    /// [`Drive::create_folder`](drivesim_core::Drive::create_folder).
    ///
    /// ```
    /// # use drivesim::{Conflict, Sim};
    /// let sim = Sim::builder().outline("Docs/\n").build()?;
    /// let second = sim.create_folder_with("/", "Docs", Conflict::Rename)?;
    /// assert_eq!(sim.path(second)?, "/Docs 1");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_folder`](drivesim_core::Drive::create_folder).
    pub fn create_folder_with(
        &self,
        parent: impl Into<Address>,
        name: &str,
        options: impl Into<CreateOptions>,
    ) -> Result<ItemId, Error> {
        let CreateOptions { conflict } = options.into();
        self.change(parent.into(), |drive, parent, act| drive.create_folder(parent, name, conflict, act))
    }

    /// Creates a file. Fails if the name is taken.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let file = sim.create_file("/", "a.txt", "hi")?;
    /// assert_eq!(sim.read(file)?, b"hi");
    /// assert!(sim.create_file("/", "a.txt", "again").is_err());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_file`](drivesim_core::Drive::create_file).
    pub fn create_file(
        &self,
        parent: impl Into<Address>,
        name: &str,
        content: impl Into<Content>,
    ) -> Result<ItemId, Error> {
        self.create_file_with(parent, name, content, CreateOptions::default())
    }

    /// Creates a file. The options decide what happens if the name is taken; see
    /// [`Drive::create_file`](drivesim_core::Drive::create_file).
    ///
    /// ```
    /// # use drivesim::{Conflict, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let second = sim.create_file_with("/", "a.txt", "hi", Conflict::Rename)?;
    /// assert_eq!(sim.path(second)?, "/a 1.txt");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::create_file`](drivesim_core::Drive::create_file).
    pub fn create_file_with(
        &self,
        parent: impl Into<Address>,
        name: &str,
        content: impl Into<Content>,
        options: impl Into<CreateOptions>,
    ) -> Result<ItemId, Error> {
        let (content, CreateOptions { conflict }) = (content.into(), options.into());
        self.change(parent.into(), |drive, parent, act| {
            drive.create_file(parent, name, content, conflict, act)
        })
    }

    /// Creates a file of `size` bytes that are generated when they are read. Fails if the name is taken.
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
    /// See [`Drive::create_file`](drivesim_core::Drive::create_file).
    pub fn create_sized(&self, parent: impl Into<Address>, name: &str, size: u64) -> Result<ItemId, Error> {
        self.change(parent.into(), |drive, parent, act| {
            let content = drive.generated(size);
            drive.create_file(parent, name, content, Conflict::Fail, act)
        })
    }

    /// Writes a file: replaces the content of an existing file, or creates one in an existing folder.
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
    /// See [`Drive::create_file`](drivesim_core::Drive::create_file) and [`Drive::write`](drivesim_core::Drive::write).
    pub fn write(&self, file: impl Into<Address>, content: impl Into<Content>) -> Result<ItemId, Error> {
        let (address, content) = (file.into(), content.into());
        let sim = self.state();
        let now = sim.run_due();
        let cell = sim.cell(&address)?;
        let act = self.actor(&sim, now);
        let mut drive = cell.write();
        drive.purge_due(act.at);
        let id = match (resolve(&drive, &address), &address.item) {
            (Ok(id), _) => id,
            (Err(missing @ DriveError::NotFound { .. }), ItemRef::Path(path)) => {
                if address.precondition.is_some() {
                    return Err(DriveError::NothingToMatch { item: path.clone() }.into());
                }
                // Nothing can be created in a root that may not be read.
                let (folder, name) = drivesim_core::split_last(path).map_err(|_| missing)?;
                let folder = drive.find(folder)?;
                return Ok(drive.create_file(folder, name, content, Conflict::Fail, act)?);
            }
            (Err(error), _) => return Err(error.into()),
        };
        drive.write(id, content, act)?;
        Ok(id)
    }

    /// Renames an item in its folder.
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
    /// See [`Drive::rename`](drivesim_core::Drive::rename).
    pub fn rename(&self, item: impl Into<Address>, name: &str) -> Result<(), Error> {
        self.change(item.into(), |drive, item, act| drive.rename(item, name, act))
    }

    /// Moves an item into a folder of the same drive. Fails if the name is taken.
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
    /// See [`Drive::move_to`](drivesim_core::Drive::move_to).
    pub fn move_to(&self, item: impl Into<Address>, target: impl Into<Address>) -> Result<(), Error> {
        self.move_to_with(item, target, MoveOptions::default())
    }

    /// Moves an item into a folder of the same drive, with another name or another conflict behavior.
    ///
    /// ```
    /// # use drivesim::{Conflict, Sim};
    /// # use drivesim::options::MoveOptions;
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n  b.txt = \"old\"\n").build()?;
    /// sim.move_to_with("/a.txt", "/Docs", MoveOptions::named("b.txt").on_conflict(Conflict::Replace))?;
    /// sim.assert_outline("Docs/\n  b.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::move_to`](drivesim_core::Drive::move_to); [`Error::AcrossDrives`]: only copies cross drives.
    pub fn move_to_with(
        &self,
        item: impl Into<Address>,
        target: impl Into<Address>,
        options: impl Into<MoveOptions>,
    ) -> Result<(), Error> {
        let MoveOptions { name, conflict } = options.into();
        let update = Update { name, ..Update::default() };
        self.update(item, update.parent(target).on_conflict(conflict))
    }

    /// Changes several properties of an item in one step, or none if one of them fails: its name, folder, description,
    /// times, and members of its service.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::options::Update;
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n").build()?;
    /// sim.update("/a.txt", Update::default().name("b.txt").parent("/Docs").description("the second letter"))?;
    /// let item = sim.item("/Docs/b.txt")?;
    /// assert_eq!((item.description.as_deref(), item.etag), (Some("the second letter"), 1));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Drive::update`](drivesim_core::Drive::update); [`Error::AcrossDrives`]: only copies cross drives.
    pub fn update(&self, item: impl Into<Address>, update: Update) -> Result<(), Error> {
        let address = item.into();
        let Update { name, parent, conflict, description, times, times_of_upload, members } = update;
        if let Some(parent) = &parent {
            let sim = self.state();
            sim.check_same_drive(&*sim.cell(&address)?, parent)?;
        }
        self.remove(address, |drive, item, act| {
            let parent = parent.map(|parent| resolve(drive, &parent)).transpose()?;
            let (name, description) = (name.as_deref(), description.as_deref());
            let update = drivesim_core::Update {
                name,
                parent,
                conflict,
                description,
                members: &members,
                times,
                times_of_upload,
            };
            drive.update(item, update, act)
        })
    }
}
