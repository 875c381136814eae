//! The only place that puts items into a drive one by one, depth first, so that each refusal is known.

use drivesim::{Conflict, Content, DriveRef, Error, ItemId, Sim, Times, Timestamp};

/// An item to be made.
#[derive(Debug)]
pub(crate) enum Seed {
    Folder,
    Sized(u64),
    Bytes(Content),
}

/// Puts items into a drive in the order of a walk.
#[derive(Debug)]
pub(crate) struct Planter<'a> {
    sim: &'a Sim,
    drive: DriveRef,
    /// The folder at each depth, down to the one the next item may be in.
    folders: Vec<ItemId>,
    /// Whether the service lets a client say when an item was changed, and not only when its content was.
    sets_item_times: bool,
}

impl<'a> Planter<'a> {
    pub(crate) fn new(sim: &'a Sim, drive: DriveRef) -> Result<Planter<'a>, Error> {
        let sets_item_times = sim.profile_of(&drive)?.item_times_settable;
        let folders = vec![sim.item(drive.at("/"))?.id];
        Ok(Planter { sim, drive, folders, sets_item_times })
    }

    /// Makes an item that is in `depth` folders.
    ///
    /// The caller leaves out what is below a folder that was refused: it would get into another one.
    pub(crate) fn plant(
        &mut self,
        depth: usize,
        name: &str,
        seed: Seed,
        modified_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        self.folders.truncate(depth.saturating_add(1));
        let Some(&folder) = self.folders.last() else { return Ok(()) };
        let folder = self.drive.at(folder);
        let item = match seed {
            Seed::Folder => {
                let made = self.sim.create_folder(folder, name)?;
                self.folders.push(made);
                made
            }
            Seed::Sized(size) => self.sim.create_sized(folder, name, size)?,
            Seed::Bytes(bytes) => self.sim.create_file_or(folder, name, bytes, Conflict::Fail)?,
        };
        if modified_at.is_none() {
            return Ok(());
        }
        let item_time = modified_at.filter(|_| self.sets_item_times);
        let times = Times { modified_at: item_time, fs_modified_at: modified_at, ..Times::default() };
        self.sim.set_times(self.drive.at(item), times)
    }
}
