//! Resolves the ops of a history to calls, given the state of the model.

use std::convert::Infallible;
use std::time::Duration;

use drivesim::Pace;

use super::address::nth;
use super::{JobState, Key, Model, ModelJob, Place};
use crate::op::{Indirect, ItemSelector, JobFault, Op, Selected, Service, Terms, Translate};

/// The call for ops that nothing fits: a short time passes.
const FALLBACK: Call = Op::Advance { by: Duration::from_millis(100) };

/// The terms of a model.
#[derive(Clone, Debug)]
pub struct Resolved;

impl Terms for Resolved {
    /// The number of a drive.
    type Drive = u32;
    type Extra = Infallible;
    type Item = Place;
    /// The number of a job, from 0.
    type Job = usize;
    /// The number of a lock, from 0.
    type Lock = usize;
    type Rules = Service;
    type Size = u64;
}

/// An op with resolved items.
pub type Call = Op<Resolved>;

impl Translate<Selected, Resolved> for Model {
    fn item(&self, item: &ItemSelector) -> Option<Place> {
        Some(self.address(item))
    }

    fn drive(&self, drive: &u8) -> Option<u32> {
        Some(self.drive_number(*drive))
    }

    fn job(&self, pick: &u16) -> Option<usize> {
        self.pick_job(*pick, |pace| matches!(pace, Pace::Polls(_)))
    }

    /// Returns a lock of a caller, sometimes one that was already released.
    fn lock(&self, pick: &u16) -> Option<usize> {
        let all: Vec<usize> = (0..self.locks.len()).filter(|lock| self.locks[*lock].job.is_none()).collect();
        let active = all.iter().copied().filter(|lock| !self.locks[*lock].is_over).collect();
        let candidates = if pick % 2 == 0 { all } else { active };
        nth(&candidates, pick / 4)
    }

    fn size(&self, drive: &u8, more: &i64) -> Option<u64> {
        let used = self.used(self.drive_number(*drive));
        let total = i128::from(*more) + (used.seen + used.past + used.bin) as i128;
        Some(u64::try_from(total.max(0)).unwrap_or(u64::MAX))
    }

    fn rules(&self, service: &Service) -> Option<Service> {
        Some(*service)
    }

    fn extra(&self, indirect: &Indirect) -> Option<Call> {
        match indirect {
            Indirect::RestoreOver { item, pick, conflict } => {
                let item = self.address(item);
                let name = self.sibling_name(&item, *pick);
                Some(Op::RestoreItem { item, folder: None, name, conflict: *conflict })
            }
            Indirect::InjectFault { job, how } => self.fault(*job, *how),
        }
    }

    fn version(&self, file: &Place, pick: u32) -> u32 {
        self.past_version_number(file, pick as u16)
    }
}

impl Model {
    /// Resolves an op to a call.
    pub(super) fn call(&self, op: &Op<Selected>) -> Call {
        let call = match op {
            Op::Step { job, n_items } => match self.pick_job(*job, |pace| pace == Pace::Held) {
                Some(job) => Some(Op::Step { job, n_items: *n_items }),
                None => Op::Poll { job: *job }.translate(self),
            },
            // Timestamps end with the year 9999.
            Op::RunUntilIdle if self.takes_too_long() => None,
            op => op.translate(self),
        };
        call.unwrap_or(FALLBACK)
    }

    /// Returns the call that injects a fault into one of the jobs that it applies to.
    fn fault(&self, pick: u16, how: JobFault) -> Option<Call> {
        let active = |job: &usize| !matches!(self.jobs[*job].state, JobState::Ended(_));
        let calls = (0..self.jobs.len()).filter(active).filter_map(|job| self.inject_fault(job, how));
        let calls: Vec<Call> = calls.collect();
        calls.get(usize::from(pick) % calls.len().max(1)).cloned()
    }

    /// Returns whether a job copies too many bytes too slowly: it would take millions of years.
    fn takes_too_long(&self) -> bool {
        let sizes = self.items.values().map(|item| item.bytes.size()).max();
        let is_slow = |job: &ModelJob| {
            let is_active = !matches!(job.state, JobState::Ended(_));
            is_active && matches!(job.pace, Pace::BytesPerSecond(rate) if sizes > Some(rate << 20))
        };
        self.jobs.iter().any(is_slow)
    }

    fn drive_number(&self, drive: u8) -> u32 {
        self.drives.get(usize::from(drive)).unwrap_or(&self.drives[0]).number
    }

    /// Returns the number of a past version of a file, sometimes of one that may not exist.
    fn past_version_number(&self, file: &Place, pick: u16) -> u32 {
        let item = self.resolve_any(file).ok().and_then(|key| self.items.get(&key));
        let (name, mut past) = item.map(|item| (item.name.clone(), item.past.clone())).unwrap_or_default();
        // Prefers versions with another name, as they are rare.
        if past.iter().any(|past| past.name != name) {
            past.retain(|past| past.name != name);
        }
        let numbers: Vec<Key> = past.iter().map(|past| past.number.into()).collect();
        let any = u32::from(pick / 4 % 5);
        if pick % 4 == 0 { any } else { nth(&numbers, pick / 4).map_or(any, |number| number as u32) }
    }

    /// Returns the name of an item in the old folder of an item in the bin.
    fn sibling_name(&self, item: &Place, pick: u16) -> Option<String> {
        let Place::Id(_, key) = item.bare() else { return None };
        let binned = self.items.get(key)?.binned.as_ref()?;
        let mut siblings = self.visible_children(binned.parent);
        let kind = self.items[key].kind;
        siblings.retain(|sibling| self.items[sibling].kind == kind);
        nth(&siblings, pick).map(|key| self.items[&key].name.clone())
    }
}
