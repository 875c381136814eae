//! Validates the model's copies, and places their items when they start.

use drivesim::CopyOptions;
use drivesim::access::Access;
use drivesim::item::{ItemKind, Versions};

use super::locks::LockedOp;
use super::names::same;
use super::plan::{StartedCopy, TopItem};
use super::{Key, Model, ModelError, ModelItem};

/// The source and the target of a copy, by key so that moves do not matter, and its options.
#[derive(Clone, Debug)]
pub(super) struct ModelCopyRequest {
    pub(super) source_drive: u32,
    pub(super) source: Key,
    pub(super) target_drive: u32,
    pub(super) target: Key,
    pub(super) options: CopyOptions,
    /// The caller of the copy.
    pub(super) by: &'static str,
}

impl Model {
    /// Validates a copy in the call.
    pub(super) fn accept(&mut self, request: &ModelCopyRequest) -> Result<(), ModelError> {
        let tops = self.check_copy(request, None)?;
        let options = &request.options;
        let service = self.drive_of(request.target)?.service;
        let mut trial = self.clone();
        let placed = trial.place_items(request, &tops);
        if service.refuses_taken_at_once(options.name.is_some(), options.conflict) {
            let started = placed.as_ref().map_err(ModelError::clone)?;
            let is_taken = |rank: usize| tops[rank].rejection.is_none();
            if let Some((_, error)) = started.details.iter().find(|(rank, _)| is_taken(**rank)) {
                return Err(error.clone());
            }
        }
        if placed.is_err() {
            // The name may be free when the job starts; the quota is checked now.
            trial = self.clone();
            for top in &tops {
                let all = self.seen_below(top.source);
                for source in all {
                    trial.add_hidden(request, request.target, source, None);
                }
            }
        }
        self.check_quota_of(request.target_drive, &trial)
    }

    /// Fails if the quota does not allow for what `trial` holds more than this state.
    fn check_quota_of(&self, drive: u32, trial: &Model) -> Result<(), ModelError> {
        let (before, after) = (self.used(drive), trial.used(drive));
        let [seen, past] = [after.hidden - before.hidden, after.past - before.past];
        self.check_quota_for(drive, seen as i128, past as i128, 0)
    }

    /// Validates a copy again when it starts, and places its items, still hidden.
    pub(super) fn start(
        &mut self,
        request: &ModelCopyRequest,
        job: usize,
    ) -> Result<StartedCopy, ModelError> {
        let tops = self.check_copy(request, Some(job))?;
        let mut trial = self.clone();
        let started = trial.place_items(request, &tops)?;
        self.check_quota_of(request.target_drive, &trial)?;
        for source in &started.sources {
            self.check_names_in(request, *source)?;
        }
        if started.plan.is_empty() && !started.details.is_empty() {
            return Err(ModelError::SomeFailed(started.details.into_values().collect()));
        }
        *self = trial;
        Ok(started)
    }

    /// Checks everything but conflicts and the quota, in the order in which failures are reported, and returns the top
    /// items.
    fn check_copy(&self, request: &ModelCopyRequest, job: Option<usize>) -> Result<Vec<TopItem>, ModelError> {
        let options = &request.options;
        let source_drive = self.drive(request.source_drive).ok_or(ModelError::NoDrive)?;
        let target_drive = self.drive(request.target_drive).ok_or(ModelError::NoDrive)?;
        if !self.offers(target_drive.service.offers_copy(options.conflict)) {
            return Err(ModelError::ConflictNotOffered);
        }
        let source = self.require(request.source)?;
        let is_box = source_drive.service == super::Service::Box;
        if source.parent.is_none() && (is_box || !options.children_only) {
            return Err(ModelError::IsRoot);
        }
        if options.children_only && source.kind == ItemKind::File {
            return Err(ModelError::ChildrenOfAFile);
        }
        check_version(source, options)?;
        if self.require(request.target)?.kind == ItemKind::File {
            return Err(ModelError::NotAFolder);
        }
        self.check_access_to_all(request.source, Access::Read)?;
        self.check_writable(request.target)?;
        if self.is_within(request.target, request.source) {
            return Err(ModelError::IntoItself);
        }
        let mut tops = self.tops(request);
        for top in &mut tops {
            top.rejection = self.check_name(request.target, &top.name, top.kind).err();
            check_single_top(options, top)?;
        }
        let n_items: usize = tops.iter().map(|top| self.seen_below(top.source).len()).sum();
        if n_items > target_drive.limits.max_items {
            return Err(ModelError::TooManyItems);
        }
        for top in tops.iter_mut().filter(|top| top.rejection.is_none()) {
            top.rejection =
                self.check_path(request.target, &top.name, self.seen_units_below(top.source)).err();
            check_single_top(options, top)?;
        }
        self.check_locks(request.source, LockedOp::CopyFrom, true, job)?;
        let source = &self.items[&request.source];
        if let (ItemKind::File, Some(folder)) = (source.kind, source.parent) {
            self.check_locks(folder, LockedOp::CopyFrom, false, job)?;
        }
        self.check_locks(request.target, LockedOp::CopyTo, false, job)?;
        Ok(tops)
    }

    fn tops(&self, request: &ModelCopyRequest) -> Vec<TopItem> {
        let sources = match request.options.children_only {
            true => self.seen_children(request.source),
            false => vec![request.source],
        };
        let service = self.drive(request.target_drive).map(|drive| drive.service);
        let tops = sources.into_iter().map(|source| {
            let ModelItem { kind, name, .. } = &*self.items[&source];
            let name = request.options.name.as_ref().unwrap_or(name);
            let name = match (kind, service) {
                // The children of a folder are copied as part of the folder, not as single files.
                (ItemKind::File, Some(service)) if !request.options.children_only => {
                    service.for_copied_file(name)
                }
                _ => name.clone(),
            };
            TopItem { source, kind: *kind, name, rejection: None }
        });
        tops.collect()
    }

    /// Checks that the target drive allows the names of a source folder's children, and that they do not conflict
    /// there.
    fn check_names_in(&self, request: &ModelCopyRequest, folder: Key) -> Result<(), ModelError> {
        let service = self.drive_of(request.target)?.service;
        let children = self.seen_children(folder);
        for (n, child) in children.iter().enumerate() {
            let ModelItem { name, kind, .. } = &*self.items[child];
            if !service.allows(name, *kind) {
                return Err(ModelError::BadName);
            }
            if children[..n].iter().any(|other| same(service, &self.items[other].name, name)) {
                return Err(ModelError::NameTaken);
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

/// Fails if the only top item does not fit the target; children are omitted one by one instead.
fn check_single_top(options: &CopyOptions, top: &TopItem) -> Result<(), ModelError> {
    match &top.rejection {
        Some(error) if !options.children_only => Err(error.clone()),
        _ => Ok(()),
    }
}

/// Fails if the source does not have the version.
fn check_version(source: &ModelItem, options: &CopyOptions) -> Result<(), ModelError> {
    let Versions::Number(number) = options.versions else { return Ok(()) };
    if source.kind == ItemKind::Folder || options.children_only {
        return Err(ModelError::NotAFile);
    }
    source.bytes_of(number).map(|_| ()).ok_or(ModelError::NoVersion)
}
