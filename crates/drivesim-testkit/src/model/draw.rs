//! The only place that makes a call of a drawn verb, given what there is in the model.

use std::time::Duration;

use drivesim::Pace;

use super::place::nth;
use super::{Call, JobState, Key, Model, ModelJob, Place, Wish};
use crate::history::Verb;

/// How much time passes where there is nothing that the verb could be done to.
const OTHERWISE: Call = Call::Advance { by: Duration::from_millis(100) };
/// The name of the drive that comes and goes.
const EXTRA: &str = "extra";

impl Model {
    /// Finds out what a verb means now.
    pub(super) fn call(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::As { verb, .. } => self.call(&verb),
            Verb::CreateFolder { parent, name, conflict } => {
                Call::CreateFolder { parent: self.place(&parent), name, conflict }
            }
            Verb::CreateFile { parent, name, text, conflict } => {
                Call::CreateFile { parent: self.place(&parent), name, text, conflict }
            }
            Verb::CreateSized { parent, name, size } => {
                Call::CreateSized { parent: self.place(&parent), name, size }
            }
            Verb::Write { file, new_name, text } => {
                Call::Write { file: self.place_to_write(&file, new_name), text }
            }
            Verb::Rename { item, name } => Call::Rename { item: self.place(&item), name },
            Verb::Move { item, target, name, conflict } => {
                Call::Move { item: self.place(&item), target: self.place(&target), name, conflict }
            }
            Verb::RestoreVersion { file, number } => {
                let file = self.place(&file);
                let number = self.old_number(&file, number);
                Call::RestoreVersion { file, number }
            }
            Verb::DeleteVersion { file, number } => {
                let file = self.place(&file);
                Call::DeleteVersion { number: self.old_number(&file, number), file }
            }
            Verb::Update { item, target, name, conflict, text, times } => {
                let target = target.map(|target| self.place(&target));
                let wish = Wish { name, target, conflict, text, times: nanoseconds(times) };
                Call::Update { item: self.place(&item), wish }
            }
            Verb::SetTimes { item, times } => {
                Call::SetTimes { item: self.place(&item), times: nanoseconds(times) }
            }
            Verb::SetDescription { item, text } => Call::SetDescription { item: self.place(&item), text },
            _ => self.call_beside(verb),
        }
    }

    /// Finds out what a verb means that changes no item as such.
    fn call_beside(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::Delete { item } => Call::Delete { item: self.place(&item) },
            Verb::DeletePermanently { item } => Call::DeletePermanently { item: self.place(&item) },
            Verb::RestoreItem { item, folder, name, conflict } => {
                let folder = folder.map(|folder| self.place(&folder));
                Call::RestoreItem { item: self.place(&item), folder, name, conflict }
            }
            Verb::RestoreOver { item, pick, conflict } => {
                let item = self.place(&item);
                let name = self.neighbour(&item, pick);
                Call::RestoreItem { item, folder: None, name, conflict }
            }
            Verb::Purge { item } => Call::Purge { item: self.place(&item) },
            Verb::PurgeAll { drive } => Call::PurgeAll { drive: self.drive_number(drive) },
            Verb::SetAccess { item, access } => Call::SetAccess { item: self.place(&item), access },
            Verb::SetQuota { drive, more } => {
                let drive = self.drive_number(drive);
                let used = self.used(drive);
                let total = more.map(|more| i128::from(more) + (used.seen + used.past + used.bin) as i128);
                let total = total.map(|total| u64::try_from(total.max(0)).unwrap_or(u64::MAX));
                Call::SetQuota { drive, total }
            }
            Verb::Lock { item, scope } => Call::Lock { item: self.place(&item), scope },
            Verb::Unlock { lock } => self.unlock_call(lock),
            _ => self.call_of_job(verb),
        }
    }

    fn call_of_job(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::Copy { source, target, wish } => {
                Call::Copy { source: self.place(&source), target: self.place(&target), wish }
            }
            Verb::Poll { job } => match self.job(job, |pace| matches!(pace, Pace::Polls(_))) {
                Some(job) => Call::Poll { job },
                None => OTHERWISE,
            },
            Verb::Step { job: pick, n_items } => match self.job(pick, |pace| pace == Pace::Held) {
                Some(job) => Call::Step { job, n_items },
                None => self.call(&Verb::Poll { job: pick }),
            },
            Verb::Disturb { job, how } => {
                let active = |job: &usize| !matches!(self.jobs[*job].state, JobState::Ended(_));
                let calls = (0..self.jobs.len()).filter(active).filter_map(|job| self.disturb(job, how));
                let calls: Vec<Call> = calls.collect();
                calls.get(usize::from(job) % calls.len().max(1)).cloned().unwrap_or(OTHERWISE)
            }
            Verb::Advance { by } => Call::Advance { by },
            Verb::AddDrive { service } => Call::AddDrive { name: EXTRA.to_owned(), service },
            Verb::RemoveDrive => Call::RemoveDrive { name: EXTRA.to_owned() },
            // The calendar ends with the year 9999.
            _ if self.takes_ages() => OTHERWISE,
            _ => Call::RunUntilIdle,
        }
    }

    /// Returns whether a job copies so many bytes so slowly that it takes millions of years.
    fn takes_ages(&self) -> bool {
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

    /// Returns the number of a past version of a file, now and then of one that there may not be.
    fn old_number(&self, file: &Place, pick: u16) -> u32 {
        let item = self.resolve_any(file).ok().and_then(|key| self.items.get(&key));
        let (name, mut past) = item.map(|item| (item.name.clone(), item.past.clone())).unwrap_or_default();
        // Rather one with another name: they are few.
        if past.iter().any(|past| past.name != name) {
            past.retain(|past| past.name != name);
        }
        let numbers: Vec<Key> = past.iter().map(|past| past.number.into()).collect();
        let any = u32::from(pick / 4 % 5);
        if pick % 4 == 0 { any } else { nth(&numbers, pick / 4).map_or(any, |number| number as u32) }
    }

    /// Returns the name of an item in the folder that an item of the bin was in.
    fn neighbour(&self, item: &Place, pick: u16) -> Option<String> {
        let Place::Id(_, key) = item.bare() else { return None };
        let binned = self.items.get(key)?.binned.as_ref()?;
        let mut neighbours = self.visible_children(binned.parent);
        let kind = self.items[key].kind;
        neighbours.retain(|neighbour| self.items[neighbour].kind == kind);
        nth(&neighbours, pick).map(|key| self.items[&key].name.clone())
    }

    /// Gives back a lock that callers have, now and then one that was given back already.
    fn unlock_call(&self, pick: u16) -> Call {
        let all: Vec<usize> = (0..self.locks.len()).filter(|lock| self.locks[*lock].job.is_none()).collect();
        let held = all.iter().copied().filter(|lock| !self.locks[*lock].is_over).collect();
        let of = if pick % 2 == 0 { all } else { held };
        nth(&of, pick / 4).map_or(OTHERWISE, |lock| Call::Unlock { lock })
    }
}

fn nanoseconds(seconds: [Option<i64>; 4]) -> [Option<i128>; 4] {
    seconds.map(|time| time.map(|seconds| i128::from(seconds) * 1_000_000_000))
}
