//! Replaces all drives of a simulator at one moment, or none of them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use drivesim_core::outline::{DriveHeader, Line};
use drivesim_core::{Profile, Timestamp};

use super::{DriveCell, Drives, Made, check_wire_id};
use crate::error::Error;

/// A drive as it is to be.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) header: DriveHeader,
    pub(crate) has_header: bool,
    /// The rules of the drive if it is made anew.
    pub(crate) profile: Profile,
    pub(crate) lines: Vec<Line>,
}

impl Wanted {
    /// Returns whether a drive is the wanted one, but for what is in it. A line that gives a name only leaves all else
    /// as it is.
    fn is(&self, cell: &DriveCell) -> bool {
        let (own, wanted) = (&cell.header, &self.header);
        own.name == wanted.name && (is_name_only(wanted) || facts(own) == facts(wanted))
    }
}

/// Returns whether a `drive` line gives a name and nothing else.
pub(crate) fn is_name_only(header: &DriveHeader) -> bool {
    facts(header) == facts(&DriveHeader::default())
}

type Facts<'a> = ([Option<&'a str>; 4], Vec<(&'a str, &'a str)>);

fn facts(header: &DriveHeader) -> Facts<'_> {
    let mut options: Vec<_> = header.options.iter().map(|(key, value)| (&**key, &**value)).collect();
    options.sort_unstable();
    ([&header.profile, &header.owner, &header.access, &header.id].map(Option::as_deref), options)
}

impl Drives {
    /// Lets there be the wanted drives and no others, in their order. A drive that is wanted as it is keeps its id and
    /// holds the wanted items; others are made.
    ///
    /// Returns the drives that were there before.
    ///
    /// # Errors
    /// What one of the drives refuses; nothing has happened then.
    pub(crate) fn replace(
        &self,
        seed: u64,
        wanted: &[Wanted],
        at: Timestamp,
        epoch: u64,
    ) -> Result<Vec<Arc<DriveCell>>, Error> {
        let mut n_made = self.n_made.lock();
        let before: Vec<Arc<DriveCell>> = self.all().to_vec();
        let (mut next, mut kept, mut after) = (*n_made, Vec::new(), Vec::new());
        for wanted in wanted {
            if let Some(cell) = before.iter().find(|cell| wanted.is(cell)) {
                kept.push((cell, wanted));
                after.push(cell.clone());
                continue;
            }
            let profile = Some(wanted.profile.name.to_owned());
            let header = DriveHeader { profile, ..wanted.header.clone() };
            let made = Made { seed, number: next, header, has_header: wanted.has_header };
            after.push(Arc::new(made.cell(self.traffic.clone(), |new| {
                let mut drive = new.drive(wanted.profile.clone(), at)?;
                drive.begin_epoch(epoch << 32);
                Ok(drive.with_lines(&wanted.lines, at)?)
            })?));
            next += 1;
        }
        for (number, cell) in after.iter().enumerate() {
            check_wire_id(after.get(..number).unwrap_or_default(), cell)?;
        }
        self.join_in_place_of(&before, &after)?;
        replace_in_place(kept, at)?;
        *n_made = next;
        self.put(&before, after);
        Ok(before)
    }

    /// Lets new drives count against the capacity, and those that they are made for no longer.
    fn join_in_place_of(&self, before: &[Arc<DriveCell>], after: &[Arc<DriveCell>]) -> Result<(), Error> {
        let is_in =
            |cells: &[Arc<DriveCell>], cell: &DriveCell| cells.iter().any(|other| other.id == cell.id);
        let gone: Vec<_> = before.iter().filter(|cell| !is_in(after, cell)).collect();
        gone.iter().for_each(|cell| cell.lock().leave_capacity());
        let new = after.iter().filter(|cell| !is_in(before, cell));
        gone.iter().for_each(|cell| self.traffic.part_with(cell.read().n_bytes()));
        let joined = new.into_iter().try_for_each(|cell| cell.lock().join(&self.capacity));
        if joined.is_err() {
            gone.iter().for_each(|cell| cell.lock().join_as_it_is(&self.capacity));
        }
        Ok(joined?)
    }

    /// Puts drives in the place of all that there are.
    fn put(&self, before: &[Arc<DriveCell>], after: Vec<Arc<DriveCell>>) {
        for cell in &after {
            self.cells.insert(cell.id, cell.clone());
            self.ids.insert(cell.named.name().to_owned(), cell.id);
        }
        for gone in before.iter().filter(|cell| after.iter().all(|other| other.id != cell.id)) {
            self.cells.remove(&gone.id);
            self.ids.remove_if(gone.named.name(), |_, id| *id == gone.id);
        }
        self.ordered.store(Arc::new(after));
    }
}

/// Replaces what is in several drives. All are locked until the last is replaced, in the order of their numbers.
fn replace_in_place(mut drives: Vec<(&Arc<DriveCell>, &Wanted)>, at: Timestamp) -> Result<(), Error> {
    drives.sort_unstable_by_key(|(cell, _)| cell.number);
    {
        let mut locked: Vec<_> =
            drives.iter().map(|(cell, wanted)| (*cell, cell.lock(), &wanted.lines)).collect();
        let checked = locked.iter().try_for_each(|(_, drive, lines)| drive.check_replacement(lines, at));
        if let Err(error) = checked {
            locked.iter().for_each(|(_, drive, _)| drive.settle_capacity());
            return Err(error.into());
        }
        for (cell, drive, lines) in &mut locked {
            // All that is there goes at once, and snapshots may hold it.
            cell.traffic.part_with(drive.n_bytes());
            drive.replace_with_checked(lines, at);
            cell.n_removals.fetch_add(1, Ordering::Relaxed);
            cell.note(drive);
        }
    }
    drives.iter().for_each(|(cell, _)| cell.free_rest());
    Ok(())
}
