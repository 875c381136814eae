//! Reveals the items of a copy as its job progresses.

use std::sync::Arc;

use crate::job_state::{JobState, Position, Progress, Running};
use crate::options::Visibility;
use crate::state::Shared;

/// How many items are revealed under one lock, so that other threads get their turn.
const REVEAL: usize = 16_384;

impl JobState {
    /// Reveals the items that are done; returns whether their place still exists. A removal of that place may not have
    /// been reported to the job yet.
    pub(super) fn reveal(&self, sim: &Shared, running: &mut Running, position: &Position) -> bool {
        if position.is_end
            && running.attached.n_revealed() == position.n_done
            && !self.has_target(sim, running)
        {
            return false;
        }
        let filling = &mut running.attached;
        // What is revealed only at the end is revealed under one lock, or other threads would see a part of it.
        let (until, batch) = match self.request.visibility {
            Visibility::Gradual => (position.n_done, REVEAL),
            Visibility::OnCompletion if position.is_end => (position.n_done, usize::MAX),
            Visibility::OnCompletion => (0, usize::MAX),
        };
        let mut is_refused_more = false;
        while filling.n_revealed() < until {
            let Ok(cell) = sim.drives.get(self.request.target_drive.id) else { return false };
            let next = filling.n_revealed().saturating_add(batch).min(until);
            let mut drive = cell.write();
            if !drive.can_fill(filling) {
                return false;
            }
            let refused = drive.reveal(filling, next);
            if !refused.is_empty() {
                Arc::make_mut(&mut running.errors).extend(refused);
                is_refused_more = true;
            }
        }
        if is_refused_more {
            running.share.set(running.n_bytes(&self.request));
        }
        let filling = &running.attached;
        let n_bytes = filling.n_bytes_revealed();
        let mut view = self.view.lock();
        let Progress { bytes_total, .. } = view.progress;
        view.progress.items_done = position.n_done;
        view.progress.bytes_done = if position.is_end { bytes_total } else { n_bytes };
        view.machine.progress(position.percent);
        true
    }
}
