//! Starts a job early, for services whose copy exists when they respond.

use std::sync::Arc;

use drivesim_jobs::SimTime;

use crate::effects::Effects;
use crate::job_state::{JobState, Phase};
use crate::options::Visibility;
use crate::state::Shared;

impl JobState {
    /// Starts the job, if it waits, and reveals the root of its copy.
    pub(crate) fn begin(&self, sim: &Shared, now: SimTime, effects: &mut Effects) {
        let due = self.request.pace.start_due(self.accepted_at).unwrap_or(now);
        self.run_until(sim, now.max(due), effects);
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &mut inner.phase else { return };
        if running.attached.n_revealed() > 0 || self.request.visibility != Visibility::Gradual {
            return;
        }
        // If the target is gone, the thread that removed it fails the job.
        if let Ok(cell) = sim.drives.get(self.request.target_drive.id) {
            let mut drive = cell.write();
            if drive.can_fill(&running.attached) {
                Arc::make_mut(&mut running.errors).extend(drive.reveal(&mut running.attached, 1));
            }
        }
    }
}
