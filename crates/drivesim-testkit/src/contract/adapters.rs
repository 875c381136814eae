//! The only place that names the subjects that come with the testkit and are drivesim itself.

use super::sim::SimSubject;

/// drivesim, whose copies are done inside the call.
pub type EngineSubject = SimSubject<false>;
/// drivesim, whose copies are jobs that are stepped item by item.
pub type SteppedSubject = SimSubject<true>;
