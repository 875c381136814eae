//! Reveals the items of a copy as its job progresses.

use std::sync::Arc;

use crate::job_state::{JobState, Position, Progress, Running};
use crate::options::Visibility;
use crate::state::Shared;

/// The maximum number of items revealed under one lock. Other threads can take the lock in between.
const BATCH: usize = 16_384;

impl JobState {
    /// Reveals the items that are done; returns whether their folder still exists. Its removal may not have been reported
    /// to the job yet.
    pub(super) fn reveal(&self, sim: &Shared, running: &mut Running, position: &Position) -> bool {
        if position.is_end
            && running.attached.n_revealed() == position.n_done
            && !self.has_target(sim, running)
        {
            return false;
        }
        let attached = &mut running.attached;
        // A copy that appears on completion is revealed under one lock, so that no thread sees a part of it.
        let (until, batch) = match self.request.visibility {
            Visibility::Gradual => (position.n_done, BATCH),
            Visibility::OnCompletion if position.is_end => (position.n_done, usize::MAX),
            Visibility::OnCompletion => (0, usize::MAX),
        };
        let mut has_new_errors = false;
        while attached.n_revealed() < until {
            let Ok(cell) = sim.drives.get(self.request.target_drive.id) else { return false };
            let next = attached.n_revealed().saturating_add(batch).min(until);
            let mut drive = cell.write();
            if !drive.can_fill(attached) {
                return false;
            }
            let refused = drive.reveal(attached, next);
            if !refused.is_empty() {
                Arc::make_mut(&mut running.errors).extend(refused);
                has_new_errors = true;
            }
        }
        if has_new_errors {
            running.share.set(running.n_bytes(&self.request));
        }
        let attached = &running.attached;
        let n_bytes = attached.n_bytes_revealed();
        let mut view = self.view.lock();
        let Progress { bytes_total, .. } = view.progress;
        view.progress.items_done = position.n_done;
        view.progress.bytes_done = if position.is_end { bytes_total } else { n_bytes };
        view.machine.progress(position.percent);
        true
    }
}
