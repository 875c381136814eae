//! The only place for whether the model allows a copy, and for what it puts in place when it starts.

use drivesim::{Access, Conflict, ItemKind, Leftovers, Pace, Versions, Visibility};

use super::locks::Deed;
use super::names::same;
use super::plan::{Started, Wanted};
use super::{Key, Model, ModelItem, Refusal};

/// What a copy was asked to do.
#[derive(Clone, Debug)]
pub struct CopyWish {
    /// The new name.
    pub name: Option<String>,
    /// What to do about a taken name.
    pub conflict: Conflict,
    /// Whether the folder itself is left out.
    pub children_only: bool,
    /// Which versions of its files.
    pub versions: Versions,
    /// How fast.
    pub pace: Pace,
    /// What is seen meanwhile; `None` as the simulator has it.
    pub visibility: Option<Visibility>,
    /// What stays if it fails; `None` as the simulator has it.
    pub leftovers: Option<Leftovers>,
}

/// A copy's source and target, which are followed wherever they are moved, and what was asked for.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) source_drive: u32,
    pub(super) source: Key,
    pub(super) target_drive: u32,
    pub(super) target: Key,
    pub(super) wish: CopyWish,
    /// Who asked for it.
    pub(super) by: &'static str,
}

impl Model {
    /// Refuses a copy that is refused by the call.
    pub(super) fn accept(&mut self, order: &Order) -> Result<(), Refusal> {
        let wanted = self.check_copy(order, None)?;
        let wish = &order.wish;
        let service = self.drive_of(order.target)?.service;
        let mut trial = self.clone();
        let placed = trial.put_in_place(order, &wanted);
        if service.refuses_taken_at_once(wish.name.is_some(), wish.conflict) {
            let started = placed.as_ref().map_err(Refusal::clone)?;
            let is_taken = |rank: usize| wanted[rank].unfit.is_none();
            if let Some((_, refusal)) = started.details.iter().find(|(rank, _)| is_taken(**rank)) {
                return Err(refusal.clone());
            }
        }
        if placed.is_err() {
            // The name may be free when the job starts; the room is asked for now.
            trial = self.clone();
            for top in &wanted {
                let all = self.seen_below(top.source);
                for source in all {
                    trial.add_hidden(order, order.target, source, None);
                }
            }
        }
        self.check_promise(order.target_drive, &trial)
    }

    /// Refuses what another state of the model has promised and this one not yet, if there is no room for it.
    fn check_promise(&self, drive: u32, trial: &Model) -> Result<(), Refusal> {
        let (before, after) = (self.used(drive), trial.used(drive));
        let [seen, past] = [after.hidden - before.hidden, after.past - before.past];
        self.check_room_for(drive, seen as i128, past as i128, 0)
    }

    /// Checks a copy again, now that it starts, and puts what it makes in place, still hidden.
    pub(super) fn start(&mut self, order: &Order, job: usize) -> Result<Started, Refusal> {
        let wanted = self.check_copy(order, Some(job))?;
        let mut trial = self.clone();
        let started = trial.put_in_place(order, &wanted)?;
        self.check_promise(order.target_drive, &trial)?;
        for source in &started.sources {
            self.check_names_in(order, *source)?;
        }
        if started.plan.is_empty() && !started.details.is_empty() {
            return Err(Refusal::SomeFailed(started.details.into_values().collect()));
        }
        *self = trial;
        Ok(started)
    }

