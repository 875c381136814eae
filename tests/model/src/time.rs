//! Converts times of operations, in nanoseconds since the start, to timestamps.

use drivesim::item::{Times, Timestamp};

/// The time at which a simulator starts, in nanoseconds since 1970.
const START: i128 = 1_704_067_200_000_000_000;

/// Converts a time of an operation to a timestamp.
pub fn timestamp(time: i128) -> Timestamp {
    Timestamp::from_nanosecond(START + time).expect("a time of day")
}

/// Converts timestamps to times of an operation.
pub fn nanos_of(times: Times) -> [Option<i128>; 4] {
    let times = [times.created_at, times.modified_at, times.fs_created_at, times.fs_modified_at];
    times.map(|time| time.map(|time| time.as_nanosecond() - START))
}
