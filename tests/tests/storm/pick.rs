//! Picks the items, names, versions and jobs of random operations.

use drivesim::address::{Address, Precondition};
use drivesim::drive::DriveRef;
use drivesim::profile::Service;
use drivesim::{Conflict, Error, ItemId, Job};
use drivesim_model::op::Op;

use super::worker::Worker;

const NAMES: [&str; 10] = ["a", "A", "b", "c", "a.txt", "A.txt", "a 1.txt", "x", "x y", "a.tar.gz"];

impl Worker {
    pub(super) fn drive(&mut self) -> DriveRef {
        // Sometimes the drive that is added and removed.
        let extra = if self.dice.one_in(12) { self.sim.drive("extra").ok() } else { None };
        extra.unwrap_or_else(|| self.dice.pick(&self.storm.drives))
    }

    /// Returns one of few names, which cause conflicts, or one of many.
    pub(super) fn name(&mut self) -> String {
        let one_of_many = self.dice.one_in(3).then(|| format!("n{}", self.dice.below(500)));
        one_of_many.unwrap_or_else(|| self.dice.pick(&NAMES).to_owned())
    }

    /// Returns a conflict behavior, mostly one that the drive supports.
    pub(super) fn conflict(&mut self, drive: &DriveRef) -> Conflict {
        let is_box = self.sim.profile_of(drive).is_ok_and(|profile| profile.service == Service::Box);
        if is_box && !self.dice.one_in(8) {
            return Conflict::Fail;
        }
        self.dice.pick(&[Conflict::Fail, Conflict::Fail, Conflict::Rename, Conflict::Replace])
    }

    /// Picks an item that this worker knows and that mostly still exists.
    fn pick_known(&mut self, from_folders: bool, drive: Option<&DriveRef>) -> Option<(DriveRef, ItemId)> {
        let is_in = |at: &DriveRef| drive.is_none_or(|drive| at.id() == drive.id());
        for _ in 0..4 {
            let known = if from_folders { &self.folders } else { &self.known };
            let numbers: Vec<usize> = (0..known.len()).filter(|n| is_in(&known[*n].0)).collect();
            if numbers.is_empty() {
                return None;
            }
            let n = self.dice.pick(&numbers);
            let known = if from_folders { &mut self.folders } else { &mut self.known };
            let (drive, id) = known[n].clone();
            if self.sim.exists(drive.at(id)) || self.dice.one_in(8) {
                return Some((drive, id));
            }
            known.swap_remove(n);
        }
        None
    }

    /// Returns the address of a known item, or sometimes and without known items, of a root.
    pub(super) fn address(&mut self, from_folders: bool, drive: Option<&DriveRef>) -> (DriveRef, Address) {
        let at_root = from_folders && self.dice.one_in(6);
        let known = if at_root { None } else { self.pick_known(from_folders, drive) };
        let Some((drive, id)) = known else {
            let drive = drive.cloned().unwrap_or_else(|| self.drive());
            let address = drive.at("/");
            return (drive, address);
        };
        let mut address = drive.at(id);
        if self.dice.one_in(3)
            && let Ok(path) = self.sim.path(&address)
        {
            address = drive.at(path);
        }
        if self.dice.one_in(20) {
            let expected = [Precondition::ETag(0), Precondition::ETag(1), Precondition::CTag(0)];
            address = address.if_match(self.dice.pick(&expected));
        }
        (drive, address)
    }

    pub(super) fn item(&mut self) -> Address {
        self.address(false, None).1
    }

    pub(super) fn folder(&mut self) -> (DriveRef, Address) {
        self.address(true, None)
    }

    /// Returns an item to delete, rarely one with many items below it, so that the drive does not become empty.
    pub(super) fn victim(&mut self) -> Address {
        let item = self.item();
        let is_large = self.sim.totals(&item).is_ok_and(|below| below.files + below.folders > 4);
        if is_large && !self.dice.one_in(12) { self.item() } else { item }
    }

    pub(super) fn binned(&mut self) -> Result<(DriveRef, ItemId), Error> {
        let drive = self.drive();
        let bin = self.sim.bin(&drive)?;
        let nothing = || self.sim.item("/nothing").map(|item| item.id);
        let id = if bin.is_empty() { nothing()? } else { self.dice.pick(&bin).item.id };
        Ok((drive, id))
    }

    /// Returns a file and the number of one of its versions.
    pub(super) fn past_version(&mut self) -> Result<(Address, u32), Error> {
        let file = self.item();
        if self.dice.one_in(2) {
            self.play(Op::Write { file: file.clone(), text: "another text".to_owned() })?;
        }
        let versions = self.sim.versions(&file)?;
        let number = self.dice.pick(&versions).number;
        Ok((file, number))
    }

    /// Picks a job of this worker, or sometimes of any.
    pub(super) fn job(&mut self) -> Option<Job> {
        if self.dice.one_in(3) {
            let jobs = self.sim.jobs();
            return (!jobs.is_empty()).then(|| self.dice.pick(&jobs));
        }
        if self.jobs.is_empty() {
            return None;
        }
        // Mostly a recent one, which is likely to be running.
        let n = self.dice.below(self.jobs.len().min(6));
        let at = self.jobs.len() - 1 - n;
        Some(self.jobs[at].job.clone())
    }
}
