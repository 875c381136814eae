//! The only place that makes a call of a drawn verb, given what there is, and applies it to the model.

use std::time::Duration;

use drivesim::{Conflict, ItemKind, Pace};

use super::{Bytes, CopyWish, Expected, JobState, Key, Model, Refusal, Service, Step};
use crate::history::{By, Spot, Verb, Want};

/// Names an item in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By path in the drive with this number.
    Path(u32, String),
    /// By key in the drive with this number.
    Id(u32, Key),
}

impl Place {
    /// Returns the number of the drive.
    pub fn drive(&self) -> u32 {
        match self {
            Place::Path(drive, _) | Place::Id(drive, _) => *drive,
        }
    }
}

/// A call with all that it names found out.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are named as the verbs of a simulator and their arguments")]
pub enum Call {
    CreateFolder { parent: Place, name: String, conflict: Conflict },
    CreateFile { parent: Place, name: String, text: String, conflict: Conflict },
    CreateSized { parent: Place, name: String, size: u64 },
    Write { file: Place, text: String },
    Rename { item: Place, name: String },
    Move { item: Place, target: Place, name: Option<String>, conflict: Conflict },
    Delete { item: Place },
    Copy { source: Place, target: Place, wish: CopyWish },
    Poll { job: usize },
    Step { job: usize, n_items: usize },
    Advance { by: Duration },
    RunUntilIdle,
    AddDrive { name: String, service: Service },
    RemoveDrive { name: String },
}

impl Call {
    /// Returns the name of the verb.
    pub fn verb(&self) -> &'static str {
        match self {
            Call::CreateFolder { .. } => "create_folder_or",
            Call::CreateFile { .. } => "create_file_or",
            Call::CreateSized { .. } => "create_sized",
            Call::Write { .. } => "write",
            Call::Rename { .. } => "rename",
            Call::Move { .. } => "move_to_or",
            Call::Delete { .. } => "delete",
            Call::Copy { wish, .. } if wish.children_only => "copy children",
            Call::Copy { .. } => "copy",
            Call::Poll { .. } => "poll",
            Call::Step { .. } => "step",
            Call::Advance { .. } => "advance",
            Call::RunUntilIdle => "run_until_idle",
            Call::AddDrive { .. } => "add_drive",
            Call::RemoveDrive { .. } => "remove_drive",
        }
    }
}

/// How much time passes where there is no job to look at or to step.
const OTHERWISE: Duration = Duration::from_millis(100);
/// The name of the drive that comes and goes.
const EXTRA: &str = "extra";

impl Model {
    /// Does a verb and notes in [`Model::last`] what it meant and what must come of it.
    pub fn apply(&mut self, verb: &Verb) {
        let call = self.call(verb);
        let expected = match self.run(&call) {
            Ok(expected) => expected,
            Err(refusal) => Expected::Refused(self.all_reasons(&call, refusal)),
        };
        let is_halfway = self.jobs.iter().any(|job| {
            matches!(&job.state, JobState::Running(running) if (1..running.plan.len()).contains(&running.n_done))
        });
        if is_halfway {
            self.mark(super::Mark::Job("revealed partly"));
        }
        self.note_known();
        let marks = std::mem::take(&mut self.marks);
        self.last = Some(Step { call, expected, marks });
    }

    /// Returns the refusal, and for a behaviour that is not offered what it would be if it were.
    fn all_reasons(&self, call: &Call, refusal: Refusal) -> Vec<Refusal> {
        let mut reasons = vec![refusal];
        if reasons == [Refusal::ConflictNotOffered] {
            let mut trial = self.clone();
            trial.offers_all = true;
            reasons.extend(trial.run(call).err());
        }
        reasons
    }

    fn run(&mut self, call: &Call) -> Result<Expected, Refusal> {
        match call {
            Call::CreateFolder { parent, name, conflict } => self.create(parent, name, None, *conflict),
            Call::CreateFile { parent, name, text, conflict } => {
                self.create(parent, name, Some(&Bytes::Text(text.clone())), *conflict)
            }
            Call::CreateSized { parent, name, size } => {
                self.create(parent, name, Some(&Bytes::Sized(*size)), Conflict::Fail)
            }
            Call::Write { file, text } => self.write(file, text),
            Call::Rename { item, name } => self.rename(item, name),
            Call::Move { item, target, name, conflict } => {
                self.move_to(item, target, name.as_deref(), *conflict)
            }
            Call::Delete { item } => self.delete(item),
            Call::Copy { source, target, wish } => self.copy(source, target, wish),
            Call::Poll { job } => {
                self.poll(*job);
                Ok(Expected::Done)
            }
            Call::Step { job, n_items } => self.step_job(*job, *n_items),
            Call::Advance { by } => {
                self.advance(*by);
                Ok(Expected::Done)
            }
            Call::RunUntilIdle => {
                self.run_until_idle();
                Ok(Expected::Done)
            }
            Call::AddDrive { name, service } => self.add_drive(name, *service),
            Call::RemoveDrive { name } => self.remove_drive(name),
        }
    }

    fn add_drive(&mut self, name: &str, service: Service) -> Result<Expected, Refusal> {
        if self.drives.iter().any(|drive| drive.name == name) {
            return Err(Refusal::DriveExists);
        }
        self.new_drive(name, service);
        Ok(Expected::Done)
    }

    fn remove_drive(&mut self, name: &str) -> Result<Expected, Refusal> {
        let at = self.drives.iter().position(|drive| drive.name == name).ok_or(Refusal::NoDrive)?;
        let drive = self.drives.remove(at);
        self.remove(drive.root);
        self.fail_the_homeless();
        Ok(Expected::Done)
    }