    /// Checks all but taken names and room, in the order in which it is told, and returns the wanted names.
    fn check_copy(&self, order: &Order, job: Option<usize>) -> Result<Vec<Wanted>, Refusal> {
        let wish = &order.wish;
        let source_drive = self.drive(order.source_drive).ok_or(Refusal::NoDrive)?;
        let target_drive = self.drive(order.target_drive).ok_or(Refusal::NoDrive)?;
        if !self.offers(target_drive.service.offers_copy(wish.conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        let source = self.require(order.source)?;
        let is_box = source_drive.service == super::Service::Box;
        if source.parent.is_none() && (is_box || !wish.children_only) {
            return Err(Refusal::IsRoot);
        }
        if wish.children_only && source.kind == ItemKind::File {
            return Err(Refusal::ChildrenOfAFile);
        }
        check_version(source, wish)?;
        if self.require(order.target)?.kind == ItemKind::File {
            return Err(Refusal::NotAFolder);
        }
        self.check_access_to_all(order.source, Access::Read)?;
        self.check_writable(order.target)?;
        if self.is_within(order.target, order.source) {
            return Err(Refusal::IntoItself);
        }
        let mut wanted = self.wanted(order);
        for top in &mut wanted {
            top.unfit = self.check_name(order.target, &top.name, top.kind).err();
            whole_is_fit(wish, top)?;
        }
        let n_items: usize = wanted.iter().map(|top| self.seen_below(top.source).len()).sum();
        if n_items > target_drive.limits.max_items {
            return Err(Refusal::TooManyItems);
        }
        for top in wanted.iter_mut().filter(|top| top.unfit.is_none()) {
            top.unfit = self.check_path(order.target, &top.name, self.seen_units_below(top.source)).err();
            whole_is_fit(wish, top)?;
        }
        self.check_locks(order.source, Deed::CopyFrom, true, job)?;
        let source = &self.items[&order.source];
        if let (ItemKind::File, Some(folder)) = (source.kind, source.parent) {
            self.check_locks(folder, Deed::CopyFrom, false, job)?;
        }
        self.check_locks(order.target, Deed::CopyTo, false, job)?;
        Ok(wanted)
    }

    fn wanted(&self, order: &Order) -> Vec<Wanted> {
        let tops = match order.wish.children_only {
            true => self.seen_children(order.source),
            false => vec![order.source],
        };
        let service = self.drive(order.target_drive).map(|drive| drive.service);
        let wanted = tops.into_iter().map(|source| {
            let ModelItem { kind, name, .. } = &*self.items[&source];
            let name = order.wish.name.as_ref().unwrap_or(name);
            let name = match (kind, service) {
                // The children of a folder are a folder's copy, not files asked for one by one.
                (ItemKind::File, Some(service)) if !order.wish.children_only => service.for_copied_file(name),
                _ => name.clone(),
            };
            Wanted { source, kind: *kind, name, unfit: None }
        });
        wanted.collect()
    }

    /// Checks the names of what is in a folder of the source, and that they stay apart in the other drive.
    fn check_names_in(&self, order: &Order, folder: Key) -> Result<(), Refusal> {
        let service = self.drive_of(order.target)?.service;
        let children = self.seen_children(folder);
        for (n, child) in children.iter().enumerate() {
            let ModelItem { name, kind, .. } = &*self.items[child];
            if !service.allows(name, *kind) {
                return Err(Refusal::BadName);
            }
            if children[..n].iter().any(|other| same(service, &self.items[other].name, name)) {
                return Err(Refusal::NameTaken);
            }
        }
        Ok(())
    }

    pub(super) fn seen_units_below(&self, top: Key) -> usize {
        let own = self.path_units(top);
        let all = self.seen_below(top).into_iter().map(|key| self.path_units(key));
        all.max().unwrap_or(own).saturating_sub(own)
    }
}

/// Refuses a copy whose only top item the target could not have; children are left out one by one.
fn whole_is_fit(wish: &CopyWish, top: &Wanted) -> Result<(), Refusal> {
    match &top.unfit {
        Some(refusal) if !wish.children_only => Err(refusal.clone()),
        _ => Ok(()),
    }
}

/// Refuses a version that the source has not.
fn check_version(source: &ModelItem, wish: &CopyWish) -> Result<(), Refusal> {
    let Versions::Number(number) = wish.versions else { return Ok(()) };
    if source.kind == ItemKind::Folder || wish.children_only {
        return Err(Refusal::NotAFile);
    }
    source.bytes_of(number).map(|_| ()).ok_or(Refusal::NoVersion)
}
