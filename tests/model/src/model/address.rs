//! Resolves item selectors of a history to addresses, given the state of the model: an item by path or id, with or
//! without a tag as precondition.

use drivesim::Pace;
use drivesim::address::Precondition;
use drivesim::item::ItemKind;

use super::{JobState, Key, Model, ModelDrive, ModelItem};
use crate::op::{AddressBy, ItemSelector, Selector, Tag};

/// The address of an item in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By path in the drive with this number.
    Path(u32, String),
    /// By key in the drive with this number.
    Id(u32, Key),
    /// In one of these ways, with a precondition.
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

    /// Returns the address without its precondition.
    pub fn bare(&self) -> &Place {
        match self {
            Place::Match(place, _) => place,
            place => place,
        }
    }

    /// Returns the precondition.
    pub fn expected(&self) -> Option<Precondition> {
        match self {
            Place::Match(_, expected) => Some(*expected),
            _ => None,
        }
    }
}

impl Model {
    /// Picks a job: sometimes any, otherwise an active one whose pace fits.
    pub(super) fn pick_job(&self, pick: u16, fits: impl Fn(Pace) -> bool) -> Option<usize> {
        let is_active =
            |job: usize| fits(self.jobs[job].pace) && !matches!(self.jobs[job].state, JobState::Ended(_));
        let active: Vec<usize> = (0..self.jobs.len()).filter(|job| is_active(*job)).collect();
        let any: Vec<usize> = (0..self.jobs.len()).collect();
        let candidates = if pick % 16 == 0 { any } else { active };
        nth(&candidates, pick / 16)
    }

    fn address_of_match(&self, spot: &ItemSelector) -> Place {
        let place = self.place_without_tag(spot);
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

    fn place_without_tag(&self, spot: &ItemSelector) -> Place {
        let drive = match self.drives.get(usize::from(spot.drive)) {
            Some(drive) => drive,
            None if spot.by == AddressBy::Stale => return self.removed_drive(),
            None => &self.drives[0],
        };
        if let Some(key) = self.unreachable_item(drive, spot) {
            return Place::Id(drive.number, key);
        }
        let matching = self.matching(drive, spot.want);
        let key = nth(&matching, spot.pick).unwrap_or(drive.root);
        let path = self.path(key);
        match spot.by {
            AddressBy::Id | AddressBy::Stale if self.known.contains_key(&key) => Place::Id(drive.number, key),
            AddressBy::Path | AddressBy::Id | AddressBy::Stale => Place::Path(drive.number, path),
            AddressBy::NoPath => Place::Path(drive.number, path[1..].to_owned() + "//"),
            AddressBy::Missing => {
                Place::Path(drive.number, path.trim_end_matches('/').to_owned() + "/missing")
            }
        }
    }

    /// Picks an item in the bin, or one that can no longer be found.
    fn unreachable_item(&self, drive: &ModelDrive, spot: &ItemSelector) -> Option<Key> {
        let bin: Vec<Key> =
            self.bin(drive.number).into_iter().filter(|key| self.known.contains_key(key)).collect();
        if spot.want == Selector::Binned && spot.by != AddressBy::Stale {
            return nth(&bin, spot.pick);
        }
        let is_lost = |(key, at): &(&Key, &u32)| **at == drive.number && !self.is_placed(**key);
        let lost: Vec<Key> = self.known.iter().filter(is_lost).map(|(key, _)| *key).collect();
        nth(&lost, spot.pick).filter(|_| spot.by == AddressBy::Stale)
    }

    /// Returns the items of a drive that match the selector, breadth-first.
    fn matching(&self, drive: &ModelDrive, want: Selector) -> Vec<Key> {
        let fits = |key: &Key| match (want, self.items[key].kind) {
            (Selector::Any | Selector::Limited, _)
            | (Selector::Folder | Selector::FolderOfJob, ItemKind::Folder)
            | (Selector::File | Selector::Written | Selector::Renamed, ItemKind::File) => true,
            (Selector::Child | Selector::OfJob | Selector::Binned, _) => self.items[key].parent.is_some(),
            _ => false,
        };
        let matching: Vec<Key> = self.seen_below(drive.root).into_iter().filter(fits).collect();
        let of_jobs = match want {
            Selector::OfJob | Selector::FolderOfJob => self.items_of_jobs(),
            _ => Vec::new(),
        };
        let was_renamed =
            |item: &ModelItem| item.past.iter().any(|past| !past.name.is_empty() && past.name != item.name);
        let is_better = |key: &Key| match want {
            Selector::Written => self.items[key].version > 1,
            Selector::Renamed => was_renamed(&self.items[key]),
            Selector::Limited => self.items[key].access.is_some(),
            _ => of_jobs.contains(key),
        };
        let better: Vec<Key> = matching.iter().copied().filter(is_better).collect();
        match (better.is_empty(), want) {
            (false, _) => better,
            (true, Selector::Renamed) => self.matching(drive, Selector::Written),
            (true, _) => matching,
        }
    }

    /// Returns the items of active jobs, and the files that their successors are to replace.
    fn items_of_jobs(&self) -> Vec<Key> {
        let mut found = Vec::new();
        for job in &self.jobs {
            match &job.state {
                JobState::Ended(_) => continue,
                JobState::Waiting => {}
                JobState::Running(running) => {
                    found.extend(&running.plan);
                    let items = running.plan.iter().filter_map(|key| self.items.get(key));
                    let successors = items.filter(|item| item.successor);
                    found.extend(successors.filter_map(|item| self.holder(item.parent?, &item.name, None)));
                }
            }
            found.extend([job.request.source, job.request.target]);
        }
        found
    }

    /// Returns the address of the root of a removed drive, or else of the first drive.
    fn removed_drive(&self) -> Place {
        let gone = self.known.iter().find(|(_, drive)| self.drive(**drive).is_none());
        gone.map_or(Place::Id(0, self.drives[0].root), |(key, drive)| Place::Id(*drive, *key))
    }

    /// Resolves a selector to an address: of an item, or of a name in it.
    pub(super) fn address(&self, spot: &ItemSelector) -> Place {
        let place = self.address_of_match(spot);
        match (&spot.child, place.bare()) {
            // A slash in a name would only make another path.
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
