//! Measures the allocated and the resident memory of this process.
//!
//! The allocated memory shows leaks. The resident memory is larger: the allocator keeps freed memory for each thread.

use std::cell::Cell;
use std::fmt;
use std::thread;
use std::time::Duration;

use drivesim::Sim;
use drivesim_server::Limits;

/// The allocator of the program.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Memory of threads and models, in addition to the budget and the drives, when the clients have ended.
const SLACK: u64 = 64 << 20;
/// Additional memory while the clients run in the same process: each may parse a response into a tree of values.
const CLIENTS: u64 = 192 << 20;
/// Resident memory in addition to the allocated: code, stacks, and what the allocator keeps for each thread.
const RESIDENT_SLACK: u64 = 192 << 20;
/// Maximum memory of an item, including its versions and its entry in the change log.
const PER_ITEM: u64 = 1 << 10;

/// The memory at one moment, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub allocated: u64,
    pub resident: u64,
}

impl Usage {
    fn now() -> Usage {
        Usage { allocated: allocated(), resident: resident() }
    }

    fn is_within(self, allowed: Usage) -> bool {
        self.allocated <= allowed.allocated && self.resident <= allowed.resident
    }

    /// Returns the maximum of each value.
    fn max(self, other: Usage) -> Usage {
        Usage { allocated: self.allocated.max(other.allocated), resident: self.resident.max(other.resident) }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB allocated, {} MiB resident", self.allocated >> 20, self.resident >> 20)
    }
}

/// The memory at the start, the maximum, and the last measurement.
#[derive(Debug)]
pub struct MemoryWatch {
    start: Usage,
    peak: Cell<Usage>,
    last: Cell<Usage>,
}

impl MemoryWatch {
    pub fn start() -> MemoryWatch {
        let now = Usage::now();
        MemoryWatch { start: now, peak: Cell::new(now), last: Cell::new(now) }
    }

    /// Measures the memory.
    pub fn measure(&self) {
        let now = Usage::now();
        self.last.set(now);
        self.peak.set(self.peak.get().max(now));
    }

    /// Returns the last measurement.
    pub fn last(&self) -> Usage {
        self.last.get()
    }

    /// Returns whether the last measurement is within `allowed`, and the peak within `allowed` plus `CLIENTS`.
    pub fn fits(&self, allowed: Usage) -> bool {
        let Usage { allocated, resident } = allowed;
        let while_clients_run = Usage { allocated: allocated + CLIENTS, resident: resident + CLIENTS };
        self.last().is_within(allowed) && self.peak.get().is_within(while_clients_run)
    }

    /// Prints all measurements and the allowed memory.
    pub fn report(&self, allowed: Usage) {
        println!("memory");
        let rows =
            [("start", self.start), ("peak", self.peak.get()), ("end", self.last()), ("allowed", allowed)];
        for (when, usage) in rows {
            println!("  {when:<8} {usage}");
        }
    }

    /// Waits until the server has closed the connections that clients left open.
    pub fn wait_for_disconnects(&self) {
        for _ in 0..30 {
            thread::sleep(Duration::from_millis(100));
            self.measure();
        }
    }
}

/// Returns the allocated memory in bytes, or 0 where the allocator does not report it.
fn allocated() -> u64 {
    #[cfg(not(target_env = "msvc"))]
    if tikv_jemalloc_ctl::epoch::advance().is_ok() {
        return tikv_jemalloc_ctl::stats::allocated::read().map_or(0, |n_bytes| n_bytes as u64);
    }
    0
}

/// Returns the resident memory in bytes, or 0 where the system does not report it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) << 10
}

/// Returns the memory that these limits allow: the budget, the drives, and some slack.
pub fn allowed(limits: &Limits, sim: &Sim) -> Usage {
    let mut n_items = 0;
    for drive in sim.all_drives() {
        if let Ok(tally) = sim.totals(drive.at("/")) {
            n_items += tally.files + tally.folders;
        }
    }
    // Items in bins count towards the limit of items.
    let n_items = n_items.max(limits.max_items as u64 / 2);
    let allocated = limits.max_memory as u64 + limits.max_content as u64 + n_items * PER_ITEM + SLACK;
    Usage { allocated, resident: allocated + RESIDENT_SLACK }
}
