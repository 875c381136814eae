//! Copies over time: when a job starts, how far it is, when it ends.
//!
//! The crate knows *when* and *how far*, never what a drive is: a job here is a number of items, their sizes in bytes
//! and a [`Pace`]. It moves no item, starts no thread and reads nothing but a [`Clock`]. The outcome of a finished job
//! is a type parameter of [`Machine`].
//!
//! - [`Clock`] gives the time, as a [`SimTime`]: by hand in tests, of the system in a server.
//! - [`Pace`] is the speed of a job, as a user writes it: `10MiB/s`, `2s`, `held`.
//! - [`Work`] and [`Timeline`] calculate how much is done at a time, and when a given amount will be done. The two
//!   directions agree to the nanosecond, so a clock may jump from due time to due time.
//! - [`Machine`] holds the state of a job and allows only forward moves.
//! - [`Event`] is what happened and when, and [`Marks`] reports progress once, at [every](Every) percent, tenth of a
//!   percent or item.
//!
//! ```
//! use std::time::Duration;
//! use drivesim_jobs::{Clock, Pace, Timeline, Work};
//!
//! let clock = Clock::manual();
//! let pace: Pace = "4items/s".parse()?;
//! let timeline = Timeline::new(clock.now(), Work::new(pace, [10, 20, 30].into_iter()));
//!
//! let now = clock.advance(Duration::from_millis(500))?;
//! assert_eq!(timeline.items_done(now), 2);
//! assert_eq!(timeline.percent_at(now).to_string(), "66.6");
//! assert_eq!(timeline.end_due().map(|end| end.as_duration()), Some(Duration::from_millis(750)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(missing_docs)]

// In reading order: the blank lines keep the formatter from sorting them.
mod time;

mod clock;

mod pace;

mod ratio;

mod percent;

mod progress;

mod machine;

mod event;

pub use clock::{Clock, ClockError};
pub use event::{Event, EventKind, Every, Marks};
pub use machine::{IllegalMove, Machine, Status};
pub use pace::{Pace, PaceError};
pub use percent::Percent;
pub use progress::{Timeline, Work};
pub use time::SimTime;
