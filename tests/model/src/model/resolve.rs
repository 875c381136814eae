//! Resolves the verbs of a history to calls, given the state of the model.

use std::time::Duration;

use drivesim::Pace;

use super::address::nth;
use super::{Call, JobState, Key, Model, ModelJob, Place, Wish};
use crate::history::Verb;

/// The call for verbs that nothing fits: a short time passes.
const FALLBACK: Call = Call::Advance { by: Duration::from_millis(100) };
/// The name of the drive that histories add and remove.
const ADDITIONAL: &str = "extra";

impl Model {
    /// Resolves a verb to a call.
    pub(super) fn call(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::As { verb, .. } => self.call(&verb),
            Verb::CreateFolder { parent, name, conflict } => {
                Call::CreateFolder { parent: self.address(&parent), name, conflict }
            }
            Verb::CreateFile { parent, name, text, conflict } => {
                Call::CreateFile { parent: self.address(&parent), name, text, conflict }
            }
            Verb::CreateSized { parent, name, size } => {
                Call::CreateSized { parent: self.address(&parent), name, size }
            }
            Verb::Write { file, new_name, text } => {
                Call::Write { file: self.address_to_write(&file, new_name), text }
            }
            Verb::Rename { item, name } => Call::Rename { item: self.address(&item), name },
            Verb::Move { item, target, name, conflict } => {
                Call::Move { item: self.address(&item), target: self.address(&target), name, conflict }
            }
            Verb::RestoreVersion { file, number } => {
                let file = self.address(&file);
                let number = self.past_version_number(&file, number);
                Call::RestoreVersion { file, number }
            }
            Verb::DeleteVersion { file, number } => {
                let file = self.address(&file);
                Call::DeleteVersion { number: self.past_version_number(&file, number), file }
            }
            Verb::Update { item, target, name, conflict, text, times } => {
                let target = target.map(|target| self.address(&target));
                let wish = Wish { name, target, conflict, text, times: nanoseconds(times) };
                Call::Update { item: self.address(&item), wish }
            }
            Verb::SetTimes { item, times } => {
                Call::SetTimes { item: self.address(&item), times: nanoseconds(times) }
            }
            Verb::SetDescription { item, text } => Call::SetDescription { item: self.address(&item), text },
            _ => self.other_call(verb),
        }
    }

    /// Resolves a verb that changes no item's content or metadata.
    fn other_call(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::Delete { item } => Call::Delete { item: self.address(&item) },
            Verb::DeletePermanently { item } => Call::DeletePermanently { item: self.address(&item) },
            Verb::RestoreItem { item, folder, name, conflict } => {
                let folder = folder.map(|folder| self.address(&folder));
                Call::RestoreItem { item: self.address(&item), folder, name, conflict }
            }
            Verb::RestoreOver { item, pick, conflict } => {
                let item = self.address(&item);
                let name = self.sibling_name(&item, pick);
                Call::RestoreItem { item, folder: None, name, conflict }
            }
            Verb::Purge { item } => Call::Purge { item: self.address(&item) },
            Verb::PurgeAll { drive } => Call::PurgeAll { drive: self.drive_number(drive) },
            Verb::SetAccess { item, access } => Call::SetAccess { item: self.address(&item), access },
            Verb::SetQuota { drive, more } => {
                let drive = self.drive_number(drive);
                let used = self.used(drive);
                let total = more.map(|more| i128::from(more) + (used.seen + used.past + used.bin) as i128);
                let total = total.map(|total| u64::try_from(total.max(0)).unwrap_or(u64::MAX));
                Call::SetQuota { drive, total }
            }
            Verb::Lock { item, scope } => Call::Lock { item: self.address(&item), scope },
            Verb::Unlock { lock } => self.unlock_call(lock),
            _ => self.job_call(verb),
        }
    }

    fn job_call(&self, verb: &Verb) -> Call {
        match verb.clone() {
            Verb::Copy { source, target, wish } => {
                Call::Copy { source: self.address(&source), target: self.address(&target), wish }
            }
            Verb::Poll { job } => match self.pick_job(job, |pace| matches!(pace, Pace::Polls(_))) {
                Some(job) => Call::Poll { job },
                None => FALLBACK,
            },
            Verb::Step { job: pick, n_items } => match self.pick_job(pick, |pace| pace == Pace::Held) {
                Some(job) => Call::Step { job, n_items },
                None => self.call(&Verb::Poll { job: pick }),
            },
            Verb::InjectFault { job, how } => {
                let active = |job: &usize| !matches!(self.jobs[*job].state, JobState::Ended(_));
                let calls = (0..self.jobs.len()).filter(active).filter_map(|job| self.inject_fault(job, how));
                let calls: Vec<Call> = calls.collect();
                calls.get(usize::from(job) % calls.len().max(1)).cloned().unwrap_or(FALLBACK)
            }
            Verb::Advance { by } => Call::Advance { by },
            Verb::AddDrive { service } => Call::AddDrive { name: ADDITIONAL.to_owned(), service },
            Verb::RemoveDrive => Call::RemoveDrive { name: ADDITIONAL.to_owned() },
            // Timestamps end with the year 9999.
            _ if self.takes_too_long() => FALLBACK,
            _ => Call::RunUntilIdle,
        }
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

    /// Releases a lock of a caller, sometimes one that was already released.
    fn unlock_call(&self, pick: u16) -> Call {
        let all: Vec<usize> = (0..self.locks.len()).filter(|lock| self.locks[*lock].job.is_none()).collect();
        let active = all.iter().copied().filter(|lock| !self.locks[*lock].is_over).collect();
        let candidates = if pick % 2 == 0 { all } else { active };
        nth(&candidates, pick / 4).map_or(FALLBACK, |lock| Call::Unlock { lock })
    }
}

fn nanoseconds(seconds: [Option<i64>; 4]) -> [Option<i128>; 4] {
    seconds.map(|time| time.map(|seconds| i128::from(seconds) * 1_000_000_000))
}