    fn call(&self, verb: &Verb) -> Call {
        match verb.clone() {
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
            Verb::Delete { item } => Call::Delete { item: self.place(&item) },
            Verb::Copy { source, target, wish } => {
                Call::Copy { source: self.place(&source), target: self.place(&target), wish }
            }
            Verb::Poll { job } => match self.job(job, |pace| matches!(pace, Pace::Polls(_))) {
                Some(job) => Call::Poll { job },
                None => Call::Advance { by: OTHERWISE },
            },
            Verb::Step { job: pick, n_items } => match self.job(pick, |pace| pace == Pace::Held) {
                Some(job) => Call::Step { job, n_items },
                None => self.call(&Verb::Poll { job: pick }),
            },
            Verb::Disturb { job, how } => {
                let job = self.job(job, |_| true);
                let call = job.and_then(|job| self.disturb(job, how));
                call.unwrap_or(Call::Advance { by: OTHERWISE })
            }
            Verb::Advance { by } => Call::Advance { by },
            Verb::RunUntilIdle => Call::RunUntilIdle,
            Verb::AddDrive { service } => Call::AddDrive { name: EXTRA.to_owned(), service },
            Verb::RemoveDrive => Call::RemoveDrive { name: EXTRA.to_owned() },
        }
    }

    /// Picks a job, now and then any, else one at such a pace that has not ended.
    fn job(&self, pick: u16, fits: impl Fn(Pace) -> bool) -> Option<usize> {
        let is_active =
            |job: usize| fits(self.jobs[job].pace) && !matches!(self.jobs[job].state, JobState::Ended(_));
        let active: Vec<usize> = (0..self.jobs.len()).filter(|job| is_active(*job)).collect();
        let any: Vec<usize> = (0..self.jobs.len()).collect();
        let of = if pick.is_multiple_of(16) { any } else { active };
        nth(&of, pick / 16)
    }

    /// Finds out which item a spot means now.
    fn place(&self, spot: &Spot) -> Place {
        let drive = match self.drives.get(usize::from(spot.drive)) {
            Some(drive) => drive,
            None if spot.by == By::Stale => return self.gone_drive(),
            None => &self.drives[0],
        };
        if spot.by == By::Stale {
            let gone =
                self.known.iter().filter(|(key, at)| **at == drive.number && !self.items.contains_key(key));
            let gone: Vec<Key> = gone.map(|(key, _)| *key).collect();
            if let Some(key) = nth(&gone, spot.pick) {
                return Place::Id(drive.number, key);
            }
        }
        let fits = |key: &Key| match (spot.want, self.items[key].kind) {
            (Want::Any, _)
            | (Want::Folder | Want::FolderOfJob, ItemKind::Folder)
            | (Want::File, ItemKind::File) => true,
            (Want::Child, _) | (Want::OfJob, _) => self.items[key].parent.is_some(),
            _ => false,
        };
        let all = self.visible_below(drive.root);
        let mut fitting: Vec<Key> = all.iter().copied().filter(fits).collect();
        if matches!(spot.want, Want::OfJob | Want::FolderOfJob) {
            let concerned = self.concerned();
            let of_jobs: Vec<Key> = fitting.iter().copied().filter(|key| concerned.contains(key)).collect();
            fitting = if of_jobs.is_empty() { fitting } else { of_jobs };
        }
        let key = nth(&fitting, spot.pick).unwrap_or(drive.root);
        let path = self.path(key);
        match spot.by {
            By::Path => Place::Path(drive.number, path),
            By::Id | By::Stale => Place::Id(drive.number, key),
            By::NoPath => Place::Path(drive.number, path[1..].to_owned() + "//"),
            By::Missing => Place::Path(drive.number, path.trim_end_matches('/').to_owned() + "/missing"),
        }
    }

    /// Returns what the jobs that have not ended have to do with, and what their successors are to replace.
    fn concerned(&self) -> Vec<Key> {
        let mut concerned = Vec::new();
        for job in &self.jobs {
            match &job.state {
                JobState::Ended(_) => continue,
                JobState::Waiting => {}
                JobState::Running(running) => {
                    concerned.extend(&running.plan);
                    let items = running.plan.iter().filter_map(|key| self.items.get(key));
                    let held = items.filter(|item| item.successor);
                    concerned.extend(held.filter_map(|item| self.holder(item.parent?, &item.name, None)));
                }
            }
            concerned.extend([job.order.source, job.order.target]);
        }
        concerned
    }

    /// Names the root of a drive that was removed, or else of the first.
    fn gone_drive(&self) -> Place {
        let gone = self.known.iter().find(|(_, drive)| self.drive(**drive).is_none());
        gone.map_or(Place::Id(0, self.drives[0].root), |(key, drive)| Place::Id(*drive, *key))
    }

    /// Names an item, or one with a new name beside those in it.
    fn place_to_write(&self, spot: &Spot, new_name: Option<String>) -> Place {
        let place = self.place(spot);
        match (new_name, &place) {
            // A slash in a name would only mean another path.
            (Some(name), Place::Path(drive, path)) if !name.is_empty() && !name.contains('/') => {
                Place::Path(*drive, format!("{}/{name}", path.trim_end_matches('/')))
            }
            _ => place,
        }
    }
}

fn nth<T: Copy>(of: &[T], pick: u16) -> Option<T> {
    of.get(usize::from(pick) % of.len().max(1)).copied()
}
