//! Reads how much memory this process holds.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use drivesim::Sim;
use drivesim_server::Limits;

/// What is allowed beside the budget and the drives: code, stacks, what the clients hold, which run in the same process, and
/// what the allocator keeps for each thread.
const SLACK: u64 = 512 << 20;
/// What an item of a drive takes at most, its versions and its place in the change feed included.
const PER_ITEM: u64 = 1 << 10;

/// Resident memory at the start, at most, and last.
#[derive(Debug)]
pub struct Watch {
    pub start: u64,
    peak: Cell<u64>,
    last: Cell<u64>,
}

impl Watch {
    pub fn start() -> Watch {
        let now = resident();
        Watch { start: now, peak: Cell::new(now), last: Cell::new(now) }
    }

    /// Looks how much there is now.
    pub fn look(&self) {
        let now = resident();
        self.last.set(now);
        self.peak.set(self.peak.get().max(now));
    }

    pub fn now(&self) -> u64 {
        self.last.get()
    }

    pub fn peak(&self) -> u64 {
        self.peak.get()
    }

    pub fn end(&self) -> u64 {
        self.last.get()
    }

    /// Waits until the server has ended the connections that clients left.
    pub fn settle(&self) {
        for _ in 0..30 {
            thread::sleep(Duration::from_millis(100));
            self.look();
        }
    }
}

/// Returns the resident memory in bytes; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) << 10
}

/// Returns how much may be held with these limits: the budget, what drives hold, and some slack.
pub fn allowed(limits: &Limits, sim: &Sim) -> u64 {
    let mut n_items = 0;
    for drive in sim.all_drives() {
        if let Ok(tally) = sim.tally(drive.at("/")) {
            n_items += tally.files + tally.folders;
        }
    }
    // What is in the bins is no more than the limit of all items allows.
    let n_items = n_items.max(limits.max_items as u64 / 2);
    limits.max_memory as u64 + limits.max_content as u64 + n_items * PER_ITEM + SLACK
}
