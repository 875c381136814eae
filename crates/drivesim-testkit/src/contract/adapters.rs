//! Names the subjects that run the promises on drivesim itself.

use super::sim::SimSubject;

/// drivesim, with copies that complete within the call.
pub type EngineSubject = SimSubject<false>;
/// drivesim, with copies as jobs that are stepped item by item.
pub type SteppedSubject = SimSubject<true>;
