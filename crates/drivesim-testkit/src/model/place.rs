//! The only place that finds out what a drawn spot means, given what there is: an item by path or id, with a tag that
//! it is to have, or not.

use drivesim::{ItemKind, Pace, Precondition};

use super::{JobState, Key, Model, ModelDrive, ModelItem};
use crate::history::{By, Spot, Tag, Want};

/// Names an item in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By path in the drive with this number.
    Path(u32, String),
    /// By key in the drive with this number.
    Id(u32, Key),
    /// In one of these ways, if it has a tag.
    Match(Box<Place>, Precondition),
}

impl Place {
    /// Returns the number of the drive.
    pub fn drive(&self) -> u32 {
        match self {
            Place::Path(drive, _) | Place::Id(drive, _) => *drive,
            Place::Match(place, _) => place.drive(),
        }
    }

    /// Returns how the item is named.
    pub fn bare(&self) -> &Place {
        match self {
            Place::Match(place, _) => place,
            place => place,
        }
    }

    /// Returns the tag that the item is to have.
    pub fn expected(&self) -> Option<Precondition> {
        match self {
            Place::Match(_, expected) => Some(*expected),
            _ => None,
        }
    }
}

impl Model {
    /// Picks a job, now and then any, else one at such a pace that has not ended.
    pub(super) fn job(&self, pick: u16, fits: impl Fn(Pace) -> bool) -> Option<usize> {
        let is_active =
            |job: usize| fits(self.jobs[job].pace) && !matches!(self.jobs[job].state, JobState::Ended(_));
        let active: Vec<usize> = (0..self.jobs.len()).filter(|job| is_active(*job)).collect();
        let any: Vec<usize> = (0..self.jobs.len()).collect();
        let of = if pick % 16 == 0 { any } else { active };
        nth(&of, pick / 16)
    }

    /// Finds out which item a spot means now.
    pub(super) fn place(&self, spot: &Spot) -> Place {
        let place = self.bare_place(spot);
        let facts =
            self.resolve_any(&place).ok().and_then(|key| self.items.get(&key)).map(|item| &item.facts);
        let (etag, ctag) = facts.map_or((0, 0), |facts| (facts.etag, facts.ctag));
        let expected = match spot.tag {
            Tag::None => return place,
            Tag::RightETag => Precondition::ETag(etag),
            Tag::RightCTag => Precondition::CTag(ctag),
            Tag::WrongETag => Precondition::ETag(etag + 1),
            Tag::WrongCTag => Precondition::CTag(ctag + 1),
        };
        Place::Match(Box::new(place), expected)
    }

    fn bare_place(&self, spot: &Spot) -> Place {
        let drive = match self.drives.get(usize::from(spot.drive)) {
            Some(drive) => drive,
            None if spot.by == By::Stale => return self.gone_drive(),
            None => &self.drives[0],
        };
        if let Some(key) = self.not_found(drive, spot) {
            return Place::Id(drive.number, key);
        }
        let fitting = self.fitting(drive, spot.want);
        let key = nth(&fitting, spot.pick).unwrap_or(drive.root);
        let path = self.path(key);
        match spot.by {
            By::Id | By::Stale if self.known.contains_key(&key) => Place::Id(drive.number, key),
            By::Path | By::Id | By::Stale => Place::Path(drive.number, path),
            By::NoPath => Place::Path(drive.number, path[1..].to_owned() + "//"),
            By::Missing => Place::Path(drive.number, path.trim_end_matches('/').to_owned() + "/missing"),
        }
    }

    /// Picks what is in the bin, or an item that cannot be found any more.
    fn not_found(&self, drive: &ModelDrive, spot: &Spot) -> Option<Key> {
        let bin: Vec<Key> =
            self.bin(drive.number).into_iter().filter(|key| self.known.contains_key(key)).collect();
        if spot.want == Want::Binned && spot.by != By::Stale {
            return nth(&bin, spot.pick);
        }
        let is_lost = |(key, at): &(&Key, &u32)| **at == drive.number && !self.is_placed(**key);
        let lost: Vec<Key> = self.known.iter().filter(is_lost).map(|(key, _)| *key).collect();
        nth(&lost, spot.pick).filter(|_| spot.by == By::Stale)
    }

    /// Returns the items of a drive that fit what is wanted, breadth-first.
    fn fitting(&self, drive: &ModelDrive, want: Want) -> Vec<Key> {
        let fits = |key: &Key| match (want, self.items[key].kind) {
            (Want::Any | Want::Limited, _)
            | (Want::Folder | Want::FolderOfJob, ItemKind::Folder)
            | (Want::File | Want::Written | Want::Renamed, ItemKind::File) => true,
            (Want::Child | Want::OfJob | Want::Binned, _) => self.items[key].parent.is_some(),
            _ => false,
        };
        let fitting: Vec<Key> = self.seen_below(drive.root).into_iter().filter(fits).collect();
        let of_jobs = match want {
            Want::OfJob | Want::FolderOfJob => self.concerned(),
            _ => Vec::new(),
        };
        let was_renamed =
            |item: &ModelItem| item.past.iter().any(|past| !past.name.is_empty() && past.name != item.name);
        let is_better = |key: &Key| match want {
            Want::Written => self.items[key].version > 1,
            Want::Renamed => was_renamed(&self.items[key]),
            Want::Limited => self.items[key].access.is_some(),
            _ => of_jobs.contains(key),
        };
        let better: Vec<Key> = fitting.iter().copied().filter(is_better).collect();
        match (better.is_empty(), want) {
            (false, _) => better,
            (true, Want::Renamed) => self.fitting(drive, Want::Written),
            (true, _) => fitting,
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
    pub(super) fn place_to_write(&self, spot: &Spot, new_name: Option<String>) -> Place {
        let place = self.place(spot);
        match (new_name, place.bare()) {
            // A slash in a name would only mean another path.
            (Some(name), Place::Path(drive, path)) if !name.is_empty() && !name.contains('/') => {
                let path = Place::Path(*drive, format!("{}/{name}", path.trim_end_matches('/')));
                match place.expected() {
                    Some(expected) => Place::Match(Box::new(path), expected),
                    None => path,
                }
            }
            _ => place,
        }
    }
}

pub(super) fn nth<T: Copy>(of: &[T], pick: u16) -> Option<T> {
    of.get(usize::from(pick) % of.len().max(1)).copied()
}
