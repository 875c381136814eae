//! Counts the bytes of the files that are being sent, which stay until the last is sent, whatever becomes of the files.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Bytes;
use drivesim::{FileBytes, Sim};
use foldhash::fast::FixedState;
use parking_lot::Mutex;

use crate::budget::OverBudget;

/// Up to how many bytes a file is sent without being counted: no more than a connection holds anyway.
const UNCOUNTED: usize = 4 << 10;

/// The files that are being sent. Clones count together.
///
/// Each counts once however many take it, and whole, also where a range of it is sent. All together may have as many bytes
/// as drives may hold: so none is refused whose file is still there, unless others are taken whose files are gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Downloads(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    /// How often each is being sent, by the address of its bytes.
    by_address: HashMap<usize, usize, FixedState>,
    n_bytes: u64,
}

impl Downloads {
    /// Returns how many bytes may be sent at the same time: as many as drives may hold, or do hold if that is more.
    pub(crate) fn most(sim: &Sim) -> u64 {
        sim.bounds().max_content.max(sim.held().1)
    }

    /// Counts a file that is to be sent, within `most` bytes for all that are.
    pub(crate) fn begin(&self, bytes: &FileBytes, most: u64) -> Result<Option<Download>, OverBudget> {
        if bytes.len() <= UNCOUNTED {
            return Ok(None);
        }
        let mut under_way = self.0.lock();
        let n_bytes = under_way.n_bytes.saturating_add(bytes.len() as u64);
        let times = under_way.by_address.get(&bytes.address()).copied().unwrap_or_default();
        if times == 0 {
            if n_bytes > most && under_way.n_bytes > 0 {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                return Err(OverBudget { limit: "max_content", most });
            }
            under_way.n_bytes = n_bytes;
        }
        under_way.by_address.insert(bytes.address(), times + 1);
        Ok(Some(Download { bytes: bytes.clone(), downloads: self.clone() }))
    }

    /// Returns how many bytes the files that are being sent have.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.0.lock().n_bytes
    }
}

/// A file that is being sent and counts.
#[derive(Debug)]
pub(crate) struct Download {
    // Kept as long as it counts, so that no other bytes get the address.
    bytes: FileBytes,
    downloads: Downloads,
}

impl Download {
    /// Returns the bytes of a range, which count until the last of them is sent.
    pub(crate) fn slice(self, range: Range<usize>) -> Bytes {
        Bytes::from_owner(self).slice(range)
    }
}

impl AsRef<[u8]> for Download {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        let mut under_way = self.downloads.0.lock();
        let address = self.bytes.address();
        match under_way.by_address.get_mut(&address) {
            Some(times) if *times > 1 => *times -= 1,
            _ => {
                under_way.by_address.remove(&address);
                under_way.n_bytes = under_way.n_bytes.saturating_sub(self.bytes.len() as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(n_bytes: usize) -> FileBytes {
        FileBytes::from(vec![7; n_bytes])
    }

    #[test]
    fn a_file_counts_once_and_whole_until_the_last_of_it_is_sent() {
        let (downloads, file) = (Downloads::default(), bytes(10_000));
        let first = downloads.begin(&file, 15_000).unwrap().unwrap().slice(0..10_000);
        let second = downloads.begin(&file, 15_000).unwrap().unwrap().slice(3..5);
        drop(file);
        let third = second.slice(1..);
        let refused = downloads.begin(&bytes(10_000), 15_000).unwrap_err();
        assert_eq!((refused.limit, refused.most, downloads.n_bytes()), ("max_content", 15_000, 10_000));
        drop(first);
        drop(second);
        assert_eq!((&third[..], downloads.n_bytes()), (&[7][..], 10_000));
        drop(third);
        assert_eq!(downloads.n_bytes(), 0);
        assert!(downloads.0.lock().by_address.is_empty());
    }

    #[test]
    fn one_file_is_sent_in_any_case_and_small_ones_do_not_count() {
        let downloads = Downloads::default();
        let alone = downloads.begin(&bytes(10_000), 5000).unwrap();
        assert!(downloads.begin(&bytes(10_000), 5000).is_err());
        assert!(downloads.begin(&bytes(4096), 5000).unwrap().is_none());
        drop(alone);
        assert_eq!(downloads.n_bytes(), 0);
    }
}
