//! Translates operations from one way of naming items to another.

use super::{ItemUpdate, Op, Terms};

/// Translates terms. `None` means that nothing fits, so that the op cannot be translated.
#[expect(missing_docs, reason = "they are named as what they translate")]
pub trait Translate<From: Terms, To: Terms> {
    fn item(&self, item: &From::Item) -> Option<To::Item>;
    fn drive(&self, drive: &From::Drive) -> Option<To::Drive>;
    fn job(&self, job: &From::Job) -> Option<To::Job>;
    fn lock(&self, lock: &From::Lock) -> Option<To::Lock>;
    fn size(&self, drive: &From::Drive, size: &From::Size) -> Option<To::Size>;
    fn rules(&self, rules: &From::Rules) -> Option<To::Rules>;
    fn extra(&self, extra: &From::Extra) -> Option<Op<To>>;

    /// Returns the number of a version of a file.
    fn version(&self, _file: &To::Item, number: u32) -> u32 {
        number
    }
}

impl<T: Terms> Op<T> {
    /// Returns the op in other terms.
    pub fn translate<To: Terms>(&self, with: &impl Translate<T, To>) -> Option<Op<To>> {
        let at = |item: &T::Item| with.item(item);
        Some(match self.clone() {
            Op::CreateFolder { parent, name, conflict } => {
                Op::CreateFolder { parent: at(&parent)?, name, conflict }
            }
            Op::CreateFile { parent, name, text, conflict } => {
                Op::CreateFile { parent: at(&parent)?, name, text, conflict }
            }
            Op::CreateSized { parent, name, size } => Op::CreateSized { parent: at(&parent)?, name, size },
            Op::Write { file, text } => Op::Write { file: at(&file)?, text },
            Op::Rename { item, name } => Op::Rename { item: at(&item)?, name },
            Op::Move { item, target, name, conflict } => {
                Op::Move { item: at(&item)?, target: at(&target)?, name, conflict }
            }
            Op::Update { item, update } => {
                let ItemUpdate { name, target, conflict, text, times } = update;
                let target = optional(target, at)?;
                Op::Update { item: at(&item)?, update: ItemUpdate { name, target, conflict, text, times } }
            }
            Op::SetTimes { item, times } => Op::SetTimes { item: at(&item)?, times },
            Op::SetDescription { item, text } => Op::SetDescription { item: at(&item)?, text },
            Op::RestoreVersion { file, number } => {
                let file = at(&file)?;
                Op::RestoreVersion { number: with.version(&file, number), file }
            }
            Op::DeleteVersion { file, number } => {
                let file = at(&file)?;
                Op::DeleteVersion { number: with.version(&file, number), file }
            }
            other => return other.translate_removal(with),
        })
    }

    /// Translates the ops that delete, restore and limit.
    fn translate_removal<To: Terms>(self, with: &impl Translate<T, To>) -> Option<Op<To>> {
        let at = |item: &T::Item| with.item(item);
        Some(match self {
            Op::Delete { item } => Op::Delete { item: at(&item)? },
            Op::DeletePermanently { item } => Op::DeletePermanently { item: at(&item)? },
            Op::RestoreItem { item, folder, name, conflict } => {
                Op::RestoreItem { item: at(&item)?, folder: optional(folder, at)?, name, conflict }
            }
            Op::Purge { item } => Op::Purge { item: at(&item)? },
            Op::PurgeAll { drive } => Op::PurgeAll { drive: with.drive(&drive)? },
            Op::SetAccess { item, access } => Op::SetAccess { item: at(&item)?, access },
            Op::SetQuota { drive, total } => {
                let total = optional(total, |size| with.size(&drive, size))?;
                Op::SetQuota { drive: with.drive(&drive)?, total }
            }
            Op::Lock { item, scope } => Op::Lock { item: at(&item)?, scope },
            Op::Unlock { lock } => Op::Unlock { lock: with.lock(&lock)? },
            other => return other.translate_job_or_read(with),
        })
    }

    /// Translates the ops on jobs, time and drives, and those that read.
    fn translate_job_or_read<To: Terms>(self, with: &impl Translate<T, To>) -> Option<Op<To>> {
        let at = |item: &T::Item| with.item(item);
        Some(match self {
            Op::Copy { source, target, options } => {
                Op::Copy { source: at(&source)?, target: at(&target)?, options }
            }
            Op::Poll { job } => Op::Poll { job: with.job(&job)? },
            Op::Step { job, n_items } => Op::Step { job: with.job(&job)?, n_items },
            Op::Advance { by } => Op::Advance { by },
            Op::StepClock => Op::StepClock,
            Op::RunUntilIdle => Op::RunUntilIdle,
            Op::AddDrive { name, rules } => Op::AddDrive { name, rules: with.rules(&rules)? },
            Op::RemoveDrive { name } => Op::RemoveDrive { name },
            Op::ReadItem { item } => Op::ReadItem { item: at(&item)? },
            Op::ReadTags { item } => Op::ReadTags { item: at(&item)? },
            Op::List { folder } => Op::List { folder: at(&folder)? },
            Op::ListAll { drive } => Op::ListAll { drive: with.drive(&drive)? },
            Op::Search { folder, text } => Op::Search { folder: at(&folder)?, text },
            Op::ReadVersions { file } => Op::ReadVersions { file: at(&file)? },
            Op::ReadBin { drive } => Op::ReadBin { drive: with.drive(&drive)? },
            Op::ReadChanges { drive, since, limit } => {
                Op::ReadChanges { drive: with.drive(&drive)?, since, limit }
            }
            Op::Extra(extra) => return with.extra(&extra),
            _ => unreachable!("`translate` and `translate_removal` have all other ops"),
        })
    }
}

/// Translates an argument that may be missing.
fn optional<A, B>(value: Option<A>, with: impl Fn(&A) -> Option<B>) -> Option<Option<B>> {
    match value {
        None => Some(None),
        Some(value) => with(&value).map(Some),
    }
}
