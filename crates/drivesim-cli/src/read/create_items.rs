//! Creates items in a drive one by one, depth first, so that each error is known.

use drivesim::drive::DriveRef;
use drivesim::item::{Content, Times, Timestamp};
use drivesim::{Error, ItemId, Sim};

/// An item to be created.
#[derive(Debug)]
pub(crate) enum NewItem {
    Folder,
    Sized(u64),
    Bytes(Content),
}

/// Creates items in a drive in the order of a walk.
#[derive(Debug)]
pub(crate) struct ItemCreator<'a> {
    sim: &'a Sim,
    drive: DriveRef,
    /// The folder at each depth, down to the possible parent of the next item.
    folders: Vec<ItemId>,
    /// Whether clients of the service can set the modification time of an item, and not only that of its content.
    sets_item_times: bool,
}

impl<'a> ItemCreator<'a> {
    pub(crate) fn new(sim: &'a Sim, drive: DriveRef) -> Result<ItemCreator<'a>, Error> {
        let sets_item_times = sim.profile_of(&drive)?.item_times_settable;
        let folders = vec![sim.item(drive.at("/"))?.id];
        Ok(ItemCreator { sim, drive, folders, sets_item_times })
    }

    /// Creates an item at this depth.
    ///
    /// The caller skips the items below a folder that failed: they would be created in another one.
    pub(crate) fn create(
        &mut self,
        depth: usize,
        name: &str,
        seed: NewItem,
        modified_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        self.folders.truncate(depth.saturating_add(1));
        let Some(&folder) = self.folders.last() else { return Ok(()) };
        let folder = self.drive.at(folder);
        let item = match seed {
            NewItem::Folder => {
                let created = self.sim.create_folder(folder, name)?;
                self.folders.push(created);
                created
            }
            NewItem::Sized(size) => self.sim.create_sized(folder, name, size)?,
            NewItem::Bytes(bytes) => self.sim.create_file(folder, name, bytes)?,
        };
        if modified_at.is_none() {
            return Ok(());
        }
        let item_time = modified_at.filter(|_| self.sets_item_times);
        let times = Times { modified_at: item_time, fs_modified_at: modified_at, ..Times::default() };
        self.sim.set_times(self.drive.at(item), times)
    }
}
