//! Defines how much a server accepts and keeps, and what happens beyond each limit.

pub(crate) mod budget;
pub(crate) mod downloads;

use std::fmt;
use std::time::Duration;

use drivesim::outline::Bounds;

/// The value of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitValue {
    /// A number of bytes.
    Size(u64),
    /// A number of things.
    Number(u64),
    /// A time.
    Time(Duration),
}

impl fmt::Display for LimitValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        match self {
            LimitValue::Number(number) => number.fmt(f),
            LimitValue::Time(time) => write!(f, "{time:?}"),
            LimitValue::Size(size) => {
                let unit = UNITS.iter().find(|(_, unit)| *size >= *unit && size % unit == 0);
                match unit {
                    Some((name, unit)) => write!(f, "{} {name}", size / unit),
                    None => write!(f, "{size} B"),
                }
            }
        }
    }
}

/// A limit that is too small for any request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{limit} is {given}, it must be at least {least}")]
pub struct LimitError {
    /// The field of [`Limits`].
    pub limit: &'static str,
    /// The given value.
    pub given: String,
    /// The smallest value that is allowed.
    pub least: String,
}

/// A field of [`Limits`], for tables and flags.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LimitInfo {
    /// The name of the field.
    pub name: &'static str,
    /// What is limited.
    pub about: &'static str,
    /// What happens beyond the limit.
    pub beyond: &'static str,
    /// Reads the field.
    pub get: fn(&Limits) -> LimitValue,
    /// Sets the field. A value of another kind, or one that does not fit, sets the maximum.
    pub set: fn(&mut Limits, LimitValue),
}

macro_rules! get {
    (Time, $value:expr) => {
        LimitValue::Time($value)
    };
    ($kind:ident, $value:expr) => {
        LimitValue::$kind($value as u64)
    };
}

macro_rules! set {
    (Time, $value:expr) => {
        match $value {
            LimitValue::Time(time) => time,
            _ => Duration::MAX,
        }
    };
    ($kind:ident, $value:expr) => {
        match $value {
            LimitValue::$kind(value) => value.try_into().unwrap_or(usize::MAX),
            _ => usize::MAX,
        }
    };
}

/// Defines the limits from one list, so that each has its default, its setter, its flag and its line in docs/limits.md.
macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ty = $default:expr, $kind:ident, at least $least:expr, beyond: $beyond:literal;)*) => {
        /// How much a server accepts and keeps. An error names the limit; docs/limits.md lists all of them.
        ///
        /// ```
        /// use drivesim_server::{Limits, ServerOptions};
        ///
        /// let limits = Limits::default().max_upload(1 << 20).max_page(100);
        /// let options = ServerOptions::default().limits(limits);
        /// assert_eq!(options.limits.max_page, 100);
        /// assert_eq!(options.limits.max_json, Limits::default().max_json);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Limits {
            $($(#[doc = $doc])* #[doc = ""] #[doc = concat!("Beyond: ", $beyond)] pub $name: $type,)*
        }

        impl Default for Limits {
            fn default() -> Limits {
                Limits { $($name: $default,)* }
            }
        }

        impl Limits {
            $(
                $(#[doc = $doc])*
                #[must_use]
                pub fn $name(self, $name: $type) -> Limits {
                    Limits { $name, ..self }
                }
            )*

            /// Returns all limits in the order of the documentation.
            ///
            /// ```
            /// use drivesim_server::{LimitValue, Limits};
            ///
            /// let info = Limits::all().iter().find(|info| info.name == "max_page").unwrap();
            /// assert_eq!((info.get)(&Limits::default()), LimitValue::Number(1000));
            /// ```
            pub fn all() -> &'static [LimitInfo] {
                &[$(
                    LimitInfo {
                        name: stringify!($name),
                        about: concat!($($doc),*),
                        beyond: $beyond,
                        get: |limits| get!($kind, limits.$name),
                        set: |limits, value| limits.$name = set!($kind, value),
                    },
                )*]
            }

            /// Returns the bounds of all drives together.
            ///
            /// ```
            /// use drivesim_server::Limits;
            ///
            /// assert_eq!(Limits::default().max_items(100).bounds().max_items, 100);
            /// ```
            pub fn bounds(&self) -> Bounds {
                Bounds {
                    max_items: self.max_items as u64,
                    max_content: self.max_content as u64,
                    max_change_log: self.max_change_log as u64,
                }
            }

            /// Fails if a limit is too small for any server.
            pub(crate) fn check(&self) -> Result<(), LimitError> {
                $(
                    if !($least..).contains(&self.$name) {
                        let (given, least): (LimitValue, LimitValue) = (get!($kind, self.$name), get!($kind, $least));
                        let (given, least) = (given.to_string(), least.to_string());
                        return Err(LimitError { limit: stringify!($name), given, least });
                    }
                )*
                Ok(())
            }
        }
    };
}

