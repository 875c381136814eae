//! Reads, and checks what holds while other threads run: listings, versions, jobs, changes, forks, limits.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use drivesim::access::Access;
use drivesim::feed::Change;
use drivesim::{Error, ItemId, JobStatus};
use drivesim_model::op::Op;

use super::shared::{Storm, finish_all};
use super::worker::Worker;
use crate::readers::check_consistent;

impl Worker {
    pub(super) fn read(&mut self) -> Result<(), Error> {
        let (drive, folder) = self.folder();
        let items = match self.dice.below(4) {
            0 => self.sim.children_at(&folder, 1, 20)?,
            1 => self.sim.children_after(&folder, Some("b"), 20)?.items,
            _ => self.sim.children(&folder)?,
        };
        let parents: BTreeSet<_> = items.iter().map(|item| item.parent).collect();
        assert!(parents.len() <= 1 && !parents.contains(&None), "children of several folders");
        self.know_all(&drive, &items);
        let item = self.item();
        self.sim.totals(&item)?;
        self.sim.path(&item)?;
        if !self.sim.item(&item)?.is_folder() {
            self.sim.content(&item)?;
        }
        Ok(())
    }

    pub(super) fn bin(&mut self) -> Result<(), Error> {
        let (drive, id) = self.binned()?;
        self.sim.bin_item(drive.at(id)).map(drop)
    }

    pub(super) fn versions(&mut self) -> Result<(), Error> {
        let file = self.item();
        let versions = self.sim.versions(&file)?;
        let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
        assert!(versions[0].is_current, "the first version is not the current one");
        assert!(numbers.windows(2).all(|two| two[0] > two[1]), "versions out of order: {numbers:?}");
        let number = self.dice.pick(&numbers);
        self.sim.version_content(file, number).map(drop)
    }

    pub(super) fn check_jobs(&mut self) -> Result<(), Error> {
        let may_restore = self.storm.before.is_some();
        for watched in &mut self.jobs {
            let report = watched.job.report();
            assert!(may_restore || report.percent.as_f64() >= watched.percent, "a percentage decreased");
            watched.percent = report.percent.as_f64();
            let done = report.status == JobStatus::Completed;
            assert_eq!((done, done), (report.item().is_some(), report.percent.as_f64() == 100.0));
            assert_eq!(report.status == JobStatus::Failed, report.error().is_some());
        }
        Ok(())
    }

    /// Checks a fork, runs its jobs to their end and checks it again.
    pub(super) fn fork(&mut self) -> Result<(), Error> {
        let fork = self.sim.fork();
        fork.check_invariants();
        check_consistent(&fork);
        fork.run_until_idle();
        finish_all(&fork);
        fork.check_invariants();
        check_consistent(&fork);
        Ok(())
    }

    /// Restores the shared state if the storm has one, or else a snapshot of a fork.
    pub(super) fn restore_snapshot(&mut self) -> Result<(), Error> {
        if let Some(before) = &self.storm.before {
            self.sim.restore(before);
            return Ok(());
        }
        let fork = self.sim.fork();
        let (before, outline) = (fork.snapshot(), fork.outline());
        let storm = Storm {
            sim: fork.clone(),
            drives: self.storm.drives.clone(),
            seed: self.dice.below(usize::MAX) as u64,
            at_work: Mutex::default(),
            before: Some(before.clone()),
        };
        Worker::new(&Arc::new(storm), 0).run_without_forks(8);
        fork.check_invariants();
        fork.restore(&before);
        fork.check_invariants();
        assert_eq!(fork.outline(), outline, "the restored state differs from the snapshot");
        Ok(())
    }

    pub(super) fn changes(&mut self) -> Result<(), Error> {
        let drive = self.drive();
        let token = self.tokens.iter().position(|(at, _)| at.id() == drive.id());
        let token = token.map(|at| self.tokens.swap_remove(at).1);
        let changes = self.sim.changes(&drive, token, 50)?;
        let ids: BTreeSet<ItemId> = changes.changes.iter().map(changed).collect();
        assert_eq!(ids.len(), changes.changes.len(), "an item is listed twice");
        self.tokens.push((drive, changes.token));
        Ok(())
    }

    pub(super) fn search(&mut self) -> Result<(), Error> {
        let (drive, folder) = self.folder();
        let found = self.sim.search_at(folder, "A", 1, 30)?;
        assert!(found.iter().all(|item| item.name.to_lowercase().contains('a')));
        self.know_all(&drive, &found);
        Ok(())
    }

    pub(super) fn access(&mut self) -> Result<(), Error> {
        let (drive, item) = self.address(false, None);
        let id = self.sim.item(&item)?.id;
        let level = self.dice.pick(&[Some(Access::Read), Some(Access::None), Some(Access::Write), None]);
        self.report.restricted.push((drive.clone(), id));
        self.play(Op::SetAccess { item: drive.at(id), access: level })?;
        // Mostly reset at once, so that enough items stay writable.
        if !self.dice.one_in(4) {
            self.sim.access(drive.at(id))?;
            self.play(Op::SetAccess { item: drive.at(id), access: None })?;
        }
        Ok(())
    }

    pub(super) fn quota(&mut self) -> Result<(), Error> {
        let drive = self.drive();
        let total = self.dice.pick(&[None, None, None, Some(2000), Some(1 << 40)]);
        self.play(Op::SetQuota { drive: drive.clone(), total })?;
        let quota = self.sim.quota(&drive)?;
        assert!(quota.total.is_none_or(|total| quota.remaining <= total));
        if self.dice.one_in(6) {
            return Ok(());
        }
        self.play(Op::SetQuota { drive, total: None }).map(drop)
    }
}

fn changed(change: &Change) -> ItemId {
    match change {
        Change::Changed(item) => item.id,
        Change::Deleted(tombstone) => tombstone.id,
    }
}
