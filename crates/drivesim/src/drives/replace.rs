//! Replaces all drives of a simulator at one moment, or none of them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use drivesim_core::outline::{DriveHeader, Line};
use drivesim_core::{Profile, Timestamp, Traffic};

use super::cell::{TakenDrive, put_back};
use super::{DriveCell, Drives, NewCell, check_drive_wire_id};
use crate::error::Error;

/// The wanted state of a drive.
#[derive(Debug)]
pub(crate) struct ReplacementDrive {
    pub(crate) header: DriveHeader,
    pub(crate) has_header: bool,
    /// The profile of the drive if it is created.
    pub(crate) profile: Profile,
    pub(crate) lines: Vec<Line>,
}

impl ReplacementDrive {
    /// Returns whether a drive is the wanted one, apart from its items. A line that gives only a name leaves everything
    /// else as it is.
    fn matches(&self, cell: &DriveCell) -> bool {
        let (own, wanted) = (&cell.header, &self.header);
        own.name == wanted.name && (is_name_only(wanted) || header_fields(own) == header_fields(wanted))
    }
}

/// Returns whether a `drive` line gives a name and nothing else.
pub(crate) fn is_name_only(header: &DriveHeader) -> bool {
    header_fields(header) == header_fields(&DriveHeader::default())
}

type HeaderFields<'a> = ([Option<&'a str>; 4], Vec<(&'a str, &'a str)>);

fn header_fields(header: &DriveHeader) -> HeaderFields<'_> {
    let mut options: Vec<_> = header.options.iter().map(|(key, value)| (&**key, &**value)).collect();
    options.sort_unstable();
    ([&header.profile, &header.owner, &header.access, &header.id].map(Option::as_deref), options)
}

impl Drives {
    /// Replaces all drives by the wanted ones, in their order. A drive that matches keeps its id and gets the wanted
    /// items; others are created.
    ///
    /// Returns the previous drives.
    ///
    /// # Errors
    /// The error of one of the drives; nothing has changed then.
    pub(crate) fn replace(
        &self,
        seed: u64,
        wanted: &[ReplacementDrive],
        at: Timestamp,
        epoch: u64,
    ) -> Result<Vec<Arc<DriveCell>>, Error> {
        let mut n_made = self.n_made.lock();
        let before: Vec<Arc<DriveCell>> = self.all().to_vec();
        let (mut next, mut kept, mut after) = (*n_made, Vec::new(), Vec::new());
        for wanted in wanted {
            if let Some(cell) = before.iter().find(|cell| wanted.matches(cell)) {
                kept.push((&**cell, &*wanted.lines));
                after.push(cell.clone());
                continue;
            }
            let profile = Some(wanted.profile.name().to_owned());
            let header = DriveHeader { profile, ..wanted.header.clone() };
            let made = NewCell { seed, number: next, header, has_header: wanted.has_header };
            after.push(Arc::new(made.cell(self.traffic.clone(), |new| {
                let mut drive = new.drive(wanted.profile.clone(), at)?;
                drive.begin_epoch(epoch << 32);
                Ok(drive.with_lines(&wanted.lines, at)?)
            })?));
            next += 1;
        }
        for (number, cell) in after.iter().enumerate() {
            check_drive_wire_id(after.get(..number).unwrap_or_default(), cell)?;
        }
        let is_in =
            |cells: &[Arc<DriveCell>], cell: &DriveCell| cells.iter().any(|other| other.id == cell.id);
        let removed: Vec<_> = before.iter().filter(|cell| !is_in(&after, cell)).collect();
        let new: Vec<_> = after.iter().filter(|cell| !is_in(&before, cell)).collect();
        // Removed drives make room for new ones.
        removed.iter().for_each(|cell| cell.lock().leave_capacity());
        let join = || Ok(new.iter().try_for_each(|cell| cell.lock().join(&self.capacity))?);
        if let Err(error) = replace_in_place(kept, at, join) {
            removed.iter().for_each(|cell| cell.lock().join_as_it_is(&self.capacity));
            return Err(error);
        }
        removed.iter().for_each(|cell| self.traffic.add_released(cell.read().n_bytes()));
        *n_made = next;
        self.put(&before, after);
        Ok(before)
    }

    /// Replaces the list of drives.
    fn put(&self, before: &[Arc<DriveCell>], after: Vec<Arc<DriveCell>>) {
        for cell in &after {
            self.cells.insert(cell.id, cell.clone());
            self.ids.insert(cell.drive_ref.name().to_owned(), cell.id);
        }
        for removed in before.iter().filter(|cell| after.iter().all(|other| other.id != cell.id)) {
            self.cells.remove(&removed.id);
            self.ids.remove_if(removed.drive_ref.name(), |_, id| *id == removed.id);
        }
        self.ordered.store(Arc::new(after));
    }
}

/// Replaces the items of several drives at one moment. The new items are made in drives that are taken out of their
/// cells: readers continue with the old items until the last drive is replaced, and threads that change a drive wait.
///
/// `join` is called after all checks that can fail.
pub(crate) fn replace_in_place(
    mut drives: Vec<(&DriveCell, &[Line])>,
    at: Timestamp,
    join: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    drives.sort_unstable_by_key(|(cell, _)| cell.number);
    let mut taken: Vec<TakenDrive<'_>> = drives.iter().map(|(cell, _)| cell.take()).collect();
    for (taken, (_, lines)) in taken.iter().zip(&drives) {
        taken.drive.check_replacement(lines, at)?;
    }
    join()?;
    for (taken, (_, lines)) in taken.iter_mut().zip(&drives) {
        #[cfg(test)]
        super::cell::tests::call_hook(taken.cell);
        replace(taken, lines, at);
    }
    put_back(taken, || {
        for (cell, _) in &drives {
            cell.n_removals.fetch_add(1, Ordering::Relaxed);
        }
    });
    drives.iter().for_each(|(cell, _)| cell.reclaim());
    Ok(())
}

/// Replaces the items of a drive that was taken out.
fn replace(TakenDrive { cell, drive, .. }: &mut TakenDrive<'_>, lines: &[Line], at: Timestamp) {
    // All items are removed at once, and snapshots may hold them. Pages that are copied because the temporary clone
    // shares them are part of that.
    cell.traffic.add_released(drive.n_bytes());
    let before = Traffic::now();
    drive.replace_with_checked(lines, at);
    cell.traffic.add_created((Traffic::now() - before).made);
}