limits! {
    /// Bytes that the server keeps beside its drives: the sum of bodies, responses, upload sessions, journal, events,
    /// hashes, ended jobs and snapshots, each of which also has its own limit.
    max_memory: usize = 1 << 30, Size, at least 1 << 20, beyond: "the part that needs more fails, or drops its oldest entries";
    /// Bytes of the contents that all drives hold, including past versions and the bins, and of the descriptions,
    /// members and names of users. A declared size counts nothing. The files that are being sent have the same limit:
    /// each counts once, even if it was deleted meanwhile.
    max_content: usize = 1 << 30, Size, at least 0, beyond: "503 for a download; 507 or Box's 403 `storage_limit_exceeded`; `--with-content` rejects the fixture";
    /// Items and versions of all drives, including those in the bins.
    max_items: usize = 10_000_000, Number, at least 1, beyond: "507 or Box's 403 `storage_limit_exceeded`; a copy fails; an outline is refused with its line";
    /// Approximate bytes of the change logs of all drives, from which clients read what has changed. Each drive may
    /// keep 16 KiB in any case.
    max_change_log: usize = 64 << 20, Size, at least 0, beyond: "the drive that changes drops its oldest changes: older delta tokens fail with `resyncRequired`";
    /// Bytes of the body of a request that is neither an upload nor an outline.
    max_json: usize = 1 << 20, Size, at least 1, beyond: "413";
    /// Values in the JSON of one body, keys included.
    max_json_values: usize = 50_000, Number, at least 1, beyond: "413";
    /// Bytes of one small upload (driveItem: put content).
    max_upload: usize = 250 << 20, Size, at least 1, beyond: "413";
    /// Bytes of an outline that is sent to the admin API.
    max_outline: usize = 64 << 20, Size, at least 1, beyond: "413";
    /// Bytes of all bodies together that are being read or processed, and of the values they are parsed into.
    max_bodies: usize = 1 << 30, Size, at least 1, beyond: "503 with `Retry-After`";
    /// Bytes of one response, except for contents and outlines, which are sent in pieces.
    max_answer: usize = 8 << 20, Size, at least 4 << 10, beyond: "a page of a listing ends earlier; 413 for responses without pages, before a change is made";
    /// Bytes of all responses together that are being made or sent, and of the memory that drives have released since
    /// the start of the oldest long outline that is being sent. Responses up to 4 KiB are not counted. A change fails
    /// before it is made if there is no memory for its response, or for 64 KiB.
    max_answers: usize = 256 << 20, Size, at least 4 << 10, beyond: "503 with `Retry-After`; the oldest outlines are cut off";
    /// Bytes of a URL's path and query.
    max_url: usize = 16 << 10, Size, at least 64, beyond: "414, and the connection is closed";
    /// Bytes of the head of a request in its usual form, with one space after each colon. A head has at most a hundred
    /// fields. A router without a port does not see heads arrive.
    max_head: usize = 64 << 10, Size, at least 8 << 10, beyond: "431, and the connection is closed";
    /// Children in one page of a listing.
    max_page: usize = 1000, Number, at least 1, beyond: "the page ends, with a link to the next";
    /// Bytes of files that are hashed for one listing, counted as if none had been hashed before, so that a response
    /// does not depend on those before it.
    ///
    /// ASSUMED: A listing shows the files beyond `max_hashed` bytes without hashes, which they have when they are
    /// requested alone (no option: limit of drivesim).
    max_hashed: usize = 256 << 20, Size, at least 0, beyond: "files are listed without hashes";
    /// Bytes of the cached hashes.
    max_hash_bytes: usize = 8 << 20, Size, at least 0, beyond: "the oldest are forgotten";
    /// Upload sessions that are open at the same time. Those of Box count separately.
    max_sessions: usize = 1000, Number, at least 0, beyond: "429";
    /// Bytes that the upload sessions of all services hold together.
    max_session_bytes: usize = 512 << 20, Size, at least 0, beyond: "507 or Box's 403 `storage_limit_exceeded`";
    /// Connections that are open at the same time. 64 more get one response each if their request is to the admin API,
    /// and wait at most two seconds for their clients. A router without a port has none.
    max_connections: usize = 1000, Number, at least 1, beyond: "503, and the connection is closed, except for the admin API; further ones are closed at once";
    /// How long the head of a request may take to arrive, and how long a connection may wait for the next request. A
    /// router without a port does not see heads arrive.
    max_head_wait: Duration = Duration::from_secs(60), Time, at least Duration::from_millis(1), beyond: "the connection is closed";
    /// How long a body may pause. A router without a port leaves that to the program around it.
    max_body_wait: Duration = Duration::from_secs(30), Time, at least Duration::from_millis(1), beyond: "408";
    /// How long a client may read nothing of a response, or so little that its socket does not become free for more:
    /// the system buffers some 200 KiB for a connection, and a third of it must be free before more is sent. The
    /// default never cuts off a client that reads 10 kB a second. A router without a port leaves that to the program
    /// around it.
    max_answer_wait: Duration = Duration::from_secs(30), Time, at least Duration::from_millis(1), beyond: "the connection is closed";
    /// Jobs that have not ended.
    max_jobs: usize = 10_000, Number, at least 0, beyond: "429";
    /// Approximate bytes that running jobs keep beside the items of their copies: which children were refused and why,
    /// and when each item is due at a pace in bytes. A job that keeps up to 1 KiB does not count. The items count in
    /// `max_items`, revealed or not.
    max_running_job_bytes: usize = 256 << 20, Size, at least 0, beyond: "the job that starts fails: 507 or Box's 403 `storage_limit_exceeded`";
    /// Ended jobs that are remembered.
    max_ended_jobs: usize = 10_000, Number, at least 0, beyond: "the oldest are dropped: their monitors respond with 404";
    /// Bytes of the ended jobs that are remembered.
    max_ended_job_bytes: usize = 32 << 20, Size, at least 0, beyond: "the oldest are dropped: their monitors respond with 404";
    /// Drives. The admin API creates no others.
    max_drives: usize = 1000, Number, at least 0, beyond: "409 `tooManyDrives`";
    /// Requests that the journal of the admin API keeps.
    max_journal: usize = 10_000, Number, at least 0, beyond: "the oldest are dropped";
    /// Approximate bytes of the journal.
    max_journal_bytes: usize = 64 << 20, Size, at least 0, beyond: "the oldest requests are dropped";
    /// Bytes of a body, and of the headers of a message, that the journal keeps. With 0 it keeps neither.
    max_journal_body: usize = 16 << 10, Size, at least 0, beyond: "the rest is left out";
    /// Events of Box that are kept.
    max_events: usize = 10_000, Number, at least 0, beyond: "the oldest are dropped";
    /// Approximate bytes of the events of Box.
    max_event_bytes: usize = 16 << 20, Size, at least 0, beyond: "the oldest are dropped";
    /// How long a long poll for events of Box waits. A router without a port does not wait.
    max_long_poll: Duration = Duration::from_secs(30), Time, at least Duration::from_millis(1), beyond: "the poll ends without news";
    /// Snapshots that the admin API keeps.
    max_snapshots: usize = 100, Number, at least 0, beyond: "409 `tooManySnapshots`";
    /// Bytes of the pages that drives have copied since the oldest snapshot, which only snapshots hold.
    max_snapshot_bytes: usize = 128 << 20, Size, at least 0, beyond: "the oldest are dropped: restoring one fails with 410 `droppedSnapshot`";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_too_small_is_refused_by_name() {
        let error = |limits: Limits| limits.check().unwrap_err().to_string();
        assert_eq!(error(Limits::default().max_page(0)), "max_page is 0, it must be at least 1");
        assert_eq!(
            error(Limits::default().max_body_wait(Duration::ZERO)),
            "max_body_wait is 0ns, it must be at least 1ms"
        );
        assert_eq!(error(Limits::default().max_memory(10)), "max_memory is 10 B, it must be at least 1 MiB");
        assert!(Limits::default().max_sessions(0).check().is_ok());
        assert!(Limits::default().check().is_ok());
    }

    #[test]
    fn each_limit_is_read_and_set_by_its_entry() {
        let (mut limits, default) = (Limits::default(), Limits::default());
        for info in Limits::all() {
            let before = (info.get)(&limits);
            let other = match before {
                LimitValue::Size(size) => LimitValue::Size(size + 1),
                LimitValue::Number(number) => LimitValue::Number(number + 1),
                LimitValue::Time(time) => LimitValue::Time(time + Duration::from_secs(1)),
            };
            (info.set)(&mut limits, other);
            assert_eq!((info.get)(&limits), other, "{}", info.name);
            (info.set)(&mut limits, before);
            assert_eq!(limits, default, "{}", info.name);
        }
    }

    #[test]
    fn sizes_are_printed_in_the_largest_unit_that_divides_them() {
        let text = |size| LimitValue::Size(size).to_string();
        assert_eq!(
            [text(1 << 30), text(1536 << 10), text(1000), text(0)],
            ["1 GiB", "1536 KiB", "1000 B", "0 B"]
        );
        assert_eq!(LimitValue::Time(Duration::from_millis(500)).to_string(), "500ms");
    }
}
