//! Draws copies, and operations on jobs and the clock.

use std::time::Duration;

use drivesim::address::Address;
use drivesim::drive::DriveRef;
use drivesim::item::Versions;
use drivesim::options::{OnFailure, Visibility};
use drivesim::{CopyOptions, Pace};
use drivesim_model::op::Op;

use super::shared::create_big_folder;
use super::verbs::{Draw, Drawn};
use super::worker::Worker;

/// Maximum number of items of a copy and of a drive; beyond it, items are deleted instead of copied.
const MAX_ITEMS: (u64, u64) = (700, 3000);

impl Worker {
    fn options(&mut self, to: &DriveRef) -> CopyOptions {
        let mut options = CopyOptions::default().on_conflict(self.conflict(to));
        options.children_only = self.dice.one_in(5);
        if !options.children_only && self.dice.one_in(2) {
            options.name = Some(self.name());
        }
        let versions = [Versions::Current, Versions::Current, Versions::All, Versions::Number(1)];
        options.versions = self.dice.pick(&versions);
        options.visibility =
            Some(if self.dice.one_in(4) { Visibility::OnCompletion } else { Visibility::Gradual });
        options.on_failure = Some(if self.dice.one_in(3) { OnFailure::Remove } else { OnFailure::Keep });
        options.pace(self.dice.pick(&[
            Pace::Instant,
            Pace::Instant,
            Pace::Held,
            Pace::Polls(1),
            Pace::Polls(3),
            Pace::items_per_second(2),
            Pace::items_per_second(1000),
            Pace::BytesPerSecond(5),
            Pace::After(Duration::ZERO),
            Pace::After(Duration::from_secs(3)),
        ]))
    }

    /// Draws a copy of an item, or a permanent delete if there are too many.
    fn copy_of(&mut self, source: Address, to: DriveRef, target: Address) -> Draw {
        let below = self.sim.totals(&source)?;
        let all = self.sim.totals(to.at("/"))?;
        if below.files + below.folders > MAX_ITEMS.0 || all.files + all.folders > MAX_ITEMS.1 {
            let children = self.sim.children(to.at("/"))?;
            if children.is_empty() {
                return Ok(None);
            }
            return Drawn::new(Op::DeletePermanently { item: to.at(self.dice.pick(&children).id) });
        }
        let options = self.options(&to);
        Drawn::at(to, Op::Copy { source, target, options })
    }

    pub(super) fn copy(&mut self) -> Draw {
        let (drive, source) = self.address(false, None);
        let target = self.address(true, Some(&drive)).1;
        self.copy_of(source, drive, target)
    }

    pub(super) fn copy_across(&mut self) -> Draw {
        let source = self.item();
        let (drive, target) = self.folder();
        self.copy_of(source, drive, target)
    }

    pub(super) fn copy_much(&mut self) -> Draw {
        let from = self.drive();
        if self.sim.children(from.at("/big")).is_err() {
            let _ = self.play(Op::DeletePermanently { item: from.at("/big") });
            create_big_folder(&self.sim, &from);
        }
        let (drive, target) = self.folder();
        self.copy_of(from.at("/big"), drive, target)
    }

    pub(super) fn poll(&mut self) -> Draw {
        self.job().map_or(Ok(None), |job| Drawn::new(Op::Poll { job }))
    }

    pub(super) fn step(&mut self) -> Draw {
        let n_items = self.dice.below(40);
        self.job().map_or(Ok(None), |job| Drawn::new(Op::Step { job, n_items }))
    }

    pub(super) fn advance(&mut self) -> Draw {
        // Sometimes long enough that items in bins expire.
        let max_millis = if self.dice.one_in(30) { 40 * 24 * 3600 * 1000 } else { 2000 };
        Drawn::new(Op::Advance { by: Duration::from_millis(self.dice.below(max_millis) as u64) })
    }

    pub(super) fn step_clock(&mut self) -> Draw {
        Drawn::new(Op::StepClock)
    }

    pub(super) fn run_until_idle(&mut self) -> Draw {
        Drawn::new(Op::RunUntilIdle)
    }
}
