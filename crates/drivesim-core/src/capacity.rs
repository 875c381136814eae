//! Counts what several drives hold together and keeps it within limits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::outline::Bounds;

/// A limit on what the drives that have joined it may hold together. Clones are the same capacity.
///
/// ```
/// use drivesim_core::outline::Bounds;
/// use drivesim_core::{Capacity, Conflict, Drive, Profile, Timestamp};
///
/// let now = Timestamp::UNIX_EPOCH;
/// let capacity = Capacity::new(Bounds { max_items: 2, ..Bounds::NONE });
/// let mut drive = Drive::new(Profile::PLAIN, now);
/// drive.join(&capacity)?;
/// for name in ["a", "b"] {
///     drive.create_folder(drive.root(), name, Conflict::Fail, now)?;
/// }
/// let refused = drive.create_folder(drive.root(), "c", Conflict::Fail, now).unwrap_err();
/// assert_eq!(refused.to_string(), "no room for \"c\": all drives together hold at most 2 items and versions");
/// # Ok::<(), drivesim_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Capacity(Arc<Gauges>);

#[derive(Debug)]
struct Gauges {
    /// Items and past versions.
    items: Gauge,
    /// Bytes of contents and texts.
    content: Gauge,
    /// Bytes of change logs.
    log: Gauge,
}

#[derive(Debug)]
struct Gauge {
    n: AtomicU64,
    most: AtomicU64,
}

impl Gauge {
    fn new(most: u64) -> Gauge {
        Gauge { n: AtomicU64::new(0), most: AtomicU64::new(most) }
    }

    fn claim(&self, more: u64) -> Result<(), u64> {
        let most = self.most.load(Ordering::Relaxed);
        let grown = |n: u64| n.checked_add(more).filter(|&n| n <= most || more == 0);
        self.n.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).map(drop).map_err(|_| most)
    }

    /// Changes a part of the number from `before` to `after`.
    fn change(&self, before: u64, after: u64) {
        self.n.fetch_add(after.wrapping_sub(before), Ordering::Relaxed);
    }

    fn n(&self) -> u64 {
        self.n.load(Ordering::Relaxed)
    }
}

impl Capacity {
    /// Creates a capacity that no drive has joined.
    pub fn new(bounds: Bounds) -> Capacity {
        Capacity(Arc::new(Gauges {
            items: Gauge::new(bounds.max_items),
            content: Gauge::new(bounds.max_content),
            log: Gauge::new(bounds.max_change_log),
        }))
    }

    /// Returns the limits.
    pub fn bounds(&self) -> Bounds {
        let most = |gauge: &Gauge| gauge.most.load(Ordering::Relaxed);
        Bounds {
            max_items: most(&self.0.items),
            max_content: most(&self.0.content),
            max_change_log: most(&self.0.log),
        }
    }

    /// Sets the limits. Drives keep what they hold.
    pub fn set_bounds(&self, bounds: Bounds) {
        self.0.items.most.store(bounds.max_items, Ordering::Relaxed);
        self.0.content.most.store(bounds.max_content, Ordering::Relaxed);
        self.0.log.most.store(bounds.max_change_log, Ordering::Relaxed);
    }

    /// Returns how many items and versions the drives hold together, and how many bytes of contents and texts. Copies
    /// in progress count.
    pub fn held(&self) -> (u64, u64) {
        (self.0.items.n(), self.0.content.n())
    }

    /// Returns approximately how many bytes the change logs of the drives take together.
    pub fn change_log_bytes(&self) -> u64 {
        self.0.log.n()
    }

    /// Updates the number of bytes that the log of a drive takes.
    pub(crate) fn update_change_log(&self, before: u64, after: u64) {
        self.0.log.change(before, after);
    }

    /// Returns whether the logs together exceed their limit.
    pub(crate) fn is_log_over(&self) -> bool {
        self.0.log.n() > self.0.log.most.load(Ordering::Relaxed)
    }

    /// Returns how much more the drives may hold.
    pub fn left(&self) -> Bounds {
        let (bounds, (n_items, n_bytes)) = (self.bounds(), self.held());
        Bounds {
            max_items: bounds.max_items.saturating_sub(n_items),
            max_content: bounds.max_content.saturating_sub(n_bytes),
            max_change_log: bounds.max_change_log.saturating_sub(self.change_log_bytes()),
        }
    }
}

/// The part of a capacity that one drive uses. A clone of the drive has no share.
#[derive(Debug, Default)]
pub(crate) struct CapacityShare {
    capacity: Option<Capacity>,
    n_items: AtomicU64,
    n_bytes: AtomicU64,
}

impl Clone for CapacityShare {
    fn clone(&self) -> CapacityShare {
        CapacityShare::default()
    }
}

impl Drop for CapacityShare {
    fn drop(&mut self) {
        self.set(0, 0);
    }
}

/// The kind of a limit that was exceeded.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum CapacityKind {
    /// Items and past versions.
    Items,
    /// Bytes of contents, descriptions, members and names of users.
    Content,
    /// Bytes that copies being revealed keep next to their items: why some of these failed, when each is due.
    Copies,
}

impl fmt::Display for CapacityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            CapacityKind::Items => "items and versions",
            CapacityKind::Content => "bytes of contents and texts",
            CapacityKind::Copies => "bytes of copies in progress",
        })
    }
}

impl CapacityShare {
    pub(crate) fn new(capacity: &Capacity) -> CapacityShare {
        let mut share = CapacityShare::default();
        share.capacity = Some(capacity.clone());
        share
    }

    /// Returns whether the drive has joined a capacity.
    pub(crate) fn has_capacity(&self) -> bool {
        self.capacity.is_some()
    }

    /// Claims all of it or nothing. The error is the exceeded limit and its value.
    pub(crate) fn claim(&self, n_items: u64, n_bytes: u64) -> Result<(), (CapacityKind, u64)> {
        let Some(Capacity(gauges)) = &self.capacity else { return Ok(()) };
        gauges.items.claim(n_items).map_err(|most| (CapacityKind::Items, most))?;
        if let Err(most) = gauges.content.claim(n_bytes) {
            gauges.items.change(n_items, 0);
            return Err((CapacityKind::Content, most));
        }
        self.n_items.fetch_add(n_items, Ordering::Relaxed);
        self.n_bytes.fetch_add(n_bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Sets the share.
    pub(crate) fn set(&self, n_items: u64, n_bytes: u64) {
        let Some(Capacity(gauges)) = &self.capacity else { return };
        gauges.items.change(self.n_items.swap(n_items, Ordering::Relaxed), n_items);
        gauges.content.change(self.n_bytes.swap(n_bytes, Ordering::Relaxed), n_bytes);
    }
}
