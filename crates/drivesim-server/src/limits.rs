//! The only place for how much a server accepts.

use std::time::Duration;

use crate::app::StartError;

/// Makes the limits from one list, so that none lacks its default or its setter.
macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ty = $default:expr, at least $least:expr;)*) => {
        /// How much a server accepts. What is beyond is refused, and a refusal names the limit.
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
            $($(#[doc = $doc])* pub $name: $type,)*
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

            /// Refuses what no server could work with.
            ///
            /// # Errors
            /// [`StartError::Limit`].
            pub(crate) fn check(&self) -> Result<(), StartError> {
                $(
                    if !($least..).contains(&self.$name) {
                        let (given, least) = (format!("{:?}", self.$name), format!("{:?}", $least));
                        return Err(StartError::Limit { limit: stringify!($name), given, least });
                    }
                )*
                Ok(())
            }
        }
    };
}

limits! {
    /// Bytes of the body of one request that is neither an upload nor an outline; 1 MiB by default.
    max_json: usize = 1 << 20, at least 1;
    /// Bytes of one small upload; 250 MiB by default (driveItem: put content).
    max_upload: usize = 250 << 20, at least 1;
    /// Bytes of an outline that is sent to the side door; 64 MiB by default.
    max_outline: usize = 64 << 20, at least 1;
    /// Bytes of a URL's path and query; 16 KiB by default. Above 64 KiB no URL is read at all.
    max_url: usize = 16 << 10, at least 64;
    /// Children in one page of a listing; 1,000 by default.
    max_page: usize = 1000, at least 1;
    /// Bytes of files that are hashed for one listing, counted as if none had been hashed before, so that an answer does
    /// not depend on those before it; 256 MiB by default. That a listing shows the files beyond `max_hashed`
    /// bytes without hashes, which they have when they are asked for alone, is *assumed* (no option: limit of drivesim).
    max_hashed: u64 = 256 << 20, at least 0;
    /// Upload sessions that are open at the same time, those of Box apart from the others; 1,000 by default.
    max_sessions: usize = 1000, at least 0;
    /// Bytes of all upload sessions together that are not files yet, those of Box apart from the others; 1 GiB by
    /// default.
    max_session_bytes: usize = 1 << 30, at least 0;
    /// Bytes of all bodies together that are being read or answered; 1 GiB by default. Beyond that requests are told to
    /// come again (503).
    max_bodies: usize = 1 << 30, at least 1;
    /// Connections that are open at the same time; 1,000 by default. Others are told to come again (503). A router
    /// without a port has none.
    max_connections: usize = 1000, at least 1;
    /// How long the head of a request may take to come, and how long a connection may wait for the next request; a minute
    /// by default. A router without a port does not see heads come.
    max_head_wait: Duration = Duration::from_secs(60), at least Duration::from_millis(1);
    /// How long nothing may come of a body; 30 seconds by default (408 then). A router without a port leaves that to the
    /// program around it.
    max_body_wait: Duration = Duration::from_secs(30), at least Duration::from_millis(1);
    /// Jobs that have not ended; 10,000 by default. Other copies are refused (429) until some have.
    max_jobs: usize = 10_000, at least 0;
    /// Drives; no others are made at the side door. 1,000 by default.
    max_drives: usize = 1000, at least 0;
    /// Requests that the journal of the side door keeps; the oldest go first. 10,000 by default.
    max_journal: usize = 10_000, at least 0;
    /// Bytes that the journal takes, about; the oldest requests go first. 64 MiB by default.
    max_journal_bytes: usize = 64 << 20, at least 0;
    /// Bytes of a body, and of the headers of a message, that the journal keeps; 16 KiB by default, with 0 it keeps
    /// neither.
    max_journal_body: usize = 16 << 10, at least 0;
    /// Events of Box that are kept; the oldest go first. 10,000 by default.
    max_events: usize = 10_000, at least 0;
    /// Bytes that events of Box take, about; the oldest go first. 16 MiB by default.
    max_event_bytes: usize = 16 << 20, at least 0;
    /// How long a long poll for events of Box waits; half a minute by default. A router without a port does not wait.
    max_long_poll: Duration = Duration::from_secs(30), at least Duration::from_millis(1);
    /// Snapshots that the side door keeps; 100 by default.
    max_snapshots: usize = 100, at least 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_lets_nothing_through_is_refused_by_name() {
        let told = |limits: Limits| limits.check().unwrap_err().to_string();
        assert_eq!(told(Limits::default().max_page(0)), "max_page is 0, it must be at least 1");
        assert_eq!(
            told(Limits::default().max_body_wait(Duration::ZERO)),
            "max_body_wait is 0ns, it must be at least 1ms"
        );
        assert!(Limits::default().max_sessions(0).check().is_ok());
        assert!(Limits::default().check().is_ok());
    }
}
