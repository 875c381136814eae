//! Draws operations that change items.

use drivesim::Conflict;
use drivesim::access::LockScope;
use drivesim::item::{Times, Timestamp};
use drivesim_model::nanos_of;
use drivesim_model::op::{ItemUpdate, Op};

use super::shared::profile;
use super::verbs::{Draw, Drawn};
use super::worker::Worker;

/// Returns the times with which an update sets the time of the last change by the client.
fn modified(at: Timestamp) -> [Option<i128>; 4] {
    nanos_of(Times { fs_modified_at: Some(at), ..Times::default() })
}

impl Worker {
    pub(super) fn create_folder(&mut self) -> Draw {
        let ((drive, parent), name) = (self.folder(), self.name());
        let conflict = self.conflict(&drive);
        Drawn::at(drive, Op::CreateFolder { parent, name, conflict })
    }

    pub(super) fn create_file(&mut self) -> Draw {
        let ((drive, parent), name) = (self.folder(), self.name());
        let conflict = self.conflict(&drive);
        Drawn::at(drive, Op::CreateFile { parent, name, text: "text".to_owned(), conflict })
    }

    pub(super) fn create_sized(&mut self) -> Draw {
        let ((drive, parent), name) = (self.folder(), self.name());
        let size = self.dice.pick(&[0, 7, 1 << 20, 1 << 63]);
        Drawn::at(drive, Op::CreateSized { parent, name, size })
    }

    pub(super) fn write(&mut self) -> Draw {
        let file = match self.dice.below(3) {
            0 => {
                let (drive, name) = (self.drive(), self.name());
                drive.at(format!("/a/{name}"))
            }
            _ => self.item(),
        };
        let text = "text ".repeat(self.dice.below(9));
        Drawn::new(Op::Write { file, text })
    }

    pub(super) fn rename(&mut self) -> Draw {
        let (item, name) = (self.item(), self.name());
        Drawn::new(Op::Rename { item, name })
    }

    /// Returns a name, or none as often.
    fn maybe_name(&mut self) -> Option<String> {
        if self.dice.one_in(2) { Some(self.name()) } else { None }
    }

    pub(super) fn move_to(&mut self) -> Draw {
        let (drive, item) = self.address(false, None);
        let conflict = self.conflict(&drive);
        let drive = if self.dice.one_in(10) { None } else { Some(&drive) };
        let target = self.address(true, drive).1;
        let name = self.maybe_name();
        Drawn::new(Op::Move { item, target, name, conflict })
    }

    pub(super) fn update(&mut self) -> Draw {
        let (drive, item) = self.address(false, None);
        let conflict = self.conflict(&drive);
        let name = self.maybe_name();
        let target = if self.dice.one_in(2) { Some(self.address(true, Some(&drive)).1) } else { None };
        let times = if self.dice.one_in(2) { modified(self.sim.now()) } else { [None; 4] };
        let text = Some("about".to_owned());
        Drawn::new(Op::Update { item, update: ItemUpdate { name, target, conflict, text, times } })
    }

    pub(super) fn delete(&mut self) -> Draw {
        let item = self.victim();
        Drawn::new(Op::Delete { item })
    }

    pub(super) fn delete_permanently(&mut self) -> Draw {
        let item = self.victim();
        Drawn::new(Op::DeletePermanently { item })
    }

    pub(super) fn restore(&mut self) -> Draw {
        let (drive, id) = self.binned()?;
        let item = drive.at(id);
        if self.dice.one_in(2) {
            let conflict = Conflict::Fail;
            return Drawn::new(Op::RestoreItem { item, folder: None, name: None, conflict });
        }
        let folder = Some(self.address(true, Some(&drive)).1);
        let conflict = self.conflict(&drive);
        let name = self.maybe_name();
        Drawn::new(Op::RestoreItem { item, folder, name, conflict })
    }

    pub(super) fn purge(&mut self) -> Draw {
        let (drive, id) = self.binned()?;
        Drawn::new(Op::Purge { item: drive.at(id) })
    }

    pub(super) fn purge_all(&mut self) -> Draw {
        let drive = self.drive();
        Drawn::new(Op::PurgeAll { drive })
    }

    pub(super) fn restore_version(&mut self) -> Draw {
        let (file, number) = self.past_version()?;
        Drawn::new(Op::RestoreVersion { file, number })
    }

    pub(super) fn delete_version(&mut self) -> Draw {
        let (file, number) = self.past_version()?;
        Drawn::new(Op::DeleteVersion { file, number })
    }

    pub(super) fn times(&mut self) -> Draw {
        let item = self.item();
        Drawn::new(Op::SetTimes { item, times: modified(Timestamp::UNIX_EPOCH) })
    }

    pub(super) fn describe(&mut self) -> Draw {
        let (item, text) = (self.item(), self.dice.pick(&["", "short", "long and wide"]).to_owned());
        Drawn::new(Op::SetDescription { item, text })
    }

    pub(super) fn lock(&mut self) -> Draw {
        let (drive, item) = self.address(false, None);
        let scope = self.dice.pick(&[LockScope::Item, LockScope::Tree]);
        Drawn::at(drive, Op::Lock { item, scope })
    }

    pub(super) fn unlock(&mut self) -> Draw {
        self.locks.pop().map_or(Ok(None), |lock| Drawn::new(Op::Unlock { lock }))
    }

    pub(super) fn drives(&mut self) -> Draw {
        let name = "extra".to_owned();
        if self.dice.one_in(2) {
            return Drawn::new(Op::RemoveDrive { name });
        }
        let rules = profile(&mut self.dice);
        Drawn::new(Op::AddDrive { name, rules })
    }
}
